/* measure.h - how wide a text will be, near enough to lay figures out. Private to the room. */
#ifndef MSP_FIGURE_MEASURE_H
#define MSP_FIGURE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

double figure_text_width(const char *s, double size, bool bold);
/* Bytes of `s` that fit into `width`; never cuts a code point. */
size_t figure_text_fit(const char *s, double width, double size, bool bold);

typedef struct figure_line {
    const char *s;
    size_t len;
    bool cut; /* what follows was left out: dots are drawn */
} figure_line;

/* Breaks `s` at blanks into at most `max` lines of `width`; returns how many. */
size_t figure_text_wrap(const char *s, double width, double size, bool bold, size_t max,
                        figure_line *lines);

#endif
