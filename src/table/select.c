/* select.c - which columns of a file a caller asked for, and as what. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static size_t find_name(const char *const *names, size_t n_names, const char *name)
{
    for (size_t i = 0; i < n_names; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    for (size_t i = 0; i < n_names; i++)
        if (msp_text_equal_nocase(names[i], name))
            return i;
    return n_names;
}

static msp_status unknown_column(const char *const *names, size_t n_names, const char *name,
                                 const char *file, msp_error *err)
{
    const msp_status rc =
        msp_fail_at(err, MSP_EINPUT, (msp_place){.file = file}, "there is no column \"%s\"", name);
    const char *near = msp_suggest(name, names, n_names);
    if (near != NULL)
        return msp_hint(err, rc, "did you mean \"%s\"?", near);
    msp_text list = {0};
    for (size_t i = 0; i < n_names && list.len < 200; i++)
        msp_text_printf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
    (void)msp_hint(err, rc, "the columns are %s%s", msp_text_str(&list),
                   list.len < 200 ? "" : ", ...");
    msp_text_free(&list);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two columns of one name could not be told apart. */
static msp_status refuse_duplicates(const char *const *names, size_t n_names, const char *file,
                                    msp_error *err)
{
    const char **sorted = malloc((n_names + 1) * sizeof *sorted);
    if (sorted == NULL)
        return msp__no_memory(err, file);
    for (size_t i = 0; i < n_names; i++)
        sorted[i] = names[i];
    qsort(sorted, n_names, sizeof *sorted, by_name);
    msp_status rc = MSP_OK;
    for (size_t i = 1; i < n_names && rc == MSP_OK; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            rc = msp_hint(err,
                          msp_fail_at(err, MSP_EINPUT, (msp_place){.file = file},
                                      "two columns are called \"%s\"", sorted[i]),
                          "rename one of them in the file: a name stands for one column");
    free(sorted);
    return rc;
}

static void take_field(msp_selection *selection, size_t field, msp_read_as as)
{
    size_t slot = selection->slot[field];
    if (slot == MSP_NO_SLOT) {
        slot = selection->n++;
        selection->slot[field] = slot;
        selection->field[slot] = field;
        selection->as[slot] = as;
    } else if (selection->as[slot] != as) {
        selection->as[slot] = MSP_READ_TEXT; /* from which everything else can be made */
    }
}

msp_status msp__selection_init(msp_selection *selection, const char *const *names, size_t n_names,
                               const msp_read_options *options, const char *file, msp_error *err)
{
    *selection = (msp_selection){.n_fields = n_names};
    const msp_status rc = refuse_duplicates(names, n_names, file, err);
    if (rc != MSP_OK)
        return rc;
    const size_t n_requests = options != NULL && options->columns != NULL ? options->n_columns : 0;
    selection->field = calloc(n_names + 1, sizeof *selection->field);
    selection->as = calloc(n_names + 1, sizeof *selection->as);
    selection->slot = calloc(n_names + 1, sizeof *selection->slot);
    selection->request = calloc(n_requests + 1, sizeof *selection->request);
    selection->wanted = calloc(n_requests + 1, sizeof *selection->wanted);
    if (selection->field == NULL || selection->as == NULL || selection->slot == NULL ||
        selection->request == NULL || selection->wanted == NULL) {
        msp__selection_free(selection);
        return msp__no_memory(err, file);
    }
    for (size_t i = 0; i < n_names; i++)
        selection->slot[i] = MSP_NO_SLOT;
    for (size_t i = 0; i < n_names && n_requests == 0; i++)
        take_field(selection, i, MSP_READ_AUTO);
    for (size_t i = 0; i < n_requests; i++) {
        const msp_read_column *request = &options->columns[i];
        const size_t field = find_name(names, n_names, request->name);
        if (field == n_names && options->skip_absent)
            continue;
        if (field == n_names) {
            msp__selection_free(selection);
            return unknown_column(names, n_names, request->name, file, err);
        }
        take_field(selection, field, request->as);
        selection->wanted[selection->n_requests] = request->as;
        selection->request[selection->n_requests++] = selection->slot[field];
    }
    return MSP_OK;
}

void msp__selection_free(msp_selection *selection)
{
    free(selection->field);
    free(selection->as);
    free(selection->slot);
    free(selection->request);
    free(selection->wanted);
    *selection = (msp_selection){0};
}

/* -- from one type to the other -- */

/* A number as text: the shortest that reads back. Numbers of visits often equal the one above. */
static msp_status to_text(msp_table *table, const msp_column *from, msp_column *to, msp_error *err)
{
    for (size_t row = 0; row < table->n_rows; row++) {
        char number[MSP_DOUBLE_MAX];
        if (isnan(from->number[row]))
            continue;
        if (row > 0 && from->number[row] == from->number[row - 1] && from->number[row] != 0) {
            to->code[row] = to->code[row - 1];
            continue;
        }
        const size_t len = msp_double_format(from->number[row], number);
        if (msp_table_put_text(table, to, row, number, len) != MSP_OK)
            return msp__no_memory(err, table->file);
    }
    return MSP_OK;
}

/* A text as a number: each text of the dictionary is read once. */
static msp_status to_number(msp_table *table, const msp_column *from, msp_column *to,
                            msp_error *err)
{
    double *values = calloc(from->n_texts, sizeof *values);
    bool *good = calloc(from->n_texts, sizeof *good);
    msp_status rc = MSP_OK;
    if (values == NULL || good == NULL) {
        rc = msp__no_memory(err, table->file);
        goto done;
    }
    for (size_t code = 0; code < from->n_texts; code++) {
        const char *s = from->text[code] + strspn(from->text[code], " \t");
        size_t len = strlen(s);
        while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
            len--;
        values[code] = NAN;
        good[code] = len == 0 || (len == 1 && s[0] == '.') ||
                     (len == 2 && memcmp(s, "NA", 2) == 0) ||
                     (table->decimal == ',' ? msp_double_parse_comma(s, len, &values[code])
                                            : msp_double_parse(s, len, &values[code]));
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        const uint32_t code = from->code[row];
        if (!good[code]) {
            rc = msp_table_fail(err, MSP_EINPUT, table, row, from,
                                "found \"%.60s\" where a number is expected", from->text[code]);
            goto done;
        }
        to->number[row] = values[code];
    }
done:
    free(values);
    free(good);
    return rc;
}

/* A CSV column asked for as text and also as found: read as text, but every cell is a number. */
static bool holds_plain_numbers(const msp_table *table, const msp_column *column)
{
    if (table->format != MSP_TABLE_CSV || column->n_texts < 2)
        return false;
    double x;
    for (size_t code = 1; code < column->n_texts; code++)
        if (!msp__csv_plain_number(column->text[code], strlen(column->text[code]), table->decimal,
                                   &x))
            return false;
    return true;
}

/* Adds a copy of column `index`, of the type asked for. */
static msp_status add_copy(msp_table *table, size_t index, msp_read_as as, msp_error *err)
{
    const msp_column_type own = table->columns[index].type;
    if (as == MSP_READ_AUTO && own == MSP_COLUMN_TEXT &&
        holds_plain_numbers(table, &table->columns[index]))
        as = MSP_READ_NUMBER;
    const msp_column_type type = as == MSP_READ_AUTO     ? own
                                 : as == MSP_READ_NUMBER ? MSP_COLUMN_NUMBER
                                                         : MSP_COLUMN_TEXT;
    msp_column *to = msp_table_add_column(table, table->columns[index].name, type);
    if (to == NULL)
        return msp__no_memory(err, table->file);
    const msp_column *from = &table->columns[index];
    to->label = from->label;
    to->format = from->format;
    to->unit = from->unit;
    to->data_type = from->data_type;
    to->oid = from->oid;
    to->key_sequence = from->key_sequence;
    to->length = type == own ? from->length : 0;
    if (type != own)
        return type == MSP_COLUMN_TEXT ? to_text(table, from, to, err)
                                       : to_number(table, from, to, err);
    for (size_t row = 0; row < table->n_rows; row++) {
        msp_status rc = MSP_OK;
        if (type == MSP_COLUMN_TEXT) {
            const char *s = from->text[from->code[row]];
            rc = msp_table_put_text(table, to, row, s, strlen(s));
        } else if (from->missing != NULL && from->missing[row] != 0) {
            rc = msp_table_put_missing(table, to, row, (char)from->missing[row]);
        } else {
            msp_table_put_number(to, row, from->number[row]);
        }
        if (rc != MSP_OK)
            return msp__no_memory(err, table->file);
    }
    return MSP_OK;
}

/* Whether a column that was read can be handed over as request `i`: it is of the type asked for,
 * and no later request needs it. */
static bool can_move(const msp_selection *selection, const msp_table *table, size_t i)
{
    const size_t slot = selection->request[i];
    const msp_column *column = &table->columns[slot];
    const msp_read_as as = selection->wanted[i];
    for (size_t k = i + 1; k < selection->n_requests; k++)
        if (selection->request[k] == slot)
            return false;
    return as == MSP_READ_AUTO ? selection->as[slot] == as || !holds_plain_numbers(table, column)
           : as == MSP_READ_NUMBER ? column->type == MSP_COLUMN_NUMBER
                                   : column->type == MSP_COLUMN_TEXT;
}

/* Which column each request is, of those read and the copies made behind them. */
static msp_status place_requests(const msp_selection *selection, msp_table *table, size_t *place,
                                 msp_error *err)
{
    for (size_t i = 0; i < selection->n_requests; i++) {
        place[i] = selection->request[i];
        if (can_move(selection, table, i))
            continue;
        const msp_status rc = add_copy(table, place[i], selection->wanted[i], err);
        if (rc != MSP_OK)
            return rc;
        place[i] = table->n_columns - 1;
    }
    return MSP_OK;
}

msp_status msp__selection_apply(const msp_selection *selection, msp_table *table, msp_error *err)
{
    const size_t n = selection->n_requests;
    if (n == 0)
        return MSP_OK;
    size_t *place = calloc(n, sizeof *place);
    msp_column *columns = malloc(n * sizeof *columns);
    msp_status rc = place != NULL && columns != NULL ? place_requests(selection, table, place, err)
                                                     : msp__no_memory(err, table->file);
    if (rc == MSP_OK) {
        msp_table read = {.columns = table->columns, .n_columns = table->n_columns};
        for (size_t i = 0; i < n; i++) {
            columns[i] = read.columns[place[i]];
            read.columns[place[i]] = (msp_column){0};
        }
        table->columns = columns;
        table->n_columns = table->cap_columns = n;
        columns = NULL;
        msp_table_free(&read);
    }
    free(columns);
    free(place);
    return rc;
}
