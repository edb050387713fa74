/*
 * describe.h - mean, standard deviation and quantiles of numbers.
 *
 * A sample quantile has no single definition (Hyndman & Fan, Am Stat 50:361, 1996), so the one used
 * is stated: type 7 is R's default, type 2 that of SAS (PCTLDEF=5).
 */
#ifndef MSPIKE_STATS_DESCRIBE_H
#define MSPIKE_STATS_DESCRIBE_H

#include "mspike/stats/convention.h"

MSP_BEGIN

typedef struct msp_describe {
    size_t n;
    double mean;               /* NaN when n is 0 */
    double standard_deviation; /* with n - 1; NaN when n is below 2 */
    double minimum, lower_quartile, median, upper_quartile, maximum; /* NaN when n is 0 */
} msp_describe;

/* Describes x[0..n); rows with NaN, and rows where keep (may be NULL) is 0, are left out. The
 * mean and the variance take two passes. MSP_EMEM. Time O(n log n). */
msp_status msp_describe_numbers(const double *x, const uint8_t *keep, size_t n,
                                msp_convention convention, msp_describe *out, msp_error *err);

/* The p-quantile, 0 <= p <= 1, of n > 0 numbers sorted ascending. */
double msp_describe_quantile(const double *sorted, size_t n, double p, msp_convention convention);
/* "type 7" or "type 2", as a footnote names it. */
const char *msp_describe_quantile_name(msp_convention convention);

MSP_END
#endif
