/* adam_responses.c - the ADaM tables of patients whose responses were derived. */
#include <math.h>
#include <string.h>

#include "adam_responses.h"
#include "mspike/base/text.h"
#include "mspike/endpoint/adam.h"
#include "mspike/endpoint/adverse.h"
#include "mspike/endpoint/crossover.h"
#include "mspike/endpoint/exposure.h"
#include "mspike/response/mrd.h"
#include "mspike/table/write.h"

static const double none = NAN;

void msp_adam_free(msp_adam *adam)
{
    msp_table_free(&adam->adsl);
    msp_table_free(&adam->adrs);
    msp_table_free(&adam->adtte);
    msp_table_free(&adam->adae);
    msp_table_free(&adam->adex);
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

/* The one regimen of a patient's arm; NULL where it has several, or none. */
static const msp_regimen *regimen_of(const msp_protocol *protocol, const char *arm_value)
{
    const msp_regimen *found = NULL;
    for (size_t i = 0; protocol != NULL && arm_value != NULL && i < protocol->arms.n; i++) {
        const msp_arm *arm = &protocol->arms.items[i];
        if (strcmp(msp_arm_value(arm), arm_value) != 0)
            continue;
        found = msp_protocol_regimen(protocol, arm->regimen.text);
        for (size_t k = 0; k < arm->phases.n; k++) {
            const msp_phase *phase = msp_protocol_phase(protocol, arm->phases.items[k].text);
            const msp_regimen *more =
                phase != NULL ? msp_protocol_regimen(protocol, phase->regimen.text) : NULL;
            if (more != NULL && found != NULL)
                return NULL;
            found = more != NULL ? more : found;
        }
    }
    return found;
}

/* From the first dose to the last, or (rule duration_tail) to the end of its cycle. */
static msp_status treated_days(const msp_adam_options *options, const msp_patient *patient,
                               const msp_dosage *exposure, int64_t *out, msp_error *err)
{
    enum { CYCLE_END = 1 }; /* the order of the words of duration_tail */
    *out = 0;
    if (patient->first_dose == MSP_NO_DAY || patient->last_dose == MSP_NO_DAY ||
        patient->last_dose < patient->first_dose)
        return MSP_OK;
    *out = (int64_t)patient->last_dose - patient->first_dose + 1;
    if (options->rules->duration_tail.value != CYCLE_END)
        return MSP_OK;
    if (exposure->n_cycles > 0) { /* as its cycles began */
        const int64_t days = (int64_t)exposure->cycle_end - patient->first_dose;
        *out = days > *out ? days : *out;
        return MSP_OK;
    }
    const msp_regimen *regimen = regimen_of(options->protocol, patient->arm);
    *out = regimen != NULL ? msp_period_to_cycle_end(regimen, *out) : -1;
    if (*out >= 0)
        return MSP_OK;
    msp_fail(err, MSP_EUNSUPPORTED,
             "the rule duration_tail=cycle_end needs to know the cycles of arm \"%s\"",
             patient->arm != NULL ? patient->arm : "");
    return msp_hint(err, MSP_EUNSUPPORTED,
                    "give a protocol in which this arm has one regimen with a `cycle:`");
}

static msp_status add_subject(msp_adam *adam, const msp_adam_options *options,
                              const msp_patient *patient, const msp_response_result *result,
                              const msp_timeline *timeline, const msp_profile *profile,
                              msp_arena *arena, msp_error *err)
{
    int64_t treated;
    msp_dosage exposure = {0};
    msp_status rc = MSP_OK;
    if (options->protocol != NULL)
        rc = msp_dosage_of(options->protocol, options->rules, patient, profile, arena, &exposure,
                           err);
    if (rc == MSP_OK)
        rc = treated_days(options, patient, &exposure, &treated, err);
    if (rc == MSP_OK && adam->adex.name != NULL)
        rc = msp_adex_add(&adam->adex, options->study, patient->id, &exposure, treated, err);
    if (rc != MSP_OK)
        return rc;
    const msp_adsl_subject subject = {
        .study = options->study,
        .id = patient->id,
        .treated_days = treated,
        .age = patient->age > 0 ? (double)patient->age : none,
        .sex = patient->sex,
        .arm = patient->arm,
        .actual_arm = patient->actual_arm,
        .randomised = patient->randomised,
        .first_dose = patient->first_dose,
        .last_dose = patient->last_dose,
        .crossover = patient->crossed != NULL ? patient->crossed->day : MSP_NO_DAY,
        .death = patient->death,
        .died = patient->died,
        .last_alive = timeline->last_alive.day,
        .itt = patient->randomised != MSP_NO_DAY ? MSP_YES : MSP_UNKNOWN,
        .safety = patient->first_dose != MSP_NO_DAY ? MSP_YES : MSP_UNKNOWN,
        .response_evaluable = msp_fact_of(is_evaluable(timeline)),
        .m_protein = m_protein_name(patient->heavy),
        .measurable = msp_disease_type_name(result->type),
        .profile = profile,
    };
    return msp_adsl_add(&adam->adsl, &subject, err);
}

/* One patient, on the way into the tables. */
typedef struct writer {
    msp_adam *adam;
    const msp__adam_asked *asked;
    const msp_patients *patients;
    const msp_patient *patient;
    const msp_response_result *result;
    const msp_timeline *timeline;
    const msp_timeline *crossed; /* from the crossover on; NULL: nobody crossed over */
} writer;

/* A crossover cohort has a timeline of its own. */
static const msp_timeline *timeline_for(const writer *w, int origin)
{
    return origin == MSP_ORIGIN_CROSSOVER && w->crossed != NULL ? w->crossed : w->timeline;
}

/* Where nobody was measured only what does not depend on measurements. */
static msp_status add_derived(const writer *w, bool measured, msp_error *err)
{
    const char letter = msp_assessor_letter(MSP_ASSESSOR_DERIVED), *id = w->patient->id,
               *study = w->asked->options->study;
    const msp_asked *asked = &w->asked->all;
    const msp_adrs_subject responses = {
        .study = study,
        .id = id,
        .assessor = MSP_ASSESSOR_DERIVED,
        .seen = w->timeline->seen,
        .n = w->timeline->n_seen,
        .rules = {.randomised = MSP_NO_DAY, .benefit_days = MSP_BENEFIT_MR},
    };
    msp_status rc = measured ? msp_adrs_add(&w->adam->adrs, &responses, err) : MSP_OK;
    for (size_t i = 0; i < asked->n_rates && rc == MSP_OK && measured; i++)
        rc = msp_adrs_add_rates(&w->adam->adrs, &responses,
                                timeline_for(w, asked->rates[i].rules.origin), &asked->rates[i], 1,
                                err);
    for (size_t i = 0; i < asked->n_times && rc == MSP_OK; i++) {
        const msp_tte_definition *time = &asked->times[i].definition;
        if (measured || time->followed_by == MSP_FOLLOWED_BY_CONTACT)
            rc = msp_adtte_add_all(&w->adam->adtte, study, id, letter,
                                   timeline_for(w, time->origin), &asked->times[i], 1, err);
    }
    return rc;
}

/* -- stem cells -- */

static bool anybody_collected(const msp_timeline *timelines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (timelines[i].n_collected > 0)
            return true;
    return false;
}

/* Whoever assessed the disease. Who was not collected from did not give enough. */
static msp_status add_harvest(const writer *w, msp_error *err)
{
    const msp_asked *asked = &w->asked->all;
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < asked->n_rates && rc == MSP_OK; i++) {
        msp_rate_answer answer;
        if (asked->rates[i].kind != MSP_RATE_OF_HARVEST || asked->rates[i].standard)
            continue;
        rc = msp_rate_of(&asked->rates[i], w->timeline, &answer, err);
        if (rc == MSP_OK && answer.counts)
            rc = msp_adrs_add_fact(
                &w->adam->adrs, w->asked->options->study, w->patient->id, asked->rates[i].paramcd,
                msp_endpoint_label(asked->rates[i].endpoint), answer.yes, answer.when, err);
    }
    return rc;
}

/* -- residual disease -- */

/* The day with the test that was made on it as its source. */
static msp_dated of_test(const writer *w, const msp_mrd *mrd, msp_day day)
{
    msp_dated out = {.day = day};
    for (size_t i = 0; day != MSP_NO_DAY && i < mrd->n; i++)
        if (mrd->tests[i].day == day) {
            out.from =
                msp_derived_source(&w->patients->sources[mrd->tests[i].table], mrd->tests[i].row);
            break;
        }
    return out;
}

static msp_status find(const writer *w, msp_decimal limit, msp_response_level requires,
                       msp_mrd *out, msp_error *err)
{
    msp_mrd_rules rules = msp_mrd_rules_of(w->asked->options->rules);
    rules.limit = limit;
    rules.requires = requires;
    return msp_mrd_find(w->patient, w->result, &rules, w->asked->arena, out, err);
}

static msp_status add_time_to_mrd(const writer *w, msp_dated when, msp_error *err)
{
    const msp_tte_rules rules = msp_tte_rules_of(w->asked->options->rules);
    static const msp_tte_definition definition = {.paramcd = "TTMRD",
                                                  .param = "Time to MRD Negativity",
                                                  .followed_by = MSP_FOLLOWED_BY_CONTACT};
    static const msp_outcome_rule why = {"M1", 0, "MRD Negativity", "",
                                         "first test that is negative with the response it needs"};
    const msp_tte survival =
        msp_tte_derive(w->timeline, msp_tte_definition_find("OS"), &rules); /* for its start */
    if (when.day == MSP_NO_DAY || survival.start.day == MSP_NO_DAY || when.day < survival.start.day)
        return MSP_OK;
    const int64_t days = (int64_t)when.day - survival.start.day + 1;
    const msp_tte tte = {.state = MSP_TTE_EVENT,
                         .start = survival.start,
                         .end = when,
                         .days = days,
                         .after = days,
                         .event = -1,
                         .why = &why};
    return msp_adtte_add(&w->adam->adtte, w->asked->options->study, w->patient->id, '\0',
                         &definition, &tte, err);
}

/* What the protocol's endpoints ask for. */
static msp_status add_asked_mrd(const writer *w, msp_error *err)
{
    const msp_asked *asked = &w->asked->all;
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < asked->n_rates && rc == MSP_OK; i++) {
        const msp_rate_asked *rate = &asked->rates[i];
        msp_mrd mrd;
        if (rate->kind != MSP_RATE_OF_MRD || rate->standard)
            continue;
        rc = find(w, rate->limit, rate->level, &mrd, err);
        if (rc == MSP_OK)
            rc = msp_adrs_add_flag(&w->adam->adrs, w->asked->options->study, w->patient->id,
                                   rate->paramcd, msp_endpoint_label(rate->endpoint),
                                   of_test(w, &mrd, mrd.negative), err);
    }
    return rc;
}

static msp_status add_mrd(const writer *w, msp_error *err)
{
    const msp_mrd_rules rules = msp_mrd_rules_of(w->asked->options->rules);
    enum { AT_5, AT_6, WITH_CR, AS_ASKED, WAYS };
    const struct {
        msp_decimal limit;
        msp_response_level requires;
    } ways[WAYS] = {[AT_5] = {{10, 0}, rules.requires},
                    [AT_6] = {{1, 0}, rules.requires},
                    [WITH_CR] = {rules.limit, MSP_LEVEL_CR},
                    [AS_ASKED] = {rules.limit, rules.requires}};
    msp_mrd mrd[WAYS];
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < WAYS; i++)
        rc = find(w, ways[i].limit, ways[i].requires, &mrd[i], err);
    if (rc != MSP_OK)
        return rc;
    const msp_mrd *asked = &mrd[AS_ASKED];
    const struct {
        const char *paramcd, *param;
        const msp_mrd *of;
        msp_day day;
    } parameters[] = {
        {"MRDNEG5", "MRD Negative at 1 in 100,000", &mrd[AT_5], mrd[AT_5].negative},
        {"MRDNEG6", "MRD Negative at 1 in 1,000,000", &mrd[AT_6], mrd[AT_6].negative},
        {"MRDCR", "MRD Negative Complete Response", &mrd[WITH_CR], mrd[WITH_CR].negative},
        {"MRDIMG", "Imaging-Plus MRD Negative", asked, asked->imaging_plus},
        {"SUSMRD12", "Sustained MRD Negative, 12 Months", asked, asked->sustained},
        {"SUSMRDBM", "Sustained MRD Negative in the Marrow", asked, asked->sustained_marrow},
        {"MRDREL", "Relapse From MRD Negativity", asked, asked->relapse},
    };
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(parameters); i++)
        rc = msp_adrs_add_flag(&w->adam->adrs, w->asked->options->study, w->patient->id,
                               parameters[i].paramcd, parameters[i].param,
                               of_test(w, parameters[i].of, parameters[i].day), err);
    if (rc == MSP_OK)
        rc = add_asked_mrd(w, err);
    return rc == MSP_OK ? add_time_to_mrd(w, of_test(w, asked, asked->negative), err) : rc;
}

/* -- relapses that describe -- */

static msp_dated of_day(const msp_timeline *timeline, msp_day day)
{
    for (size_t i = 0; day != MSP_NO_DAY && i < timeline->n_seen; i++)
        if (timeline->seen[i].day == day)
            return (msp_dated){day, timeline->seen[i].from};
    return (msp_dated){.day = day};
}

static msp_status add_relapses(const writer *w, msp_error *err)
{
    const msp_response_result *r = w->result;
    const bool symptomatic = r->progression_kind == MSP_PD_KIND_SYMPTOMATIC;
    const struct {
        const char *paramcd, *param;
        msp_day day;
    } all[] = {
        {"PDSYMP", "Symptomatic Progression", symptomatic ? r->progression : MSP_NO_DAY},
        {"CLINREL", "Clinical Relapse", r->clinical_relapse},
        {"CRREL", "Relapse From Complete Response", r->relapse_from_cr},
        {"SIGREL", "Significant Biochemical Relapse", r->significant_relapse},
    };
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(all); i++)
        rc = msp_adrs_add_flag(&w->adam->adrs, w->asked->options->study, w->patient->id,
                               all[i].paramcd, all[i].param, of_day(w->timeline, all[i].day), err);
    return rc;
}

/* -- everybody -- */

static bool anybody_measured(const msp_patients *patients)
{
    for (size_t i = 0; i < patients->n; i++)
        if (patients->patients[i].n_measured > 0)
            return true;
    return false;
}

/* What of the tables anybody has. */
typedef struct found {
    bool measured, tested, collected;
} found;

static bool anybody_dosed(const msp_patients *patients)
{
    for (size_t i = 0; i < patients->n; i++)
        if (patients->patients[i].n_given > 0)
            return true;
    return false;
}

static msp_status add_patient(const writer *w, const found *any, msp_error *err)
{
    const msp_adam_options *options = w->asked->options;
    msp_profile profile;
    msp_status rc = msp_profile_of(w->patient, options->rules, w->asked->arena, &profile, err);
    if (rc == MSP_OK)
        rc = add_subject(w->adam, options, w->patient, w->result, w->timeline, &profile,
                         w->asked->arena, err);
    if (rc == MSP_OK)
        rc = add_derived(w, any->measured, err);
    if (rc == MSP_OK && options->reports != NULL)
        rc = msp__adam_add_reported(w->adam, w->asked, w->patient, w->timeline, w->crossed, err);
    if (rc == MSP_OK && any->measured)
        rc = add_relapses(w, err);
    if (rc == MSP_OK && any->collected)
        rc = add_harvest(w, err);
    if (rc == MSP_OK && w->patients->says_adverse_events) {
        const msp_teae_rules emergent = msp_teae_rules_of(options->rules);
        rc = msp_adae_add(&w->adam->adae, options->study, w->patient, &emergent, err);
    }
    return rc == MSP_OK && any->tested ? add_mrd(w, err) : rc;
}

msp_status msp_adam_of_responses(const msp_patients *patients, const msp_responses *responses,
                                 const msp_adam_options *options, msp_adam *out, msp_error *err)
{
    msp_timeline *timelines = NULL, *crossed = NULL;
    msp_arena arena = {0};
    msp__adam_asked asked = {.options = options, .arena = &arena};
    msp_status rc = init(out, err);
    if (rc == MSP_OK && patients->says_adverse_events)
        rc = msp_adae_init(&out->adae, err);
    if (rc == MSP_OK && options->protocol != NULL && anybody_dosed(patients))
        rc = msp_adex_init(&out->adex, err);
    if (rc == MSP_OK)
        rc = msp_asked_of(options->protocol, options->rules, &arena, &asked.all, err);
    if (rc == MSP_OK)
        rc = msp_asked_check(&asked.all, patients, err);
    if (rc == MSP_OK)
        rc = msp_derived_timelines(patients, responses, options->rules, options->measurability,
                                   &arena, &timelines, err);
    if (rc == MSP_OK)
        rc = msp_crossover_timelines(patients, options->rules, options->measurability, &arena,
                                     timelines, &crossed, err);
    const found any = {.measured = anybody_measured(patients),
                       .tested = msp_mrd_any(patients),
                       .collected = rc == MSP_OK && anybody_collected(timelines, patients->n)};
    for (size_t i = 0; i < patients->n && rc == MSP_OK; i++) {
        const writer w = {.adam = out,
                          .asked = &asked,
                          .patients = patients,
                          .patient = &patients->patients[i],
                          .result = &responses->results[i],
                          .timeline = &timelines[i],
                          .crossed = crossed != NULL ? &crossed[i] : NULL};
        rc = add_patient(&w, &any, err);
    }
    msp_arena_free(&arena);
    if (rc != MSP_OK)
        msp_adam_free(out);
    return rc;
}

msp_status msp_adam_write(const msp_adam *adam, const char *folder, msp_table_format format,
                          msp_error *err)
{
    const struct {
        const msp_table *table;
        const char *file;
    } files[] = {{&adam->adsl, "adsl"},
                 {&adam->adrs, "adrs"},
                 {&adam->adtte, "adtte"},
                 {&adam->adae, "adae"},
                 {&adam->adex, "adex"}};
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(files) && rc == MSP_OK; i++) {
        msp_text path = {0};
        if (files[i].table->name == NULL)
            continue;
        msp_text_printf(&path, "%s/%s.%s", folder, files[i].file, msp_table_format_name(format));
        rc = path.failed ? msp_fail(err, MSP_EMEM, "out of memory")
                         : msp_table_write(files[i].table, msp_text_str(&path), format, NULL, err);
        if (rc != MSP_OK) /* the path goes */
            msp_error_in_folder(err, folder);
        msp_text_free(&path);
    }
    return rc;
}
