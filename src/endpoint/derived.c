#include "mspike/endpoint/derived.h"

msp_traced msp_derived_source(const msp_patient_source *source, uint32_t row)
{
    return (msp_traced){source->name, source->variable, msp_patient_source_seq(source, row)};
}

static msp_traced source_of(const msp_patient *patient, const msp_patient_source *sources,
                            msp_day assessed)
{
    for (size_t i = 0; i < patient->n_measured && patient->measured[i].assessed <= assessed; i++) {
        const msp_measured *measured = &patient->measured[i];
        if (measured->assessed == assessed)
            return msp_derived_source(&sources[measured->table], measured->row);
    }
    return (msp_traced){0};
}

/* A day that ADSL holds. */
static msp_dated of_adsl(msp_day day, const char *variable)
{
    return (msp_dated){day, {"ADSL", day == MSP_NO_DAY ? NULL : variable, 0}};
}

/* A day with the assessment of that day as its source. */
static msp_dated dated(const msp_patient *patient, const msp_patient_source *sources, msp_day day)
{
    if (day == MSP_NO_DAY)
        return (msp_dated){.day = MSP_NO_DAY};
    return (msp_dated){day, source_of(patient, sources, day)};
}

static bool has_baseline(const msp_patient *patient)
{
    for (size_t i = 0; i < patient->n_measured; i++)
        if (patient->measured[i].assessed <= patient->baseline)
            return true;
    return false;
}

static msp_day last_known(const msp_patient *patient)
{
    msp_day last = MSP_NO_DAY; /* the smallest there is */
    const msp_day days[] = {patient->randomised, patient->first_dose, patient->new_therapy,
                            patient->death};
    for (size_t i = 0; i < MSP_COUNT(days); i++)
        last = days[i] > last ? days[i] : last;
    for (size_t i = 0; i < patient->n_measured; i++)
        last = patient->measured[i].day > last ? patient->measured[i].day : last;
    return last;
}

static void fill_dates(const msp_patient *patient, const msp_patient_source *sources,
                       const msp_response_result *result, const msp_response_result *followed,
                       msp_timeline *out)
{
    *out = msp_timeline_none();
    out->randomised = of_adsl(patient->randomised, "RANDDT");
    out->first_dose = of_adsl(patient->first_dose, "TRTSDT");
    out->last_dose = of_adsl(patient->last_dose, "TRTEDT");
    out->transplant = (msp_dated){.day = patient->transplant};
    out->no_baseline = !has_baseline(patient);
    out->progression = dated(patient, sources, result->progression);
    out->relapse_from_cr = dated(patient, sources, result->relapse_from_cr);
    if (followed != NULL)
        out->progression_followed = dated(patient, sources, followed->progression);
    out->death = of_adsl(patient->death, "DTHDT");
    if (patient->died)
        out->died_of_myeloma = msp_fact_of(patient->died_of_myeloma);
    out->last_alive = of_adsl(last_known(patient), "LSTALVDT");
}

msp_status msp_derived_timeline(const msp_patient *patient, const msp_patient_source *sources,
                                const msp_response_result *result,
                                const msp_response_result *followed, msp_arena *arena,
                                msp_timeline *out, msp_error *err)
{
    fill_dates(patient, sources, result, followed, out);
    msp_seen *seen = msp_arena_array(arena, result->n_assessed + 1, sizeof *seen);
    msp_dated *therapy = msp_arena_alloc(arena, sizeof *therapy);
    if (seen == NULL || therapy == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    for (size_t i = 0; i < result->n_assessed; i++) {
        const msp_assessed *assessed = &result->assessed[i];
        seen[i] = (msp_seen){.day = assessed->day,
                             .raw = (msp_response_level)assessed->raw,
                             .confirmed = (msp_response_level)assessed->confirmed,
                             .excluded = assessed->excluded,
                             .from = source_of(patient, sources, assessed->day)};
    }
    out->seen = seen;
    out->n_seen = result->n_assessed;
    msp_collected *collected = msp_arena_array(arena, patient->n_apart + 1, sizeof *collected);
    if (collected == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    for (size_t i = 0; i < patient->n_apart; i++) {
        const msp_measured *m = &patient->apart[i];
        if (m->marker == MSP_MARKER_CD34)
            collected[out->n_collected++] = (msp_collected){m->day, {true, msp_measured_value(m)}};
    }
    out->collected = collected;
    if (patient->new_therapy != MSP_NO_DAY) {
        *therapy = dated(patient, sources, patient->new_therapy);
        out->therapies = therapy;
        out->n_therapies = 1;
    }
    return MSP_OK;
}

/* The order of the words of post_new_therapy in the rules. */
enum { INCLUDE = 1 };

msp_status msp_derived_timelines(const msp_patients *patients, const msp_responses *responses,
                                 const msp_rules *rules, const msp_measurability *measurability,
                                 msp_arena *arena, msp_timeline **out, msp_error *err)
{
    msp_rules follow = *rules;
    follow.post_new_therapy.value = INCLUDE;
    msp_responses followed = {0};
    *out = msp_arena_array(arena, patients->n + 1, sizeof **out);
    if (*out == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    msp_status rc = msp_responses_judge(patients, &follow, measurability, &followed, err);
    for (size_t i = 0; i < patients->n && rc == MSP_OK; i++)
        rc = msp_derived_timeline(&patients->patients[i], patients->sources, &responses->results[i],
                                  &followed.results[i], arena, &(*out)[i], err);
    msp_responses_free(&followed);
    return rc;
}
