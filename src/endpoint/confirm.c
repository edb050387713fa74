/* confirm.c - which of the responses that were reported are confirmed. */
#include "mspike/endpoint/rs.h"
#include "mspike/endpoint/summary.h"

msp_rs_rules msp_rs_rules_imwg(void)
{
    return (msp_rs_rules){.confirm_min_days = 1, .death_confirms = true};
}

msp_rs_rules msp_rs_rules_admiralonco(void)
{
    return (msp_rs_rules){.admiralonco = true, .confirm_min_days = 0, .death_confirms = true};
}

msp_day msp_rs_new_therapy(const msp_rs_subject *subject)
{
    msp_day first = subject->new_therapy;
    for (size_t i = 0; i < subject->n; i++) {
        const msp_day day = subject->visits[i].new_therapy;
        if (day != MSP_NO_DAY && (first == MSP_NO_DAY || day < first))
            first = day;
    }
    return first;
}

/* The next visit that is evaluable and late enough; NULL where there is none. */
static const msp_rs_visit *next_visit(const msp_rs_subject *subject, size_t i, int64_t min_days)
{
    const msp_day day = subject->visits[i].day;
    for (size_t j = i + 1; j < subject->n; j++) {
        const msp_rs_visit *visit = &subject->visits[j];
        if (visit->level != MSP_LEVEL_NE && (int64_t)visit->day - day >= min_days)
            return visit;
    }
    return NULL;
}

/* Whether a visit can confirm a response. */
static bool is_in_time(const msp_rs_visit *next, msp_day new_therapy, bool admiralonco)
{
    return new_therapy == MSP_NO_DAY ||
           (admiralonco ? next->day <= new_therapy : next->day < new_therapy);
}

static bool is_progression(const msp_rs_visit *visit, const msp_rs_visit *next,
                           const msp_rs_rules *rules, msp_day new_therapy)
{
    if (visit->by_imaging || (rules->death_confirms && visit->death_from_pd))
        return true;
    if (next == NULL || next->level != MSP_LEVEL_PD)
        return false;
    return rules->admiralonco || is_in_time(next, new_therapy, false);
}

/* By this visit and the next alone. */
static msp_response_level confirmed(const msp_rs_visit *visit, const msp_rs_visit *next,
                                    const msp_rs_rules *rules, msp_day new_therapy)
{
    if (visit->level == MSP_LEVEL_NE || visit->level == MSP_LEVEL_SD)
        return visit->level;
    if (visit->level == MSP_LEVEL_PD)
        return is_progression(visit, next, rules, new_therapy) ? MSP_LEVEL_PD : MSP_LEVEL_NE;
    if (next == NULL || next->level == MSP_LEVEL_PD ||
        !is_in_time(next, new_therapy, rules->admiralonco))
        return MSP_LEVEL_SD;
    return next->level < visit->level ? next->level : visit->level;
}

/* What `rules` take for the next therapy. */
static msp_day new_therapy_of(const msp_rs_subject *subject, const msp_rs_rules *rules)
{
    return rules->follows ? MSP_NO_DAY : msp_rs_new_therapy(subject);
}

void msp_rs_confirm(const msp_rs_subject *subject, const msp_rs_rules *rules, msp_day randomised,
                    msp_seen *seen)
{
    const msp_day new_therapy = new_therapy_of(subject, rules);
    msp_response_level best = MSP_LEVEL_NE;
    bool progressed = false;
    for (size_t i = 0; i < subject->n; i++) {
        const msp_rs_visit *visit = &subject->visits[i];
        const bool excluded = (new_therapy != MSP_NO_DAY && visit->day >= new_therapy) ||
                              (randomised != MSP_NO_DAY && visit->day < randomised);
        msp_response_level level =
            confirmed(visit, next_visit(subject, i, rules->confirm_min_days), rules, new_therapy);
        progressed |= level == MSP_LEVEL_PD && (rules->admiralonco || !excluded);
        if (level != MSP_LEVEL_PD && level > best)
            best = level;
        if (progressed)
            level = MSP_LEVEL_PD;
        else if (rules->admiralonco)
            level = best;
        seen[i] = (msp_seen){.day = visit->day,
                             .raw = visit->level,
                             .confirmed = level,
                             .excluded = excluded,
                             .from = {"RS", "RSDTC", visit->seq}};
    }
}

/* The first confirmed progression, of visits that are not excluded. */
static msp_dated progression_in(const msp_seen *seen, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!seen[i].excluded && seen[i].confirmed == MSP_LEVEL_PD)
            return (msp_dated){seen[i].day, seen[i].from};
    return (msp_dated){.day = MSP_NO_DAY};
}

/* Keeps the visits that count, with the confirmed level as the raw one; returns how many. */
static size_t keep_counted(msp_seen *seen, uint8_t *flags, size_t n, msp_day randomised)
{
    const msp_summary_rules rules = {.randomised = randomised, .benefit_days = MSP_BENEFIT_MR};
    size_t kept = 0;
    msp_summary_flags(seen, n, &rules, flags);
    for (size_t i = 0; i < n; i++)
        if (flags[i] == MSP_VISIT_COUNTS) {
            seen[kept] = seen[i];
            seen[kept].raw = seen[kept].confirmed;
            kept++;
        }
    return kept;
}

static msp_fact died_of_myeloma(const msp_rs_subject *subject)
{
    for (size_t i = 0; i < subject->n; i++)
        if (subject->visits[i].death_from_pd)
            return MSP_YES;
    return MSP_UNKNOWN;
}

msp_status msp_rs_timeline(const msp_rs_subject *subject, const msp_adsl_dates *dates,
                           const msp_rs_rules *rules, msp_arena *arena, msp_timeline *out,
                           msp_error *err)
{
    *out = msp_adsl_timeline(dates);
    if (subject == NULL)
        return MSP_OK;
    const size_t n = subject->n;
    msp_seen *seen = msp_arena_array(arena, n, sizeof *seen);
    uint8_t *flags = msp_arena_array(arena, n, sizeof *flags);
    msp_dated *therapy = msp_arena_alloc(arena, sizeof *therapy);
    if (n > 0 && (seen == NULL || flags == NULL || therapy == NULL))
        return msp_fail(err, MSP_EMEM, "out of memory");

    msp_rs_rules followed = *rules;
    followed.follows = true;
    msp_rs_confirm(subject, &followed, dates->randomised.day, seen);
    out->progression_followed = progression_in(seen, n);
    msp_rs_confirm(subject, rules, dates->randomised.day, seen);
    out->progression = progression_in(seen, n);
    out->seen = seen;
    out->n_seen = rules->admiralonco ? keep_counted(seen, flags, n, dates->randomised.day) : n;
    out->died_of_myeloma = died_of_myeloma(subject);
    const msp_day next = msp_rs_new_therapy(subject);
    if (next != MSP_NO_DAY) {
        *therapy = (msp_dated){next, {"SUPPRS", "NACTDT", 0}};
        out->therapies = therapy;
        out->n_therapies = 1;
    }
    return MSP_OK;
}
