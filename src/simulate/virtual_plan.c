#include "mspike/simulate/virtual_plan.h"

#include <math.h>
#include <string.h>

#include "mspike/schedule/calendar.h"
#include "virtual_cycles.h"

#define CYCLE_DAYS     7                                /* the shortest */
#define FIRST_DAY      (msp_day_from_civil(2020, 1, 1)) /* where the protocol has no date */
#define ACCRUAL_MONTHS 12                               /* where it says nothing of it */

/* -- arms -- */

static msp_virtual_law law_of(const msp_virtual_spread *said, double per)
{
    return (msp_virtual_law){log(said->median.value / per), said->spread.value};
}

static const msp_virtual_arm *said_of(const msp_protocol *p, const char *id)
{
    for (size_t i = 0; i < p->supposed.arms.n; i++)
        if (strcmp(p->supposed.arms.items[i].id, id) == 0)
            return &p->supposed.arms.items[i];
    return NULL; /* the protocol's check lets no arm be left out */
}

static void plan_course(const msp_arm *arm, const msp_virtual_arm *said, msp_virtual_course *out)
{
    *out = (msp_virtual_course){
        .arm = arm,
        .said = said,
        .decay = law_of(&said->decay, MSP_DAYS_PER_MONTH),
        .resistant = law_of(&said->resistant, 1),
        .growth = law_of(&said->growth, MSP_DAYS_PER_MONTH),
        .refractory = said->refractory.value,
        .deep = said->deep.value,
        .death_before = said->death.before.value / MSP_DAYS_PER_MONTH,
        .death_after = said->death.after.value / MSP_DAYS_PER_MONTH,
        .stop = said->stop.value / MSP_DAYS_PER_MONTH,
        .regrowth = said->regrowth.value,
        .taken = {log(10) * said->transplant.sensitive.value,
                  log(10) * said->transplant.resistant.value},
        .delay = said->delay.value,
        .reduction = said->reduction.value,
        .missed = said->missed_doses.value,
    };
}

/* -- visits -- */

static bool assesses_response(const msp_calendar_entry *entry)
{
    if (entry->kind != MSP_CALENDAR_VISIT || entry->visit == NULL)
        return false;
    for (size_t i = 0; i < entry->visit->assess.n; i++)
        if (entry->visit->assess.items[i].value == MSP_ASSESSMENT_RESPONSE)
            return true;
    return false;
}

/* The planned cycle that a day is in. */
static size_t cycle_at(const msp_virtual_course *c, int day)
{
    size_t i = c->n_cycles - 1;
    while (i > 0 && c->cycles[i].day > day)
        i--;
    return i;
}

/* Assessments of response after the first dose, up to `horizon` days. */
static msp_status plan_visits(const msp_calendar *calendar, double horizon, msp_arena *arena,
                              msp_virtual_course *out, msp_error *err)
{
    msp_planned_visit *visits = msp_arena_array(arena, calendar->n + 1, sizeof *visits);
    size_t n = 0;
    int before = 0;
    for (size_t i = 0; visits != NULL && i < calendar->n; i++) {
        const msp_calendar_entry *e = &calendar->entries[i];
        const int day = e->day - calendar->start;
        if (day <= 0 || day > horizon || !assesses_response(e) || day == before)
            continue;
        visits[n++] = (msp_planned_visit){e->earliest - calendar->start,
                                          e->latest - e->earliest + 1, cycle_at(out, day)};
        before = day;
    }
    out->visits = visits;
    out->n_visits = n;
    return visits != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for visits");
}

/* One every so many days, with windows of three days. */
static msp_status plan_every(int every, double horizon, msp_arena *arena, msp_virtual_course *out,
                             msp_error *err)
{
    enum { WINDOW = 3 };
    const size_t n = (size_t)(horizon / every);
    msp_planned_visit *visits = msp_arena_array(arena, n + 1, sizeof *visits);
    if (visits == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for visits");
    for (size_t i = 0; i < n; i++) {
        const int day = (int)(i + 1) * every;
        visits[i] = (msp_planned_visit){day - WINDOW, 2 * WINDOW + 1, cycle_at(out, day)};
    }
    out->visits = visits;
    out->n_visits = n;
    return MSP_OK;
}

/* Doses and visits of an arm, as of one who responds. */
static msp_status plan_calendar(const msp_protocol *p, int every, double horizon, msp_arena *arena,
                                msp_virtual_course *out, msp_error *err)
{
    msp_calendar calendar;
    const double cycles = ceil(horizon / CYCLE_DAYS) + 1;
    const msp_patient_plan everybody = {.arm = out->arm->id,
                                        .start = FIRST_DAY,
                                        .stop = MSP_NO_DAY,
                                        .response = MSP_ASKED_SCR,
                                        .cycles = cycles < 1000 ? (int64_t)cycles : 1000};
    msp_status rc = msp_calendar_make(p, &everybody, &calendar, err);
    if (rc == MSP_OK)
        rc = sim_plan_cycles(p, &calendar, horizon, arena, out, err);
    if (rc == MSP_OK)
        rc = every > 0 ? plan_every(every, horizon, arena, out, err)
                       : plan_visits(&calendar, horizon, arena, out, err);
    msp_calendar_free(&calendar);
    return rc;
}

static msp_status plan_arms(const msp_protocol *p, int every, msp_arena *arena,
                            msp_virtual_plan *out, msp_error *err)
{
    const double horizon = out->accrual + out->follow_up;
    msp_status rc = MSP_OK;
    if (p->arms.n == 0 || p->arms.n > MSP_VIRTUAL_ARMS_MAX)
        return msp_fail_at(err, MSP_ERANGE, p->supposed.at, "%zu arms; expected 1 to %d", p->arms.n,
                           MSP_VIRTUAL_ARMS_MAX);
    out->n_arms = p->arms.n;
    for (size_t i = 0; i < p->arms.n && rc == MSP_OK; i++) {
        msp_virtual_course *arm = &out->arm[i];
        plan_course(&p->arms.items[i], said_of(p, p->arms.items[i].id), arm);
        rc = plan_calendar(p, every, horizon, arena, arm, err);
        if (rc == MSP_OK && arm->n_visits == 0)
            rc = msp_fail_at(err, MSP_ENODATA, p->supposed.at,
                             "no visit of arm \"%s\" assesses the response", p->arms.items[i].id);
        if (arm->n_visits > out->n_visits_max)
            out->n_visits_max = arm->n_visits;
        if (arm->n_cycles > out->n_cycles_max)
            out->n_cycles_max = arm->n_cycles;
    }
    return rc;
}

static size_t arm_index(const msp_protocol *p, const char *id, size_t otherwise)
{
    for (size_t i = 0; id != NULL && i < p->arms.n; i++)
        if (strcmp(p->arms.items[i].id, id) == 0)
            return i;
    return otherwise;
}

/* The arm with the regimen of those who go over; the protocol's check sees that there is one. */
static size_t arm_with(const msp_protocol *p, const char *regimen)
{
    size_t i = 0;
    while (i + 1 < p->arms.n && (p->arms.items[i].regimen.text == NULL ||
                                 strcmp(p->arms.items[i].regimen.text, regimen) != 0))
        i++;
    return i;
}

/* Its calendar and what happens to its doses; the disease is that of those who go over. */
static void plan_crossover(const msp_protocol *p, msp_virtual_plan *out)
{
    const msp_virtual_crossing *said = &p->supposed.crossover;
    if (!msp_was_said(said->at))
        return;
    msp_virtual_crossover *c = &out->crossover;
    *c = (msp_virtual_crossover){
        .said = said,
        .from = arm_index(p, p->crossover.from.text, 0),
        .to = out->n_arms,
        .share = said->share.value,
        .delay = law_of(&said->delay, 1),
    };
    msp_virtual_course *to = &out->arm[c->to];
    *to = out->arm[arm_with(p, p->crossover.regimen.text)];
    to->decay = law_of(&said->decay, MSP_DAYS_PER_MONTH);
    to->resistant = law_of(&said->resistant, 1);
    to->growth = (msp_virtual_law){log(said->growth.value), 0};
    const size_t n_visits = out->arm[c->from].n_visits + 1 + to->n_visits;
    out->n_visits_max = n_visits > out->n_visits_max ? n_visits : out->n_visits_max;
}

size_t msp_virtual_n_courses(const msp_virtual_plan *plan)
{
    return plan->n_arms + (plan->crossover.said != NULL);
}

const msp_virtual_target *msp_virtual_targets(const msp_virtual_plan *plan, size_t course,
                                              size_t *n)
{
    const msp_virtual_arm *said = plan->arm[course].said;
    if (course < plan->n_arms) {
        *n = said->targets.n;
        return said->targets.items;
    }
    *n = plan->crossover.said->targets.n;
    return plan->crossover.said->targets.items;
}

/* Those that the first analysis compares; else the first two. */
static void plan_comparison(const msp_protocol *p, msp_virtual_plan *out)
{
    out->experimental = 0;
    out->control = p->arms.n > 1 ? 1 : 0;
    for (size_t i = 0; i < p->analyses.n; i++) {
        if (p->analyses.items[i].comparisons.n == 0)
            continue;
        const msp_comparison *c = &p->analyses.items[i].comparisons.items[0];
        out->experimental = arm_index(p, c->experimental.text, out->experimental);
        out->control = arm_index(p, c->control.text, out->control);
        return;
    }
}

/* Twice the smallest block that holds the allocation in whole patients. */
static msp_status plan_block(const msp_protocol *p, msp_virtual_plan *out, msp_error *err)
{
    double sum = 0;
    for (size_t i = 0; i < p->arms.n; i++)
        sum += p->arms.items[i].allocation.value;
    for (int size = 1; size <= MSP_VIRTUAL_BLOCK_MAX / 2; size++) {
        size_t n = 0;
        bool whole = true;
        for (size_t i = 0; i < p->arms.n; i++) {
            const double here = size * p->arms.items[i].allocation.value / sum;
            whole = whole && fabs(here - round(here)) < 1e-9 && here > 0.5;
            for (int k = 0; whole && k < 2 * (int)round(here); k++)
                out->block[n++] = (uint8_t)i;
        }
        out->n_block = n;
        if (whole)
            return MSP_OK;
    }
    return msp_fail_at(err, MSP_EUNSUPPORTED, p->arms.at,
                       "no block of up to %d patients has this allocation",
                       MSP_VIRTUAL_BLOCK_MAX / 2);
}

/* -- strata -- */

static const msp_virtual_stratum *stratum_of(const msp_protocol *p, const char *id)
{
    for (size_t i = 0; i < p->supposed.strata.n; i++)
        if (strcmp(p->supposed.strata.items[i].id, id) == 0)
            return &p->supposed.strata.items[i];
    return NULL;
}

static size_t levels_of(const msp_stratum *factor)
{
    return factor->levels.n > 0 ? factor->levels.n : 1;
}

size_t msp_virtual_level(const msp_virtual_plan *plan, size_t cell, size_t factor)
{
    const msp_protocol *p = plan->protocol;
    for (size_t i = 0; i < factor; i++)
        cell /= levels_of(&p->stratification.items[i]);
    return cell % levels_of(&p->stratification.items[factor]);
}

/* Levels of factors of which the virtual block says nothing are equally frequent. */
static msp_status plan_cells(const msp_protocol *p, msp_virtual_plan *out, msp_error *err)
{
    out->n_cells = 1;
    for (size_t i = 0; i < p->stratification.n; i++)
        out->n_cells *= levels_of(&p->stratification.items[i]);
    if (out->n_cells > MSP_VIRTUAL_CELLS_MAX)
        return msp_fail_at(err, MSP_ERANGE, p->stratification.at,
                           "%zu combinations of strata; at most %d are simulated", out->n_cells,
                           MSP_VIRTUAL_CELLS_MAX);
    for (size_t c = 0; c < out->n_cells; c++) {
        msp_virtual_cell *cell = &out->cell[c];
        *cell = (msp_virtual_cell){1, 1};
        for (size_t i = 0; i < p->stratification.n; i++) {
            const msp_stratum *factor = &p->stratification.items[i];
            const msp_virtual_stratum *s = stratum_of(p, factor->id);
            const size_t level = msp_virtual_level(out, c, i);
            cell->share *=
                s != NULL ? s->shares.items[level].value : 1.0 / (double)levels_of(factor);
            if (s != NULL && s->growth.n > 0)
                cell->growth *= s->growth.items[level].value;
        }
    }
    return MSP_OK;
}

/* -- the whole -- */

/* The first day of partial dates of the beginning, the last of those of the end. */
static void plan_times(const msp_protocol *p, msp_virtual_plan *out)
{
    const msp_enrolment *e = &p->trial.enrolment;
    const msp_said_number *accrual = &p->design.accrual.duration;
    const msp_day first = msp_was_said(e->first.at) ? e->first.value.earliest : MSP_NO_DAY;
    const msp_day last = msp_was_said(e->last.at) ? e->last.value.latest : MSP_NO_DAY;
    out->start = first != MSP_NO_DAY ? first : FIRST_DAY;
    if (first != MSP_NO_DAY && last != MSP_NO_DAY)
        out->accrual = last - first;
    else
        out->accrual =
            MSP_DAYS_PER_MONTH * (msp_was_said(accrual->at) ? accrual->value : ACCRUAL_MONTHS);
    out->follow_up = p->supposed.follow_up.value * MSP_DAYS_PER_MONTH;
}

static msp_status plan_size(const msp_protocol *p, msp_virtual_plan *out, msp_error *err)
{
    const msp_said_count *const said[] = {&p->trial.enrolment.enrolled, &p->trial.enrolment.planned,
                                          &p->design.max_sample_size};
    for (size_t i = 0; i < MSP_COUNT(said); i++)
        if (msp_was_said(said[i]->at) && said[i]->value > 0) {
            out->n = (size_t)said[i]->value;
            return MSP_OK;
        }
    msp_fail_at(err, MSP_ENODATA, p->supposed.at, "the number of patients is not said");
    return msp_hint(err, MSP_ENODATA, "add trial: {enrolment: {planned: ...}}");
}

static void plan_rates(const msp_virtual *said, msp_virtual_plan *out)
{
    const msp_virtual_measured *m = &said->measured;
    out->measured[0] = m->serum.value;
    out->measured[1] = m->urine.value;
    out->measured[2] = m->both.value;
    out->measured[3] = m->light_chains.value;
    out->missed_visits = said->missed_visits.value;
    out->missed_labs = said->missed_labs.value;
    out->withdrawal = said->withdrawal.value / MSP_DAYS_PER_MONTH;
    if (msp_was_said(said->plasmacytomas.at))
        out->lesions = (msp_virtual_lesions){.any = true,
                                             .share = said->plasmacytomas.share.value,
                                             .fresh = said->plasmacytomas.fresh.value,
                                             .every = (uint32_t)said->plasmacytomas.every.value};
}

msp_status msp_virtual_plan_make(const msp_protocol *p, int every, msp_arena *arena,
                                 msp_virtual_plan *out, msp_error *err)
{
    *out = (msp_virtual_plan){.protocol = p, .randomised = p->arms.n > 1};
    if (!msp_was_said(p->supposed.at)) {
        msp_fail(err, MSP_ENODATA, "%s: there is no virtual block", p->file);
        return msp_hint(err, MSP_ENODATA, "docs/protocol-form.md describes it, under virtual");
    }
    plan_times(p, out);
    plan_rates(&p->supposed, out);
    plan_comparison(p, out);
    msp_status rc = plan_size(p, out, err);
    if (rc == MSP_OK)
        rc = plan_block(p, out, err);
    if (rc == MSP_OK)
        rc = plan_cells(p, out, err);
    if (rc == MSP_OK)
        rc = plan_arms(p, every, arena, out, err);
    if (rc == MSP_OK)
        plan_crossover(p, out);
    return rc;
}
