/*
 * draw.h - whole arrays of draws of one trial, for the three kinds of processor.
 *
 * Draw i of a purpose is position i / 8 % 2 of the stream of patient i / 16 * 8 + i % 8 in the
 * words of base/random.h: two draws come out of a block of the generator, and eight blocks go side
 * by side. The bits do not depend on the processor: whole numbers, and doubles by the same
 * operations in the same order.
 */
#ifndef MSPIKE_SIMULATE_DRAW_H
#define MSPIKE_SIMULATE_DRAW_H

#include <stdint.h>
#include <string.h>

#include "mspike/base/random.h"

#ifdef __CUDACC__
#define ALWAYS_INLINE static __host__ __device__ __forceinline__
#else
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#endif

#if defined(__x86_64__) && !defined(__CUDACC__)
#define SIM_X86 1
#include <immintrin.h>
#define FOR_AVX2 __attribute__((target("avx2")))
#define AVX512   "avx512f,avx512dq,avx512bw,avx512vl"
#ifdef __clang__
#define FOR_AVX512 __attribute__((target(AVX512)))
#else
#define FOR_AVX512 __attribute__((target(AVX512 ",prefer-vector-width=512")))
#endif
#else
#define SIM_X86 0
#endif

enum { DRAWS_AT_ONCE = 16 };

typedef enum sim_purpose {
    DRAW_BLOCKS = 1,
    DRAW_ENTRY,
    DRAW_EVENT,
    DRAW_DROPOUT,
    DRAW_STRATUM,
    DRAW_CURE,
    DRAW_CROSSOVER,
    DRAW_DEATH,
    DRAW_AFTER,
    DRAW_BLOCKS_ANEW,
    DRAW_STRATUM_ANEW,
} sim_purpose;

/* Sixteen draws: those of eight blocks from `block` on. */
typedef void sixteen_draws(uint64_t seed, uint64_t trial, uint32_t purpose, uint32_t block,
                           uint64_t out[DRAWS_AT_ONCE]);

static inline void sixteen_portable(uint64_t seed, uint64_t trial, uint32_t purpose, uint32_t block,
                                    uint64_t out[DRAWS_AT_ONCE])
{
    for (uint32_t i = 0; i < 8; i++) {
        const uint32_t counter[4] = {block + i, purpose << 16, (uint32_t)trial,
                                     (uint32_t)(trial >> 32)};
        const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
        uint32_t x[4];
        msp_philox4x32(counter, key, x);
        out[i] = (uint64_t)x[1] << 32 | x[0];
        out[i + 8] = (uint64_t)x[3] << 32 | x[2];
    }
}

#if SIM_X86
/* A word of the counter is the low half of a lane; the high half is never read. */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u

/* Ten rounds of the generator on as many blocks as there are lanes: counters c to words c. */
FOR_AVX512 ALWAYS_INLINE void rounds_avx512(uint64_t seed, __m512i c[4])
{
    const __m512i m0 = _mm512_set1_epi64(PHILOX_M0), m1 = _mm512_set1_epi64(PHILOX_M1);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        const __m512i a = _mm512_mul_epu32(c[0], m0), b = _mm512_mul_epu32(c[2], m1);
        c[0] =
            _mm512_ternarylogic_epi64(_mm512_srli_epi64(b, 32), c[1], _mm512_set1_epi64(k0), 0x96);
        c[2] =
            _mm512_ternarylogic_epi64(_mm512_srli_epi64(a, 32), c[3], _mm512_set1_epi64(k1), 0x96);
        c[1] = b;
        c[3] = a;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
}

FOR_AVX2 ALWAYS_INLINE void rounds_avx2(uint64_t seed, __m256i c[4])
{
    const __m256i m0 = _mm256_set1_epi64x(PHILOX_M0), m1 = _mm256_set1_epi64x(PHILOX_M1);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        const __m256i a = _mm256_mul_epu32(c[0], m0), b = _mm256_mul_epu32(c[2], m1);
        c[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), c[1]),
                                _mm256_set1_epi64x(k0));
        c[2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), c[3]),
                                _mm256_set1_epi64x(k1));
        c[1] = b;
        c[3] = a;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
}

FOR_AVX512 static inline void sixteen_avx512(uint64_t seed, uint64_t trial, uint32_t purpose,
                                             uint32_t block, uint64_t out[DRAWS_AT_ONCE])
{
    const __m512i low = _mm512_set1_epi64(0xffffffff), high = _mm512_set1_epi64((int64_t)trial);
    __m512i c[4] = {
        _mm512_add_epi64(_mm512_set1_epi64(block), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0)),
        _mm512_set1_epi64((int64_t)purpose << 16), high, _mm512_srli_epi64(high, 32)};
    rounds_avx512(seed, c);
    _mm512_storeu_si512(out,
                        _mm512_or_si512(_mm512_slli_epi64(c[1], 32), _mm512_and_si512(c[0], low)));
    _mm512_storeu_si512(out + 8,
                        _mm512_or_si512(_mm512_slli_epi64(c[3], 32), _mm512_and_si512(c[2], low)));
}

FOR_AVX2 static inline void four_blocks_avx2(uint64_t seed, uint64_t trial, uint32_t purpose,
                                             uint32_t block, uint64_t *low_half,
                                             uint64_t *high_half)
{
    const __m256i low = _mm256_set1_epi64x(0xffffffff), high = _mm256_set1_epi64x((int64_t)trial);
    __m256i c[4] = {_mm256_add_epi64(_mm256_set1_epi64x(block), _mm256_set_epi64x(3, 2, 1, 0)),
                    _mm256_set1_epi64x((int64_t)purpose << 16), high, _mm256_srli_epi64(high, 32)};
    rounds_avx2(seed, c);
    _mm256_storeu_si256((__m256i *)(void *)low_half,
                        _mm256_or_si256(_mm256_slli_epi64(c[1], 32), _mm256_and_si256(c[0], low)));
    _mm256_storeu_si256((__m256i *)(void *)high_half,
                        _mm256_or_si256(_mm256_slli_epi64(c[3], 32), _mm256_and_si256(c[2], low)));
}

FOR_AVX2 static inline void sixteen_avx2(uint64_t seed, uint64_t trial, uint32_t purpose,
                                         uint32_t block, uint64_t out[DRAWS_AT_ONCE])
{
    four_blocks_avx2(seed, trial, purpose, block, out, out + 8);
    four_blocks_avx2(seed, trial, purpose, block + 4, out + 4, out + 12);
}
#endif

/* Bits to a double and back: a union is not for C++ readers, memcpy costs nothing. */
ALWAYS_INLINE double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

ALWAYS_INLINE uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* msp_random_uniform's number, without a conversion that only some processors have. */
ALWAYS_INLINE double uniform_of(uint64_t bits)
{
    return (double_of(bits >> 12 | 0x3ff0000000000000u) - 1) + 0x1p-53;
}

/* The natural logarithm of a positive normal number, within an ulp or so: x = 2^k m with m between
 * sqrt(1/2) and sqrt(2), s = (m - 1) / (m + 1), log x = k log 2 + 2 (s + s^3/3 + s^5/5 + ...). */
ALWAYS_INLINE double log_of(double x)
{
    const uint64_t one = 0x3ff0000000000000u, root_half = 0x3fe6a09e667f3bcdu;
    const uint64_t k = (bits_of(x) - root_half + one) >> 52; /* the exponent, and 1023 */
    const double m = double_of(bits_of(x) - (k << 52) + one);
    const double exponent = double_of(k | 0x4330000000000000u) - (0x1p52 + 1023);
    const double s = (m - 1) / (m + 1), z = s * s;
    double p = 2.0 / 19;
    p = p * z + 2.0 / 17;
    p = p * z + 2.0 / 15;
    p = p * z + 2.0 / 13;
    p = p * z + 2.0 / 11;
    p = p * z + 2.0 / 9;
    p = p * z + 2.0 / 7;
    p = p * z + 2.0 / 5;
    p = p * z + 2.0 / 3;
    return exponent * 0.69314718055994530942 + (2 * s + s * (z * p));
}

/* n draws, rounded up to whole sixteens: `out` has room for them. */
ALWAYS_INLINE void draw_bits(sixteen_draws *sixteen, uint64_t seed, uint64_t trial,
                             uint32_t purpose, size_t n, uint64_t *out)
{
    for (size_t i = 0; i < n; i += DRAWS_AT_ONCE)
        sixteen(seed, trial, purpose, (uint32_t)(i / 2), out + i);
}

/* Exponential draws of mean 1. */
ALWAYS_INLINE void draw_exponentials(sixteen_draws *sixteen, uint64_t seed, uint64_t trial,
                                     uint32_t purpose, size_t n, uint64_t *bits, double *out)
{
    draw_bits(sixteen, seed, trial, purpose, n, bits);
    for (size_t i = 0; i < n; i++)
        out[i] = -log_of(uniform_of(bits[i]));
}

#endif
