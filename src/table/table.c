/* table.c - the table itself: columns, rows, dictionaries. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* -- dictionaries -- */

/* From text to code: open addressing over the codes, with each text's hash and length beside it. */
struct msp_dictionary {
    uint32_t *slots; /* code, or 0 for a free one; n_slots is a power of two */
    size_t n_slots;
    uint64_t *hashes; /* by code */
    size_t *lengths;  /* by code */
    size_t cap;       /* of hashes, lengths and the column's texts */
    uint32_t last;    /* code of the text put last: neighbours are often equal */
};

static uint64_t mix(uint64_t a, uint64_t b)
{
    const uint64_t x = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
    return x ^ (x >> 29);
}

static uint64_t hash_of(const char *s, size_t len)
{
    uint64_t h = len, word;
    for (; len >= sizeof word; s += sizeof word, len -= sizeof word) {
        memcpy(&word, s, sizeof word);
        h = mix(h, word);
    }
    word = 0;
    memcpy(&word, s, len);
    h = mix(h, word);
    return h ^ (h >> 32);
}

static void dictionary_free(struct msp_dictionary *dictionary)
{
    if (dictionary == NULL)
        return;
    free(dictionary->slots);
    free(dictionary->hashes);
    free(dictionary->lengths);
    free(dictionary);
}

static void insert_slot(struct msp_dictionary *d, uint32_t code)
{
    size_t i = d->hashes[code] & (d->n_slots - 1);
    while (d->slots[i] != 0)
        i = (i + 1) & (d->n_slots - 1);
    d->slots[i] = code;
}

/* Twice the room, for texts and slots alike: at most half of the slots are ever taken. */
static bool dictionary_grow(msp_column *column, struct msp_dictionary *d)
{
    const size_t cap = d->cap > 0 ? d->cap * 2 : 16;
    if (cap > UINT32_MAX / 2)
        return false;
    const char **text = realloc(column->text, cap * sizeof *text);
    if (text == NULL)
        return false;
    column->text = text;
    uint64_t *hashes = realloc(d->hashes, cap * sizeof *hashes);
    if (hashes == NULL)
        return false;
    d->hashes = hashes;
    size_t *lengths = realloc(d->lengths, cap * sizeof *lengths);
    if (lengths == NULL)
        return false;
    d->lengths = lengths;
    uint32_t *slots = calloc(cap * 2, sizeof *slots);
    if (slots == NULL)
        return false;
    free(d->slots);
    d->slots = slots;
    d->n_slots = cap * 2;
    d->cap = cap;
    for (uint32_t code = 1; code < column->n_texts; code++)
        insert_slot(d, code);
    return true;
}

/* A column's dictionary; built again from its texts where the index was given back. */
static struct msp_dictionary *dictionary_of(msp_column *column)
{
    if (column->dictionary != NULL)
        return column->dictionary;
    struct msp_dictionary *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    const size_t n_texts = column->n_texts;
    column->n_texts = 0; /* nothing to insert while growing */
    bool done = true;
    do {
        done = dictionary_grow(column, d);
    } while (done && d->cap < n_texts);
    column->n_texts = n_texts;
    if (!done) {
        dictionary_free(d);
        return NULL;
    }
    if (n_texts == 0) {
        column->text[0] = "";
        column->n_texts = 1;
    }
    d->lengths[0] = 0;
    for (uint32_t code = 1; code < column->n_texts; code++) {
        d->lengths[code] = strlen(column->text[code]);
        d->hashes[code] = hash_of(column->text[code], d->lengths[code]);
        insert_slot(d, code);
    }
    column->dictionary = d;
    return d;
}

static bool is_text(const msp_column *column, const struct msp_dictionary *d, uint32_t code,
                    const char *s, size_t len)
{
    return d->lengths[code] == len && memcmp(column->text[code], s, len) == 0;
}

/* The code of a text, a new one where it was not seen before. */
static msp_status code_of(msp_table *table, msp_column *column, const char *s, size_t len,
                          uint32_t *out)
{
    *out = 0;
    if (len == 0)
        return MSP_OK;
    struct msp_dictionary *d = dictionary_of(column);
    if (d == NULL)
        return MSP_EMEM;
    if (is_text(column, d, d->last, s, len)) {
        *out = d->last;
        return MSP_OK;
    }
    const uint64_t hash = hash_of(s, len);
    for (size_t i = hash & (d->n_slots - 1); d->slots[i] != 0; i = (i + 1) & (d->n_slots - 1)) {
        const uint32_t code = d->slots[i];
        if (d->hashes[code] == hash && is_text(column, d, code, s, len)) {
            *out = d->last = code;
            return MSP_OK;
        }
    }
    if (msp_utf8_valid(s, len) != len)
        return MSP_EINPUT;
    if (column->n_texts == d->cap && !dictionary_grow(column, d))
        return MSP_EMEM;
    const char *copy = msp_arena_text_n(&table->arena, s, len);
    if (copy == NULL)
        return MSP_EMEM;
    const uint32_t code = (uint32_t)column->n_texts++;
    column->text[code] = copy;
    d->lengths[code] = len;
    d->hashes[code] = hash;
    insert_slot(d, code);
    *out = d->last = code;
    return MSP_OK;
}

/* -- the table -- */

msp_status msp__no_memory(msp_error *err, const char *file)
{
    return msp_fail_at(err, MSP_EMEM, (msp_place){.file = file}, "out of memory");
}

const char *msp__table_text(msp_table *table, const char *s, size_t len)
{
    return len == 0 ? "" : msp_arena_text_n(&table->arena, s, len);
}

msp_status msp_table_init(msp_table *table, const char *name, const char *label, msp_error *err)
{
    *table = (msp_table){.file = "", .delimiter = ',', .decimal = '.'};
    table->name = msp__table_text(table, name, strlen(name));
    table->label = msp__table_text(table, label, strlen(label));
    if (table->name == NULL || table->label == NULL) {
        msp_table_free(table);
        return msp__no_memory(err, NULL);
    }
    return MSP_OK;
}

void msp_table_free(msp_table *table)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        msp_column *column = &table->columns[i];
        free(column->number);
        free(column->missing);
        free(column->code);
        free(column->text);
        dictionary_free(column->dictionary);
    }
    free(table->columns);
    free(table->attributes);
    free(table->parts);
    msp_arena_free(&table->arena);
    *table = (msp_table){0};
}

static bool reserve_column(msp_column *column, size_t cap)
{
    if (column->type == MSP_COLUMN_NUMBER) {
        double *number = realloc(column->number, cap * sizeof *number);
        if (number == NULL)
            return false;
        column->number = number;
    } else {
        uint32_t *code = realloc(column->code, cap * sizeof *code);
        if (code == NULL)
            return false;
        column->code = code;
    }
    if (column->missing != NULL) {
        uint8_t *missing = realloc(column->missing, cap);
        if (missing == NULL)
            return false;
        column->missing = missing;
    }
    return true;
}

msp_status msp__table_reserve(msp_table *table, size_t cap, msp_error *err)
{
    if (cap > SIZE_MAX / sizeof(double))
        return msp__no_memory(err, table->file);
    for (size_t i = 0; i < table->n_columns; i++)
        if (!reserve_column(&table->columns[i], cap > 0 ? cap : 1))
            return msp__no_memory(err, table->file);
    table->cap_rows = cap;
    return MSP_OK;
}

void msp__table_seal(msp_table *table)
{
    /* Giving room back cannot fail in a way that matters: the larger block stays good. */
    (void)msp__table_reserve(table, table->n_rows, NULL);
    for (size_t i = 0; i < table->n_columns; i++) {
        dictionary_free(table->columns[i].dictionary);
        table->columns[i].dictionary = NULL;
    }
}

static void clear_cell(msp_column *column, size_t row)
{
    if (column->type == MSP_COLUMN_NUMBER)
        column->number[row] = NAN;
    else
        column->code[row] = 0;
    if (column->missing != NULL)
        column->missing[row] = '.';
}

msp_status msp__column_becomes_text(msp_table *table, msp_column *column, msp_error *err)
{
    free(column->number);
    free(column->missing);
    column->number = NULL;
    column->missing = NULL;
    column->type = MSP_COLUMN_TEXT;
    column->code = calloc(table->cap_rows > 0 ? table->cap_rows : 1, sizeof *column->code);
    column->text = malloc(sizeof *column->text);
    if (column->code == NULL || column->text == NULL)
        return msp__no_memory(err, table->file);
    column->text[0] = "";
    column->n_texts = 1;
    return MSP_OK;
}

msp_column *msp_table_add_column(msp_table *table, const char *name, msp_column_type type)
{
    if (table->n_columns == table->cap_columns) {
        const size_t cap = table->cap_columns > 0 ? table->cap_columns * 2 : 16;
        msp_column *columns = realloc(table->columns, cap * sizeof *columns);
        if (columns == NULL)
            return NULL;
        table->columns = columns;
        table->cap_columns = cap;
    }
    msp_column column = {
        .label = "", .format = "", .unit = "", .data_type = "", .oid = "", .type = type};
    column.name = msp__table_text(table, name, strlen(name));
    bool done = column.name != NULL;
    if (done && type == MSP_COLUMN_TEXT) {
        column.text = malloc(sizeof *column.text);
        done = column.text != NULL;
        if (done) {
            column.text[0] = "";
            column.n_texts = 1;
        }
    }
    if (!done || !reserve_column(&column, table->cap_rows > 0 ? table->cap_rows : 1)) {
        free(column.text);
        return NULL;
    }
    for (size_t row = 0; row < table->n_rows; row++)
        clear_cell(&column, row);
    table->columns[table->n_columns] = column;
    return &table->columns[table->n_columns++];
}

msp_status msp_table_add_row(msp_table *table, msp_error *err)
{
    if (table->n_rows == table->cap_rows) {
        const size_t cap = table->cap_rows > 0 ? table->cap_rows * 2 : 64;
        const msp_status rc = msp__table_reserve(table, cap, err);
        if (rc != MSP_OK)
            return rc;
    }
    for (size_t i = 0; i < table->n_columns; i++)
        clear_cell(&table->columns[i], table->n_rows);
    table->n_rows++;
    return MSP_OK;
}

msp_status msp_table_put_text(msp_table *table, msp_column *column, size_t row, const char *s,
                              size_t len)
{
    return code_of(table, column, s, len, &column->code[row]);
}

/* The kinds of missing get an array only when the first special one comes; those before it are
 * plain. */
msp_status msp_table_put_missing(msp_table *table, msp_column *column, size_t row, char kind)
{
    column->number[row] = NAN;
    if (column->missing == NULL) {
        if (kind == '.')
            return MSP_OK;
        column->missing = malloc(table->cap_rows > 0 ? table->cap_rows : 1);
        if (column->missing == NULL)
            return MSP_EMEM;
        const size_t n = row < table->n_rows ? table->n_rows : row;
        for (size_t i = 0; i < n; i++)
            column->missing[i] = isnan(column->number[i]) ? '.' : 0;
    }
    column->missing[row] = (uint8_t)kind;
    return MSP_OK;
}

msp_status msp_table_add_attribute(msp_table *table, const char *name, const char *value)
{
    msp_table_attribute *attributes =
        realloc(table->attributes, (table->n_attributes + 1) * sizeof *attributes);
    if (attributes == NULL)
        return MSP_EMEM;
    table->attributes = attributes;
    msp_table_attribute attribute = {msp__table_text(table, name, strlen(name)),
                                     msp__table_text(table, value, strlen(value))};
    if (attribute.name == NULL || attribute.value == NULL)
        return MSP_EMEM;
    attributes[table->n_attributes++] = attribute;
    return MSP_OK;
}

const char *msp_table_attribute_value(const msp_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_attributes; i++)
        if (strcmp(table->attributes[i].name, name) == 0)
            return table->attributes[i].value;
    return NULL;
}

/* -- looking -- */

msp_column *msp_table_column(const msp_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    for (size_t i = 0; i < table->n_columns; i++)
        if (msp_text_equal_nocase(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

msp_status msp_table_need_column(const msp_table *table, const char *name, msp_column **out,
                                 msp_error *err)
{
    *out = msp_table_column(table, name);
    if (*out != NULL)
        return MSP_OK;
    const msp_place at = {.file = table->file};
    const msp_status rc =
        table->file[0] != '\0'
            ? msp_fail_at(err, MSP_EINPUT, at, "there is no column \"%s\"", name)
            : msp_fail(err, MSP_EINPUT, "the table %s, made here, has no column \"%s\"",
                       table->name, name);
    const char **names = calloc(table->n_columns + 1, sizeof *names);
    if (names == NULL)
        return rc;
    for (size_t i = 0; i < table->n_columns; i++)
        names[i] = table->columns[i].name;
    const char *near = msp_suggest(name, names, table->n_columns);
    if (near != NULL)
        (void)msp_hint(err, rc, "did you mean \"%s\"?", near);
    free(names);
    return rc;
}

bool msp_column_is_missing(const msp_column *column, size_t row)
{
    return column->type == MSP_COLUMN_NUMBER ? isnan(column->number[row]) : column->code[row] == 0;
}

static int by_text(const void *a, const void *b, void *context)
{
    const msp_column *column = context;
    return strcmp(column->text[*(const uint32_t *)a], column->text[*(const uint32_t *)b]);
}

size_t msp_column_levels(const msp_column *column, uint32_t *codes)
{
    for (uint32_t code = 1; code < column->n_texts; code++)
        codes[code - 1] = code;
    const size_t n = column->n_texts > 0 ? column->n_texts - 1 : 0;
    msp_column copy = *column; /* qsort_r's context is not const */
    qsort_r(codes, n, sizeof *codes, by_text, &copy);
    return n;
}

/* -- places -- */

const msp_table_part *msp_table_part_of(const msp_table *table, size_t row, size_t *there)
{
    size_t i = table->n_parts;
    *there = row;
    if (i == 0)
        return NULL;
    while (--i > 0 && table->parts[i].first > row)
        continue;
    *there = row - table->parts[i].first;
    return &table->parts[i];
}

/* In one file. */
static msp_place place_in(const msp_table *table, size_t row, const msp_column *column)
{
    msp_place at = {.file = table->file[0] != '\0' ? table->file : NULL};
    if (table->format == MSP_TABLE_NDJSON && row < UINT32_MAX - 2)
        at.line = (uint32_t)row + 2; /* after the line of metadata */
    if (table->format != MSP_TABLE_CSV || at.file == NULL || strcmp(table->file, "-") == 0)
        return at;
    msp_file file;
    if (msp_file_open(table->file, &file, NULL) != MSP_OK)
        return at;
    at = msp__csv_place(table, file.data, file.size, row, column != NULL ? column->name : NULL);
    msp_file_close(&file);
    return at;
}

msp_place msp_table_place(const msp_table *table, size_t row, const msp_column *column)
{
    size_t there;
    const msp_table_part *part = msp_table_part_of(table, row, &there);
    if (part == NULL)
        return place_in(table, row, column);
    const msp_table alone = {.file = part->file,
                             .format = part->format,
                             .delimiter = part->delimiter,
                             .decimal = part->decimal};
    return place_in(&alone, there, column);
}

msp_status msp_table_fail(msp_error *err, msp_status code, const msp_table *table, size_t row,
                          const msp_column *column, const char *fmt, ...)
{
    if (err == NULL)
        return code;
    char text[sizeof err->text];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const msp_place at = msp_table_place(table, row, column);
    size_t there;
    (void)msp_table_part_of(table, row, &there);
    if (at.line > 0 && at.col > 0)
        (void)msp_fail_at(err, code, at, "%s", text);
    else if (column != NULL)
        (void)msp_fail_at(err, code, at, "row %zu, column %s: %s", there + 1, column->name, text);
    else
        (void)msp_fail_at(err, code, at, "row %zu: %s", there + 1, text);
    err->row = row;
    return code;
}

const char *msp_table_format_name(msp_table_format format)
{
    static const char *const names[] = {"csv", "xpt", "sas7bdat", "json", "ndjson", "dsjc"};
    return (size_t)format < MSP_COUNT(names) ? names[format] : "?";
}
