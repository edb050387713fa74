/*
 * run.h - many virtual trials of one plan, and what they add up to.
 *
 * Memory does not grow with the number of trials. Results are the same bits for any number of
 * threads and ranks: trials go in fixed pieces, and the pieces are added in their order.
 */
#ifndef MSPIKE_SIMULATE_RUN_H
#define MSPIKE_SIMULATE_RUN_H

#include "mspike/base/progress.h"
#include "mspike/base/team.h"
#include "mspike/simulate/trial.h"

MSP_BEGIN

/* Sums over trials. */
typedef struct msp_sim_sum {
    uint64_t n;
    double sum, squares;
} msp_sim_sum;

typedef struct msp_sim_look {
    uint64_t reached, efficacy, futility, harm; /* trials */
    double time;                                /* sum over those that reached it */
} msp_sim_look;

typedef struct msp_sim_result {
    uint64_t trials;                    /* done */
    uint64_t efficacy, harm;            /* claims, at whichever look */
    uint64_t short_of_events;           /* trials with a look whose events never came */
    msp_sim_sum time, events, enrolled; /* at the end of each trial */
    msp_sim_sum log_ratio;              /* where it could be estimated */
    uint64_t covered;        /* of those: 95 % Wald intervals that hold the ratio given */
    uint64_t survival;       /* claims of the second endpoint, after those of the first */
    uint64_t survival_alone; /* Z beyond its boundary, whatever became of the first */
    msp_sim_sum survival_time;
    /* general: trials in which hypothesis h was claimed, and was tested to the end */
    uint64_t claimed[MSP_SIM_HYPOTHESES_MAX], kept[MSP_SIM_HYPOTHESES_MAX];
    uint64_t untested; /* with a look at which the test could not be made */
    size_t n_looks;
    msp_sim_look look[MSP_LOOKS_MAX];
    uint64_t digest; /* over every trial's outcome; whatever their order */
} msp_sim_result;

/* Runs trials 0 .. trials - 1 of a seed. `log_ratio` is the true one, for coverage (NaN: none).
 * threads 0: one a processor. MSP_EINTERRUPTED where `progress` asked to stop: *out then holds the
 * trials done. MSP_ERANGE, MSP_EMEM. */
msp_status msp_sim_run(const msp_sim_plan *plan, uint64_t seed, uint64_t trials, double log_ratio,
                       size_t threads, const msp_progress *progress, msp_sim_result *out,
                       msp_error *err);

/* The same on a graphics processor, with the same bits: plans of exponential times, one kind of
 * patient, the plain log-rank test and at most 1,024 patients. MSP_EUNSUPPORTED for others, where
 * there is no such processor, and in a build without it (-DMSP_CUDA=ON has it); MSP_ESYSTEM. */
msp_status msp_sim_run_gpu(const msp_sim_plan *plan, uint64_t seed, uint64_t trials,
                           double log_ratio, const msp_progress *progress, msp_sim_result *out,
                           msp_error *err);
/* The same by all ranks of a team, each of which calls it with the same plan, seed and trials: rank
 * 0 has the sums of all, which are the same bits for any number of ranks and threads; elsewhere
 * *out holds none. Status and error are the same everywhere; any rank's `progress` can stop all. */
msp_status msp_sim_run_team(const msp_team *team, const msp_sim_plan *plan, uint64_t seed,
                            uint64_t trials, double log_ratio, size_t threads,
                            const msp_progress *progress, msp_sim_result *out, msp_error *err);

/* Of a sum: the mean, and its Monte Carlo standard error. NaN for nothing. */
double msp_sim_mean(const msp_sim_sum *sum);
double msp_sim_std_error(const msp_sim_sum *sum);
/* Of a share of n trials. */
double msp_sim_share_std_error(uint64_t k, uint64_t n);

MSP_END
#endif
