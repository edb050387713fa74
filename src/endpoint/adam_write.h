/* adam_write.h - a table by a list of its columns, filled cell by cell. */
#ifndef MSP_ENDPOINT_ADAM_WRITE_H
#define MSP_ENDPOINT_ADAM_WRITE_H

#include "mspike/base/date.h"
#include "mspike/patient/fact.h"
#include "mspike/table/table.h"

typedef struct adam_column {
    const char *name, *label; /* at most 8 and 40 characters */
    char kind;                /* 't' text, 'n' number, 'd' date */
} adam_column;

msp_status msp__adam_init(msp_table *table, const char *name, const char *label,
                          const adam_column *columns, size_t n, msp_error *err);

/* Filling the last row, in the order of the columns. `failed` keeps the first fault. */
typedef struct adam_row {
    msp_table *table;
    size_t next; /* column */
    msp_status failed;
    msp_error *err;
} adam_row;

adam_row msp__adam_row(msp_table *table, msp_error *err);
/* Counts the rows of a subject, whose USUBJID was put before; they stand together. */
void msp__adam_sequence(adam_row *row);
/* NULL or "": missing */
void msp__adam_text(adam_row *row, const char *text);
/* NaN: missing */
void msp__adam_number(adam_row *row, double x);
/* MSP_NO_DAY: missing */
void msp__adam_day(adam_row *row, msp_day day);
/* "Y" or missing */
void msp__adam_flag(adam_row *row, bool yes);
/* "Y", "N" or missing */
void msp__adam_fact(adam_row *row, msp_fact fact);

#endif
