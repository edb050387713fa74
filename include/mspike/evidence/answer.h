/*
 * answer.h - what can be said for a population and an endpoint, how sure, on which records; what
 * cannot be said, and what would close the gap.
 *
 * A statement has a name that stays the same from one run to the next, and the results that it
 * rests on: so two answers can be compared, and a change traced to a record (compare.h).
 *
 * How sure: a comparison starts as high and goes down one step for each of: a subgroup; a whole
 * trial that only stands for the population; a published synthesis in place of the trial; weighted
 * time; a trial that was stopped early; controls who crossed over (overall survival); no trial of
 * its own and a way over two comparisons or more; an interval with no effect in it; fewer than 100
 * patients. The steps that were taken are named. docs/methods/evidence-answer.md.
 */
#ifndef MSPIKE_EVIDENCE_ANSWER_H
#define MSPIKE_EVIDENCE_ANSWER_H

#include "mspike/evidence/baseline.h"
#include "mspike/evidence/eligible.h"
#include "mspike/evidence/pooled.h"

MSP_BEGIN

typedef struct msp_answer_query {
    msp_choice_query choice;
    bool higher_is_better;           /* of the measure */
    const msp_history_said *history; /* of a patient to ask the trials about; or NULL */
    const char *baseline; /* the trial whose control arm gives the baseline; NULL: baseline.h */
    double level;         /* of intervals in absolute terms; 0: 0.95 */
} msp_answer_query;

#define MSP_CERTAINTY_LIST(X) \
    X(VERY_LOW, "very low")   \
    X(LOW, "low")             \
    X(MODERATE, "moderate")   \
    X(HIGH, "high")
typedef enum msp_certainty {
#define MSP_AS_ENUM(name, text) MSP_CERTAINTY_##name,
    MSP_CERTAINTY_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_certainty;
const char *msp_certainty_name(msp_certainty certainty);

#define MSP_STATEMENT_LIST(X)                                                                  \
    X(BRIEF, "in-short")     /* the statements below in a few sentences */                     \
    X(SHAPE, "shape")        /* of the evidence */                                             \
    X(EFFECT, "effect")      /* one treatment does better than another */                      \
    X(OPEN, "not-separated") /* two treatments cannot be told apart */                         \
    X(BOUND, "bound")        /* what would hold if a mixed control arm had been one regimen */ \
    X(MODIFICATION, "modification") /* a part of a trial beside the whole */                   \
    X(MEDIANS, "medians")           /* from two medians only */                                \
    X(ALONE, "single-arm")          /* of one arm, compared with nothing */                    \
    X(WARNING, "caution")
typedef enum msp_statement_kind {
#define MSP_AS_ENUM(name, text) MSP_STATEMENT_##name,
    MSP_STATEMENT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_statement_kind;
const char *msp_statement_kind_name(msp_statement_kind kind);

typedef struct msp_statement {
    msp_statement_kind kind;
    const char *id;                /* "BVd:Vd", "shape" */
    const char *text;              /* one sentence */
    int certainty;                 /* msp_certainty; -1: none is given */
    const char *why;               /* the steps down; "" where there was none */
    const msp_pair *pair;          /* EFFECT, OPEN; else NULL */
    double estimate, lower, upper; /* BOUND, MEDIANS: as a ratio or difference; else NaN */
    const char *const *records;    /* names of results */
    size_t n_records;
} msp_statement;

/* Something not known, and the trials that would tell. */
typedef struct msp_gap {
    const char *id, *text;
    const char *source, *page; /* who says so; "" where the file's own results show it */
    const char *closed_by;     /* "" where nothing in the file would */
} msp_gap;

/* A harm or a burden of a regimen of the answer. */
typedef struct msp_harm_line {
    const char *regimen, *kind, *text, *source, *page;
} msp_harm_line;

/* A planned trial, and whether it would have taken the patient. */
typedef struct msp_planned_line {
    const msp_evidence_trial *trial;
    bool has_result; /* of this population and endpoint, in the file */
    int eligible;    /* msp_eligible; -1: no patient was given */
    const char *why; /* "" for yes */
} msp_planned_line;

/* One treatment beside the baseline of its network (baseline.h), with the exact Bayesian estimate
 * and interval, or the common-effect ones without. */
typedef struct msp_absolute_line {
    size_t component; /* whose `baselines` it is */
    const char *treatment;
    const msp_pair *pair;    /* with the baseline's regimen; NULL: that itself */
    double ratio, std_error; /* log hazard ratio that was used */
    msp_absolute median;     /* months */
    msp_absolute at_12;      /* without the event at 12 months, 0 to 1 */
    msp_baseline printed; /* what a trial printed of this treatment itself; `arm` NULL: nothing */
} msp_absolute_line;

/* What one trial printed of a treatment, compared with nothing: naive beside the other lines. */
typedef struct msp_printed_line {
    msp_baseline print;
    msp_absolute at_12; /* without the event at 12 months as if exponential, 0 to 1 */
} msp_printed_line;

typedef struct msp_answer {
    msp_statement *statements;
    msp_gap *gaps;
    msp_harm_line *harms;
    msp_planned_line *planned;
    msp_baseline *baselines; /* of each component; `arm` NULL where none is printed; hazard ratios
                                only, else NULL */
    msp_absolute_line *absolutes; /* component by component, the baseline's first */
    msp_printed_line *printed;    /* of a time to event: each regimen of which a trial printed a
                                     median or a rate, the most without the event first */
    const char **without_harm;    /* treatments of which the file says nothing of harm or burden */
    size_t n_statements, n_gaps, n_harms, n_planned, n_absolutes, n_printed, n_without_harm;
    msp_arena arena; /* owns the above; evidence, choice and pooled have to outlive it */
} msp_answer;

/* Texts are the file's words and ours; MSP_EMEM. */
msp_status msp_answer_make(const msp_evidence *evidence, const msp_choice *choice,
                           const msp_pooled *pooled, const msp_answer_query *query, msp_answer *out,
                           msp_error *err);
void msp_answer_free(msp_answer *answer);

/* Share of a study's estimate in that of a pair: 1 where the pair is this study alone. */
double msp_answer_flow(const msp_pooled *pooled, const msp_pair *pair, const msp_chosen *study);

MSP_END
#endif
