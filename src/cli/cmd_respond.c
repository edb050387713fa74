/* respond - IMWG response and progression from raw laboratory values, with the reasons. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "grid.h"
#include "mspike/endpoint.h"
#include "mspike/patient.h"
#include "mspike/response.h"
#include "read_protocol.h"
#include "respond.h"

/* -- the command -- */

typedef struct values {
    cli_common common;
    const char *protocol, *explain, *out, *censoring;
    int tables; /* index of table_formats */
    bool compare, rates;
} values;

static const char *const table_formats[] = {"xpt", "json", "csv", NULL};
static const msp_table_format written[] = {MSP_TABLE_XPT, MSP_TABLE_JSON, MSP_TABLE_CSV};

static const msp_option options[] = {
    {"protocol", 'p', MSP_OPTION_TEXT, offsetof(values, protocol), "FILE",
     "the trial's rules, limits of measurable disease and names of tests", "Rules", NULL, 0, 0},
    CLI_OPTION_SET(values),
    {"explain", 'e', MSP_OPTION_TEXT, offsetof(values, explain), "PATIENT",
     "this patient alone, with the reason for every assessment", "Output", NULL, 0, 0},
    {"compare", 0, MSP_OPTION_FLAG, offsetof(values, compare), NULL,
     "instead, how far the responses reported in the folder's RS (investigator, review committee) "
     "and the derived ones agree",
     "Output", NULL, 0, 0},
    {"censoring", 0, MSP_OPTION_TEXT, offsetof(values, censoring), "CODE",
     "instead, this time to event (PFS, TTP, DOR ...) by the rules of the FDA and of the EMA side "
     "by side, each with its reason",
     "Output", NULL, 0, 0},
    {"rates", 0, MSP_OPTION_FLAG, offsetof(values, rates), NULL,
     "instead, by arm: the rates of response that the protocol asks for by its named times, time "
     "to "
     "response, harvest of stem cells",
     "Output", NULL, 0, 0},
    {"out", 0, MSP_OPTION_TEXT, offsetof(values, out), "DIR",
     "also write patients.csv, visits.csv, reasons.csv and adsl.xpt, adrs.xpt, adtte.xpt there",
     "Output", NULL, 0, 0},
    {"tables", 0, MSP_OPTION_CHOICE, offsetof(values, tables), "FORMAT",
     "of the analysis tables in DIR: xpt, Dataset-JSON or csv", "Output", table_formats, 0, 0},
    CLI_OPTION_FORMAT(values, cli_formats),
    CLI_OPTION_OUTPUT(values),
    CLI_OPTIONS_RUNNING(values),
};

static const msp_example examples[] = {
    {"mspike respond examples/labs.csv", "response and progression of every patient"},
    {"mspike respond examples/labs.csv --explain P03", "one patient, and why"},
    {"mspike respond examples/sdtm", "from SDTM tables"},
    {"mspike respond examples/sdtm --compare",
     "what investigators reported beside what the laboratory values give: agreement and kappa"},
    {"mspike respond examples/sdtm --censoring PFS",
     "progression-free survival by two rules of censoring"},
    {"mspike respond examples/sdtm --rates --protocol examples/sdtm/protocol.yaml",
     "response rates by arm, time to response"},
    {"mspike respond examples/labs.csv --set nadir=lowest_confirmed --format json",
     "under another reading of the criteria, with all reasons, as JSON"},
};

static int run(int argc, char **argv);

const msp_command cli_respond = {
    .name = "respond",
    .group = "analysis",
    .summary = "IMWG response and progression from raw laboratory values",
    .usage = "TABLES [options]",
    .description =
        "From serum and urine M-protein, free light chains, immunofixation, marrow, "
        "plasmacytomas, bone, calcium and the dates of therapy to the response at each visit, "
        "confirmed response and progression, each with the row of the criteria that decided and "
        "the value that it looked at. Values are compared as the decimals that were reported.\n\n"
        "TABLES is a folder of SDTM tables (DM, EX, DS, LB, MI, TU, TR, CM, PR; docs/tables.md "
        "says "
        "which rows are which measurement), or one table with a row for each visit: usubjid (or "
        "case_id), visit_date, and any "
        "of serum_m_gdl, urine_m_mg24h, kappa_mgl, lambda_mgl, ife_serum, ife_urine, ife_reflex, "
        "bm_pc_pct, bm_clonal, plasmacytoma_spd_cm2, bone_lesion_new_or_progressive, "
        "corrected_calcium_mgdl and more: docs/methods/imwg-response.md lists them, and the rules "
        "that --set changes.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* Everything between the command line and the answer. */
typedef struct job {
    const values *v;
    msp_arena arena; /* rules, reasons */
    msp_findings findings;
    msp_protocol protocol;
    msp_rules rules;
    msp_patients patients;
    msp_responses responses;
    msp_judge judge;
} job;

/* -- reading -- */

static msp_status read_rules(job *j, msp_error *err)
{
    const values *v = j->v;
    if (v->protocol != NULL) {
        const msp_status rc = msp_protocol_read(v->protocol, &j->protocol, &j->findings, err);
        if (rc != MSP_OK)
            return rc;
        if (j->findings.n_errors > 0)
            return msp_fail(err, MSP_EINPUT, "the protocol has errors");
    }
    return cli_read_rules(&v->common, v->protocol != NULL ? &j->protocol : NULL, &j->arena,
                          &j->rules, err);
}

/* Whether a folder says what somebody reported. */
static bool has_reports(const char *folder)
{
    char *path = NULL;
    const bool there = msp_table_find(folder, "RS", &path, NULL) == MSP_OK;
    free(path);
    return there;
}

/* A folder holds SDTM tables, a file visits. */
static msp_status read_patients(job *j, const char *path, msp_error *err)
{
    struct stat about;
    const msp_sdtm_options how = {.protocol = j->v->protocol != NULL ? &j->protocol : NULL,
                                  .may_lack_measurements = j->v->compare || has_reports(path)};
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return msp_sdtm_read(path, &how, &j->patients, &j->findings, err);
    return msp_tidy_read(path, &j->patients, &j->findings, err);
}

static msp_status judge_all(job *j, const char *path, msp_error *err)
{
    const msp_measurability *measurability =
        j->v->protocol != NULL ? &j->protocol.measurability : NULL;
    msp_status rc = read_rules(j, err);
    if (rc == MSP_OK)
        rc = read_patients(j, path, err);
    if (rc == MSP_OK)
        rc = msp_responses_judge(&j->patients, &j->rules, measurability, &j->responses, err);
    return rc;
}

/* -- one patient -- */

static const char *day_text(msp_day day, char out[MSP_DATE_MAX])
{
    if (day == MSP_NO_DAY)
        return NULL;
    msp_day_format(day, out);
    return out;
}

static const char *level_text(const msp_assessed *a, uint8_t level)
{
    return a->excluded ? "EXCL" : msp_response_level_name((msp_response_level)level);
}

static const char *chain_text(char chain)
{
    return chain == 'k' ? "kappa" : chain == 'l' ? "lambda" : NULL;
}

/* The patient judged again, so that the reasons can be told. */
static msp_status judge_again(job *j, size_t i, msp_response_result *result, msp_error *err)
{
    return msp_judge_patient(&j->judge, &j->patients.patients[i], j->responses.criteria[i], result,
                             err);
}

/* "labs.csv:12", or "" where a reason has no source */
static void add_source(const job *j, const msp_reason *r, msp_text *out)
{
    if (r->table == MSP_NO_SOURCE)
        return;
    const msp_patient_source *source = &j->patients.sources[r->table];
    if (source->has_lines)
        msp_text_printf(out, "%s:%u", source->file, r->row + 2);
    else
        msp_text_printf(out, "%s row %u", source->file, r->row + 1);
}

/* -- as JSON -- */

static void reason_as_json(const job *j, const msp_reason *r, msp_json *json)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "rule", r->rule);
    msp_json_put_text(json, "kind", msp_reason_kind_name(r->kind));
    msp_json_put_text(json, "text", r->text);
    if (r->table != MSP_NO_SOURCE) {
        const msp_patient_source *source = &j->patients.sources[r->table];
        msp_json_put_text(json, "file", source->file);
        msp_json_put_int(json, source->has_lines ? "line" : "row",
                         (int64_t)r->row + (source->has_lines ? 2 : 1));
    }
    msp_json_end_object(json);
}

static void reasons_as_json(const job *j, const msp_reasons *reasons, msp_json *json)
{
    msp_json_key(json, "reasons");
    msp_json_begin_array(json);
    for (size_t i = 0; i < reasons->n; i++)
        reason_as_json(j, &reasons->items[i], json);
    msp_json_end_array(json);
}

static void put_day(msp_json *json, const char *key, msp_day day)
{
    char text[MSP_DATE_MAX];
    msp_json_put_text(json, key, day_text(day, text));
}

static const char *method_text(const msp_mrd_test *t)
{
    return t->sequencing ? "sequencing" : "flow";
}

static msp_status find_mrd(const job *j, size_t i, msp_arena *arena, msp_mrd *mrd, msp_error *err)
{
    const msp_mrd_rules rules = msp_mrd_rules_of(&j->rules);
    return msp_mrd_find(&j->patients.patients[i], &j->responses.results[i], &rules, arena, mrd,
                        err);
}

/* Nothing where residual disease was never tested. */
static msp_status mrd_as_json(const job *j, size_t i, msp_arena *arena, msp_json *json,
                              msp_error *err)
{
    msp_mrd mrd;
    const msp_status rc = find_mrd(j, i, arena, &mrd, err);
    if (rc != MSP_OK || mrd.n == 0)
        return rc;
    msp_json_key(json, "mrd");
    msp_json_begin_object(json);
    put_day(json, "negative_date", mrd.negative);
    put_day(json, "imaging_plus_date", mrd.imaging_plus);
    put_day(json, "sustained_date", mrd.sustained);
    put_day(json, "sustained_marrow_date", mrd.sustained_marrow);
    put_day(json, "relapse_date", mrd.relapse);
    msp_json_put_text(json, "relapse_by",
                      mrd.relapse != MSP_NO_DAY ? msp_mrd_sign_text(mrd.relapse_by) : NULL);
    msp_json_key(json, "tests");
    msp_json_begin_array(json);
    for (size_t k = 0; k < mrd.n; k++) {
        const msp_mrd_test *t = &mrd.tests[k];
        msp_json_begin_object(json);
        put_day(json, "date", t->day);
        msp_json_put_text(json, "method", method_text(t));
        msp_json_put_text(json, "negative", msp_fact_name(t->negative));
        msp_json_put_text(json, "response_reached", t->responding ? "yes" : "no");
        msp_json_put_text(json, "imaging_negative", msp_fact_name(t->imaging));
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_end_object(json);
    return MSP_OK;
}

static msp_status patient_as_json(job *j, size_t i, msp_json *json, msp_error *err)
{
    msp_arena arena = {0};
    msp_reasons reasons;
    msp_response_result r;
    msp_status rc = judge_again(j, i, &r, err);
    if (rc == MSP_OK)
        rc = msp_explain_baseline(&j->judge, &r, &arena, &reasons, err);
    if (rc != MSP_OK)
        return rc;
    msp_json_begin_object(json);
    msp_json_put_text(json, "usubjid", j->patients.patients[i].id);
    msp_json_put_text(json, "disease_type", msp_disease_type_name(r.type));
    msp_json_put_text(json, "involved_chain", chain_text(r.chain));
    put_day(json, "baseline_date", j->patients.patients[i].baseline);
    reasons_as_json(j, &reasons, json);
    msp_json_put_text(json, "best_confirmed", msp_response_level_name(r.best));
    put_day(json, "best_date", r.best_day);
    put_day(json, "first_response_date", r.first_response);
    put_day(json, "progression_date", r.progression);
    msp_json_put_text(json, "progression_basis",
                      r.progression_by == MSP_PD_BASIS_NONE ? NULL
                                                            : msp_pd_basis_text(r.progression_by));
    msp_json_put_text(
        json, "progression_kind",
        r.progression_kind == MSP_PD_KIND_NONE ? NULL : msp_pd_kind_text(r.progression_kind));
    put_day(json, "clinical_relapse_date", r.clinical_relapse);
    put_day(json, "relapse_from_cr_date", r.relapse_from_cr);
    put_day(json, "significant_relapse_date", r.significant_relapse);
    rc = mrd_as_json(j, i, &arena, json, err);
    msp_json_key(json, "visits");
    msp_json_begin_array(json);
    for (size_t k = 0; k < r.n_assessed && rc == MSP_OK; k++) {
        const msp_assessed *a = &r.assessed[k];
        rc = msp_explain_assessment(&j->judge, &r, k, &arena, &reasons, err);
        msp_json_begin_object(json);
        put_day(json, "date", a->day);
        msp_json_put_text(json, "response", level_text(a, a->raw));
        msp_json_put_text(json, "confirmed", level_text(a, a->confirmed));
        reasons_as_json(j, &reasons, json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_end_object(json);
    msp_arena_free(&arena);
    return rc;
}

static msp_status as_json(job *j, size_t from, size_t to, msp_text *out, msp_error *err)
{
    msp_json json;
    msp_status rc = MSP_OK;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_key(&json, "patients");
    msp_json_begin_array(&json);
    for (size_t i = from; i < to && rc == MSP_OK; i++)
        rc = patient_as_json(j, i, &json, err);
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
    return rc;
}

/* -- as CSV -- */

static void csv_cell(const char *s, bool last, msp_text *out)
{
    msp_text_add_field(out, s);
    msp_text_add_char(out, last ? '\n' : ',');
}

static void patients_as_csv(const job *j, size_t from, size_t to, msp_text *out)
{
    msp_text_add(out, "usubjid,disease_type,involved_chain,best_confirmed,first_response_date,"
                      "progression_date,progression_basis,clinical_relapse_date,"
                      "relapse_from_cr_date,significant_relapse_date,progression_kind\n");
    for (size_t i = from; i < to; i++) {
        const msp_response_result *r = &j->responses.results[i];
        char first[MSP_DATE_MAX], pd[MSP_DATE_MAX], clinical[MSP_DATE_MAX], cr[MSP_DATE_MAX],
            significant[MSP_DATE_MAX];
        csv_cell(j->patients.patients[i].id, false, out);
        csv_cell(msp_disease_type_name(r->type), false, out);
        csv_cell(chain_text(r->chain), false, out);
        csv_cell(msp_response_level_name(r->best), false, out);
        csv_cell(day_text(r->first_response, first), false, out);
        csv_cell(day_text(r->progression, pd), false, out);
        csv_cell(r->progression == MSP_NO_DAY ? NULL : msp_pd_basis_text(r->progression_by), false,
                 out);
        csv_cell(day_text(r->clinical_relapse, clinical), false, out);
        csv_cell(day_text(r->relapse_from_cr, cr), false, out);
        csv_cell(day_text(r->significant_relapse, significant), false, out);
        csv_cell(r->progression_kind == MSP_PD_KIND_NONE ? NULL
                                                         : msp_pd_kind_text(r->progression_kind),
                 true, out);
    }
}

static void visits_as_csv(const job *j, size_t from, size_t to, msp_text *out)
{
    msp_text_add(out, "usubjid,date,response,confirmed\n");
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < j->responses.results[i].n_assessed; k++) {
            const msp_assessed *a = &j->responses.results[i].assessed[k];
            char day[MSP_DATE_MAX];
            csv_cell(j->patients.patients[i].id, false, out);
            csv_cell(day_text(a->day, day), false, out);
            csv_cell(level_text(a, a->raw), false, out);
            csv_cell(level_text(a, a->confirmed), true, out);
        }
}

static msp_status reasons_of_patient_as_csv(job *j, size_t i, msp_text *out, msp_error *err)
{
    msp_arena arena = {0};
    msp_response_result r;
    msp_reasons reasons;
    msp_status rc = judge_again(j, i, &r, err);
    for (size_t k = 0; rc == MSP_OK && k < r.n_assessed; k++) {
        rc = msp_explain_assessment(&j->judge, &r, k, &arena, &reasons, err);
        for (size_t n = 0; n < reasons.n; n++) {
            char day[MSP_DATE_MAX];
            msp_text source = {0};
            add_source(j, &reasons.items[n], &source);
            csv_cell(j->patients.patients[i].id, false, out);
            csv_cell(day_text(r.assessed[k].day, day), false, out);
            csv_cell(reasons.items[n].rule, false, out);
            csv_cell(msp_reason_kind_name(reasons.items[n].kind), false, out);
            csv_cell(reasons.items[n].text, false, out);
            csv_cell(msp_text_str(&source), true, out);
            msp_text_free(&source);
        }
    }
    msp_arena_free(&arena);
    return rc;
}

static msp_status reasons_as_csv(job *j, size_t from, size_t to, msp_text *out, msp_error *err)
{
    msp_status rc = MSP_OK;
    msp_text_add(out, "usubjid,date,rule,kind,reason,source\n");
    for (size_t i = from; i < to && rc == MSP_OK; i++)
        rc = reasons_of_patient_as_csv(j, i, out, err);
    return rc;
}

/* -- as text -- */

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

static void patients_as_text(const job *j, size_t from, size_t to, msp_text *out)
{
    grid g = {0};
    static const char *const heads[] = {"patient", "disease", "best", "response", "progression"};
    grid_row(&g);
    for (size_t i = 0; i < MSP_COUNT(heads); i++)
        grid_cell(&g, "%s", heads[i]);
    for (size_t i = from; i < to; i++) {
        const msp_response_result *r = &j->responses.results[i];
        char first[MSP_DATE_MAX], pd[MSP_DATE_MAX];
        grid_row(&g);
        grid_cell(&g, "%s", j->patients.patients[i].id);
        grid_cell(&g, "%s", msp_disease_type_name(r->type));
        grid_cell(&g, "%s", msp_response_level_name(r->best));
        grid_cell(&g, "%s", or_dash(day_text(r->first_response, first)));
        grid_cell(&g, "%s", or_dash(day_text(r->progression, pd)));
    }
    grid_print(&g, out);
}

static void level_counts(const job *j, msp_text *out)
{
    size_t count[MSP_LEVEL_COUNT] = {0}, progressed = 0;
    for (size_t i = 0; i < j->responses.n; i++) {
        count[j->responses.results[i].best]++;
        progressed += j->responses.results[i].progression != MSP_NO_DAY;
    }
    msp_text_printf(out, "\n%zu patients; best confirmed response", j->responses.n);
    for (int level = MSP_LEVEL_SCR; level >= 0; level--)
        if (count[level] > 0)
            msp_text_printf(out, " %s %zu,", msp_response_level_name((msp_response_level)level),
                            count[level]);
    msp_text_printf(out, " progressed %zu\n", progressed);
}

static void reasons_as_text(const job *j, const msp_reasons *reasons, msp_text *out)
{
    for (size_t i = 0; i < reasons->n; i++) {
        const msp_reason *r = &reasons->items[i];
        msp_text source = {0};
        add_source(j, r, &source);
        msp_text_printf(out, "      %-8s %s  [%s%s%s]\n", msp_reason_kind_name(r->kind), r->text,
                        r->rule, source.len > 0 ? ", " : "", msp_text_str(&source));
        msp_text_free(&source);
    }
}

static void summary_as_text(const msp_patient *p, const msp_response_result *r, msp_text *out)
{
    char baseline[MSP_DATE_MAX], first[MSP_DATE_MAX], pd[MSP_DATE_MAX];
    msp_text_printf(out, "%s: disease measurable by: %s", p->id, msp_disease_type_name(r->type));
    if (r->chain != 0)
        msp_text_printf(out, ", involved chain %s", chain_text(r->chain));
    msp_text_printf(out, "\nbest confirmed response: %s; first response: %s; progression: %s",
                    msp_response_level_name(r->best), or_dash(day_text(r->first_response, first)),
                    or_dash(day_text(r->progression, pd)));
    if (r->progression != MSP_NO_DAY)
        msp_text_printf(out, " (%s; %s)", msp_pd_basis_text(r->progression_by),
                        msp_pd_kind_text(r->progression_kind));
    msp_text_printf(out, "\n\n  %s  baseline\n", or_dash(day_text(p->baseline, baseline)));
}

static msp_status mrd_as_text(const job *j, size_t i, msp_arena *arena, msp_text *out,
                              msp_error *err)
{
    static const char *const says[] = {"positive", "not deep enough to say", "negative"};
    msp_mrd mrd;
    char day[MSP_DATE_MAX];
    const msp_status rc = find_mrd(j, i, arena, &mrd, err);
    if (rc != MSP_OK || mrd.n == 0)
        return rc;
    msp_text_add(out, "\n  Residual disease\n");
    for (size_t k = 0; k < mrd.n; k++) {
        const msp_mrd_test *t = &mrd.tests[k];
        msp_text_printf(out, "  %s  %s: %s%s%s\n", or_dash(day_text(t->day, day)), method_text(t),
                        says[t->negative + 1],
                        t->responding ? "" : "; without the response that is required",
                        t->imaging == MSP_YES  ? "; PET/CT negative"
                        : t->imaging == MSP_NO ? "; disease on PET/CT"
                                               : "");
    }
    msp_text_printf(out, "  negative from %s", or_dash(day_text(mrd.negative, day)));
    msp_text_printf(out, ", with imaging from %s", or_dash(day_text(mrd.imaging_plus, day)));
    msp_text_printf(out, ", sustained at %s\n", or_dash(day_text(mrd.sustained, day)));
    if (mrd.relapse != MSP_NO_DAY)
        msp_text_printf(out, "  relapse from negativity on %s: %s\n", day_text(mrd.relapse, day),
                        msp_mrd_sign_text(mrd.relapse_by));
    return MSP_OK;
}

static msp_status explain_as_text(job *j, size_t i, msp_text *out, msp_error *err)
{
    msp_arena arena = {0};
    msp_response_result r;
    msp_reasons reasons;
    msp_status rc = judge_again(j, i, &r, err);
    if (rc == MSP_OK)
        rc = msp_explain_baseline(&j->judge, &r, &arena, &reasons, err);
    if (rc == MSP_OK) {
        summary_as_text(&j->patients.patients[i], &r, out);
        reasons_as_text(j, &reasons, out);
    }
    for (size_t k = 0; rc == MSP_OK && k < r.n_assessed; k++) {
        const msp_assessed *a = &r.assessed[k];
        char day[MSP_DATE_MAX];
        msp_text_printf(out, "  %s  %s", or_dash(day_text(a->day, day)), level_text(a, a->raw));
        if (a->confirmed != a->raw && !a->excluded)
            msp_text_printf(out, " (confirmed: %s)", level_text(a, a->confirmed));
        msp_text_add_char(out, '\n');
        rc = msp_explain_assessment(&j->judge, &r, k, &arena, &reasons, err);
        reasons_as_text(j, &reasons, out);
    }
    if (rc == MSP_OK)
        rc = mrd_as_text(j, i, &arena, out, err);
    msp_arena_free(&arena);
    return rc;
}

/* -- writing -- */

static msp_status write_csv(const char *folder, const char *name, msp_text *text, msp_error *err)
{
    msp_text path = {0};
    msp_text_printf(&path, "%s/%s", folder, name);
    const msp_status rc =
        path.failed || text->failed
            ? msp_fail(err, MSP_EMEM, "no memory for %s", name)
            : msp_file_write(msp_text_str(&path), msp_text_str(text), text->len, err);
    msp_text_free(&path);
    msp_text_clear(text);
    return rc;
}

/* Responses and times to event as ADaM tables. */
static msp_status write_adam(job *j, const char *path, msp_error *err)
{
    const bool planned = j->v->protocol != NULL;
    msp_adam adam;
    msp_reports reports = {0};
    struct stat about;
    msp_status rc = stat(path, &about) == 0 && S_ISDIR(about.st_mode)
                        ? msp_reports_read(path, &reports, err)
                        : MSP_OK;
    if (rc == MSP_OK)
        rc = msp_adam_of_responses(&j->patients, &j->responses, &j->rules,
                                   planned ? &j->protocol.measurability : NULL, &reports,
                                   j->patients.study != NULL ? j->patients.study
                                   : planned                 ? j->protocol.trial.acronym.text
                                                             : NULL,
                                   &adam, err);
    msp_reports_free(&reports);
    if (rc != MSP_OK)
        return rc;
    rc = msp_adam_write(&adam, j->v->out, written[j->v->tables], err);
    msp_adam_free(&adam);
    return rc;
}

static msp_status write_folder(job *j, const char *path, msp_error *err)
{
    const char *folder = j->v->out;
    const size_t n = j->patients.n;
    msp_text text = {0};
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return msp_fail(err, MSP_EIO, "%s: %s", folder, strerror(errno));
    patients_as_csv(j, 0, n, &text);
    msp_status rc = write_csv(folder, "patients.csv", &text, err);
    visits_as_csv(j, 0, n, &text);
    if (rc == MSP_OK)
        rc = write_csv(folder, "visits.csv", &text, err);
    if (rc == MSP_OK)
        rc = reasons_as_csv(j, 0, n, &text, err);
    if (rc == MSP_OK)
        rc = write_csv(folder, "reasons.csv", &text, err);
    if (rc == MSP_OK)
        rc = write_adam(j, path, err);
    msp_text_free(&text);
    return rc;
}

static msp_status print_comparison(job *j, const char *path, msp_text *out, msp_error *err)
{
    const msp_tte_rules rules = msp_tte_rules_of(&j->rules);
    msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS];
    const msp_status rc = respond_compare(path, &j->patients, &j->responses, &rules, pairs, err);
    if (rc != MSP_OK)
        return rc;
    if (j->v->common.format == CLI_JSON)
        respond_compare_as_json(pairs, out);
    else if (j->v->common.format == CLI_CSV)
        respond_compare_as_csv(pairs, out);
    else
        respond_compare_as_text(pairs, out);
    return MSP_OK;
}

/* What happened to everybody: rates, or a time under two rules of censoring. */
static msp_status print_happened(job *j, msp_text *out, msp_error *err)
{
    const msp_protocol *protocol = j->v->protocol != NULL ? &j->protocol : NULL;
    const int format = j->v->common.format;
    msp_arena arena = {0};
    msp_timeline *timelines;
    msp_status rc = msp_derived_timelines(&j->patients, &j->responses, &j->rules,
                                          protocol != NULL ? &protocol->measurability : NULL,
                                          &arena, &timelines, err);
    if (rc == MSP_OK && j->v->rates)
        rc = respond_rates(&j->patients, timelines, &j->rules, protocol, format, out, err);
    else if (rc == MSP_OK)
        rc = respond_times(&j->patients, timelines, &j->rules, j->v->censoring, format, out, err);
    msp_arena_free(&arena);
    return rc;
}

static msp_status print(job *j, size_t from, size_t to, msp_text *out, msp_error *err)
{
    if (j->v->common.format == CLI_JSON)
        return as_json(j, from, to, out, err);
    if (j->v->common.format == CLI_CSV) {
        if (j->v->explain != NULL)
            return reasons_as_csv(j, from, to, out, err);
        visits_as_csv(j, from, to, out);
        return MSP_OK;
    }
    if (j->v->explain != NULL)
        return explain_as_text(j, from, out, err);
    patients_as_text(j, from, to, out);
    level_counts(j, out);
    return MSP_OK;
}

/* Which patients are printed: all, or the one that --explain names. */
static msp_status chosen(const job *j, size_t *from, size_t *to, msp_error *err)
{
    *from = 0;
    *to = j->patients.n;
    if (j->v->explain == NULL)
        return MSP_OK;
    const msp_patient *p = msp_patients_find(&j->patients, j->v->explain);
    if (p == NULL) {
        msp_fail(err, MSP_EUSAGE, "--explain names a patient who is not in the tables");
        return msp_hint(err, MSP_EUSAGE, "the tables hold %zu patients", j->patients.n);
    }
    *from = (size_t)(p - j->patients.patients);
    *to = *from + 1;
    return MSP_OK;
}

static int respond(job *j, const char *path)
{
    msp_error err = {0};
    msp_text text = {0};
    size_t from, to;
    msp_status rc = judge_all(j, path, &err);
    cli_say_findings(&j->v->common, &j->findings);
    if (rc == MSP_OK)
        rc = chosen(j, &from, &to, &err);
    if (rc == MSP_OK && j->v->out != NULL)
        rc = write_folder(j, path, &err);
    if (rc == MSP_OK)
        rc = j->v->compare                            ? print_comparison(j, path, &text, &err)
             : j->v->rates || j->v->censoring != NULL ? print_happened(j, &text, &err)
                                                      : print(j, from, to, &text, &err);
    if (rc == MSP_OK)
        return cli_write(&j->v->common, &text, 0);
    msp_text_free(&text);
    return cli_fail(&err);
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_respond, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    job j = {.v = &v};
    exit_code = respond(&j, path);
    msp_judge_free(&j.judge);
    msp_responses_free(&j.responses);
    msp_patients_free(&j.patients);
    msp_protocol_free(&j.protocol);
    msp_findings_free(&j.findings);
    msp_arena_free(&j.arena);
    return exit_code;
}
