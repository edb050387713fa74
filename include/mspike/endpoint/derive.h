/*
 * derive.h - the time to event of one patient, with its reason and its source.
 */
#ifndef MSPIKE_ENDPOINT_DERIVE_H
#define MSPIKE_ENDPOINT_DERIVE_H

#include "mspike/endpoint/define.h"
#include "mspike/endpoint/timeline.h"

MSP_BEGIN

typedef enum msp_tte_state {
    MSP_TTE_EVENT,
    MSP_TTE_CENSORED,
    MSP_TTE_UNDEFINED, /* this patient has no such time: no origin, no response ... */
    MSP_TTE_FAULT,     /* the event lies before the origin: a fault in the data (C15) */
} msp_tte_state;

/* The end is MSP_NO_DAY, `days` 0 and `why` NULL where undefined, and so is the start unless it is
 * a response that is missing (absent.h says what is); a fault has both days and the rule
 * C15. */
typedef struct msp_tte {
    msp_tte_state state;
    msp_dated start; /* STARTDT */
    msp_dated end;   /* ADT */
    int64_t days;    /* AVAL: end - start + 1 */
    int64_t after;   /* the event came after so many days and by `days`: those of the last adequate
                      * assessment before it (0: none) for a progression, relapse or response, which
                      * are only seen at assessments; else, and of a censoring, `days` */
    int event;       /* msp_event; -1 where it is censored */
    const msp_outcome_rule *why;
} msp_tte;

/* `timeline` as msp_timeline_check has it. */
msp_tte msp_tte_derive(const msp_timeline *timeline, const msp_tte_definition *definition,
                       const msp_tte_rules *rules);

/* Scheduled assessments strictly between last + window and event - window; those are origin +
 * interval, origin + 2 interval ... 0 where interval is not positive. */
int64_t msp_tte_missed_visits(msp_day origin, msp_day last, msp_day event, int64_t interval_days,
                              int64_t window_days);

/* Free of the event `days` days after the start: no where the event came by then, unknown where
 * follow-up ended before, yes otherwise. A time of exactly `days` counts as come. */
msp_fact msp_tte_free_at(const msp_tte *tte, int64_t days);

MSP_END
#endif
