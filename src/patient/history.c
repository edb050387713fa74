/* history.c - the rules of a history, and its check; refractory.c and lines.c answer from it. */
#include "mspike/patient/history.h"

msp_history_rules msp_history_rules_default(void)
{
    return (msp_history_rules){.refractory_window_days = 60, .line_min_cycles = 1};
}

msp_history_rules msp_history_rules_of(const msp_rules *rules)
{
    return (msp_history_rules){
        .refractory_window_days = rules->refractory_window_days.value,
        .refractory_min_cycles = rules->refractory_min_cycles.value,
        .lenalidomide_ge25 = rules->len_refractory_dose.value == 1,
        .line_min_cycles = rules->line_min_cycles.value,
        .addback_new_line = rules->addback_new_line.value,
    };
}

msp_status msp_history_check(const msp_history *history, msp_error *err)
{
    for (size_t i = 0; i < history->n; i++) {
        const msp_course *course = &history->courses[i];
        if (course->n_drugs == 0 && !course->transplant)
            return msp_fail_row(err, MSP_EINPUT, i,
                                "a course of therapy has neither drugs nor a transplant");
        if (course->start.precision == MSP_DATE_NONE)
            return msp_fail_row(err, MSP_EINPUT, i, "a course of therapy has no start");
        if (course->stop.precision != MSP_DATE_NONE && course->stop.latest < course->start.earliest)
            return msp_fail_row(err, MSP_EINPUT, i, "a course of therapy stops before its start");
        if (course->progression.precision != MSP_DATE_NONE &&
            course->progression.latest < course->start.earliest)
            return msp_fail_row(err, MSP_EINPUT, i,
                                "the progression of a course of therapy is before its start");
        if (i > 0 && course->start.latest < history->courses[i - 1].start.earliest)
            return msp_fail_row(err, MSP_EINPUT, i,
                                "a course of therapy starts before the one listed before it");
    }
    return MSP_OK;
}
