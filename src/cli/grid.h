/* grid.h - rows of cells printed in columns that line up. */
#ifndef MSPIKE_CLI_GRID_H
#define MSPIKE_CLI_GRID_H

#include "mspike/base.h"

#define GRID_COLUMNS 16

/* The first column is left-aligned, the others right-aligned. */
typedef struct grid {
    msp_arena arena;
    char *(*rows)[GRID_COLUMNS];
    size_t n_rows, cap_rows, n_columns;
    bool failed;
} grid; /* {0} is empty */

void grid_row(grid *g);
/* The next cell of the last row. */
void grid_cell(grid *g, const char *fmt, ...) MSP_PRINTF(2, 3);
/* What stands between two limits: "-", and " to " where one is negative. */
const char *grid_between(double lower, double upper);
/* Appends the rows to `out` and empties the grid. */
void grid_print(grid *g, msp_text *out);

#endif
