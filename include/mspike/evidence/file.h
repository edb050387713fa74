/*
 * file.h - the evidence file: published results as they were printed, each with the place that
 * said it. docs/evidence.md describes the form; `schema` below is the form itself.
 *
 * Numbers stay the texts that were written, for their last digit says how much they can be
 * trusted; msp_printed_parse reads them. Everything lives in the file's arena.
 */
#ifndef MSPIKE_EVIDENCE_FILE_H
#define MSPIKE_EVIDENCE_FILE_H

#include "mspike/base/findings.h"
#include "mspike/evidence/printed.h"
#include "mspike/form/schema.h"
#include "mspike/protocol/treatment.h"

MSP_BEGIN

typedef struct msp_evidence_drug {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_choice drug_class; /* msp_drug_class */
} msp_evidence_drug;

/* What is given together. A mixed regimen stands for a control arm in which the physician chose. */
typedef struct msp_evidence_regimen {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_texts drugs;   /* names of drugs */
    msp_said_texts one_of;  /* names of regimens, of a mixed one */
    msp_said_text schedule; /* the burden of it, in words */
    msp_said_text source, page;
} msp_evidence_regimen;

typedef struct msp_evidence_population {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_text within; /* a larger population; NULL: none */
    msp_said_flag all;    /* all patients of a trial, whoever they are */
    msp_said_flag varies; /* those assessed: other ones from result to result */
} msp_evidence_population;

#define MSP_EVIDENCE_ENDPOINT_LIST(X) \
    X(TIME, "time-to-event")          \
    X(RATE, "rate")                   \
    X(MEAN, "mean")                   \
    X(SHARE, "share")
typedef enum msp_evidence_endpoint_kind {
#define MSP_AS_ENUM(name, text) MSP_EVIDENCE_##name,
    MSP_EVIDENCE_ENDPOINT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_evidence_endpoint_kind;

typedef struct msp_evidence_endpoint {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_choice kind;   /* msp_evidence_endpoint_kind */
    msp_said_choice better; /* 0 lower: less of it is better; 1 higher */
    msp_said_flag harm;     /* shown beside the benefit */
} msp_evidence_endpoint;

typedef struct msp_evidence_source {
    msp_place at;
    const char *id;
    msp_said_text text, file;
} msp_evidence_source;

#define MSP_STAGE_LIST(X) \
    X(INTERIM, "interim") \
    X(PRIMARY, "primary") \
    X(UPDATE, "update")   \
    X(FINAL, "final")     \
    X(EXPLORATORY, "exploratory")
typedef enum msp_stage_of_analysis {
#define MSP_AS_ENUM(name, text) MSP_STAGE_##name,
    MSP_STAGE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_stage_of_analysis;

/* What was printed of one arm. `value`: the median in months of a time to event, the percentage at
 * `time` where the result has one, the percentage of patients of a rate or a share, the mean. */
typedef struct msp_evidence_arm {
    msp_place at;
    const char *id;          /* name of a regimen */
    msp_said_count n, count; /* patients; those of them with the event of a rate */
    msp_said_text value;
    msp_said_texts interval; /* two */
    msp_said_number level;
    msp_said_choice interval_kind; /* 0 confidence, 1 range: what the print calls it */
    msp_said_count events;
} msp_evidence_arm;

#define MSP_MEASURE_LIST(X) \
    X(HR, "HR")             \
    X(OR, "OR")             \
    X(RR, "RR")             \
    X(IRR, "IRR")           \
    X(RD, "RD")             \
    X(MD, "MD")
typedef enum msp_measure {
#define MSP_AS_ENUM(name, text) MSP_MEASURE_##name,
    MSP_MEASURE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_measure;
/* HR, OR, RR and IRR are analysed as logarithms. */
bool msp_measure_is_ratio(msp_measure measure);
const char *msp_measure_name(msp_measure measure);

/* A comparison: the first of `compare` to the second. */
typedef struct msp_evidence_effect {
    msp_place at;
    msp_said_choice measure;
    msp_said_texts compare; /* two regimens; left out: the trial's first two arms */
    msp_said_text estimate;
    msp_said_texts interval;                /* two */
    msp_said_text upper_bound, lower_bound; /* where only one limit was printed */
    msp_said_choice bound_sides;            /* of a bound: 0 not said, 1 one-sided */
    msp_said_number level;
    msp_said_text p;
    msp_said_count p_sides; /* 1, 2; value 0: not said */
} msp_evidence_effect;

#define MSP_CLAIM_LIST(X)       \
    X(BENEFIT, "benefit")       \
    X(TREND, "trend")           \
    X(NO_BENEFIT, "no-benefit") \
    X(HARM, "harm")
typedef enum msp_claim {
#define MSP_AS_ENUM(name, text) MSP_CLAIM_##name,
    MSP_CLAIM_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_claim;

typedef MSP_SAID_LIST(msp_evidence_arm) msp_evidence_arms;

typedef struct msp_evidence_result {
    msp_place at;
    const char *id;
    msp_said_text population, endpoint, source, page;
    msp_said_choice stage;      /* msp_stage_of_analysis */
    msp_said_choice assessor;   /* 0 independent, 1 investigator */
    msp_said_numbers follow_up; /* months, median: one, or one an arm */
    msp_said_number time;       /* months: the percentages are of patients without the event then */
    msp_said_flag stopped_early; /* released at a look that crossed its boundary */
    msp_said_flag weighted;      /* the test or the model weighted time */
    msp_said_count crossover;    /* percent of controls who crossed over */
    msp_evidence_arms arms;
    msp_evidence_effect effect;
    msp_said_count events, patients; /* in all */
    msp_said_text value;             /* of all arms together, as `value` of one */
    msp_said_text share_of;          /* of a share: the population of which it is one */
    msp_said_texts pools;            /* of a published synthesis: the trials it went over */
    msp_said_choice claim;           /* what the print says in words: msp_claim */
    msp_said_flag unknown;           /* the print says that it is not known: a gap */
    msp_said_text note;
} msp_evidence_result;

#define MSP_EVIDENCE_DESIGN_LIST(X) \
    X(RANDOMISED, "randomised")     \
    X(SINGLE_ARM, "single-arm")     \
    X(SYNTHESIS, "synthesis")
typedef enum msp_evidence_design {
#define MSP_AS_ENUM(name, text) MSP_EVIDENCE_##name,
    MSP_EVIDENCE_DESIGN_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_evidence_design;

/* What a patient must be to enter. What is not said does not keep anyone out. */
typedef struct msp_evidence_eligibility {
    msp_place at;
    msp_said_range lines;               /* prior lines of therapy */
    msp_said_texts exposed, refractory; /* drugs, or classes of drugs */
    msp_said_texts not_refractory;      /* drugs, or classes */
    msp_said_flag refractory_to_last;   /* to the last line */
    msp_said_texts refractory_one;      /* with one line only: refractory to these */
    msp_said_number age_min, age_max;
    msp_said_texts other; /* in words; nobody is judged by them */
    msp_said_text source, page;
} msp_evidence_eligibility;

typedef struct msp_evidence_plan {
    msp_place at;
    msp_said_count patients;
    msp_said_text objective, source, page;
} msp_evidence_plan;

typedef struct msp_evidence_proxy {
    msp_place at;
    msp_said_text population, why;
} msp_evidence_proxy;

/* Another account of what an arm got. */
typedef struct msp_evidence_description {
    msp_place at;
    const char *id; /* name of a regimen */
    msp_said_texts drugs;
    msp_said_text source, page;
} msp_evidence_description;

typedef struct msp_evidence_trial {
    msp_place at;
    const char *id;
    msp_said_text label, registry, phase, patients; /* patients: the population that it enrolled */
    msp_said_choice design;                         /* msp_evidence_design */
    msp_said_flag open_label;
    msp_said_count enrolled;
    msp_said_numbers allocation;
    msp_said_texts arms; /* regimens, the experimental one first */
    msp_evidence_plan plan;
    msp_evidence_eligibility eligibility;
    msp_evidence_proxy stands_for;
    MSP_SAID_LIST(msp_evidence_description) described;
    MSP_SAID_LIST(msp_evidence_result) results;
} msp_evidence_trial;

#define MSP_HARM_LIST(X)              \
    X(OVERALL, "overall")             \
    X(NEUROPATHY, "neuropathy")       \
    X(CARDIAC, "cardiac")             \
    X(RENAL, "renal")                 \
    X(CYTOPENIA, "cytopenia")         \
    X(INFECTION, "infection")         \
    X(GASTRO, "gastro-intestinal")    \
    X(FATIGUE, "fatigue")             \
    X(STOPPING, "stopping treatment") \
    X(SCHEDULE, "schedule")
typedef enum msp_harm_kind {
#define MSP_AS_ENUM(name, text) MSP_HARM_##name,
    MSP_HARM_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_harm_kind;

/* What a source says of a regimen's harm or burden, in words. */
typedef struct msp_evidence_harm {
    msp_place at;
    const char *id;
    msp_said_text regimen, versus, text, source, page;
    msp_said_choice kind; /* msp_harm_kind */
} msp_evidence_harm;

/* What a source says is not known. */
typedef struct msp_evidence_gap {
    msp_place at;
    const char *id;
    msp_said_text population, endpoint, trial, text, source, page;
    msp_said_texts regimens;
} msp_evidence_gap;

typedef struct msp_evidence {
    msp_place at;
    msp_said_count version;
    msp_said_text title;
    MSP_SAID_LIST(msp_evidence_drug) drugs;
    MSP_SAID_LIST(msp_evidence_regimen) regimens;
    MSP_SAID_LIST(msp_evidence_population) populations;
    MSP_SAID_LIST(msp_evidence_endpoint) endpoints;
    MSP_SAID_LIST(msp_evidence_source) sources;
    MSP_SAID_LIST(msp_evidence_trial) trials;
    MSP_SAID_LIST(msp_evidence_harm) harms;
    MSP_SAID_LIST(msp_evidence_gap) gaps;
    const char *file;
    msp_arena arena;
    msp_arena *joined; /* of the files taken over */
    size_t n_joined;
} msp_evidence;

/* The source of a trial's own results (analysis/evidence.h). */
#define MSP_EVIDENCE_OWN "this-analysis"

extern const msp_schema_type msp_evidence_schema;

/* docs/evidence-form.md: the form, in Markdown. */
void msp_evidence_reference(msp_text *out);

/* Reads a file, or text that places call `name`. Faults of form and of sense become findings of
 * severity error; *out then holds what could be read. Fails where nothing could: as msp_tree_read,
 * or MSP_EMEM. Release with msp_evidence_free. */
msp_status msp_evidence_read(const char *path, msp_evidence *out, msp_findings *findings,
                             msp_error *err);
msp_status msp_evidence_parse(const char *text, size_t len, const char *name, msp_evidence *out,
                              msp_findings *findings, msp_error *err);
/* Takes over what `more` holds; it is empty afterwards. Drugs, regimens, populations, endpoints and
 * sources that `into` has already stay as they are there; a trial, or a result, of a name that it
 * has is an error among the findings, and is left out. MSP_EMEM leaves `into` as it was. */
msp_status msp_evidence_join(msp_evidence *into, msp_evidence *more, msp_findings *findings,
                             msp_error *err);
/* The same for the results of one's own trial: a trial that `into` has, by its name or its registry
 * number, keeps its place, and own results stand there in place of those of the same population
 * and endpoint. */
msp_status msp_evidence_join_own(msp_evidence *into, msp_evidence *own, msp_findings *findings,
                                 msp_error *err);
void msp_evidence_free(msp_evidence *evidence);

/* By name; NULL where there is none. */
const msp_evidence_drug *msp_evidence_find_drug(const msp_evidence *e, const char *id);
const msp_evidence_regimen *msp_evidence_find_regimen(const msp_evidence *e, const char *id);
const msp_evidence_population *msp_evidence_find_population(const msp_evidence *e, const char *id);
const msp_evidence_endpoint *msp_evidence_find_endpoint(const msp_evidence *e, const char *id);
const msp_evidence_source *msp_evidence_find_source(const msp_evidence *e, const char *id);
const msp_evidence_trial *msp_evidence_find_trial(const msp_evidence *e, const char *id);
/* The result, and its trial where `trial` is not NULL. */
const msp_evidence_result *msp_evidence_find_result(const msp_evidence *e, const char *id,
                                                    const msp_evidence_trial **trial);
const msp_evidence_arm *msp_evidence_find_arm(const msp_evidence_result *result, const char *id);

/* True where everyone of population `inner` is of `outer`. */
bool msp_evidence_is_within(const msp_evidence *e, const char *inner, const char *outer);
/* The population that a result is of: that which its trial enrolled where it is of all of them. */
const char *msp_evidence_population_of(const msp_evidence *e, const msp_evidence_trial *trial,
                                       const msp_evidence_result *result);
/* The two regimens that a result compares; NULL where it compares none. */
void msp_evidence_compared(const msp_evidence_trial *trial, const msp_evidence_result *result,
                           const char **first, const char **second);
/* The comparison as printed. */
msp_printed_effect msp_evidence_effect_of(const msp_evidence_trial *trial,
                                          const msp_evidence_result *result);
/* Patients with the event of a rate, of n: as counted, or as the percentage allows. False where
 * neither is printed, or where no count prints as the percentage. */
bool msp_evidence_counts(const msp_evidence_arm *arm, int64_t *count, int64_t *n);
/* The shortest follow-up said, NaN where none is. */
double msp_evidence_follow_up(const msp_evidence_result *result);

MSP_END
#endif
