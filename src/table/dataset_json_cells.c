/* dataset_json_cells.c - the columns that a Dataset-JSON file describes, and the cells of its rows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_json_read.h"
#include "mspike/base/decimal.h"

/* -- columns -- */

int msp__json_new_item(json_reader *r)
{
    if ((r->n_items & (r->n_items - 1)) == 0) { /* room is a power of two */
        json_item *items = realloc(r->items, (r->n_items > 0 ? r->n_items * 2 : 1) * sizeof *items);
        if (items == NULL)
            return msp__json_no_memory(r);
        r->items = items;
    }
    r->items[r->n_items++] = (json_item){
        .oid = "", .name = "", .label = "", .data_type = "", .target = "", .format = ""};
    return 1;
}

int msp__json_judge_item(json_reader *r)
{
    json_item *it = &r->items[r->n_items - 1];
    if (it->name[0] == '\0')
        return msp__json_fail(r, "a column has no name");
    static const struct {
        const char *data_type;
        json_values values;
    } types[] = {
        {"string", JSON_TEXT},     {"URI", JSON_TEXT},      {"integer", JSON_NUMBER},
        {"float", JSON_NUMBER},    {"double", JSON_NUMBER}, {"decimal", JSON_DECIMAL},
        {"boolean", JSON_BOOLEAN}, {"date", JSON_TEXT},     {"time", JSON_TEXT},
        {"datetime", JSON_TEXT},
    };
    size_t i = 0;
    while (i < MSP_COUNT(types) && strcmp(types[i].data_type, it->data_type) != 0)
        i++;
    if (i == MSP_COUNT(types)) {
        r->rc = msp_fail_at(r->err, MSP_EINPUT, msp__json_place(r),
                            "column %s: \"%.40s\" is no dataType of Dataset-JSON", it->name,
                            it->data_type);
        return 0;
    }
    it->values = types[i].values;
    it->date = date_kind_of_type(it->data_type);
    if (it->date != MSP_NOT_A_DATE && strcmp(it->target, "integer") == 0) {
        it->values = JSON_DATE;
        if (msp_sas_format_kind(it->format) != it->date) {
            if (it->format[0] != '\0')
                msp__json_note(
                    r,
                    "column %s: its displayFormat does not show its dataType; ISO 8601 is "
                    "taken instead",
                    it->name);
            it->format = it->date == MSP_SAS_DATE   ? "E8601DA."
                         : it->date == MSP_SAS_TIME ? "E8601TM."
                                                    : "E8601DT.";
        }
    }
    return 1;
}

static bool fits_length(double x)
{
    return x >= 1 && x <= UINT32_MAX && x == floor(x);
}

int msp__json_end_of_columns(json_reader *r)
{
    const char **names = calloc(r->n_items + 1, sizeof *names);
    if (names == NULL)
        return msp__json_no_memory(r);
    for (size_t i = 0; i < r->n_items; i++)
        names[i] = r->items[i].name;
    r->rc = msp__selection_init(&r->selection, names, r->n_items, r->options, r->file, r->err);
    free(names);
    if (r->rc != MSP_OK)
        return 0;
    for (size_t k = 0; k < r->selection.n; k++) {
        const json_item *it = &r->items[r->selection.field[k]];
        const bool text = it->values == JSON_TEXT || r->selection.as[k] == MSP_READ_TEXT;
        msp_column *column =
            msp_table_add_column(r->table, it->name, text ? MSP_COLUMN_TEXT : MSP_COLUMN_NUMBER);
        if (column == NULL)
            return msp__json_no_memory(r);
        column->label = it->label;
        column->format = it->format;
        column->data_type = it->data_type;
        column->oid = it->oid;
        column->length = fits_length(it->length) ? (uint32_t)it->length : 0;
        column->key_sequence = fits_length(it->key_sequence) ? (uint32_t)it->key_sequence : 0;
    }
    r->has_columns = true;
    return 1;
}

/* -- cells -- */

static int bad_cell(json_reader *r, const char *found, size_t len)
{
    const json_item *it = &r->items[r->cell];
    r->rc = msp_fail_at(r->err, MSP_EINPUT, msp__json_place(r),
                        "row %zu, column %s: found %.*s where %s is expected", r->table->n_rows,
                        it->name, len < 60 ? (int)len : 60, found,
                        it->values == JSON_TEXT      ? "a string"
                        : it->values == JSON_BOOLEAN ? "true or false"
                        : it->values == JSON_DATE    ? "a complete date, time or datetime"
                                                     : "a number");
    return 0;
}

/* The column that the next cell goes to, NULL where it was not asked for; false when the row is
 * full. */
static bool next_cell(json_reader *r, msp_column **column)
{
    if (r->cell >= r->n_items)
        return false;
    const size_t slot = r->selection.slot[r->cell];
    *column = slot != MSP_NO_SLOT ? &r->table->columns[slot] : NULL;
    return true;
}

static int too_many(json_reader *r)
{
    r->rc = msp_fail_at(r->err, MSP_EINPUT, msp__json_place(r),
                        "row %zu has more than its %zu values", r->table->n_rows, r->n_items);
    return 0;
}

static int put_text(json_reader *r, msp_column *column, const char *s, size_t len)
{
    const msp_status rc = msp_table_put_text(r->table, column, r->table->n_rows - 1, s, len);
    if (rc == MSP_EMEM)
        return msp__json_no_memory(r);
    return rc == MSP_OK ? 1 : msp__json_fail(r, "a text holds a NUL, which no table can");
}

/* A string in a column of numbers: a decimal, a date, a special missing value as mspike writes it
 * (".A"), or what other writers put there. */
static int put_string_as_number(json_reader *r, msp_column *column, const char *s, size_t len)
{
    json_item *it = &r->items[r->cell];
    const size_t row = r->table->n_rows - 1;
    double x;
    if (it->values == JSON_DATE && msp_sas_date_parse(s, len, it->date, &x)) {
        msp_table_put_number(column, row, x);
        return 1;
    }
    if (len == 2 && s[0] == '.' && ((s[1] >= 'A' && s[1] <= 'Z') || s[1] == '_'))
        return msp_table_put_missing(r->table, column, row, s[1]) == MSP_OK
                   ? 1
                   : msp__json_no_memory(r);
    const bool missing = len == 0 || (len == 1 && s[0] == '.') ||
                         (len == 2 && (memcmp(s, "NA", 2) == 0 || memcmp(s, "na", 2) == 0));
    it->n_odd += len > 0 && it->values != JSON_DECIMAL;
    if (missing)
        return 1;
    if (it->values == JSON_DATE || it->values == JSON_BOOLEAN || !msp_double_parse(s, len, &x))
        return bad_cell(r, s, len);
    msp_table_put_number(column, row, x);
    msp_decimal exact, back;
    if (it->values == JSON_DECIMAL &&
        !(msp_decimal_parse(s, len, &exact) && msp_decimal_from_double(x, &back) &&
          msp_decimal_cmp(exact, back) == 0))
        it->n_inexact++;
    return 1;
}

int msp__json_string(json_reader *r, const char *s, size_t len)
{
    msp_column *column;
    if (!next_cell(r, &column))
        return too_many(r);
    int go_on = 1;
    if (memchr(s, '\0', len) != NULL)
        go_on = msp__json_fail(r, "a text holds a NUL, which no table can");
    else if (column != NULL)
        go_on = column->type == MSP_COLUMN_TEXT ? put_text(r, column, s, len)
                                                : put_string_as_number(r, column, s, len);
    r->cell++;
    return go_on;
}

int msp__json_number(json_reader *r, const char *s, size_t len)
{
    msp_column *column;
    if (!next_cell(r, &column))
        return too_many(r);
    const json_values values = r->items[r->cell].values;
    int go_on = 1;
    double x;
    if ((values != JSON_NUMBER && values != JSON_DECIMAL) || !msp_double_parse(s, len, &x))
        go_on = bad_cell(r, s, len);
    else if (column != NULL && column->type == MSP_COLUMN_TEXT)
        go_on = put_text(r, column, s, len); /* as it stands in the file: 3.20 */
    else if (column != NULL)
        msp_table_put_number(column, r->table->n_rows - 1, x);
    r->cell++;
    return go_on;
}

int msp__json_boolean(json_reader *r, bool x)
{
    msp_column *column;
    if (!next_cell(r, &column))
        return too_many(r);
    int go_on = 1;
    if (r->items[r->cell].values != JSON_BOOLEAN)
        go_on = bad_cell(r, x ? "true" : "false", x ? 4 : 5);
    else if (column != NULL && column->type == MSP_COLUMN_TEXT)
        go_on = put_text(r, column, x ? "true" : "false", x ? 4 : 5);
    else if (column != NULL)
        msp_table_put_number(column, r->table->n_rows - 1, x);
    r->cell++;
    return go_on;
}

int msp__json_null(json_reader *r)
{
    msp_column *column;
    if (!next_cell(r, &column))
        return too_many(r);
    r->cell++;
    return 1;
}
