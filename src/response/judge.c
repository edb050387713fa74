/* judge.c - the level at one assessment, and judging patients one after another. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* -- one row -- */

/* At least `percent` below the baseline value b. */
static bool fallen(int64_t x, int64_t b, int percent)
{
    return ((msp__wide)b - x) * 100 >= (msp__wide)b * percent;
}

/* Above n, and by at least `percent` of it; from 0, any rise. */
static bool risen(int64_t x, int64_t n, int percent)
{
    return x > n && (msp__wide)x * 100 >= (msp__wide)n * (100 + percent);
}

static bool has(const msp_seen *seen, msp_judged judged)
{
    return (seen->has & BIT(judged)) != 0;
}

/* The value that a fall is measured from: at baseline the carried ones are the plain ones. */
static msp_judged plain_of(msp_judged judged)
{
    switch (judged) {
    case MSP_JUDGED_SERUM_RECENT:
        return MSP_JUDGED_SERUM;
    case MSP_JUDGED_URINE_RECENT:
        return MSP_JUDGED_URINE;
    case MSP_JUDGED_SPD_RECENT:
        return MSP_JUDGED_SPD;
    case MSP_JUDGED_MARROW_RUN:
        return MSP_JUDGED_MARROW;
    case MSP_JUDGED_CLONAL_RUN:
        return MSP_JUDGED_CLONAL;
    default:
        return judged;
    }
}

static msp_fact fall_fact(const msp_course *c, const msp_response_row *row, int64_t x)
{
    const msp_judged judged = plain_of(row->judged);
    if (!has(&c->seen[0], judged))
        return MSP_UNKNOWN;
    return msp_fact_of(fallen(x, c->seen[0].value[judged], row->percent));
}

/* PR by less than 200 mg also needs a fall of 50 % under urine_abs_rule=with_pct; MR does not. */
#define PR_WITH_PCT 50

static msp_fact below_fact(const msp_course *c, const msp_response_row *row, int64_t x,
                           int64_t amount)
{
    msp_response_row half = *row;
    half.percent = PR_WITH_PCT;
    const msp_fact below = msp_fact_of(x < amount);
    return c->criteria->rules.urine_with_pct && row->level == MSP_LEVEL_PR
               ? msp_fact_and(below, fall_fact(c, &half, x))
               : below;
}

static msp_fact rise_fact(const msp_course *c, const msp_response_row *row, size_t index,
                          const msp_seen *seen)
{
    const msp_judged j = row->judged;
    if (j >= MSP_NADIR_COUNT || (seen->has_nadir & BIT(j)) == 0)
        return MSP_UNKNOWN;
    const int64_t x = seen->value[j], n = seen->nadir[j], amount = c->amount[index];
    const msp__wide rise = (msp__wide)x - n;
    if (rise <= 0)
        return MSP_NO;
    switch (row->compare) {
    case MSP_COMPARE_RISE_MORE:
        return msp_fact_of(rise > amount && risen(x, n, row->percent));
    case MSP_COMPARE_RISE_TO:
        return msp_fact_of(x >= amount && risen(x, n, row->percent));
    case MSP_COMPARE_RISE_FROM_NADIR:
        return msp_fact_of(n >= c->from[index] && rise >= amount && risen(x, n, row->percent));
    case MSP_COMPARE_RISE_FROM_BASELINE:
        if (!has(&c->seen[0], j))
            return MSP_UNKNOWN;
        return msp_fact_of(c->seen[0].value[j] >= c->from[index] && rise >= amount &&
                           risen(x, n, row->percent));
    default: /* RISE, and DROP of a value that is kept turned round */
        return msp_fact_of(rise >= amount && risen(x, n, row->percent));
    }
}

/* A fall in haemoglobin has no relative part: values are kept turned round, where a percentage of
 * the nadir would mean nothing. */
static msp_fact drop_fact(const msp_course *c, size_t index, const msp_seen *seen, msp_judged j)
{
    if (j >= MSP_NADIR_COUNT || (seen->has_nadir & BIT(j)) == 0)
        return MSP_UNKNOWN;
    return msp_fact_of((msp__wide)seen->value[j] - seen->nadir[j] >= c->amount[index]);
}

/* vgpr_urine=waive: the protein that is not measurable need not have been looked at. */
static msp_fact missing_fact(const msp_course *c, const msp_response_row *row)
{
    const bool other_protein =
        row->judged == MSP_JUDGED_URINE_RECENT || row->judged == MSP_JUDGED_SERUM_RECENT;
    return other_protein && c->criteria->rules.vgpr_urine_waived ? MSP_YES : MSP_UNKNOWN;
}

static inline msp_fact row_fact(const msp_course *c, size_t index, size_t i)
{
    const msp_response_row *row = &c->criteria->rows[index];
    const msp_seen *seen = &c->seen[i];
    if (!has(seen, row->judged))
        return missing_fact(c, row);
    const int64_t x = seen->value[row->judged], amount = c->amount[index];
    const msp_response_rules *rules = &c->criteria->rules;
    switch (row->compare) {
    case MSP_COMPARE_FALL:
        return fall_fact(c, row, x);
    case MSP_COMPARE_FALL_OR_BELOW:
        return msp_fact_or(fall_fact(c, row, x), below_fact(c, row, x, amount));
    case MSP_COMPARE_BELOW:
        return msp_fact_of(x < amount);
    case MSP_COMPARE_BELOW_AND_FALL:
        return rules->urine_with_pct ? msp_fact_and(msp_fact_of(x < amount), fall_fact(c, row, x))
                                     : msp_fact_of(x < amount);
    case MSP_COMPARE_ASSESSED:
        return rules->vgpr_serum_red90 ? fall_fact(c, row, x) : MSP_YES;
    case MSP_COMPARE_NEGATIVE:
        return msp_fact_of(x == 0);
    case MSP_COMPARE_POSITIVE:
        return msp_fact_of(x > 0);
    case MSP_COMPARE_ABOVE:
        return msp_fact_of(x > amount);
    case MSP_COMPARE_DROP:
        return drop_fact(c, index, seen, row->judged);
    default:
        return rise_fact(c, row, index, seen);
    }
}

msp_fact msp__row_fact(const msp_course *c, size_t row, size_t i)
{
    return row_fact(c, row, i);
}

/* -- one assessment -- */

/* Whether all rows of a level are met; those of markers in `waived` count as met. */
static msp_fact list_fact(const msp_course *c, unsigned level, size_t i, uint32_t waived)
{
    const msp_row_list *list = &c->lists[level];
    msp_fact fact = list->n > 0 ? MSP_YES : MSP_NO;
    for (size_t k = 0; k < list->n && fact != MSP_NO; k++)
        if ((BIT(list->judged[k]) & waived) == 0)
            fact = msp_fact_and(fact, row_fact(c, list->row[k], i));
    return fact;
}

/* The best level that is met. sCR is CR and more. */
static msp_response_level best_level(const msp_course *c, size_t i, uint32_t waived)
{
    if (list_fact(c, MSP_LEVEL_CR, i, waived) == MSP_YES)
        return list_fact(c, MSP_LEVEL_SCR, i, waived) == MSP_YES ? MSP_LEVEL_SCR : MSP_LEVEL_CR;
    for (int level = MSP_LEVEL_VGPR; level >= MSP_LEVEL_MR; level--)
        if (list_fact(c, (unsigned)level, i, waived) == MSP_YES)
            return (msp_response_level)level;
    return MSP_LEVEL_SD;
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
static msp_response_level without_level(const msp_course *c, size_t i, msp_assessed *out)
{
    bool all;
    const uint32_t missing = msp__missing_markers(c, i, &all);
    const msp_missing_measurable rule = c->criteria->rules.missing;
    if (!msp__anything_seen(&c->seen[i]) || all || (missing != 0 && rule == MSP_MISSING_NE))
        return MSP_LEVEL_NE;
    if (missing == 0)
        return MSP_LEVEL_SD;
    const msp_response_level provisional = best_level(c, i, missing);
    out->flags |= MSP_ASSESSED_PROVISIONAL;
    return rule == MSP_MISSING_DOWNGRADE_ONE && provisional > MSP_LEVEL_SD ? provisional - 1
                                                                           : provisional;
}

static uint32_t met_rows(const msp_course *c, unsigned level, size_t i)
{
    const msp_row_list *list = &c->lists[level];
    const msp_response_row *rows = c->criteria->rows;
    uint32_t met = 0;
    for (size_t k = 0; k < list->n; k++)
        if (has(&c->seen[i], rows[list->row[k]].judged) && row_fact(c, list->row[k], i) == MSP_YES)
            met |= BIT(k);
    return met;
}

/* The marker of the first row of a level that was measured here; of PD, of a row that is met. */
static uint8_t decider(const msp_course *c, size_t i, unsigned level, uint32_t pd_rows)
{
    const msp_row_list *list = &c->lists[level];
    for (size_t k = 0; k < list->n; k++) {
        const msp_judged judged = c->criteria->rows[list->row[k]].judged;
        if (level == MSP_LEVEL_PD ? (pd_rows & BIT(k)) != 0 : has(&c->seen[i], judged))
            return (uint8_t)msp__judged_marker(c, judged);
    }
    return MSP_NO_MARKER;
}

void msp__level_at(const msp_course *c, size_t i, msp_assessed *out)
{
    const msp_seen *seen = &c->seen[i];
    *out = (msp_assessed){.day = seen->day, .pd_rows = met_rows(c, MSP_LEVEL_PD, i)};
    if (met_rows(c, MSP_LEVEL_RELAPSE, i) != 0)
        out->flags |= MSP_ASSESSED_CLINICAL_RELAPSE;
    if (has(seen, MSP_JUDGED_SERUM) && seen->value[MSP_JUDGED_SERUM] > 0 &&
        has(seen, MSP_JUDGED_IFE_SERUM) && seen->value[MSP_JUDGED_IFE_SERUM] == 0)
        out->flags |= MSP_ASSESSED_SPEP_WITHOUT_IFE;
    msp_response_level level = MSP_LEVEL_PD;
    if (out->pd_rows == 0)
        level = best_level(c, i, 0);
    if (level == MSP_LEVEL_SD)
        level = without_level(c, i, out);
    out->raw = (uint8_t)level;
    out->decider = decider(
        c, i, level == MSP_LEVEL_SD || level == MSP_LEVEL_NE ? MSP_LEVEL_PR : level, out->pd_rows);
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
        rc = msp__course_build(judge->course, patient, criteria, err);
    if (rc != MSP_OK)
        return rc;
    const msp_course *c = judge->course;
    const size_t n = c->n_seen - 1;
    for (size_t k = 0; k < n; k++)
        msp__level_at(c, k + 1, &judge->assessed[k]);
    *out = (msp_response_result){
        .type = c->type, .chain = c->chain, .assessed = judge->assessed, .n_assessed = n};
    msp__confirm(c, judge->assessed, n, out);
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
