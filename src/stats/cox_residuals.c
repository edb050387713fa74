#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_path.h"
#include "kernels.h"
#include "large.h"
#include "mspike/stats/dist.h"
#include "solve.h"

static const double none = NAN;
/* Of the model's standard error: below it a robust one is what rounding left. */
static const double no_variance = 1e-6;

/* --- residuals -------------------------------------------------------------------------------- */

static msp_status allocate(msp_cox_residuals *out, msp_error *err)
{
    const size_t rows = out->n_rows, p = out->n_columns, events = out->n_events;
    const bool fits = p < SIZE_MAX / 64 / (rows + 1);
    out->block = fits ? msp__large(rows * (2 * p + 2) + events * 2 * p + 1, sizeof(double)) : NULL;
    out->event_row = malloc((events + 1) * sizeof *out->event_row);
    if (out->block == NULL || out->event_row == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the residuals of %zu rows", rows);
    out->martingale = out->block;
    out->deviance = out->martingale + rows;
    out->score = out->deviance + rows;
    out->dfbeta = out->score + rows * p;
    out->schoenfeld = out->dfbeta + rows * p;
    out->scaled_schoenfeld = out->schoenfeld + events * p;
    for (size_t i = 0; i < rows * (2 * p + 2); i++)
        out->martingale[i] = none;
    return MSP_OK;
}

static double deviance(double martingale, bool event)
{
    const double expected = event ? 1 - martingale : -martingale;
    const double square = -2 * (martingale + (event ? log(expected) : 0));
    return copysign(sqrt(fmax(square, 0)), martingale);
}

/* out (p) = in (p) times the variance; NaN where a column has none. */
static void times_variance(const msp_cox *fit, const double *in, double *out)
{
    const size_t p = fit->n_columns;
    for (size_t k = 0; k < p; k++) {
        out[k] = fit->coefficients[k].kind == MSP_COX_ESTIMATED ? 0 : none;
        for (size_t j = 0; j < p; j++)
            if (fit->coefficients[j].kind == MSP_COX_ESTIMATED)
                out[k] += in[j] * fit->variance[j * p + k];
    }
}

static void scatter_rows(const cox_path *path, const msp_cox_model *model, const double *martingale,
                         const double *score, msp_cox_residuals *out)
{
    const size_t p = path->p;
    for (size_t t = 0; t < path->frame.n_ties; t++) /* deviance holds 1 at events for now */
        for (size_t i = path->frame.ties[t].end - path->frame.ties[t].events;
             i < path->frame.ties[t].end; i++)
            out->deviance[path->frame.row[i]] = 1;
    for (size_t i = 0; i < path->frame.n; i++) {
        const size_t row = path->frame.row[i];
        out->martingale[row] = martingale[i];
        out->deviance[row] = deviance(martingale[i], !isnan(out->deviance[row]));
        memcpy(out->score + row * p, score + i * p, p * sizeof *score);
        times_variance(model->fit, score + i * p, out->dfbeta + row * p);
        for (size_t k = 0; k < p; k++)
            out->dfbeta[row * p + k] *= cox_row_weight(&path->frame, i);
    }
}

/* Events of each stratum in time order: the frame backwards. */
static void fill_schoenfeld(const cox_path *path, const msp_cox_model *model,
                            msp_cox_residuals *out)
{
    const cox_frame *frame = &path->frame;
    const size_t p = path->p;
    size_t at = 0;
    for (size_t s = 0; s < frame->n_strata; s++)
        for (size_t t = frame->tie_start[s + 1]; t-- > frame->tie_start[s];)
            for (size_t i = frame->ties[t].end; i-- > frame->ties[t].end - frame->ties[t].events;
                 at++) {
                const size_t d = frame->ties[t].events;
                double *of = out->schoenfeld + at * p, *scaled = out->scaled_schoenfeld + at * p;
                out->event_row[at] = frame->row[i];
                for (size_t k = 0; k < p; k++) {
                    double mean = 0;
                    for (size_t l = 0; l < d; l++)
                        mean += path->mean[(path->event[t] + l) * p + k];
                    of[k] = path->x[k][i] - mean / (double)d;
                }
                times_variance(model->fit, of, scaled);
                for (size_t k = 0; k < p; k++)
                    scaled[k] = scaled[k] * (double)frame->n_events + path->b[k];
            }
}

msp_status msp_cox_residuals_of(const msp_cox_model *model, msp_cox_residuals *out, msp_error *err)
{
    *out = (msp_cox_residuals){.n_rows = model->order->n_rows,
                               .n_columns = model->n_columns,
                               .n_events = model->order->n_events};
    cox_path path = {0};
    double *rows = NULL;
    msp_status status = cox_path_init(&path, model, false, err);
    if (status == MSP_OK)
        status = allocate(out, err);
    if (status == MSP_OK) {
        rows = msp__large(path.frame.n * (path.p + 1), sizeof *rows);
        status = rows != NULL ? cox_path_residuals(&path, rows, rows + path.frame.n, err)
                              : msp_fail(err, MSP_EMEM, "no memory for %zu rows", path.frame.n);
    }
    if (status == MSP_OK) {
        scatter_rows(&path, model, rows, rows + path.frame.n, out);
        fill_schoenfeld(&path, model, out);
    } else {
        msp_cox_residuals_free(out);
    }
    free(rows);
    cox_path_free(&path);
    return status;
}

void msp_cox_residuals_free(msp_cox_residuals *residuals)
{
    free(residuals->block);
    free(residuals->event_row);
    *residuals = (msp_cox_residuals){0};
}

/* --- the baseline ----------------------------------------------------------------------------- */

/* x'b as the caller's columns have it, of one row, less that of the centred columns. */
static double centre_of(const cox_path *path, const msp_cox_model *model, size_t i)
{
    const size_t row = path->frame.row[i];
    double centre = 0;
    for (size_t k = 0; k < path->p; k++) {
        const msp_cox_column *c = &model->columns[k];
        const double x = c->value != NULL ? c->value[row] : c->code[row] == c->level;
        centre += path->b[k] * (x - path->x[k][i]);
    }
    return centre;
}

msp_status msp_cox_baseline(const msp_cox_model *model, uint32_t stratum, double *time,
                            double *hazard, size_t *n, msp_error *err)
{
    *n = 0;
    if (stratum >= (model->stratum != NULL ? model->n_strata : 1))
        return msp_fail(err, MSP_ERANGE, "stratum %u of %zu", stratum, model->n_strata);
    cox_path path;
    const msp_status status = cox_path_init(&path, model, false, err);
    if (status != MSP_OK)
        return status;
    const cox_frame *frame = &path.frame;
    /* Times belong to rows of the caller: the order has them by position. */
    double *of_row = malloc(model->order->n_rows * sizeof *of_row), sum = 0;
    for (size_t i = 0; of_row != NULL && i < model->order->n; i++)
        of_row[model->order->row[i]] = msp_order_time(model->order, i);
    for (size_t t = frame->tie_start[stratum + 1];
         of_row != NULL && t-- > frame->tie_start[stratum];) {
        for (size_t e = path.event[t]; e < path.event[t + 1]; e++)
            sum += path.hazard[e];
        time[*n] = of_row[frame->row[frame->ties[t].end - 1]];
        hazard[(*n)++] = sum * exp(-centre_of(&path, model, frame->start[stratum]));
    }
    const msp_status end =
        of_row != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for a baseline");
    free(of_row);
    cox_path_free(&path);
    return end;
}

/* --- robust variance -------------------------------------------------------------------------- */

static msp_test chi_square(double *matrix, size_t p, const double *vector, double *floor,
                           bool *used, double *x)
{
    for (size_t k = 0; k < p; k++)
        floor[k] = 1e-11 * matrix[k * p + k];
    const size_t df = msp__factor(matrix, p, floor, used);
    if (df == 0)
        return (msp_test){none, 0, none, none};
    msp__solve(matrix, p, used, vector, x);
    const double statistic = msp__dot(vector, x, p);
    const msp_prob q = msp_dist_chisq_upper(statistic, (double)df);
    return (msp_test){statistic, (double)df, q.p, q.log_p};
}

/* Score residuals (frame rows) added up by cluster: sums is n_clusters x p, seen n_clusters. */
static msp_status add_clusters(const cox_path *path, const double *score, const uint32_t *cluster,
                               size_t n_clusters, double *sums, uint8_t *seen, msp_error *err)
{
    const size_t p = path->p;
    memset(sums, 0, n_clusters * p * sizeof *sums);
    for (size_t i = 0; i < path->frame.n; i++) {
        const size_t row = path->frame.row[i], c = cluster != NULL ? cluster[row] : row;
        if (c >= n_clusters)
            return msp_fail_row(err, MSP_ERANGE, row, "cluster code is %zu; expected 0 to %zu", c,
                                n_clusters - 1);
        const double count = cox_row_weight(&path->frame, i);
        seen[c] = 1;
        for (size_t k = 0; k < p; k++)
            sums[c * p + k] += count * score[i * p + k];
    }
    return MSP_OK;
}

/* sum of u u' over clusters, and of u. */
static void square_clusters(const double *sums, size_t n_clusters, size_t p, double *square,
                            double *total)
{
    memset(square, 0, p * p * sizeof *square);
    memset(total, 0, p * sizeof *total);
    for (size_t c = 0; c < n_clusters; c++)
        for (size_t k = 0; k < p; k++) {
            total[k] += sums[c * p + k];
            for (size_t j = 0; j < p; j++)
                square[k * p + j] += sums[c * p + k] * sums[c * p + j];
        }
}

typedef struct room {
    double *score, *sums; /* n x p, clusters x p */
    uint8_t *seen;
    double *square, *half, *total, *floor, *x, *block;
    bool *used;
} room;

static msp_status room_init(room *r, size_t n, size_t n_clusters, size_t p, msp_error *err)
{
    *r = (room){0};
    if (p < SIZE_MAX / 64 / (n + n_clusters + 1)) {
        r->score = msp__large((n + n_clusters) * p + 1, sizeof *r->score);
        r->seen = calloc(n_clusters + 1, 1);
        r->block = calloc(2 * p * p + 4 * p + 1, sizeof *r->block);
        r->used = calloc(p + 1, sizeof *r->used);
    }
    if (r->score == NULL || r->seen == NULL || r->block == NULL || r->used == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the robust variance of %zu rows", n);
    r->sums = r->score + n * p;
    r->square = r->block;
    r->half = r->square + p * p;
    r->total = r->half + p * p;
    r->floor = r->total + p;
    r->x = r->floor + p;
    return MSP_OK;
}

static void room_free(room *r)
{
    free(r->score);
    free(r->seen);
    free(r->block);
    free(r->used);
}

static void set_variance(const msp_cox *fit, room *r, msp_cox_robust *out)
{
    const size_t p = fit->n_columns;
    for (size_t k = 0; k < p; k++)
        times_variance(fit, r->square + k * p, r->half + k * p);
    for (size_t k = 0; k < p; k++) { /* the transpose once more: V S V */
        for (size_t j = 0; j < p; j++)
            r->x[j] = r->half[j * p + k];
        times_variance(fit, r->x, out->variance + k * p);
        for (size_t j = 0; j < p && fit->coefficients[k].kind != MSP_COX_ESTIMATED; j++)
            out->variance[k * p + j] = none;
    }
}

static void set_coefficients(const msp_cox *fit, msp_cox_robust *out)
{
    const double z = msp_dist_normal_limit(fit->level);
    for (size_t k = 0; k < fit->n_columns; k++) {
        msp_cox_coefficient *c = &out->coefficients[k];
        *c = fit->coefficients[k];
        if (c->kind != MSP_COX_ESTIMATED)
            continue;
        c->std_error = sqrt(out->variance[k * fit->n_columns + k]);
        if (!(c->std_error > no_variance * fit->coefficients[k].std_error)) {
            /* One cluster, or rows that are all alike: what is left is rounding. */
            c->std_error = c->z = c->p = c->log_p = c->lower = c->upper = none;
            continue;
        }
        c->z = c->coef / c->std_error;
        const msp_prob q = msp_dist_normal_two_sided(c->z);
        c->p = q.p;
        c->log_p = q.log_p;
        c->lower = msp__exp(c->coef - z * c->std_error);
        c->upper = msp__exp(c->coef + z * c->std_error);
    }
}

/* Tests of the estimated columns only. */
static msp_test test_estimated(const msp_cox *fit, const double *matrix, const double *vector,
                               room *r)
{
    const size_t p = fit->n_columns;
    size_t m = 0;
    for (size_t k = 0; k < p; k++) {
        if (fit->coefficients[k].kind != MSP_COX_ESTIMATED)
            continue;
        r->total[m] = vector[k];
        size_t j = 0;
        for (size_t c = 0; c <= k; c++)
            if (fit->coefficients[c].kind == MSP_COX_ESTIMATED)
                r->floor[j++] = matrix[k * p + c];
        memcpy(r->half + m * p, r->floor, j * sizeof *r->floor);
        m++;
    }
    for (size_t k = 0; k < m; k++)
        memmove(r->half + k * m, r->half + k * p, (k + 1) * sizeof *r->half);
    return chi_square(r->half, m, r->total, r->floor, r->used, r->x);
}

static msp_status fit_robust(const msp_cox_model *model, const uint32_t *cluster, size_t n_clusters,
                             room *r, msp_cox_robust *out, msp_error *err)
{
    const msp_cox *fit = model->fit;
    const size_t p = fit->n_columns;
    for (int null = 0; null <= 1; null++) {
        cox_path path;
        msp_status status = cox_path_init(&path, model, null == 1, err);
        if (status != MSP_OK)
            return status;
        status = cox_path_residuals(&path, NULL, r->score, err);
        if (status == MSP_OK)
            status = add_clusters(&path, r->score, cluster, n_clusters, r->sums, r->seen, err);
        cox_path_free(&path);
        if (status != MSP_OK)
            return status;
        square_clusters(r->sums, n_clusters, p, r->square, r->total);
        if (null == 1) {
            memcpy(r->x, r->total, p * sizeof *r->x);
            double *u = r->x + p; /* r->x has room for two */
            memcpy(u, r->x, p * sizeof *u);
            out->score = test_estimated(fit, r->square, u, r);
            return MSP_OK;
        }
        set_variance(fit, r, out);
        set_coefficients(fit, out);
        for (size_t k = 0; k < p; k++)
            r->x[p + k] = fit->coefficients[k].coef;
        out->wald = test_estimated(fit, out->variance, r->x + p, r);
    }
    return MSP_OK;
}

msp_status msp_cox_robust_of(const msp_cox_model *model, const uint32_t *cluster, size_t n_clusters,
                             msp_cox_robust *out, msp_error *err)
{
    const size_t p = model->n_columns, n = cluster != NULL ? n_clusters : model->order->n_rows;
    *out = (msp_cox_robust){0};
    room r;
    msp_status status = room_init(&r, model->order->n, n, p, err);
    if (status == MSP_OK) {
        out->block = calloc(1, p * p * sizeof(double) + p * sizeof *out->coefficients + 1);
        status = out->block != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for a variance");
    }
    if (status == MSP_OK) {
        out->variance = out->block;
        out->coefficients = (void *)((char *)out->block + p * p * sizeof(double));
        status = fit_robust(model, cluster, n, &r, out, err);
        for (size_t c = 0; c < n; c++)
            out->n_clusters += r.seen[c];
    }
    room_free(&r);
    if (status != MSP_OK)
        msp_cox_robust_free(out);
    return status;
}

void msp_cox_robust_free(msp_cox_robust *robust)
{
    free(robust->block);
    *robust = (msp_cox_robust){0};
}
