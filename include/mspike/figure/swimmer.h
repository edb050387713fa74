/*
 * swimmer.h - one bar a patient: how long, in which state when, and what happened on the way.
 */
#ifndef MSPIKE_FIGURE_SWIMMER_H
#define MSPIKE_FIGURE_SWIMMER_H

#include "mspike/figure/mark.h"

MSP_BEGIN

typedef struct msp_swimmer_segment {
    double from, to; /* from 0; within the bar, in order, none over another */
    int state;       /* index of a state */
    const char *why; /* for the pointer; NULL: none */
} msp_swimmer_segment;

typedef struct msp_swimmer_event {
    double time;     /* from 0; may lie beyond the bar's end; any order */
    int kind;        /* index of a kind */
    const char *why; /* for the pointer; NULL: none */
} msp_swimmer_event;

typedef struct msp_swimmer_lane {
    const char *label; /* the patient */
    double end;        /* the bar runs from 0 to here; NaN: not drawn, but counted in a note */
    bool ongoing;      /* an arrow at the end */
    const msp_swimmer_segment *segments;
    size_t n_segments; /* what no segment covers is drawn as an empty track */
    const msp_swimmer_event *events;
    size_t n_events;
} msp_swimmer_lane;

typedef struct msp_swimmer_kind {
    const char *label;
    msp_mark mark;
} msp_swimmer_kind;

typedef struct msp_swimmer_figure {
    msp_figure_frame frame;
    const char *label_heading;  /* above the patients' labels */
    const char *x_label, *unit; /* "months", "weeks", "days": see msp_ticks_time */
    const char *ongoing_label;  /* of the arrow in the legend */
    const msp_figure_state *states;
    size_t n_states;
    const msp_swimmer_kind *kinds;
    size_t n_kinds;
    const msp_swimmer_lane *lanes;
    size_t n_lanes;
    bool as_given; /* keep the order of the lanes; otherwise the longest stands on top */
} msp_swimmer_figure;

/* Appends the <svg> element. Marks that would lie on one another are moved apart along the bar in
 * the order of their times, each joined to its time by a line; none is dropped. Up to 200 patients
 * the labels are written; beyond that they are for the pointer only. Without a bar to draw the
 * figure says so. MSP_EINPUT (row: the lane) where a time is negative or not finite, segments
 * overlap or leave the bar, or a state or kind is not in its list; MSP_EMEM when memory is out. */
msp_status msp_figure_swimmer(const msp_swimmer_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
