#include "making.h"

#include <string.h>

double exponential(msp_random *r, double rate)
{
    return -log(msp_random_uniform(r)) / rate;
}

/* Box and Muller */
double normal(msp_random *r)
{
    const double radius = sqrt(-2 * log(msp_random_uniform(r)));
    return radius * cos(6.283185307179586 * msp_random_uniform(r));
}

bool chance(msp_random *r, double probability)
{
    return msp_random_uniform(r) < probability;
}

void begin_row(sheet *s)
{
    s->next = 0;
    if (s->status == MSP_OK)
        s->status = msp_table_add_row(&s->table, NULL);
}

static msp_column *cell(sheet *s, const char *name, const char *label, msp_column_type type)
{
    if (s->status != MSP_OK)
        return NULL;
    if (s->next++ < s->table.n_columns)
        return &s->table.columns[s->next - 1];
    msp_column *column = msp_table_add_column(&s->table, name, type);
    if (column != NULL)
        column->label = label;
    else
        s->status = MSP_EMEM;
    return column;
}

void put(sheet *s, const char *name, const char *label, const char *value)
{
    msp_column *column = cell(s, name, label, MSP_COLUMN_TEXT);
    if (column != NULL)
        s->status =
            msp_table_put_text(&s->table, column, s->table.n_rows - 1, value, strlen(value));
}

void put_number(sheet *s, const char *name, const char *label, double x)
{
    msp_column *column = cell(s, name, label, MSP_COLUMN_NUMBER);
    if (column != NULL)
        column->number[s->table.n_rows - 1] = x;
}

msp_status save(const sheet *s, const char *folder, const char *name, msp_table_format format,
                msp_day made, msp_error *err)
{
    if (s->status != MSP_OK)
        return msp_fail(err, s->status, "no memory for %s", name);
    const msp_write_options options = {.timestamp = made * INT64_C(86400)};
    msp_text path = {0};
    msp_text_printf(&path, "%s/%s", folder, name);
    const msp_status rc = msp_table_write(&s->table, msp_text_str(&path), format, &options, err);
    msp_text_free(&path);
    return rc;
}
