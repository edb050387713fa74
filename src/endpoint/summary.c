#include "mspike/endpoint/summary.h"

/* Worst first; what cannot be evaluated gives way to anything else of the day. */
static int rank_in_day(const msp_seen *seen)
{
    return seen->confirmed == MSP_LEVEL_NE ? MSP_LEVEL_COUNT : (int)seen->confirmed;
}

/* Whether no other visit of the day is worse, or as bad and reported before. */
static bool is_of_its_day(const msp_seen *seen, size_t n, size_t i)
{
    for (size_t j = i; j-- > 0 && seen[j].day == seen[i].day;)
        if (rank_in_day(&seen[j]) <= rank_in_day(&seen[i]))
            return false;
    for (size_t j = i + 1; j < n && seen[j].day == seen[i].day; j++)
        if (rank_in_day(&seen[j]) < rank_in_day(&seen[i]))
            return false;
    return true;
}

void msp_summary_flags(const msp_seen *seen, size_t n, const msp_summary_rules *rules,
                       uint8_t *flags)
{
    bool progressed = false;
    for (size_t i = 0; i < n; i++) {
        const bool after = rules->randomised == MSP_NO_DAY || seen[i].day >= rules->randomised;
        flags[i] = (uint8_t)((after && is_of_its_day(seen, n, i) ? MSP_VISIT_OF_ITS_DAY : 0) |
                             (!seen[i].excluded ? MSP_VISIT_BEFORE_NEXT : 0) |
                             (!progressed ? MSP_VISIT_UP_TO_PD : 0));
        progressed |= seen[i].confirmed == MSP_LEVEL_PD;
    }
}

static bool is_benefit(const msp_seen *seen, const msp_summary_rules *rules)
{
    if (rules->benefit_days == MSP_BENEFIT_MR)
        return seen->confirmed >= MSP_LEVEL_MR;
    return seen->confirmed >= MSP_LEVEL_PR ||
           (seen->confirmed >= MSP_LEVEL_SD &&
            (int64_t)seen->day - rules->randomised >= rules->benefit_days);
}

msp_response_summary msp_summary_of(const msp_seen *seen, const uint8_t *flags, size_t n,
                                    const msp_summary_rules *rules)
{
    msp_response_summary summary = {0};
    for (size_t i = 0; i < n; i++) {
        const msp_seen *s = &seen[i];
        if (flags[i] != MSP_VISIT_COUNTS)
            continue;
        if (summary.progression == NULL && s->confirmed == MSP_LEVEL_PD)
            summary.progression = s;
        for (size_t level = MSP_LEVEL_MR; level <= s->confirmed; level++)
            if (summary.response[level] == NULL)
                summary.response[level] = s;
        if (summary.benefit == NULL && is_benefit(s, rules))
            summary.benefit = s;
        if (summary.best == NULL || s->confirmed > summary.best->confirmed)
            summary.best = s;
    }
    return summary;
}
