/* visits.c - compiled for three kinds of processor, with the same bits. */
#include "visits.h"

#include "exact.h"

/* -- draws -- */

/* Words 0 to 3 of eight blocks. */
typedef void eight_blocks(uint64_t seed, uint64_t trial, uint32_t patient, uint32_t purpose,
                          uint32_t block, uint32_t out[4][VISITS_AT_ONCE]);

static inline void eight_portable(uint64_t seed, uint64_t trial, uint32_t patient, uint32_t purpose,
                                  uint32_t block, uint32_t out[4][VISITS_AT_ONCE])
{
    for (uint32_t i = 0; i < VISITS_AT_ONCE; i++) {
        uint32_t words[4];
        four_words(seed, trial, patient, purpose, block + i, words);
        for (int k = 0; k < 4; k++)
            out[k][i] = words[k];
    }
}

#if SIM_X86
FOR_AVX512 static inline void eight_avx512(uint64_t seed, uint64_t trial, uint32_t patient,
                                           uint32_t purpose, uint32_t block,
                                           uint32_t out[4][VISITS_AT_ONCE])
{
    const __m512i m0 = _mm512_set1_epi64(PHILOX_M0), m1 = _mm512_set1_epi64(PHILOX_M1);
    __m512i c0 = _mm512_set1_epi64(patient);
    __m512i c1 = _mm512_add_epi64(_mm512_set1_epi64((int64_t)purpose << 16 | block),
                                  _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    __m512i c2 = _mm512_set1_epi64((int64_t)trial), c3 = _mm512_srli_epi64(c2, 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        const __m512i a = _mm512_mul_epu32(c0, m0), b = _mm512_mul_epu32(c2, m1);
        c0 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(b, 32), c1, _mm512_set1_epi64(k0), 0x96);
        c2 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(a, 32), c3, _mm512_set1_epi64(k1), 0x96);
        c1 = b;
        c3 = a;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    _mm256_storeu_si256((__m256i *)(void *)out[0], _mm512_cvtepi64_epi32(c0));
    _mm256_storeu_si256((__m256i *)(void *)out[1], _mm512_cvtepi64_epi32(c1));
    _mm256_storeu_si256((__m256i *)(void *)out[2], _mm512_cvtepi64_epi32(c2));
    _mm256_storeu_si256((__m256i *)(void *)out[3], _mm512_cvtepi64_epi32(c3));
}

FOR_AVX2 static inline void low_halves(__m256i lanes, uint32_t *out)
{
    uint64_t kept[4];
    _mm256_storeu_si256((__m256i *)(void *)kept, lanes);
    for (int i = 0; i < 4; i++)
        out[i] = (uint32_t)kept[i];
}

FOR_AVX2 static inline void four_avx2(uint64_t seed, uint64_t trial, uint32_t patient,
                                      uint32_t purpose, uint32_t block,
                                      uint32_t out[4][VISITS_AT_ONCE], int at)
{
    const __m256i m0 = _mm256_set1_epi64x(PHILOX_M0), m1 = _mm256_set1_epi64x(PHILOX_M1);
    __m256i c0 = _mm256_set1_epi64x(patient);
    __m256i c1 = _mm256_add_epi64(_mm256_set1_epi64x((int64_t)purpose << 16 | block),
                                  _mm256_set_epi64x(3, 2, 1, 0));
    __m256i c2 = _mm256_set1_epi64x((int64_t)trial), c3 = _mm256_srli_epi64(c2, 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        const __m256i a = _mm256_mul_epu32(c0, m0), b = _mm256_mul_epu32(c2, m1);
        c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), c1),
                              _mm256_set1_epi64x(k0));
        c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), c3),
                              _mm256_set1_epi64x(k1));
        c1 = b;
        c3 = a;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    low_halves(c0, out[0] + at);
    low_halves(c1, out[1] + at);
    low_halves(c2, out[2] + at);
    low_halves(c3, out[3] + at);
}

FOR_AVX2 static inline void eight_avx2(uint64_t seed, uint64_t trial, uint32_t patient,
                                       uint32_t purpose, uint32_t block,
                                       uint32_t out[4][VISITS_AT_ONCE])
{
    four_avx2(seed, trial, patient, purpose, block, out, 0);
    four_avx2(seed, trial, patient, purpose, block + 4, out, 4);
}
#endif

/* The block is in the low 16 bits of its word, so that visits before 2^16 do not run over. */
ALWAYS_INLINE void draw(eight_blocks *eight, const sim_visitor *v, uint32_t first, sim_visits *out)
{
    uint32_t words[4][VISITS_AT_ONCE];
    eight(v->seed, v->trial, v->number, v->purpose, first, words);
    memcpy(out->noise[0], words[0], sizeof words[0]);
    memcpy(out->noise[1], words[1], sizeof words[1]);
    memcpy(out->timing, words[2], sizeof words[2]);
    memcpy(out->fate, words[3], sizeof words[3]);
}

/* -- what is read -- */

/* As the assay reads it; below its limit 0. Straight on, so that eight go at once. */
ALWAYS_INLINE void assay_all(const sim_assay *law, double start, const double *burden,
                             const uint32_t *noise, double *out)
{
    for (int i = 0; i < VISITS_AT_ONCE; i++) {
        const double x = start * burden[i], held = x < law->most ? x : law->most;
        const double sd = sqrt(law->cv * law->cv * held * held + law->sd * law->sd);
        const double read = held + sd * normal_both_of(noise[i]);
        out[i] = read < law->limit ? 0 : read;
    }
}

ALWAYS_INLINE void read_all(const sim_visitor *v, sim_visits *visits)
{
    const msp_kinetics k = v->kinetics;
    for (int i = 0; i < VISITS_AT_ONCE; i++)
        visits->burden[i] = (1 - k.resistant) * exp_of(-k.decay * visits->day[i]) +
                            k.resistant * exp_of(k.growth * visits->day[i]);
    memset(visits->serum, 0, sizeof visits->serum);
    memset(visits->urine, 0, sizeof visits->urine);
    if (v->serum > 0)
        assay_all(&v->serum_assay, v->serum, visits->burden, visits->noise[0], visits->serum);
    if (v->urine > 0)
        assay_all(&v->urine_assay, v->urine, visits->burden, visits->noise[1], visits->urine);
}

static void draw_portable(const sim_visitor *v, uint32_t first, sim_visits *out)
{
    draw(eight_portable, v, first, out);
}

static void read_portable(const sim_visitor *v, sim_visits *visits)
{
    read_all(v, visits);
}

static const sim_visits_kernel portable = {draw_portable, read_portable};

#if SIM_X86
FOR_AVX2 static void draw_avx2(const sim_visitor *v, uint32_t first, sim_visits *out)
{
    draw(eight_avx2, v, first, out);
}

FOR_AVX2 static void read_avx2(const sim_visitor *v, sim_visits *visits)
{
    read_all(v, visits);
}

static const sim_visits_kernel avx2 = {draw_avx2, read_avx2};

FOR_AVX512 static void draw_avx512(const sim_visitor *v, uint32_t first, sim_visits *out)
{
    draw(eight_avx512, v, first, out);
}

FOR_AVX512 static void read_avx512(const sim_visitor *v, sim_visits *visits)
{
    read_all(v, visits);
}

static const sim_visits_kernel avx512 = {draw_avx512, read_avx512};
#endif

const sim_visits_kernel *sim_visits_kernel_of(sim_path path)
{
    if (sim_kernel_of(path) == NULL)
        return NULL;
#if SIM_X86
    if (path == SIM_AVX512)
        return &avx512;
    if (path == SIM_AVX2)
        return &avx2;
#endif
    return &portable;
}
