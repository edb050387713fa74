/*
 * dataset_json_read.h - the parts of the reader of Dataset-JSON: the parser's state and its faults
 * (dataset_json_read.c), and what becomes of columns and cells (dataset_json_cells.c).
 */
#ifndef MSP_TABLE_DATASET_JSON_READ_H
#define MSP_TABLE_DATASET_JSON_READ_H

#include <yajl/yajl_parse.h>

#include "dataset_json.h"

typedef struct json_item { /* a column as the file describes it; texts in the arena of the table */
    const char *oid, *name, *label, *data_type, *target, *format;
    double length, key_sequence;
    json_values values;
    msp_date_kind date;
    size_t n_odd;     /* strings where numbers are expected that were understood all the same */
    size_t n_inexact; /* decimals that a double does not hold */
} json_item;

typedef enum json_where {
    OUTSIDE,  /* before, between and behind the JSON values */
    METADATA, /* in the object at the top */
    SOURCE,   /* in sourceSystem */
    COLUMNS,  /* in the array of columns */
    COLUMN,   /* in one of its objects */
    ROWS,     /* in the array of rows */
    ROW,      /* in one row */
    PASSING,  /* in something that is not looked at */
} json_where;

#define MAX_KEY   64
#define MAX_DEPTH 64

typedef struct json_reader {
    const char *file;
    const char *text; /* the JSON, NULL where it is compressed: then there are no lines */
    size_t size, consumed;
    msp_table *table;
    const msp_read_options *options;
    yajl_handle yajl;

    json_where where, back; /* back: where PASSING returns to */
    size_t depth;           /* of what is passed over */
    char key[MAX_KEY];
    json_item *items;
    size_t n_items;
    msp_selection selection;
    bool has_metadata, has_columns, has_rows, rows_first, second;
    double records; /* NaN until said */
    const char *version;
    size_t n_unknown;
    size_t cell; /* in the row */

    msp_status rc;
    msp_error *err;
} json_reader;

/* -- faults: handlers return 0 to stop the parser -- */

/* Where the parser stands. */
msp_place msp__json_place(const json_reader *r);
int msp__json_fail(json_reader *r, const char *text);
int msp__json_no_memory(json_reader *r);
void msp__json_note(const json_reader *r, const char *fmt, ...) MSP_PRINTF(2, 3);

/* -- dataset_json_cells.c -- */

/* A column begins, its description is complete, and so is that of all. */
int msp__json_new_item(json_reader *r);
int msp__json_judge_item(json_reader *r);
int msp__json_end_of_columns(json_reader *r);

/* The next cell of the row; a new row is missing already. */
int msp__json_string(json_reader *r, const char *s, size_t len);
int msp__json_number(json_reader *r, const char *s, size_t len);
int msp__json_boolean(json_reader *r, bool x);
int msp__json_null(json_reader *r);

#endif
