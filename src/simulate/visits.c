/* visits.c - compiled for three kinds of processor, with the same bits. */
#include "visits.h"

#include "exact.h"

/* -- draws -- */

static void draw_portable(sim_words *w)
{
    for (size_t i = 0; i < BLOCKS_AT_ONCE; i++) {
        uint32_t words[4];
        four_words(w->seed, w->trial, w->number[i], w->block[i] >> 16, w->block[i] & 0xffff, words);
        for (int k = 0; k < 4; k++)
            w->word[k][i] = words[k];
    }
}

#if SIM_X86
FOR_AVX512 static inline __m512i eight_words(const uint32_t *from)
{
    return _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)(const void *)from));
}

FOR_AVX512 static void draw_avx512(sim_words *w)
{
    const __m512i trial = _mm512_set1_epi64((int64_t)w->trial);
    for (size_t i = 0; i < BLOCKS_AT_ONCE; i += 8) {
        __m512i c[4] = {eight_words(w->number + i), eight_words(w->block + i), trial,
                        _mm512_srli_epi64(trial, 32)};
        rounds_avx512(w->seed, c);
        for (int k = 0; k < 4; k++)
            _mm256_storeu_si256((__m256i *)(void *)(w->word[k] + i), _mm512_cvtepi64_epi32(c[k]));
    }
}

FOR_AVX2 static inline __m256i four_words_avx2(const uint32_t *from)
{
    return _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(const void *)from));
}

FOR_AVX2 static void draw_avx2(sim_words *w)
{
    const __m256i trial = _mm256_set1_epi64x((int64_t)w->trial);
    const __m256i low_halves = _mm256_set_epi32(7, 5, 3, 1, 6, 4, 2, 0);
    for (size_t i = 0; i < BLOCKS_AT_ONCE; i += 4) {
        __m256i c[4] = {four_words_avx2(w->number + i), four_words_avx2(w->block + i), trial,
                        _mm256_srli_epi64(trial, 32)};
        rounds_avx2(w->seed, c);
        for (int k = 0; k < 4; k++)
            _mm_storeu_si128((__m128i *)(void *)(w->word[k] + i),
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

/* -- courses of disease: as kinetics.c has them, eight side by side -- */

ALWAYS_INLINE void waits_all(const uint32_t *word, double *out)
{
    double share[LANES];
    shares_of(word, share);
    for (int i = 0; i < LANES; i++)
        out[i] = -log_of(share[i]);
}

ALWAYS_INLINE void lowest_all(const sim_courses *c, double *out)
{
    for (int i = 0; i < LANES; i++) {
        const double falls = c->decay[i] * (1 - c->resistant[i]);
        const double grows = c->growth[i] * c->resistant[i];
        const double when =
            log_of(falls > grows ? falls / grows : 1) / (c->decay[i] + c->growth[i]);
        const double day = falls > grows ? when : 0;
        out[i] = (1 - c->resistant[i]) * exp_of(-c->decay[i] * day) +
                 c->resistant[i] * exp_of(c->growth[i] * day);
    }
}

/* Each goes on until its own last step; the others wait. */
ALWAYS_INLINE void reach_all(const sim_courses *c, const double *level, double *out)
{
    double day[LANES], going[LANES], any = 0;
    for (int i = 0; i < LANES; i++) {
        day[i] = log_of(level[i] / c->resistant[i]) / c->growth[i];
        going[i] = day[i] < KINETICS_NEVER ? 1 : 0;
        any += going[i];
        out[i] = (double)INFINITY;
    }
    for (int step = 0; step < KINETICS_STEPS && any > 0; step++) {
        any = 0;
        for (int i = 0; i < LANES; i++) {
            const double sensitive = (1 - c->resistant[i]) * exp_of(-c->decay[i] * day[i]);
            const double resistant = c->resistant[i] * exp_of(c->growth[i] * day[i]);
            const double by = (sensitive + resistant - level[i]) /
                              (c->growth[i] * resistant - c->decay[i] * sensitive);
            day[i] = going[i] > 0 ? day[i] - by : day[i];
            out[i] = going[i] > 0 ? day[i] : out[i];
            going[i] = by > KINETICS_CLOSE ? going[i] : 0;
            any += going[i];
        }
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

static void waits_portable(const uint32_t *word, double *out)
{
    waits_all(word, out);
}

static void lowest_portable(const sim_courses *courses, double *out)
{
    lowest_all(courses, out);
}

static void reach_portable(const sim_courses *courses, const double *level, double *out)
{
    reach_all(courses, level, out);
}

static void read_portable(const msp_kinetics *kinetics, const sim_reading readings[READ_COUNT],
                          sim_visits *visits)
{
    read_all(kinetics, readings, visits);
}

static const sim_visits_kernel portable = {draw_portable,   values_portable, waits_portable,
                                           lowest_portable, reach_portable,  read_portable};

#if SIM_X86
FOR_AVX2 static void values_avx2(size_t n, const uint32_t *word, const double *location,
                                 const double *scale, double *out)
{
    values_all(n, word, location, scale, out);
}

FOR_AVX2 static void waits_avx2(const uint32_t *word, double *out)
{
    waits_all(word, out);
}

FOR_AVX2 static void lowest_avx2(const sim_courses *courses, double *out)
{
    lowest_all(courses, out);
}

FOR_AVX2 static void reach_avx2(const sim_courses *courses, const double *level, double *out)
{
    reach_all(courses, level, out);
}

FOR_AVX2 static void read_avx2(const msp_kinetics *kinetics, const sim_reading readings[READ_COUNT],
                               sim_visits *visits)
{
    read_all(kinetics, readings, visits);
}

static const sim_visits_kernel avx2 = {draw_avx2,   values_avx2, waits_avx2,
                                       lowest_avx2, reach_avx2,  read_avx2};

FOR_AVX512 static void values_avx512(size_t n, const uint32_t *word, const double *location,
                                     const double *scale, double *out)
{
    values_all(n, word, location, scale, out);
}

FOR_AVX512 static void waits_avx512(const uint32_t *word, double *out)
{
    waits_all(word, out);
}

FOR_AVX512 static void lowest_avx512(const sim_courses *courses, double *out)
{
    lowest_all(courses, out);
}

FOR_AVX512 static void reach_avx512(const sim_courses *courses, const double *level, double *out)
{
    reach_all(courses, level, out);
}

FOR_AVX512 static void read_avx512(const msp_kinetics *kinetics,
                                   const sim_reading readings[READ_COUNT], sim_visits *visits)
{
    read_all(kinetics, readings, visits);
}

static const sim_visits_kernel avx512 = {draw_avx512,   values_avx512, waits_avx512,
                                         lowest_avx512, reach_avx512,  read_avx512};
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
