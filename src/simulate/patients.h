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

/* Everyone's stratum, by their shares. */
ALWAYS_INLINE void draw_strata(const sim_tables *t, sim_work *w, const processor *cpu,
                               uint64_t seed, uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    const uint64_t *restrict bits = w->bits;
    int32_t *restrict stratum = w->stratum;
    double below = 0; /* the shares added up */
    draw_bits(cpu->sixteen, seed, trial, DRAW_STRATUM, p->n, w->bits);
    memset(stratum, 0, t->cap * sizeof *stratum);
    for (size_t s = 0; s + 1 < p->n_strata; s++) {
        below += p->strata[s].share;
        for (size_t i = 0; i < t->cap; i++)
            stratum[i] += uniform_of(bits[i]) >= below ? 1 : 0;
    }
}

/* Strata, each of which allocates its own patients. For a stratified test they stand side by side
 * from here on. */
ALWAYS_INLINE void allocate_strata(const sim_tables *t, sim_work *w, const processor *cpu,
                                   uint64_t seed, uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    uint32_t *restrict in_order = t->gathers ? w->arm : w->risk, *restrict arm = w->arm;
    uint32_t *restrict number = w->number;
    size_t start = 0;
    draw_strata(t, w, cpu, seed, trial);
    /* what a last block has too many is written over by the next stratum */
    for (size_t s = 0; s < p->n_strata; s++) {
        const size_t n = cpu->list_equal(w->stratum, p->n, (int32_t)s, number + start);
        allocate(t, cpu, seed, trial, (uint32_t)s, n, w->bits, in_order + start);
        start += n;
        if (t->gathers)
            w->group_start[s + 1] = start;
    }
    for (size_t k = 0; k < p->n && !t->gathers; k++)
        arm[number[k]] = in_order[k];
    for (size_t s = 0; s < p->n_strata && t->gathers; s++)
        for (size_t k = w->group_start[s]; k < w->group_start[s + 1]; k++)
            w->stratum[k] = (int32_t)s;
}

/* -- draws -- */

/* What was drawn by patient number, where the patients stand; x is scratch from then on. */
ALWAYS_INLINE void in_place(const sim_tables *t, const sim_work *w, const double *restrict x,
                            double *restrict out)
{
    const uint32_t *restrict number = w->number;
    for (size_t k = 0; k < t->plan->n; k++)
        out[k] = x[number[k]];
}

ALWAYS_INLINE void draw_times(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                              uint64_t trial, uint32_t purpose, double *out)
{
    double *const drawn = t->gathers ? w->calendar : out;
    draw_exponentials(cpu->sixteen, seed, trial, purpose, t->cap, w->bits, drawn);
    if (t->gathers)
        in_place(t, w, drawn, out);
}

ALWAYS_INLINE void draw_uniforms(const sim_tables *t, sim_work *w, const processor *cpu,
                                 uint64_t seed, uint64_t trial, uint32_t purpose, double *out)
{
    const uint64_t *restrict bits = w->bits;
    double *restrict drawn = t->gathers ? w->calendar : out;
    draw_bits(cpu->sixteen, seed, trial, purpose, t->cap, w->bits);
    for (size_t i = 0; i < t->cap; i++)
        drawn[i] = uniform_of(bits[i]);
    if (t->gathers)
        in_place(t, w, drawn, out);
}

/* -- times -- */

ALWAYS_INLINE void enter_at_random(const sim_tables *t, sim_work *w, const processor *cpu,
                                   uint64_t seed, uint64_t trial)
{
    const msp_intake *intake = &t->plan->enrolment;
    const size_t n = t->plan->n;
    const double total = msp_enrolled(intake, intake->duration);
    double sum = 0, *restrict entry = t->gathers ? w->calendar : w->entry;
    draw_exponentials(cpu->sixteen, seed, trial, DRAW_ENTRY, t->cap, w->bits, w->spare);
    for (size_t i = 0; i < n; i++)
        entry[i] = sum += w->spare[i];
    if (intake->rate.n == 1)
        for (size_t i = 0; i < n; i++)
            entry[i] *= intake->duration / (double)n;
    else
        for (size_t i = 0; i < n; i++)
            entry[i] = sim_entry_of(intake, total, entry[i] * total / (double)n);
    if (t->gathers)
        in_place(t, w, entry, w->entry);
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

/* One hazard an arm, times its stratum's ratio. */
ALWAYS_INLINE void divide_times(const sim_tables *t, sim_work *w)
{
    const double experimental = t->plan->arm[0].hazard.rate[0];
    const double control = t->plan->arm[1].hazard.rate[0];
    const double *restrict ratio = t->ratio;
    const uint32_t *restrict arm = w->arm;
    const int32_t *restrict stratum = w->stratum;
    double *restrict time = w->time;
    for (size_t i = 0; i < t->cap; i++) {
        const int32_t other = is_experimental(arm[i]) ? 0 : MSP_SIM_STRATA_MAX;
        time[i] /= ratio[other + stratum[i]];
        time[i] /= is_experimental(arm[i]) ? experimental : control;
    }
}

ALWAYS_INLINE void times_of_all_kinds(const sim_tables *t, sim_work *w)
{
    const msp_sim_plan *p = t->plan;
    for (size_t i = 0; i < p->n; i++) {
        const int arm = is_experimental(w->arm[i]) ? 0 : 1;
        const double ratio = t->ratio[arm * MSP_SIM_STRATA_MAX + w->stratum[i]];
        w->time[i] = time_of(&p->arm[arm], t->cumulative[arm], w->time[i] / ratio);
    }
}

ALWAYS_INLINE void cure(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                        uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    draw_uniforms(t, w, cpu, seed, trial, DRAW_CURE, w->spare);
    for (size_t i = 0; i < p->n; i++)
        if (w->spare[i] < p->arm[is_experimental(w->arm[i]) ? 0 : 1].cured)
            w->time[i] = (double)INFINITY;
}

/* Deaths behind the events: at once, or after an exponential time. */
ALWAYS_INLINE void die(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                       uint64_t trial)
{
    const msp_sim_survival *d = &t->plan->survival;
    const size_t n = t->plan->n;
    draw_times(t, w, cpu, seed, trial, DRAW_AFTER, w->death);
    draw_uniforms(t, w, cpu, seed, trial, DRAW_CROSSOVER, w->spare);
    for (size_t i = 0; i < n; i++) {
        const int arm = is_experimental(w->arm[i]) ? 0 : 1;
        const bool crosses = arm == 1 && w->spare[i] < d->crossover;
        w->death[i] /= d->hazard[arm] * (crosses ? d->crossover_ratio : 1);
    }
    draw_uniforms(t, w, cpu, seed, trial, DRAW_DEATH, w->spare);
    for (size_t i = 0; i < n; i++)
        w->death[i] = w->time[i] + (w->spare[i] < d->deaths ? 0 : w->death[i]);
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
    draw_times(t, w, cpu, seed, trial, DRAW_DROPOUT, loss);
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
        in_place(t, w, t->entry, w->entry);
}

/* What happens to the patients so placed. */
ALWAYS_INLINE void live(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                        uint64_t trial)
{
    const msp_sim_plan *p = t->plan;
    draw_times(t, w, cpu, seed, trial, DRAW_EVENT, w->time);
    if (t->plain)
        scale_times(t, w);
    else if (t->constant)
        divide_times(t, w);
    else
        times_of_all_kinds(t, w);
    if (p->arm[0].cured > 0 || p->arm[1].cured > 0)
        cure(t, w, cpu, seed, trial);
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
