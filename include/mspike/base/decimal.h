/*
 * decimal.h - exact decimals: the number as it was reported, its digits and its scale.
 *
 * Clinical thresholds sit exactly on reported decimals (3.0 to 0.30 g/dL is exactly -90 %), where
 * binary doubles fall on either side. So a measured value keeps its integer coefficient and its
 * scale, and a threshold is a comparison of products of integers, never of doubles:
 *
 *     reduction of at least p %   (b - x) * 100 >= b * p   msp_decimal_cmp_times(b - x, 100, b, p)
 *
 * 18 digits are kept. An operation whose exact result needs more says so; nothing is rounded.
 */
#ifndef MSPIKE_BASE_DECIMAL_H
#define MSPIKE_BASE_DECIMAL_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* coefficient * 10^-scale; 3.20 is {320, 2}. {0} is zero. */
typedef struct msp_decimal {
    int64_t coefficient; /* at most 18 digits */
    int32_t scale;       /* 0 to 18 */
} msp_decimal;

#define MSP_DECIMAL_MAX 24 /* room for any decimal as text, its NUL included */

/* Reads "3.20", "-4", ".5", "+2."; false for anything else, an exponent or a 19th digit. */
bool msp_decimal_parse(const char *s, size_t len, msp_decimal *out);
/* Writes all digits of the scale ("3.20") and returns the length. */
size_t msp_decimal_format(msp_decimal x, char out[MSP_DECIMAL_MAX]);
/* The nearest double. */
double msp_decimal_to_double(msp_decimal x);
/* The shortest decimal that reads back as `x`: what a table's double was reported as. False where
 * it needs more than 18 digits or is not finite. */
bool msp_decimal_from_double(double x, msp_decimal *out);

/* -1, 0, 1 as a is below, equal to or above b; 3.2 equals 3.20. */
int msp_decimal_cmp(msp_decimal a, msp_decimal b);
/* Compares a * times_a with b * times_b, exactly, for |times| up to 10^9. */
int msp_decimal_cmp_times(msp_decimal a, int64_t times_a, msp_decimal b, int64_t times_b);

/* Exact sum, difference and product; false where it needs more than 18 digits. */
bool msp_decimal_add(msp_decimal a, msp_decimal b, msp_decimal *out);
bool msp_decimal_sub(msp_decimal a, msp_decimal b, msp_decimal *out);
bool msp_decimal_mul(msp_decimal a, msp_decimal b, msp_decimal *out);
/* x / 10^power for a power of either sign: g/L to g/dL is 1, g to mg is -3. */
bool msp_decimal_shift(msp_decimal x, int power, msp_decimal *out);

/* `x` to `digits` decimals, half away from zero, as tables are printed; for display only. */
msp_decimal msp_decimal_round(msp_decimal x, int digits);

MSP_END
#endif
