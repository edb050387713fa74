/* check - reads a protocol, and the tables it names, and lists every fault with its place. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "mspike/analysis.h"
#include "mspike/patient.h"
#include "mspike/response.h"

typedef struct values {
    cli_common common;
} values;

static const msp_option options[] = {
    CLI_OPTION_FORMAT(values, cli_formats),
    CLI_OPTION_OUTPUT(values),
    CLI_OPTIONS_RUNNING(values),
};

static const msp_example examples[] = {
    {"mspike check protocols/ikema.yaml", "one protocol"},
    {"mspike check examples/spike-1/protocol.yaml examples/spike-1",
     "and the tables that it names"},
    {"mspike check examples/sdtm/protocol.yaml examples/sdtm", "and laboratory values"},
};

static int run(int argc, char **argv);

const msp_command cli_check = {
    .name = "check",
    .group = "protocol",
    .summary = "lists every fault of a protocol, with its place",
    .usage = "PROTOCOL [TABLES] [options]",
    .description =
        "Reads the protocol and derives nothing: keys that are not known or said twice, values of "
        "the wrong type or unit, names that are not defined, schedules that cannot happen, designs "
        "that contradict themselves. It lists the findings of the evidence files that the protocol "
        "names, too, and whether they have what it asks of them. With TABLES, a folder, it also "
        "looks whether the tables hold "
        "the columns and values that the protocol names, and, where it holds SDTM tables or the "
        "protocol's table of visits, lists by patient, visit, file and row each measurement that "
        "cannot be used, and proposes a mapping "
        "for tests it does not know. The answer is no (exit 1) where anything "
        "is an error; warnings alone are not. A file that cannot be read or is no YAML at all is "
        "exit 3.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 2,
    .run = run,
};

static void add_count(size_t n, const char *what, msp_text *out)
{
    msp_text_printf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static void as_text(const msp_findings *findings, const char *file, bool quiet, msp_text *out)
{
    msp_findings_render(findings, out);
    if (quiet)
        return;
    msp_text_printf(out, "%s: ", file);
    add_count(findings->n_errors, "error", out);
    msp_text_add(out, ", ");
    add_count(findings->n_warnings, "warning", out);
    msp_text_add_char(out, '\n');
}

static void as_json(const msp_findings *findings, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_findings_json(findings, &json);
    msp_text_add_char(out, '\n');
}

/* One line a finding; a line or column that is not known is an empty field. */
static void as_csv(const msp_findings *findings, msp_text *out)
{
    msp_text_add(out, "severity,id,file,line,column,text,hint\n");
    for (size_t i = 0; i < findings->n; i++) {
        const msp_finding *f = &findings->items[i];
        msp_text_printf(out, "%s,%s,", msp_severity_name(f->severity), f->id);
        msp_text_add_field(out, f->at.file);
        for (size_t k = 0; k < 2; k++) {
            const uint32_t at = k == 0 ? f->at.line : f->at.col;
            msp_text_add_char(out, ',');
            if (at > 0)
                msp_text_printf(out, "%u", (unsigned)at);
        }
        msp_text_add_char(out, ',');
        msp_text_add_field(out, f->text);
        msp_text_add_char(out, ',');
        msp_text_add_field(out, f->hint);
        msp_text_add_char(out, '\n');
    }
}

/* Rows of custom criteria are the room response's, which the protocol does not know. */
static msp_status check_criteria(const msp_protocol *protocol, msp_findings *findings,
                                 msp_error *err)
{
    msp_criteria *criteria = malloc(sizeof *criteria);
    msp_error why = {0};
    if (criteria == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the criteria");
    const msp_status rc =
        msp_criteria_of(&protocol->rules, &protocol->measurability, criteria, &why);
    if (rc != MSP_OK)
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "protocol-criteria", why.at, why.hint, "%s",
                         why.text);
    free(criteria);
    return MSP_OK;
}

/* The cells of a table of visits that cannot be used. */
static msp_status check_visits(const msp_protocol *protocol, const char *folder,
                               msp_findings *findings, msp_error *err)
{
    const msp_tidy_options how = {.cutoff = msp_protocol_cutoff_day(protocol),
                                  .name_patients = true};
    char *path = NULL;
    msp_patients patients;
    if (!msp_table_is_in(folder, protocol->data.visits.text))
        return MSP_OK;
    msp_status rc = msp_table_find(folder, protocol->data.visits.text, &path, err);
    if (rc != MSP_OK)
        return rc;
    const char *kept = msp_arena_text(&findings->arena, path);
    free(path);
    if (kept == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a file's name");
    rc = msp_tidy_read_with(kept, &how, &patients, findings, err);
    msp_patients_free(&patients);
    return rc;
}

/* The measurements that cannot be used. DM without any is no fault. */
static msp_status check_measurements(const msp_protocol *protocol, const char *folder,
                                     msp_findings *findings, msp_error *err)
{
    const msp_sdtm_options how = {.protocol = protocol, .name_patients = true};
    msp_patients patients;
    if (protocol->data.visits.text != NULL)
        return check_visits(protocol, folder, findings, err);
    if (!msp_sdtm_is(folder))
        return MSP_OK;
    const msp_status rc = msp_sdtm_read(folder, &how, &patients, findings, err);
    msp_patients_free(&patients);
    return rc == MSP_ENODATA ? MSP_OK : rc;
}

static msp_status check_tables(const msp_protocol *protocol, const char *folder,
                               msp_findings *findings, msp_error *err)
{
    const msp_status rc = check_measurements(protocol, folder, findings, err);
    return rc == MSP_OK ? msp_study_check(protocol, folder, findings, err) : rc;
}

/* Findings about the protocol come first and are printed even where the tables cannot be read. */
static int check(const values *v, const char *const *operands, size_t n, msp_findings *findings)
{
    msp_error err = {0};
    msp_protocol protocol = {0};
    msp_status status = msp_protocol_read(operands[0], &protocol, findings, &err);
    if (status != MSP_OK)
        return cli_fail(&err);
    if (findings->n_errors == 0)
        status = check_criteria(&protocol, findings, &err);
    if (status == MSP_OK)
        status = check_published(&protocol, findings, &err);
    if (status == MSP_OK && n > 1)
        status = check_tables(&protocol, operands[1], findings, &err);
    msp_findings_sort(findings);
    msp_text text = {0};
    if (v->common.format == CLI_JSON)
        as_json(findings, &text);
    else if (v->common.format == CLI_CSV)
        as_csv(findings, &text);
    else
        as_text(findings, operands[0], v->common.quiet, &text);
    int code = cli_write(&v->common, &text, findings->n_errors > 0 ? 1 : 0);
    if (status != MSP_OK)
        code = cli_fail(&err); /* whose place may be in the protocol */
    msp_protocol_free(&protocol);
    return code;
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT};
    const char *operands[2];
    size_t n = 0;
    int exit_code;
    if (!cli_parse(&cli_check, argc, argv, &v, operands, &n, &exit_code))
        return exit_code;
    msp_findings findings = {0};
    exit_code = check(&v, operands, n, &findings);
    msp_findings_free(&findings);
    return exit_code;
}
