#include "mspike/stats/contrast.h"

#include <math.h>

#include "mspike/stats/dist.h"

static const double none = NAN;

/* Backwards through the steps, so that the area from each to tau is at hand. */
msp_mean msp_km_restricted_mean(const msp_km_curve *curve, double tau)
{
    msp_mean out = {tau, none, none, NULL};
    if (!(tau > 0 && isfinite(tau))) {
        out.note = "the limit is no time above 0";
        return out;
    }
    if (curve->n == 0) {
        out.note = "no patients";
        return out;
    }
    if (tau > curve->time[curve->n - 1] && curve->survival[curve->n - 1] > 0) {
        out.note = "follow-up ended before this time";
        return out;
    }
    double area = 0, variance = 0, right = tau;
    for (size_t i = curve->n; i-- > 0;) {
        if (curve->time[i] >= tau)
            continue;
        area += curve->survival[i] * (right - curve->time[i]);
        right = curve->time[i];
        const double d = curve->events[i], r = curve->at_risk[i];
        if (area > 0 && d > 0)
            variance += area * area * d / (r * (r - d));
    }
    out.estimate = area + right;
    out.std_error = sqrt(variance);
    return out;
}

static msp_difference scaled(double estimate, double se)
{
    const double z = se > 0 ? estimate / se : none;
    const msp_prob p = msp_dist_normal_two_sided(z);
    return (msp_difference){estimate, se, none, none, z, p.p, p.log_p, NULL};
}

static msp_difference unknown(const char *note)
{
    return (msp_difference){none, none, none, none, none, none, none, note};
}

msp_difference msp_difference_of(double a, double se_a, double b, double se_b, double level)
{
    if (isnan(a + se_a + b + se_b))
        return unknown("one of the two is not estimable");
    msp_difference out = scaled(b - a, hypot(se_a, se_b));
    const double half = msp_dist_normal_limit(level) * out.std_error;
    out.lower = out.estimate - half;
    out.upper = out.estimate + half;
    if (!(out.std_error > 0)) {
        out.lower = out.upper = none;
        out.note = "no variance: no limits and no test";
    }
    return out;
}

msp_difference msp_ratio_of(double a, double se_a, double b, double se_b, double level)
{
    if (isnan(a + se_a + b + se_b))
        return unknown("one of the two is not estimable");
    if (!(a > 0 && b > 0))
        return unknown("a ratio with a zero in it");
    msp_difference out = scaled(log(b) - log(a), hypot(se_a / a, se_b / b));
    const double half = msp_dist_normal_limit(level) * out.std_error;
    out.lower = exp(out.estimate - half);
    out.upper = exp(out.estimate + half);
    out.estimate = b / a;
    if (!(out.std_error > 0)) {
        out.lower = out.upper = none;
        out.note = "no variance: no limits and no test";
    }
    return out;
}

msp_difference msp_milestone_log_log(const msp_km_point *a, const msp_km_point *b, double level)
{
    const double sa = a->survival, sb = b->survival;
    if (!(sa > 0 && sa < 1 && sb > 0 && sb < 1))
        return unknown("survival is 0 or 1, or not estimable, in one of the two");
    return msp_difference_of(log(-log(sb)), b->std_error / (sb * log(sb)), log(-log(sa)),
                             a->std_error / (sa * log(sa)), level);
}

static msp_prob tail(double z, msp_alternative alternative)
{
    return alternative == MSP_LESS      ? msp_dist_normal_lower(z)
           : alternative == MSP_GREATER ? msp_dist_normal_upper(z)
                                        : msp_dist_normal_two_sided(z);
}

msp_status msp_one_sample_logrank(const msp_order *order, const double *cumulative_hazard,
                                  msp_alternative alternative, msp_one_sample_result *out,
                                  msp_error *err)
{
    *out = (msp_one_sample_result){.z = none,
                                   .z_wu = none,
                                   .p = none,
                                   .log_p = none,
                                   .p_wu = none,
                                   .log_p_wu = none,
                                   .ratio = none,
                                   .alternative = alternative};
    for (size_t i = 0; i < order->n; i++) {
        const double expected = cumulative_hazard[order->row[i]];
        if (!(expected >= 0 && isfinite(expected)))
            return msp_fail_row(err, MSP_ERANGE, order->row[i],
                                "cumulative hazard is %g; expected a number of at least 0",
                                expected);
        out->expected += expected;
    }
    out->observed = (double)order->n_events;
    if (!(out->expected > 0)) {
        out->note = "no events are expected";
        return MSP_OK;
    }
    const double excess = out->observed - out->expected;
    out->ratio = out->observed / out->expected;
    out->z = excess / sqrt(out->expected);
    out->z_wu = excess / sqrt((out->observed + out->expected) / 2);
    const msp_prob p = tail(out->z, alternative);
    out->p = p.p;
    out->log_p = p.log_p;
    const msp_prob wu = tail(out->z_wu, alternative);
    out->p_wu = wu.p;
    out->log_p_wu = wu.log_p;
    return MSP_OK;
}
