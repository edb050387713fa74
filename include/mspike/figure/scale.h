/*
 * scale.h - where an axis is marked.
 *
 * Ticks are multiples of a step that people count in, computed as i * step, so that no rounding
 * adds up. A caller asks for the ticks first, counts what stands under them, and then draws.
 */
#ifndef MSPIKE_FIGURE_SCALE_H
#define MSPIKE_FIGURE_SCALE_H

#include "mspike/base/status.h"

MSP_BEGIN

#define MSP_TICKS_MAX 32

typedef struct msp_ticks {
    size_t n;                 /* at least 2 once made */
    double at[MSP_TICKS_MAX]; /* increasing; the axis runs from the first to the last */
    int digits;               /* decimals that a label needs */
} msp_ticks;

/* From a multiple of 1, 2 or 5 times a power of ten at or below `lo` to one at or above `hi`, at
 * most `max` of them (2 to MSP_TICKS_MAX). Where lo is not below hi, or either is not finite, the
 * axis is 0 to 1. */
msp_ticks msp_ticks_linear(double lo, double hi, size_t max);
/* From 0 to at or above `hi` in steps that fit the unit: "months" are counted in 1, 2, 3, 6, 12
 * ..., "weeks" in 1, 2, 4, 13, 26, 52 ..., "days" in 1, 7, 14, 30, 60, 90 ...; anything else as
 * above. */
msp_ticks msp_ticks_time(double hi, const char *unit, size_t max);
/* For a log axis: 1, 2 and 5 times powers of ten, thinned to powers of ten where these are more
 * than `max`; at least one each side of 1. `lo` and `hi` are above 0. */
msp_ticks msp_ticks_ratio(double lo, double hi, size_t max);

MSP_END
#endif
