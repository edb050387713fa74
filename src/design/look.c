#include "mspike/design/look.h"

#include <math.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"
#include "mspike/stats/sequential.h"

static const double nowhere = NAN;
static const double unbounded = INFINITY;
static const double least_spent = 1e-12; /* by one look; an interval of it says nothing */
static const double same_look = 1e-9;    /* shares of information nearer than this are one */

const char *msp_decision_name(msp_decision decision)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) [MSP_DECISION_##name] = (text),
        MSP_DECISION_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return names[decision];
}

double msp_planned_events(const msp_survival_plan *p, const msp_survival_design *d)
{
    return isnan(p->events) ? ceil(d->events - same_look) : p->events;
}

/* -- the looks, so far and to come -- */

static msp_status check(const msp_survival_plan *p, const msp_look_data *data, msp_error *err)
{
    if (data->n < 1 || data->n >= MSP_LOOKS_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu looks so far; expected 1 to %d", data->n,
                        MSP_LOOKS_MAX - 1);
    for (size_t k = 0; k < data->n; k++) {
        if (!(data->events[k] > (k > 0 ? data->events[k - 1] : 0)))
            return msp_fail(
                err, MSP_ERANGE,
                "%g events at look %zu; they are cumulative, and grow from look to look",
                data->events[k], k + 1);
        if (!isfinite(data->z[k]))
            return msp_fail(err, MSP_ERANGE, "z at look %zu is no number", k + 1);
    }
    if (data->as_planned && data->n > p->looks.n)
        return msp_fail(err, MSP_ERANGE, "%zu looks so far, but %zu were planned", data->n,
                        p->looks.n);
    return MSP_OK;
}

/* The looks so far at the information they had, then the planned ones that are still to come; where
 * none is left and events are missing, one at full information. */
static msp_status looks_of(const msp_survival_plan *p, double full, const msp_look_data *data,
                           msp_looks *out, msp_error *err)
{
    *out = p->looks;
    for (size_t k = 0; k < data->n; k++)
        out->information[k] = data->as_planned ? p->looks.information[k] : data->events[k] / full;
    out->n = data->n;
    const double now = out->information[data->n - 1];
    if (data->final || now >= 1 - same_look)
        return MSP_OK;
    for (size_t k = data->n; k < p->looks.n && out->n < MSP_LOOKS_MAX; k++)
        if (p->looks.information[k] > now + same_look)
            out->information[out->n++] = p->looks.information[k];
    if (out->n == data->n)
        out->information[out->n++] = 1;
    if (out->n > MSP_LOOKS_MAX)
        return msp_fail(err, MSP_ERANGE, "more than %d looks", MSP_LOOKS_MAX);
    return MSP_OK;
}

static msp_decision decide(const msp_looks *l, const msp_look_analysis *a, double z)
{
    const msp_boundaries *b = &a->boundaries;
    const bool last = a->look + 1 == b->n;
    if (z >= b->upper[a->look])
        return MSP_DECISION_STOP_EFFICACY;
    if (l->sided == 2 && z <= -b->upper[a->look])
        return MSP_DECISION_STOP_HARM;
    if (last)
        return MSP_DECISION_STOP_NO_EFFECT;
    return z <= b->lower[a->look] && l->sided == 1 ? MSP_DECISION_STOP_FUTILITY
                                                   : MSP_DECISION_CONTINUE;
}

static const char *warning_of(const msp_looks *l, const msp_look_analysis *a,
                              const msp_look_data *data, size_t n_planned)
{
    for (size_t k = 0; k < a->look; k++) {
        const double upper = a->boundaries.upper[k];
        if (data->z[k] >= upper || (l->sided == 2 && data->z[k] <= -upper))
            return "an earlier look had crossed its boundary already";
        if (l->sided == 1 && l->binding && data->z[k] <= a->boundaries.lower[k])
            return "an earlier look was below the binding futility boundary already";
    }
    if (data->n >= n_planned && a->look + 1 < a->boundaries.n)
        return "every planned look is taken, with fewer events than planned: a look with all of "
               "them is taken to follow; --final says that none does";
    return NULL;
}

/* -- stage-wise ordering -- */

/* The looks so far, in units of information of the effect. */
typedef struct ordering {
    size_t n;
    double information[MSP_LOOKS_MAX], lower[MSP_LOOKS_MAX], upper[MSP_LOOKS_MAX];
    bool from_below; /* the trial stopped below its lower bound */
    double target;
    msp_status *rc;
    msp_error *err;
} ordering;

/* P(a result at least as good as this one) if the effect is theta. */
static double p_of(double theta, const void *context)
{
    const ordering *o = context;
    double lower[MSP_LOOKS_MAX], upper[MSP_LOOKS_MAX], p = 0;
    if (*o->rc == MSP_OK)
        *o->rc = msp_sequential_cross(o->n, o->information, o->lower, o->upper, theta, lower, upper,
                                      o->err);
    if (*o->rc != MSP_OK)
        return 0;
    for (size_t k = 0; k < o->n; k++)
        p += o->from_below ? lower[k] : upper[k];
    return (o->from_below ? 1 - p : p) - o->target;
}

/* p grows with theta. */
static double theta_with(ordering *o, double p, double estimate)
{
    double reach = 4 / sqrt(o->information[0]);
    o->target = p;
    while (*o->rc == MSP_OK && reach < 1e6 &&
           (p_of(estimate - reach, o) > 0 || p_of(estimate + reach, o) < 0))
        reach *= 2;
    return msp_root(p_of, o, estimate - reach, estimate + reach);
}

static ordering ordering_of(const msp_looks *l, const msp_look_analysis *a, double information,
                            double z)
{
    ordering o = {.n = a->look + 1};
    const msp_boundaries *b = &a->boundaries;
    const bool bound = l->sided == 2 || l->binding;
    for (size_t k = 0; k < o.n; k++) {
        o.information[k] = information * b->information[k] / b->information[a->look];
        o.lower[k] = bound ? b->lower[k] : -unbounded;
        o.upper[k] = b->upper[k];
    }
    o.from_below = a->look + 1 < b->n && z <= o.lower[a->look];
    if (o.from_below) {
        o.lower[a->look] = z;
        o.upper[a->look] = unbounded;
    } else {
        o.upper[a->look] = z;
    }
    return o;
}

static msp_status infer(const msp_looks *l, double information, double z, msp_look_analysis *a,
                        msp_error *err)
{
    msp_status rc = MSP_OK;
    const double side = l->alpha / l->sided, estimate = z / sqrt(information);
    ordering o = ordering_of(l, a, information, z);
    o.rc = &rc;
    o.err = err;
    const double p = p_of(0, &o);
    a->stage_wise_p = l->sided == 2 ? 2 * fmin(p, 1 - p) : p;
    a->median_unbiased = exp(-theta_with(&o, 0.5, estimate));
    a->final.upper = exp(-theta_with(&o, side, estimate));
    a->final.lower = exp(-theta_with(&o, 1 - side, estimate));
    a->final.level = 1 - 2 * side;
    return rc;
}

/* -- the rest of the trial -- */

/* The looks to come, given where the trial stands: increments of the score are independent. */
typedef struct rest {
    size_t n;
    double information[MSP_LOOKS_MAX], lower[MSP_LOOKS_MAX], upper[MSP_LOOKS_MAX];
    double estimate, error; /* of the drift */
    msp_status *rc;
    msp_error *err;
} rest;

static double power_of(double drift, const void *context)
{
    const rest *r = context;
    double upper[MSP_LOOKS_MAX], power = 0;
    if (*r->rc == MSP_OK)
        *r->rc = msp_sequential_cross(r->n, r->information, r->lower, r->upper, drift, NULL, upper,
                                      r->err);
    for (size_t k = 0; *r->rc == MSP_OK && k < r->n; k++)
        power += upper[k];
    return power;
}

static double weighted_power(double u, const void *context)
{
    const rest *r = context;
    return exp(-0.5 * u * u) / sqrt(8 * atan(1)) * power_of(r->estimate + u * r->error, r);
}

static msp_status foresee(double effect, const msp_look_data *data, msp_look_analysis *a,
                          msp_error *err)
{
    msp_status rc = MSP_OK;
    const msp_boundaries *b = &a->boundaries;
    const double now = b->information[a->look], z = data->z[a->look];
    rest r = {.estimate = z / sqrt(now), .error = 1 / sqrt(now), .rc = &rc, .err = err};
    for (size_t k = a->look + 1; k < b->n; k++, r.n++) {
        const double to = sqrt(b->information[k]), left = b->information[k] - now;
        r.information[r.n] = left;
        r.upper[r.n] = (b->upper[k] * to - z * sqrt(now)) / sqrt(left);
        r.lower[r.n] = (b->lower[k] * to - z * sqrt(now)) / sqrt(left);
    }
    const double full = data->events[a->look] / now;
    a->conditional_power = power_of(effect * sqrt(full), &r);
    a->conditional_power_trend = power_of(r.estimate, &r);
    a->predictive_power = msp_integrate(weighted_power, &r, -8.5, 8.5, 6);
    return rc;
}

/* -- all of it -- */

static void describe(const msp_survival_plan *p, const msp_look_data *data, msp_look_analysis *a)
{
    const double z = data->z[a->look], events = data->events[a->look];
    const double b = a->boundaries.upper[a->look];
    a->information = a->boundaries.information[a->look];
    a->p = msp_dist_normal_upper(z).p;
    a->estimate = msp_ratio_at(z, events, p->share);
    if (!(msp_dist_normal_two_sided(b).p > least_spent)) {
        a->repeated_note = "next to nothing of alpha is spent at this look, so its boundary holds "
                           "any ratio";
        return;
    }
    a->repeated = (msp_ratio_interval){.lower = msp_ratio_at(z + b, events, p->share),
                                       .upper = msp_ratio_at(z - b, events, p->share),
                                       .level = 1 - msp_dist_normal_two_sided(b).p};
}

msp_status msp_look_analyse(const msp_survival_plan *p, const msp_survival_design *design,
                            const msp_look_data *data, msp_look_analysis *out, msp_error *err)
{
    const msp_ratio_interval none = {nowhere, nowhere, nowhere};
    *out = (msp_look_analysis){.look = data->n - 1,
                               .repeated = none,
                               .final = none,
                               .stage_wise_p = nowhere,
                               .median_unbiased = nowhere,
                               .conditional_power = nowhere,
                               .conditional_power_trend = nowhere,
                               .predictive_power = nowhere};
    msp_looks looks;
    msp_status rc = check(p, data, err);
    if (rc == MSP_OK)
        rc = looks_of(p, msp_planned_events(p, design), data, &looks, err);
    if (rc == MSP_OK)
        rc = msp_boundaries_reached(&looks, &design->boundaries, true, &out->boundaries, err);
    if (rc != MSP_OK)
        return rc;
    const double z = data->z[out->look];
    describe(p, data, out);
    out->decision = decide(&looks, out, z);
    out->warning = warning_of(&looks, out, data, p->looks.n);
    if (out->decision == MSP_DECISION_CONTINUE)
        out->note = "the trial goes on: its final p and estimate are not there yet";
    else
        rc = infer(&looks, data->events[out->look] * p->share * (1 - p->share), z, out, err);
    if (out->look + 1 == out->boundaries.n)
        out->power_note = "no look is left";
    else if (rc == MSP_OK)
        rc = foresee(msp_effect_per_event(p, design->study_duration), data, out, err);
    return rc;
}
