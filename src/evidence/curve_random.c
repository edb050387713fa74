/*
 * curve_random.c - the second stage of a network of curves: trials differ.
 *
 *   1. generalised least squares     2. the heterogeneity     3. the fit
 */
#include "mspike/evidence/curve_random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curve_stage.h"
#include "mspike/stats/dist.h"

#define SQUARE (MSP_CURVE_TERMS * MSP_CURVE_TERMS)

/* -- 1. generalised least squares -- */

/* The inverse of V + S / 2 of the terms that the arm has and that are taken; log |V + S / 2|. */
static double weights_of(const msp__curve_stage *s, const msp__curve_arm *a, const double *between,
                         double *w)
{
    const size_t n = s->fit->model.n_terms;
    bool taken[MSP_CURVE_TERMS] = {0};
    for (size_t j = 0; j < n; j++)
        taken[j] = a->has[j] && s->term[j];
    for (size_t j = 0; j < n * n; j++)
        w[j] = a->v[j] + between[j] / 2;
    return msp__invert_used(w, n, taken);
}

/* The columns of a term of an arm: the trial's, the treatment's. */
static void columns(const msp_curve_fit *f, const msp__curve_arm *a, size_t term, size_t *column)
{
    column[0] = a->study * f->model.n_terms + term;
    column[1] = msp__curve_effect_at(f, a->treat) + term;
}

static void add_arm(msp__curve_stage *s, const msp__curve_arm *a, const double *w)
{
    msp_curve_fit *f = s->fit;
    const size_t n = f->model.n_terms;
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++) {
            size_t row[2], column[2];
            columns(f, a, j, row);
            columns(f, a, k, column);
            for (size_t i = 0; i < 4; i++)
                f->cov[row[i / 2] * f->p + column[i % 2]] += w[j * n + k];
            for (size_t i = 0; i < 2; i++)
                s->score[row[i]] += w[j * n + k] * a->y[k];
        }
}

static void add_gram(msp__curve_stage *s, const double *between, double *log_det)
{
    double w[SQUARE];
    memset(s->fit->cov, 0, s->fit->p * s->fit->p * sizeof *s->fit->cov);
    memset(s->score, 0, s->fit->p * sizeof *s->score);
    for (size_t i = 0; i < s->n_arm; i++) {
        *log_det += weights_of(s, &s->arm[i], between, w);
        add_arm(s, &s->arm[i], w);
    }
}

/* The variance of what the columns say of an arm: X cov X'. */
static void variance_of(const msp_curve_fit *f, const msp__curve_arm *a, double *v)
{
    const size_t n = f->model.n_terms;
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++) {
            size_t row[2], column[2];
            columns(f, a, j, row);
            columns(f, a, k, column);
            v[j * n + k] = 0;
            for (size_t i = 0; i < 4; i++)
                v[j * n + k] += f->cov[row[i / 2] * f->p + column[i % 2]];
        }
}

/* out = a b a, symmetric n x n. */
static void sandwich(const double *a, const double *b, size_t n, double *out)
{
    double half[SQUARE];
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++) {
            half[j * n + k] = 0;
            for (size_t l = 0; l < n; l++)
                half[j * n + k] += a[j * n + l] * b[l * n + k];
        }
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++) {
            out[j * n + k] = 0;
            for (size_t l = 0; l < n; l++)
                out[j * n + k] += half[j * n + l] * a[l * n + k];
        }
}

/* What an arm adds to Q and to the slope: with P = W - W X cov X' W its block, P / 2 to dE(Q)/dS,
 * (W r r' W - P) / 4 to dl/dS, with W for P in the likelihood that is not restricted. */
static void add_rest(msp__curve_stage *s, const msp__curve_arm *a, const double *between)
{
    const msp_curve_fit *f = s->fit;
    const size_t n = f->model.n_terms;
    double w[SQUARE], v[SQUARE], wvw[SQUARE], rest[MSP_CURVE_TERMS], pulled[MSP_CURVE_TERMS];
    weights_of(s, a, between, w);
    variance_of(f, a, v);
    sandwich(w, v, n, wvw);
    for (size_t j = 0; j < n; j++) {
        size_t column[2];
        columns(f, a, j, column);
        rest[j] = a->y[j] - f->beta[column[0]] - f->beta[column[1]];
    }
    for (size_t j = 0; j < n; j++) {
        pulled[j] = 0;
        for (size_t k = 0; k < n; k++)
            pulled[j] += w[j * n + k] * rest[k];
        s->q += rest[j] * pulled[j];
    }
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++) {
            const double p = w[j * n + k] - wvw[j * n + k];
            s->pull[j * n + k] += p / 2;
            s->slope[j * n + k] += (pulled[j] * pulled[k] - (s->restricted ? p : w[j * n + k])) / 4;
        }
}

void msp__curve_solve(msp__curve_stage *s, const double *between)
{
    msp_curve_fit *f = s->fit;
    double log_det = 0;
    add_gram(s, between, &log_det);
    const double gram = msp__invert_used(f->cov, f->p, s->use);
    for (size_t i = 0; i < f->p; i++) {
        f->beta[i] = 0;
        for (size_t k = 0; k < f->p; k++)
            f->beta[i] += f->cov[i * f->p + k] * s->score[k];
    }
    s->q = 0;
    memset(s->slope, 0, sizeof s->slope);
    memset(s->pull, 0, sizeof s->pull);
    for (size_t i = 0; i < s->n_arm; i++)
        add_rest(s, &s->arm[i], between);
    s->log_likelihood = -(log_det + (s->restricted ? gram : 0) + s->q) / 2;
}

/* -- 2. the heterogeneity -- */

double msp__curve_level(const msp_curve_model *m, size_t term)
{
    return m->kind == MSP_CURVE_PIECEWISE || term == 0;
}

/* Terms that arms have, less the columns of those terms. */
static size_t degrees(const msp__curve_stage *s, const bool *term)
{
    const size_t n = s->fit->model.n_terms;
    size_t df = 0;
    for (size_t i = 0; i < s->n_arm; i++)
        for (size_t j = 0; j < n; j++)
            df += term[j] && s->arm[i].has[j];
    for (size_t k = 0; k < s->fit->p; k++)
        df -= term[k % n] && s->fit->use[k];
    return df;
}

/* The mean variance of a term in one arm: a scale for the heterogeneity. */
static double typical(const msp__curve_stage *s, size_t term)
{
    const size_t n = s->fit->model.n_terms;
    double sum = 0, arms = 0;
    for (size_t i = 0; i < s->n_arm; i++)
        if (s->arm[i].has[term]) {
            sum += 1 / s->arm[i].v[term * n + term];
            arms += 1;
        }
    return sum > 0 ? arms / sum : 0;
}

/* One term by itself: its Q, and the variance that the method of moments gives it. */
static double moments(msp__curve_stage *s, size_t term, bool *use, msp_heterogeneity *q)
{
    const size_t n = s->fit->model.n_terms;
    const double none[SQUARE] = {0};
    const bool *terms = s->term, *columns_used = s->use;
    bool only[MSP_CURVE_TERMS] = {0};
    only[term] = true;
    for (size_t k = 0; k < s->fit->p; k++)
        use[k] = s->fit->use[k] && k % n == term;
    s->term = only;
    s->use = use;
    msp__curve_solve(s, none);
    *q = msp__heterogeneity(s->q, degrees(s, only));
    s->term = terms;
    s->use = columns_used;
    return q->df > 0 ? fmax(0, (q->q - (double)q->df) / s->pull[term * n + term]) : 0;
}

/* A shift of all terms by the method of moments. */
static double moments_of_level(msp__curve_stage *s, const msp_heterogeneity *q)
{
    const size_t n = s->fit->model.n_terms;
    const double none[SQUARE] = {0};
    double pull = 0;
    msp__curve_solve(s, none);
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++)
            pull += msp__curve_level(&s->fit->model, j) * msp__curve_level(&s->fit->model, k) *
                    s->pull[j * n + k];
    return q->df > 0 ? fmax(0, (q->q - (double)q->df) / pull) : 0;
}

static void estimate(msp__curve_stage *s, msp_curve_vary vary, msp_tau_method method, bool *room,
                     msp_curve_random *out)
{
    const size_t n = s->fit->model.n_terms;
    const double none[SQUARE] = {0};
    bool free[MSP_CURVE_TERMS];
    double by_moments[MSP_CURVE_TERMS], start[MSP_CURVE_TERMS];
    size_t n_free = 0;
    for (size_t j = 0; j < n; j++) {
        by_moments[j] = moments(s, j, room, &out->q_term[j]);
        n_free += free[j] = out->q_term[j].df > 0;
        start[j] = fmax(by_moments[j], typical(s, j) / 4);
    }
    msp__curve_solve(s, none);
    out->q = msp__heterogeneity(s->q, degrees(s, s->term));
    if (n_free == 0)
        out->note = "no degrees of freedom: the heterogeneity cannot be estimated";
    else if (n_free < n && vary != MSP_CURVE_VARY_LEVEL)
        out->note = "no degrees of freedom in some terms: their heterogeneity cannot be estimated";
    if (method == MSP_TAU_COMMON || n_free == 0)
        return;
    if (method != MSP_TAU_DL) {
        msp__curve_summit(s, vary, free, start, out->between);
        return;
    }
    const double level = moments_of_level(s, &out->q);
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++)
            out->between[j * n + k] = vary == MSP_CURVE_VARY_LEVEL
                                          ? level * msp__curve_level(&s->fit->model, j) *
                                                msp__curve_level(&s->fit->model, k)
                                          : (j == k ? by_moments[j] : 0);
}

/* -- 3. the fit -- */

static void second_stage(const msp__curve_arm *arm, size_t n_arm, msp_curve_vary vary,
                         msp_tau_method method, double *score, bool *room, msp_curve_random *out)
{
    msp_curve_fit *f = &out->fit;
    const double none[SQUARE] = {0};
    bool all[MSP_CURVE_TERMS];
    double ignored = 0;
    msp__curve_stage s = {.fit = f,
                          .arm = arm,
                          .n_arm = n_arm,
                          .restricted = method == MSP_TAU_REML,
                          .use = f->use,
                          .term = all,
                          .score = score};
    for (size_t j = 0; j < MSP_CURVE_TERMS; j++)
        all[j] = true;
    add_gram(&s, none, &ignored);
    msp__curve_choose(f, f->cov, score);
    estimate(&s, vary, method, room, out);
    msp__curve_solve(&s, out->between);
    f->log_likelihood = s.log_likelihood;
}

static msp_status check(const msp_curve_model *model, msp_curve_vary vary, msp_tau_method method,
                        msp_error *err)
{
    if (model->proportional)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "proportional hazards have no curve to vary; pool hazard ratios");
    if (method != MSP_TAU_COMMON && method != MSP_TAU_DL && method != MSP_TAU_ML &&
        method != MSP_TAU_REML)
        return msp_fail(err, MSP_EUNSUPPORTED, "%s is not for curves; take DL, ML or REML",
                        msp_tau_method_text(method));
    if (method == MSP_TAU_DL && vary == MSP_CURVE_VARY_ALL)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "correlated heterogeneity is not for DL; take ML or REML");
    return MSP_OK;
}

msp_status msp_curve_random_fit(const msp_ipd *ipd, const msp_curve_model *model,
                                msp_curve_vary vary, msp_tau_method method, msp_curve_random *out,
                                msp_error *err)
{
    *out = (msp_curve_random){0};
    msp_status rc = check(model, vary, method, err);
    if (rc == MSP_OK)
        rc = msp__curve_open(ipd, model, &out->fit, err);
    if (rc != MSP_OK)
        return rc;
    msp__curve_arm *arm = NULL;
    size_t n_arm;
    double *score = calloc(out->fit.p, sizeof *score);
    bool *room = calloc(out->fit.p, sizeof *room);
    if (score == NULL || room == NULL)
        rc = msp_fail(err, MSP_EMEM, "out of memory for %zu parameters", out->fit.p);
    if (rc == MSP_OK)
        rc = msp__curve_arms(ipd, model, out->fit.last, out, &arm, &n_arm, err);
    if (rc == MSP_OK)
        second_stage(arm, n_arm, vary, method, score, room, out);
    free(arm);
    free(score);
    free(room);
    return rc;
}

void msp_curve_random_free(msp_curve_random *fit)
{
    msp_curve_fit_free(&fit->fit);
    *fit = (msp_curve_random){0};
}

double msp_curve_between_at(const msp_curve_random *fit, double time, size_t *df)
{
    const size_t n = fit->fit.model.n_terms;
    double b[MSP_CURVE_TERMS], variance = 0;
    msp__curve_terms_at(&fit->fit.model, fit->fit.last, time, b);
    *df = SIZE_MAX;
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k < n; k++)
            variance += b[j] * fit->between[j * n + k] * b[k];
        if (b[j] != 0 && fit->q_term[j].df < *df)
            *df = fit->q_term[j].df;
    }
    return variance;
}

msp_network_limits msp_curve_random_predict(const msp_curve_random *fit, size_t treat1,
                                            size_t treat2, double time, double level)
{
    size_t df;
    const msp_network_estimate e = msp_curve_log_hazard_ratio(&fit->fit, treat1, treat2, time);
    const double between = msp_curve_between_at(fit, time, &df);
    const double half =
        df > 1 ? msp_dist_t_limit(level, (double)df) * sqrt(e.se * e.se + between) : (double)NAN;
    return (msp_network_limits){e.te - half, e.te + half};
}
