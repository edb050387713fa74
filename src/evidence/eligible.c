/* eligible.c - a trial's criteria against what is known of a patient. */
#include "mspike/evidence/eligible.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "check_internal.h"

const char *msp_eligible_name(msp_eligible eligible)
{
    static const char *const names[] = {"no", "unknown", "yes"};
    return (size_t)eligible < MSP_COUNT(names) ? names[eligible] : "?";
}

static const char *class_name(int drug_class)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) text,
        MSP_DRUG_CLASS_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return drug_class >= 0 && (size_t)drug_class < MSP_COUNT(names) ? names[drug_class] : NULL;
}

/* `drug` is what is wanted, or of that class. */
static bool is(const msp_evidence *e, const char *drug, const char *wanted)
{
    const msp_evidence_drug *d = msp_evidence_find_drug(e, drug);
    return same_name(drug, wanted) ||
           (d != NULL && same_name(class_name(d->drug_class.value), wanted));
}

static bool any_is(const msp_evidence *e, const char *const *drugs, size_t n, const char *wanted)
{
    for (size_t i = 0; i < n; i++)
        if (is(e, drugs[i], wanted))
            return true;
    return false;
}

typedef struct verdict {
    msp_eligible eligible;
    msp_text *why;
} verdict;

/* The worst of what was found, with its reasons. */
static void find(verdict *v, msp_eligible eligible, const char *fmt, ...) MSP_PRINTF(3, 4);
static void find(verdict *v, msp_eligible eligible, const char *fmt, ...)
{
    char text[200];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (eligible < v->eligible)
        v->eligible = eligible;
    msp_text_printf(v->why, "%s%s", v->why->len > 0 ? "; " : "", text);
}

static void judge_lines(const msp_said_range *lines, int64_t n, verdict *v)
{
    if (!msp_was_said(lines->at))
        return;
    if (n < 0)
        find(v, MSP_ELIGIBLE_UNKNOWN, "the number of prior lines is not given");
    else if (n < lines->from)
        find(v, MSP_ELIGIBLE_NO, "%" PRId64 " prior lines or more, has %" PRId64, lines->from, n);
    else if (lines->to != MSP_NO_END && n > lines->to)
        find(v, MSP_ELIGIBLE_NO, "%" PRId64 " prior lines at most, has %" PRId64, lines->to, n);
}

static void judge_age(const msp_evidence_eligibility *x, double age, verdict *v)
{
    const bool low = msp_was_said(x->age_min.at), high = msp_was_said(x->age_max.at);
    if ((low || high) && isnan(age))
        find(v, MSP_ELIGIBLE_UNKNOWN, "the age is not given");
    else if (low && age < x->age_min.value)
        find(v, MSP_ELIGIBLE_NO, "%g years or older", x->age_min.value);
    else if (high && age > x->age_max.value)
        find(v, MSP_ELIGIBLE_NO, "%g years or younger", x->age_max.value);
}

static void judge_had(const msp_evidence *e, const msp_said_texts *wanted,
                      const msp_history_said *h, verdict *v)
{
    for (size_t i = 0; i < wanted->n; i++) {
        const char *drug = wanted->items[i].text;
        if (!any_is(e, h->exposed, h->n_exposed, drug) &&
            !any_is(e, h->refractory, h->n_refractory, drug))
            find(v, MSP_ELIGIBLE_NO, "%s before", drug);
    }
}

static void judge_refractory(const msp_evidence *e, const msp_said_texts *wanted,
                             const msp_history_said *h, verdict *v)
{
    for (size_t i = 0; i < wanted->n; i++)
        if (!any_is(e, h->refractory, h->n_refractory, wanted->items[i].text))
            find(v, MSP_ELIGIBLE_NO, "refractory to %s", wanted->items[i].text);
}

msp_eligible msp_eligible_judge(const msp_evidence *e, const msp_evidence_trial *t,
                                const msp_history_said *h, msp_text *why)
{
    const msp_evidence_eligibility *x = &t->eligibility;
    verdict v = {MSP_ELIGIBLE_YES, why};
    if (!msp_was_said(x->at)) {
        find(&v, MSP_ELIGIBLE_UNKNOWN, "its criteria are not in the file");
        return v.eligible;
    }
    judge_lines(&x->lines, h->lines, &v);
    judge_age(x, h->age, &v);
    judge_had(e, &x->exposed, h, &v);
    judge_refractory(e, &x->refractory, h, &v);
    if (h->lines == 1)
        judge_refractory(e, &x->refractory_one, h, &v);
    for (size_t i = 0; i < x->not_refractory.n; i++)
        if (any_is(e, h->refractory, h->n_refractory, x->not_refractory.items[i].text))
            find(&v, MSP_ELIGIBLE_NO, "not refractory to %s", x->not_refractory.items[i].text);
    if (x->refractory_to_last.value && h->refractory_to_last != 1)
        find(&v, h->refractory_to_last == 0 ? MSP_ELIGIBLE_NO : MSP_ELIGIBLE_UNKNOWN,
             "refractory to the last line%s", h->refractory_to_last == 0 ? "" : ": not given");
    for (size_t k = 0; v.eligible != MSP_ELIGIBLE_NO && k < x->other.n; k++)
        msp_text_printf(why, "%s%s%s", why->len > 0 ? "; " : "", k == 0 ? "also asks for: " : "",
                        x->other.items[k].text);
    return v.eligible;
}
