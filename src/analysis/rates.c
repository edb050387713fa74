#include "mspike/analysis/rates.h"

#include <math.h>

static const double none = NAN;
static const char too_long[] = "more tables have these margins than can be added up";

static const msp_interval unknown = {NAN, NAN, NAN, NULL};

static msp_status contrasts(const msp_two_by_two *t, msp_contrast contrast,
                            const msp_confidence *confidence, msp_rates_contrast *out,
                            msp_error *err)
{
    *out = (msp_rates_contrast){unknown, unknown, unknown, unknown};
    msp_status rc = msp_two_by_two_contrast(t, contrast, MSP_MIETTINEN_NURMINEN, confidence,
                                            &out->miettinen_nurminen, err);
    if (rc == MSP_OK)
        rc = msp_two_by_two_contrast(t, contrast, MSP_WALD_CONTRAST, confidence, &out->wald, err);
    if (rc == MSP_OK && contrast == MSP_DIFFERENCE)
        rc = msp_two_by_two_contrast(t, contrast, MSP_NEWCOMBE, confidence, &out->newcombe, err);
    return rc;
}

/* Exact figures of one table or several; what takes too long is no failure here. */
static msp_status exact(const msp_two_by_two *tables, size_t k, const msp_confidence *confidence,
                        msp_fisher *test, msp_interval *ratio, msp_error *err)
{
    msp_status rc = msp_stratified_exact(tables, k, test, err);
    if (rc == MSP_OK)
        rc = msp_stratified_exact_odds_ratio(tables, k, confidence, ratio, err);
    if (rc != MSP_EUNSUPPORTED)
        return rc;
    const msp_prob p = {none, none};
    *test = (msp_fisher){p, p, p, p, p, p, too_long};
    *ratio = (msp_interval){none, none, none, too_long};
    return MSP_OK;
}

msp_status msp_rates_compare(const msp_two_by_two *table, const msp_confidence *confidence,
                             msp_rates_pair *out, msp_error *err)
{
    msp_status rc = contrasts(table, MSP_DIFFERENCE, confidence, &out->difference, err);
    if (rc == MSP_OK)
        rc = contrasts(table, MSP_RISK_RATIO, confidence, &out->risk_ratio, err);
    if (rc == MSP_OK)
        rc = contrasts(table, MSP_ODDS_RATIO, confidence, &out->odds_ratio, err);
    if (rc == MSP_OK)
        rc = exact(table, 1, confidence, &out->fisher, &out->odds_ratio.exact, err);
    return rc;
}

static msp_status tests(const msp_two_by_two *tables, size_t k, msp_rates_strata *out,
                        msp_error *err)
{
    const char *same_note;
    msp_status rc = msp_stratified_cmh(tables, k, false, &out->cmh, &out->cmh_note, err);
    if (rc == MSP_OK)
        rc = msp_stratified_breslow_day(tables, k, false, &out->breslow_day, &out->breslow_day_note,
                                        err);
    if (rc == MSP_OK)
        rc = msp_stratified_breslow_day(tables, k, true, &out->tarone, &same_note, err);
    return rc;
}

msp_status msp_rates_compare_strata(const msp_two_by_two *tables, size_t n_strata,
                                    const msp_confidence *confidence, msp_rates_strata *out,
                                    msp_error *err)
{
    msp_status rc = tests(tables, n_strata, out, err);
    if (rc == MSP_OK)
        rc = msp_stratified_ratio(tables, n_strata, MSP_ODDS_RATIO, confidence, &out->odds_ratio,
                                  err);
    if (rc == MSP_OK)
        rc = msp_stratified_ratio(tables, n_strata, MSP_RISK_RATIO, confidence, &out->risk_ratio,
                                  err);
    if (rc == MSP_OK)
        rc = msp_stratified_difference(tables, n_strata, MSP_STRATIFIED_MIETTINEN_NURMINEN,
                                       confidence, &out->difference, err);
    if (rc == MSP_OK)
        rc = msp_stratified_difference(tables, n_strata, MSP_STRATIFIED_SATO, confidence,
                                       &out->difference_sato, err);
    if (rc == MSP_OK)
        rc = exact(tables, n_strata, confidence, &out->exact, &out->odds_ratio_exact, err);
    return rc;
}
