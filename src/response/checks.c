/* checks.c - what a row says of the value it looks at, and rows made ready to be asked.
 *
 *   1. one row    2. rows as checks
 */
#include <string.h>

#include "internal.h"

/* -- 1. one row -- */

/* The greatest whole number that is at most `percent` of b. */
static int64_t at_most(int64_t b, int percent)
{
    int64_t product;
    if (!__builtin_mul_overflow(b, percent, &product))
        return product / 100 - (product % 100 < 0);
    const msp__wide wide = (msp__wide)b * percent;
    const msp__wide whole = wide / 100 - (wide % 100 < 0);
    return whole > INT64_MAX ? INT64_MAX : whole < -INT64_MAX ? -INT64_MAX : (int64_t)whole;
}

/* The least that is at least so much. */
static int64_t at_least(int64_t b, int percent)
{
    return -at_most(-b, percent);
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What a row says of the value it looks at: one thing from low to high, another elsewhere. */
typedef struct span {
    int64_t low, high;
    msp_fact inside, outside;
} span;

static span between(int64_t low, int64_t high)
{
    return (span){low, high, MSP_YES, MSP_NO};
}

static span up_to(int64_t high)
{
    return between(INT64_MIN, high);
}

static const span unknown = {INT64_MIN, INT64_MAX, MSP_UNKNOWN, MSP_UNKNOWN};
static const span never = {INT64_MAX, INT64_MAX, MSP_NO, MSP_NO};

/* An amount of a row, of at most three decimals, in parts: units are multiples of a thousand. What
 * no value reaches is cut short. */
static int64_t in_parts(msp_decimal amount, int64_t unit)
{
    static const int64_t thousandths[] = {1000, 100, 10, 1};
    const int64_t most = INT64_MAX / 4, factor = thousandths[amount.scale] * (unit / 1000);
    int64_t parts;
    if (__builtin_mul_overflow(amount.coefficient, factor, &parts) || parts > most || parts < -most)
        return amount.coefficient > 0 ? most : -most;
    return parts;
}

/* PR by less than 200 mg also needs a fall of 50 % under urine_abs_rule=with_pct; MR does not. */
#define PR_WITH_PCT 50

/* Haemoglobin is kept turned round, and of two chains the one called involved may be the lower. */
static bool may_be_negative(msp_judged judged)
{
    return judged == MSP_JUDGED_HAEMOGLOBIN || judged == MSP_JUDGED_DFLC;
}

msp_fact msp__is_within(const msp_seen *seen, msp_judged judged, int64_t low, int64_t high)
{
    const int64_t x = seen->value[judged], strict = seen->strict >> judged & 1;
    int64_t least = x, most = x;
    const bool less = (seen->less & BIT(judged)) != 0, more = (seen->more & BIT(judged)) != 0;
    if (less)
        least = may_be_negative(judged) ? INT64_MIN : 0;
    else if (more)
        least = x + strict;
    if (more)
        most = INT64_MAX;
    else if (less)
        most = x - strict;
    if (low <= least && most <= high)
        return MSP_YES;
    return most < low || high < least ? MSP_NO : MSP_UNKNOWN;
}

/* Rows that compare with the baseline; where it has no value, only what does not need it is known.
 * From a baseline "<5" the least that falls is 0. */
static span fall_span(const msp_course *c, const msp_response_row *row)
{
    const msp_response_rules *rules = &c->criteria->rules;
    const int64_t unit = msp__unit(c, row->judged);
    const msp_judged judged = msp__plain_of(row->judged);
    const bool known = msp__has(&c->seen[0], judged);
    const bool bounded = (c->seen[0].less & BIT(judged)) != 0;
    const int64_t b = known && !bounded ? c->seen[0].value[judged] : 0;
    const int64_t fallen = at_most(b, 100 - row->percent);
    if (row->compare == MSP_COMPARE_FALL || row->compare == MSP_COMPARE_ASSESSED)
        return known ? up_to(fallen) : unknown;
    const int64_t below = in_parts(row->amount, unit) - 1;
    const bool both = rules->urine_with_pct &&
                      (row->compare == MSP_COMPARE_BELOW_AND_FALL || row->level == MSP_LEVEL_PR);
    if (row->compare == MSP_COMPARE_BELOW_AND_FALL) {
        if (!both)
            return up_to(below);
        return known ? up_to(smaller(fallen, below))
                     : (span){INT64_MIN, below, MSP_UNKNOWN, MSP_NO};
    }
    if (!known)
        return both ? unknown : (span){INT64_MIN, below, MSP_YES, MSP_UNKNOWN};
    return up_to(larger(fallen, both ? smaller(below, at_most(b, 100 - PR_WITH_PCT)) : below));
}

/* Rows that ask for a rise above the nadir n, or from anything below it where it is `open`. A fall
 * in haemoglobin has no relative part: values are kept turned round, where a percentage of the
 * nadir would mean nothing. */
static span rise_span(const msp_course *c, const msp_response_row *row, int64_t n, bool open)
{
    const msp_seen *base = &c->seen[0];
    const int64_t unit = msp__unit(c, row->judged);
    const int64_t amount = in_parts(row->amount, unit);
    const int64_t risen = larger(n + !open, at_least(n, 100 + row->percent));
    switch (row->compare) {
    case MSP_COMPARE_DROP:
        return between(n + amount, INT64_MAX);
    case MSP_COMPARE_RISE_MORE:
        return between(larger(risen, n + amount + !open), INT64_MAX);
    case MSP_COMPARE_RISE_TO:
        return between(larger(risen, amount), INT64_MAX);
    case MSP_COMPARE_RISE_FROM_NADIR:
        if (n < in_parts(row->from, unit))
            return never;
        break;
    case MSP_COMPARE_RISE_FROM_BASELINE:
        if (!msp__has(base, row->judged))
            return (span){n + 1, INT64_MAX, MSP_UNKNOWN, MSP_NO};
        if (base->value[row->judged] < in_parts(row->from, unit))
            return never;
        break;
    default:
        break;
    }
    return between(larger(risen, n + amount), INT64_MAX);
}

/* Rows that compare with nothing but an amount. */
static span plain_span(const msp_response_row *row, int64_t unit)
{
    switch (row->compare) {
    case MSP_COMPARE_BELOW:
        return up_to(in_parts(row->amount, unit) - 1);
    case MSP_COMPARE_NEGATIVE:
        return between(0, 0);
    case MSP_COMPARE_POSITIVE:
        return between(1, INT64_MAX);
    case MSP_COMPARE_ABOVE:
        return between(in_parts(row->amount, unit) + 1, INT64_MAX);
    default: /* it is enough that it was measured */
        return up_to(INT64_MAX);
    }
}

static bool needs_nadir(const msp_response_row *row)
{
    return (BIT(row->compare) & (MSP_COMPARE_RISES | BIT(MSP_COMPARE_DROP))) != 0;
}

static bool needs_baseline(const msp_response_rules *rules, const msp_response_row *row)
{
    const uint32_t falls =
        BIT(MSP_COMPARE_FALL) | BIT(MSP_COMPARE_FALL_OR_BELOW) | BIT(MSP_COMPARE_BELOW_AND_FALL);
    return (BIT(row->compare) & falls) != 0 ||
           (row->compare == MSP_COMPARE_ASSESSED && rules->vgpr_serum_red90);
}

/* What a row says at an assessment. */
static span span_of(const msp_course *c, const msp_response_row *row, const msp_seen *seen)
{
    if (needs_baseline(&c->criteria->rules, row))
        return fall_span(c, row);
    if (!needs_nadir(row))
        return plain_span(row, msp__unit(c, row->judged));
    if (!msp__has_nadir(seen, row->judged))
        return unknown;
    const msp_seen *lowest = &c->seen[seen->nadir_at[row->judged]];
    return rise_span(c, row, lowest->value[row->judged],
                     msp__is_strictly_less(lowest, row->judged));
}

/* vgpr_urine=waive: the protein that is not measurable need not have been looked at. */
static uint32_t waivable(const msp_response_rules *rules)
{
    return rules->vgpr_urine_waived ? BIT(MSP_JUDGED_URINE_RECENT) | BIT(MSP_JUDGED_SERUM_RECENT)
                                    : 0;
}

/* Whether what a row compares with is only a bound: a fall may be larger from a baseline ">5", a
 * rise from a lowest value "<5". */
static bool leaves_open(const msp_course *c, const msp_response_row *row, const msp_seen *seen)
{
    if (needs_nadir(row))
        return msp__has_nadir(seen, row->judged) &&
               (c->seen[seen->nadir_at[row->judged]].less & BIT(row->judged)) != 0;
    const bool falls =
        row->compare == MSP_COMPARE_FALL || row->compare == MSP_COMPARE_FALL_OR_BELOW;
    const uint32_t bounds = c->seen[0].less | c->seen[0].more;
    return falls && (bounds & BIT(msp__plain_of(row->judged))) != 0;
}

msp_fact msp__row_fact(const msp_course *c, size_t index, size_t i)
{
    const msp_response_row *row = &c->criteria->rows[index];
    const msp_seen *seen = &c->seen[i];
    if (!msp__has(seen, row->judged))
        return (waivable(&c->criteria->rules) & BIT(row->judged)) != 0 ? MSP_YES : MSP_UNKNOWN;
    const span s = span_of(c, row, seen);
    switch (msp__is_within(seen, (msp_judged)row->judged, s.low, s.high)) {
    case MSP_YES:
        return s.inside;
    case MSP_NO:
        return leaves_open(c, row, seen) ? MSP_UNKNOWN : s.outside;
    default:
        return s.inside == s.outside ? s.inside : MSP_UNKNOWN;
    }
}

/* -- 2. rows as checks -- */

/* What is met for no value gets a range that no value is in. */
static void put_range(msp_check *check, span s)
{
    check->low = s.inside == MSP_YES ? s.low : INT64_MAX;
    check->width = s.inside == MSP_YES ? (uint64_t)s.high - (uint64_t)s.low : 0;
}

void msp__set_range(const msp_course *c, const msp_seen *seen, msp_check *check)
{
    put_range(check, span_of(c, &c->criteria->rows[check->row], seen));
}

static void add_check(const msp_criteria *criteria, unsigned level, uint8_t row,
                      msp_check_list *out, size_t at)
{
    const msp_response_row *r = &criteria->rows[row];
    msp_check *check = &out->checks[at];
    *check = (msp_check){.row = row,
                         .judged = (uint8_t)r->judged,
                         .looks = BIT(r->judged),
                         .fails = BIT(level),
                         .from_nadir = needs_nadir(r),
                         .nadir_at = UINT16_MAX};
    if (needs_baseline(&criteria->rules, r))
        out->falls[out->n_falls++] = (uint8_t)at;
    else if (!check->from_nadir)
        put_range(check, plain_span(r, 1000));
    out->fixed =
        out->fixed && (!check->from_nadir || level == MSP_LEVEL_PD || level == MSP_LEVEL_RELAPSE);
}

void msp__make_checks(const msp_criteria *criteria, const msp_row_list *lists, msp_check_list *out)
{
    const uint32_t waived = waivable(&criteria->rules);
    uint16_t n = 0;
    out->n_falls = 0;
    out->looked_at = 0;
    out->fixed = waived == 0;
    for (unsigned level = 0; level <= MSP_LEVEL_RELAPSE; level++) {
        const msp_row_list *list = &lists[level];
        const uint32_t looks_at = list->rising | list->others;
        out->from[level] = n;
        out->looked_at |= looks_at;
        out->needs[level] = list->n > 0 ? looks_at & ~waived : BIT(MSP_JUDGED_COUNT);
        for (uint8_t k = 0; k < list->n; k++)
            add_check(criteria, level, list->row[k], out, n++);
    }
    out->from[MSP_LEVEL_RELAPSE + 1] = n;
    const msp_row_list *pd = &lists[MSP_LEVEL_PD], *relapse = &lists[MSP_LEVEL_RELAPSE];
    out->rising = pd->rising | relapse->rising;
    out->others = pd->others | relapse->others;
    out->relapse = relapse->rising | relapse->others;
    out->needed = out->needs[MSP_LEVEL_VGPR] | out->needs[MSP_LEVEL_PR] | out->needs[MSP_LEVEL_MR];
}

void msp__set_checks(msp_course *c)
{
    const msp_check_list *list = c->list;
    const size_t n = list->from[MSP_LEVEL_RELAPSE + 1];
    memcpy(c->checks, list->checks, n * sizeof *c->checks);
    if (c->ordinary)
        for (size_t k = 0; k < list->n_falls; k++)
            msp__set_range(c, &c->seen[0], &c->checks[list->falls[k]]);
    else
        for (size_t k = 0; k < n; k++)
            if (!c->checks[k].from_nadir)
                msp__set_range(c, &c->seen[0], &c->checks[k]);
}
