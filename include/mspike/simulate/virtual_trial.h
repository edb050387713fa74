/*
 * virtual_trial.h - virtual trials through the real evaluators: patients are made, judged by the
 * criteria of response/, and their times derived by endpoint/, as those of a real trial are.
 */
#ifndef MSPIKE_SIMULATE_VIRTUAL_TRIAL_H
#define MSPIKE_SIMULATE_VIRTUAL_TRIAL_H

#include "mspike/endpoint/define.h"
#include "mspike/response/judge.h"
#include "mspike/simulate/virtual_patient.h"

MSP_BEGIN

/* What became of a patient after a crossover: as below, from the day of the crossover on. */
typedef struct msp_virtual_after {
    double pfs, true_pfs, survival;
    bool crossed; /* false: he stayed, and nothing else is said */
    bool event, true_event;
    uint8_t best;
} msp_virtual_after;

/* What became of one patient: as the trial saw it, and as it was. Times in days, as PFS and
 * survival count them: the day of randomisation is 1. */
typedef struct msp_virtual_outcome {
    double pfs, true_pfs, survival;
    /* An event by the cut-off of the data; true_event looks beyond withdrawal. */
    bool event, true_event, died;
    double delay; /* days from true to detected progression; NaN where either is not there */
    uint8_t arm, cell, best; /* best confirmed msp_response_level */
    uint16_t visits;         /* with samples, the baseline's among them */
    msp_virtual_after after;
} msp_virtual_outcome;

/* Everything that following one trial after another needs; one a thread. */
typedef struct msp_virtual_watch {
    const msp_virtual_plan *plan;
    msp_criteria criteria, followed; /* `followed` beyond the next therapy */
    bool beyond;                     /* the rules of PFS look there */
    msp_tte_rules rules;
    const msp_tte_definition *pfs;
    msp_tte_definition pfs_after; /* a crossover */
    msp_virtual_work work;
    msp_judge judge;
    msp_arena arena; /* of one timeline after another */
    uint8_t *arm, *cell;
    msp_virtual_outcome *outcomes; /* of the last trial: plan->n, in the order of randomisation */
} msp_virtual_watch;

/* `rules`: NULL for the protocol's. Frees what it made on failure. MSP_EINPUT for rules that cannot
 * be, MSP_EMEM. */
msp_status msp_virtual_watch_init(msp_virtual_watch *watch, const msp_virtual_plan *plan,
                                  const msp_rules *rules, msp_error *err);
void msp_virtual_watch_free(msp_virtual_watch *watch);

/* One patient, as msp_virtual_patient_make has it. MSP_EMEM. */
msp_status msp_virtual_follow(msp_virtual_watch *watch, uint64_t seed, uint64_t trial,
                              uint32_t number, size_t arm, size_t cell, msp_virtual_outcome *out,
                              msp_error *err);

/* Trial `trial` of a seed into watch->outcomes. MSP_EMEM. */
msp_status msp_virtual_trial_follow(msp_virtual_watch *watch, uint64_t seed, uint64_t trial,
                                    msp_error *err);

MSP_END
#endif
