/*
 * piecewise.h - the piecewise exponential model: a hazard that is constant within each of some
 * given periods, times exp(b x); exact, right-, left- and interval-censored times, late entry.
 *
 * Period j runs from cut j - 1 (0 for the first) to cut j, the cut itself included (the last one:
 * for ever). With T_j(t) the time that t leaves in it and r_j = exp(a_j + b x), the cumulative
 * hazard is H(t) = sum T_j(t) r_j. A row gives log r_j - H(t) for an event at t, -H(t) for none by
 * t, log(exp(-H(s)) - exp(-H(t))) for one between s and t; H(entry) is added back. Maximum
 * likelihood by Newton's method on the a and b. Without columns and with exact times this is events
 * over time at risk (Holford 1976; Friedman 1982). docs/methods/piecewise-exponential.md has a
 * worked example.
 */
#ifndef MSPIKE_STATS_PIECEWISE_H
#define MSPIKE_STATS_PIECEWISE_H

#include "mspike/stats/parametric.h"

MSP_BEGIN

typedef struct msp_piecewise_data {
    const double *lower, *upper;   /* as of msp_parametric_data */
    const double *entry;           /* NULL: everyone from 0; else below lower */
    const msp_cox_column *columns; /* without an intercept */
    size_t n, n_columns;
    const double *cut; /* increasing, above 0 and finite */
    size_t n_cuts;
} msp_piecewise_data;

typedef struct msp_piecewise_period {
    double from, to;  /* the last one's `to` is infinite */
    double time;      /* at risk in it, of all rows; up to `lower` where the time is not exact */
    size_t events;    /* known to lie in it */
    double rate;      /* of those whose columns are all 0; 0 where no event can lie in it */
    double log_rate;  /* its logarithm; NaN where the rate is 0 or not estimable */
    double std_error; /* of log_rate */
} msp_piecewise_period;

typedef struct msp_piecewise {
    size_t n, n_events, n_columns;
    msp_piecewise_period *periods;
    size_t n_periods;                         /* n_cuts + 1 */
    msp_parametric_coefficient *coefficients; /* n_columns: log hazard ratios */
    double *covariance; /* n_periods + n_columns squared: of the log rates, then the coefficients */
    double loglik;
    int iterations;
    const char *note; /* NULL; else why there is no estimate */
} msp_piecewise;      /* {0} is empty */

/* MSP_ENODATA without a row; MSP_ERANGE (row) for an impossible time, entry or value, (no row) for
 * cuts that do not increase from above 0; MSP_EMEM. What cannot be estimated is MSP_OK with a note,
 * or, of a period that nobody is followed in, NaN. */
msp_status msp_piecewise_fit(const msp_piecewise_data *data, msp_piecewise *out, msp_error *err);
void msp_piecewise_free(msp_piecewise *model);

/* P(T > t) of those with the columns x (n_columns; NULL: all 0); NaN beyond a period whose rate is
 * not estimable. */
double msp_piecewise_survival(const msp_piecewise *model, const double *x, double t);

MSP_END
#endif
