/*
 * period.h - when a response is asked for: ever, by a named time, after a transplant.
 */
#ifndef MSPIKE_ENDPOINT_PERIOD_H
#define MSPIKE_ENDPOINT_PERIOD_H

#include "mspike/endpoint/define.h"
#include "mspike/endpoint/timeline.h"

MSP_BEGIN

typedef enum msp_period_kind {
    MSP_PERIOD_EVER,
    MSP_PERIOD_OF_TRIAL,         /* `days` from the start of the trial */
    MSP_PERIOD_OF_TREATMENT,     /* `days` from the first dose */
    MSP_PERIOD_AFTER_TRANSPLANT, /* from the day after it to `days` after it */
} msp_period_kind;

typedef struct msp_period {
    msp_period_kind kind;
    int64_t days;
} msp_period;

/* What an endpoint's `assessed:` asks for. After a cycle is up to the first day of the next one as
 * the regimen plans it, counted from the first dose; within so long of a phase is of a transplant.
 * False where neither can be placed: a phase that follows another one, cycles without a length. */
bool msp_period_of(const msp_protocol *protocol, const msp_endpoint *endpoint, msp_period *out);

/* So many days, from the first of cycle 1, to the end of the cycle that they reach: 79 days of
 * cycles of 28 are 84. Cycles follow each other as the regimen plans them. -1 where one has no
 * length. */
int64_t msp_period_to_cycle_end(const msp_regimen *regimen, int64_t days);

/* The first and the last day of the period of a patient. False where there is none: no first dose,
 * no transplant, no start of the trial (the rule `origin`). Ever is any day, and the start is only
 * asked of those who can lack it: after a crossover. */
bool msp_period_days(const msp_timeline *timeline, const msp_period *period,
                     const msp_tte_rules *rules, msp_day *from, msp_day *to);

MSP_END
#endif
