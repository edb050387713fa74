/*
 * cox_profile.h - limits of hazard ratios from the likelihood itself, and Firth's penalty.
 *
 * Wald's limits take the log-likelihood for a parabola. The profile of b_k is its maximum over all
 * other coefficients; the values that a likelihood-ratio test at the level does not reject,
 *
 *   2 (max loglik - profile(b_k)) <= quantile of chi-square on one degree of freedom,
 *
 * are the limits here, and the test of b_k = 0 is that ratio at 0. Where the likelihood grows for
 * ever with a coefficient, one limit is still finite.
 *
 * Firth (1993) maximises loglik + log det(information) / 2 instead, which takes the first order of
 * the bias away and always has a maximum (Cox's model: Heinze & Schemper 2001). There the profile
 * is that of the penalised likelihood, the penalty always of the whole information.
 * docs/methods/cox-profile.md holds references and worked examples.
 */
#ifndef MSPIKE_STATS_COX_PROFILE_H
#define MSPIKE_STATS_COX_PROFILE_H

#include "mspike/stats/cox_diagnostics.h"

MSP_BEGIN

typedef struct msp_cox_profile {
    size_t n_columns;
    /* As the model's, but p, log_p, lower and upper are of the profile, and z is the signed root of
     * the likelihood ratio. A limit may be 0 or INFINITY. NaN for a column that is not ESTIMATED,
     * but for one INFINITE column standing alone. */
    msp_cox_coefficient *coefficients;
    void *block;
} msp_cox_profile; /* {0} is empty */

/*
 * Profiles every coefficient of a model that converged, or in which one is infinite, at the level
 * of its limits; any ties. MSP_EUNSUPPORTED for a model in another state, MSP_EMEM. About 25 times
 * the work of the fit for each coefficient.
 */
msp_status msp_cox_profile_of(const msp_cox_model *model, msp_cox_profile *out, msp_error *err);
void msp_cox_profile_free(msp_cox_profile *profile);

/*
 * Firth's fit, with the arguments and the result of msp_cox_fit. In *out loglik_null and loglik are
 * penalised, likelihood_ratio is their test, std_error and variance come from the information at
 * the maximum, p and limits from the profile; score is NaN. Breslow's or Efron's ties, else
 * MSP_EUNSUPPORTED. O(n p^2) an iteration.
 */
msp_status msp_cox_firth_fit(const msp_order *order, const msp_cox_column *columns,
                             size_t n_columns, const uint32_t *stratum, size_t n_strata,
                             const msp_cox_options *options, msp_cox *out, msp_error *err);

MSP_END
#endif
