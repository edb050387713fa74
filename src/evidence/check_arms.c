/* check_arms.c - what is printed of an arm against itself: percentages and their denominators,
 * intervals, tests of counts, horizons. */
#include <math.h>
#include <string.h>

#include "check_internal.h"
#include "mspike/stats/fisher.h"

/* Limits of a percentage, in points, against those of the binomial distribution: a Kaplan-Meier
 * interval is a little wider. */
#define LIMITS_APART 3.0
/* The interval of a median against 1.443 / sqrt(n), which exponential times without censoring have:
 * ln 2 halves stand for it. 33 medians of myeloma trials lie between 0.72 and 2.14. */
#define MEDIAN_NARROW 0.55
#define MEDIAN_WIDE   2.5
/* One limit of a median may be so many times as far off as the other, in logarithms: at most 4 in
 * 26 medians of myeloma trials. */
#define MEDIAN_SKEW 5.0
/* No patient was seen longer than twice the median follow-up if patients came evenly: 1.85 at most
 * in 77 medians of myeloma trials. */
#define LONGEST_SEEN 2.0

/* Percentages of patients, not of a curve. */
static bool is_proportion(const subject *s)
{
    return msp__evidence_kind(s) == MSP_EVIDENCE_RATE ||
           msp__evidence_kind(s) == MSP_EVIDENCE_SHARE;
}

/* How many of n patients print as this percentage: the nearest count, and whether it does. */
static int64_t count_for(const msp_printed *percent, int64_t n, bool *prints)
{
    const double x = round(percent->value / 100 * (double)n);
    *prints = fabs(100 * x / (double)n - percent->value) <= percent->half * (1 + 1e-9);
    return (int64_t)x;
}

/* The largest number of patients below n of whom some print as this percentage; 0: none. */
static int64_t other_denominator(const msp_printed *percent, int64_t n)
{
    for (int64_t m = n - 1; m > 0 && m > n * 4 / 5; m--) {
        bool prints;
        count_for(percent, m, &prints);
        if (prints)
            return m;
    }
    return 0;
}

static void check_percentage(const subject *s, const msp_evidence_arm *a)
{
    const msp_printed x = msp_printed_parse(a->value.text);
    const bool counted = msp_was_said(a->count.at) && a->count.value >= 0;
    if (!is_proportion(s) || !is_number(&x) || a->n.value <= 0)
        return;
    if (x.value < 0 || x.value > 100) {
        SAY(s, WARNING, "evidence-percentage", a->value.at, NULL, "%s %% of the patients on %s",
            a->value.text, a->id);
        return;
    }
    bool prints;
    const int64_t nearest = count_for(&x, a->n.value, &prints);
    const double share = 100 * (double)a->count.value / (double)a->n.value;
    char hint[96] = "";
    if (counted && fabs(share - x.value) > x.half * (1 + 1e-9)) {
        snprintf(hint, sizeof hint, "%s %% of %lld would be %lld", a->value.text,
                 (long long)a->n.value, (long long)nearest);
        SAY(s, WARNING, "evidence-percentage", a->value.at, hint,
            "%lld of %lld patients on %s are %.1f %%, the print says %s", (long long)a->count.value,
            (long long)a->n.value, a->id, share, a->value.text);
    } else if (!counted && !prints) {
        const int64_t m = other_denominator(&x, a->n.value);
        if (m > 0)
            snprintf(hint, sizeof hint, "of %lld patients it could be: were all of them assessed?",
                     (long long)m);
        SAY(s, WARNING, "evidence-percentage", a->value.at, m > 0 ? hint : NULL,
            "no number of %lld patients on %s prints as %s %%", (long long)a->n.value, a->id,
            a->value.text);
    }
}

/* -- intervals of one arm -- */

static bool binomial_limits(const msp_printed *percent, int64_t n, double level, double out[2])
{
    bool prints;
    const int64_t x = count_for(percent, n, &prints);
    const msp_confidence confidence = {level, MSP_TWO_SIDED};
    msp_interval interval;
    if (x < 0 || x > n ||
        msp_proportion(x, n, MSP_CLOPPER_PEARSON, &confidence, &interval, NULL) != MSP_OK)
        return false;
    out[0] = 100 * interval.lower;
    out[1] = 100 * interval.upper;
    return true;
}

static void check_range(const subject *s, const msp_evidence_arm *a, bool agrees)
{
    if (a->interval_kind.value != 1 || !msp_was_said(a->interval_kind.at))
        return;
    SAY(s, WARNING, "evidence-range", a->interval_kind.at,
        agrees ? "read as a 95 % confidence interval it agrees with the number of patients" : NULL,
        "the print calls %s to %s a range, but a percentage of patients has none",
        a->interval.items[0].text, a->interval.items[1].text);
}

static void check_limits_of_percentage(const subject *s, const msp_evidence_arm *a,
                                       const msp_printed *x, const msp_printed *low,
                                       const msp_printed *high)
{
    double limits[2];
    const double level = msp_was_said(a->level.at) ? a->level.value : 0.95;
    if (a->n.value <= 0 || !binomial_limits(x, a->n.value, level, limits))
        return;
    const bool agrees = fabs(low->value - limits[0]) <= LIMITS_APART + low->half &&
                        fabs(high->value - limits[1]) <= LIMITS_APART + high->half;
    check_range(s, a, agrees);
    if (!agrees)
        SAY(s, WARNING, "evidence-interval", a->interval.at, NULL,
            "%s %% of %lld patients have %.1f to %.1f as their %g %% interval, the print has %s to "
            "%s",
            a->value.text, (long long)a->n.value, limits[0], limits[1], 100 * level,
            a->interval.items[0].text, a->interval.items[1].text);
}

/* How far each limit is from the median, in logarithms; NaN: it was not reached. */
static double distance(const msp_printed *a, const msp_printed *b)
{
    return is_number(a) && is_number(b) && a->value > 0 && b->value > 0
               ? fabs(log(a->value / b->value))
               : (double)NAN;
}

static void check_limits_of_median(const subject *s, const msp_evidence_arm *a,
                                   const msp_printed *x, const msp_printed *low,
                                   const msp_printed *high)
{
    const double level = msp_was_said(a->level.at) ? a->level.value : 0.95;
    const double below = distance(x, low), above = distance(x, high);
    const double half = isnan(above) ? below : isnan(below) ? above : (below + above) / 2;
    const double width = half / msp_dist_normal_limit(level);
    const double expected = 1.443 / sqrt((double)a->n.value);
    if (a->n.value > 0 && (width < MEDIAN_NARROW * expected || width > MEDIAN_WIDE * expected))
        SAY(s, WARNING, "evidence-interval", a->interval.at, NULL,
            "the median of %lld patients on %s, %s, with an interval of %s to %s: %s than so many "
            "patients allow",
            (long long)a->n.value, a->id, a->value.text, a->interval.items[0].text,
            a->interval.items[1].text, width < expected ? "narrower" : "wider");
    else if (fmax(below, above) > MEDIAN_SKEW * fmin(below, above))
        SAY(s, NOTE, "evidence-interval", a->interval.at, NULL,
            "the median of %s, %s, is close to one end of its interval %s to %s", a->id,
            a->value.text, a->interval.items[0].text, a->interval.items[1].text);
}

static void check_interval(const subject *s, const msp_evidence_arm *a)
{
    if (a->interval.n != 2)
        return;
    const msp_printed x = msp_printed_parse(a->value.text);
    const msp_printed low = msp_printed_parse(a->interval.items[0].text);
    const msp_printed high = msp_printed_parse(a->interval.items[1].text);
    if ((is_number(&x) && is_number(&low) && x.value < low.value) ||
        (is_number(&x) && is_number(&high) && x.value > high.value)) {
        SAY(s, WARNING, "evidence-interval", a->interval.at, NULL,
            "%s on %s is not within %s to %s", a->value.text, a->id, a->interval.items[0].text,
            a->interval.items[1].text);
        return;
    }
    if (!is_number(&x))
        return;
    if (!is_proportion(s) && !msp_was_said(s->r->time.at)) {
        if (msp__evidence_kind(s) == MSP_EVIDENCE_TIME)
            check_limits_of_median(s, a, &x, &low, &high);
    } else if (is_number(&low) && is_number(&high))
        check_limits_of_percentage(s, a, &x, &low, &high);
}

/* One sentence has one level for its arms. */
static void check_levels(const subject *s)
{
    const msp_evidence_arm *first = NULL;
    for (size_t i = 0; i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        if (!msp_was_said(a->level.at))
            continue;
        if (first != NULL && a->level.value != first->level.value)
            SAY(s, WARNING, "evidence-level", a->level.at, NULL,
                "the interval of %s is of %g %%, that of %s of %g %%", a->id, 100 * a->level.value,
                first->id, 100 * first->level.value);
        first = a;
    }
}

/* -- counts and p -- */

/* Between half and twice: strata, a chi-square test and the doubling of one side do that much. */
static bool p_agrees(const msp_printed *printed, double p)
{
    if (printed->bound == '<')
        return p < 2 * printed->value;
    if (printed->bound == '>')
        return p > printed->value / 2;
    return p > msp_printed_low(printed) / 2 && p < 2 * msp_printed_high(printed);
}

static void check_test_of_counts(const subject *s)
{
    const msp_evidence_effect *f = &s->r->effect;
    const msp_printed p = msp_printed_parse(f->p.text);
    const char *first, *second;
    msp_two_by_two table;
    msp_fisher fisher;
    msp_evidence_compared(s->t, s->r, &first, &second);
    const msp_evidence_arm *a = msp_evidence_find_arm(s->r, first);
    const msp_evidence_arm *b = msp_evidence_find_arm(s->r, second);
    if (!is_proportion(s) || p.state != MSP_PRINTED_NUMBER || a == NULL || b == NULL ||
        msp_was_said(f->estimate.at) || !msp_evidence_counts(a, &table.x1, &table.n1) ||
        !msp_evidence_counts(b, &table.x2, &table.n2))
        return;
    if (msp_fisher_test(&table, &fisher, NULL) != MSP_OK)
        return;
    const double one = fmin(fisher.less.p, fisher.greater.p);
    if (p_agrees(&p, fisher.two_sided.p))
        return;
    char hint[96] = "";
    if (p_agrees(&p, one))
        snprintf(hint, sizeof hint, "read as one-sided it agrees: %.2g", one);
    SAY(s, WARNING, "evidence-p", f->p.at, hint[0] != '\0' ? hint : NULL,
        "%lld of %lld against %lld of %lld: Fisher's exact test gives %.2g, the print says %s",
        (long long)table.x1, (long long)table.n1, (long long)table.x2, (long long)table.n2,
        fisher.two_sided.p, f->p.text);
}

/* -- time -- */

static void check_horizon(const subject *s)
{
    const double follow_up = msp_evidence_follow_up(s->r);
    if (msp_was_said(s->r->time.at) && s->r->time.value > follow_up)
        SAY(s, WARNING, "evidence-horizon", s->r->time.at, NULL,
            "a rate at %g months with a median follow-up of %g: fewer than half of the patients "
            "were seen that long",
            s->r->time.value, follow_up);
}

static void check_longest_seen(const subject *s, const msp_evidence_arm *a)
{
    const double follow_up = msp_evidence_follow_up(s->r);
    if (msp_was_said(s->r->time.at) || msp__evidence_kind(s) != MSP_EVIDENCE_TIME)
        return;
    const msp_said_text *said[3] = {&a->value};
    size_t n = 1;
    for (size_t i = 0; i < a->interval.n && n < MSP_COUNT(said); i++)
        said[n++] = &a->interval.items[i];
    for (size_t i = 0; i < n; i++) {
        const msp_printed x = msp_printed_parse(said[i]->text);
        if (is_number(&x) && x.value > LONGEST_SEEN * follow_up) {
            SAY(s, WARNING, "evidence-horizon", said[i]->at, NULL,
                "%s months on %s with a median follow-up of %g: hardly a patient was seen that "
                "long",
                said[i]->text, a->id, follow_up);
            return;
        }
    }
}

/* No source prints 07.6. */
static void check_print(const subject *s, const char *what, const msp_said_text *x)
{
    if (x->text != NULL && x->text[0] == '0' && x->text[1] >= '0' && x->text[1] <= '9')
        SAY(s, WARNING, "evidence-print", x->at, NULL, "%s is printed as %s", what, x->text);
}

static void check_prints(const subject *s)
{
    const msp_evidence_effect *f = &s->r->effect;
    check_print(s, "the estimate", &f->estimate);
    for (size_t i = 0; i < f->interval.n; i++)
        check_print(s, "a limit of the effect", &f->interval.items[i]);
    for (size_t i = 0; i < s->r->arms.n; i++) {
        const msp_evidence_arm *a = &s->r->arms.items[i];
        check_print(s, a->id, &a->value);
        for (size_t k = 0; k < a->interval.n; k++)
            check_print(s, a->id, &a->interval.items[k]);
    }
}

void msp__evidence_check_arms(const subject *s)
{
    for (size_t i = 0; i < s->r->arms.n; i++) {
        check_percentage(s, &s->r->arms.items[i]);
        check_interval(s, &s->r->arms.items[i]);
        check_longest_seen(s, &s->r->arms.items[i]);
    }
    check_prints(s);
    check_levels(s);
    check_test_of_counts(s);
    check_horizon(s);
}
