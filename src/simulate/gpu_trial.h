/*
 * gpu_trial.h - one plain virtual trial by a block of threads of a graphics processor.
 *
 * The draws and the arithmetic are kernel.c's, in the same order, so the bits agree; only what has
 * no order is done otherwise: times are sorted by a network, and numbers at risk are running sums.
 * The work goes in phases. In each, a thread takes every n_threads-th item and writes what no other
 * thread of the phase reads; WAIT ends a phase. One thread that waits for nobody does the same, and
 * that is how the tests run this file on a machine without such a processor.
 */
#ifndef MSPIKE_SIMULATE_GPU_TRIAL_H
#define MSPIKE_SIMULATE_GPU_TRIAL_H

#include <math.h>

#include <Random123/philox.h>

#include "kernel.h"
#include "look.h"

#ifdef __CUDACC__
#define GPU_FUNCTION static __device__
#define WAIT         __syncthreads()
#else
#define GPU_FUNCTION static inline
#ifndef WAIT /* a test may have threads that do wait */
#define WAIT ((void)0)
#endif
#endif

enum { GPU_PATIENTS_MAX = 1024, GPU_NEWTON_STEPS = 50 };

/* A trial's room: arrays of `size` items, a power of two not below the patients. */
typedef struct gpu_room {
    double *entry, *time, *calendar; /* by patient */
    double *days;                    /* the days of the events, in order */
    double *is_event;                /* by exit, like `risk` */
    uint64_t *sum[2];                /* running sums, and what they are made of */
    uint32_t *arm, *order;           /* by patient; patients by time on study */
    uint32_t *risk;
    uint32_t *censored; /* [i]: of the patients before i, those still followed at the look */
    uint8_t *seen;
    double *lane; /* 2 * LANES */
} gpu_room;

/* Bytes of a room of that size. */
#define GPU_ROOM_BYTES(size) ((size) * (5 * 8 + 2 * 8 + 4 * 4 + 1) + 2 * LANES * 8)

GPU_FUNCTION gpu_room gpu_room_in(char *memory, uint32_t size)
{
    gpu_room r;
    double *at = (double *)(void *)memory;
    r.lane = at;
    r.entry = at += 2 * LANES;
    r.time = at += size;
    r.calendar = at += size;
    r.days = at += size;
    r.is_event = at += size;
    r.sum[0] = (uint64_t *)(void *)(at += size);
    r.sum[1] = r.sum[0] + size;
    r.arm = (uint32_t *)(void *)(r.sum[1] + size);
    r.order = r.arm + size;
    r.risk = r.order + size;
    r.censored = r.risk + size;
    r.seen = (uint8_t *)(r.censored + size);
    return r;
}

/* Who works: this thread of so many. Items are thread, thread + n_threads ... */
typedef struct gpu_team {
    uint32_t thread, n_threads;
} gpu_team;

/* -- draws: as draw.h lays them out -- */

GPU_FUNCTION uint64_t gpu_draw(uint64_t seed, uint64_t trial, uint32_t purpose, uint32_t i)
{
    philox4x32_ctr_t counter;
    philox4x32_key_t key;
    counter.v[0] = i / 16 * 8 + i % 8;
    counter.v[1] = purpose << 16;
    counter.v[2] = (uint32_t)trial;
    counter.v[3] = (uint32_t)(trial >> 32);
    key.v[0] = (uint32_t)seed;
    key.v[1] = (uint32_t)(seed >> 32);
    counter = philox4x32(counter, key);
    return i / 8 % 2 == 0 ? (uint64_t)counter.v[1] << 32 | counter.v[0]
                          : (uint64_t)counter.v[3] << 32 | counter.v[2];
}

GPU_FUNCTION double gpu_exponential(uint64_t seed, uint64_t trial, uint32_t purpose, uint32_t i)
{
    return -log_of(uniform_of(gpu_draw(seed, trial, purpose, i)));
}

/* -- the patients -- */

GPU_FUNCTION void gpu_allocate(const sim_tables *t, const msp_sim_plan *p, gpu_room r,
                               gpu_team team, uint64_t seed, uint64_t trial)
{
    const uint32_t block = (uint32_t)p->block, n = (uint32_t)p->n;
    for (uint32_t b = team.thread; b < (n + block - 1) / block; b += team.n_threads) {
        const uint64_t draw = gpu_draw(seed, trial, DRAW_BLOCKS, b);
        const uint64_t is = t->block[(draw >> 32) * t->n_blocks >> 32];
        for (uint32_t j = 0; j < block && b * block + j < n; j++)
            r.arm[b * block + j] = CONTROL + (EXPERIMENTAL - CONTROL) * (uint32_t)(is >> j & 1);
    }
    WAIT;
}

GPU_FUNCTION void gpu_enter(const sim_tables *t, const msp_sim_plan *p, gpu_room r, gpu_team team,
                            uint64_t seed, uint64_t trial)
{
    const uint32_t n = (uint32_t)p->n;
    for (uint32_t i = team.thread; i < n; i += team.n_threads)
        r.entry[i] = p->poisson ? gpu_exponential(seed, trial, DRAW_ENTRY, i) : t->entry[i];
    WAIT;
    if (!p->poisson)
        return;
    if (team.thread == 0) /* a sum of doubles has an order */
        for (uint32_t i = 1; i < n; i++)
            r.entry[i] += r.entry[i - 1];
    WAIT;
    for (uint32_t i = team.thread; i < n; i += team.n_threads)
        r.entry[i] *= p->enrolment.duration / (double)n;
    WAIT;
}

GPU_FUNCTION void gpu_live(const sim_tables *t, const msp_sim_plan *p, gpu_room r, gpu_team team,
                           uint64_t seed, uint64_t trial)
{
    const bool loses = p->dropout[0] > 0 || p->dropout[1] > 0;
    for (uint32_t i = team.thread; i < (uint32_t)p->n; i += team.n_threads) {
        const int arm = is_experimental(r.arm[i]) ? 0 : 1;
        double time = gpu_exponential(seed, trial, DRAW_EVENT, i) * t->scale[arm];
        r.seen[i] = 1;
        if (loses) {
            const double loss =
                gpu_exponential(seed, trial, DRAW_DROPOUT, i) * (1 / p->dropout[arm]);
            r.seen[i] = time <= loss;
            time = time <= loss ? time : loss;
        }
        r.time[i] = time;
        r.calendar[i] = r.entry[i] + time;
    }
    WAIT;
}

/* -- order -- */

/* Batcher's bitonic sort of numbers. */
GPU_FUNCTION void gpu_sort(double *x, uint32_t size, gpu_team team)
{
    for (uint32_t run = 2; run <= size; run *= 2)
        for (uint32_t apart = run / 2; apart > 0; apart /= 2) {
            for (uint32_t i = team.thread; i < size; i += team.n_threads) {
                const uint32_t j = i ^ apart;
                if (j < i)
                    continue;
                const double a = x[i], b = x[j];
                if ((i & run) == 0 ? a > b : a < b) {
                    x[i] = b;
                    x[j] = a;
                }
            }
            WAIT;
        }
}

/* The same of patients by time, and by number where times are equal. Those beyond n come last. */
GPU_FUNCTION bool gpu_after(const double *time, uint32_t n, uint32_t a, uint32_t b)
{
    if (a >= n || b >= n)
        return a > b;
    return time[a] != time[b] ? time[a] > time[b] : a > b;
}

GPU_FUNCTION void gpu_sort_patients(const double *time, uint32_t n, uint32_t *order, uint32_t size,
                                    gpu_team team)
{
    for (uint32_t i = team.thread; i < size; i += team.n_threads)
        order[i] = i;
    WAIT;
    for (uint32_t run = 2; run <= size; run *= 2)
        for (uint32_t apart = run / 2; apart > 0; apart /= 2) {
            for (uint32_t i = team.thread; i < size; i += team.n_threads) {
                const uint32_t j = i ^ apart;
                if (j < i)
                    continue;
                const uint32_t a = order[i], b = order[j];
                if (gpu_after(time, n, a, b) == ((i & run) == 0)) {
                    order[i] = b;
                    order[j] = a;
                }
            }
            WAIT;
        }
}

/* Running sums of sum[0], `i` included (Hillis and Steele, 1986); where they are. */
GPU_FUNCTION uint64_t *gpu_add_up(gpu_room r, uint32_t size, gpu_team team)
{
    uint64_t *from = r.sum[0], *to = r.sum[1];
    for (uint32_t step = 1; step < size; step *= 2) {
        for (uint32_t i = team.thread; i < size; i += team.n_threads)
            to[i] = from[i] + (i >= step ? from[i - step] : 0);
        WAIT;
        uint64_t *was = from;
        from = to;
        to = was;
    }
    return from;
}

/* The days of all events, in order; how many there are. */
GPU_FUNCTION uint32_t gpu_days(gpu_room r, uint32_t n, uint32_t size, gpu_team team)
{
    for (uint32_t i = team.thread; i < size; i += team.n_threads) {
        const bool seen = i < n && r.seen[i] != 0;
        r.days[i] = seen ? r.calendar[i] : (double)INFINITY;
        r.sum[0][i] = seen;
    }
    WAIT;
    gpu_sort(r.days, size, team);
    const uint32_t events = (uint32_t)gpu_add_up(r, size, team)[size - 1];
    WAIT;
    return events;
}

/* -- the test -- */

/* How many of x[0 .. n-1], which never fall, are below `limit`, or at most so. */
GPU_FUNCTION uint32_t gpu_below(const double *x, uint32_t n, double limit, bool or_at)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        const uint32_t middle = lo + (hi - lo) / 2;
        const bool below = or_at ? x[middle] <= limit : x[middle] < limit;
        lo = below ? middle + 1 : lo;
        hi = below ? hi : middle;
    }
    return lo;
}

/* What a look sees. */
typedef struct gpu_view {
    double day;
    uint32_t entered, left, still; /* patients; at risk at the start; still followed */
    uint32_t exits;
} gpu_view;

/* Who of those that entered is still followed, as running sums in `censored`. */
GPU_FUNCTION gpu_view gpu_see(const msp_sim_plan *p, gpu_room r, uint32_t size, double day,
                              gpu_team team)
{
    gpu_view view;
    view.day = day;
    view.entered = gpu_below(r.entry, (uint32_t)p->n, day, false);
    for (uint32_t i = team.thread; i < size; i += team.n_threads) {
        const uint64_t arm = i < view.entered ? r.arm[i] : 0;
        r.sum[0][i] = arm << 32 | (i < view.entered && r.calendar[i] > day ? arm : 0);
    }
    WAIT;
    const uint64_t *sum = gpu_add_up(r, size, team);
    view.left = (uint32_t)(sum[size - 1] >> 32);
    view.still = (uint32_t)sum[size - 1];
    for (uint32_t i = team.thread; i < size; i += team.n_threads)
        r.censored[i] = i > 0 ? (uint32_t)sum[i - 1] : 0;
    WAIT;
    return view;
}

/* At risk and event at each exit in the order of time; fills exits up to whole LANES. */
GPU_FUNCTION void gpu_follow(const sim_tables *t, const msp_sim_plan *p, gpu_room r, uint32_t size,
                             gpu_view *view, gpu_team team)
{
    const uint32_t n = (uint32_t)p->n;
    const double a_month = (double)p->n / p->enrolment.duration;
    for (uint32_t k = team.thread; k < size; k += team.n_threads) {
        const uint32_t i = r.order[k];
        const bool out = i < view->entered && r.calendar[i] <= view->day;
        r.sum[0][k] = out ? (uint64_t)r.arm[i] << 32 | 1 : 0;
    }
    WAIT;
    const uint64_t *sum = gpu_add_up(r, size, team);
    view->exits = (uint32_t)sum[size - 1];
    for (uint32_t k = team.thread; k < size; k += team.n_threads) {
        const uint32_t i = r.order[k];
        if (i >= view->entered || r.calendar[i] > view->day)
            continue;
        const double ago = view->day - r.time[i];
        uint32_t rank =
            t->even ? (uint32_t)(ago * a_month) : gpu_below(r.entry, view->entered, ago, true);
        rank = rank < view->entered ? rank : view->entered;
        const uint32_t before = rank < n ? r.censored[rank] : view->still;
        const uint32_t at = (uint32_t)sum[k] - 1;
        r.risk[at] = view->left - ((uint32_t)(sum[k] >> 32) - r.arm[i]) - (view->still - before);
        r.is_event[at] = r.seen[i];
    }
    for (uint32_t k = team.thread; k < LANES; k += team.n_threads)
        if (view->exits % LANES != 0 && k >= view->exits % LANES) {
            r.risk[view->exits / LANES * LANES + k] = CONTROL;
            r.is_event[view->exits / LANES * LANES + k] = 0;
        }
    WAIT;
    view->exits = (view->exits + LANES - 1) / LANES * LANES;
}

/* Events of the experimental arm by the day. */
GPU_FUNCTION uint32_t gpu_observed(gpu_room r, uint32_t size, const gpu_view *view, gpu_team team)
{
    for (uint32_t i = team.thread; i < size; i += team.n_threads)
        r.sum[0][i] = i < view->entered && r.calendar[i] <= view->day && r.seen[i] != 0 &&
                      is_experimental(r.arm[i]);
    WAIT;
    const uint32_t observed = (uint32_t)gpu_add_up(r, size, team)[size - 1];
    WAIT;
    return observed;
}

GPU_FUNCTION void gpu_expect(gpu_room r, uint32_t n, double theta, double *expected,
                             double *variance, gpu_team team)
{
    for (uint32_t l = team.thread; l < LANES; l += team.n_threads) {
        double e = 0, v = 0;
        for (uint32_t k = l; k < n; k += LANES) {
            const double r1 = theta * (double)(int32_t)(r.risk[k] >> 16);
            const double r0 = (double)(int32_t)(r.risk[k] & 0xffff);
            const double q = r1 / (r1 + r0);
            e += r.is_event[k] * q;
            v += r.is_event[k] * (q - q * q);
        }
        r.lane[l] = e;
        r.lane[LANES + l] = v;
    }
    WAIT;
    *expected = sum_of_lanes(r.lane);
    *variance = sum_of_lanes(r.lane + LANES);
    WAIT;
}

GPU_FUNCTION void gpu_estimate(gpu_room r, uint32_t n, double observed, size_t events,
                               msp_sim_outcome *out, gpu_team team)
{
    double theta = 1, expected, variance;
    if (!(observed > 0 && observed < (double)events))
        return;
    for (int step = 0; step < GPU_NEWTON_STEPS; step++) {
        gpu_expect(r, n, theta, &expected, &variance, team);
        double factor = 1 + (observed - expected) / variance;
        factor = factor < 0.5 ? 0.5 : factor > 2 ? 2 : factor;
        theta *= factor;
        if (fabs(factor - 1) < 1e-9)
            break;
    }
    gpu_expect(r, n, theta, &expected, &variance, team);
    out->log_ratio = log_of(theta);
    out->std_error = 1 / sqrt(variance);
}

/* -- the trial -- */

GPU_FUNCTION void gpu_start(msp_sim_outcome *out)
{
    out->look = 0;
    out->decision = MSP_SIM_NO_CLAIM;
    out->short_of_events = out->untested = false;
    out->claimed = out->kept = 0;
    out->z = out->time = out->survival_z = out->survival_time = 0;
    out->events = out->enrolled = 0;
    out->log_ratio = out->std_error = (double)NAN;
    for (int k = 0; k < MSP_LOOKS_MAX; k++)
        out->look_time[k] = out->look_z[k] = 0;
}

/* A look at event number p->events[k], or at the last there is. */
GPU_FUNCTION void gpu_look(const msp_sim_plan *p, gpu_room r, size_t k, uint32_t events,
                           msp_sim_outcome *out)
{
    out->short_of_events = events < p->events[k];
    out->look = out->short_of_events ? p->n_looks - 1 : k;
    out->events = out->short_of_events ? events : p->events[k];
    out->time = out->events > 0 ? r.days[out->events - 1] : 0;
    for (size_t i = k; i <= out->look; i++)
        out->look_time[i] = out->time;
}

/* Every thread of the team has the outcome. `t` and its arrays are where the team can read them;
 * `p` is its plan. */
GPU_FUNCTION void gpu_one_trial(const sim_tables *t, const msp_sim_plan *p, gpu_room r,
                                uint32_t size, gpu_team team, uint64_t seed, uint64_t trial,
                                msp_sim_outcome *out)
{
    const uint32_t n = (uint32_t)p->n;
    gpu_start(out);
    gpu_allocate(t, p, r, team, seed, trial);
    gpu_enter(t, p, r, team, seed, trial);
    gpu_live(t, p, r, team, seed, trial);
    gpu_sort_patients(r.time, n, r.order, size, team);
    const uint32_t events = gpu_days(r, n, size, team);
    for (size_t k = 0; k < p->n_looks; k++) {
        gpu_look(p, r, k, events, out);
        const bool last = out->look + 1 == p->n_looks;
        gpu_view view = gpu_see(p, r, size, out->time, team);
        const double observed = gpu_observed(r, size, &view, team);
        double expected, variance;
        gpu_follow(t, p, r, size, &view, team);
        gpu_expect(r, view.exits, 1, &expected, &variance, team);
        out->z = variance > 0 ? -(observed - expected) / sqrt(variance) : 0;
        for (size_t i = k; i <= out->look; i++)
            out->look_z[i] = out->z;
        out->decision = decide(p, out->look, last, out->z);
        out->enrolled = view.entered;
        if (out->decision != MSP_SIM_NO_CLAIM || last) {
            if (p->estimates)
                gpu_estimate(r, view.exits, observed, out->events, out, team);
            break;
        }
    }
}

#endif
