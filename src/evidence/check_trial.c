/* check_trial.c - the results of one trial against each other, and against what is said of it. */
#include <math.h>

#include "check_internal.h"

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

void msp__evidence_check_trial(const msp_evidence *e, const msp_evidence_trial *t,
                               msp_findings *findings)
{
    check_descriptions(e, t, findings);
    msp__evidence_check_plan(e, t, findings);
    for (size_t i = 0; i < t->results.n; i++) {
        const subject s = {e, t, &t->results.items[i], findings};
        msp__evidence_check_unspecified(&s);
        msp__evidence_check_share(&s);
        check_synthesis(&s);
        msp__evidence_check_elsewhere(&s);
        for (size_t k = 0; k < t->results.n; k++) {
            const msp_evidence_result *o = &t->results.items[k];
            if (k == i)
                continue;
            msp__evidence_compare_looks(&s, o);
            msp__evidence_compare_arms_of_looks(&s, o);
            msp__evidence_compare_subgroup(&s, o);
            msp__evidence_compare_patients(&s, o);
            msp__evidence_compare_allocation(&s, o);
            msp__evidence_compare_order(&s, o);
            if (k < i) {
                msp__evidence_compare_analyses(&s, o);
                msp__evidence_compare_numbers(&s, o);
            }
            compare_claims(&s, o);
        }
    }
}
