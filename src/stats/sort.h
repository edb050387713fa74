/* sort.h - sorting keys that carry a row. */
#ifndef MSP_STATS_SORT_H
#define MSP_STATS_SORT_H

#include <stdbool.h>
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

/* Times of rows, borrowed; finite and at least 0 where the row is kept. */
typedef struct msp_times {
    size_t n_rows;
    const double *time;
    const uint8_t *event; /* NULL, or 0 sets the lowest bit of the key */
    const uint8_t *keep;  /* NULL, or rows with 0 are left out */
} msp_times;

/*
 * The keys of the n rows kept, increasing, and the rows that have them; equal keys by row. False
 * when memory is out: 16 bytes for each row of the fullest of some thousand equal parts of the time
 * while sorting, 24 more where times are very skewed. Time O(n).
 */
bool msp__sort_times(const msp_times *of, uint64_t *key, uint32_t *row, size_t n);

/* Sorts n keys, nearly sorted at best, with their rows; equal keys keep their order. False when
 * memory is out: 24 bytes a row, only if they are far from sorted. */
bool msp__sort_rows(uint64_t *key, uint32_t *row, size_t n);

#endif
