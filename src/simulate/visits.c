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

/* share_of() of each. Words become shares in a loop of their own: one of words and doubles is made
 * for fewer lanes. A word in the low bits of 2^52 is 2^52 and the word, exactly: compilers convert
 * unsigned words one by one (7 % of the time of reading visits). */
ALWAYS_INLINE void shares_of(const uint32_t *word, double out[LANES])
{
    const uint64_t whole = 0x4330000000000000;
    for (int i = 0; i < LANES; i++)
        out[i] = ((double_of(whole | word[i]) - 0x1p52) + 0.5) * 0x1p-32;
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

ALWAYS_INLINE void normals_all(size_t n, const uint32_t *word, double *out)
{
    for (size_t from = 0; from < n; from += LANES) {
        double share[LANES];
        shares_of(word + from, share);
        for (size_t i = 0; i < LANES; i++)
            out[from + i] = normal_at(share[i]);
    }
}

/* -- courses of disease: as kinetics.c has them, eight side by side, a piece of treatment after
 * another -- */

ALWAYS_INLINE void waits_all(size_t n, const uint32_t *word, double *out)
{
    for (size_t from = 0; from < n; from += LANES) {
        double share[LANES];
        shares_of(word + from, share);
        for (size_t i = 0; i < LANES; i++)
            out[from + i] = -log_of(share[i]);
    }
}

/* What is sensitive and resistant at the beginning of piece k, after a transplant on that day. */
ALWAYS_INLINE void begin_piece(const sim_courses *c, size_t k)
{
    const double *day = c->day[k], *lost = c->lost[k];
    double *sensitive = c->part[0][k], *resistant = c->part[1][k];
    for (int i = 0; i < LANES; i++) {
        const double done = day[i] >= c->transplant[i] ? 1 : 0;
        const double falls = -c->decay[i] * day[i] + (c->decay[i] + c->regrowth[i]) * lost[i];
        const double grows = c->growth[i] * day[i] + (c->regrowth[i] - c->growth[i]) * lost[i];
        sensitive[i] = (1 - c->resistant[i]) * exp_of(falls - done * c->taken[0][i]);
        resistant[i] = c->resistant[i] * exp_of(grows - done * c->taken[1][i]);
    }
}

/* One piece of each course. */
typedef struct piece {
    double rate[MSP_PARTS][LANES];
    double begin[MSP_PARTS][LANES], end[MSP_PARTS][LANES]; /* the end is before a transplant */
} piece;

ALWAYS_INLINE void take_piece(const sim_courses *c, size_t k, piece *p)
{
    for (int i = 0; i < LANES; i++) {
        p->rate[0][i] = -c->decay[i] + (c->decay[i] + c->regrowth[i]) * c->rate[k][i];
        p->rate[1][i] = c->growth[i] + (c->regrowth[i] - c->growth[i]) * c->rate[k][i];
    }
    for (int part = 0; part < MSP_PARTS; part++)
        for (int i = 0; i < LANES; i++) {
            p->begin[part][i] = c->part[part][k][i];
            p->end[part][i] = c->part[part][k + 1][i];
        }
    if (c->transplanted)
        for (int part = 0; part < MSP_PARTS; part++)
            for (int i = 0; i < LANES; i++) {
                const double whole = p->end[part][i] * exp_of(c->taken[part][i]);
                p->end[part][i] = c->day[k + 1][i] == c->transplant[i] ? whole : p->end[part][i];
            }
}

/* The lowest burden of a piece is inside where it falls at first and grows at last: there the two
 * parts change at the same rate. */
ALWAYS_INLINE void lowest_inside(const piece *p, double *lowest)
{
    double inside[LANES];
    uint64_t any = 0;
    for (int i = 0; i < LANES; i++) {
        const double begin = p->begin[0][i] + p->begin[1][i], end = p->end[0][i] + p->end[1][i];
        const double falls = -p->rate[0][i] * p->begin[0][i],
                     grows = p->rate[1][i] * p->begin[1][i];
        const bool turns =
            falls > grows && p->rate[1][i] * p->end[1][i] > -p->rate[0][i] * p->end[0][i];
        lowest[i] = begin < end ? begin : end;
        inside[i] = turns ? falls / grows : 1;
        any |= turns ? 1 : 0;
    }
    if (any == 0)
        return;
    for (int i = 0; i < LANES; i++) {
        const double when = log_of(inside[i]) / (p->rate[1][i] - p->rate[0][i]);
        const double resistant = p->begin[1][i] * exp_of(p->rate[1][i] * when);
        const double there = resistant * (1 - p->rate[1][i] / p->rate[0][i]);
        lowest[i] = inside[i] > 1 ? there : lowest[i];
    }
}

ALWAYS_INLINE double level_of(double low, double rise, double high, double further)
{
    const double quarter = 1.25 * low, level = low + rise > quarter ? low + rise : quarter;
    return low >= high && low + further < level ? low + further : level;
}

/* Newton's method from the right, where the resistant part alone is there or the piece ends: burden
 * is convex in it, so every step ends to the right of the root, and nearer. Each goes on until its
 * own last step; the others wait. Days from the beginning of the piece. */
ALWAYS_INLINE void cross(const piece *p, const double *level, const double *length, double *t)
{
    double going[LANES];
    uint64_t any = 1;
    for (int i = 0; i < LANES; i++) {
        const double alone = log_of(level[i] / p->begin[1][i]) / p->rate[1][i];
        t[i] = alone < length[i] ? alone : length[i];
        going[i] = 1;
    }
    for (int step = 0; step < KINETICS_STEPS && any != 0; step++) {
        any = 0;
        for (int i = 0; i < LANES; i++) {
            const double sensitive = p->begin[0][i] * exp_of(p->rate[0][i] * t[i]);
            const double resistant = p->begin[1][i] * exp_of(p->rate[1][i] * t[i]);
            const double by = (sensitive + resistant - level[i]) /
                              (p->rate[0][i] * sensitive + p->rate[1][i] * resistant);
            t[i] = going[i] > 0 ? t[i] - by : t[i];
            going[i] = by > KINETICS_CLOSE ? going[i] : 0;
            any |= going[i] > 0 ? 1 : 0;
        }
    }
}

/* 1.5 to the power 3/2: of a volume, where an area is half as large again. */
#define LARGER 1.8371173070873836

ALWAYS_INLINE double level_of_lesions(double low, double gone, double seen)
{
    return low < gone ? seen : LARGER * low;
}

ALWAYS_INLINE void progress_all(const sim_courses *c, double *lowest, double *day)
{
    double found[LANES], level[LANES], length[LANES], inside[LANES], t[LANES];
    uint64_t left = 1; /* some have none yet */
    piece here, there;
    begin_piece(c, 0);
    for (int i = 0; i < LANES; i++) {
        lowest[i] = 1;
        found[i] = -1; /* the piece in which progression comes */
    }
    for (size_t k = 0; k < c->n && left != 0; k++) {
        const double number = (double)k;
        begin_piece(c, k + 1);
        take_piece(c, k, &here);
        lowest_inside(&here, inside);
        left = 0;
        for (int i = 0; i < LANES; i++) {
            const double lower = inside[i] < lowest[i] ? inside[i] : lowest[i];
            const double low = found[i] < 0 ? lower : lowest[i];
            const double of_protein = level_of(low, c->rise[i], c->high[i], c->further[i]);
            const double of_lesions = level_of_lesions(low, c->gone[i], c->seen[i]);
            const double end = here.end[0][i] + here.end[1][i];
            level[i] = of_lesions < of_protein ? of_lesions : of_protein;
            lowest[i] = low;
            const double first = end >= level[i] ? number : -1;
            found[i] = found[i] < 0 ? first : found[i];
            left |= found[i] < 0 ? 1 : 0;
        }
    }
    for (int i = 0; i < LANES; i++) {
        const size_t k = found[i] < 0 ? 0 : (size_t)found[i];
        length[i] = c->day[k + 1][i] - c->day[k][i];
        for (int part = 0; part < MSP_PARTS; part++)
            there.begin[part][i] = c->part[part][k][i];
        there.rate[0][i] = -c->decay[i] + (c->decay[i] + c->regrowth[i]) * c->rate[k][i];
        there.rate[1][i] = c->growth[i] + (c->regrowth[i] - c->growth[i]) * c->rate[k][i];
        level[i] = found[i] < 0 ? there.begin[0][i] + there.begin[1][i] : level[i];
    }
    cross(&there, level, length, t);
    for (int i = 0; i < LANES; i++)
        day[i] = found[i] < 0 ? (double)INFINITY : c->day[(size_t)found[i]][i] + t[i];
}

/* -- what is read -- */

/* As the assay reads it; below its limit 0. Straight on, so that all lanes go at once. */
ALWAYS_INLINE void assay_all(const sim_reading *r, int n, const double *burden, double *out)
{
    const sim_assay law = *r->assay;
    for (int from = 0; from < n; from += LANES) {
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

/* Days of treatment lost by each visit: a piece of treatment after another, so that nobody asks
 * which one a visit is in. */
ALWAYS_INLINE void lost_by_visits(int n, const msp_doses *doses, sim_visits *visits)
{
    for (int i = 0; i < n; i++)
        visits->lost[i] = 0;
    for (size_t k = 0; k < doses->n * doses->stride; k += doses->stride) {
        const double from = doses->day[k], before = doses->lost[k], rate = doses->rate[k];
        for (int i = 0; i < n; i++) {
            const double then = before + rate * (visits->day[i] - from);
            visits->lost[i] = visits->day[i] >= from ? then : visits->lost[i];
        }
    }
}

ALWAYS_INLINE void read_first(int n, const msp_kinetics *kinetics, const msp_doses *doses,
                              const sim_reading readings[READ_COUNT], sim_visits *visits)
{
    const msp_kinetics k = *kinetics;
    lost_by_visits(n, doses, visits);
    for (int i = 0; i < n; i++) {
        const double day = visits->day[i], lost = visits->lost[i];
        const double done = day >= k.transplant ? 1 : 0;
        const double sensitive =
            -k.decay * day + (k.decay + k.regrowth) * lost - done * k.taken[MSP_SENSITIVE];
        const double resistant =
            k.growth * day + (k.regrowth - k.growth) * lost - done * k.taken[MSP_RESISTANT];
        const double burden =
            (1 - k.resistant) * exp_of(sensitive) + k.resistant * exp_of(resistant);
        visits->burden[i] = day > 0 ? burden : 1;
    }
    for (int which = 0; which < READ_COUNT; which++)
        if (readings[which].assay != NULL)
            assay_all(&readings[which], n, visits->burden, visits->value[which]);
        else
            for (int i = 0; i < n; i++)
                visits->value[which][i] = 0;
}

/* Eight visits or sixteen, whichever is enough; both numbers are known to the compiler. */
ALWAYS_INLINE void read_all(const msp_kinetics *kinetics, const msp_doses *doses,
                            const sim_reading readings[READ_COUNT], size_t n, sim_visits *visits)
{
    if (n <= LANES)
        read_first(LANES, kinetics, doses, readings, visits);
    else
        read_first(VISITS_AT_ONCE, kinetics, doses, readings, visits);
}

static void values_portable(size_t n, const uint32_t *word, const double *location,
                            const double *scale, double *out)
{
    values_all(n, word, location, scale, out);
}

static void normals_portable(size_t n, const uint32_t *word, double *out)
{
    normals_all(n, word, out);
}

static void waits_portable(size_t n, const uint32_t *word, double *out)
{
    waits_all(n, word, out);
}

static void progress_portable(const sim_courses *courses, double *lowest, double *day)
{
    progress_all(courses, lowest, day);
}

static void read_portable(const msp_kinetics *kinetics, const msp_doses *doses,
                          const sim_reading readings[READ_COUNT], size_t n, sim_visits *visits)
{
    read_all(kinetics, doses, readings, n, visits);
}

static const sim_visits_kernel portable = {draw_portable,  values_portable,   normals_portable,
                                           waits_portable, progress_portable, read_portable};

#if SIM_X86
FOR_AVX2 static void values_avx2(size_t n, const uint32_t *word, const double *location,
                                 const double *scale, double *out)
{
    values_all(n, word, location, scale, out);
}

FOR_AVX2 static void normals_avx2(size_t n, const uint32_t *word, double *out)
{
    normals_all(n, word, out);
}

FOR_AVX2 static void waits_avx2(size_t n, const uint32_t *word, double *out)
{
    waits_all(n, word, out);
}

FOR_AVX2 static void progress_avx2(const sim_courses *courses, double *lowest, double *day)
{
    progress_all(courses, lowest, day);
}

FOR_AVX2 static void read_avx2(const msp_kinetics *kinetics, const msp_doses *doses,
                               const sim_reading readings[READ_COUNT], size_t n, sim_visits *visits)
{
    read_all(kinetics, doses, readings, n, visits);
}

static const sim_visits_kernel avx2 = {draw_avx2,  values_avx2,   normals_avx2,
                                       waits_avx2, progress_avx2, read_avx2};

FOR_AVX512 static void values_avx512(size_t n, const uint32_t *word, const double *location,
                                     const double *scale, double *out)
{
    values_all(n, word, location, scale, out);
}

FOR_AVX512 static void normals_avx512(size_t n, const uint32_t *word, double *out)
{
    normals_all(n, word, out);
}

FOR_AVX512 static void waits_avx512(size_t n, const uint32_t *word, double *out)
{
    waits_all(n, word, out);
}

FOR_AVX512 static void progress_avx512(const sim_courses *courses, double *lowest, double *day)
{
    progress_all(courses, lowest, day);
}

FOR_AVX512 static void read_avx512(const msp_kinetics *kinetics, const msp_doses *doses,
                                   const sim_reading readings[READ_COUNT], size_t n,
                                   sim_visits *visits)
{
    read_all(kinetics, doses, readings, n, visits);
}

static const sim_visits_kernel avx512 = {draw_avx512,  values_avx512,   normals_avx512,
                                         waits_avx512, progress_avx512, read_avx512};
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
