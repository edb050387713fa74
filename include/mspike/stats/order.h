/*
 * order.h - follow-up times, checked and sorted once for every survival statistic.
 *
 * In: plain arrays, how long each row was followed and whether the event happened then; from when
 * it was watched (left truncation, start-stop), which rows count.
 * Out: the rows in time order. msp_km_fit, msp_logrank_test and msp_cox_fit all read it, so an
 * analysis sorts once; msp_order_subset takes a subgroup without sorting again.
 *
 *   - Times are equal only if they are the same double (unless merge_tolerance is set), so put
 *     them on one scale, whole days say, before calling.
 *   - At a tied time, events come before censorings, and censorings before entries: a row is at
 *     risk at t when entry < t <= time.
 *   - Radix sort: time O(n), memory 12 bytes a row kept and 12 more while sorting (24 where
 *     times are very skewed).
 */
#ifndef MSPIKE_STATS_ORDER_H
#define MSPIKE_STATS_ORDER_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* Borrowed arrays of n rows. */
typedef struct msp_follow_up {
    size_t n;
    const double *time;     /* finite, >= 0, any unit */
    const uint8_t *event;   /* 1: the event happened at time; 0: censored then */
    const double *entry;    /* NULL: every row from the start; else finite, >= 0 and < time */
    const uint8_t *keep;    /* NULL: every row; else rows with 0 are left out and not checked */
    double merge_tolerance; /* 0: none. R's `timefix` is 1.4901161193847656e-08: distinct times
                             * (entries included) no further apart than this, or than this times
                             * their mean, become one */
} msp_follow_up;

/* The rows kept, in time order; at the same time events come first, then by row. Read freely. */
typedef struct msp_order {
    size_t n;        /* rows kept */
    size_t n_events; /* of them with an event */
    size_t n_rows;   /* rows of the arrays given: `row` indexes 0 .. n_rows - 1 */
    uint64_t *key;   /* 2 * (bits of time) + (1 if censored), increasing */
    uint32_t *row;   /* where the row stands in the arrays given */
    /* Both NULL without entry times; n of each, in order of entry, then by row.*/
    double *entry;
    uint32_t *entry_at; /* position of that row in key and row */
} msp_order;            /* {0} is empty; owns its arrays */

/*
 * Checks and sorts. MSP_OK: *out is the caller's (msp_order_free). Otherwise *out is empty and *err
 * says why: MSP_ERANGE for a bad time, event or entry (err->row names it) or more than 2^32 - 1
 * rows, MSP_ENODATA when no row is kept, MSP_EMEM.
 */
msp_status msp_order_init(msp_order *out, const msp_follow_up *data, msp_error *err);

/* The rows of `order` whose keep[row] is not 0, in the same order, without sorting. */
msp_status msp_order_subset(msp_order *out, const msp_order *order, const uint8_t *keep,
                            msp_error *err);

/* Releases the arrays and empties *order; safe to call twice or on {0}. */
void msp_order_free(msp_order *order);

/* The time at position i, and whether it is an event. */
static inline double msp_order_time(const msp_order *order, size_t i)
{
    union {
        uint64_t bits;
        double time;
    } of = {order->key[i] >> 1};
    return of.time;
}

static inline bool msp_order_event(const msp_order *order, size_t i)
{
    return (order->key[i] & 1) == 0;
}

MSP_END
#endif
