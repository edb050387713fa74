/* plot.h - what plots share: scales, axes, reference lines, the legend, and room for all of them.
 * Private to the room. */
#ifndef MSP_FIGURE_PLOT_H
#define MSP_FIGURE_PLOT_H

#include "mspike/figure/mark.h"
#include "mspike/figure/scale.h"
#include "svg.h"

#define PLOT_EDGE 6.0
#define PLOT_TICK 5.0
#define PLOT_FOOT (PLOT_TICK + 13 + FIGURE_LINE + 8) /* under a plot: marks and label */

typedef struct figure_plot {
    double left, top, right, bottom;
    msp_ticks x, y; /* the axes run to their last mark */
    double x_first; /* the time axis begins here, at or before its first mark */
    bool log_y;
} figure_plot;

double plot_x(const figure_plot *plot, double x);
double plot_y(const figure_plot *plot, double y);

msp_status plot_check_width(const msp_figure_frame *frame, msp_error *err);

/* Sets the time axis: from 0, or a little before `lo` where that is negative, to at or above `hi`,
 * with marks at multiples of a step that fits the unit. */
void plot_set_time(figure_plot *plot, double lo, double hi, const char *unit);
/* Marks of a log axis that holds `lo` to `hi`, both above 0, and little more. */
msp_ticks plot_log_ticks(double lo, double hi, size_t max);

/* How much stands left of the y axis. */
double plot_margin(const msp_ticks *y, bool log_y, bool labelled);
void plot_x_axis(const figure_plot *plot, const char *label, double width, msp_text *out);
/* The label stands upright, at the left edge; "" writes none. */
void plot_y_axis(const figure_plot *plot, const char *label, msp_text *out);
/* `s` upright, read from below; anchored at (x, y). */
void plot_turned(msp_text *out, const char *class_name, svg_anchor anchor, double x, double y,
                 const char *s, double length, double size);
/* A number for the pointer, to tenths: visits lie further apart, and so do changes in per cent. */
void plot_add_tenths(double x, msp_text *out);
/* Says in the middle of the plot why it is empty. */
void plot_say(const figure_plot *plot, const char *s, msp_text *out);

msp_status plot_check_references(size_t n, msp_error *err);
double plot_references_width(const msp_figure_reference *references, size_t n, double max);
/* Lines within the plot, labels right of it, moved apart where they would collide. */
void plot_references(const figure_plot *plot, const msp_figure_reference *references, size_t n,
                     double label_width, msp_text *out);

/* Moves the increasing places at least `gap` apart, as little as may be, within lo to hi; where
 * there is no room for that they are spread evenly. */
void plot_spread(double *at, size_t n, double gap, double lo, double hi);

/* An entry of the legend: a fill, a line, a shape, or a line with a shape, and what it means. */
typedef struct figure_key {
    const char *label;
    int fill;               /* -1: none */
    const char *line;       /* classes of a line; NULL: none */
    const char *mark_class; /* NULL: no shape */
    msp_mark mark;
    bool arrow;
} figure_key;

/* Draws the entries from the left, on further lines as needed; returns the height. With NULL for
 * `out` it only measures. */
double plot_keys(const char *id, const figure_key *keys, size_t n, double left, double top,
                 double right, msp_text *out);
/* A triangle whose base of 2 * `half` stands at (x, y). */
void plot_arrow_right(msp_text *out, double x, double y, double half);
void plot_arrow_up(msp_text *out, double x, double y, double half);

#endif
