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

/* Entries of a group, in order, and where to look for one: those up to x are at most
 * first[bucket of x + 1], and no fewer than first[bucket of x]. */
typedef struct sim_entries {
    const double *entry;
    const int32_t *first;
    double per_month; /* buckets */
    int32_t n_buckets;
    int32_t lo, most; /* ranks are between these */
} sim_entries;

/* rank[k]: the number after the last entry up to day - time[k]. */
typedef void rank_among(const sim_entries *e, double day, const double *time, size_t n,
                        int32_t *rank);

/* A whole number for any x, the last bucket for a NaN too: plans may have months of 1e300. */
ALWAYS_INLINE int32_t sim_bucket(double x, double per_month, int32_t n_buckets)
{
    const double b = x * per_month, top = n_buckets;
    const double below = b < top ? b : top;
    return (int32_t)(below > 0 ? below : 0);
}

static inline void rank_portable(const sim_entries *e, double day, const double *restrict time,
                                 size_t n, int32_t *restrict rank)
{
    for (size_t k = 0; k < n; k++) {
        const double x = day - time[k];
        int32_t r = e->first[sim_bucket(x, e->per_month, e->n_buckets) + 1];
        r = r < e->most ? r : e->most;
        while (r > e->lo && e->entry[r - 1] > x)
            r--;
        rank[k] = r;
    }
}

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
    const __m512i wanted = _mm512_set1_epi32(value), sixteen = _mm512_set1_epi32(16);
    __m512i number = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    size_t m = 0;
    for (size_t i = 0; i < n; i += 16) {
        const __mmask16 there = (__mmask16)(n - i >= 16 ? 0xffffu : (1u << (n - i)) - 1);
        const __mmask16 is =
            _mm512_mask_cmpeq_epi32_mask(there, _mm512_maskz_loadu_epi32(there, x + i), wanted);
        _mm512_storeu_si512(out + m, _mm512_maskz_compress_epi32(is, number));
        m += (size_t)__builtin_popcount(is);
        number = _mm512_add_epi32(number, sixteen);
    }
    return m;
}

FOR_AVX512 static inline void rank_avx512(const sim_entries *e, double day, const double *time,
                                          size_t n, int32_t *rank)
{
    const __m512d of_day = _mm512_set1_pd(day), scale = _mm512_set1_pd(e->per_month);
    const __m512d top = _mm512_set1_pd(e->n_buckets), zero = _mm512_setzero_pd();
    const __m256i lo = _mm256_set1_epi32(e->lo);
    const __m256i most = _mm256_set1_epi32(e->most);
    for (size_t k = 0; k < n; k += 8) {
        const __mmask8 there = (__mmask8)(n - k >= 8 ? 0xffu : (1u << (n - k)) - 1);
        const __m512d x = _mm512_sub_pd(of_day, _mm512_maskz_loadu_pd(there, time + k));
        /* min and max give their second operand for a NaN */
        const __m512d below = _mm512_min_pd(_mm512_mul_pd(x, scale), top);
        const __m256i bucket = _mm512_cvttpd_epi32(_mm512_max_pd(below, zero));
        __m256i r = _mm256_min_epi32(_mm256_i32gather_epi32(e->first + 1, bucket, 4), most);
        for (__mmask8 later = there; later != 0;) {
            later = _mm256_mask_cmpgt_epi32_mask(later, r, lo);
            const __m512d before = _mm512_mask_i32gather_pd(x, later, r, e->entry - 1, 8);
            later = _mm512_mask_cmp_pd_mask(later, before, x, _CMP_GT_OQ);
            r = _mm256_mask_sub_epi32(r, later, r, _mm256_set1_epi32(1));
        }
        _mm256_mask_storeu_epi32(rank + k, there, r);
    }
}
#endif

/* What is written for each kind of processor by hand. */
typedef struct processor {
    sixteen_draws *sixteen;
    list_until *list_until;
    list_equal *list_equal;
    rank_among *rank;
} processor;

static const processor any = {sixteen_portable, until_portable, equal_portable, rank_portable};
#if SIM_X86
static const processor with_avx2 = {sixteen_avx2, until_portable, equal_portable, rank_portable};
static const processor with_avx512 = {sixteen_avx512, until_avx512, equal_avx512, rank_avx512};
#endif

#endif
