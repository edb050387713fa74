/*
 * kernel.c - one virtual trial.
 *
 * Only those who leave (by an event or a loss) are sorted. Censoring by the day of the look needs
 * no order: patients are numbered by entry, so at t months on study those from number
 * #{entry <= look - t} on have been censored, and how many of them were still followed is a
 * look-up in a running sum. The day of a look is found by counting into buckets, and so is the
 * order of the exits.
 *
 * The body is compiled three times, for AVX-512, AVX2 and any processor; sums go over eight lanes
 * in one order, so the bits agree.
 */
#include "kernel.h"

#include <math.h>

#include "list.h"
#include "look.h"

/* What is written for each kind of processor by hand. */
typedef struct processor {
    sixteen_draws *sixteen;
    list_until *list_until;
    list_equal *list_equal;
} processor;

static const processor any = {sixteen_portable, until_portable, equal_portable};
#if SIM_X86
static const processor with_avx2 = {sixteen_avx2, until_portable, equal_portable};
static const processor with_avx512 = {sixteen_avx512, until_avx512, equal_avx512};
#endif

enum { NEWTON_STEPS = 50, SPREAD = 16 };

/* -- randomisation -- */

/* The next block of patients as bits, experimental where set, drawn one by one: experimental with
 * the chance of what is left of the block. */
static uint64_t block_by_patient(const msp_sim_plan *p, const uint64_t *draws)
{
    uint64_t bits = 0, left = (uint64_t)p->block_experimental;
    for (int j = 0; j < p->block; j++) {
        const bool experimental = (draws[j] >> 32) * (uint64_t)(p->block - j) < left << 32;
        bits |= (uint64_t)experimental << j;
        left -= experimental;
    }
    return bits;
}

/* The arms of the n patients of one stratum in the order they come. */
ALWAYS_INLINE void allocate(const sim_tables *t, const processor *cpu, uint64_t seed,
                            uint64_t trial, uint32_t stratum, size_t n, uint64_t *bits,
                            uint32_t *arm)
{
    const size_t block = (size_t)t->plan->block, n_blocks = (n + block - 1) / block;
    draw_bits(cpu->sixteen, seed, trial, DRAW_BLOCKS | stratum << 8,
              t->n_blocks > 0 ? n_blocks : n_blocks * block, bits);
    for (size_t b = 0; b < n_blocks; b++) {
        const uint64_t is = t->n_blocks > 0 ? t->block[(bits[b] >> 32) * t->n_blocks >> 32]
                                            : block_by_patient(t->plan, bits + b * block);
        for (size_t j = 0; j < block; j++)
            arm[b * block + j] = CONTROL + (EXPERIMENTAL - CONTROL) * (uint32_t)(is >> j & 1);
    }
}

/* Strata by their shares; then each allocates its own patients. */
ALWAYS_INLINE void allocate_strata(const sim_tables *t, sim_work *w, const processor *cpu,
                                   uint64_t seed, uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    double below[MSP_SIM_STRATA_MAX]; /* the shares added up */
    size_t count[MSP_SIM_STRATA_MAX] = {0}, next[MSP_SIM_STRATA_MAX], start = 0;
    for (size_t s = 0; s + 1 < p->n_strata; s++)
        below[s] = p->strata[s].share + (s > 0 ? below[s - 1] : 0);
    draw_bits(cpu->sixteen, seed, trial, DRAW_STRATUM, p->n, w->bits);
    for (size_t i = 0; i < p->n; i++) {
        const double u = uniform_of(w->bits[i]);
        size_t stratum = 0;
        for (size_t s = 0; s + 1 < p->n_strata; s++)
            stratum += u >= below[s];
        w->stratum[i] = (uint8_t)stratum;
        count[stratum]++;
    }
    /* what a last block has too many is written over by the next stratum */
    for (size_t s = 0; s < p->n_strata; s++) {
        next[s] = start;
        allocate(t, cpu, seed, trial, (uint32_t)s, count[s], w->bits, w->risk + start);
        start += count[s];
    }
    for (size_t i = 0; i < p->n; i++)
        w->arm[i] = w->risk[next[w->stratum[i]]++];
}

/* -- times -- */

double sim_entry_of(const msp_intake *intake, double total, double patients)
{
    const msp_steps *s = &intake->rate;
    for (size_t i = 0; i < s->n && s->from[i] < intake->duration; i++) {
        const double end = i + 1 < s->n ? fmin(s->from[i + 1], intake->duration) : intake->duration;
        const double here = s->rate[i] * (end - s->from[i]);
        if (patients <= here && here > 0)
            return s->from[i] + patients / s->rate[i];
        patients -= here;
    }
    return intake->duration * (1 + patients / total);
}

ALWAYS_INLINE void enter_at_random(const sim_tables *t, sim_work *w, const processor *cpu,
                                   uint64_t seed, uint64_t trial)
{
    const msp_intake *intake = &t->plan->enrolment;
    const size_t n = t->plan->n;
    const double total = msp_enrolled(intake, intake->duration);
    double sum = 0;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_ENTRY, t->cap, w->bits, w->spare);
    for (size_t i = 0; i < n; i++)
        w->entry[i] = sum += w->spare[i];
    if (intake->rate.n == 1)
        for (size_t i = 0; i < n; i++)
            w->entry[i] *= intake->duration / (double)n;
    else
        for (size_t i = 0; i < n; i++)
            w->entry[i] = sim_entry_of(intake, total, w->entry[i] * total / (double)n);
}

/* The time at which the curve's hazard has added up to `e`. */
static double time_of(const msp_sim_curve *c, const double *cumulative, double e)
{
    size_t i = 0;
    while (i + 1 < c->hazard.n && cumulative[i + 1] <= e)
        i++;
    const double x = c->hazard.from[i] + (e - cumulative[i]) / c->hazard.rate[i];
    return c->shape == 1 ? x : pow(x, 1 / c->shape);
}

ALWAYS_INLINE void scale_times(const sim_tables *t, sim_work *w)
{
    const double experimental = t->scale[0], control = t->scale[1];
    const uint32_t *restrict arm = w->arm;
    double *restrict time = w->time;
    for (size_t i = 0; i < t->cap; i++)
        time[i] *= is_experimental(arm[i]) ? experimental : control;
}

ALWAYS_INLINE void times_of_all_kinds(const sim_tables *t, sim_work *w, const processor *cpu,
                                      uint64_t seed, uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    for (size_t i = 0; i < p->n; i++) {
        const int arm = is_experimental(w->arm[i]) ? 0 : 1;
        double ratio = 1;
        if (p->n_strata > 0) {
            const msp_sim_stratum *s = &p->strata[w->stratum[i]];
            ratio = arm == 0 ? s->hazard_ratio * s->effect : s->hazard_ratio;
        }
        w->time[i] = time_of(&p->arm[arm], t->cumulative[arm], w->time[i] / ratio);
    }
    if (p->arm[0].cured > 0 || p->arm[1].cured > 0) {
        draw_bits(cpu->sixteen, seed, trial, DRAW_CURE, t->cap, w->bits);
        for (size_t i = 0; i < p->n; i++)
            if (uniform_of(w->bits[i]) < p->arm[is_experimental(w->arm[i]) ? 0 : 1].cured)
                w->time[i] = (double)INFINITY;
    }
}

/* Deaths behind the events: at once, or after an exponential time. */
ALWAYS_INLINE void die(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                       uint64_t trial)
{
    const msp_sim_survival *d = &t->plan->survival;
    const size_t n = t->plan->n;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_AFTER, t->cap, w->bits, w->death);
    draw_bits(cpu->sixteen, seed, trial, DRAW_CROSSOVER, t->cap, w->bits);
    for (size_t i = 0; i < n; i++) {
        const int arm = is_experimental(w->arm[i]) ? 0 : 1;
        const bool crosses = arm == 1 && uniform_of(w->bits[i]) < d->crossover;
        w->death[i] /= d->hazard[arm] * (crosses ? d->crossover_ratio : 1);
    }
    draw_bits(cpu->sixteen, seed, trial, DRAW_DEATH, t->cap, w->bits);
    for (size_t i = 0; i < n; i++)
        w->death[i] = w->time[i] + (uniform_of(w->bits[i]) < d->deaths ? 0 : w->death[i]);
}

/* The earlier of each time and loss. */
ALWAYS_INLINE void lose(size_t n, const double *restrict loss, double *restrict time,
                        double *restrict seen)
{
    for (size_t i = 0; i < n; i++) {
        seen[i] = time[i] <= loss[i] && time[i] < (double)INFINITY ? 1 : 0;
        time[i] = time[i] <= loss[i] ? time[i] : loss[i];
    }
}

ALWAYS_INLINE void drop_out(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                            uint64_t trial)
{
    const double experimental = 1 / t->plan->dropout[0], control = 1 / t->plan->dropout[1];
    const uint32_t *restrict arm = w->arm;
    double *restrict loss = w->spare;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_DROPOUT, t->cap, w->bits, loss);
    for (size_t i = 0; i < t->cap; i++)
        loss[i] *= is_experimental(arm[i]) ? experimental : control;
    lose(t->cap, loss, w->time, w->seen);
    if (t->plan->survival.events > 0)
        lose(t->cap, loss, w->death, w->death_seen);
}

/* Nobody is lost: whoever is not cured has the event. */
ALWAYS_INLINE void stay(size_t n, const double *restrict time, double *restrict seen)
{
    for (size_t i = 0; i < n; i++)
        seen[i] = time[i] < (double)INFINITY ? 1 : 0;
}

/* Patients of a stratum side by side, still in the order of entry, for a stratified test. */
static void gather_strata(const sim_tables *t, sim_work *w)
{
    const msp_sim_plan *p = t->plan;
    const size_t n = p->n;
    size_t *start = w->stratum_start;
    memset(start, 0, sizeof w->stratum_start);
    for (size_t i = 0; i < n; i++)
        start[w->stratum[i] + 1]++;
    for (size_t s = 0; s < p->n_strata; s++)
        start[s + 1] += start[s];
    size_t next[MSP_SIM_STRATA_MAX];
    memcpy(next, start, sizeof next);
    for (size_t i = 0; i < n; i++)
        w->order[next[w->stratum[i]]++] = (uint32_t)i;
#define IN_ORDER(array, room)                     \
    do {                                          \
        for (size_t i = 0; i < n; i++)            \
            (room)[i] = (array)[w->order[i]];     \
        memcpy(array, room, n * sizeof *(array)); \
    } while (0)
    IN_ORDER(w->entry, w->spare);
    IN_ORDER(w->time, w->spare);
    IN_ORDER(w->arm, w->risk);
    IN_ORDER(w->seen, w->spare);
    if (p->survival.events > 0) {
        IN_ORDER(w->death, w->spare);
        IN_ORDER(w->death_seen, w->spare);
    }
#undef IN_ORDER
}

/* Arms, strata and entries. Draws are made for `cap` patients; those beyond n count nowhere. */
ALWAYS_INLINE void place(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                         uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    if (p->n_strata > 0)
        allocate_strata(t, w, cpu, seed, trial);
    else
        allocate(t, cpu, seed, trial, 0, p->n, w->bits, w->arm);
    if (p->poisson)
        enter_at_random(t, w, cpu, seed, trial);
    else if (t->gathers)
        memcpy(w->entry, t->entry, p->n * sizeof *w->entry);
}

/* What happens to the patients so placed. */
ALWAYS_INLINE void live(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                        uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_EVENT, t->cap, w->bits, w->time);
    if (t->plain)
        scale_times(t, w);
    else
        times_of_all_kinds(t, w, cpu, seed, trial);
    if (p->survival.events > 0)
        die(t, w, cpu, seed, trial);
    if (p->dropout[0] > 0 || p->dropout[1] > 0) {
        drop_out(t, w, cpu, seed, trial);
        return;
    }
    stay(t->cap, w->time, w->seen);
    if (p->survival.events > 0)
        stay(t->cap, w->death, w->death_seen);
}

void sim_place(const sim_tables *t, sim_work *w, uint64_t seed, uint64_t trial)
{
    place(t, w, &any, seed, trial);
}

void sim_live(const sim_tables *t, sim_work *w, uint64_t seed, uint64_t trial)
{
    live(t, w, &any, seed, trial);
}

/* -- the day of a look -- */

/* The k-th smallest (from 0) of a, which is reordered: Hoare's FIND. */
static double kth(double *a, size_t n, size_t k)
{
    ptrdiff_t lo = 0, hi = (ptrdiff_t)n - 1;
    const ptrdiff_t wanted = (ptrdiff_t)k;
    while (lo < hi) {
        const double pivot = a[wanted];
        ptrdiff_t i = lo, j = hi;
        do {
            while (a[i] < pivot)
                i++;
            while (a[j] > pivot)
                j--;
            if (i <= j) {
                const double swap = a[i];
                a[i++] = a[j];
                a[j--] = swap;
            }
        } while (i <= j);
        if (j < wanted)
            lo = i;
        if (wanted < i)
            hi = j;
    }
    return a[k];
}

/* Where the count of events stands. */
typedef struct tally {
    size_t bucket, before; /* events in earlier buckets */
} tally;

/* Counts the events by calendar time. Those after the last bucket, and patients without an event,
 * go to SPREAD counters in turn: adding to one again and again would wait for itself. */
ALWAYS_INLINE void count_events(const sim_tables *t, sim_work *w)
{
    const int32_t late = (int32_t)t->cap, never = late + SPREAD;
    const double top = (double)late, per_month = top / t->last_look;
    const double *restrict entry = w->entry, *restrict time = w->time;
    const double *restrict seen = w->seen;
    double *restrict calendar = w->calendar;
    int32_t *restrict bucket = w->bucket;
    uint32_t *restrict count = w->count;
    for (size_t i = 0; i < t->cap; i++) {
        const double c = entry[i] + time[i];
        const double x = c * per_month;
        const int32_t spread = (int32_t)i % SPREAD;
        calendar[i] = c;
        bucket[i] = x < top ? (int32_t)(x < top ? x : 0) : late + spread;
        bucket[i] = seen[i] > 0 ? bucket[i] : never + spread;
    }
    memset(count, 0, (t->cap + 2 * SPREAD) * sizeof *count);
    for (size_t i = 0; i < t->plan->n; i++)
        count[bucket[i]]++;
}

/* The day of event number `events`, which is after the last bucket; *events is what there are where
 * there are fewer, and the day that of the last one. */
static double late_day(const sim_tables *t, sim_work *w, size_t before, size_t *events)
{
    const int32_t late = (int32_t)t->cap;
    double last = 0;
    size_t m = 0;
    for (size_t i = 0; i < t->plan->n; i++) {
        if (w->bucket[i] < late + SPREAD && w->calendar[i] > last)
            last = w->calendar[i];
        if (w->bucket[i] >= late && w->bucket[i] < late + SPREAD)
            w->spare[m++] = w->calendar[i];
    }
    if (before + m >= *events)
        return kth(w->spare, m, *events - before - 1);
    *events = before + m;
    return last;
}

/* The day of event number `events`; where there are fewer, as late_day says. */
ALWAYS_INLINE double day_of_event(const sim_tables *t, sim_work *w, const processor *cpu, tally *at,
                                  size_t *events)
{
    while (at->bucket < t->cap && at->before + w->count[at->bucket] < *events)
        at->before += w->count[at->bucket++];
    if (at->bucket == t->cap)
        return late_day(t, w, at->before, events);
    const size_t m = cpu->list_equal(w->bucket, t->plan->n, (int32_t)at->bucket, w->order);
    for (size_t i = 0; i < m; i++)
        w->spare[i] = w->calendar[w->order[i]];
    return kth(w->spare, m, *events - at->before - 1);
}

/* -- the test -- */

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

/* -- the trial -- */

ALWAYS_INLINE void swap(double **a, double **b)
{
    double *was = *a;
    *a = *b;
    *b = was;
}

/* The second endpoint, once, by the same test. */
ALWAYS_INLINE void test_survival(const sim_tables *t, sim_work *w, const processor *cpu,
                                 msp_sim_outcome *out)
{
    tally at = {0};
    size_t events = t->plan->survival.events, n;
    double observed;
    swap(&w->time, &w->death);
    swap(&w->seen, &w->death_seen);
    count_events(t, w);
    out->survival_time = day_of_event(t, w, cpu, &at, &events);
    out->survival_z = test_at(t, w, cpu, out->survival_time, &n, &observed);
    swap(&w->time, &w->death);
    swap(&w->seen, &w->death_seen);
}

ALWAYS_INLINE void one_trial(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                             uint64_t trial, msp_sim_outcome *out)
{
    const msp_sim_plan *p = t->plan;
    tally at = {0};
    *out = (msp_sim_outcome){.log_ratio = (double)NAN, .std_error = (double)NAN};
    place(t, w, cpu, seed, trial);
    live(t, w, cpu, seed, trial);
    if (t->gathers)
        gather_strata(t, w);
    count_events(t, w);
    for (size_t k = 0; k < p->n_looks; k++) {
        out->look = k;
        out->events = p->events[k];
        out->time = day_of_event(t, w, cpu, &at, &out->events);
        out->short_of_events = out->events < p->events[k];
        if (out->short_of_events)
            out->look = p->n_looks - 1;
        for (size_t i = k; i <= out->look; i++)
            out->look_time[i] = out->time;
        const bool last = out->look + 1 == p->n_looks;
        size_t n;
        double observed;
        out->z = test_at(t, w, cpu, out->time, &n, &observed);
        out->decision = decide(p, out->look, last, out->z);
        if (out->decision != MSP_SIM_NO_CLAIM || last) {
            if (p->estimates)
                estimate(w, n, observed, out->events, out);
            break;
        }
    }
    for (size_t i = 0; i < p->n; i++)
        out->enrolled += w->entry[i] < out->time;
    if (p->survival.events > 0)
        test_survival(t, w, cpu, out);
}

/* -- one body, three processors -- */

static void portable(const sim_tables *tables, sim_work *work, uint64_t seed, uint64_t trial,
                     msp_sim_outcome *out)
{
    one_trial(tables, work, &any, seed, trial, out);
}

#if SIM_X86
FOR_AVX2 static void avx2(const sim_tables *tables, sim_work *work, uint64_t seed, uint64_t trial,
                          msp_sim_outcome *out)
{
    one_trial(tables, work, &with_avx2, seed, trial, out);
}

FOR_AVX512 static void avx512(const sim_tables *tables, sim_work *work, uint64_t seed,
                              uint64_t trial, msp_sim_outcome *out)
{
    one_trial(tables, work, &with_avx512, seed, trial, out);
}
#endif

sim_kernel *sim_kernel_of(sim_path path)
{
#if SIM_X86
    if (path == SIM_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                   ? avx512
                   : NULL;
    if (path == SIM_AVX2)
        return __builtin_cpu_supports("avx2") ? avx2 : NULL;
#endif
    return path == SIM_PORTABLE ? portable : NULL;
}

sim_path sim_best_path(void)
{
    sim_path path = SIM_AVX512;
    while (sim_kernel_of(path) == NULL)
        path--;
    return path;
}
