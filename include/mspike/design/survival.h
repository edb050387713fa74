/*
 * survival.h - the size, power and calendar of a group-sequential trial of two arms with a
 * time-to-event endpoint.
 *
 * Z is that of the log-rank test, positive where the experimental arm does better; with d events
 * and shares p of the patients its mean is taken as
 *   Schoenfeld (Biometrika 68:316, 1981)  sqrt(d p_e p_c) log(1 / theta)
 *   Freedman (Stat Med 1:121, 1982)       sqrt(d r) (1 - theta) / (1 + r theta), r = p_e / p_c
 *   Lakatos (Biometrics 44:229, 1988)     msp_lakatos_effect, for hazards that are not proportional
 * Months throughout. What was not given is NaN, and so is what does not follow.
 */
#ifndef MSPIKE_DESIGN_SURVIVAL_H
#define MSPIKE_DESIGN_SURVIVAL_H

#include "mspike/design/boundary.h"
#include "mspike/design/events.h"

MSP_BEGIN

typedef enum msp_effect_formula {
    MSP_EFFECT_SCHOENFELD,
    MSP_EFFECT_FREEDMAN,
    MSP_EFFECT_LAKATOS,
} msp_effect_formula;

typedef struct msp_survival_plan {
    msp_looks looks;
    msp_effect_formula formula;
    double hazard_ratio;  /* theta; NaN where it changes in time, which needs Lakatos */
    double share;         /* of the experimental arm */
    double power, events; /* one of the two */
    bool has_enrolment;   /* without: events and boundaries only */
    /* Rates are patients a month where `rates_are_known`, else their shape alone: then one of
     * sample_size and follow_up makes them. */
    msp_two_arms trial;
    bool rates_are_known;
    double sample_size, follow_up;
} msp_survival_plan;

typedef struct msp_survival_design {
    msp_boundaries boundaries;
    double events, sample_size;
    double follow_up, study_duration; /* to the last look */
    double look_events[MSP_LOOKS_MAX], look_time[MSP_LOOKS_MAX], look_enrolled[MSP_LOOKS_MAX];
    double upper_ratio[MSP_LOOKS_MAX], lower_ratio[MSP_LOOKS_MAX];      /* hazard ratios there */
    double events_h0, events_h1, duration_h0, duration_h1, enrolled_h1; /* expected at the end */
    const char *note;    /* why there is no sample size or no calendar; NULL where there is */
    const char *caution; /* what the power takes for granted; NULL where nothing unusual */
} msp_survival_design;

/* The mean of Z for one event; `time` matters to Lakatos alone. */
double msp_effect_per_event(const msp_survival_plan *plan, double time);
/* The hazard ratio at which Z is expected to be z after d events: exp(-z / sqrt(d p_e p_c)). */
double msp_ratio_at(double z, double events, double share);

/* MSP_ERANGE for a plan that cannot reach its power or its events, MSP_EUNSUPPORTED for a ratio
 * that changes without Lakatos, and what msp_boundaries_for_power says. */
msp_status msp_survival_design_find(const msp_survival_plan *plan, msp_survival_design *out,
                                    msp_error *err);

MSP_END
#endif
