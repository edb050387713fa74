/* check.c - the order of the checks, and the words that they share. */
#include "mspike/evidence/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check_internal.h"

/* Whether `at` is within what begins at `from` and ends before `to` (line 0: at the end). */
static bool is_within(msp_place at, msp_place from, msp_place to)
{
    const bool same_file = at.file != NULL && from.file != NULL && strcmp(at.file, from.file) == 0;
    return same_file && at.line >= from.line && (to.line == 0 || at.line < to.line);
}

/* The nearest list of the file after its trials. */
static msp_place end_of_trials(const msp_evidence *e, msp_place at)
{
    msp_place end = {0};
    const msp_place lists[] = {e->harms.at, e->gaps.at, e->sources.at, e->regimens.at,
                               e->endpoints.at};
    for (size_t i = 0; i < MSP_COUNT(lists); i++)
        if (is_within(lists[i], at, end))
            end = lists[i];
    return end;
}

/* Own results that were joined to a published trial stand in a file of their own. */
static const msp_evidence_trial *trial_joined_at(const msp_evidence *e, msp_place at)
{
    const msp_place end = {0};
    for (size_t i = 0; i < e->trials.n; i++)
        for (size_t k = 0; k < e->trials.items[i].results.n; k++) {
            const msp_evidence_trial *t = &e->trials.items[i];
            const msp_place from = t->results.items[k].at;
            if (is_within(at, from, end) && strcmp(from.file, t->at.file) != 0)
                return t;
        }
    return NULL;
}

const msp_evidence_trial *msp_evidence_trial_at(const msp_evidence *e, msp_place at)
{
    for (size_t i = 0; i < e->trials.n; i++) {
        const msp_evidence_trial *t = &e->trials.items[i];
        const bool last =
            i + 1 == e->trials.n || !is_within(e->trials.items[i + 1].at, t->at, (msp_place){0});
        if (is_within(at, t->at, last ? end_of_trials(e, t->at) : e->trials.items[i + 1].at))
            return t;
    }
    return trial_joined_at(e, at);
}

const msp_evidence_result *msp_evidence_result_at(const msp_evidence *e, msp_place at)
{
    const msp_evidence_trial *t = msp_evidence_trial_at(e, at);
    const msp_evidence_result *found = NULL;
    for (size_t i = 0; t != NULL && i < t->results.n; i++)
        if (is_within(at, t->results.items[i].at, (msp_place){0}))
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

int msp__evidence_kind(const subject *s)
{
    const msp_evidence_endpoint *p = msp_evidence_find_endpoint(s->e, s->r->endpoint.text);
    return p != NULL ? p->kind.value : -1;
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
