/* curve_read.c - what a fitted network of curves says: hazard ratios, survival, the test. */
#include <math.h>
#include <string.h>

#include "curve_internal.h"
#include "mspike/stats/dist.h"

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

/* The first treatment that trials link with it in that effect. */
static size_t linked_treat(const msp_curve_fit *f, size_t effect, size_t treat)
{
    return f->linked[effect * (f->n_treat + f->n_study) + treat];
}

/* The data say something of it, or it is the reference's, which is 0. */
static bool has_effect(const msp_curve_fit *f, size_t effect, size_t treat)
{
    return linked_treat(f, effect, treat) == treat ||
           f->use[msp__curve_effect_at(f, treat) + effect];
}

static size_t linked_study(const msp_curve_fit *f, size_t effect, size_t study)
{
    return f->linked[effect * (f->n_treat + f->n_study) + f->n_treat + study];
}

msp_network_estimate msp_curve_log_hazard_ratio(const msp_curve_fit *fit, size_t treat1,
                                                size_t treat2, double time)
{
    size_t column[2 * MSP_CURVE_TERMS], n = 0;
    double b[MSP_CURVE_TERMS], x[2 * MSP_CURVE_TERMS];
    msp__curve_terms_at(&fit->model, fit->last, time, b);
    bool known = fit->component[treat1] == fit->component[treat2] && time > 0;
    for (size_t j = 0; j < fit->n_effect; j++) {
        const double term = fit->model.proportional ? 1 : b[j];
        known &= term == 0 || (linked_treat(fit, j, treat1) == linked_treat(fit, j, treat2) &&
                               has_effect(fit, j, treat1) && has_effect(fit, j, treat2));
        column[n] = msp__curve_effect_at(fit, treat1) + j;
        x[n++] = term;
        column[n] = msp__curve_effect_at(fit, treat2) + j;
        x[n++] = -term;
    }
    return known ? combine(fit, column, x, n) : (msp_network_estimate){(double)NAN, (double)NAN};
}

/* The terms of the study are known, and trials link it with the treatment in every effect that
 * counts in the cell. */
static bool links(const msp_curve_fit *f, size_t study, size_t treat, const size_t *column,
                  const double *x)
{
    bool known = true;
    for (size_t j = 0; j < f->model.n_terms; j++)
        known &= x[j] == 0 || f->use[column[j]];
    for (size_t e = 0; e < f->n_effect; e++)
        known &=
            x[f->model.n_terms + e] == 0 ||
            (linked_study(f, e, study) == linked_treat(f, e, treat) && has_effect(f, e, treat));
    return known;
}

/* Nobody of the study had an event in this interval, though some were watched: its hazard is 0. */
static bool is_silent(const msp_curve_fit *f, const size_t *column, const double *x)
{
    bool silent = false;
    for (size_t l = 0; l < f->model.n_terms; l++)
        silent |= f->model.kind == MSP_CURVE_PIECEWISE && x[l] > 0 && !f->use[column[l]];
    return silent;
}

/* Cumulative hazard up to `time`, cell by cell as it was fitted, and its derivative by each column
 * of the study and the treatment; NaN where something of it is not known. */
static double cumulative(const msp_curve_fit *f, size_t study, size_t treat, double time,
                         size_t *column, double *slope, size_t *n)
{
    double edge[MSP__CURVE_EDGES], x[2 * MSP_CURVE_TERMS], sum = 0;
    const size_t n_cells = msp__curve_place_cells(&f->model, fmax(f->last, time), edge);
    memset(slope, 0, 2 * MSP_CURVE_TERMS * sizeof *slope);
    for (size_t k = 0; k < n_cells && edge[k] < time; k++) {
        const double width = fmin(edge[k + 1], time) - edge[k];
        *n = msp__curve_columns(f, study, treat, (edge[k] + edge[k + 1]) / 2, column, x);
        if (f->model.kind == MSP_CURVE_PIECEWISE && edge[k] >= f->study_last[study])
            return (double)NAN;
        if (is_silent(f, column, x))
            continue;
        if (!links(f, study, treat, column, x))
            return (double)NAN;
        const double hazard = width * exp(msp__curve_log_hazard(f, f->beta, column, x, *n));
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
    if (isnan(h))
        return (msp_curve_survival){nan, nan, nan, nan};
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
