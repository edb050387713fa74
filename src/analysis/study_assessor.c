/* study_assessor.c - whose assessment a study's tables are made of, where they are made.
 *
 * The one that the protocol names (`rules: {assessor: ...}`, else the first endpoint that names
 * one) where somebody was assessed so; else derived from what was measured; else what was reported.
 */
#include "study_internal.h"

static const char *const names[] = {
#define AS_TEXT(code, text) [MSP_ASSESSOR_##code] = (text),
    MSP_ASSESSOR_LIST(AS_TEXT)
#undef AS_TEXT
};

static bool anybody_measured(const msp_patients *patients)
{
    for (size_t i = 0; i < patients->n; i++)
        if (patients->patients[i].n_measured > 0)
            return true;
    return false;
}

/* NULL where the protocol names none. */
static const msp_said_choice *named(const msp_protocol *p)
{
    if (msp_was_said(p->rules.assessor.at))
        return &p->rules.assessor;
    for (size_t i = 0; i < p->endpoints.n; i++)
        if (msp_was_said(p->endpoints.items[i].assessor.at))
            return &p->endpoints.items[i].assessor;
    return NULL;
}

/* An endpoint that is to be assessed by another one is not made of that one's assessments. */
static void say_others(struct study *study)
{
    const msp_protocol *p = study->protocol;
    for (size_t i = 0; i < p->endpoints.n; i++) {
        const msp_endpoint *e = &p->endpoints.items[i];
        if (msp_was_said(e->assessor.at) && e->assessor.value >= 0 &&
            e->assessor.value != (int)study->assessor)
            msp_findings_add(
                study->findings, MSP_SEVERITY_WARNING, "study-assessor", e->assessor.at,
                "`mspike respond --out` writes the tables of every assessor",
                "\"%s\" is to be assessed by %s; in this report it is %s", e->id,
                names[e->assessor.value],
                study->assessor == MSP_ASSESSOR_DERIVED ? "derived from what was measured"
                                                        : names[study->assessor]);
    }
}

void study_choose_assessor(struct study *study, const msp_patients *patients,
                           const msp_reports *reports)
{
    const bool has[] = {[MSP_ASSESSOR_INVESTIGATOR] = reports->investigator.n > 0,
                        [MSP_ASSESSOR_IRC] = reports->committee.n > 0,
                        [MSP_ASSESSOR_DERIVED] = anybody_measured(patients)};
    const bool simulated = msp_patients_simulated(patients);
    const msp_said_choice *wanted = named(study->protocol);
    const int who = wanted != NULL ? wanted->value : -1;
    study->assessor =
        has[MSP_ASSESSOR_DERIVED] || (!has[MSP_ASSESSOR_INVESTIGATOR] && !has[MSP_ASSESSOR_IRC])
            ? MSP_ASSESSOR_DERIVED
        : has[MSP_ASSESSOR_INVESTIGATOR] ? MSP_ASSESSOR_INVESTIGATOR
                                         : MSP_ASSESSOR_IRC;
    if (who >= 0 && (size_t)who < MSP_COUNT(has) && has[who])
        study->assessor = (msp_assessor)who;
    else if (who >= 0 && (size_t)who < MSP_COUNT(names) && simulated)
        msp_findings_add(study->findings, MSP_SEVERITY_NOTE, "study-assessor", wanted->at, NULL,
                         "the assessor is %s; nobody assessed these simulated patients, whose "
                         "responses are derived from what was measured",
                         names[who]);
    else if (who >= 0 && (size_t)who < MSP_COUNT(names))
        msp_findings_add(study->findings, MSP_SEVERITY_WARNING, "study-assessor", wanted->at,
                         "RS holds reported responses, RSEVAL says whose",
                         "the assessor is %s, and the folder has no such responses: they are %s",
                         names[who],
                         study->assessor == MSP_ASSESSOR_DERIVED ? "derived from what was measured"
                                                                 : names[study->assessor]);
    study->results->assessor = names[study->assessor];
    study->results->assessor_planned = wanted != NULL && who >= 0 && (size_t)who < MSP_COUNT(names)
                                           ? names[who]
                                           : names[study->assessor];
    if (who < 0 || (int)study->assessor == who)
        say_others(study);
}
