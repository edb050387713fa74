/* look_back.c - what an assessment knows of the earlier ones: lowest values, values carried. */
#include <string.h>

#include "internal.h"

/* The lowest value so far. Where there is none it is INT64_MAX, which nothing is above. */
typedef struct lowest {
    int64_t value;
    size_t at;
    uint32_t known; /* the bit of what is judged, where there is one */
} lowest;

/* Without a branch: which values are lower is hard to foresee. "<5" (`open`) is lower than 5. */
ALWAYS_INLINE void lower(lowest *low, uint32_t bit, int64_t value, bool open, size_t at)
{
    low->at = (value < low->value) | (open & (value == low->value)) ? at : low->at;
    low->value = value < low->value ? value : low->value;
    low->known = bit;
}

/* The value before this one, where lowest values have to be confirmed. */
typedef struct previous {
    int64_t value;
    size_t at;
    bool is_there, open;
} previous;

/* The larger of this value and the one before it. */
static inline void lower_confirmed(lowest *low, uint32_t bit, previous *last, int64_t value,
                                   bool open, size_t i)
{
    const bool larger = last->value > value || (last->value == value && !last->open);
    if (last->is_there)
        lower(low, bit, larger ? last->value : value, larger ? last->open : open,
              larger ? last->at : i);
    *last = (previous){value, i, true, open};
}

/* The lowest of the values of msp_judged j before each assessment: the baseline's, and each later
 * one, or (rule lowest_confirmed) the larger of each two that follow each other. ">5" is none, nor
 * is the larger of two of which one is that: nobody knows how high it is. */
ALWAYS_INLINE void follow_lowest(const msp_course *c, size_t j, bool confirmed, bool bounded)
{
    const uint32_t bit = BIT(j);
    const size_t n = c->n_seen;
    lowest low = {.value = INT64_MAX};
    previous last = {0};
    for (size_t i = 0; i < n; i++) {
        msp_seen *seen = &c->seen[i];
        seen->nadir_at[j] = (uint16_t)low.at;
        seen->has_nadir |= low.known;
        if ((seen->has & bit) == 0)
            continue;
        if (bounded && (seen->more & bit) != 0) {
            last.is_there = false;
            continue;
        }
        const int64_t value = seen->value[j];
        const bool open = bounded && msp__is_strictly_less(seen, j);
        seen->above |= (uint32_t)(value > low.value) << j;
        if (confirmed && i > 0)
            lower_confirmed(&low, bit, &last, value, open, i);
        else
            lower(&low, bit, value, open, i);
    }
}

static bool is_positive(const msp_seen *seen, msp_judged ife)
{
    return (seen->has & BIT(ife)) != 0 && seen->value[ife] != 0;
}

static void carry_bound(const msp_seen *from, msp_judged judged, msp_seen *seen, msp_judged to)
{
    seen->less |= (from->less >> judged & 1) << to;
    seen->more |= (from->more >> judged & 1) << to;
    seen->strict |= (from->strict >> judged & 1) << to;
}

static inline void carry_one(const msp_course *c, const msp_seen *from, msp_judged judged,
                             msp_seen *seen, msp_judged to, int slot)
{
    msp__put(seen, to, from->value[judged]);
    if (c->bounded)
        carry_bound(from, judged, seen, to);
    seen->from[slot] = (uint16_t)(from - c->seen);
}

/* Serum or urine of each assessment, or of one at most urine_carry_days earlier, the baseline too.
 */
static void carry_protein(const msp_course *c, msp_judged judged, msp_judged to, int slot)
{
    const int64_t days = c->criteria->rules.urine_carry_days;
    const msp_seen *last = &c->seen[0], *end = c->seen + c->n_seen;
    msp_day taken = msp__baseline_day(c, judged);
    for (msp_seen *seen = c->seen + 1; seen < end; seen++) {
        if (msp__has(seen, judged)) {
            last = seen;
            taken = seen->day;
        }
        if (msp__has(last, judged) && (last == seen || (int64_t)seen->day - taken <= days))
            carry_one(c, last, judged, seen, to, slot);
    }
}

/* What is carried from one assessment to the next without regard to how old it is. */
#define IN_RUN (BIT(MSP_JUDGED_MARROW) | BIT(MSP_JUDGED_CLONAL) | BIT(MSP_JUDGED_SPD))

/* The last value of each; NULL is none. */
typedef struct carried {
    const msp_seen *marrow, *clonal, *spd;
} carried;

static const msp_seen *latest(const msp_seen *seen, msp_judged judged, const msp_seen *before)
{
    return msp__has(seen, judged) ? seen : before;
}

static void carry_run(const msp_course *c, msp_seen *seen, carried *last)
{
    const msp_response_rules *r = &c->criteria->rules;
    if (r->marrow_of_visit)
        last->marrow = last->clonal = NULL;
    if (r->imaging_of_visit)
        last->spd = NULL;
    last->marrow = latest(seen, MSP_JUDGED_MARROW, last->marrow);
    last->clonal = latest(seen, MSP_JUDGED_CLONAL, last->clonal);
    last->spd = latest(seen, MSP_JUDGED_SPD, last->spd);
    if (last->marrow != NULL)
        carry_one(c, last->marrow, MSP_JUDGED_MARROW, seen, MSP_JUDGED_MARROW_RUN, FROM_MARROW);
    if (last->clonal != NULL)
        carry_one(c, last->clonal, MSP_JUDGED_CLONAL, seen, MSP_JUDGED_CLONAL_RUN, FROM_CLONAL);
    if (last->spd != NULL)
        carry_one(c, last->spd, MSP_JUDGED_SPD, seen, MSP_JUDGED_SPD_RECENT, FROM_SPD);
    if (is_positive(seen, MSP_JUDGED_IFE_SERUM) || is_positive(seen, MSP_JUDGED_IFE_URINE))
        last->marrow = last->clonal = NULL; /* the run of negative assessments ends here */
}

static void carry_runs(const msp_course *c)
{
    carried last = {0};
    for (msp_seen *seen = c->seen + 1, *end = c->seen + c->n_seen; seen < end; seen++)
        if ((seen->has & IN_RUN) != 0 || last.marrow != NULL || last.clonal != NULL ||
            last.spd != NULL)
            carry_run(c, seen, &last);
}

/* cr_date=first_ife_negative: a marrow taken later in the same run counts from its beginning. */
static void carry_back(const msp_course *c)
{
    const msp_seen *marrow = NULL, *clonal = NULL;
    for (size_t i = c->n_seen; i-- > 1;) {
        msp_seen *seen = &c->seen[i];
        if (is_positive(seen, MSP_JUDGED_IFE_SERUM) || is_positive(seen, MSP_JUDGED_IFE_URINE)) {
            marrow = clonal = NULL;
            continue;
        }
        marrow = latest(seen, MSP_JUDGED_MARROW, marrow);
        clonal = latest(seen, MSP_JUDGED_CLONAL, clonal);
        if (marrow != NULL && !msp__has(seen, MSP_JUDGED_MARROW_RUN))
            carry_one(c, marrow, MSP_JUDGED_MARROW, seen, MSP_JUDGED_MARROW_RUN, FROM_MARROW);
        if (clonal != NULL && !msp__has(seen, MSP_JUDGED_CLONAL_RUN))
            carry_one(c, clonal, MSP_JUDGED_CLONAL, seen, MSP_JUDGED_CLONAL_RUN, FROM_CLONAL);
    }
}

/* What rows look at, where there is any. */
static void carry_all(const msp_course *c)
{
    const msp_response_rules *rules = &c->criteria->rules;
    if ((c->list->looked_at & BIT(MSP_JUDGED_SERUM_RECENT)) != 0)
        carry_protein(c, MSP_JUDGED_SERUM, MSP_JUDGED_SERUM_RECENT, FROM_SERUM);
    if ((c->list->looked_at & BIT(MSP_JUDGED_URINE_RECENT)) != 0)
        carry_protein(c, MSP_JUDGED_URINE, MSP_JUDGED_URINE_RECENT, FROM_URINE);
    if ((c->ever & IN_RUN) == 0)
        return;
    carry_runs(c);
    if (rules->cr_from_first_negative && !rules->marrow_of_visit)
        carry_back(c);
}

/* Both switches are known to the compiler where neither is on, which is the rule. */
static void follow_all(const msp_course *c)
{
    const bool confirmed = c->criteria->rules.nadir_confirmed, bounded = c->bounded;
    for (uint32_t left = c->ever & c->followed; left != 0; left &= left - 1) {
        const size_t j = (unsigned)__builtin_ctz(left);
        if (confirmed || bounded)
            follow_lowest(c, j, confirmed, bounded);
        else
            follow_lowest(c, j, false, false);
    }
}

void msp__look_back(msp_course *c)
{
    carry_all(c);
    follow_all(c);
}
