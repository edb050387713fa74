/* check_moves.c - how estimates move from look to look, and from the whole to a part. */
#include <math.h>

#include "check_internal.h"

/* A later look holds the earlier one's events, so that the difference of the estimates has the
 * difference of their variances. */
#define LATER_LOOK_Z 1.64
/* A subgroup against the whole that it is part of, likewise. */
#define SUBGROUP_Z 2.58
/* The median of an arm at two looks, and a percentage likewise: the one over the other. */
#define LOOKS_APART 1.5

static bool estimate_of(const subject *s, const msp_evidence_result *r, double *estimate,
                        double *se)
{
    const msp_printed_effect e = msp_evidence_effect_of(s->t, r);
    msp_readings readings;
    msp_printed_read(&e, &readings);
    if (readings.n == 0 || isnan(readings.log_estimate) || r->effect.compare.n > 0)
        return false;
    *estimate = readings.log_estimate;
    *se = readings.reading[0].se.middle;
    return true;
}

/* The difference of nested estimates over its standard error; NaN where the smaller set is not
 * the less certain one. */
static double nested_z(double inner, double se_inner, double outer, double se_outer)
{
    const double variance = se_inner * se_inner - se_outer * se_outer;
    return variance > 0 ? (inner - outer) / sqrt(variance) : (double)NAN;
}

void msp__evidence_compare_looks(const subject *s, const msp_evidence_result *later)
{
    double a, se_a, b, se_b;
    const double x = msp_evidence_follow_up(s->r), y = msp_evidence_follow_up(later);
    if (!(x < y) || !same_name(s->r->population.text, later->population.text) ||
        !same_name(s->r->endpoint.text, later->endpoint.text) || !estimate_of(s, s->r, &a, &se_a) ||
        !estimate_of(s, later, &b, &se_b))
        return;
    const double z = nested_z(a, se_a, b, se_b);
    if (fabs(z) > LATER_LOOK_Z || (a * b < 0 && fabs(a - b) > 0.3))
        SAY(s, WARNING, "evidence-cut-off", s->r->effect.estimate.at, "name the cut-off with it",
            "%s at %g months became %s at %g (%s): more than later events explain (z = %.1f)",
            s->r->effect.estimate.text, x, later->effect.estimate.text, y, later->id, z);
}

/* What is printed of one arm at two looks; the earlier median may be of fewer events. */
void msp__evidence_compare_arms_of_looks(const subject *s, const msp_evidence_result *later)
{
    if (!(msp_evidence_follow_up(s->r) < msp_evidence_follow_up(later)) ||
        !same_name(s->r->population.text, later->population.text) ||
        !same_name(s->r->endpoint.text, later->endpoint.text) || msp_was_said(s->r->time.at) ||
        msp_was_said(later->time.at))
        return;
    for (size_t i = 0; i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        const msp_evidence_arm *b = msp_evidence_find_arm(later, a->id);
        const msp_printed x = msp_printed_parse(a->value.text);
        const msp_printed y = msp_printed_parse(b != NULL ? b->value.text : NULL);
        if (is_number(&x) && is_number(&y) && x.value > 0 && y.value > 0 &&
            fabs(log(x.value / y.value)) > log(LOOKS_APART))
            SAY(s, WARNING, "evidence-cut-off", a->value.at, NULL,
                "%s on %s at %g months of follow-up and %s at %g (%s)", a->value.text, a->id,
                msp_evidence_follow_up(s->r), b->value.text, msp_evidence_follow_up(later),
                later->id);
    }
}

void msp__evidence_compare_subgroup(const subject *s, const msp_evidence_result *whole)
{
    double a, se_a, b, se_b;
    const msp_evidence_population *p = msp_evidence_find_population(s->e, whole->population.text);
    const msp_evidence_population *own = msp_evidence_find_population(s->e, s->r->population.text);
    if (p == NULL || !p->all.value || own == NULL || own->all.value ||
        !same_name(s->r->endpoint.text, whole->endpoint.text) ||
        msp_evidence_follow_up(s->r) != msp_evidence_follow_up(whole) ||
        !estimate_of(s, s->r, &a, &se_a) || !estimate_of(s, whole, &b, &se_b))
        return;
    const double z = nested_z(a, se_a, b, se_b);
    if (fabs(z) > SUBGROUP_Z)
        SAY(s, NOTE, "evidence-subgroup", s->r->effect.estimate.at, NULL,
            "%s in %s and %s in all patients (%s) are further apart than chance explains (z = "
            "%.1f)",
            s->r->effect.estimate.text, s->r->population.text, whole->effect.estimate.text,
            whole->id, z);
}
