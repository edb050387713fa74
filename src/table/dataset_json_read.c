/*
 * dataset_json_read.c - CDISC Dataset-JSON 1.1: one JSON value (.json), one line a row (.ndjson),
 * or the latter compressed (.dsjc), all by one streaming parser.
 *
 * Nothing but the table is held in memory. Rows may stand before the columns, as JSON does not
 * order its keys: then the rows are passed over and the text is read a second time.
 */
#include "dataset_json_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- faults -- */

msp_place msp__json_place(const json_reader *r)
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

int msp__json_fail(json_reader *r, const char *text)
{
    r->rc = msp_fail_at(r->err, MSP_EINPUT, msp__json_place(r), "%s", text);
    return 0;
}

int msp__json_no_memory(json_reader *r)
{
    r->rc = msp__no_memory(r->err, r->file);
    return 0;
}

void msp__json_note(const json_reader *r, const char *fmt, ...)
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

/* -- the attributes of the file and of its columns -- */

static int set_attribute(json_reader *r, const char *name, const char *s, size_t len)
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
                return msp__json_no_memory(r);
            return 1;
        }
    r->n_unknown += strcmp(name, "datasetJSONCreationDateTime") != 0;
    return 1;
}

static int on_metadata_string(json_reader *r, const char *s, size_t len)
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
    *field = msp__table_text(r->table, s, len);
    return *field != NULL ? 1 : msp__json_no_memory(r);
}

static int on_column_string(json_reader *r, const char *s, size_t len)
{
    json_item *it = &r->items[r->n_items - 1];
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
    *field = msp__table_text(r->table, s, len);
    return *field != NULL ? 1 : msp__json_no_memory(r);
}

/* -- the parser's handlers -- */

static int on_string(void *context, const unsigned char *bytes, size_t len)
{
    json_reader *r = context;
    const char *s = (const char *)bytes;
    if (r->where == ROW)
        return msp__json_string(r, s, len);
    if (memchr(s, '\0', len) != NULL && r->where != PASSING)
        return msp__json_fail(r, "a text holds a NUL, which no table can");
    switch (r->where) {
    case METADATA:
    case SOURCE:
        return on_metadata_string(r, s, len);
    case COLUMN:
        return on_column_string(r, s, len);
    case PASSING:
        return 1;
    default:
        return msp__json_fail(r, "a string where a row or a column is expected");
    }
}

static int on_number(void *context, const char *s, size_t len)
{
    json_reader *r = context;
    double x;
    if (r->where == ROW)
        return msp__json_number(r, s, len);
    if (r->where == PASSING)
        return 1;
    if (!msp_double_parse(s, len, &x))
        return msp__json_fail(r, "a number beyond the range of numbers");
    if (r->where == METADATA && strcmp(r->key, "records") == 0)
        r->records = x;
    else if (r->where == COLUMN && strcmp(r->key, "length") == 0)
        r->items[r->n_items - 1].length = x;
    else if (r->where == COLUMN && strcmp(r->key, "keySequence") == 0)
        r->items[r->n_items - 1].key_sequence = x;
    else if (r->where == METADATA || r->where == COLUMN || r->where == SOURCE)
        r->n_unknown++;
    else
        return msp__json_fail(r, "a number where a row or a column is expected");
    return 1;
}

static int on_boolean(void *context, int x)
{
    json_reader *r = context;
    if (r->where == ROW)
        return msp__json_boolean(r, x != 0);
    if (r->where == OUTSIDE || r->where == ROWS || r->where == COLUMNS)
        return msp__json_fail(r, "true or false where a row or a column is expected");
    r->n_unknown += r->where != PASSING;
    return 1;
}

static int on_null(void *context)
{
    json_reader *r = context;
    if (r->where == ROW)
        return msp__json_null(r);
    if (r->where == OUTSIDE || r->where == ROWS || r->where == COLUMNS)
        return msp__json_fail(r, "null where a row or a column is expected");
    return 1;
}

static int pass_over(json_reader *r)
{
    r->back = r->where;
    r->where = PASSING;
    r->depth = 1;
    return 1;
}

static int deeper(json_reader *r)
{
    return ++r->depth <= MAX_DEPTH ? 1 : msp__json_fail(r, "values nested too deeply");
}

static int on_key(void *context, const unsigned char *s, size_t len)
{
    json_reader *r = context;
    /* a longer key is none of those known, whatever its end */
    if (len >= MAX_KEY)
        len = MAX_KEY - 1;
    memcpy(r->key, s, len);
    r->key[len] = '\0';
    return 1;
}

static int on_map(void *context)
{
    json_reader *r = context;
    switch (r->where) {
    case PASSING:
        return deeper(r);
    case OUTSIDE:
        if (r->has_metadata)
            return msp__json_fail(r, "a second object where a row is expected");
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
        return msp__json_new_item(r);
    case ROW:
        return msp__json_fail(r, "an object inside a row");
    case ROWS:
        return msp__json_fail(r, "an object where a row, an array, is expected");
    default:
        r->n_unknown += !r->second;
        return pass_over(r);
    }
}

static int on_map_end(void *context)
{
    json_reader *r = context;
    if (r->where == PASSING) {
        if (--r->depth == 0)
            r->where = r->back;
        return 1;
    }
    if (r->where == COLUMN) {
        r->where = COLUMNS;
        return msp__json_judge_item(r);
    }
    r->where = r->where == SOURCE ? METADATA : OUTSIDE;
    r->has_metadata = r->has_metadata || r->where == OUTSIDE;
    return 1;
}

static int new_row(json_reader *r)
{
    if ((double)r->table->n_rows >= r->records) { /* false while it is not known */
        r->rc = msp_fail_at(r->err, MSP_EINPUT, msp__json_place(r),
                            "the file says \"records\": %.0f; it holds more rows", r->records);
        return 0;
    }
    r->where = ROW;
    r->cell = 0;
    /* what is said may be any number; 0 where a progress cannot count with it */
    const uint64_t of = r->records > 0 && r->records < 0x1p53 ? (uint64_t)r->records : 0;
    r->rc = msp_table_add_row(r->table, r->err);
    if (r->rc == MSP_OK)
        r->rc = msp__reading(r->options, r->file, r->table->n_rows, r->table->n_rows, of, r->err);
    return r->rc == MSP_OK;
}

static int on_array(void *context)
{
    json_reader *r = context;
    switch (r->where) {
    case PASSING:
        return deeper(r);
    case OUTSIDE:
        if (!r->has_metadata)
            return msp__json_fail(
                r, "the text does not begin with an object that describes the data set");
        if (!r->has_columns || r->has_rows)
            return msp__json_fail(r, r->has_rows ? "a row behind the end of the rows"
                                                 : "a row before columns");
        return new_row(r);
    case ROWS:
        return new_row(r);
    case ROW:
        return msp__json_fail(r, "an array inside a row");
    case METADATA:
        if (strcmp(r->key, "columns") == 0 && !r->second) {
            if (r->has_columns || r->n_items > 0)
                return msp__json_fail(r, "the columns are described twice");
            r->where = COLUMNS;
            return 1;
        }
        if (strcmp(r->key, "rows") == 0) {
            if (r->has_rows)
                return msp__json_fail(r, "the rows come twice");
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
    json_reader *r = context;
    if (r->where == PASSING) {
        if (--r->depth == 0)
            r->where = r->back;
        return 1;
    }
    if (r->where == COLUMNS) {
        r->where = METADATA;
        return msp__json_end_of_columns(r);
    }
    if (r->where == ROWS) {
        r->where = METADATA;
        return 1;
    }
    r->where = r->has_metadata ? OUTSIDE : ROWS;
    if (r->cell == r->n_items)
        return 1;
    r->rc = msp_fail_at(r->err, MSP_EINPUT, msp__json_place(r), "row %zu has %zu of its %zu values",
                        r->table->n_rows, r->cell, r->n_items);
    return 0;
}

/* -- the text -- */

static msp_status parser_failed(json_reader *r)
{
    if (r->rc != MSP_OK)
        return r->rc;
    unsigned char *why = yajl_get_error(r->yajl, 0, NULL, 0);
    int len = why != NULL ? (int)strcspn((const char *)why, "\n") : 0;
    r->rc = msp_fail_at(r->err, MSP_EINPUT, msp__json_place(r), "not valid JSON: %.*s", len,
                        why != NULL ? (const char *)why : "");
    if (why != NULL)
        yajl_free_error(r->yajl, why);
    return r->rc;
}

static msp_status feed(void *context, const char *text, size_t size)
{
    json_reader *r = context;
    if (yajl_parse(r->yajl, (const unsigned char *)text, size) != yajl_status_ok)
        return parser_failed(r);
    r->consumed += size;
    return MSP_OK;
}

static msp_status parse(json_reader *r, const char *data, size_t size)
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
    msp_status rc =
        r->text != NULL ? feed(r, data, size) : msp__unpack(data, size, r->file, feed, r, r->err);
    if (rc == MSP_OK && yajl_complete_parse(r->yajl) != yajl_status_ok)
        rc = parser_failed(r);
    yajl_free(r->yajl);
    r->yajl = NULL;
    return rc;
}

static msp_status check_whole(json_reader *r)
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
        msp__json_note(r, "the file does not say how many records it has");
    else if (r->records != (double)r->table->n_rows)
        return msp_fail_at(r->err, MSP_EINPUT, at,
                           "the file says \"records\": %.0f; it holds %zu rows", r->records,
                           r->table->n_rows);
    return MSP_OK;
}

static void note_oddities(const json_reader *r)
{
    if (r->n_unknown > 0)
        msp__json_note(r, "extensions of Dataset-JSON were passed over: %zu", r->n_unknown);
    for (size_t i = 0; i < r->n_items; i++) {
        if (r->items[i].n_odd > 0)
            msp__json_note(r, "column %s: %zu strings stand where numbers are expected",
                           r->items[i].name, r->items[i].n_odd);
        if (r->items[i].n_inexact > 0)
            msp__json_note(r, "column %s: %zu decimals have more digits than a number holds",
                           r->items[i].name, r->items[i].n_inexact);
    }
}

msp_status msp__dataset_json_read(const char *data, size_t size, const char *file,
                                  const msp_read_options *options, msp_table *out, msp_error *err)
{
    const bool packed = data[0] == '\x1f' || (data[0] & 0x0f) == 8;
    json_reader r = {.file = file, .table = out, .options = options, .records = NAN, .err = err};
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
