/* judge.c - the level at one assessment, and judging patients one after another. */
#include <stdlib.h>

#include "internal.h"

/* -- one assessment -- */

static inline bool is_in_range(const msp_seen *seen, const msp_check *check)
{
    return (uint64_t)seen->value[check->judged] - (uint64_t)check->low <= check->width;
}

/* The range of a rise is worked out again only where the nadir is another one. */
static inline bool passes(const msp_course *c, const msp_seen *seen, msp_check *check)
{
    if (check->from_nadir) {
        if (!msp__has_nadir(seen, check->judged))
            return false;
        if (check->nadir_at != seen->nadir_at[check->judged]) {
            check->nadir_at = seen->nadir_at[check->judged];
            msp__set_range(c, seen, check);
        }
    }
    if (c->bounded)
        return msp__is_within(seen, (msp_judged)check->judged, check->low,
                              (int64_t)((uint64_t)check->low + check->width)) == MSP_YES;
    return is_in_range(seen, check);
}

/* Those of VGPR, PR and MR that fail for want of something to look at. */
static inline uint32_t levels_lacking(const msp_check_list *list, uint32_t lacking)
{
    uint32_t failed = 0;
    for (unsigned level = MSP_LEVEL_MR; level <= MSP_LEVEL_VGPR; level++)
        failed |= (list->needs[level] & lacking) != 0 ? BIT(level) : 0;
    return failed;
}

/* Levels that fail by rows that are not met; rows of markers that are not `there` are left out. */
static inline uint32_t levels_failing(msp_course *c, const msp_seen *seen, uint32_t there,
                                      msp_check *k, const msp_check *end)
{
    uint32_t failed = 0;
    for (; k < end; k++)
        failed |= (there & k->looks) != 0 && !passes(c, seen, k) ? k->fails : 0;
    return failed;
}

/* The same where ranges are fixed and all is there that rows look at, without a branch on values:
 * which level one reaches is hard to foresee. */
static inline uint32_t levels_failing_fixed(const msp_seen *seen, const msp_check *k,
                                            const msp_check *end)
{
    uint32_t failed = 0;
    for (; k < end; k++)
        failed |= k->fails & (0 - (uint32_t)!is_in_range(seen, k));
    return failed;
}

/* Which responses are met; those of markers in `waived` count as met. sCR is CR and more. */
static inline uint32_t levels_met(msp_course *c, const msp_seen *seen, uint32_t waived)
{
    const msp_check_list *list = c->list;
    const uint32_t there = seen->has & ~waived, lacking = ~(there | waived),
                   complete = BIT(MSP_LEVEL_CR) | BIT(MSP_LEVEL_SCR);
    unsigned top = MSP_LEVEL_SCR;
    uint32_t failed = ~(complete | BIT(MSP_LEVEL_VGPR) | BIT(MSP_LEVEL_PR) | BIT(MSP_LEVEL_MR));
    if ((list->needs[MSP_LEVEL_CR] & lacking) != 0) {
        failed |= complete;
        top = MSP_LEVEL_VGPR;
    } else if ((list->needs[MSP_LEVEL_SCR] & lacking) != 0) {
        failed |= BIT(MSP_LEVEL_SCR);
        top = MSP_LEVEL_CR;
    }
    if ((list->needed & lacking) != 0)
        failed |= levels_lacking(list, lacking);
    msp_check *k = &c->checks[list->from[MSP_LEVEL_MR]], *end = &c->checks[list->from[top + 1]];
    failed |= list->fixed && !c->bounded && waived == 0 ? levels_failing_fixed(seen, k, end)
                                                        : levels_failing(c, seen, there, k, end);
    return ~(failed | (failed & BIT(MSP_LEVEL_CR)) << 1);
}

static inline msp_response_level best_level(msp_course *c, const msp_seen *seen, uint32_t waived)
{
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
static msp_response_level without_level(msp_course *c, const msp_seen *seen, msp_assessed *out)
{
    bool all;
    const uint32_t missing = msp__missing_markers(c, (size_t)(seen - c->seen), &all);
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

/* The rows of a level that are met, of those that look at something in `looks`. */
static uint32_t rows_met(msp_course *c, unsigned level, const msp_seen *seen, uint32_t looks)
{
    msp_check *checks = &c->checks[c->list->from[level]];
    uint32_t met = 0;
    for (; looks != 0; looks &= looks - 1)
        for (uint32_t left = c->lists[level].rows_of[__builtin_ctz(looks)]; left != 0;
             left &= left - 1) {
            const unsigned k = (unsigned)__builtin_ctz(left);
            met |= (uint32_t)passes(c, seen, &checks[k]) << k;
        }
    return met;
}

/* Rows for progression, and signs of relapse; mostly nothing is there to be looked at. */
static inline void look_for_progression(msp_course *c, const msp_seen *seen, msp_assessed *out)
{
    const uint32_t looks = ((c->list->rising & seen->above) | c->list->others) & seen->has;
    if (looks == 0)
        return;
    out->pd_rows = rows_met(c, MSP_LEVEL_PD, seen, looks);
    if ((looks & c->list->relapse) != 0 && rows_met(c, MSP_LEVEL_RELAPSE, seen, looks) != 0)
        out->flags |= MSP_ASSESSED_CLINICAL_RELAPSE;
}

/* The marker of the first row of a level that was measured here; of PD, of a row that is met. */
static inline uint8_t decider(const msp_course *c, const msp_seen *seen, unsigned level,
                              uint32_t pd_rows)
{
    const msp_row_list *list = &c->lists[level];
    size_t k = 0;
    if (level == MSP_LEVEL_PD)
        k = (unsigned)__builtin_ctz(pd_rows);
    else
        while (k < list->n && !msp__has(seen, (msp_judged)list->judged[k]))
            k++;
    return k < list->n ? (uint8_t)msp__judged_marker(c, (msp_judged)list->judged[k])
                       : MSP_NO_MARKER;
}

static inline bool is_protein_without_ife(const msp_seen *seen)
{
    const uint32_t both = BIT(MSP_JUDGED_SERUM) | BIT(MSP_JUDGED_IFE_SERUM);
    return ((seen->has & both) == both) & (seen->value[MSP_JUDGED_SERUM] > 0) &
           (seen->value[MSP_JUDGED_IFE_SERUM] == 0);
}

/* The level at an assessment, the rows for progression that are met, flags. */
static inline void level_at(msp_course *c, const msp_seen *seen, msp_assessed *out)
{
    *out = (msp_assessed){.day = seen->day};
    look_for_progression(c, seen, out);
    if (is_protein_without_ife(seen))
        out->flags |= MSP_ASSESSED_SPEP_WITHOUT_IFE;
    msp_response_level level = MSP_LEVEL_PD;
    if (out->pd_rows == 0)
        level = best_level(c, seen, 0);
    if (level == MSP_LEVEL_SD)
        level = without_level(c, seen, out);
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
    const msp_seen *seen = c->seen;
    for (msp_assessed *a = judge->assessed, *end = a + n; a < end; a++)
        level_at(c, ++seen, a);
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
