/*
 * sas7bdat_read.c - SAS data sets, read by ReadStat.
 *
 * The format was never published. What the header claims is checked against the file's size before
 * ReadStat sees a byte of it.
 */
#include <math.h>
#include <readstat.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

typedef struct sas {
    const char *file, *data;
    size_t size, at; /* at: where ReadStat reads */
    const msp_read_options *options;
    msp_table *table;
    const char **names; /* of all variables; in the arena of the table */
    size_t n_names;
    const msp_selection *selection; /* NULL while only the variables are looked at */
    int64_t n_rows;                 /* as the file says */
    msp_status rc;                  /* of a handler that stopped the reading */
    msp_error *err;
} sas;

/* -- the bytes, as ReadStat asks for them -- */

static int open_bytes(const char *path, void *context)
{
    (void)path;
    ((sas *)context)->at = 0;
    return 1; /* anything but -1 */
}

static int close_bytes(void *context)
{
    (void)context;
    return 0;
}

static readstat_off_t seek_bytes(readstat_off_t offset, readstat_io_flags_t whence, void *context)
{
    sas *s = context;
    const int64_t from = whence == READSTAT_SEEK_SET   ? 0
                         : whence == READSTAT_SEEK_CUR ? (int64_t)s->at
                                                       : (int64_t)s->size;
    if (offset < -from || offset > (int64_t)s->size - from)
        return -1;
    s->at = (size_t)(from + offset);
    return (readstat_off_t)s->at;
}

static ssize_t read_bytes(void *buffer, size_t n, void *context)
{
    sas *s = context;
    if (n > s->size - s->at)
        n = s->size - s->at;
    memcpy(buffer, s->data + s->at, n);
    s->at += n;
    return (ssize_t)n;
}

static readstat_error_t no_progress(long size, readstat_progress_handler handler, void *user,
                                    void *context)
{
    (void)size, (void)handler, (void)user, (void)context;
    return READSTAT_OK;
}

/* -- what ReadStat finds -- */

static int stop(sas *s, msp_status rc)
{
    s->rc = rc;
    return READSTAT_HANDLER_ABORT;
}

/* A copy of a name, label or format; false stops the reading. */
static bool take_text(sas *s, const char *text, const char **out)
{
    text = text != NULL ? text : "";
    const size_t len = strlen(text);
    if (msp_utf8_valid(text, len) != len) {
        stop(s, msp_fail_at(s->err, MSP_EINPUT, (msp_place){.file = s->file},
                            "a name, label or format is not valid UTF-8"));
        return false;
    }
    *out = msp__table_text(s->table, text, len);
    if (*out == NULL)
        stop(s, msp__no_memory(s->err, s->file));
    return *out != NULL;
}

static int on_metadata(readstat_metadata_t *metadata, void *context)
{
    sas *s = context;
    const char *name = readstat_get_table_name(metadata);
    s->n_rows = readstat_get_row_count(metadata);
    if (name != NULL && name[0] != '\0' && !take_text(s, name, &s->table->name))
        return READSTAT_HANDLER_ABORT;
    return take_text(s, readstat_get_file_label(metadata), &s->table->label)
               ? READSTAT_HANDLER_OK
               : READSTAT_HANDLER_ABORT;
}

static int on_name(int index, readstat_variable_t *variable, const char *labels, void *context)
{
    (void)labels;
    sas *s = context;
    if (index < 0 || (size_t)index != s->n_names)
        return stop(s, msp_fail_at(s->err, MSP_EINPUT, (msp_place){.file = s->file},
                                   "the variables are out of order"));
    const char **names = realloc(s->names, (s->n_names + 1) * sizeof *names);
    if (names == NULL)
        return stop(s, msp__no_memory(s->err, s->file));
    s->names = names;
    if (!take_text(s, readstat_variable_get_name(variable), &names[s->n_names]))
        return READSTAT_HANDLER_ABORT;
    if (s->names[s->n_names][0] == '\0')
        return stop(s, msp_fail_at(s->err, MSP_EINPUT, (msp_place){.file = s->file},
                                   "variable %zu has no name", s->n_names + 1));
    s->n_names++;
    return READSTAT_HANDLER_OK;
}

/* ReadStat drops the point that ends a format without decimals. */
static bool take_format(sas *s, const char *format, const char **out)
{
    if (!take_text(s, format, out))
        return false;
    if ((*out)[0] != '\0' && strchr(*out, '.') == NULL)
        *out = msp_arena_printf(&s->table->arena, "%s.", *out);
    if (*out == NULL)
        stop(s, msp__no_memory(s->err, s->file));
    return *out != NULL;
}

static int on_variable(int index, readstat_variable_t *variable, const char *labels, void *context)
{
    (void)labels;
    sas *s = context;
    const size_t slot = (size_t)index < s->n_names ? s->selection->slot[index] : MSP_NO_SLOT;
    if (slot == MSP_NO_SLOT)
        return READSTAT_HANDLER_SKIP_VARIABLE;
    msp_column *column = &s->table->columns[slot];
    const bool text = readstat_variable_get_type_class(variable) == READSTAT_TYPE_CLASS_STRING;
    if (text && msp__column_becomes_text(s->table, column, s->err) != MSP_OK)
        return stop(s, MSP_EMEM);
    column->length = (uint32_t)readstat_variable_get_storage_width(variable);
    return take_text(s, readstat_variable_get_label(variable), &column->label) &&
                   take_format(s, readstat_variable_get_format(variable), &column->format)
               ? READSTAT_HANDLER_OK
               : READSTAT_HANDLER_ABORT;
}

static int on_value(int row, readstat_variable_t *variable, readstat_value_t value, void *context)
{
    sas *s = context;
    const size_t index = (size_t)readstat_variable_get_index(variable);
    const size_t slot = index < s->n_names ? s->selection->slot[index] : MSP_NO_SLOT;
    if (slot == MSP_NO_SLOT)
        return READSTAT_HANDLER_OK;
    while (row >= 0 && (size_t)row >= s->table->n_rows) {
        if (msp_table_add_row(s->table, s->err) != MSP_OK)
            return stop(s, MSP_EMEM);
        if (msp__reading(s->options, s->file, s->table->n_rows, s->table->n_rows,
                         s->n_rows > 0 ? (uint64_t)s->n_rows : 0, s->err) != MSP_OK)
            return stop(s, MSP_EINTERRUPTED);
    }
    msp_column *column = &s->table->columns[slot];
    msp_status rc = MSP_OK;
    if (column->type == MSP_COLUMN_TEXT) {
        const char *text = readstat_string_value(value);
        if (text != NULL)
            rc = msp_table_put_text(s->table, column, (size_t)row, text, strlen(text));
    } else if (readstat_value_is_missing(value, variable)) {
        const char kind = readstat_value_is_tagged_missing(value) ? readstat_value_tag(value) : '.';
        rc = msp_table_put_missing(s->table, column, (size_t)row, kind);
    } else {
        msp_table_put_number(column, (size_t)row, readstat_double_value(value));
    }
    if (rc == MSP_EMEM)
        return stop(s, msp__no_memory(s->err, s->file));
    if (rc != MSP_OK)
        return stop(s, msp_fail_at(s->err, rc, (msp_place){.file = s->file},
                                   "row %d, column %s: the text is not valid UTF-8", row + 1,
                                   column->name));
    return READSTAT_HANDLER_OK;
}

/* -- before and around ReadStat -- */

static uint64_t get_uint(const char *p, size_t n, bool little)
{
    uint64_t x = 0;
    for (size_t i = 0; i < n; i++)
        x = x << 8 | (unsigned char)p[little ? n - 1 - i : i];
    return x;
}

/* The header's own sizes: its length, and so many pages of so many bytes behind it. */
static msp_status check_header(const sas *s, msp_error *err)
{
    const msp_place at = {.file = s->file};
    if (s->size < 288)
        return msp_fail_at(err, MSP_EINPUT, at, "the sas7bdat file ends inside its header");
    const bool wide = s->data[32] == 0x33, little = s->data[37] == 0x01;
    const size_t shift = s->data[35] == 0x33 ? 4 : 0;
    const uint64_t header = get_uint(s->data + 196 + shift, 4, little);
    const uint64_t page = get_uint(s->data + 200 + shift, 4, little);
    const uint64_t pages = get_uint(s->data + 204 + shift, wide ? 8 : 4, little);
    if (header < 1024 || header > (1 << 20) || page < 1024 || page > (1 << 24))
        return msp_fail_at(err, MSP_EINPUT, at,
                           "not a readable sas7bdat file: its header says impossible sizes");
    if (s->size < header || (s->size - header) / page < pages)
        return msp_fail_at(err, MSP_EINPUT, at,
                           "the sas7bdat file is cut short: it says %llu pages of %llu bytes, and "
                           "has %zu bytes",
                           (unsigned long long)pages, (unsigned long long)page, s->size);
    return MSP_OK;
}

static msp_status parse(sas *s, const msp_read_options *options, readstat_variable_handler on_each,
                        readstat_value_handler on_cell, msp_error *err)
{
    readstat_parser_t *parser = readstat_parser_init();
    if (parser == NULL)
        return msp__no_memory(err, s->file);
    readstat_set_open_handler(parser, open_bytes);
    readstat_set_close_handler(parser, close_bytes);
    readstat_set_seek_handler(parser, seek_bytes);
    readstat_set_read_handler(parser, read_bytes);
    readstat_set_update_handler(parser, no_progress);
    readstat_set_io_ctx(parser, s);
    readstat_set_metadata_handler(parser, on_metadata);
    readstat_set_variable_handler(parser, on_each);
    readstat_set_value_handler(parser, on_cell);
    if (options != NULL && options->encoding != NULL)
        readstat_set_file_character_encoding(parser, options->encoding);
    s->err = err;
    const readstat_error_t rc = readstat_parse_sas7bdat(parser, s->file, s);
    readstat_parser_free(parser);
    if (s->rc != MSP_OK)
        return s->rc;
    if (rc == READSTAT_OK)
        return MSP_OK;
    return msp_fail_at(err, MSP_EINPUT, (msp_place){.file = s->file},
                       "not a readable sas7bdat file: %s", readstat_error_message(rc));
}

static msp_status add_columns(sas *s, const msp_selection *selection, msp_error *err)
{
    s->selection = selection;
    for (size_t k = 0; k < selection->n; k++)
        if (msp_table_add_column(s->table, s->names[selection->field[k]], MSP_COLUMN_NUMBER) ==
            NULL)
            return msp__no_memory(err, s->file);
    return MSP_OK;
}

/* Rows of which no column was asked for are not seen. */
static msp_status check_count(const sas *s, msp_error *err)
{
    if (s->selection->n == 0 || s->n_rows == (int64_t)s->table->n_rows)
        return MSP_OK;
    return msp_fail_at(err, MSP_EINPUT, (msp_place){.file = s->file},
                       "the file says that it has %lld rows; it holds %zu", (long long)s->n_rows,
                       s->table->n_rows);
}

msp_status msp__sas7bdat_read(const char *data, size_t size, const char *file,
                              const msp_read_options *options, msp_table *out, msp_error *err)
{
    sas s = {.file = file, .data = data, .size = size, .options = options, .table = out};
    msp_selection selection = {0};
    out->format = MSP_TABLE_SAS7BDAT;
    msp_status rc = check_header(&s, err);
    if (rc == MSP_OK)
        rc = parse(&s, options, on_name, NULL, err);
    if (rc == MSP_OK)
        rc = msp__selection_init(&selection, s.names, s.n_names, options, file, err);
    if (rc == MSP_OK)
        rc = add_columns(&s, &selection, err);
    if (rc == MSP_OK)
        rc = parse(&s, options, on_variable, on_value, err);
    if (rc == MSP_OK)
        rc = check_count(&s, err);
    if (rc == MSP_OK)
        rc = msp__selection_apply(&selection, out, err);
    msp__selection_free(&selection);
    free(s.names);
    return rc;
}
