/* km_limits.h - limits of survival probabilities, for whole curves at once. */
#ifndef MSP_STATS_KM_LIMITS_H
#define MSP_STATS_KM_LIMITS_H

#include "mspike/stats/km.h"

/*
 * Limits of survival[i], whose logarithm has standard error se[i], z normal quantiles wide; the
 * formulas stand in km.h.
 */
void msp__km_limits(msp_km_interval interval, double z, const double *survival, const double *se,
                    size_t n, double *lower, double *upper);

#endif
