/*
 * contrast.h - two survival curves compared without proportional hazards: restricted means,
 * survival at a time; and one curve against a known hazard.
 *
 *   restricted mean  the area under S up to tau; its variance is the sum over event times of
 *                    (area from there to tau)^2 d / (r (r - d))
 *   difference       of two independent estimates, with normal limits; ratios on the log scale
 *   milestone        difference of S at a time; its log-log test compares log(-log S)
 *   one-sample log-rank: O observed events against E, the sum of the known cumulative hazards over
 *                    each follow-up: (O - E) / sqrt(E) (Breslow 1975), or / sqrt((O + E) / 2)
 *                    (Wu 2014)
 *
 * docs/methods/restricted-mean.md.
 */
#ifndef MSPIKE_STATS_CONTRAST_H
#define MSPIKE_STATS_CONTRAST_H

#include "mspike/stats/km.h"

MSP_BEGIN

/* What is not estimable is NaN, and `note` says why. */
typedef struct msp_mean {
    double tau, estimate, std_error;
    const char *note; /* NULL, or static text */
} msp_mean;

/* The mean time up to tau > 0. Not estimable where follow-up ends before tau with S above 0. */
msp_mean msp_km_restricted_mean(const msp_km_curve *curve, double tau);

typedef struct msp_difference {
    double estimate, std_error, lower, upper;
    double z, p, log_p; /* estimate / std_error, two-sided */
    const char *note;   /* NULL, or static text */
} msp_difference;

/* b - a, of independent estimates; NaN where one of them is, or no variance is left. */
msp_difference msp_difference_of(double a, double se_a, double b, double se_b, double level);
/* b / a: the ratio and its limits, with the standard error of its logarithm. */
msp_difference msp_ratio_of(double a, double se_a, double b, double se_b, double level);
/* log(-log S_a) - log(-log S_b): positive z where S_b is higher. The limits are of that. */
msp_difference msp_milestone_log_log(const msp_km_point *a, const msp_km_point *b, double level);

typedef struct msp_one_sample_result {
    double observed, expected, ratio; /* ratio: observed / expected */
    double z;                         /* Breslow's, negative where there are fewer events */
    double z_wu;
    double p, log_p, p_wu, log_p_wu;
    msp_alternative alternative; /* LESS: the hazard is lower than the known one */
    const char *note;            /* NULL, or why there is no test */
} msp_one_sample_result;

/* cumulative_hazard[row] >= 0 is the known hazard added up over the row's own follow-up. MSP_ERANGE
 * names a row where it is not. */
msp_status msp_one_sample_logrank(const msp_order *order, const double *cumulative_hazard,
                                  msp_alternative alternative, msp_one_sample_result *out,
                                  msp_error *err);

MSP_END
#endif
