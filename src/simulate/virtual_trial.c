#include "mspike/simulate/virtual_trial.h"

#include <math.h>
#include <stdlib.h>

#include "mspike/endpoint/crossover.h"
#include "mspike/endpoint/derive.h"
#include "mspike/endpoint/derived.h"

/* The order of the words of post_new_therapy in the rules. */
enum { INCLUDE = 1 };

static msp_status init_rules(msp_virtual_watch *w, const msp_rules *rules, msp_error *err)
{
    const msp_measurability *measurability = &w->plan->protocol->measurability;
    msp_rules beyond = *rules;
    beyond.post_new_therapy.value = INCLUDE;
    w->rules = msp_tte_rules_of(rules);
    w->beyond = w->rules.new_therapy != MSP_NEW_THERAPY_CENSOR;
    w->pfs = msp_tte_definition_find("PFS");
    w->pfs_after = *w->pfs;
    w->pfs_after.origin = MSP_ORIGIN_CROSSOVER;
    msp_status rc = msp_criteria_of(rules, measurability, &w->criteria, err);
    return rc == MSP_OK ? msp_criteria_of(&beyond, measurability, &w->followed, err) : rc;
}

msp_status msp_virtual_watch_init(msp_virtual_watch *w, const msp_virtual_plan *plan,
                                  const msp_rules *rules, msp_error *err)
{
    *w = (msp_virtual_watch){.plan = plan};
    w->judge.without_relapses = true; /* PFS asks for none (11 ns a visit less) */
    msp_status rc = init_rules(w, rules != NULL ? rules : &plan->protocol->rules, err);
    if (rc == MSP_OK)
        rc = msp_virtual_work_init(&w->work, plan, err);
    w->arm = calloc(plan->n, 1);
    w->cell = calloc(plan->n, 1);
    w->outcomes = calloc(plan->n, sizeof *w->outcomes);
    if (rc == MSP_OK && (w->arm == NULL || w->cell == NULL || w->outcomes == NULL))
        rc = msp_fail(err, MSP_EMEM, "no memory for %zu virtual patients", plan->n);
    if (rc != MSP_OK)
        msp_virtual_watch_free(w);
    return rc;
}

void msp_virtual_watch_free(msp_virtual_watch *w)
{
    msp_virtual_work_free(&w->work);
    msp_judge_free(&w->judge);
    msp_arena_free(&w->arena);
    free(w->arm);
    free(w->cell);
    free(w->outcomes);
    *w = (msp_virtual_watch){0};
}

/* -- one patient -- */

/* Cut at the end of the data, and never before the first day. */
static void fill_truth(const msp_virtual_patient *p, msp_virtual_outcome *out)
{
    const double last = p->cutoff - p->enrolled + 1;
    const double time = floor(msp_virtual_true_pfs(&p->truth));
    out->true_event = time <= last;
    out->true_pfs = out->true_event ? time : last;
}

static msp_day last_alive(const msp_virtual_patient *p)
{
    return p->patient.died              ? p->patient.death
           : p->withdrawn != MSP_NO_DAY ? p->withdrawn
                                        : p->cutoff;
}

static void fill_survival(const msp_virtual_patient *p, msp_virtual_outcome *out)
{
    out->died = p->patient.died;
    out->survival = last_alive(p) - p->enrolled + 1;
}

static double days_of(const msp_tte *pfs)
{
    return pfs->state == MSP_TTE_EVENT || pfs->state == MSP_TTE_CENSORED ? (double)pfs->days : 1;
}

static void fill_seen(const msp_virtual_patient *p, const msp_tte *pfs,
                      const msp_response_result *result, msp_virtual_outcome *out)
{
    out->event = pfs->state == MSP_TTE_EVENT;
    out->pfs = days_of(pfs);
    out->best = (uint8_t)result->best;
    const bool both = result->progression != MSP_NO_DAY && isfinite(p->truth.progression);
    out->delay =
        both ? result->progression - p->enrolled - floor(p->truth.progression) : (double)NAN;
}

/* What the trial sees of a patient: the response, and what happened when. */
static msp_status judge(msp_virtual_watch *w, const msp_patient *p, msp_response_result *result,
                        msp_timeline *timeline, msp_error *err)
{
    msp_response_result beyond;
    msp_status rc = MSP_OK;
    msp_arena_clear(&w->arena);
    if (w->beyond)
        rc = msp_judge_patient(&w->judge, p, &w->followed, &beyond, err);
    if (rc == MSP_OK)
        rc = msp_judge_patient(&w->judge, p, &w->criteria, result, err);
    if (rc == MSP_OK)
        rc = msp_derived_timeline(p, NULL, result, w->beyond ? &beyond : NULL, &w->arena, timeline,
                                  err);
    return rc;
}

static msp_status see(msp_virtual_watch *w, const msp_virtual_patient *p, msp_virtual_outcome *out,
                      msp_error *err)
{
    msp_response_result result;
    msp_timeline timeline;
    const msp_status rc = judge(w, &p->patient, &result, &timeline, err);
    if (rc == MSP_OK) {
        const msp_tte pfs = msp_tte_derive(&timeline, w->pfs, &w->rules);
        fill_seen(p, &pfs, &result, out);
    }
    return rc;
}

/* The truth counts from enrolment, these times from the crossover, which is day 1. */
static void fill_after(const msp_virtual_patient *p, const msp_tte *pfs,
                       const msp_response_result *result, msp_virtual_after *out)
{
    const msp_day day = p->crossed->said.day;
    const double last = p->cutoff - day + 1;
    const double time = floor(msp_virtual_true_pfs(&p->crossed->truth)) - (day - p->enrolled);
    *out = (msp_virtual_after){.crossed = true,
                               .pfs = days_of(pfs),
                               .event = pfs->state == MSP_TTE_EVENT,
                               .true_event = time <= last,
                               .true_pfs = time <= last ? time : last,
                               .survival = last_alive(p) - day + 1,
                               .best = (uint8_t)result->best};
}

/* As of one whose trial began with the crossover. */
static msp_status see_after(msp_virtual_watch *w, const msp_virtual_patient *p,
                            msp_virtual_after *out, msp_error *err)
{
    const msp_patient begun = msp_crossover_begin(&p->patient);
    msp_response_result result;
    msp_timeline timeline;
    const msp_status rc = judge(w, &begun, &result, &timeline, err);
    if (rc == MSP_OK) {
        timeline.crossover = (msp_dated){.day = p->crossed->said.day};
        const msp_tte pfs = msp_tte_derive(&timeline, &w->pfs_after, &w->rules);
        fill_after(p, &pfs, &result, out);
    }
    return rc;
}

msp_status msp_virtual_follow(msp_virtual_watch *w, uint64_t seed, uint64_t trial, uint32_t number,
                              size_t arm, size_t cell, msp_virtual_outcome *out, msp_error *err)
{
    msp_virtual_patient p;
    msp_virtual_patient_make(w->plan, seed, trial, number, arm, cell, &w->work, &p);
    *out = (msp_virtual_outcome){
        .arm = (uint8_t)arm, .cell = (uint8_t)cell, .visits = (uint16_t)p.patient.n_visits};
    fill_truth(&p, out);
    fill_survival(&p, out);
    const msp_status rc = see(w, &p, out, err);
    return rc == MSP_OK && p.crossed != NULL ? see_after(w, &p, &out->after, err) : rc;
}

msp_status msp_virtual_trial_follow(msp_virtual_watch *w, uint64_t seed, uint64_t trial,
                                    msp_error *err)
{
    msp_status rc = MSP_OK;
    msp_virtual_allot(w->plan, seed, trial, w->arm, w->cell);
    for (size_t i = 0; i < w->plan->n && rc == MSP_OK; i++) {
        if (i % MSP_VIRTUAL_ABREAST == 0)
            msp_virtual_patients_expect(w->plan, seed, trial, (uint32_t)i, w->plan->n - i,
                                        w->arm + i, w->cell + i, &w->work);
        rc = msp_virtual_follow(w, seed, trial, (uint32_t)i, w->arm[i], w->cell[i], &w->outcomes[i],
                                err);
    }
    return rc;
}
