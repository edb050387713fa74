/*
 * ttest.h - the means of two groups, or of one.
 *
 * Welch: t = (m1 - m2) / sqrt(v1/n1 + v2/n2) on Satterthwaite's degrees of freedom; pooled: one
 * variance for both groups on n1 + n2 - 2. A paired test is the one-sample test of the differences.
 * docs/methods/continuous.md.
 */
#ifndef MSPIKE_STATS_TTEST_H
#define MSPIKE_STATS_TTEST_H

#include <stdbool.h>

#include "mspike/stats/proportion.h"

MSP_BEGIN

typedef struct msp_t_test {
    double mean1, mean2; /* mean2 is the mean tested, with one group */
    double std_error, t, df;
    msp_prob p;
    msp_interval difference; /* mean1 - mean2 */
} msp_t_test;

/* Compares x1[0..n1) to x2[0..n2). `confidence` gives the level, the side of the limits and of the
 * test (MSP_LESS: the first mean is lower). Too few values, or values that do not differ, have no
 * test: NaN, with difference.note. MSP_ERANGE for a value that is not finite (err->row counts x1,
 * then x2) or a level. */
msp_status msp_ttest_two(const double *x1, size_t n1, const double *x2, size_t n2, bool pooled,
                         const msp_confidence *confidence, msp_t_test *out, msp_error *err);
msp_status msp_ttest_one(const double *x, size_t n, double mean, const msp_confidence *confidence,
                         msp_t_test *out, msp_error *err);

MSP_END
#endif
