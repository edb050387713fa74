#include "mspike/base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "mspike/base/text.h"

/* 128 bits hold the product of any two coefficients; ISO C has no such type, gcc and clang do. */
__extension__ typedef __int128 wide;

#define DIGITS_MAX 18
#define TIMES_MAX  1000000000 /* |factor| of a comparison */

static const int64_t powers[DIGITS_MAX + 1] = {1,
                                               10,
                                               100,
                                               1000,
                                               10000,
                                               100000,
                                               1000000,
                                               10000000,
                                               100000000,
                                               1000000000,
                                               10000000000,
                                               100000000000,
                                               1000000000000,
                                               10000000000000,
                                               100000000000000,
                                               1000000000000000,
                                               10000000000000000,
                                               100000000000000000,
                                               1000000000000000000};

bool msp_decimal_parse(const char *s, size_t len, msp_decimal *out)
{
    size_t i = 0;
    const bool negative = len > 0 && s[0] == '-';
    if (len > 0 && (s[0] == '-' || s[0] == '+'))
        i++;
    int64_t coefficient = 0;
    int scale = 0;
    bool any = false, point = false;
    for (; i < len; i++) {
        if (s[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (s[i] < '0' || s[i] > '9')
            return false;
        if (coefficient >= powers[DIGITS_MAX - 1] || scale >= DIGITS_MAX)
            return false;
        coefficient = coefficient * 10 + (s[i] - '0');
        scale += point;
        any = true;
    }
    if (!any)
        return false;
    *out = (msp_decimal){negative ? -coefficient : coefficient, scale};
    return true;
}

size_t msp_decimal_format(msp_decimal x, char out[MSP_DECIMAL_MAX])
{
    const uint64_t size = x.coefficient < 0 ? -(uint64_t)x.coefficient : (uint64_t)x.coefficient;
    const uint64_t unit = (uint64_t)powers[x.scale];
    char *at = out;
    if (x.coefficient < 0)
        *at++ = '-';
    at = msp__put_digits(at, size / unit, 1);
    if (x.scale > 0) {
        *at++ = '.';
        at = msp__put_digits(at, size % unit, x.scale);
    }
    return msp__end_text(out, at);
}

double msp_decimal_to_double(msp_decimal x)
{
    char text[MSP_DECIMAL_MAX];
    double result = 0;
    (void)msp_double_parse(text, msp_decimal_format(x, text), &result);
    return result;
}

bool msp_decimal_from_double(double x, msp_decimal *out)
{
    char text[MSP_DOUBLE_MAX];
    if (!isfinite(x))
        return false;
    size_t len = msp_double_format(x, text);
    const char *e = memchr(text, 'e', len);
    if (e == NULL)
        return msp_decimal_parse(text, len, out);
    const long power = strtol(e + 1, NULL, 10); /* of a double: at most three digits */
    if (!msp_decimal_parse(text, (size_t)(e - text), out))
        return false;
    return msp_decimal_shift(*out, (int)-power, out);
}

/* Both coefficients on the larger scale, as 128-bit integers: at most 18 + 18 digits. */
static void align(msp_decimal a, msp_decimal b, wide *wide_a, wide *wide_b)
{
    *wide_a = a.coefficient;
    *wide_b = b.coefficient;
    if (a.scale < b.scale)
        *wide_a *= powers[b.scale - a.scale];
    else
        *wide_b *= powers[a.scale - b.scale];
}

int msp_decimal_cmp(msp_decimal a, msp_decimal b)
{
    wide x, y;
    align(a, b, &x, &y);
    return (x > y) - (x < y);
}

static int sign(wide x)
{
    return (x > 0) - (x < 0);
}

/* 18 digits times 9 digits times 18 digits of alignment is 45 digits: more than 128 bits (38).
 * So the whole part and the rest are compared one after the other. */
int msp_decimal_cmp_times(msp_decimal a, int64_t times_a, msp_decimal b, int64_t times_b)
{
    wide x = (wide)a.coefficient * times_a; /* at most 27 digits, with scale a.scale */
    wide y = (wide)b.coefficient * times_b;
    if (sign(x) != sign(y))
        return sign(x) < sign(y) ? -1 : 1;
    const bool negative = x < 0;
    if (negative) {
        x = -x;
        y = -y;
    }
    const wide whole_x = x / powers[a.scale], whole_y = y / powers[b.scale];
    int order = (whole_x > whole_y) - (whole_x < whole_y);
    if (order == 0) { /* the rests are below 10^18 */
        const wide rest_x = (x % powers[a.scale]) * powers[DIGITS_MAX - a.scale];
        const wide rest_y = (y % powers[b.scale]) * powers[DIGITS_MAX - b.scale];
        order = (rest_x > rest_y) - (rest_x < rest_y);
    }
    return negative ? -order : order;
}

/* A decimal of at most 18 digits, trailing zeros dropped only where they do not fit. */
static bool narrow(wide coefficient, int scale, msp_decimal *out)
{
    while (scale > 0 && coefficient % 10 == 0 &&
           (scale > DIGITS_MAX || coefficient >= powers[DIGITS_MAX] ||
            coefficient <= -(wide)powers[DIGITS_MAX])) {
        coefficient /= 10;
        scale--;
    }
    if (scale > DIGITS_MAX || coefficient >= powers[DIGITS_MAX] ||
        coefficient <= -(wide)powers[DIGITS_MAX])
        return false;
    *out = (msp_decimal){(int64_t)coefficient, scale};
    return true;
}

bool msp_decimal_add(msp_decimal a, msp_decimal b, msp_decimal *out)
{
    wide x, y;
    align(a, b, &x, &y);
    return narrow(x + y, a.scale > b.scale ? a.scale : b.scale, out);
}

bool msp_decimal_sub(msp_decimal a, msp_decimal b, msp_decimal *out)
{
    b.coefficient = -b.coefficient;
    return msp_decimal_add(a, b, out);
}

bool msp_decimal_mul(msp_decimal a, msp_decimal b, msp_decimal *out)
{
    return narrow((wide)a.coefficient * b.coefficient, a.scale + b.scale, out);
}

bool msp_decimal_shift(msp_decimal x, int power, msp_decimal *out)
{
    if (x.coefficient == 0) {
        *out = (msp_decimal){0};
        return true;
    }
    if (power < -2 * DIGITS_MAX || power > 2 * DIGITS_MAX)
        return false;
    wide coefficient = x.coefficient;
    int scale = x.scale + power;
    for (; scale < 0; scale++) {
        if (coefficient >= powers[DIGITS_MAX] || coefficient <= -(wide)powers[DIGITS_MAX])
            return false;
        coefficient *= 10;
    }
    return narrow(coefficient, scale, out);
}

msp_decimal msp_decimal_round(msp_decimal x, int digits)
{
    if (digits < 0)
        digits = 0;
    if (x.scale <= digits)
        return x;
    const int64_t unit = powers[x.scale - digits];
    const int64_t half = unit / 2;
    const int64_t shifted = x.coefficient + (x.coefficient < 0 ? -half : half);
    return (msp_decimal){shifted / unit, digits};
}
