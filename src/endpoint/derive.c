/*
 * derive.c - the first rule of the table that applies says how a time ends.
 *
 *   1. what a derivation looks at, gathered once    struct derivation
 *   2. the rules, each a function: does it apply, and at which date
 *   3. the table of them, in the order in which they are asked
 *   4. the derivation
 */
#include "mspike/endpoint/derive.h"

#include <string.h>

#define BIT(event) MSP_EVENT_BIT(MSP_EVENT_##event)

static const msp_dated never = {.day = MSP_NO_DAY};

static bool happened(msp_dated dated)
{
    return dated.day != MSP_NO_DAY;
}

/* -- 1. what a derivation looks at -- */

typedef struct derivation {
    const msp_timeline *timeline;
    const msp_tte_rules *rules;
    msp_followed_by followed_by;
    msp_new_therapy new_therapy;
    uint32_t events;
    msp_dated trial_origin; /* the schedule of assessments counts from it */
    msp_dated start;
    msp_dated event; /* the first; `never` */
    int event_kind;  /* msp_event */
    msp_dated death; /* whether or not it is an event */
    msp_dated next;  /* therapy, from the start on */
} derivation;

/* Up to the cut-off. */
static msp_dated in_time(const msp_timeline *timeline, msp_dated dated)
{
    return timeline->cutoff != MSP_NO_DAY && dated.day > timeline->cutoff ? never : dated;
}

static msp_dated earlier(msp_dated a, msp_dated b)
{
    if (!happened(a) || !happened(b))
        return happened(a) ? a : b;
    return b.day < a.day ? b : a;
}

static msp_dated seen_at(const msp_seen *seen)
{
    return seen == NULL ? never : (msp_dated){seen->day, seen->from};
}

static msp_dated origin_of(const msp_timeline *timeline, int origin)
{
    switch (origin) {
    case MSP_ORIGIN_RANDOMIZATION:
        return timeline->randomised;
    case MSP_ORIGIN_FIRST_DOSE:
        return timeline->first_dose;
    case MSP_ORIGIN_CONSENT:
        return timeline->consent;
    case MSP_ORIGIN_RESPONSE:
        return seen_at(msp_timeline_response(timeline, MSP_LEVEL_PR));
    case MSP_ORIGIN_COMPLETE_RESPONSE:
        return seen_at(msp_timeline_response(timeline, MSP_LEVEL_CR));
    case MSP_ORIGIN_TRANSPLANT:
        return timeline->transplant;
    case MSP_ORIGIN_CROSSOVER:
        return timeline->crossover;
    case MSP_ORIGIN_LAST_DOSE:
        return timeline->last_dose;
    default:
        return never;
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
            return in_time(timeline, timeline->therapies[i]);
    return never;
}

static msp_dated second_progression(const derivation *d)
{
    const msp_timeline *timeline = d->timeline;
    if (happened(timeline->second_progression) || timeline->n_therapies < 2 ||
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
        return timeline->died_of_myeloma == MSP_YES ? timeline->death : never;
    case MSP_EVENT_RESPONSE:
        return seen_at(msp_timeline_response(timeline, level));
    case MSP_EVENT_BEST_RESPONSE: {
        const msp_response_level best = msp_timeline_best(timeline, INT32_MIN, INT32_MAX);
        return best >= level ? seen_at(msp_timeline_response(timeline, best)) : never;
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
        return never;
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
    d->event = never;
    d->event_kind = -1;
    for (size_t i = 0; i < MSP_COUNT(order); i++) {
        if ((d->events & MSP_EVENT_BIT(order[i])) == 0)
            continue;
        const msp_dated dated = in_time(d->timeline, date_of(d, order[i], level));
        if (happened(dated) && (!happened(d->event) || dated.day < d->event.day)) {
            d->event = dated;
            d->event_kind = order[i];
        }
    }
}

/* -- 2. the rules -- */

/* The last adequate assessment from the start to `to`, or the start itself. */
static msp_dated last_adequate(const derivation *d, msp_day to)
{
    const msp_dated seen = seen_at(msp_timeline_adequate(d->timeline, d->start.day, to));
    return happened(seen) ? seen : d->start;
}

static bool is_death(int event)
{
    return event == MSP_EVENT_DEATH || event == MSP_EVENT_DEATH_FROM_MYELOMA;
}

static bool event_before_start(const derivation *d, msp_dated *end)
{
    *end = d->event;
    return happened(d->event) && d->event.day < d->start.day;
}

static bool no_baseline(const derivation *d, msp_dated *end)
{
    *end = d->start;
    return d->timeline->no_baseline && d->start.day == d->trial_origin.day &&
           (d->rules->baseline_needed || !happened(d->event));
}

static bool new_therapy_first(const derivation *d, msp_dated *end)
{
    if (d->new_therapy != MSP_NEW_THERAPY_CENSOR || !happened(d->next) ||
        (happened(d->event) && d->event.day <= d->next.day))
        return false;
    *end = last_adequate(d, d->next.day);
    return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t msp_tte_missed_visits(msp_day origin, msp_day last, msp_day event, int64_t interval_days,
                              int64_t window_days)
{
    if (interval_days <= 0)
        return 0;
    const int64_t after = (int64_t)last + window_days - origin;   /* k * interval > after */
    const int64_t before = (int64_t)event - window_days - origin; /* k * interval < before */
    int64_t first = floor_div(after, interval_days) + 1;
    const int64_t end = floor_div(before - 1, interval_days); /* the last k */
    if (first < 1)
        first = 1;
    return end >= first ? end - first + 1 : 0;
}

static bool missed_visits_first(const derivation *d, msp_dated *end)
{
    if (d->rules->missed_visits <= 0 || !happened(d->event))
        return false;
    /* The assessment that shows a progression does not close the gap before it. */
    *end = last_adequate(d, d->event.day - !is_death(d->event_kind));
    return msp_tte_missed_visits(d->trial_origin.day, end->day, d->event.day,
                                 d->rules->interval_days,
                                 d->rules->window_days) >= d->rules->missed_visits;
}

static bool event_is(const derivation *d, msp_dated *end, uint32_t events)
{
    *end = d->event;
    return happened(d->event) && (events & MSP_EVENT_BIT(d->event_kind)) != 0;
}

static bool progression_and_death(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(PROGRESSION)) && d->death.day == d->event.day;
}

static bool progression(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(PROGRESSION));
}

static bool death_unassessed(const derivation *d, msp_dated *end)
{
    return d->followed_by == MSP_FOLLOWED_BY_ASSESSMENT &&
           event_is(d, end, BIT(DEATH) | BIT(DEATH_FROM_MYELOMA)) &&
           msp_timeline_adequate(d->timeline, d->start.day, d->event.day) == NULL;
}

static bool death(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(DEATH) | BIT(DEATH_FROM_MYELOMA));
}

static bool second(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(SECOND_PROGRESSION));
}

static bool relapse(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(RELAPSE));
}

static bool clinical(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(CLINICAL_PROGRESSION));
}

static bool response(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(RESPONSE));
}

static bool best_response(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(BEST_RESPONSE));
}

static bool therapy(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(NEXT_THERAPY));
}

static bool adverse_event(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(ADVERSE_EVENT));
}

static bool deterioration(const derivation *d, msp_dated *end)
{
    return event_is(d, end, BIT(DETERIORATION));
}

/* A death that is no event of this endpoint. */
static bool death_censors(const derivation *d, msp_dated *end)
{
    *end = d->death;
    return happened(d->death) && d->death.day >= d->start.day;
}

static bool not_assessed(const derivation *d, msp_dated *end)
{
    *end = d->start;
    return msp_timeline_adequate(d->timeline, d->start.day, INT32_MAX) == NULL;
}

static bool after_assessment(const derivation *d, msp_dated *end, msp_dated reason)
{
    if (!happened(in_time(d->timeline, reason)))
        return false;
    *end = last_adequate(d, INT32_MAX);
    return reason.day >= end->day;
}

static bool claimed(const derivation *d, msp_dated *end)
{
    return after_assessment(d, end, d->timeline->clinical_progression);
}

static bool lost(const derivation *d, msp_dated *end)
{
    return after_assessment(d, end, d->timeline->lost);
}

static bool stopped(const derivation *d, msp_dated *end)
{
    return after_assessment(d, end, d->timeline->stopped);
}

static bool no_event_yet(const derivation *d, msp_dated *end)
{
    *end = last_adequate(d, INT32_MAX);
    return true;
}

/* Known alive at a date after the cut-off is alive at the cut-off; so is one who died later. */
static bool alive(const derivation *d, msp_dated *end)
{
    const msp_timeline *timeline = d->timeline;
    *end = happened(timeline->death) && timeline->death.day > timeline->last_alive.day
               ? timeline->death
               : timeline->last_alive;
    if (timeline->cutoff != MSP_NO_DAY && end->day > timeline->cutoff)
        end->day = timeline->cutoff;
    return happened(*end) && end->day > d->start.day;
}

/* The event may have come on that day, but not which day that was. */
static bool died_undated(const derivation *d, msp_dated *end)
{
    if (!d->timeline->died_undated)
        return false;
    if (d->followed_by == MSP_FOLLOWED_BY_ASSESSMENT) {
        *end = last_adequate(d, INT32_MAX);
        return (d->events & (BIT(DEATH) | BIT(DEATH_FROM_MYELOMA))) != 0;
    }
    if (!alive(d, end))
        *end = d->start;
    return true;
}

static bool no_contact(const derivation *d, msp_dated *end)
{
    *end = d->start;
    return true;
}

/* -- 3. the table -- */

enum {
    ASSESSED = 1 << MSP_FOLLOWED_BY_ASSESSMENT,
    CONTACT = 1 << MSP_FOLLOWED_BY_CONTACT,
    RESPONSE = 1 << MSP_FOLLOWED_TO_RESPONSE,
    ANY = ASSESSED | CONTACT | RESPONSE,
    ADMIRALONCO = 1 << 8, /* rows of that profile alone */
    STANDARD = 1 << 9,    /* rows of the others alone */
    BOTH = ADMIRALONCO | STANDARD,
};

typedef bool (*applies)(const derivation *d, msp_dated *end);

static const struct {
    unsigned where;
    applies applies;
} conditions[] = {
#define ROW(where, applies, id, cnsr, evntdesc, cnsdtdsc, doc) {where, applies},
#include "outcomes.h"
#undef ROW
};

static const msp_outcome_rule outcome_rules[] = {
#define ROW(where, applies, id, cnsr, evntdesc, cnsdtdsc, doc) {id, cnsr, evntdesc, cnsdtdsc, doc},
#include "outcomes.h"
#undef ROW
};

size_t msp_outcome_rules(const msp_outcome_rule **out)
{
    *out = outcome_rules;
    return MSP_COUNT(outcome_rules);
}

/* -- 4. the derivation -- */

/* Where the schedule of assessments starts: with the endpoint, or with the trial where the endpoint
 * starts later in it, as at a response. */
static msp_dated trial_origin_of(const msp_timeline *timeline, const msp_tte_definition *definition,
                                 const msp_tte_rules *rules)
{
    const int origin = definition->origin;
    const bool own = origin == MSP_ORIGIN_FIRST_DOSE || origin == MSP_ORIGIN_CONSENT ||
                     origin == MSP_ORIGIN_CROSSOVER;
    return origin_of(timeline, own ? origin : rules->origin);
}

static msp_dated start_of(const msp_timeline *timeline, const msp_tte_definition *definition,
                          msp_dated trial_origin)
{
    const msp_dated start = definition->origin == MSP_ORIGIN_RANDOMIZATION
                                ? trial_origin
                                : origin_of(timeline, definition->origin);
    return in_time(timeline, start);
}

/* Days until the last adequate assessment before an event that is only seen at assessments. */
static int64_t days_before(const derivation *d, msp_dated end, int64_t days)
{
    const uint32_t seen = BIT(PROGRESSION) | BIT(RELAPSE) | BIT(RESPONSE) | BIT(BEST_RESPONSE);
    if ((MSP_EVENT_BIT(d->event_kind) & seen) == 0)
        return days;
    const msp_seen *last = msp_timeline_adequate(d->timeline, d->start.day, end.day - 1);
    return last != NULL ? (int64_t)last->day - d->start.day + 1 : 0;
}

static msp_tte outcome(const derivation *d)
{
    const unsigned profile = d->rules->admiralonco ? ADMIRALONCO : STANDARD;
    for (size_t i = 0; i < MSP_COUNT(conditions); i++) {
        msp_dated end;
        if ((conditions[i].where & profile) == 0 ||
            (conditions[i].where & 1u << d->followed_by) == 0 || !conditions[i].applies(d, &end))
            continue;
        const msp_outcome_rule *why = &outcome_rules[i];
        const msp_tte_state state = conditions[i].applies == event_before_start ? MSP_TTE_FAULT
                                    : why->cnsr == 0                            ? MSP_TTE_EVENT
                                                                                : MSP_TTE_CENSORED;
        const int64_t days = (int64_t)end.day - d->start.day + 1;
        return (msp_tte){
            .state = state,
            .start = d->start,
            .end = end,
            .days = days,
            .after = state == MSP_TTE_EVENT ? days_before(d, end, days) : days,
            .event = state == MSP_TTE_CENSORED ? -1 : d->event_kind,
            .why = why,
        };
    }
    return (msp_tte){.state = MSP_TTE_UNDEFINED, .start = never, .end = never, .event = -1};
}

msp_tte msp_tte_derive(const msp_timeline *timeline, const msp_tte_definition *definition,
                       const msp_tte_rules *rules)
{
    const msp_tte undefined = {
        .state = MSP_TTE_UNDEFINED, .start = never, .end = never, .event = -1};
    derivation d = {
        .timeline = timeline,
        .rules = rules,
        .followed_by = definition->followed_by,
        .new_therapy =
            definition->ignores_new_therapy ? MSP_NEW_THERAPY_IGNORE : rules->new_therapy,
        .trial_origin = trial_origin_of(timeline, definition, rules),
        .death = in_time(timeline, timeline->death),
    };
    d.start = start_of(timeline, definition, d.trial_origin);
    if (!happened(d.start))
        return undefined;
    if (!happened(d.trial_origin))
        d.trial_origin = d.start;
    d.next = next_therapy(timeline, d.start.day);
    d.events = events_of(definition, rules, d.new_therapy);
    find_event(&d, definition->level);
    if (d.followed_by == MSP_FOLLOWED_TO_RESPONSE && !happened(d.event) &&
        !rules->time_to_response_in_all)
        return undefined;
    return outcome(&d);
}

msp_fact msp_tte_free_at(const msp_tte *tte, int64_t days)
{
    if (tte->state == MSP_TTE_UNDEFINED || tte->state == MSP_TTE_FAULT)
        return MSP_UNKNOWN;
    if (tte->days > days)
        return MSP_YES;
    return tte->state == MSP_TTE_EVENT ? MSP_NO : MSP_UNKNOWN;
}
