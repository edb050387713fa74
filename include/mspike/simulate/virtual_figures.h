/*
 * virtual_figures.h - the figures that a publication gives of a trial, of very many virtual
 * patients: so that what is supposed of them can be held against what was published.
 *
 * Everybody is followed as the plan says, judged and timed as in a trial, so a median is the
 * Kaplan-Meier median of detected progression and a response is the best confirmed one.
 */
#ifndef MSPIKE_SIMULATE_VIRTUAL_FIGURES_H
#define MSPIKE_SIMULATE_VIRTUAL_FIGURES_H

#include "mspike/simulate/virtual_trial.h"

MSP_BEGIN

/* Outcomes of n patients of each arm, as arm[a][0 .. n - 1]. */
typedef struct msp_virtual_crowd {
    const msp_virtual_plan *plan;
    size_t n;
    msp_virtual_outcome *arm[MSP_VIRTUAL_ARMS_MAX]; /* NULL for an arm that was left out */
} msp_virtual_crowd;

/* Follows n patients of each arm whose bit is set in `arms`; the same bits for any number of
 * threads. Outcomes of other arms stay, where *crowd has any of the same n; {0} is empty. MSP_EMEM.
 */
msp_status msp_virtual_crowd_follow(const msp_virtual_plan *plan, uint64_t seed, size_t n,
                                    uint32_t arms, size_t threads, msp_virtual_crowd *crowd,
                                    msp_error *err);
void msp_virtual_crowd_free(msp_virtual_crowd *crowd);

/* The figure that a target names, of an arm, or of those who went over (plan->crossover.to: times
 * from the crossover, which need the arm that they come from): months, a fraction, or the hazard
 * ratio of progression- free survival to the plan's control arm (Cox's model with a stratum a cell,
 * both arms as the protocol allocates). NaN where it cannot be estimated, or nobody went over.
 * MSP_EMEM. */
msp_status msp_virtual_figure_of(const msp_virtual_crowd *crowd, size_t arm,
                                 const msp_virtual_target *target, double *out, msp_error *err);

/* The same of what is true: true progression-free survival instead of the detected. */
msp_status msp_virtual_true_figure(const msp_virtual_crowd *crowd, size_t arm,
                                   const msp_virtual_target *target, double *out, msp_error *err);

MSP_END
#endif
