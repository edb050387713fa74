/* virtual_patient.c - a patient's disease, what a laboratory and a calendar make of it.
 *
 *   1. draws    2. the disease    3. the truth    4. samples    5. the course    6. allotment
 */
#include "mspike/simulate/virtual_patient.h"

#include <stdlib.h>
#include <string.h>

#include "exact.h"

/* -- 1. draws -- */

/* Purposes of draws; those of the event level are below 16. */
enum { DRAW_WHO = 32, DRAW_VISIT, DRAW_DEEP, DRAW_CELLS, DRAW_ARMS };

/* -- 2. the disease -- */

/* Log-normal between patients; what is below the least is the least, so that it is measurable. */
static const struct {
    double location, scale, least;
} serum_law = {0.9162907318741551, 0.45, 0.7}, /* median 2.5 g/dL */
    urine_law = {6.802394763324311, 0.7, 250}, /* 900 mg/24h */
    light_law = {6.396929655216146, 0.9, 150}, /* 600 mg/L, where disease is measured by it */
    aside_law = {4.605170185988092, 1.0, 0};   /* 100 mg/L, where it is not */

#define NORMAL_LIGHT   13.0  /* mg/L of either chain without disease */
#define VISIBLE        0.015 /* g/dL in serum: immunofixation sees half of such bands */
#define VISIBLE_URINE  5.0   /* mg/24h, the same */
#define VISIBLE_SPREAD 0.3   /* of the logarithm */
#define CLONE_SEEN     1e-4  /* burden above which plasma cells in the marrow look clonal */
#define MARROW_DONE    0.9   /* of those who need one for CR */
#define DEEP           1e-3  /* what is resistant in some patients, to the others */
#define TREATED        0.85  /* of those who progress begin another therapy */

/* What a virtual patient needs while he is made. */
typedef struct maker {
    const msp_virtual_plan *plan;
    const msp_virtual_course *course;
    uint64_t seed, trial;
    uint32_t number;
    msp_virtual_work *work;
    msp_virtual_patient *out;
    size_t n_measured, n_visits;
    uint32_t visit;   /* number of the planned visit; 0 is the baseline */
    double lowest[3]; /* measured so far: serum, urine, difference of light chains */
    unsigned risen;   /* assessments in a row that showed progression */
} maker;

static double law_value(const msp_virtual_law *law, uint32_t bits)
{
    return exp_of(law->location + law->scale * normal_of(bits));
}

static double start_value(double location, double scale, double least, uint32_t bits)
{
    const double x = exp_of(location + scale * normal_of(bits));
    return x < least ? least : x;
}

static msp_disease_type type_of(const msp_virtual_plan *plan, double u)
{
    static const msp_disease_type types[] = {MSP_DISEASE_SERUM, MSP_DISEASE_URINE, MSP_DISEASE_BOTH,
                                             MSP_DISEASE_FLC};
    size_t i = 0;
    for (double sum = plan->measured[0]; i < 3 && u >= sum; sum += plan->measured[i])
        i++;
    return types[i];
}

#define START(law, bits) start_value((law).location, (law).scale, (law).least, bits)
static void fall_ill(maker *m)
{
    msp_virtual_truth *t = &m->out->truth;
    uint32_t w[4];
    four_words(m->seed, m->trial, m->number, DRAW_WHO, 0, w);
    m->out->type = type_of(m->plan, share_of(w[0]));
    const bool in_serum = m->out->type == MSP_DISEASE_SERUM || m->out->type == MSP_DISEASE_BOTH;
    const bool in_urine = m->out->type == MSP_DISEASE_URINE || m->out->type == MSP_DISEASE_BOTH;
    t->serum = in_serum ? START(serum_law, w[1]) : 0;
    t->urine = in_urine ? START(urine_law, w[2]) : 0;
    t->light = m->out->type == MSP_DISEASE_FLC ? START(light_law, w[3]) : START(aside_law, w[3]);
}

static void respond(maker *m)
{
    const msp_virtual_course *c = m->course;
    msp_kinetics *k = &m->out->truth.kinetics;
    uint32_t w[4];
    four_words(m->seed, m->trial, m->number, DRAW_WHO, 1, w);
    const double u = share_of(w[3]);
    const double odds = law_value(&c->resistant, w[1]) * (u > 1 - c->deep ? DEEP : 1);
    k->decay = law_value(&c->decay, w[0]);
    k->growth = law_value(&c->growth, w[2]) * m->plan->cell[m->out->cell].growth;
    k->resistant = u < c->refractory ? 1 : odds / (1 + odds);
}

/* -- 3. the truth -- */

/* What a marker of `start` has to reach from its nadir to be progression, as a burden: a rise of 25
 * % and of `least`; of serum M-protein from 5 g/dL on, 1 g/dL (docs/methods/imwg-response.md). */
static double threshold(double start, double lowest, double least, double high)
{
    const double n = start * lowest;
    double level = n + least > 1.25 * n ? n + least : 1.25 * n;
    if (n >= high && n + 1 < level)
        level = n + 1;
    return level / start;
}

#define SERUM_RISE 0.5
#define URINE_RISE 200
#define LIGHT_RISE 100
#define SERUM_HIGH 5

static double progression_level(const msp_virtual_patient *p)
{
    const msp_virtual_truth *t = &p->truth;
    double level = INFINITY;
    if (t->serum > 0)
        level = threshold(t->serum, t->nadir, SERUM_RISE, SERUM_HIGH);
    if (t->urine > 0) {
        const double here = threshold(t->urine, t->nadir, URINE_RISE, INFINITY);
        level = here < level ? here : level;
    }
    if (p->type == MSP_DISEASE_FLC)
        level = threshold(t->light, t->nadir, LIGHT_RISE, INFINITY);
    return level;
}

static double exponential(double rate, uint32_t bits)
{
    return rate > 0 ? -log_of(share_of(bits)) / rate : (double)INFINITY;
}

/* Days of the truth count from randomisation, those of the kinetics from the first dose. */
static void live(maker *m, int first_dose)
{
    const msp_virtual_course *c = m->course;
    msp_virtual_truth *t = &m->out->truth;
    uint32_t w[4];
    four_words(m->seed, m->trial, m->number, DRAW_WHO, 2, w);
    t->nadir = msp_kinetics_burden(&t->kinetics, msp_kinetics_nadir(&t->kinetics));
    t->progression = first_dose + msp_kinetics_reach(&t->kinetics, progression_level(m->out));
    t->death = exponential(c->death_before, w[0]);
    t->of_myeloma = t->death > t->progression;
    if (t->of_myeloma)
        t->death = t->progression + exponential(c->death_after, w[1]);
    t->stop = exponential(c->stop, w[2]);
    t->withdrawal = exponential(m->plan->withdrawal, w[3]);
}

double msp_virtual_true_pfs(const msp_virtual_truth *t)
{
    return (t->progression < t->death ? t->progression : t->death) + 1;
}

/* -- 4. samples -- */

static void measure(maker *m, msp_marker marker, msp_day day, double value, int scale, bool below)
{
    static const double powers[] = {1, 10, 100};
    const int64_t parts = (int64_t)(value * powers[scale] + 0.5);
    m->work->measured[m->n_measured++] = (msp_measured){.coefficient = parts,
                                                        .day = day,
                                                        .assessed = day,
                                                        .row = m->visit,
                                                        .scale = (uint8_t)scale,
                                                        .marker = (uint8_t)marker,
                                                        .flags = below ? MSP_MEASURED_BELOW : 0};
}

typedef struct assay_law {
    double cv, sd;      /* proportional and additive standard deviations */
    double limit, most; /* of quantification; as much as a patient can have */
} assay_law;
static const assay_law serum_assay = {0.04, 0.02, 0.1, 12}, /* g/dL */
    urine_assay = {0.10, 5, 10, 25000},                     /* mg/24h */
    light_assay = {0.06, 0.5, 0, 40000};                    /* mg/L */

/* As the assay reads it; below its limit 0. */
static double assay(const assay_law *law, double x, uint32_t bits)
{
    const double held = x < law->most ? x : law->most;
    const double sd = sqrt(law->cv * law->cv * held * held + law->sd * law->sd);
    const double read = held + sd * normal_of(bits);
    return read < law->limit ? 0 : read;
}

/* Whether this marker has risen from its lowest value as progression needs; keeps the lowest. */
static bool rises(maker *m, size_t which, double value, double least)
{
    const double lowest = m->lowest[which];
    if (value < lowest)
        m->lowest[which] = value;
    return value >= lowest + least && value >= 1.25 * lowest;
}

/* Light chains, immunofixation and marrow: at the baseline, where light chains are what disease is
 * measured by, and where no M-protein is left to quantify. */
static bool sample_deep(maker *m, msp_day day, double burden, uint32_t block, bool negative_asked)
{
    const msp_virtual_truth *t = &m->out->truth;
    const bool kappa = m->out->patient.light == 'k';
    uint32_t w[4];
    four_words(m->seed, m->trial, m->number, DRAW_DEEP, 2 * block, w);
    const double involved = assay(&light_assay, NORMAL_LIGHT + t->light * burden, w[0]);
    const double other = assay(&light_assay, NORMAL_LIGHT, w[1]);
    measure(m, MSP_MARKER_KAPPA, day, kappa ? involved : other, 1, false);
    measure(m, MSP_MARKER_LAMBDA, day, kappa ? other : involved, 1, false);
    const bool risen = m->out->type == MSP_DISEASE_FLC && rises(m, 2, involved - other, LIGHT_RISE);
    if (!negative_asked) {
        if (block == 0) { /* the protein by which the disease is known */
            measure(m, MSP_MARKER_IFE_SERUM, day, t->serum > 0, 0, false);
            measure(m, MSP_MARKER_IFE_URINE, day, t->urine > 0, 0, false);
        }
        return risen;
    }
    const double seen = exp_of(VISIBLE_SPREAD * normal_of(w[2]));
    const bool serum = t->serum * burden >= VISIBLE * seen;
    const bool urine = t->urine * burden >= VISIBLE_URINE * seen;
    measure(m, MSP_MARKER_IFE_SERUM, day, serum, 0, false);
    measure(m, MSP_MARKER_IFE_URINE, day, urine, 0, false);
    if (!serum && !urine && share_of(w[3]) < MARROW_DONE) {
        four_words(m->seed, m->trial, m->number, DRAW_DEEP, 2 * block + 1, w);
        const double cells = 1 + 400 * burden + (double)(w[0] % 3);
        measure(m, MSP_MARKER_MARROW, day, cells < 95 ? cells : 95, 0, false);
        measure(m, MSP_MARKER_CLONAL, day, burden > CLONE_SEEN * exp_of(normal_of(w[1])), 0, false);
    }
    return risen;
}

/* Which sample of a visit was lost. */
typedef enum lost { NOTHING_LOST, SERUM_LOST, URINE_LOST } lost;

/* Blood and urine of a visit; whether they show progression to the site. */
static bool sample(maker *m, msp_day day, double burden, uint32_t block, const uint32_t noise[2],
                   lost what)
{
    const msp_virtual_truth *t = &m->out->truth;
    double serum = 0, urine = 0;
    if (t->serum > 0)
        serum = assay(&serum_assay, t->serum * burden, noise[0]);
    if (t->urine > 0)
        urine = assay(&urine_assay, t->urine * burden, noise[1]);
    if (what != SERUM_LOST)
        measure(m, MSP_MARKER_SERUM_M, day, serum, 2, serum <= 0);
    if (what != URINE_LOST)
        measure(m, MSP_MARKER_URINE_M, day, urine, 0, urine <= 0);
    bool risen = t->serum > 0 && what != SERUM_LOST && rises(m, 0, serum, SERUM_RISE);
    risen = (t->urine > 0 && what != URINE_LOST && rises(m, 1, urine, URINE_RISE)) || risen;
    const bool at_baseline = block == 0, none_left = serum <= 0 && urine <= 0 && !at_baseline;
    if (what != SERUM_LOST && (at_baseline || none_left || m->out->type == MSP_DISEASE_FLC))
        risen = sample_deep(m, day, burden, block, none_left) || risen;
    return risen;
}

/* -- 5. the course -- */

#define LATE_DAYS 7
#define SCREENING 14 /* days */

/* Day 1 of treatment after randomisation, the light chain, the day of screening. */
static void meet(maker *m, size_t arm)
{
    msp_virtual_patient *p = m->out;
    const msp_virtual_plan *plan = m->plan;
    uint32_t w[4];
    four_words(m->seed, m->trial, m->number, DRAW_WHO, 3, w);
    const double entry = plan->accrual * (m->number + 0.5) / (double)plan->n;
    p->enrolled = plan->start + (msp_day)entry;
    const msp_day enrolled = p->enrolled;
    const bool light_only = p->type == MSP_DISEASE_FLC || p->type == MSP_DISEASE_URINE;
    p->patient = (msp_patient){
        .heavy = light_only      ? MSP_HEAVY_LIGHT
                 : w[1] % 10 < 7 ? MSP_HEAVY_IGG
                                 : MSP_HEAVY_IGA,
        .light = w[1] >> 16 & 1 ? 'k' : 'l',
        .arm = msp_arm_value(plan->arm[arm].arm),
        .disposition = &p->disposition,
        .randomised = plan->randomised ? enrolled : MSP_NO_DAY,
        .first_dose = enrolled + 1 + (msp_day)(w[0] % 3),
        .baseline = enrolled + 1 + (msp_day)(w[0] % 3),
        .transplant = MSP_NO_DAY,
        .new_therapy = MSP_NO_DAY,
        .death = MSP_NO_DAY,
        .visits = m->work->visits,
        .measured = m->work->measured,
    };
    p->patient.actual_arm = p->patient.arm;
    p->disposition = msp_disposition_none();
    p->disposition.consent = plan->randomised ? enrolled - SCREENING : enrolled;
    p->cutoff = plan->start + (msp_day)(plan->accrual + plan->follow_up);
}

static void take_samples(maker *m, msp_day day, double burden, uint32_t block,
                         const uint32_t noise[2], lost what)
{
    m->work->visits[m->n_visits++] = day;
    m->visit = block;
    m->risen = sample(m, day, burden, block, noise, what) ? m->risen + 1 : 0;
}

/* Of a visit that took place; the 24 hours of urine are lost twice as often as the serum. */
static lost lost_of(double u, double missed_labs)
{
    if (u >= missed_labs)
        return NOTHING_LOST;
    return 3 * u < missed_labs ? SERUM_LOST : URINE_LOST;
}

/* The site stops at the second assessment in a row that shows progression. */
static void see_progression(maker *m, msp_day day, uint32_t bits, msp_day last)
{
    msp_patient *p = &m->out->patient;
    const msp_day next = day + 14 + (msp_day)(bits % 29);
    m->out->seen = day;
    if (share_of(bits) < TREATED && next <= last)
        p->new_therapy = next;
}

/* A visit's block of words: two of noise, then whether and when. */
static void follow(maker *m, msp_day last)
{
    const msp_virtual_course *c = m->course;
    const msp_patient *p = &m->out->patient;
    int shift = 0;
    memset(m->work->late, 0, c->n_visits);
    for (size_t i = 0; i < c->n_visits && m->out->seen == MSP_NO_DAY; i++) {
        const msp_planned_visit *v = &c->visits[i];
        uint32_t w[4];
        four_words(m->seed, m->trial, m->number, DRAW_VISIT, (uint32_t)i + 1, w);
        const bool late = (double)(w[2] & 0xffff) < c->delay * 0x1p16;
        shift += late ? LATE_DAYS : 0;
        m->work->late[i] = late;
        const unsigned window = (unsigned)(v->before + v->after) + 1;
        const int off = (int)((w[2] >> 16) * window >> 16) - v->before;
        const msp_day day = p->first_dose + v->day + shift + off;
        if (day > last)
            break;
        const double u = share_of(w[3]) - m->plan->missed_visits;
        if (u < 0)
            continue;
        const lost what = lost_of(u, m->plan->missed_labs * (1 - m->plan->missed_visits));
        take_samples(m, day, msp_kinetics_burden(&m->out->truth.kinetics, day - p->first_dose),
                     (uint32_t)i + 1, w, what);
        if (m->risen >= 2)
            see_progression(m, day, w[3] * 2654435769u, last);
    }
}

static msp_day day_of(msp_day from, double days)
{
    return days < 1e6 ? from + (msp_day)days : MSP_NO_DAY;
}

static bool by(msp_day day, msp_day last)
{
    return day != MSP_NO_DAY && day <= last;
}

/* What is known at the cut-off: a death before it and before the consent was withdrawn. */
static msp_day finish(maker *m)
{
    msp_virtual_patient *p = m->out;
    const msp_day withdrawn = day_of(p->enrolled, p->truth.withdrawal);
    msp_day last = p->cutoff, death = day_of(p->enrolled, p->truth.death);
    if (death != MSP_NO_DAY && death < p->patient.first_dose)
        death = p->patient.first_dose;
    if (by(withdrawn, last))
        last = p->withdrawn = withdrawn;
    if (by(death, last)) {
        p->withdrawn = MSP_NO_DAY;
        last = p->patient.death = death;
        p->patient.died = true;
        p->patient.died_of_myeloma = p->truth.of_myeloma;
    }
    p->disposition.lost = p->withdrawn;
    return last;
}

static void stop_treatment(msp_virtual_patient *p, msp_day last)
{
    const msp_day stopped = day_of(p->patient.first_dose, p->truth.stop);
    p->last_dose = last;
    if (by(p->seen, p->last_dose))
        p->last_dose = p->seen;
    if (by(stopped, p->last_dose))
        p->last_dose = stopped;
    p->patient.last_dose = p->last_dose;
}

void msp_virtual_patient_make(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                              uint32_t number, size_t arm, size_t cell, msp_virtual_work *work,
                              msp_virtual_patient *out)
{
    maker m = {.plan = plan,
               .course = &plan->arm[arm],
               .seed = seed,
               .trial = trial,
               .number = number,
               .work = work,
               .out = out,
               .lowest = {INFINITY, INFINITY, INFINITY}};
    *out = (msp_virtual_patient){
        .number = number, .arm = arm, .cell = cell, .withdrawn = MSP_NO_DAY, .seen = MSP_NO_DAY};
    fall_ill(&m);
    respond(&m);
    meet(&m, arm);
    live(&m, out->patient.first_dose - out->enrolled);
    const msp_day last = finish(&m);
    uint32_t w[4];
    four_words(seed, trial, number, DRAW_VISIT, 0, w);
    take_samples(&m, out->enrolled - (msp_day)(w[2] % SCREENING), 1, 0, w, NOTHING_LOST);
    follow(&m, last);
    stop_treatment(out, last);
    out->patient.n_visits = m.n_visits;
    out->patient.n_measured = m.n_measured;
}

msp_status msp_virtual_work_init(msp_virtual_work *work, const msp_virtual_plan *plan,
                                 msp_error *err)
{
    enum { MEASURED_AT_ONCE = 8 };
    const size_t n = plan->n_visits_max + 1;
    *work = (msp_virtual_work){
        .measured = calloc(n, MEASURED_AT_ONCE * sizeof *work->measured),
        .visits = calloc(n, sizeof *work->visits),
        .late = calloc(n, 1),
        .room = n,
    };
    if (work->measured != NULL && work->visits != NULL && work->late != NULL)
        return MSP_OK;
    msp_virtual_work_free(work);
    return msp_fail(err, MSP_EMEM, "no memory for a virtual patient");
}

void msp_virtual_work_free(msp_virtual_work *work)
{
    free(work->measured);
    free(work->visits);
    free(work->late);
    *work = (msp_virtual_work){0};
}

/* -- 6. allotment -- */

/* A block in an order of its own, each equally likely: Fisher and Yates. */
static void shuffle(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint32_t cell,
                    uint32_t block, uint8_t *out)
{
    msp_random r = msp_random_at(seed, trial, cell, DRAW_ARMS);
    r.next = (uint64_t)block * MSP_VIRTUAL_BLOCK_MAX;
    for (size_t i = 0; i < plan->n_block; i++) {
        const size_t j = (size_t)msp_random_below(&r, i + 1);
        out[i] = out[j];
        out[j] = plan->block[i];
    }
}

static size_t cell_at(const msp_virtual_plan *plan, double u)
{
    size_t i = 0;
    for (double sum = plan->cell[0].share; i + 1 < plan->n_cells && u >= sum;
         sum += plan->cell[i].share)
        i++;
    return i;
}

void msp_virtual_allot(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint8_t *arm,
                       uint8_t *cell)
{
    uint8_t block[MSP_VIRTUAL_CELLS_MAX][MSP_VIRTUAL_BLOCK_MAX];
    uint32_t given[MSP_VIRTUAL_CELLS_MAX] = {0};
    for (size_t i = 0; i < plan->n; i++) {
        uint32_t w[4];
        four_words(seed, trial, (uint32_t)i, DRAW_CELLS, 0, w);
        const size_t c = plan->n_cells > 1 ? cell_at(plan, share_of(w[0])) : 0;
        const uint32_t in_block = given[c] % (uint32_t)plan->n_block;
        if (in_block == 0)
            shuffle(plan, seed, trial, (uint32_t)c, given[c] / (uint32_t)plan->n_block, block[c]);
        cell[i] = (uint8_t)c;
        arm[i] = block[c][in_block];
        given[c]++;
    }
}
