/*
 * svg_curve.h - the points of a published curve from the path that draws it.
 *
 * A figure kept as vectors holds its Kaplan-Meier curve exactly: a path of horizontal and vertical
 * lines. Two ticks of each axis turn its coordinates into time and survival. Read are all commands
 * of path data (M, L, H, V, C, S, Q, T, A and Z in both cases; SVG 1.1, 8.3) and the points of a
 * polyline. Curves become chords that are nowhere further from them than a ten-thousandth of the
 * shorter axis between its ticks. Transforms (matrix, translate, scale, rotate, skewX, skewY) of
 * the path and of the elements around it are followed: the ticks are given in the coordinates of
 * the figure as it is drawn, those of the outermost <svg> and its viewBox. Refused by name are a
 * transform in a style, and a path in an inner <svg>, <symbol>, <pattern> or <marker>.
 * docs/methods/reconstruction.md.
 */
#ifndef MSPIKE_EVIDENCE_SVG_CURVE_H
#define MSPIKE_EVIDENCE_SVG_CURVE_H

#include "mspike/base/arena.h"
#include "mspike/evidence/reconstruct.h"

MSP_BEGIN

/* Two ticks of an axis: where they stand in the figure, and what is written there. */
typedef struct msp_svg_axis {
    double at[2], value[2];
} msp_svg_axis;

/*
 * `path`: the id of a path or polyline, the id of an element whose first path it is, or its number
 * in the figure, from 1. The points are in the arena: one for each fall, at the time at which the
 * line stands vertical, and the last one, where the curve ends. MSP_EINPUT for what cannot be read,
 * with the line; MSP_ENODATA where there is no such path; MSP_ERANGE for ticks that do not differ
 * and for curves far larger than the axes; MSP_EMEM.
 */
msp_status msp_svg_curve(const char *svg, size_t size, const char *path, const msp_svg_axis *time,
                         const msp_svg_axis *survival, msp_arena *arena, msp_curve_point **point,
                         size_t *n_points, msp_error *err);

MSP_END
#endif
