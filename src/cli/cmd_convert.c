/* convert - a table from one format to another. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "mspike/table.h"

typedef struct values {
    cli_common common;
    msp_words columns;
    int to;
    const char *name, *delimiter, *decimal, *encoding;
} values;

/* auto: what the name of OUT says. */
static const char *const formats[] = {"auto", "csv", "xpt", "json", "ndjson", "dsjc", NULL};
static const msp_table_format written[] = {MSP_TABLE_CSV, MSP_TABLE_XPT, MSP_TABLE_JSON,
                                           MSP_TABLE_NDJSON, MSP_TABLE_DSJC};

static const msp_option options[] = {
    {"to", 0, MSP_OPTION_CHOICE, offsetof(values, to), NULL,
     "what to write [auto: what OUT ends in]", "Output", formats, 0, 0},
    {"name", 0, MSP_OPTION_TEXT, offsetof(values, name), "NAME",
     "of the data set [as in the file, or the file's own name]", "Output", NULL, 0, 0},
    {"columns", 'c', MSP_OPTION_LIST, offsetof(values, columns), "COL", "only these, in this order",
     "Input", NULL, 0, 0},
    {"delimiter", 0, MSP_OPTION_TEXT, offsetof(values, delimiter), "CHAR",
     "of a CSV file [found from its first line]", "Input", NULL, 0, 0},
    {"decimal", 0, MSP_OPTION_TEXT, offsetof(values, decimal), "CHAR",
     "of a CSV file [a comma where the delimiter is a semicolon]", "Input", NULL, 0, 0},
    {"encoding", 0, MSP_OPTION_TEXT, offsetof(values, encoding), "NAME",
     "of the texts of CSV, XPT and sas7bdat files [UTF-8, or what the file says]", "Input", NULL, 0,
     0},
    CLI_OPTIONS_RUNNING(values),
};

static const msp_example examples[] = {
    {"mspike convert examples/spike-1/adsl.xpt adsl.json", "SAS transport to Dataset-JSON"},
    {"mspike convert examples/spike-1/adtte.xpt - --to ndjson --columns USUBJID,AVAL,CNSR",
     "three columns, to the screen"},
};

static int run(int argc, char **argv);

const msp_command cli_convert = {
    .name = "convert",
    .group = "around",
    .summary = "between XPT, CSV, Dataset-JSON and (reading) sas7bdat",
    .usage = "IN OUT [options]",
    .description =
        "Reads a table, whatever its name, by what it holds: CSV, SAS transport (XPT 5 and 8), "
        "sas7bdat, Dataset-JSON 1.1 (json, ndjson, dsjc). Writes what the name of OUT ends in; - "
        "is "
        "standard input or output. What a format would damage it refuses (exit 3), what it has no "
        "place for it says in a note; docs/tables.md lists both. Files say that they were made at "
        "SOURCE_DATE_EPOCH (seconds since 1970), or at the beginning of 1970 where that is not "
        "set, "
        "so that the same table gives the same bytes.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 2,
    .max_operands = 2,
    .run = run,
};

static msp_status choose_format(const values *v, const char *path, msp_table_format *out,
                                msp_error *err)
{
    if (v->to > 0) {
        *out = written[v->to - 1];
        return MSP_OK;
    }
    if (msp_table_format_of_path(path, out))
        return MSP_OK;
    const msp_status rc =
        msp_fail(err, MSP_EUSAGE, "the name \"%s\" does not say what to write", path);
    return msp_hint(err, rc, "end it in .csv, .xpt, .json, .ndjson or .dsjc, or say --to csv");
}

static msp_status timestamp(int64_t *out, msp_error *err)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    *out = 0;
    if (text == NULL)
        return MSP_OK;
    char *end;
    *out = strtoimax(text, &end, 10);
    if (end != text && *end == '\0' && *out >= 0)
        return MSP_OK;
    return msp_fail(err, MSP_EUSAGE, "SOURCE_DATE_EPOCH is \"%s\"; expected seconds since 1970",
                    text);
}

static msp_status read_table(const values *v, const char *path, msp_findings *notes, msp_table *out,
                             msp_error *err)
{
    msp_read_column columns[MSP_WORDS_MAX];
    for (size_t i = 0; i < v->columns.n; i++)
        columns[i] = (msp_read_column){v->columns.word[i], MSP_READ_AUTO};
    msp_read_options read = {.columns = v->columns.n > 0 ? columns : NULL,
                             .n_columns = v->columns.n,
                             .encoding = v->encoding,
                             .notes = notes};
    msp_status rc = cli_one_character(v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(v->decimal, "decimal", &read.decimal, err);
    return rc == MSP_OK ? cli_read_table(&v->common, path, &read, out, err) : rc;
}

static msp_status convert(const values *v, const char *in, const char *out, msp_findings *notes,
                          msp_error *err)
{
    msp_table table = {0};
    msp_table_format format;
    msp_write_options write = {.notes = notes};
    msp_status rc = choose_format(v, out, &format, err);
    if (rc == MSP_OK)
        rc = timestamp(&write.timestamp, err);
    if (rc == MSP_OK)
        rc = read_table(v, in, notes, &table, err);
    if (rc == MSP_OK && v->name != NULL)
        table.name = v->name;
    if (rc == MSP_OK)
        rc = msp_table_write(&table, out, format, &write, err);
    if (rc != MSP_OK && err->at.file == table.file)
        err->at.file = in; /* the table's copy goes */
    msp_table_free(&table);
    return rc;
}

static void show_notes(const values *v, const msp_findings *notes)
{
    msp_text text = {0};
    msp_findings_render(notes, &text);
    if (!v->common.quiet)
        fputs(msp_text_str(&text), stderr);
    msp_text_free(&text);
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT};
    const char *operands[2];
    size_t n = 0;
    int exit_code;
    if (!cli_parse(&cli_convert, argc, argv, &v, operands, &n, &exit_code))
        return exit_code;
    msp_error err = {0};
    msp_findings notes = {0};
    const msp_status rc = convert(&v, operands[0], operands[1], &notes, &err);
    show_notes(&v, &notes);
    msp_findings_free(&notes);
    return rc == MSP_OK ? 0 : cli_fail(&err);
}
