/*
 * dist.h - normal and chi-square probabilities and quantiles, tails and logarithms included.
 *
 * The numbers are those of R's own library (libRmath). Arguments outside a function's domain give
 * NaN, and never reach that library, which would print. Thread-safe.
 */
#ifndef MSPIKE_STATS_DIST_H
#define MSPIKE_STATS_DIST_H

#include "mspike/base/status.h"

MSP_BEGIN

/* A probability and its natural logarithm: log_p is right where p has underflowed to 0. */
typedef struct msp_prob {
    double p, log_p;
} msp_prob;

/* P(Z <= z), P(Z > z) and P(|Z| > |z|) of a standard normal variable. */
msp_prob msp_dist_normal_lower(double z);
msp_prob msp_dist_normal_upper(double z);
msp_prob msp_dist_normal_two_sided(double z);
/* z with P(Z <= z) = p, 0 <= p <= 1; infinite at the ends. */
double msp_dist_normal_quantile(double p);
/* z with log P(Z <= z) = log_p, log_p <= 0. */
double msp_dist_normal_quantile_log(double log_p);
/* The z that bounds a two-sided interval: 1.96 for level 0.95; NaN unless 0 < level < 1. */
double msp_dist_normal_limit(double level);

/* P(X > x) and P(X <= x) of a chi-square variable with df > 0 degrees of freedom. */
msp_prob msp_dist_chisq_upper(double x, double df);
msp_prob msp_dist_chisq_lower(double x, double df);
/* x with P(X <= x) = p. */
double msp_dist_chisq_quantile(double p, double df);

MSP_END
#endif
