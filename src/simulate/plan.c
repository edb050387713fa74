#include "mspike/simulate/plan.h"

#include <math.h>
#include <string.h>

#include "mspike/design/look.h"
#include "mspike/design/plan.h"

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

static msp_status plan_truth(const msp_protocol *p, const char *name, msp_arena *arena,
                             msp_sim_scenario *out, msp_error *err)
{
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
    out->log_ratio = log(course.hazard_ratio);
    return MSP_OK;
}

/* -- the conduct -- */

/* The smallest block that holds the allocation in whole patients; twice that is used. */
static msp_status plan_blocks(const msp_protocol *p, msp_sim_plan *out, msp_error *err)
{
    const double share = msp_plan_share(p);
    for (int size = 2; size <= SMALLEST_BLOCK_MAX; size++) {
        const double experimental = round(share * size);
        if (fabs(share * size - experimental) > 1e-9 * size || experimental < 1)
            continue;
        out->block = 2 * size;
        out->block_experimental = 2 * (int)experimental;
        return MSP_OK;
    }
    return msp_fail_at(err, MSP_EUNSUPPORTED, p->design.allocation.at,
                       "no block of up to %d patients has this allocation", SMALLEST_BLOCK_MAX);
}

static msp_status plan_looks(const msp_survival_plan *plan, const msp_survival_design *design,
                             msp_sim_plan *out, msp_error *err)
{
    const double planned = msp_planned_events(plan, design);
    msp_looks looks = plan->looks;
    msp_boundaries reached;
    out->n_looks = looks.n;
    out->sided = looks.sided;
    for (size_t k = 0; k < looks.n; k++) {
        const double events = round(looks.information[k] * planned);
        out->events[k] = (size_t)events;
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
        rc = msp_survival_design_find(&plan, &design, err);
    if (rc == MSP_OK)
        rc = plan_size(p, &design, &out->plan, err);
    if (rc == MSP_OK)
        rc = plan_looks(&plan, &design, &out->plan, err);
    if (rc == MSP_OK)
        rc = plan_blocks(p, &out->plan, err);
    if (rc == MSP_OK)
        rc = plan_truth(p, name, arena, out, err);
    return rc == MSP_OK ? msp_sim_check(&out->plan, err) : rc;
}
