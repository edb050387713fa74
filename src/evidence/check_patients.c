/* check_patients.c - patients of one trial counted in several places. */
#include <math.h>

#include "check_internal.h"

static bool is_harm(const msp_evidence *e, const msp_evidence_result *r)
{
    const msp_evidence_endpoint *p = msp_evidence_find_endpoint(e, r->endpoint.text);
    return p != NULL && p->harm.value;
}

static int64_t sum_of_arms(const msp_evidence_result *r)
{
    int64_t n = 0;
    for (size_t i = 0; i < r->arms.n; i++) {
        if (r->arms.items[i].n.value <= 0)
            return -1;
        n += r->arms.items[i].n.value;
    }
    return r->arms.n > 0 ? n : -1;
}

/* Safety sets leave out those who never started. */
void msp__evidence_compare_patients(const subject *s, const msp_evidence_result *o)
{
    const msp_evidence_population *p = msp_evidence_find_population(s->e, s->r->population.text);
    if (p != NULL && p->varies.value)
        return;
    if (msp_was_said(s->r->share_of.at) || msp_was_said(o->share_of.at) ||
        is_harm(s->e, s->r) != is_harm(s->e, o))
        return;
    const bool same = same_name(s->r->population.text, o->population.text);
    const bool within = !same && msp_evidence_is_within(s->e, s->r->population.text,
                                                        msp_evidence_population_of(s->e, s->t, o));
    for (size_t i = 0; i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        const msp_evidence_arm *b = msp_evidence_find_arm(o, a->id);
        if (b == NULL || a->n.value <= 0 || b->n.value <= 0)
            continue;
        if (same && a->n.value != b->n.value && s->r < o)
            SAY(s, WARNING, "evidence-patients", a->n.at, NULL,
                "%lld patients on %s here, %lld in %s on line %u", (long long)a->n.value, a->id,
                (long long)b->n.value, o->id, (unsigned)b->n.at.line);
        if (within && a->n.value > b->n.value)
            SAY(s, WARNING, "evidence-patients", a->n.at, NULL,
                "%lld patients on %s, but only %lld in %s, of whom they are a part",
                (long long)a->n.value, a->id, (long long)b->n.value, o->id);
    }
    if (same && s->t->arms.n == s->r->arms.n && msp_was_said(o->patients.at) &&
        sum_of_arms(s->r) > 0 && sum_of_arms(s->r) != o->patients.value)
        SAY(s, WARNING, "evidence-patients", s->r->arms.at, NULL,
            "the arms have %lld patients together, %s on line %u has %lld",
            (long long)sum_of_arms(s->r), o->id, (unsigned)o->patients.at.line,
            (long long)o->patients.value);
}

/* The arms of a part of the trial against those of the whole: randomisation divides both alike, so
 * that the part's first arm is hypergeometric. */
void msp__evidence_compare_allocation(const subject *s, const msp_evidence_result *whole)
{
    const double far = 3.29; /* one pair in a thousand */
    const msp_evidence_population *p = msp_evidence_find_population(s->e, whole->population.text);
    if (p == NULL || !p->all.value || s->t->design.value != MSP_EVIDENCE_RANDOMISED ||
        same_name(s->r->population.text, whole->population.text) || s->r->arms.n != 2 ||
        whole->arms.n != 2 || is_harm(s->e, whole))
        return;
    const msp_evidence_arm *a = &s->r->arms.items[0], *b = &s->r->arms.items[1];
    const msp_evidence_arm *of_a = msp_evidence_find_arm(whole, a->id);
    const msp_evidence_arm *of_b = msp_evidence_find_arm(whole, b->id);
    if (of_a == NULL || of_b == NULL || a->n.value <= 0 || b->n.value <= 0 || of_a->n.value <= 0 ||
        of_b->n.value <= 0)
        return;
    const double part = (double)a->n.value + (double)b->n.value;
    const double all = (double)of_a->n.value + (double)of_b->n.value;
    const double share = (double)of_a->n.value / all;
    const double variance = part * share * (1 - share) * (all - part) / (all - 1);
    if (part < all && fabs((double)a->n.value - part * share) > far * sqrt(variance))
        SAY(s, NOTE, "evidence-patients", a->n.at, NULL,
            "%lld patients on %s and %lld on %s, of %lld and %lld in %s: chance hardly divides "
            "them "
            "so",
            (long long)a->n.value, a->id, (long long)b->n.value, b->id, (long long)of_a->n.value,
            (long long)of_b->n.value, whole->id);
}

/* -- shares -- */

/* Patients of a population in an arm, as any other result has them; 0: none has. */
static int64_t patients_in(const msp_evidence_trial *t, const char *population, const char *arm,
                           const msp_evidence_result **by)
{
    for (size_t i = 0; i < t->results.n; i++) {
        const msp_evidence_result *o = &t->results.items[i];
        const msp_evidence_arm *a = msp_evidence_find_arm(o, arm);
        if (!msp_was_said(o->share_of.at) && same_name(o->population.text, population) &&
            a != NULL && a->n.value > 0) {
            *by = o;
            return a->n.value;
        }
    }
    return 0;
}

static void check_share_of_arm(const subject *s, const msp_evidence_arm *a)
{
    const msp_evidence_result *by = NULL, *of = NULL;
    const msp_printed share = msp_printed_parse(a->value.text);
    const int64_t part = patients_in(s->t, s->r->population.text, a->id, &by);
    const int64_t all = patients_in(s->t, s->r->share_of.text, a->id, &of);
    if (all > 0 && a->n.value > 0 && a->n.value != all)
        SAY(s, WARNING, "evidence-share", a->n.at, NULL,
            "%lld patients on %s here, %lld in %s on line %u", (long long)a->n.value, a->id,
            (long long)all, of->id, (unsigned)of->at.line);
    if (part == 0)
        return;
    if (a->count.value > 0 && a->count.value != part)
        SAY(s, WARNING, "evidence-share", a->count.at, NULL,
            "%lld patients on %s here, %lld in %s on line %u", (long long)a->count.value, a->id,
            (long long)part, by->id, (unsigned)by->at.line);
    const int64_t whole = a->n.value > 0 ? a->n.value : all;
    if (whole == 0 || !is_number(&share) || a->count.value > 0)
        return;
    const double found = 100 * (double)part / (double)whole;
    if (fabs(found - share.value) > share.half * (1 + 1e-9)) {
        char hint[128];
        snprintf(hint, sizeof hint, "%s %% would be %lld of %.0f: a share of other patients",
                 a->value.text, (long long)part, 100 * (double)part / share.value);
        SAY(s, WARNING, "evidence-share", a->value.at, hint,
            "%s %% on %s, but %lld (%s) of %lld%s%s%s are %.1f %%", a->value.text, a->id,
            (long long)part, by->id, (long long)whole, of != NULL ? " (" : "",
            of != NULL ? of->id : "", of != NULL ? ")" : "", found);
    }
}

/* A share of all arms together against the sums of other results. */
static void check_share_of_all(const subject *s)
{
    const msp_printed share = msp_printed_parse(s->r->value.text);
    if (!is_number(&share) || s->r->patients.value <= 0)
        return;
    const double n = (double)s->r->patients.value;
    for (size_t i = 0; i < s->t->results.n; i++) {
        const msp_evidence_result *o = &s->t->results.items[i];
        if (msp_was_said(o->share_of.at) || !same_name(o->population.text, s->r->population.text))
            continue;
        const int64_t sum = o->arms.n == s->t->arms.n ? sum_of_arms(o) : -1;
        const int64_t part = msp_was_said(o->patients.at) ? o->patients.value : sum;
        if (part > 0 && fabs(100 * (double)part / n - share.value) > share.half * (1 + 1e-9))
            SAY(s, WARNING, "evidence-share", s->r->value.at, NULL,
                "%s %% of %.0f patients are about %.0f, but %s on line %u has %lld (%.1f %%)",
                s->r->value.text, n, n * share.value / 100, o->id, (unsigned)o->at.line,
                (long long)part, 100 * (double)part / n);
    }
}

void msp__evidence_check_share(const subject *s)
{
    if (!msp_was_said(s->r->share_of.at))
        return;
    for (size_t i = 0; i < s->r->arms.n; i++)
        check_share_of_arm(s, &s->r->arms.items[i]);
    check_share_of_all(s);
}

/* -- the plan -- */

void msp__evidence_check_plan(const msp_evidence *e, const msp_evidence_trial *t,
                              msp_findings *findings)
{
    int64_t n = msp_was_said(t->enrolled.at) ? t->enrolled.value : -1;
    for (size_t i = 0; i < t->results.n; i++) {
        const msp_evidence_result *r = &t->results.items[i];
        const msp_evidence_population *p = msp_evidence_find_population(e, r->population.text);
        const int64_t sum = sum_of_arms(r);
        if (p == NULL || !p->all.value || is_harm(e, r) || r->arms.n != t->arms.n || sum < 0 ||
            msp_was_said(r->share_of.at))
            continue;
        const subject s = {e, t, r, findings};
        if (msp_was_said(t->enrolled.at) && sum != t->enrolled.value)
            SAY(&s, WARNING, "evidence-patients", r->arms.at, NULL,
                "the arms have %lld patients together, the trial enrolled %lld", (long long)sum,
                (long long)t->enrolled.value);
        if (n < 0)
            n = sum;
    }
    if (msp_was_said(t->plan.patients.at) && n >= 0 && n != t->plan.patients.value)
        FIND_AS(MSP_SEVERITY_NOTE, "evidence-plan", t->plan.patients.at, NULL,
                "%s: planned with %lld patients, reported with %lld", t->id,
                (long long)t->plan.patients.value, (long long)n);
}
