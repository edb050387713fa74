#include "mspike/safety/incidence.h"

#include <math.h>
#include <string.h>

#include "mspike/base/text.h"

static const struct {
    const char *name, *text;
} kinds[] = {
#define AS_KIND(code, name, text) {name, text},
    MSP_ADVERSE_KIND_LIST(AS_KIND)
#undef AS_KIND
};

const char *msp_adverse_kind_name(msp_adverse_kind kind)
{
    return kinds[kind].name;
}

const char *msp_adverse_kind_text(msp_adverse_kind kind)
{
    return kinds[kind].text;
}

msp_adverse_kind msp_adverse_kind_in_words(const char *words)
{
    if (words == NULL)
        return MSP_ADVERSE_ANY;
    const bool serious = msp_text_contains_nocase(words, "serious"),
               related = msp_text_contains_nocase(words, "related"),
               fatal = msp_text_contains_nocase(words, "fatal"),
               stopped = msp_text_contains_nocase(words, "discontinu") ||
                         msp_text_contains_nocase(words, "withdraw");
    if (!msp_text_contains_nocase(words, "adverse event") || fatal + stopped > 1 ||
        ((fatal || stopped) && (serious || related)) ||
        msp_text_contains_nocase(words, "unrelated") || msp_text_contains_nocase(words, "not "))
        return MSP_ADVERSE_KINDS;
    if (stopped)
        return msp_text_contains_nocase(words, "all") ? MSP_ADVERSE_STOPPED_ALL
                                                      : MSP_ADVERSE_STOPPED_ANY;
    if (fatal)
        return MSP_ADVERSE_FATAL;
    if (related)
        return serious ? MSP_ADVERSE_RELATED_SERIOUS : MSP_ADVERSE_RELATED;
    return serious ? MSP_ADVERSE_SERIOUS : MSP_ADVERSE_ANY;
}

static int grade_of(const msp_counted_event *e)
{
    return e->fatal ? 5 : e->grade;
}

bool msp_adverse_is(const msp_counted_event *e, msp_adverse_kind kind)
{
    switch (kind) {
    case MSP_ADVERSE_SEVERE:
        return grade_of(e) >= 3;
    case MSP_ADVERSE_SERIOUS:
        return e->serious;
    case MSP_ADVERSE_FATAL:
        return grade_of(e) == 5;
    case MSP_ADVERSE_STOPPED_ANY:
        return e->stopped_any;
    case MSP_ADVERSE_STOPPED_ALL:
        return e->stopped_all;
    case MSP_ADVERSE_RELATED:
        return e->related;
    case MSP_ADVERSE_RELATED_SEVERE:
        return e->related && grade_of(e) >= 3;
    case MSP_ADVERSE_RELATED_SERIOUS:
        return e->related && e->serious;
    case MSP_ADVERSE_ANY:
    case MSP_ADVERSE_KINDS:
        break;
    }
    return true;
}

static bool is_text(const char *asked, const char *found)
{
    return asked == NULL || strcmp(asked, found != NULL ? found : "") == 0;
}

static bool is_asked(const msp_counted_event *e, const msp_adverse_asked *asked)
{
    return msp_adverse_is(e, asked->kind) && grade_of(e) >= asked->grade &&
           is_text(asked->term, e->term) && is_text(asked->organ_class, e->organ_class);
}

static double years_between(msp_day first, msp_day last)
{
    return (double)((int64_t)last - first + 1) / MSP_DAYS_PER_YEAR;
}

/* Each patient's time: in the window, and up to the first event. Without the day of an event the
 * time to it is not known either. */
static void add_times(const msp_patient_at_risk *p, bool had, msp_day first_event,
                      msp_incidence *out)
{
    if (p->end == MSP_NO_DAY || p->end < p->first) {
        out->years = out->years_to_first = (double)NAN;
        return;
    }
    const msp_day end = had && first_event < p->end ? first_event : p->end;
    out->years += years_between(p->first, p->end);
    out->years_to_first +=
        had && first_event == MSP_NO_DAY ? (double)NAN : years_between(p->first, end);
}

msp_incidence msp_incidence_of(const msp_counted_event *events, size_t n_events,
                               const msp_patient_at_risk *patients, size_t n_patients, uint32_t arm,
                               const msp_adverse_asked *asked, msp_day *first_event, uint8_t *worst)
{
    enum { NONE = 255 };
    msp_incidence out = {0};
    memset(worst, NONE, n_patients);
    for (size_t i = 0; i < n_events; i++) {
        const msp_counted_event *e = &events[i];
        if (patients[e->patient].arm != arm || !is_asked(e, asked))
            continue;
        out.events++;
        msp_day *first = &first_event[e->patient];
        uint8_t *grade = &worst[e->patient];
        if (*grade == NONE) {
            *first = e->start;
            *grade = (uint8_t)grade_of(e);
            continue;
        }
        if (e->start < *first) /* MSP_NO_DAY is the least: one unknown day hides the first */
            *first = e->start;
        if (grade_of(e) > *grade)
            *grade = (uint8_t)grade_of(e);
    }
    for (size_t i = 0; i < n_patients; i++) {
        if (patients[i].arm != arm)
            continue;
        const bool had = worst[i] != NONE;
        out.n++;
        out.patients += had;
        if (had)
            out.worst[worst[i]]++;
        add_times(&patients[i], had, had ? first_event[i] : MSP_NO_DAY, &out);
    }
    out.exposure_adjusted =
        out.years_to_first > 0 ? 100 * (double)out.patients / out.years_to_first : (double)NAN;
    out.event_rate = out.years > 0 ? 100 * (double)out.events / out.years : (double)NAN;
    return out;
}
