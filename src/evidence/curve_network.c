/*
 * curve_network.c - a Poisson regression of events in cells of time.
 *
 *   1. terms and cells     2. Newton's method     3. what the fit says
 */
#include "mspike/evidence/curve_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "network_internal.h"

/* Polynomials are counted in so many cells of equal width. */
#define CELLS 100

/* -- 1. terms and cells -- */

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

/* The terms b_j at a time above 0. Powers are those of time / unit, which spans the same curves. */
static void terms_at(const msp_curve_model *m, double unit, double time, double *b)
{
    size_t interval = 0;
    while (interval + 1 < m->n_terms && time > m->cut[interval])
        interval++;
    for (size_t j = 0; j < m->n_terms; j++) {
        if (m->kind == MSP_CURVE_PIECEWISE) {
            b[j] = j == interval;
            continue;
        }
        const double u = time / unit, power = j > 0 ? m->power[j - 1] : 0;
        size_t before = 0;
        for (size_t k = 1; k < j; k++)
            before += m->power[k - 1] == power;
        b[j] = j == 0 ? 1 : (power == 0 ? log(u) : pow(u, power)) * pow(log(u), (double)before);
    }
}

/* The edges of the cells from 0 on; how many cells. */
static size_t place_cells(const msp_curve_model *m, double last, double *edge)
{
    edge[0] = 0;
    if (m->kind == MSP_CURVE_POLYNOMIAL) {
        for (size_t c = 1; c <= CELLS; c++)
            edge[c] = last * (double)c / CELLS;
        return CELLS;
    }
    size_t n = 0;
    for (size_t j = 0; j + 1 < m->n_terms && m->cut[j] < last; j++)
        edge[++n] = m->cut[j];
    edge[++n] = last;
    return n;
}

/* Events and time at risk of one arm of one study in one cell. */
typedef struct cell {
    size_t study, treat;
    double events, exposure, time; /* the middle */
} cell;

typedef struct cells {
    cell *at;
    size_t n;
    double edge[CELLS + 2];
    size_t n_edge;
} cells;

static void count_row(const msp_ipd *ipd, size_t i, cells *c, cell *arm)
{
    for (size_t k = 0; k < c->n_edge; k++) {
        const double from = c->edge[k], to = c->edge[k + 1];
        if (ipd->time[i] <= from)
            return;
        arm[k].exposure += fmin(ipd->time[i], to) - from;
        arm[k].events += ipd->event[i] && ipd->time[i] <= to;
    }
}

/* Only cells in which a study was watched, and for intervals those in which it had an event:
 * without one its baseline there is 0, and it says nothing. */
static msp_status make_cells(const msp_ipd *ipd, const msp_curve_model *m, double last, cells *c,
                             msp_error *err)
{
    const size_t arms = ipd->n_study * ipd->n_treat;
    c->n_edge = place_cells(m, last, c->edge);
    c->at = calloc(arms * c->n_edge, sizeof *c->at);
    if (c->at == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu arms", arms);
    for (size_t i = 0; i < ipd->n; i++)
        count_row(ipd, i, c, c->at + (ipd->study[i] * ipd->n_treat + ipd->treat[i]) * c->n_edge);
    for (size_t s = 0; s < ipd->n_study; s++)
        for (size_t k = 0; k < c->n_edge; k++) {
            double events = 0;
            for (size_t t = 0; t < ipd->n_treat; t++)
                events += c->at[(s * ipd->n_treat + t) * c->n_edge + k].events;
            for (size_t t = 0; t < ipd->n_treat; t++) {
                cell *x = &c->at[(s * ipd->n_treat + t) * c->n_edge + k];
                const bool mute = m->kind == MSP_CURVE_PIECEWISE && events == 0;
                *x = (cell){s, t, x->events, mute ? 0 : x->exposure,
                            (c->edge[k] + c->edge[k + 1]) / 2};
            }
        }
    for (size_t i = 0; i < arms * c->n_edge; i++)
        if (c->at[i].exposure > 0)
            c->at[c->n++] = c->at[i];
    return MSP_OK;
}

/* -- 2. Newton's method -- */

static size_t effect_at(const msp_curve_fit *f, size_t treat)
{
    return f->n_study * f->model.n_terms + treat * f->n_effect;
}

/* The columns of a cell that are not 0, and their values; how many. */
static size_t columns_of(const msp_curve_fit *f, size_t study, size_t treat, double time,
                         size_t *column, double *x)
{
    double b[MSP_CURVE_TERMS];
    size_t n = 0;
    terms_at(&f->model, f->last, time, b);
    for (size_t j = 0; j < f->model.n_terms; j++) {
        column[n] = study * f->model.n_terms + j;
        x[n++] = b[j];
    }
    for (size_t j = 0; j < f->n_effect; j++) {
        column[n] = effect_at(f, treat) + j;
        x[n++] = f->model.proportional ? 1 : b[j];
    }
    return n;
}

static double log_hazard(const msp_curve_fit *f, const double *beta, const size_t *column,
                         const double *x, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += f->use[column[k]] ? beta[column[k]] * x[k] : 0;
    return sum;
}

static double log_likelihood(const msp_curve_fit *f, const cells *c, const double *beta)
{
    size_t column[2 * MSP_CURVE_TERMS];
    double x[2 * MSP_CURVE_TERMS], sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        const cell *a = &c->at[i];
        const size_t n = columns_of(f, a->study, a->treat, a->time, column, x);
        const double eta = log_hazard(f, beta, column, x, n);
        sum += a->events * eta - a->exposure * exp(eta);
    }
    return sum;
}

/* Score and information; the weights are the expected events, or the time at risk at the start. */
static void derivatives(const msp_curve_fit *f, const cells *c, bool start, double *score,
                        double *information)
{
    size_t column[2 * MSP_CURVE_TERMS];
    double x[2 * MSP_CURVE_TERMS];
    memset(score, 0, f->p * sizeof *score);
    memset(information, 0, f->p * f->p * sizeof *information);
    for (size_t i = 0; i < c->n; i++) {
        const cell *a = &c->at[i];
        const size_t n = columns_of(f, a->study, a->treat, a->time, column, x);
        const double expected =
            a->exposure * (start ? 1 : exp(log_hazard(f, f->beta, column, x, n)));
        for (size_t k = 0; k < n; k++) {
            score[column[k]] += (a->events - expected) * x[k];
            for (size_t l = 0; l < n; l++)
                information[column[k] * f->p + column[l]] += expected * x[k] * x[l];
        }
    }
}

/* A column is used where those before it do not make it up; `own` is its squared length. The gram
 * matrix is swept by the columns used so far. */
static void choose_columns(msp_curve_fit *f, double *gram, const double *own)
{
    const double tolerance = 1e-10;
    const size_t p = f->p;
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

/* The reference of a component has no effects; a study's terms come first. */
static void set_references(msp_curve_fit *f, double *gram)
{
    for (size_t t = 0; t < f->n_treat; t++)
        for (size_t j = 0; f->component[t] == t && j < f->n_effect; j++) {
            const size_t k = effect_at(f, t) + j;
            for (size_t i = 0; i < f->p; i++)
                gram[k * f->p + i] = gram[i * f->p + k] = 0;
        }
}

/* Every study begins with its events over its time at risk. */
static void begin(msp_curve_fit *f, const cells *c)
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

/* One step, halved until the likelihood grows; how much it grew. */
static double step(msp_curve_fit *f, const cells *c, const double *score, double *next)
{
    const size_t p = f->p;
    for (double size = 1; size > 1e-10; size /= 2) {
        for (size_t i = 0; i < p; i++) {
            double move = 0;
            for (size_t j = 0; j < p; j++)
                move += f->cov[i * p + j] * score[j];
            next[i] = f->beta[i] + size * move;
        }
        const double after = log_likelihood(f, c, next);
        if (after >= f->log_likelihood) {
            const double gain = after - f->log_likelihood;
            memcpy(f->beta, next, p * sizeof *next);
            f->log_likelihood = after;
            return gain;
        }
    }
    return 0;
}

static msp_status maximise(msp_curve_fit *f, const cells *c, double *score, double *next,
                           msp_error *err)
{
    const int most = 200;
    const double flat = 1e3; /* variance of an effect whose maximum is far off, if there is one */
    f->log_likelihood = log_likelihood(f, c, f->beta);
    for (f->iterations = 0; f->iterations < most; f->iterations++) {
        derivatives(f, c, false, score, f->cov);
        msp__invert_used(f->cov, f->p, f->use);
        if (step(f, c, score, next) <= 1e-13 * fabs(f->log_likelihood) && f->iterations > 2)
            break;
    }
    derivatives(f, c, false, score, f->cov);
    msp__invert_used(f->cov, f->p, f->use);
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
    f->use = msp_arena_array(&f->memory, f->p, sizeof *f->use);
    f->beta = msp_arena_array(&f->memory, f->p, sizeof *f->beta);
    f->cov = msp_arena_array(&f->memory, f->p * f->p, sizeof *f->cov);
    if (f->component == NULL || f->study_component == NULL || f->use == NULL || f->beta == NULL ||
        f->cov == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu parameters", f->p);
    return MSP_OK;
}

static msp_status fit(msp_curve_fit *f, const cells *c, msp_error *err)
{
    const size_t p = f->p;
    double *work = calloc(2 * p + p * p, sizeof *work);
    if (work == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu parameters", p);
    double *score = work, *next = work + p, *gram = work + 2 * p;
    derivatives(f, c, true, score, gram);
    set_references(f, gram);
    for (size_t k = 0; k < p; k++)
        next[k] = gram[k * p + k];
    choose_columns(f, gram, next);
    begin(f, c);
    const msp_status status = maximise(f, c, score, next, err);
    free(work);
    return status;
}

msp_status msp_curve_network(const msp_ipd *ipd, const msp_curve_model *model, msp_curve_fit *out,
                             msp_error *err)
{
    *out = (msp_curve_fit){.model = *model,
                           .n_study = ipd->n_study,
                           .n_treat = ipd->n_treat,
                           .n_effect = model->proportional ? 1 : model->n_terms};
    cells c = {0};
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
    if (status == MSP_OK)
        msp_ipd_connect(ipd, out->component, out->study_component);
    if (status == MSP_OK)
        status = make_cells(ipd, model, out->last, &c, err);
    if (status == MSP_OK)
        status = fit(out, &c, err);
    free(c.at);
    return status;
}

void msp_curve_fit_free(msp_curve_fit *fit)
{
    msp_arena_free(&fit->memory);
    *fit = (msp_curve_fit){0};
}

/* -- 3. what the fit says -- */

double msp_curve_aic(const msp_curve_fit *fit)
{
    return 2 * ((double)fit->n_used - fit->log_likelihood);
}

/* The sum of x beta, and its standard error. */
static msp_network_estimate combine(const msp_curve_fit *f, const size_t *column, const double *x,
                                    size_t n)
{
    double te = 0, v = 0;
    for (size_t k = 0; k < n; k++) {
        te += f->beta[column[k]] * x[k];
        for (size_t l = 0; l < n; l++)
            v += x[k] * x[l] * f->cov[column[k] * f->p + column[l]];
    }
    return (msp_network_estimate){te, sqrt(v)};
}

/* The data say something of it, or it is the reference's, which is 0. */
static bool has_effect(const msp_curve_fit *f, size_t treat, size_t term)
{
    return f->component[treat] == treat || f->use[effect_at(f, treat) + term];
}

msp_network_estimate msp_curve_log_hazard_ratio(const msp_curve_fit *fit, size_t treat1,
                                                size_t treat2, double time)
{
    size_t column[2 * MSP_CURVE_TERMS], n = 0;
    double b[MSP_CURVE_TERMS], x[2 * MSP_CURVE_TERMS];
    terms_at(&fit->model, fit->last, time, b);
    bool known = fit->component[treat1] == fit->component[treat2] && time > 0;
    for (size_t j = 0; j < fit->n_effect; j++) {
        const double term = fit->model.proportional ? 1 : b[j];
        known &= term == 0 || (has_effect(fit, treat1, j) && has_effect(fit, treat2, j));
        column[n] = effect_at(fit, treat1) + j;
        x[n++] = term;
        column[n] = effect_at(fit, treat2) + j;
        x[n++] = -term;
    }
    return known ? combine(fit, column, x, n) : (msp_network_estimate){(double)NAN, (double)NAN};
}

/* Cumulative hazard up to `time`, cell by cell as it was fitted, and its derivative by each column
 * of the study and the treatment. A study without events in an interval has no hazard there. */
static double cumulative(const msp_curve_fit *f, size_t study, size_t treat, double time,
                         size_t *column, double *slope, size_t *n)
{
    double edge[CELLS + 2], x[2 * MSP_CURVE_TERMS], sum = 0;
    const size_t n_cells = place_cells(&f->model, fmax(f->last, time), edge);
    memset(slope, 0, 2 * MSP_CURVE_TERMS * sizeof *slope);
    for (size_t k = 0; k < n_cells && edge[k] < time; k++) {
        const double width = fmin(edge[k + 1], time) - edge[k];
        bool mute = false;
        *n = columns_of(f, study, treat, (edge[k] + edge[k + 1]) / 2, column, x);
        for (size_t l = 0; l < f->model.n_terms; l++)
            mute |= f->model.kind == MSP_CURVE_PIECEWISE && x[l] > 0 && !f->use[column[l]];
        const double hazard = mute ? 0 : width * exp(log_hazard(f, f->beta, column, x, *n));
        sum += hazard;
        for (size_t l = 0; l < *n; l++)
            slope[l] += hazard * x[l];
    }
    return sum;
}

msp_curve_survival msp_curve_survival_at(const msp_curve_fit *fit, size_t study, size_t treat,
                                         double time, double level)
{
    const double nan = (double)NAN;
    size_t column[2 * MSP_CURVE_TERMS], n = 0;
    double slope[2 * MSP_CURVE_TERMS];
    if (fit->study_component[study] != fit->component[treat])
        return (msp_curve_survival){nan, nan, nan, nan};
    const double h = time > 0 ? cumulative(fit, study, treat, time, column, slope, &n) : 0;
    if (!(h > 0))
        return (msp_curve_survival){1, 1, 1, 0};
    for (size_t k = 0; k < n; k++)
        slope[k] /= h;
    const double se = combine(fit, column, slope, n).se;
    const double z = msp_dist_normal_limit(level) * se;
    return (msp_curve_survival){exp(-h), exp(-h * exp(z)), exp(-h * exp(-z)), se};
}

msp_heterogeneity msp_curve_test(const msp_curve_fit *varying, const msp_curve_fit *proportional)
{
    return msp__heterogeneity(2 * (varying->log_likelihood - proportional->log_likelihood),
                              varying->n_used - proportional->n_used);
}
