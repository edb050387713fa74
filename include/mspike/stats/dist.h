/*
 * dist.h - probabilities and quantiles, tails and logarithms included: normal, chi-square, t, F,
 * beta, binomial, hypergeometric.
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

/* P(T <= t), P(T > t) and P(|T| > |t|) of Student's t with df > 0, infinite included. */
msp_prob msp_dist_t_lower(double t, double df);
msp_prob msp_dist_t_upper(double t, double df);
msp_prob msp_dist_t_two_sided(double t, double df);
/* The t that bounds a two-sided interval; NaN unless 0 < level < 1. */
double msp_dist_t_limit(double level, double df);

/* P(X > x) of an F variable with df > 0 and df_error > 0, one of them finite. */
msp_prob msp_dist_f_upper(double x, double df, double df_error);

/* P(X <= x) and P(X > x) of a beta variable with a, b > 0; 0 <= x <= 1. */
msp_prob msp_dist_beta_lower(double x, double a, double b);
msp_prob msp_dist_beta_upper(double x, double a, double b);

/* log P(X = x), P(X <= x) and P(X >= x) of x successes in n trials of probability p. Whole numbers
 * up to 2^53; x outside 0..n is certain or impossible. */
double msp_dist_binomial_log(double x, double n, double p);
msp_prob msp_dist_binomial_at_most(double x, double n, double p);
msp_prob msp_dist_binomial_at_least(double x, double n, double p);

/* log P(X = x): x white balls among `drawn` from an urn of `white` and `black` ones. */
double msp_dist_hypergeometric_log(double x, double white, double black, double drawn);

MSP_END
#endif
