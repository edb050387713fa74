#include "mspike/endpoint/period.h"

#include <math.h>

#include "mspike/endpoint/derive.h"

/* -- from a protocol -- */

/* Whole days; -1 for a unit that is no length of time. */
static int64_t days_of(const msp_said_quantity *q)
{
    const double each[] = {[MSP_DURATION_DAYS] = 1,
                           [MSP_DURATION_WEEKS] = 7,
                           [MSP_DURATION_MONTHS] = MSP_DAYS_PER_MONTH,
                           [MSP_DURATION_YEARS] = MSP_DAYS_PER_YEAR};
    if (q->unit < MSP_DURATION_DAYS || (size_t)q->unit >= MSP_COUNT(each))
        return -1;
    return (int64_t)floor(msp_decimal_to_double(q->value) * each[q->unit]);
}

/* Days of a cycle; -1 where it has no length. */
static int64_t days_of_cycle(const msp_regimen *regimen, int64_t cycle)
{
    int64_t days = -1;
    for (size_t i = 0; i < regimen->cycle.n; i++) {
        const msp_cycle_length *length = &regimen->cycle.items[i];
        if (cycle >= length->cycles.from && cycle <= length->cycles.to)
            days = days_of(&length->length);
    }
    return days;
}

/* Days of the first n cycles; -1 where one has no length. */
static int64_t days_of_cycles(const msp_regimen *regimen, int64_t n)
{
    int64_t sum = 0;
    for (int64_t cycle = 1; cycle <= n; cycle++) {
        const int64_t days = days_of_cycle(regimen, cycle);
        if (days < 0)
            return -1;
        sum += days;
    }
    return sum;
}

int64_t msp_period_to_cycle_end(const msp_regimen *regimen, int64_t days)
{
    int64_t sum = 0;
    for (int64_t cycle = 1; sum < days; cycle++) {
        const int64_t more = days_of_cycle(regimen, cycle);
        if (more <= 0)
            return -1;
        sum += more;
    }
    return sum;
}

static int64_t cycles_asked(const msp_timepoint *when, const msp_phase *phase,
                            const msp_regimen *regimen)
{
    return msp_was_said(when->cycle.at)     ? when->cycle.value
           : msp_was_said(phase->cycles.at) ? phase->cycles.value
                                            : regimen->cycles.value;
}

#define CYCLES_MAX 1000

bool msp_period_of(const msp_protocol *protocol, const msp_endpoint *endpoint, msp_period *out)
{
    const msp_timepoint *when = &endpoint->assessed;
    *out = (msp_period){MSP_PERIOD_EVER, 0};
    if (!msp_was_said(when->at))
        return true;
    if (msp_was_said(when->time.at)) {
        *out = (msp_period){MSP_PERIOD_OF_TRIAL, days_of(&when->time)};
        return out->days >= 0;
    }
    const msp_phase *phase = msp_protocol_phase(protocol, when->phase.text);
    if (phase == NULL)
        return false;
    if (msp_was_said(when->within.at)) {
        *out = (msp_period){MSP_PERIOD_AFTER_TRANSPLANT, days_of(&when->within)};
        return phase->kind.value == MSP_PHASE_TRANSPLANT && out->days >= 0;
    }
    const msp_regimen *regimen = msp_protocol_regimen(protocol, phase->regimen.text);
    if (phase->after.text != NULL || regimen == NULL)
        return false;
    const int64_t cycles = cycles_asked(when, phase, regimen);
    if (cycles < 1 || cycles > CYCLES_MAX)
        return false;
    *out = (msp_period){MSP_PERIOD_OF_TREATMENT, days_of_cycles(regimen, cycles)};
    return out->days >= 0;
}

/* -- of a patient -- */

/* Where times that start with the trial start. */
static msp_day start_of_trial(const msp_timeline *timeline, const msp_tte_rules *rules)
{
    return msp_tte_derive(timeline, msp_tte_definition_find("OS"), rules).start.day;
}

bool msp_period_days(const msp_timeline *timeline, const msp_period *period,
                     const msp_tte_rules *rules, msp_day *from, msp_day *to)
{
    const bool ever = period->kind == MSP_PERIOD_EVER;
    const bool after = period->kind == MSP_PERIOD_AFTER_TRANSPLANT;
    const msp_day start = after ? timeline->transplant.day
                          : period->kind == MSP_PERIOD_OF_TREATMENT
                              ? timeline->first_dose.day
                              : start_of_trial(timeline, rules);
    const bool needed = !ever || rules->origin == MSP_ORIGIN_CROSSOVER;
    if (needed && start == MSP_NO_DAY)
        return false;
    const int64_t end = (int64_t)start + period->days;
    *from = ever ? INT32_MIN : start + (after ? 1 : 0);
    *to = ever || end > INT32_MAX ? INT32_MAX : (msp_day)end;
    return true;
}
