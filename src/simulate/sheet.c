#include "sheet.h"

#include <string.h>

static msp_column *cell(sheet *s, const char *name, const char *label, msp_column_type type)
{
    if (s->status != MSP_OK)
        return NULL;
    if (s->next++ < s->table->n_columns)
        return &s->table->columns[s->next - 1];
    msp_column *column = msp_table_add_column(s->table, name, type);
    if (column != NULL)
        column->label = label;
    else
        s->status = MSP_EMEM;
    return column;
}

void sheet_text(sheet *s, const char *name, const char *label, const char *value)
{
    msp_column *column = cell(s, name, label, MSP_COLUMN_TEXT);
    if (column != NULL && value != NULL)
        s->status =
            msp_table_put_text(s->table, column, s->table->n_rows - 1, value, strlen(value));
}

void sheet_number(sheet *s, const char *name, const char *label, double value)
{
    msp_column *column = cell(s, name, label, MSP_COLUMN_NUMBER);
    if (column != NULL)
        msp_table_put_number(column, s->table->n_rows - 1, value);
}

void sheet_row(sheet *s, const char *domain)
{
    s->next = 0;
    if (s->status == MSP_OK)
        s->status = msp_table_add_row(s->table, NULL);
    sheet_text(s, "STUDYID", "Study Identifier", s->study);
    if (domain != NULL)
        sheet_text(s, "DOMAIN", "Domain Abbreviation", domain);
    sheet_text(s, "USUBJID", "Unique Subject Identifier", s->subject);
}

void sheet_sequence(sheet *s, const char *name)
{
    sheet_number(s, name, "Sequence Number", ++s->sequence);
}

void sheet_go_on(sheet *s, const char *sequence)
{
    const msp_column *subject = msp_table_column(s->table, "USUBJID"),
                     *count = msp_table_column(s->table, sequence);
    const size_t n = s->table->n_rows;
    if (n > 0 && subject != NULL && count != NULL &&
        strcmp(subject->text[subject->code[n - 1]], s->subject) == 0)
        s->sequence = count->number[n - 1];
}

void sheet_day(sheet *s, const char *name, const char *label, msp_day day)
{
    char text[MSP_DATE_MAX] = "";
    if (day != MSP_NO_DAY)
        msp_day_format(day, text);
    sheet_text(s, name, label, text);
}
