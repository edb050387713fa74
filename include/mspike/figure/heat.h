/*
 * heat.h - a square of cells: in each a grey square whose area is a share, on a ground that says
 * how much something grew or fell. The number stands in the cell, so no colour is needed to read
 * it.
 */
#ifndef MSPIKE_FIGURE_HEAT_H
#define MSPIKE_FIGURE_HEAT_H

#include "mspike/base/text.h"
#include "mspike/figure/style.h"

MSP_BEGIN

#define MSP_HEAT_MAX 60

typedef struct msp_heat_figure {
    msp_figure_frame frame;
    const char *row_heading, *column_heading;
    const char *const *labels; /* of rows and columns alike */
    size_t n;
    const double *share;  /* n x n, row by row, -1 to 1; its size is drawn */
    const double *change; /* n x n; NaN: not defined, the cell stays empty */
    const char *share_means, *rise_means, *fall_means;
} msp_heat_figure;

/* Appends the <svg> element. MSP_EINPUT without a row or with too many, or where a share is not
 * -1 to 1; MSP_EMEM. */
msp_status msp_figure_heat(const msp_heat_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
