#include "mspike/stats/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve.h"

static const double none = NAN;
static const double aliased_below = 1e-7; /* of a column's length: what is its own */
static const double same_within = 1e-8;   /* of weights that have to agree */
static const double singular = 1e-12;     /* of a diagonal, as a pivot */
static const double log_2pi = 1.8378770664093454835606594728112;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the linear model");
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Takes from v its parts along the k orthonormal columns of q; r[j] += the part along column j. */
static void project(double *v, const double *q, const bool *aliased, size_t n, size_t k, double *r)
{
    for (int twice = 0; twice < 2; twice++)
        for (size_t j = 0; j < k; j++) {
            if (aliased[j])
                continue;
            const double part = dot(q + j * n, v, n);
            for (size_t i = 0; i < n; i++)
                v[i] -= part * q[j * n + i];
            r[j] += part;
        }
}

/*
 * x (row by row) = q r: column k of q at q + k n, 0 where aliased; column k of r at r + k p.
 */
static size_t orthogonalise(const double *x, size_t n, size_t p, double *q, double *r,
                            bool *aliased)
{
    size_t rank = 0;
    memset(r, 0, p * p * sizeof *r);
    for (size_t k = 0; k < p; k++) {
        double *v = q + k * n;
        for (size_t i = 0; i < n; i++)
            v[i] = x[i * p + k];
        const double before = sqrt(dot(v, v, n));
        project(v, q, aliased, n, k, r + k * p);
        const double after = sqrt(dot(v, v, n));
        aliased[k] = !(after > aliased_below * before);
        rank += !aliased[k];
        r[k * p + k] = aliased[k] ? 0 : after;
        for (size_t i = 0; i < n; i++)
            v[i] = aliased[k] ? 0 : v[i] / after;
    }
    return rank;
}

/* r b = c, back from the last column, aliased ones being 0; b may be c. */
static void back_solve(const double *r, const bool *aliased, size_t p, const double *c, double *b)
{
    for (size_t k = p; k-- > 0;) {
        b[k] = aliased[k] ? 0 : c[k];
        for (size_t j = k + 1; j < p && !aliased[k]; j++)
            b[k] -= r[j * p + k] * b[j];
        if (!aliased[k])
            b[k] /= r[k * p + k];
    }
}

static msp_status allocate_alias(msp_alias *out, size_t p, msp_error *err)
{
    double *block = calloc(p * p * sizeof(double) + p * sizeof(bool) + 1, 1);
    if (block == NULL)
        return no_memory(err);
    *out = (msp_alias){
        .p = p, .block = block, .combination = block, .aliased = (void *)(block + p * p)};
    return MSP_OK;
}

static void combine(const double *r, msp_alias *out)
{
    for (size_t k = 0; k < out->p; k++)
        if (out->aliased[k])
            back_solve(r, out->aliased, out->p, r + k * out->p, out->combination + k * out->p);
}

msp_status msp_alias_find(const double *x, size_t n, size_t p, msp_alias *out, msp_error *err)
{
    *out = (msp_alias){0};
    double *q = p < 65536 ? calloc(n * p + p * p + 1, sizeof *q) : NULL;
    const msp_status rc = q != NULL ? allocate_alias(out, p, err) : no_memory(err);
    if (rc == MSP_OK) {
        double *r = q + n * p;
        out->rank = orthogonalise(x, n, p, q, r, out->aliased);
        combine(r, out);
    }
    free(q);
    return rc;
}

bool msp_alias_allows(const msp_alias *alias, const double *l)
{
    for (size_t k = 0; k < alias->p; k++) {
        if (!alias->aliased[k])
            continue;
        double wanted = 0, size = fabs(l[k]);
        for (size_t j = 0; j < alias->p; j++) {
            const double part = alias->combination[k * alias->p + j] * l[j];
            wanted += part;
            size += fabs(part);
        }
        if (fabs(l[k] - wanted) > same_within * size)
            return false;
    }
    return true;
}

void msp_alias_free(msp_alias *alias)
{
    free(alias->block);
    *alias = (msp_alias){0};
}

static msp_status check(const double *y, const double *x, size_t n, size_t p, msp_error *err)
{
    if (n == 0 || p == 0)
        return msp_fail(err, MSP_ENODATA, "no rows or no columns to fit a linear model to");
    for (size_t i = 0; i < n; i++) {
        bool finite = isfinite(y[i]);
        for (size_t k = 0; k < p; k++)
            finite = finite && isfinite(x[i * p + k]);
        if (!finite)
            return msp_fail_row(err, MSP_ERANGE, i, "a value is not a finite number");
    }
    return MSP_OK;
}

/* (R'R)^-1 s^2, column by column of R^-1. */
static void covariance(msp_linear *out, const double *r, double *column)
{
    const size_t p = out->p;
    const bool *aliased = out->alias.aliased;
    for (size_t k = 0; k < p; k++) {
        if (aliased[k])
            continue;
        memset(column, 0, p * sizeof *column);
        column[k] = 1;
        back_solve(r, aliased, p, column, column);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                out->covariance[i * p + j] += column[i] * column[j] * out->variance;
    }
    for (size_t i = 0; i < p * p && !(out->df > 0); i++)
        out->covariance[i] = none;
}

/* Whether a column of ones lies in the span of q. */
static bool spans_mean(const double *q, size_t n, size_t p)
{
    double squares = 0;
    for (size_t k = 0; k < p; k++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += q[k * n + i];
        squares += sum * sum;
    }
    return fabs(squares - (double)n) <= same_within * (double)n;
}

static double variation(const double *y, size_t n, bool about_mean)
{
    double mean = 0, sum = 0;
    for (size_t i = 0; i < n && about_mean; i++)
        mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (y[i] - mean) * (y[i] - mean);
    return sum;
}

static void solve(msp_linear *out, const double *y, const double *q, const double *r, double *work)
{
    const size_t n = out->n, p = out->p;
    double *rest = work, *c = work + n;
    memcpy(rest, y, n * sizeof *rest);
    memset(c, 0, p * sizeof *c);
    project(rest, q, out->alias.aliased, n, p, c);
    back_solve(r, out->alias.aliased, p, c, out->beta);
    const double rss = dot(rest, rest, n), rows = (double)n;
    out->df = rows - (double)out->alias.rank;
    out->variance = out->df > 0 ? rss / out->df : none;
    out->loglik = -rows / 2 * (log_2pi + log(rss / rows) + 1);
    const double all = variation(y, n, spans_mean(q, n, p));
    /* A response that is constant up to rounding has nothing to explain. */
    out->r_squared = all > 1e-26 * dot(y, y, n) ? 1 - rss / all : none;
    covariance(out, r, c);
}

msp_status msp_linear_fit(const double *y, const double *x, size_t n, size_t p, msp_linear *out,
                          msp_error *err)
{
    *out = (msp_linear){.n = n, .p = p};
    msp_status rc = check(y, x, n, p, err);
    if (rc != MSP_OK)
        return rc;
    double *q = p < 65536 ? calloc(n * p + p * p + n + p, sizeof *q) : NULL;
    double *block = p < 65536 ? calloc(p * p + p, sizeof *block) : NULL;
    rc = q != NULL && block != NULL ? allocate_alias(&out->alias, p, err) : no_memory(err);
    out->block = block;
    if (rc == MSP_OK) {
        double *r = q + n * p;
        out->beta = block;
        out->covariance = block + p;
        out->alias.rank = orthogonalise(x, n, p, q, r, out->alias.aliased);
        combine(r, &out->alias);
        solve(out, y, q, r, r + p * p);
    }
    free(q);
    if (rc != MSP_OK)
        msp_linear_free(out);
    return rc;
}

void msp_linear_free(msp_linear *fit)
{
    msp_alias_free(&fit->alias);
    free(fit->block);
    *fit = (msp_linear){0};
}

/* out (k x k) = L V L' and c (k) = L b. */
static void transform(const double *beta, const double *variance, size_t p, const double *l,
                      size_t k, double *out, double *c, double *row)
{
    for (size_t i = 0; i < k; i++) {
        c[i] = dot(l + i * p, beta, p);
        for (size_t j = 0; j < p; j++)
            row[j] = 0;
        for (size_t m = 0; m < p; m++)
            for (size_t j = 0; j < p; j++)
                row[j] += l[i * p + m] * variance[m * p + j];
        for (size_t j = 0; j < k; j++)
            out[i * k + j] = dot(row, l + j * p, p);
    }
}

msp_status msp_wald_statistic(const double *beta, const double *variance, size_t p, const double *l,
                              size_t k, double *statistic, size_t *rank, msp_error *err)
{
    *statistic = none;
    *rank = 0;
    double *work = calloc(k * k + 3 * k + p + 1, sizeof *work);
    bool *used = calloc(k + 1, sizeof *used);
    if (work == NULL || used == NULL) {
        free(work);
        free(used);
        return no_memory(err);
    }
    double *c = work + k * k, *floor = c + k, *x = floor + k, *row = x + k;
    transform(beta, variance, p, l, k, work, c, row);
    for (size_t i = 0; i < k; i++)
        floor[i] = singular * fabs(work[i * k + i]);
    *rank = msp__factor(work, k, floor, used);
    if (*rank > 0) {
        msp__solve(work, k, used, c, x);
        *statistic = dot(c, x, k);
    }
    free(work);
    free(used);
    return MSP_OK;
}
