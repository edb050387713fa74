/*
 * parametric.h - accelerated failure time models: exponential, Weibull, log-normal, log-logistic,
 * generalised gamma; exact, right-, left- and interval-censored times.
 *
 *     log T = b0 + b1 x1 + ... + sigma W
 *
 * W has the least extreme-value distribution (Weibull; exponential where sigma is 1), the normal or
 * the logistic one, or Prentice's (1974) log-gamma one of shape Q, which is the normal at Q = 0 and
 * the least extreme-value one at Q = 1; exp(b) is the ratio of times that one unit of x makes.
 * Maximum likelihood by Newton's method on b, log sigma and Q (Kalbfleisch and Prentice, 2002,
 * chapter 3); standard errors from the observed information, as R's survreg has them. The
 * log-likelihood is that of T, as survreg's. docs/methods/parametric-survival.md has a worked
 * example.
 */
#ifndef MSPIKE_STATS_PARAMETRIC_H
#define MSPIKE_STATS_PARAMETRIC_H

#include "mspike/stats/cox.h"

MSP_BEGIN

typedef enum msp_lifetime {
    MSP_EXPONENTIAL,
    MSP_WEIBULL,
    MSP_LOG_NORMAL,
    MSP_LOG_LOGISTIC,
    MSP_GENERALISED_GAMMA,
} msp_lifetime;

/* "exponential", "weibull", "log-normal", "log-logistic", "gengamma" */
const char *msp_lifetime_name(msp_lifetime lifetime);

/* Row i: the event came after lower[i] and by upper[i]. Equal: at that time; upper infinite: not
 * before lower (right-censored); lower 0: by upper (left-censored). */
typedef struct msp_parametric_data {
    const double *lower, *upper;
    const double *weight;          /* above 0; NULL: 1 */
    const msp_cox_column *columns; /* without the intercept */
    size_t n, n_columns;
} msp_parametric_data;

typedef struct msp_parametric_coefficient {
    double estimate, std_error, z, p; /* two-sided; NaN where not estimable */
    double log_p;
} msp_parametric_coefficient;

typedef struct msp_parametric {
    msp_lifetime lifetime;
    size_t n, n_events; /* rows; those with a finite upper end */
    size_t n_columns;
    msp_parametric_coefficient *coefficients; /* n_columns + 1: the intercept first */
    msp_parametric_coefficient log_scale;     /* of an exponential: 0 and NaN */
    msp_parametric_coefficient shape;         /* Q of the generalised gamma; z, p: of Q = 0 */
    double *covariance;         /* of the coefficients, the log scale, and Q where there is one */
    double scale;               /* sigma; the Weibull shape is 1 / sigma */
    double loglik, null_loglik; /* null: the intercept alone */
    msp_test likelihood_ratio;  /* of all columns together */
    int iterations;
    const char *note; /* NULL; else why there is no estimate */
} msp_parametric;     /* {0} is empty */

/* MSP_ENODATA without a row, MSP_ERANGE (row) for a time that is not above 0 (0 is for the lower
 * end of an interval alone), an upper end below the lower one, or a value or weight that is not
 * finite, MSP_EMEM. What cannot be estimated (no event, a column that repeats another) is MSP_OK
 * with a note. */
msp_status msp_parametric_fit(const msp_parametric_data *data, msp_lifetime lifetime,
                              msp_parametric *out, msp_error *err);
void msp_parametric_free(msp_parametric *model);

/* The time by which a share p of those with the columns x (n_columns; NULL: all 0) had the event.
 */
double msp_parametric_quantile(const msp_parametric *model, const double *x, double p);
/* P(T > t) for them. */
double msp_parametric_survival(const msp_parametric *model, const double *x, double t);

MSP_END
#endif
