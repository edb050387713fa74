/* adverse.c - ADAE: adverse events and which of them are treatment-emergent; those that count as an
 * event of event-free survival. */
#include "mspike/endpoint/adverse.h"
#include "adam_responses.h"
#include "adam_write.h"

#include <math.h>

/* Where no therapy of the trial was given nothing is treatment-emergent. */
msp_treated_time msp_treated_time_of(const msp_patient *p)
{
    return (msp_treated_time){
        .first = p->first_dose, .last = p->last_dose, .next_therapy = p->new_therapy};
}

bool msp_event_is_emergent(const msp_patient *patient, const msp_reported_event *event,
                           const msp_teae_rules *rules)
{
    const msp_treated_time time = msp_treated_time_of(patient);
    const msp_adverse_event plain = {.start = event->start,
                                     .end = event->end,
                                     .worsened = {.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY},
                                     .related = event->related};
    return msp_is_treatment_emergent(&plain, &time, rules);
}

/* The day it counts from: of a fatal one the death, else the day it began, which is not before the
 * first dose. */
static msp_dated counts_on(const msp_patient *patient, const msp_reported_event *event)
{
    if (event->fatal && patient->death != MSP_NO_DAY)
        return (msp_dated){patient->death, {"AE", "AEOUT", event->seq}};
    const bool dated = event->start.precision != MSP_DATE_NONE;
    const msp_day day = dated && event->start.earliest > patient->first_dose ? event->start.earliest
                                                                             : patient->first_dose;
    return (msp_dated){day, {"AE", "AESTDTC", event->seq}};
}

msp_dated msp_adverse_event_counts(const msp_patient *patient, const msp_teae_rules *rules)
{
    msp_dated first = {.day = MSP_NO_DAY};
    if (patient->disposition != NULL)
        first.day = patient->disposition->adverse_event;
    for (size_t i = 0; i < patient->n_events; i++) {
        const msp_reported_event *event = &patient->events[i];
        if ((!event->withdrawn && !event->fatal) || !msp_event_is_emergent(patient, event, rules))
            continue;
        const msp_dated day = counts_on(patient, event);
        if (first.day == MSP_NO_DAY || day.day < first.day)
            first = day;
    }
    return first;
}

/* -- to be counted -- */

/* The day after which nothing counts, both the patient's and the table's; MSP_NO_DAY: not known. */
static msp_day end_of_window(const msp_patient *p, const msp_teae_rules *rules, msp_day cutoff)
{
    msp_day end = p->last_dose != MSP_NO_DAY ? p->last_dose + (msp_day)rules->days : cutoff;
    if (end == MSP_NO_DAY && p->disposition != NULL)
        end = p->disposition->last_contact;
    if (cutoff != MSP_NO_DAY && end > cutoff)
        end = cutoff;
    if (p->death != MSP_NO_DAY && (end == MSP_NO_DAY || p->death < end))
        end = p->death;
    if (rules->stop_at_new_therapy && p->new_therapy != MSP_NO_DAY &&
        (end == MSP_NO_DAY || p->new_therapy - 1 < end))
        end = p->new_therapy - 1;
    return end;
}

static msp_counted_event counted(const msp_patient *p, uint32_t index, const msp_reported_event *e)
{
    const bool dated = e->start.precision != MSP_DATE_NONE;
    return (msp_counted_event){
        .patient = index,
        .term = e->term,
        .organ_class = e->organ_class,
        .grade = e->grade,
        .serious = e->serious,
        .related = e->related,
        .fatal = e->fatal,
        .stopped_any = e->withdrawn,
        .stopped_all = e->withdrawn_all,
        .start = !dated                              ? MSP_NO_DAY
                 : e->start.earliest > p->first_dose ? e->start.earliest
                                                     : p->first_dose,
    };
}

msp_status msp_adverse_count(const msp_patients *patients, const uint32_t *arm,
                             const msp_teae_rules *rules, msp_day cutoff, msp_arena *arena,
                             msp_adverse_counted *out, msp_error *err)
{
    size_t n_events = 0;
    for (size_t i = 0; i < patients->n; i++)
        n_events += patients->patients[i].n_events;
    *out = (msp_adverse_counted){
        .events = msp_arena_array(arena, n_events + 1, sizeof *out->events),
        .patients = msp_arena_array(arena, patients->n + 1, sizeof *out->patients),
        .n = patients->n};
    if (out->events == NULL || out->patients == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu adverse events", n_events);
    for (size_t i = 0; i < patients->n; i++) {
        const msp_patient *p = &patients->patients[i];
        const bool treated = p->first_dose != MSP_NO_DAY;
        out->patients[i] = (msp_patient_at_risk){treated ? arm[i] : MSP_NO_ARM, p->first_dose,
                                                 end_of_window(p, rules, cutoff)};
        for (size_t k = 0; k < p->n_events; k++)
            if (msp_event_is_emergent(p, &p->events[k], rules))
                out->events[out->n_events++] = counted(p, (uint32_t)i, &p->events[k]);
    }
    return MSP_OK;
}

/* -- ADAE -- */

static const adam_column columns[] = {
    {"STUDYID", "Study Identifier", 't'},
    {"USUBJID", "Unique Subject Identifier", 't'},
    {"ASEQ", "Analysis Sequence Number", 'n'},
    {"AESEQ", "Sequence Number", 'n'},
    {"AEDECOD", "Dictionary-Derived Term", 't'},
    {"AEBODSYS", "Body System or Organ Class", 't'},
    {"ASTDT", "Analysis Start Date", 'd'},
    {"AENDT", "Analysis End Date", 'd'},
    {"ATOXGRN", "Analysis Toxicity Grade (N)", 'n'},
    {"AESER", "Serious Event", 't'},
    {"AREL", "Analysis Causality", 't'},
    {"AEWDFL", "Study Drug Withdrawn Flag", 't'},
    {"AEFATFL", "Fatal Event Flag", 't'},
    {"TRTEMFL", "Treatment Emergent Analysis Flag", 't'},
};

msp_status msp_adae_init(msp_table *table, msp_error *err)
{
    return msp__adam_init(table, "ADAE", "Adverse Events Analysis Dataset", columns,
                          MSP_COUNT(columns), err);
}

/* A date without its day stays missing: nothing is imputed. */
static msp_day whole(msp_date date)
{
    return date.precision >= MSP_DATE_DAY ? date.earliest : MSP_NO_DAY;
}

msp_status msp_adae_add(msp_table *table, const char *study, const msp_patient *patient,
                        const msp_teae_rules *rules, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < patient->n_events && rc == MSP_OK; i++) {
        const msp_reported_event *e = &patient->events[i];
        adam_row row = msp__adam_row(table, err);
        msp__adam_text(&row, study);
        msp__adam_text(&row, patient->id);
        msp__adam_sequence(&row);
        msp__adam_number(&row, (double)e->seq);
        msp__adam_text(&row, e->term);
        msp__adam_text(&row, e->organ_class);
        msp__adam_day(&row, whole(e->start));
        msp__adam_day(&row, whole(e->end));
        msp__adam_number(&row, e->grade > 0 ? e->grade : (double)NAN);
        msp__adam_text(&row, e->serious ? "Y" : "N");
        msp__adam_text(&row, e->related ? "RELATED" : "NOT RELATED");
        msp__adam_flag(&row, e->withdrawn);
        msp__adam_flag(&row, e->fatal);
        msp__adam_flag(&row, msp_event_is_emergent(patient, e, rules));
        rc = row.failed;
    }
    return rc;
}
