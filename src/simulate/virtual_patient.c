/* virtual_patient.c - a patient's disease, what a laboratory and a calendar make of it.
 *
 *   1. draws    2. the truth    3. samples    4. the course
 */
#include "mspike/simulate/virtual_patient.h"

#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "virtual_crossover.h"
#include "virtual_truth.h"

/* -- 1. draws -- */

#define NORMAL_LIGHT   13.0  /* mg/L of either chain without disease */
#define VISIBLE        0.015 /* g/dL in serum: immunofixation sees half of such bands */
#define VISIBLE_URINE  5.0   /* mg/24h, the same */
#define VISIBLE_SPREAD 0.3   /* of the logarithm */
#define CLONE_SEEN     1e-4  /* burden above which plasma cells in the marrow look clonal */
#define MARROW_EVERY   6     /* visits */
#define MARROW_DONE    0.9   /* of those who need one for CR */
#define TREATED        0.85  /* of those who progress begin another therapy */

/* Where the draws of a patient stand among those made at once: sixteen visits, and what is only
 * looked at in some of them. */
enum { VISITS = 0, DEEPER = VISITS_AT_ONCE };

/* A treatment, the disease under it, and what came of it: the arm's, or that of a crossover. */
typedef struct line {
    const msp_virtual_course *course;
    const msp_virtual_truth *truth;
    const msp_doses *doses;
    const msp_virtual_change *changes;
    size_t n_changes;
    msp_day first_dose;
    uint32_t visit;            /* number of its baseline in the tables */
    uint32_t again;            /* DRAW_AGAIN: of a crossover; 0 */
    msp_day seen, new_therapy; /* progression; what came after */
} line;

/* What a virtual patient needs while he is made. */
typedef struct maker {
    const msp_virtual_plan *plan;
    line line;
    uint32_t number;
    msp_virtual_work *work;
    msp_virtual_patient *out;
    sim_words *words;
    sim_visits *visits;
    double *visible;       /* factors of what immunofixation sees half of, at those visits */
    uint32_t visible_from; /* the first of them; UINT32_MAX: none were drawn */
    sim_reading readings[READ_COUNT];
    size_t n_measured, n_visits;
    uint32_t visit;      /* number of the visit */
    uint32_t marrow_due; /* from this visit on */
    bool light_due;      /* light chains again, for what confirms */
    double lowest[3];    /* measured so far: serum, urine, difference of light chains */
    unsigned risen;      /* assessments in a row that showed progression */
} maker;

/* All draws of visits first .. first + 15 at once, for each alone would wait for itself. */
static void draw(maker *m, uint32_t first)
{
    sim_words *w = m->words;
    for (uint32_t i = 0; i < BLOCKS_AT_ONCE; i++)
        w->number[i] = m->number;
    for (uint32_t i = 0; i < VISITS_AT_ONCE; i++) {
        w->block[VISITS + i] = (DRAW_VISIT + m->line.again) << 16 | (first + i);
        w->block[DEEPER + i] = (DRAW_DEEP + m->line.again) << 16 | 2 * (first + i);
    }
    m->work->kernel->draw(w);
}

/* -- 2. the truth -- */

double msp_virtual_true_pfs(const msp_virtual_truth *t)
{
    return (t->progression < t->death ? t->progression : t->death) + 1;
}

/* -- 3. samples -- */

/* What was read of one visit. */
typedef struct reading {
    msp_day day;
    uint32_t visit; /* its block of draws; 0 is the baseline */
    double burden, serum, urine;
} reading;

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

static const sim_assay serum_assay = {0.04, 0.02, 0.1, 12}, /* g/dL */
    urine_assay = {0.10, 5, 10, 25000},                     /* mg/24h */
    light_assay = {0.06, 0.5, 0, 40000};                    /* mg/L */

/* As the assay reads it; below its limit 0. */
static double assay(const sim_assay *law, double x, uint32_t bits)
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

/* Light chains; whether they show progression to the site. Those of patients whose disease is
 * measured by them were read with the other markers. */
static bool sample_light(maker *m, const reading *r)
{
    const bool kappa = m->out->patient.light == 'k';
    const size_t i = r->visit % VISITS_AT_ONCE;
    double value[] = {m->visits->value[READ_INVOLVED][i], m->visits->value[READ_OTHER][i]};
    if (m->out->type != MSP_DISEASE_FLC) {
        value[0] = assay(&light_assay, NORMAL_LIGHT + m->line.truth->light * r->burden,
                         m->words->word[0][DEEPER + i]);
        value[1] = assay(&light_assay, NORMAL_LIGHT, m->words->word[1][DEEPER + i]);
    }
    measure(m, MSP_MARKER_KAPPA, r->day, value[!kappa], 1, false);
    measure(m, MSP_MARKER_LAMBDA, r->day, value[kappa], 1, false);
    return m->out->type == MSP_DISEASE_FLC && rises(m, 2, value[0] - value[1], LIGHT_RISE);
}

/* Whether it has fewer plasma cells than CR allows. */
static bool sample_marrow(maker *m, const reading *r)
{
    uint32_t w[4];
    four_words(m->words->seed, m->words->trial, m->number, DRAW_DEEP + m->line.again,
               2 * r->visit + 1, w);
    const double cells = 1 + 400 * r->burden + (double)(w[0] % 3);
    measure(m, MSP_MARKER_MARROW, r->day, cells < 95 ? cells : 95, 0, false);
    measure(m, MSP_MARKER_CLONAL, r->day, r->burden > CLONE_SEEN * exp_of(normal_of(w[1])), 0,
            false);
    return cells < 5;
}

/* Beyond this factor of what it sees half of, immunofixation sees all or nothing: normal draws end
 * at 6.3 standard deviations. */
#define VISIBLE_MOST 7

static bool near(double x, double visible)
{
    return x < VISIBLE_MOST * visible && VISIBLE_MOST * x >= visible;
}

/* What immunofixation sees at a visit, as a factor of what it sees half of. */
static double visible(maker *m, uint32_t visit)
{
    const uint32_t i = visit % VISITS_AT_ONCE, from = visit - i;
    if (m->visible_from != from) {
        static const double zero[VISITS_AT_ONCE];
        double spread[VISITS_AT_ONCE];
        for (int k = 0; k < VISITS_AT_ONCE; k++)
            spread[k] = VISIBLE_SPREAD;
        m->work->kernel->values(VISITS_AT_ONCE, m->words->word[2] + DEEPER, zero, spread,
                                m->visible);
        m->visible_from = from;
    }
    return m->visible[i];
}

/* Where no M-protein is left to quantify: immunofixation, and once it sees nothing a marrow, until
 * there are few plasma cells, then again after MARROW_EVERY visits; light chains then and at the
 * visit after, which confirms. Draws only what matters. */
static void look_deep(maker *m, const reading *r)
{
    const msp_virtual_truth *t = m->line.truth;
    const double serum = t->serum * r->burden, urine = t->urine * r->burden;
    const bool in_doubt = near(serum, VISIBLE) || near(urine, VISIBLE_URINE);
    double seen = 1;
    const double chance = share_of(m->words->word[3][DEEPER + r->visit % VISITS_AT_ONCE]);
    if (in_doubt)
        seen = visible(m, r->visit);
    const bool in_serum = serum >= VISIBLE * seen, in_urine = urine >= VISIBLE_URINE * seen;
    const bool due = !in_serum && !in_urine && r->visit >= m->marrow_due && chance < MARROW_DONE;
    if ((due || m->light_due) && m->out->type != MSP_DISEASE_FLC)
        (void)sample_light(m, r);
    m->light_due = due;
    measure(m, MSP_MARKER_IFE_SERUM, r->day, in_serum, 0, false);
    measure(m, MSP_MARKER_IFE_URINE, r->day, in_urine, 0, false);
    if (in_serum || in_urine)
        m->marrow_due = 0;
    if (due && sample_marrow(m, r))
        m->marrow_due = r->visit + MARROW_EVERY;
}

/* The protein by which the disease is known. */
static void fix_baseline(maker *m, const reading *r)
{
    measure(m, MSP_MARKER_IFE_SERUM, r->day, m->line.truth->serum > 0, 0, false);
    measure(m, MSP_MARKER_IFE_URINE, r->day, m->line.truth->urine > 0, 0, false);
}

/* Which sample of a visit was lost. */
typedef enum lost { NOTHING_LOST, SERUM_LOST, URINE_LOST } lost;

/* Blood and urine of a visit; whether they show progression to the site. */
static bool sample(maker *m, const reading *r, lost what)
{
    const msp_virtual_truth *t = m->line.truth;
    if (what != SERUM_LOST)
        measure(m, MSP_MARKER_SERUM_M, r->day, r->serum, 2, r->serum <= 0);
    if (what != URINE_LOST)
        measure(m, MSP_MARKER_URINE_M, r->day, r->urine, 0, r->urine <= 0);
    bool risen = t->serum > 0 && what != SERUM_LOST && rises(m, 0, r->serum, SERUM_RISE);
    risen = (t->urine > 0 && what != URINE_LOST && rises(m, 1, r->urine, URINE_RISE)) || risen;
    if (what == SERUM_LOST)
        return risen;
    if (r->visit == 0 || m->out->type == MSP_DISEASE_FLC)
        risen = sample_light(m, r) || risen;
    if (r->visit == 0)
        fix_baseline(m, r);
    else if (r->serum <= 0 && r->urine <= 0)
        look_deep(m, r);
    return risen;
}

/* -- 4. the course -- */

#define SCREENING 14 /* days */

/* Day 1 of treatment after randomisation, the light chain, the day of screening. */
static void meet(maker *m, const sim_person *person)
{
    msp_virtual_patient *p = m->out;
    const msp_virtual_plan *plan = m->plan;
    const uint32_t chains = person->chains;
    p->type = person->type;
    p->truth = person->truth;
    const double entry = plan->accrual * (m->number + 0.5) / (double)plan->n;
    p->enrolled = plan->start + (msp_day)entry;
    const msp_day enrolled = p->enrolled;
    const bool light_only = p->type == MSP_DISEASE_FLC || p->type == MSP_DISEASE_URINE;
    p->patient = (msp_patient){
        .heavy = light_only        ? MSP_HEAVY_LIGHT
                 : chains % 10 < 7 ? MSP_HEAVY_IGG
                                   : MSP_HEAVY_IGA,
        .light = chains >> 16 & 1 ? 'k' : 'l',
        .arm = msp_arm_value(plan->arm[p->arm].arm),
        .disposition = &p->disposition,
        .randomised = plan->randomised ? enrolled : MSP_NO_DAY,
        .first_dose = enrolled + person->wait,
        .baseline = enrolled + person->wait,
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

static void take_samples(maker *m, const reading *r, lost what)
{
    m->work->visits[m->n_visits++] = r->day;
    m->visit = m->line.visit + r->visit;
    m->risen = sample(m, r, what) ? m->risen + 1 : 0;
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
    const msp_day next = day + 14 + (msp_day)(bits % 29);
    m->line.seen = day;
    if (share_of(bits) < TREATED && next <= last)
        m->line.new_therapy = next;
}

/* Where a patient is in his treatment, from one visit to the next. */
typedef struct progress {
    size_t change, piece;
    int shift; /* days that late cycles took the visits along */
} progress;

/* Days of treatment lost by a day; days come in order. */
static double lost_by(const msp_doses *e, double day, progress *at)
{
    while (at->piece + 1 < e->n && e->day[(at->piece + 1) * e->stride] <= day)
        at->piece++;
    const size_t i = at->piece * e->stride;
    return day > 0 ? e->lost[i] + e->rate[i] * (day - e->day[i]) : 0;
}

/* The days of sixteen visits, from number `first` on; how many of them come by day `last`. Number 0
 * is the baseline. */
static int place_visits(maker *m, size_t first, msp_day last, progress *at)
{
    const line *p = &m->line;
    const msp_virtual_course *c = p->course;
    sim_visits *to = m->visits;
    memset(to->day, 0, sizeof to->day);
    memset(to->lost, 0, sizeof to->lost);
    int n = first == 0;
    for (size_t i = first + (size_t)n; i <= c->n_visits && n < VISITS_AT_ONCE; i++, n++) {
        const msp_planned_visit *v = &c->visits[i - 1];
        const uint32_t word = m->words->word[2][VISITS + n];
        const unsigned window = (unsigned)(v->before + v->after) + 1;
        for (; at->change < p->n_changes && p->changes[at->change].cycle <= v->cycle; at->change++)
            at->shift += p->changes[at->change].kind == MSP_CHANGE_LATE ? LATE_DAYS : 0;
        const int day = v->day + at->shift + (int)((word >> 16) * window >> 16) - v->before;
        if (p->first_dose + day > last)
            break;
        to->day[n] = day;
        to->lost[n] = lost_by(p->doses, day, at);
    }
    return n;
}

static void attend(maker *m, const reading *r, uint32_t word, msp_day last)
{
    const double u = share_of(word) - m->plan->missed_visits;
    if (u < 0)
        return;
    take_samples(m, r, lost_of(u, m->plan->missed_labs * (1 - m->plan->missed_visits)));
    if (m->risen >= 2)
        see_progression(m, r->day, word * 2654435769u, last);
}

/* What is read at every visit. */
static void set_readings(maker *m)
{
    const msp_virtual_truth *t = m->line.truth;
    uint32_t(*words)[BLOCKS_AT_ONCE] = m->words->word;
    if (t->serum > 0)
        m->readings[READ_SERUM] = (sim_reading){&serum_assay, 0, t->serum, words[0] + VISITS};
    if (t->urine > 0)
        m->readings[READ_URINE] = (sim_reading){&urine_assay, 0, t->urine, words[1] + VISITS};
    if (m->out->type != MSP_DISEASE_FLC)
        return;
    m->readings[READ_INVOLVED] =
        (sim_reading){&light_assay, NORMAL_LIGHT, t->light, words[0] + DEEPER};
    m->readings[READ_OTHER] = (sim_reading){&light_assay, NORMAL_LIGHT, 0, words[1] + DEEPER};
}

/* Visit i of those that were read. */
static void go_to(maker *m, size_t first, size_t i, msp_day last)
{
    const sim_visits *v = m->visits;
    reading r = {m->line.first_dose + (msp_day)v->day[i], (uint32_t)(first + i), v->burden[i],
                 v->value[READ_SERUM][i], v->value[READ_URINE][i]};
    if (r.visit > 0) {
        attend(m, &r, m->words->word[3][VISITS + i], last);
        return;
    }
    r.day = m->line.again > 0 ? m->line.first_dose
                              : m->out->enrolled - (msp_day)(m->words->word[2][VISITS] % SCREENING);
    take_samples(m, &r, NOTHING_LOST);
}

/* The baseline and all visits, until progression is seen or the data end. */
static void follow(maker *m, msp_day last)
{
    const size_t n_visits = m->line.course->n_visits + 1;
    progress at = {0};
    int n = VISITS_AT_ONCE;
    set_readings(m);
    for (size_t first = 0; first < n_visits && n == VISITS_AT_ONCE && m->line.seen == MSP_NO_DAY;
         first += VISITS_AT_ONCE) {
        draw(m, (uint32_t)first);
        n = place_visits(m, first, last, &at);
        m->work->kernel->read(&m->line.truth->kinetics, m->readings, m->visits);
        for (size_t i = 0; i < (size_t)n && m->line.seen == MSP_NO_DAY; i++)
            go_to(m, first, i, last);
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

/* Before progression was seen, toxicity, or the end of all that is known. */
static msp_day last_dose_of(msp_day first, const msp_virtual_truth *t, msp_day seen, msp_day last)
{
    const msp_day stopped = day_of(first, t->stop);
    if (by(seen, last))
        last = seen;
    return by(stopped, last) ? stopped : last;
}

static void stop_treatment(msp_virtual_patient *p, msp_day last)
{
    p->last_dose = last_dose_of(p->patient.first_dose, &p->truth, p->seen, last);
    p->patient.last_dose = p->last_dose;
    const msp_day transplant = day_of(p->patient.first_dose, p->truth.kinetics.transplant);
    if (by(transplant, p->last_dose))
        p->patient.transplant = transplant;
}

void msp_virtual_patients_expect(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                                 uint32_t first, size_t n, const uint8_t *arm, const uint8_t *cell,
                                 msp_virtual_work *work)
{
    sim_people *p = work->people;
    p->plan = plan;
    p->seed = seed;
    p->trial = trial;
    p->first = first;
    p->again = 0;
    p->n = n < COURSES_AT_ONCE ? n : COURSES_AT_ONCE;
    memcpy(p->arm, arm, p->n);
    memcpy(p->cell, cell, p->n);
    sim_people_make(work->kernel, p);
}

/* One of those who are expected, or he alone; which of them. */
static size_t person_of(const maker *m, uint8_t arm, uint8_t cell)
{
    const sim_people *p = m->work->people;
    const uint32_t i = m->number - p->first;
    const bool expected = i < p->n && p->plan == m->plan && p->seed == m->words->seed &&
                          p->trial == m->words->trial && p->arm[i] == arm && p->cell[i] == cell;
    if (expected)
        return i;
    msp_virtual_patients_expect(m->plan, m->words->seed, m->words->trial, m->number, 1, &arm, &cell,
                                m->work);
    return 0;
}

/* The first treatment, which `who` of the people gets. */
static void begin(maker *m, size_t who)
{
    msp_virtual_patient *p = m->out;
    const sim_people *people = m->work->people;
    meet(m, &people->person[who]);
    p->doses = sim_doses_of(people, who);
    p->changes = people->changes[who];
    p->n_changes = people->n_changes[who];
    m->line = (line){.course = &m->plan->arm[p->arm],
                     .truth = &p->truth,
                     .doses = &p->doses,
                     .changes = p->changes,
                     .n_changes = p->n_changes,
                     .first_dose = p->patient.first_dose,
                     .seen = MSP_NO_DAY,
                     .new_therapy = MSP_NO_DAY};
}

/* What was risen, lowest or due before is no part of what follows. */
static void begin_again(maker *m, const msp_virtual_crossed *c)
{
    m->line = (line){.course = &m->plan->arm[m->plan->crossover.to],
                     .truth = &c->truth,
                     .doses = &c->doses,
                     .changes = c->changes,
                     .n_changes = c->n_changes,
                     .first_dose = c->said.day,
                     .visit = c->visit,
                     .again = DRAW_AGAIN,
                     .seen = MSP_NO_DAY,
                     .new_therapy = MSP_NO_DAY};
    m->risen = 0;
    m->marrow_due = 0;
    m->light_due = false;
    m->visible_from = UINT32_MAX;
    for (size_t i = 0; i < MSP_COUNT(m->lowest); i++)
        m->lowest[i] = INFINITY;
}

/* Another treatment once progression was seen: nothing else is given until then. */
static void cross_over(maker *m, msp_day last)
{
    msp_virtual_patient *p = m->out;
    msp_virtual_crossed *c = &m->work->crossed;
    const uint64_t seed = m->words->seed, trial = m->words->trial;
    bool asked;
    const msp_day day = sim_crossover_day(m->plan, seed, trial, p, last, &asked);
    if (asked)
        p->patient.new_therapy = day;
    if (day == MSP_NO_DAY)
        return;
    sim_crossover_make(m->work->kernel, m->plan, seed, trial, p, day, m->work->crossing, c);
    begin_again(m, c);
    follow(m, last);
    c->seen = m->line.seen;
    c->said.next_therapy = m->line.new_therapy;
    c->last_dose = last_dose_of(c->said.day, &c->truth, c->seen, last);
    p->crossed = c;
    p->patient.crossed = &c->said;
}

void msp_virtual_patient_make(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                              uint32_t number, size_t arm, size_t cell, msp_virtual_work *work,
                              msp_virtual_patient *out)
{
    sim_words words;
    sim_visits visits;
    double visible[VISITS_AT_ONCE];
    maker m = {.plan = plan,
               .number = number,
               .work = work,
               .out = out,
               .words = &words,
               .visits = &visits,
               .visible = visible,
               .visible_from = UINT32_MAX,
               .lowest = {INFINITY, INFINITY, INFINITY}};
    words.seed = seed;
    words.trial = trial;
    *out = (msp_virtual_patient){
        .number = number, .arm = arm, .cell = cell, .withdrawn = MSP_NO_DAY, .seen = MSP_NO_DAY};
    begin(&m, person_of(&m, (uint8_t)arm, (uint8_t)cell));
    const msp_day last = finish(&m);
    follow(&m, last);
    out->seen = m.line.seen;
    out->patient.new_therapy = m.line.new_therapy;
    stop_treatment(out, last);
    if (plan->crossover.said != NULL && arm == plan->crossover.from && out->seen != MSP_NO_DAY)
        cross_over(&m, last);
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
        .people = calloc(1, sizeof *work->people),
        .room = n,
        .kernel = sim_visits_kernel_of(sim_best_path()),
    };
    const bool crosses = plan->crossover.said != NULL;
    if (crosses)
        work->crossing = calloc(1, sizeof *work->crossing);
    msp_status rc = work->measured != NULL && work->visits != NULL && work->people != NULL &&
                            (!crosses || work->crossing != NULL)
                        ? sim_people_init(work->people, plan, err)
                        : msp_fail(err, MSP_EMEM, "no memory for a virtual patient");
    if (rc == MSP_OK && crosses)
        rc = sim_people_init(work->crossing, plan, err);
    if (rc != MSP_OK)
        msp_virtual_work_free(work);
    return rc;
}

void msp_virtual_work_free(msp_virtual_work *work)
{
    if (work->people != NULL)
        sim_people_free(work->people);
    if (work->crossing != NULL)
        sim_people_free(work->crossing);
    free(work->crossing);
    free(work->measured);
    free(work->visits);
    free(work->people);
    *work = (msp_virtual_work){0};
}
