/*
 * survival.h - step curves with bands, censoring ticks, medians, and the table of counts that
 * stands under the axis, each column under its tick (the KMunicate recommendation: Morris et al.,
 * BMJ Open 2019;9:e030215).
 */
#ifndef MSPIKE_FIGURE_SURVIVAL_H
#define MSPIKE_FIGURE_SURVIVAL_H

#include "mspike/base/text.h"
#include "mspike/figure/scale.h"
#include "mspike/figure/style.h"

MSP_BEGIN

/* Right-continuous steps: the value is 1 before time[0] and value[i] from time[i] on. */
typedef struct msp_figure_curve {
    const char *label;
    size_t n;
    const double *time, *value;  /* increasing; 0 to 1 */
    const double *lower, *upper; /* both or neither (NULL); NaN where there is no limit */
    const double *censored;      /* > 0 draws a tick; NULL draws none */
    double median;               /* NaN where it is not reached */
} msp_figure_curve;

/* A row under the axis. */
typedef struct msp_figure_row {
    const char *label;
    int series;           /* colour of the label: index of a curve, or -1 */
    const double *counts; /* one a tick, NaN prints nothing; NULL makes the row a heading */
} msp_figure_row;

/* A line of the box: label left, value right of it; either may be "". */
typedef struct msp_figure_note {
    const char *label, *value;
    int series; /* as above */
} msp_figure_note;

typedef struct msp_survival_figure {
    msp_figure_frame frame;
    const char *x_label, *y_label;
    msp_ticks ticks; /* of time, from 0 */
    const msp_figure_curve *curves;
    size_t n_curves;
    const msp_figure_row *rows;
    size_t n_rows;
    const msp_figure_note *notes;
    size_t n_notes;
} msp_survival_figure;

/* Appends the <svg> element. MSP_EINPUT where there is no curve, times are not increasing, a row
 * has no tick, or the width is out of range; MSP_EMEM when memory is out. */
msp_status msp_figure_survival(const msp_survival_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
