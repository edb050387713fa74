/* means.c - the size and power of a t-test of two means. */
#include <math.h>

#include "mspike/design/single_arm.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"
#include "mspike/stats/root.h"
#include "size.h"

static const double smallest = 4, largest = 1e7; /* patients */
static const double least_alpha = 1e-10;         /* a side: fewer digits are left of its limit */

typedef struct t_power {
    double df, shift, limit;
} t_power;

/* The density of s, the estimated standard deviation to the true one, but for a constant. */
static double density(double s, const void *context)
{
    const t_power *t = context;
    return exp((t->df - 1) * log(s) + 0.5 * t->df * (1 - s * s));
}

static double above_the_limit(double s, const void *context)
{
    const t_power *t = context;
    return msp_dist_normal_upper(t->limit * s - t->shift).p * density(s, context);
}

/* Of n patients: P(T > t_(1 - a)), T non-central. */
static double power_of(double n, const void *context)
{
    const msp_means_plan *p = context;
    const double df = n - 2, reach = 12 / sqrt(2 * df);
    const t_power t = {
        .df = df,
        .shift = p->difference / p->sd * sqrt(n * p->share * (1 - p->share)),
        .limit = msp_dist_t_limit(1 - 2 * p->alpha / p->sided, df),
    };
    const double lo = fmax(0, 1 - reach), hi = 1 + reach;
    return msp_integrate(above_the_limit, &t, lo, hi, 24) / msp_integrate(density, &t, lo, hi, 24);
}

static double short_of(double n, const void *context)
{
    return power_of(n, context) - ((const msp_means_plan *)context)->power;
}

static msp_status check(const msp_means_plan *p, msp_error *err)
{
    if (!(p->difference > 0 && isfinite(p->difference) && p->sd > 0 && isfinite(p->sd)))
        return msp_fail(err, MSP_ERANGE, "a difference of %g with a standard deviation of %g",
                        p->difference, p->sd);
    if ((p->sided != 1 && p->sided != 2) ||
        !(p->alpha / p->sided >= least_alpha && p->alpha / p->sided < 0.5))
        return msp_fail(err, MSP_ERANGE, "alpha is %g on %d side%s; expected %g to 0.5 a side",
                        p->alpha, p->sided, p->sided == 1 ? "" : "s", least_alpha);
    if (!(p->share > 0 && p->share < 1))
        return msp_fail(err, MSP_ERANGE, "group 1's share of the patients is %g", p->share);
    if (isnan(p->power) && !(p->sample_size >= smallest && p->sample_size <= largest))
        return msp_fail(err, MSP_ERANGE, "neither a power nor a sample size of 4 to %g is given",
                        largest);
    if (!isnan(p->power) && !(p->power > p->alpha && p->power < 1))
        return msp_fail(err, MSP_ERANGE, "a power of %g is not between alpha (%g) and 1", p->power,
                        p->alpha);
    return MSP_OK;
}

msp_status msp_means_find(const msp_means_plan *p, msp_means *out, msp_error *err)
{
    *out = (msp_means){0};
    const msp_status rc = check(p, err);
    if (rc != MSP_OK)
        return rc;
    if (isnan(p->power)) {
        out->sample_size = p->sample_size;
    } else {
        if (short_of(largest, p) < 0)
            return msp_fail(err, MSP_ERANGE, "this power needs more than %g patients", largest);
        out->sample_size =
            short_of(smallest, p) >= 0 ? smallest : msp_root(short_of, p, smallest, largest);
    }
    out->power = power_of(out->sample_size, p);
    out->n1 = p->share * out->sample_size;
    out->n2 = (1 - p->share) * out->sample_size;
    return design_check_size(out->sample_size, p->sample_size, err);
}
