/* single_arm.c - the one-sample log-rank test, and two proportions. */
#include "mspike/design/single_arm.h"

#include <math.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"
#include "size.h"

static const double few_in_a_cell = 5;

static msp_status check(double alpha, int sided, double power, double size, msp_error *err)
{
    if (!(alpha > 0 && alpha < 1) || (sided != 1 && sided != 2))
        return msp_fail(err, MSP_ERANGE, "alpha is %g on %d sides", alpha, sided);
    if (isnan(power) && isnan(size))
        return msp_fail(err, MSP_ERANGE, "neither a power nor a sample size is given");
    if (!isnan(power) && !(power > alpha && power < 1))
        return msp_fail(err, MSP_ERANGE, "a power of %g is not between alpha (%g) and 1", power,
                        alpha);
    return MSP_OK;
}

/* -- one sample -- */

typedef struct follow_up {
    const msp_one_sample_plan *plan;
    int power; /* of the null's cumulative hazard */
    double per_hazard;
} follow_up;

/* Of one patient u months after entry: still followed and free of the event, under the
 * alternative, times a hazard and a power of the null's cumulative hazard. */
static double moment(double u, const void *context)
{
    const follow_up *f = context;
    const msp_one_sample_plan *p = f->plan;
    const double end = p->enrolment.duration + p->follow_up;
    const double in =
        msp_enrolled(&p->enrolment, end - u) / msp_enrolled(&p->enrolment, p->enrolment.duration);
    return in * exp(-p->hazard * u) * f->per_hazard * pow(p->null_hazard * u, f->power);
}

/* Integrated between the months at which the enrolment's rate changes. */
static double integral(const msp_one_sample_plan *p, double hazard, int power)
{
    const follow_up f = {p, power, hazard};
    const double end = p->enrolment.duration + p->follow_up;
    double sum = 0, to = end;
    for (size_t i = 0; i < p->enrolment.rate.n; i++) {
        const double from = end - (i + 1 < p->enrolment.rate.n ? p->enrolment.rate.from[i + 1]
                                                               : p->enrolment.duration);
        sum += msp_integrate(moment, &f, from, to, 16);
        to = from;
    }
    return sum + msp_integrate(moment, &f, 0, to, 16);
}

msp_status msp_one_sample_find(const msp_one_sample_plan *p, msp_one_sample *out, msp_error *err)
{
    *out = (msp_one_sample){0};
    const msp_status rc = check(p->alpha, p->sided, p->power, p->sample_size, err);
    if (rc != MSP_OK)
        return rc;
    if (!(p->hazard > 0 && p->null_hazard > p->hazard))
        return msp_fail(err, MSP_ERANGE, "the alternative is no better than the null");
    const double v0 = integral(p, p->null_hazard, 0), v1 = integral(p, p->hazard, 0);
    const double v00 = integral(p, p->null_hazard, 1), v01 = integral(p, p->hazard, 1);
    const double variance = v1 - v1 * v1 + 2 * v00 - v0 * v0 - 2 * v01 + 2 * v0 * v1;
    const double z = -msp_dist_normal_quantile(p->alpha / p->sided), gain = v0 - v1;
    if (!isnan(p->power)) {
        const double sum = z * sqrt(v0) + msp_dist_normal_quantile(p->power) * sqrt(variance);
        out->sample_size = sum * sum / (gain * gain);
        out->power = p->power;
    } else {
        out->sample_size = p->sample_size;
        out->power =
            msp_dist_normal_lower((sqrt(p->sample_size) * gain - z * sqrt(v0)) / sqrt(variance)).p;
    }
    out->events_by_null = out->sample_size * v0;
    out->events = out->sample_size * v1;
    out->study_duration = p->enrolment.duration + p->follow_up;
    out->caution = design_few_events(out->events_by_null);
    return design_check_size(out->sample_size, p->sample_size, err);
}

/* -- two proportions -- */

msp_status msp_proportions_find(const msp_proportions_plan *p, msp_proportions *out, msp_error *err)
{
    *out = (msp_proportions){0};
    const msp_status rc = check(p->alpha, p->sided, p->power, p->sample_size, err);
    if (rc != MSP_OK)
        return rc;
    if (!(p->p1 >= 0 && p->p1 <= 1 && p->p2 >= 0 && p->p2 <= 1 && fabs(p->p1 - p->p2) > 0))
        return msp_fail(err, MSP_ERANGE, "proportions of %g and %g", p->p1, p->p2);
    if (!(p->share > 0 && p->share < 1))
        return msp_fail(err, MSP_ERANGE, "group 1's share of the patients is %g", p->share);
    const double w1 = p->share, w2 = 1 - p->share;
    const double pooled = w1 * p->p1 + w2 * p->p2, difference = fabs(p->p1 - p->p2);
    const double null = sqrt(pooled * (1 - pooled) * (1 / w1 + 1 / w2));
    const double apart = sqrt(p->p1 * (1 - p->p1) / w1 + p->p2 * (1 - p->p2) / w2);
    const double z = -msp_dist_normal_quantile(p->alpha / p->sided);
    if (!isnan(p->power)) {
        const double sum = z * null + msp_dist_normal_quantile(p->power) * apart;
        out->sample_size = sum * sum / (difference * difference);
        out->power = p->power;
    } else {
        out->sample_size = p->sample_size;
        out->power =
            msp_dist_normal_lower((sqrt(p->sample_size) * difference - z * null) / apart).p;
    }
    out->n1 = w1 * out->sample_size;
    out->n2 = w2 * out->sample_size;
    if (fmin(out->n1 * fmin(p->p1, 1 - p->p1), out->n2 * fmin(p->p2, 1 - p->p2)) < few_in_a_cell)
        out->caution = "a group with fewer than 5 patients expected to respond, or not to: the "
                       "formula's normal law is no guide there";
    return design_check_size(out->sample_size, p->sample_size, err);
}
