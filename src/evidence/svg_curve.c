/* svg_curve.c - the path of a figure as the points of a step function. */
#include "mspike/evidence/svg_curve.h"

#include <math.h>

#include "svg_internal.h"

static double value_at(const msp_svg_axis *axis, double at)
{
    return axis->value[0] +
           (at - axis->at[0]) / (axis->at[1] - axis->at[0]) * (axis->value[1] - axis->value[0]);
}

/* Ticks are read to a few digits: a survival just above 1 is 1, and one just below 0 is 0. */
static double survival_at(const msp_svg_axis *axis, double at)
{
    const double x = value_at(axis, at), just = 1e-3;
    return x > 1 && x < 1 + just ? 1 : x < 0 && x > -just ? 0 : x;
}

static bool is_axis(const msp_svg_axis *axis)
{
    bool finite = true;
    for (size_t k = 0; k < 2; k++)
        finite &= isfinite(axis->at[k]) && isfinite(axis->value[k]);
    return finite && axis->at[0] != axis->at[1] && axis->value[0] != axis->value[1];
}

/* The corners of the steps as falls: the last point at each level's end is where it falls to the
 * next. Rests between two falls say nothing, but for the last. A rise stays where the curve goes on
 * at its level, for whoever reads it to see; ticks of the censored rise and fall at once. */
static size_t keep_falls(msp_curve_point *point, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const bool falls = kept > 0 && point[i].survival < point[kept - 1].survival;
        const bool rests = i + 1 < n && point[i + 1].time > point[i].time;
        const bool rises = kept > 0 && rests && point[i].survival > point[kept - 1].survival;
        const bool last = i + 1 == n && kept > 0 && point[i].time > point[kept - 1].time;
        if (kept == 0 || falls || rises || last)
            point[kept++] = point[i];
    }
    return kept;
}

/* A ten-thousandth of the shorter axis between its ticks: less than a print shows. */
static double tolerance_of(const msp_svg_axis *time, const msp_svg_axis *survival)
{
    return 1e-4 * fmin(fabs(time->at[1] - time->at[0]), fabs(survival->at[1] - survival->at[0]));
}

msp_status msp_svg_curve(const char *svg, size_t size, const char *path, const msp_svg_axis *time,
                         const msp_svg_axis *survival, msp_arena *arena, msp_curve_point **point,
                         size_t *n_points, msp_error *err)
{
    svg_span data;
    svg_matrix matrix;
    size_t n = 0;
    *point = NULL;
    *n_points = 0;
    if (!is_axis(time) || !is_axis(survival))
        return msp_fail(err, MSP_ERANGE, "the two ticks of an axis have to differ");
    const double tolerance = tolerance_of(time, survival);
    msp_status status = msp__svg_find((svg_span){svg, size}, path, &data, &matrix, err);
    if (status == MSP_OK)
        status = msp__svg_draw(data, &matrix, tolerance, NULL, &n, err);
    if (status != MSP_OK)
        return status;
    if (n == 0)
        return msp_fail(err, MSP_EINPUT, "path %s has no points", path);
    msp_curve_point *out = msp_arena_array(arena, n, sizeof *out);
    if (out == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu points", n);
    status = msp__svg_draw(data, &matrix, tolerance, out, &n, err);
    for (size_t i = 0; i < n; i++) {
        out[i] =
            (msp_curve_point){value_at(time, out[i].time), survival_at(survival, out[i].survival)};
        if (!isfinite(out[i].time) || !isfinite(out[i].survival))
            return msp_fail(err, MSP_ERANGE, "path %s has a point that is no number", path);
    }
    *point = out;
    *n_points = keep_falls(out, n);
    return status;
}
