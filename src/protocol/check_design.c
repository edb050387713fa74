/* check_design.c - designs that contradict themselves. */
#include <inttypes.h>
#include <math.h>

#include "check_internal.h"

static const char ID[] = "protocol-design";

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9;
}

/* -- what is given and what follows -- */

static void check_power(const msp_planned_design *d, msp_findings *findings)
{
    const bool power = msp_was_said(d->power.at), events = msp_was_said(d->events.at);
    const bool size = msp_was_said(d->max_sample_size.at);
    if (power && events)
        FAULT(ID, d->events.at, "keep one of the two: the other follows",
              "both power and events are said");
    if (!power && !events && !(size && d->kind.value != MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL))
        FAULT(ID, d->at,
              d->kind.value == MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL
                  ? "add \"power: 0.9\", or \"events:\" with \"max_sample_size:\""
                  : "add \"power:\" or \"max_sample_size:\"",
              "the size does not follow: neither power nor %s is said",
              d->kind.value == MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL ? "events" : "max_sample_size");
    if (events && size && d->events.value >= (double)d->max_sample_size.value)
        FAULT(ID, d->events.at, "plan for fewer events than patients",
              "%g events of %lld patients: the last one has no expected day", d->events.value,
              (long long)d->max_sample_size.value);
    if (size && d->max_sample_size.value < 2)
        FAULT(ID, d->max_sample_size.at, "plan for more patients", "a trial of 1 patient");
    if (power && d->power.value <= d->alpha.value)
        FAULT(ID, d->power.at, "power is the probability of success if the plan is right",
              "a power of %g is no more than alpha (%g)", d->power.value, d->alpha.value);
    if (d->sided.value == 1 && d->alpha.value >= 0.5)
        FAULT(ID, d->alpha.at, "the usual one-sided alpha is 0.025",
              "a one-sided alpha of %g rejects what favours the control arm", d->alpha.value);
}

static void check_steps(const msp_planned_steps *steps, const char *what, msp_findings *findings)
{
    if (msp_was_said(steps->at) && steps->n == 0)
        FAULT(ID, steps->at, "say at least one, or leave the key out", "there is no %s in the list",
              what);
    for (size_t i = 0; i < steps->n; i++) {
        const msp_planned_step *s = &steps->items[i];
        if (i == 0 && s->from.value > 0)
            FAULT(ID, s->from.at, "let the first one start at month 0",
                  "the %s before month %g is not said", what, s->from.value);
        if (i > 0 && s->from.value <= steps->items[i - 1].from.value)
            FAULT(ID, said_or(s->from.at, s->at), "write them in the order of time",
                  "this %s does not start after the one before it", what);
    }
}

static void check_curve(const msp_planned_curve *c, msp_findings *findings)
{
    if (!msp_was_said(c->at))
        return;
    if (msp_was_said(c->median.at) == msp_was_said(c->hazard.at))
        FAULT(ID, c->at, "say the median, or hazards by time", "the control arm has %s",
              msp_was_said(c->median.at) ? "both a median and hazards"
                                         : "neither a median nor hazards");
    check_steps(&c->hazard, "hazard", findings);
}

static void check_accrual(const msp_planned_accrual *a, msp_findings *findings)
{
    if (!msp_was_said(a->at))
        return;
    if (!msp_was_said(a->duration.at))
        FAULT(ID, a->at, "add \"duration:\" in months", "accrual has no end");
    check_steps(&a->rate, "rate", findings);
    double sum = 0;
    for (size_t i = 0; i < a->rate.n; i++)
        sum += a->rate.items[i].value.value;
    if (a->rate.n > 0 && sum <= 0)
        FAULT(ID, a->rate.at, "say how many patients come in a month", "no patient ever comes in");
    if (a->rate.n > 0 && a->rate.items[a->rate.n - 1].from.value >= a->duration.value)
        FAULT(ID, a->rate.items[a->rate.n - 1].at, "lengthen the accrual, or leave it out",
              "this rate starts after the end of accrual");
}

/* Patients that come in at these rates; NaN where no rate is said. */
static double patients_by_rate(const msp_planned_accrual *a)
{
    double n = a->rate.n > 0 ? 0 : (double)NAN;
    for (size_t i = 0; i < a->rate.n; i++) {
        const double end = i + 1 < a->rate.n ? a->rate.items[i + 1].from.value : a->duration.value;
        n += a->rate.items[i].value.value * (end - a->rate.items[i].from.value);
    }
    return n;
}

/* Rate and duration of accrual say how many patients there are; so does max_sample_size; with the
 * power said too, the follow-up follows. */
static void check_size(const msp_planned_design *d, msp_findings *findings)
{
    const double by_rate = patients_by_rate(&d->accrual);
    const bool by_count = msp_was_said(d->max_sample_size.at);
    if (by_count && fabs(by_rate - (double)d->max_sample_size.value) > 1)
        FAULT(ID, d->max_sample_size.at, "leave it out, or change the accrual",
              "%" PRId64 " patients here, but the accrual brings %g", d->max_sample_size.value,
              by_rate);
    if (msp_was_said(d->power.at) && msp_was_said(d->follow_up.at) &&
        (by_count || d->accrual.rate.n > 0))
        DOUBT(ID, d->follow_up.at, "leave it out: it follows from the events needed",
              "with the number of patients and the power said, the follow-up follows");
}

/* -- boundaries -- */

static void check_parameter(bool needed, const msp_place *at, msp_place block, const char *name,
                            const char *owner, msp_findings *findings)
{
    if (needed && !msp_was_said(*at))
        FAULT(ID, block, "add it", "%s needs %s", owner, name);
    if (!needed && msp_was_said(*at))
        FAULT(ID, *at, "leave it out, or name that function", "%s belongs to %s", name, owner);
}

/* Of the error of the first kind. */
static void check_all_spent(const msp_planned_design *d, const msp_said_number *last,
                            msp_findings *findings)
{
    const double alpha = d->alpha.value;
    if (last->value > alpha + 1e-12)
        FAULT(ID, last->at, "end with all that there is", "%g is spent, but there is only %g",
              last->value, alpha);
    else if (last->value < alpha - 1e-12)
        DOUBT(ID, last->at, "end with alpha, or lower alpha to what is spent",
              "only %g of an alpha of %g is spent by the last look", last->value, alpha);
}

/* Of that of the second, which the power says; the last look spends what is left, whatever is said.
 */
static void check_beta_left(const msp_planned_design *d, const msp_said_numbers *c,
                            msp_findings *findings)
{
    const double beta = msp_was_said(d->power.at) ? 1 - d->power.value : 1;
    for (size_t i = 0; i < c->n; i++)
        if (c->items[i].value > beta + 1e-12) {
            FAULT(ID, c->items[i].at, "the values are those of beta, 1 - power",
                  "%g is spent, but a power of %g leaves only %g", c->items[i].value, 1 - beta,
                  beta);
            return;
        }
    const msp_said_number *last = &c->items[c->n - 1];
    if (msp_was_said(d->power.at) && last->value < beta - 1e-12)
        DOUBT(ID, last->at, "end with beta, 1 - power",
              "the last look spends what is left: %g by then, not %g", beta, last->value);
}

static void check_cumulative(const msp_planned_design *d, const msp_planned_boundary *b,
                             bool efficacy, msp_findings *findings)
{
    const msp_said_numbers *c = &b->cumulative;
    if (c->n == 0)
        return;
    if (c->n != d->looks.information.n)
        FAULT(ID, c->at, "say one value a look, from the first on", "%zu values for %zu looks",
              c->n, d->looks.information.n);
    for (size_t i = 1; i < c->n; i++)
        if (c->items[i].value < c->items[i - 1].value)
            FAULT(ID, c->items[i].at, "what is spent stays spent", "the values do not increase");
    if (efficacy)
        check_all_spent(d, &c->items[c->n - 1], findings);
    else
        check_beta_left(d, c, findings);
}

static void check_boundary(const msp_planned_design *d, const msp_planned_boundary *b,
                           bool efficacy, msp_findings *findings)
{
    if (!msp_was_said(b->at))
        return;
    const int ways =
        msp_was_said(b->boundary.at) + msp_was_said(b->spending.at) + msp_was_said(b->z.at);
    if (ways != 1)
        FAULT(ID, b->at,
              efficacy ? "say \"boundary:\" or \"spending:\"" : "say \"spending:\" or \"z:\"",
              "a boundary is made in one way, and %s", ways == 0 ? "none is said" : "two are said");
    const bool tsiatis =
        msp_was_said(b->boundary.at) && b->boundary.value == MSP_PLANNED_BOUNDARY_WANG_TSIATIS;
    const int spending = msp_was_said(b->spending.at) ? b->spending.value : -1;
    check_parameter(tsiatis, &b->delta.at, b->at, "delta", "wang-tsiatis", findings);
    check_parameter(spending == MSP_PLANNED_SPENDING_KIM_DEMETS, &b->rho.at, b->at, "rho",
                    "kim-demets", findings);
    check_parameter(spending == MSP_PLANNED_SPENDING_HWANG_SHIH_DECANI, &b->gamma.at, b->at,
                    "gamma", "hwang-shih-decani", findings);
    check_parameter(spending == MSP_PLANNED_SPENDING_USER, &b->cumulative.at, b->at, "cumulative",
                    "user", findings);
    check_cumulative(d, b, efficacy, findings);
}

static void check_looks(const msp_planned_design *d, msp_findings *findings)
{
    const msp_planned_looks *l = &d->looks;
    const msp_said_numbers *t = &l->information;
    if (!msp_was_said(l->at))
        return;
    if (msp_was_said(t->at) && t->n == 0)
        FAULT(ID, t->at, "end with the last look: [1]", "there is no look in the list");
    for (size_t i = 1; i < t->n; i++)
        if (t->items[i].value <= t->items[i - 1].value)
            FAULT(ID, t->items[i].at, "write the looks in the order of time",
                  "a look at %g of the events does not come after the one at %g", t->items[i].value,
                  t->items[i - 1].value);
    if (t->n > 0 && t->items[t->n - 1].value < 1 && !near(t->items[t->n - 1].value, 1))
        FAULT(ID, t->items[t->n - 1].at, "add the last look: 1",
              "the last look is at %g of the events, not at all of them", t->items[t->n - 1].value);
    if (t->n > 1 && !msp_was_said(l->efficacy.at) && !msp_was_said(l->futility.at))
        DOUBT(ID, l->at, "add \"efficacy:\" or \"futility:\", or leave the looks out",
              "%zu looks and no boundary: nothing stops before the last", t->n);
    check_boundary(d, &l->efficacy, true, findings);
    check_boundary(d, &l->futility, false, findings);
    const msp_said_numbers *z = &l->futility.z;
    if (msp_was_said(z->at) && t->n > 0 && z->n + 1 != t->n)
        FAULT(ID, z->at, "say one value for each look but the last",
              "%zu futility values for %zu looks", z->n, t->n);
    for (size_t i = 1; i < z->n; i++)
        if (z->items[i].value < z->items[i - 1].value)
            DOUBT(ID, z->items[i].at, "let them rise towards the last look's boundary",
                  "a futility boundary of %g after one of %g: what stopped the trial earlier no "
                  "longer does",
                  z->items[i].value, z->items[i - 1].value);
}

/* -- two arms -- */

static void check_allocation(const msp_protocol *p, msp_findings *findings)
{
    const msp_said_numbers *a = &p->design.allocation;
    if (!msp_was_said(a->at) || a->n != 2 || p->arms.n != 2)
        return;
    const msp_arm *experimental = &p->arms.items[0], *control = &p->arms.items[1];
    for (size_t i = 0; i < p->analyses.n; i++)
        if (p->analyses.items[i].comparisons.n > 0) {
            const msp_comparison *c = &p->analyses.items[i].comparisons.items[0];
            const msp_arm *e = msp_protocol_arm(p, c->experimental.text);
            const msp_arm *f = msp_protocol_arm(p, c->control.text);
            experimental = e != NULL ? e : experimental;
            control = f != NULL ? f : control;
            break;
        }
    const double here = a->items[0].value * control->allocation.value;
    const double there = a->items[1].value * experimental->allocation.value;
    if (fabs(here - there) > 1e-9 * fabs(there))
        FAULT(ID, a->at, "make the two agree, or leave this one out",
              "%g to %g here, but the arms \"%s\" and \"%s\" are allocated %g to %g",
              a->items[0].value, a->items[1].value, experimental->id, control->id,
              experimental->allocation.value, control->allocation.value);
}

/* A test that needs a time, arms or a subgroup that a choice is about. */
static void check_choices(const msp_planned_scenario *s, msp_findings *findings)
{
    const int kind = s->test.kind.value;
    const bool timed = kind == MSP_PLANNED_TEST_MODESTLY_WEIGHTED ||
                       kind == MSP_PLANNED_TEST_RESTRICTED_MEAN ||
                       kind == MSP_PLANNED_TEST_MILESTONE;
    size_t in_subgroup = 0;
    for (size_t i = 0; i < s->strata.n; i++)
        in_subgroup += s->strata.items[i].subgroup.value;
    check_parameter(timed, &s->test.time.at, s->test.at, "time", "a test at a time", findings);
    if (kind > MSP_PLANNED_TEST_LOGRANK && (s->test.rho.value > 0 || s->test.gamma.value > 0))
        FAULT(ID, s->test.at, "leave rho and gamma out, or kind",
              "rho and gamma weigh the log-rank test, and another is asked for");
    if (in_subgroup > 0 && in_subgroup == s->strata.n)
        FAULT(ID, s->strata.at, "leave a stratum out of it", "the subgroup is everyone");
    if (in_subgroup > 0 && s->arms.n > 0)
        FAULT(ID, s->arms.at, "keep one of the two", "further arms, and a subgroup to choose");
    if (msp_was_said(s->choose.at) && s->arms.n == 0 && in_subgroup == 0)
        FAULT(ID, s->choose.at, "add \"arms:\", or strata of a subgroup",
              "there is nothing to choose from");
    if (s->multiplicity.value == MSP_PLANNED_INTERSECTION_DUNNETT && s->arms.n == 0)
        FAULT(ID, s->multiplicity.at, "add \"arms:\"", "Dunnett's law is about several arms");
}

static void check_when(const msp_planned_design *d, const msp_planned_when *w,
                       msp_findings *findings)
{
    const size_t n = msp_was_said(d->looks.at) ? d->looks.information.n : 1;
    if (!msp_was_said(w->at) || w->months.n == 0)
        return;
    if (w->months.n != n)
        FAULT(ID, w->months.at, "say one month a look", "%zu months for %zu looks", w->months.n, n);
    for (size_t i = 1; i < w->months.n; i++)
        if (w->months.items[i].value <= w->months.items[i - 1].value)
            FAULT(ID, w->months.items[i].at, "write them in the order of time",
                  "a look in month %g does not come after the one in month %g",
                  w->months.items[i].value, w->months.items[i - 1].value);
}

static void check_scenario(const msp_planned_design *d, const msp_planned_scenario *s,
                           msp_findings *findings)
{
    double shares = 0;
    for (size_t i = 0; i < s->strata.n; i++)
        shares += s->strata.items[i].share.value;
    if (s->strata.n > 0 && !near(shares, 1))
        FAULT(ID, s->strata.at, "give each stratum its share of all patients",
              "the shares of the strata add up to %g, not to 1", shares);
    if (s->test.stratified.value && s->strata.n == 0)
        FAULT(ID, s->test.stratified.at, "add \"strata:\" to the scenario",
              "a stratified test, and no strata");
    check_curve(&s->control, findings);
    check_accrual(&s->accrual, findings);
    check_steps(&s->hazard_ratio, "ratio", findings);
    check_when(d, &s->looks, findings);
    check_choices(s, findings);
}

static void check_group_sequential(const msp_protocol *p, msp_findings *findings)
{
    const msp_planned_design *d = &p->design;
    if (!msp_was_said(d->control.at))
        FAULT(ID, d->at, "add \"control: {median: ...}\"",
              "survival in the control arm is not said");
    check_curve(&d->control, findings);
    check_accrual(&d->accrual, findings);
    check_steps(&d->hazard_ratio, "ratio", findings);
    check_size(d, findings);
    check_looks(d, findings);
    const double ratio = d->hazard_ratio.n == 1 ? d->hazard_ratio.items[0].value.value : 0;
    if ((near(ratio, 1) || ratio > 1) && msp_was_said(d->power.at))
        FAULT(ID, d->hazard_ratio.at,
              "it is experimental to control, below 1 for benefit; or say \"events:\" and "
              "\"max_sample_size:\" instead of power",
              "no number of events has a power of %g against a ratio of %g", d->power.value, ratio);
    for (size_t i = 0; i < d->scenarios.n; i++)
        check_scenario(d, &d->scenarios.items[i], findings);
}

/* -- one arm, proportions -- */

static void check_response_rates(const msp_planned_design *d, msp_findings *findings)
{
    if (d->p0.value >= d->p1.value)
        FAULT(ID, d->p1.at, "p1 is the rate of interest, p0 the one of no interest",
              "p1 (%g) is not above p0 (%g)", d->p1.value, d->p0.value);
}

static void check_one_sample(const msp_planned_design *d, msp_findings *findings)
{
    check_accrual(&d->accrual, findings);
    const double h0 = -log(d->null.rate.value) / d->null.time.value;
    const double h1 = -log(d->alternative.rate.value) / d->alternative.time.value;
    if (h1 >= h0)
        FAULT(ID, d->alternative.at, "the alternative is the better of the two",
              "the alternative is no better than the null");
}

static void check_median(const msp_planned_design *d, msp_findings *findings)
{
    check_accrual(&d->accrual, findings);
    if (d->median.value <= d->null_median.value)
        FAULT(ID, d->median.at, "the alternative is the better of the two",
              "a median of %g months is no longer than %g", d->median.value, d->null_median.value);
}

static void check_proportions(const msp_planned_design *d, msp_findings *findings)
{
    if (near(d->p1.value, d->p2.value))
        FAULT(ID, d->p2.at, "say the difference that matters", "the two proportions are the same");
}

void msp__check_design(const msp_protocol *p, msp_findings *findings)
{
    const msp_planned_design *d = &p->design;
    const int kind = d->kind.value;
    if (!msp_was_said(d->at) || kind < 0)
        return;
    check_power(d, findings);
    if (kind == MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL)
        check_group_sequential(p, findings);
    else if (kind == MSP_PLANNED_DESIGN_SIMON || kind == MSP_PLANNED_DESIGN_SINGLE_STAGE)
        check_response_rates(d, findings);
    else if (kind == MSP_PLANNED_DESIGN_ONE_SAMPLE_LOGRANK)
        check_one_sample(d, findings);
    else if (kind == MSP_PLANNED_DESIGN_MEDIAN)
        check_median(d, findings);
    else if (kind == MSP_PLANNED_DESIGN_PROPORTIONS)
        check_proportions(d, findings);
    check_allocation(p, findings);
    if (p->arms.n == 1 &&
        (kind == MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL || kind == MSP_PLANNED_DESIGN_PROPORTIONS ||
         kind == MSP_PLANNED_DESIGN_MEANS))
        FAULT(ID, said_or(d->kind.at, d->at), "choose a design of one arm, such as simon",
              "this design compares two arms, and the trial has one");
}
