/* tables.c - what a plan comes down to, room for a trial, and one trial replayed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "general_road.h"

enum { BLOCKS_MAX = 4096, ROUND = 16 };

/* -- the plan -- */

static msp_status check_curve(const msp_sim_curve *c, msp_error *err)
{
    const msp_steps *s = &c->hazard;
    if (s->n == 0 || s->from[0] != 0)
        return msp_fail(err, MSP_ERANGE, "the hazards of an arm do not start at 0");
    for (size_t i = 0; i < s->n; i++)
        if (!(s->rate[i] > 0) || !isfinite(s->rate[i]) || (i > 0 && !(s->from[i] > s->from[i - 1])))
            return msp_fail(err, MSP_ERANGE,
                            "hazard step %zu is %g from %g on; expected a positive hazard and "
                            "growing times",
                            i + 1, s->rate[i], s->from[i]);
    if (!(c->shape > 0) || !(c->cured >= 0) || !(c->cured < 1))
        return msp_fail(err, MSP_ERANGE,
                        "shape %g and cured fraction %g; expected above 0, and 0 to below 1",
                        c->shape, c->cured);
    return MSP_OK;
}

static msp_status check_looks(const msp_sim_plan *p, msp_error *err)
{
    if (p->n_looks < 1 || p->n_looks > MSP_LOOKS_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu looks; expected 1 to %d", p->n_looks, MSP_LOOKS_MAX);
    for (size_t k = 0; k < p->n_looks; k++)
        if (p->events[k] < 1 || (k > 0 && p->events[k] <= p->events[k - 1]))
            return msp_fail(err, MSP_ERANGE,
                            "look %zu is at %zu events; expected at least one, and more than at "
                            "the look before",
                            k + 1, p->events[k]);
    return MSP_OK;
}

msp_status msp_sim_check(const msp_sim_plan *p, msp_error *err)
{
    if (p->n < 2 || p->n > MSP_SIM_PATIENTS_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu patients; expected 2 to %d", p->n,
                        MSP_SIM_PATIENTS_MAX);
    if (p->block < 2 || p->block > MSP_SIM_BLOCK_MAX || p->block_experimental < 1 ||
        p->block_experimental >= p->block)
        return msp_fail(err, MSP_ERANGE, "blocks of %d with %d experimental", p->block,
                        p->block_experimental);
    if (!(p->enrolment.duration > 0) || !isfinite(p->enrolment.duration) ||
        !(msp_enrolled(&p->enrolment, p->enrolment.duration) > 0))
        return msp_fail(err, MSP_ERANGE, "nobody enters in %g months", p->enrolment.duration);
    if (p->n_strata > MSP_SIM_STRATA_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu strata; at most %d", p->n_strata, MSP_SIM_STRATA_MAX);
    for (size_t s = 0; s < p->n_strata; s++)
        if (!(p->strata[s].hazard_ratio > 0) || !(p->strata[s].effect > 0))
            return msp_fail(err, MSP_ERANGE, "stratum %zu has ratios %g and %g; expected above 0",
                            s + 1, p->strata[s].hazard_ratio, p->strata[s].effect);
    const msp_sim_survival *d = &p->survival;
    if (d->events > 0 &&
        !(d->deaths >= 0 && d->deaths <= 1 && d->crossover >= 0 && d->crossover <= 1 &&
          d->crossover_ratio > 0 && d->hazard[0] > 0 && d->hazard[1] > 0))
        return msp_fail(err, MSP_ERANGE, "survival has an impossible fraction or hazard");
    if (p->test.rho < 0 || p->test.rho > 4 || p->test.gamma < 0 || p->test.gamma > 4)
        return msp_fail(err, MSP_ERANGE, "weights of rho %d and gamma %d; expected 0 to 4",
                        p->test.rho, p->test.gamma);
    msp_status rc = MSP_OK;
    for (int arm = 0; arm < 2 && rc == MSP_OK; arm++)
        rc = check_curve(&p->arm[arm], err);
    if (rc == MSP_OK)
        rc = check_looks(p, err);
    return rc == MSP_OK && p->general != NULL ? sim_general_check(p, err) : rc;
}

/* -- tables -- */

static uint64_t combinations(int n, int k)
{
    double c = 1;
    for (int i = 1; i <= k; i++)
        c = c * (n - k + i) / i;
    return c > BLOCKS_MAX ? 0 : (uint64_t)(c + 0.5);
}

/* All words of `n` bits with k set, in order: the next one after x is Gosper's. */
static void list_blocks(int k, uint64_t count, uint64_t *out)
{
    uint64_t x = (UINT64_C(1) << k) - 1;
    for (uint64_t i = 0; i < count; i++) {
        out[i] = x;
        const uint64_t low = x & (~x + 1), up = x + low;
        x = up | ((x ^ up) >> 2) / low;
    }
}

static void list_entries(const msp_sim_plan *p, size_t cap, double *entry)
{
    const msp_intake *in = &p->enrolment;
    const double total = msp_enrolled(in, in->duration), step = in->duration / (double)p->n;
    for (size_t i = 0; i < cap; i++)
        entry[i] = in->rate.n == 1
                       ? (double)(i + 1) * step
                       : sim_entry_of(in, total, (double)(i + 1) * total / (double)p->n);
}

static void add_up_hazard(const msp_steps *s, double *out)
{
    out[0] = 0;
    for (size_t i = 1; i < s->n; i++)
        out[i] = out[i - 1] + s->rate[i - 1] * (s->from[i] - s->from[i - 1]);
}

/* About when the last look is: what is right most of the time is fast most of the time. */
static double expected_last_look(const msp_sim_plan *p)
{
    const double share = (double)p->block_experimental / p->block;
    msp_two_arms arms = {.arm = {{share, p->arm[0].hazard, p->dropout[0]},
                                 {1 - share, p->arm[1].hazard, p->dropout[1]}},
                         .enrolment = p->enrolment};
    double weibull[2]; /* as if exponential */
    for (int arm = 0; arm < 2; arm++) {
        weibull[arm] = pow(p->arm[arm].hazard.rate[0], 1 / p->arm[arm].shape);
        if (p->arm[arm].shape != 1)
            arms.arm[arm].hazard = (msp_steps){1, p->arm[arm].hazard.from, &weibull[arm]};
    }
    const double total = msp_enrolled(&p->enrolment, p->enrolment.duration);
    const double events = (double)p->events[p->n_looks - 1] * total / (double)p->n;
    const double at = msp_time_of_events(&arms, events);
    return isfinite(at) ? 1.5 * at : 10 * p->enrolment.duration;
}

static bool is_constant(const msp_sim_plan *p)
{
    bool constant = true;
    for (int arm = 0; arm < 2; arm++)
        constant = constant && p->arm[arm].hazard.n == 1 && p->arm[arm].shape == 1;
    return constant;
}

static void list_ratios(const msp_sim_plan *p, double *out)
{
    for (size_t s = 0; s < MSP_SIM_STRATA_MAX; s++) {
        const msp_sim_stratum *is = &p->strata[s];
        const bool in = s < p->n_strata;
        out[s] = in ? is->hazard_ratio * is->effect : 1;
        out[MSP_SIM_STRATA_MAX + s] = in ? is->hazard_ratio : 1;
    }
}

msp_status sim_tables_make(const msp_sim_plan *p, sim_tables *out, msp_error *err)
{
    *out = (sim_tables){.plan = p};
    const msp_status rc = msp_sim_check(p, err);
    if (rc != MSP_OK)
        return rc;
    out->cap = (p->n + ROUND - 1) / ROUND * ROUND;
    out->constant = is_constant(p);
    out->plain = out->constant && p->n_strata == 0 && p->arm[0].cured == 0 && p->arm[1].cured == 0;
    list_ratios(p, out->ratio);
    out->gathers = p->test.stratified && p->n_strata > 1;
    out->n_groups = out->gathers ? p->n_strata : 1;
    out->even = !p->poisson && p->enrolment.rate.n == 1 && !out->gathers;
    out->n_blocks = combinations(p->block, p->block_experimental);
    out->last_look = expected_last_look(p);
    const size_t steps[2] = {p->arm[0].hazard.n, p->arm[1].hazard.n};
    out->entry = calloc(out->cap + out->n_blocks + steps[0] + steps[1], sizeof(double));
    out->block = calloc(out->n_blocks + 1, sizeof *out->block);
    if (out->entry == NULL || out->block == NULL) {
        sim_tables_free(out);
        return msp_fail(err, MSP_EMEM, "no memory for %zu patients", p->n);
    }
    for (int arm = 0; arm < 2; arm++) {
        out->scale[arm] = 1 / p->arm[arm].hazard.rate[0];
        out->cumulative[arm] = out->entry + out->cap + (arm == 0 ? 0 : steps[0]);
        add_up_hazard(&p->arm[arm].hazard, out->cumulative[arm]);
    }
    list_entries(p, out->cap, out->entry);
    list_blocks(p->block_experimental, out->n_blocks, out->block);
    return MSP_OK;
}

void sim_tables_free(sim_tables *t)
{
    free(t->entry);
    free(t->block);
    *t = (sim_tables){0};
}

/* -- room for a trial -- */

msp_status sim_work_make(const sim_tables *t, sim_work *out, msp_error *err)
{
    /* whole blocks and whole vectors may go beyond the last patient */
    const size_t n = t->cap + MSP_SIM_BLOCK_MAX + ROUND;
    const size_t row = (n * sizeof(double) + 63) / 64 * 64;
    void *const rows[] = {
        &out->bits,      &out->entry,         &out->time,         &out->calendar,
        &out->spare,     &out->order,         &out->arm,          &out->risk,
        &out->censored,  &out->bucket,        &out->count,        &out->rank,
        &out->first,     &out->patient,       &out->bucket_start, &out->seen,
        &out->stratum,   &out->number,        &out->death,        &out->death_seen,
        &out->all.time,  &out->all.calendar,  &out->all.arm,      &out->all.is_event,
        &out->kept.time, &out->kept.calendar, &out->kept.arm,     &out->kept.is_event,
    };
    const size_t size = row * MSP_COUNT(rows);
    char *at = aligned_alloc(64, size);
    *out = (sim_work){.block = at};
    if (at == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu patients", t->plan->n);
    memset(at, 0, size);
    for (size_t i = 0; i < MSP_COUNT(rows); i++, at += row)
        memcpy(rows[i], &at, sizeof at);
    out->group_start[1] = t->plan->n;
    memcpy(out->entry, t->entry, t->cap * sizeof *out->entry);
    return MSP_OK;
}

void sim_work_free(sim_work *w)
{
    free(w->block);
    *w = (sim_work){0};
}

/* -- one trial -- */

static int by_entry(const void *a, const void *b)
{
    const double x = ((const msp_sim_patient *)a)->entry, y = ((const msp_sim_patient *)b)->entry;
    return (x > y) - (x < y);
}

/* In the order of entry; a stratified test has its patients stratum by stratum. */
static void list_patients(const sim_tables *t, const sim_work *w, msp_sim_patient *out)
{
    const msp_sim_plan *p = t->plan;
    for (size_t i = 0; i < p->n; i++)
        out[i] = (msp_sim_patient){
            .entry = w->entry[i],
            .time = w->time[i],
            .experimental = w->arm[i] > 1,
            .event = w->seen[i] != 0,
            .arm = w->arm[i] > 1 ? 0 : 1,
            .stratum = (size_t)w->stratum[i],
            .death = p->survival.events > 0 ? w->death[i] : (double)NAN,
            .died = p->survival.events > 0 && w->death_seen[i] > 0,
        };
    if (t->gathers)
        qsort(out, p->n, sizeof *out, by_entry);
}

static msp_status replay_general(const msp_sim_plan *plan, uint64_t seed, uint64_t trial,
                                 msp_sim_outcome *outcome, msp_sim_patient *patients,
                                 msp_error *err)
{
    msp_status rc = msp_sim_check(plan, err);
    if (rc != MSP_OK)
        return rc;
    sim_general *g = sim_general_new(plan, err);
    sim_general_work *work = g != NULL ? sim_general_work_new(g, err) : NULL;
    rc = work == NULL ? MSP_EMEM : sim_general_trial(g, work, seed, trial, outcome, patients, err);
    sim_general_work_destroy(work);
    sim_general_destroy(g);
    return rc;
}

msp_status msp_sim_replay(const msp_sim_plan *plan, uint64_t seed, uint64_t trial,
                          msp_sim_outcome *outcome, msp_sim_patient *patients, msp_error *err)
{
    sim_tables tables;
    sim_work work = {0};
    if (plan->general != NULL)
        return replay_general(plan, seed, trial, outcome, patients, err);
    msp_status rc = sim_tables_make(plan, &tables, err);
    if (rc == MSP_OK)
        rc = sim_work_make(&tables, &work, err);
    if (rc == MSP_OK) {
        sim_kernel_of(sim_best_path())(&tables, &work, seed, trial, outcome);
        if (patients != NULL)
            list_patients(&tables, &work, patients);
    }
    sim_work_free(&work);
    sim_tables_free(&tables);
    return rc;
}
