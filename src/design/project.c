/* project.c - a running trial, carried on at the pace seen so far. */
#include "mspike/design/project.h"

#include <math.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/root.h"

static const double never = NAN;
static const double horizon = 1e6; /* months */

/* -- the plan at another pace -- */

typedef struct paced {
    msp_two_arms trial;
    const msp_two_arms *plan;
    double *hazard[2], *rate; /* of `trial` */
    double month, target;
} paced;

static double *copy(const msp_steps *steps, double factor, msp_arena *arena)
{
    double *out = msp_arena_array(arena, steps->n, sizeof *out);
    for (size_t i = 0; out != NULL && i < steps->n; i++)
        out[i] = factor * steps->rate[i];
    return out;
}

static msp_status start(paced *p, const msp_two_arms *plan, double month, msp_arena *arena,
                        msp_error *err)
{
    *p = (paced){.trial = *plan, .plan = plan, .month = month};
    p->rate = copy(&plan->enrolment.rate, 1, arena);
    p->trial.enrolment.rate.rate = p->rate;
    for (int g = 0; g < 2; g++) {
        p->hazard[g] = copy(&plan->arm[g].hazard, 1, arena);
        p->trial.arm[g].hazard.rate = p->hazard[g];
    }
    return p->rate != NULL && p->hazard[0] != NULL && p->hazard[1] != NULL
               ? MSP_OK
               : msp_fail(err, MSP_EMEM, "no memory for a projection");
}

static void set_hazards(const paced *p, double factor)
{
    for (int g = 0; g < 2; g++)
        for (size_t i = 0; i < p->plan->arm[g].hazard.n; i++)
            p->hazard[g][i] = factor * p->plan->arm[g].hazard.rate[i];
}

static double events_beyond(double log_factor, const void *context)
{
    const paced *p = context;
    set_hazards(p, exp(log_factor));
    return msp_events_by(&p->trial, p->month) - p->target;
}

static double patients_beyond(double time, const void *context)
{
    const paced *p = context;
    return msp_enrolled(&p->trial.enrolment, time) - p->target;
}

/* -- enrolment, then hazards -- */

static msp_status set_enrolment(paced *p, const msp_trial_so_far *s, double planned,
                                msp_projection *out, msp_error *err)
{
    msp_intake *in = &p->trial.enrolment;
    const double scale = planned / msp_enrolled(in, in->duration);
    const double expected = scale * msp_enrolled(in, s->month);
    out->enrolled = isnan(s->enrolled) ? expected : s->enrolled;
    out->enrolment_factor = out->enrolled / expected;
    if (!(expected > 0 && out->enrolled > s->events))
        return msp_fail(err, MSP_ERANGE, "%g events in %g patients by month %g", s->events,
                        out->enrolled, s->month);
    for (size_t i = 0; i < in->rate.n; i++)
        p->rate[i] *= scale * out->enrolment_factor;
    if (s->month < in->duration) {
        in->duration = horizon;
        p->target = planned;
        in->duration =
            patients_beyond(horizon, p) < 0 ? never : msp_root(patients_beyond, p, 0, horizon);
        if (in->duration < s->month) /* more came than were planned: no more do */
            in->duration = s->month;
    }
    out->last_patient = in->duration;
    if (isnan(in->duration))
        return msp_fail(err, MSP_ERANGE, "at this pace %g patients never come", planned);
    out->sample_size = msp_enrolled(in, in->duration);
    return MSP_OK;
}

static msp_status set_pace(paced *p, const msp_trial_so_far *s, msp_projection *out, msp_error *err)
{
    const double reach = log(1e6);
    p->target = s->events;
    if (events_beyond(-reach, p) > 0 || events_beyond(reach, p) < 0)
        return msp_fail(err, MSP_ERANGE, "no hazards lead to %g events in %g patients by month %g",
                        s->events, out->enrolled, s->month);
    const double log_factor = msp_root(events_beyond, p, -reach, reach);
    set_hazards(p, exp(log_factor));
    out->hazard_factor = exp(log_factor);
    return MSP_OK;
}

/* -- the looks -- */

static void find_look(const paced *p, const msp_trial_so_far *s, size_t k, msp_projection *out)
{
    const double more = out->events[k] - s->events;
    out->reached[k] = more <= 0;
    out->time[k] = out->lower[k] = out->upper[k] = s->month;
    if (out->reached[k])
        return;
    out->time[k] = msp_time_of_events(&p->trial, out->events[k]);
    out->lower[k] =
        msp_time_of_events(&p->trial, s->events + msp_dist_chisq_quantile(0.025, 2 * more) / 2);
    out->upper[k] =
        msp_time_of_events(&p->trial, s->events + msp_dist_chisq_quantile(0.975, 2 * more) / 2);
}

msp_status msp_project(const msp_survival_plan *plan, const msp_survival_design *design,
                       const msp_trial_so_far *so_far, msp_arena *arena, msp_projection *out,
                       msp_error *err)
{
    *out = (msp_projection){.n = design->boundaries.n};
    if (!plan->has_enrolment || isnan(design->sample_size))
        return msp_fail(err, MSP_ERANGE, "the plan does not say how patients come in");
    if (!(so_far->month > 0 && so_far->month < horizon && so_far->events > 0))
        return msp_fail(err, MSP_ERANGE, "%g events by month %g; expected both above 0",
                        so_far->events, so_far->month);
    paced p;
    msp_status rc = start(&p, &plan->trial, so_far->month, arena, err);
    if (rc == MSP_OK)
        rc = set_enrolment(&p, so_far, design->sample_size, out, err);
    if (rc == MSP_OK)
        rc = set_pace(&p, so_far, out, err);
    for (size_t k = 0; rc == MSP_OK && k < out->n; k++) {
        out->events[k] =
            round(design->boundaries.information[k] * msp_planned_events(plan, design));
        find_look(&p, so_far, k, out);
    }
    return rc;
}
