/* sheet.h - a table being filled row by row; the first row makes the columns. */
#ifndef MSPIKE_SIMULATE_SHEET_H
#define MSPIKE_SIMULATE_SHEET_H

#include "mspike/base/date.h"
#include "mspike/table/table.h"

typedef struct sheet {
    msp_table *table;
    const char *study, *subject; /* of the row being filled */
    size_t next;                 /* column of it */
    double sequence;             /* --SEQ: of the subject */
    msp_status status;           /* MSP_EMEM once memory is out: all that follows does nothing */
} sheet;

/* The next row, with STUDYID, DOMAIN (unless NULL) and USUBJID; its cells follow in the order of
 * the columns. */
void sheet_row(sheet *s, const char *domain);
void sheet_text(sheet *s, const char *name, const char *label, const char *value);
/* NaN is a missing value. */
void sheet_number(sheet *s, const char *name, const char *label, double value);
/* --SEQ, counted on. */
void sheet_sequence(sheet *s, const char *name);
/* Goes on counting after the last row of the table, where that is the subject's. */
void sheet_go_on(sheet *s, const char *sequence);
/* As ISO 8601; empty for MSP_NO_DAY. */
void sheet_day(sheet *s, const char *name, const char *label, msp_day day);

#endif
