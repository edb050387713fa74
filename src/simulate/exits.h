/*
 * exits.h - the test at a look: exits in order, who is at risk at each, and the sums over them.
 * A part of kernel.c.
 */
#ifndef MSPIKE_SIMULATE_EXITS_H
#define MSPIKE_SIMULATE_EXITS_H

#include <math.h>

#include "list.h"
#include "look.h"

enum { NEWTON_STEPS = 50 };

/* Patients lo .. hi - 1 that entered before `day` and left by then, by time on study, into
 * sorted_time and exits from `at` on; how many. *entered: patients of them before `day`, as the
 * index after the last. */
ALWAYS_INLINE size_t sort_exits(const sim_tables *t, sim_work *w, const processor *cpu, size_t lo,
                                size_t hi, double day, size_t at, size_t *entered)
{
    const size_t n_buckets = t->cap;
    const double per_month = (double)(n_buckets - 1) / day;
    const double *restrict unsorted = w->time;
    uint32_t *restrict order = w->order, *restrict start = w->bucket_start;
    int32_t *restrict bucket = w->rank;
    double *restrict time = w->sorted_time + at;
    uint32_t *restrict exits = w->exits + at;
    while (hi > lo && w->entry[hi - 1] >= day)
        hi--;
    *entered = hi;
    const size_t n = cpu->list_until(w->calendar, lo, hi, day, order);
    memset(start, 0, (n_buckets + 1) * sizeof *start);
    for (size_t k = 0; k < n; k++)
        bucket[k] = (int32_t)(unsorted[order[k]] * per_month);
    for (size_t k = 0; k < n; k++)
        start[bucket[k] + 1]++;
    for (size_t b = 1; b < n_buckets; b++)
        start[b] += start[b - 1];
    for (size_t k = 0; k < n; k++) {
        const size_t to = start[bucket[k]]++;
        exits[to] = order[k];
        time[to] = unsorted[order[k]];
    }
    for (size_t k = 1; k < n; k++) {
        const double x = time[k];
        const uint32_t i = exits[k];
        size_t j = k;
        for (; j > 0 && time[j - 1] > x; j--) {
            time[j] = time[j - 1];
            exits[j] = exits[j - 1];
        }
        time[j] = x;
        exits[j] = i;
    }
    return n;
}

/* At each of n exits, the first patient that the look had censored by then. */
ALWAYS_INLINE void rank_entries(const sim_tables *t, sim_work *w, size_t lo, size_t hi, double day,
                                const double *time, size_t n)
{
    if (t->even) {
        const double a_month = (double)t->plan->n / t->plan->enrolment.duration;
        const int32_t most = (int32_t)hi;
        int32_t *restrict ranks = w->rank;
        for (size_t k = 0; k < n; k++) {
            const int32_t rank = (int32_t)((day - time[k]) * a_month);
            ranks[k] = rank < most ? rank : most;
        }
        return;
    }
    size_t rank = hi;
    for (size_t k = 0; k < n; k++) {
        while (rank > lo && w->entry[rank - 1] > day - time[k])
            rank--;
        w->rank[k] = (int32_t)rank;
    }
}

/* Exits of patients lo .. hi - 1 by `day`, with who is at risk at each, appended at `at`; adds to
 * *observed. */
ALWAYS_INLINE size_t follow(const sim_tables *t, sim_work *w, const processor *cpu, size_t lo,
                            size_t hi, double day, size_t at, double *observed)
{
    size_t entered;
    const size_t n = sort_exits(t, w, cpu, lo, hi, day, at, &entered);
    const double *restrict calendar = w->calendar, *restrict seen = w->seen;
    const uint32_t *restrict arm = w->arm, *restrict exits = w->exits + at;
    uint32_t *restrict censored = w->censored, *restrict risk = w->risk + at;
    double *restrict is_event = w->is_event + at;
    const int32_t *restrict rank = w->rank;
    uint32_t left = 0, events = 0;
    for (size_t i = lo; i < entered; i++) {
        left += arm[i];
        censored[i] = (0 - (uint32_t)(calendar[i] > day)) & arm[i];
        events += (uint32_t)(calendar[i] <= day) & (uint32_t)(seen[i] > 0) & arm[i] >> 16;
    }
    *observed += events;
    censored[entered] = 0;
    for (size_t i = entered; i-- > lo;)
        censored[i] += censored[i + 1];
    rank_entries(t, w, lo, entered, day, w->sorted_time + at, n);
    for (size_t k = 0; k < n; k++) {
        const uint32_t i = exits[k];
        risk[k] = left - censored[rank[k]];
        is_event[k] = seen[i];
        left -= arm[i];
    }
    return n;
}

/* Expected events of the experimental arm, and the variance, at hazard ratio theta; n a multiple
 * of LANES. */
ALWAYS_INLINE void expect(const sim_work *w, size_t n, double theta, double *expected,
                          double *variance)
{
    const uint32_t *restrict risk = w->risk;
    const double *restrict is_event = w->is_event;
    double e[LANES] = {0}, v[LANES] = {0};
    for (size_t k = 0; k < n; k += LANES)
        for (size_t l = 0; l < LANES; l++) {
            const double r1 = theta * (double)(int32_t)(risk[k + l] >> 16);
            const double r0 = (double)(int32_t)(risk[k + l] & 0xffff);
            const double q = r1 / (r1 + r0);
            e[l] += is_event[k + l] * q;
            v[l] += is_event[k + l] * (q - q * q);
        }
    *expected = sum_of_lanes(e);
    *variance = sum_of_lanes(v);
}

static double power_of(double x, int exponent)
{
    double p = 1;
    while (exponent-- > 0)
        p *= x;
    return p;
}

/* The weighted test over one stratum's exits; adds to the score and its variance. */
static void weigh(const sim_work *w, const msp_sim_test *test, size_t at, size_t n, double *score,
                  double *variance)
{
    double survival = 1;
    for (size_t k = at; k < at + n; k++) {
        const double r1 = w->risk[k] >> 16, r = r1 + (w->risk[k] & 0xffff), q = r1 / r;
        if (w->is_event[k] == 0)
            continue;
        const double weight = power_of(survival, test->rho) * power_of(1 - survival, test->gamma);
        *score += weight * ((double)is_experimental(w->arm[w->exits[k]]) - q);
        *variance += weight * weight * (q - q * q);
        survival *= 1 - 1 / r;
    }
}

/* Z on the data of `day`. *n: exits, rounded up to whole vectors with rows that count nothing;
 * *observed: events of the experimental arm. */
ALWAYS_INLINE double test_at(const sim_tables *t, sim_work *w, const processor *cpu, double day,
                             size_t *n, double *observed)
{
    const msp_sim_plan *p = t->plan;
    const bool weighted = p->test.rho > 0 || p->test.gamma > 0;
    const size_t n_groups = t->gathers ? p->n_strata : 1;
    double score = 0, variance = 0;
    size_t m = 0;
    *observed = 0;
    for (size_t s = 0; s < n_groups; s++) {
        const size_t lo = n_groups > 1 ? w->stratum_start[s] : 0;
        const size_t hi = n_groups > 1 ? w->stratum_start[s + 1] : p->n;
        const size_t here = follow(t, w, cpu, lo, hi, day, m, observed);
        if (weighted)
            weigh(w, &p->test, m, here, &score, &variance);
        m += here;
    }
    for (; m % LANES != 0; m++) {
        w->risk[m] = CONTROL;
        w->is_event[m] = 0;
    }
    *n = m;
    if (!weighted) {
        expect(w, m, 1, &score, &variance);
        score = *observed - score;
    }
    return variance > 0 ? -score / sqrt(variance) : 0;
}

/* Cox's hazard ratio: theta where expected is observed. Expected grows with log theta, and Newton's
 * step is taken in theta itself, never by more than a factor of two. */
ALWAYS_INLINE void estimate(const sim_work *w, size_t n, double observed, size_t events,
                            msp_sim_outcome *out)
{
    double theta = 1, expected, variance;
    if (!(observed > 0 && observed < (double)events))
        return;
    for (int step = 0; step < NEWTON_STEPS; step++) {
        expect(w, n, theta, &expected, &variance);
        double factor = 1 + (observed - expected) / variance;
        factor = factor < 0.5 ? 0.5 : factor > 2 ? 2 : factor;
        theta *= factor;
        if (fabs(factor - 1) < 1e-9)
            break;
    }
    expect(w, n, theta, &expected, &variance);
    out->log_ratio = log_of(theta);
    out->std_error = 1 / sqrt(variance);
}

#endif
