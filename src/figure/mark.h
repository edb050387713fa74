/* mark.h - fills of states and shapes of events. Private to the room. */
#ifndef MSP_FIGURE_MARK_PRIVATE_H
#define MSP_FIGURE_MARK_PRIVATE_H

#include "mspike/figure/mark.h"

/* Refuses too many states, and a fill that does not exist. */
msp_status mark_check_states(const msp_figure_state *states, size_t n, msp_error *err);
/* The hatchings that states use, once a figure, after svg_open. */
void mark_define_fills(msp_text *out, const char *id, const msp_figure_state *states, size_t n);
void mark_rect(msp_text *out, const char *id, int fill, double x, double y, double w, double h);
/* A shape of about 2 * r each way around (x, y). `class_name` is "ev", or "pt f c0" and so on. */
void mark_shape(msp_text *out, const char *class_name, msp_mark mark, double x, double y, double r);
/* What is drawn between these shows `text` when the pointer rests on it; "" shows nothing. */
void mark_hover_begin(msp_text *out, const char *text);
void mark_hover_end(msp_text *out);

#endif
