#include "mspike/analysis/survival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "survival_adjusted.h"
#include "survival_order.h"

msp_survival_options msp_survival_options_default(msp_convention convention)
{
    return (msp_survival_options){
        .km = msp_km_options_default(convention),
        .cox = msp_cox_options_default(convention),
        .alternative = MSP_TWO_SIDED,
        .test = true,
        .model = true,
        .curves = true,
    };
}

static size_t count(const uint8_t *keep, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        kept += keep[i] != 0;
    return kept;
}

/* Follow-up ends with the last row of a curve; who has no row was not there. */
static void describe_range(msp_survival_arm *arm, const msp_km_curve *curve)
{
    arm->shortest = arm->longest = NAN;
    if (curve->n == 0)
        return;
    arm->shortest = curve->time[0];
    arm->longest = curve->time[curve->n - 1];
    arm->shortest_censored = curve->events[0] == 0;
    arm->longest_censored = curve->censored[curve->n - 1] > 0;
}

static msp_status describe_arm(msp_survival *out, size_t i, const char *label, msp_error *err)
{
    msp_survival_arm *arm = &out->arms[i];
    const msp_km_curve *curve = &out->km.curves[i];
    arm->label = label;
    arm->n = curve->n_patients;
    arm->events = curve->n_events;
    arm->lower_quartile = msp_km_quantile(curve, 0.25);
    arm->median = msp_km_quantile(curve, 0.5);
    arm->upper_quartile = msp_km_quantile(curve, 0.75);
    describe_range(arm, curve);
    if (out->options.tau > 0)
        arm->restricted = msp_km_restricted_mean(curve, out->options.tau);
    if (out->n_times == 0)
        return MSP_OK;
    arm->points = msp_arena_array(&out->arena, out->n_times, sizeof *arm->points);
    if (arm->points == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the landmark times");
    for (size_t t = 0; t < out->n_times; t++)
        arm->points[t] = msp_km_at(curve, out->options.times[t]);
    return MSP_OK;
}

static void add_contrast(msp_survival *out, size_t i, const char *what, double at,
                         const msp_difference *difference)
{
    out->contrasts[out->n_contrasts++] =
        (msp_survival_contrast){what, out->arms[i].label, out->arms[0].label, at, *difference};
}

/* Every arm against the first: restricted means, survival at the landmark times. */
static msp_status contrast_arms(msp_survival *out, msp_error *err)
{
    const double level = out->options.km.level;
    if (out->n_arms < 2 || (out->n_times == 0 && !(out->options.tau > 0)))
        return MSP_OK;
    out->contrasts =
        msp_arena_array(&out->arena, (out->n_times + 2) * out->n_arms, sizeof *out->contrasts);
    if (out->contrasts == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to compare %zu arms", out->n_arms);
    for (size_t i = 1; i < out->n_arms; i++) {
        const msp_survival_arm *a = &out->arms[0], *b = &out->arms[i];
        if (out->options.tau > 0) {
            const msp_mean *m = &a->restricted, *n = &b->restricted;
            const msp_difference d = msp_difference_of(m->estimate, m->std_error, n->estimate,
                                                       n->std_error, level),
                                 r = msp_ratio_of(m->estimate, m->std_error, n->estimate,
                                                  n->std_error, level);
            add_contrast(out, i, "rmst", out->options.tau, &d);
            add_contrast(out, i, "rmst_ratio", out->options.tau, &r);
        }
        for (size_t t = 0; t < out->n_times; t++) {
            const msp_km_point *p = &a->points[t], *q = &b->points[t];
            const msp_difference d =
                msp_difference_of(p->survival, p->std_error, q->survival, q->std_error, level);
            add_contrast(out, i, "survival", p->time, &d);
        }
    }
    return MSP_OK;
}

/* Curves of a million rows are large: the two kinds are never held at once, but where the caller
 * keeps the first. */
static msp_status fit_curves(msp_survival *out, const msp_order *order,
                             const msp_survival_data *data, msp_error *err)
{
    const uint32_t *group = data->arm != NULL ? data->arm->code : NULL;
    msp_km_options *options = &out->options.km;
    msp_km follow_up = {0};
    if (data->weight != NULL) {
        options->weight = out->options.cox.weight = data->weight;
        options->robust = out->options.robust;
        options->cluster = data->cluster != NULL ? data->cluster->code : NULL;
        options->n_clusters = data->cluster != NULL ? data->cluster->n_levels : 0;
    }
    msp_km_options reverse = *options;
    out->n_arms = data->arm != NULL ? data->arm->n_levels : 1;
    out->arms = msp_arena_array(&out->arena, out->n_arms, sizeof *out->arms);
    if (out->arms == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu arms", out->n_arms);
    msp_status rc = msp_km_fit(order, group, out->n_arms, &out->options.km, &out->km, err);
    for (size_t i = 0; rc == MSP_OK && i < out->n_arms; i++) {
        rc = describe_arm(out, i, data->arm != NULL ? data->arm->level[i] : "", err);
        out->events += out->arms[i].events;
    }
    if (rc == MSP_OK)
        rc = contrast_arms(out, err);
    if (!out->options.curves)
        msp_km_free(&out->km);
    reverse.reverse = true;
    if (rc == MSP_OK)
        rc = msp_km_fit(order, group, out->n_arms, &reverse, &follow_up, err);
    for (size_t i = 0; rc == MSP_OK && i < out->n_arms; i++)
        out->arms[i].follow_up = msp_km_quantile(&follow_up.curves[i], 0.5);
    msp_km_free(&follow_up);
    return rc;
}

/* The rows of a narrower analysis: `order` itself where nothing more is missing. */
static msp_status narrow(const msp_order *order, const uint8_t *keep, msp_order *own,
                         const msp_order **out, msp_error *err)
{
    *out = order;
    if (keep == NULL || count(keep, order->n_rows) == order->n)
        return MSP_OK;
    const msp_status rc = msp_order_subset(own, order, keep, err);
    *out = own;
    return rc;
}

static msp_status fit_test(msp_survival *out, const msp_order *order, const msp_survival_data *data,
                           msp_error *err)
{
    const uint32_t *arm = data->arm->code;
    const uint32_t *stratum = data->stratum != NULL ? data->stratum->code : NULL;
    const size_t n_arms = data->arm->n_levels;
    const size_t n_strata = data->stratum != NULL ? data->stratum->n_levels : 1;
    const msp_alternative alternative = out->options.alternative;
    if (out->options.maxcombo) {
        if (n_arms > 2)
            return msp_fail(err, MSP_EUNSUPPORTED, "MaxCombo of %zu arms; expected two", n_arms);
        out->has_combination = true;
        return msp_maxcombo_test(order, arm, stratum, n_strata, msp_maxcombo_usual,
                                 MSP_COUNT(msp_maxcombo_usual), alternative, &out->combination,
                                 err);
    }
    out->has_test = true;
    if (out->options.weight != NULL)
        return msp_logrank_weighted(order, arm, n_arms, stratum, n_strata, out->options.weight,
                                    alternative, &out->test, err);
    return msp_logrank_test(order, arm, n_arms, stratum, n_strata, alternative, &out->test, err);
}

/* What needs a model that converged: where it did not, the model's own note says so. */
static msp_status diagnose(msp_survival *out, const msp_cox_model *model,
                           const msp_survival_data *data, msp_error *err)
{
    size_t n_clusters = 0;
    uint32_t *code = NULL;
    if (model->fit->state != MSP_COX_CONVERGED)
        return MSP_OK;
    msp_status rc = MSP_OK;
    if (out->options.robust || out->options.diagnostics)
        rc = msp__settle_clusters(model->order, data, &out->arena, &code, &n_clusters, err);
    if (rc == MSP_OK && out->options.robust) {
        rc = msp_cox_robust_of(model, code, n_clusters, &out->robust, err);
        out->has_robust = rc == MSP_OK;
    }
    if (rc == MSP_OK && out->options.residuals) {
        rc = msp_cox_residuals_of(model, &out->residuals, err);
        out->has_residuals = rc == MSP_OK;
    }
    if (rc == MSP_OK && (out->options.adjusted || out->options.at != NULL))
        rc = msp__adjust(out, model, data, err);
    if (rc != MSP_OK || !out->options.diagnostics)
        return rc;
    out->proportionality =
        msp_arena_array(&out->arena, model->n_columns + 1, sizeof *out->proportionality);
    if (out->proportionality == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu terms", model->n_columns);
    rc = msp_cox_concordance(model, code, n_clusters, &out->concordance, err);
    if (rc == MSP_OK)
        rc = msp_cox_proportionality(model, MSP_COX_TIME_KM, NULL, 0, out->proportionality,
                                     &out->proportionality[model->n_columns], err);
    return rc;
}

static msp_status fit_model(msp_survival *out, const msp_order *order,
                            const msp_survival_data *data, msp_error *err)
{
    const msp_factor *stratum = data->stratum;
    out->has_model = true;
    out->cox_missing = out->n - order->n;
    const msp_cox_model model = {
        .order = order,
        .columns = data->terms->columns,
        .n_columns = data->terms->n,
        .stratum = stratum != NULL ? stratum->code : NULL,
        .n_strata = stratum != NULL ? stratum->n_levels : 1,
        .fit = &out->cox,
    };
    if (out->options.firth)
        return msp_cox_firth_fit(order, model.columns, model.n_columns, model.stratum,
                                 model.n_strata, &out->options.cox, &out->cox, err);
    msp_status rc = msp_cox_fit(order, model.columns, model.n_columns, model.stratum,
                                model.n_strata, &out->options.cox, &out->cox, err);
    if (rc == MSP_OK && out->options.profile &&
        (out->cox.state == MSP_COX_CONVERGED || out->cox.state == MSP_COX_MONOTONE)) {
        rc = msp_cox_profile_of(&model, &out->profile, err);
        out->has_profile = rc == MSP_OK;
    }
    return rc == MSP_OK ? diagnose(out, &model, data, err) : rc;
}

static msp_status fit_all(msp_survival *out, const msp_survival_data *data, msp_error *err)
{
    const msp_follow_up follow_up = {
        .n = data->n,
        .time = data->time,
        .event = data->event,
        .entry = data->entry,
        .keep = data->keep,
    };
    msp_order order = {0}, own_test = {0}, own_model = {0};
    const msp_order *of_test, *of_model;
    msp_status rc = msp_order_init(&order, &follow_up, err);
    if (rc != MSP_OK)
        return rc;
    out->n = order.n;
    out->n_missing = data->n - order.n;
    rc = out->options.model ? msp__settle_order(&order, data, NULL, err) : MSP_OK;
    if (rc == MSP_OK)
        rc = fit_curves(out, &order, data, err);
    if (rc == MSP_OK)
        rc = narrow(&order, data->keep_test, &own_test, &of_test, err);
    if (rc == MSP_OK && out->options.test && out->n_arms > 1 && data->weight == NULL)
        rc = fit_test(out, of_test, data, err);
    if (rc == MSP_OK)
        rc = narrow(of_test, data->keep_model, &own_model, &of_model, err);
    if (rc == MSP_OK && out->options.model && data->terms != NULL && data->terms->n > 0)
        rc = fit_model(out, of_model, data, err);
    msp_order_free(&own_model);
    msp_order_free(&own_test);
    msp_order_free(&order);
    return rc;
}

msp_status msp_survival_fit(const msp_survival_data *data, const msp_survival_options *options,
                            msp_survival *out, msp_error *err)
{
    *out = (msp_survival){.options = *options, .n_times = options->n_times};
    const msp_status rc = fit_all(out, data, err);
    if (rc != MSP_OK)
        msp_survival_free(out);
    return rc;
}

void msp_survival_free(msp_survival *survival)
{
    msp_km_free(&survival->km);
    msp_logrank_free(&survival->test);
    msp_cox_free(&survival->cox);
    msp_cox_robust_free(&survival->robust);
    msp_cox_profile_free(&survival->profile);
    msp_cox_residuals_free(&survival->residuals);
    msp_arena_free(&survival->arena);
    *survival = (msp_survival){0};
}

const char *msp_survival_median_note(const msp_survival_arm *arm)
{
    if (!isnan(arm->median.estimate))
        return "";
    return arm->n == 0        ? "no patients"
           : arm->events == 0 ? "no events"
                              : "not reached: the curve stays above one half";
}
