/* reconstruct_curve.c - a curve as it was read off a figure: what it may not say, and where it
 * rises. */
#include <math.h>

#include "reconstruct_internal.h"

static msp_status check_points(const msp_published_curve *c, msp_error *err)
{
    for (size_t i = 0; i < c->n_points; i++) {
        const msp_curve_point p = c->point[i];
        if (!isfinite(p.time) || !(p.survival >= 0 && p.survival <= 1))
            return msp_fail_row(err, MSP_ERANGE, i,
                                "point %zu is (%g, %g); expected a time and a survival from 0 to 1",
                                i + 1, p.time, p.survival);
        if (i > 0 && p.time < c->point[i - 1].time)
            return msp_fail_row(err, MSP_ERANGE, i, "the time of point %zu is below that before",
                                i + 1);
    }
    return MSP_OK;
}

static msp_status check_risk(const msp_published_curve *c, msp_error *err)
{
    for (size_t i = 0; i < c->n_risk; i++) {
        const msp_risk_column r = c->risk[i];
        const bool first = i == 0;
        if (first ? r.time < 0 || r.time > 0 : !(r.time > c->risk[i - 1].time) || isinf(r.time))
            return msp_fail_row(err, MSP_ERANGE, i,
                                "column %zu of the risk table is at %g; expected %s", i + 1, r.time,
                                first ? "0" : "a time above that before");
        if (!first && r.at_risk > c->risk[i - 1].at_risk)
            return msp_fail_row(err, MSP_ERANGE, i,
                                "%zu at risk in column %zu of the risk table, after %zu", r.at_risk,
                                i + 1, c->risk[i - 1].at_risk);
    }
    if (c->risk[0].at_risk > (size_t)1 << 24)
        return msp_fail_row(err, MSP_ERANGE, 0, "%zu patients; at most 2^24", c->risk[0].at_risk);
    if (c->events != MSP_EVENTS_UNKNOWN && c->events > c->risk[0].at_risk)
        return msp_fail(err, MSP_ERANGE, "%zu events of %zu patients", c->events,
                        c->risk[0].at_risk);
    return MSP_OK;
}

msp_status msp__curve_check(const msp_published_curve *c, const msp_reconstruct_draw *draw,
                            msp_error *err)
{
    if (c->n_points == 0 || c->n_risk == 0 || c->risk[0].at_risk == 0)
        return msp_fail(err, MSP_ENODATA,
                        "a curve needs points, and the number of patients at its start");
    if (draw != NULL && !(draw->reading >= 0 && draw->reading < 0.5))
        return msp_fail(err, MSP_ERANGE, "an error of reading of %g; expected 0 to below 0.5",
                        draw->reading);
    const msp_status status = check_points(c, err);
    return status == MSP_OK ? check_risk(c, err) : status;
}

size_t msp_curve_rise(const msp_published_curve *c, size_t from, double tolerance, size_t *lowest)
{
    *lowest = from;
    for (size_t i = from + 1; i < c->n_points; i++) {
        const double s = c->point[i].survival, low = c->point[*lowest].survival;
        if (s - low > tolerance)
            return i;
        if (s < low)
            *lowest = i;
    }
    return c->n_points;
}
