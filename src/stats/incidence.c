#include "mspike/stats/incidence.h"

#include <math.h>
#include <stdbool.h>

static const double none = NAN;
static const double infinite = INFINITY;
static const char no_time[] = "there is no exposure";
static const char infinite_limit[] = "the upper limit is infinite";

static msp_status check(const msp_exposure *e, const msp_confidence *confidence, msp_error *err)
{
    if (e->events < 0 || e->events > (int64_t)1 << 52)
        return msp_fail(err, MSP_ERANGE, "%lld events; expected 0 to 2^52", (long long)e->events);
    if (!(e->time >= 0 && isfinite(e->time)))
        return msp_fail(err, MSP_ERANGE, "the exposure is %g; expected a time of at least 0",
                        e->time);
    if (e->time > 1e100 || (e->time > 0 && e->time < 1e-100))
        return msp_fail(err, MSP_ERANGE,
                        "the exposure is %g; expected 0, or 1e-100 to 1e100: use another unit",
                        e->time);
    return msp_confidence_check(confidence, err);
}

msp_status msp_incidence_rate(const msp_exposure *exposure, const msp_confidence *confidence,
                              msp_interval *out, msp_error *err)
{
    *out = (msp_interval){none, none, none, no_time};
    const msp_status rc = check(exposure, confidence, err);
    if (rc != MSP_OK || !(exposure->time > 0))
        return rc;
    const double d = (double)exposure->events, t = exposure->time;
    const double tail = msp_confidence_tail(confidence);
    const double low = d > 0 ? msp_dist_chisq_quantile(tail, 2 * d) / 2 : 0;
    const double high = msp_dist_chisq_quantile(1 - tail, 2 * d + 2) / 2;
    const bool less = confidence->side == MSP_LESS, greater = confidence->side == MSP_GREATER;
    *out = (msp_interval){d / t, less ? 0 : low / t, greater ? infinite : high / t,
                          greater ? infinite_limit : NULL};
    return MSP_OK;
}

static void wald(const msp_exposure *a, const msp_exposure *b, const msp_confidence *confidence,
                 msp_incidence_pair *out)
{
    const double d1 = (double)a->events, d2 = (double)b->events;
    const double z = -msp_dist_normal_quantile(msp_confidence_tail(confidence));
    const bool less = confidence->side == MSP_LESS, greater = confidence->side == MSP_GREATER;
    const double half = z * hypot(sqrt(d1) / a->time, sqrt(d2) / b->time);
    const double factor = exp(z * sqrt(1 / d1 + 1 / d2));
    msp_interval *d = &out->difference, *r = &out->ratio_wald;
    *d = (msp_interval){d1 / a->time - d2 / b->time, 0, 0, NULL};
    d->lower = less ? -infinite : d->estimate - half;
    d->upper = greater ? infinite : d->estimate + half;
    d->note = less || greater ? "one limit is infinite: the interval is one-sided" : NULL;
    if (!(d1 + d2 > 0)) {
        d->lower = d->upper = none;
        d->note = "no events: the difference has no standard error";
    }
    *r = out->ratio;
    r->lower = r->upper = none;
    r->note = "a count is 0: the logarithm has no standard error";
    if (!(d1 > 0 && d2 > 0))
        return;
    r->lower = less ? 0 : r->estimate / factor;
    r->upper = greater ? infinite : r->estimate * factor;
    r->note = greater ? infinite_limit : NULL;
}

/* The proportion of all events that are the first's, as a ratio of rates. */
static double ratio_of(double p, double scale)
{
    return p < 1 ? p / (1 - p) * scale : infinite;
}

static msp_status compare(const msp_exposure *a, const msp_exposure *b,
                          const msp_confidence *confidence, msp_incidence_pair *out, msp_error *err)
{
    const int64_t n = a->events + b->events;
    msp_interval share;
    msp_status rc = msp_proportion(a->events, n, MSP_CLOPPER_PEARSON, confidence, &share, err);
    if (rc == MSP_OK)
        rc = msp_proportion_test(a->events, n, a->time / (a->time + b->time), confidence->side,
                                 &out->p, err);
    if (rc != MSP_OK)
        return rc;
    const double scale = b->time / a->time;
    out->ratio = (msp_interval){none, none, none, "no events"};
    if (n > 0)
        out->ratio =
            (msp_interval){ratio_of(share.estimate, scale), ratio_of(share.lower, scale),
                           ratio_of(share.upper, scale), share.upper < 1 ? NULL : infinite_limit};
    wald(a, b, confidence, out);
    return MSP_OK;
}

msp_status msp_incidence_compare(const msp_exposure *first, const msp_exposure *second,
                                 const msp_confidence *confidence, msp_incidence_pair *out,
                                 msp_error *err)
{
    const msp_interval unknown = {none, none, none, no_time};
    *out = (msp_incidence_pair){unknown, unknown, unknown, {none, none}};
    msp_status rc = check(first, confidence, err);
    if (rc == MSP_OK)
        rc = check(second, confidence, err);
    if (rc != MSP_OK || !(first->time > 0 && second->time > 0))
        return rc;
    return compare(first, second, confidence, out, err);
}
