/*
 * dist.c - the only file that calls libRmath.
 *
 * Its functions print a warning to stdout when an argument lies outside their domain, so every
 * argument is checked here first. The functions called hold no state.
 */
#include "mspike/stats/dist.h"

#include <math.h>
#include <stdbool.h>

#define MATHLIB_STANDALONE 1
#include <Rmath.h>

static const msp_prob unknown = {NAN, NAN};
static const double outside = NAN;
static const double impossible = -INFINITY;

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

static msp_prob student(double t, double df, int lower)
{
    if (isnan(t) || !(df > 0))
        return unknown;
    return (msp_prob){pt(t, df, lower, 0), pt(t, df, lower, 1)};
}

msp_prob msp_dist_t_lower(double t, double df)
{
    return student(t, df, 1);
}

msp_prob msp_dist_t_upper(double t, double df)
{
    return student(t, df, 0);
}

msp_prob msp_dist_t_two_sided(double t, double df)
{
    const msp_prob tail = student(fabs(t), df, 0);
    return (msp_prob){2 * tail.p, M_LN2 + tail.log_p};
}

double msp_dist_t_limit(double level, double df)
{
    return level > 0 && level < 1 && df > 0 ? qt((1 - level) / 2, df, 0, 0) : outside;
}

msp_prob msp_dist_f_upper(double x, double df, double df_error)
{
    if (isnan(x) || !(df > 0 && df_error > 0) || (isinf(df) && isinf(df_error)))
        return unknown;
    return (msp_prob){pf(x, df, df_error, 0, 0), pf(x, df, df_error, 0, 1)};
}

static msp_prob beta_tail(double x, double a, double b, int lower)
{
    if (!(x >= 0 && x <= 1 && a > 0 && b > 0 && isfinite(a) && isfinite(b)))
        return unknown;
    return (msp_prob){pbeta(x, a, b, lower, 0), pbeta(x, a, b, lower, 1)};
}

msp_prob msp_dist_beta_lower(double x, double a, double b)
{
    return beta_tail(x, a, b, 1);
}

msp_prob msp_dist_beta_upper(double x, double a, double b)
{
    return beta_tail(x, a, b, 0);
}

static bool is_count(double x)
{
    return x >= 0 && x <= 0x1p53 && x <= floor(x);
}

double msp_dist_binomial_log(double x, double n, double p)
{
    if (!is_count(n) || !(p >= 0 && p <= 1))
        return outside;
    return is_count(x) && x <= n ? dbinom(x, n, p, 1) : impossible;
}

msp_prob msp_dist_binomial_at_most(double x, double n, double p)
{
    if (!is_count(n) || !(p >= 0 && p <= 1) || isnan(x))
        return unknown;
    return (msp_prob){pbinom(x, n, p, 1, 0), pbinom(x, n, p, 1, 1)};
}

msp_prob msp_dist_binomial_at_least(double x, double n, double p)
{
    if (!is_count(n) || !(p >= 0 && p <= 1) || isnan(x))
        return unknown;
    return (msp_prob){pbinom(x - 1, n, p, 0, 0), pbinom(x - 1, n, p, 0, 1)};
}

double msp_dist_hypergeometric_log(double x, double white, double black, double drawn)
{
    if (!is_count(white) || !is_count(black) || !is_count(drawn) || drawn > white + black)
        return outside;
    return is_count(x) ? dhyper(x, white, black, drawn, 1) : impossible;
}
