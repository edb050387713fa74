#include "kernels.h"

#include <stdbool.h>
#include <string.h>

#include "clones.h"
#include "elementary.h"

enum { LANES = 8 };

#define ALWAYS_INLINE inline __attribute__((always_inline))

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
static ALWAYS_INLINE void few_dots(double *out, const double *a, const double *const *columns,
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

/* Of eight rows: what they add to the sums. The constants p and `weighted` where this is inlined
 * keep all sums in registers. Lanes go by address: by value they have no calling convention of
 * their own on every processor, and clang refuses them. */
static ALWAYS_INLINE void add_moments(lanes *sum, const lanes *v, const lanes *x, size_t p,
                                      bool weighted)
{
    lanes *first = sum + p * (p + 1) / 2;
    for (size_t k = 0; k < p; k++) {
        lanes vx = x[k];
        if (weighted)
            vx *= *v;
        for (size_t j = 0; j <= k; j++)
            sum[k * (k + 1) / 2 + j] += vx * x[j];
        if (weighted)
            first[k] += vx;
    }
}

static ALWAYS_INLINE void few_moments(double *out, const double *v, const double *const *x,
                                      size_t p, bool weighted, size_t from, size_t n)
{
    const size_t n_sums = p * (p + 1) / 2 + (weighted ? p : 0);
    lanes sum[MSP_MOMENTS] = {{0}}, column[MSP_FEW], weight = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t k = 0; k < p; k++)
            column[k] = *(const lanes *)(x[k] + from + i);
        if (weighted)
            weight = *(const lanes *)(v + i);
        add_moments(sum, &weight, column, p, weighted);
    }
    if (i < n) { /* the rest, filled up with zeros */
        memset(column, 0, sizeof column);
        weight = (lanes){0};
        for (size_t k = 0; k < p; k++)
            memcpy(&column[k], x[k] + from + i, (n - i) * sizeof(double));
        if (weighted)
            memcpy(&weight, v + i, (n - i) * sizeof(double));
        add_moments(sum, &weight, column, p, weighted);
    }
    for (size_t s = 0; s < n_sums; s++) {
        double lane[LANES];
        memcpy(lane, &sum[s], sizeof lane);
        out[s] = fold(lane);
    }
}

/* Calls few_moments with p as a constant. */
static ALWAYS_INLINE void moments(double *out, const double *v, const double *const *x, size_t p,
                                  bool weighted, size_t from, size_t n)
{
    switch (p) {
    case 1:
        few_moments(out, v, x, 1, weighted, from, n);
        break;
    case 2:
        few_moments(out, v, x, 2, weighted, from, n);
        break;
    case 3:
        few_moments(out, v, x, 3, weighted, from, n);
        break;
    case 4:
        few_moments(out, v, x, 4, weighted, from, n);
        break;
    case 5:
        few_moments(out, v, x, 5, weighted, from, n);
        break;
    default:
        few_moments(out, v, x, MSP_FEW, weighted, from, n);
    }
}

MSP_CLONES void msp__moments(double out[MSP_MOMENTS], const double *v, const double *const *x,
                             size_t p, size_t from, size_t n)
{
    moments(out, v, x, p, true, from, n);
}

MSP_CLONES void msp__squares(double out[MSP_MOMENTS], const double *const *x, size_t p, size_t from,
                             size_t n)
{
    moments(out, NULL, x, p, false, from, n);
}

typedef uint64_t bit_lanes __attribute__((vector_size(LANES * sizeof(uint64_t))));

enum { ONE = 1023 /* exponent bits of 1 */, MANTISSA_BITS = 52, MOST_FACTORS = 512 };

/* log(2^k m) = k log 2 + log m, m in [1, 2): the exponents are added and the m multiplied, so that
 * a logarithm is taken once a lane. Of up to 512 factors a product is below 2^512. */
static ALWAYS_INLINE void multiply_lanes(lanes *product, bit_lanes *exponents, const lanes *factor)
{
    const uint64_t mantissa = (UINT64_C(1) << MANTISSA_BITS) - 1;
    const bit_lanes bits = (bit_lanes)*factor;
    *product *= (lanes)((bits & mantissa) | (uint64_t)ONE << MANTISSA_BITS);
    *exponents += bits >> MANTISSA_BITS;
}

/* The same of up to MOST_FACTORS a lane. */
static ALWAYS_INLINE double sum_of_logs(const double *a, size_t n)
{
    lanes product = {1, 1, 1, 1, 1, 1, 1, 1};
    bit_lanes exponents = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        multiply_lanes(&product, &exponents, (const lanes *)(a + i));
    lanes rest = {1, 1, 1, 1, 1, 1, 1, 1};
    memcpy(&rest, a + i, (n - i) * sizeof *a);
    multiply_lanes(&product, &exponents, &rest);
    int64_t exponent = -(int64_t)(i + LANES) * ONE;
    double lane[LANES];
    for (size_t l = 0; l < LANES; l++) {
        lane[l] = msp__log_inline(product[l]);
        exponent += (int64_t)exponents[l];
    }
    return (double)exponent * MSP_LN2_HI + (fold(lane) + (double)exponent * MSP_LN2_LO);
}

MSP_CLONES double msp__sum_log(const double *a, size_t n)
{
    enum { MOST = (MOST_FACTORS - 1) * LANES };
    double sum = 0;
    for (; n > MOST; n -= MOST, a += MOST)
        sum += sum_of_logs(a, MOST);
    return sum + sum_of_logs(a, n);
}

/* Sums over up to so many columns are taken in one go. */
enum { GO = 4 };

static ALWAYS_INLINE void add_columns(double *restrict out, const double *const *x, const double *b,
                                      size_t p, bool first, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double sum = first ? 0 : out[i];
        for (size_t k = 0; k < p; k++)
            sum += b[k] * x[k][from + i];
        out[i] = sum;
    }
}

MSP_CLONES void msp__linear(double *restrict out, const double *const *x, const double *b, size_t p,
                            size_t from, size_t n)
{
    bool first = true;
    for (; p > GO; p -= GO, x += GO, b += GO, first = false)
        add_columns(out, x, b, GO, first, from, n);
    switch (p) {
    case 0:
        add_columns(out, x, b, 0, first, from, n);
        break;
    case 1:
        add_columns(out, x, b, 1, first, from, n);
        break;
    case 2:
        add_columns(out, x, b, 2, first, from, n);
        break;
    case 3:
        add_columns(out, x, b, 3, first, from, n);
        break;
    default:
        add_columns(out, x, b, GO, first, from, n);
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
