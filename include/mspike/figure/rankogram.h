/*
 * rankogram.h - how likely each of several things is to be first, second, third ...: a small panel
 * of bars for each, all on one scale.
 */
#ifndef MSPIKE_FIGURE_RANKOGRAM_H
#define MSPIKE_FIGURE_RANKOGRAM_H

#include "mspike/base/text.h"
#include "mspike/figure/style.h"

MSP_BEGIN

typedef struct msp_rank_panel {
    const char *label;
    const char *note;          /* beside it: a score; "" or NULL: none */
    const double *probability; /* of rank 1, 2, ... n_ranks; 0 to 1 */
} msp_rank_panel;

typedef struct msp_rankogram_figure {
    msp_figure_frame frame;
    const char *x_label; /* "Rank, 1 is best" */
    size_t n_ranks;
    const msp_rank_panel *panels; /* in their order, row by row */
    size_t n_panels;
} msp_rankogram_figure;

/* Appends the <svg> element. MSP_EINPUT without a panel or a rank, or for a probability that is not
 * between 0 and 1; MSP_EMEM. */
msp_status msp_figure_rankogram(const msp_rankogram_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
