#include "mspike/analysis/periods.h"

#include <math.h>

#include "model_rows.h"
#include "mspike/stats/incidence.h"

static const msp_interval unknown = {NAN, NAN, NAN, NULL};

/* -- models -- */

/* The model of an arm's rows (MSP_NO_LEVEL: of all) with the terms; empty without rows. */
static msp_status fit_rows(const msp_survival_data *d, const msp_periods_options *o,
                           const uint8_t *keep, uint32_t arm, const msp_terms *terms,
                           msp_piecewise *out, msp_error *err)
{
    msp_arena arena = {0};
    msp__model_rows r;
    msp_status rc = msp__model_rows_take(d, keep, arm, terms, &arena, &r, err);
    if (rc == MSP_OK && r.n > 0) {
        const msp_piecewise_data rows = {.lower = r.lower,
                                         .upper = r.upper,
                                         .entry = r.entry,
                                         .columns = r.columns,
                                         .n = r.n,
                                         .n_columns = r.n_columns,
                                         .cut = o->cut,
                                         .n_cuts = o->n_cuts};
        rc = msp_piecewise_fit(&rows, out, err);
        msp__model_rows_name(&r, rc, err);
    }
    msp_arena_free(&arena);
    return rc;
}

static bool all_exact(const msp_survival_data *d)
{
    for (size_t i = 0; d->upper != NULL && i < d->n; i++)
        if ((d->keep == NULL || d->keep[i]) && d->upper[i] > d->time[i] && !isinf(d->upper[i]))
            return false;
    return true;
}

/* -- rates and their ratios -- */

static msp_interval from_logarithm(double log_value, double std_error, double level)
{
    const double z = msp_dist_normal_limit(level);
    return (msp_interval){exp(log_value), exp(log_value - z * std_error),
                          exp(log_value + z * std_error), NULL};
}

static msp_exposure exposure_of(const msp_piecewise_period *period)
{
    return (msp_exposure){(int64_t)period->events, period->time};
}

static msp_status rate_of(const msp_periods *out, const msp_piecewise *arm, size_t j, double level,
                          msp_interval *rate, msp_error *err)
{
    const msp_piecewise_period *period = &arm->periods[j];
    const msp_confidence confidence = {level, MSP_TWO_SIDED};
    const msp_exposure exposure = exposure_of(period);
    if (out->exact)
        return msp_incidence_rate(&exposure, &confidence, rate, err);
    *rate = from_logarithm(period->log_rate, period->std_error, level);
    if (isnan(period->log_rate)) {
        *rate = (msp_interval){period->rate, NAN, NAN, NULL};
        rate->note = isnan(period->rate) ? "not estimable" : "no event can lie in it: no limits";
    }
    return MSP_OK;
}

static msp_status ratio_of(const msp_periods *out, const msp_piecewise *arm, size_t j, double level,
                           msp_periods_ratio *ratio, msp_error *err)
{
    const msp_piecewise_period *a = &out->arms[0].periods[j], *b = &arm->periods[j];
    const msp_confidence confidence = {level, MSP_TWO_SIDED};
    const msp_exposure first = exposure_of(b), second = exposure_of(a);
    if (out->exact) {
        msp_incidence_pair pair;
        const msp_status rc = msp_incidence_compare(&first, &second, &confidence, &pair, err);
        *ratio = (msp_periods_ratio){pair.ratio, pair.p.p, pair.p.log_p};
        return rc;
    }
    const double log_ratio = b->log_rate - a->log_rate;
    const double error = sqrt(a->std_error * a->std_error + b->std_error * b->std_error);
    const msp_prob p = msp_dist_normal_two_sided(log_ratio / error);
    *ratio = (msp_periods_ratio){from_logarithm(log_ratio, error, level), p.p, p.log_p};
    if (isnan(log_ratio))
        ratio->ratio.note = "a rate is 0 or not estimable";
    return MSP_OK;
}

static msp_status describe_arm(msp_periods *out, size_t a, const msp_periods_options *o,
                               msp_error *err)
{
    const msp_piecewise *arm = &out->arms[a];
    msp_status rc = MSP_OK;
    for (size_t j = 0; rc == MSP_OK && j < out->n_periods; j++) {
        msp_interval *rate = &out->rates[a * out->n_periods + j];
        *rate = unknown;
        rate->note = "no rows";
        if (arm->n > 0)
            rc = rate_of(out, arm, j, o->level, rate, err);
        if (a == 0 || rc != MSP_OK)
            continue;
        msp_periods_ratio *ratio = &out->ratios[(a - 1) * out->n_periods + j];
        *ratio = (msp_periods_ratio){*rate, NAN, NAN};
        ratio->ratio = unknown;
        ratio->ratio.note = "no rows";
        if (arm->n > 0 && out->arms[0].n > 0)
            rc = ratio_of(out, arm, j, o->level_ratio, ratio, err);
    }
    return rc;
}

/* -- one ratio in all periods? -- */

/* Degrees of freedom: a rate for each arm and period that has one, less those of the common model.
 */
static void test_alike(msp_periods *out, const msp_piecewise *common)
{
    double loglik = 0, rates = 0;
    for (size_t a = 0; a < out->n_arms; a++) {
        if (out->arms[a].n == 0 || out->arms[a].note != NULL) {
            out->alike_note = "an arm has no events or no rates";
            return;
        }
        loglik += out->arms[a].loglik;
        for (size_t j = 0; j < out->n_periods; j++)
            rates += out->arms[a].periods[j].time > 0 ? 1 : 0;
    }
    for (size_t j = 0; j < out->n_periods; j++)
        rates -= common->periods[j].time > 0 ? 1 : 0;
    const double df = rates - (double)common->n_columns;
    if (common->note != NULL || !(df > 0)) {
        out->alike_note = common->note != NULL ? common->note : "one period has all the time";
        return;
    }
    const double chi = fmax(2 * (loglik - common->loglik), 0);
    const msp_prob p = msp_dist_chisq_upper(chi, df);
    out->alike = (msp_test){chi, df, p.p, p.log_p};
}

static msp_status compare_periods(const msp_survival_data *d, const msp_periods_options *o,
                                  msp_periods *out, msp_error *err)
{
    msp_terms arms = {0};
    msp_piecewise common = {0};
    out->alike = (msp_test){NAN, 0, NAN, NAN};
    if (out->n_arms < 2 || out->n_periods < 2) {
        out->alike_note = "it takes two arms and two periods";
        return MSP_OK;
    }
    msp_status rc = msp_terms_add_factor(&arms, d->arm, "", false, d->n, &out->arena, err);
    if (rc == MSP_OK)
        rc = fit_rows(d, o, d->keep, MSP_NO_LEVEL, &arms, &common, err);
    if (rc == MSP_OK)
        test_alike(out, &common);
    msp_piecewise_free(&common);
    return rc;
}

/* -- the whole -- */

static msp_status fit(const msp_survival_data *d, const msp_periods_options *o, msp_periods *out,
                      msp_error *err)
{
    const size_t cells = out->n_arms * out->n_periods;
    out->arms = msp_arena_array(&out->arena, out->n_arms, sizeof *out->arms);
    out->rates = msp_arena_array(&out->arena, cells, sizeof *out->rates);
    out->ratios = msp_arena_array(&out->arena, cells, sizeof *out->ratios);
    if (out->arms == NULL || out->rates == NULL || out->ratios == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu periods", out->n_periods);
    msp_status rc =
        fit_rows(d, o, msp__model_rows_mask(d), MSP_NO_LEVEL, d->terms, &out->model, err);
    if (rc == MSP_OK && out->model.n == 0)
        rc = msp_fail(err, MSP_ENODATA, "no row has all of its values");
    for (size_t a = 0; rc == MSP_OK && a < out->n_arms; a++)
        rc = fit_rows(d, o, d->keep, d->arm != NULL ? (uint32_t)a : MSP_NO_LEVEL, NULL,
                      &out->arms[a], err);
    for (size_t a = 0; rc == MSP_OK && a < out->n_arms; a++)
        rc = describe_arm(out, a, o, err);
    return rc == MSP_OK ? compare_periods(d, o, out, err) : rc;
}

msp_status msp_periods_fit(const msp_survival_data *data, const msp_periods_options *options,
                           msp_periods *out, msp_error *err)
{
    *out = (msp_periods){.n_arms = data->arm != NULL ? data->arm->n_levels : 1,
                         .n_periods = options->n_cuts + 1,
                         .exact = all_exact(data)};
    const msp_status rc = fit(data, options, out, err);
    if (rc != MSP_OK)
        msp_periods_free(out);
    return rc;
}

void msp_periods_free(msp_periods *periods)
{
    for (size_t a = 0; periods->arms != NULL && a < periods->n_arms; a++)
        msp_piecewise_free(&periods->arms[a]);
    msp_piecewise_free(&periods->model);
    msp_arena_free(&periods->arena);
    *periods = (msp_periods){0};
}
