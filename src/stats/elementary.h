/*
 * elementary.h - exp and log that give the same bits on every processor and inline into loops.
 *
 * exp: x = k ln 2 + r with |r| <= ln(2)/2, the Taylor series of e^r to r^13 (the next term is below
 * 2^-58), scaled by 2^k in two steps so that results below the normal range are right.
 * log: x = 2^k m with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f), and
 * log m = 2 atanh s = f - (f^2/2 - s (f^2/2 + R)), R = 2 s^2/3 + 2 s^4/5 + ... to s^22.
 */
#ifndef MSP_STATS_ELEMENTARY_H
#define MSP_STATS_ELEMENTARY_H

#include <stdint.h>
#include <string.h>

static inline uint64_t msp__bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double msp__double(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

#define MSP_LN2_HI 0x1.62e42fefap-1 /* ln 2 with 33 bits: k times it is exact */
#define MSP_LN2_LO 0x1.cf79abc9e3b3ap-40

static inline double msp__exp_inline(double x)
{
    const double to_integer = 0x1.8p52; /* adding it rounds to an integer kept in the low bits */
    x = x < -746.0 ? -746.0 : x;
    x = x > 710.0 ? 710.0 : x;
    double shifted = x * 0x1.71547652b82fep0 + to_integer;
    double k = shifted - to_integer;
    double r = (x - k * MSP_LN2_HI) - k * MSP_LN2_LO;
    double r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
    double low = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
    double mid = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
    double high =
        (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800.0));
    double e = 1.0 + (r + r2 * (low + (r4 * mid + r8 * high)));
    uint64_t u = msp__bits(shifted) - msp__bits(to_integer) + 2048; /* k + 2048 */
    uint64_t half = u >> 1;
    return e * msp__double((half - 1) << 52) * msp__double((u - half - 1) << 52);
}

/* For normal x > 0. */
static inline double msp__log_inline(double x)
{
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcd, bias = (uint64_t)1024 << 52;
    const double two52 = 0x1p52;
    uint64_t u = msp__bits(x) - sqrt_half + bias;
    double k = msp__double((u >> 52) | msp__bits(two52)) - (two52 + 1024);
    double f = msp__double(msp__bits(x) - ((u >> 52 << 52) - bias)) - 1.0;
    double s = f / (2.0 + f), z = s * s, z2 = z * z, z4 = z2 * z2;
    double a = (2.0 / 3 + z * (2.0 / 5)) + z2 * (2.0 / 7 + z * (2.0 / 9));
    double b = (2.0 / 11 + z * (2.0 / 13)) + z2 * (2.0 / 15 + z * (2.0 / 17));
    double c = (2.0 / 19 + z * (2.0 / 21)) + z2 * (2.0 / 23);
    double series = z * (a + z4 * (b + z4 * c)), half = 0.5 * f * f;
    return k * MSP_LN2_HI + (f - (half - (s * (half + series) + k * MSP_LN2_LO)));
}

#endif
