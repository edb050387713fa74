/*
 * proportion.h - x of n patients: the proportion, its interval, its exact test.
 *
 * With a the part of the error on one side (alpha / 2, or alpha one-sided), z its normal quantile
 * and p = x / n, the limits are
 *
 *   Clopper-Pearson   the p for which P(X >= x) = a and P(X <= x) = a
 *   mid-p             the same, P(X = x) counted by half
 *   Wilson            (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n);
 *                     "corrected" moves x by half a patient outwards
 *   Agresti-Coull     Wald's, about (x + z^2 / 2) / (n + z^2)
 *   Jeffreys          quantiles a and 1 - a of Beta(x + 1/2, n - x + 1/2); 0 at x = 0, 1 at x = n
 *   Wald              p -+ z sqrt(p (1 - p) / n)
 *
 * clipped to [0, 1]. Brown, Cai & DasGupta, Stat Sci 16:101 (2001); Newcombe, Stat Med 17:857
 * (1998). docs/methods/proportions.md has a worked example.
 */
#ifndef MSPIKE_STATS_PROPORTION_H
#define MSPIKE_STATS_PROPORTION_H

#include "mspike/stats/convention.h"
#include "mspike/stats/dist.h"

MSP_BEGIN

/* An estimate with its limits. What is not estimable is NaN, and `note` says why; a limit may be
 * infinite, which `note` says too. */
typedef struct msp_interval {
    double estimate, lower, upper;
    const char *note; /* NULL, or static text */
} msp_interval;

/* How sure, and on which side: MSP_LESS leaves only the upper limit, MSP_GREATER the lower one; the
 * other is the end of the range. */
typedef struct msp_confidence {
    double level; /* 0 < level < 1 */
    msp_alternative side;
} msp_confidence;

/* MSP_ERANGE unless 0 < level < 1. */
msp_status msp_confidence_check(const msp_confidence *confidence, msp_error *err);
/* The part of the error beyond one limit: (1 - level) / 2, or 1 - level. */
double msp_confidence_tail(const msp_confidence *confidence);

typedef enum msp_proportion_method {
    MSP_CLOPPER_PEARSON,
    MSP_WILSON,
    MSP_WILSON_CORRECTED,
    MSP_AGRESTI_COULL,
    MSP_JEFFREYS,
    MSP_MID_P,
    MSP_WALD,
} msp_proportion_method;

/* "clopper-pearson", "wilson", "wilson-cc", "agresti-coull", "jeffreys", "mid-p", "wald". */
const char *msp_proportion_method_name(msp_proportion_method method);

/* x of n; n = 0 is not estimable. MSP_ERANGE unless 0 <= x <= n <= 2^53 and 0 < level < 1. */
msp_status msp_proportion(int64_t x, int64_t n, msp_proportion_method method,
                          const msp_confidence *confidence, msp_interval *out, msp_error *err);

/*
 * The exact test of a proportion p0, 0 <= p0 <= 1. Two-sided: the sum of the probabilities of all
 * outcomes that are no likelier than x, likelihoods within 1e-7 being equal (as R's binom.test).
 * MSP_LESS: P(X <= x). The p of n = 0 is 1. MSP_ERANGE as above.
 */
msp_status msp_proportion_test(int64_t x, int64_t n, double p0, msp_alternative alternative,
                               msp_prob *out, msp_error *err);

MSP_END
#endif
