/*
 * funnel.h - estimates about their own centre against how precise they are: do the small ones lean
 * to one side?
 */
#ifndef MSPIKE_FIGURE_FUNNEL_H
#define MSPIKE_FIGURE_FUNNEL_H

#include "mspike/base/text.h"
#include "mspike/figure/mark.h"
#include "mspike/figure/scale.h"

MSP_BEGIN

#define MSP_FUNNEL_GROUPS_MAX 30 /* beyond, the marks would come again */

typedef struct msp_funnel_point {
    double difference, std_error; /* from the centre of its group */
    size_t group;
    const char *hint; /* for the pointer; "" or NULL: none */
} msp_funnel_point;

typedef struct msp_funnel_figure {
    msp_figure_frame frame;
    const char *x_label, *y_label;
    double z; /* the sides of the funnel stand at z standard errors; 0 draws none */
    const char *const *groups; /* labels; each has a shape and a colour of its own */
    size_t n_groups;
    const msp_funnel_point *points;
    size_t n_points;
} msp_funnel_figure;

/* Appends the <svg> element; the most precise stand on top. MSP_EINPUT without a point, for a
 * standard error that is not above 0, a group that is not there, or too many; MSP_EMEM. */
msp_status msp_figure_funnel(const msp_funnel_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
