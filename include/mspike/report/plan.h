/*
 * plan.h - what a report shows and what it calls things: filled from the protocol by whoever knows
 * it. The numbers all come from records, which the plan names by analysis, arm and variable.
 *
 * All texts are borrowed, UTF-8, and never NULL where a comment does not say so; "" leaves a thing
 * out. A plan of {0} with a title is a report without a table.
 *
 * Records that the report looks for, all with `analysis` = the id given here:
 *   column heads   COUNT of the arm, endpoint "", subgroup "" (else of the plan's population, else
 * n of any record of that analysis and arm); arm "" is the total summaries      endpoint =
 * variable: CATEGORY by category; COUNT, MEAN, QUANTILE of a number time to event  by arm: COUNT or
 * n, EVENTS, CENSORED, SURVIVAL_QUANTILE, SHORTEST, LONGEST, SURVIVAL_AT, FOLLOW_UP; by comparison
 * or arm "": TEST, HAZARD_RATIO; rates by arm: RATE, CATEGORY, by comparison DIFFERENCE,
 * ODDS_RATIO, TEST; means by arm and visit: ADJUSTED_MEAN, by comparison DIFFERENCE,
 * IMPORTANT_DIFFERENCE
 *   subgroups      the same with `subgroup` and `level_name`; INTERACTION by subgroup Rows that a
 * plan asks for by name (levels, landmarks, comparisons) print a dash and a note where no record is
 * found; other rows are left out.
 */
#ifndef MSPIKE_REPORT_PLAN_H
#define MSPIKE_REPORT_PLAN_H

#include "mspike/analysis/cases.h"
#include "mspike/report/format.h"

MSP_BEGIN

#define MSP_PLAN_ARMS_MAX 6

/* What records call it, and what readers do. */
typedef struct msp_plan_name {
    const char *name, *label;
} msp_plan_name;

/* A term and what stands beside it: facts of the title block, abbreviations. */
typedef struct msp_plan_entry {
    const char *term, *text;
} msp_plan_entry;

/* A variable of a summary, or what patients are divided by into subgroups. */
typedef struct msp_plan_variable {
    const char *name, *label;
    const char *unit; /* "" or NULL: none */
    int digits;       /* of the collected numbers: means get one more, standard deviations two */
    const msp_plan_name *levels; /* in order; n_levels 0: as they come in the records */
    size_t n_levels;
} msp_plan_variable;

/* A table of counts and summaries by arm: disposition, baseline. */
typedef struct msp_plan_summary {
    const char *id;     /* of the records */
    const char *number; /* "14.1.2" */
    const char *title;
    const char *population, *population_label; /* "ITT", "Intention to treat" */
    const msp_plan_variable *variables;
    size_t n_variables;
    const char *const *footnotes;
    size_t n_footnotes;
} msp_plan_summary;

typedef struct msp_plan_comparison {
    const char *name;                   /* as records call it: "KRd v Rd" */
    const char *label;                  /* "KRd v Rd" */
    const char *experimental, *control; /* names of arms; where the ratio stands in the table */
} msp_plan_comparison;

/* A time-to-event analysis: its table, Kaplan-Meier figure, and subgroups. A number of four parts
 * ("14.2.1.1") is that of the first table and figure, what follows counts on; one of fewer parts
 * ("14.2.1") gets a part appended. */
typedef struct msp_plan_analysis {
    const char *id, *number, *title;
    const char *population, *population_label;
    const char *endpoint_label;
    const char *time_unit; /* "months" */
    const char *y_label;   /* of the curves, without "(%)"; "" or NULL: "Patients without event" */
    const char *origin;    /* "randomisation": the axis reads "Months since randomisation" */
    const char *const *arms; /* names, in order; n_arms 0: all of the plan */
    size_t n_arms;
    const msp_plan_comparison *comparisons;
    size_t n_comparisons;
    const double *landmarks; /* n_landmarks 0: those found in the records */
    size_t n_landmarks;
    bool figure;
    const char *reached; /* of rates, what those are called who are counted: "Responders" */
    bool rates;          /* of responders, instead of a time to event */
    bool means;          /* of a score by visit, instead of a time to event */
    bool categories;     /* of rates: how many had each response stands in the table as well */
    const msp_plan_variable *subgroups;
    size_t n_subgroups;
    const char *const *methods; /* sentences: test, strata, sides, interval, ties, levels */
    size_t n_methods;
    const char *const *footnotes;
    size_t n_footnotes;
} msp_plan_analysis;

/* The tests that share one alpha; records ADJUSTED_P of the analysis "multiplicity". */
typedef struct msp_plan_multiplicity {
    const char *title, *number; /* number "" or NULL: behind the analyses */
    const msp_plan_name *tests; /* analyses and what they are called */
    size_t n_tests;             /* 0: there is none */
} msp_plan_multiplicity;

typedef struct msp_report_plan {
    const char *title;           /* of the trial */
    const char *acronym;         /* stands in every page's head; "" or NULL: the title does */
    const msp_plan_entry *facts; /* registry, protocol version, phase: in order */
    size_t n_facts;
    const msp_plan_name *arms; /* at most MSP_PLAN_ARMS_MAX */
    size_t n_arms;
    const msp_plan_summary *summaries;
    size_t n_summaries;
    const msp_plan_analysis *analyses;
    size_t n_analyses;
    msp_plan_multiplicity multiplicity;
    const struct msp_evidence_page *evidence; /* published results that it ends with, or NULL:
                                                 evidence.h of this room */
    const msp_cases *cases;     /* figures of patients; NULL or none: no such section */
    const char *const *methods; /* of the whole: conventions, units of time */
    size_t n_methods;
    const msp_plan_entry *abbreviations;
    size_t n_abbreviations;
    msp_format format; /* msp_format_default() */
} msp_report_plan;

MSP_END
#endif
