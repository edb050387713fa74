/*
 * table.h - a data set in memory: columns of numbers or of texts.
 *
 * A column is one plain array with a value a row, ready for numeric code. Numbers are doubles, NaN
 * where missing; which kind of missing SAS meant (.A to .Z, ._) stands beside them in a column that
 * has such values. Texts are codes into the column's dictionary: code 0 is the empty text, which is
 * how a missing text looks; the others are numbered by first appearance.
 *
 * Dates are what their file holds: numbers with a date format (SAS), or texts (ISO 8601).
 */
#ifndef MSPIKE_TABLE_TABLE_H
#define MSPIKE_TABLE_TABLE_H

#include <stdbool.h>

#include "mspike/base/arena.h"
#include "mspike/base/status.h"

MSP_BEGIN

typedef enum msp_column_type {
    MSP_COLUMN_NUMBER,
    MSP_COLUMN_TEXT,
} msp_column_type;

/* Texts are never NULL; "" where the file says nothing. */
typedef struct msp_column {
    const char *name, *label;
    const char *format; /* SAS display format: "DATE9.", "8.2", "$20." */
    const char *unit;   /* no file format has a place for it: set by whoever knows it */
    msp_column_type type;
    uint32_t
        length; /* bytes as stored: 3 to 8 for a number in SAS; 0 where the file does not say */

    double *number;    /* NUMBER: one a row */
    uint8_t *missing;  /* NUMBER: '.', '_' or 'A' to 'Z' where missing, else 0; NULL while every
                          missing value is the plain one */
    uint32_t *code;    /* TEXT: one a row */
    const char **text; /* TEXT: the dictionary, n_texts entries; text[0] is "" */
    size_t n_texts;
    struct msp_dictionary *dictionary; /* private */

    /* What Dataset-JSON says besides. */
    const char *data_type; /* "date", "integer", "decimal" ...; "" from other files */
    const char *oid;       /* itemOID */
    uint32_t key_sequence; /* 0: not a key */
} msp_column;

typedef enum msp_table_format {
    MSP_TABLE_CSV,
    MSP_TABLE_XPT, /* SAS transport, version 5 or 8 */
    MSP_TABLE_SAS7BDAT,
    MSP_TABLE_JSON,   /* Dataset-JSON 1.1 as one JSON value */
    MSP_TABLE_NDJSON, /* the same, one line a row */
    MSP_TABLE_DSJC,   /* NDJSON compressed */
} msp_table_format;

/* "csv", "xpt" ... */
const char *msp_table_format_name(msp_table_format format);

/* What a Dataset-JSON file says of itself beyond name, label and columns, kept for writing:
 * "studyOID", "sourceSystem.name" ... */
typedef struct msp_table_attribute {
    const char *name, *value;
} msp_table_attribute;

/* A file of a table that was put together of several: its rows begin at `first`. */
typedef struct msp_table_part {
    const char *file;
    size_t first;
    msp_table_format format;
    char delimiter, decimal;
} msp_table_part;

typedef struct msp_table {
    const char *file; /* where it was read, "" for a table made here */
    const char *name, *label;
    size_t n_rows, n_columns;
    msp_column *columns;
    msp_table_attribute *attributes;
    size_t n_attributes;
    msp_table_part *parts; /* of msp_table_append, in order; NULL: all rows are of `file` */
    size_t n_parts;
    msp_table_format format;      /* of the file */
    char delimiter, decimal;      /* of a CSV file */
    size_t cap_rows, cap_columns; /* private */
    msp_arena arena;              /* owns every text */
} msp_table;                      /* {0} is ready for msp_table_init, and safe to free */

/* An empty table; `name` and `label` are copied. MSP_EMEM. */
msp_status msp_table_init(msp_table *table, const char *name, const char *label, msp_error *err);
void msp_table_free(msp_table *table);

/* -- looking -- */

/* The column of that name, letters' case ignored where no column has exactly it; or NULL. */
msp_column *msp_table_column(const msp_table *table, const char *name);
/* The same; a name that is not there is MSP_EINPUT with the name that was probably meant. */
msp_status msp_table_need_column(const msp_table *table, const char *name, msp_column **out,
                                 msp_error *err);
/* Whether the cell is missing, of either type. */
bool msp_column_is_missing(const msp_column *column, size_t row);
/* The codes of the texts that occur, in byte order of the texts, the empty text left out. `codes`
 * has room for n_texts; returns how many. */
size_t msp_column_levels(const msp_column *column, uint32_t *codes);

/* The part that a row is of, and its number in that file; NULL, and the row itself, for a table of
 * one file. */
const msp_table_part *msp_table_part_of(const msp_table *table, size_t row, size_t *there);
/* Where a cell stands: file and line of a CSV or NDJSON file (read again to find it), the file
 * alone elsewhere. `column` may be NULL for the row as a whole. */
msp_place msp_table_place(const msp_table *table, size_t row, const msp_column *column);
/* Fails with that place; where there are no lines the message begins with row and column. */
msp_status msp_table_fail(msp_error *err, msp_status code, const msp_table *table, size_t row,
                          const msp_column *column, const char *fmt, ...) MSP_PRINTF(6, 7);

/* -- filling -- */

/* A new column, every cell missing; NULL when memory is out. Pointers to columns given before are
 * no longer good. */
msp_column *msp_table_add_column(msp_table *table, const char *name, msp_column_type type);
/* A new row, every cell missing; its number is n_rows - 1. MSP_EMEM. */
msp_status msp_table_add_row(msp_table *table, msp_error *err);
/* MSP_EMEM, or MSP_EINPUT for a text that is not UTF-8 or holds a NUL; no message is made. */
msp_status msp_table_put_text(msp_table *table, msp_column *column, size_t row, const char *s,
                              size_t len);
static inline void msp_table_put_number(msp_column *column, size_t row, double x)
{
    column->number[row] = x;
    if (column->missing != NULL)
        column->missing[row] = 0;
}
/* `kind`: '.', '_' or 'A' to 'Z'. */
msp_status msp_table_put_missing(msp_table *table, msp_column *column, size_t row, char kind);
/* MSP_EMEM */
msp_status msp_table_add_attribute(msp_table *table, const char *name, const char *value);
/* Puts the rows of `from`, a table of one file, behind those of `to`, which goes on knowing where
 * each stands. Columns go by name; one that only one of the two has is missing in the rows of the
 * other, and numbers here with texts there become texts. MSP_EMEM, with `to` good to free. */
msp_status msp_table_append(msp_table *to, const msp_table *from, msp_error *err);
/* NULL where there is none. */
const char *msp_table_attribute_value(const msp_table *table, const char *name);

/* -- SAS formats -- */

typedef enum msp_date_kind {
    MSP_NOT_A_DATE,
    MSP_SAS_DATE,     /* days since 1960-01-01 */
    MSP_SAS_TIME,     /* seconds since midnight */
    MSP_SAS_DATETIME, /* seconds since 1960-01-01T00:00:00 */
} msp_date_kind;

/* What numbers shown in this SAS format are. */
msp_date_kind msp_sas_format_kind(const char *format);

#define MSP_ISO_MAX 48
/* The number as ISO 8601 ("2014-01-02", "08:30:00", "2014-01-02T08:30:00.5"); false where that does
 * not read back to the same number: a part of a day, a time beyond 24 hours, a year beyond 9999. */
bool msp_sas_date_format(double x, msp_date_kind kind, char out[MSP_ISO_MAX]);
/* The other way; false for anything but a complete date, time or datetime of that kind. A datetime
 * may lack its time or its seconds (they are 0); a zone is refused. */
bool msp_sas_date_parse(const char *s, size_t len, msp_date_kind kind, double *out);

MSP_END
#endif
