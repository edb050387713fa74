/* general_decide.c - what a look leads to: a claim, a stop, hypotheses that go no further. */
#include <math.h>

#include "general_course.h"

/* Z of the events since the look before, alone; 0 where there were none. */
static double own_z(const course *c, size_t look, size_t h)
{
    const double z = c->z[look][h], d = c->events[look][h];
    if (look == 0)
        return isnan(z) ? 0 : z;
    const double before = c->events[look - 1][h], z_before = c->z[look - 1][h];
    return d > before && !isnan(z) && !isnan(z_before)
               ? (z * sqrt(d) - z_before * sqrt(before)) / sqrt(d - before)
               : 0;
}

/* The boundary at the events that a look of one hypothesis has. NaN where it adds nothing. */
static msp_status boundary_reached(const course *c, size_t look, bool last, double *upper,
                                   double *lower, msp_error *err)
{
    msp_looks looks = c->how->plan->looks;
    msp_boundaries reached;
    const double full = (double)c->p->events[c->p->n_looks - 1];
    *upper = *lower = (double)NAN;
    looks.n = 0;
    for (size_t k = 0; k <= look; k++) {
        const double t = c->events[k][0] / full;
        if (t > (looks.n > 0 ? looks.information[looks.n - 1] : 0))
            looks.information[looks.n++] = t;
        else if (k == look)
            return MSP_OK;
    }
    const msp_status rc =
        msp_boundaries_reached(&looks, &c->how->design->boundaries, last, &reached, err);
    if (rc == MSP_OK) {
        *upper = reached.upper[looks.n - 1];
        *lower = reached.lower[looks.n - 1];
    }
    return rc;
}

/* -- decisions -- */

static msp_sim_decision decided(const msp_sim_plan *p, double z, double upper, double lower,
                                bool last)
{
    if (isnan(z) || isnan(upper))
        return MSP_SIM_NO_CLAIM;
    if (z >= upper)
        return MSP_SIM_EFFICACY;
    if (p->sided == 2 && z <= -upper)
        return MSP_SIM_HARM;
    return !last && p->sided == 1 && z <= lower ? MSP_SIM_FUTILITY : MSP_SIM_NO_CLAIM;
}

msp_status sim_course_decide_one(course *c, size_t look, bool last, msp_error *err)
{
    double upper = c->p->upper[look], lower = c->p->lower[look];
    msp_status rc = MSP_OK;
    if (c->how->rule != MSP_SIM_AT_EVENTS)
        rc = boundary_reached(c, look, last, &upper, &lower, err);
    c->out->decision = decided(c->p, c->z[look][0], upper, lower, last);
    if (c->out->decision == MSP_SIM_EFFICACY)
        c->out->claimed = 1;
    return rc;
}

/* Hypotheses that go no further than this look. */
static void drop(course *c, size_t look)
{
    const size_t n = msp_sim_n_hypotheses(c->how);
    for (size_t h = 0; h < n; h++)
        if (c->z[look][h] <= c->p->lower[look])
            c->tested &= ~(1u << h);
    if (look != c->how->choose_at)
        return;
    if (c->how->has_subgroup) {
        if (!(c->z[look][0] >= c->how->threshold))
            c->tested &= ~1u;
        return;
    }
    for (size_t h = 0; h < n; h++) {
        size_t better = 0;
        for (size_t i = 0; i < n; i++)
            better += (c->tested >> i & 1) != 0 && c->z[look][i] > c->z[look][h];
        if (better >= c->how->keep)
            c->tested &= ~(1u << h);
    }
}

void sim_course_decide_several(course *c, size_t look, bool last)
{
    const size_t n = msp_sim_n_hypotheses(c->how);
    double y[MSP_SIM_HYPOTHESES_MAX];
    for (size_t h = 0; h < n; h++)
        y[h] = c->tested >> h & 1 ? own_z(c, look, h) : 0;
    sim_closed_add(&c->closed, c->p, look, y, c->tested);
    c->out->claimed = sim_closed_claims(&c->closed, n, c->tested);
    c->out->decision = c->out->claimed != 0 ? MSP_SIM_EFFICACY : MSP_SIM_NO_CLAIM;
    if (c->out->claimed != 0 || last)
        return;
    const uint32_t before = c->tested;
    drop(c, look);
    if (c->tested == 0)
        c->out->decision = MSP_SIM_FUTILITY;
    c->out->kept = c->tested != 0 ? c->tested : before;
}
