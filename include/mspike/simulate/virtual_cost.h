/*
 * virtual_cost.h - what measuring costs: the same virtual trials as they are and as they are seen,
 * with other intervals of visits, missed visits and samples, and other rules of confirmation.
 *
 * A trial is analysed twice, by what was detected and by what is true; both with everybody whom the
 * trial has, up to the cut-off of the data. Differences are taken within a trial, so that chance in
 * who came in drops out of them. docs/methods/virtual-patients.md.
 */
#ifndef MSPIKE_SIMULATE_VIRTUAL_COST_H
#define MSPIKE_SIMULATE_VIRTUAL_COST_H

#include "mspike/base/progress.h"
#include "mspike/simulate/run.h"
#include "mspike/simulate/virtual_trial.h"

MSP_BEGIN

typedef enum msp_virtual_confirmation {
    MSP_CONFIRM_AS_RULED, /* as the protocol's rules have it */
    MSP_CONFIRM_NOTHING,  /* one assessment is enough */
    MSP_CONFIRM_SECOND,   /* dated by the assessment that confirms */
} msp_virtual_confirmation;

/* One way of measuring; what is not changed is the protocol's. */
typedef struct msp_virtual_way {
    const char *name;
    int every;                         /* days between visits; 0: the protocol's visits */
    double missed_visits, missed_labs; /* negative: the protocol's */
    msp_virtual_confirmation confirmation;
} msp_virtual_way;

/* The ways that the command compares; returns how many. */
size_t msp_virtual_ways(const msp_virtual_way **out);

/* Sums over trials. Times are in months, the delay in days a patient. */
typedef struct msp_virtual_cost {
    uint64_t trials;
    msp_sim_sum median[2], true_median[2]; /* of the experimental arm and the control */
    msp_sim_sum median_bias[2];            /* seen less true, where both are reached */
    msp_sim_sum log_ratio, true_log_ratio, log_ratio_bias;
    msp_sim_sum delay; /* from true to detected progression, in those with both */
    msp_sim_sum events, true_events;
    uint64_t claims, true_claims; /* Z of the stratified log-rank test beyond `boundary` */
    uint64_t visits, patients;
    uint64_t digest; /* over every patient's outcome; whatever the order of the trials */
} msp_virtual_cost;

/* Follows trials 0 .. trials - 1 of a seed; the same bits for any number of threads. A trial of one
 * arm has neither ratio nor claims. MSP_EINTERRUPTED where `progress` asked to stop: *out then
 * holds what was done. MSP_EMEM, and what msp_virtual_plan_make fails with. */
msp_status msp_virtual_cost_of(const msp_protocol *protocol, const msp_virtual_way *way,
                               uint64_t seed, uint64_t trials, size_t threads, double boundary,
                               const msp_progress *progress, msp_virtual_cost *out, msp_error *err);

MSP_END
#endif
