/* ctgov.c - a record of ClinicalTrials.gov as an evidence file. */
#include "mspike/evidence/ctgov.h"

#include <ctype.h>
#include <string.h>

#include "ctgov_internal.h"
#include "mspike/base/file.h"

/* -- the whole -- */

static void write_file(record *r, msp_text *out)
{
    msp_text_printf(out,
                    "# From the record of %s at ClinicalTrials.gov: read it through before use.\n"
                    "mspike: 1\ntitle: ",
                    r->nct);
    msp__ctgov_quote(out, msp__ctgov_text(r->protocol, "identificationModule.briefTitle"));
    msp__ctgov_add_drug_list(r, out);
    msp_text_add(out, "\nregimens:\n");
    for (size_t i = 0; i < r->n_arms; i++) {
        msp_text_add(out, "  ");
        msp__ctgov_quote(out, r->arms[i].name);
        msp_text_add(out, ": ");
        msp__ctgov_add_drugs(r, r->arms[i].name, out);
        msp_text_add_char(out, '\n');
    }
    if (r->n_arms == 0)
        msp_text_add(out, "  \"not said\": {drugs: [\"not said\"]}\n");
    msp_text_add(out, "\npopulations:\n  assigned: {label: participants of the record, all: yes}\n"
                      "  assessed: {label: those assessed, varies: yes}\n"
                      "\nendpoints:\n");
    if (r->endpoints.len == 0)
        msp_text_add(out, "  none: {kind: rate, label: no results}\n");
    msp_text_add(out, msp_text_str(&r->endpoints));
    msp_text_printf(out, "\nsources:\n  registry: ClinicalTrials.gov %s, updated %s\n", r->nct,
                    msp__ctgov_text(r->protocol, "statusModule.lastUpdatePostDateStruct.date"));
    msp__ctgov_add_trial(r, out);
    if (r->trial_results.len > 0)
        msp_text_printf(out, "    results:\n%s", msp_text_str(&r->trial_results));
}

static msp_status unsupported(const char *text, size_t len, const char *name, const char *what,
                              msp_error *err)
{
    const char *nct = NULL;
    for (size_t i = 0; nct == NULL && i + 11 <= len; i++)
        if (memcmp(text + i, "NCT", 3) == 0 && isdigit((unsigned char)text[i + 3]))
            nct = text + i;
    msp_fail(err, MSP_EUNSUPPORTED, "%s: %s of ClinicalTrials.gov is not read", name, what);
    return msp_hint(err, MSP_EUNSUPPORTED,
                    "get the JSON of version 2: https://clinicaltrials.gov/api/v2/studies/%.11s",
                    nct != NULL ? nct : "NCT...");
}

static const char *skip_blank(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && strchr(" \t\r\n\xEF\xBB\xBF", text[i]) != NULL && text[i] != '\0')
        i++;
    return text + i;
}

static bool begins(const char *s, const char *end, const char *with)
{
    return (size_t)(end - s) >= strlen(with) && memcmp(s, with, strlen(with)) == 0;
}

static bool holds(const char *text, size_t len, const char *word)
{
    const size_t n = strlen(word);
    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, word, n) == 0)
            return true;
    return false;
}

bool msp_ctgov_is_record(const char *text, size_t len)
{
    const char *s = skip_blank(text, len), *end = text + len;
    if (begins(s, end, "<"))
        return holds(text, len, "clinical_study");
    return begins(s, end, "{") &&
           (holds(text, len, "\"protocolSection\"") || holds(text, len, "\"FullStudiesResponse\""));
}

msp_status msp_ctgov_convert_text(const char *text, size_t len, const char *name, msp_text *out,
                                  msp_findings *notes, msp_error *err)
{
    const char *s = skip_blank(text, len);
    if (begins(s, text + len, "<"))
        return unsupported(text, len, name, "the former XML", err);
    json_error_t fault;
    record r = {.file = name, .notes = notes};
    r.root = json_loadb(text, len, 0, &fault);
    if (r.root == NULL) {
        const msp_place place = {.file = name,
                                 .line = fault.line > 0 ? (uint32_t)fault.line : 0,
                                 .col = fault.column > 0 ? (uint32_t)fault.column : 0};
        return msp_fail_at(err, MSP_EINPUT, place, "this is no JSON: %s", fault.text);
    }
    r.protocol = msp__ctgov_at(r.root, "protocolSection");
    r.results = msp__ctgov_at(r.root, "resultsSection");
    r.nct = msp__ctgov_text(r.protocol, "identificationModule.nctId");
    msp_status status = MSP_OK;
    if (msp__ctgov_at(r.root, "FullStudiesResponse") != NULL)
        status = unsupported(text, len, name, "version 1 of the API", err);
    else if (r.protocol == NULL || strlen(r.nct) != 11 || strncmp(r.nct, "NCT", 3) != 0)
        status = msp_fail(err, MSP_EINPUT,
                          "%s is no record of ClinicalTrials.gov: it has no "
                          "protocolSection with an NCT number",
                          name);
    if (status == MSP_OK) {
        msp__ctgov_read_arms(&r);
        msp__ctgov_add_outcomes(&r);
        msp__ctgov_add_flow(&r);
        msp__ctgov_add_events(&r);
        write_file(&r, out);
        if (out->failed || r.endpoints.failed || r.trial_results.failed)
            status = msp_fail(err, MSP_EMEM, "out of memory while reading %s", name);
    }
    msp_text_free(&r.endpoints);
    msp_text_free(&r.trial_results);
    json_decref(r.root);
    return status;
}

msp_status msp_ctgov_convert(const char *path, msp_text *out, msp_findings *notes, msp_error *err)
{
    msp_file file;
    msp_status status = msp_file_open(path, &file, err);
    if (status != MSP_OK)
        return status;
    status = msp_ctgov_convert_text(file.data != NULL ? file.data : "", file.size, path, out, notes,
                                    err);
    msp_file_close(&file);
    return status;
}
