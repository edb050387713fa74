/*
 * project.h - when the events of a running trial will come.
 *
 * What is known is how many patients came and how many events there were by a month, blinded. The
 * plan's rates are taken to its end at the pace seen so far: every rate of enrolment times one
 * factor, every hazard times another, so that the patients and the events expected by that month
 * are those there are. Patients come in until the planned number is reached, or, where enrolment
 * should be over, no more do.
 *
 * Of k events more, the last comes when the events expected from now on reach a Gamma(k) quantile,
 * as those of a Poisson process do: the limits hold at this pace, and do not count that it is
 * estimated.
 */
#ifndef MSPIKE_DESIGN_PROJECT_H
#define MSPIKE_DESIGN_PROJECT_H

#include "mspike/base/arena.h"
#include "mspike/design/look.h"

MSP_BEGIN

typedef struct msp_trial_so_far {
    double month;    /* since the first patient, above 0 */
    double events;   /* above 0 */
    double enrolled; /* NaN: as planned */
} msp_trial_so_far;

typedef struct msp_projection {
    double enrolment_factor, hazard_factor; /* to the plan */
    double enrolled, sample_size;           /* now; in the end */
    double last_patient;                    /* month; NaN: enrolment never reaches the plan */
    size_t n;                               /* looks */
    double events[MSP_LOOKS_MAX];           /* whole */
    double time[MSP_LOOKS_MAX]; /* month; NaN: they never come; the given one for looks behind */
    double lower[MSP_LOOKS_MAX], upper[MSP_LOOKS_MAX]; /* 95 % prediction limits */
    bool reached[MSP_LOOKS_MAX];
} msp_projection;

/* MSP_ERANGE for a state that no pace leads to (as many events as patients, say), or a plan without
 * accrual. Working memory is `arena`'s. */
msp_status msp_project(const msp_survival_plan *plan, const msp_survival_design *design,
                       const msp_trial_so_far *so_far, msp_arena *arena, msp_projection *out,
                       msp_error *err);

MSP_END
#endif
