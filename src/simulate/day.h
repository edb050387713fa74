/*
 * day.h - the day of a look, which is that of an event: found by counting the events into buckets.
 * A part of kernel.c.
 */
#ifndef MSPIKE_SIMULATE_DAY_H
#define MSPIKE_SIMULATE_DAY_H

#include "list.h"
#include "look.h"

enum { SPREAD = 16 };

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

#endif
