/* svg.h - the few elements that figures are drawn with. Private to the room.
 *
 * Everything is appended to a text; a caller looks at its `failed` once at the end. Coordinates
 * are in user units, y downwards. `class` names what a thing is; the style sheet says how it looks.
 */
#ifndef MSP_FIGURE_SVG_H
#define MSP_FIGURE_SVG_H

#include "mspike/base/text.h"
#include "mspike/figure/style.h"

#define FIGURE_TEXT   12.0 /* type sizes of the style sheet */
#define FIGURE_SMALL  11.0
#define FIGURE_LINE   16.0 /* from one line of text to the next */
#define FIGURE_NARROW 560.0

typedef enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END } svg_anchor;

/* Checks the frame, opens the element, and writes title, description and background. */
msp_status svg_open(msp_text *out, const msp_figure_frame *frame, double height, msp_error *err);
void svg_close(msp_text *out);
/* Two decimals at most, the same on every machine; what is not finite becomes 0. */
void svg_number(msp_text *out, double x);
/* `x` with `digits` decimals (0 to 9), whatever the program's locale. */
void svg_decimal(double x, int digits, char out[MSP_DOUBLE_MAX]);
void svg_line(msp_text *out, const char *class_name, double x1, double y1, double x2, double y2);
void svg_rect(msp_text *out, const char *class_name, double x, double y, double w, double h);
void svg_text(msp_text *out, const char *class_name, svg_anchor anchor, double x, double y,
              const char *s);
/* The same, shortened with dots where it would be wider than `width`; the whole stays as a title.
 */
void svg_text_in(msp_text *out, const char *class_name, svg_anchor anchor, double x, double y,
                 const char *s, double width, double size, bool bold);
/* Several lines; returns how many were written. */
size_t svg_text_lines(msp_text *out, const char *class_name, double x, double y, const char *s,
                      double width, double size, bool bold, size_t max);
/* A path: M x y, then L, H, V. */
void svg_path_begin(msp_text *out, const char *class_name);
void svg_path_move(msp_text *out, char command, double x, double y);
void svg_path_step(msp_text *out, char command, double at); /* H or V */
void svg_path_end(msp_text *out);
/* "c2" and "d2", the colour and the line pattern of series 2; "" for -1. */
const char *svg_colour(int series);
const char *svg_pattern(int series);

#endif
