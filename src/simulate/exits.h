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

/* Orders the exits by time; neighbours are nearly in order already. */
ALWAYS_INLINE void insert_in_order(size_t n, double *restrict time, uint32_t *restrict patient)
{
    for (size_t k = 1; k < n; k++) {
        const double x = time[k];
        const uint32_t i = patient[k];
        size_t j = k;
        for (; j > 0 && time[j - 1] > x; j--) {
            time[j] = time[j - 1];
            patient[j] = patient[j - 1];
        }
        time[j] = x;
        patient[j] = i;
    }
}

/* The n patients of `order`, who leave by `day`, by time on study into `out` from `at` on. */
ALWAYS_INLINE void sort_group(sim_work *w, size_t n_buckets, double day, size_t n, size_t at)
{
    const double per_month = (double)n_buckets / day;
    const double *restrict unsorted = w->time, *restrict calendar = w->calendar;
    const double *restrict seen = w->seen;
    const uint32_t *restrict order = w->order, *restrict arm = w->arm;
    uint32_t *restrict start = w->bucket_start, *restrict patient = w->patient;
    int32_t *restrict bucket = w->rank;
    const sim_exits out = sim_exits_from(&w->all, at);
    double *restrict time = out.time;
    memset(start, 0, (n_buckets + 2) * sizeof *start);
    for (size_t k = 0; k < n; k++)
        bucket[k] = sim_bucket(unsorted[order[k]], per_month, (int32_t)n_buckets);
    for (size_t k = 0; k < n; k++)
        start[bucket[k] + 1]++;
    for (size_t b = 1; b <= n_buckets; b++)
        start[b] += start[b - 1];
    for (size_t k = 0; k < n; k++) {
        const size_t to = start[bucket[k]]++;
        patient[to] = order[k];
        time[to] = unsorted[order[k]];
    }
    insert_in_order(n, time, patient);
    for (size_t k = 0; k < n; k++) {
        out.calendar[k] = calendar[patient[k]];
        out.is_event[k] = seen[patient[k]];
        out.arm[k] = arm[patient[k]];
    }
}

/* How many of patients lo .. hi - 1 of a group have entered by x is at most
 * first[bucket of x + 1], with w->first from 2 (lo + group) on; a few steps down find it. */
ALWAYS_INLINE void mark_entries(const sim_tables *t, sim_work *w)
{
    for (size_t s = 0; s < t->n_groups; s++) {
        const size_t lo = w->group_start[s], hi = w->group_start[s + 1];
        const int32_t n_buckets = (int32_t)(2 * (hi - lo));
        const double *restrict entry = w->entry;
        int32_t *restrict first = w->first + 2 * (lo + s), *restrict bucket = w->rank;
        if (lo == hi)
            continue;
        const double per_month = n_buckets / entry[hi - 1];
        for (size_t i = lo; i < hi; i++)
            bucket[i - lo] = sim_bucket(entry[i], per_month, n_buckets);
        for (int32_t b = 0; b < n_buckets + 2; b++)
            first[b] = (int32_t)lo;
        for (size_t i = lo; i < hi; i++)
            first[bucket[i - lo] + 1] = (int32_t)i + 1;
        for (int32_t b = 1; b < n_buckets + 2; b++)
            first[b] = first[b] > first[b - 1] ? first[b] : first[b - 1];
    }
}

/* The exits of all groups by a day, each group's in order. */
ALWAYS_INLINE void sort_exits(const sim_tables *t, sim_work *w, const processor *cpu, double day)
{
    size_t at = 0;
    w->sorted_by = day;
    for (size_t s = 0; s < t->n_groups; s++) {
        const size_t lo = w->group_start[s], hi = w->group_start[s + 1];
        w->exits_start[s] = at;
        const size_t n = cpu->list_until(w->calendar, lo, hi, day, w->order);
        sort_group(w, 2 * n, day, n, at);
        at += n;
    }
    w->exits_start[t->n_groups] = at;
}

/* The exits of a group by `day`, in order, into `out`; how many. */
ALWAYS_INLINE size_t keep_exits(sim_work *w, const processor *cpu, size_t group, double day,
                                sim_exits out)
{
    const size_t from = w->exits_start[group], n_all = w->exits_start[group + 1] - from;
    const sim_exits all = sim_exits_from(&w->all, from);
    uint32_t *restrict order = w->order;
    const size_t n = cpu->list_until(all.calendar, 0, n_all, day, order);
    for (size_t k = 0; k < n; k++)
        out.time[k] = all.time[order[k]];
    for (size_t k = 0; k < n; k++)
        out.is_event[k] = all.is_event[order[k]];
    for (size_t k = 0; k < n; k++)
        out.arm[k] = all.arm[order[k]];
    return n;
}

/* At each of n exits, the first patient of the group that the look had censored by then. */
ALWAYS_INLINE void rank_entries(const sim_tables *t, sim_work *w, const processor *cpu,
                                size_t group, double day, const double *time, size_t n)
{
    const size_t lo = w->group_start[group], hi = w->group_start[group + 1];
    const int32_t most = (int32_t)w->entered[group];
    if (t->even) {
        const double a_month = (double)t->plan->n / t->plan->enrolment.duration;
        int32_t *restrict ranks = w->rank;
        for (size_t k = 0; k < n; k++)
            ranks[k] = sim_bucket(day - time[k], a_month, most);
        return;
    }
    if (lo == hi)
        return;
    const int32_t n_buckets = (int32_t)(2 * (hi - lo));
    const sim_entries entries = {w->entry,
                                 w->first + 2 * (lo + group),
                                 (double)n_buckets / w->entry[hi - 1],
                                 n_buckets,
                                 (int32_t)lo,
                                 most};
    cpu->rank(&entries, day, time, n, w->rank);
}

/* A group's n exits by `day`, with who is at risk at each from `at` on; the experimental arm's
 * events. */
ALWAYS_INLINE uint32_t follow(const sim_tables *t, sim_work *w, const processor *cpu, size_t group,
                              double day, const sim_exits *exits, size_t n, size_t at)
{
    const size_t lo = w->group_start[group], hi = w->group_start[group + 1];
    const double *restrict calendar = w->calendar, *restrict is_event = exits->is_event;
    const uint32_t *restrict arm = w->arm, *restrict exit_arm = exits->arm;
    uint32_t *restrict censored = w->censored, *restrict risk = w->risk + at;
    const int32_t *restrict rank = w->rank;
    uint32_t left = 0, events = 0;
    size_t entered = lo;
    for (size_t i = lo; i < hi; i++)
        entered += w->entry[i] < day;
    w->entered[group] = entered;
    for (size_t i = lo; i < entered; i++) {
        left += arm[i];
        censored[i] = (0 - (uint32_t)(calendar[i] > day)) & arm[i];
    }
    censored[entered] = 0;
    for (size_t i = entered; i-- > lo;)
        censored[i] += censored[i + 1];
    rank_entries(t, w, cpu, group, day, exits->time, n);
    for (size_t k = 0; k < n; k++)
        events += (uint32_t)(is_event[k] > 0) & exit_arm[k] >> 16;
    for (size_t k = 0; k < n; k++) {
        risk[k] = left - censored[rank[k]];
        left -= exit_arm[k];
    }
    return events;
}

/* Expected events of the experimental arm, and the variance, at hazard ratio theta; n a multiple
 * of LANES. */
ALWAYS_INLINE void expect(const sim_work *w, size_t n, double theta, double *expected,
                          double *variance)
{
    const uint32_t *restrict risk = w->risk;
    const double *restrict is_event = w->at_look->is_event;
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

/* The weighted test over one group's n exits; adds to the score and its variance. */
static void weigh(const msp_sim_test *test, const sim_exits *exits, const uint32_t *at_risk,
                  size_t n, double *score, double *variance)
{
    double survival = 1;
    for (size_t k = 0; k < n; k++) {
        const double r1 = at_risk[k] >> 16, r = r1 + (at_risk[k] & 0xffff), q = r1 / r;
        if (exits->is_event[k] == 0)
            continue;
        const double weight = power_of(survival, test->rho) * power_of(1 - survival, test->gamma);
        *score += weight * ((double)is_experimental(exits->arm[k]) - q);
        *variance += weight * weight * (q - q * q);
        survival *= 1 - 1 / r;
    }
}

/* Z on the data of `day`, whose exits stand in w->at_look from then on. *n: how many, rounded up to
 * whole vectors with rows that count nothing; *observed: events of the experimental arm. */
ALWAYS_INLINE double test_at(const sim_tables *t, sim_work *w, const processor *cpu, double day,
                             size_t *n, double *observed)
{
    const msp_sim_test *test = &t->plan->test;
    const bool weighted = test->rho > 0 || test->gamma > 0, all = day >= w->sorted_by;
    double score = 0, variance = 0;
    size_t m = 0;
    uint32_t events = 0;
    w->at_look = all ? &w->all : &w->kept;
    for (size_t s = 0; s < t->n_groups; s++) {
        const sim_exits exits = sim_exits_from(w->at_look, m);
        const size_t here = all ? w->exits_start[s + 1] - m : keep_exits(w, cpu, s, day, exits);
        events += follow(t, w, cpu, s, day, &exits, here, m);
        if (weighted)
            weigh(test, &exits, w->risk + m, here, &score, &variance);
        m += here;
    }
    for (; m % LANES != 0; m++) {
        w->risk[m] = CONTROL;
        w->at_look->is_event[m] = 0;
    }
    *n = m;
    *observed = events;
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
