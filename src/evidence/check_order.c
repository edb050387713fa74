/* check_order.c - numbers of one arm of which one cannot be above the other. */
#include <math.h>
#include <string.h>

#include "check_internal.h"

/* What two results print of one arm: both numbers, where each is one. */
typedef struct both {
    const msp_evidence_arm *a, *b;
    msp_printed x, y;
} both;

static bool both_numbers(const subject *s, const msp_evidence_result *o, size_t i, both *out)
{
    out->a = &s->r->arms.items[i];
    out->b = msp_evidence_find_arm(o, out->a->id);
    out->x = msp_printed_parse(out->a->value.text);
    out->y = msp_printed_parse(out->b != NULL ? out->b->value.text : NULL);
    return is_number(&out->x) && is_number(&out->y);
}

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
        both v;
        for (size_t i = 0; a < b && b < chains[c].n && i < s->r->arms.n; i++)
            if (both_numbers(s, o, i, &v) && msp_printed_low(&v.x) > msp_printed_high(&v.y))
                SAY(s, WARNING, "evidence-depth", v.a->value.at, NULL,
                    "%s %% on %s with %s, but only %s %% with %s (%s)", v.a->value.text, v.a->id,
                    s->r->endpoint.text, v.b->value.text, o->endpoint.text, o->id);
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
    both v;
    for (size_t i = 0; i < s->r->arms.n; i++)
        if (both_numbers(s, o, i, &v) && msp_printed_low(&v.x) > msp_printed_high(&v.y))
            SAY(s, WARNING, "evidence-depth", v.a->value.at, NULL,
                "PFS on %s is %s, above OS, %s (%s on line %u)", v.a->id, v.a->value.text,
                v.b->value.text, o->id, (unsigned)v.b->value.at.line);
}

/* -- the median against percentages at a time -- */

/* More than half live before the median, and less than half after it. */
static void compare_median(const subject *s, const msp_evidence_result *o)
{
    if (msp_was_said(s->r->time.at) || !msp_was_said(o->time.at) ||
        msp__evidence_kind(s) != MSP_EVIDENCE_TIME || !msp__evidence_same_analysis(s->r, o))
        return;
    both v;
    for (size_t i = 0; i < s->r->arms.n; i++) {
        if (!both_numbers(s, o, i, &v))
            continue;
        const bool early = o->time.value < msp_printed_low(&v.x);
        const bool late = o->time.value > msp_printed_high(&v.x);
        if ((early && msp_printed_high(&v.y) < 50) || (late && msp_printed_low(&v.y) > 50))
            SAY(s, WARNING, "evidence-depth", v.a->value.at, NULL,
                "a median of %s on %s, but %s %% at %g (%s on line %u)", v.a->value.text, v.a->id,
                v.b->value.text, o->time.value, o->id, (unsigned)v.b->value.at.line);
    }
}

/* Fewer at a later time. */
static void compare_times(const subject *s, const msp_evidence_result *o)
{
    if (!msp_was_said(s->r->time.at) || !(s->r->time.value < o->time.value) ||
        !msp__evidence_same_analysis(s->r, o))
        return;
    both v;
    for (size_t i = 0; i < s->r->arms.n; i++)
        if (both_numbers(s, o, i, &v) && msp_printed_high(&v.x) < msp_printed_low(&v.y))
            SAY(s, WARNING, "evidence-depth", v.a->value.at, NULL,
                "%s %% on %s at %g, but %s %% at %g (%s on line %u)", v.a->value.text, v.a->id,
                s->r->time.value, v.b->value.text, o->time.value, o->id,
                (unsigned)v.b->value.at.line);
}

void msp__evidence_compare_order(const subject *s, const msp_evidence_result *o)
{
    compare_depth(s, o);
    compare_survival(s, o);
    compare_median(s, o);
    compare_times(s, o);
}
