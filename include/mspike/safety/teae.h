/*
 * teae.h - which adverse events are treatment-emergent.
 *
 * One that starts, or that was there before and worsens, from the first dose to `days` days after
 * the last (ICH E9). A partial date is every day it can be: an event counts unless none of them
 * lies in that time, and unless it ended before the first dose.
 */
#ifndef MSPIKE_SAFETY_TEAE_H
#define MSPIKE_SAFETY_TEAE_H

#include "mspike/base/date.h"
#include "mspike/protocol/rules.h"

MSP_BEGIN

/* Dates of precision NONE are not known; days are MSP_NO_DAY where there is none. */
typedef struct msp_adverse_event {
    msp_date start, end;
    msp_date worsened; /* of one that was there before */
    bool related;      /* to a study drug; a missing answer counts as related */
} msp_adverse_event;

typedef struct msp_treated_time {
    msp_day first, last;  /* dose; `last` MSP_NO_DAY: treatment goes on */
    msp_day next_therapy; /* start of the next anti-myeloma therapy */
} msp_treated_time;

typedef struct msp_teae_rules {
    int64_t days;             /* after the last dose; 30 */
    bool stop_at_new_therapy; /* what starts on or after it is left out unless related */
} msp_teae_rules;

msp_teae_rules msp_teae_rules_of(const msp_rules *rules);

/* False for a patient who was never dosed. */
bool msp_is_treatment_emergent(const msp_adverse_event *event, const msp_treated_time *exposure,
                               const msp_teae_rules *rules);

MSP_END
#endif
