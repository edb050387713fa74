/* general_look.c - when a look is, and what its tests say. */
#include <math.h>
#include <stdlib.h>

#include "general_course.h"

/* -- the day of a look -- */

/* Whether the patient's event counts: dropped arms' do not; everyone's do, subgroup or not. */
static bool goes_on(const course *c, size_t i)
{
    const size_t arm = c->work->arm[i];
    return c->how->has_subgroup || arm == c->g->n_arms || (c->tested >> arm & 1) != 0;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Events of two arms, in as many arms as go on. */
static double in_all_arms(const course *c, double events)
{
    const double control = c->p->block - c->p->block_experimental;
    size_t arms = 0;
    for (size_t j = 0; j < c->g->n_arms; j++)
        arms += c->tested >> j & 1;
    return c->how->has_subgroup
               ? events
               : round(events * ((double)arms * c->p->block_experimental + control) / c->p->block);
}

double sim_course_day_of_events(const course *c, double events, bool *short_of)
{
    sim_general_work *x = c->work;
    size_t m = 0;
    for (size_t i = 0; i < c->p->n; i++)
        if (x->seen[i] && goes_on(c, i))
            x->sorted[m++] = x->calendar[i];
    qsort(x->sorted, m, sizeof *x->sorted, by_size);
    *short_of = (double)m < events;
    if (*short_of)
        return m > 0 ? x->sorted[m - 1] : 0;
    return x->sorted[(size_t)events - 1];
}

double sim_course_day_of_look(const course *c, size_t look, bool *short_of)
{
    const double month = c->how->months[look];
    *short_of = false;
    if (c->how->rule == MSP_SIM_AT_MONTH)
        return month;
    const double day = sim_course_day_of_events(c, in_all_arms(c, c->needed[look]), short_of);
    const double by_events = *short_of ? (double)INFINITY : day;
    if (c->how->rule == MSP_SIM_AT_EVENTS)
        return day;
    if (c->how->rule == MSP_SIM_AT_LATER)
        return fmax(day, month);
    *short_of = false;
    return fmin(by_events, month);
}

/* -- the tests -- */

void sim_course_cut(const course *c, double day, size_t h)
{
    sim_general_work *x = c->work;
    sim_cut *cut = &x->cut;
    cut->upper = cut->lower = (double)NAN;
    const size_t experimental = c->how->has_subgroup ? 0 : h;
    const bool subgroup = c->how->has_subgroup && h == 1;
    cut->n = cut->n_events = 0;
    for (size_t i = 0; i < c->p->n; i++) {
        if (!(x->entry[i] < day) || (x->arm[i] != experimental && x->arm[i] != c->g->n_arms) ||
            (subgroup && !c->how->in_subgroup[x->w.stratum[i]]))
            continue;
        const bool left = x->calendar[i] <= day;
        cut->time[cut->n] = left ? x->time[i] : day - x->entry[i];
        cut->event[cut->n] = left && x->seen[i];
        cut->n_events += cut->event[cut->n];
        cut->group[cut->n] = x->arm[i] == experimental;
        cut->stratum[cut->n++] = (uint32_t)x->w.stratum[i];
    }
}

msp_status sim_course_test(course *c, size_t look, double day, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t h = 0; h < msp_sim_n_hypotheses(c->how) && rc == MSP_OK; h++) {
        if ((c->tested >> h & 1) == 0)
            continue;
        sim_course_cut(c, day, h);
        if (c->how->rule == MSP_SIM_AT_EVENTS) {
            c->work->cut.upper = c->p->upper[c->out->look];
            c->work->cut.lower = c->p->lower[c->out->look];
        }
        rc = sim_test(c->p, &c->work->cut, &c->z[look][h], err);
        c->events[look][h] = (double)c->work->cut.n_events;
    }
    return rc;
}
