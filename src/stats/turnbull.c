/*
 * turnbull.c
 *   1. innermost intervals
 *   2. rows' probabilities and the gradient
 *   3. a step of EM, a step of the convex minorant
 *   4. the whole
 *   5. what the curve says
 */
#include "mspike/stats/turnbull.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int most_iterations = 20000;
static const double converged_at = 1e-12; /* of d_j / n - 1, and of a change of mass */
static const double enough = 1e-6;        /* of the log-likelihood, where that is not reached */
static const double same_mass = 1e-9;     /* by / p closer than this is equal */

/* -- 1. innermost intervals -- */

/* At one time an exact event begins and ends before what begins after that time. */
typedef enum end_kind { FROM, UP_TO, AFTER } end_kind;

typedef struct end {
    double at;
    uint32_t row;
    end_kind kind;
} end;

static int compare_ends(const void *a, const void *b)
{
    const end *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* An innermost interval begins at a left end that a right end follows. A row may lie in those that
 * begin from its left end on and end by its right end. */
static void find_innermost(msp_turnbull *t, const end *ends)
{
    bool open = false;
    double left = 0;
    for (size_t i = 0; i < 2 * t->n_rows; i++) {
        const end *e = &ends[i];
        if (e->kind != UP_TO) {
            left = e->at;
            open = true;
            t->first[e->row] = (uint32_t)t->n;
            continue;
        }
        if (open) {
            t->left[t->n] = left;
            t->right[t->n++] = e->at;
            open = false;
        }
        t->last[e->row] = (uint32_t)(t->n - 1);
    }
}

static msp_status sort_ends(const double *lower, const double *upper, size_t n, msp_turnbull *t,
                            msp_error *err)
{
    end *ends = calloc(2 * n, sizeof *ends);
    if (ends == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu times", n);
    for (size_t i = 0; i < n; i++) {
        ends[2 * i] = (end){lower[i], (uint32_t)i, lower[i] == upper[i] ? FROM : AFTER};
        ends[2 * i + 1] = (end){upper[i], (uint32_t)i, UP_TO};
    }
    qsort(ends, 2 * n, sizeof *ends, compare_ends);
    find_innermost(t, ends);
    free(ends);
    return MSP_OK;
}

/* -- 2. rows' probabilities and the gradient -- */

typedef struct work {
    msp_turnbull *t;
    double *d;             /* n + 1: sum of 1 / P over the rows that may lie there */
    double *slope, *curve; /* n: of the log-likelihood, by `by` */
    double *aim, *trial;   /* n: values of `by` */
    double *level;         /* of the pooled blocks of the convex minorant */
    double *weight;
    size_t *size;
} work;

static double mass_of(const msp_turnbull *t, const double *by, size_t row)
{
    const uint32_t a = t->first[row], b = t->last[row];
    return a == 0 ? by[b] : by[b] - by[a - 1];
}

static double loglik(const msp_turnbull *t, const double *by)
{
    double sum = 0;
    for (size_t i = 0; i < t->n_rows; i++)
        sum += log(mass_of(t, by, i));
    return sum;
}

static void sum_masses(msp_turnbull *t)
{
    double sum = 0;
    for (size_t j = 0; j < t->n; j++)
        t->by[j] = sum += t->mass[j];
}

/* d, and the derivatives by `by`: a row's mass is a difference of two of them. */
static void gradient(work *w)
{
    const msp_turnbull *t = w->t;
    memset(w->d, 0, (t->n + 1) * sizeof *w->d);
    memset(w->slope, 0, t->n * sizeof *w->slope);
    memset(w->curve, 0, t->n * sizeof *w->curve);
    for (size_t i = 0; i < t->n_rows; i++) {
        const uint32_t a = t->first[i], b = t->last[i];
        const double one = 1 / (a == b ? t->mass[a] : mass_of(t, t->by, i));
        w->d[a] += one;
        w->d[b + 1] -= one;
        w->slope[b] += one;
        w->curve[b] += one * one;
        if (a > 0) {
            w->slope[a - 1] -= one;
            w->curve[a - 1] += one * one;
        }
    }
    for (size_t j = 1; j < t->n; j++)
        w->d[j] += w->d[j - 1];
}

/* Whether this is the maximum; sets the gap. */
static bool is_maximum(work *w)
{
    msp_turnbull *t = w->t;
    const double n = (double)t->n_rows;
    double most = 0, change = 0;
    for (size_t j = 0; j < t->n; j++) {
        const double over = w->d[j] / n - 1;
        most = fmax(most, over);
        change = fmax(change, t->mass[j] * fabs(over));
    }
    t->gap = most * n;
    return most <= converged_at && change <= converged_at;
}

/* -- 3. the two steps -- */

static void em_step(work *w)
{
    msp_turnbull *t = w->t;
    for (size_t j = 0; j < t->n; j++)
        t->mass[j] *= w->d[j] / (double)t->n_rows;
    sum_masses(t);
}

/* The non-decreasing values nearest to `aim`, weighted by `curve`: neighbours that fall are pooled.
 * The last `by` is 1 and stays. */
static void pool(work *w, size_t n)
{
    size_t blocks = 0;
    for (size_t j = 0; j < n; j++) {
        w->level[blocks] = w->aim[j];
        w->weight[blocks] = w->curve[j];
        w->size[blocks++] = 1;
        while (blocks > 1 && w->level[blocks - 2] >= w->level[blocks - 1]) {
            const double a = w->weight[blocks - 2], b = w->weight[blocks - 1];
            w->level[blocks - 2] = (a * w->level[blocks - 2] + b * w->level[blocks - 1]) / (a + b);
            w->weight[blocks - 2] = a + b;
            w->size[blocks - 2] += w->size[blocks - 1];
            blocks--;
        }
    }
    for (size_t k = 0, j = 0; k < blocks; k++)
        for (size_t end_of = j + w->size[k]; j < end_of; j++)
            w->aim[j] = fmin(fmax(w->level[k], 0), 1);
}

static void convex_minorant_step(work *w)
{
    msp_turnbull *t = w->t;
    const size_t n = t->n - 1;
    const double now = loglik(t, t->by);
    gradient(w);
    for (size_t j = 0; j < n; j++)
        w->aim[j] = t->by[j] + w->slope[j] / w->curve[j];
    pool(w, n);
    double share = 1;
    for (int halving = 0; halving < 30; halving++, share /= 2) {
        for (size_t j = 0; j < n; j++)
            w->trial[j] = t->by[j] + share * (w->aim[j] - t->by[j]);
        w->trial[n] = t->by[n];
        if (loglik(t, w->trial) < now)
            continue;
        for (size_t j = n; j > 0; j--)
            t->mass[j] = fmax(w->trial[j] - w->trial[j - 1], 0);
        t->mass[0] = w->trial[0];
        sum_masses(t);
        return;
    }
}

/* -- 4. the whole -- */

static msp_status check_rows(const double *lower, const double *upper, size_t n, msp_error *err)
{
    if (n == 0)
        return msp_fail(err, MSP_ENODATA, "a curve of no rows");
    if (n > INT32_MAX)
        return msp_fail(err, MSP_ERANGE, "a curve of %zu rows; at most 2^31 - 1", n);
    for (size_t i = 0; i < n; i++)
        if (!(lower[i] >= 0) || isinf(lower[i]) || !(upper[i] >= lower[i]))
            return msp_fail_row(err, MSP_ERANGE, i,
                                "a time from %g to %g; expected 0 <= from <= to", lower[i],
                                upper[i]);
    return MSP_OK;
}

static bool allocate(msp_turnbull *t, size_t n)
{
    double *at = calloc(5 * n, sizeof *at);
    t->block = at;
    if (at == NULL)
        return false;
    t->left = at;
    t->right = at + n;
    t->mass = at + 2 * n;
    t->by = at + 3 * n;
    t->first = (uint32_t *)(void *)(at + 4 * n);
    t->last = t->first + n;
    return true;
}

static bool allocate_work(work *w, size_t n)
{
    double *at = calloc(7 * n + 1, sizeof *at);
    w->size = calloc(n, sizeof *w->size);
    if (at == NULL || w->size == NULL) {
        free(at);
        free(w->size);
        return false;
    }
    double **const parts[] = {&w->slope, &w->curve, &w->aim, &w->trial, &w->level, &w->weight};
    w->d = at;
    at += n + 1;
    for (size_t i = 0; i < MSP_COUNT(parts); i++, at += n)
        *parts[i] = at;
    return true;
}

static void maximise(work *w)
{
    msp_turnbull *t = w->t;
    for (size_t j = 0; j < t->n; j++)
        t->mass[j] = 1 / (double)t->n;
    sum_masses(t);
    for (t->iterations = 1; t->iterations <= most_iterations; t->iterations++) {
        gradient(w);
        if (is_maximum(w))
            break;
        em_step(w);
        convex_minorant_step(w);
    }
    t->loglik = loglik(t, t->by);
    if (t->gap > enough)
        t->note = "the maximum of the likelihood was not reached";
}

msp_status msp_turnbull_fit(const double *lower, const double *upper, size_t n, msp_turnbull *out,
                            msp_error *err)
{
    *out = (msp_turnbull){.n_rows = n};
    msp_status rc = check_rows(lower, upper, n, err);
    if (rc == MSP_OK && !allocate(out, n))
        rc = msp_fail(err, MSP_EMEM, "no memory for a curve of %zu rows", n);
    if (rc == MSP_OK)
        rc = sort_ends(lower, upper, n, out, err);
    work w = {.t = out};
    if (rc == MSP_OK && !allocate_work(&w, out->n))
        rc = msp_fail(err, MSP_EMEM, "no memory for a curve of %zu rows", n);
    if (rc == MSP_OK) {
        maximise(&w);
        free(w.d);
        free(w.size);
    } else {
        msp_turnbull_free(out);
    }
    return rc;
}

void msp_turnbull_free(msp_turnbull *fit)
{
    free(fit->block);
    *fit = (msp_turnbull){0};
}

/* -- 5. what the curve says -- */

msp_turnbull_range msp_turnbull_at(const msp_turnbull *fit, double t)
{
    double had = 0, may_have = 0;
    for (size_t j = 0; j < fit->n; j++) {
        if (fit->right[j] <= t)
            had = fit->by[j];
        if (fit->right[j] <= t || fit->left[j] < t)
            may_have = fit->by[j];
    }
    return (msp_turnbull_range){fmax(1 - may_have, 0), fmax(1 - had, 0)};
}

msp_turnbull_range msp_turnbull_quantile(const msp_turnbull *fit, double p)
{
    if (p > 0 && p < 1)
        for (size_t j = 0; j < fit->n; j++)
            if (fit->by[j] >= p * (1 - same_mass))
                return isinf(fit->right[j]) ? (msp_turnbull_range){fit->left[j], NAN}
                                            : (msp_turnbull_range){fit->left[j], fit->right[j]};
    return (msp_turnbull_range){NAN, NAN};
}
