/* sense.c - names and numbers of an evidence file that its form allows and that cannot be meant. */
#include <string.h>

#include "check_internal.h"

/* -- names -- */

static void check_populations(const msp_evidence *e, msp_findings *findings)
{
    for (size_t i = 0; i < e->populations.n; i++) {
        const msp_evidence_population *p = &e->populations.items[i];
        if (p->within.text != NULL && msp_evidence_is_within(e, p->within.text, p->id))
            FAULT("evidence-population", p->within.at, "a population is within a larger one",
                  "\"%s\" is within itself", p->id);
    }
}

static void check_regimens(const msp_evidence *e, msp_findings *findings)
{
    for (size_t i = 0; i < e->regimens.n; i++) {
        const msp_evidence_regimen *r = &e->regimens.items[i];
        if ((r->drugs.n > 0) == (r->one_of.n > 0))
            FAULT("evidence-regimen", r->at, "give drugs, or one_of for a mixed control arm",
                  "\"%s\" has %s", r->id, r->drugs.n > 0 ? "both drugs and one_of" : "no drugs");
    }
}

static bool is_class(const char *name)
{
    static const char *const classes[] = {
#define AS_TEXT(name, text) text,
        MSP_DRUG_CLASS_LIST(AS_TEXT)
#undef AS_TEXT
    };
    for (size_t i = 0; i < MSP_COUNT(classes); i++)
        if (strcmp(name, classes[i]) == 0)
            return true;
    return false;
}

static void check_drugs_or_classes(const msp_evidence *e, const msp_said_texts *names,
                                   msp_findings *findings)
{
    for (size_t i = 0; i < names->n; i++) {
        const char *name = names->items[i].text;
        if (name != NULL && !is_class(name) && msp_evidence_find_drug(e, name) == NULL)
            FAULT("evidence-drug", names->items[i].at, "name a drug, or a class of drugs",
                  "there is no drug or class \"%s\"", name);
    }
}

static void check_arms(const msp_evidence *e, const msp_evidence_trial *t,
                       const msp_evidence_result *r, msp_findings *findings)
{
    for (size_t i = 0; i < r->arms.n; i++) {
        const char *id = r->arms.items[i].id;
        bool of_trial = t->arms.n == 0;
        for (size_t k = 0; k < t->arms.n; k++)
            of_trial |= t->arms.items[k].text != NULL && strcmp(t->arms.items[k].text, id) == 0;
        if (msp_evidence_find_regimen(e, id) == NULL)
            FAULT("evidence-regimen", r->arms.items[i].at, "add it under regimens",
                  "there is no regimen \"%s\"", id);
        else if (!of_trial)
            FAULT("evidence-regimen", r->arms.items[i].at, "name one of the trial's arms",
                  "\"%s\" is no arm of %s", id, t->id);
    }
}

/* Names are defined in the whole file, for gaps and outputs point at them. */
static void check_unique(const msp_evidence *e, const msp_evidence_result *r,
                         msp_findings *findings)
{
    const msp_evidence_result *first = msp_evidence_find_result(e, r->id, NULL);
    if (first != r)
        FAULT("evidence-result", r->at, "give each result a name of its own",
              "\"%s\" is the name of a result on line %u too", r->id, (unsigned)first->at.line);
}

/* -- numbers -- */

static void check_number(const msp_said_text *text, msp_findings *findings)
{
    const msp_printed x = msp_printed_parse(text->text);
    if (x.state == MSP_PRINTED_FAULT)
        FAULT("evidence-number", text->at, "write it with a decimal point; <0.001; NR",
              "\"%s\" is no number as prints have them", text->text);
}

static void check_limits(const msp_said_texts *interval, msp_findings *findings)
{
    for (size_t i = 0; i < interval->n; i++)
        check_number(&interval->items[i], findings);
    if (interval->n != 2)
        return;
    const msp_printed low = msp_printed_parse(interval->items[0].text);
    const msp_printed high = msp_printed_parse(interval->items[1].text);
    if (low.state == MSP_PRINTED_NUMBER && high.state == MSP_PRINTED_NUMBER &&
        low.value > high.value)
        FAULT("evidence-interval", interval->at, "write the lower limit first",
              "the lower limit %s is above the upper limit %s", interval->items[0].text,
              interval->items[1].text);
}

static void check_effect(const msp_evidence_trial *t, const msp_evidence_result *r,
                         msp_findings *findings)
{
    const msp_evidence_effect *f = &r->effect;
    if (!msp_was_said(f->at))
        return;
    const char *first, *second;
    msp_evidence_compared(t, r, &first, &second);
    if (first == NULL || second == NULL)
        FAULT("evidence-effect", f->at, "add \"compare: [experimental, control]\"",
              "nothing says which two regimens are compared");
    else if (strcmp(first, second) == 0)
        FAULT("evidence-effect", said_or(f->compare.at, f->at), "name two regimens",
              "\"%s\" is compared with itself", first);
    const int limits =
        (f->interval.n > 0) + msp_was_said(f->upper_bound.at) + msp_was_said(f->lower_bound.at);
    if (limits > 1)
        FAULT("evidence-effect", f->at, "give an interval, or one bound",
              "an interval and a bound are given");
    check_number(&f->estimate, findings);
    check_number(&f->upper_bound, findings);
    check_number(&f->lower_bound, findings);
    check_number(&f->p, findings);
    check_limits(&f->interval, findings);
    const msp_printed estimate = msp_printed_parse(f->estimate.text);
    if (msp_measure_is_ratio((msp_measure)f->measure.value) &&
        estimate.state == MSP_PRINTED_NUMBER && estimate.value <= 0)
        FAULT("evidence-number", f->estimate.at, "a ratio is above 0", "the ratio is %s",
              f->estimate.text);
    const msp_printed p = msp_printed_parse(f->p.text);
    if (p.state == MSP_PRINTED_NUMBER && !(p.value >= 0 && p.value <= 1))
        FAULT("evidence-number", f->p.at, "p is a probability", "p is %s", f->p.text);
}

static bool says_something(const msp_evidence_result *r)
{
    return r->arms.n > 0 || msp_was_said(r->effect.at) || msp_was_said(r->value.at) ||
           msp_was_said(r->events.at) || msp_was_said(r->claim.at) || r->unknown.value;
}

static void check_result(const msp_evidence *e, const msp_evidence_trial *t,
                         const msp_evidence_result *r, msp_findings *findings)
{
    check_unique(e, r, findings);
    check_arms(e, t, r, findings);
    check_effect(t, r, findings);
    check_number(&r->value, findings);
    for (size_t i = 0; i < r->arms.n; i++) {
        const msp_evidence_arm *a = &r->arms.items[i];
        check_number(&a->value, findings);
        check_limits(&a->interval, findings);
        if (a->count.value > 0 && msp_was_said(a->n.at) && a->count.value > a->n.value)
            FAULT("evidence-number", a->count.at, "count is part of n",
                  "%lld of %lld patients have the event", (long long)a->count.value,
                  (long long)a->n.value);
    }
    if (!says_something(r))
        FAULT("evidence-result", r->at, "add arms or effect, or \"unknown: yes\"",
              "\"%s\" says nothing", r->id);
    const msp_evidence_endpoint *endpoint = msp_evidence_find_endpoint(e, r->endpoint.text);
    if (endpoint != NULL && endpoint->kind.value == MSP_EVIDENCE_SHARE &&
        !msp_was_said(r->share_of.at))
        FAULT("evidence-result", r->at, "add \"share_of:\" with a population",
              "\"%s\" does not say of what it is a share", r->id);
    if (msp_was_said(r->pools.at) != (t->design.value == MSP_EVIDENCE_SYNTHESIS) &&
        t->design.value != MSP_EVIDENCE_SINGLE_ARM)
        FAULT("evidence-result", said_or(r->pools.at, r->at),
              "pools names the trials that a published synthesis went over", "\"%s\" %s", r->id,
              msp_was_said(r->pools.at) ? "pools trials, but is no synthesis"
                                        : "does not say which trials it pools");
}

static void check_trial(const msp_evidence *e, const msp_evidence_trial *t, msp_findings *findings)
{
    const msp_evidence_eligibility *x = &t->eligibility;
    check_drugs_or_classes(e, &x->exposed, findings);
    check_drugs_or_classes(e, &x->refractory, findings);
    check_drugs_or_classes(e, &x->not_refractory, findings);
    check_drugs_or_classes(e, &x->refractory_one, findings);
    if (t->design.value == MSP_EVIDENCE_RANDOMISED && t->arms.n < 2)
        FAULT("evidence-trial", t->at, "add \"arms: [experimental, control]\"",
              "%s is randomised, but has %zu arms", t->id, t->arms.n);
    if (t->allocation.n > 0 && t->allocation.n != t->arms.n)
        FAULT("evidence-trial", t->allocation.at, "one share an arm",
              "%s has %zu arms and %zu shares", t->id, t->arms.n, t->allocation.n);
    for (size_t i = 0; i < t->results.n; i++)
        check_result(e, t, &t->results.items[i], findings);
}

void msp__evidence_check_sense(const msp_evidence *e, msp_findings *findings)
{
    check_populations(e, findings);
    check_regimens(e, findings);
    for (size_t i = 0; i < e->trials.n; i++)
        check_trial(e, &e->trials.items[i], findings);
}
