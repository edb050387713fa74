/*
 * record.h - results as records, and the curves that figures are drawn from.
 *
 * Every number that leaves `analysis` is one record; tables, figures, JSON and evidence are views
 * of the records. No number is computed in `report`, `cli` or `server`: what a page prints is
 * found here, or is not printed.
 */
#ifndef MSPIKE_ANALYSIS_RECORD_H
#define MSPIKE_ANALYSIS_RECORD_H

#include "mspike/base/arena.h"
#include "mspike/base/json.h"

MSP_BEGIN

/* What a record's `statistic` may be. The text column is its name in results.json. */
#define MSP_STATISTIC_LIST(X)                                                                     \
    X(COUNT, "count")       /* patients; `n` is the denominator */                                \
    X(CATEGORY, "category") /* patients of `category` of a variable */                            \
    X(MEAN, "mean")         /* `std_error` holds the standard deviation */                        \
    X(QUANTILE, "quantile") /* at `at`, 0 to 1; 0 and 1 are the range */                          \
    X(EVENTS, "events")     /* of time to event */                                                \
    X(CENSORED, "censored")                                                                       \
    X(SURVIVAL_QUANTILE, "survival_quantile") /* time by which `at` of the patients had it */     \
    X(SHORTEST, "shortest")                   /* time; `events` 0: censored */                    \
    X(LONGEST, "longest")                     /* the same */                                      \
    X(SURVIVAL_AT, "survival_at")             /* probability at time `at` */                      \
    X(AT_RISK, "at_risk")                     /* patients at risk just before time `at` */        \
    X(EVENTS_BY, "events_by")                 /* events up to and at time `at` */                 \
    X(CENSORED_BY, "censored_by")             /* censored up to and at time `at` */               \
    X(RESTRICTED_MEAN, "restricted_mean")     /* mean time up to `at` */                          \
    X(FOLLOW_UP, "follow_up")                 /* median, reverse Kaplan-Meier */                  \
    X(TEST, "test")                           /* `estimate` is the statistic named by `method` */ \
    X(HAZARD_RATIO, "hazard_ratio")                                                               \
    X(INTERACTION, "interaction")     /* test of treatment by subgroup */                         \
    X(RATE, "rate")                   /* proportion of patients */                                \
    X(ADJUSTED_MEAN, "adjusted_mean") /* at the visit in `category`, of a mixed model */          \
    X(IMPORTANT_DIFFERENCE, "important_difference") /* `note` says whether it is reached */       \
    X(DIFFERENCE, "difference")                                                                   \
    X(RISK_RATIO, "risk_ratio")                                                                   \
    X(ODDS_RATIO, "odds_ratio")                                                                   \
    X(INCIDENCE, "incidence") /* patients with an adverse event; `events` of them */              \
    X(EXPOSURE_ADJUSTED, "exposure_adjusted") /* patients with one a 100 years at risk */         \
    X(EVENT_RATE, "event_rate")               /* events a 100 patient-years */                    \
    X(WORST_GRADE, "worst_grade")             /* patients whose worst is grade `at` */            \
    X(SHIFT, "shift") /* patients whose worst grade is `at`, of baseline grade `category` */      \
    X(ADJUSTED_P, "adjusted_p") /* of the analysis named in `category`; `level` is alpha */

typedef enum msp_statistic {
#define MSP_AS_ENUM(name, text) MSP_STATISTIC_##name,
    MSP_STATISTIC_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_statistic;

/* Texts are never NULL; "" where one does not apply. NaN stands for "does not apply or cannot be
 * estimated": `note` then says why, and results.json holds null. `estimate` holds the number itself
 * for every statistic, counts included; `n` is what it was counted or estimated in. */
typedef struct msp_record {
    const char *analysis;   /* id in the protocol, such as "pfs-itt" */
    const char *population; /* "ITT" */
    const char *endpoint;   /* "PFS"; a baseline table has its variable here */
    const char *subgroup;   /* variable, "" for all patients */
    const char *level_name; /* level of the subgroup */
    const char *arm;        /* arm, or comparison as "KRd v Rd", or "" for all arms */
    const char *category;   /* of a categorical variable */
    msp_statistic statistic;
    double at;
    double estimate, std_error, lower, upper;
    double level;        /* of the interval: 0.95 */
    double df, p, log_p; /* of a test */
    const char *sided;   /* of p: "two-sided", "one-sided" */
    const char *method;  /* how, in words: "log-log", "Cox, Efron ties" */
    const char *unit;    /* "months" */
    int64_t n, events;   /* -1 where they do not apply */
    int digits;          /* decimals that the numbers were collected with; -1: unknown */
    const char *note;
} msp_record;

/* One Kaplan-Meier curve: one row per distinct time, increasing; S before the first is 1. */
typedef struct msp_curve {
    const char *analysis, *population, *endpoint, *subgroup, *level_name, *arm, *unit;
    double level;       /* of the band */
    const char *method; /* of the band */
    size_t n_patients, n;
    const double *time, *survival, *lower, *upper;
    const double *at_risk, *events, *censored; /* at that time */
} msp_curve;

/* One line of a report's provenance. */
typedef struct msp_source {
    const char *file, *sha256;
    size_t rows;
} msp_source;

typedef struct msp_results {
    msp_arena arena; /* owns every text and array below */
    msp_record *records;
    size_t n_records, cap_records;
    msp_curve *curves;
    size_t n_curves, cap_curves;
    msp_source *sources;
    size_t n_sources, cap_sources;
    const char *version;    /* of mspike */
    const char *convention; /* "r" or "sas" */
    uint64_t seed;
    const char *cutoff; /* data cut-off, ISO 8601; "" when none is known */
    /* Whose assessment the responses are, and whose they were to be: "irc"; NULL: as the tables of
     * the study have it. */
    const char *assessor, *assessor_planned;
    bool simulated; /* the study says of itself that its patients are */
} msp_results;      /* {0} holds nothing and is ready to use */

/* A record with every text "", every number NaN, every count -1. */
msp_record msp_record_empty(void);
/* Appends a copy; its texts are copied into the arena, and a NULL text becomes "". The pointer is
 * good until the next call. NULL when memory is out; the results then stay as they were. */
msp_record *msp_results_add(msp_results *results, const msp_record *record);
/* The same for a curve; its arrays are copied too. */
msp_curve *msp_results_add_curve(msp_results *results, const msp_curve *curve);
msp_status msp_results_add_source(msp_results *results, const char *file, const char *sha256,
                                  size_t rows, msp_error *err);

/* What to look for; NULL texts match anything, "" only what is empty. */
typedef struct msp_record_query {
    const char *analysis, *population, *endpoint, *subgroup, *level_name, *arm, *category;
    int statistic; /* -1 matches any */
    double at;     /* NaN matches any */
} msp_record_query;
msp_record_query msp_record_query_any(void);
/* The first match after `after` (NULL: from the beginning), or NULL. */
const msp_record *msp_results_find(const msp_results *results, const msp_record_query *query,
                                   const msp_record *after);
/* The curve of an analysis, subgroup, level and arm (NULL matches any), or NULL. */
const msp_curve *msp_results_find_curve(const msp_results *results, const char *analysis,
                                        const char *subgroup, const char *level_name,
                                        const char *arm);

const char *msp_statistic_name(msp_statistic statistic);
/* The whole as results.json: {"mspike": version, "convention", "seed", "cutoff", "sources": [...],
 * "records": [...], "curves": [...]}. A text that is "", a count that is -1 and a number that does
 * not apply are left out; `estimate`, and the limits of an interval whose level is given, are null
 * where they cannot be estimated. */
void msp_results_json(const msp_results *results, msp_json *json);
void msp_results_free(msp_results *results);

MSP_END
#endif
