/* study_safety.c - adverse events and laboratory grades of the study, by the arm of treatment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/analysis/safety.h"
#include "mspike/patient.h"
#include "study_internal.h"

/* What is counted: whose arm, under which names. */
struct counting {
    struct study *study;
    msp_safety_arms arms;
    uint32_t *arm; /* of each patient; MSP_NO_ARM: not treated, or of no arm */
    size_t n;
};

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the safety of the study");
}

static uint32_t arm_of(const msp_protocol *p, const msp_patient *patient)
{
    const char *name = patient->actual_arm != NULL ? patient->actual_arm : patient->arm;
    for (size_t i = 0; name != NULL && i < p->arms.n; i++)
        if (strcmp(msp_arm_value(&p->arms.items[i]), name) == 0)
            return (uint32_t)i;
    return MSP_NO_ARM;
}

static msp_status begin(struct study *study, size_t n, struct counting *c, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    const char **names = msp_arena_array(&study->arena, p->arms.n + 1, sizeof *names);
    *c = (struct counting){
        .study = study, .n = n, .arm = msp_arena_array(&study->arena, n + 1, sizeof *c->arm)};
    if (names == NULL || c->arm == NULL)
        return no_memory(err);
    for (size_t i = 0; i < p->arms.n; i++)
        names[i] = p->arms.items[i].id;
    c->arms = (msp_safety_arms){names, p->arms.n,
                                p->safety.population.text != NULL ? p->safety.population.text
                                                                  : "treated patients"};
    return MSP_OK;
}

/* The patients of each arm. */
static msp_status count_arms(const struct counting *c, msp_error *err)
{
    msp_status rc = MSP_OK;
    msp_record r = msp_record_empty();
    r.analysis = MSP_SAFETY_ANALYSIS;
    r.population = c->arms.population;
    r.statistic = MSP_STATISTIC_COUNT;
    for (size_t k = 0; rc == MSP_OK && k < c->arms.n; k++) {
        r.n = 0;
        for (size_t i = 0; i < c->n; i++)
            r.n += c->arm[i] == k;
        r.arm = c->arms.names[k];
        r.estimate = (double)r.n;
        rc = study_add(c->study, &r, err);
    }
    return rc;
}

/* -- adverse events -- */

/* Those of the protocol's own endpoints, in the words that they are described by. */
static msp_status count_endpoints(const struct counting *c, const msp_adverse_counted *counted,
                                  msp_error *err)
{
    const msp_protocol *p = c->study->protocol;
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < p->endpoints.n; i++) {
        const msp_endpoint *e = &p->endpoints.items[i];
        if (e->kind.value != MSP_ENDPOINT_SAFETY)
            continue;
        const msp_adverse_kind kind = msp_adverse_kind_in_words(e->events_counted.text);
        if (kind == MSP_ADVERSE_KINDS) {
            msp_findings_add(c->study->findings, MSP_SEVERITY_WARNING, "study-not-analysed", e->at,
                             "say serious, fatal, related, or leading to discontinuation of any "
                             "or of all drugs; and `grade:`",
                             "endpoint \"%s\" is left out: \"%s\" are no adverse events that are "
                             "told apart",
                             e->id, e->events_counted.text);
            continue;
        }
        const bool graded = msp_was_said(e->grade.at) && e->grade.value != MSP_NO_COUNT;
        const msp_adverse_asked asked = {.kind = kind, .grade = graded ? (int)e->grade.value : 0};
        rc = msp_safety_endpoint_records(counted, &c->arms, e->id, msp_endpoint_label(e), &asked,
                                         c->study->results, err);
    }
    return rc;
}

/* Records of what was counted. */
static msp_status record_events(void *context, const msp_adverse_counted *counted, msp_error *err)
{
    const struct counting *c = context;
    const msp_status rc = msp_safety_adverse_records(counted, &c->arms, c->study->results, err);
    c->study->counts_events = rc == MSP_OK;
    return rc == MSP_OK ? count_endpoints(c, counted, err) : rc;
}

static msp_status count_events(struct counting *c, const msp_teae_rules *rules, msp_error *err)
{
    struct study *study = c->study;
    msp_adverse_counted counted;
    if (!study->patients.says_adverse_events || study->protocol->data.visits.text != NULL)
        return MSP_OK;
    const msp_status rc =
        msp_adverse_count(&study->patients, c->arm, rules, msp_protocol_cutoff_day(study->protocol),
                          &study->arena, &counted, err);
    return rc == MSP_OK ? record_events(c, &counted, err) : rc;
}

/* -- laboratory grades -- */

static msp_status read_blood(struct study *study, msp_bloods *out, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    char *path = NULL;
    if (p->data.visits.text == NULL)
        return msp_blood_read(study->folder, p, &study->patients, out, study->findings, err);
    msp_status rc = msp_table_find(study->folder, p->data.visits.text, &path, err);
    const char *kept = rc == MSP_OK ? msp_arena_text(&study->findings->arena, path) : NULL;
    free(path);
    if (rc == MSP_OK && kept == NULL)
        return no_memory(err);
    return rc == MSP_OK ? msp_blood_read_tidy(kept, msp_protocol_cutoff_day(p), &study->patients,
                                              out, study->findings, err)
                        : rc;
}

static msp_status grade(const struct counting *c, const msp_bloods *bloods,
                        const msp_teae_rules *rules, msp_error *err)
{
    struct study *study = c->study;
    const msp_ctcae version = msp_ctcae_of(&study->protocol->rules);
    const size_t n = study->patients.n;
    msp_lab_course *courses = msp_arena_array(&study->arena, n + 1, sizeof *courses);
    msp_status rc = courses != NULL ? MSP_OK : no_memory(err);
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        const msp_treated_time exposure = msp_treated_time_of(&study->patients.patients[i]);
        rc = msp_lab_course_of(&bloods->of[i], &exposure, rules, version, &study->arena,
                               &courses[i], err);
    }
    return rc == MSP_OK
               ? msp_safety_lab_records(courses, c->arm, n, &c->arms, version, study->results, err)
               : rc;
}

static msp_status grade_values(const struct counting *c, const msp_teae_rules *rules,
                               msp_error *err)
{
    struct study *study = c->study;
    msp_bloods bloods;
    if (!msp_protocol_grades_labs(study->protocol)) {
        msp_findings_add(study->findings, MSP_SEVERITY_NOTE, "study-ctcae",
                         study->protocol->safety.ctcae.at, "rules: {ctcae: 4} grades them",
                         "laboratory values are not graded by version 3 of CTCAE");
        return MSP_OK;
    }
    msp_status rc = read_blood(study, &bloods, err);
    if (rc != MSP_OK)
        return rc;
    if (bloods.n_values > 0)
        rc = grade(c, &bloods, rules, err);
    msp_bloods_free(&bloods);
    return rc;
}

/* -- the whole -- */

static msp_status of_patients(struct study *study, msp_error *err)
{
    const msp_teae_rules rules = msp_teae_rules_of(&study->protocol->rules);
    struct counting c;
    msp_status rc = begin(study, study->patients.n, &c, err);
    for (size_t i = 0; rc == MSP_OK && i < c.n; i++) {
        const msp_patient *patient = &study->patients.patients[i];
        c.arm[i] =
            patient->first_dose != MSP_NO_DAY ? arm_of(study->protocol, patient) : MSP_NO_ARM;
    }
    if (rc == MSP_OK)
        rc = count_arms(&c, err);
    if (rc == MSP_OK)
        rc = count_events(&c, &rules, err);
    return rc == MSP_OK ? grade_values(&c, &rules, err) : rc;
}

/* The patients of `safety: {population: ...}`, or all of the subjects' table. */
static msp_status of_tables(struct study *study, msp_error *err)
{
    const msp_population *population =
        msp_protocol_population(study->protocol, study->protocol->safety.population.text);
    struct counting c;
    msp_factor arms;
    uint8_t *keep;
    msp_status rc = begin(study, study->n_patients, &c, err);
    if (rc == MSP_OK)
        rc = study_population(study, population, &keep, err);
    if (rc == MSP_OK)
        rc = study_arms(study, population, &arms, err);
    for (size_t i = 0; rc == MSP_OK && i < c.n; i++)
        c.arm[i] = keep[i] && arms.code[i] != MSP_NO_LEVEL ? arms.code[i] : MSP_NO_ARM;
    if (rc == MSP_OK && population == NULL)
        c.arms.population = "all patients";
    if (rc == MSP_OK)
        rc = count_arms(&c, err);
    return rc == MSP_OK ? study_count_adae(study, c.arm, record_events, &c, err) : rc;
}

msp_status study_safety(struct study *study, msp_error *err)
{
    if (study->from_labs)
        return of_patients(study, err);
    return study_has_adae(study) ? of_tables(study, err) : MSP_OK;
}
