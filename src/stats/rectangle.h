/* rectangle.h - the probability that correlated normal variables leave a box. */
#ifndef MSP_STATS_RECTANGLE_H
#define MSP_STATS_RECTANGLE_H

#include <stddef.h>

#include "mspike/base/status.h"

enum { MSP_RECTANGLE_MAX = 6, MSP_RECTANGLE_RANK = 3 };

/*
 * *p = P(not every lower[i] <= Z_i <= upper[i]) for standard normal Z with the m x m correlation
 * matrix, which may be singular; 1 <= m <= MSP_RECTANGLE_MAX, limits may be infinite. Right to
 * 1e-10 of itself. MSP_EUNSUPPORTED where more than MSP_RECTANGLE_RANK of the variables are
 * independent.
 */
msp_status msp__rectangle_outside(const double *correlation, size_t m, const double *lower,
                                  const double *upper, double *p, msp_error *err);

#endif
