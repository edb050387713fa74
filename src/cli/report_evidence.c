/* report_evidence.c - the published results in a report: alone, or with a trial among them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "read_protocol.h"
#include "report.h"

/* -- published results alone -- */

static msp_status write_published(evidence_job *j, bool force, msp_error *err)
{
    msp_text json = {0}, csv = {0};
    evidence_as_json(j, &json);
    evidence_as_csv(j, &csv);
    msp_evidence_page page = evidence_page_of(j);
    page.json = &json;
    page.csv = &csv;
    const msp_status rc = json.failed || csv.failed
                              ? msp_fail(err, MSP_EMEM, "no memory for the answer")
                              : msp_evidence_page_write(&page, j->v->common.output, force, err);
    msp_text_free(&json);
    msp_text_free(&csv);
    return rc;
}

msp_status report_ask_population(const char *path, msp_error *err)
{
    msp_evidence e;
    msp_findings findings = {0};
    const char *names[MSP_SCHEMA_ITEMS_MAX];
    msp_fail(err, MSP_EUSAGE, "a report of an evidence file needs --population");
    if (msp_evidence_read(path, &e, &findings, NULL) == MSP_OK) {
        for (size_t i = 0; i < e.populations.n; i++)
            names[i] = e.populations.items[i].id;
        (void)msp_evidence_hint_names(err, MSP_EUSAGE, "", names, e.populations.n);
    }
    msp_findings_free(&findings);
    msp_evidence_free(&e);
    return MSP_EUSAGE;
}

int report_published(evidence_values *values, const char *const *paths, size_t n, bool force)
{
    evidence_job j = {.v = values, .path = paths[0], .n_paths = n};
    memcpy(j.paths, paths, n * sizeof *paths);
    msp_error err = {0};
    msp_status rc = evidence_work(&j, &err);
    if (rc == MSP_OK)
        rc = write_published(&j, force, &err);
    const int exit_code = rc == MSP_OK ? 0 : cli_fail(&err);
    evidence_free(&j);
    if (rc == MSP_OK && !values->common.quiet)
        fprintf(stderr, "wrote %s/index.html\n", values->common.output);
    return exit_code;
}

/* -- a trial among them -- */

/* A path of the protocol is from its own folder. */
static msp_status add_paths(const msp_protocol *protocol, evidence_job *j, msp_error *err)
{
    const msp_said_texts *files = &protocol->published.files;
    if (files->n > EVIDENCE_FILES_MAX)
        return msp_fail_at(err, MSP_EUNSUPPORTED, files->items[EVIDENCE_FILES_MAX].at,
                           "%zu evidence files; at most %d are read together", files->n,
                           EVIDENCE_FILES_MAX);
    for (size_t i = 0; i < files->n; i++) {
        j->paths[i] = cli_beside(protocol, files->items[i].text, &j->arena);
        if (j->paths[i] == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for a file name");
        if (access(j->paths[i], R_OK) != 0) {
            msp_fail_at(err, MSP_EIO, files->items[i].at, "cannot read %s: %s", j->paths[i],
                        strerror(errno));
            return msp_hint(err, MSP_EIO, "an evidence file's path is from the protocol's folder");
        }
    }
    j->path = j->paths[0];
    j->n_paths = files->n;
    return MSP_OK;
}

static msp_status answer(const msp_protocol *protocol, evidence_job *j, msp_error *err)
{
    const msp_published *asked = &protocol->published;
    msp_status rc = add_paths(protocol, j, err);
    if (rc == MSP_OK)
        rc = evidence_work(j, err);
    if (rc == MSP_OK || j->evidence.file == NULL || err->at.line > 0)
        return rc;
    /* what the protocol asks for is a fault of the protocol */
    if (msp_evidence_find_population(&j->evidence, asked->population.text) == NULL)
        err->at = asked->population.at;
    else if (msp_evidence_find_endpoint(&j->evidence, asked->endpoint.text) == NULL)
        err->at = asked->endpoint.at;
    else if (rc == MSP_EUSAGE && asked->reference.text != NULL)
        err->at = asked->reference.at;
    return rc;
}

static const char *name_of(const msp_protocol *protocol)
{
    return protocol->trial.acronym.text != NULL ? protocol->trial.acronym.text : "This trial";
}

/* The trial's results as evidence, or why there are none. */
static msp_status take_own(const msp_protocol *protocol, const msp_results *results,
                           report_place *p, const char **apart, msp_error *err)
{
    if (results->simulated) {
        *apart = msp_arena_printf(&p->joined.arena,
                                  "The patients of %s are simulated here, so that they are not "
                                  "among these: what is simulated is no evidence.",
                                  name_of(protocol));
    } else {
        const msp_status rc = msp_results_evidence(protocol, results, &p->own, err);
        if (rc == MSP_OK)
            p->joined.own = &p->own;
        if (rc != MSP_ENODATA)
            return rc;
        *apart = msp_arena_printf(&p->joined.arena,
                                  "%s is not among them: no analysis of it compares two arms.",
                                  name_of(protocol));
    }
    return *apart != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for the report");
}

/* An arm of another name than the published regimen is another treatment: said, for it may be a
 * slip. */
static void note_arms(const msp_protocol *protocol, const report_place *p)
{
    for (size_t i = 0; i < protocol->arms.n; i++)
        if (msp_evidence_find_regimen(&p->alone.evidence, protocol->arms.items[i].id) == NULL)
            cli_note(&p->values.common,
                     "arm \"%s\" has the name of no regimen of the evidence files: there it is a "
                     "treatment of its own",
                     protocol->arms.items[i].id);
}

/* What the trial's results change in the answer. */
static msp_status compare(const msp_protocol *protocol, report_place *p, msp_error *err)
{
    const msp_status rc = answer(protocol, &p->alone, err);
    if (rc != MSP_OK)
        return rc;
    note_arms(protocol, p);
    evidence_as_json(&p->alone, &p->before);
    if (p->before.failed)
        return msp_fail(err, MSP_EMEM, "no memory for the answer");
    return msp_answer_compare_text(&p->joined.evidence, &p->joined.answer, &p->joined.query,
                                   msp_text_str(&p->before), p->before.len,
                                   "the published results alone", &p->joined.changes, err);
}

msp_status report_place_make(const cli_common *common, const msp_protocol *protocol,
                             const msp_results *results, report_place *p, msp_error *err)
{
    const msp_published *asked = &protocol->published;
    const char *apart = NULL;
    *p = (report_place){.values = evidence_values_default()};
    p->values.common.seed = common->seed;
    p->values.common.quiet = common->quiet;
    p->values.population = asked->population.text;
    p->values.endpoint = asked->endpoint.text;
    p->values.reference = asked->reference.text;
    p->alone.v = p->joined.v = &p->values;
    msp_status rc = take_own(protocol, results, p, &apart, err);
    if (rc == MSP_OK)
        rc = answer(protocol, &p->joined, err);
    if (rc == MSP_OK && apart == NULL)
        rc = compare(protocol, p, err);
    if (rc != MSP_OK)
        return rc;
    evidence_as_json(&p->joined, &p->json);
    evidence_as_csv(&p->joined, &p->csv);
    p->page = evidence_page_of(&p->joined);
    p->page.trial = name_of(protocol);
    p->page.apart = apart;
    p->page.alone = apart == NULL ? &p->alone.pooled : NULL;
    p->page.json = &p->json;
    p->page.csv = &p->csv;
    return p->json.failed || p->csv.failed ? msp_fail(err, MSP_EMEM, "no memory for the answer")
                                           : MSP_OK;
}

void report_place_free(report_place *p)
{
    evidence_free(&p->alone);
    evidence_free(&p->joined);
    msp_text_free(&p->own);
    msp_text_free(&p->before);
    msp_text_free(&p->json);
    msp_text_free(&p->csv);
}
