/*
 * design.h - the design block: what size and looks follow from. Times are in months and hazards per
 * month, as docs/protocol-form.md says; which of the values were said decides what is computed.
 */
#ifndef MSPIKE_PROTOCOL_DESIGN_H
#define MSPIKE_PROTOCOL_DESIGN_H

#include "mspike/form/said.h"

MSP_BEGIN

/* The order is that of the variants in the schema. */
#define MSP_DESIGN_LIST(X)                      \
    X(GROUP_SEQUENTIAL, "group-sequential")     \
    X(SIMON, "simon")                           \
    X(ONE_SAMPLE_LOGRANK, "one-sample-logrank") \
    X(PROPORTIONS, "proportions")               \
    X(SINGLE_STAGE, "single-stage")             \
    X(MEANS, "means")                           \
    X(MEDIAN, "median")
typedef enum msp_planned_design_kind {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_DESIGN_##name,
    MSP_DESIGN_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_design_kind;

#define MSP_FORMULA_LIST(X)     \
    X(SCHOENFELD, "schoenfeld") \
    X(FREEDMAN, "freedman")     \
    X(LAKATOS, "lakatos")
typedef enum msp_planned_formula {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_FORMULA_##name,
    MSP_FORMULA_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_formula;

#define MSP_BOUNDARY_LIST(X)            \
    X(OBRIEN_FLEMING, "obrien-fleming") \
    X(POCOCK, "pocock")                 \
    X(WANG_TSIATIS, "wang-tsiatis")
typedef enum msp_planned_boundary_kind {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_BOUNDARY_##name,
    MSP_BOUNDARY_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_boundary_kind;

#define MSP_SPENDING_LIST(X)                       \
    X(OBRIEN_FLEMING, "lan-demets-obrien-fleming") \
    X(POCOCK, "lan-demets-pocock")                 \
    X(KIM_DEMETS, "kim-demets")                    \
    X(HWANG_SHIH_DECANI, "hwang-shih-decani")      \
    X(USER, "user")
typedef enum msp_planned_spending_kind {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_SPENDING_##name,
    MSP_SPENDING_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_spending_kind;

/* A value that holds from a time on, until the next one's. */
typedef struct msp_planned_step {
    msp_place at;
    msp_said_number from, value;
} msp_planned_step;
typedef MSP_SAID_LIST(msp_planned_step) msp_planned_steps;

/* A median, or hazards by time. */
typedef struct msp_planned_curve {
    msp_place at;
    msp_said_number median;
    msp_planned_steps hazard;
} msp_planned_curve;

#define MSP_ARRIVALS_LIST(X) \
    X(EVEN, "even")          \
    X(POISSON, "poisson")
typedef enum msp_planned_arrivals {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_ARRIVALS_##name,
    MSP_ARRIVALS_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_arrivals;

typedef struct msp_planned_accrual {
    msp_place at;
    msp_said_number duration;
    msp_planned_steps rate;   /* patients a month; empty: even over the duration */
    msp_said_choice arrivals; /* msp_planned_arrivals */
} msp_planned_accrual;

/* Probability of dropping out within `per` months. */
typedef struct msp_planned_dropout {
    msp_place at;
    msp_said_number experimental, control, per;
} msp_planned_dropout;

/* A boundary, a spending function, or (for futility) fixed z values. */
typedef struct msp_planned_boundary {
    msp_place at;
    msp_said_choice boundary;    /* msp_planned_boundary_kind; line 0: a spending function */
    msp_said_number delta;       /* wang-tsiatis */
    msp_said_choice spending;    /* msp_planned_spending_kind; line 0: a boundary */
    msp_said_number rho;         /* kim-demets */
    msp_said_number gamma;       /* hwang-shih-decani */
    msp_said_numbers cumulative; /* user */
    msp_said_numbers z;          /* futility: one less than looks */
    msp_said_flag binding;       /* futility */
} msp_planned_boundary;

typedef struct msp_planned_looks {
    msp_place at;
    msp_said_numbers information; /* increasing to 1 */
    msp_planned_boundary efficacy, futility;
} msp_planned_looks;

/* Fractions that never have the event. */
typedef struct msp_planned_cure {
    msp_place at;
    msp_said_number experimental, control;
} msp_planned_cure;

/* A kind of patient: its share, its hazards to those of the curves, and what the experimental
 * arm's hazards are times as well. */
typedef struct msp_planned_stratum {
    msp_place at;
    msp_said_number share, hazard_ratio, effect;
    msp_said_flag subgroup; /* of those that may go on alone */
} msp_planned_stratum;

#define MSP_SCENARIO_TEST_LIST(X)             \
    X(LOGRANK, "logrank")                     \
    X(MODESTLY_WEIGHTED, "modestly-weighted") \
    X(MAXCOMBO, "maxcombo")                   \
    X(RESTRICTED_MEAN, "restricted-mean")     \
    X(MILESTONE, "milestone")
typedef enum msp_planned_test_kind {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_TEST_##name,
    MSP_SCENARIO_TEST_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_test_kind;

/* Weights S^rho (1 - S)^gamma are those of the log-rank test. */
typedef struct msp_planned_scenario_test {
    msp_place at;
    msp_said_choice kind; /* msp_planned_test_kind */
    msp_said_flag stratified;
    msp_said_count rho, gamma;
    msp_said_number time; /* of the last three but maxcombo, months */
} msp_planned_scenario_test;

#define MSP_LOOK_RULE_LIST(X) \
    X(EVENTS, "events")       \
    X(MONTH, "month")         \
    X(EARLIER, "earlier")     \
    X(LATER, "later")
typedef enum msp_planned_look_rule {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_LOOK_##name,
    MSP_LOOK_RULE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_look_rule;

/* When the looks are taken: in a month, or what comes first or last of it and the events. */
typedef struct msp_planned_when {
    msp_place at;
    msp_said_choice rule; /* msp_planned_look_rule */
    msp_said_numbers months;
} msp_planned_when;

/* An experimental arm beyond the first. */
typedef struct msp_planned_further_arm {
    msp_place at;
    msp_said_number hazard_ratio; /* to control */
} msp_planned_further_arm;

#define MSP_INTERSECTION_LIST(X) \
    X(BONFERRONI, "bonferroni")  \
    X(DUNNETT, "dunnett")
typedef enum msp_planned_intersection {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_INTERSECTION_##name,
    MSP_INTERSECTION_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_intersection;

/* What goes on after a look. */
typedef struct msp_planned_choice {
    msp_place at;
    msp_said_count look, keep;
    msp_said_number threshold;
} msp_planned_choice;

/* Events found anew before the last look. */
typedef struct msp_planned_reestimate {
    msp_place at;
    msp_said_number power, max_events;
    msp_said_flag trend;
} msp_planned_reestimate;

/* Survival behind the endpoint: tested once, where the endpoint's claim was made. */
typedef struct msp_planned_survival {
    msp_place at;
    msp_said_number deaths;          /* fraction of the events that are deaths */
    msp_said_number median_after;    /* months from the event to death, control */
    msp_said_number hazard_ratio;    /* after it, experimental to control */
    msp_said_number crossover;       /* fraction of the control arm that crosses over then */
    msp_said_number crossover_ratio; /* their hazard to that of those who do not */
    msp_said_count events;           /* deaths at which it is tested */
    msp_said_number alpha;           /* one-sided */
} msp_planned_survival;

/* What a simulation changes. */
typedef struct msp_planned_scenario {
    msp_place at;
    const char *id;
    msp_planned_steps hazard_ratio;
    msp_planned_curve control;
    msp_said_number shape; /* of Weibull curves */
    msp_planned_cure cured;
    msp_planned_accrual accrual;
    msp_planned_dropout dropout;
    MSP_SAID_LIST(msp_planned_stratum) strata;
    msp_planned_scenario_test test;
    msp_planned_survival survival;
    msp_planned_when looks;
    MSP_SAID_LIST(msp_planned_further_arm) arms;
    msp_said_choice multiplicity; /* msp_planned_intersection */
    msp_planned_choice choose;
    msp_planned_reestimate reestimate;
} msp_planned_scenario;

#define MSP_SIMON_LIST(X) \
    X(OPTIMAL, "optimal") \
    X(MINIMAX, "minimax") \
    X(ADMISSIBLE, "admissible")
typedef enum msp_planned_simon_choice {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_SIMON_##name,
    MSP_SIMON_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_simon_choice;

/* A probability of being free of the event at a time. */
typedef struct msp_planned_rate {
    msp_place at;
    msp_said_number rate, time;
} msp_planned_rate;

/* On which the interval of a curve is made. */
#define MSP_SCALE_LIST(X) \
    X(PLAIN, "plain")     \
    X(LOG, "log")         \
    X(LOG_LOG, "log-log") \
    X(LOGIT, "logit")     \
    X(ARCSINE, "arcsine")
typedef enum msp_planned_scale {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_SCALE_##name,
    MSP_SCALE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_scale;

typedef struct msp_planned_design {
    msp_place at;
    msp_said_choice kind; /* msp_planned_design_kind */
    msp_said_number alpha, power;
    msp_said_count sided;
    msp_said_numbers allocation; /* experimental, control */
    msp_planned_accrual accrual;
    msp_said_number follow_up; /* after the last patient */
    msp_said_count max_sample_size;
    msp_said_count trials; /* of a simulation */

    /* group-sequential */
    msp_said_number events;
    msp_planned_steps hazard_ratio; /* experimental to control; one step: proportional hazards */
    msp_planned_curve control;
    msp_said_choice formula; /* msp_planned_formula */
    msp_planned_dropout dropout;
    msp_planned_looks looks; /* not said: one, at full information */
    MSP_SAID_LIST(msp_planned_scenario) scenarios;

    msp_said_number p0, p1, p2;          /* simon, single-stage: p0, p1; proportions: p1, p2 */
    msp_said_number difference, sd;      /* means */
    msp_said_choice choice;              /* simon: msp_planned_simon_choice */
    msp_planned_rate null, alternative;  /* one-sample-logrank */
    msp_said_number null_median, median; /* median: of no interest, hoped for */
    msp_said_choice interval;            /* median: msp_planned_scale */
} msp_planned_design;

MSP_END
#endif
