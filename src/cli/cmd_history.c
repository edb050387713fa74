/* history - previous therapy: lines, refractory drugs, state of the disease. */
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "mspike/patient.h"
#include "read_protocol.h"

typedef struct values {
    cli_common common;
    const char *protocol;
} values;

static const msp_option options[] = {
    {"protocol", 'p', MSP_OPTION_TEXT, offsetof(values, protocol), "FILE", "the trial's rules",
     "Rules", NULL, 0, 0},
    CLI_OPTION_SET(values),
    CLI_OPTION_FORMAT(values, cli_formats),
    CLI_OPTION_OUTPUT(values),
    CLI_OPTIONS_RUNNING(values),
};

static const msp_example examples[] = {
    {"mspike history examples/history.csv", "lines and refractory drugs of each patient"},
    {"mspike history examples/sdtm", "the same from SDTM tables: CM, PR, EX and their qualifiers"},
    {"mspike history examples/history.csv --set refractory_min_cycles=2 --format json",
     "as A061202 counts lenalidomide-refractory"},
};

static int run(int argc, char **argv);

const msp_command cli_history = {
    .name = "history",
    .group = "analysis",
    .summary = "lines of therapy and refractory drugs from previous treatment",
    .usage = "TABLES [options]",
    .description =
        "From a folder of SDTM tables (docs/tables.md says which rows of CM, PR and EX are "
        "previous "
        "therapy), or from a table with a row for each drug of each course - usubjid, course, "
        "drug, start, "
        "stop, "
        "and any of drug_class, ongoing, cycles, dose_mg, planned, transplant, response, "
        "progressed, "
        "progression_date - to the lines of therapy with the rule that began each, the drugs and "
        "classes the patient is refractory to, and the state of the disease. Dates may be partial; "
        "an answer that depends on the missing part is unknown. A drug may be named by its brand, "
        "and "
        "a regimen by its usual abbreviation (VRd, D-Rd, CyBorD). What cannot be used is shown "
        "with "
        "its place; the exit status is then 1. A patient of whom the second kind of table has such "
        "a row is not known.",
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
    msp_protocol protocol;
    msp_history_rules rules;
    msp_patients patients; /* of SDTM tables */
    msp_findings findings; /* of them; it holds the names of files that errors name */
    msp_past past;
} job;

/* A folder holds SDTM tables. */
static msp_status read_past(job *j, const char *path, msp_error *err)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) {
        const msp_status rc = msp_past_read(path, &j->past, &j->findings, err);
        cli_say_findings(&j->v->common, &j->findings);
        return rc;
    }
    const msp_sdtm_options how = {.protocol = j->v->protocol != NULL ? &j->protocol : NULL,
                                  .may_lack_measurements = true};
    const msp_status rc = msp_sdtm_read(path, &how, &j->patients, &j->findings, err);
    cli_say_findings(&j->v->common, &j->findings);
    return rc == MSP_OK ? msp_past_of_patients(&j->patients, &j->past, err) : rc;
}

static msp_status read_rules(job *j, msp_error *err)
{
    const values *v = j->v;
    msp_rules rules;
    msp_status rc = v->protocol != NULL
                        ? cli_read_protocol(&v->common, v->protocol, &j->protocol, err)
                        : MSP_OK;
    if (rc == MSP_OK)
        rc = cli_read_rules(&v->common, v->protocol != NULL ? &j->protocol : NULL, &j->arena,
                            &rules, err);
    if (rc == MSP_OK)
        j->rules = msp_history_rules_of(&rules);
    return rc;
}

/* -- what is said of one patient -- */

/* The drugs that were ever given, each once; returns how many. */
static size_t given(const msp_history *h, const char **names, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++)
        for (size_t k = 0; k < h->courses[i].n_drugs; k++) {
            bool seen = false;
            for (size_t m = 0; m < n; m++)
                seen = seen || msp_text_equal_nocase(names[m], h->courses[i].drugs[k].id);
            if (!seen && n < most)
                names[n++] = h->courses[i].drugs[k].id;
        }
    return n;
}

static void regimen(const msp_course *c, msp_text *out)
{
    for (size_t k = 0; k < c->n_drugs; k++)
        msp_text_printf(out, "%s%s", k > 0 ? " + " : "", c->drugs[k].id);
    if (c->transplant)
        msp_text_printf(out, "%stransplant", c->n_drugs > 0 ? " + " : "");
}

typedef struct summary {
    msp_line *lines; /* of each course */
    int64_t n_lines;
    const char *drugs[64];
    size_t n_drugs;
    msp_fact two, three, five;
    msp_history_state state;
} summary;

static msp_status summarise(job *j, const msp_history *h, summary *s, msp_error *err)
{
    s->lines = msp_arena_array(&j->arena, h->n + 1, sizeof *s->lines);
    if (s->lines == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the lines");
    s->n_lines = msp_history_lines(h, &j->rules, s->lines);
    s->n_drugs = given(h, s->drugs, MSP_COUNT(s->drugs));
    s->two = msp_refractory_double(h, &j->rules);
    s->three = msp_refractory_triple_class(h, &j->rules);
    s->five = msp_refractory_penta(h, &j->rules);
    s->state = msp_history_state_of(h, &j->rules);
    return MSP_OK;
}

/* -- as text -- */

static void lines_as_text(const msp_history *h, const summary *s, msp_text *out)
{
    msp_text_add(out, "  course  line  rule\n");
    for (size_t i = 0; i < h->n; i++) {
        const msp_line *line = &s->lines[i];
        msp_text_printf(out, "  %6zu  %4lld  %-4s  ", i + 1, (long long)line->number,
                        msp_line_reason_rule(line->reason));
        regimen(&h->courses[i], out);
        msp_text_printf(out, ": %s%s\n", msp_line_reason_text(line->reason),
                        line->uncertain ? " (depends on the missing part of a date)" : "");
    }
}

static void patient_as_text(const job *j, const msp_past_patient *p, const summary *s,
                            msp_text *out)
{
    if (p->fault != NULL) {
        msp_text_printf(out, "%s: not known: %s\n\n", p->id, p->fault);
        return;
    }
    msp_text_printf(out, "%s: %lld line%s; %s\n\n", p->id, (long long)s->n_lines,
                    s->n_lines == 1 ? "" : "s", msp_history_state_text(s->state));
    lines_as_text(&p->history, s, out);
    msp_text_add_char(out, '\n');
    for (size_t i = 0; i < s->n_drugs; i++) {
        const msp_refractoriness r = msp_refractory_drug(&p->history, &j->rules, s->drugs[i]);
        msp_text_printf(out, "  refractory to %s: %s (%s", s->drugs[i], msp_fact_name(r.status),
                        msp_refractory_reason_text(r.reason));
        if (r.course != SIZE_MAX)
            msp_text_printf(out, "; course %zu", r.course + 1);
        msp_text_add(out, ")\n");
    }
    msp_text_printf(out, "  double refractory: %s; triple-class: %s; penta: %s\n\n",
                    msp_fact_name(s->two), msp_fact_name(s->three), msp_fact_name(s->five));
}

/* -- as JSON and CSV -- */

static void patient_as_json(const job *j, const msp_past_patient *p, const summary *s,
                            msp_json *json)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "usubjid", p->id);
    if (p->fault != NULL) {
        msp_json_put_text(json, "lines", NULL);
        msp_json_put_text(json, "note", p->fault);
        msp_json_end_object(json);
        return;
    }
    msp_json_put_int(json, "lines", s->n_lines);
    msp_json_put_text(json, "state", msp_history_state_text(s->state));
    msp_json_put_text(json, "double_refractory", msp_fact_name(s->two));
    msp_json_put_text(json, "triple_class_refractory", msp_fact_name(s->three));
    msp_json_put_text(json, "penta_refractory", msp_fact_name(s->five));
    msp_json_key(json, "drugs");
    msp_json_begin_array(json);
    for (size_t i = 0; i < s->n_drugs; i++) {
        const msp_refractoriness r = msp_refractory_drug(&p->history, &j->rules, s->drugs[i]);
        msp_json_begin_object(json);
        msp_json_put_text(json, "drug", s->drugs[i]);
        msp_json_put_text(json, "refractory", msp_fact_name(r.status));
        msp_json_put_text(json, "reason", msp_refractory_reason_text(r.reason));
        if (r.course != SIZE_MAX)
            msp_json_put_int(json, "course", (int64_t)r.course + 1);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_key(json, "courses");
    msp_json_begin_array(json);
    for (size_t i = 0; i < p->history.n; i++) {
        msp_text what = {0};
        regimen(&p->history.courses[i], &what);
        msp_json_begin_object(json);
        msp_json_put_text(json, "regimen", msp_text_str(&what));
        msp_json_put_int(json, "line", s->lines[i].number);
        msp_json_put_text(json, "rule", msp_line_reason_rule(s->lines[i].reason));
        msp_json_put_text(json, "reason", msp_line_reason_text(s->lines[i].reason));
        msp_json_put_text(json, "uncertain", s->lines[i].uncertain ? "yes" : "no");
        msp_json_end_object(json);
        msp_text_free(&what);
    }
    msp_json_end_array(json);
    msp_json_end_object(json);
}

static void patient_as_csv(const job *j, const msp_past_patient *p, const summary *s, msp_text *out)
{
    if (p->fault != NULL) {
        msp_text_add_field(out, p->id);
        msp_text_add(out, ",,unknown,,unknown,");
        msp_text_add_field(out, p->fault);
        msp_text_add_char(out, '\n');
    }
    for (size_t i = 0; i < s->n_drugs; i++) {
        const msp_refractoriness r = msp_refractory_drug(&p->history, &j->rules, s->drugs[i]);
        msp_text_add_field(out, p->id);
        msp_text_printf(out, ",%lld,", (long long)s->n_lines);
        msp_text_add_field(out, msp_history_state_text(s->state));
        msp_text_add_char(out, ',');
        msp_text_add_field(out, s->drugs[i]);
        msp_text_printf(out, ",%s,", msp_fact_name(r.status));
        msp_text_add_field(out, msp_refractory_reason_text(r.reason));
        msp_text_add_char(out, '\n');
    }
}

static msp_status print(job *j, msp_text *out, msp_error *err)
{
    msp_json json;
    msp_status rc = MSP_OK;
    const int format = j->v->common.format;
    if (format == CLI_JSON) {
        msp_json_init(&json, out, 2);
        msp_json_begin_object(&json);
        msp_json_key(&json, "patients");
        msp_json_begin_array(&json);
    } else if (format == CLI_CSV) {
        msp_text_add(out, "usubjid,lines,state,drug,refractory,reason\n");
    }
    for (size_t i = 0; i < j->past.n && rc == MSP_OK; i++) {
        const msp_past_patient *p = &j->past.patients[i];
        summary s = {0};
        rc = summarise(j, &p->history, &s, err);
        if (rc != MSP_OK)
            break;
        if (format == CLI_JSON)
            patient_as_json(j, p, &s, &json);
        else if (format == CLI_CSV)
            patient_as_csv(j, p, &s, out);
        else
            patient_as_text(j, p, &s, out);
    }
    if (format == CLI_JSON) {
        msp_json_end_array(&json);
        msp_json_end_object(&json);
        msp_text_add_char(out, '\n');
    }
    return rc;
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_history, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    job j = {.v = &v};
    msp_error err = {0};
    msp_text text = {0};
    msp_status rc = read_rules(&j, &err);
    if (rc == MSP_OK)
        rc = read_past(&j, path, &err);
    if (rc == MSP_OK)
        rc = print(&j, &text, &err);
    if (rc == MSP_OK) {
        exit_code = cli_write(&v.common, &text, j.findings.n_errors > 0 ? 1 : 0);
    } else {
        msp_text_free(&text);
        exit_code = cli_fail(&err);
    }
    msp_past_free(&j.past);
    msp_patients_free(&j.patients);
    msp_findings_free(&j.findings);
    msp_protocol_free(&j.protocol);
    msp_arena_free(&j.arena);
    return exit_code;
}
