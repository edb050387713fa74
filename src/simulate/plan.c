#include "mspike/simulate/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mspike/design/look.h"
#include "mspike/design/plan.h"
#include "mspike/stats/dist.h"

enum { SMALLEST_BLOCK_MAX = MSP_SIM_BLOCK_MAX / 2 };

size_t msp_sim_n_scenarios(const msp_protocol *p)
{
    return 1 + p->design.scenarios.n;
}

const char *msp_sim_scenario_name(const msp_protocol *p, size_t i)
{
    return i == 0 ? MSP_SIM_PLANNED : p->design.scenarios.items[i - 1].id;
}

/* -- the truth -- */

static const msp_planned_scenario *find(const msp_protocol *p, const char *name)
{
    for (size_t i = 0; i < p->design.scenarios.n; i++)
        if (strcmp(p->design.scenarios.items[i].id, name) == 0)
            return &p->design.scenarios.items[i];
    return NULL;
}

/* What the scenario says instead of the plan. */
static msp_status apply(const msp_protocol *p, const char *name, msp_planned_design *d,
                        msp_error *err)
{
    const msp_planned_scenario *s = find(p, name);
    if (s == NULL && strcmp(name, MSP_SIM_NULL) == 0) {
        d->hazard_ratio.n = 0;
        return MSP_OK;
    }
    if (s == NULL && strcmp(name, MSP_SIM_PLANNED) == 0)
        return MSP_OK;
    if (s == NULL) {
        msp_fail(err, MSP_EUSAGE, "there is no scenario \"%s\"", name);
        return msp_hint(err, MSP_EUSAGE,
                        "the protocol's own are listed under design: scenarios; \"%s\" and \"%s\" "
                        "always exist",
                        MSP_SIM_PLANNED, MSP_SIM_NULL);
    }
    if (msp_was_said(s->hazard_ratio.at))
        d->hazard_ratio = s->hazard_ratio;
    if (msp_was_said(s->control.at))
        d->control = s->control;
    if (msp_was_said(s->accrual.at))
        d->accrual = s->accrual;
    if (msp_was_said(s->dropout.at))
        d->dropout = s->dropout;
    return MSP_OK;
}

/* Weibull curves keep the median: the hazard is one step in months^shape. */
static msp_status plan_curves(const msp_planned_scenario *s, const msp_planned_design *d,
                              msp_sim_plan *plan, msp_arena *arena, msp_error *err)
{
    const double shape = s->shape.value;
    plan->arm[0].cured = msp_was_said(s->cured.at) ? s->cured.experimental.value : 0;
    plan->arm[1].cured = msp_was_said(s->cured.at) ? s->cured.control.value : 0;
    for (int arm = 0; arm < 2 && shape != 1; arm++) {
        msp_steps *h = &plan->arm[arm].hazard;
        if (h->n > 1)
            return msp_fail_at(err, MSP_EUNSUPPORTED, s->shape.at,
                               "a shape goes with a median and one hazard ratio, not with steps");
        double *rate = msp_arena_array(arena, 1, sizeof *rate);
        if (rate == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the scenario");
        const double ratio =
            arm == 0 && d->hazard_ratio.n > 0 ? d->hazard_ratio.items[0].value.value : 1;
        *rate = ratio * log(2) / pow(d->control.median.value, shape);
        h->rate = rate;
        plan->arm[arm].shape = shape;
    }
    return MSP_OK;
}

static void plan_test(const msp_planned_scenario *s, msp_sim_plan *plan)
{
    plan->n_strata = s->strata.n;
    for (size_t i = 0; i < s->strata.n; i++)
        plan->strata[i] =
            (msp_sim_stratum){s->strata.items[i].share.value, s->strata.items[i].hazard_ratio.value,
                              s->strata.items[i].effect.value};
    if (msp_was_said(s->test.at))
        plan->test = (msp_sim_test){s->test.stratified.value, (int)s->test.rho.value,
                                    (int)s->test.gamma.value};
}

static void plan_survival(const msp_planned_survival *s, msp_sim_plan *plan)
{
    const double hazard = log(2) / s->median_after.value;
    plan->survival = (msp_sim_survival){
        .events = (size_t)s->events.value,
        .upper = msp_dist_normal_quantile(1 - s->alpha.value),
        .deaths = s->deaths.value,
        .hazard = {hazard * s->hazard_ratio.value, hazard},
        .crossover = s->crossover.value,
        .crossover_ratio = s->crossover_ratio.value,
    };
}

/* Whether the ratio of the hazards is what a Cox model estimates. */
static bool has_one_ratio(const msp_sim_plan *p)
{
    for (size_t s = 0; s < p->n_strata; s++)
        if (p->strata[s].effect != 1)
            return false;
    return p->arm[0].cured == 0 && p->arm[1].cured == 0 && (p->n_strata == 0 || p->test.stratified);
}

/* -- what the general road is for -- */

static bool is_general(const msp_planned_scenario *s)
{
    bool general = s->arms.n > 0 || msp_was_said(s->reestimate.at) || msp_was_said(s->looks.at) ||
                   (msp_was_said(s->test.at) && s->test.kind.value != MSP_PLANNED_TEST_LOGRANK);
    for (size_t i = 0; i < s->strata.n; i++)
        general = general || s->strata.items[i].subgroup.value;
    return general;
}

/* The further arms' hazards are to those of the first, and each brings as many patients. */
static msp_status plan_arms(const msp_planned_scenario *s, const msp_planned_design *truth,
                            msp_sim_general *g, msp_sim_plan *out, msp_error *err)
{
    const double first = truth->hazard_ratio.n > 0 ? truth->hazard_ratio.items[0].value.value : 1;
    if (s->arms.n > 0 && truth->hazard_ratio.n > 1)
        return msp_fail_at(err, MSP_EUNSUPPORTED, s->arms.at,
                           "further arms go with one hazard ratio of the first, not with steps");
    g->n_arms = 1 + s->arms.n;
    g->arm_ratio[0] = 1;
    for (size_t j = 0; j < s->arms.n; j++)
        g->arm_ratio[j + 1] = s->arms.items[j].hazard_ratio.value / first;
    out->n += (size_t)ceil((double)(out->n * s->arms.n) * out->block_experimental / out->block);
    return MSP_OK;
}

static void plan_choices(const msp_planned_scenario *s, msp_sim_general *g)
{
    g->rule = MSP_SIM_AT_EVENTS;
    if (msp_was_said(s->looks.at))
        g->rule = (msp_sim_rule)s->looks.rule.value;
    for (size_t k = 0; k < s->looks.months.n && k < MSP_LOOKS_MAX; k++)
        g->months[k] = s->looks.months.items[k].value;
    if (msp_was_said(s->test.at)) {
        g->test = (msp_sim_test_kind)s->test.kind.value;
        g->time = msp_was_said(s->test.time.at) ? s->test.time.value : 0;
    }
    g->dunnett = s->multiplicity.value == MSP_PLANNED_INTERSECTION_DUNNETT;
    for (size_t i = 0; i < s->strata.n; i++) {
        g->in_subgroup[i] = s->strata.items[i].subgroup.value;
        g->has_subgroup = g->has_subgroup || g->in_subgroup[i];
    }
    g->choose_at = SIZE_MAX;
    if (msp_was_said(s->choose.at)) {
        g->choose_at = (size_t)s->choose.look.value - 1;
        g->keep = (size_t)s->choose.keep.value;
        g->threshold = s->choose.threshold.value;
    }
    g->reestimates = msp_was_said(s->reestimate.at);
    if (g->reestimates)
        g->reestimate = (msp_reestimate){.power = s->reestimate.power.value,
                                         .max_events = msp_was_said(s->reestimate.max_events.at)
                                                           ? s->reestimate.max_events.value
                                                           : (double)INFINITY,
                                         .trend = s->reestimate.trend.value};
}

/* How the trial is led, where the fast road cannot. */
static msp_status plan_general(const msp_protocol *p, const char *name,
                               const msp_survival_plan *plan, const msp_survival_design *design,
                               msp_arena *arena, msp_sim_plan *out, msp_error *err)
{
    const msp_planned_scenario *s = find(p, name);
    if (s == NULL || !is_general(s))
        return MSP_OK;
    msp_sim_general *g = msp_arena_array(arena, 1, sizeof *g);
    msp_survival_plan *own_plan = msp_arena_array(arena, 1, sizeof *own_plan);
    msp_survival_design *own_design = msp_arena_array(arena, 1, sizeof *own_design);
    if (g == NULL || own_plan == NULL || own_design == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a scenario");
    msp_protocol truth = *p;
    *own_plan = *plan;
    *own_design = *design;
    *g = (msp_sim_general){.plan = own_plan, .design = own_design};
    plan_choices(s, g);
    out->general = g;
    msp_status rc = apply(p, name, &truth.design, err);
    if (rc == MSP_OK)
        rc = plan_arms(s, &truth.design, g, out, err);
    return rc;
}

static msp_status plan_truth(const msp_protocol *p, const char *name, msp_arena *arena,
                             msp_sim_scenario *out, msp_error *err)
{
    const msp_planned_scenario *s = find(p, name);
    msp_protocol truth = *p;
    msp_survival_plan course;
    msp_sim_plan *plan = &out->plan;
    truth.design.formula.value = MSP_PLANNED_FORMULA_LAKATOS; /* which takes any ratio */
    msp_status rc = apply(p, name, &truth.design, err);
    if (rc == MSP_OK)
        rc = msp_plan_survival(&truth, arena, &course, err);
    if (rc != MSP_OK)
        return rc;
    for (int arm = 0; arm < 2; arm++) {
        plan->arm[arm] = (msp_sim_curve){.hazard = course.trial.arm[arm].hazard, .shape = 1};
        plan->dropout[arm] = course.trial.arm[arm].dropout;
    }
    plan->enrolment = course.trial.enrolment;
    plan->poisson = truth.design.accrual.arrivals.value == MSP_PLANNED_ARRIVALS_POISSON;
    if (s != NULL) {
        rc = plan_curves(s, &truth.design, plan, arena, err);
        plan_test(s, plan);
        if (msp_was_said(s->survival.at))
            plan_survival(&s->survival, plan);
    }
    out->log_ratio = has_one_ratio(plan) ? log(course.hazard_ratio) : (double)NAN;
    return rc;
}

/* -- the conduct -- */

/* Whole patients of the experimental arm in a block of `size`; 0 where it cannot have the share. */
static int experimental_in(double share, int size)
{
    const double experimental = round(share * size);
    return fabs(share * size - experimental) < 1e-9 * size ? (int)experimental : 0;
}

/* The block of the protocol where it has one size; else twice the smallest that holds the
 * allocation in whole patients. */
static msp_status plan_blocks(const msp_protocol *p, msp_sim_plan *out, msp_error *err)
{
    const double share = msp_plan_share(p);
    const msp_randomisation *r = &p->randomisation;
    if (r->method.value == MSP_RANDOMISATION_PERMUTED_BLOCKS && r->blocks.n == 1 &&
        r->blocks.items[0].value <= MSP_SIM_BLOCK_MAX) {
        out->block = (int)r->blocks.items[0].value;
        out->block_experimental = experimental_in(share, out->block);
        if (out->block_experimental > 0 && out->block_experimental < out->block)
            return MSP_OK;
    }
    for (int size = 2; size <= SMALLEST_BLOCK_MAX; size++)
        if (experimental_in(share, size) > 0) {
            out->block = 2 * size;
            out->block_experimental = 2 * experimental_in(share, size);
            return MSP_OK;
        }
    return msp_fail_at(err, MSP_EUNSUPPORTED, p->design.allocation.at,
                       "no block of up to %d patients has this allocation", SMALLEST_BLOCK_MAX);
}

static msp_status not_later(const msp_protocol *p, size_t look, double events, msp_error *err)
{
    const msp_said_numbers *t = &p->design.looks.information;
    msp_fail_at(err, MSP_ERANGE, t->n > look ? t->items[look].at : p->design.at,
                "look %zu is at event number %.0f, no later than the one before it", look + 1,
                events);
    return msp_hint(err, MSP_ERANGE,
                    "a look is taken at round(information x events): move them apart");
}

static msp_status plan_looks(const msp_protocol *p, const msp_survival_plan *plan,
                             const msp_survival_design *design, msp_sim_plan *out, msp_error *err)
{
    const double planned = msp_planned_events(plan, design);
    msp_looks looks = plan->looks;
    msp_boundaries reached;
    out->n_looks = looks.n;
    out->sided = looks.sided;
    for (size_t k = 0; k < looks.n; k++) {
        const double events = round(looks.information[k] * planned);
        out->events[k] = (size_t)events;
        if (out->events[k] <= (k > 0 ? out->events[k - 1] : 0))
            return not_later(p, k, events, err);
        looks.information[k] = events / round(planned);
    }
    msp_status rc = msp_boundaries_reached(&looks, &design->boundaries, true, &reached, err);
    if (rc != MSP_OK)
        return rc;
    memcpy(out->upper, reached.upper, sizeof out->upper);
    memcpy(out->lower, reached.lower, sizeof out->lower);
    return MSP_OK;
}

static msp_status plan_size(const msp_protocol *p, const msp_survival_design *design,
                            msp_sim_plan *out, msp_error *err)
{
    const double n = ceil(design->sample_size - 1e-9);
    if (isnan(n)) {
        msp_fail_at(err, MSP_ERANGE, p->design.at, "the number of patients does not follow");
        return msp_hint(err, MSP_ERANGE,
                        "add accrual: {duration: ...} with follow_up: or max_sample_size:");
    }
    if (n > MSP_SIM_PATIENTS_MAX)
        return msp_fail_at(err, MSP_ERANGE, p->design.at, "%.0f patients; at most %d are simulated",
                           n, MSP_SIM_PATIENTS_MAX);
    out->n = (size_t)n;
    return MSP_OK;
}

msp_status msp_sim_scenario_find(const msp_protocol *p, const char *name, msp_arena *arena,
                                 msp_sim_scenario *out, msp_error *err)
{
    msp_survival_plan plan;
    msp_survival_design design;
    *out = (msp_sim_scenario){.name = name};
    msp_status rc = msp_plan_survival(p, arena, &plan, err);
    if (rc == MSP_OK)
        rc = msp_plan_design(p, &plan, &design, err);
    if (rc == MSP_OK)
        out->caution = design.caution;
    if (rc == MSP_OK)
        rc = plan_size(p, &design, &out->plan, err);
    if (rc == MSP_OK)
        rc = plan_looks(p, &plan, &design, &out->plan, err);
    if (rc == MSP_OK)
        rc = plan_blocks(p, &out->plan, err);
    if (rc == MSP_OK)
        rc = plan_truth(p, name, arena, out, err);
    if (rc == MSP_OK)
        rc = plan_general(p, name, &plan, &design, arena, &out->plan, err);
    return rc == MSP_OK ? msp_sim_check(&out->plan, err) : rc;
}

/* -- grids -- */

msp_status msp_sim_scenario_at(const msp_sim_scenario *scenario, double ratio, msp_arena *arena,
                               msp_sim_scenario *out, msp_error *err)
{
    const msp_steps *control = &scenario->plan.arm[1].hazard;
    char number[MSP_DOUBLE_MAX];
    if (!(ratio > 0) || !isfinite(ratio))
        return msp_fail(err, MSP_ERANGE, "a hazard ratio of %g; expected one above 0", ratio);
    msp_double_format(ratio, number);
    const size_t room = strlen(scenario->name) + sizeof ", ratio " + sizeof number;
    char *name = msp_arena_array(arena, room, 1);
    double *rate = msp_arena_array(arena, control->n, sizeof *rate);
    if (name == NULL || rate == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a scenario");
    snprintf(name, room, "%s, ratio %s", scenario->name, number);
    for (size_t i = 0; i < control->n; i++)
        rate[i] = ratio * control->rate[i];
    *out = *scenario;
    out->name = name;
    out->plan.arm[0].hazard = (msp_steps){control->n, control->from, rate};
    for (size_t i = 0; i < out->plan.n_strata; i++)
        out->plan.strata[i].effect = 1;
    if (scenario->plan.general != NULL) { /* all experimental arms have it */
        msp_sim_general *general = msp_arena_array(arena, 1, sizeof *general);
        if (general == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for a scenario");
        *general = *scenario->plan.general;
        for (size_t j = 0; j < general->n_arms; j++)
            general->arm_ratio[j] = 1;
        out->plan.general = general;
    }
    out->log_ratio = has_one_ratio(&out->plan) ? log(ratio) : (double)NAN;
    return MSP_OK;
}
