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

/* What is known of a patient in the end, and until when. */
typedef struct known {
    msp_day enrolled, first_dose, cutoff;
    msp_day withdrawn, death; /* by the last day; MSP_NO_DAY */
    msp_day last;
} known;

/* One who is made before he is asked for, with others. */
typedef struct sim_ready {
    known known;
    sim_sampler samples; /* of his first visits */
} sim_ready;

/* What a virtual patient needs while he is made. */
typedef struct maker {
    const msp_virtual_plan *plan;
    uint64_t seed, trial;
    uint32_t number;
    msp_virtual_work *work;
    msp_virtual_patient *out;
    const known *known;
    sim_sampler *samples;
    sim_scans *scans; /* NULL: of no plasmacytomas */
    size_t n_visits;
    unsigned risen;            /* assessments in a row that showed progression */
    msp_day seen, new_therapy; /* progression under the treatment at hand; what came after */
} maker;

/* -- 1. the truth -- */

double msp_virtual_true_pfs(const msp_virtual_truth *t)
{
    return (t->progression < t->death ? t->progression : t->death) + 1;
}

/* -- 2. the course -- */

#define SCREENING 14 /* days */

static msp_day day_of(msp_day from, double days)
{
    return days < 1e6 ? from + (msp_day)days : MSP_NO_DAY;
}

static bool by(msp_day day, msp_day last)
{
    return day != MSP_NO_DAY && day <= last;
}

/* A death counts where it comes before the cut-off and before the consent was withdrawn. */
static known known_of(const msp_virtual_plan *plan, const sim_person *person, uint32_t number)
{
    const msp_virtual_truth *t = &person->truth;
    const double entry = plan->accrual * (number + 0.5) / (double)plan->n;
    known k = {.enrolled = plan->start + (msp_day)entry,
               .cutoff = plan->start + (msp_day)(plan->accrual + plan->follow_up),
               .withdrawn = MSP_NO_DAY,
               .death = MSP_NO_DAY};
    const msp_day withdrawn = day_of(k.enrolled, t->withdrawal);
    msp_day death = day_of(k.enrolled, t->death);
    k.first_dose = k.enrolled + person->wait;
    k.last = k.cutoff;
    if (death != MSP_NO_DAY && death < k.first_dose)
        death = k.first_dose;
    if (by(withdrawn, k.last))
        k.last = k.withdrawn = withdrawn;
    if (by(death, k.last)) {
        k.withdrawn = MSP_NO_DAY;
        k.last = k.death = death;
    }
    return k;
}

static bool is_kappa(const sim_person *person)
{
    return (person->chains >> 16 & 1) != 0;
}

/* Randomisation, day 1 of treatment, the light chain, the end. */
static void meet(maker *m, const sim_person *person)
{
    msp_virtual_patient *p = m->out;
    const msp_virtual_plan *plan = m->plan;
    const known *k = m->known;
    const uint32_t chains = person->chains;
    const bool died = k->death != MSP_NO_DAY;
    p->type = person->type;
    p->truth = person->truth;
    p->enrolled = k->enrolled;
    p->cutoff = k->cutoff;
    p->withdrawn = k->withdrawn;
    const bool light_only = p->type == MSP_DISEASE_FLC || p->type == MSP_DISEASE_URINE;
    p->patient = (msp_patient){
        .heavy = light_only        ? MSP_HEAVY_LIGHT
                 : chains % 10 < 7 ? MSP_HEAVY_IGG
                                   : MSP_HEAVY_IGA,
        .light = is_kappa(person) ? 'k' : 'l',
        .arm = msp_arm_value(plan->arm[p->arm].arm),
        .disposition = &p->disposition,
        .randomised = plan->randomised ? k->enrolled : MSP_NO_DAY,
        .first_dose = k->first_dose,
        .baseline = k->first_dose,
        .transplant = MSP_NO_DAY,
        .new_therapy = MSP_NO_DAY,
        .death = k->death,
        .died = died,
        .died_of_myeloma = died && p->truth.of_myeloma,
        .visits = m->work->visits,
        .measured = m->work->measured,
    };
    p->patient.actual_arm = p->patient.arm;
    p->disposition = msp_disposition_none();
    p->disposition.consent = plan->randomised ? k->enrolled - SCREENING : k->enrolled;
    p->disposition.lost = k->withdrawn;
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

static void see_progression(maker *m, msp_day day, uint32_t bits)
{
    const msp_day next = day + 14 + (msp_day)(bits % 29);
    m->seen = day;
    if (share_of(bits) < TREATED && next <= m->known->last)
        m->new_therapy = next;
}

/* Visit i of those that were read. */
static void attend(maker *m, size_t i)
{
    const sim_sampler *s = m->samples;
    const uint32_t word = s->words.word[3][DRAWN_VISITS + i];
    const msp_day day = s->line.first_dose + (msp_day)s->visits.day[i];
    const double u = share_of(word) - m->plan->missed_visits;
    if (u < 0)
        return;
    take_samples(m, i, day, lost_of(u, m->plan->missed_labs * (1 - m->plan->missed_visits)));
    if (m->risen >= SEEN)
        see_progression(m, day, word * 2654435769u);
}

/* The baseline is before the first dose, or on the day of a crossover. */
static void sample_baseline(maker *m)
{
    const sim_sampler *s = m->samples;
    const msp_day before = (msp_day)(s->words.word[2][DRAWN_VISITS] % SCREENING);
    take_samples(m, 0, s->line.again > 0 ? s->line.first_dose : m->known->enrolled - before,
                 NOTHING_LOST);
}

/* The baseline and all visits, of which the first were read, until progression is seen or the data
 * end. */
static void follow(maker *m)
{
    m->seen = m->new_therapy = MSP_NO_DAY;
    m->risen = 0;
    sample_baseline(m);
    do {
        for (size_t i = m->samples->first == 0; i < m->samples->n && m->seen == MSP_NO_DAY; i++)
            attend(m, i);
    } while (m->seen == MSP_NO_DAY && sim_samples_go_on(m->samples));
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

/* Under the first treatment. */
static void begin_visits(const sim_people *p, size_t i, sim_ready *ready)
{
    const sim_person *person = &p->person[i];
    sim_sampler *s = &ready->samples;
    ready->known = known_of(p->plan, person, p->first + (uint32_t)i);
    s->type = person->type;
    s->kappa = is_kappa(person);
    sim_sampler_begin(s, &(sim_line){.course = &p->plan->arm[p->arm[i]],
                                     .truth = &person->truth,
                                     .doses = sim_doses_of(p, i),
                                     .late = p->late[i],
                                     .first_dose = ready->known.first_dose,
                                     .last = ready->known.last});
}

void msp_virtual_patients_expect(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                                 uint32_t first, size_t n, const uint8_t *arm, const uint8_t *cell,
                                 msp_virtual_work *work)
{
    sim_people *p = work->people;
    sim_sampler *samplers[COURSES_AT_ONCE];
    p->plan = plan;
    p->seed = seed;
    p->trial = trial;
    p->first = first;
    p->again = 0;
    p->n = n < COURSES_AT_ONCE ? n : COURSES_AT_ONCE;
    memcpy(p->arm, arm, p->n);
    memcpy(p->cell, cell, p->n);
    sim_people_make(work->kernel, p);
    for (size_t i = 0; i < p->n; i++) {
        samplers[i] = &work->ready[i].samples;
        sim_sampler_init(samplers[i], work->kernel, work->eyes, seed, trial, first + (uint32_t)i);
        begin_visits(p, i, &work->ready[i]);
    }
    sim_samplers_read(samplers, p->n);
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

/* Which `who` of the people is. */
static void begin(maker *m, size_t who)
{
    msp_virtual_patient *p = m->out;
    const sim_people *people = m->work->people;
    m->known = &m->work->ready[who].known;
    m->samples = &m->work->ready[who].samples;
    m->samples->next = m->work->measured;
    meet(m, &people->person[who]);
    p->doses = m->samples->line.doses;
    p->changes = people->changes[who];
    p->n_changes = people->n_changes[who];
}

/* What was risen, lowest or due before is no part of what follows. */
static void begin_again(maker *m, const msp_virtual_crossed *c)
{
    sim_sampler_begin(m->samples, &(sim_line){.course = &m->plan->arm[m->plan->crossover.to],
                                              .truth = &c->truth,
                                              .doses = c->doses,
                                              .late = m->work->crossing->late[0],
                                              .first_dose = c->said.day,
                                              .last = m->known->last,
                                              .visit = c->visit,
                                              .again = DRAW_AGAIN});
    sim_samplers_read(&m->samples, 1);
    if (m->scans != NULL)
        m->scans->due = 0;
}

/* Another treatment once progression was seen: nothing else is given until then. */
static void cross_over(maker *m)
{
    msp_virtual_patient *p = m->out;
    msp_virtual_crossed *c = &m->work->crossed;
    const uint64_t seed = m->seed, trial = m->trial;
    const msp_day last = m->known->last;
    bool asked;
    const msp_day day = sim_crossover_day(m->plan, seed, trial, p, last, &asked);
    if (asked)
        p->patient.new_therapy = day;
    if (day == MSP_NO_DAY)
        return;
    sim_crossover_make(m->work->kernel, m->plan, seed, trial, p, day, m->work->crossing, c);
    begin_again(m, c);
    follow(m);
    c->seen = m->seen;
    c->said.next_therapy = m->new_therapy;
    c->last_dose = last_dose_of(c->said.day, &c->truth, c->seen, last);
    p->crossed = c;
    p->patient.crossed = &c->said;
}

void msp_virtual_patient_make(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                              uint32_t number, size_t arm, size_t cell, msp_virtual_work *work,
                              msp_virtual_patient *out)
{
    sim_scans scans = {.every = plan->lesions.every, .next = work->scans};
    maker m = {
        .plan = plan, .seed = seed, .trial = trial, .number = number, .work = work, .out = out};
    *out = (msp_virtual_patient){.number = number, .arm = arm, .cell = cell};
    begin(&m, person_of(&m, (uint8_t)arm, (uint8_t)cell));
    scans.enrolled = out->enrolled;
    if (out->truth.n_lesions > 0 || plan->lesions.fresh > 0)
        m.scans = &scans;
    follow(&m);
    out->seen = m.seen;
    out->patient.new_therapy = m.new_therapy;
    stop_treatment(out, m.known->last);
    if (plan->crossover.said != NULL && arm == plan->crossover.from && out->seen != MSP_NO_DAY)
        cross_over(&m);
    out->patient.n_visits = m.n_visits;
    out->patient.n_measured = (size_t)(m.samples->next - work->measured);
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
        .ready = calloc(COURSES_AT_ONCE, sizeof *work->ready),
        .eyes = calloc(1, sizeof *work->eyes),
        .room = n,
        .kernel = sim_visits_kernel_of(sim_best_path()),
    };
    const bool crosses = plan->crossover.said != NULL;
    if (crosses)
        work->crossing = calloc(1, sizeof *work->crossing);
    msp_status rc = work->measured != NULL && work->visits != NULL && work->people != NULL &&
                            work->ready != NULL && work->eyes != NULL &&
                            (!crosses || work->crossing != NULL) &&
                            (!lesions || work->scans != NULL)
                        ? sim_people_init(work->people, plan, err)
                        : msp_fail(err, MSP_EMEM, "no memory for a virtual patient");
    if (rc == MSP_OK && crosses)
        rc = sim_people_init(work->crossing, plan, err);
    if (rc == MSP_OK)
        sim_eyes_init(work->eyes);
    else
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
    free(work->ready);
    free(work->eyes);
    *work = (msp_virtual_work){0};
}
