/* component.c - the rows of a network on other columns. */
#include <math.h>
#include <string.h>

#include "mspike/evidence/component.h"
#include "network_internal.h"

/*
 * Column k against the used ones u: *relation = (X_u'X_u)^-1 X_u'X_k makes it up as well as they
 * can; returns the share of its length that is left over. `inverse` is (X_u'X_u)^-1.
 */
static double left_over(const double *gram, const double *inverse, size_t p, size_t k,
                        double *relation)
{
    double projected = 0;
    for (size_t i = 0; i < p; i++) {
        relation[i] = 0;
        for (size_t j = 0; j < p; j++)
            relation[i] += inverse[i * p + j] * gram[j * p + k];
        projected += relation[i] * gram[i * p + k];
    }
    const double own = gram[k * p + k];
    return own > 0 ? 1 - projected / own : 0;
}

/* A column is used where the used ones before it do not make it up. */
static msp_status choose_columns(msp_derived *d, msp_error *err)
{
    const double tolerance = 1e-9;
    const size_t p = d->model.p;
    double *gram = msp_arena_array(&d->memory, 2 * p, p * sizeof *gram);
    if (gram == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu columns", p);
    double *inverse = gram + p * p;
    for (size_t r = 0; r < d->model.n; r++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                gram[i * p + j] += d->model.x[r * p + i] * d->model.x[r * p + j];
    for (size_t k = 0; k < p; k++) {
        memcpy(inverse, gram, p * p * sizeof *inverse);
        msp__invert_used(inverse, p, d->model.use);
        d->model.use[k] = left_over(gram, inverse, p, k, d->relation + k * p) > tolerance;
        d->model.rank += d->model.use[k];
    }
    return MSP_OK;
}

static msp_status room(const msp_network *network, size_t p, msp_derived *out, msp_error *err)
{
    const msp_pool_model *rows = &network->model;
    *out = (msp_derived){.model = {.n = rows->n, .p = p, .y = rows->y, .v = rows->v}};
    if (p == 0 || p > 10000)
        return msp_fail(err, MSP_ERANGE, "%zu columns; expected 1 to 10000", p);
    out->relation = msp_arena_array(&out->memory, p * p, sizeof(double));
    if (rows->n <= SIZE_MAX / p)
        out->model.x = msp_arena_array(&out->memory, rows->n * p, sizeof(double));
    out->model.use = msp_arena_array(&out->memory, p, sizeof(bool));
    if (out->relation == NULL || out->model.x == NULL || out->model.use == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu columns", p);
    return MSP_OK;
}

msp_status msp_component_build(const msp_network *network, const double *parts, size_t n_part,
                               msp_derived *out, msp_error *err)
{
    const msp_status status = room(network, n_part, out, err);
    if (status != MSP_OK)
        return status;
    for (size_t r = 0; r < out->model.n; r++)
        for (size_t t = 0; t < network->n_treat; t++) {
            const double x = network->model.x[r * network->n_treat + t];
            for (size_t k = 0; x != 0 && k < n_part; k++)
                out->model.x[r * n_part + k] += x * parts[t * n_part + k];
        }
    return choose_columns(out, err);
}

msp_status msp_regression_build(const msp_network *network, const double *covariate,
                                size_t reference, msp_derived *out, msp_error *err)
{
    const size_t n_treat = network->n_treat, p = n_treat + 1;
    const msp_status status = room(network, p, out, err);
    if (status != MSP_OK)
        return status;
    if (reference >= n_treat)
        return msp_fail(err, MSP_ERANGE, "reference %zu of %zu treatments", reference, n_treat);
    for (size_t r = 0; r < out->model.n; r++) {
        const double *x = network->model.x + r * n_treat;
        const double z = covariate[network->row_study[r]];
        if (!isfinite(z))
            return msp_fail_row(err, MSP_ERANGE, network->row_study[r],
                                "the covariate of a study is not a number");
        memcpy(out->model.x + r * p, x, n_treat * sizeof *x);
        /* A row's entries add up to 0: all but the reference's give minus that one. */
        out->model.x[r * p + n_treat] = -z * x[reference];
    }
    return choose_columns(out, err);
}

void msp_derived_free(msp_derived *derived)
{
    msp_arena_free(&derived->memory);
    *derived = (msp_derived){0};
}

/* c can be estimated where it keeps every relation between the columns. */
static bool estimable(const msp_derived *d, const double *c)
{
    const double tolerance = 1e-9;
    const size_t p = d->model.p;
    for (size_t k = 0; k < p; k++) {
        double made_up = 0;
        for (size_t j = 0; j < k; j++)
            made_up += d->relation[k * p + j] * c[j];
        if (!d->model.use[k] && fabs(made_up - c[k]) > tolerance)
            return false;
    }
    return true;
}

msp_network_estimate msp_derived_effect(const msp_derived *derived, const msp_pool_fit *fit,
                                        const double *combination)
{
    if (!estimable(derived, combination))
        return (msp_network_estimate){(double)NAN, (double)NAN};
    double te = 0;
    for (size_t i = 0; i < fit->p; i++)
        te += combination[i] * fit->beta[i];
    return (msp_network_estimate){te, sqrt(msp__variance_of(fit, combination))};
}

/* The effects at out->at; `combination` has room for all columns and is 0. */
static void read_slope(const msp_derived *model, const msp_pool_fit *fit, size_t reference,
                       double *combination, msp_slope *out, msp_network_estimate *effect)
{
    const size_t n = model->model.p - 1;
    combination[n] = 1;
    out->slope = msp_derived_effect(model, fit, combination);
    for (size_t t = 0; t < n; t++) {
        effect[t] = (msp_network_estimate){0, 0};
        if (t == reference)
            continue;
        combination[n] = out->at;
        combination[t] = 1;
        combination[reference] = -1;
        effect[t] = msp_derived_effect(model, fit, combination);
        combination[t] = 0;
    }
}

msp_status msp_regression_fit(const msp_network *network, const double *covariate, size_t reference,
                              double at, msp_tau_method method, msp_slope *out,
                              msp_network_estimate *effect, msp_error *err)
{
    msp_derived model;
    msp_pool_fit fit = {0};
    *out = (msp_slope){.at = at, .tau2 = (double)NAN};
    msp_status status = msp_regression_build(network, covariate, reference, &model, err);
    double *combination = msp_arena_array(&model.memory, model.model.p, sizeof *combination);
    if (status == MSP_OK && combination == NULL)
        status = msp_fail(err, MSP_EMEM, "out of memory for %zu columns", model.model.p);
    if (status == MSP_OK)
        status = msp_pool_fit_init(&model.model, &fit, err);
    if (status == MSP_OK) {
        msp_pool_solve(&model.model, 0, &fit);
        out->left = msp__heterogeneity(fit.q, fit.df);
        msp_pool_estimate(&model.model, method, &fit);
        out->tau2 = fit.df > 0 ? fit.tau2 : (double)NAN;
        read_slope(&model, &fit, reference, combination, out, effect);
    }
    msp_pool_fit_free(&fit);
    msp_derived_free(&model);
    return status;
}

msp_status msp_component_additivity(const msp_network *network, const msp_derived *components,
                                    msp_heterogeneity *additive, msp_heterogeneity *difference,
                                    msp_error *err)
{
    msp_pool_fit fit = {0};
    msp_status status = msp_pool_fit_init(&components->model, &fit, err);
    if (status != MSP_OK)
        return status;
    msp_pool_solve(&components->model, 0, &fit);
    *additive = msp__heterogeneity(fit.q, fit.df);
    msp_pool_fit_free(&fit);
    status = msp_pool_fit_init(&network->model, &fit, err);
    if (status != MSP_OK)
        return status;
    msp_pool_solve(&network->model, 0, &fit);
    *difference = msp__heterogeneity(additive->q - fit.q, additive->df - fit.df);
    msp_pool_fit_free(&fit);
    return MSP_OK;
}
