#include "mspike/safety/teae.h"

msp_teae_rules msp_teae_rules_of(const msp_rules *rules)
{
    return (msp_teae_rules){
        .days = rules->teae_days.value,
        .stop_at_new_therapy = rules->teae_stop_at_new_therapy.value,
    };
}

/* Whether a day that the date can be lies in the time of treatment. */
static bool can_be_on_treatment(msp_date date, const msp_treated_time *exposure, int64_t days)
{
    if (date.precision == MSP_DATE_NONE)
        return true;
    return date.latest >= exposure->first &&
           (exposure->last == MSP_NO_DAY || date.earliest <= exposure->last + days);
}

static bool is_after_treatment(const msp_adverse_event *event, const msp_treated_time *exposure,
                               const msp_teae_rules *rules)
{
    return rules->stop_at_new_therapy && !event->related && exposure->next_therapy != MSP_NO_DAY &&
           event->start.precision != MSP_DATE_NONE &&
           event->start.earliest >= exposure->next_therapy;
}

bool msp_is_treatment_emergent(const msp_adverse_event *event, const msp_treated_time *exposure,
                               const msp_teae_rules *rules)
{
    if (exposure->first == MSP_NO_DAY || is_after_treatment(event, exposure, rules))
        return false;
    if (event->end.precision != MSP_DATE_NONE && event->end.latest < exposure->first)
        return false;
    if (can_be_on_treatment(event->start, exposure, rules->days))
        return true;
    return event->worsened.precision != MSP_DATE_NONE &&
           can_be_on_treatment(event->worsened, exposure, rules->days);
}
