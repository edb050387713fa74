#include "kernels.h"

#include "clones.h"
#include "elementary.h"

enum { LANES = 8 };

double msp__exp(double x)
{
    return msp__exp_inline(x);
}

double msp__log(double x)
{
    return msp__log_inline(x);
}

static inline double fold(const double lane[LANES])
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

MSP_CLONES double msp__sum(const double *a, size_t n)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += a[i + l];
    for (size_t l = 0; i < n; i++, l++)
        lane[l] += a[i];
    return fold(lane);
}

MSP_CLONES double msp__dot(const double *a, const double *b, size_t n)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += a[i + l] * b[i + l];
    for (size_t l = 0; i < n; i++, l++)
        lane[l] += a[i] * b[i];
    return fold(lane);
}

MSP_CLONES double msp__sum_log(const double *a, size_t n)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += msp__log_inline(a[i + l]);
    for (size_t l = 0; i < n; i++, l++)
        lane[l] += msp__log_inline(a[i]);
    return fold(lane);
}

MSP_CLONES void msp__linear(double *restrict out, const double *const *x, const double *b, size_t p,
                            size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = 0;
    for (size_t k = 0; k < p; k++) {
        const double *restrict column = x[k] + from;
        double slope = b[k];
        for (size_t i = 0; i < n; i++)
            out[i] += slope * column[i];
    }
}

MSP_CLONES void msp__exp_all(double *restrict out, const double *restrict a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = msp__exp_inline(a[i]);
}

/* The bits of a double without its sign: they order like its size, with NaN above infinity. */
static inline int64_t size_bits(double x)
{
    return (int64_t)(msp__bits(x) & INT64_MAX);
}

MSP_CLONES double msp__largest(const double *a, size_t n)
{
    int64_t largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = size_bits(a[i]) > largest ? size_bits(a[i]) : largest;
    return msp__double((uint64_t)largest);
}

MSP_CLONES void msp__subtract(double *a, double b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] -= b;
}

MSP_CLONES void msp__multiply(double *out, const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] * b[i];
}

MSP_CLONES void msp__reciprocal(double *restrict out, const double *restrict a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = 1.0 / a[i];
}
