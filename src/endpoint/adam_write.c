#include "adam_write.h"

#include <math.h>
#include <string.h>

static const double none = NAN;

msp_status msp__adam_init(msp_table *table, const char *name, const char *label,
                          const adam_column *columns, size_t n, msp_error *err)
{
    const msp_status rc = msp_table_init(table, name, label, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        msp_column *column = msp_table_add_column(
            table, columns[i].name, columns[i].kind == 't' ? MSP_COLUMN_TEXT : MSP_COLUMN_NUMBER);
        if (column == NULL) {
            msp_table_free(table);
            return msp_fail(err, MSP_EMEM, "out of memory");
        }
        column->label = columns[i].label;
        if (columns[i].kind == 'd')
            column->format = "DATE9.";
    }
    return MSP_OK;
}

adam_row msp__adam_row(msp_table *table, msp_error *err)
{
    adam_row row = {.table = table, .err = err};
    row.failed = msp_table_add_row(table, err);
    return row;
}

/* NULL once something failed. */
static msp_column *next_column(adam_row *row)
{
    return row->failed == MSP_OK ? &row->table->columns[row->next++] : NULL;
}

void msp__adam_text(adam_row *row, const char *text)
{
    msp_column *column = next_column(row);
    if (column == NULL || text == NULL)
        return;
    const msp_status rc =
        msp_table_put_text(row->table, column, row->table->n_rows - 1, text, strlen(text));
    if (rc != MSP_OK)
        row->failed =
            msp_fail(row->err, rc, "%s cannot hold a text: %s", column->name, msp_status_text(rc));
}

void msp__adam_sequence(adam_row *row)
{
    const msp_column *column = next_column(row), *id = msp_table_column(row->table, "USUBJID");
    const size_t last = row->table->n_rows - 1;
    if (column == NULL)
        return;
    const bool another = last > 0 && id->code[last] == id->code[last - 1];
    column->number[last] = another ? column->number[last - 1] + 1 : 1;
}

void msp__adam_number(adam_row *row, double x)
{
    msp_column *column = next_column(row);
    if (column != NULL)
        column->number[row->table->n_rows - 1] = x;
}

void msp__adam_day(adam_row *row, msp_day day)
{
    msp__adam_number(row, day == MSP_NO_DAY ? none : (double)day - MSP_SAS_EPOCH);
}

void msp__adam_flag(adam_row *row, bool yes)
{
    msp__adam_text(row, yes ? "Y" : "");
}

void msp__adam_fact(adam_row *row, msp_fact fact)
{
    msp__adam_text(row, fact == MSP_YES ? "Y" : fact == MSP_NO ? "N" : "");
}
