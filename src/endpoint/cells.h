/* cells.h - one cell of a table as text, count or date, whatever the column's type. */
#ifndef MSP_ENDPOINT_CELLS_H
#define MSP_ENDPOINT_CELLS_H

#include "mspike/base/date.h"
#include "mspike/table/table.h"

/* "" for a missing cell, a column that is NULL, or one of numbers. */
const char *msp__cell_text(const msp_column *column, size_t row);
/* A whole number, as a number or as text; 0 for anything else. */
int64_t msp__cell_count(const msp_column *column, size_t row);
/* ISO 8601 text, or a number with a SAS date or datetime format; false for anything else, and for a
 * missing cell. */
bool msp__cell_date(const msp_column *column, size_t row, msp_date *out);

#endif
