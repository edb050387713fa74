/*
 * history.h - what a patient was treated with before: refractory drugs, lines of therapy.
 *
 *   refractory   IMWG consensus panel 1, Rajkumar and others, Blood 2011;117:4691
 *   lines        Rajkumar, Richardson, San Miguel, Blood 2015;126:921
 *
 * A history is a list of courses in the order of their start: a regimen, or a transplant. Dates may
 * be partial; an answer that depends on the missing part is unknown, never a guess.
 * docs/methods/refractory-and-lines.md has the rules and worked examples.
 */
#ifndef MSPIKE_PATIENT_HISTORY_H
#define MSPIKE_PATIENT_HISTORY_H

#include "mspike/base/date.h"
#include "mspike/patient/fact.h"
#include "mspike/protocol/rules.h"
#include "mspike/protocol/treatment.h"

MSP_BEGIN

/* A drug of a course, with its own dates: dates of precision NONE are not known, and `ongoing` says
 * that there is no last dose yet. */
typedef struct msp_given_drug {
    const char *id; /* "lenalidomide"; letters' case does not matter */
    msp_drug_class drug_class;
    msp_date first, last;
    bool ongoing;
    bool unidentified; /* the id is words that may mean any drug, or several */
    msp_amount cycles; /* received */
    msp_amount dose;   /* the last one, mg */
} msp_given_drug;

typedef struct msp_course {
    const msp_given_drug *drugs;
    size_t n_drugs;
    msp_date start, stop; /* `stop` of precision NONE: not stopped, or not known when */
    bool planned;         /* as a part of one sequence with the course before it: consolidation and
                             maintenance, a tandem transplant, a planned de-escalation */
    bool transplant;
    msp_amount cycles;         /* completed */
    msp_fact minimal_response; /* whether it brought MR or better */
    msp_fact progressed;  /* whether the disease progressed on it or after it, before the next */
    msp_date progression; /* when, first */
} msp_course;

typedef struct msp_history {
    const msp_course *courses; /* by start */
    size_t n;
} msp_history;

/* Rules that published definitions leave open; names as in the protocol's rules. */
typedef struct msp_history_rules {
    int64_t refractory_window_days; /* progression so soon after the last dose; 60 */
    int64_t refractory_min_cycles;  /* received, at least; 0 */
    bool lenalidomide_ge25;         /* only progression on 25 mg or more counts */
    int64_t line_min_cycles;        /* completed, at least; 1 */
    bool addback_new_line;
} msp_history_rules;

msp_history_rules msp_history_rules_default(void);
msp_history_rules msp_history_rules_of(const msp_rules *rules);

/* MSP_EINPUT with the index of the course as row: courses out of order, a stop or a progression
 * before its start, a course of neither drugs nor a transplant. */
msp_status msp_history_check(const msp_history *history, msp_error *err);

/* -- refractory -- */

#define MSP_REFRACTORY_LIST(X)                                                \
    X(NEVER_GIVEN, "never given")                                             \
    X(RESPONDED, "MR or better, no progression on it or soon after it")       \
    X(TOO_FEW_CYCLES, "fewer cycles than the rule asks for")                  \
    X(LOW_DOSE, "on less than 25 mg, which the rule does not count")          \
    X(NO_RESPONSE, "no response of MR or better on it")                       \
    X(PROGRESSED_ON, "progression on it")                                     \
    X(PROGRESSED_SOON, "progression within the window after its last dose")   \
    X(NOT_KNOWN, "response, dates, dose or cycles are not known well enough") \
    X(UNIDENTIFIED, "given perhaps: a course names drugs that are not known here")
typedef enum msp_refractory_reason {
#define MSP_AS_ENUM(name, text) MSP_REFRACTORY_##name,
    MSP_REFRACTORY_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_refractory_reason;
const char *msp_refractory_reason_text(msp_refractory_reason reason);

typedef struct msp_refractoriness {
    msp_fact status;
    msp_refractory_reason reason;
    size_t course; /* that decided; SIZE_MAX where no course did */
} msp_refractoriness;

/* To one drug, by its own last dose in each course and any progression of that course or a later
 * one. A course with an unidentified drug leaves it open where that drug's dates and response do
 * not deny it. */
msp_refractoriness msp_refractory_drug(const msp_history *history, const msp_history_rules *rules,
                                       const char *drug);
/* To any drug of a class. */
msp_refractoriness msp_refractory_class(const msp_history *history, const msp_history_rules *rules,
                                        msp_drug_class drug_class);
/* To a proteasome inhibitor and an immunomodulatory drug; and an anti-CD38 antibody as well; and
 * to both of bortezomib, carfilzomib and lenalidomide, pomalidomide. */
msp_fact msp_refractory_double(const msp_history *history, const msp_history_rules *rules);
msp_fact msp_refractory_triple_class(const msp_history *history, const msp_history_rules *rules);
msp_fact msp_refractory_penta(const msp_history *history, const msp_history_rules *rules);

#define MSP_HISTORY_STATE_LIST(X)                                                  \
    X(UNKNOWN, "unknown")                                                          \
    X(UNTREATED, "not treated before")                                             \
    X(RESPONDING, "treated, no progression")                                       \
    X(RELAPSED_BEFORE, "relapsed before, no progression since the last treatment") \
    X(RELAPSED, "relapsed")                                                        \
    X(RELAPSED_REFRACTORY, "relapsed and refractory")                              \
    X(PRIMARY_REFRACTORY_STABLE, "primary refractory, without progression")        \
    X(PRIMARY_REFRACTORY_PD, "primary refractory, with progression")
typedef enum msp_history_state {
#define MSP_AS_ENUM(name, text) MSP_HISTORY_##name,
    MSP_HISTORY_STATE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_history_state;
const char *msp_history_state_text(msp_history_state status);

/* Of the whole history; refractory to the last course counts from the last dose of any of its
 * drugs. Courses of transplants and of steroids alone are courses like others here. */
msp_history_state msp_history_state_of(const msp_history *history, const msp_history_rules *rules);

/* -- lines of therapy -- */

#define MSP_LINE_LIST(X)                                                                  \
    X(FIRST, "L0", "first treatment")                                                     \
    X(CHANGED, "L1", "all drugs stopped and a different regimen started")                 \
    X(ADDED, "L2", "a drug added or substituted that was not planned")                    \
    X(TRANSPLANT, "L3", "a transplant that was not planned with what went before")        \
    X(ADDED_BACK, "L2", "a dropped drug of the same line added back: the rules count it") \
    X(PLANNED, "-", "a planned part of the same sequence")                                \
    X(RESUMED, "-", "the same regimen, resumed or at another dose")                       \
    X(REDUCED, "-", "only some of the drugs stopped")                                     \
    X(BACK_AGAIN, "-", "a dropped drug of the same line added back")                      \
    X(STEROID_ONLY, "-", "steroids alone")                                                \
    X(TOO_SHORT, "-", "fewer completed cycles than make a line")
typedef enum msp_line_reason { /* the first five start a line */
#define MSP_AS_ENUM(name, rule, text) MSP_LINE_##name,
                               MSP_LINE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_line_reason;
const char *msp_line_reason_rule(msp_line_reason reason);
const char *msp_line_reason_text(msp_line_reason reason);

typedef struct msp_line {
    int64_t number; /* the line that the course belongs to; 0: none yet */
    msp_line_reason reason;
    bool uncertain; /* it depends on the missing part of a date */
} msp_line;

/* One a course into lines[0..n). Returns the number of lines. */
int64_t msp_history_lines(const msp_history *history, const msp_history_rules *rules,
                          msp_line *lines);

MSP_END
#endif
