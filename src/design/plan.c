#include "mspike/design/plan.h"

#include <math.h>

static const double not_said = NAN;

static double number_or_nan(const msp_said_number *n)
{
    return msp_was_said(n->at) ? n->value : not_said;
}

static double count_or_nan(const msp_said_count *n)
{
    return msp_was_said(n->at) ? (double)n->value : not_said;
}

double msp_plan_share(const msp_protocol *p)
{
    const msp_said_numbers *a = &p->design.allocation;
    if (a->n == 2)
        return a->items[0].value / (a->items[0].value + a->items[1].value);
    if (p->arms.n == 2) {
        const double e = p->arms.items[0].allocation.value, c = p->arms.items[1].allocation.value;
        if (e > 0 && c > 0)
            return e / (e + c);
    }
    return 0.5;
}

/* -- looks -- */

static msp_boundary boundary_of(const msp_planned_boundary *b, const msp_said_numbers *information)
{
    static const double deltas[] = {
        [MSP_PLANNED_BOUNDARY_OBRIEN_FLEMING] = 0, [MSP_PLANNED_BOUNDARY_POCOCK] = 0.5};
    static const msp_boundary_kind kinds[] = {
        [MSP_PLANNED_SPENDING_OBRIEN_FLEMING] = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING,
        [MSP_PLANNED_SPENDING_POCOCK] = MSP_BOUNDARY_LAN_DEMETS_POCOCK,
        [MSP_PLANNED_SPENDING_KIM_DEMETS] = MSP_BOUNDARY_KIM_DEMETS,
        [MSP_PLANNED_SPENDING_HWANG_SHIH_DECANI] = MSP_BOUNDARY_HWANG_SHIH_DECANI,
        [MSP_PLANNED_SPENDING_USER] = MSP_BOUNDARY_USER,
    };
    msp_boundary out = {0};
    if (msp_was_said(b->boundary.at)) {
        out.kind = MSP_BOUNDARY_WANG_TSIATIS;
        out.parameter = b->boundary.value == MSP_PLANNED_BOUNDARY_WANG_TSIATIS
                            ? b->delta.value
                            : deltas[b->boundary.value];
    } else if (msp_was_said(b->z.at)) {
        out.kind = MSP_BOUNDARY_FIXED;
        for (; out.n_values < b->z.n; out.n_values++)
            out.values[out.n_values] = b->z.items[out.n_values].value;
    } else if (msp_was_said(b->spending.at)) {
        out.kind = kinds[b->spending.value];
        out.parameter = out.kind == MSP_BOUNDARY_KIM_DEMETS ? b->rho.value : b->gamma.value;
    }
    for (size_t k = 0; out.kind == MSP_BOUNDARY_USER && k < b->cumulative.n; k++, out.n_values++) {
        out.times[k] = information->items[k].value;
        out.values[k] = b->cumulative.items[k].value;
    }
    return out;
}

/* Two sides spend half each. */
static msp_status plan_looks(const msp_planned_design *d, msp_looks *out, msp_error *err)
{
    const msp_said_numbers *t = &d->looks.information;
    *out = (msp_looks){.n = 1, .alpha = d->alpha.value, .sided = d->sided.value == 2 ? 2 : 1};
    out->information[0] = 1;
    if (t->n > MSP_LOOKS_MAX)
        return msp_fail_at(err, MSP_ERANGE, t->at, "%zu looks; at most %d can be planned", t->n,
                           MSP_LOOKS_MAX);
    for (size_t k = 0; k < t->n; k++)
        out->information[k] = t->items[k].value;
    out->n = t->n > 0 ? t->n : 1;
    if (msp_was_said(d->looks.futility.at) && msp_was_said(d->looks.futility.boundary.at))
        return msp_fail_at(err, MSP_EUNSUPPORTED, d->looks.futility.boundary.at,
                           "a futility boundary is a spending function or fixed z values");
    if (out->sided == 2 && msp_was_said(d->looks.futility.at))
        return msp_fail_at(err, MSP_EUNSUPPORTED, d->looks.futility.at,
                           "a futility boundary needs a one-sided test; this one is two-sided");
    out->efficacy = boundary_of(&d->looks.efficacy, t);
    out->futility = boundary_of(&d->looks.futility, t);
    out->binding = d->looks.futility.binding.value;
    for (size_t k = 0; out->efficacy.kind == MSP_BOUNDARY_USER && k < out->efficacy.n_values; k++)
        out->efficacy.values[k] /= out->sided;
    return MSP_OK;
}

/* -- courses -- */

static msp_status out_of_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the design");
}

/* `one` is the single step where none is listed. */
static msp_status steps_of(const msp_planned_steps *s, double one, msp_arena *arena, msp_steps *out,
                           msp_error *err)
{
    out->n = s->n > 0 ? s->n : 1;
    double *from = msp_arena_array(arena, out->n, sizeof *from);
    double *rate = msp_arena_array(arena, out->n, sizeof *rate);
    if (from == NULL || rate == NULL)
        return out_of_memory(err);
    rate[0] = one;
    for (size_t i = 0; i < s->n; i++) {
        from[i] = s->items[i].from.value;
        rate[i] = s->items[i].value.value;
    }
    out->from = from;
    out->rate = rate;
    return MSP_OK;
}

/* The product of two step functions. */
static msp_status multiply(const msp_steps *a, const msp_steps *b, msp_arena *arena, msp_steps *out,
                           msp_error *err)
{
    double *from = msp_arena_array(arena, a->n + b->n, sizeof *from);
    double *rate = msp_arena_array(arena, a->n + b->n, sizeof *rate);
    if (from == NULL || rate == NULL)
        return out_of_memory(err);
    size_t i = 0, j = 0, n = 0;
    for (;;) {
        from[n] = fmax(a->from[i], b->from[j]);
        rate[n++] = a->rate[i] * b->rate[j];
        const bool more_a = i + 1 < a->n, more_b = j + 1 < b->n;
        if (!more_a && !more_b)
            break;
        const double next_a = more_a ? a->from[i + 1] : (double)INFINITY;
        const double next_b = more_b ? b->from[j + 1] : (double)INFINITY;
        i += next_a <= next_b;
        j += next_b <= next_a;
    }
    *out = (msp_steps){n, from, rate};
    return MSP_OK;
}

static double dropout_rate(double probability, double per)
{
    return -log1p(-probability) / per;
}

static msp_status plan_arms(const msp_planned_design *d, msp_arena *arena, msp_survival_plan *out,
                            msp_error *err)
{
    msp_arm_course *e = &out->trial.arm[0], *c = &out->trial.arm[1];
    msp_steps ratio = {0};
    const double median = d->control.median.value;
    msp_status rc = steps_of(&d->control.hazard, log(2) / median, arena, &c->hazard, err);
    if (rc == MSP_OK)
        rc = steps_of(&d->hazard_ratio, 1, arena, &ratio, err);
    if (rc == MSP_OK)
        rc = multiply(&c->hazard, &ratio, arena, &e->hazard, err);
    if (rc != MSP_OK)
        return rc;
    out->hazard_ratio = ratio.n == 1 ? ratio.rate[0] : not_said;
    e->share = out->share;
    c->share = 1 - out->share;
    if (msp_was_said(d->dropout.at)) {
        e->dropout = dropout_rate(d->dropout.experimental.value, d->dropout.per.value);
        c->dropout = dropout_rate(d->dropout.control.value, d->dropout.per.value);
    }
    return MSP_OK;
}

static msp_status plan_enrolment(const msp_planned_accrual *a, msp_arena *arena, msp_intake *out,
                                 msp_error *err)
{
    out->duration = a->duration.value;
    return steps_of(&a->rate, 1, arena, &out->rate, err);
}

msp_status msp_plan_survival(const msp_protocol *p, msp_arena *arena, msp_survival_plan *out,
                             msp_error *err)
{
    const msp_planned_design *d = &p->design;
    *out = (msp_survival_plan){
        .formula = (msp_effect_formula)d->formula.value,
        .share = msp_plan_share(p),
        .power = number_or_nan(&d->power),
        .events = number_or_nan(&d->events),
        .has_enrolment = msp_was_said(d->accrual.at),
        .rates_are_known = d->accrual.rate.n > 0,
        .sample_size = count_or_nan(&d->max_sample_size),
        .follow_up = number_or_nan(&d->follow_up),
    };
    msp_status rc = plan_looks(d, &out->looks, err);
    if (rc == MSP_OK)
        rc = plan_arms(d, arena, out, err);
    if (rc == MSP_OK && out->has_enrolment)
        rc = plan_enrolment(&d->accrual, arena, &out->trial.enrolment, err);
    if (rc == MSP_OK && d->hazard_ratio.n > 1 && out->formula != MSP_EFFECT_LAKATOS) {
        msp_fail_at(err, MSP_EUNSUPPORTED, d->hazard_ratio.at,
                    "the hazard ratio changes in time, which this formula cannot take");
        rc = msp_hint(err, MSP_EUNSUPPORTED, "formula: lakatos");
    }
    return rc;
}

/* -- the design of the plan -- */

static msp_place said_or(msp_place at, msp_place otherwise)
{
    return msp_was_said(at) ? at : otherwise;
}

/* Where the number of patients comes from. */
static msp_place size_place(const msp_planned_design *d)
{
    return said_or(d->max_sample_size.at, said_or(d->accrual.rate.at, d->at));
}

msp_status msp_plan_check_arms(const msp_protocol *p, double n, msp_error *err)
{
    const double whole = ceil(n - 1e-9), experimental = round(whole * msp_plan_share(p));
    if (isnan(n) || (whole >= 2 && experimental >= 1 && experimental < whole))
        return MSP_OK;
    msp_fail_at(err, MSP_ERANGE, size_place(&p->design), "%.0f patient%s: an arm has none", whole,
                whole == 1 ? "" : "s");
    return msp_hint(err, MSP_ERANGE, "plan for more patients, or look at the allocation");
}

/* Looks are at whole events in the end: each needs one of its own. */
static msp_status check_looks(const msp_planned_design *d, const msp_survival_design *found,
                              msp_error *err)
{
    const msp_said_numbers *t = &d->looks.information;
    const size_t n = found->boundaries.n;
    for (size_t k = 0; k < n; k++) {
        const double events = found->look_events[k];
        const double more = k > 0 ? events - found->look_events[k - 1] : events;
        if (more >= 1 - 1e-9)
            continue;
        const msp_place at = k < t->n ? t->items[k].at : said_or(d->events.at, d->at);
        if (n == 1)
            return msp_fail_at(err, MSP_ERANGE, at, "the plan has %.3g events: fewer than 1",
                               events);
        msp_fail_at(err, MSP_ERANGE, at, "look %zu is at %.3g of %.6g events: %s", k + 1, events,
                    found->events,
                    k > 0 ? "less than one more than at the look before it" : "fewer than 1");
        return msp_hint(err, MSP_ERANGE, "move the looks apart, or plan for more events");
    }
    return MSP_OK;
}

msp_status msp_plan_design(const msp_protocol *p, const msp_survival_plan *plan,
                           msp_survival_design *out, msp_error *err)
{
    const msp_planned_design *d = &p->design;
    msp_status rc = msp_survival_design_find(plan, out, err);
    if (rc == MSP_ENUMERIC && msp_was_said(d->looks.futility.at) && err != NULL)
        err->at = said_or(d->looks.futility.z.at, d->looks.futility.at);
    if (rc == MSP_OK)
        rc = check_looks(d, out, err);
    return rc == MSP_OK ? msp_plan_check_arms(p, out->sample_size, err) : rc;
}

/* -- the other kinds -- */

msp_status msp_plan_one_sample(const msp_protocol *p, msp_arena *arena, msp_one_sample_plan *out,
                               msp_error *err)
{
    const msp_planned_design *d = &p->design;
    if (!msp_was_said(d->accrual.at) || !msp_was_said(d->follow_up.at)) {
        msp_fail_at(err, MSP_ERANGE, d->at,
                    "this design needs the accrual and the follow-up: they say how many events a "
                    "patient has");
        return msp_hint(err, MSP_ERANGE, "add accrual: {duration: ...} and follow_up: ...");
    }
    *out = (msp_one_sample_plan){
        .null_hazard = -log(d->null.rate.value) / d->null.time.value,
        .hazard = -log(d->alternative.rate.value) / d->alternative.time.value,
        .alpha = d->alpha.value,
        .sided = d->sided.value == 2 ? 2 : 1,
        .follow_up = d->follow_up.value,
        .power = number_or_nan(&d->power),
        .sample_size = count_or_nan(&d->max_sample_size),
    };
    return plan_enrolment(&d->accrual, arena, &out->enrolment, err);
}

msp_status msp_plan_median(const msp_protocol *p, msp_arena *arena, msp_one_median_plan *out,
                           msp_error *err)
{
    static const msp_km_interval scales[] = {
        [MSP_PLANNED_SCALE_PLAIN] = MSP_KM_PLAIN,     [MSP_PLANNED_SCALE_LOG] = MSP_KM_LOG,
        [MSP_PLANNED_SCALE_LOG_LOG] = MSP_KM_LOG_LOG, [MSP_PLANNED_SCALE_LOGIT] = MSP_KM_LOGIT,
        [MSP_PLANNED_SCALE_ARCSINE] = MSP_KM_ARCSINE,
    };
    const msp_planned_design *d = &p->design;
    if (!msp_was_said(d->accrual.at) || !msp_was_said(d->follow_up.at)) {
        msp_fail_at(err, MSP_ERANGE, d->at,
                    "this design needs the accrual and the follow-up: they say who is censored");
        return msp_hint(err, MSP_ERANGE, "add accrual: {duration: ...} and follow_up: ...");
    }
    *out = (msp_one_median_plan){
        .null_median = d->null_median.value,
        .median = d->median.value,
        .scale = scales[d->interval.value],
        .alpha = d->alpha.value,
        .sided = d->sided.value == 2 ? 2 : 1,
        .follow_up = d->follow_up.value,
        .power = number_or_nan(&d->power),
        .sample_size = count_or_nan(&d->max_sample_size),
    };
    if (msp_was_said(d->dropout.at))
        out->dropout = dropout_rate(d->dropout.experimental.value, d->dropout.per.value);
    return plan_enrolment(&d->accrual, arena, &out->enrolment, err);
}

msp_proportions_plan msp_plan_proportions(const msp_protocol *p)
{
    const msp_planned_design *d = &p->design;
    return (msp_proportions_plan){
        .p1 = d->p1.value,
        .p2 = d->p2.value,
        .share = msp_plan_share(p),
        .alpha = d->alpha.value,
        .sided = d->sided.value == 2 ? 2 : 1,
        .power = number_or_nan(&d->power),
        .sample_size = count_or_nan(&d->max_sample_size),
    };
}

msp_means_plan msp_plan_means(const msp_protocol *p)
{
    const msp_planned_design *d = &p->design;
    return (msp_means_plan){
        .difference = d->difference.value,
        .sd = d->sd.value,
        .share = msp_plan_share(p),
        .alpha = d->alpha.value,
        .sided = d->sided.value == 2 ? 2 : 1,
        .power = number_or_nan(&d->power),
        .sample_size = count_or_nan(&d->max_sample_size),
    };
}
