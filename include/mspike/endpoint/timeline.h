/*
 * timeline.h - what happened to one patient and when, as one assessor saw it.
 *
 * All that endpoints are derived from. It does not say where it came from: response derived from
 * laboratory values, an investigator's assessments, those of a review committee; so the same code
 * serves them all. A crossover cohort has a timeline of its own, with the assessments after the
 * crossover and `crossover` as its origin.
 */
#ifndef MSPIKE_ENDPOINT_TIMELINE_H
#define MSPIKE_ENDPOINT_TIMELINE_H

#include "mspike/base/date.h"
#include "mspike/patient/fact.h"
#include "mspike/response/level.h"

MSP_BEGIN

/* Where a date came from, as ADaM says it: SRCDOM, SRCVAR, SRCSEQ. Texts are borrowed, NULL where
 * nothing is known; `seq` is 0 where there is none. */
typedef struct msp_traced {
    const char *domain, *variable;
    int64_t seq;
} msp_traced;

typedef struct msp_dated {
    msp_day day; /* MSP_NO_DAY: it did not happen */
    msp_traced from;
} msp_dated;

/* One assessment after the baseline. */
typedef struct msp_seen {
    msp_day day;
    msp_response_level raw;       /* NE: not an adequate assessment */
    msp_response_level confirmed; /* after confirmation */
    bool excluded;                /* as a response: on or after the next therapy */
    msp_traced from;
} msp_seen;

/* Stem cells collected on one day. */
typedef struct msp_collected {
    msp_day day;
    msp_amount cd34; /* million cells per kg */
    msp_traced from;
} msp_collected;

typedef struct msp_timeline {
    msp_dated randomised, consent, first_dose, last_dose, transplant, crossover;
    bool no_baseline; /* the disease was not assessed at baseline */

    const msp_seen *seen; /* by day */
    size_t n_seen;
    msp_dated progression; /* first confirmed */
    /* The same where assessments after the next therapy are read too, for rules that do not censor
     * there (EMA); the same date or none where there is nothing to add. */
    msp_dated progression_followed;
    msp_dated clinical_progression; /* claimed without documentation */
    msp_dated relapse_from_cr;
    msp_dated second_progression;           /* on the next therapy */
    msp_dated deterioration, adverse_event; /* for event-free survival, where a protocol says so */

    const msp_dated *therapies; /* starts of the next anti-myeloma therapies, by day */
    size_t n_therapies;
    msp_dated stopped; /* study treatment, for a reason other than progression */
    msp_dated lost;    /* to follow-up, or consent withdrawn */

    msp_dated death;
    bool died_undated; /* died, and nobody says when */
    msp_fact died_of_myeloma;
    msp_dated last_alive;

    const msp_collected *collected;
    size_t n_collected;

    msp_day cutoff; /* what is later is not looked at; MSP_NO_DAY: none */
} msp_timeline;

/* With every date "did not happen"; start from this, as 0 is a day. */
msp_timeline msp_timeline_none(void);
/* The same, in place. */
void msp_timeline_clear(msp_timeline *out);

/* MSP_EINPUT where the lists are not in order of time; the row is the index. */
msp_status msp_timeline_check(const msp_timeline *timeline, msp_error *err);

/* The first assessment of a response of at least `level`, to the cut-off; NULL where there is
 * none. */
const msp_seen *msp_timeline_response(const msp_timeline *timeline, msp_response_level level);
/* The same from day `from` to day `to`, both included. For rates at a named time: from the origin
 * to the end of cycle 6, or from the day after a transplant to 60 days after it. */
const msp_seen *msp_timeline_response_in(const msp_timeline *timeline, msp_response_level level,
                                         msp_day from, msp_day to);
/* The best confirmed response from day `from` to day `to`, both included, to the cut-off: NE where
 * nothing was assessed. */
msp_response_level msp_timeline_best(const msp_timeline *timeline, msp_day from, msp_day to);
/* The last adequate assessment from `from` to `to`, to the cut-off; NULL where there is none. */
const msp_seen *msp_timeline_adequate(const msp_timeline *timeline, msp_day from, msp_day to);

/* Whether more than `limit` million CD34+ cells per kg were collected from day `from` to day `to`,
 * in all: yes, and the collection that made it enough; no, or unknown where a collection that
 * matters was not counted. MSP_ERANGE where the sum needs more than 18 digits. */
msp_status msp_timeline_harvest(const msp_timeline *timeline, msp_day from, msp_day to,
                                msp_decimal limit, msp_fact *out, msp_dated *when, msp_error *err);

MSP_END
#endif
