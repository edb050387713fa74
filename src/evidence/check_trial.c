/* check_trial.c - the results of one trial against each other, and against what is said of it. */
#include <math.h>
#include <string.h>

#include "check_internal.h"
#include "mspike/stats/dist.h"

/* A later look holds the earlier one's events, so that the difference of the estimates has the
 * difference of their variances. */
#define LATER_LOOK_Z 1.64
/* A subgroup against the whole that it is part of, likewise. */
#define SUBGROUP_Z 2.58
/* The median of an arm at two looks, and a percentage likewise: the one over the other. */
#define LOOKS_APART 1.5

static bool is_number(const msp_printed *x)
{
    return x->state == MSP_PRINTED_NUMBER && x->bound == 0;
}

/* Two prints of one number: what the coarser one shows. */
static bool same_print(const msp_printed *a, const msp_printed *b)
{
    return fabs(a->value - b->value) <= fmax(a->half, b->half) * (1 + 1e-9) + 1e-12;
}

static subject subject_of(const msp_evidence *e, const msp_evidence_trial *t,
                          const msp_evidence_result *r, msp_findings *findings)
{
    return (subject){e, t, r, findings};
}

/* -- one analysis printed twice -- */

static void compare_value(const subject *s, const msp_evidence_result *o, const msp_said_text *a,
                          const msp_said_text *b, const char *what)
{
    const msp_printed x = msp_printed_parse(a->text), y = msp_printed_parse(b->text);
    if (is_number(&x) && is_number(&y) && !same_print(&x, &y))
        SAY(s, WARNING, "evidence-twice", a->at, NULL, "%s is %s here and %s in %s on line %u",
            what, a->text, b->text, o->id, (unsigned)b->at.line);
}

/* Neither stage nor follow-up is said: any analysis of the trial may be meant. */
static bool is_unspecified(const msp_evidence_result *r)
{
    return !msp_was_said(r->stage.at) && r->follow_up.n == 0;
}

static void compare_analyses(const subject *s, const msp_evidence_result *o)
{
    if (msp_was_said(s->r->share_of.at) || is_unspecified(s->r) != is_unspecified(o) ||
        !msp__evidence_same_analysis(s->r, o) ||
        (msp_was_said(s->r->time.at) && msp_was_said(o->time.at) &&
         s->r->time.value != o->time.value))
        return;
    const bool of_one_kind = msp_was_said(s->r->time.at) == msp_was_said(o->time.at);
    for (size_t i = 0; of_one_kind && i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        const msp_evidence_arm *b = msp_evidence_find_arm(o, a->id);
        if (b != NULL)
            compare_value(s, o, &a->value, &b->value, a->id);
    }
    if (s->r->effect.compare.n == 0 && o->effect.compare.n == 0)
        compare_value(s, o, &s->r->effect.estimate, &o->effect.estimate, "the estimate");
}

/* A result of which nothing says when it was must be one of those of which it is said. */
static bool agrees_with(const msp_evidence_result *r, const msp_evidence_result *o, bool *compared)
{
    bool agrees = true;
    for (size_t i = 0; i < r->arms.n; i++) {
        const msp_evidence_arm *b = msp_evidence_find_arm(o, r->arms.items[i].id);
        const msp_printed x = msp_printed_parse(r->arms.items[i].value.text);
        const msp_printed y = msp_printed_parse(b != NULL ? b->value.text : NULL);
        if (is_number(&x) && is_number(&y)) {
            *compared = true;
            agrees &= same_print(&x, &y);
        }
    }
    return agrees;
}

static void check_unspecified(const subject *s)
{
    bool compared = false, agrees = false;
    if (!is_unspecified(s->r) || msp_was_said(s->r->share_of.at))
        return;
    for (size_t i = 0; i < s->t->results.n; i++) {
        const msp_evidence_result *o = &s->t->results.items[i];
        bool here = false;
        if (o == s->r || is_unspecified(o) || !msp__evidence_same_analysis(s->r, o) ||
            msp_was_said(o->time.at) != msp_was_said(s->r->time.at))
            continue;
        const bool same = agrees_with(s->r, o, &here);
        compared |= here;
        agrees |= here && same;
    }
    if (compared && !agrees)
        SAY(s, WARNING, "evidence-twice", s->r->at, "say \"stage:\" or \"follow_up:\"",
            "no analysis of this trial prints these numbers");
}

/* -- the same numbers where others should stand -- */

/* Numbers of the arms that are the same in both, and whether any is not. */
static size_t equal_values(const msp_evidence_result *r, const msp_evidence_result *o, bool *all)
{
    size_t n = 0;
    *all = true;
    for (size_t i = 0; i < r->arms.n; i++) {
        const msp_evidence_arm *a = &r->arms.items[i];
        const msp_evidence_arm *b = msp_evidence_find_arm(o, a->id);
        const msp_printed x = msp_printed_parse(a->value.text);
        const msp_printed y = msp_printed_parse(b != NULL ? b->value.text : NULL);
        if (!is_number(&x) || !is_number(&y))
            continue;
        if (x.value == y.value && x.decimals == y.decimals)
            n++;
        else
            *all = false;
    }
    return *all ? n : 0;
}

static bool same_patients(const msp_evidence_result *r, const msp_evidence_result *o)
{
    bool any = false;
    for (size_t i = 0; i < r->arms.n; i++) {
        const msp_evidence_arm *b = msp_evidence_find_arm(o, r->arms.items[i].id);
        if (b == NULL || r->arms.items[i].n.value <= 0 || b->n.value <= 0)
            continue;
        if (r->arms.items[i].n.value != b->n.value)
            return false;
        any = true;
    }
    return any;
}

static void compare_numbers(const subject *s, const msp_evidence_result *o)
{
    bool all;
    const size_t n =
        same_name(s->r->endpoint.text, o->endpoint.text) && !msp_was_said(s->r->share_of.at)
            ? equal_values(s->r, o, &all)
            : 0;
    if (n == 0)
        return;
    if (!same_name(s->r->population.text, o->population.text)) {
        if (same_patients(s->r, o))
            SAY(s, WARNING, "evidence-population", s->r->at, NULL,
                "the same patients and the same numbers stand under %s (%s, line %u) and %s",
                o->population.text, o->id, (unsigned)o->at.line, s->r->population.text);
        else
            SAY(s, WARNING, "evidence-population", s->r->at,
                "one of the two is probably about the other's patients",
                "the same numbers stand under %s (%s, line %u) and %s", o->population.text, o->id,
                (unsigned)o->at.line, s->r->population.text);
        return;
    }
    const double a = msp_evidence_follow_up(s->r), b = msp_evidence_follow_up(o);
    if (!isnan(a) && !isnan(b) && a != b)
        SAY(s, NOTE, "evidence-follow-up", s->r->follow_up.at,
            "numbers that do not move may belong to one cut-off only",
            "the same numbers are told with %g months of follow-up here and %g in %s", a, b, o->id);
}

/* -- how estimates move -- */

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

static void compare_looks(const subject *s, const msp_evidence_result *later)
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
static void compare_arms_of_looks(const subject *s, const msp_evidence_result *later)
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

static void compare_subgroup(const subject *s, const msp_evidence_result *whole)
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

/* -- patients -- */

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
static void compare_patients(const subject *s, const msp_evidence_result *o)
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

static void check_share(const subject *s)
{
    if (!msp_was_said(s->r->share_of.at))
        return;
    for (size_t i = 0; i < s->r->arms.n; i++)
        check_share_of_arm(s, &s->r->arms.items[i]);
    check_share_of_all(s);
}

/* -- responses -- */

/* Those with the deeper response are among those with the shallower one. */
static void compare_depth(const subject *s, const msp_evidence_result *o)
{
    static const char *const deeper[] = {"CR", "VGPR", "ORR"};
    static const char *const worse[] = {"fatal-AE", "serious-AE"};
    static const struct {
        const char *const *names;
        size_t n;
    } chains[] = {{deeper, MSP_COUNT(deeper)}, {worse, MSP_COUNT(worse)}};
    if (!same_name(s->r->population.text, o->population.text))
        return;
    for (size_t c = 0; c < MSP_COUNT(chains); c++) {
        size_t a = chains[c].n, b = chains[c].n;
        for (size_t k = 0; k < chains[c].n; k++) {
            a = same_name(s->r->endpoint.text, chains[c].names[k]) ? k : a;
            b = same_name(o->endpoint.text, chains[c].names[k]) ? k : b;
        }
        for (size_t i = 0; a < b && b < chains[c].n && i < s->r->arms.n; i++) {
            const msp_evidence_arm *y = msp_evidence_find_arm(o, s->r->arms.items[i].id);
            const msp_printed p = msp_printed_parse(s->r->arms.items[i].value.text);
            const msp_printed q = msp_printed_parse(y != NULL ? y->value.text : NULL);
            if (is_number(&p) && is_number(&q) && msp_printed_low(&p) > msp_printed_high(&q))
                SAY(s, WARNING, "evidence-depth", s->r->arms.items[i].value.at, NULL,
                    "%s %% on %s with %s, but only %s %% with %s (%s)",
                    s->r->arms.items[i].value.text, s->r->arms.items[i].id, s->r->endpoint.text,
                    y->value.text, o->endpoint.text, o->id);
        }
    }
}

/* -- words -- */

static void compare_claims(const subject *s, const msp_evidence_result *o)
{
    if (s->r < o && msp_was_said(s->r->claim.at) && msp_was_said(o->claim.at) &&
        s->r->claim.value != o->claim.value &&
        same_name(s->r->population.text, o->population.text) &&
        same_name(s->r->endpoint.text, o->endpoint.text))
        SAY(s, WARNING, "evidence-claim", s->r->claim.at, NULL,
            "one source tells of a %s, another (%s on line %u) of a %s",
            s->r->claim.value == MSP_CLAIM_NO_BENEFIT ? "missing benefit" : "benefit or a trend",
            o->id, (unsigned)o->claim.at.line,
            o->claim.value == MSP_CLAIM_NO_BENEFIT ? "missing benefit" : "benefit or a trend");
}

/* -- a published synthesis against what its one trial printed -- */

static void check_synthesis(const subject *s)
{
    if (s->t->design.value != MSP_EVIDENCE_SYNTHESIS || s->r->pools.n != 1)
        return;
    const msp_evidence_trial *t = msp_evidence_find_trial(s->e, s->r->pools.items[0].text);
    for (size_t i = 0; t != NULL && i < t->results.n; i++) {
        const msp_evidence_result *o = &t->results.items[i];
        const msp_printed x = msp_printed_parse(s->r->effect.estimate.text);
        const msp_printed y = msp_printed_parse(o->effect.estimate.text);
        if (same_name(o->population.text, s->r->population.text) &&
            same_name(o->endpoint.text, s->r->endpoint.text) && is_number(&x) && is_number(&y) &&
            !same_print(&x, &y))
            SAY(s, WARNING, "evidence-twice", s->r->effect.estimate.at, NULL,
                "the synthesis has %s for %s alone, the trial itself prints %s (%s on line %u)",
                s->r->effect.estimate.text, t->id, o->effect.estimate.text, o->id,
                (unsigned)o->at.line);
    }
}

/* -- the trial -- */

static bool has_drug(const msp_said_texts *drugs, const char *drug)
{
    for (size_t i = 0; i < drugs->n; i++)
        if (same_name(drugs->items[i].text, drug))
            return true;
    return false;
}

static void check_descriptions(const msp_evidence *e, const msp_evidence_trial *t,
                               msp_findings *findings)
{
    for (size_t i = 0; i < t->described.n; i++) {
        const msp_evidence_description *d = &t->described.items[i];
        const msp_evidence_regimen *r = msp_evidence_find_regimen(e, d->id);
        for (size_t k = 0; r != NULL && k < d->drugs.n; k++)
            if (!has_drug(&r->drugs, d->drugs.items[k].text))
                FIND_AS(MSP_SEVERITY_WARNING, "evidence-arm", d->drugs.items[k].at, NULL,
                        "%s: %s names %s in %s, which has none%s", t->id, d->source.text,
                        d->drugs.items[k].text, d->id,
                        t->open_label.value && same_name(d->drugs.items[k].text, "placebo")
                            ? "; and the trial is open-label"
                            : "");
        for (size_t k = 0; r != NULL && k < r->drugs.n; k++)
            if (!has_drug(&d->drugs, r->drugs.items[k].text))
                FIND_AS(MSP_SEVERITY_WARNING, "evidence-arm", d->drugs.at, NULL,
                        "%s: %s leaves %s out of %s", t->id, d->source.text, r->drugs.items[k].text,
                        d->id);
    }
}

static void check_plan(const msp_evidence *e, const msp_evidence_trial *t, msp_findings *findings)
{
    int64_t n = msp_was_said(t->enrolled.at) ? t->enrolled.value : -1;
    for (size_t i = 0; i < t->results.n; i++) {
        const msp_evidence_result *r = &t->results.items[i];
        const msp_evidence_population *p = msp_evidence_find_population(e, r->population.text);
        const int64_t sum = sum_of_arms(r);
        if (p == NULL || !p->all.value || is_harm(e, r) || r->arms.n != t->arms.n || sum < 0 ||
            msp_was_said(r->share_of.at))
            continue;
        const subject s = subject_of(e, t, r, findings);
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

void msp__evidence_check_trial(const msp_evidence *e, const msp_evidence_trial *t,
                               msp_findings *findings)
{
    check_descriptions(e, t, findings);
    check_plan(e, t, findings);
    for (size_t i = 0; i < t->results.n; i++) {
        const subject s = subject_of(e, t, &t->results.items[i], findings);
        check_unspecified(&s);
        check_share(&s);
        check_synthesis(&s);
        for (size_t k = 0; k < t->results.n; k++) {
            const msp_evidence_result *o = &t->results.items[k];
            if (k == i)
                continue;
            compare_looks(&s, o);
            compare_arms_of_looks(&s, o);
            compare_subgroup(&s, o);
            compare_patients(&s, o);
            compare_depth(&s, o);
            if (k < i) {
                compare_analyses(&s, o);
                compare_numbers(&s, o);
            }
            compare_claims(&s, o);
        }
    }
}
