/*
 * sort.c - least-significant-digit radix sort that looks at as few digits as it can.
 *
 * Times go by equal cells between the shortest and the longest, two digits for the number of the
 * cell; what shares a cell, insertion puts right. Where follow-up is so skewed that most shares few
 * cells, and for other keys, digits of the bits serve. Only bits in which the keys differ matter.
 * Days and weeks differ in one or two digits of 11 bits; times with many decimals differ in five or
 * six, but their highest three nearly always tell them apart, so insertion puts the few remaining
 * pairs right. Where it would have to move too many, the remaining digits are sorted after all.
 */
#include "sort.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "large.h"

enum {
    DIGIT_BITS = 11,
    N_BUCKETS = 1 << DIGIT_BITS,
    MAX_DIGITS = 64 / DIGIT_BITS + 1,
    TOP_DIGITS = 3,
    SMALL = 64
};

/* Moves that insertion may make for each pair before radix passes are cheaper. */
enum { MOVES_PER_PAIR = 4 };

/* Insertion sort; gives up, leaving the pairs in some order, after `budget` moves. */
static bool insert_all(msp_pair *a, size_t n, size_t budget)
{
    for (size_t i = 1; i < n; i++) {
        msp_pair moving = a[i];
        size_t j = i;
        for (; j > 0 && a[j - 1].key > moving.key; j--)
            a[j] = a[j - 1];
        a[j] = moving;
        if (i - j > budget)
            return false;
        budget -= i - j;
    }
    return true;
}

/* Turns counts into places. */
static void start_buckets(uint32_t next[N_BUCKETS])
{
    uint32_t start = 0;
    for (size_t b = 0; b < N_BUCKETS; b++) {
        uint32_t count = next[b];
        next[b] = start;
        start += count;
    }
}

/* Counts all digits asked for in one pass, and turns counts into places. */
static void place_digits(const msp_pair *a, size_t n, const unsigned *shifts, size_t n_digits,
                         uint32_t next[][N_BUCKETS])
{
    memset(next, 0, n_digits * sizeof *next);
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < n_digits; d++)
            next[d][a[i].key >> shifts[d] & (N_BUCKETS - 1)]++;
    for (size_t d = 0; d < n_digits; d++)
        start_buckets(next[d]);
}

static void move_by_digit(const msp_pair *from, msp_pair *to, size_t n, unsigned shift,
                          uint32_t next[N_BUCKETS])
{
    for (size_t i = 0; i < n; i++)
        to[next[from[i].key >> shift & (N_BUCKETS - 1)]++] = from[i];
}

/* Shifts of the digits in which the keys differ, highest first. */
static size_t find_digits(const msp_pair *a, size_t n, unsigned shifts[MAX_DIGITS])
{
    uint64_t differ = 0;
    for (size_t i = 1; i < n; i++)
        differ |= a[i].key ^ a[0].key;
    size_t n_digits = 0;
    while (differ != 0) {
        unsigned top = 63 - (unsigned)__builtin_clzll(differ);
        unsigned shift = top >= DIGIT_BITS ? top - DIGIT_BITS + 1 : 0;
        shifts[n_digits++] = shift;
        differ &= ((uint64_t)1 << shift) - 1;
    }
    return n_digits;
}

/* Sorts by the first n_digits of `shifts`, the last of them first. */
static msp_pair *sort_digits(msp_pair *a, msp_pair *b, size_t n, const unsigned *shifts,
                             size_t n_digits)
{
    uint32_t next[MAX_DIGITS][N_BUCKETS];
    place_digits(a, n, shifts, n_digits, next);
    for (size_t d = n_digits; d-- > 0;) {
        move_by_digit(a, b, n, shifts[d], next[d]);
        msp_pair *swap = a;
        a = b;
        b = swap;
    }
    return a;
}

msp_pair *msp__sort_pairs(msp_pair *a, msp_pair *b, size_t n)
{
    if (n <= SMALL) {
        insert_all(a, n, SIZE_MAX);
        return a;
    }
    unsigned shifts[MAX_DIGITS];
    size_t n_digits = find_digits(a, n, shifts);
    if (n_digits <= TOP_DIGITS)
        return sort_digits(a, b, n, shifts, n_digits);
    msp_pair *sorted = sort_digits(a, b, n, shifts, TOP_DIGITS);
    if (insert_all(sorted, n, MOVES_PER_PAIR * n))
        return sorted;
    return sort_digits(sorted, sorted == a ? b : a, n, shifts, n_digits);
}

/* --- times ------------------------------------------------------------------------------------ */

/* Cells of equal width between the times `first` and `last`, each twice: events, then censorings.
 */
typedef struct cells {
    double first, scale;
} cells;

enum { CELL_BITS = 2 * DIGIT_BITS };

static inline bool is_kept(const msp_times *of, size_t i)
{
    return of->keep == NULL || of->keep[i] != 0;
}

static inline uint64_t censored(const msp_times *of, size_t i)
{
    return of->event != NULL && of->event[i] == 0;
}

static inline uint32_t cell_of(const cells *c, double time, uint64_t is_censored)
{
    return (uint32_t)((time - c->first) * c->scale) << 1 | (uint32_t)is_censored;
}

static cells make_cells(const msp_times *of)
{
    double first = HUGE_VAL, last = -HUGE_VAL;
    for (size_t i = 0; i < of->n_rows; i++) {
        double low = is_kept(of, i) ? of->time[i] : HUGE_VAL;
        double high = is_kept(of, i) ? of->time[i] : -HUGE_VAL;
        first = low < first ? low : first;
        last = high > last ? high : last;
    }
    return (cells){first, ((1 << (CELL_BITS - 1)) - 1) / (last - first)};
}

static void place_cells(const msp_times *of, const cells *c, uint32_t next[2][N_BUCKETS])
{
    memset(next, 0, 2 * sizeof *next);
    for (size_t i = 0; i < of->n_rows; i++) {
        if (!is_kept(of, i))
            continue;
        uint32_t cell = cell_of(c, of->time[i], censored(of, i));
        next[0][cell & (N_BUCKETS - 1)]++;
        next[1][cell >> DIGIT_BITS]++;
    }
    start_buckets(next[0]);
    start_buckets(next[1]);
}

/* By the lower digit of the cell into `pairs`, by the upper into place. */
static void sort_cells(const msp_times *of, const cells *c, uint64_t *key, uint32_t *row, size_t n,
                       msp_pair *pairs)
{
    uint32_t next[2][N_BUCKETS];
    place_cells(of, c, next);
    for (size_t i = 0; i < of->n_rows; i++)
        if (is_kept(of, i)) {
            uint32_t cell = cell_of(c, of->time[i], censored(of, i));
            pairs[next[0][cell & (N_BUCKETS - 1)]++] =
                (msp_pair){msp__time_key(of->time[i]) | censored(of, i), (uint32_t)i};
        }
    for (size_t i = 0; i < n; i++) {
        uint32_t cell = cell_of(c, msp__key_time(pairs[i].key), pairs[i].key & 1);
        uint32_t to = next[1][cell >> DIGIT_BITS]++;
        key[to] = pairs[i].key;
        row[to] = pairs[i].row;
    }
}

static void copy_times(const msp_times *of, uint64_t *key, uint32_t *row)
{
    for (size_t i = 0, k = 0; i < of->n_rows; i++)
        if (is_kept(of, i)) {
            key[k] = msp__time_key(of->time[i]) | censored(of, i);
            row[k++] = (uint32_t)i;
        }
}

/* Insertion sort; gives up, leaving the rows in some order, after `budget` moves. */
static bool insert_rows(uint64_t *key, uint32_t *row, size_t n, size_t budget)
{
    for (size_t i = 1; i < n; i++) {
        if (key[i - 1] <= key[i])
            continue;
        uint64_t moving = key[i];
        uint32_t its_row = row[i];
        size_t j = i;
        for (; j > 0 && key[j - 1] > moving; j--) {
            key[j] = key[j - 1];
            row[j] = row[j - 1];
        }
        key[j] = moving;
        row[j] = its_row;
        if (i - j > budget)
            return false;
        budget -= i - j;
    }
    return true;
}

bool msp__sort_rows(uint64_t *key, uint32_t *row, size_t n)
{
    if (insert_rows(key, row, n, MOVES_PER_PAIR * n))
        return true;
    msp_pair *pairs = msp__large(2 * n, sizeof *pairs);
    if (pairs == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        pairs[i] = (msp_pair){key[i], row[i]};
    const msp_pair *sorted = msp__sort_pairs(pairs, pairs + n, n);
    for (size_t i = 0; i < n; i++) {
        key[i] = sorted[i].key;
        row[i] = sorted[i].row;
    }
    free(pairs);
    return true;
}

bool msp__sort_times(const msp_times *of, uint64_t *key, uint32_t *row, size_t n)
{
    const cells c = make_cells(of);
    if (n <= SMALL || !isfinite(c.scale)) {
        copy_times(of, key, row);
        return msp__sort_rows(key, row, n);
    }
    msp_pair *pairs = msp__large(n, sizeof *pairs);
    if (pairs == NULL)
        return false;
    sort_cells(of, &c, key, row, n, pairs);
    free(pairs);
    return msp__sort_rows(key, row, n);
}
