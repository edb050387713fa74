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

#include "draw.h"
#include "general_road.h"
#include "mspike/base/random.h"

struct sim_general {
    const msp_sim_plan *plan;
    size_t n_arms;
    msp_sim_plan of_arm[MSP_SIM_ARMS_MAX]; /* as if that arm were the only one */
    double *rates;                         /* hazards of the arms beyond the plan's */
    sim_tables tables[MSP_SIM_ARMS_MAX];
};

struct sim_general_work {
    sim_work w;
    size_t *arm; /* n_arms: control */
    double *entry, *time, *death, *calendar, *sorted;
    bool *seen, *died;
    sim_cut cut;
    void *block;
};

/* Where a trial stands. */
typedef struct course {
    const sim_general *g;
    const msp_sim_plan *p;
    const msp_sim_general *how;
    sim_general_work *work;
    uint64_t seed, trial;
    uint32_t tested;              /* hypotheses that go on */
    double needed[MSP_LOOKS_MAX]; /* events of the looks; the last may be found anew */
    double z[MSP_LOOKS_MAX][MSP_SIM_HYPOTHESES_MAX];
    double events[MSP_LOOKS_MAX][MSP_SIM_HYPOTHESES_MAX];
    sim_closed closed;
    msp_sim_outcome *out;
} course;

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

/* -- patients -- */

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

static void enrol(const course *c)
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

/* The day of event number `events`; where there are fewer, that of the last, and *short_of is set.
 */
static double day_of_events(const course *c, double events, bool *short_of)
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

static double day_of_look(const course *c, size_t look, bool *short_of)
{
    const double month = c->how->months[look];
    *short_of = false;
    if (c->how->rule == MSP_SIM_AT_MONTH)
        return month;
    const double day = day_of_events(c, in_all_arms(c, c->needed[look]), short_of);
    const double by_events = *short_of ? (double)INFINITY : day;
    if (c->how->rule == MSP_SIM_AT_EVENTS)
        return day;
    if (c->how->rule == MSP_SIM_AT_LATER)
        return fmax(day, month);
    *short_of = false;
    return fmin(by_events, month);
}

/* -- the tests -- */

/* The data of hypothesis h on a day. */
static void cut_at(const course *c, double day, size_t h)
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

/* Z of every hypothesis that goes on. */
static msp_status test_all(course *c, size_t look, double day, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t h = 0; h < msp_sim_n_hypotheses(c->how) && rc == MSP_OK; h++) {
        if ((c->tested >> h & 1) == 0)
            continue;
        cut_at(c, day, h);
        if (c->how->rule == MSP_SIM_AT_EVENTS) {
            c->work->cut.upper = c->p->upper[c->out->look];
            c->work->cut.lower = c->p->lower[c->out->look];
        }
        rc = sim_test(c->p, &c->work->cut, &c->z[look][h], err);
        c->events[look][h] = (double)c->work->cut.n_events;
    }
    return rc;
}

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

static msp_status decide_one(course *c, size_t look, bool last, msp_error *err)
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

static void decide_several(course *c, size_t look, bool last)
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
        allocate_from(c, first, (uint32_t)look + 1);
        live(c);
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
    const double day = day_of_events(c, (double)c->p->survival.events, &short_of);
    cut_at(c, day, 0);
    const msp_status rc = sim_test(c->p, &x->cut, &z, err);
    c->out->survival_time = day;
    c->out->survival_z = isnan(z) ? 0 : z;
    return rc;
}

/* -- the trial -- */

static void list_patients(const course *c, msp_sim_patient *out)
{
    const sim_general_work *x = c->work;
    for (size_t i = 0; i < c->p->n; i++)
        out[i] = (msp_sim_patient){
            .entry = x->entry[i],
            .time = x->time[i],
            .experimental = x->arm[i]<c->g->n_arms, .event = x->seen[i], .arm = x->arm[i],
                                      .stratum = c->p->n_strata> 0
                                ? (size_t)x->w.stratum[i]
                                : 0,
            .death = c->p->survival.events > 0 ? x->death[i] : (double)NAN,
            .died = x->died[i],
        };
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
    *day = fmax(*day, day_of_look(c, k, &o->short_of_events));
    o->look = o->short_of_events ? c->p->n_looks - 1 : k;
    for (size_t i = k; i <= o->look; i++)
        o->look_time[i] = *day;
    const bool last = o->look + 1 == c->p->n_looks;
    const uint32_t before = c->tested;
    o->kept = c->tested;
    msp_status rc = test_all(c, k, *day, err);
    for (size_t i = k + 1; i <= o->look && rc == MSP_OK; i++) { /* looks that were left out */
        memcpy(c->z[i], c->z[k], sizeof c->z[i]);
        memcpy(c->events[i], c->events[k], sizeof c->events[i]);
    }
    if (rc == MSP_OK && !msp_sim_combines(c->how))
        rc = decide_one(c, o->look, last, err);
    for (size_t i = k; i <= o->look && rc == MSP_OK && msp_sim_combines(c->how); i++)
        decide_several(c, i, last);
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
    enrol(&c);
    for (size_t k = 0; k < p->n_looks && rc == MSP_OK; k = out->look + 1) {
        rc = one_look(&c, k, &day, err);
        if (out->decision != MSP_SIM_NO_CLAIM)
            break;
    }
    if (rc == MSP_OK && p->estimates && msp_sim_n_hypotheses(p->general) == 1) {
        cut_at(&c, day, 0);
        rc = sim_estimate(p, &work->cut, &out->log_ratio, &out->std_error, err);
    }
    if (patients != NULL)
        list_patients(&c, patients);
    return rc == MSP_OK && p->survival.events > 0 ? test_survival(&c, err) : rc;
}
