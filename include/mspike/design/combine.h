/*
 * combine.h - more events than planned, chosen at a look: the error of the first kind stays.
 *
 * The stages' Z, each from its own events alone, are combined with weights that were fixed before,
 * and held against the planned boundaries:
 *
 *     Z_k = sum_j sqrt(t_j - t_(j-1)) Y_j / sqrt(t_k)        Y_j = (z_j sqrt(d_j) - z_(j-1)
 *                                                                 sqrt(d_(j-1))) / sqrt(d_j -
 * d_(j-1))
 *
 * t planned shares of information, d events reached, z the log-rank test's of all data so far.
 * Whatever the numbers of events were chosen by, Z_k is that of the plan where there is no effect.
 * Cui, Hung, Wang, Biometrics 55:853 (1999); Lehmacher, Wassmer, Biometrics 55:1286 (1999).
 *
 * With events chosen by what else the data showed than z (another endpoint of the same patients)
 * the stages of a time-to-event trial are not independent, and nothing of this holds.
 */
#ifndef MSPIKE_DESIGN_COMBINE_H
#define MSPIKE_DESIGN_COMBINE_H

#include "mspike/design/look.h"

MSP_BEGIN

/* Z of the first `n` looks; events increase. */
double msp_combined_z(const double *share, const double *events, const double *z, size_t n);

/* The analysis at the last look given with the combined Z, at the planned shares and boundaries.
 * The estimate is the effect that makes the combined Z 0, the repeated interval is around it; there
 * is no median-unbiased one. MSP_ERANGE as for msp_look_analyse. */
msp_status msp_look_combine(const msp_survival_plan *plan, const msp_survival_design *design,
                            const msp_look_data *data, msp_look_analysis *out, msp_error *err);

typedef struct msp_reestimate {
    double power;      /* asked for: conditional, at the last look */
    double max_events; /* in all; INFINITY: no limit */
    bool trend;        /* under the effect estimated, else the plan's */
} msp_reestimate;

typedef struct msp_reestimated {
    double events;       /* in all, whole; the planned number at least */
    double power;        /* conditional, with these */
    double power_before; /* with the planned number */
    bool limited;        /* by max_events: the power is less than was asked for */
} msp_reestimated;

/* Before the last look: how many events it takes. MSP_ERANGE where more than one look is to come or
 * none, where the effect is none, or where max_events is fewer than planned. */
msp_status msp_look_reestimate(const msp_survival_plan *plan, const msp_survival_design *design,
                               const msp_look_data *data, const msp_reestimate *how,
                               msp_reestimated *out, msp_error *err);

MSP_END
#endif
