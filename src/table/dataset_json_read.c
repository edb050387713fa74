/*
 * dataset_json_read.c - CDISC Dataset-JSON 1.1: one JSON value (.json), one line a row (.ndjson),
 * or the latter compressed (.dsjc), all by one streaming parser.
 *
 * Nothing but the table is held in memory. Rows may stand before the columns, as JSON does not
 * order its keys: then the rows are passed over and the text is read a second time.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>
#include <zlib.h>

#include "dataset_json.h"
#include "mspike/base/decimal.h"

typedef struct item { /* a column as the file describes it; texts in the arena of the table */
    const char *oid, *name, *label, *data_type, *target, *format;
    double length, key_sequence;
    json_values values;
    msp_date_kind date;
    size_t n_odd;     /* strings where numbers are expected that were understood all the same */
    size_t n_inexact; /* decimals that a double does not hold */
} item;

typedef enum where {
    OUTSIDE,  /* before, between and behind the JSON values */
    METADATA, /* in the object at the top */
    SOURCE,   /* in sourceSystem */
    COLUMNS,  /* in the array of columns */
    COLUMN,   /* in one of its objects */
    ROWS,     /* in the array of rows */
    ROW,      /* in one row */
    PASSING,  /* in something that is not looked at */
} where;

#define MAX_KEY   64
#define MAX_DEPTH 64

typedef struct reader {
    const char *file;
    const char *text; /* the JSON, NULL where it is compressed: then there are no lines */
    size_t size, consumed;
    msp_table *table;
    const msp_read_options *options;
    yajl_handle yajl;

    where where, back; /* back: where PASSING returns to */
    size_t depth;      /* of what is passed over */
    char key[MAX_KEY];
    item *items;
    size_t n_items;
    msp_selection selection;
    bool has_metadata, has_columns, has_rows, rows_first, second;
    double records; /* NaN until said */
    const char *version;
    size_t n_unknown;
    size_t cell; /* in the row */

    msp_status rc;
    msp_error *err;
} reader;

/* -- faults -- */

/* Where the parser stands. */
static msp_place place_of(const reader *r)
{
    msp_place at = {.file = r->file};
    if (r->text == NULL || r->yajl == NULL)
        return at;
    size_t offset = r->consumed + yajl_get_bytes_consumed(r->yajl);
    offset = offset < r->size ? offset : r->size;
    const char *start = r->text, *end = r->text + offset;
    at.line = 1;
    for (const char *nl; (nl = memchr(start, '\n', (size_t)(end - start))) != NULL; at.line++)
        start = nl + 1;
    at.col = (uint32_t)(end - start) + (end == start);
    at.data = r->where == ROWS || r->where == ROW;
    return at;
}

/* Handlers return 0 to stop the parser. */
static int fail(reader *r, const char *text)
{
    r->rc = msp_fail_at(r->err, MSP_EINPUT, place_of(r), "%s", text);
    return 0;
}

static int no_memory(reader *r)
{
    r->rc = msp__no_memory(r->err, r->file);
    return 0;
}

static int bad_cell(reader *r, const char *found, size_t len)
{
    const item *it = &r->items[r->cell];
    r->rc = msp_fail_at(r->err, MSP_EINPUT, place_of(r),
                        "row %zu, column %s: found %.*s where %s is expected", r->table->n_rows,
                        it->name, len < 60 ? (int)len : 60, found,
                        it->values == JSON_TEXT      ? "a string"
                        : it->values == JSON_BOOLEAN ? "true or false"
                        : it->values == JSON_DATE    ? "a complete date, time or datetime"
                                                     : "a number");
    return 0;
}

static void add_note(const reader *r, const char *fmt, ...) MSP_PRINTF(2, 3);
static void add_note(const reader *r, const char *fmt, ...)
{
    if (r->options == NULL || r->options->notes == NULL)
        return;
    char text[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    msp_findings_add(r->options->notes, MSP_SEVERITY_NOTE, "table-json",
                     (msp_place){.file = r->file}, NULL, "%s", text);
}

/* -- columns -- */

static const char *keep(reader *r, const char *s, size_t len)
{
    return msp__table_text(r->table, s, len);
}

static int new_item(reader *r)
{
    if ((r->n_items & (r->n_items - 1)) == 0) { /* room is a power of two */
        item *items = realloc(r->items, (r->n_items > 0 ? r->n_items * 2 : 1) * sizeof *items);
        if (items == NULL)
            return no_memory(r);
        r->items = items;
    }
    r->items[r->n_items++] =
        (item){.oid = "", .name = "", .label = "", .data_type = "", .target = "", .format = ""};
    return 1;
}

static int judge_item(reader *r)
{
    item *it = &r->items[r->n_items - 1];
    if (it->name[0] == '\0')
        return fail(r, "a column has no name");
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
        r->rc = msp_fail_at(r->err, MSP_EINPUT, place_of(r),
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
                add_note(r,
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

static int end_of_columns(reader *r)
{
    const char **names = calloc(r->n_items + 1, sizeof *names);
    if (names == NULL)
        return no_memory(r);
    for (size_t i = 0; i < r->n_items; i++)
        names[i] = r->items[i].name;
    r->rc = msp__selection_init(&r->selection, names, r->n_items, r->options, r->file, r->err);
    free(names);
    if (r->rc != MSP_OK)
        return 0;
    for (size_t k = 0; k < r->selection.n; k++) {
        const item *it = &r->items[r->selection.field[k]];
        const bool text = it->values == JSON_TEXT || r->selection.as[k] == MSP_READ_TEXT;
        msp_column *column =
            msp_table_add_column(r->table, it->name, text ? MSP_COLUMN_TEXT : MSP_COLUMN_NUMBER);
        if (column == NULL)
            return no_memory(r);
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

/* The column that the next cell goes to, NULL where it was not asked for; false when the row is
 * full. */
static bool next_cell(reader *r, msp_column **column)
{
    if (r->cell >= r->n_items)
        return false;
    const size_t slot = r->selection.slot[r->cell];
    *column = slot != MSP_NO_SLOT ? &r->table->columns[slot] : NULL;
    return true;
}

static int too_many(reader *r)
{
    r->rc = msp_fail_at(r->err, MSP_EINPUT, place_of(r), "row %zu has more than its %zu values",
                        r->table->n_rows, r->n_items);
    return 0;
}

static int put_text(reader *r, msp_column *column, const char *s, size_t len)
{
    const msp_status rc = msp_table_put_text(r->table, column, r->table->n_rows - 1, s, len);
    if (rc == MSP_EMEM)
        return no_memory(r);
    return rc == MSP_OK ? 1 : fail(r, "a text holds a NUL, which no table can");
}

/* A string in a column of numbers: a decimal, a date, a special missing value as mspike writes it
 * (".A"), or what other writers put there. */
static int put_string_as_number(reader *r, msp_column *column, const char *s, size_t len)
{
    item *it = &r->items[r->cell];
    const size_t row = r->table->n_rows - 1;
    double x;
    if (it->values == JSON_DATE && msp_sas_date_parse(s, len, it->date, &x)) {
        msp_table_put_number(column, row, x);
        return 1;
    }
    if (len == 2 && s[0] == '.' && ((s[1] >= 'A' && s[1] <= 'Z') || s[1] == '_'))
        return msp_table_put_missing(r->table, column, row, s[1]) == MSP_OK ? 1 : no_memory(r);
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

static int on_cell_string(reader *r, const char *s, size_t len)
{
    msp_column *column;
    if (!next_cell(r, &column))
        return too_many(r);
    int go_on = 1;
    if (memchr(s, '\0', len) != NULL)
        go_on = fail(r, "a text holds a NUL, which no table can");
    else if (column != NULL)
        go_on = column->type == MSP_COLUMN_TEXT ? put_text(r, column, s, len)
                                                : put_string_as_number(r, column, s, len);
    r->cell++;
    return go_on;
}

static int on_cell_number(reader *r, const char *s, size_t len)
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

static int on_cell_boolean(reader *r, bool x)
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

/* -- the attributes of the file and of its columns -- */

static int set_attribute(reader *r, const char *name, const char *s, size_t len)
{
    static const char *const known[] = {
        "fileOID",
        "dbLastModifiedDateTime",
        "originator",
        "sourceSystem.name",
        "sourceSystem.version",
        "studyOID",
        "metaDataVersionOID",
        "metaDataRef",
        "itemGroupOID",
    };
    for (size_t i = 0; i < MSP_COUNT(known); i++)
        if (strcmp(known[i], name) == 0 && msp_table_attribute_value(r->table, name) == NULL) {
            char *value = msp_arena_text_n(&r->table->arena, s, len);
            if (value == NULL || msp_table_add_attribute(r->table, name, value) != MSP_OK)
                return no_memory(r);
            return 1;
        }
    r->n_unknown += strcmp(name, "datasetJSONCreationDateTime") != 0;
    return 1;
}

static int on_metadata_string(reader *r, const char *s, size_t len)
{
    if (r->second)
        return 1;
    if (r->where == SOURCE) {
        char name[MAX_KEY + 16];
        (void)snprintf(name, sizeof name, "sourceSystem.%s", r->key);
        return set_attribute(r, name, s, len);
    }
    const char **field = strcmp(r->key, "name") == 0                 ? &r->table->name
                         : strcmp(r->key, "label") == 0              ? &r->table->label
                         : strcmp(r->key, "datasetJSONVersion") == 0 ? &r->version
                                                                     : NULL;
    if (field == NULL)
        return set_attribute(r, r->key, s, len);
    *field = keep(r, s, len);
    return *field != NULL ? 1 : no_memory(r);
}

static int on_column_string(reader *r, const char *s, size_t len)
{
    item *it = &r->items[r->n_items - 1];
    const char **field = strcmp(r->key, "itemOID") == 0          ? &it->oid
                         : strcmp(r->key, "name") == 0           ? &it->name
                         : strcmp(r->key, "label") == 0          ? &it->label
                         : strcmp(r->key, "dataType") == 0       ? &it->data_type
                         : strcmp(r->key, "targetDataType") == 0 ? &it->target
                         : strcmp(r->key, "displayFormat") == 0  ? &it->format
                                                                 : NULL;
    if (field == NULL) {
        r->n_unknown++;
        return 1;
    }
    *field = keep(r, s, len);
    return *field != NULL ? 1 : no_memory(r);
}

/* -- the parser's handlers -- */

static int on_string(void *context, const unsigned char *bytes, size_t len)
{
    reader *r = context;
    const char *s = (const char *)bytes;
    if (r->where == ROW)
        return on_cell_string(r, s, len);
    if (memchr(s, '\0', len) != NULL && r->where != PASSING)
        return fail(r, "a text holds a NUL, which no table can");
    switch (r->where) {
    case METADATA:
    case SOURCE:
        return on_metadata_string(r, s, len);
    case COLUMN:
        return on_column_string(r, s, len);
    case PASSING:
        return 1;
    default:
        return fail(r, "a string where a row or a column is expected");
    }
}

static int on_number(void *context, const char *s, size_t len)
{
    reader *r = context;
    double x;
    if (r->where == ROW)
        return on_cell_number(r, s, len);
    if (r->where == PASSING)
        return 1;
    if (!msp_double_parse(s, len, &x))
        return fail(r, "a number beyond the range of numbers");
    if (r->where == METADATA && strcmp(r->key, "records") == 0)
        r->records = x;
    else if (r->where == COLUMN && strcmp(r->key, "length") == 0)
        r->items[r->n_items - 1].length = x;
    else if (r->where == COLUMN && strcmp(r->key, "keySequence") == 0)
        r->items[r->n_items - 1].key_sequence = x;
    else if (r->where == METADATA || r->where == COLUMN || r->where == SOURCE)
        r->n_unknown++;
    else
        return fail(r, "a number where a row or a column is expected");
    return 1;
}

static int on_boolean(void *context, int x)
{
    reader *r = context;
    if (r->where == ROW)
        return on_cell_boolean(r, x != 0);
    if (r->where == OUTSIDE || r->where == ROWS || r->where == COLUMNS)
        return fail(r, "true or false where a row or a column is expected");
    r->n_unknown += r->where != PASSING;
    return 1;
}

static int on_null(void *context)
{
    reader *r = context;
    msp_column *column;
    if (r->where == ROW) {
        if (!next_cell(r, &column))
            return too_many(r);
        r->cell++; /* a new row is missing already */
        return 1;
    }
    if (r->where == OUTSIDE || r->where == ROWS || r->where == COLUMNS)
        return fail(r, "null where a row or a column is expected");
    return 1;
}

static int pass_over(reader *r)
{
    r->back = r->where;
    r->where = PASSING;
    r->depth = 1;
    return 1;
}

static int deeper(reader *r)
{
    return ++r->depth <= MAX_DEPTH ? 1 : fail(r, "values nested too deeply");
}

static int on_key(void *context, const unsigned char *s, size_t len)
{
    reader *r = context;
    /* a longer key is none of those known, whatever its end */
    if (len >= MAX_KEY)
        len = MAX_KEY - 1;
    memcpy(r->key, s, len);
    r->key[len] = '\0';
    return 1;
}

static int on_map(void *context)
{
    reader *r = context;
    switch (r->where) {
    case PASSING:
        return deeper(r);
    case OUTSIDE:
        if (r->has_metadata)
            return fail(r, "a second object where a row is expected");
        r->where = METADATA;
        r->key[0] = '\0';
        return 1;
    case METADATA:
        if (strcmp(r->key, "sourceSystem") == 0 && !r->second) {
            r->where = SOURCE;
            r->key[0] = '\0';
            return 1;
        }
        r->n_unknown += !r->second;
        return pass_over(r);
    case COLUMNS:
        r->where = COLUMN;
        r->key[0] = '\0';
        return new_item(r);
    case ROW:
        return fail(r, "an object inside a row");
    case ROWS:
        return fail(r, "an object where a row, an array, is expected");
    default:
        r->n_unknown += !r->second;
        return pass_over(r);
    }
}

static int on_map_end(void *context)
{
    reader *r = context;
    if (r->where == PASSING) {
        if (--r->depth == 0)
            r->where = r->back;
        return 1;
    }
    if (r->where == COLUMN) {
        r->where = COLUMNS;
        return judge_item(r);
    }
    r->where = r->where == SOURCE ? METADATA : OUTSIDE;
    r->has_metadata = r->has_metadata || r->where == OUTSIDE;
    return 1;
}

static int new_row(reader *r)
{
    if ((double)r->table->n_rows >= r->records) { /* false while it is not known */
        r->rc = msp_fail_at(r->err, MSP_EINPUT, place_of(r),
                            "the file says \"records\": %.0f; it holds more rows", r->records);
        return 0;
    }
    r->where = ROW;
    r->cell = 0;
    r->rc = msp_table_add_row(r->table, r->err);
    if (r->rc == MSP_OK)
        r->rc = msp__reading(r->options, r->file, r->table->n_rows, r->table->n_rows,
                             r->records > 0 ? (uint64_t)r->records : 0, r->err);
    return r->rc == MSP_OK;
}

static int on_array(void *context)
{
    reader *r = context;
    switch (r->where) {
    case PASSING:
        return deeper(r);
    case OUTSIDE:
        if (!r->has_metadata)
            return fail(r, "the text does not begin with an object that describes the data set");
        if (!r->has_columns || r->has_rows)
            return fail(r,
                        r->has_rows ? "a row behind the end of the rows" : "a row before columns");
        return new_row(r);
    case ROWS:
        return new_row(r);
    case ROW:
        return fail(r, "an array inside a row");
    case METADATA:
        if (strcmp(r->key, "columns") == 0 && !r->second) {
            if (r->has_columns || r->n_items > 0)
                return fail(r, "the columns are described twice");
            r->where = COLUMNS;
            return 1;
        }
        if (strcmp(r->key, "rows") == 0) {
            if (r->has_rows)
                return fail(r, "the rows come twice");
            r->has_rows = true;
            if (r->has_columns) {
                r->where = ROWS;
                return 1;
            }
            r->rows_first = true;
            return pass_over(r);
        }
        r->n_unknown += !r->second;
        return pass_over(r);
    default:
        r->n_unknown += !r->second;
        return pass_over(r);
    }
}

static int on_array_end(void *context)
{
    reader *r = context;
    if (r->where == PASSING) {
        if (--r->depth == 0)
            r->where = r->back;
        return 1;
    }
    if (r->where == COLUMNS) {
        r->where = METADATA;
        return end_of_columns(r);
    }
    if (r->where == ROWS) {
        r->where = METADATA;
        return 1;
    }
    r->where = r->has_metadata ? OUTSIDE : ROWS;
    if (r->cell == r->n_items)
        return 1;
    r->rc = msp_fail_at(r->err, MSP_EINPUT, place_of(r), "row %zu has %zu of its %zu values",
                        r->table->n_rows, r->cell, r->n_items);
    return 0;
}

/* -- the text -- */

static msp_status parser_failed(reader *r)
{
    if (r->rc != MSP_OK)
        return r->rc;
    unsigned char *why = yajl_get_error(r->yajl, 0, NULL, 0);
    int len = why != NULL ? (int)strcspn((const char *)why, "\n") : 0;
    r->rc = msp_fail_at(r->err, MSP_EINPUT, place_of(r), "not valid JSON: %.*s", len,
                        why != NULL ? (const char *)why : "");
    if (why != NULL)
        yajl_free_error(r->yajl, why);
    return r->rc;
}

static msp_status feed(reader *r, const char *text, size_t size)
{
    if (yajl_parse(r->yajl, (const unsigned char *)text, size) != yajl_status_ok)
        return parser_failed(r);
    r->consumed += size;
    return MSP_OK;
}

/* A little that unpacks to a lot is an attack or an accident; a table compresses by 10 to 100. */
#define MAX_RATIO    200
#define NEVER_A_BOMB (16u << 20)

static msp_status fail_stream(reader *r, const char *text)
{
    return msp_fail_at(r->err, MSP_EINPUT, (msp_place){.file = r->file}, "%s", text);
}

static msp_status feed_compressed(reader *r, const char *data, size_t size)
{
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 32) != Z_OK) /* zlib as specified, gzip as the real files are */
        return msp__no_memory(r->err, r->file);
    enum { CHUNK = 1 << 16 };
    char *buffer = malloc(CHUNK);
    msp_status rc = buffer != NULL ? MSP_OK : msp__no_memory(r->err, r->file);
    size_t in = 0, unpacked = 0;
    int state = Z_OK;
    while (rc == MSP_OK && state != Z_STREAM_END) {
        if (z.avail_in == 0) {
            const size_t part = size - in < (1u << 30) ? size - in : 1u << 30;
            z.next_in = (Bytef *)(uintptr_t)(data + in); /* not written to */
            z.avail_in = (uInt)part;
            in += part;
        }
        z.next_out = (Bytef *)buffer;
        z.avail_out = CHUNK;
        state = inflate(&z, Z_NO_FLUSH);
        const size_t got = CHUNK - z.avail_out;
        unpacked += got;
        if (state != Z_OK && state != Z_STREAM_END)
            rc = fail_stream(r, state == Z_BUF_ERROR ? "the compressed file is cut short"
                                                     : "the compressed file is damaged");
        else if (unpacked > NEVER_A_BOMB && unpacked / MAX_RATIO > size)
            rc = fail_stream(r, "the file unpacks to more than 200 times its size");
        else
            rc = feed(r, buffer, got);
    }
    if (rc == MSP_OK && (z.avail_in > 0 || in < size))
        rc = fail_stream(r, "bytes follow the end of the compressed text");
    free(buffer);
    inflateEnd(&z);
    return rc;
}

static msp_status parse(reader *r, const char *data, size_t size)
{
    static const yajl_callbacks callbacks = {
        .yajl_null = on_null,
        .yajl_boolean = on_boolean,
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_start_map = on_map,
        .yajl_map_key = on_key,
        .yajl_end_map = on_map_end,
        .yajl_start_array = on_array,
        .yajl_end_array = on_array_end,
    };
    r->where = OUTSIDE;
    r->consumed = 0;
    r->has_metadata = r->has_rows = false;
    r->yajl = yajl_alloc(&callbacks, NULL, r);
    if (r->yajl == NULL)
        return msp__no_memory(r->err, r->file);
    yajl_config(r->yajl, yajl_allow_multiple_values, 1);
    msp_status rc = r->text != NULL ? feed(r, data, size) : feed_compressed(r, data, size);
    if (rc == MSP_OK && yajl_complete_parse(r->yajl) != yajl_status_ok)
        rc = parser_failed(r);
    yajl_free(r->yajl);
    r->yajl = NULL;
    return rc;
}

static msp_status check_whole(reader *r)
{
    const msp_place at = {.file = r->file};
    if (r->version == NULL || !r->has_columns)
        return msp_fail_at(r->err, MSP_EUNSUPPORTED, at,
                           "this JSON is no Dataset-JSON 1.1: it has no \"%s\"",
                           r->version == NULL ? "datasetJSONVersion" : "columns");
    if (strncmp(r->version, "1.1", 3) != 0 || (r->version[3] != '\0' && r->version[3] != '.'))
        return msp_fail_at(r->err, MSP_EUNSUPPORTED, at,
                           "Dataset-JSON version \"%.20s\"; expected 1.1", r->version);
    if (isnan(r->records))
        add_note(r, "the file does not say how many records it has");
    else if (r->records != (double)r->table->n_rows)
        return msp_fail_at(r->err, MSP_EINPUT, at,
                           "the file says \"records\": %.0f; it holds %zu rows", r->records,
                           r->table->n_rows);
    return MSP_OK;
}

static void note_oddities(const reader *r)
{
    if (r->n_unknown > 0)
        add_note(r, "extensions of Dataset-JSON were passed over: %zu", r->n_unknown);
    for (size_t i = 0; i < r->n_items; i++) {
        if (r->items[i].n_odd > 0)
            add_note(r, "column %s: %zu strings stand where numbers are expected", r->items[i].name,
                     r->items[i].n_odd);
        if (r->items[i].n_inexact > 0)
            add_note(r, "column %s: %zu decimals have more digits than a number holds",
                     r->items[i].name, r->items[i].n_inexact);
    }
}

msp_status msp__dataset_json_read(const char *data, size_t size, const char *file,
                                  const msp_read_options *options, msp_table *out, msp_error *err)
{
    const bool packed = data[0] == '\x1f' || (data[0] & 0x0f) == 8;
    reader r = {.file = file, .table = out, .options = options, .records = NAN, .err = err};
    if (!packed && size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        data += 3;
        size -= 3;
    }
    r.text = packed ? NULL : data;
    r.size = size;
    msp_status rc = parse(&r, data, size);
    if (rc == MSP_OK && r.rows_first && r.has_columns) {
        r.second = true;
        rc = parse(&r, data, size);
    }
    if (rc == MSP_OK)
        rc = check_whole(&r);
    out->format = packed ? MSP_TABLE_DSJC : r.has_rows ? MSP_TABLE_JSON : MSP_TABLE_NDJSON;
    if (rc == MSP_OK)
        note_oddities(&r);
    if (rc == MSP_OK)
        rc = msp__selection_apply(&r.selection, out, err);
    msp__selection_free(&r.selection);
    free(r.items);
    return rc;
}
