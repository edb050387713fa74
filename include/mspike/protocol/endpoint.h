/*
 * endpoint.h - what is measured: kind, origin, events, who assesses, and where the tables hold it.
 */
#ifndef MSPIKE_PROTOCOL_ENDPOINT_H
#define MSPIKE_PROTOCOL_ENDPOINT_H

#include "mspike/protocol/data.h"
#include "mspike/protocol/rules.h"
#include "mspike/protocol/treatment.h"

MSP_BEGIN

/* The order is that of the variants in the schema. */
#define MSP_ENDPOINT_LIST(X)          \
    X(TIME_TO_EVENT, "time-to-event") \
    X(RESPONSE, "response")           \
    X(MRD, "mrd")                     \
    X(LANDMARK, "landmark")           \
    X(THRESHOLD, "threshold")         \
    X(SAFETY, "safety")               \
    X(QUALITY_OF_LIFE, "quality-of-life")
typedef enum msp_endpoint_kind {
#define MSP_AS_ENUM(name, text) MSP_ENDPOINT_##name,
    MSP_ENDPOINT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_endpoint_kind;

#define MSP_ROLE_LIST(X)              \
    X(PRIMARY, "primary")             \
    X(KEY_SECONDARY, "key-secondary") \
    X(SECONDARY, "secondary")         \
    X(EXPLORATORY, "exploratory")
typedef enum msp_role {
#define MSP_AS_ENUM(name, text) MSP_ROLE_##name,
    MSP_ROLE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_role;

#define MSP_ORIGIN_LIST(X)                    \
    X(RANDOMIZATION, "randomization")         \
    X(FIRST_DOSE, "first-dose")               \
    X(CONSENT, "consent")                     \
    X(RESPONSE, "response")                   \
    X(COMPLETE_RESPONSE, "complete-response") \
    X(TRANSPLANT, "transplant")               \
    X(CROSSOVER, "crossover")                 \
    X(LAST_DOSE, "last-dose")
typedef enum msp_origin {
#define MSP_AS_ENUM(name, text) MSP_ORIGIN_##name,
    MSP_ORIGIN_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_origin;

#define MSP_EVENT_LIST(X)                       \
    X(PROGRESSION, "progression")               \
    X(DEATH, "death")                           \
    X(DEATH_FROM_MYELOMA, "death-from-myeloma") \
    X(RESPONSE, "response")                     \
    X(BEST_RESPONSE, "best-response")           \
    X(NEXT_THERAPY, "next-therapy")             \
    X(SECOND_PROGRESSION, "second-progression") \
    X(RELAPSE, "relapse")                       \
    X(DETERIORATION, "deterioration")           \
    X(ADVERSE_EVENT, "adverse-event")           \
    X(CLINICAL_PROGRESSION, "clinical-progression")
typedef enum msp_event {
#define MSP_AS_ENUM(name, text) MSP_EVENT_##name,
    MSP_EVENT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_event;

#define MSP_ASSESSOR_LIST(X)        \
    X(INVESTIGATOR, "investigator") \
    X(IRC, "irc")                   \
    X(DERIVED, "derived")
typedef enum msp_assessor {
#define MSP_AS_ENUM(name, text) MSP_ASSESSOR_##name,
    MSP_ASSESSOR_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_assessor;

#define MSP_TIME_UNIT_LIST(X)               \
    X(DAYS, "days", 1)                      \
    X(WEEKS, "weeks", 7)                    \
    X(MONTHS, "months", MSP_DAYS_PER_MONTH) \
    X(YEARS, "years", MSP_DAYS_PER_YEAR)
typedef enum msp_time_unit {
#define MSP_AS_ENUM(name, text, days) MSP_TIME_##name,
    MSP_TIME_UNIT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_time_unit;
/* 1, 7, 30.4375 or 365.25; NaN for anything else. */
double msp_time_unit_days(int unit);

/* A time to event that the tables hold already. */
typedef struct msp_event_source {
    msp_place at;
    msp_said_text table;       /* ADTTE */
    msp_conditions where;      /* PARAMCD: PFS */
    msp_said_text time;        /* column; AVAL */
    msp_said_choice unit;      /* msp_time_unit of that column */
    msp_said_text event;       /* column; CNSR */
    msp_said_text event_value; /* what it holds for an event: "0" */
    msp_said_text after;       /* "AVALLO": the event came after this and by `time`; NULL: unsaid */
} msp_event_source;

/* A response that the tables hold already, one row a patient. */
typedef struct msp_response_source {
    msp_place at;
    msp_said_text table;   /* ADRS */
    msp_conditions where;  /* PARAMCD: BOR */
    msp_said_text column;  /* AVALC */
    msp_said_texts values; /* what counts as a response */
} msp_response_source;

/* Scores that the tables hold already, a row a patient and visit. */
typedef struct msp_score_source {
    msp_place at;
    msp_said_text table;    /* ADQS */
    msp_conditions where;   /* PARAMCD: QL */
    msp_said_text value;    /* column of the change from baseline; CHG */
    msp_said_text baseline; /* column; BASE */
    msp_said_text visit;    /* column; AVISIT */
} msp_score_source;

/* When it is assessed: the end of a phase, a cycle, or so long after the origin. */
typedef struct msp_timepoint {
    msp_place at;
    msp_said_text phase;
    msp_said_count cycle;
    msp_said_quantity time;   /* msp_duration_unit */
    msp_said_quantity within; /* after the phase */
} msp_timepoint;

typedef struct msp_endpoint {
    msp_place at;
    const char *id;
    msp_said_choice kind; /* msp_endpoint_kind */
    msp_said_text label;
    msp_said_choice role;     /* msp_role */
    msp_said_choice assessor; /* msp_assessor; line 0: as the rules say */
    msp_said_text population; /* those it is defined for; NULL: all */
    msp_rules rules;          /* only what differs from the protocol's; see msp_protocol_rules */
    msp_timepoint assessed;

    /* time to event */
    msp_said_choice origin;  /* msp_origin */
    msp_said_choices events; /* msp_event; whichever comes first */
    msp_event_source from;   /* said where the tables hold it */
    msp_said_choice unit;    /* msp_time_unit of results */

    msp_said_choice level;        /* response: msp_response_asked, at least */
    msp_response_source response; /* response, MRD: said where the tables hold it */
    msp_said_text of;             /* landmark: a time-to-event endpoint */
    msp_said_number limit;        /* MRD: 1e-5 */
    msp_said_text measure;        /* threshold: a measurement */
    msp_said_number at_least, above, below, at_most;
    msp_said_text measure_unit;
    msp_said_text events_counted;    /* safety, in words */
    msp_said_count grade;            /* safety: at least */
    msp_said_text instrument, scale; /* quality of life */
    msp_score_source scores;         /* the same: said where the tables hold it */
} msp_endpoint;

MSP_END
#endif
