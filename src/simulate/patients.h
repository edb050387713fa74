/*
 * patients.h - who enters when, in which stratum and arm, and what happens to him; for every kind
 * of processor. A part of kernel.c.
 */
#ifndef MSPIKE_SIMULATE_PATIENTS_H
#define MSPIKE_SIMULATE_PATIENTS_H

#include <math.h>

#include "list.h"
#include "look.h"

/* -- randomisation -- */

/* The next block of patients as bits, experimental where set, drawn one by one: experimental with
 * the chance of what is left of the block. */
static uint64_t block_by_patient(const msp_sim_plan *p, const uint64_t *draws)
{
    uint64_t bits = 0, left = (uint64_t)p->block_experimental;
    for (int j = 0; j < p->block; j++) {
        const bool experimental = (draws[j] >> 32) * (uint64_t)(p->block - j) < left << 32;
        bits |= (uint64_t)experimental << j;
        left -= experimental;
    }
    return bits;
}

/* The arms of the n patients of one stratum in the order they come. */
ALWAYS_INLINE void allocate(const sim_tables *t, const processor *cpu, uint64_t seed,
                            uint64_t trial, uint32_t stratum, size_t n, uint64_t *bits,
                            uint32_t *arm)
{
    const size_t block = (size_t)t->plan->block, n_blocks = (n + block - 1) / block;
    draw_bits(cpu->sixteen, seed, trial, DRAW_BLOCKS | stratum << 8,
              t->n_blocks > 0 ? n_blocks : n_blocks * block, bits);
    for (size_t b = 0; b < n_blocks; b++) {
        const uint64_t is = t->n_blocks > 0 ? t->block[(bits[b] >> 32) * t->n_blocks >> 32]
                                            : block_by_patient(t->plan, bits + b * block);
        for (size_t j = 0; j < block; j++)
            arm[b * block + j] = CONTROL + (EXPERIMENTAL - CONTROL) * (uint32_t)(is >> j & 1);
    }
}

/* Strata by their shares; then each allocates its own patients. */
ALWAYS_INLINE void allocate_strata(const sim_tables *t, sim_work *w, const processor *cpu,
                                   uint64_t seed, uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    double below[MSP_SIM_STRATA_MAX]; /* the shares added up */
    size_t count[MSP_SIM_STRATA_MAX] = {0}, next[MSP_SIM_STRATA_MAX], start = 0;
    for (size_t s = 0; s + 1 < p->n_strata; s++)
        below[s] = p->strata[s].share + (s > 0 ? below[s - 1] : 0);
    draw_bits(cpu->sixteen, seed, trial, DRAW_STRATUM, p->n, w->bits);
    for (size_t i = 0; i < p->n; i++) {
        const double u = uniform_of(w->bits[i]);
        size_t stratum = 0;
        for (size_t s = 0; s + 1 < p->n_strata; s++)
            stratum += u >= below[s];
        w->stratum[i] = (uint8_t)stratum;
        count[stratum]++;
    }
    /* what a last block has too many is written over by the next stratum */
    for (size_t s = 0; s < p->n_strata; s++) {
        next[s] = start;
        allocate(t, cpu, seed, trial, (uint32_t)s, count[s], w->bits, w->risk + start);
        start += count[s];
    }
    for (size_t i = 0; i < p->n; i++)
        w->arm[i] = w->risk[next[w->stratum[i]]++];
}

/* -- times -- */

ALWAYS_INLINE void enter_at_random(const sim_tables *t, sim_work *w, const processor *cpu,
                                   uint64_t seed, uint64_t trial)
{
    const msp_intake *intake = &t->plan->enrolment;
    const size_t n = t->plan->n;
    const double total = msp_enrolled(intake, intake->duration);
    double sum = 0;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_ENTRY, t->cap, w->bits, w->spare);
    for (size_t i = 0; i < n; i++)
        w->entry[i] = sum += w->spare[i];
    if (intake->rate.n == 1)
        for (size_t i = 0; i < n; i++)
            w->entry[i] *= intake->duration / (double)n;
    else
        for (size_t i = 0; i < n; i++)
            w->entry[i] = sim_entry_of(intake, total, w->entry[i] * total / (double)n);
}

/* The time at which the curve's hazard has added up to `e`. */
static double time_of(const msp_sim_curve *c, const double *cumulative, double e)
{
    size_t i = 0;
    while (i + 1 < c->hazard.n && cumulative[i + 1] <= e)
        i++;
    const double x = c->hazard.from[i] + (e - cumulative[i]) / c->hazard.rate[i];
    return c->shape == 1 ? x : pow(x, 1 / c->shape);
}

ALWAYS_INLINE void scale_times(const sim_tables *t, sim_work *w)
{
    const double experimental = t->scale[0], control = t->scale[1];
    const uint32_t *restrict arm = w->arm;
    double *restrict time = w->time;
    for (size_t i = 0; i < t->cap; i++)
        time[i] *= is_experimental(arm[i]) ? experimental : control;
}

ALWAYS_INLINE void times_of_all_kinds(const sim_tables *t, sim_work *w, const processor *cpu,
                                      uint64_t seed, uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    for (size_t i = 0; i < p->n; i++) {
        const int arm = is_experimental(w->arm[i]) ? 0 : 1;
        double ratio = 1;
        if (p->n_strata > 0) {
            const msp_sim_stratum *s = &p->strata[w->stratum[i]];
            ratio = arm == 0 ? s->hazard_ratio * s->effect : s->hazard_ratio;
        }
        w->time[i] = time_of(&p->arm[arm], t->cumulative[arm], w->time[i] / ratio);
    }
    if (p->arm[0].cured > 0 || p->arm[1].cured > 0) {
        draw_bits(cpu->sixteen, seed, trial, DRAW_CURE, t->cap, w->bits);
        for (size_t i = 0; i < p->n; i++)
            if (uniform_of(w->bits[i]) < p->arm[is_experimental(w->arm[i]) ? 0 : 1].cured)
                w->time[i] = (double)INFINITY;
    }
}

/* Deaths behind the events: at once, or after an exponential time. */
ALWAYS_INLINE void die(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                       uint64_t trial)
{
    const msp_sim_survival *d = &t->plan->survival;
    const size_t n = t->plan->n;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_AFTER, t->cap, w->bits, w->death);
    draw_bits(cpu->sixteen, seed, trial, DRAW_CROSSOVER, t->cap, w->bits);
    for (size_t i = 0; i < n; i++) {
        const int arm = is_experimental(w->arm[i]) ? 0 : 1;
        const bool crosses = arm == 1 && uniform_of(w->bits[i]) < d->crossover;
        w->death[i] /= d->hazard[arm] * (crosses ? d->crossover_ratio : 1);
    }
    draw_bits(cpu->sixteen, seed, trial, DRAW_DEATH, t->cap, w->bits);
    for (size_t i = 0; i < n; i++)
        w->death[i] = w->time[i] + (uniform_of(w->bits[i]) < d->deaths ? 0 : w->death[i]);
}

/* The earlier of each time and loss. */
ALWAYS_INLINE void lose(size_t n, const double *restrict loss, double *restrict time,
                        double *restrict seen)
{
    for (size_t i = 0; i < n; i++) {
        seen[i] = time[i] <= loss[i] && time[i] < (double)INFINITY ? 1 : 0;
        time[i] = time[i] <= loss[i] ? time[i] : loss[i];
    }
}

ALWAYS_INLINE void drop_out(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                            uint64_t trial)
{
    const double experimental = 1 / t->plan->dropout[0], control = 1 / t->plan->dropout[1];
    const uint32_t *restrict arm = w->arm;
    double *restrict loss = w->spare;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_DROPOUT, t->cap, w->bits, loss);
    for (size_t i = 0; i < t->cap; i++)
        loss[i] *= is_experimental(arm[i]) ? experimental : control;
    lose(t->cap, loss, w->time, w->seen);
    if (t->plan->survival.events > 0)
        lose(t->cap, loss, w->death, w->death_seen);
}

/* Nobody is lost: whoever is not cured has the event. */
ALWAYS_INLINE void stay(size_t n, const double *restrict time, double *restrict seen)
{
    for (size_t i = 0; i < n; i++)
        seen[i] = time[i] < (double)INFINITY ? 1 : 0;
}

/* Patients of a stratum side by side, still in the order of entry, for a stratified test. */
static void gather_strata(const sim_tables *t, sim_work *w)
{
    const msp_sim_plan *p = t->plan;
    const size_t n = p->n;
    size_t *start = w->stratum_start;
    memset(start, 0, sizeof w->stratum_start);
    for (size_t i = 0; i < n; i++)
        start[w->stratum[i] + 1]++;
    for (size_t s = 0; s < p->n_strata; s++)
        start[s + 1] += start[s];
    size_t next[MSP_SIM_STRATA_MAX];
    memcpy(next, start, sizeof next);
    for (size_t i = 0; i < n; i++)
        w->order[next[w->stratum[i]]++] = (uint32_t)i;
#define IN_ORDER(array, room)                     \
    do {                                          \
        for (size_t i = 0; i < n; i++)            \
            (room)[i] = (array)[w->order[i]];     \
        memcpy(array, room, n * sizeof *(array)); \
    } while (0)
    IN_ORDER(w->entry, w->spare);
    IN_ORDER(w->time, w->spare);
    IN_ORDER(w->arm, w->risk);
    IN_ORDER(w->seen, w->spare);
    if (p->survival.events > 0) {
        IN_ORDER(w->death, w->spare);
        IN_ORDER(w->death_seen, w->spare);
    }
#undef IN_ORDER
}

/* Arms, strata and entries. Draws are made for `cap` patients; those beyond n count nowhere. */
ALWAYS_INLINE void place(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                         uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    if (p->n_strata > 0)
        allocate_strata(t, w, cpu, seed, trial);
    else
        allocate(t, cpu, seed, trial, 0, p->n, w->bits, w->arm);
    if (p->poisson)
        enter_at_random(t, w, cpu, seed, trial);
    else if (t->gathers)
        memcpy(w->entry, t->entry, p->n * sizeof *w->entry);
}

/* What happens to the patients so placed. */
ALWAYS_INLINE void live(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                        uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_EVENT, t->cap, w->bits, w->time);
    if (t->plain)
        scale_times(t, w);
    else
        times_of_all_kinds(t, w, cpu, seed, trial);
    if (p->survival.events > 0)
        die(t, w, cpu, seed, trial);
    if (p->dropout[0] > 0 || p->dropout[1] > 0) {
        drop_out(t, w, cpu, seed, trial);
        return;
    }
    stay(t->cap, w->time, w->seen);
    if (p->survival.events > 0)
        stay(t->cap, w->death, w->death_seen);
}

#endif
