/*
 * analysis.h - the planned analyses: an endpoint in a population, compared, tested and estimated,
 * with an interval level for each statistic.
 *
 * A block that a protocol leaves out is not asked for (its place's line is 0), but for the median,
 * which every time-to-event analysis has.
 */
#ifndef MSPIKE_PROTOCOL_ANALYSIS_H
#define MSPIKE_PROTOCOL_ANALYSIS_H

#include "mspike/form/said.h"

MSP_BEGIN

/* Two arms; a hazard ratio is experimental to control. */
typedef struct msp_comparison {
    msp_place at;
    msp_said_text experimental, control; /* arms */
} msp_comparison;

#define MSP_TEST_LIST(X)         \
    X(LOGRANK, "logrank")        \
    X(FLEMING_HARRINGTON, "fh")  \
    X(MODESTLY_WEIGHTED, "mwlr") \
    X(MAXCOMBO, "maxcombo")      \
    X(INTERVAL, "interval")      \
    X(CMH, "cmh")                \
    X(FISHER, "fisher")          \
    X(CHI_SQUARE, "chi-square")
typedef enum msp_test_kind {
#define MSP_AS_ENUM(name, text) MSP_TEST_##name,
    MSP_TEST_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_test_kind;

typedef struct msp_planned_test {
    msp_place at;
    msp_said_choice kind;       /* msp_test_kind */
    msp_said_texts strata;      /* of the stratification */
    msp_said_count sided;       /* 1 or 2 */
    msp_said_number alpha;      /* on all sides together */
    msp_said_number rho, gamma; /* fh */
    msp_said_number time;       /* mwlr, in the endpoint's unit */
} msp_planned_test;

#define MSP_TIES_LIST(X)    \
    X(EFRON, "efron")       \
    X(BRESLOW, "breslow")   \
    X(DISCRETE, "discrete") \
    X(MARGINAL, "marginal")
typedef enum msp_planned_ties {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_TIES_##name,
    MSP_TIES_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_ties;

typedef struct msp_hazard_ratio {
    msp_place at;
    msp_said_choice ties;      /* msp_planned_ties */
    msp_said_texts strata;     /* of the stratification */
    msp_said_texts covariates; /* columns of the subjects */
    msp_said_number level;     /* of the interval */
} msp_hazard_ratio;

#define MSP_SURVIVAL_INTERVAL_LIST(X) \
    X(LOG_LOG, "log-log")             \
    X(LOG, "log")                     \
    X(PLAIN, "plain")                 \
    X(ARCSINE, "arcsine")
typedef enum msp_survival_interval {
#define MSP_AS_ENUM(name, text) MSP_SURVIVAL_INTERVAL_##name,
    MSP_SURVIVAL_INTERVAL_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_survival_interval;

/* The median, or the median follow-up (reverse Kaplan-Meier). */
typedef struct msp_median {
    msp_place at;
    msp_said_choice interval; /* msp_survival_interval */
    msp_said_number level;
} msp_median;

typedef struct msp_survival_at {
    msp_place at;
    msp_said_numbers times;   /* in the endpoint's unit */
    msp_said_choice interval; /* msp_survival_interval */
    msp_said_number level;
} msp_survival_at;

/* Restricted mean survival time. */
typedef struct msp_restricted_mean {
    msp_place at;
    msp_said_number until; /* in the endpoint's unit */
    msp_said_number level;
} msp_restricted_mean;

#define MSP_RATE_INTERVAL_LIST(X)         \
    X(CLOPPER_PEARSON, "clopper-pearson") \
    X(WILSON, "wilson")                   \
    X(AGRESTI_COULL, "agresti-coull")     \
    X(JEFFREYS, "jeffreys")               \
    X(WALD, "wald")
typedef enum msp_rate_interval {
#define MSP_AS_ENUM(name, text) MSP_RATE_INTERVAL_##name,
    MSP_RATE_INTERVAL_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_rate_interval;

typedef struct msp_rate {
    msp_place at;
    msp_said_choice interval; /* msp_rate_interval */
    msp_said_number level;
} msp_rate;

#define MSP_COVARIANCE_LIST(X)                \
    X(UNSTRUCTURED, "unstructured")           \
    X(COMPOUND_SYMMETRY, "compound-symmetry") \
    X(AR1, "ar1")                             \
    X(TOEPLITZ, "toeplitz")
typedef enum msp_planned_covariance { /* in the order of stats/mmrm.h */
#define MSP_AS_ENUM(name, text) MSP_PLANNED_##name,
                                      MSP_COVARIANCE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_covariance;

#define MSP_MEANS_DF_LIST(X)          \
    X(KENWARD_ROGER, "kenward-roger") \
    X(SATTERTHWAITE, "satterthwaite")
typedef enum msp_planned_df {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_##name,
    MSP_MEANS_DF_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_df;

/* Means by visit from a mixed model for repeated measures. */
typedef struct msp_planned_means {
    msp_place at;
    msp_said_choice covariance; /* msp_planned_covariance */
    msp_said_choice df;         /* msp_planned_df */
    msp_said_number level;
    msp_said_number mid; /* minimal important difference; the instrument's, or the rules' */
} msp_planned_means;

#define MSP_CONVENTION_LIST(X) \
    X(R, "r")                  \
    X(SAS, "sas")
typedef enum msp_planned_convention {
#define MSP_AS_ENUM(name, text) MSP_PLANNED_CONVENTION_##name,
    MSP_CONVENTION_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_planned_convention;

typedef struct msp_analysis {
    msp_place at;
    const char *id;
    msp_said_text title, number; /* of its table */
    msp_said_text endpoint, population;
    msp_said_text cutoff;                      /* one of the trial's */
    msp_said_count look;                       /* of the design, from 1 */
    MSP_SAID_LIST(msp_comparison) comparisons; /* empty: all arms side by side */
    msp_planned_test test;
    msp_hazard_ratio hazard_ratio;
    msp_median median, follow_up;
    msp_survival_at survival_at;
    msp_restricted_mean restricted_mean;
    msp_rate rate;
    msp_planned_means means;
    msp_said_texts subgroups;
    msp_said_choice convention; /* msp_planned_convention; said: goes before the command line's */
} msp_analysis;

/* -- several hypotheses -- */

#define MSP_MULTIPLICITY_LIST(X)        \
    X(BONFERRONI, "bonferroni")         \
    X(HOLM, "holm")                     \
    X(HOCHBERG, "hochberg")             \
    X(FIXED_SEQUENCE, "fixed-sequence") \
    X(GRAPHICAL, "graphical")
typedef enum msp_multiplicity_kind { /* the first four in the order of stats/multiplicity.h */
#define MSP_AS_ENUM(name, text) MSP_MULTIPLICITY_##name,
                                     MSP_MULTIPLICITY_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_multiplicity_kind;

/* Where the weight of a rejected hypothesis goes. */
typedef struct msp_weight_transfer {
    msp_place at;
    msp_said_text from, to; /* analyses */
    msp_said_number part;
} msp_weight_transfer;

/* The analyses whose tests share one alpha. */
typedef struct msp_multiplicity {
    msp_place at;
    msp_said_text title, number; /* of its table */
    msp_said_choice kind;        /* msp_multiplicity_kind */
    msp_said_texts analyses;     /* in their order */
    msp_said_number alpha;
    msp_said_numbers weights; /* graphical: of each analysis */
    MSP_SAID_LIST(msp_weight_transfer) transfers;
} msp_multiplicity;

/* The published results that the report sets the trial among, and the question asked of them. */
typedef struct msp_published {
    msp_place at;
    msp_said_texts files;               /* evidence files; a path is from the protocol's folder */
    msp_said_text population, endpoint; /* names of the evidence files */
    msp_said_text reference;            /* compare with this one; NULL: the most compared */
} msp_published;

MSP_END
#endif
