/*
 * intervals.c
 *   1. the rows
 *   2. what a curve says
 *   3. limits, by resampling
 *   4. the test and the whole
 */
#include "mspike/analysis/intervals.h"

#include <math.h>
#include <stdlib.h>

#include "mspike/base/parallel.h"
#include "mspike/base/random.h"

enum { RESAMPLING = 71, DRAWS_A_STREAM = 1 << 16 };

static const double shares[3] = {0.25, 0.5, 0.75};

/* -- 1. the rows -- */

typedef struct seen {
    double lower, upper;
    size_t index; /* in the data */
} seen;

static int compare_seen(const void *a, const void *b)
{
    const seen *x = a, *y = b;
    if (x->lower != y->lower)
        return x->lower < y->lower ? -1 : 1;
    return x->upper < y->upper ? -1 : x->upper > y->upper;
}

/* The rows kept by time, so that results do not depend on their order in the table; NULL: no
 * memory. */
static seen *sort_rows(const msp_survival_data *d, const uint8_t *keep, msp_arena *arena, size_t *n)
{
    seen *all = msp_arena_array(arena, d->n + 1, sizeof *all);
    *n = 0;
    for (size_t i = 0; all != NULL && i < d->n; i++)
        if (keep == NULL || keep[i])
            all[(*n)++] = (seen){d->time[i], d->upper[i], i};
    if (all != NULL)
        qsort(all, *n, sizeof *all, compare_seen);
    return all;
}

/* The rows arm by arm. */
typedef struct rows {
    double *lower, *upper;
    size_t *index; /* of each row, in the data */
    size_t *start; /* n_arms + 1 */
} rows;

static bool take_rows(const msp_survival_data *d, size_t n_arms, msp_arena *arena, rows *r)
{
    size_t n_all, n = 0;
    const seen *all = sort_rows(d, d->keep, arena, &n_all);
    r->lower = msp_arena_array(arena, d->n + 1, sizeof *r->lower);
    r->upper = msp_arena_array(arena, d->n + 1, sizeof *r->upper);
    r->index = msp_arena_array(arena, d->n + 1, sizeof *r->index);
    r->start = msp_arena_array(arena, n_arms + 1, sizeof *r->start);
    if (all == NULL || r->lower == NULL || r->upper == NULL || r->index == NULL || r->start == NULL)
        return false;
    for (size_t a = 0; a < n_arms; a++) {
        r->start[a] = n;
        for (size_t i = 0; i < n_all; i++) {
            if (d->arm != NULL && d->arm->code[all[i].index] != a)
                continue;
            r->lower[n] = all[i].lower;
            r->upper[n] = all[i].upper;
            r->index[n++] = all[i].index;
        }
    }
    r->start[n_arms] = n;
    return true;
}

/* -- 2. what a curve says -- */

static void describe_curve(const msp_turnbull *curve, const double *times, size_t n_times,
                           msp_turnbull_range *out)
{
    for (size_t k = 0; k < 3; k++)
        out[k] = msp_turnbull_quantile(curve, shares[k]);
    for (size_t t = 0; t < n_times; t++)
        out[3 + t] = msp_turnbull_at(curve, times[t]);
}

static void count_kinds(msp_intervals_arm *arm, const double *lower, const double *upper)
{
    for (size_t i = 0; i < arm->n; i++) {
        arm->n_exact += lower[i] == upper[i];
        arm->n_open += isinf(upper[i]) != 0;
    }
    arm->n_between = arm->n - arm->n_exact - arm->n_open;
}

static msp_intervals_value *value_of(msp_intervals_arm *arm, size_t k)
{
    return k < 3 ? &arm->quantile[k] : &arm->points[k - 3];
}

static msp_status describe_arm(msp_intervals *out, size_t a, const rows *r,
                               msp_turnbull_range *room, msp_error *err)
{
    msp_intervals_arm *arm = &out->arms[a];
    const size_t from = r->start[a];
    const msp_turnbull_range unknown = {NAN, NAN};
    arm->n = r->start[a + 1] - from;
    arm->points = msp_arena_array(&out->arena, out->n_times + 1, sizeof *arm->points);
    if (arm->points == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu times", out->n_times);
    for (size_t k = 0; k < 3 + out->n_times; k++)
        *value_of(arm, k) = (msp_intervals_value){unknown, unknown};
    if (arm->n == 0)
        return MSP_OK;
    count_kinds(arm, r->lower + from, r->upper + from);
    const msp_status rc =
        msp_turnbull_fit(r->lower + from, r->upper + from, arm->n, &arm->curve, err);
    if (rc != MSP_OK) {
        if (err != NULL && err->row < arm->n)
            err->row = r->index[from + err->row];
        return rc;
    }
    describe_curve(&arm->curve, out->options.times, out->n_times, room);
    for (size_t k = 0; k < 3 + out->n_times; k++)
        value_of(arm, k)->range = room[k];
    return MSP_OK;
}

/* -- 3. limits, by resampling -- */

typedef struct resampling {
    const msp_intervals *of;
    const double *lower, *upper; /* of the arm */
    size_t n, arm, n_values;
    double *low, *high; /* a resample each, value by value */
    bool *failed;       /* a resample each */
} resampling;

static void resample(void *context, size_t worker, size_t piece)
{
    (void)worker;
    resampling *r = context;
    const msp_intervals *of = r->of;
    double *lower = calloc(2 * r->n, sizeof *lower);
    msp_turnbull_range *values = calloc(r->n_values, sizeof *values);
    msp_turnbull curve = {0};
    r->failed[piece] = lower == NULL || values == NULL;
    msp_random random = {0};
    for (size_t i = 0; !r->failed[piece] && i < r->n; i++) {
        if (i % DRAWS_A_STREAM == 0)
            random =
                msp_random_at(of->options.seed, piece,
                              (uint32_t)(r->arm + of->n_arms * (i / DRAWS_A_STREAM)), RESAMPLING);
        const size_t drawn = (size_t)msp_random_below(&random, r->n);
        lower[i] = r->lower[drawn];
        lower[r->n + i] = r->upper[drawn];
    }
    if (!r->failed[piece])
        r->failed[piece] = msp_turnbull_fit(lower, lower + r->n, r->n, &curve, NULL) != MSP_OK;
    if (!r->failed[piece])
        describe_curve(&curve, of->options.times, of->n_times, values);
    for (size_t k = 0; !r->failed[piece] && k < r->n_values; k++) {
        const size_t at = k * of->options.resamples + piece;
        r->low[at] = isnan(values[k].low) ? (double)INFINITY : values[k].low;
        r->high[at] = isnan(values[k].high) ? (double)INFINITY : values[k].high;
    }
    msp_turnbull_free(&curve);
    free(lower);
    free(values);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double reached(double x)
{
    return isinf(x) ? (double)NAN : x;
}

/* Percentiles: so many of the lowest and of the highest are left out. */
static void take_limits(msp_intervals_arm *arm, const resampling *r)
{
    const size_t n = r->of->options.resamples;
    const size_t out = (size_t)floor((double)n * (1 - r->of->options.level) / 2);
    for (size_t k = 0; k < r->n_values; k++) {
        qsort(r->low + k * n, n, sizeof *r->low, compare_doubles);
        qsort(r->high + k * n, n, sizeof *r->high, compare_doubles);
        value_of(arm, k)->limits = (msp_turnbull_range){reached(r->low[k * n + out]),
                                                        reached(r->high[k * n + n - 1 - out])};
    }
}

static msp_status limit_arm(msp_intervals *out, size_t a, const rows *r, msp_error *err)
{
    const size_t n = out->options.resamples, n_values = 3 + out->n_times;
    resampling s = {.of = out,
                    .lower = r->lower + r->start[a],
                    .upper = r->upper + r->start[a],
                    .n = out->arms[a].n,
                    .arm = a,
                    .n_values = n_values};
    const bool fits = n < SIZE_MAX / (2 * n_values * sizeof(double));
    s.low = fits ? calloc(2 * n * n_values, sizeof *s.low) : NULL;
    s.failed = calloc(n, sizeof *s.failed);
    bool failed = s.low == NULL || s.failed == NULL;
    if (!failed) {
        s.high = s.low + n * n_values;
        msp_parallel_for(out->options.threads, n, resample, &s);
        for (size_t i = 0; i < n; i++)
            failed = failed || s.failed[i];
    }
    if (!failed)
        take_limits(&out->arms[a], &s);
    free(s.low);
    free(s.failed);
    return failed ? msp_fail(err, MSP_EMEM, "no memory for %zu resamples", n) : MSP_OK;
}

/* -- 4. the test and the whole -- */

static msp_status fit_test(const msp_survival_data *d, msp_intervals *out, msp_error *err)
{
    const uint8_t *keep = d->keep_test != NULL ? d->keep_test : d->keep;
    msp_arena arena = {0};
    double *lower = msp_arena_array(&arena, d->n + 1, sizeof *lower);
    double *upper = msp_arena_array(&arena, d->n + 1, sizeof *upper);
    uint32_t *group = msp_arena_array(&arena, d->n + 1, sizeof *group);
    uint32_t *stratum = msp_arena_array(&arena, d->n + 1, sizeof *stratum);
    size_t n = 0;
    const seen *all = sort_rows(d, keep, &arena, &n);
    msp_status rc = MSP_OK;
    if (lower == NULL || upper == NULL || group == NULL || stratum == NULL || all == NULL)
        rc = msp_fail(err, MSP_EMEM, "no memory for a test of %zu rows", d->n);
    const msp_interval_groups rows_of = {.lower = lower,
                                         .upper = upper,
                                         .n = n,
                                         .group = group,
                                         .n_groups = d->arm->n_levels,
                                         .stratum = d->stratum != NULL ? stratum : NULL,
                                         .n_strata = d->stratum != NULL ? d->stratum->n_levels : 1};
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        const size_t row = all[i].index;
        lower[i] = all[i].lower;
        upper[i] = all[i].upper;
        group[i] = d->arm->code[row];
        stratum[i] = d->stratum != NULL ? d->stratum->code[row] : 0;
    }
    if (rc == MSP_OK)
        rc = msp_interval_logrank_test(&rows_of, out->options.alternative, &out->test, err);
    if (rc != MSP_OK && err != NULL && err->row < n)
        err->row = all[err->row].index;
    out->has_test = rc == MSP_OK;
    msp_arena_free(&arena);
    return rc;
}

static msp_status fit_arms(const msp_survival_data *d, msp_intervals *out, msp_error *err)
{
    rows r = {0};
    out->arms = msp_arena_array(&out->arena, out->n_arms, sizeof *out->arms);
    msp_turnbull_range *room = msp_arena_array(&out->arena, 3 + out->n_times, sizeof *room);
    if (out->arms == NULL || room == NULL || !take_rows(d, out->n_arms, &out->arena, &r))
        return msp_fail(err, MSP_EMEM, "no memory for %zu arms", out->n_arms);
    out->n = r.start[out->n_arms];
    out->n_missing = d->n - out->n;
    if (out->n == 0)
        return msp_fail(err, MSP_ENODATA, "no row has all of its values");
    msp_status rc = MSP_OK;
    for (size_t a = 0; rc == MSP_OK && a < out->n_arms; a++) {
        out->arms[a].label = d->arm != NULL ? d->arm->level[a] : "";
        rc = describe_arm(out, a, &r, room, err);
        if (rc == MSP_OK && out->options.resamples > 0 && out->arms[a].n > 0)
            rc = limit_arm(out, a, &r, err);
    }
    return rc;
}

msp_status msp_intervals_fit(const msp_survival_data *data, const msp_intervals_options *options,
                             msp_intervals *out, msp_error *err)
{
    *out = (msp_intervals){.options = *options,
                           .n_times = options->n_times,
                           .n_arms = data->arm != NULL ? data->arm->n_levels : 1};
    if (data->entry != NULL)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "times between visits of rows that enter late are not analysed");
    msp_status rc = fit_arms(data, out, err);
    if (rc == MSP_OK && options->test && out->n_arms > 1)
        rc = fit_test(data, out, err);
    if (rc != MSP_OK)
        msp_intervals_free(out);
    return rc;
}

void msp_intervals_free(msp_intervals *intervals)
{
    for (size_t a = 0; intervals->arms != NULL && a < intervals->n_arms; a++)
        msp_turnbull_free(&intervals->arms[a].curve);
    msp_interval_logrank_free(&intervals->test);
    msp_arena_free(&intervals->arena);
    *intervals = (msp_intervals){0};
}
