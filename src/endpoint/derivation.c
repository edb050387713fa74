/* derivation.c - where a time starts and the event that ends it first. */
#include "derivation.h"

#include <string.h>

static msp_dated earlier(msp_dated a, msp_dated b)
{
    if (!msp__happened(a) || !msp__happened(b))
        return msp__happened(a) ? a : b;
    return b.day < a.day ? b : a;
}

msp_dated msp__origin_of(const msp_timeline *timeline, int origin)
{
    switch (origin) {
    case MSP_ORIGIN_RANDOMIZATION:
        return timeline->randomised;
    case MSP_ORIGIN_FIRST_DOSE:
        return timeline->first_dose;
    case MSP_ORIGIN_CONSENT:
        return timeline->consent;
    case MSP_ORIGIN_RESPONSE:
        return msp__seen_at(msp_timeline_response(timeline, MSP_LEVEL_PR));
    case MSP_ORIGIN_COMPLETE_RESPONSE:
        return msp__seen_at(msp_timeline_response(timeline, MSP_LEVEL_CR));
    case MSP_ORIGIN_TRANSPLANT:
        return timeline->transplant;
    case MSP_ORIGIN_CROSSOVER:
        return timeline->crossover;
    case MSP_ORIGIN_LAST_DOSE:
        return timeline->last_dose;
    default:
        return msp__never;
    }
}

/* Where the next therapy censors, what is seen after it is of no account. */
static msp_dated progression_of(const derivation *d)
{
    const msp_timeline *timeline = d->timeline;
    if (d->new_therapy == MSP_NEW_THERAPY_CENSOR)
        return timeline->progression;
    return earlier(timeline->progression, timeline->progression_followed);
}

/* The first therapy after the start of this time. */
static msp_dated next_therapy(const msp_timeline *timeline, msp_day start)
{
    for (size_t i = 0; i < timeline->n_therapies; i++)
        if (timeline->therapies[i].day >= start)
            return msp__in_time(timeline, timeline->therapies[i]);
    return msp__never;
}

static msp_dated second_progression(const derivation *d)
{
    const msp_timeline *timeline = d->timeline;
    if (msp__happened(timeline->second_progression) || timeline->n_therapies < 2 ||
        !d->rules->third_line_for_second_progression)
        return timeline->second_progression;
    return timeline->therapies[1];
}

static msp_dated date_of(const derivation *d, int event, msp_response_level level)
{
    const msp_timeline *timeline = d->timeline;
    switch (event) {
    case MSP_EVENT_PROGRESSION:
        return progression_of(d);
    case MSP_EVENT_DEATH:
        return timeline->death;
    case MSP_EVENT_DEATH_FROM_MYELOMA:
        return timeline->died_of_myeloma == MSP_YES ? timeline->death : msp__never;
    case MSP_EVENT_RESPONSE:
        return msp__seen_at(msp_timeline_response(timeline, level));
    case MSP_EVENT_BEST_RESPONSE: {
        const msp_response_level best = msp_timeline_best(timeline, INT32_MIN, INT32_MAX);
        return best >= level ? msp__seen_at(msp_timeline_response(timeline, best)) : msp__never;
    }
    case MSP_EVENT_NEXT_THERAPY:
        return d->next;
    case MSP_EVENT_SECOND_PROGRESSION:
        return second_progression(d);
    case MSP_EVENT_RELAPSE:
        return earlier(timeline->relapse_from_cr, progression_of(d));
    case MSP_EVENT_DETERIORATION:
        return timeline->deterioration;
    case MSP_EVENT_ADVERSE_EVENT:
        return timeline->adverse_event;
    case MSP_EVENT_CLINICAL_PROGRESSION:
        return timeline->clinical_progression;
    default:
        return msp__never;
    }
}

/* The events that end it, with what the rules add or take away. */
static uint32_t events_of(const msp_tte_definition *definition, const msp_tte_rules *rules,
                          msp_new_therapy new_therapy)
{
    uint32_t events = definition->events;
    const bool assessed = definition->followed_by == MSP_FOLLOWED_BY_ASSESSMENT;
    if (definition->deaths_by_rule && assessed && rules->dor_death_censors)
        events = (events & ~BIT(DEATH)) | BIT(DEATH_FROM_MYELOMA);
    if (definition->deaths_by_rule && !assessed && rules->ttnt_death_counts)
        events |= BIT(DEATH);
    if (strcmp(definition->paramcd, "EFS") == 0)
        events |= rules->efs_events;
    if (assessed && new_therapy == MSP_NEW_THERAPY_EVENT)
        events |= BIT(NEXT_THERAPY);
    return events;
}

/* Of several on one day the first here counts: a death on the day of a progression is one event,
 * the progression. */
static void find_event(derivation *d, msp_response_level level)
{
    static const int order[] = {
        MSP_EVENT_PROGRESSION,   MSP_EVENT_SECOND_PROGRESSION,
        MSP_EVENT_RELAPSE,       MSP_EVENT_CLINICAL_PROGRESSION,
        MSP_EVENT_RESPONSE,      MSP_EVENT_BEST_RESPONSE,
        MSP_EVENT_ADVERSE_EVENT, MSP_EVENT_DETERIORATION,
        MSP_EVENT_NEXT_THERAPY,  MSP_EVENT_DEATH_FROM_MYELOMA,
        MSP_EVENT_DEATH,
    };
    d->event = msp__never;
    d->event_kind = -1;
    for (size_t i = 0; i < MSP_COUNT(order); i++) {
        if ((d->events & MSP_EVENT_BIT(order[i])) == 0)
            continue;
        const msp_dated dated = msp__in_time(d->timeline, date_of(d, order[i], level));
        if (msp__happened(dated) && (!msp__happened(d->event) || dated.day < d->event.day)) {
            d->event = dated;
            d->event_kind = order[i];
        }
    }
}

/* Where the schedule of assessments starts: with the endpoint, or with the trial where the endpoint
 * starts later in it, as at a response. */
static msp_dated trial_origin_of(const msp_timeline *timeline, const msp_tte_definition *definition,
                                 const msp_tte_rules *rules)
{
    const int origin = definition->origin;
    const bool own = origin == MSP_ORIGIN_FIRST_DOSE || origin == MSP_ORIGIN_CONSENT ||
                     origin == MSP_ORIGIN_CROSSOVER;
    return msp__origin_of(timeline, own ? origin : rules->origin);
}

static msp_dated start_of(const msp_timeline *timeline, const msp_tte_definition *definition,
                          msp_dated trial_origin)
{
    const msp_dated start = definition->origin == MSP_ORIGIN_RANDOMIZATION
                                ? trial_origin
                                : msp__origin_of(timeline, definition->origin);
    return msp__in_time(timeline, start);
}

bool msp__derivation_make(const msp_timeline *timeline, const msp_tte_definition *definition,
                          const msp_tte_rules *rules, derivation *out)
{
    out->timeline = timeline;
    out->rules = rules;
    out->followed_by = definition->followed_by;
    out->new_therapy =
        definition->ignores_new_therapy ? MSP_NEW_THERAPY_IGNORE : rules->new_therapy;
    out->trial_origin = trial_origin_of(timeline, definition, rules);
    out->start = start_of(timeline, definition, out->trial_origin);
    if (!msp__happened(out->start))
        return false;
    if (!msp__happened(out->trial_origin))
        out->trial_origin = out->start;
    out->death = msp__in_time(timeline, timeline->death);
    out->next = next_therapy(timeline, out->start.day);
    out->events = events_of(definition, rules, out->new_therapy);
    find_event(out, definition->level);
    return true;
}
