/* derivation.h - where a time starts and the event that ends it first, for derive.c. */
#ifndef MSP_ENDPOINT_DERIVATION_H
#define MSP_ENDPOINT_DERIVATION_H

#include "mspike/endpoint/derive.h"

#define BIT(event) MSP_EVENT_BIT(MSP_EVENT_##event)

#define msp__never ((msp_dated){.day = MSP_NO_DAY})

static inline bool msp__happened(msp_dated dated)
{
    return dated.day != MSP_NO_DAY;
}

/* Up to the cut-off. */
static inline msp_dated msp__in_time(const msp_timeline *timeline, msp_dated dated)
{
    return timeline->cutoff != MSP_NO_DAY && dated.day > timeline->cutoff ? msp__never : dated;
}

static inline msp_dated msp__seen_at(const msp_seen *seen)
{
    return seen == NULL ? msp__never : (msp_dated){seen->day, seen->from};
}

/* What a derivation looks at, gathered once. */
typedef struct derivation {
    const msp_timeline *timeline;
    const msp_tte_rules *rules;
    msp_followed_by followed_by;
    msp_new_therapy new_therapy;
    uint32_t events;
    msp_dated trial_origin; /* the schedule of assessments counts from it */
    msp_dated start;
    msp_dated event; /* the first; `msp__never` */
    int event_kind;  /* msp_event */
    msp_dated death; /* whether or not it is an event */
    msp_dated next;  /* therapy, from the start on */
} derivation;

/* The day of an origin (msp_origin) of this patient. */
msp_dated msp__origin_of(const msp_timeline *timeline, int origin);
/* The start, and the first of the events; without a start (false) nothing else is looked for. */
bool msp__derivation_make(const msp_timeline *timeline, const msp_tte_definition *definition,
                          const msp_tte_rules *rules, derivation *out);

#endif
