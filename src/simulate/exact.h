/* exact.h - exp and normal draws that give the same bits on every processor and inline into loops.
 */
#ifndef MSPIKE_SIMULATE_EXACT_H
#define MSPIKE_SIMULATE_EXACT_H

#include <math.h>

#include "draw.h"

#define LN2      0.69314718055994530942
#define LN2_HIGH 0x1.62e42fefap-1 /* 33 bits of it: a whole number times it is exact */
#define LN2_LOW  0x1.cf79abc9e3b3ap-40

/* e^x to an ulp or two, for |x| up to 700 (beyond, that of 700): x = k ln 2 + r, and the series of
 * e^r with |r| <= ln(2) / 2; its term in r^13 is below 2^-53. */
ALWAYS_INLINE double exp_of(double x)
{
    const double whole = 0x1.8p52; /* adding it leaves a whole number in the low bits */
    x = x < -700 ? -700 : x;
    x = x > 700 ? 700 : x;
    const double shifted = x * (1 / LN2) + whole, k = shifted - whole;
    const double r = (x - k * LN2_HIGH) - k * LN2_LOW;
    const double r2 = r * r, r4 = r2 * r2;
    const double a = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
    const double b = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
    const double c = (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600);
    const double e = 1 + (r + r2 * (a + r4 * (b + r4 * c)));
    return e * double_of((bits_of(shifted) - bits_of(whole) + 1023) << 52);
}

/* Uniform on (0, 1) from 32 bits. */
ALWAYS_INLINE double share_of(uint32_t bits)
{
    return ((double)bits + 0.5) * 0x1p-32;
}

/* Standard normal draws from 32 bits, by inversion: Wichura, Applied Statistics 1988;37:477,
 * algorithm AS 241 (PPND16): a rational function of 0.180625 - q^2, q = p - 1/2, in the middle, of
 * sqrt(-log p) towards the ends. 32 bits end at 6.3 standard deviations, so that its far tail is
 * not needed. Coefficients from the highest power down: of the middle, of the ends. */
enum { NORMAL_TERMS = 8 };
static const double normal_above[2][NORMAL_TERMS] = {
    {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608},
    {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
     1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
     1.42343711074968357734}};
static const double normal_below[2][NORMAL_TERMS] = {
    {5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1},
    {1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
     0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
     1}};

ALWAYS_INLINE double normal_terms(const double terms[2][NORMAL_TERMS], bool in_middle, double r)
{
    double sum = in_middle ? terms[0][0] : terms[1][0];
    for (int i = 1; i < NORMAL_TERMS; i++)
        sum = sum * r + (in_middle ? terms[0][i] : terms[1][i]);
    return sum;
}

ALWAYS_INLINE double normal_at_end(double p, double q)
{
    const double r = sqrt(-log_of(q < 0 ? p : 1 - p)) - 1.6;
    const double above = normal_terms(normal_above, false, r);
    return (q < 0 ? -above : above) / normal_terms(normal_below, false, r);
}

ALWAYS_INLINE double normal_of(uint32_t bits)
{
    const double p = share_of(bits), q = p - 0.5, r = 0.180625 - q * q;
    return fabs(q) <= 0.425
               ? q * normal_terms(normal_above, true, r) / normal_terms(normal_below, true, r)
               : normal_at_end(p, q);
}

/* The same number of share_of(bits) without a branch, for loops that do many at once: coefficients
 * are chosen instead of results. */
ALWAYS_INLINE double normal_at(double p)
{
    const double q = p - 0.5;
    const bool in_middle = fabs(q) <= 0.425;
    const double end = sqrt(-log_of(q < 0 ? p : 1 - p)) - 1.6;
    const double r = in_middle ? 0.180625 - q * q : end;
    const double factor = in_middle ? q : q < 0 ? -1.0 : 1.0;
    return factor * normal_terms(normal_above, in_middle, r) /
           normal_terms(normal_below, in_middle, r);
}

/* Four words of 32 bits: one block of the generator, which is block `block` of the stream of
 * base/random.h. */
ALWAYS_INLINE void four_words(uint64_t seed, uint64_t trial, uint32_t patient, uint32_t purpose,
                              uint32_t block, uint32_t out[4])
{
    const uint32_t counter[4] = {patient, purpose << 16 | block, (uint32_t)trial,
                                 (uint32_t)(trial >> 32)};
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    msp_philox4x32(counter, key, out);
}

#endif
