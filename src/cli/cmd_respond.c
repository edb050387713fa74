/* respond - IMWG response and progression from raw laboratory values, with the reasons. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "mspike/endpoint.h"
#include "mspike/patient.h"
#include "mspike/response.h"
#include "read_protocol.h"
#include "respond.h"

/* -- the command -- */

typedef struct values {
    cli_common common;
    const char *protocol, *explain, *out, *censoring;
    int tables; /* index of table_formats; -1: not said */
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
     "also write patients.csv, visits.csv, reasons.csv and adsl.xpt, adrs.xpt, adtte.xpt "
     "(adae.xpt, adex.xpt) there",
     "Output", NULL, 0, 0},
    {"tables", 0, MSP_OPTION_CHOICE, offsetof(values, tables), "FORMAT",
     "of the analysis tables in DIR [xpt]", "Output", table_formats, 0, 0},
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
        "TABLES is a folder of SDTM tables (DM, EX, DS, LB, MI, TU, TR, CM, PR, AE; docs/tables.md "
        "says "
        "which rows are which measurement), or one table with a row for each visit: usubjid (or "
        "case_id), visit_date, and any "
        "of serum_m_gdl, urine_m_mg24h, kappa_mgl, lambda_mgl, ife_serum, ife_urine, ife_reflex, "
        "bm_pc_pct, bm_clonal (or bm_kappa_cells and bm_lambda_cells), plasmacytoma_spd_cm2, "
        "bone_lesion_new_or_progressive, "
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
    msp_reports reports; /* of the folder, where they are asked for */
    respond_answer answer;
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
                          &j->answer.rules, err);
}

/* A folder holds SDTM tables, a file visits. */
static msp_status read_patients(job *j, const char *path, msp_error *err)
{
    struct stat about;
    const msp_sdtm_options how = {.protocol = j->v->protocol != NULL ? &j->protocol : NULL,
                                  .may_lack_measurements =
                                      j->v->compare || msp_table_is_in(path, "RS")};
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return msp_sdtm_read(path, &how, &j->answer.patients, &j->findings, err);
    const msp_tidy_options visits = {
        .cutoff = how.protocol != NULL ? msp_protocol_cutoff_day(how.protocol) : MSP_NO_DAY};
    return msp_tidy_read_with(path, &visits, &j->answer.patients, &j->findings, err);
}

/* What RS reports, for what compares with it or writes it. */
static msp_status read_reports(job *j, const char *path, msp_error *err)
{
    struct stat about;
    if ((!j->v->compare && j->v->out == NULL) || stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return MSP_OK;
    return msp_reports_read(path, &j->findings, &j->reports, err);
}

static msp_status judge_all(job *j, const char *path, msp_error *err)
{
    const msp_measurability *measurability =
        j->v->protocol != NULL ? &j->protocol.measurability : NULL;
    msp_status rc = read_rules(j, err);
    if (rc == MSP_OK)
        rc = read_patients(j, path, err);
    if (rc == MSP_OK)
        rc = read_reports(j, path, err);
    if (rc == MSP_OK)
        rc = msp_responses_judge(&j->answer.patients, &j->answer.rules, measurability,
                                 &j->answer.responses, err);
    return rc;
}

/* -- what is missing -- */

/* Who was measured, but not when a baseline is. */
static void say_no_baseline(const job *j)
{
    const msp_patients *all = &j->answer.patients;
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        n += all->patients[i].n_measured > 0 && !j->answer.responses.results[i].baseline_assessed;
    if (n > 0)
        cli_note(
            &j->v->common,
            "%zu of %zu patients: no value of the disease counts as a baseline (rules "
            "baseline_window_days, baseline_window_imaging_days); --explain PATIENT says which "
            "were left out",
            n, all->n);
}

/* Where the trial starts for a patient. */
static msp_day start_of(const msp_patient *p, int origin)
{
    if (origin == MSP_ORIGIN_CONSENT)
        return p->disposition != NULL ? p->disposition->consent : MSP_NO_DAY;
    return origin == MSP_ORIGIN_FIRST_DOSE ? p->first_dose : p->randomised;
}

/* Who has no time that starts with the trial in ADTTE. */
static void say_no_times(const job *j)
{
    const msp_patients *all = &j->answer.patients;
    const int origin = msp_tte_rules_of(&j->answer.rules).origin;
    const msp_tte_absence absent = msp_tte_no_start(origin);
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        n += start_of(&all->patients[i], origin) == MSP_NO_DAY;
    if (n > 0)
        cli_note(&j->v->common,
                 "adtte: no time from the start of the trial (PFS, OS, TTP, TTR ...) for %zu of "
                 "%zu patients: %s; %s",
                 n, all->n, absent.why, absent.remedy);
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
    if (rc != MSP_OK) /* the path goes */
        msp_error_in_folder(err, folder);
    msp_text_free(&path);
    msp_text_clear(text);
    return rc;
}

/* Responses and times to event as ADaM tables. */
static msp_status write_adam(job *j, msp_error *err)
{
    const bool planned = j->v->protocol != NULL;
    msp_adam adam;
    const msp_adam_options how = {.rules = &j->answer.rules,
                                  .measurability = planned ? &j->protocol.measurability : NULL,
                                  .protocol = planned ? &j->protocol : NULL,
                                  .reports = &j->reports,
                                  .study = j->answer.patients.study != NULL
                                               ? j->answer.patients.study
                                           : planned ? j->protocol.trial.acronym.text
                                                     : NULL};
    msp_status rc =
        msp_adam_of_responses(&j->answer.patients, &j->answer.responses, &how, &adam, err);
    if (rc != MSP_OK)
        return rc;
    rc = msp_adam_write(&adam, j->v->out, written[j->v->tables >= 0 ? j->v->tables : 0], err);
    msp_adam_free(&adam);
    if (rc == MSP_EUNSUPPORTED) /* only XPT refuses a text */
        return msp_hint(err, rc, "--tables json and --tables csv hold every text");
    return rc;
}

static msp_status write_folder(job *j, msp_error *err)
{
    const char *folder = j->v->out;
    const size_t n = j->answer.patients.n;
    msp_text text = {0};
    static const char *const written_here[] = {"adsl",     "adrs",   "adtte",   "adae", "adex",
                                               "patients", "visits", "reasons", NULL};
    bool made;
    msp_status rc = cli_out_folder(folder, "reasons.csv", written_here, &made, err);
    if (rc != MSP_OK)
        return rc;
    rc = write_adam(j, err); /* first: these may be refused for what they hold */
    respond_patients_as_csv(&j->answer, 0, n, &text);
    if (rc == MSP_OK)
        rc = write_csv(folder, "patients.csv", &text, err);
    msp_text_clear(&text);
    respond_visits_as_csv(&j->answer, 0, n, &text);
    if (rc == MSP_OK)
        rc = write_csv(folder, "visits.csv", &text, err);
    if (rc == MSP_OK)
        rc = respond_reasons_as_csv(&j->answer, 0, n, &text, err);
    if (rc == MSP_OK)
        rc = write_csv(folder, "reasons.csv", &text, err);
    if (rc == MSP_OK)
        say_no_times(j);
    msp_text_free(&text);
    if (rc != MSP_OK && made)
        rmdir(folder); /* where nothing was written */
    return rc;
}

static msp_status print_comparison(job *j, const char *path, msp_text *out, msp_error *err)
{
    const msp_tte_rules rules = msp_tte_rules_of(&j->answer.rules);
    msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS];
    const msp_status rc = respond_compare(path, &j->reports, &j->answer.patients,
                                          &j->answer.responses, &rules, pairs, err);
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
    msp_timeline *timelines = NULL, *crossed = NULL;
    msp_status rc = msp_derived_timelines(
        &j->answer.patients, &j->answer.responses, &j->answer.rules,
        protocol != NULL ? &protocol->measurability : NULL, &arena, &timelines, err);
    if (rc == MSP_OK)
        rc = msp_crossover_timelines(&j->answer.patients, &j->answer.rules,
                                     protocol != NULL ? &protocol->measurability : NULL, &arena,
                                     timelines, &crossed, err);
    const respond_happened happened = {&j->answer.patients, timelines, crossed, &j->answer.rules,
                                       protocol};
    if (rc == MSP_OK && j->v->rates)
        rc = respond_rates(&happened, format, out, err);
    else if (rc == MSP_OK)
        rc = respond_times(&happened, j->v->censoring, &j->v->common, out, err);
    msp_arena_free(&arena);
    return rc;
}

static msp_status print(job *j, size_t from, size_t to, msp_text *out, msp_error *err)
{
    if (j->v->common.format == CLI_JSON)
        return respond_as_json(&j->answer, from, to, out, err);
    if (j->v->common.format == CLI_CSV) {
        if (j->v->explain != NULL)
            return respond_reasons_as_csv(&j->answer, from, to, out, err);
        respond_visits_as_csv(&j->answer, from, to, out);
        return MSP_OK;
    }
    if (j->v->explain != NULL)
        return respond_explain_as_text(&j->answer, from, out, err);
    respond_patients_as_text(&j->answer, from, to, out);
    return MSP_OK;
}

/* Which patients are printed: all, or the one that --explain names. */
static msp_status chosen(const job *j, size_t *from, size_t *to, msp_error *err)
{
    *from = 0;
    *to = j->answer.patients.n;
    if (j->v->explain == NULL)
        return MSP_OK;
    const msp_patient *p = msp_patients_find(&j->answer.patients, j->v->explain);
    if (p == NULL) {
        msp_fail(err, MSP_EUSAGE, "--explain names a patient who is not in the tables");
        return msp_hint(err, MSP_EUSAGE, "the tables hold %zu patients", j->answer.patients.n);
    }
    *from = (size_t)(p - j->answer.patients.patients);
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
        say_no_baseline(j);
    if (rc == MSP_OK)
        rc = chosen(j, &from, &to, &err);
    if (rc == MSP_OK && j->v->out != NULL)
        rc = write_folder(j, &err);
    if (rc == MSP_OK)
        rc = j->v->compare                            ? print_comparison(j, path, &text, &err)
             : j->v->rates || j->v->censoring != NULL ? print_happened(j, &text, &err)
                                                      : print(j, from, to, &text, &err);
    if (rc == MSP_OK)
        return cli_write(&j->v->common, &text, j->findings.n_errors > 0 ? EXIT_FAILURE : 0);
    msp_text_free(&text);
    return cli_fail(&err);
}

/* One answer at a time: a second option that asks for another must not be lost. */
static msp_status look(const values *v, const char *path, msp_error *err)
{
    struct stat about;
    const int asked = (v->explain != NULL) + v->compare + (v->censoring != NULL) + v->rates;
    if (asked > 1)
        return msp_fail(err, MSP_EUSAGE,
                        "--explain, --compare, --censoring and --rates ask for different answers; "
                        "give one of them");
    if (v->tables >= 0 && v->out == NULL)
        return msp_fail(err, MSP_EUSAGE,
                        "--tables is the form of the tables that --out writes; give --out DIR");
    if (v->compare && stat(path, &about) == 0 && !S_ISDIR(about.st_mode))
        return msp_fail(err, MSP_EUSAGE,
                        "--compare needs a folder of SDTM tables, with the responses reported "
                        "in RS; \"%s\" is a file",
                        path);
    return MSP_OK;
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT, .tables = -1};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_respond, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    msp_error err = {0};
    if (look(&v, path, &err) != MSP_OK)
        return cli_fail(&err);
    job j = {.v = &v};
    exit_code = respond(&j, path);
    msp_judge_free(&j.answer.judge);
    msp_reports_free(&j.reports);
    msp_responses_free(&j.answer.responses);
    msp_patients_free(&j.answer.patients);
    msp_protocol_free(&j.protocol);
    msp_findings_free(&j.findings);
    msp_arena_free(&j.arena);
    return exit_code;
}
