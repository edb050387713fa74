#include "mspike/design/survival.h"

#include <math.h>
#include <stdlib.h>

#include "mspike/stats/root.h"
#include "size.h"

static const double nowhere = NAN;
static const double shortest = 1e-6;   /* months of accrual, and of life */
static const double few_events = 0.01; /* a patient: more likely a slip than a plan */

double msp_effect_per_event(const msp_survival_plan *p, double time)
{
    const double theta = p->hazard_ratio, r = p->share / (1 - p->share);
    if (p->formula == MSP_EFFECT_LAKATOS)
        return msp_lakatos_effect(&p->trial, time);
    if (p->formula == MSP_EFFECT_FREEDMAN)
        return sqrt(r) * (1 - theta) / (1 + r * theta);
    return sqrt(p->share * (1 - p->share)) * -log(theta);
}

double msp_ratio_at(double z, double events, double share)
{
    return exp(-z / sqrt(events * share * (1 - share)));
}

/* -- when, and with how many -- */

static bool time_is_known(const msp_survival_plan *p)
{
    return p->has_enrolment && !isnan(p->follow_up) && isnan(p->sample_size) && !p->rates_are_known;
}

/* Copies the steps of enrolment, multiplied, so that n patients come in. */
static void enrol(msp_two_arms *t, double n, double *rates)
{
    const double factor = n / msp_enrolled(&t->enrolment, t->enrolment.duration);
    for (size_t i = 0; i < t->enrolment.rate.n; i++)
        rates[i] = factor * t->enrolment.rate.rate[i];
    t->enrolment.rate.rate = rates;
}

typedef struct search {
    const msp_survival_plan *plan;
    const msp_two_arms *trial;
    double drift;
} search;

/* What the log-rank test expects of the trial at `time`, against what it needs. */
static double drift_excess(double time, const void *context)
{
    const search *s = context;
    const double events = msp_events_by(s->trial, time);
    return events > 0 ? msp_effect_per_event(s->plan, time) * sqrt(events) - s->drift : -s->drift;
}

/* With the number of patients known: when the drift is reached. An effect that fades may reach it
 * and lose it again; the first time counts. */
static double time_of_drift(const msp_survival_plan *p, const msp_two_arms *t, double drift)
{
    const search s = {p, t, drift};
    double early = 0, late = t->enrolment.duration / 64;
    while (late < 1e6 && drift_excess(late, &s) < 0) {
        early = late;
        late *= 1.25;
    }
    return drift_excess(late, &s) >= 0 ? msp_root(drift_excess, &s, early, late) : nowhere;
}

static msp_status never(const msp_survival_plan *p, const msp_two_arms *t, double events,
                        msp_error *err)
{
    const double n = msp_enrolled(&t->enrolment, t->enrolment.duration);
    msp_fail(err, MSP_ERANGE,
             "%.6g patients have no more than %.6g events, however long they are "
             "followed; the plan needs %.6g",
             n, msp_events_by(t, 1e6), events);
    return msp_hint(err, MSP_ERANGE,
                    p->rates_are_known ? "lengthen the accrual" : "raise max_sample_size");
}

/* -- the size -- */

/* The drift of a plan whose events are given, at the time they are reached. */
static msp_status drift_of_events(const msp_survival_plan *p, const msp_two_arms *t, double *drift,
                                  msp_error *err)
{
    double time = nowhere;
    if (p->formula == MSP_EFFECT_LAKATOS)
        time = time_is_known(p) ? t->enrolment.duration + p->follow_up
                                : msp_time_of_events(t, p->events);
    if (p->formula == MSP_EFFECT_LAKATOS && isnan(time))
        return never(p, t, p->events, err);
    *drift = msp_effect_per_event(p, time) * sqrt(p->events);
    return MSP_OK;
}

static msp_status events_of_power(const msp_survival_plan *p, const msp_two_arms *t,
                                  msp_survival_design *out, msp_error *err)
{
    const double drift = out->boundaries.drift;
    double time = nowhere;
    if (p->formula == MSP_EFFECT_LAKATOS)
        time = time_is_known(p) ? t->enrolment.duration + p->follow_up : time_of_drift(p, t, drift);
    if (p->formula == MSP_EFFECT_LAKATOS && isnan(time))
        return msp_fail(err, MSP_ERANGE,
                        "this power is not reached, however long the patients are followed");
    const double effect = msp_effect_per_event(p, time);
    if (!(effect > 0))
        return msp_fail(err, MSP_ERANGE,
                        "the experimental arm does no better: no number of events has this power");
    out->events = drift * drift / (effect * effect);
    return MSP_OK;
}

static msp_status find_size(const msp_survival_plan *p, msp_two_arms *t, double *rates,
                            msp_survival_design *out, msp_error *err)
{
    if (time_is_known(p)) {
        out->study_duration = t->enrolment.duration + p->follow_up;
        const double one = msp_events_by(t, out->study_duration) /
                           msp_enrolled(&t->enrolment, t->enrolment.duration);
        out->sample_size = out->events / one;
        const msp_status rc = design_check_size(out->sample_size, nowhere, err);
        if (rc != MSP_OK)
            return rc;
        enrol(t, out->sample_size, rates);
    } else {
        out->sample_size = msp_enrolled(&t->enrolment, t->enrolment.duration);
        out->study_duration = msp_time_of_events(t, out->events);
        if (isnan(out->study_duration))
            return never(p, t, out->events, err);
    }
    out->follow_up = out->study_duration - t->enrolment.duration;
    return MSP_OK;
}

/* -- the calendar -- */

static double expected(const msp_boundaries *b, const double *lower, const double *upper,
                       const double *value)
{
    double going = 1, sum = 0;
    for (size_t k = 0; k + 1 < b->n; k++) {
        const double stops = lower[k] + upper[k];
        sum += value[k] * stops;
        going -= stops;
    }
    return sum + value[b->n - 1] * going;
}

static void find_calendar(const msp_two_arms *t, msp_survival_design *out)
{
    const msp_boundaries *b = &out->boundaries;
    msp_two_arms null = *t;
    double null_time[MSP_LOOKS_MAX];
    null.arm[0].hazard = t->arm[1].hazard;
    for (size_t k = 0; k < b->n; k++) {
        const bool last = k + 1 == b->n;
        out->look_time[k] = last ? out->study_duration : msp_time_of_events(t, out->look_events[k]);
        out->look_enrolled[k] = msp_enrolled(&t->enrolment, out->look_time[k]);
        null_time[k] = msp_time_of_events(&null, out->look_events[k]);
    }
    out->duration_h1 = expected(b, b->lower_h1, b->upper_h1, out->look_time);
    out->enrolled_h1 = expected(b, b->lower_h1, b->upper_h1, out->look_enrolled);
    out->duration_h0 = expected(b, b->lower_h0, b->upper_h0, null_time);
}

static void describe(const msp_survival_plan *p, msp_survival_design *out)
{
    const msp_boundaries *b = &out->boundaries;
    for (size_t k = 0; k < b->n; k++) {
        out->look_events[k] = b->information[k] * out->events;
        out->upper_ratio[k] = msp_ratio_at(b->upper[k], out->look_events[k], p->share);
        out->lower_ratio[k] = msp_ratio_at(b->lower[k], out->look_events[k], p->share);
        out->look_time[k] = out->look_enrolled[k] = nowhere;
    }
    out->events_h0 = b->expected_h0 * out->events;
    out->events_h1 = b->expected_h1 * out->events;
}

/* -- all of it -- */

/* What is allowed and seldom meant, the worst first. */
static const char *caution_of(const msp_survival_plan *p, const msp_survival_design *d)
{
    const msp_boundaries *b = &d->boundaries;
    for (size_t k = 0; k + 1 < b->n; k++)
        if (p->looks.sided == 1 && b->lower[k] > b->upper[b->n - 1])
            return "a futility boundary lies above the last look's boundary: trials stop there "
                   "that could have claimed";
    if (d->events < few_events * d->sample_size)
        return "fewer than one patient in 100 is seen to have the event: look at the hazards, the "
               "dropout and follow_up";
    if (p->formula == MSP_EFFECT_LAKATOS && isnan(p->hazard_ratio) && p->looks.n > 1)
        return "interim looks are taken to have the effect that the last look has; where hazards "
               "are not proportional, simulate";
    return design_few_events(d->events);
}

/* Months and hazards with which the events of a month can be worked out at all. */
static msp_status check_course(const msp_two_arms *t, msp_error *err)
{
    const double duration = t->enrolment.duration;
    if (!(duration >= shortest && duration <= 1 / shortest))
        return msp_fail(err, MSP_ERANGE, "an accrual of %g months; expected %g to %.0f", duration,
                        shortest, 1 / shortest);
    for (int arm = 0; arm < 2; arm++)
        for (size_t i = 0; i < t->arm[arm].hazard.n; i++)
            if (t->arm[arm].hazard.rate[i] > 1 / shortest)
                return msp_fail(err, MSP_ERANGE, "a hazard of %g a month; expected at most %.0f",
                                t->arm[arm].hazard.rate[i], 1 / shortest);
    return MSP_OK;
}

static msp_status check(const msp_survival_plan *p, msp_error *err)
{
    if (p->formula != MSP_EFFECT_LAKATOS && !(p->hazard_ratio > 0)) {
        msp_fail(err, MSP_EUNSUPPORTED,
                 "this formula needs one hazard ratio; here it changes in time");
        return msp_hint(err, MSP_EUNSUPPORTED, "formula: lakatos");
    }
    if (isnan(p->power) == isnan(p->events))
        return msp_fail(err, MSP_ERANGE,
                        "a plan has a power or a number of events, one of the two");
    if (!(p->share > 0 && p->share < 1))
        return msp_fail(err, MSP_ERANGE, "the experimental arm's share of the patients is %g",
                        p->share);
    return p->has_enrolment ? check_course(&p->trial, err) : MSP_OK;
}

/* NULL where a calendar follows. */
static const char *why_no_calendar(const msp_survival_plan *p)
{
    if (!p->has_enrolment)
        return "no calendar: the protocol does not say how patients come in";
    if (!p->rates_are_known && isnan(p->sample_size) && isnan(p->follow_up))
        return "no sample size and no calendar: neither follow_up nor max_sample_size is said";
    return NULL;
}

static msp_status find(const msp_survival_plan *p, msp_two_arms *t, double *rates,
                       msp_survival_design *out, msp_error *err)
{
    double drift = 0;
    msp_status rc = isnan(p->events) ? MSP_OK : drift_of_events(p, t, &drift, err);
    if (rc == MSP_OK && isnan(p->events))
        rc = msp_boundaries_for_power(&p->looks, p->power, &out->boundaries, err);
    else if (rc == MSP_OK)
        rc = msp_boundaries_for_drift(&p->looks, drift, &out->boundaries, err);
    if (rc == MSP_OK && isnan(p->events))
        rc = events_of_power(p, t, out, err);
    else
        out->events = p->events;
    if (rc == MSP_OK && out->note == NULL)
        rc = find_size(p, t, rates, out, err);
    if (rc != MSP_OK)
        return rc;
    describe(p, out);
    if (out->note == NULL)
        find_calendar(t, out);
    out->caution = caution_of(p, out);
    return MSP_OK;
}

msp_status msp_survival_design_find(const msp_survival_plan *p, msp_survival_design *out,
                                    msp_error *err)
{
    *out = (msp_survival_design){.note = why_no_calendar(p),
                                 .sample_size = p->sample_size,
                                 .follow_up = nowhere,
                                 .study_duration = nowhere,
                                 .duration_h0 = nowhere,
                                 .duration_h1 = nowhere,
                                 .enrolled_h1 = nowhere};
    const msp_status rc = check(p, err);
    if (rc != MSP_OK)
        return rc;
    if (p->formula == MSP_EFFECT_LAKATOS && out->note != NULL)
        return msp_fail(err, MSP_ERANGE,
                        "Lakatos's formula needs the calendar: say how patients come in, and "
                        "follow_up or max_sample_size");
    msp_two_arms trial = p->trial;
    double *rates = NULL;
    if (p->has_enrolment) {
        rates = malloc(trial.enrolment.rate.n * sizeof *rates);
        if (rates == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the rates of enrolment");
        if (!p->rates_are_known && !isnan(p->sample_size))
            enrol(&trial, p->sample_size, rates);
    }
    const msp_status found = find(p, &trial, rates, out, err);
    free(rates);
    return found;
}
