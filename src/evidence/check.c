/* check.c - the order of the checks, and the words that they share. */
#include "mspike/evidence/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check_internal.h"

const msp_evidence_trial *msp_evidence_trial_at(const msp_evidence *e, msp_place at)
{
    const msp_evidence_trial *found = NULL;
    for (size_t i = 0; i < e->trials.n && e->trials.items[i].at.line <= at.line; i++)
        found = &e->trials.items[i];
    const bool beyond = (e->harms.at.line > e->trials.at.line && at.line >= e->harms.at.line) ||
                        (e->gaps.at.line > e->trials.at.line && at.line >= e->gaps.at.line);
    return beyond ? NULL : found;
}

const msp_evidence_result *msp_evidence_result_at(const msp_evidence *e, msp_place at)
{
    const msp_evidence_trial *t = msp_evidence_trial_at(e, at);
    const msp_evidence_result *found = NULL;
    for (size_t i = 0; t != NULL && i < t->results.n && t->results.items[i].at.line <= at.line; i++)
        found = &t->results.items[i];
    return found;
}

void msp__evidence_name(const msp_evidence_trial *t, const msp_evidence_result *r,
                        char out[SUBJECT_NAME_MAX])
{
    snprintf(out, SUBJECT_NAME_MAX, "%s %s (%s, %s)", t->id, r->id,
             r->endpoint.text != NULL ? r->endpoint.text : "?",
             r->population.text != NULL ? r->population.text : "?");
}

void msp__evidence_say(const subject *s, msp_severity severity, const char *id, msp_place at,
                       const char *hint, const char *fmt, ...)
{
    char name[SUBJECT_NAME_MAX], text[512];
    va_list args;
    if (s->findings->n >= CHECK_FINDINGS_MAX)
        return;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    msp__evidence_name(s->t, s->r, name);
    msp_findings_add(s->findings, severity, id, at, hint, "%s: %s", name, text);
}

static bool same_follow_up(const msp_evidence_result *a, const msp_evidence_result *b)
{
    const double x = msp_evidence_follow_up(a), y = msp_evidence_follow_up(b);
    return isnan(x) || isnan(y) || x == y;
}

bool msp__evidence_same_analysis(const msp_evidence_result *a, const msp_evidence_result *b)
{
    const bool same_stage = !msp_was_said(a->stage.at) || !msp_was_said(b->stage.at) ||
                            a->stage.value == b->stage.value;
    const bool same_assessor = !msp_was_said(a->assessor.at) || !msp_was_said(b->assessor.at) ||
                               a->assessor.value == b->assessor.value;
    return same_name(a->population.text, b->population.text) &&
           same_name(a->endpoint.text, b->endpoint.text) && same_stage && same_assessor &&
           same_follow_up(a, b);
}

void msp_evidence_check(const msp_evidence *e, msp_findings *findings)
{
    for (size_t i = 0; i < e->trials.n; i++) {
        const msp_evidence_trial *t = &e->trials.items[i];
        for (size_t k = 0; k < t->results.n; k++) {
            const subject s = {e, t, &t->results.items[k], findings};
            msp__evidence_check_effect(&s);
            msp__evidence_check_arms(&s);
        }
        msp__evidence_check_trial(e, t, findings);
    }
}
