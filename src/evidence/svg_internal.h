/* svg_internal.h - the elements, transforms and path data of a figure. */
#ifndef MSP_EVIDENCE_SVG_INTERNAL_H
#define MSP_EVIDENCE_SVG_INTERNAL_H

#include "mspike/evidence/svg_curve.h"

/* A part of the text of the figure. */
typedef struct svg_span {
    const char *at;
    size_t len;
} svg_span;

static inline bool svg_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* x' = a x + c y + e, y' = b x + d y + f. */
typedef struct svg_matrix {
    double a, b, c, d, e, f;
} svg_matrix;

#define SVG_IDENTITY ((svg_matrix){1, 0, 0, 1, 0, 0})

/* First `inner`, then `outer`. */
svg_matrix msp__svg_product(const svg_matrix *outer, const svg_matrix *inner);

/* The list of a transform attribute; false where it is none. */
bool msp__svg_transform(svg_span list, svg_matrix *out);

/* One number from *i on, after spaces and a comma; "1-2" and "1.5.5" are two each. */
bool msp__svg_number(svg_span text, size_t *i, double *out);
/* To the next that is no space or comma. */
void msp__svg_skip(svg_span text, size_t *i);

/* The data of the path that is called so, and all transforms on it, outermost first applied last.
 */
msp_status msp__svg_find(svg_span svg, const char *path, svg_span *data, svg_matrix *matrix,
                         msp_error *err);

/* The corners of the path in the coordinates of the figure; curves as chords that are nowhere
 * further off than `tolerance`. point NULL: only counts. */
msp_status msp__svg_draw(svg_span data, const svg_matrix *matrix, double tolerance,
                         msp_curve_point *point, size_t *n, msp_error *err);

#endif
