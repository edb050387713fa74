/* virtual_patient.c - a patient's disease, what a laboratory and a calendar make of it.
 *
 *   1. the truth    2. the course
 */
#include "mspike/simulate/virtual_patient.h"

#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "virtual_crossover.h"
#include "virtual_lesions.h"
#include "virtual_samples.h"
#include "virtual_truth.h"

#define TREATED 0.85 /* of those who progress begin another therapy */

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
    uint64_t seed, trial;
    uint32_t number;
    msp_virtual_work *work;
    msp_virtual_patient *out;
    sim_sampler *samples;
    sim_scans *scans; /* NULL: of no plasmacytomas */
    size_t n_visits;
    unsigned risen; /* assessments in a row that showed progression */
} maker;

/* -- 1. the truth -- */

double msp_virtual_true_pfs(const msp_virtual_truth *t)
{
    return (t->progression < t->death ? t->progression : t->death) + 1;
}

/* -- 2. the course -- */

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

/* The site stops at the second assessment in a row that shows progression, or at one scan. */
enum { SEEN = 2 };

/* Visit i of those at hand. */
static void take_samples(maker *m, size_t i, msp_day day, sim_lost lost)
{
    m->work->visits[m->n_visits++] = day;
    m->risen = sim_sample(m->samples, i, day, lost) ? m->risen + 1 : 0;
    if (m->scans != NULL && sim_scan(m->scans, m->samples, i, day, m->risen > 0))
        m->risen = SEEN;
}

/* Of a visit that took place; the 24 hours of urine are lost twice as often as the serum. */
static sim_lost lost_of(double u, double missed_labs)
{
    if (u >= missed_labs)
        return NOTHING_LOST;
    return 3 * u < missed_labs ? SERUM_LOST : URINE_LOST;
}

static void see_progression(maker *m, msp_day day, uint32_t bits, msp_day last)
{
    const msp_day next = day + 14 + (msp_day)(bits % 29);
    m->line.seen = day;
    if (share_of(bits) < TREATED && next <= last)
        m->line.new_therapy = next;
}

/* Which change comes next, how many days late cycles took the visits along. */
typedef struct progress {
    size_t change;
    int shift;
    int day; /* of the last visit */
} progress;

/* Days that cycles up to this one were late. */
static int shift_by(const line *p, size_t cycle, progress *at)
{
    for (; at->change < p->n_changes && p->changes[at->change].cycle <= cycle; at->change++)
        at->shift += p->changes[at->change].kind == MSP_CHANGE_LATE ? LATE_DAYS : 0;
    return at->shift;
}

/* The days of sixteen visits, from number `first` on; how many of them come by day `last`. Number 0
 * is the baseline. */
static size_t place_visits(maker *m, size_t first, msp_day last, progress *from)
{
    const line *p = &m->line;
    const msp_virtual_course *c = p->course;
    const uint32_t *word = m->samples->words.word[2] + DRAWN_VISITS;
    sim_visits *to = &m->samples->visits;
    const int most = last - p->first_dose;
    progress at = *from;
    size_t i = first == 0;
    to->day[0] = 0;
    for (; i < VISITS_AT_ONCE && first + i <= c->n_visits; i++) {
        const msp_planned_visit *v = &c->visits[first + i - 1];
        const unsigned window = (unsigned)(v->before + v->after) + 1;
        int day =
            v->day + shift_by(p, v->cycle, &at) + (int)((word[i] >> 16) * window >> 16) - v->before;
        day = day > at.day ? day : at.day + 1; /* windows may overlap */
        if (day > most)
            break;
        at.day = day;
        to->day[i] = day;
    }
    for (size_t k = i; k < VISITS_AT_ONCE; k++)
        to->day[k] = 0;
    *from = at;
    return i;
}

/* Visit i of those that were read. */
static void attend(maker *m, size_t i, msp_day last)
{
    const sim_sampler *s = m->samples;
    const uint32_t word = s->words.word[3][DRAWN_VISITS + i];
    const msp_day day = m->line.first_dose + (msp_day)s->visits.day[i];
    const double u = share_of(word) - m->plan->missed_visits;
    if (u < 0)
        return;
    take_samples(m, i, day, lost_of(u, m->plan->missed_labs * (1 - m->plan->missed_visits)));
    if (m->risen >= SEEN)
        see_progression(m, day, word * 2654435769u, last);
}

/* The baseline is before the first dose, or on the day of a crossover. */
static void sample_baseline(maker *m)
{
    const msp_day before = (msp_day)(m->samples->words.word[2][DRAWN_VISITS] % SCREENING);
    take_samples(m, 0, m->line.again > 0 ? m->line.first_dose : m->out->enrolled - before,
                 NOTHING_LOST);
}

/* The baseline and all visits, until progression is seen or the data end. */
static void follow(maker *m, msp_day last)
{
    progress at = {0};
    sim_sampler_begin(m->samples, m->line.truth, m->line.doses, m->line.again, m->line.visit);
    size_t n = VISITS_AT_ONCE;
    for (size_t first = 0;
         first <= m->line.course->n_visits && n == VISITS_AT_ONCE && m->line.seen == MSP_NO_DAY;
         first += VISITS_AT_ONCE) {
        sim_samples_draw(m->samples, (uint32_t)first);
        n = place_visits(m, first, last, &at);
        sim_samples_read(m->samples, n);
        if (first == 0)
            sample_baseline(m);
        for (size_t i = first == 0; i < n && m->line.seen == MSP_NO_DAY; i++)
            attend(m, i, last);
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
    const bool expected = i < p->n && p->plan == m->plan && p->seed == m->seed &&
                          p->trial == m->trial && p->arm[i] == arm && p->cell[i] == cell;
    if (expected)
        return i;
    msp_virtual_patients_expect(m->plan, m->seed, m->trial, m->number, 1, &arm, &cell, m->work);
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
    if (m->scans != NULL)
        m->scans->due = 0;
}

/* Another treatment once progression was seen: nothing else is given until then. */
static void cross_over(maker *m, msp_day last)
{
    msp_virtual_patient *p = m->out;
    msp_virtual_crossed *c = &m->work->crossed;
    const uint64_t seed = m->seed, trial = m->trial;
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
    sim_sampler samples;
    sim_scans scans = {.every = plan->lesions.every, .next = work->scans};
    maker m = {.plan = plan,
               .seed = seed,
               .trial = trial,
               .number = number,
               .work = work,
               .out = out,
               .samples = &samples};
    *out = (msp_virtual_patient){
        .number = number, .arm = arm, .cell = cell, .withdrawn = MSP_NO_DAY, .seen = MSP_NO_DAY};
    begin(&m, person_of(&m, (uint8_t)arm, (uint8_t)cell));
    sim_sampler_init(&samples, out, seed, trial, work->kernel, work->measured);
    const msp_day last = finish(&m);
    if (out->truth.n_lesions > 0 || plan->lesions.fresh > 0)
        m.scans = &scans;
    follow(&m, last);
    out->seen = m.line.seen;
    out->patient.new_therapy = m.line.new_therapy;
    stop_treatment(out, last);
    if (plan->crossover.said != NULL && arm == plan->crossover.from && out->seen != MSP_NO_DAY)
        cross_over(&m, last);
    out->patient.n_visits = m.n_visits;
    out->patient.n_measured = (size_t)(samples.next - work->measured);
    out->scans = work->scans;
    out->n_scans = m.scans != NULL ? (size_t)(scans.next - work->scans) : 0;
}

msp_status msp_virtual_work_init(msp_virtual_work *work, const msp_virtual_plan *plan,
                                 msp_error *err)
{
    enum { MEASURED_AT_ONCE = 8, WITH_LESIONS = 11 };
    const size_t n = plan->n_visits_max + 1;
    const bool lesions = plan->lesions.any;
    *work = (msp_virtual_work){
        .measured = calloc(n, (lesions ? WITH_LESIONS : MEASURED_AT_ONCE) * sizeof *work->measured),
        .visits = calloc(n, sizeof *work->visits),
        .scans = lesions ? calloc(n, sizeof *work->scans) : NULL,
        .people = calloc(1, sizeof *work->people),
        .room = n,
        .kernel = sim_visits_kernel_of(sim_best_path()),
    };
    const bool crosses = plan->crossover.said != NULL;
    if (crosses)
        work->crossing = calloc(1, sizeof *work->crossing);
    msp_status rc = work->measured != NULL && work->visits != NULL && work->people != NULL &&
                            (!crosses || work->crossing != NULL) &&
                            (!lesions || work->scans != NULL)
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
    free(work->scans);
    free(work->people);
    *work = (msp_virtual_work){0};
}
