/*
 * sort.c - times by cells, other keys by digits.
 *
 * Times go by equal cells between the shortest and the longest, in two steps; what shares a cell,
 * insertion puts right. Where follow-up is so skewed that most shares few cells, and for other
 * keys, a radix sort by the digits of their bits serves, least significant first, which looks at as
 * few digits as it can. Only bits in which the keys differ matter.
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
static void start_counts(uint32_t *next, size_t n)
{
    uint32_t start = 0;
    for (size_t b = 0; b < n; b++) {
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
        start_counts(next[d], N_BUCKETS);
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

/*
 * Cells of equal width between the first time and the last, about one a row. The upper bits of a
 * cell's number say its bucket. Rows go to their buckets, and each bucket, which is near
 * by then, is sorted by the lower bits.
 */
typedef struct cells {
    double first, scale;
    unsigned low_bits;
    size_t n_buckets;
} cells;

enum {
    MOST_BITS = 12,      /* of either half of a cell's number */
    ONE_BUCKET_BITS = 11 /* up to so many bits one bucket does */
};

static inline bool is_kept(const msp_times *of, size_t i)
{
    return of->keep == NULL || of->keep[i] != 0;
}

static inline uint64_t censored(const msp_times *of, size_t i)
{
    return of->event != NULL && of->event[i] == 0;
}

static inline uint32_t cell_of(const cells *c, double time)
{
    return (uint32_t)((time - c->first) * c->scale);
}

static cells make_cells(const msp_times *of, size_t n)
{
    double first = HUGE_VAL, last = -HUGE_VAL;
    for (size_t i = 0; i < of->n_rows; i++) {
        double low = is_kept(of, i) ? of->time[i] : HUGE_VAL;
        double high = is_kept(of, i) ? of->time[i] : -HUGE_VAL;
        first = low < first ? low : first;
        last = high > last ? high : last;
    }
    unsigned bits = 2;
    while (bits < 2 * MOST_BITS && (size_t)1 << bits < n)
        bits++;
    const unsigned low_bits = bits > ONE_BUCKET_BITS ? bits / 2 : bits;
    return (cells){first, (double)((1u << bits) - 1) / (last - first), low_bits,
                   (size_t)1 << (bits - low_bits)};
}

/* Puts the rows into their buckets, in the order they come; bucket b ends before end[b]. */
static void fill_buckets(const msp_times *of, const cells *c, uint64_t *key, uint32_t *row,
                         uint32_t *end)
{
    memset(end, 0, c->n_buckets * sizeof *end);
    for (size_t i = 0; i < of->n_rows; i++)
        if (is_kept(of, i))
            end[cell_of(c, of->time[i]) >> c->low_bits]++;
    start_counts(end, c->n_buckets);
    for (size_t i = 0; i < of->n_rows; i++)
        if (is_kept(of, i)) {
            const uint32_t to = end[cell_of(c, of->time[i]) >> c->low_bits]++;
            key[to] = msp__time_key(of->time[i]) | censored(of, i);
            row[to] = (uint32_t)i;
        }
}

/* Room for the rows of a bucket. */
typedef struct bucket_room {
    uint64_t *key;
    uint32_t *row, *cell;
} bucket_room;

static bool one_time(const uint64_t *key, size_t n)
{
    size_t i = 1;
    while (i < n && key[i] >> 1 == key[0] >> 1)
        i++;
    return i >= n;
}

/* Of rows at one time, as where times are days, events go before censorings. */
static void split_bucket(const bucket_room *room, uint64_t *key, uint32_t *row, size_t n)
{
    size_t n_censored = 0;
    for (size_t i = 0; i < n; i++)
        n_censored += key[i] & 1;
    memcpy(room->row, row, n * sizeof *row);
    for (size_t i = 0, event = 0, other = n - n_censored; i < n; i++) {
        const size_t is_other = key[i] & 1;
        row[is_other ? other : event] = room->row[i];
        other += is_other;
        event += !is_other;
    }
    for (size_t i = 0; i < n; i++)
        key[i] = key[0] >> 1 << 1 | (i >= n - n_censored);
}

/* By cell, events before censorings: what shares a cell may still be in disorder. */
static void sort_bucket(const cells *c, const bucket_room *room, uint64_t *key, uint32_t *row,
                        size_t n)
{
    if (one_time(key, n)) {
        split_bucket(room, key, row, n);
        return;
    }
    const uint32_t mask = (1u << c->low_bits) - 1;
    uint32_t next[2 << MOST_BITS];
    memset(next, 0, ((size_t)2 << c->low_bits) * sizeof *next);
    for (size_t i = 0; i < n; i++) {
        room->key[i] = key[i];
        room->row[i] = row[i];
        room->cell[i] = (cell_of(c, msp__key_time(key[i])) & mask) << 1 | (uint32_t)(key[i] & 1);
        next[room->cell[i]]++;
    }
    start_counts(next, (size_t)2 << c->low_bits);
    for (size_t i = 0; i < n; i++) {
        const uint32_t to = next[room->cell[i]]++;
        key[to] = room->key[i];
        row[to] = room->row[i];
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

static bool sort_buckets(const cells *c, const uint32_t *end, uint64_t *key, uint32_t *row)
{
    uint32_t most = end[0];
    for (size_t b = 1; b < c->n_buckets; b++)
        most = end[b] - end[b - 1] > most ? end[b] - end[b - 1] : most;
    uint64_t *block = malloc(most * (sizeof *key + 2 * sizeof *row));
    bool done = block != NULL;
    const bucket_room room = {block, (uint32_t *)(block + most), (uint32_t *)(block + most) + most};
    for (size_t b = 0, from = 0; b < c->n_buckets && done; from = end[b++]) {
        sort_bucket(c, &room, key + from, row + from, end[b] - from);
        done = msp__sort_rows(key + from, row + from, end[b] - from);
    }
    free(block);
    return done;
}

bool msp__sort_times(const msp_times *of, uint64_t *key, uint32_t *row, size_t n)
{
    const cells c = make_cells(of, n);
    const bool no_cells = n <= SMALL || !isfinite(c.scale);
    uint32_t end[1 << MOST_BITS];
    end[0] = (uint32_t)n;
    if (no_cells || c.n_buckets == 1)
        copy_times(of, key, row);
    else
        fill_buckets(of, &c, key, row, end);
    return no_cells ? msp__sort_rows(key, row, n) : sort_buckets(&c, end, key, row);
}
