/*
 * course.h - one patient: values over time in panels under one another, treatments and the
 * assessment of each visit above them.
 */
#ifndef MSPIKE_FIGURE_COURSE_H
#define MSPIKE_FIGURE_COURSE_H

#include "mspike/base/date.h"
#include "mspike/figure/mark.h"

MSP_BEGIN

#define MSP_COURSE_PANELS_MAX 4
#define MSP_COURSE_SERIES_MAX 4 /* series, and steps, of one panel */

typedef struct msp_course_point {
    double time, value;
    bool below; /* below quantification: `value` is the limit (0: not known), the mark hollow */
    const char *why; /* for the pointer and the table; NULL: none */
} msp_course_point;

typedef struct msp_course_series {
    const char *label;
    size_t n;
    const msp_course_point *points; /* times do not decrease; a NaN value breaks the line */
} msp_course_series;

/* A line of steps: value[i] holds from time[i] up to time[i + 1], the last one to the end of the
 * axis; NaN draws nothing. The nadir so far, and the value that would be progression. */
typedef struct msp_course_steps {
    const char *label;
    size_t n;
    const double *time, *value;
} msp_course_steps;

typedef struct msp_course_panel {
    const char *label; /* with its unit: "Serum M-protein (g/dL)" */
    bool log_axis;     /* what is not above 0 is drawn hollow on the floor of the axis */
    const msp_course_series *series;
    size_t n_series;
    const msp_course_steps *steps;
    size_t n_steps;
} msp_course_panel;

typedef struct msp_course_bar {
    const char *label;
    double from, to; /* INFINITY: ongoing, to the end of the axis with an arrow */
    const char *why;
} msp_course_bar;

typedef struct msp_course_visit {
    double time;
    const char *label; /* "VGPR" */
    const char *why;   /* the reason; NULL: none */
} msp_course_visit;

/* Two visits of which the later confirms the earlier. */
typedef struct msp_course_pair {
    double from, to;
    const char *why;
} msp_course_pair;

typedef struct msp_course_figure {
    msp_figure_frame frame;
    const char *x_label, *unit; /* unit: see msp_ticks_time; negative times are before day 0 */
    double days;              /* in a unit, so that times are shown as dates too; 0: they are not */
    msp_day origin;           /* the day of time 0, where there are dates */
    const char *bars_label;   /* heads the bars: "Treatment" */
    const char *visits_label; /* heads the letters: "Response" */
    bool no_reasons;          /* for the pointer: where there is none, on a telephone */
    const char *below_label;  /* of the hollow mark: "below quantification" */
    const msp_course_bar *bars;
    size_t n_bars;
    const msp_course_visit *visits; /* times do not decrease */
    size_t n_visits;
    const msp_course_pair *pairs;
    size_t n_pairs;
    const msp_course_panel *panels;
    size_t n_panels;
} msp_course_figure;

/* Appends the <svg> element. Every change of the letters is written, on further lines where they
 * would collide; a visit like the one before it gets its letters where there is room and a dot
 * otherwise. A panel without a value says so. MSP_EINPUT where times decrease or are not finite, a
 * bar or pair ends before it begins, a value is infinite, or there are no panels or too many;
 * MSP_EMEM when memory is out. */
msp_status msp_figure_course(const msp_course_figure *figure, msp_text *out, msp_error *err);
/* The same as an HTML table (class "course"), for those who do not see the figure: a row a time
 * with the letters, the values and every reason; the bars in a table of their own. Errors as above.
 */
msp_status msp_figure_course_table(const msp_course_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
