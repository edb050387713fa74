/*
 * cox_proportionality.c - the score test of b(t) = b + c g(t).
 *
 * At c = 0 the score for c is the sum over events of g (x - m), and the information of (b, c) is
 * made of the sums over events of V, g V and g^2 V, with V = S2 / S0 - m m'.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_path.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/km.h"
#include "solve.h"

/* g by tie, and sums over events; each matrix is p x p. */
typedef struct drift {
    double *g; /* n_ties */
    double *score;
    double *v[3]; /* V, g V, g^2 V */
    double *block;
} drift;

static void add_event(void *context, const cox_path *path, size_t t, size_t place, const double *s)
{
    const drift *d = context;
    const size_t p = path->p;
    const double count = cox_event_weight(&path->frame, path->event[t] + place);
    const double g = d->g[t];
    const double *squares = s + p + 1;
    for (size_t k = 0; k < p; k++) {
        d->score[k] -= count * g * s[k + 1] / s[0];
        for (size_t j = 0; j <= k; j++) {
            const double v = count * (*squares++ / s[0] - s[k + 1] / s[0] * (s[j + 1] / s[0]));
            d->v[0][k * p + j] += v;
            d->v[1][k * p + j] += g * v;
            d->v[2][k * p + j] += g * g * v;
        }
    }
}

static void complete(const cox_path *path, drift *d)
{
    const size_t p = path->p;
    for (size_t t = 0; t < path->frame.n_ties; t++)
        for (size_t i = path->frame.ties[t].end - path->frame.ties[t].events;
             i < path->frame.ties[t].end; i++)
            for (size_t k = 0; k < p; k++)
                d->score[k] += d->g[t] * path->x[k][i] * cox_row_weight(&path->frame, i);
    for (size_t m = 0; m < 3; m++)
        for (size_t k = 0; k < p; k++)
            for (size_t j = 0; j < k; j++)
                d->v[m][j * p + k] = d->v[m][k * p + j];
}

/* --- time ------------------------------------------------------------------------------------- */

/* 1 - S(t-) of every row's time, by row. */
static msp_status km_times(const msp_order *order, double *g, msp_error *err)
{
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_km km;
    const msp_status status = msp_km_fit(order, NULL, 1, &options, &km, err);
    if (status != MSP_OK)
        return status;
    const msp_km_curve *c = &km.curves[0];
    for (size_t i = 0, at = 0; i < order->n; i++) {
        while (c->time[at] < msp_order_time(order, i))
            at++;
        g[order->row[i]] = at > 0 ? 1 - c->survival[at - 1] : 0;
    }
    msp_km_free(&km);
    return MSP_OK;
}

/* Ranks among all rows, the mean of those of equal times. */
static void rank_times(const msp_order *order, double *g)
{
    for (size_t i = 0, j; i < order->n; i = j) {
        for (j = i; j < order->n && order->key[j] >> 1 == order->key[i] >> 1; j++)
            continue;
        for (size_t k = i; k < j; k++)
            g[order->row[k]] = (double)(i + j + 1) / 2;
    }
}

static msp_status read_times(const cox_path *path, const msp_order *order, msp_cox_time transform,
                             double *g, msp_error *err)
{
    double *of_row = malloc(order->n_rows * sizeof *of_row), mean = 0;
    if (of_row == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the times of %zu rows", order->n);
    msp_status status = MSP_OK;
    for (size_t i = 0; i < order->n; i++) {
        const double time = msp_order_time(order, i);
        of_row[order->row[i]] = transform == MSP_COX_TIME_LOG ? log(time) : time;
    }
    if (transform == MSP_COX_TIME_KM)
        status = km_times(order, of_row, err);
    else if (transform == MSP_COX_TIME_RANK)
        rank_times(order, of_row);
    for (size_t t = 0; t < path->frame.n_ties; t++) {
        g[t] = of_row[path->frame.row[path->frame.ties[t].end - 1]];
        mean += g[t] * path->frame.ties[t].events / (double)path->frame.n_events;
    }
    for (size_t t = 0; t < path->frame.n_ties; t++)
        g[t] -= mean; /* changes no test, and keeps digits */
    free(of_row);
    return status;
}

/* --- tests ------------------------------------------------------------------------------------ */

/* u' I^- u with u = (0, score of the columns asked for). */
static msp_test test_columns(const drift *d, size_t p, const bool *asked, double *work, bool *used)
{
    const double none = NAN;
    size_t m = p;
    double *matrix = work, *u = matrix + 4 * p * p, *floor = u + 2 * p, *x = floor + 2 * p;
    for (size_t k = 0; k < p; k++) {
        u[k] = 0;
        m += asked[k];
    }
    for (size_t k = 0; k < p; k++)
        for (size_t j = 0; j < p; j++)
            matrix[k * m + j] = d->v[0][k * p + j];
    for (size_t k = 0, a = p; k < p; k++) {
        if (!asked[k])
            continue;
        u[a] = d->score[k];
        for (size_t j = 0; j < p; j++)
            matrix[a * m + j] = d->v[1][k * p + j];
        for (size_t j = 0, b = p; j < p; j++)
            if (asked[j])
                matrix[a * m + b++] = d->v[2][k * p + j];
        a++;
    }
    for (size_t k = 0; k < m; k++)
        floor[k] = 1e-11 * matrix[k * m + k];
    msp__factor(matrix, m, floor, used);
    size_t df = 0;
    for (size_t k = p; k < m; k++)
        df += used[k];
    if (df == 0)
        return (msp_test){none, 0, none, none};
    msp__solve(matrix, m, used, u, x);
    double statistic = 0;
    for (size_t k = p; k < m; k++)
        statistic += u[k] * x[k];
    const msp_prob q = msp_dist_chisq_upper(statistic, (double)df);
    return (msp_test){statistic, (double)df, q.p, q.log_p};
}

static msp_status run_tests(const cox_path *path, const drift *d, const size_t *term,
                            size_t n_terms, msp_test *tests, msp_test *global, msp_error *err)
{
    const size_t p = path->p;
    double *work = calloc(4 * p * p + 6 * p + 1, sizeof *work);
    bool *flags = calloc(3 * p + 1, sizeof *flags);
    msp_status status = MSP_OK;
    if (work == NULL || flags == NULL)
        status = msp_fail(err, MSP_EMEM, "no memory for the test of %zu columns", p);
    for (size_t t = 0; status == MSP_OK && t <= n_terms; t++) {
        for (size_t k = 0; k < p; k++)
            flags[k] = t == n_terms || (term != NULL ? term[k] : k) == t;
        *(t == n_terms ? global : &tests[t]) = test_columns(d, p, flags, work, flags + p);
    }
    free(work);
    free(flags);
    return status;
}

msp_status msp_cox_proportionality(const msp_cox_model *model, msp_cox_time transform,
                                   const size_t *term, size_t n_terms, msp_test *tests,
                                   msp_test *global, msp_error *err)
{
    cox_path path;
    msp_status status = cox_path_init(&path, model, false, err);
    if (status != MSP_OK)
        return status;
    const size_t p = path.p;
    drift d = {0};
    d.block = calloc(path.frame.n_ties + p + 3 * p * p + 1, sizeof *d.block);
    if (d.block == NULL) {
        status = msp_fail(err, MSP_EMEM, "no memory for the test of %zu columns", p);
    } else {
        d.g = d.block;
        d.score = d.g + path.frame.n_ties;
        for (size_t m = 0; m < 3; m++)
            d.v[m] = d.score + p + m * p * p;
        status = read_times(&path, model->order, transform, d.g, err);
    }
    if (status == MSP_OK)
        status = cox_path_visit(&path, true, add_event, &d, err);
    if (status == MSP_OK) {
        complete(&path, &d);
        status = run_tests(&path, &d, term, term != NULL ? n_terms : p, tests, global, err);
    }
    free(d.block);
    cox_path_free(&path);
    return status;
}
