/*
 * fuzz_table.h - what the targets of the table readers share.
 *
 * Bytes that read are read a second time with every column as text, then written in each format and
 * read back: what a writer takes, its reader must give back.
 */
#ifndef MSP_FUZZ_TABLE_H
#define MSP_FUZZ_TABLE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "table/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void check(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "broken promise: %s\n", what);
    abort();
}

static inline void check_shape(const msp_table *table)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        const msp_column *column = &table->columns[i];
        for (size_t row = 0; row < table->n_rows; row++)
            if (column->type == MSP_COLUMN_TEXT) {
                check(column->code[row] < column->n_texts, "a code is in the dictionary");
                check((column->code[row] == 0) == (column->text[column->code[row]][0] == '\0'),
                      "code 0 is the empty text");
            } else {
                check(column->missing == NULL ||
                          (column->missing[row] != 0) == (isnan(column->number[row]) != 0),
                      "a missing number has a kind");
            }
    }
}

static inline void check_same(const msp_table *a, const msp_table *b)
{
    check(a->n_rows == b->n_rows && a->n_columns == b->n_columns, "rows and columns come back");
    for (size_t i = 0; i < a->n_columns; i++) {
        const msp_column *x = &a->columns[i], *y = &b->columns[i];
        check(x->type == y->type && strcmp(x->name, y->name) == 0, "names and types come back");
        for (size_t row = 0; row < a->n_rows; row++)
            if (x->type == MSP_COLUMN_TEXT)
                check(strcmp(x->text[x->code[row]], y->text[y->code[row]]) == 0, "texts come back");
            else
                check(x->number[row] == y->number[row] ||
                          (isnan(x->number[row]) && isnan(y->number[row]) &&
                           msp__missing_kind(x, row) == msp__missing_kind(y, row)),
                      "numbers come back");
    }
}

static inline void check_json(const msp_table *table)
{
    msp_text text = {0};
    msp_table back;
    if (msp__dataset_json_write(table, MSP_TABLE_NDJSON, NULL, &text, NULL) == MSP_OK &&
        !text.failed) {
        check(msp_table_read_memory(text.data, text.len, "x.ndjson", NULL, &back, NULL) == MSP_OK,
              "written JSON reads");
        check_same(table, &back);
        msp_table_free(&back);
    }
    msp_text_free(&text);
}

static inline void check_xpt(const msp_table *table)
{
    msp_text text = {0};
    msp_table back;
    if (msp__xpt_write(table, NULL, &text, NULL) == MSP_OK && !text.failed) {
        check(msp_table_read_memory(text.data, text.len, "x.xpt", NULL, &back, NULL) == MSP_OK,
              "written XPT reads");
        check(back.n_rows == table->n_rows && back.n_columns == table->n_columns,
              "rows and columns come back");
        msp_table_free(&back);
    }
    msp_text_free(&text);
}

static inline void check_csv(const msp_table *table)
{
    msp_text text = {0};
    msp_table back;
    if (table->n_columns > 0 && msp__csv_write(table, NULL, &text, NULL) == MSP_OK &&
        !text.failed) {
        check(msp_table_read_memory(text.data, text.len, "x.csv", NULL, &back, NULL) == MSP_OK,
              "written CSV reads");
        check(back.n_rows == table->n_rows && back.n_columns == table->n_columns,
              "rows and columns come back");
        for (size_t i = 0; i < table->n_columns; i++)
            check(strcmp(table->columns[i].name, back.columns[i].name) == 0, "names come back");
        msp_table_free(&back);
    }
    msp_text_free(&text);
}

static inline void read_as_text(const uint8_t *data, size_t size, const char *file,
                                const msp_table *table)
{
    msp_read_column *columns = calloc(table->n_columns + 1, sizeof *columns);
    if (columns == NULL)
        return;
    for (size_t i = 0; i < table->n_columns; i++)
        columns[i] = (msp_read_column){table->columns[i].name, MSP_READ_TEXT};
    const msp_read_options options = {.columns = columns, .n_columns = table->n_columns};
    msp_table texts;
    check(msp_table_read_memory((const char *)data, size, file, &options, &texts, NULL) == MSP_OK,
          "what reads also reads as text");
    check_shape(&texts);
    msp_table_free(&texts);
    free(columns);
}

static inline int fuzz_reader(const uint8_t *data, size_t size, const char *file)
{
    msp_error err;
    msp_findings notes = {0};
    const msp_read_options options = {.notes = &notes};
    msp_table table;
    const msp_status rc =
        msp_table_read_memory((const char *)data, size, file, &options, &table, &err);
    msp_findings_free(&notes);
    if (rc != MSP_OK) {
        check(err.text[0] != '\0' && table.columns == NULL, "a failure says why");
        return 0;
    }
    check_shape(&table);
    read_as_text(data, size, file, &table);
    check_json(&table);
    check_xpt(&table);
    check_csv(&table);
    msp_table_free(&table);
    return 0;
}

#endif
