/*
 * spider.h - how a value of many patients goes over time, one line each.
 */
#ifndef MSPIKE_FIGURE_SPIDER_H
#define MSPIKE_FIGURE_SPIDER_H

#include "mspike/figure/mark.h"

MSP_BEGIN

typedef struct msp_spider_line {
    const char *label; /* the patient; at the line's end where it finds room, and for the pointer */
    int state;         /* index of a state: colour and line pattern */
    size_t n;
    const double *time;  /* not decreasing */
    const double *value; /* per cent change, say; NaN breaks the line */
    const char *why;     /* for the pointer; NULL: none */
} msp_spider_line;

typedef struct msp_spider_figure {
    msp_figure_frame frame;
    const char *x_label, *y_label, *unit; /* unit: see msp_ticks_time */
    const msp_figure_state *states;
    size_t n_states;
    const msp_figure_reference *references;
    size_t n_references;
    double cap; /* what is above it is drawn there as an arrow; NaN: nothing is cut */
    const msp_spider_line *lines;
    size_t n_lines;
} msp_spider_figure;

/* Appends the <svg> element. A line without a value is not drawn, but counted in a note; without
 * any line the figure says so. MSP_EINPUT (row: the line) where times decrease or are not finite, a
 * value is infinite, or a state is not in the list; MSP_EMEM when memory is out. */
msp_status msp_figure_spider(const msp_spider_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
