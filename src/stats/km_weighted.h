/* km_weighted.h - a Kaplan-Meier curve whose rows have case weights. */
#ifndef MSP_STATS_KM_WEIGHTED_H
#define MSP_STATS_KM_WEIGHTED_H

#include "mspike/stats/km.h"

/* The writable arrays of one curve, cut from its block. */
typedef struct km_arrays {
    double *time, *at_risk, *events, *censored, *survival, *std_error, *lower, *upper;
} km_arrays;

/* The rows of one group: positions in the order, in time order, and with entry times (else NULL)
 * indices into its entries, by entry. */
typedef struct km_group {
    const msp_order *order;
    const uint32_t *at;
    size_t n;
    const uint32_t *by_entry;
} km_group;

/* MSP_ERANGE for a weight that is none, or a cluster out of range. */
msp_status msp__km_check_weights(const msp_order *order, const msp_km_options *options,
                                 msp_error *err);

/* Fills everything but the limits; std_error is that of log S, infinite where S is 0. Each sum is
 * kept in two doubles, so that rows at one time may come in any order. */
msp_status msp__km_weigh(const km_arrays *a, size_t n_rows, const km_group *group,
                         const msp_km_options *options, msp_error *err);

#endif
