/* check_twice.c - one analysis printed twice, and one print under two names. */
#include <math.h>

#include "check_internal.h"

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

void msp__evidence_compare_analyses(const subject *s, const msp_evidence_result *o)
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

void msp__evidence_check_unspecified(const subject *s)
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

void msp__evidence_compare_numbers(const subject *s, const msp_evidence_result *o)
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
