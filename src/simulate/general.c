/*
 * general.c - a trial with choices on the way.
 *
 * Patients come from the fast road's own draws: with one experimental arm and no choice they are
 * the same patients. Whoever enters after a choice is allocated anew to what goes on; times are
 * functions of the patient's own draws, arm and stratum, so nothing that was seen changes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "general_course.h"

/* -- the plan -- */

static msp_status check_choices(const msp_sim_plan *p, const msp_sim_general *g, msp_error *err)
{
    const bool plain_test = g->test == MSP_SIM_LOGRANK && p->test.rho == 0 && p->test.gamma == 0;
    if (g->n_arms < 1 || g->n_arms > MSP_SIM_ARMS_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu experimental arms; expected 1 to %d", g->n_arms,
                        MSP_SIM_ARMS_MAX);
    if (g->has_subgroup && g->n_arms > 1)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "several arms, and a subgroup to choose: one of "
                        "the two");
    if (msp_sim_combines(g) && (p->sided != 1 || !plain_test))
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "stages are combined for one-sided log-rank tests without weights");
    if (msp_sim_combines(g) && p->survival.events > 0)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "survival behind the endpoint is not simulated where stages are combined: "
                        "events still to come tell of stages that are over");
    if (g->test == MSP_SIM_MAXCOMBO && p->sided == 2)
        return msp_fail(err, MSP_EUNSUPPORTED, "a one-sided test of the largest, two sides asked");
    if (g->reestimates && msp_sim_n_hypotheses(g) > 1)
        return msp_fail(err, MSP_EUNSUPPORTED, "events are found anew for one hypothesis alone");
    if (g->reestimates && p->n_looks < 2)
        return msp_fail(err, MSP_ERANGE, "events are found anew at a look before the last");
    if (g->choose_at != SIZE_MAX && g->choose_at + 1 >= p->n_looks)
        return msp_fail(err, MSP_ERANGE,
                        "a choice at look %zu of %zu; expected one before the last",
                        g->choose_at + 1, p->n_looks);
    return MSP_OK;
}

msp_status sim_general_check(const msp_sim_plan *p, msp_error *err)
{
    const msp_sim_general *g = p->general;
    if (g->rule != MSP_SIM_AT_EVENTS)
        for (size_t k = 0; k < p->n_looks; k++)
            if (!(g->months[k] > (k > 0 ? g->months[k - 1] : 0)))
                return msp_fail(err, MSP_ERANGE,
                                "look %zu is in month %g, no later than the one "
                                "before it",
                                k + 1, g->months[k]);
    if (g->test != MSP_SIM_LOGRANK && g->test != MSP_SIM_MAXCOMBO && !(g->time > 0))
        return msp_fail(err, MSP_ERANGE, "the test needs its time, above 0");
    return check_choices(p, g, err);
}

sim_general *sim_general_new(const msp_sim_plan *p, msp_error *err)
{
    const msp_sim_general *how = p->general;
    sim_general *g = calloc(1, sizeof *g);
    double *rates = calloc(how->n_arms * p->arm[0].hazard.n, sizeof *rates);
    if (g == NULL || rates == NULL) {
        free(g);
        free(rates);
        msp_fail(err, MSP_EMEM, "no memory for a plan");
        return NULL;
    }
    *g = (sim_general){.plan = p, .n_arms = how->n_arms, .rates = rates};
    msp_status rc = MSP_OK;
    for (size_t j = 0; j < g->n_arms && rc == MSP_OK; j++) {
        msp_steps *hazard = &g->of_arm[j].arm[0].hazard;
        g->of_arm[j] = *p;
        hazard->rate = rates + j * hazard->n;
        for (size_t i = 0; i < hazard->n; i++)
            rates[j * hazard->n + i] = how->arm_ratio[j] * p->arm[0].hazard.rate[i];
        rc = sim_tables_make(&g->of_arm[j], &g->tables[j], err);
        g->tables[j].gathers = false; /* patients stay in the order of entry */
    }
    if (rc != MSP_OK) {
        sim_general_destroy(g);
        return NULL;
    }
    return g;
}

void sim_general_destroy(sim_general *g)
{
    for (size_t j = 0; g != NULL && j < g->n_arms; j++)
        sim_tables_free(&g->tables[j]);
    if (g != NULL)
        free(g->rates);
    free(g);
}

sim_general_work *sim_general_work_new(const sim_general *g, msp_error *err)
{
    const size_t n = g->plan->n;
    sim_general_work *work = calloc(1, sizeof *work);
    double *rows = calloc(n, 6 * sizeof(double) + sizeof(size_t) + 2 * sizeof(uint32_t) + 3);
    if (work == NULL || rows == NULL || sim_work_make(&g->tables[0], &work->w, err) != MSP_OK) {
        free(work);
        free(rows);
        msp_fail(err, MSP_EMEM, "no memory for %zu patients", n);
        return NULL;
    }
    work->block = rows;
    double **const reals[] = {&work->entry,    &work->time,   &work->death,
                              &work->calendar, &work->sorted, &work->cut.time};
    for (size_t i = 0; i < MSP_COUNT(reals); i++, rows += n)
        *reals[i] = rows;
    work->arm = (size_t *)(void *)rows;
    work->cut.group = (uint32_t *)(void *)(work->arm + n);
    work->cut.stratum = work->cut.group + n;
    work->cut.event = (uint8_t *)(work->cut.stratum + n);
    work->seen = (bool *)(work->cut.event + n);
    work->died = work->seen + n;
    return work;
}

void sim_general_work_destroy(sim_general_work *work)
{
    if (work != NULL) {
        sim_work_free(&work->w);
        free(work->block);
    }
    free(work);
}

/* -- what follows from a look -- */

static msp_status reestimate(course *c, size_t look, msp_error *err)
{
    msp_look_data data = {.n = look + 1};
    msp_reestimated found;
    for (size_t k = 0; k <= look; k++) {
        data.events[k] = c->events[k][0];
        data.z[k] = c->z[k][0];
        if (isnan(data.z[k]) || !(data.events[k] > (k > 0 ? data.events[k - 1] : 0)))
            return MSP_OK;
    }
    const msp_status rc =
        msp_look_reestimate(c->how->plan, c->how->design, &data, &c->how->reestimate, &found, err);
    if (rc == MSP_OK)
        c->needed[look + 1] = found.events;
    return rc == MSP_ERANGE ? MSP_OK : rc; /* no effect, no more events than planned: as planned */
}

static msp_status go_on(course *c, size_t look, uint32_t before, double day, msp_error *err)
{
    if (c->tested != before) {
        size_t first = 0;
        while (first < c->p->n && c->work->entry[first] <= day)
            first++;
        sim_course_allocate(c, first, (uint32_t)look + 1);
    }
    return c->how->reestimates && look + 2 == c->p->n_looks ? reestimate(c, look, err) : MSP_OK;
}

/* The second endpoint, once, by the same test. */
static msp_status test_survival(const course *c, msp_error *err)
{
    sim_general_work *x = c->work;
    bool short_of;
    double z;
    for (size_t i = 0; i < c->p->n; i++) {
        x->time[i] = x->death[i];
        x->seen[i] = x->died[i];
        x->calendar[i] = x->entry[i] + x->death[i];
    }
    const double day = sim_course_day_of_events(c, (double)c->p->survival.events, &short_of);
    sim_course_cut(c, day, 0);
    const msp_status rc = sim_test(c->p, &x->cut, &z, err);
    c->out->survival_time = day;
    c->out->survival_z = isnan(z) ? 0 : z;
    return rc;
}

/* -- the trial -- */

static void list_patients(const course *c, msp_sim_patient *out)
{
    const sim_general_work *x = c->work;
    const bool dies = c->p->survival.events > 0, stratified = c->p->n_strata > 0;
    for (size_t i = 0; i < c->p->n; i++) {
        const size_t arm = x->arm[i];
        out[i] = (msp_sim_patient){
            .entry = x->entry[i],
            .time = x->time[i],
            .experimental = arm < c->g->n_arms,
            .event = x->seen[i],
            .arm = arm,
            .stratum = stratified ? (size_t)x->w.stratum[i] : 0,
            .death = dies ? x->death[i] : (double)NAN,
            .died = x->died[i],
        };
    }
}

/* What the trial had at its end, on the day of the last look. */
static void describe(const course *c, size_t look, double day)
{
    msp_sim_outcome *o = c->out;
    o->time = day;
    o->events = o->enrolled = 0;
    o->z = -(double)INFINITY;
    for (size_t i = 0; i < c->p->n; i++) {
        o->enrolled += c->work->entry[i] < day;
        o->events += c->work->seen[i] && c->work->calendar[i] <= day;
    }
    for (size_t h = 0; h < msp_sim_n_hypotheses(c->how); h++) {
        if (isnan(c->z[look][h]))
            o->untested = true;
        else if (o->kept >> h & 1)
            o->z = fmax(o->z, c->z[look][h]);
    }
    if (!isfinite(o->z))
        o->z = 0;
}

static msp_status one_look(course *c, size_t k, double *day, msp_error *err)
{
    msp_sim_outcome *o = c->out;
    *day = fmax(*day, sim_course_day_of_look(c, k, &o->short_of_events));
    o->look = o->short_of_events ? c->p->n_looks - 1 : k;
    for (size_t i = k; i <= o->look; i++)
        o->look_time[i] = *day;
    const bool last = o->look + 1 == c->p->n_looks;
    const uint32_t before = c->tested;
    o->kept = c->tested;
    msp_status rc = sim_course_test(c, k, *day, err);
    for (size_t i = k + 1; i <= o->look && rc == MSP_OK; i++) { /* looks that were left out */
        memcpy(c->z[i], c->z[k], sizeof c->z[i]);
        memcpy(c->events[i], c->events[k], sizeof c->events[i]);
    }
    if (rc == MSP_OK && !msp_sim_combines(c->how))
        rc = sim_course_decide_one(c, o->look, last, err);
    for (size_t i = k; i <= o->look && rc == MSP_OK && msp_sim_combines(c->how); i++)
        sim_course_decide_several(c, i, last);
    describe(c, k, *day);
    for (size_t i = k; i <= o->look; i++)
        o->look_z[i] = o->z;
    if (rc == MSP_OK && o->decision == MSP_SIM_NO_CLAIM && !last)
        rc = go_on(c, k, before, *day, err);
    return rc;
}

msp_status sim_general_trial(const sim_general *g, sim_general_work *work, uint64_t seed,
                             uint64_t trial, msp_sim_outcome *out, msp_sim_patient *patients,
                             msp_error *err)
{
    const msp_sim_plan *p = g->plan;
    course c = {.g = g,
                .p = p,
                .how = p->general,
                .work = work,
                .seed = seed,
                .trial = trial,
                .tested = (1u << msp_sim_n_hypotheses(p->general)) - 1,
                .out = out};
    double day = 0;
    msp_status rc = MSP_OK;
    *out = (msp_sim_outcome){.log_ratio = (double)NAN, .std_error = (double)NAN};
    for (size_t k = 0; k < p->n_looks; k++)
        c.needed[k] = (double)p->events[k];
    sim_course_enrol(&c);
    for (size_t k = 0; k < p->n_looks && rc == MSP_OK; k = out->look + 1) {
        rc = one_look(&c, k, &day, err);
        if (out->decision != MSP_SIM_NO_CLAIM)
            break;
    }
    if (rc == MSP_OK && p->estimates && msp_sim_n_hypotheses(p->general) == 1) {
        sim_course_cut(&c, day, 0);
        rc = sim_estimate(p, &work->cut, &out->log_ratio, &out->std_error, err);
    }
    if (patients != NULL)
        list_patients(&c, patients);
    return rc == MSP_OK && p->survival.events > 0 ? test_survival(&c, err) : rc;
}
