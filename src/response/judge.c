/* judge.c - the level at one assessment, and judging patients one after another. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* -- one row -- */

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
static int64_t in_parts(const msp_course *c, msp_judged judged, msp_decimal amount)
{
    static const int64_t thousandths[] = {1000, 100, 10, 1};
    const int64_t most = INT64_MAX / 4,
                  factor = thousandths[amount.scale] * (msp__unit(c, judged) / 1000);
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
    const msp_judged judged = msp__plain_of(row->judged);
    const bool known = msp__has(&c->seen[0], judged);
    const bool bounded = (c->seen[0].less & BIT(judged)) != 0;
    const int64_t b = known && !bounded ? c->seen[0].value[judged] : 0;
    const int64_t fallen = at_most(b, 100 - row->percent);
    if (row->compare == MSP_COMPARE_FALL || row->compare == MSP_COMPARE_ASSESSED)
        return known ? up_to(fallen) : unknown;
    const int64_t below = in_parts(c, row->judged, row->amount) - 1;
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
    const int64_t amount = in_parts(c, row->judged, row->amount);
    const int64_t risen = larger(n + !open, at_least(n, 100 + row->percent));
    const int64_t from = in_parts(c, row->judged, row->from);
    switch (row->compare) {
    case MSP_COMPARE_DROP:
        return between(n + amount, INT64_MAX);
    case MSP_COMPARE_RISE_MORE:
        return between(larger(risen, n + amount + !open), INT64_MAX);
    case MSP_COMPARE_RISE_TO:
        return between(larger(risen, amount), INT64_MAX);
    case MSP_COMPARE_RISE_FROM_NADIR:
        if (n < from)
            return never;
        break;
    case MSP_COMPARE_RISE_FROM_BASELINE:
        if (!msp__has(base, row->judged))
            return (span){n + 1, INT64_MAX, MSP_UNKNOWN, MSP_NO};
        if (base->value[row->judged] < from)
            return never;
        break;
    default:
        break;
    }
    return between(larger(risen, n + amount), INT64_MAX);
}

static bool needs_nadir(const msp_response_row *row)
{
    return (BIT(row->compare) & (MSP_COMPARE_RISES | BIT(MSP_COMPARE_DROP))) != 0;
}

/* What a row says at an assessment. */
static span span_of(const msp_course *c, const msp_response_row *row, const msp_seen *seen)
{
    if (needs_nadir(row)) {
        if (!msp__has_nadir(seen, row->judged))
            return unknown;
        const msp_seen *lowest = &c->seen[seen->nadir_at[row->judged]];
        return rise_span(c, row, lowest->value[row->judged],
                         msp__is_strictly_less(lowest, row->judged));
    }
    switch (row->compare) {
    case MSP_COMPARE_BELOW:
        return up_to(in_parts(c, row->judged, row->amount) - 1);
    case MSP_COMPARE_ASSESSED:
        return c->criteria->rules.vgpr_serum_red90 ? fall_span(c, row) : up_to(INT64_MAX);
    case MSP_COMPARE_NEGATIVE:
        return between(0, 0);
    case MSP_COMPARE_POSITIVE:
        return between(1, INT64_MAX);
    case MSP_COMPARE_ABOVE:
        return between(in_parts(c, row->judged, row->amount) + 1, INT64_MAX);
    default:
        return fall_span(c, row);
    }
}

/* vgpr_urine=waive: the protein that is not measurable need not have been looked at. */
static uint32_t waivable(const msp_course *c)
{
    return c->criteria->rules.vgpr_urine_waived
               ? BIT(MSP_JUDGED_URINE_RECENT) | BIT(MSP_JUDGED_SERUM_RECENT)
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
        return (waivable(c) & BIT(row->judged)) != 0 ? MSP_YES : MSP_UNKNOWN;
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

/* -- rows as checks -- */

/* What is met for no value gets an empty range. */
static void set_range(const msp_course *c, const msp_seen *seen, msp_check *check)
{
    const span s = span_of(c, &c->criteria->rows[check->row], seen);
    check->low = s.low;
    check->high = s.inside == MSP_YES ? s.high : INT64_MIN;
}

void msp__set_checks(msp_course *c)
{
    size_t n = 0;
    for (unsigned level = 0; level <= MSP_LEVEL_RELAPSE; level++) {
        const msp_row_list *list = &c->lists[level];
        const uint32_t looks_at = list->rising | list->others;
        const bool looks = (looks_at & c->ever) != 0;
        c->level_from[level] = n;
        c->needs[level] = list->n > 0 ? looks_at & ~waivable(c) : BIT(MSP_JUDGED_COUNT);
        for (uint8_t k = 0; looks && k < list->n; k++) {
            if ((BIT(list->judged[k]) & c->ever) == 0)
                continue;
            msp_check *check = &c->checks[n++];
            *check = (msp_check){.row = list->row[k],
                                 .place = k,
                                 .judged = list->judged[k],
                                 .looks = BIT(list->judged[k]),
                                 .fails = BIT(level),
                                 .from_nadir = needs_nadir(&c->criteria->rows[list->row[k]]),
                                 .nadir_at = UINT16_MAX};
            if (!check->from_nadir)
                set_range(c, &c->seen[0], check);
        }
    }
    c->level_from[MSP_LEVEL_RELAPSE + 1] = n;
    c->needed = c->needs[MSP_LEVEL_VGPR] | c->needs[MSP_LEVEL_PR] | c->needs[MSP_LEVEL_MR];
    c->fixed = !c->bounded && waivable(c) == 0;
    for (size_t k = c->level_from[MSP_LEVEL_MR]; k < c->level_from[MSP_LEVEL_VGPR + 1]; k++)
        c->fixed = c->fixed && !c->checks[k].from_nadir && c->checks[k].low == INT64_MIN;
}

static inline bool is_in_range(const msp_seen *seen, const msp_check *check)
{
    const int64_t x = seen->value[check->judged];
    return (check->low <= x) & (x <= check->high);
}

/* The range of a rise is worked out again only where the nadir is another one. */
static inline bool passes(const msp_course *c, const msp_seen *seen, msp_check *check)
{
    if (check->from_nadir) {
        if (!msp__has_nadir(seen, check->judged))
            return false;
        if (check->nadir_at != seen->nadir_at[check->judged]) {
            check->nadir_at = seen->nadir_at[check->judged];
            set_range(c, seen, check);
        }
    }
    if (c->bounded)
        return msp__is_within(seen, (msp_judged)check->judged, check->low, check->high) == MSP_YES;
    return is_in_range(seen, check);
}

/* -- one assessment -- */

/* Whether all rows of a level are met; those of markers in `waived` count as met. */
static inline bool is_met(msp_course *c, unsigned level, const msp_seen *seen, uint32_t waived)
{
    const uint32_t there = seen->has & ~waived;
    if ((c->needs[level] & ~(there | waived)) != 0)
        return false;
    for (size_t k = c->level_from[level]; k < c->level_from[level + 1]; k++)
        if ((there & c->checks[k].looks) != 0 && !passes(c, seen, &c->checks[k]))
            return false;
    return true;
}

/* Those of VGPR, PR and MR that fail for want of something to look at. */
static inline uint32_t levels_lacking(const msp_course *c, uint32_t lacking)
{
    uint32_t failed = 0;
    for (unsigned level = MSP_LEVEL_MR; level <= MSP_LEVEL_VGPR; level++)
        failed |= (c->needs[level] & lacking) != 0 ? BIT(level) : 0;
    return failed;
}

/* Which of VGPR, PR and MR are met, without a branch on values: which of them one reaches is hard
 * to foresee. Where their ranges are `fixed` nothing is looked at that is not there. */
static inline uint32_t levels_met(msp_course *c, const msp_seen *seen, uint32_t waived)
{
    const uint32_t there = seen->has & ~waived, lacking = ~(there | waived);
    uint32_t failed = ~(BIT(MSP_LEVEL_VGPR) | BIT(MSP_LEVEL_PR) | BIT(MSP_LEVEL_MR));
    msp_check *k = &c->checks[c->level_from[MSP_LEVEL_MR]],
              *end = &c->checks[c->level_from[MSP_LEVEL_VGPR + 1]];
    if ((c->needed & lacking) != 0)
        failed |= levels_lacking(c, lacking);
    if (c->fixed && waived == 0)
        for (; k < end; k++)
            failed |= k->fails & (0 - (uint32_t)(seen->value[k->judged] > k->high));
    else
        for (; k < end; k++)
            failed |= (there & k->looks) != 0 && !passes(c, seen, k) ? k->fails : 0;
    return ~failed;
}

/* The best level that is met. sCR is CR and more. */
static inline msp_response_level best_level(msp_course *c, const msp_seen *seen, uint32_t waived)
{
    if (is_met(c, MSP_LEVEL_CR, seen, waived))
        return is_met(c, MSP_LEVEL_SCR, seen, waived) ? MSP_LEVEL_SCR : MSP_LEVEL_CR;
    const uint32_t met = levels_met(c, seen, waived);
    return met != 0 ? (msp_response_level)(31 - __builtin_clz(met)) : MSP_LEVEL_SD;
}

uint32_t msp__missing_markers(const msp_course *c, size_t i, bool *all)
{
    static const uint32_t judged_by[MSP_DISEASE_COUNT] = {
        [MSP_DISEASE_SERUM] = BIT(MSP_JUDGED_SERUM),
        [MSP_DISEASE_URINE] = BIT(MSP_JUDGED_URINE),
        [MSP_DISEASE_BOTH] = BIT(MSP_JUDGED_SERUM) | BIT(MSP_JUDGED_URINE),
        [MSP_DISEASE_FLC] = BIT(MSP_JUDGED_DFLC),
        [MSP_DISEASE_MARROW] = BIT(MSP_JUDGED_MARROW),
    };
    const uint32_t needed = judged_by[c->type], missing = needed & ~c->seen[i].has;
    *all = needed != 0 && missing == needed;
    return missing;
}

#define DISEASE_MARKERS                                                            \
    (BIT(MSP_MARKER_SERUM_M) | BIT(MSP_MARKER_URINE_M) | BIT(MSP_MARKER_IGA) |     \
     BIT(MSP_MARKER_KAPPA) | BIT(MSP_MARKER_LAMBDA) | BIT(MSP_MARKER_IFE_SERUM) |  \
     BIT(MSP_MARKER_IFE_URINE) | BIT(MSP_MARKER_MARROW) | BIT(MSP_MARKER_CLONAL) | \
     BIT(MSP_MARKER_SPD) | BIT(MSP_MARKER_CIRCULATING) | BIT(MSP_MARKER_SECOND_M))

bool msp__anything_seen(const msp_seen *seen)
{
    return (seen->markers & DISEASE_MARKERS) != 0;
}

/* Rules 2.6: what an assessment is at which no level is met. */
static msp_response_level without_level(msp_course *c, size_t i, msp_assessed *out)
{
    const msp_seen *seen = &c->seen[i];
    bool all;
    const uint32_t missing = msp__missing_markers(c, i, &all);
    const msp_missing_measurable rule = c->criteria->rules.missing;
    if (!msp__anything_seen(seen) || all || (missing != 0 && rule == MSP_MISSING_NE))
        return MSP_LEVEL_NE;
    if (missing == 0)
        return MSP_LEVEL_SD;
    const msp_response_level provisional = best_level(c, seen, missing);
    out->flags |= MSP_ASSESSED_PROVISIONAL;
    return rule == MSP_MISSING_DOWNGRADE_ONE && provisional > MSP_LEVEL_SD ? provisional - 1
                                                                           : provisional;
}

static uint32_t rows_met(msp_course *c, unsigned level, const msp_seen *seen)
{
    uint32_t met = 0;
    for (size_t k = c->level_from[level]; k < c->level_from[level + 1]; k++)
        if ((seen->has & c->checks[k].looks) != 0 && passes(c, seen, &c->checks[k]))
            met |= BIT(c->checks[k].place);
    return met;
}

/* The same; mostly nothing is there to be looked at. */
static inline uint32_t met_rows(msp_course *c, unsigned level, const msp_seen *seen)
{
    const msp_row_list *list = &c->lists[level];
    return ((list->rising & seen->above) | (list->others & seen->has)) != 0
               ? rows_met(c, level, seen)
               : 0;
}

/* The marker of the first row of a level that was measured here; of PD, of a row that is met. */
static uint8_t decider(const msp_course *c, const msp_seen *seen, unsigned level, uint32_t pd_rows)
{
    const msp_row_list *list = &c->lists[level];
    for (size_t k = 0; k < list->n; k++) {
        const msp_judged judged = (msp_judged)list->judged[k];
        if (level == MSP_LEVEL_PD ? (pd_rows & BIT(k)) != 0 : msp__has(seen, judged))
            return (uint8_t)msp__judged_marker(c, judged);
    }
    return MSP_NO_MARKER;
}

/* The level at assessment i, the rows for progression that are met, flags. */
static inline void level_at(msp_course *c, size_t i, msp_assessed *out)
{
    const msp_seen *seen = &c->seen[i];
    *out = (msp_assessed){.day = seen->day, .pd_rows = met_rows(c, MSP_LEVEL_PD, seen)};
    if (met_rows(c, MSP_LEVEL_RELAPSE, seen) != 0)
        out->flags |= MSP_ASSESSED_CLINICAL_RELAPSE;
    if (msp__has(seen, MSP_JUDGED_SERUM) && seen->value[MSP_JUDGED_SERUM] > 0 &&
        msp__has(seen, MSP_JUDGED_IFE_SERUM) && seen->value[MSP_JUDGED_IFE_SERUM] == 0)
        out->flags |= MSP_ASSESSED_SPEP_WITHOUT_IFE;
    msp_response_level level = MSP_LEVEL_PD;
    if (out->pd_rows == 0)
        level = best_level(c, seen, 0);
    if (level == MSP_LEVEL_SD)
        level = without_level(c, i, out);
    out->raw = (uint8_t)level;
    out->decider =
        decider(c, seen, level == MSP_LEVEL_SD || level == MSP_LEVEL_NE ? MSP_LEVEL_PR : level,
                out->pd_rows);
}

/* -- one patient -- */

static msp_status reserve(msp_judge *judge, size_t n, msp_error *err)
{
    if (judge->course == NULL)
        judge->course = calloc(1, sizeof *judge->course);
    if (n > judge->cap) {
        free(judge->assessed);
        judge->cap = 2 * n;
        judge->assessed = malloc(judge->cap * sizeof *judge->assessed);
        if (judge->assessed == NULL)
            judge->cap = 0;
    }
    if (judge->course == NULL || (n > 0 && judge->assessed == NULL))
        return msp_fail(err, MSP_EMEM, "no memory to judge a patient");
    return MSP_OK;
}

msp_status msp_judge_patient(msp_judge *judge, const msp_patient *patient,
                             const msp_criteria *criteria, msp_response_result *out, msp_error *err)
{
    *out = (msp_response_result){0};
    msp_status rc = reserve(judge, patient->n_visits, err);
    if (rc == MSP_OK)
        rc = msp__course_build(judge->course, patient, criteria, judge->without_relapses, err);
    if (rc != MSP_OK)
        return rc;
    msp_course *c = judge->course;
    const size_t n = c->n_seen - 1;
    msp__set_checks(c);
    for (size_t k = 0; k < n; k++)
        level_at(c, k + 1, &judge->assessed[k]);
    *out = (msp_response_result){.type = c->type,
                                 .baseline_assessed = msp__anything_seen(&c->seen[0]),
                                 .chain = c->chain,
                                 .assessed = judge->assessed,
                                 .n_assessed = n};
    msp__confirm(c, judge->assessed, n, out);
    if (judge->without_relapses)
        out->clinical_relapse = out->relapse_from_cr = out->significant_relapse = MSP_NO_DAY;
    else
        msp__relapses(c, judge->assessed, n, out);
    return MSP_OK;
}

void msp_judge_free(msp_judge *judge)
{
    if (judge->course != NULL)
        free(judge->course->seen);
    free(judge->course);
    free(judge->assessed);
    *judge = (msp_judge){0};
}
