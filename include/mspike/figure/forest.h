/*
 * forest.h - estimates and intervals of many groups under one another.
 */
#ifndef MSPIKE_FIGURE_FOREST_H
#define MSPIKE_FIGURE_FOREST_H

#include "mspike/base/text.h"
#include "mspike/figure/scale.h"
#include "mspike/figure/style.h"

MSP_BEGIN

#define MSP_FOREST_COLUMNS_MAX 6

typedef enum msp_forest_kind {
    MSP_FOREST_ROW,
    MSP_FOREST_HEADING, /* of the rows that follow: a label, and `extra` */
    MSP_FOREST_OVERALL, /* all groups together: a diamond */
} msp_forest_kind;

typedef struct msp_forest_row {
    msp_forest_kind kind;
    const char *label;
    const char *cells[MSP_FOREST_COLUMNS_MAX]; /* left of the plot: counts; NULL prints nothing */
    double estimate, lower, upper;             /* NaN: nothing is drawn, the text says why */
    double weight;                             /* the square's area grows with it: events */
    const char *text;                          /* right of the plot: "0.69 (0.57, 0.83)" or "NE" */
    const char *extra; /* the last column: a test; "" or NULL prints nothing */
} msp_forest_row;

typedef struct msp_forest_figure {
    msp_figure_frame frame;
    const char *label_heading;
    const char *column_headings[MSP_FOREST_COLUMNS_MAX];
    size_t n_columns;
    const char *text_heading, *extra_heading; /* extra_heading "": there is no such column */
    const char *x_label;
    const char *favours_left, *favours_right; /* "" prints none */
    bool log_axis;                            /* of ratios; otherwise of differences */
    double overall;                           /* dashed line; NaN draws none */
    const msp_forest_row *rows;
    size_t n_rows;
} msp_forest_figure;

/* Appends the <svg> element; the line of no effect stands at 1 on a log axis and at 0 otherwise. An
 * interval that leaves the axis ends in an arrow. MSP_EINPUT where a ratio or a limit is not above
 * 0, limits stand in the wrong order, there are no rows, or too many columns; MSP_EMEM when memory
 * is out. */
msp_status msp_figure_forest(const msp_forest_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
