/* list.h - numbers of the patients for whom something holds, in order, for two kinds of processor.
 * `out` has room for sixteen more than there are. */
#ifndef MSPIKE_SIMULATE_LIST_H
#define MSPIKE_SIMULATE_LIST_H

#include <stddef.h>

#include "draw.h"

/* Those of lo .. hi - 1 with x <= most; how many. */
typedef size_t list_until(const double *x, size_t lo, size_t hi, double most, uint32_t *out);
/* Those of 0 .. n - 1 with x == value; how many. */
typedef size_t list_equal(const int32_t *x, size_t n, int32_t value, uint32_t *out);

static inline size_t until_portable(const double *restrict x, size_t lo, size_t hi, double most,
                                    uint32_t *restrict out)
{
    size_t n = 0;
    for (size_t i = lo; i < hi; i++) {
        out[n] = (uint32_t)i;
        n += x[i] <= most;
    }
    return n;
}

static inline size_t equal_portable(const int32_t *restrict x, size_t n, int32_t value,
                                    uint32_t *restrict out)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        out[m] = (uint32_t)i;
        m += x[i] == value;
    }
    return m;
}

#if SIM_X86
FOR_AVX512 static inline size_t until_avx512(const double *x, size_t lo, size_t hi, double most,
                                             uint32_t *out)
{
    const __m512d limit = _mm512_set1_pd(most);
    const __m256i eight = _mm256_set1_epi32(8);
    __m256i number =
        _mm256_add_epi32(_mm256_set1_epi32((int)lo), _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0));
    size_t n = 0;
    for (size_t i = lo; i < hi; i += 8) {
        const __mmask8 there = (__mmask8)(hi - i >= 8 ? 0xffu : (1u << (hi - i)) - 1);
        const __mmask8 is =
            _mm512_mask_cmp_pd_mask(there, _mm512_maskz_loadu_pd(there, x + i), limit, _CMP_LE_OQ);
        _mm256_storeu_si256((__m256i *)(void *)(out + n), _mm256_maskz_compress_epi32(is, number));
        n += (size_t)__builtin_popcount(is);
        number = _mm256_add_epi32(number, eight);
    }
    return n;
}

FOR_AVX512 static inline size_t equal_avx512(const int32_t *x, size_t n, int32_t value,
                                             uint32_t *out)
{
    const __m512i wanted = _mm512_set1_epi32(value);
    size_t m = 0;
    for (size_t i = 0; i < n; i += 16) {
        const __mmask16 there = (__mmask16)(n - i >= 16 ? 0xffffu : (1u << (n - i)) - 1);
        uint32_t is =
            _mm512_mask_cmpeq_epi32_mask(there, _mm512_maskz_loadu_epi32(there, x + i), wanted);
        for (; is != 0; is &= is - 1)
            out[m++] = (uint32_t)i + (uint32_t)__builtin_ctz(is);
    }
    return m;
}
#endif

/* What is written for each kind of processor by hand. */
typedef struct processor {
    sixteen_draws *sixteen;
    list_until *list_until;
    list_equal *list_equal;
} processor;

static const processor any = {sixteen_portable, until_portable, equal_portable};
#if SIM_X86
static const processor with_avx2 = {sixteen_avx2, until_portable, equal_portable};
static const processor with_avx512 = {sixteen_avx512, until_avx512, equal_avx512};
#endif

#endif
