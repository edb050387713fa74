/*
 * lifetime.c - least extreme values, the normal, the logistic, and Prentice's log-gamma.
 *
 * Prentice's (1974) W of shape q has with k = 1 / q^2
 *
 *     f(w) = |q| k^k / Gamma(k) exp(k (q w - e^(q w)))
 *
 * the normal density at q = 0, that of least extreme values at q = 1; k e^(q W) is a gamma variable
 * of shape k. With Stirling's k^k e^-k / Gamma(k) = sqrt(k / 2 pi) e^-d(k) this is
 *
 *     log f(w) = -log sqrt(2 pi) - d(k) - w^2 (e^(q w) - 1 - q w) / (q w)^2
 *
 * which loses nothing where q is small.
 */
#include "lifetime.h"

#include <math.h>

#include "mspike/stats/dist.h"

static const double log_root_2_pi = 0.91893853320467274178;
/* Nearer to 0 the gamma variable's shape is so large that its distribution loses digits, and the
 * normal one with its first correction is right to q^2. */
static const double nearly_normal = 1e-5;

static msp__lifetime extreme(double w)
{
    const double e = exp(w);
    return (msp__lifetime){w - e, 1 - e, -e, -e, e < 1e-300 ? w : log(-expm1(-e))};
}

static msp__lifetime normal(double w)
{
    return (msp__lifetime){-w * w / 2 - log_root_2_pi, -w, -1, msp_dist_normal_upper(w).log_p,
                           msp_dist_normal_lower(w).log_p};
}

/* log(1 + exp(w)) without overflow */
static double softplus(double w)
{
    return w > 0 ? w + log1p(exp(-w)) : log1p(exp(w));
}

static msp__lifetime logistic(double w)
{
    const double s = softplus(w), p = softplus(-w);
    return (msp__lifetime){-s - p, -tanh(w / 2), -2 * exp(-s - p), -s, -p};
}

/* log Gamma(k) - (k - 1/2) log k + k - log sqrt(2 pi): what Stirling's formula leaves. */
static double stirling_rest(double k)
{
    if (k < 15)
        return lgamma(k) - (k - 0.5) * log(k) + k - log_root_2_pi;
    const double x = 1 / (k * k);
    return (1.0 / 12 - x * (1.0 / 360 - x * (1.0 / 1260 - x * (1.0 / 1680 - x / 1188)))) / k;
}

/* (e^u - 1 - u) / u^2 */
static double second_rest(double u)
{
    if (fabs(u) > 0.5)
        return (expm1(u) - u) / (u * u);
    double sum = 0, term = 0.5;
    for (int n = 3; n < 19; n++, term *= u / (n - 1))
        sum += term;
    return sum;
}

static msp__lifetime log_gamma(double q, double w)
{
    const double u = q * w, e = exp(u), k = 1 / (q * q);
    msp__lifetime s = {.log_f = -log_root_2_pi - w * w * second_rest(u),
                       .r = q != 0 ? -expm1(u) / q : -w,
                       .dr = -e};
    if (fabs(q) < nearly_normal) {
        const double shift = q * (w * w + 2) / 6;
        s.log_s = msp_dist_normal_upper(w).log_p;
        s.log_p = msp_dist_normal_lower(w).log_p;
        s.log_s += log1p(-shift * exp(s.log_f - s.log_s));
        s.log_p += log1p(shift * exp(s.log_f - s.log_p));
        return s;
    }
    s.log_f -= stirling_rest(k);
    const double above = msp_dist_chisq_upper(2 * k * e, 2 * k).log_p;
    const double below = msp_dist_chisq_lower(2 * k * e, 2 * k).log_p;
    s.log_s = q > 0 ? above : below;
    s.log_p = q > 0 ? below : above;
    return s;
}

msp__lifetime msp__lifetime_at(msp_lifetime lifetime, double q, double w)
{
    return lifetime == MSP_LOG_NORMAL          ? normal(w)
           : lifetime == MSP_LOG_LOGISTIC      ? logistic(w)
           : lifetime == MSP_GENERALISED_GAMMA ? log_gamma(q, w)
                                               : extreme(w);
}

static double log_gamma_quantile(double q, double p)
{
    if (fabs(q) < nearly_normal) {
        const double w = msp_dist_normal_quantile(p);
        return w - q * (w * w + 2) / 6;
    }
    const double k = 1 / (q * q);
    return log(msp_dist_chisq_quantile(q > 0 ? p : 1 - p, 2 * k) / (2 * k)) / q;
}

double msp__lifetime_quantile(msp_lifetime lifetime, double q, double p)
{
    return lifetime == MSP_LOG_NORMAL          ? msp_dist_normal_quantile(p)
           : lifetime == MSP_LOG_LOGISTIC      ? log(p) - log1p(-p)
           : lifetime == MSP_GENERALISED_GAMMA ? log_gamma_quantile(q, p)
                                               : log(-log1p(-p));
}
