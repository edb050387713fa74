/* sort.h - sorting keys that carry a row. */
#ifndef MSP_STATS_SORT_H
#define MSP_STATS_SORT_H

#include <stddef.h>
#include <stdint.h>

typedef struct msp_pair {
    uint64_t key;
    uint32_t row;
} __attribute__((packed, aligned(4))) msp_pair; /* 12 bytes: less to move about */

/*
 * Sorts n < 2^32 pairs by key; equal keys keep their order. `a` holds the pairs, `b` is room for as
 * many; returns whichever of the two holds the result. Time O(n) for any keys.
 */
msp_pair *msp__sort_pairs(msp_pair *a, msp_pair *b, size_t n);

/* The same for keys of times (below): quicker unless the times are very skewed. */
msp_pair *msp__sort_times(msp_pair *a, msp_pair *b, size_t n);

/* The key of a finite time >= 0 (-0 counts as 0): increasing, with its lowest bit free. */
static inline uint64_t msp__time_key(double time)
{
    union {
        double time;
        uint64_t bits;
    } of = {time + 0.0};
    return of.bits << 1;
}

static inline double msp__key_time(uint64_t key)
{
    union {
        uint64_t bits;
        double time;
    } of = {key >> 1};
    return of.time;
}

#endif
