/*
 * derive.c - the first rule of the table that applies says how a time ends.
 *
 *   1. the rules, each a function: does it apply, and at which date
 *   2. the table of them, in the order in which they are asked
 *   3. the derivation
 */
#include "derivation.h"

/* -- 1. the rules -- */

/* The last adequate assessment from the start to `to`, or the start itself. */
static msp_dated last_adequate(const derivation *d, msp_day to)
{
    const msp_dated seen = msp__seen_at(msp_timeline_adequate(d->timeline, d->start.day, to));
    return msp__happened(seen) ? seen : d->start;
}

static bool is_death(int event)
{
    return event == MSP_EVENT_DEATH || event == MSP_EVENT_DEATH_FROM_MYELOMA;
}

static bool event_before_start(const derivation *d, msp_dated *end)
{
    *end = d->event;
    return d->event.day < d->start.day;
}

static bool no_baseline(const derivation *d, msp_dated *end)
{
    *end = d->start;
    return d->timeline->no_baseline && d->start.day == d->trial_origin.day &&
           (d->rules->baseline_needed || !msp__happened(d->event));
}

static bool new_therapy_first(const derivation *d, msp_dated *end)
{
    if (d->new_therapy != MSP_NEW_THERAPY_CENSOR || !msp__happened(d->next) ||
        (msp__happened(d->event) && d->event.day <= d->next.day))
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
    if (d->rules->missed_visits <= 0)
        return false;
    /* The assessment that shows a progression does not close the gap before it. */
    *end = last_adequate(d, d->event.day - !is_death(d->event_kind));
    return msp_tte_missed_visits(d->trial_origin.day, end->day, d->event.day,
                                 d->rules->interval_days,
                                 d->rules->window_days) >= d->rules->missed_visits;
}

/* The event itself; the table says of which. */
static bool event(const derivation *d, msp_dated *end)
{
    *end = d->event;
    return true;
}

static bool progression_and_death(const derivation *d, msp_dated *end)
{
    *end = d->event;
    return d->death.day == d->event.day;
}

static bool death_unassessed(const derivation *d, msp_dated *end)
{
    *end = d->event;
    return msp_timeline_adequate(d->timeline, d->start.day, d->event.day) == NULL;
}

/* A death that is no event of this endpoint. */
static bool death_censors(const derivation *d, msp_dated *end)
{
    *end = d->death;
    return msp__happened(d->death) && d->death.day >= d->start.day;
}

static bool not_assessed(const derivation *d, msp_dated *end)
{
    *end = d->start;
    return msp_timeline_adequate(d->timeline, d->start.day, INT32_MAX) == NULL;
}

static bool after_assessment(const derivation *d, msp_dated *end, msp_dated reason)
{
    if (!msp__happened(msp__in_time(d->timeline, reason)))
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
    *end = msp__happened(timeline->death) && timeline->death.day > timeline->last_alive.day
               ? timeline->death
               : timeline->last_alive;
    if (timeline->cutoff != MSP_NO_DAY && end->day > timeline->cutoff)
        end->day = timeline->cutoff;
    return msp__happened(*end) && end->day > d->start.day;
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

/* -- 2. the table -- */

enum {
    ASSESSED = 1 << MSP_FOLLOWED_BY_ASSESSMENT,
    CONTACT = 1 << MSP_FOLLOWED_BY_CONTACT,
    RESPONSE = 1 << MSP_FOLLOWED_TO_RESPONSE,
    ANY = ASSESSED | CONTACT | RESPONSE,
    ADMIRALONCO = 1 << 8, /* rows of that profile alone */
    STANDARD = 1 << 9,    /* rows of the others alone */
    BOTH = ADMIRALONCO | STANDARD,
};

/* Which event a row is of, beside one by name. */
#define NONE   (1u << 31) /* the time has no event */
#define EVENT  (~NONE)    /* it has one */
#define ANYHOW UINT32_MAX
#define DEATHS (BIT(DEATH) | BIT(DEATH_FROM_MYELOMA))

typedef bool (*applies)(const derivation *d, msp_dated *end);

static const struct {
    unsigned where;
    uint32_t events;
    applies applies;
} conditions[] = {
#define ROW(where, events, applies, id, cnsr, evntdesc, cnsdtdsc, doc) {where, events, applies},
#include "outcomes.h"
#undef ROW
};

static const msp_outcome_rule outcome_rules[] = {
#define ROW(where, events, applies, id, cnsr, evntdesc, cnsdtdsc, doc) \
    {id, cnsr, evntdesc, cnsdtdsc, doc},
#include "outcomes.h"
#undef ROW
};

size_t msp_outcome_rules(const msp_outcome_rule **out)
{
    *out = outcome_rules;
    return MSP_COUNT(outcome_rules);
}

/* -- 3. the derivation -- */

/* Days until the last adequate assessment before an event that is only seen at assessments. */
static int64_t days_before(const derivation *d, msp_dated end, int64_t days)
{
    const uint32_t seen = BIT(PROGRESSION) | BIT(RELAPSE) | BIT(RESPONSE) | BIT(BEST_RESPONSE);
    if ((MSP_EVENT_BIT(d->event_kind) & seen) == 0)
        return days;
    const msp_seen *last = msp_timeline_adequate(d->timeline, d->start.day, end.day - 1);
    return last != NULL ? (int64_t)last->day - d->start.day + 1 : 0;
}

static msp_tte undefined_from(msp_dated start)
{
    return (msp_tte){.state = MSP_TTE_UNDEFINED, .start = start, .end = msp__never, .event = -1};
}

static msp_tte outcome(const derivation *d)
{
    const unsigned here =
        (d->rules->admiralonco ? (unsigned)ADMIRALONCO : (unsigned)STANDARD) | 1u << d->followed_by;
    const uint32_t ends = msp__happened(d->event) ? MSP_EVENT_BIT(d->event_kind) : NONE;
    for (size_t i = 0; i < MSP_COUNT(conditions); i++) {
        msp_dated end;
        if ((conditions[i].where & here) != here || (conditions[i].events & ends) == 0 ||
            !conditions[i].applies(d, &end))
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
    return undefined_from(d->start);
}

msp_tte msp_tte_derive(const msp_timeline *timeline, const msp_tte_definition *definition,
                       const msp_tte_rules *rules)
{
    derivation d;
    if (!msp__derivation_make(timeline, definition, rules, &d) ||
        (d.followed_by == MSP_FOLLOWED_TO_RESPONSE && !msp__happened(d.event) &&
         !rules->time_to_response_in_all))
        return undefined_from(d.start);
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
