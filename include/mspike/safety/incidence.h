/*
 * incidence.h - how many patients had adverse events of a kind, and how often in the time at risk.
 *
 * A patient counts once, at the worst grade. Only treatment-emergent events of treated patients are
 * counted. A patient is at risk from the first dose to the end of the window: the last dose and
 * `teae_days` (30), or death, or the cut-off, whichever is first; both days count. Of a kind the
 * time at risk ends on the day of its first event.
 *
 *   exposure-adjusted incidence   100 x patients with an event / years at risk to the first event
 *   event rate                    100 x events / years in the window
 *
 * Years have 365.25 days (rules.md 6.2).
 */
#ifndef MSPIKE_SAFETY_INCIDENCE_H
#define MSPIKE_SAFETY_INCIDENCE_H

#include <stdbool.h>

#include "mspike/base/date.h"

MSP_BEGIN

/* code, name in records and protocols, how tables call it */
#define MSP_ADVERSE_KIND_LIST(X)                                                           \
    X(ANY, "any", "Any adverse event")                                                     \
    X(SEVERE, "grade-3", "Grade 3 or higher")                                              \
    X(SERIOUS, "serious", "Serious")                                                       \
    X(FATAL, "fatal", "Fatal")                                                             \
    X(STOPPED_ANY, "discontinuation-any", "Leading to discontinuation of any study drug")  \
    X(STOPPED_ALL, "discontinuation-all", "Leading to discontinuation of all study drugs") \
    X(RELATED, "related", "Related to a study drug")                                       \
    X(RELATED_SEVERE, "related-grade-3", "Related to a study drug, grade 3 or higher")     \
    X(RELATED_SERIOUS, "related-serious", "Related to a study drug, serious")
typedef enum msp_adverse_kind {
#define MSP_AS_ENUM(code, name, text) MSP_ADVERSE_##code,
    MSP_ADVERSE_KIND_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_ADVERSE_KINDS,
} msp_adverse_kind;
const char *msp_adverse_kind_name(msp_adverse_kind kind);
const char *msp_adverse_kind_text(msp_adverse_kind kind);

typedef struct msp_counted_event {
    uint32_t patient;               /* index */
    const char *term, *organ_class; /* NULL: not said */
    int grade;                      /* 1 to 5; 0: not said */
    bool serious, related, fatal;
    bool stopped_any, stopped_all; /* a study drug, all of them, for good */
    msp_day start;                 /* not before the first dose; MSP_NO_DAY: not known */
} msp_counted_event;               /* treatment-emergent */

typedef struct msp_patient_at_risk {
    uint32_t arm;
    msp_day first, end; /* both included; `end` MSP_NO_DAY: not known */
} msp_patient_at_risk;

#define MSP_NO_ARM UINT32_MAX

/* The kind that words say ("serious treatment-emergent adverse events"; NULL: any);
 * MSP_ADVERSE_KINDS where they say another. */
msp_adverse_kind msp_adverse_kind_in_words(const char *words);

/* Whether the event is of the kind. One that was fatal, or of grade 5, is both. */
bool msp_adverse_is(const msp_counted_event *event, msp_adverse_kind kind);

/* What of the events is counted: a kind, from a grade on, of one class or term (NULL: of all). */
typedef struct msp_adverse_asked {
    msp_adverse_kind kind;
    int grade;                      /* at least; 0: all */
    const char *term, *organ_class; /* "": those without one */
} msp_adverse_asked;

typedef struct msp_incidence {
    int64_t n;                            /* patients of the arm */
    int64_t patients, events;             /* with one, and how many */
    int64_t worst[6];                     /* patients by their worst grade; [0]: none was said */
    double years_to_first, years;         /* NaN where somebody's window has no known end */
    double exposure_adjusted, event_rate; /* per 100 patient-years; NaN without any */
} msp_incidence;

/* For one arm. `first_event` and `worst` are room for n_patients each. Where the day of a patient's
 * event is not known the years to the first are NaN. */
msp_incidence msp_incidence_of(const msp_counted_event *events, size_t n_events,
                               const msp_patient_at_risk *patients, size_t n_patients, uint32_t arm,
                               const msp_adverse_asked *asked, msp_day *first_event,
                               uint8_t *worst);

MSP_END
#endif
