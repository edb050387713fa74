/*
 * making.h - what the programs that make examples share: draws, and tables filled row by row.
 */
#ifndef MSPIKE_TOOLS_MAKING_H
#define MSPIKE_TOOLS_MAKING_H

#include <math.h>

#include "mspike/base.h"
#include "mspike/table.h"

#define MISSING ((double)NAN)

/* -- draws -- */

double exponential(msp_random *r, double rate);
double normal(msp_random *r);
bool chance(msp_random *r, double probability);

/* -- tables -- */

/* A table being filled row by row; the first row makes the columns. */
typedef struct sheet {
    msp_table table;
    size_t next; /* column of the row being filled */
    msp_status status;
} sheet;

/* The next row; its cells follow in the order of the columns. */
void begin_row(sheet *s);
void put(sheet *s, const char *name, const char *label, const char *value);
/* MISSING is a missing value. */
void put_number(sheet *s, const char *name, const char *label, double x);

/* As FOLDER/NAME, said to be made on that day: no clock is read. A sheet that ran out of memory is
 * said. */
msp_status save(const sheet *s, const char *folder, const char *name, msp_table_format format,
                msp_day made, msp_error *err);

#endif
