/* csv_write.c - tables as CSV, in the form that our reader gives back unchanged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Quoted only where it must be: RFC 4180's characters, and texts that unquoted would be missing. */
static bool needs_quotes(const char *s)
{
    if (s[strcspn(s, ",\"\r\n")] != '\0')
        return true;
    s += strspn(s, " \t");
    const size_t len = strcspn(s, " \t");
    if (s[len + strspn(s + len, " \t")] != '\0')
        return false;
    return len == 0 || (len == 1 && s[0] == '.') || (len == 2 && s[0] == 'N' && s[1] == 'A');
}

static void add_number(msp_text *out, const msp_column *column, msp_date_kind kind, size_t row)
{
    char iso[MSP_ISO_MAX];
    const double x = column->number[row];
    if (isnan(x)) {
        const char missing = msp__missing_kind(column, row);
        if (missing != '.')
            msp_text_printf(out, ".%c", missing);
    } else if (kind != MSP_NOT_A_DATE && msp_sas_date_format(x, kind, iso)) {
        msp_text_add(out, iso);
    } else {
        msp_text_add_double(out, x);
    }
}

static void add_quoted(msp_text *out, const char *s)
{
    msp_text_add_char(out, '"');
    for (; *s != '\0'; s++)
        msp_text_add(out, *s == '"' ? "\"\"" : (char[]){*s, '\0'});
    msp_text_add_char(out, '"');
}

static void add_text(msp_text *out, const char *s)
{
    if (s[0] != '\0' && needs_quotes(s))
        add_quoted(out, s);
    else
        msp_text_add(out, s);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A reader trims the blanks of an unquoted name, looks for the delimiter in the header line, and
 * may take the first bytes of the file for those of another kind of file. */
static bool name_needs_quotes(const char *name, bool first)
{
    const size_t len = strlen(name);
    if (len == 0 || is_blank(name[0]) || is_blank(name[len - 1]) || needs_quotes(name) ||
        name[strcspn(name, ";\t")] != '\0')
        return true;
    const bool plain = (name[0] >= 'A' && name[0] <= 'Z') || (name[0] >= 'a' && name[0] <= 'z') ||
                       name[0] == '_' || (name[0] >= '0' && name[0] <= '9');
    return first &&
           (!plain || strncmp(name, "HEADER RECORD", 13) == 0 || strncmp(name, "RDX", 3) == 0 ||
            strncmp(name, "PK\3\4", 4) == 0 || strncmp(name, "PAR1", 4) == 0);
}

static void add_header(const msp_table *table, msp_text *out)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = table->columns[i].name;
        if (i > 0)
            msp_text_add_char(out, ',');
        if (name_needs_quotes(name, i == 0))
            add_quoted(out, name);
        else
            msp_text_add(out, name);
    }
    msp_text_add_char(out, '\n');
}

static void add_notes(const msp_table *table, const msp_date_kind *kinds,
                      const msp_write_options *options)
{
    size_t n_labels = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        const msp_column *column = &table->columns[i];
        n_labels += column->label[0] != '\0' || column->format[0] != '\0';
        if (msp_sas_format_kind(column->format) != kinds[i] && column->type == MSP_COLUMN_NUMBER)
            msp__note(options, "column %s: not all values are dates; written as numbers",
                      column->name);
        if (column->missing != NULL)
            msp__note(options, "column %s: special missing values are written as .A to .Z and ._",
                      column->name);
    }
    if (n_labels > 0 || table->label[0] != '\0')
        msp__note(options, "CSV has no place for labels, formats and lengths; they are left out");
}

msp_status msp__csv_write(const msp_table *table, const msp_write_options *options, msp_text *out,
                          msp_error *err)
{
    msp_date_kind *kinds = calloc(table->n_columns + 1, sizeof *kinds);
    if (kinds == NULL)
        return msp__no_memory(err, NULL);
    for (size_t i = 0; i < table->n_columns; i++)
        kinds[i] = msp__written_as_date(table, &table->columns[i]);
    add_header(table, out);
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < table->n_columns; i++) {
            const msp_column *column = &table->columns[i];
            if (i > 0)
                msp_text_add_char(out, ',');
            if (column->type == MSP_COLUMN_TEXT)
                add_text(out, column->text[column->code[row]]);
            else
                add_number(out, column, kinds[i], row);
        }
        msp_text_add_char(out, '\n');
    }
    add_notes(table, kinds, options);
    free(kinds);
    return MSP_OK;
}
