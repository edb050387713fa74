/* combine.c - combination of stages with planned weights, and the events it takes. */
#include "mspike/design/combine.h"

#include <math.h>

#include "mspike/stats/dist.h"

static const double nowhere = NAN;

double msp_combined_z(const double *share, const double *events, const double *z, size_t n)
{
    double sum = 0, t = 0, d = 0, score = 0;
    for (size_t j = 0; j < n; j++) {
        const double next = z[j] * sqrt(events[j]);
        sum += sqrt(share[j] - t) * (next - score) / sqrt(events[j] - d);
        t = share[j];
        d = events[j];
        score = next;
    }
    return sum / sqrt(t);
}

/* The mean of the combined Z for an effect of 1 an event (of its root). */
static double root_information(const double *share, const double *events, size_t n)
{
    double sum = 0, t = 0, d = 0;
    for (size_t j = 0; j < n; j++) {
        sum += sqrt((share[j] - t) * (events[j] - d));
        t = share[j];
        d = events[j];
    }
    return sum / sqrt(t);
}

static msp_status check(const msp_survival_plan *p, const msp_look_data *data, msp_error *err)
{
    if (data->n < 1 || data->n > p->looks.n)
        return msp_fail(err, MSP_ERANGE, "%zu looks so far; expected 1 to %zu", data->n,
                        p->looks.n);
    for (size_t k = 0; k < data->n; k++)
        if (!(data->events[k] > (k > 0 ? data->events[k - 1] : 0)) || !isfinite(data->z[k]))
            return msp_fail(err, MSP_ERANGE,
                            "%g events and Z %g at look %zu; events are cumulative, and grow",
                            data->events[k], data->z[k], k + 1);
    return MSP_OK;
}

msp_status msp_look_combine(const msp_survival_plan *p, const msp_survival_design *design,
                            const msp_look_data *data, msp_look_analysis *out, msp_error *err)
{
    msp_status rc = check(p, data, err);
    if (rc != MSP_OK)
        return rc;
    msp_look_data planned = {.n = data->n, .as_planned = true};
    for (size_t k = 0; k < data->n; k++) {
        planned.events[k] = p->looks.information[k] * msp_planned_events(p, design);
        planned.z[k] = msp_combined_z(p->looks.information, data->events, data->z, k + 1);
    }
    rc = msp_look_analyse(p, design, &planned, out, err);
    if (rc != MSP_OK)
        return rc;
    const msp_ratio_interval none = {nowhere, nowhere, nowhere};
    const double z = planned.z[out->look], b = out->boundaries.upper[out->look];
    const double root = root_information(p->looks.information, data->events, data->n);
    out->estimate = msp_ratio_at(z, root * root, p->share);
    if (out->repeated_note == NULL) {
        out->repeated.lower = msp_ratio_at(z + b, root * root, p->share);
        out->repeated.upper = msp_ratio_at(z - b, root * root, p->share);
    }
    out->final = none;
    out->median_unbiased = nowhere;
    out->conditional_power = out->conditional_power_trend = out->predictive_power = nowhere;
    out->power_note = "stages are combined";
    return MSP_OK;
}

/* -- how many events -- */

/* What the last stage's own Z has to reach. */
static double needed(const msp_survival_plan *p, const msp_survival_design *d,
                     const msp_look_data *data)
{
    const double *t = p->looks.information;
    const size_t k = data->n - 1;
    const double z = msp_combined_z(t, data->events, data->z, data->n);
    return (d->boundaries.upper[k + 1] * sqrt(t[k + 1]) - z * sqrt(t[k])) / sqrt(t[k + 1] - t[k]);
}

static double power_with(double events, double limit, double effect)
{
    return msp_dist_normal_upper(limit - effect * sqrt(events)).p;
}

msp_status msp_look_reestimate(const msp_survival_plan *p, const msp_survival_design *design,
                               const msp_look_data *data, const msp_reestimate *how,
                               msp_reestimated *out, msp_error *err)
{
    *out = (msp_reestimated){0};
    const msp_status rc = check(p, data, err);
    if (rc != MSP_OK)
        return rc;
    if (data->n + 1 != p->looks.n)
        return msp_fail(err, MSP_ERANGE,
                        "%zu of %zu looks are taken; events are found anew before the last one",
                        data->n, p->looks.n);
    const double now = data->events[data->n - 1], planned = msp_planned_events(p, design);
    if (!(planned > now && how->max_events >= planned && how->power > 0 && how->power < 1))
        return msp_fail(err, MSP_ERANGE, "%g events now, %g planned, %g allowed, and a power of %g",
                        now, planned, how->max_events, how->power);
    const double effect = how->trend ? data->z[data->n - 1] / sqrt(now)
                                     : msp_effect_per_event(p, design->study_duration);
    if (!(effect > 0))
        return msp_fail(err, MSP_ERANGE, "no number of events helps: there is no effect");
    const double limit = needed(p, design, data);
    const double root = (limit + msp_dist_normal_quantile(how->power)) / effect;
    const double asked = now + (root > 0 ? ceil(root * root - 1e-9) : 0);
    out->events = fmin(fmax(asked, planned), how->max_events);
    out->limited = asked > how->max_events;
    out->power = power_with(out->events - now, limit, effect);
    out->power_before = power_with(planned - now, limit, effect);
    return MSP_OK;
}
