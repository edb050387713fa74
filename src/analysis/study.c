#include "mspike/analysis/study.h"

#include "study_internal.h"

/* Patients of every population by arm, so that a report can say who is in which. */
static msp_status count_populations(struct study *study, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < p->populations.n; i++) {
        const msp_summary whole = {.population = {.text = p->populations.items[i].id}};
        rc = study_summary(study, &whole, "populations", err);
    }
    return rc;
}

static msp_status analyse_one(struct study *study, const msp_analysis *analysis, msp_error *err)
{
    const msp_endpoint *endpoint = msp_protocol_endpoint(study->protocol, analysis->endpoint.text);
    if (endpoint->kind.value == MSP_ENDPOINT_TIME_TO_EVENT && msp_was_said(endpoint->from.at))
        return study_survival(study, analysis, endpoint, err);
    if (msp_was_said(endpoint->response.at))
        return study_rates(study, analysis, endpoint, err);
    if (msp_was_said(endpoint->scores.at))
        return study_means(study, analysis, endpoint, err);
    if (endpoint->kind.value == MSP_ENDPOINT_SAFETY && study->counts_events)
        return MSP_OK; /* study_safety.c */
    msp_findings_add(study->findings, MSP_SEVERITY_WARNING, "study-not-analysed", analysis->at,
                     "give the endpoint a `from:` that names the table, or leave the analysis out",
                     "analysis \"%s\" is left out: no table holds endpoint \"%s\"", analysis->id,
                     endpoint->id);
    return MSP_OK;
}

static msp_status analyse(struct study *study, msp_error *err)
{
    msp_status rc = study_read(study, err);
    const msp_protocol *p = study->protocol; /* as it stands now */
    if (rc == MSP_OK)
        rc = count_populations(study, err);
    if (rc == MSP_OK && msp_was_said(p->disposition.at))
        rc = study_summary(study, &p->disposition, "disposition", err);
    if (rc == MSP_OK && msp_was_said(p->baseline.at))
        rc = study_summary(study, &p->baseline, "baseline", err);
    if (rc == MSP_OK)
        rc = study_safety(study, err);
    if (rc == MSP_OK)
        rc = study_exposure(study, err);
    for (size_t i = 0; rc == MSP_OK && i < p->analyses.n; i++)
        rc = analyse_one(study, &p->analyses.items[i], err);
    if (rc == MSP_OK && msp_was_said(p->multiplicity.at))
        rc = study_multiplicity(study, err);
    return rc;
}

/* The date up to which the tables speak, as the protocol has it. */
static const char *cutoff_of(struct study *study)
{
    const msp_protocol *p = study->protocol;
    const msp_cutoff *cutoff = msp_protocol_cutoff(p, p->data.cutoff.text);
    char date[MSP_DATE_MAX];
    if (cutoff == NULL || cutoff->date.value.precision == MSP_DATE_NONE)
        return "";
    msp_day_format(cutoff->date.value.latest, date);
    const char *kept = msp_arena_text(&study->results->arena, date);
    return kept != NULL ? kept : "";
}

msp_status msp_study_analyse(const msp_protocol *protocol, const char *folder,
                             const msp_study_options *options, msp_results *out,
                             msp_findings *findings, msp_error *err)
{
    *out = (msp_results){
        .version = msp_version(),
        .convention = options->convention == MSP_CONVENTION_SAS ? "sas" : "r",
        .seed = options->seed,
    };
    struct study study = {
        .protocol = protocol,
        .folder = folder,
        .options = options,
        .results = out,
        .findings = findings,
    };
    out->cutoff = cutoff_of(&study);
    msp_status rc;
    if (protocol->data.subjects.table.text == NULL) {
        rc = msp_fail_at(err, MSP_EINPUT, protocol->at,
                         "the protocol does not say which tables hold its patients");
        (void)msp_hint(err, rc, "add `data: {subjects: {table: ADSL, id: USUBJID, arm: TRT01P}}`");
    } else {
        rc = analyse(&study, err);
    }
    if (rc != MSP_OK && err != NULL && err->at.file != NULL) /* it outlives the table it names */
        err->at.file = msp_arena_text(&findings->arena, err->at.file);
    study_free(&study);
    if (rc != MSP_OK)
        msp_results_free(out);
    return rc;
}
