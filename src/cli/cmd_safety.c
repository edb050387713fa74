/* safety - adverse events and laboratory grades by arm. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mspike/endpoint.h"
#include "mspike/patient.h"
#include "read_protocol.h"
#include "safety.h"

typedef struct values {
    cli_common common;
    const char *protocol, *explain, *out;
    int tables; /* index of table_formats; -1: not said */
} values;

#define MARK "safety.csv"

static const char *const table_formats[] = {"xpt", "json", "csv", NULL};
static const msp_table_format written[] = {MSP_TABLE_XPT, MSP_TABLE_JSON, MSP_TABLE_CSV};

static const msp_option options[] = {
    {"protocol", 'p', MSP_OPTION_TEXT, offsetof(values, protocol), "FILE",
     "the trial's arms, window, version of grades, cut-off and names of tests", "Rules", NULL, 0,
     0},
    CLI_OPTION_SET(values),
    {"explain", 'e', MSP_OPTION_TEXT, offsetof(values, explain), "PATIENT",
     "instead, this patient's laboratory values, each with its grade and the reason", "Output",
     NULL, 0, 0},
    {"out", 0, MSP_OPTION_TEXT, offsetof(values, out), "DIR",
     "also write the graded values as adlb.xpt there, the adverse events as adae.xpt, and the "
     "counts "
     "as safety.csv",
     "Output", NULL, 0, 0},
    {"tables", 0, MSP_OPTION_CHOICE, offsetof(values, tables), "FORMAT",
     "of the tables in DIR [xpt]", "Output", table_formats, 0, 0},
    CLI_OPTION_FORMAT(values, cli_formats),
    CLI_OPTION_OUTPUT(values),
    CLI_OPTIONS_RUNNING(values),
};

static const msp_example examples[] = {
    {"mspike safety examples/safety", "adverse events, worst laboratory grades and shifts by arm"},
    {"mspike safety examples/safety --explain S-02", "one patient's grades, each with its reason"},
    {"mspike safety examples/safety --set ctcae=4 --format json", "by CTCAE 4.03, as JSON"},
};

static int run(int argc, char **argv);

const msp_command cli_safety = {
    .name = "safety",
    .group = "analysis",
    .summary = "adverse events and laboratory toxicity grades by arm",
    .usage = "TABLES [options]",
    .description =
        "From a folder of SDTM tables: treatment-emergent adverse events (AE) of treated patients "
        "- "
        "any, grade 3 or higher, serious, fatal, leading to discontinuation, related; by class and "
        "term; in the time at risk - and the CTCAE grades of blood counts and chemistry (LB), by "
        "the reference limits of the laboratory of each value: worst grade on treatment, and its "
        "shift from the baseline. TABLES may also be one table with a row for each visit, for the "
        "grades alone; docs/methods/ctcae.md lists the tests, the columns and all criteria.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

typedef struct job {
    const values *v;
    msp_arena arena;
    msp_findings findings;
    msp_protocol protocol;
    msp_rules rules;
    safety_answer answer;
} job;

static const msp_protocol *protocol_of(const job *j)
{
    return j->v->protocol != NULL ? &j->protocol : NULL;
}

static msp_day cutoff_of(const job *j)
{
    return j->v->protocol != NULL ? msp_protocol_cutoff_day(&j->protocol) : MSP_NO_DAY;
}

/* -- reading -- */

static msp_status read_rules(job *j, msp_error *err)
{
    const values *v = j->v;
    msp_status rc = v->protocol != NULL
                        ? cli_read_protocol(&v->common, v->protocol, &j->protocol, err)
                        : MSP_OK;
    if (rc == MSP_OK)
        rc = cli_read_rules(&v->common, protocol_of(j), &j->arena, &j->rules, err);
    if (rc == MSP_OK)
        j->answer.version = msp_ctcae_of(&j->rules);
    return rc;
}

/* Of findings about patients those of these tables are about safety; respond and check say what is
 * about the disease. */
static void keep_findings(job *j, const msp_findings *all)
{
    static const char *const tables[] = {"dm", "ex", "ae", "suppdm", "suppex", "suppae"};
    for (size_t i = 0; i < all->n; i++) {
        const msp_finding *f = &all->items[i];
        const char *file = f->at.file != NULL ? f->at.file : "", *slash = strrchr(file, '/');
        const char *name = slash != NULL ? slash + 1 : file;
        msp_place at = f->at;
        at.file = msp_arena_text(&j->findings.arena, file);
        const size_t stem = strcspn(name, ".");
        bool about = strcmp(f->id, "data-table") == 0; /* perhaps a part of one of these */
        for (size_t k = 0; k < MSP_COUNT(tables); k++) {
            const size_t len = strlen(tables[k]); /* a part's name is longer by one or two */
            about =
                about || (strncasecmp(name, tables[k], len) == 0 && stem >= len && stem <= len + 2);
        }
        if (about && at.file != NULL)
            msp_findings_add(&j->findings, f->severity, f->id, at, f->hint, "%s", f->text);
    }
}

/* A folder holds SDTM tables, a file visits. */
static msp_status read_tables(job *j, const char *path, msp_error *err)
{
    safety_answer *a = &j->answer;
    const msp_sdtm_options how = {.protocol = protocol_of(j), .may_lack_measurements = true};
    const msp_tidy_options visits = {.cutoff = cutoff_of(j)};
    struct stat about;
    msp_findings other = {0}; /* of the disease: respond and check say them */
    const bool folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    msp_status rc = folder ? msp_sdtm_read(path, &how, &a->patients, &other, err)
                           : msp_tidy_read_with(path, &visits, &a->patients, &other, err);
    if (rc != MSP_OK && err->at.file != NULL)
        err->at.file = msp_arena_text(&j->arena, err->at.file);
    keep_findings(j, &other);
    msp_findings_free(&other);
    if (rc != MSP_OK)
        return rc;
    a->adverse = folder && a->patients.says_adverse_events;
    return folder ? msp_blood_read(path, how.protocol, &a->patients, &a->bloods, &j->findings, err)
                  : msp_blood_read_tidy(path, cutoff_of(j), &a->patients, &a->bloods, &j->findings,
                                        err);
}

/* -- arms -- */

/* The arm whose treatment was given, where the tables say it. */
static const char *arm_of(const msp_patient *p)
{
    return p->actual_arm != NULL ? p->actual_arm : p->arm != NULL ? p->arm : "all patients";
}

static uint32_t find_arm(const safety_answer *a, const char *name)
{
    for (size_t i = 0; i < a->n_arms; i++)
        if (strcmp(a->arms[i], name) == 0)
            return (uint32_t)i;
    return MSP_NO_ARM;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The protocol's in its order; else those of treated patients in byte order. */
static msp_status list_arms(job *j, msp_error *err)
{
    safety_answer *a = &j->answer;
    const msp_protocol *p = protocol_of(j);
    const size_t most = a->patients.n + (p != NULL ? p->arms.n : 0);
    a->arms = msp_arena_array(&j->arena, most + 1, sizeof *a->arms);
    a->arm = msp_arena_array(&j->arena, a->patients.n + 1, sizeof *a->arm);
    if (a->arms == NULL || a->arm == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the arms");
    for (size_t i = 0; p != NULL && i < p->arms.n; i++)
        a->arms[a->n_arms++] = msp_arm_value(&p->arms.items[i]);
    for (size_t i = 0; p == NULL && i < a->patients.n; i++) {
        const msp_patient *patient = &a->patients.patients[i];
        if (patient->first_dose != MSP_NO_DAY && find_arm(a, arm_of(patient)) == MSP_NO_ARM)
            a->arms[a->n_arms++] = arm_of(patient);
    }
    if (p == NULL && a->n_arms > 0)
        qsort(a->arms, a->n_arms, sizeof *a->arms, by_text);
    size_t strangers = 0;
    for (size_t i = 0; i < a->patients.n; i++) {
        const msp_patient *patient = &a->patients.patients[i];
        const bool treated = patient->first_dose != MSP_NO_DAY;
        a->arm[i] = treated ? find_arm(a, arm_of(patient)) : MSP_NO_ARM;
        if (treated && p != NULL && p->arms.n == 1 && patient->arm == NULL)
            a->arm[i] = 0;
        strangers += treated && a->arm[i] == MSP_NO_ARM;
    }
    if (strangers > 0)
        cli_note(&j->v->common, "%zu treated patient%s of no arm of the protocol %s left out",
                 strangers, strangers == 1 ? "" : "s", strangers == 1 ? "is" : "are");
    return MSP_OK;
}

/* -- counting -- */

static msp_status grade(job *j, const msp_safety_arms *arms, msp_error *err)
{
    safety_answer *a = &j->answer;
    const msp_teae_rules rules = msp_teae_rules_of(&j->rules);
    if (!msp_was_said(j->rules.ctcae.at) && j->v->protocol != NULL &&
        !msp_protocol_grades_labs(&j->protocol)) {
        cli_note(&j->v->common, "laboratory values are not graded: the protocol's version of "
                                "CTCAE is 3; --set ctcae=4, 5 or 6 grades them");
        return MSP_OK;
    }
    a->courses = msp_arena_array(&j->arena, a->patients.n + 1, sizeof *a->courses);
    msp_status rc = a->courses != NULL
                        ? MSP_OK
                        : msp_fail(err, MSP_EMEM, "no memory for the laboratory grades");
    for (size_t i = 0; rc == MSP_OK && i < a->patients.n; i++) {
        const msp_treated_time exposure = msp_treated_time_of(&a->patients.patients[i]);
        rc = msp_lab_course_of(&a->bloods.of[i], &exposure, &rules, a->version, &j->arena,
                               &a->courses[i], err);
    }
    return rc == MSP_OK ? msp_safety_lab_records(a->courses, a->arm, a->patients.n, arms,
                                                 a->version, &a->results, err)
                        : rc;
}

static msp_status analyse(job *j, msp_error *err)
{
    safety_answer *a = &j->answer;
    const msp_safety_arms arms = {a->arms, a->n_arms, "treated patients"};
    const msp_teae_rules rules = msp_teae_rules_of(&j->rules);
    msp_adverse_counted counted;
    msp_status rc = MSP_OK;
    if (a->adverse) {
        rc =
            msp_adverse_count(&a->patients, a->arm, &rules, cutoff_of(j), &j->arena, &counted, err);
        if (rc == MSP_OK)
            rc = msp_safety_adverse_records(&counted, &arms, &a->results, err);
    }
    return rc == MSP_OK ? grade(j, &arms, err) : rc;
}

static void say_what_is_missing(const job *j)
{
    const safety_answer *a = &j->answer;
    if (a->n_arms == 0)
        cli_note(&j->v->common, "no patient has a first dose: nobody is counted");
    if (!a->adverse)
        cli_note(&j->v->common, "no adverse events: there is no table AE");
    if (a->bloods.n_values == 0)
        cli_note(&j->v->common, "no laboratory grades: no value of a test that is graded");
    else if (a->bloods.n_unlimited > 0)
        cli_note(&j->v->common,
                 "%zu of %zu laboratory values have no reference limits; grades that ask for one "
                 "are not given",
                 a->bloods.n_unlimited, a->bloods.n_values);
}

/* -- writing -- */

static msp_status write_table(job *j, msp_table *table, const char *name, msp_error *err)
{
    const msp_table_format format = written[j->v->tables >= 0 ? j->v->tables : 0];
    const char *path =
        msp_arena_printf(&j->arena, "%s/%s.%s", j->v->out, name, msp_table_format_name(format));
    return path != NULL ? msp_table_write(table, path, format, NULL, err)
                        : msp_fail(err, MSP_EMEM, "no memory for a file's name");
}

static msp_status write_adlb(job *j, msp_error *err)
{
    const safety_answer *a = &j->answer;
    msp_table table;
    msp_status rc = msp_adlb_init(&table, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < a->patients.n; i++) {
        const msp_adlb_subject subject = {.study = a->patients.study,
                                          .patient = &a->patients.patients[i],
                                          .values = &a->bloods.of[i],
                                          .course = &a->courses[i],
                                          .sequence = a->bloods.sequence};
        rc = msp_adlb_add(&table, &subject, err);
    }
    if (rc == MSP_OK)
        rc = write_table(j, &table, "adlb", err);
    msp_table_free(&table);
    return rc;
}

static msp_status write_adae(job *j, msp_error *err)
{
    const msp_teae_rules rules = msp_teae_rules_of(&j->rules);
    msp_table table;
    msp_status rc = msp_adae_init(&table, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < j->answer.patients.n; i++)
        rc = msp_adae_add(&table, j->answer.patients.study, &j->answer.patients.patients[i], &rules,
                          err);
    if (rc == MSP_OK)
        rc = write_table(j, &table, "adae", err);
    msp_table_free(&table);
    return rc;
}

/* The counts, as --format csv prints them: what tells a folder of this command from others. */
static msp_status write_counts(job *j, msp_error *err)
{
    msp_text text = {0};
    const char *path = msp_arena_printf(&j->arena, "%s/" MARK, j->v->out);
    safety_as_csv(&j->answer, &text);
    const msp_status rc = path == NULL || text.failed
                              ? msp_fail(err, MSP_EMEM, "no memory for %s", MARK)
                              : msp_file_write(path, msp_text_str(&text), text.len, err);
    msp_text_free(&text);
    return rc;
}

static msp_status write_folder(job *j, msp_error *err)
{
    static const char *const written_here[] = {"adlb", "adae", "safety", NULL};
    bool made;
    msp_status rc = cli_out_folder(j->v->out, MARK, written_here, &made, err);
    if (rc != MSP_OK)
        return rc;
    if (j->answer.courses != NULL)
        rc = write_adlb(j, err);
    if (rc == MSP_OK && j->answer.adverse)
        rc = write_adae(j, err);
    if (rc == MSP_OK)
        rc = write_counts(j, err);
    if (rc != MSP_OK && made)
        rmdir(j->v->out); /* where nothing was written */
    return rc;
}

/* -- the command -- */

static msp_status print(const job *j, msp_text *out, msp_error *err)
{
    const safety_answer *a = &j->answer;
    const int format = j->v->common.format;
    if (j->v->explain == NULL) {
        (format == CLI_JSON  ? safety_as_json
         : format == CLI_CSV ? safety_as_csv
                             : safety_as_text)(a, out);
        return MSP_OK;
    }
    const msp_patient *p = msp_patients_find(&a->patients, j->v->explain);
    if (p == NULL) {
        msp_fail(err, MSP_EUSAGE, "--explain names a patient who is not in the tables");
        return msp_hint(err, MSP_EUSAGE, "the tables hold %zu patients", a->patients.n);
    }
    if (a->courses == NULL)
        return msp_fail(err, MSP_EUSAGE, "--explain tells laboratory grades, and none are given");
    (format == CLI_JSON  ? safety_patient_as_json
     : format == CLI_CSV ? safety_patient_as_csv
                         : safety_patient_as_text)(a, (size_t)(p - a->patients.patients), out);
    return MSP_OK;
}

static msp_status answer(job *j, const char *path, msp_text *out, msp_error *err)
{
    if (j->v->tables >= 0 && j->v->out == NULL)
        return msp_fail(err, MSP_EUSAGE,
                        "--tables is the form of the tables that --out writes; give --out DIR");
    msp_status rc = read_rules(j, err);
    if (rc == MSP_OK)
        rc = read_tables(j, path, err);
    cli_say_findings(&j->v->common, &j->findings);
    if (rc == MSP_OK)
        rc = list_arms(j, err);
    if (rc == MSP_OK)
        rc = analyse(j, err);
    if (rc == MSP_OK)
        say_what_is_missing(j);
    if (rc == MSP_OK && j->v->out != NULL)
        rc = write_folder(j, err);
    return rc == MSP_OK ? print(j, out, err) : rc;
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT, .tables = -1};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_safety, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    job j = {.v = &v};
    msp_error err = {0};
    msp_text text = {0};
    const msp_status rc = answer(&j, path, &text, &err);
    exit_code = rc == MSP_OK && j.findings.n_errors > 0 ? cli_write(&v.common, &text, EXIT_FAILURE)
                                                        : cli_answer(&v.common, rc, &text, &err);
    msp_results_free(&j.answer.results);
    msp_bloods_free(&j.answer.bloods);
    msp_patients_free(&j.answer.patients);
    msp_protocol_free(&j.protocol);
    msp_findings_free(&j.findings);
    msp_arena_free(&j.arena);
    return exit_code;
}
