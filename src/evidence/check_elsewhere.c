/* check_elsewhere.c - what a regimen does in a part of its trial, and in other trials. */
#include <math.h>

#include "check_internal.h"

/* A median against that of all patients of the trial: one over the other. 0.46 to 2.12 in the
 * myeloma trials. */
#define PART_APART 2.5
/* Beyond the medians of other trials of the regimen by so much: 1.53 for the two that have only one
 * other, else 1.22. */
#define ONE_OTHER   2.5
#define MORE_OTHERS 1.6
/* And percentages of responders, in points. */
#define POINTS_APART 20.0

/* The values of one regimen in other trials, of the same endpoint and population. */
typedef struct others {
    double low, high;
    size_t trials;
} others;

static bool is_median(const subject *s)
{
    return msp__evidence_kind(s) == MSP_EVIDENCE_TIME && !msp_was_said(s->r->time.at);
}

static bool is_response(const subject *s)
{
    const msp_evidence_endpoint *p = msp_evidence_find_endpoint(s->e, s->r->endpoint.text);
    return p != NULL && p->kind.value == MSP_EVIDENCE_RATE && !p->harm.value;
}

static void gather(const subject *s, const msp_evidence_trial *t, const char *arm, others *o)
{
    bool here = false;
    for (size_t i = 0; i < t->results.n; i++) {
        const msp_evidence_result *r = &t->results.items[i];
        const msp_evidence_arm *a = msp_evidence_find_arm(r, arm);
        const msp_printed x = msp_printed_parse(a != NULL ? a->value.text : NULL);
        if (!is_number(&x) || msp_was_said(r->time.at) || msp_was_said(r->share_of.at) ||
            !same_name(r->endpoint.text, s->r->endpoint.text) ||
            !same_name(r->population.text, s->r->population.text))
            continue;
        o->low = fmin(o->low, x.value);
        o->high = fmax(o->high, x.value);
        here = true;
    }
    o->trials += here;
}

static void check_others(const subject *s, const msp_evidence_arm *a, const msp_printed *x)
{
    others o = {HUGE_VAL, 0, 0};
    for (size_t i = 0; i < s->e->trials.n; i++)
        if (&s->e->trials.items[i] != s->t)
            gather(s, &s->e->trials.items[i], a->id, &o);
    const double factor = o.trials > 1 ? MORE_OTHERS : ONE_OTHER;
    const double points = o.trials > 1 ? POINTS_APART : 100;
    const bool apart = is_median(s) ? x->value > factor * o.high || x->value * factor < o.low
                                    : x->value > o.high + points || x->value + points < o.low;
    if (o.trials > 0 && apart)
        SAY(s, NOTE, "evidence-elsewhere", a->value.at, "other patients, or a slip of the pen?",
            "%s on %s, in other trials %g to %g", a->value.text, a->id, o.low, o.high);
}

static void check_part(const subject *s, const msp_evidence_arm *a, const msp_printed *x)
{
    for (size_t i = 0; i < s->t->results.n; i++) {
        const msp_evidence_result *o = &s->t->results.items[i];
        const msp_evidence_population *p = msp_evidence_find_population(s->e, o->population.text);
        const msp_evidence_arm *b = msp_evidence_find_arm(o, a->id);
        const msp_printed y = msp_printed_parse(b != NULL ? b->value.text : NULL);
        if (p == NULL || !p->all.value || same_name(o->population.text, s->r->population.text) ||
            !same_name(o->endpoint.text, s->r->endpoint.text) || !is_number(&y) || y.value <= 0 ||
            msp_was_said(o->time.at) || fabs(log(x->value / y.value)) < log(PART_APART))
            continue;
        SAY(s, NOTE, "evidence-elsewhere", a->value.at, NULL,
            "%s on %s in this part of the trial, %s in all of it (%s on line %u)", a->value.text,
            a->id, b->value.text, o->id, (unsigned)b->value.at.line);
        return;
    }
}

void msp__evidence_check_elsewhere(const subject *s)
{
    if (msp_was_said(s->r->share_of.at) || (!is_median(s) && !is_response(s)))
        return;
    for (size_t i = 0; i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        const msp_printed x = msp_printed_parse(a->value.text);
        if (!is_number(&x) || x.value <= 0)
            continue;
        check_others(s, a, &x);
        if (is_median(s))
            check_part(s, a, &x);
    }
}
