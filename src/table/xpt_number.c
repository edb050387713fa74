/* xpt_number.c - IBM/360 hexadecimal floats: sign, exponent of 16 (excess 64), 56 bits of fraction.
 */
#include <math.h>
#include <string.h>

#include "xpt.h"

static bool is_missing_kind(unsigned char c)
{
    return c == '.' || c == '_' || (c >= 'A' && c <= 'Z');
}

/* 2^k for the k that occur, all normal numbers: ldexp without its cases. */
static double power_of_two(int k)
{
    const uint64_t bits = (uint64_t)(k + 1023) << 52;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

double msp__ibm_to_double(const unsigned char *bytes, size_t n, char *missing)
{
    uint64_t fraction = 0;
    for (size_t i = 1; i < 8; i++)
        fraction = fraction << 8 | (i < n ? bytes[i] : 0u);
    *missing = 0;
    if (fraction == 0) {
        /* A fraction of zero is zero whatever the exponent, so the first byte is free to say what
         * kind of missing value this is. */
        if (is_missing_kind(bytes[0])) {
            *missing = (char)bytes[0];
            return NAN;
        }
        return (bytes[0] & 0x80) != 0 ? -0.0 : 0.0;
    }
    const int exponent = (bytes[0] & 0x7f) - 64;
    const double x = (double)fraction * power_of_two(4 * exponent - 56);
    return (bytes[0] & 0x80) != 0 ? -x : x;
}

bool msp__ibm_from_double(double x, unsigned char bytes[8])
{
    uint64_t bits, fraction = 0;
    memcpy(&bits, &x, sizeof bits);
    const int power = (int)(bits >> 52 & 0x7ff) - 1023; /* |x| is 1.f * 2^power */
    int sixteen = 0;
    if (x != 0) {
        /* x = 0.h * 16^sixteen: the first of the hexadecimal digits h is not 0. Subnormals,
         * infinity and NaN are out of its range. */
        sixteen = (power + 4 + 4 * 300) / 4 - 300; /* rounded up, also below zero */
        if (sixteen < -64 || sixteen > 63)
            return false;
        /* 53 bits shifted left by at most 3 fit the 56 bits of the fraction. */
        fraction = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
        fraction <<= power + 4 - 4 * sixteen;
        sixteen += 64;
    }
    bytes[0] = (unsigned char)((bits >> 63) << 7 | (unsigned)sixteen);
    for (int i = 7; i >= 1; i--, fraction >>= 8)
        bytes[i] = (unsigned char)(fraction & 0xff);
    return true;
}
