/* check_order.c - numbers of one arm of which one cannot be above the other. */
#include <math.h>
#include <string.h>

#include "check_internal.h"

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

/* -- progression or death against death -- */

static bool same_time(const msp_evidence_result *r, const msp_evidence_result *o)
{
    return msp_was_said(r->time.at) == msp_was_said(o->time.at) &&
           (!msp_was_said(r->time.at) || r->time.value == o->time.value);
}

/* Who dies has an event of both, so that progression-free survival is the lower one. */
static void compare_survival(const subject *s, const msp_evidence_result *o)
{
    if (!same_name(s->r->endpoint.text, "PFS") || !same_name(o->endpoint.text, "OS") ||
        !same_name(s->r->population.text, o->population.text) || !same_time(s->r, o))
        return;
    for (size_t i = 0; i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        const msp_evidence_arm *b = msp_evidence_find_arm(o, a->id);
        const msp_printed x = msp_printed_parse(a->value.text);
        const msp_printed y = msp_printed_parse(b != NULL ? b->value.text : NULL);
        if (is_number(&x) && is_number(&y) && msp_printed_low(&x) > msp_printed_high(&y))
            SAY(s, WARNING, "evidence-depth", a->value.at, NULL,
                "PFS on %s is %s, above OS, %s (%s on line %u)", a->id, a->value.text,
                b->value.text, o->id, (unsigned)b->value.at.line);
    }
}

/* -- the median against percentages at a time -- */

/* More than half live before the median, and less than half after it. */
static void compare_median(const subject *s, const msp_evidence_result *o)
{
    if (msp_was_said(s->r->time.at) || !msp_was_said(o->time.at) ||
        msp__evidence_kind(s) != MSP_EVIDENCE_TIME || !msp__evidence_same_analysis(s->r, o))
        return;
    for (size_t i = 0; i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        const msp_evidence_arm *b = msp_evidence_find_arm(o, a->id);
        const msp_printed x = msp_printed_parse(a->value.text);
        const msp_printed y = msp_printed_parse(b != NULL ? b->value.text : NULL);
        if (!is_number(&x) || !is_number(&y))
            continue;
        const bool early = o->time.value < msp_printed_low(&x);
        const bool late = o->time.value > msp_printed_high(&x);
        if ((early && msp_printed_high(&y) < 50) || (late && msp_printed_low(&y) > 50))
            SAY(s, WARNING, "evidence-depth", a->value.at, NULL,
                "a median of %s on %s, but %s %% at %g (%s on line %u)", a->value.text, a->id,
                b->value.text, o->time.value, o->id, (unsigned)b->value.at.line);
    }
}

/* Fewer at a later time. */
static void compare_times(const subject *s, const msp_evidence_result *o)
{
    if (!msp_was_said(s->r->time.at) || !(s->r->time.value < o->time.value) ||
        !msp__evidence_same_analysis(s->r, o))
        return;
    for (size_t i = 0; i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        const msp_evidence_arm *b = msp_evidence_find_arm(o, a->id);
        const msp_printed x = msp_printed_parse(a->value.text);
        const msp_printed y = msp_printed_parse(b != NULL ? b->value.text : NULL);
        if (is_number(&x) && is_number(&y) && msp_printed_high(&x) < msp_printed_low(&y))
            SAY(s, WARNING, "evidence-depth", a->value.at, NULL,
                "%s %% on %s at %g, but %s %% at %g (%s on line %u)", a->value.text, a->id,
                s->r->time.value, b->value.text, o->time.value, o->id, (unsigned)b->value.at.line);
    }
}

void msp__evidence_compare_order(const subject *s, const msp_evidence_result *o)
{
    compare_depth(s, o);
    compare_survival(s, o);
    compare_median(s, o);
    compare_times(s, o);
}
