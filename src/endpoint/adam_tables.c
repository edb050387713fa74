/* adam_tables.c - ADTTE and ADRS: which columns, and what goes into them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adam_write.h"
#include "mspike/endpoint/adam.h"

static const double none = NAN;

char msp_assessor_letter(msp_assessor assessor)
{
    return assessor == MSP_ASSESSOR_IRC ? 'I' : assessor == MSP_ASSESSOR_DERIVED ? 'D' : '\0';
}

enum { CODE_MAX = 16 };

/* PARAMCD with its letter, cut to the 8 characters that XPT has. */
static const char *code_of(char out[CODE_MAX], const char *paramcd, char letter)
{
    const size_t len = strnlen(paramcd, letter == '\0' ? 8 : 7);
    memcpy(out, paramcd, len);
    out[len] = letter;
    out[len + 1] = '\0';
    return out;
}

static void add_source(adam_row *row, msp_traced from)
{
    msp__adam_text(row, from.domain);
    msp__adam_text(row, from.variable);
    msp__adam_number(row, from.seq > 0 ? (double)from.seq : none);
}

/* -- ADTTE -- */

static const adam_column adtte_columns[] = {
    {"STUDYID", "Study Identifier", 't'},
    {"USUBJID", "Unique Subject Identifier", 't'},
    {"ASEQ", "Analysis Sequence Number", 'n'},
    {"PARAMCD", "Parameter Code", 't'},
    {"PARAM", "Parameter", 't'},
    {"STARTDT", "Time-to-Event Origin Date for Subject", 'd'},
    {"ADT", "Analysis Date", 'd'},
    {"AVAL", "Analysis Value (Days)", 'n'},
    {"CNSR", "Censor", 'n'},
    {"EVNTDESC", "Event or Censoring Description", 't'},
    {"CNSDTDSC", "Censor Date Description", 't'},
    {"SRCDOM", "Source Data", 't'},
    {"SRCVAR", "Source Variable", 't'},
    {"SRCSEQ", "Source Sequence Number", 'n'},
    {"AVALLO", "Event Not Before (Days)", 'n'},
    {"AVALUP", "Event Not After (Days)", 'n'},
};

msp_status msp_adtte_init(msp_table *table, msp_error *err)
{
    return msp__adam_init(table, "ADTTE", "Time to Event Analysis Dataset", adtte_columns,
                          MSP_COUNT(adtte_columns), err);
}

msp_status msp_adtte_add(msp_table *table, const char *study, const char *id, char letter,
                         const msp_tte_definition *definition, const msp_tte *tte, msp_error *err)
{
    if (tte->state != MSP_TTE_EVENT && tte->state != MSP_TTE_CENSORED)
        return MSP_OK;
    /* Death and the next therapy are the same whoever assessed the disease. */
    if (definition->followed_by == MSP_FOLLOWED_BY_CONTACT)
        letter = '\0';
    char code[CODE_MAX];
    adam_row row = msp__adam_row(table, err);
    msp__adam_text(&row, study);
    msp__adam_text(&row, id);
    msp__adam_sequence(&row);
    msp__adam_text(&row, code_of(code, definition->paramcd, letter));
    msp__adam_text(&row, definition->param);
    msp__adam_day(&row, tte->start.day);
    msp__adam_day(&row, tte->end.day);
    msp__adam_number(&row, (double)tte->days);
    msp__adam_number(&row, tte->why->cnsr);
    msp__adam_text(&row, tte->why->evntdesc);
    msp__adam_text(&row, tte->why->cnsdtdsc);
    add_source(&row, tte->end.from);
    msp__adam_number(&row, (double)tte->after);
    msp__adam_number(&row, tte->state == MSP_TTE_EVENT ? (double)tte->days : none);
    return row.failed;
}

msp_status msp_adtte_add_all(msp_table *table, const char *study, const char *id, char letter,
                             const msp_timeline *timeline, const msp_time_asked *times, size_t n,
                             msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < n && rc == MSP_OK; i++) {
        const msp_tte tte = msp_tte_derive(timeline, &times[i].definition, &times[i].rules);
        rc = msp_adtte_add(table, study, id, letter, &times[i].definition, &tte, err);
    }
    return rc;
}

/* -- ADRS -- */

static const adam_column adrs_columns[] = {
    {"STUDYID", "Study Identifier", 't'},
    {"USUBJID", "Unique Subject Identifier", 't'},
    {"ASEQ", "Analysis Sequence Number", 'n'},
    {"PARAMCD", "Parameter Code", 't'},
    {"PARAM", "Parameter", 't'},
    {"PARCAT1", "Parameter Category 1", 't'},
    {"PARCAT2", "Parameter Category 2", 't'},
    {"ADT", "Analysis Date", 'd'},
    {"ADTF", "Analysis Date Imputation Flag", 't'},
    {"AVISIT", "Analysis Visit", 't'},
    {"AVAL", "Analysis Value", 'n'},
    {"AVALC", "Analysis Value (C)", 't'},
    {"ANL01FL", "Analysis Flag 01 - One a Day", 't'},
    {"ANL02FL", "Analysis Flag 02 - Before Next Therapy", 't'},
    {"ANL03FL", "Analysis Flag 03 - Up to First PD", 't'},
    {"SRCDOM", "Source Data", 't'},
    {"SRCVAR", "Source Variable", 't'},
    {"SRCSEQ", "Source Sequence Number", 'n'},
};

msp_status msp_adrs_init(msp_table *table, msp_error *err)
{
    return msp__adam_init(table, "ADRS", "Disease Response Analysis Dataset", adrs_columns,
                          MSP_COUNT(adrs_columns), err);
}

/* PARCAT1 of each msp_assessor. */
static const char *const assessors[] = {"Investigator", "Independent Review Committee", "Derived"};

/* One row of ADRS; `seen` is the visit it stands on, NULL where there is none. */
typedef struct adrs_row {
    const char *paramcd, *param;
    const msp_seen *seen;
    double value;
    const char *text;
    uint8_t flags;
} adrs_row;

static msp_status add_adrs_row(msp_table *table, const msp_adrs_subject *subject,
                               const adrs_row *what, msp_error *err)
{
    const msp_seen *seen = what->seen;
    const msp_rs_visit *reported =
        seen != NULL && subject->reported != NULL ? &subject->reported[seen - subject->seen] : NULL;
    const char imputed[2] = {reported != NULL ? reported->imputed : '\0', '\0'};
    char code[CODE_MAX];
    adam_row row = msp__adam_row(table, err);
    msp__adam_text(&row, subject->study);
    msp__adam_text(&row, subject->id);
    msp__adam_sequence(&row);
    msp__adam_text(&row, code_of(code, what->paramcd, msp_assessor_letter(subject->assessor)));
    msp__adam_text(&row, what->param);
    msp__adam_text(&row, assessors[subject->assessor]);
    msp__adam_text(&row, "IMWG");
    msp__adam_day(&row, seen != NULL ? seen->day : MSP_NO_DAY);
    msp__adam_text(&row, imputed);
    msp__adam_text(&row, reported != NULL ? reported->visit : "");
    msp__adam_number(&row, what->value);
    msp__adam_text(&row, what->text);
    msp__adam_flag(&row, what->flags & MSP_VISIT_OF_ITS_DAY);
    msp__adam_flag(&row, what->flags & MSP_VISIT_BEFORE_NEXT);
    msp__adam_flag(&row, what->flags & MSP_VISIT_UP_TO_PD);
    add_source(&row, seen != NULL ? seen->from : (msp_traced){0});
    return row.failed;
}

static msp_status add_visits(msp_table *table, const msp_adrs_subject *subject,
                             const uint8_t *flags, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < subject->n && rc == MSP_OK; i++) {
        const msp_seen *seen = &subject->seen[i];
        const adrs_row raw = {
            "OVR",   "Overall Response", seen, seen->raw, msp_response_level_name(seen->raw),
            flags[i]};
        const adrs_row confirmed = {
            "COVR",          "Confirmed Response at Time Point",       seen,
            seen->confirmed, msp_response_level_name(seen->confirmed), flags[i]};
        rc = add_adrs_row(table, subject, &raw, err);
        if (rc == MSP_OK)
            rc = add_adrs_row(table, subject, &confirmed, err);
    }
    return rc;
}

static msp_status add_summary(msp_table *table, const msp_adrs_subject *subject,
                              const msp_response_summary *summary, msp_error *err)
{
    const struct {
        const char *paramcd, *param;
        const msp_seen *seen;
    } parameters[] = {
        {"PD", "Disease Progression", summary->progression},
        {"RSP", "Response of PR or Better", summary->response[MSP_LEVEL_PR]},
        {"VGPRRSP", "Response of VGPR or Better", summary->response[MSP_LEVEL_VGPR]},
        {"CRRSP", "Complete Response", summary->response[MSP_LEVEL_CR]},
        {"SCRRSP", "Stringent Complete Response", summary->response[MSP_LEVEL_SCR]},
        {"CB", "Clinical Benefit", summary->benefit},
    };
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(parameters) && rc == MSP_OK; i++) {
        const msp_seen *seen = parameters[i].seen;
        const adrs_row row = {parameters[i].paramcd, parameters[i].param,      seen,
                              seen != NULL,          seen != NULL ? "Y" : "N", MSP_VISIT_COUNTS};
        rc = add_adrs_row(table, subject, &row, err);
    }
    if (rc != MSP_OK)
        return rc;
    const msp_seen *best = summary->best;
    const adrs_row row = {"CBOR",
                          "Best Confirmed Overall Response",
                          best,
                          best != NULL ? (double)best->confirmed : none,
                          best != NULL ? msp_response_level_name(best->confirmed) : "MISSING",
                          MSP_VISIT_COUNTS};
    return add_adrs_row(table, subject, &row, err);
}

/* A row that answers a question: yes from `when` on, no, or not known. */
static msp_status add_answer(msp_table *table, const msp_adrs_subject *subject, const char *paramcd,
                             const char *param, msp_fact yes, msp_dated when, msp_error *err)
{
    adam_row row = msp__adam_row(table, err);
    msp__adam_text(&row, subject->study);
    msp__adam_text(&row, subject->id);
    msp__adam_sequence(&row);
    msp__adam_text(&row, paramcd);
    msp__adam_text(&row, param);
    msp__adam_text(&row, assessors[subject->assessor]);
    msp__adam_text(&row, "IMWG");
    msp__adam_day(&row, when.day);
    msp__adam_text(&row, "");
    msp__adam_text(&row, "");
    msp__adam_number(&row, yes == MSP_UNKNOWN ? none : yes == MSP_YES);
    msp__adam_fact(&row, yes);
    for (int flag = 0; flag < 3; flag++)
        msp__adam_flag(&row, true);
    add_source(&row, when.from);
    return row.failed;
}

msp_status msp_adrs_add_fact(msp_table *table, const char *study, const char *id,
                             const char *paramcd, const char *param, msp_fact yes, msp_dated when,
                             msp_error *err)
{
    const msp_adrs_subject subject = {.study = study, .id = id, .assessor = MSP_ASSESSOR_DERIVED};
    return add_answer(table, &subject, paramcd, param, yes, when, err);
}

msp_status msp_adrs_add_flag(msp_table *table, const char *study, const char *id,
                             const char *paramcd, const char *param, msp_dated when, msp_error *err)
{
    return msp_adrs_add_fact(table, study, id, paramcd, param, msp_fact_of(when.day != MSP_NO_DAY),
                             when, err);
}

msp_status msp_adrs_add_rates(msp_table *table, const msp_adrs_subject *subject,
                              const msp_timeline *timeline, const msp_rate_asked *rates, size_t n,
                              msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < n && rc == MSP_OK; i++) {
        char code[CODE_MAX];
        msp_rate_answer answer;
        if (rates[i].standard || rates[i].kind != MSP_RATE_OF_RESPONSE)
            continue;
        rc = msp_rate_of(&rates[i], timeline, &answer, err);
        if (rc == MSP_OK && answer.counts)
            rc = add_answer(table, subject,
                            code_of(code, rates[i].paramcd, msp_assessor_letter(subject->assessor)),
                            msp_endpoint_label(rates[i].endpoint), answer.yes, answer.when, err);
    }
    return rc;
}

msp_status msp_adrs_add(msp_table *table, const msp_adrs_subject *subject, msp_error *err)
{
    uint8_t *flags = calloc(subject->n + 1, 1);
    if (flags == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    msp_summary_flags(subject->seen, subject->n, &subject->rules, flags);
    const msp_response_summary summary =
        msp_summary_of(subject->seen, flags, subject->n, &subject->rules);
    msp_status rc = add_visits(table, subject, flags, err);
    if (rc == MSP_OK)
        rc = add_summary(table, subject, &summary, err);
    free(flags);
    return rc;
}
