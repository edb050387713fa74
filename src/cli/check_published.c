/* check_published.c - the evidence files that a protocol names. */
#include "check.h"
#include "mspike/evidence.h"
#include "read_protocol.h"

static const char ID[] = "protocol-evidence";

/* The next file into *into; why it cannot be read is a finding where it says so itself, else where
 * the protocol names it. */
static msp_status add_file(const msp_protocol *p, size_t i, msp_evidence *into,
                           msp_findings *findings, bool *read, msp_error *err)
{
    const msp_said_text *said = &p->published.files.items[i];
    const char *path = cli_beside(p, said->text, &findings->arena);
    msp_evidence next = {0};
    msp_error why = {0};
    *read = false;
    if (path == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a file name");
    msp_status rc = msp_evidence_read(path, &next, findings, &why);
    if (rc == MSP_EMEM)
        return msp_fail(err, rc, "%s", why.text);
    if (rc != MSP_OK) {
        msp_findings_add(findings, MSP_SEVERITY_ERROR, ID, why.at.line > 0 ? why.at : said->at,
                         why.at.line > 0 ? why.hint
                                         : "an evidence file's path is from the protocol's folder",
                         "%s: %s", path, why.text);
        msp_evidence_free(&next);
        return MSP_OK;
    }
    *read = true;
    if (i > 0) {
        rc = msp_evidence_join(into, &next, findings, err);
        msp_evidence_free(&next);
        return rc;
    }
    *into = next;
    return MSP_OK;
}

/* What the protocol asks of the files. */
static void check_question(const msp_published *asked, const msp_evidence *e,
                           msp_findings *findings)
{
    static const char hint[] = "`mspike evidence FILE` lists what there is";
    const struct {
        const msp_said_text *said;
        const char *what;
        bool known;
    } names[] = {
        {&asked->population, "population",
         msp_evidence_find_population(e, asked->population.text) != NULL},
        {&asked->endpoint, "endpoint", msp_evidence_find_endpoint(e, asked->endpoint.text) != NULL},
        {&asked->reference, "regimen",
         asked->reference.text == NULL ||
             msp_evidence_find_regimen(e, asked->reference.text) != NULL},
    };
    for (size_t i = 0; i < MSP_COUNT(names); i++)
        if (!names[i].known)
            msp_findings_add(findings, MSP_SEVERITY_ERROR, ID, names[i].said->at, hint,
                             "the evidence files have no %s \"%s\"", names[i].what,
                             names[i].said->text);
}

msp_status check_published(const msp_protocol *p, msp_findings *findings, msp_error *err)
{
    const size_t n = p->published.files.n, errors = findings->n_errors;
    msp_evidence all = {0};
    msp_status rc = MSP_OK;
    bool read = true;
    for (size_t i = 0; rc == MSP_OK && read && i < n; i++)
        rc = add_file(p, i, &all, findings, &read, err);
    if (rc == MSP_OK && n > 0 && findings->n_errors == errors) {
        msp_evidence_check(&all, findings);
        check_question(&p->published, &all, findings);
    }
    msp_evidence_free(&all);
    return rc;
}
