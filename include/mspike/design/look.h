/*
 * look.h - the analysis at a look of a group-sequential trial: boundary, decision, estimates that
 * account for the looks, and what is to be expected of the rest.
 *
 * Effects are hazard ratios, experimental to control: exp(-theta), where theta is the mean of
 * Z / sqrt(I) and I = d p_e p_c after d events.
 *
 * Repeated interval: Jennison, Turnbull, J R Stat Soc B 51:305 (1989). Stage-wise ordering, with
 * its p, interval and median-unbiased estimate: Tsiatis, Rosner, Mehta, Biometrics 40:797 (1984). A
 * futility boundary enters it where it is binding. Predictive power averages the conditional power
 * over the normal law of the effect around its estimate (a flat prior).
 */
#ifndef MSPIKE_DESIGN_LOOK_H
#define MSPIKE_DESIGN_LOOK_H

#include "mspike/design/survival.h"

MSP_BEGIN

/* The looks so far. */
typedef struct msp_look_data {
    size_t n;
    double events[MSP_LOOKS_MAX]; /* cumulative, increasing */
    double z[MSP_LOOKS_MAX];      /* positive: the experimental arm does better */
    bool final;                   /* no look will follow, whatever the events */
    /* Boundaries and information as planned (the k-th look has the k-th planned share), not at the
     * share of the events reached. */
    bool as_planned;
} msp_look_data;

#define MSP_DECISION_LIST(X)          \
    X(CONTINUE, "continue")           \
    X(STOP_EFFICACY, "stop-efficacy") \
    X(STOP_FUTILITY, "stop-futility") \
    X(STOP_HARM, "stop-harm")         \
    X(STOP_NO_EFFECT, "stop-no-effect")
typedef enum msp_decision {
#define MSP_AS_ENUM(name, text) MSP_DECISION_##name,
    MSP_DECISION_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_decision;

typedef struct msp_ratio_interval {
    double lower, upper, level;
} msp_ratio_interval;

/* What is NaN does not exist: `note` says why. */
typedef struct msp_look_analysis {
    msp_boundaries boundaries; /* the looks so far, at their information, and those to come */
    size_t look;               /* index of the last look given */
    double information;        /* its share of the plan's */
    double p;                  /* P(Z >= z), one look alone */
    double estimate;           /* the hazard ratio that Z stands for */
    msp_decision decision;
    msp_ratio_interval repeated;
    const char *repeated_note; /* why there is none; NULL where there is one */
    double stage_wise_p;       /* both sides where the test has two */
    double median_unbiased;
    msp_ratio_interval final;
    double conditional_power;       /* under the plan's effect */
    double conditional_power_trend; /* under the estimate */
    double predictive_power;
    const char *note;       /* why there is no final inference; NULL where there is */
    const char *power_note; /* why there is no conditional power; NULL where there is */
    const char *warning;    /* what is odd about the looks; NULL where nothing is */
} msp_look_analysis;

const char *msp_decision_name(msp_decision decision);

/* The events that the plan ends with, rounded up to whole ones where they follow from a power:
 * what shares of information refer to. */
double msp_planned_events(const msp_survival_plan *plan, const msp_survival_design *design);

/* MSP_ERANGE for looks that do not grow, too many, or where as_planned has more than were planned.
 */
msp_status msp_look_analyse(const msp_survival_plan *plan, const msp_survival_design *design,
                            const msp_look_data *data, msp_look_analysis *out, msp_error *err);

MSP_END
#endif
