#include "km_limits.h"

#include <math.h>

#include "clones.h"
#include "elementary.h"

static const double none = NAN;

/* log S * exp(-+ z se / log S) are the logarithms of the limits. */
MSP_CLONES static void log_log(double z, const double *restrict s, const double *restrict se,
                               size_t n, double *restrict lower, double *restrict upper)
{
    for (size_t i = 0; i < n; i++) {
        double log_s = msp__log_inline(s[i]);
        double widen = msp__exp_inline(-z * se[i] / log_s);
        double low = msp__exp_inline(log_s * widen), high = msp__exp_inline(log_s / widen);
        int known = (s[i] > 0) & (s[i] < 1);
        lower[i] = known ? low : none;
        upper[i] = known ? high : none;
    }
}

MSP_CLONES static void logarithm(double z, const double *restrict s, const double *restrict se,
                                 size_t n, double *restrict lower, double *restrict upper)
{
    for (size_t i = 0; i < n; i++) {
        double widen = msp__exp_inline(z * se[i]);
        double low = s[i] / widen, high = s[i] * widen;
        high = high > 1 ? 1 : high;
        lower[i] = s[i] > 0 ? low : none;
        upper[i] = s[i] > 0 ? high : none;
    }
}

MSP_CLONES static void plain(double z, const double *restrict s, const double *restrict se,
                             size_t n, double *restrict lower, double *restrict upper)
{
    for (size_t i = 0; i < n; i++) {
        double half = z * se[i] * s[i], low = s[i] - half, high = s[i] + half;
        low = low < 0 ? 0 : low;
        high = high > 1 ? 1 : high;
        lower[i] = s[i] > 0 ? low : none;
        upper[i] = s[i] > 0 ? high : none;
    }
}

MSP_CLONES static void logit(double z, const double *restrict s, const double *restrict se,
                             size_t n, double *restrict lower, double *restrict upper)
{
    for (size_t i = 0; i < n; i++) {
        double rest = 1 - s[i], widen = msp__exp_inline(z * se[i] / rest);
        double low = s[i] / (s[i] + rest * widen), high = s[i] / (s[i] + rest / widen);
        int known = (s[i] > 0) & (s[i] < 1);
        lower[i] = known ? low : none;
        upper[i] = known ? high : none;
    }
}

/* sin and cos of 0 <= x <= pi/2 by their series; the first term left out is below 2^-56. */
static inline void sin_cos(double x, double *sine, double *cosine)
{
    double x2 = x * x, s = 0, c = 0;
    for (int k = 23; k > 1; k -= 2) {
        s = (1 + s) * (-x2 / (k * (k - 1)));
        c = (1 + c) * (-x2 / ((k - 1) * (k - 2)));
    }
    *sine = x * (1 + s);
    *cosine = 1 + c;
}

/* With sin a = sqrt(S): sin(a -+ h) = sin a cos h -+ cos a sin h, within a quarter turn. */
static void arcsine(double z, const double *s, const double *se, size_t n, double *lower,
                    double *upper)
{
    const double quarter_turn = 1.5707963267948966;
    for (size_t i = 0; i < n; i++) {
        double rest = 1 - s[i], h = 0.5 * z * se[i] * sqrt(s[i] / rest);
        bool known = s[i] > 0 && s[i] < 1, beyond = !(h < quarter_turn);
        double sine = 1, cosine = 0, root = sqrt(s[i]), other = sqrt(rest);
        if (known && !beyond)
            sin_cos(h, &sine, &cosine);
        double low = root * cosine - other * sine, high = root * cosine + other * sine;
        lower[i] = !known ? none : sine >= root ? 0 : low * low;
        upper[i] = !known ? none : sine >= other ? 1 : high * high;
    }
}

void msp__km_limits(msp_km_interval interval, double z, const double *survival, const double *se,
                    size_t n, double *lower, double *upper)
{
    switch (interval) {
    case MSP_KM_LOG_LOG:
        log_log(z, survival, se, n, lower, upper);
        break;
    case MSP_KM_LOG:
        logarithm(z, survival, se, n, lower, upper);
        break;
    case MSP_KM_PLAIN:
        plain(z, survival, se, n, lower, upper);
        break;
    case MSP_KM_ARCSINE:
        arcsine(z, survival, se, n, lower, upper);
        break;
    case MSP_KM_LOGIT:
        logit(z, survival, se, n, lower, upper);
        break;
    }
}
