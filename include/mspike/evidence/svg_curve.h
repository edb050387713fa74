/*
 * svg_curve.h - the points of a published curve from the path that draws it.
 *
 * A figure kept as vectors holds its Kaplan-Meier curve exactly: a path of horizontal and vertical
 * lines. Two ticks of each axis turn its coordinates into time and survival. Read are the path data
 * commands M, L, H, V and Z in both cases (SVG 1.1, 8.3) and the points of a polyline; curves (C,
 * S, Q, T, A) draw no step function and are refused, and so is a transform of the path itself: the
 * ticks are given in the coordinates that the path is written in. docs/methods/reconstruction.md.
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
 * `path`: the id of a path or polyline, or its number in the figure, from 1. The points are in the
 * arena: one for each fall, at the time at which the line stands vertical, and the last one, where
 * the curve ends. MSP_EINPUT for what cannot be read, with the line; MSP_ENODATA where there is no
 * such path; MSP_ERANGE for ticks that do not differ; MSP_EMEM.
 */
msp_status msp_svg_curve(const char *svg, size_t size, const char *path, const msp_svg_axis *time,
                         const msp_svg_axis *survival, msp_arena *arena, msp_curve_point **point,
                         size_t *n_points, msp_error *err);

MSP_END
#endif
