/* virtual_samples.c - blood, urine and marrow of a virtual patient.
 *
 *   1. draws and readings    2. M-protein, light chains    3. where none is left    4. a visit
 */
#include "virtual_samples.h"

#include "exact.h"
#include "virtual_truth.h"

#define NORMAL_LIGHT   13.0  /* mg/L of either chain without disease */
#define VISIBLE        0.015 /* g/dL in serum: immunofixation sees half of such bands */
#define VISIBLE_URINE  5.0   /* mg/24h, the same */
#define VISIBLE_SPREAD 0.3   /* of the logarithm */
#define CLONE_SEEN     1e-4  /* burden above which plasma cells in the marrow look clonal */
#define CLONE_SPREAD   1.0   /* of its logarithm */
#define MARROW_EVERY   6     /* visits */
#define MARROW_DONE    0.9   /* of those who need one for CR */

static const sim_assay serum_assay = {0.04, 0.02, 0.1, 12}, /* g/dL */
    urine_assay = {0.10, 5, 10, 25000},                     /* mg/24h */
    light_assay = {0.06, 0.5, 0, 40000};                    /* mg/L */

/* -- 1. draws and readings -- */

void sim_sampler_init(sim_sampler *s, const sim_visits_kernel *kernel, const sim_eyes *eyes,
                      uint64_t seed, uint64_t trial, uint32_t number)
{
    s->kernel = kernel;
    s->eyes = eyes;
    s->number = number;
    s->words.seed = seed;
    s->words.trial = trial;
    for (uint32_t i = 0; i < BLOCKS_AT_ONCE; i++)
        s->words.number[i] = number;
}

void sim_sampler_begin(sim_sampler *s, const sim_line *line)
{
    const msp_virtual_truth *truth = line->truth;
    const sim_assay *light = s->type == MSP_DISEASE_FLC ? &light_assay : NULL;
    uint32_t(*words)[BLOCKS_AT_ONCE] = s->words.word;
    s->line = *line;
    s->first = 0;
    s->at = (sim_progress){0};
    s->marrow_due = 0;
    s->light_due = false;
    for (size_t i = 0; i < MSP_COUNT(s->lowest); i++)
        s->lowest[i] = INFINITY;
    s->readings[READ_SERUM] = (sim_reading){truth->serum > 0 ? &serum_assay : NULL, 0, truth->serum,
                                            words[0] + DRAWN_VISITS};
    s->readings[READ_URINE] = (sim_reading){truth->urine > 0 ? &urine_assay : NULL, 0, truth->urine,
                                            words[1] + DRAWN_VISITS};
    s->readings[READ_INVOLVED] =
        (sim_reading){light, NORMAL_LIGHT, truth->light, words[0] + DRAWN_DEEPER};
    s->readings[READ_OTHER] = (sim_reading){light, NORMAL_LIGHT, 0, words[1] + DRAWN_DEEPER};
}

/* All draws at once, for each alone would wait for itself. */
static void draw(sim_sampler *s)
{
    sim_words *w = &s->words;
    for (uint32_t i = 0; i < VISITS_AT_ONCE; i++) {
        w->block[DRAWN_VISITS + i] = (DRAW_VISIT + s->line.again) << 16 | (s->first + i);
        w->block[DRAWN_DEEPER + i] = (DRAW_DEEP + s->line.again) << 16 | 2 * (s->first + i);
    }
    s->kernel->draw(w);
}

/* The days of the visits, as many as come in time; late cycles take them along. Number 0 is the
 * baseline. */
static void place(sim_sampler *s)
{
    const sim_line *line = &s->line;
    const msp_virtual_course *c = line->course;
    const uint32_t *word = s->words.word[2] + DRAWN_VISITS;
    const int most = line->last - line->first_dose;
    sim_progress at = s->at;
    size_t i = s->first == 0;
    s->visits.day[0] = 0;
    for (; i < VISITS_AT_ONCE && s->first + i <= c->n_visits; i++) {
        const msp_planned_visit *v = &c->visits[s->first + i - 1];
        while (line->late[at.late] <= v->cycle)
            at.late++;
        int day = v->earliest + LATE_DAYS * (int)at.late +
                  (int)((word[i] >> 16) * (unsigned)v->window >> 16);
        day = day > at.day ? day : at.day + 1; /* windows may overlap */
        if (day > most)
            break;
        at.day = day;
        s->visits.day[i] = day;
    }
    s->at = at;
    s->n = i;
    for (; i < VISITS_AT_ONCE; i++)
        s->visits.day[i] = 0;
}

static void read_all(sim_sampler *s)
{
    s->kernel->read(&s->line.truth->kinetics, &s->line.doses, s->readings, s->n, &s->visits);
}

/* Of the baseline, of eight patients at most: only that is looked at in everybody. */
static void draw_light_noise(sim_sampler *const samplers[], size_t n)
{
    uint32_t word[2 * COURSES_AT_ONCE] = {0};
    double noise[2 * COURSES_AT_ONCE];
    for (size_t i = 0; i < n; i++)
        for (size_t chain = 0; chain < 2; chain++)
            word[2 * i + chain] = samplers[i]->words.word[chain][DRAWN_DEEPER];
    samplers[0]->kernel->normals(n > COURSES_AT_ONCE / 2 ? 2 * COURSES_AT_ONCE : COURSES_AT_ONCE,
                                 word, noise);
    for (size_t i = 0; i < n; i++)
        for (size_t chain = 0; chain < 2; chain++)
            samplers[i]->light_noise[chain] = noise[2 * i + chain];
}

void sim_samplers_read(sim_sampler *const samplers[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        draw(samplers[i]);
    for (size_t i = 0; i < n; i++)
        place(samplers[i]);
    draw_light_noise(samplers, n);
    for (size_t i = 0; i < n; i++)
        read_all(samplers[i]);
}

bool sim_samples_go_on(sim_sampler *s)
{
    s->first += VISITS_AT_ONCE;
    if (s->n < VISITS_AT_ONCE || s->first > s->line.course->n_visits)
        return false;
    draw(s);
    place(s);
    read_all(s);
    return true;
}

/* -- 2. M-protein, light chains -- */

static void measure(sim_sampler *s, size_t i, msp_marker marker, msp_day day, double value,
                    int scale, bool below)
{
    static const double powers[] = {1, 10, 100};
    *s->next++ = (msp_measured){.coefficient = (int64_t)(value * powers[scale] + 0.5),
                                .day = day,
                                .assessed = day,
                                .row = s->line.visit + s->first + (uint32_t)i,
                                .scale = (uint8_t)scale,
                                .marker = (uint8_t)marker,
                                .flags = below ? MSP_MEASURED_BELOW : 0};
}

/* Whether this marker has risen from its lowest value as progression needs; keeps the lowest. */
static bool rises(double *lowest, double value, double least)
{
    const double before = *lowest, least_rise = before + least, quarter = 1.25 * before;
    *lowest = value < before ? value : before;
    return value >= (least_rise > quarter ? least_rise : quarter);
}

/* As the assay reads it; below its limit 0. */
static double assay(const sim_assay *law, double x, double noise)
{
    const double held = x < law->most ? x : law->most;
    const double sd = sqrt(law->cv * law->cv * held * held + law->sd * law->sd);
    const double read = held + sd * noise;
    return read < law->limit ? 0 : read;
}

/* Light chains; whether they show progression to the site. Those of patients whose disease is
 * measured by them were read with the other markers; of others few are looked at. */
static bool sample_light(sim_sampler *s, size_t i, msp_day day)
{
    const bool by_light = s->type == MSP_DISEASE_FLC, baseline = s->first + i == 0;
    double value[] = {s->visits.value[READ_INVOLVED][i], s->visits.value[READ_OTHER][i]};
    if (!by_light) {
        const double there[] = {NORMAL_LIGHT + s->line.truth->light * s->visits.burden[i],
                                NORMAL_LIGHT};
        for (size_t chain = 0; chain < 2; chain++)
            value[chain] = assay(&light_assay, there[chain],
                                 baseline ? s->light_noise[chain]
                                          : normal_of(s->words.word[chain][DRAWN_DEEPER + i]));
    }
    measure(s, i, MSP_MARKER_KAPPA, day, value[!s->kappa], 1, false);
    measure(s, i, MSP_MARKER_LAMBDA, day, value[s->kappa], 1, false);
    return by_light && rises(&s->lowest[2], value[0] - value[1], LIGHT_RISE);
}

/* -- 3. where none is left -- */

void sim_eyes_init(sim_eyes *eyes)
{
    sim_sight_init(&eyes->fixation, VISIBLE_SPREAD);
    sim_sight_init(&eyes->clones, CLONE_SPREAD);
}

/* Whether it has fewer plasma cells than CR allows. */
static bool sample_marrow(sim_sampler *s, size_t i, msp_day day)
{
    const double burden = s->visits.burden[i];
    uint32_t w[4];
    four_words(s->words.seed, s->words.trial, s->number, DRAW_DEEP + s->line.again,
               2 * (s->first + (uint32_t)i) + 1, w);
    const double cells = 1 + 400 * burden + (double)(w[0] % 3);
    measure(s, i, MSP_MARKER_MARROW, day, cells < 95 ? cells : 95, 0, false);
    measure(s, i, MSP_MARKER_CLONAL, day, sim_shows(&s->eyes->clones, burden, CLONE_SEEN, w[1]), 0,
            false);
    return cells < 5;
}

/* Where no M-protein is left to quantify: immunofixation, and once it sees nothing a marrow, until
 * there are few plasma cells, then again after MARROW_EVERY visits; light chains then and at the
 * visit after, which confirms. Draws only what matters. */
static void look_deep(sim_sampler *s, size_t i, msp_day day)
{
    const msp_virtual_truth *t = s->line.truth;
    const double burden = s->visits.burden[i];
    const double serum = t->serum * burden, urine = t->urine * burden;
    const uint32_t word = s->words.word[2][DRAWN_DEEPER + i];
    const bool in_serum = sim_shows(&s->eyes->fixation, serum, VISIBLE, word),
               in_urine = sim_shows(&s->eyes->fixation, urine, VISIBLE_URINE, word);
    const uint32_t visit = s->first + (uint32_t)i;
    const bool due = !in_serum && !in_urine && visit >= s->marrow_due &&
                     share_of(s->words.word[3][DRAWN_DEEPER + i]) < MARROW_DONE;
    if ((due || s->light_due) && s->type != MSP_DISEASE_FLC)
        (void)sample_light(s, i, day);
    s->light_due = due;
    measure(s, i, MSP_MARKER_IFE_SERUM, day, in_serum, 0, false);
    measure(s, i, MSP_MARKER_IFE_URINE, day, in_urine, 0, false);
    if (in_serum || in_urine)
        s->marrow_due = 0;
    if (due && sample_marrow(s, i, day))
        s->marrow_due = visit + MARROW_EVERY;
}

/* -- 4. a visit -- */

/* The protein by which the disease is known. */
static void fix_baseline(sim_sampler *s, size_t i, msp_day day)
{
    measure(s, i, MSP_MARKER_IFE_SERUM, day, s->line.truth->serum > 0, 0, false);
    measure(s, i, MSP_MARKER_IFE_URINE, day, s->line.truth->urine > 0, 0, false);
}

/* Beside M-protein: light chains where the baseline or the disease needs them, and where no
 * M-protein is left, what is deeper. A function of its own, which most visits do without. */
__attribute__((noinline)) static bool sample_more(sim_sampler *s, size_t i, msp_day day, bool none)
{
    const bool baseline = s->first + i == 0, by_light = s->type == MSP_DISEASE_FLC;
    const bool risen = (baseline || by_light) && sample_light(s, i, day);
    if (baseline)
        fix_baseline(s, i, day);
    else if (none)
        look_deep(s, i, day);
    return risen;
}

/* What he has none of is read as 0, which never rises. */
bool sim_sample(sim_sampler *s, size_t i, msp_day day, sim_lost lost)
{
    const double serum = s->visits.value[READ_SERUM][i], urine = s->visits.value[READ_URINE][i];
    const bool none = (serum <= 0) & (urine <= 0);
    bool risen = false;
    if (lost != SERUM_LOST) {
        measure(s, i, MSP_MARKER_SERUM_M, day, serum, 2, serum <= 0);
        risen = rises(&s->lowest[0], serum, SERUM_RISE);
    }
    if (lost != URINE_LOST) {
        measure(s, i, MSP_MARKER_URINE_M, day, urine, 0, urine <= 0);
        risen |= rises(&s->lowest[1], urine, URINE_RISE);
    }
    if (lost != SERUM_LOST && (none || s->first + i == 0 || s->type == MSP_DISEASE_FLC))
        risen |= sample_more(s, i, day, none);
    return risen;
}
