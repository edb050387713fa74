/* general_patients.c - who enters the trial, in which arm, and for how long. */
#include <string.h>

#include "draw.h"
#include "general_course.h"
#include "mspike/base/random.h"

/* A stratum of the subgroup, by their shares. */
static int32_t stratum_in_subgroup(const msp_sim_plan *p, double uniform)
{
    const bool *in = p->general->in_subgroup;
    double all = 0, below = 0;
    size_t last = 0;
    for (size_t s = 0; s < p->n_strata; s++)
        all += in[s] ? p->strata[s].share : 0;
    for (size_t s = 0; s < p->n_strata; s++) {
        if (!in[s])
            continue;
        last = s;
        below += p->strata[s].share / all;
        if (uniform < below)
            break;
    }
    return (int32_t)last;
}

/* One permuted block of the arms that go on, by Durstenfeld's shuffle. */
static size_t shuffle_block(const course *c, msp_random *random, size_t *block)
{
    const size_t m = c->g->n_arms, be = (size_t)c->p->block_experimental;
    size_t n = 0;
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i < be && (c->how->has_subgroup || c->tested >> j & 1); i++)
            block[n++] = j;
    for (size_t i = 0; i < (size_t)c->p->block - be; i++)
        block[n++] = m;
    for (size_t i = n; i > 1; i--) {
        const size_t k = (size_t)msp_random_below(random, i), swap = block[k];
        block[k] = block[i - 1];
        block[i - 1] = swap;
    }
    return n;
}

/* Allocates the patients from number `first` on to what goes on, each stratum with its blocks. */
static void allocate_from(const course *c, size_t first, uint32_t choice)
{
    static const size_t one_stratum = 1;
    size_t block[MSP_SIM_ARMS_MAX * MSP_SIM_BLOCK_MAX], n_in = 0;
    const msp_sim_plan *p = c->p;
    const bool enriched = c->how->has_subgroup && (c->tested & 1) == 0;
    const size_t n_strata = p->n_strata > 0 ? p->n_strata : one_stratum;
    int32_t *stratum = c->work->w.stratum;
    for (size_t i = first; i < p->n && enriched; i++) {
        msp_random r = msp_random_at(c->seed, c->trial, (uint32_t)i, DRAW_STRATUM_ANEW);
        stratum[i] = stratum_in_subgroup(p, msp_random_uniform(&r));
    }
    for (size_t s = 0; s < n_strata; s++) {
        msp_random r =
            msp_random_at(c->seed, c->trial, choice << 8 | (uint32_t)s, DRAW_BLOCKS_ANEW);
        n_in = 0;
        for (size_t i = first; i < p->n; i++) {
            if (p->n_strata > 0 && stratum[i] != (int32_t)s)
                continue;
            if (n_in == 0)
                n_in = shuffle_block(c, &r, block);
            c->work->arm[i] = block[--n_in];
        }
    }
}

/* Times of all patients in their arms: for each arm, as if everyone experimental were in it. */
static void live(const course *c)
{
    const msp_sim_plan *p = c->p;
    sim_general_work *x = c->work;
    sim_work *w = &x->w;
    const bool dies = p->survival.events > 0;
    for (size_t i = 0; i < p->n; i++)
        w->arm[i] = x->arm[i] == c->g->n_arms ? SIM_CONTROL : SIM_EXPERIMENTAL;
    for (size_t j = 0; j < c->g->n_arms; j++) {
        sim_live(&c->g->tables[j], w, c->seed, c->trial);
        for (size_t i = 0; i < p->n; i++) {
            if (x->arm[i] != j && (j > 0 || x->arm[i] < c->g->n_arms))
                continue;
            x->time[i] = w->time[i];
            x->seen[i] = w->seen[i] > 0;
            x->calendar[i] = x->entry[i] + w->time[i];
            x->death[i] = dies ? w->death[i] : 0;
            x->died[i] = dies && w->death_seen[i] > 0;
        }
    }
}

void sim_course_enrol(const course *c)
{
    const size_t n = c->p->n;
    sim_general_work *x = c->work;
    sim_place(&c->g->tables[0], &x->w, c->seed, c->trial);
    memcpy(x->entry, x->w.entry, n * sizeof *x->entry);
    for (size_t i = 0; i < n; i++)
        x->arm[i] = x->w.arm[i] == SIM_CONTROL ? 1 : 0;
    if (c->g->n_arms > 1)
        allocate_from(c, 0, 0);
    live(c);
}

void sim_course_allocate(const course *c, size_t first, uint32_t choice)
{
    allocate_from(c, first, choice);
    live(c);
}
