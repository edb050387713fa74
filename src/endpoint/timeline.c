#include "mspike/endpoint/timeline.h"

#define NEVER             \
    {                     \
        .day = MSP_NO_DAY \
    }

void msp_timeline_clear(msp_timeline *out)
{
    *out = (msp_timeline){
        .randomised = NEVER,
        .consent = NEVER,
        .first_dose = NEVER,
        .last_dose = NEVER,
        .transplant = NEVER,
        .crossover = NEVER,
        .progression = NEVER,
        .progression_followed = NEVER,
        .clinical_progression = NEVER,
        .relapse_from_cr = NEVER,
        .second_progression = NEVER,
        .deterioration = NEVER,
        .adverse_event = NEVER,
        .stopped = NEVER,
        .lost = NEVER,
        .death = NEVER,
        .last_alive = NEVER,
        .cutoff = MSP_NO_DAY,
    };
}

msp_timeline msp_timeline_none(void)
{
    msp_timeline none;
    msp_timeline_clear(&none);
    return none;
}

msp_status msp_timeline_check(const msp_timeline *timeline, msp_error *err)
{
    for (size_t i = 0; i < timeline->n_seen; i++)
        if (timeline->seen[i].day == MSP_NO_DAY ||
            (i > 0 && timeline->seen[i].day < timeline->seen[i - 1].day))
            return msp_fail_row(err, MSP_EINPUT, i, "an assessment has no date or is out of order");
    for (size_t i = 0; i < timeline->n_therapies; i++)
        if (timeline->therapies[i].day == MSP_NO_DAY ||
            (i > 0 && timeline->therapies[i].day < timeline->therapies[i - 1].day))
            return msp_fail_row(err, MSP_EINPUT, i, "a therapy has no start or is out of order");
    return MSP_OK;
}

/* The last day that counts of a period that ends on `to`. */
static msp_day to_cutoff(const msp_timeline *timeline, msp_day to)
{
    return timeline->cutoff != MSP_NO_DAY && timeline->cutoff < to ? timeline->cutoff : to;
}

const msp_seen *msp_timeline_response_in(const msp_timeline *timeline, msp_response_level level,
                                         msp_day from, msp_day to)
{
    const msp_day last = to_cutoff(timeline, to);
    for (size_t i = 0; i < timeline->n_seen && timeline->seen[i].day <= last; i++) {
        const msp_seen *seen = &timeline->seen[i];
        if (seen->day >= from && !seen->excluded && seen->confirmed >= level)
            return seen;
    }
    return NULL;
}

const msp_seen *msp_timeline_response(const msp_timeline *timeline, msp_response_level level)
{
    return msp_timeline_response_in(timeline, level, INT32_MIN, INT32_MAX);
}

msp_response_level msp_timeline_best(const msp_timeline *timeline, msp_day from, msp_day to)
{
    const msp_day last = to_cutoff(timeline, to);
    msp_response_level best = MSP_LEVEL_NE;
    for (size_t i = 0; i < timeline->n_seen && timeline->seen[i].day <= last; i++) {
        const msp_seen *seen = &timeline->seen[i];
        if (seen->day >= from && !seen->excluded && seen->confirmed > best)
            best = seen->confirmed;
    }
    return best;
}

const msp_seen *msp_timeline_adequate(const msp_timeline *timeline, msp_day from, msp_day to)
{
    const msp_day last = to_cutoff(timeline, to);
    for (size_t i = timeline->n_seen; i-- > 0 && timeline->seen[i].day >= from;)
        if (timeline->seen[i].day <= last && timeline->seen[i].raw != MSP_LEVEL_NE)
            return &timeline->seen[i];
    return NULL;
}

msp_status msp_timeline_harvest(const msp_timeline *timeline, msp_day from, msp_day to,
                                msp_decimal limit, msp_fact *out, msp_dated *when, msp_error *err)
{
    const msp_day last = to_cutoff(timeline, to);
    msp_decimal sum = {0, 0};
    bool uncounted = false, enough = false;
    *when = (msp_dated){.day = MSP_NO_DAY};
    for (size_t i = 0; i < timeline->n_collected && !enough; i++) {
        const msp_collected *collected = &timeline->collected[i];
        if (collected->day < from || collected->day > last)
            continue;
        uncounted |= !collected->cd34.known;
        if (collected->cd34.known && !msp_decimal_add(sum, collected->cd34.value, &sum))
            return msp_fail_row(err, MSP_ERANGE, i, "the cells collected have too many digits");
        enough = msp_decimal_cmp(sum, limit) > 0;
        if (enough)
            *when = (msp_dated){collected->day, collected->from};
    }
    /* What was not counted can only add to it. */
    *out = enough ? MSP_YES : uncounted ? MSP_UNKNOWN : MSP_NO;
    return MSP_OK;
}
