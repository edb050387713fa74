/* median.c - the median of one arm against a known one. */
#include <math.h>

#include "mspike/design/single_arm.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"
#include "size.h"

/* -- the scale of the interval -- */

static double on_scale(msp_km_interval scale, double s)
{
    switch (scale) {
    case MSP_KM_LOG_LOG:
        return log(-log(s));
    case MSP_KM_LOG:
        return log(s);
    case MSP_KM_ARCSINE:
        return asin(sqrt(s));
    case MSP_KM_LOGIT:
        return log(s / (1 - s));
    default:
        return s;
    }
}

static double slope(msp_km_interval scale, double s)
{
    switch (scale) {
    case MSP_KM_LOG_LOG:
        return 1 / (s * log(s));
    case MSP_KM_LOG:
        return 1 / s;
    case MSP_KM_ARCSINE:
        return 0.5 / sqrt(s * (1 - s));
    case MSP_KM_LOGIT:
        return 1 / (s * (1 - s));
    default:
        return 1;
    }
}

/* -- what a patient tells -- */

typedef struct course {
    const msp_one_median_plan *plan;
    double hazard, end;
} course;

/* P(a patient is not censored by u months), by the end of the trial or by a loss. */
static double followed(const course *c, double u)
{
    const msp_intake *in = &c->plan->enrolment;
    return msp_enrolled(in, c->end - u) / msp_enrolled(in, in->duration) *
           exp(-c->plan->dropout * u);
}

/* Greenwood's variance grows by this much at u, times the number of patients. */
static double growth(double u, const void *context)
{
    const course *c = context;
    return c->hazard * exp(c->hazard * u) / followed(c, u);
}

/* P(an event is seen u months after entry), by its density. */
static double seen(double u, const void *context)
{
    const course *c = context;
    return c->hazard * exp(-c->hazard * u) * followed(c, u);
}

/* Integrated from 0 to `to` between the months at which the enrolment's rate changes. */
static double integral(msp_function f, const course *c, double to)
{
    const msp_intake *in = &c->plan->enrolment;
    double sum = 0, from = 0;
    for (size_t i = in->rate.n + 1; i-- > 0 && from < to;) {
        const double change = i == in->rate.n ? in->duration : in->rate.from[i];
        const double next = fmin(to, fmax(from, c->end - change));
        if (next > from)
            sum += msp_integrate(f, c, from, next, 16);
        from = next;
    }
    return from < to ? sum + msp_integrate(f, c, from, to, 16) : sum;
}

/* -- the design -- */

static msp_status check(const msp_one_median_plan *p, msp_error *err)
{
    if (!(p->alpha > 0 && p->alpha < 1) || (p->sided != 1 && p->sided != 2))
        return msp_fail(err, MSP_ERANGE, "alpha is %g on %d sides", p->alpha, p->sided);
    if (!(p->null_median > 0 && p->median > p->null_median) || !isfinite(p->median))
        return msp_fail(err, MSP_ERANGE,
                        "medians of %g and %g months; the alternative is the better of the two",
                        p->null_median, p->median);
    if (isnan(p->power) && isnan(p->sample_size))
        return msp_fail(err, MSP_ERANGE, "neither a power nor a sample size is given");
    if (!isnan(p->power) && !(p->power > p->alpha && p->power < 1))
        return msp_fail(err, MSP_ERANGE, "a power of %g is not between alpha (%g) and 1", p->power,
                        p->alpha);
    if (!(p->enrolment.duration + p->follow_up > p->null_median)) {
        msp_fail(err, MSP_ERANGE, "nobody is followed for %g months in a trial of %g",
                 p->null_median, p->enrolment.duration + p->follow_up);
        return msp_hint(err, MSP_ERANGE, "lengthen the follow-up");
    }
    return MSP_OK;
}

msp_status msp_one_median_find(const msp_one_median_plan *p, msp_one_median *out, msp_error *err)
{
    *out = (msp_one_median){0};
    const msp_status rc = check(p, err);
    if (rc != MSP_OK)
        return rc;
    const course c = {p, log(2) / p->median, p->enrolment.duration + p->follow_up};
    const double s = exp(-c.hazard * p->null_median);
    const double root = s * sqrt(integral(growth, &c, p->null_median));
    const double apart = fabs(on_scale(p->scale, s) - on_scale(p->scale, 0.5));
    const double spread = root * fabs(slope(p->scale, s)) / apart;
    const double z = -msp_dist_normal_quantile(p->alpha / p->sided);
    if (!isnan(p->power)) {
        out->sample_size = pow((z + msp_dist_normal_quantile(p->power)) * spread, 2);
        out->power = p->power;
    } else {
        out->sample_size = p->sample_size;
        out->power = msp_dist_normal_lower(sqrt(p->sample_size) / spread - z).p;
    }
    out->survival = s;
    out->std_error = root / sqrt(out->sample_size);
    out->events = out->sample_size * integral(seen, &c, c.end);
    out->study_duration = c.end;
    out->caution = design_few_events(out->events);
    return design_check_size(out->sample_size, p->sample_size, err);
}
