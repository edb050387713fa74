/*
 * mark.h - what figures of patients are coloured and marked with.
 *
 * A state (a response, say) has one of nine fills: a colour of Okabe and Ito (2008) and, for every
 * other one, a hatching, so that neighbours differ in black and white too. An event is told by its
 * shape alone, never by its colour.
 */
#ifndef MSPIKE_FIGURE_MARK_H
#define MSPIKE_FIGURE_MARK_H

#include "mspike/base/text.h"
#include "mspike/figure/style.h"

MSP_BEGIN

/* 0 dark blue, 1 blue hatched, 2 sky blue, 3 green hatched, 4 yellow, 5 orange dotted,
 * 6 vermilion crossed, 7 purple ruled, 8 grey. From best to worst: sCR 0 ... PD 6, NE 8. */
#define MSP_FILLS 9

typedef struct msp_figure_state {
    const char *label;
    int fill; /* 0 to MSP_FILLS - 1 */
} msp_figure_state;

typedef enum msp_mark {
    MSP_MARK_DISC,
    MSP_MARK_RING,
    MSP_MARK_SQUARE,
    MSP_MARK_DIAMOND,
    MSP_MARK_TRIANGLE, /* point up */
    MSP_MARK_WEDGE,    /* point down */
    MSP_MARK_CROSS,
    MSP_MARK_PLUS,
    MSP_MARK_STAR,
    MSP_MARK_PAUSE, /* two bars: held */
} msp_mark;
#define MSP_MARKS 10

/* A line across the plot, named at its right end. */
typedef struct msp_figure_reference {
    double value;
    const char *label;
} msp_figure_reference;

#define MSP_REFERENCES_MAX 8
#define MSP_STATES_MAX     12 /* of one figure, and kinds of events */

MSP_END
#endif
