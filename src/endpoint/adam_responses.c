/* adam_responses.c - the ADaM tables of patients whose responses were derived. */
#include <math.h>

#include "mspike/base/text.h"
#include "mspike/endpoint/adam.h"
#include "mspike/table/write.h"

static const double none = NAN;

void msp_adam_free(msp_adam *adam)
{
    msp_table_free(&adam->adsl);
    msp_table_free(&adam->adrs);
    msp_table_free(&adam->adtte);
}

static msp_status init(msp_adam *adam, msp_error *err)
{
    *adam = (msp_adam){0};
    msp_status rc = msp_adsl_init(&adam->adsl, err);
    if (rc == MSP_OK)
        rc = msp_adrs_init(&adam->adrs, err);
    if (rc == MSP_OK)
        rc = msp_adtte_init(&adam->adtte, err);
    return rc;
}

static const char *m_protein_name(msp_heavy_chain heavy)
{
    static const char *const names[] = {
#define MSP_AS_TEXT(code, name) name,
        MSP_HEAVY_CHAIN_LIST(MSP_AS_TEXT)
#undef MSP_AS_TEXT
    };
    return (size_t)heavy < MSP_COUNT(names) ? names[heavy] : "";
}

static bool is_evaluable(const msp_timeline *timeline)
{
    return msp_timeline_adequate(timeline, INT32_MIN, INT32_MAX) != NULL;
}

static msp_status add_subject(msp_adam *adam, const char *study, const msp_patient *patient,
                              const msp_response_result *result, const msp_timeline *timeline,
                              msp_error *err)
{
    const msp_adsl_subject subject = {
        .study = study,
        .id = patient->id,
        .age = patient->age > 0 ? (double)patient->age : none,
        .sex = patient->sex,
        .arm = patient->arm,
        .actual_arm = patient->actual_arm,
        .randomised = patient->randomised,
        .first_dose = patient->first_dose,
        .last_dose = patient->last_dose,
        .death = patient->death,
        .last_alive = timeline->last_alive.day,
        .itt = patient->randomised != MSP_NO_DAY ? MSP_YES : MSP_UNKNOWN,
        .safety = patient->first_dose != MSP_NO_DAY ? MSP_YES : MSP_UNKNOWN,
        .response_evaluable = msp_fact_of(is_evaluable(timeline)),
        .m_protein = m_protein_name(patient->heavy),
        .measurable = msp_disease_type_name(result->type),
        .prior_lines = -1,
        .creatinine_clearance = none,
    };
    return msp_adsl_add(&adam->adsl, &subject, err);
}

static msp_status add_patient(msp_adam *adam, const char *study, const msp_patient *patient,
                              const msp_response_result *result, const msp_timeline *timeline,
                              const msp_tte_rules *rules, msp_error *err)
{
    const msp_adrs_subject responses = {
        .study = study,
        .id = patient->id,
        .assessor = MSP_ASSESSOR_DERIVED,
        .seen = timeline->seen,
        .n = timeline->n_seen,
        .rules = {.randomised = MSP_NO_DAY, .benefit_days = MSP_BENEFIT_MR},
    };
    msp_status rc = add_subject(adam, study, patient, result, timeline, err);
    if (rc == MSP_OK)
        rc = msp_adrs_add(&adam->adrs, &responses, err);
    if (rc == MSP_OK)
        rc = msp_adtte_add_all(&adam->adtte, study, patient->id,
                               msp_assessor_letter(MSP_ASSESSOR_DERIVED), timeline, rules, err);
    return rc;
}

/* The order of the words of post_new_therapy in the rules. */
enum { INCLUDE = 1 };

msp_status msp_adam_of_responses(const msp_patients *patients, const msp_responses *responses,
                                 const msp_rules *rules, const msp_measurability *measurability,
                                 const char *study, msp_adam *out, msp_error *err)
{
    const msp_tte_rules times = msp_tte_rules_of(rules);
    msp_rules follow = *rules;
    follow.post_new_therapy.value = INCLUDE;
    msp_responses followed = {0};
    msp_arena arena = {0};
    msp_status rc = init(out, err);
    if (rc == MSP_OK)
        rc = msp_responses_judge(patients, &follow, measurability, &followed, err);
    for (size_t i = 0; i < patients->n && rc == MSP_OK; i++) {
        msp_timeline timeline;
        rc = msp_derived_timeline(&patients->patients[i], patients->sources, &responses->results[i],
                                  &followed.results[i], &arena, &timeline, err);
        if (rc == MSP_OK)
            rc = add_patient(out, study, &patients->patients[i], &responses->results[i], &timeline,
                             &times, err);
        msp_arena_free(&arena);
    }
    msp_responses_free(&followed);
    if (rc != MSP_OK)
        msp_adam_free(out);
    return rc;
}

msp_status msp_adam_write(const msp_adam *adam, const char *folder, msp_error *err)
{
    const struct {
        const msp_table *table;
        const char *file;
    } files[] = {{&adam->adsl, "adsl.xpt"}, {&adam->adrs, "adrs.xpt"}, {&adam->adtte, "adtte.xpt"}};
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(files) && rc == MSP_OK; i++) {
        msp_text path = {0};
        msp_text_printf(&path, "%s/%s", folder, files[i].file);
        rc = path.failed
                 ? msp_fail(err, MSP_EMEM, "out of memory")
                 : msp_table_write(files[i].table, msp_text_str(&path), MSP_TABLE_XPT, NULL, err);
        msp_text_free(&path);
    }
    return rc;
}
