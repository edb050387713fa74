/*
 * incidence.h - events per time of exposure, taken as Poisson.
 *
 * Rate d / T with the exact limits of Garwood (Biometrika 28:437, 1936). The ratio of two rates is
 * exact given all events: d1 of d1 + d2 is binomial, and the limits of that proportion p become
 * those of the ratio p / (1 - p) * T2 / T1 (as R's poisson.test); Wald's, of its logarithm, beside
 * it. docs/methods/continuous.md.
 */
#ifndef MSPIKE_STATS_INCIDENCE_H
#define MSPIKE_STATS_INCIDENCE_H

#include "mspike/stats/proportion.h"

MSP_BEGIN

typedef struct msp_exposure {
    int64_t events;
    double time; /* of exposure of all patients together, in any unit: rates are per that unit */
} msp_exposure;

/* No time: not estimable. MSP_ERANGE for a negative count or time, or a level. */
msp_status msp_incidence_rate(const msp_exposure *exposure, const msp_confidence *confidence,
                              msp_interval *out, msp_error *err);

typedef struct msp_incidence_pair {
    msp_interval ratio;      /* of the first rate to the second, exact limits */
    msp_interval ratio_wald; /* NaN limits where a count is 0 */
    msp_interval difference; /* of the first rate and the second, Wald */
    msp_prob p;              /* exact, of equal rates; two-sided by the unlikelier outcomes */
} msp_incidence_pair;

msp_status msp_incidence_compare(const msp_exposure *first, const msp_exposure *second,
                                 const msp_confidence *confidence, msp_incidence_pair *out,
                                 msp_error *err);

MSP_END
#endif
