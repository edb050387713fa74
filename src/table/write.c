/* write.c - a table to a file, and what the writers share. */
#include <string.h>

#include "internal.h"

void msp__note(const msp_write_options *options, const char *fmt, ...)
{
    if (options == NULL || options->notes == NULL)
        return;
    char text[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    msp_findings_add(options->notes, MSP_SEVERITY_NOTE, "table-write", (msp_place){0}, NULL, "%s",
                     text);
}

/* A column is written as dates only where every number of it is one. */
msp_date_kind msp__written_as_date(const msp_table *table, const msp_column *column)
{
    const msp_date_kind kind =
        column->type == MSP_COLUMN_NUMBER ? msp_sas_format_kind(column->format) : MSP_NOT_A_DATE;
    char iso[MSP_ISO_MAX];
    for (size_t row = 0; kind != MSP_NOT_A_DATE && row < table->n_rows; row++)
        if (!msp_column_is_missing(column, row) &&
            !msp_sas_date_format(column->number[row], kind, iso))
            return MSP_NOT_A_DATE;
    return kind;
}

size_t msp__longest_text(const msp_column *column)
{
    size_t longest = 0;
    for (size_t code = 1; code < column->n_texts; code++) {
        const size_t len = strlen(column->text[code]);
        longest = len > longest ? len : longest;
    }
    return longest;
}

char msp__missing_kind(const msp_column *column, size_t row)
{
    return column->missing != NULL ? (char)column->missing[row] : '.';
}

msp_status msp_table_write(const msp_table *table, const char *path, msp_table_format format,
                           const msp_write_options *options, msp_error *err)
{
    msp_text out = {0};
    msp_status rc;
    switch (format) {
    case MSP_TABLE_CSV:
        rc = msp__csv_write(table, options, &out, err);
        break;
    case MSP_TABLE_XPT:
        rc = msp__xpt_write(table, options, &out, err);
        break;
    case MSP_TABLE_JSON:
    case MSP_TABLE_NDJSON:
    case MSP_TABLE_DSJC:
        rc = msp__dataset_json_write(table, format, options, &out, err);
        break;
    default:
        rc = msp_hint(err,
                      msp_fail(err, MSP_EUNSUPPORTED, "%s files are read, not written",
                               msp_table_format_name(format)),
                      "SAS reads xpt; so does everything else");
    }
    if (rc == MSP_OK && out.failed)
        rc = msp__no_memory(err, path);
    if (rc == MSP_OK)
        rc = msp_file_write(path, out.data, out.len, err);
    msp_text_free(&out);
    return rc;
}
