/* curve_network.c - a Poisson regression of events in cells of time, by Newton's method. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curve_internal.h"

static double log_likelihood(const msp_curve_fit *f, const msp__curve_cells *c, const double *beta)
{
    size_t column[2 * MSP_CURVE_TERMS];
    double x[2 * MSP_CURVE_TERMS], sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        const msp__curve_cell *a = &c->at[i];
        const size_t n = msp__curve_columns(f, a->study, a->treat, a->time, column, x);
        const double eta = msp__curve_log_hazard(f, beta, column, x, n);
        sum += a->events * eta - a->exposure * exp(eta);
    }
    return sum;
}

/* Score and information; the weights are the expected events, or the time at risk at the start. */
static void derivatives(const msp_curve_fit *f, const msp__curve_cells *c, bool start,
                        double *score, double *information)
{
    size_t column[2 * MSP_CURVE_TERMS];
    double x[2 * MSP_CURVE_TERMS];
    memset(score, 0, f->p * sizeof *score);
    memset(information, 0, f->p * f->p * sizeof *information);
    for (size_t i = 0; i < c->n; i++) {
        const msp__curve_cell *a = &c->at[i];
        const size_t n = msp__curve_columns(f, a->study, a->treat, a->time, column, x);
        const double expected =
            a->exposure * (start ? 1 : exp(msp__curve_log_hazard(f, f->beta, column, x, n)));
        for (size_t k = 0; k < n; k++) {
            score[column[k]] += (a->events - expected) * x[k];
            for (size_t l = 0; l < n; l++)
                information[column[k] * f->p + column[l]] += expected * x[k] * x[l];
        }
    }
}

/* The study and the treatment meet in that effect. */
static bool meet(const msp_curve_fit *f, const double *gram, size_t study, size_t treat, size_t e)
{
    bool met = false;
    for (size_t j = 0; j < f->model.n_terms; j++)
        met |=
            gram[(study * f->model.n_terms + j) * f->p + msp__curve_effect_at(f, treat) + e] != 0;
    return met;
}

/* What studies connect in one effect, by the least number, which spreads: treatments, then studies,
 * n_treat for one that has nothing to say. */
static void link_effect(msp_curve_fit *f, const double *gram, size_t e)
{
    size_t *treat = f->linked + e * (f->n_treat + f->n_study), *study = treat + f->n_treat;
    for (size_t t = 0; t < f->n_treat; t++)
        treat[t] = t;
    for (size_t s = 0; s < f->n_study; s++)
        study[s] = f->n_treat;
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t s = 0; s < f->n_study; s++)
            for (size_t t = 0; t < f->n_treat; t++)
                if (study[s] != treat[t] && meet(f, gram, s, t, e)) {
                    study[s] = treat[t] = study[s] < treat[t] ? study[s] : treat[t];
                    moved = true;
                }
    }
}

/* The reference of those linked has no effect. */
static void set_references(msp_curve_fit *f, double *gram)
{
    for (size_t e = 0; e < f->n_effect; e++) {
        link_effect(f, gram, e);
        for (size_t t = 0; t < f->n_treat; t++) {
            const size_t k = msp__curve_effect_at(f, t) + e;
            for (size_t i = 0; f->linked[e * (f->n_treat + f->n_study) + t] == t && i < f->p; i++)
                gram[k * f->p + i] = gram[i * f->p + k] = 0;
        }
    }
}

/* The gram matrix is swept by the columns used so far. */
void msp__curve_choose(msp_curve_fit *f, double *gram, double *own)
{
    const double tolerance = 1e-10;
    const size_t p = f->p;
    set_references(f, gram);
    for (size_t k = 0; k < p; k++)
        own[k] = gram[k * p + k];
    for (size_t k = 0; k < p; k++) {
        const double left = gram[k * p + k];
        f->use[k] = own[k] > 0 && left > tolerance * own[k];
        f->n_used += f->use[k];
        for (size_t i = k + 1; f->use[k] && i < p; i++) {
            const double factor = gram[i * p + k] / left;
            for (size_t j = k + 1; factor != 0 && j < p; j++)
                gram[i * p + j] -= factor * gram[k * p + j];
        }
    }
}

/* Every study begins with its events over its time at risk. */
static void begin(msp_curve_fit *f, const msp__curve_cells *c)
{
    for (size_t s = 0; s < f->n_study; s++) {
        double events = 0, exposure = 0;
        for (size_t i = 0; i < c->n; i++)
            if (c->at[i].study == s) {
                events += c->at[i].events;
                exposure += c->at[i].exposure;
            }
        for (size_t j = 0; j < f->model.n_terms; j++)
            if (exposure > 0 && (j == 0 || f->model.kind == MSP_CURVE_PIECEWISE))
                f->beta[s * f->model.n_terms + j] = log(fmax(events, 0.5) / exposure);
    }
}

/* next = beta + size times Newton's step. */
static void move(const msp_curve_fit *f, const double *score, double size, double *next)
{
    for (size_t i = 0; i < f->p; i++) {
        double by = 0;
        for (size_t j = 0; j < f->p; j++)
            by += f->cov[i * f->p + j] * score[j];
        next[i] = f->beta[i] + size * by;
    }
}

/* One step, halved until the likelihood grows; how much it grew. */
static double step(msp_curve_fit *f, const msp__curve_cells *c, const double *score, double *next)
{
    for (double size = 1; size > 1e-10; size /= 2) {
        move(f, score, size, next);
        const double after = log_likelihood(f, c, next);
        if (after >= f->log_likelihood) {
            const double gain = after - f->log_likelihood;
            memcpy(f->beta, next, f->p * sizeof *next);
            f->log_likelihood = after;
            return gain;
        }
    }
    return 0;
}

static void curve_there(msp_curve_fit *f, const msp__curve_cells *c, double *score)
{
    derivatives(f, c, false, score, f->cov);
    msp__invert_used(f->cov, f->p, f->use);
}

/* Near the top rounding hides what the likelihood gains; the score still tells. */
static void polish(msp_curve_fit *f, const msp__curve_cells *c, double *score, double *next)
{
    const double rounding = 1e-12 * fabs(f->log_likelihood);
    curve_there(f, c, score);
    move(f, score, 1, next);
    if (log_likelihood(f, c, next) >= f->log_likelihood - rounding)
        memcpy(f->beta, next, f->p * sizeof *next);
    curve_there(f, c, score);
}

static msp_status maximise(msp_curve_fit *f, const msp__curve_cells *c, double *score, double *next,
                           msp_error *err)
{
    const int most = 200;
    const double flat = 1e3; /* variance of an effect whose maximum is far off, if there is one */
    f->log_likelihood = log_likelihood(f, c, f->beta);
    for (f->iterations = 0; f->iterations < most; f->iterations++) {
        curve_there(f, c, score);
        if (step(f, c, score, next) <= 1e-13 * fabs(f->log_likelihood) && f->iterations > 2)
            break;
    }
    polish(f, c, score, next);
    for (size_t k = f->n_study * f->model.n_terms; k < f->p; k++)
        if (f->use[k] && !(f->cov[k * f->p + k] < flat || f->model.kind == MSP_CURVE_POLYNOMIAL))
            return msp_fail(err, MSP_ENUMERIC,
                            "the likelihood has no maximum: a treatment has no events where the "
                            "model asks for some; take fewer terms");
    return f->iterations < most
               ? MSP_OK
               : msp_fail(err, MSP_ENUMERIC, "the likelihood has no maximum that was found");
}

static msp_status room(const msp_ipd *ipd, msp_curve_fit *f, msp_error *err)
{
    f->p = f->n_study * f->model.n_terms + f->n_treat * f->n_effect;
    if (f->p > 5000)
        return msp_fail(err, MSP_ERANGE, "%zu parameters; at most 5000", f->p);
    f->component = msp_arena_array(&f->memory, ipd->n_treat, sizeof *f->component);
    f->study_component = msp_arena_array(&f->memory, ipd->n_study, sizeof *f->study_component);
    f->study_last = msp_arena_array(&f->memory, ipd->n_study, sizeof *f->study_last);
    f->linked =
        msp_arena_array(&f->memory, f->n_effect * (ipd->n_treat + ipd->n_study), sizeof *f->linked);
    f->use = msp_arena_array(&f->memory, f->p, sizeof *f->use);
    f->beta = msp_arena_array(&f->memory, f->p, sizeof *f->beta);
    f->cov = msp_arena_array(&f->memory, f->p * f->p, sizeof *f->cov);
    if (f->component == NULL || f->study_component == NULL || f->study_last == NULL ||
        f->linked == NULL || f->use == NULL || f->beta == NULL || f->cov == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu parameters", f->p);
    return MSP_OK;
}

static bool good_model(const msp_curve_model *m)
{
    const size_t n = m->n_terms;
    if (n == 0 || n > MSP_CURVE_TERMS)
        return false;
    for (size_t j = 0; j + 1 < n; j++) {
        const double x = m->kind == MSP_CURVE_PIECEWISE ? m->cut[j] : m->power[j];
        if (!isfinite(x) || (m->kind == MSP_CURVE_PIECEWISE && x <= (j > 0 ? m->cut[j - 1] : 0)))
            return false;
    }
    return true;
}

static msp_status fit(msp_curve_fit *f, const msp__curve_cells *c, msp_error *err)
{
    const size_t p = f->p;
    double *work = calloc(2 * p + p * p, sizeof *work);
    if (work == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu parameters", p);
    double *score = work, *next = work + p, *gram = work + 2 * p;
    derivatives(f, c, true, score, gram);
    msp__curve_choose(f, gram, next);
    begin(f, c);
    const msp_status status = maximise(f, c, score, next, err);
    free(work);
    return status;
}

msp_status msp__curve_open(const msp_ipd *ipd, const msp_curve_model *model, msp_curve_fit *out,
                           msp_error *err)
{
    *out = (msp_curve_fit){.model = *model,
                           .n_study = ipd->n_study,
                           .n_treat = ipd->n_treat,
                           .n_effect = model->proportional ? 1 : model->n_terms};
    msp_status status = msp_ipd_check(ipd, err);
    if (status != MSP_OK)
        return status;
    if (!good_model(model))
        return msp_fail(err, MSP_ERANGE,
                        "a model of %zu terms; expected 1 to %d, cuts ascending from above 0",
                        model->n_terms, MSP_CURVE_TERMS);
    for (size_t i = 0; i < ipd->n; i++) {
        out->last = fmax(out->last, ipd->time[i]);
        out->n_events += ipd->event[i];
    }
    if (out->n_events == 0)
        return msp_fail(err, MSP_ENODATA, "there are no events");
    status = room(ipd, out, err);
    if (status != MSP_OK)
        return status;
    msp_ipd_connect(ipd, out->component, out->study_component);
    for (size_t i = 0; i < ipd->n; i++) {
        double *last = &out->study_last[ipd->study[i]];
        *last = fmax(*last, ipd->time[i]);
    }
    return MSP_OK;
}

msp_status msp__curve_fit(const msp_ipd *ipd, msp_curve_fit *f, msp_error *err)
{
    msp__curve_cells c = {0};
    msp_status status = msp__curve_count(ipd, &f->model, f->last, &c, err);
    if (status == MSP_OK)
        status = fit(f, &c, err);
    free(c.at);
    return status;
}

msp_status msp_curve_network(const msp_ipd *ipd, const msp_curve_model *model, msp_curve_fit *out,
                             msp_error *err)
{
    const msp_status status = msp__curve_open(ipd, model, out, err);
    return status == MSP_OK ? msp__curve_fit(ipd, out, err) : status;
}

void msp_curve_fit_free(msp_curve_fit *fit)
{
    msp_arena_free(&fit->memory);
    *fit = (msp_curve_fit){0};
}
