#include "kernels.h"

#include <string.h>

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

/* Eight lanes at once: in as many registers as the processor needs for them. */
typedef double lanes
    __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));

enum { FOUR = 4 };

/* Dots of `a` with up to four columns, a constant number where this is inlined. */
static inline __attribute__((always_inline)) void few_dots(double *out, const double *a,
                                                           const double *const *columns,
                                                           size_t n_columns, size_t from, size_t n)
{
    lanes sum[FOUR] = {{0}};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t c = 0; c < n_columns; c++)
            sum[c] += *(const lanes *)(a + i) * *(const lanes *)(columns[c] + from + i);
    for (size_t c = 0; c < n_columns; c++) {
        double lane[LANES];
        memcpy(lane, &sum[c], sizeof lane);
        for (size_t j = i; j < n; j++)
            lane[j - i] += a[j] * columns[c][from + j];
        out[c] = fold(lane);
    }
}

MSP_CLONES void msp__dots(double *out, const double *a, const double *const *columns,
                          size_t n_columns, size_t from, size_t n)
{
    for (; n_columns >= FOUR; n_columns -= FOUR, columns += FOUR, out += FOUR)
        few_dots(out, a, columns, FOUR, from, n);
    if (n_columns == 3)
        few_dots(out, a, columns, 3, from, n);
    else if (n_columns == 2)
        few_dots(out, a, columns, 2, from, n);
    else if (n_columns == 1)
        few_dots(out, a, columns, 1, from, n);
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
