/* append.c - one table of several files: the rows of one behind those of another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static msp_status put_number_as_text(msp_table *table, msp_column *column, size_t row, double x)
{
    char number[MSP_DOUBLE_MAX];
    const size_t len = isnan(x) ? 0 : msp_double_format(x, number);
    return msp_table_put_text(table, column, row, number, len);
}

/* A column of numbers becomes one of the texts that the numbers are written as. */
static msp_status as_texts(msp_table *table, msp_column *column, msp_error *err)
{
    double *number = column->number;
    column->number = NULL;
    msp_status rc = msp__column_becomes_text(table, column, err);
    for (size_t row = 0; row < table->n_rows && rc == MSP_OK; row++)
        rc = put_number_as_text(table, column, row, number[row]);
    free(number);
    return rc;
}

/* The cells of `from` into the rows of `to` from `first` on; each text is looked up once. */
static msp_status copy_texts(msp_table *table, msp_column *to, size_t first, const msp_column *from,
                             size_t n_rows)
{
    uint32_t *code = calloc(from->n_texts, sizeof *code);
    msp_status rc = code != NULL ? MSP_OK : MSP_EMEM;
    for (size_t row = 0; row < n_rows && rc == MSP_OK; row++) {
        const uint32_t own = from->code[row];
        if (code[own] == 0) {
            const char *text = from->text[own];
            rc = msp_table_put_text(table, to, first + row, text, strlen(text));
            code[own] = to->code[first + row];
        }
        to->code[first + row] = code[own];
    }
    free(code);
    return rc;
}

static msp_status copy_numbers(msp_table *table, msp_column *to, size_t first,
                               const msp_column *from, size_t n_rows)
{
    msp_status rc = MSP_OK;
    for (size_t row = 0; row < n_rows && rc == MSP_OK; row++)
        if (to->type == MSP_COLUMN_TEXT)
            rc = put_number_as_text(table, to, first + row, from->number[row]);
        else if (from->missing != NULL && from->missing[row] != 0)
            rc = msp_table_put_missing(table, to, first + row, (char)from->missing[row]);
        else
            msp_table_put_number(to, first + row, from->number[row]);
    return rc;
}

static msp_status append_column(msp_table *to, size_t first, const msp_table *from,
                                const msp_column *column, msp_error *err)
{
    msp_column *into = msp_table_column(to, column->name);
    if (into == NULL)
        into = msp_table_add_column(to, column->name, column->type);
    if (into == NULL)
        return msp__no_memory(err, from->file);
    msp_status rc = MSP_OK;
    if (into->type == MSP_COLUMN_NUMBER && column->type == MSP_COLUMN_TEXT)
        rc = as_texts(to, into, err);
    if (rc == MSP_OK)
        rc = column->type == MSP_COLUMN_TEXT ? copy_texts(to, into, first, column, from->n_rows)
                                             : copy_numbers(to, into, first, column, from->n_rows);
    return rc == MSP_OK ? MSP_OK : msp__no_memory(err, from->file);
}

/* Where the rows from `first` on stand; the first time also where those before them do. */
static msp_status add_part(msp_table *to, const msp_table *of, size_t first, msp_error *err)
{
    msp_table_part *parts = realloc(to->parts, (to->n_parts + 1) * sizeof *parts);
    if (parts == NULL)
        return msp__no_memory(err, of->file);
    to->parts = parts;
    const msp_table_part part = {msp__table_text(to, of->file, strlen(of->file)), first, of->format,
                                 of->delimiter, of->decimal};
    if (part.file == NULL)
        return msp__no_memory(err, of->file);
    parts[to->n_parts++] = part;
    return MSP_OK;
}

msp_status msp_table_append(msp_table *to, const msp_table *from, msp_error *err)
{
    const size_t first = to->n_rows;
    msp_status rc = to->n_parts == 0 ? add_part(to, to, 0, err) : MSP_OK;
    if (rc == MSP_OK)
        rc = add_part(to, from, first, err);
    for (size_t i = 0; i < from->n_rows && rc == MSP_OK; i++)
        rc = msp_table_add_row(to, err);
    for (size_t i = 0; i < from->n_columns && rc == MSP_OK; i++)
        rc = append_column(to, first, from, &from->columns[i], err);
    return rc;
}
