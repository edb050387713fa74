#include "mspike/endpoint/derived.h"

#include "mspike/endpoint/adverse.h"
#include "mspike/patient/history.h"

msp_traced msp_derived_source(const msp_patient_source *source, uint32_t row)
{
    return (msp_traced){source->name, source->variable, msp_patient_source_seq(source, row)};
}

/* The measurement that decided an assessment; its first one where none did. Measurements are by day
 * of assessment: *from is where those of this day or of a later one begin, and goes on. */
static msp_traced source_of(const msp_patient *patient, const msp_patient_source *sources,
                            const msp_assessed *assessed, size_t *from)
{
    const msp_measured *found = NULL;
    if (sources == NULL)
        return (msp_traced){0};
    while (*from < patient->n_measured && patient->measured[*from].assessed < assessed->day)
        (*from)++;
    for (size_t i = *from; i < patient->n_measured; i++) {
        const msp_measured *m = &patient->measured[i];
        if (m->assessed != assessed->day)
            break;
        if ((m->flags & MSP_MEASURED_SPURIOUS) != 0)
            continue;
        if (found == NULL || (m->marker == assessed->decider && found->marker != m->marker))
            found = m;
    }
    return found != NULL ? msp_derived_source(&sources[found->table], found->row) : (msp_traced){0};
}

/* A day that ADSL holds. */
static msp_dated of_adsl(msp_day day, const char *variable)
{
    return (msp_dated){day, {"ADSL", day == MSP_NO_DAY ? NULL : variable, 0}};
}

/* A day of the disposition; DS, or a table of visits, says it. */
static msp_dated of_ds(msp_day day)
{
    return (msp_dated){day,
                       {day == MSP_NO_DAY ? NULL : "DS", day == MSP_NO_DAY ? NULL : "DSSTDTC", 0}};
}

/* A day with the assessment of that day as its source. */
static msp_dated dated(const msp_patient *patient, const msp_patient_source *sources,
                       const msp_response_result *result, msp_day day)
{
    msp_dated out = {.day = day};
    size_t from = 0;
    for (size_t i = 0; day != MSP_NO_DAY && i < result->n_assessed; i++)
        if (result->assessed[i].day == day)
            out.from = source_of(patient, sources, &result->assessed[i], &from);
    return out;
}

static msp_day last_known(const msp_patient *patient)
{
    msp_day last = MSP_NO_DAY; /* the smallest there is */
    const msp_day days[] = {patient->randomised, patient->first_dose, patient->last_dose,
                            patient->new_therapy, patient->death};
    for (size_t i = 0; i < MSP_COUNT(days); i++)
        last = days[i] > last ? days[i] : last;
    for (size_t i = 0; i < patient->n_measured; i++)
        last = patient->measured[i].day > last ? patient->measured[i].day : last;
    if (patient->disposition != NULL && patient->disposition->last_contact > last)
        last = patient->disposition->last_contact;
    return patient->death != MSP_NO_DAY && last > patient->death ? patient->death : last;
}

static void fill_dates(const msp_patient *patient, const msp_patient_source *sources,
                       const msp_response_result *result, const msp_response_result *followed,
                       msp_timeline *out)
{
    msp_timeline_clear(out);
    out->randomised = of_adsl(patient->randomised, "RANDDT");
    out->first_dose = of_adsl(patient->first_dose, "TRTSDT");
    out->last_dose = of_adsl(patient->last_dose, "TRTEDT");
    out->transplant = (msp_dated){.day = patient->transplant};
    out->no_baseline = !result->baseline_assessed;
    out->progression = dated(patient, sources, result, result->progression);
    out->relapse_from_cr = dated(patient, sources, result, result->relapse_from_cr);
    if (followed != NULL)
        out->progression_followed = dated(patient, sources, followed, followed->progression);
    out->death = of_adsl(patient->death, "DTHDT");
    out->died_undated = patient->died && patient->death == MSP_NO_DAY;
    if (patient->died)
        out->died_of_myeloma = msp_fact_of(patient->died_of_myeloma);
    out->last_alive = of_adsl(last_known(patient), "LSTALVDT");
    const msp_disposition *d = patient->disposition;
    if (d == NULL)
        return;
    out->deterioration = (msp_dated){
        d->deterioration, {d->deterioration_from, d->deterioration_variable, d->deterioration_seq}};
    out->consent = of_adsl(d->consent, "RFICDT");
    out->stopped = of_ds(d->stopped);
    out->clinical_progression = of_ds(d->clinical_progression);
    out->lost = of_ds(d->lost);
    out->second_progression =
        (msp_dated){d->second_progression, {patient->new_therapy_from, NULL, 0}};
}

/* Starts of the therapies after the trial's: the next one, and the lines after it. */
static msp_status fill_therapies(const msp_patient *patient, const msp_history_rules *rules,
                                 msp_arena *arena, msp_timeline *out, msp_error *err)
{
    const msp_history *next = patient->next_lines;
    const size_t n = next != NULL ? next->n : 0;
    if (patient->new_therapy == MSP_NO_DAY)
        return MSP_OK;
    msp_line *lines = msp_arena_array(arena, n + 1, sizeof *lines);
    msp_dated *starts = msp_arena_array(arena, n + 2, sizeof *starts);
    if (lines == NULL || starts == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    out->therapies = starts;
    starts[out->n_therapies++] = (msp_dated){
        patient->new_therapy,
        {patient->new_therapy_from, patient->new_therapy_variable, patient->new_therapy_seq}};
    if (patient->crossed != NULL && patient->new_therapy == patient->crossed->day) {
        if (patient->crossed->next_therapy != MSP_NO_DAY)
            starts[out->n_therapies++] = (msp_dated){.day = patient->crossed->next_therapy};
        return MSP_OK;
    }
    if (n > 0)
        (void)msp_history_lines(next, rules, lines);
    for (size_t i = 1; i < n; i++)
        if (lines[i].number > lines[i - 1].number && lines[i].number > 1)
            starts[out->n_therapies++] = (msp_dated){.day = next->courses[i].start.earliest};
    if (n == 0 && patient->disposition != NULL &&
        patient->disposition->third_line > patient->new_therapy)
        starts[out->n_therapies++] = (msp_dated){.day = patient->disposition->third_line};
    return MSP_OK;
}

static msp_status fill_collected(const msp_patient *patient, const msp_patient_source *sources,
                                 msp_arena *arena, msp_timeline *out, msp_error *err)
{
    if (patient->n_apart == 0)
        return MSP_OK;
    msp_collected *collected = msp_arena_array(arena, patient->n_apart, sizeof *collected);
    if (collected == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    for (size_t i = 0; i < patient->n_apart; i++) {
        const msp_measured *m = &patient->apart[i];
        if (m->marker == MSP_MARKER_CD34)
            collected[out->n_collected++] =
                (msp_collected){m->day,
                                {.known = true, .value = msp_measured_value(m)},
                                msp_derived_source(&sources[m->table], m->row)};
    }
    out->collected = collected;
    return MSP_OK;
}

/* What the trial's rules say beside those of the response. */
typedef struct beside {
    msp_history_rules lines;
    msp_teae_rules events;
} beside;

static msp_status make(const msp_patient *patient, const msp_patient_source *sources,
                       const msp_response_result *result, const msp_response_result *followed,
                       const beside *rules, msp_arena *arena, msp_timeline *out, msp_error *err)
{
    fill_dates(patient, sources, result, followed, out);
    out->adverse_event = msp_adverse_event_counts(patient, &rules->events);
    msp_seen *seen = msp_arena_array(arena, result->n_assessed + 1, sizeof *seen);
    size_t from = 0;
    if (seen == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    for (size_t i = 0; i < result->n_assessed; i++) {
        const msp_assessed *assessed = &result->assessed[i];
        seen[i] = (msp_seen){.day = assessed->day,
                             .raw = (msp_response_level)assessed->raw,
                             .confirmed = (msp_response_level)assessed->confirmed,
                             .excluded = assessed->excluded,
                             .from = source_of(patient, sources, assessed, &from)};
    }
    out->seen = seen;
    out->n_seen = result->n_assessed;
    const msp_status rc = fill_collected(patient, sources, arena, out, err);
    return rc == MSP_OK ? fill_therapies(patient, &rules->lines, arena, out, err) : rc;
}

msp_status msp_derived_timeline(const msp_patient *patient, const msp_patient_source *sources,
                                const msp_response_result *result,
                                const msp_response_result *followed, msp_arena *arena,
                                msp_timeline *out, msp_error *err)
{
    const beside rules = {msp_history_rules_default(), {.days = 30}};
    return make(patient, sources, result, followed, &rules, arena, out, err);
}

/* The order of the words of post_new_therapy in the rules. */
enum { INCLUDE = 1 };

msp_status msp_derived_timelines(const msp_patients *patients, const msp_responses *responses,
                                 const msp_rules *rules, const msp_measurability *measurability,
                                 msp_arena *arena, msp_timeline **out, msp_error *err)
{
    const beside own = {msp_history_rules_of(rules), msp_teae_rules_of(rules)};
    msp_rules follow = *rules;
    follow.post_new_therapy.value = INCLUDE;
    msp_responses followed = {0};
    *out = msp_arena_array(arena, patients->n + 1, sizeof **out);
    if (*out == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    msp_status rc = msp_responses_judge(patients, &follow, measurability, &followed, err);
    for (size_t i = 0; i < patients->n && rc == MSP_OK; i++)
        rc = make(&patients->patients[i], patients->sources, &responses->results[i],
                  &followed.results[i], &own, arena, &(*out)[i], err);
    msp_responses_free(&followed);
    return rc;
}
