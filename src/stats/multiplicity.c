#include "mspike/stats/multiplicity.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SUM_SLACK 1e-9 /* thirds do not add up to 1 */

static msp_status check_p(const double *p, size_t n, msp_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i]) && !(p[i] >= 0 && p[i] <= 1))
            return msp_fail_row(err, MSP_ERANGE, i, "a p of %g; expected 0 to 1", p[i]);
    return MSP_OK;
}

/* One that is not known is not rejected by anything. */
static double known(double p)
{
    return isnan(p) ? 1 : p;
}

static double at_most_1(double x)
{
    return x < 1 ? x : 1;
}

typedef struct ranked {
    double p;
    size_t index;
} ranked;

static int by_p(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static void holm(const ranked *sorted, size_t n, double *adjusted)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, at_most_1((double)(n - i) * sorted[i].p));
        adjusted[sorted[i].index] = most;
    }
}

static void hochberg(const ranked *sorted, size_t n, double *adjusted)
{
    double least = 1;
    for (size_t i = n; i-- > 0;) {
        least = fmin(least, at_most_1((double)(n - i) * sorted[i].p));
        adjusted[sorted[i].index] = least;
    }
}

static msp_status by_rank(const double *p, size_t n, msp_adjustment how, double *adjusted,
                          msp_error *err)
{
    ranked *sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu hypotheses", n);
    for (size_t i = 0; i < n; i++)
        sorted[i] = (ranked){known(p[i]), i};
    qsort(sorted, n, sizeof *sorted, by_p);
    if (how == MSP_ADJUST_HOLM)
        holm(sorted, n, adjusted);
    else
        hochberg(sorted, n, adjusted);
    free(sorted);
    return MSP_OK;
}

/* NaN is passed on: what stands behind a test that was not done is not tested. */
static void fixed_sequence(const double *p, size_t n, double *adjusted)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        most = isnan(most) || isnan(p[i]) ? (double)NAN : fmax(most, p[i]);
        adjusted[i] = most;
    }
}

msp_status msp_adjust_p(const double *p, size_t n, msp_adjustment how, double *adjusted,
                        msp_error *err)
{
    msp_status rc = check_p(p, n, err);
    if (rc != MSP_OK)
        return rc;
    if (how == MSP_ADJUST_FIXED_SEQUENCE)
        fixed_sequence(p, n, adjusted);
    else if (how == MSP_ADJUST_BONFERRONI)
        for (size_t i = 0; i < n; i++)
            adjusted[i] = at_most_1((double)n * p[i]);
    else
        rc = by_rank(p, n, how, adjusted, err);
    for (size_t i = 0; rc == MSP_OK && i < n; i++)
        if (isnan(p[i]))
            adjusted[i] = NAN;
    return rc;
}

/* -- graphs -- */

static msp_status check_graph(const double *weights, const double *transitions, size_t n,
                              msp_error *err)
{
    double all = 0;
    for (size_t i = 0; i < n; i++) {
        double out = 0;
        if (!(weights[i] >= 0))
            return msp_fail_row(err, MSP_ERANGE, i, "a weight of %g; expected 0 or more",
                                weights[i]);
        all += weights[i];
        for (size_t j = 0; j < n; j++) {
            const double g = transitions[i * n + j];
            if (!(g >= 0) || (i == j && g != 0))
                return msp_fail_row(err, MSP_ERANGE, i,
                                    "a transition of %g; expected 0 or more, and none to itself",
                                    g);
            out += g;
        }
        if (out > 1 + SUM_SLACK)
            return msp_fail_row(err, MSP_ERANGE, i, "its transitions sum to %g, more than 1", out);
    }
    return all <= 1 + SUM_SLACK
               ? MSP_OK
               : msp_fail_row(err, MSP_ERANGE, 0, "the weights sum to %g, more than 1", all);
}

/* What is left of the graph when j is rejected. */
static void reject(double *w, double *g, const bool *left, size_t n, size_t j, double *next)
{
    for (size_t l = 0; l < n; l++) {
        if (!left[l])
            continue;
        w[l] += w[j] * g[j * n + l];
        const double loop = g[l * n + j] * g[j * n + l];
        for (size_t k = 0; k < n; k++)
            next[l * n + k] = l == k || !left[k] || !(loop < 1)
                                  ? 0
                                  : (g[l * n + k] + g[l * n + j] * g[j * n + k]) / (1 - loop);
    }
    memcpy(g, next, n * n * sizeof *g);
}

/* The hypothesis that falls first as alpha grows; n where none has a weight. */
static size_t weakest(const double *p, const double *w, const bool *left, size_t n, double *least)
{
    size_t found = n;
    *least = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (left[i] && w[i] > 0 && known(p[i]) / w[i] < *least) {
            *least = known(p[i]) / w[i];
            found = i;
        }
    return found;
}

msp_status msp_adjust_p_graph(const double *p, const double *weights, const double *transitions,
                              size_t n, double *adjusted, msp_error *err)
{
    msp_status rc = check_p(p, n, err);
    if (rc == MSP_OK)
        rc = check_graph(weights, transitions, n, err);
    if (rc != MSP_OK || n == 0)
        return rc;
    if (n > SIZE_MAX / n / sizeof(double) / 3)
        return msp_fail(err, MSP_ERANGE, "%zu hypotheses are too many", n);
    double *w = malloc(n * sizeof *w), *g = malloc(2 * n * n * sizeof *g);
    bool *left = malloc(n * sizeof *left);
    if (w == NULL || g == NULL || left == NULL) {
        rc = msp_fail(err, MSP_EMEM, "no memory for %zu hypotheses", n);
    } else {
        double most = 0, least;
        memcpy(w, weights, n * sizeof *w);
        memcpy(g, transitions, n * n * sizeof *g);
        for (size_t i = 0; i < n; i++) {
            left[i] = true;
            adjusted[i] = 1;
        }
        for (size_t j; (j = weakest(p, w, left, n, &least)) < n;) {
            most = fmax(most, at_most_1(least));
            adjusted[j] = most;
            left[j] = false;
            reject(w, g, left, n, j, g + n * n);
        }
        for (size_t i = 0; i < n; i++)
            if (isnan(p[i]))
                adjusted[i] = NAN;
    }
    free(w);
    free(g);
    free(left);
    return rc;
}
