/*
 * dist.c - the only file that calls libRmath.
 *
 * Its functions print a warning to stdout when an argument lies outside their domain, so every
 * argument is checked here first. pnorm, qnorm, pchisq and qchisq hold no state.
 */
#include "mspike/stats/dist.h"

#include <math.h>

#define MATHLIB_STANDALONE 1
#include <Rmath.h>

static const msp_prob unknown = {NAN, NAN};
static const double outside = NAN;

static msp_prob normal(double z, int lower)
{
    if (isnan(z))
        return unknown;
    return (msp_prob){pnorm(z, 0, 1, lower, 0), pnorm(z, 0, 1, lower, 1)};
}

msp_prob msp_dist_normal_lower(double z)
{
    return normal(z, 1);
}

msp_prob msp_dist_normal_upper(double z)
{
    return normal(z, 0);
}

msp_prob msp_dist_normal_two_sided(double z)
{
    msp_prob tail = normal(fabs(z), 0);
    return (msp_prob){2 * tail.p, M_LN2 + tail.log_p};
}

double msp_dist_normal_quantile(double p)
{
    return p >= 0 && p <= 1 ? qnorm(p, 0, 1, 1, 0) : outside;
}

double msp_dist_normal_quantile_log(double log_p)
{
    return log_p <= 0 ? qnorm(log_p, 0, 1, 1, 1) : outside;
}

double msp_dist_normal_limit(double level)
{
    return level > 0 && level < 1 ? qnorm((1 - level) / 2, 0, 1, 0, 0) : outside;
}

static msp_prob chisq(double x, double df, int lower)
{
    if (isnan(x) || !(df > 0 && isfinite(df)))
        return unknown;
    return (msp_prob){pchisq(x, df, lower, 0), pchisq(x, df, lower, 1)};
}

msp_prob msp_dist_chisq_upper(double x, double df)
{
    return chisq(x, df, 0);
}

msp_prob msp_dist_chisq_lower(double x, double df)
{
    return chisq(x, df, 1);
}

double msp_dist_chisq_quantile(double p, double df)
{
    return p >= 0 && p <= 1 && df > 0 && isfinite(df) ? qchisq(p, df, 1, 0) : outside;
}
