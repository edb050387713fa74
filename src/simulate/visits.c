/* visits.c - compiled for three kinds of processor, with the same bits. */
#include "visits.h"

#include "exact.h"

/* -- draws -- */

static void draw_portable(const sim_stream *s, size_t from, size_t to, sim_words *out)
{
    for (size_t i = from; i < to; i++) {
        uint32_t words[4];
        four_words(s->seed, s->trial, s->number, out->block[i] >> 16, out->block[i] & 0xffff,
                   words);
        for (int k = 0; k < 4; k++)
            out->word[k][i] = words[k];
    }
}

#if SIM_X86
FOR_AVX512 static void draw_avx512(const sim_stream *s, size_t from, size_t to, sim_words *out)
{
    const __m512i trial = _mm512_set1_epi64((int64_t)s->trial);
    for (size_t i = from; i < to; i += 8) {
        const __m256i block = _mm256_loadu_si256((const __m256i *)(const void *)(out->block + i));
        __m512i c[4] = {_mm512_set1_epi64(s->number), _mm512_cvtepu32_epi64(block), trial,
                        _mm512_srli_epi64(trial, 32)};
        rounds_avx512(s->seed, c);
        for (int k = 0; k < 4; k++)
            _mm256_storeu_si256((__m256i *)(void *)(out->word[k] + i), _mm512_cvtepi64_epi32(c[k]));
    }
}

FOR_AVX2 static void draw_avx2(const sim_stream *s, size_t from, size_t to, sim_words *out)
{
    const __m256i trial = _mm256_set1_epi64x((int64_t)s->trial);
    const __m256i low_halves = _mm256_set_epi32(7, 5, 3, 1, 6, 4, 2, 0);
    for (size_t i = from; i < to; i += 4) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(out->block + i));
        __m256i c[4] = {_mm256_set1_epi64x(s->number), _mm256_cvtepu32_epi64(block), trial,
                        _mm256_srli_epi64(trial, 32)};
        rounds_avx2(s->seed, c);
        for (int k = 0; k < 4; k++)
            _mm_storeu_si128((__m128i *)(void *)(out->word[k] + i),
                             _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(c[k], low_halves)));
    }
}
#endif

/* -- values -- */

enum { LANES = 8 }; /* loops of so many become one vector */

/* Words become shares in a loop of their own: one of words and doubles is made for fewer lanes. */
ALWAYS_INLINE void shares_of(const uint32_t *word, double out[LANES])
{
    for (int i = 0; i < LANES; i++)
        out[i] = share_of(word[i]);
}

ALWAYS_INLINE void values_all(size_t n, const uint32_t *word, const double *location,
                              const double *scale, double *out)
{
    for (size_t from = 0; from < n; from += LANES) {
        double share[LANES];
        shares_of(word + from, share);
        for (size_t i = 0; i < LANES; i++)
            out[from + i] = exp_of(location[from + i] + scale[from + i] * normal_at(share[i]));
    }
}

/* -- what is read -- */

/* As the assay reads it; below its limit 0. Straight on, so that all lanes go at once. */
ALWAYS_INLINE void assay_all(const sim_reading *r, const double *burden, double *out)
{
    const sim_assay law = *r->assay;
    for (int from = 0; from < VISITS_AT_ONCE; from += LANES) {
        double share[LANES];
        shares_of(r->noise + from, share);
        for (int i = 0; i < LANES; i++) {
            const double x = r->base + r->start * burden[from + i];
            const double held = x < law.most ? x : law.most;
            const double sd = sqrt(law.cv * law.cv * held * held + law.sd * law.sd);
            const double read = held + sd * normal_at(share[i]);
            out[from + i] = read < law.limit ? 0 : read;
        }
    }
}

ALWAYS_INLINE void read_all(const msp_kinetics *kinetics, const sim_reading readings[READ_COUNT],
                            sim_visits *visits)
{
    const msp_kinetics k = *kinetics;
    for (int i = 0; i < VISITS_AT_ONCE; i++) {
        const double burden = (1 - k.resistant) * exp_of(-k.decay * visits->day[i]) +
                              k.resistant * exp_of(k.growth * visits->day[i]);
        visits->burden[i] = visits->day[i] > 0 ? burden : 1;
    }
    for (int which = 0; which < READ_COUNT; which++)
        if (readings[which].assay != NULL)
            assay_all(&readings[which], visits->burden, visits->value[which]);
        else
            memset(visits->value[which], 0, sizeof visits->value[which]);
}

static void values_portable(size_t n, const uint32_t *word, const double *location,
                            const double *scale, double *out)
{
    values_all(n, word, location, scale, out);
}

static void read_portable(const msp_kinetics *kinetics, const sim_reading readings[READ_COUNT],
                          sim_visits *visits)
{
    read_all(kinetics, readings, visits);
}

static const sim_visits_kernel portable = {draw_portable, values_portable, read_portable};

#if SIM_X86
FOR_AVX2 static void values_avx2(size_t n, const uint32_t *word, const double *location,
                                 const double *scale, double *out)
{
    values_all(n, word, location, scale, out);
}

FOR_AVX2 static void read_avx2(const msp_kinetics *kinetics, const sim_reading readings[READ_COUNT],
                               sim_visits *visits)
{
    read_all(kinetics, readings, visits);
}

static const sim_visits_kernel avx2 = {draw_avx2, values_avx2, read_avx2};

FOR_AVX512 static void values_avx512(size_t n, const uint32_t *word, const double *location,
                                     const double *scale, double *out)
{
    values_all(n, word, location, scale, out);
}

FOR_AVX512 static void read_avx512(const msp_kinetics *kinetics,
                                   const sim_reading readings[READ_COUNT], sim_visits *visits)
{
    read_all(kinetics, readings, visits);
}

static const sim_visits_kernel avx512 = {draw_avx512, values_avx512, read_avx512};
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
