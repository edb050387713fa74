#include "mspike/design/events.h"

#include <math.h>

#include "mspike/stats/quadrature.h"

static const double far_away = 1e6; /* months */

/* (1 - e^-x) / x and (x - 1 + e^-x) / x^2, right for small x too. */
static double first_phi(double x)
{
    return x == 0 ? 1 : -expm1(-x) / x;
}

static double second_phi(double x)
{
    if (fabs(x) > 0.5)
        return (x + expm1(-x)) / (x * x);
    double term = 0.5, sum = 0.5;
    for (int k = 3; k < 20; k++)
        sum += term *= -x / k;
    return sum;
}

/* -- one patient -- */

/* After u months: P(event), its integral from 0 to u, and P(still followed without it). */
typedef struct state {
    double event, area, followed;
} state;

static state state_at(const msp_arm_course *c, double u)
{
    state s = {0, 0, 1};
    const msp_steps *h = &c->hazard;
    for (size_t i = 0; i < h->n && h->from[i] < u; i++) {
        const double end = i + 1 < h->n ? fmin(u, h->from[i + 1]) : u;
        const double d = end - h->from[i], leaving = (h->rate[i] + c->dropout) * d;
        const double happens = h->rate[i] * s.followed * d;
        s.area += s.event * d + happens * d * second_phi(leaving);
        s.event += happens * first_phi(leaving);
        s.followed *= exp(-leaving);
    }
    return s;
}

static double hazard_at(const msp_steps *h, double u)
{
    size_t i = h->n - 1;
    while (i > 0 && h->from[i] > u)
        i--;
    return h->rate[i];
}

/* -- all of them -- */

double msp_enrolled(const msp_intake *e, double time)
{
    const double end = fmin(time, e->duration);
    double n = 0;
    for (size_t i = 0; i < e->rate.n && e->rate.from[i] < end; i++) {
        const double until = i + 1 < e->rate.n ? fmin(end, e->rate.from[i + 1]) : end;
        n += e->rate.rate[i] * (until - e->rate.from[i]);
    }
    return n;
}

/* Those who come in from a to b at a constant rate have had time - b to time - a months. */
static double events_of_arm(const msp_arm_course *c, const msp_intake *e, double time)
{
    const double end = fmin(time, e->duration);
    double events = 0;
    for (size_t i = 0; i < e->rate.n && e->rate.from[i] < end; i++) {
        const double until = i + 1 < e->rate.n ? fmin(end, e->rate.from[i + 1]) : end;
        events += e->rate.rate[i] *
                  (state_at(c, time - e->rate.from[i]).area - state_at(c, time - until).area);
    }
    return c->share * events;
}

double msp_events_by(const msp_two_arms *t, double time)
{
    return events_of_arm(&t->arm[0], &t->enrolment, time) +
           events_of_arm(&t->arm[1], &t->enrolment, time);
}

typedef struct wanted {
    const msp_two_arms *trial;
    double events;
} wanted;

static double lacking(double time, const void *context)
{
    const wanted *w = context;
    return msp_events_by(w->trial, time) - w->events;
}

double msp_time_of_events(const msp_two_arms *t, double events)
{
    const wanted w = {t, events};
    double late = t->enrolment.duration;
    while (late < far_away && lacking(late, &w) < 0)
        late *= 2;
    return lacking(late, &w) >= 0 ? msp_root(lacking, &w, 0, late) : (double)NAN;
}

/* -- the log-rank test -- */

typedef struct moment {
    const msp_two_arms *trial;
    double time;
    bool variance;
} moment;

/* Of those who are u months in the trial at `time`. */
static double logrank_moment(double u, const void *context)
{
    const moment *m = context;
    const msp_arm_course *e = &m->trial->arm[0], *c = &m->trial->arm[1];
    const double at_risk_e = e->share * state_at(e, u).followed;
    const double at_risk_c = c->share * state_at(c, u).followed;
    const double h_e = hazard_at(&e->hazard, u), h_c = hazard_at(&c->hazard, u);
    const double die_e = at_risk_e * h_e, die_c = at_risk_c * h_c;
    const double in = msp_enrolled(&m->trial->enrolment, m->time - u);
    if (!(die_e + die_c > 0))
        return 0;
    const double expected = at_risk_e / (at_risk_e + at_risk_c);
    if (m->variance)
        return in * (die_e + die_c) * expected * (1 - expected);
    return in * (die_e + die_c) * (expected - die_e / (die_e + die_c));
}

static double next_break(const msp_two_arms *t, double time, double after)
{
    double next = time;
    for (int g = 0; g < 2; g++)
        for (size_t i = 0; i < t->arm[g].hazard.n; i++)
            if (t->arm[g].hazard.from[i] > after)
                next = fmin(next, t->arm[g].hazard.from[i]);
    for (size_t i = 0; i < t->enrolment.rate.n; i++)
        if (time - t->enrolment.rate.from[i] > after)
            next = fmin(next, time - t->enrolment.rate.from[i]);
    return time - t->enrolment.duration > after ? fmin(next, time - t->enrolment.duration) : next;
}

/* Between two breaks everything is smooth. */
static double integral(const msp_two_arms *t, double time, bool variance)
{
    const moment m = {t, time, variance};
    double sum = 0;
    for (double from = 0; from < time;) {
        const double to = next_break(t, time, from);
        sum += msp_integrate(logrank_moment, &m, from, to, 8);
        from = to;
    }
    return sum;
}

double msp_lakatos_effect(const msp_two_arms *t, double time)
{
    return integral(t, time, false) / sqrt(integral(t, time, true) * msp_events_by(t, time));
}
