/*
 * waterfall.h - the best change of every patient, one bar each, the worst left.
 */
#ifndef MSPIKE_FIGURE_WATERFALL_H
#define MSPIKE_FIGURE_WATERFALL_H

#include "mspike/figure/mark.h"

MSP_BEGIN

typedef struct msp_waterfall_bar {
    const char *label;  /* the patient; shown when the pointer rests on the bar */
    double change;      /* per cent; what is not finite is not drawn, but counted in a note */
    int state;          /* index of a state, its fill */
    const char *marker; /* what was measured: named under the bar; "" names nothing */
    const char *why;    /* more for the pointer; NULL: none */
} msp_waterfall_bar;

typedef struct msp_waterfall_figure {
    msp_figure_frame frame;
    const char *y_label;
    const msp_figure_state *states; /* in the order of the legend */
    size_t n_states;
    const msp_figure_reference *references;
    size_t n_references;
    double cap; /* bars above it end there with an arrow; NaN: no bar is cut */
    const msp_waterfall_bar *bars;
    size_t n_bars;
} msp_waterfall_figure;

/* Appends the <svg> element. Bars are sorted here, from the greatest change to the least; equal
 * ones by the order of their states, the last first, then as given. The marker is written under its
 * bar where bars are wide enough, else each marker has a line of its own with a tick under its
 * bars. Without a bar to draw the figure says so. MSP_EINPUT where a state is not in the list, a
 * fill does not exist, the cap is not above 0, or there are more than MSP_REFERENCES_MAX references
 * or MSP_STATES_MAX states; MSP_EMEM when memory is out. */
msp_status msp_figure_waterfall(const msp_waterfall_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
