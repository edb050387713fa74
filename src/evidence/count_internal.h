/* count_internal.h - what counts of events say of the log odds of arms, given tau. */
#ifndef MSP_EVIDENCE_COUNT_INTERNAL_H
#define MSP_EVIDENCE_COUNT_INTERNAL_H

#include "mspike/evidence/network.h"

enum { COUNT_KNOTS = 72 };

/* One arm: its binomial likelihood averaged over the arm's own deviation, normal with variance
 * tau^2 / 2, as a function of the log odds that are expected. Knots of value and slope. */
typedef struct msp__count_arm {
    size_t treat;
    double events, n;
    double prior;          /* precision of the log odds, mean 0 */
    double centre, spread; /* of the log odds as counted, halves added */
    double lo, step;       /* of the knots */
    double value[COUNT_KNOTS], slope[COUNT_KNOTS];
} msp__count_arm;

/* The arms from `first` on are one study's. */
typedef struct msp__count_study {
    size_t first, n_arm;
} msp__count_study;

typedef struct msp__counts {
    msp__count_arm *arm; /* by study */
    msp__count_study *study;
    size_t n_arm, n_study, n_treat;
    double *gradient, *hessian; /* scratch of a study: [n_treat], [n_treat * n_treat] */
} msp__counts;

/* Makes the knots of every arm for this tau > 0. */
void msp__counts_at(msp__counts *counts, double tau);
/* The log likelihood of the effects [n_treat] at that tau, each study's level of risk integrated
 * out; unless NULL, its gradient [n_treat] and Hessian [n_treat * n_treat] are added to. */
double msp__counts_log_likelihood(const msp__counts *counts, const double *effect, double *gradient,
                                  double *hessian);

#endif
