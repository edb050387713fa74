/*
 * cox_predict.h - survival that a fitted Cox model predicts, for one patient or the mean of many.
 *
 * A patient with covariates x in stratum s has S(t | x) = exp(-r H_s(t)), r = exp(x'b), H_s the
 * cumulative baseline hazard with the ties of the model (as in survfit of R's survival). A sum
 * w_1 S(t | x_1) + w_2 S(t | x_2) + ... has by the delta method the variance
 *
 *   sum over strata of (sum of w S r)^2 (sum of 1 / S0^2 up to t)  +  g' V g,
 *   g = sum of w S r (x H_s(t) - sum of m / S0 up to t)
 *
 * with V the model's variance and m the mean of x at each event (Tsiatis 1981); with case weights
 * 1 / S0 and its square count the weight of the event. With one patient this is R's; with every
 * patient of a trial set to one arm and w = 1/n it is the survival of that arm standardised to the
 * trial's patients; with w = 1/n and -1/n, the difference of two arms.
 * docs/methods/adjusted-curves.md holds references and a worked example.
 */
#ifndef MSPIKE_STATS_COX_PREDICT_H
#define MSPIKE_STATS_COX_PREDICT_H

#include "mspike/stats/cox_diagnostics.h"
#include "mspike/stats/km.h"

MSP_BEGIN

/* Whose survival, borrowed: n rows of covariates. */
typedef struct msp_cox_patients {
    size_t n;
    const double *x;         /* n x n_columns of the model, row by row, finite */
    const uint32_t *stratum; /* NULL: all in stratum 0 */
    const double *weight;    /* NULL: 1/n each */
} msp_cox_patients;

typedef struct msp_cox_predicted {
    double time, estimate, std_error;
} msp_cox_predicted;

/*
 * The weighted sum at n_times times (increasing is quickest), after the step at the time itself,
 * into out[0 .. n_times). MSP_ERANGE for a stratum out of range or without rows or a covariate that
 * is not finite, MSP_EUNSUPPORTED as in cox_diagnostics.h, MSP_EMEM. O(events + n p n_times).
 */
msp_status msp_cox_predict(const msp_cox_model *model, const msp_cox_patients *patients,
                           const double *times, size_t n_times, msp_cox_predicted *out,
                           msp_error *err);

/* Limits of a survival probability with that standard error, on the scale of the interval (km.h).
 */
void msp_cox_predicted_limits(const msp_cox_predicted *point, msp_km_interval interval,
                              double level, double *lower, double *upper);

MSP_END
#endif
