#include <string.h>

#include "mspike/base/text.h"
#include "mspike/patient/history.h"

const char *msp_refractory_reason_text(msp_refractory_reason reason)
{
    static const char *const texts[] = {
#define MSP_AS_TEXT(name, text) text,
        MSP_REFRACTORY_LIST(MSP_AS_TEXT)
#undef MSP_AS_TEXT
    };
    return (size_t)reason < MSP_COUNT(texts) ? texts[reason] : "?";
}

const char *msp_history_state_text(msp_history_state status)
{
    static const char *const texts[] = {
#define MSP_AS_TEXT(name, text) text,
        MSP_HISTORY_STATE_LIST(MSP_AS_TEXT)
#undef MSP_AS_TEXT
    };
    return (size_t)status < MSP_COUNT(texts) ? texts[status] : "?";
}

static bool is_known(msp_date date)
{
    return date.precision != MSP_DATE_NONE;
}

/* Whether a <= b + days, for dates that may be partial. */
static msp_fact by(msp_date a, msp_date b, int64_t days)
{
    if (!is_known(a) || !is_known(b))
        return MSP_UNKNOWN;
    if ((int64_t)a.latest <= b.earliest + days)
        return MSP_YES;
    return (int64_t)a.earliest > b.latest + days ? MSP_NO : MSP_UNKNOWN;
}

/* When a drug, or a regimen, was given. */
typedef struct span {
    msp_date first, last;
    bool ongoing;
} span;

/* What the dates say of a progression and a span. */
typedef struct timing {
    msp_fact on;     /* not later than the last dose */
    msp_fact within; /* not later than the window after it; "on" included */
} timing;

/* Of the progression of one course; before the first dose it says nothing of the drug. */
static timing timing_of(const msp_course *course, span given, int64_t window)
{
    const msp_fact since =
        msp_fact_and(course->progressed, by(given.first, course->progression, 0));
    if (given.ongoing)
        return (timing){since, since};
    return (timing){msp_fact_and(since, by(course->progression, given.last, 0)),
                    msp_fact_and(since, by(course->progression, given.last, window))};
}

/* Of the progressions of the course of the drug and of later ones, which can be within the window
 * too: bortezomib stopped, lenalidomide went on, progression a month later. */
static timing timing_in(const msp_history *history, size_t at, span given, int64_t window)
{
    timing all = {MSP_NO, MSP_NO};
    for (size_t i = at; i < history->n; i++) {
        if (i > at && by(history->courses[i].start, given.last, window) == MSP_NO)
            break; /* and what follows is later still */
        const timing one = timing_of(&history->courses[i], given, window);
        all.on = msp_fact_or(all.on, one.on);
        all.within = msp_fact_or(all.within, one.within);
    }
    return all;
}

static msp_refractoriness judge(msp_fact minimal_response, timing progression)
{
    if (progression.on == MSP_YES)
        return (msp_refractoriness){MSP_YES, MSP_REFRACTORY_PROGRESSED_ON, 0};
    if (progression.within == MSP_YES)
        return (msp_refractoriness){MSP_YES, MSP_REFRACTORY_PROGRESSED_SOON, 0};
    if (minimal_response == MSP_NO)
        return (msp_refractoriness){MSP_YES, MSP_REFRACTORY_NO_RESPONSE, 0};
    if (minimal_response == MSP_UNKNOWN || progression.within == MSP_UNKNOWN)
        return (msp_refractoriness){MSP_UNKNOWN, MSP_REFRACTORY_NOT_KNOWN, 0};
    return (msp_refractoriness){MSP_NO, MSP_REFRACTORY_RESPONDED, 0};
}

static bool is_lenalidomide(const msp_given_drug *drug)
{
    return msp_text_equal_nocase(drug->id, "lenalidomide");
}

/* A condition that "yes" has to meet as well. */
static void require(msp_refractoriness *result, msp_fact met, msp_refractory_reason otherwise)
{
    if (result->status == MSP_NO || met == MSP_YES)
        return;
    result->status = met;
    result->reason = met == MSP_NO ? otherwise : MSP_REFRACTORY_NOT_KNOWN;
}

static msp_refractoriness judge_drug(const msp_history *history, size_t at,
                                     const msp_given_drug *drug, const msp_history_rules *rules)
{
    const msp_course *course = &history->courses[at];
    const span given = {is_known(drug->first) ? drug->first : course->start,
                        is_known(drug->last) ? drug->last : course->stop, drug->ongoing};
    msp_refractoriness result = judge(course->minimal_response,
                                      timing_in(history, at, given, rules->refractory_window_days));
    const msp_amount min_cycles = {.known = true, .value = {rules->refractory_min_cycles, 0}};
    if (rules->refractory_min_cycles > 0)
        require(&result, msp_amount_at_least(drug->cycles, min_cycles),
                MSP_REFRACTORY_TOO_FEW_CYCLES);
    const msp_amount full_dose = {.known = true, .value = {25, 0}};
    if (rules->lenalidomide_ge25 && is_lenalidomide(drug))
        require(&result, msp_amount_at_least(drug->dose, full_dose), MSP_REFRACTORY_LOW_DOSE);
    return result;
}

/* An unidentified drug may be the one in question, but need not. */
static msp_refractoriness judge_unidentified(const msp_history *history, size_t at,
                                             const msp_given_drug *drug,
                                             const msp_history_rules *rules)
{
    const msp_refractoriness one = judge_drug(history, at, drug, rules);
    return one.status == MSP_NO ? one
                                : (msp_refractoriness){MSP_UNKNOWN, MSP_REFRACTORY_UNIDENTIFIED, 0};
}

/* Yes before unknown before no, earlier courses first; of those that say no, the one that denies
 * most, and the last of these. */
static bool is_better(msp_refractoriness one, msp_refractoriness best)
{
    return one.status > best.status ||
           (one.status == MSP_NO && best.status == MSP_NO && one.reason >= best.reason);
}

static msp_refractoriness over_courses(const msp_history *history, const msp_history_rules *rules,
                                       bool (*wanted)(const msp_given_drug *, const void *),
                                       const void *what)
{
    msp_refractoriness best = {MSP_NO, MSP_REFRACTORY_NEVER_GIVEN, SIZE_MAX};
    for (size_t i = 0; i < history->n; i++) {
        const msp_course *course = &history->courses[i];
        for (size_t j = 0; j < course->n_drugs; j++) {
            const msp_given_drug *drug = &course->drugs[j];
            const bool is = wanted(drug, what);
            if (!is && !drug->unidentified)
                continue;
            msp_refractoriness one = is ? judge_drug(history, i, drug, rules)
                                        : judge_unidentified(history, i, drug, rules);
            one.course = i;
            if (is_better(one, best))
                best = one;
        }
    }
    return best;
}

static bool is_drug(const msp_given_drug *drug, const void *id)
{
    return msp_text_equal_nocase(drug->id, id);
}

static bool is_of_class(const msp_given_drug *drug, const void *drug_class)
{
    return drug->drug_class == *(const msp_drug_class *)drug_class;
}

msp_refractoriness msp_refractory_drug(const msp_history *history, const msp_history_rules *rules,
                                       const char *drug)
{
    return over_courses(history, rules, is_drug, drug);
}

msp_refractoriness msp_refractory_class(const msp_history *history, const msp_history_rules *rules,
                                        msp_drug_class drug_class)
{
    return over_courses(history, rules, is_of_class, &drug_class);
}

msp_fact msp_refractory_double(const msp_history *history, const msp_history_rules *rules)
{
    return msp_fact_and(
        msp_refractory_class(history, rules, MSP_DRUG_CLASS_PROTEASOME_INHIBITOR).status,
        msp_refractory_class(history, rules, MSP_DRUG_CLASS_IMMUNOMODULATORY).status);
}

msp_fact msp_refractory_triple_class(const msp_history *history, const msp_history_rules *rules)
{
    return msp_fact_and(msp_refractory_double(history, rules),
                        msp_refractory_class(history, rules, MSP_DRUG_CLASS_ANTI_CD38).status);
}

msp_fact msp_refractory_penta(const msp_history *history, const msp_history_rules *rules)
{
    static const char *const drugs[] = {"bortezomib", "carfilzomib", "lenalidomide",
                                        "pomalidomide"};
    msp_fact all = msp_refractory_class(history, rules, MSP_DRUG_CLASS_ANTI_CD38).status;
    for (size_t i = 0; i < MSP_COUNT(drugs); i++)
        all = msp_fact_and(all, msp_refractory_drug(history, rules, drugs[i]).status);
    return all;
}

/* To a regimen as a whole: from the last dose of any of its drugs. */
static msp_fact refractory_to_course(const msp_course *course, const msp_history_rules *rules)
{
    bool ongoing = !is_known(course->stop) && course->n_drugs > 0;
    for (size_t i = 0; i < course->n_drugs && ongoing; i++)
        ongoing = course->drugs[i].ongoing;
    const span given = {course->start, course->stop, ongoing};
    return judge(course->minimal_response, timing_of(course, given, rules->refractory_window_days))
        .status;
}

msp_history_state msp_history_state_of(const msp_history *history, const msp_history_rules *rules)
{
    if (history->n == 0)
        return MSP_HISTORY_UNTREATED;
    const msp_course *last = &history->courses[history->n - 1];
    msp_fact responded = MSP_NO, progressed = MSP_NO;
    for (size_t i = 0; i < history->n; i++) {
        responded = msp_fact_or(responded, history->courses[i].minimal_response);
        progressed = msp_fact_or(progressed, history->courses[i].progressed);
    }
    if (responded == MSP_NO) {
        if (progressed == MSP_UNKNOWN)
            return MSP_HISTORY_UNKNOWN;
        return progressed == MSP_YES ? MSP_HISTORY_PRIMARY_REFRACTORY_PD
                                     : MSP_HISTORY_PRIMARY_REFRACTORY_STABLE;
    }
    const msp_fact refractory = refractory_to_course(last, rules);
    if (responded == MSP_UNKNOWN || refractory == MSP_UNKNOWN)
        return MSP_HISTORY_UNKNOWN;
    if (refractory == MSP_YES)
        return MSP_HISTORY_RELAPSED_REFRACTORY;
    if (last->progressed == MSP_UNKNOWN)
        return MSP_HISTORY_UNKNOWN;
    if (last->progressed == MSP_YES)
        return MSP_HISTORY_RELAPSED;
    return progressed == MSP_YES  ? MSP_HISTORY_RELAPSED_BEFORE
           : progressed == MSP_NO ? MSP_HISTORY_RESPONDING
                                  : MSP_HISTORY_UNKNOWN;
}
