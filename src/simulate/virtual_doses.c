/* virtual_doses.c - the doses that eight patients are given: what is planned, less what happens.
 *
 *   1. memory    2. what happens    3. pieces
 */
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "virtual_truth.h"

enum {
    ABREAST = COURSES_AT_ONCE,
    CYCLES_A_BLOCK = 8, /* of the generator */
    CYCLES_AT_ONCE = BLOCKS_AT_ONCE / ABREAST * CYCLES_A_BLOCK,
};

/* -- 1. memory -- */

msp_status sim_people_init(sim_people *p, const msp_virtual_plan *plan, msp_error *err)
{
    const size_t n_cycles = plan->n_cycles_max;
    const size_t rows =
        2 * n_cycles + 3; /* a cycle and what it waits, the stop, the end of the list */
    *p = (sim_people){0};
    msp_virtual_change *changes = calloc(n_cycles + 1, ABREAST * sizeof *changes);
    uint32_t *late = calloc(n_cycles + 1, ABREAST * sizeof *late);
    p->changes[0] = changes;
    p->late[0] = late;
    p->day = calloc(rows, sizeof *p->day);
    p->lost = calloc(rows, sizeof *p->lost);
    p->rate = calloc(rows, sizeof *p->rate);
    for (int part = 0; part < MSP_PARTS; part++)
        p->part[part] = calloc(rows, sizeof *p->part[part]);
    if (changes == NULL || late == NULL || p->day == NULL || p->lost == NULL || p->rate == NULL ||
        p->part[0] == NULL || p->part[1] == NULL) {
        sim_people_free(p);
        return msp_fail(err, MSP_EMEM, "no memory for %zu cycles of treatment", n_cycles);
    }
    for (size_t i = 1; i < ABREAST; i++) {
        p->changes[i] = changes + i * (n_cycles + 1);
        p->late[i] = late + i * (n_cycles + 1);
    }
    return MSP_OK;
}

void sim_people_free(sim_people *p)
{
    free(p->changes[0]);
    free(p->late[0]);
    free(p->day);
    free(p->lost);
    free(p->rate);
    for (int part = 0; part < MSP_PARTS; part++)
        free(p->part[part]);
    *p = (sim_people){0};
}

msp_doses sim_doses_of(const sim_people *p, size_t i)
{
    return (msp_doses){p->day[0] + i, p->lost[0] + i, p->rate[0] + i, p->n_pieces[i], ABREAST};
}

/* -- 2. what happens -- */

static const msp_virtual_course *course_of(const sim_people *p, size_t i)
{
    return &p->plan->arm[p->arm[i]];
}

/* How often a drug's dose went down in the phase that a cycle is in. */
static unsigned reductions(const sim_people *p, size_t i, size_t cycle, unsigned drug)
{
    const msp_planned_cycle *cycles = course_of(p, i)->cycles;
    unsigned n = 0;
    for (size_t k = 0; k < p->n_changes[i]; k++) {
        const msp_virtual_change *c = &p->changes[i][k];
        n += c->kind == MSP_CHANGE_REDUCED && c->drug == drug &&
             cycles[c->cycle].phase == cycles[cycle].phase;
    }
    return n;
}

/* Nothing happens to the first cycle of a phase; a drug is reduced twice at most, to three quarters
 * and to half. Of what happens u is a share of 1. */
static void change(sim_people *p, size_t i, size_t cycle, double u)
{
    enum { REDUCTIONS_MAX = 2 };
    const msp_virtual_course *c = course_of(p, i);
    const msp_planned_cycle *here = &c->cycles[cycle];
    msp_virtual_change made = {.cycle = (uint32_t)cycle, .kind = MSP_CHANGE_LATE};
    if (here->number < 2)
        return;
    const double n_drugs = (double)here->regimen->drugs.n;
    u -= c->delay;
    if (u < 0)
        p->late[i][p->n_late[i]++] = made.cycle;
    if (u >= c->reduction) {
        made.kind = MSP_CHANGE_MISSED;
        made.drug = (uint8_t)((u - c->reduction) / c->missed * n_drugs);
    } else if (u >= 0) {
        made.kind = MSP_CHANGE_REDUCED;
        made.drug = (uint8_t)(u / c->reduction * n_drugs);
        const unsigned before = reductions(p, i, cycle, made.drug);
        if (before >= REDUCTIONS_MAX)
            return;
        made.quarters = (uint8_t)(3 - before);
    }
    made.drug = made.drug < here->regimen->drugs.n ? made.drug : 0; /* a share rounded up to 1 */
    p->changes[i][p->n_changes[i]++] = made;
}

/* 16 bits of each patient's draws for each cycle, of the cycles that were drawn at once. */
static uint32_t bits_of_cycle(const sim_words *words, size_t cycle, size_t i)
{
    return words->word[cycle / 2 % 4][cycle / CYCLES_A_BLOCK * ABREAST + i] >> cycle % 2 * 16 &
           0xffff;
}

/* Bit k of mark[i]: something happens in cycle k to patient i. All patients side by side, for
 * nobody could foresee it (2 ns a visit less than one by one). */
static void mark_changes(const sim_people *p, const sim_words *words, uint32_t mark[ABREAST])
{
    int32_t below[ABREAST] = {0};
    for (size_t i = 0; i < p->n; i++) {
        const msp_virtual_course *c = course_of(p, i);
        below[i] = (int32_t)((c->delay + c->reduction + c->missed) * 0x1p16);
    }
    uint32_t found[ABREAST] = {0};
    for (size_t k = 0; k < CYCLES_AT_ONCE; k++) {
        const uint32_t *row = words->word[k / 2 % 4] + k / CYCLES_A_BLOCK * ABREAST;
        for (size_t i = 0; i < ABREAST; i++) {
            const int32_t half = (int32_t)(row[i] >> k % 2 * 16 & 0xffff);
            found[i] |= (half < below[i] ? 1u : 0u) << k;
        }
    }
    memcpy(mark, found, sizeof found);
}

/* In the cycles of one patient from `from` on. */
static void look_through(sim_people *p, size_t i, size_t from, uint32_t mark,
                         const sim_words *words)
{
    const size_t n_cycles = course_of(p, i)->n_cycles;
    for (; mark != 0; mark &= mark - 1) {
        const size_t k = (size_t)__builtin_ctz(mark);
        if (from + k < n_cycles)
            change(p, i, from + k, (bits_of_cycle(words, k, i) + 0.5) * 0x1p-16);
    }
}

static void draw_changes(const sim_visits_kernel *kernel, sim_people *p)
{
    sim_words words;
    uint32_t mark[ABREAST];
    size_t most = 0;
    words.seed = p->seed;
    words.trial = p->trial;
    for (size_t i = 0; i < p->n; i++)
        most = course_of(p, i)->n_cycles > most ? course_of(p, i)->n_cycles : most;
    for (size_t from = 0; from < most; from += CYCLES_AT_ONCE) {
        for (uint32_t k = 0; k < BLOCKS_AT_ONCE; k++) {
            words.number[k] = p->first + k % ABREAST;
            words.block[k] =
                (DRAW_CHANGES + p->again) << 16 | ((uint32_t)(from / CYCLES_A_BLOCK) + k / ABREAST);
        }
        kernel->draw(&words);
        mark_changes(p, &words, mark);
        for (size_t i = 0; i < p->n; i++)
            look_through(p, i, from, mark[i], &words);
    }
}

/* -- 3. pieces -- */

typedef struct laying {
    sim_people *p;
    size_t i, n;
    double day, lost, rate;               /* of the last piece */
    double stop;                          /* the first day without doses */
    double factor[MSP_VIRTUAL_DRUGS_MAX]; /* of each drug's planned dose */
    bool reduced, over;
} laying;

/* From a day on so much of each is lost; a day that a piece has to begin on is `marked`. */
static inline void put(laying *l, double day, double rate, bool marked)
{
    sim_people *p = l->p;
    if (day >= l->stop) {
        day = l->stop;
        rate = 1;
        l->over = true;
    }
    if (l->n > 0) {
        if (l->rate == rate && !marked)
            return;
        l->lost += l->rate * (day - l->day);
        l->n -= l->day == day;
    }
    l->day = day;
    l->rate = rate;
    p->day[l->n][l->i] = day;
    p->lost[l->n][l->i] = l->lost;
    p->rate[l->n][l->i] = rate;
    l->n++;
}

/* Share of full doses that a cycle gives; `missed` is a drug or beyond all. */
static double given(const laying *l, const msp_planned_cycle *c, size_t missed)
{
    if (c->regimen == NULL)
        return 0;
    if (!l->reduced && missed >= c->regimen->drugs.n)
        return c->given;
    double sum = 0;
    for (size_t drug = 0; drug < c->regimen->drugs.n; drug++)
        sum += drug == missed ? 0 : c->of[drug] * l->factor[drug];
    return sum;
}

static void begin_phase(laying *l)
{
    l->reduced = false;
    for (size_t drug = 0; drug < MSP_VIRTUAL_DRUGS_MAX; drug++)
        l->factor[drug] = 1;
}

/* One that asks for more of a response than there is ends the treatment. */
static bool falls_short(laying *l, const msp_planned_cycle *c, double day)
{
    l->p->n_pieces[l->i] = l->n;
    const msp_doses doses = sim_doses_of(l->p, l->i);
    return msp_kinetics_burden(&l->p->person[l->i].truth.kinetics, &doses, day) > c->at_most;
}

/* A cycle, or several of which the same is given; what happens in it, NULL: nothing. */
static void lay_cycle(laying *l, const msp_planned_cycle *c, const msp_virtual_change *happens,
                      int *shift)
{
    msp_virtual_truth *truth = &l->p->person[l->i].truth;
    size_t missed = MSP_VIRTUAL_DRUGS_MAX;
    if (c->number < 2)
        begin_phase(l);
    if (happens != NULL && happens->kind == MSP_CHANGE_LATE) {
        put(l, c->day + *shift, 1, false);
        *shift += LATE_DAYS;
    } else if (happens != NULL && happens->kind == MSP_CHANGE_REDUCED) {
        l->factor[happens->drug] = happens->quarters / 4.0;
        l->reduced = true;
    } else if (happens != NULL)
        missed = happens->drug;
    const double day = c->day + *shift;
    if (l->over)
        return;
    if (isfinite(c->at_most) && falls_short(l, c, day)) {
        l->stop = day;
        truth->short_of_response = true;
    }
    put(l, day, 1 - given(l, c, missed), c->transplant);
    if (c->transplant && !l->over && !isfinite(truth->kinetics.transplant))
        truth->kinetics.transplant = day;
}

static void lay(sim_people *p, size_t i)
{
    const msp_virtual_course *c = course_of(p, i);
    const msp_virtual_change *happens = p->changes[i]; /* the next one */
    laying l = {.p = p, .i = i, .stop = floor(p->person[i].truth.stop) + 1};
    int shift = 0;
    p->person[i].truth.short_of_response = false;
    for (size_t k = 0, next; k < c->n_cycles && !l.over; k = next) {
        const bool here = happens->cycle == k;
        lay_cycle(&l, &c->cycles[k], here ? happens : NULL, &shift);
        next = here && happens->kind == MSP_CHANGE_MISSED ? k + 1 : c->cycles[k].next;
        happens += here;
        next = happens->cycle < next ? happens->cycle : next;
    }
    if (!l.over && l.stop < KINETICS_NEVER)
        put(&l, l.stop, 1, false);
    p->n_pieces[i] = l.n;
}

/* All lists end on the last day there is, and are as long as the longest; beyond the last patient
 * they are his. */
static void even_out(sim_people *p)
{
    size_t most = 0;
    for (size_t i = 0; i < p->n; i++)
        most = p->n_pieces[i] > most ? p->n_pieces[i] : most;
    for (size_t i = 0; i < p->n; i++) {
        const size_t n = p->n_pieces[i], last = n - 1;
        const double lost =
            p->lost[last][i] + p->rate[last][i] * (KINETICS_NEVER - p->day[last][i]);
        for (size_t k = n; k <= most; k++) {
            p->day[k][i] = KINETICS_NEVER;
            p->lost[k][i] = lost;
            p->rate[k][i] = 0;
        }
    }
    for (size_t i = p->n; i < ABREAST; i++)
        for (size_t k = 0; k <= most; k++) {
            p->day[k][i] = p->day[k][p->n - 1];
            p->lost[k][i] = p->lost[k][p->n - 1];
            p->rate[k][i] = p->rate[k][p->n - 1];
        }
    p->most_pieces = most;
}

void sim_doses_make(const sim_visits_kernel *kernel, sim_people *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->n_changes[i] = p->n_late[i] = 0;
    draw_changes(kernel, p);
    for (size_t i = 0; i < p->n; i++) {
        p->changes[i][p->n_changes[i]].cycle = NO_CYCLE;
        p->late[i][p->n_late[i]] = NO_CYCLE;
        lay(p, i);
    }
    even_out(p);
}
