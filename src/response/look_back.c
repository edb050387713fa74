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

/* The last value of each thing that is carried, as an index; 0 is none but for the M-proteins,
 * whose baseline is carried too. */
typedef struct carried {
    size_t serum, urine, marrow, clonal, spd;
} carried;

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

static void carry_one(msp_course *c, size_t i, size_t from, msp_judged judged, msp_judged to,
                      int slot)
{
    msp__put(&c->seen[i], to, c->seen[from].value[judged]);
    if (c->bounded)
        carry_bound(&c->seen[from], judged, &c->seen[i], to);
    c->seen[i].from[slot] = (uint16_t)from;
}

static size_t latest(const msp_seen *seen, msp_judged judged, size_t i, size_t before)
{
    return (seen->has & BIT(judged)) != 0 ? i : before;
}

/* Serum or urine of this assessment, or of one at most urine_carry_days earlier; where a row looks
 * at it. */
ALWAYS_INLINE void carry_protein(msp_course *c, size_t i, size_t *last, msp_judged judged,
                                 msp_judged to, int slot)
{
    if ((c->list->looked_at & BIT(to)) == 0)
        return;
    *last = latest(&c->seen[i], judged, i, *last);
    if ((c->seen[*last].has & BIT(judged)) == 0)
        return;
    const msp_day taken = *last == 0 ? msp__baseline_day(c, judged) : c->seen[*last].day;
    if (*last == i || (int64_t)c->seen[i].day - taken <= c->criteria->rules.urine_carry_days)
        carry_one(c, i, *last, judged, to, slot);
}

/* What is carried from one assessment to the next without regard to how old it is. */
#define IN_RUN (BIT(MSP_JUDGED_MARROW) | BIT(MSP_JUDGED_CLONAL) | BIT(MSP_JUDGED_SPD))

static void carry_run(msp_course *c, size_t i, carried *last)
{
    const msp_response_rules *r = &c->criteria->rules;
    const msp_seen *seen = &c->seen[i];
    if (r->marrow_of_visit)
        last->marrow = last->clonal = 0;
    if (r->imaging_of_visit)
        last->spd = 0;
    last->marrow = latest(seen, MSP_JUDGED_MARROW, i, last->marrow);
    last->clonal = latest(seen, MSP_JUDGED_CLONAL, i, last->clonal);
    last->spd = latest(seen, MSP_JUDGED_SPD, i, last->spd);
    if (last->marrow != 0)
        carry_one(c, i, last->marrow, MSP_JUDGED_MARROW, MSP_JUDGED_MARROW_RUN, FROM_MARROW);
    if (last->clonal != 0)
        carry_one(c, i, last->clonal, MSP_JUDGED_CLONAL, MSP_JUDGED_CLONAL_RUN, FROM_CLONAL);
    if (last->spd != 0)
        carry_one(c, i, last->spd, MSP_JUDGED_SPD, MSP_JUDGED_SPD_RECENT, FROM_SPD);
    if (is_positive(seen, MSP_JUDGED_IFE_SERUM) || is_positive(seen, MSP_JUDGED_IFE_URINE))
        last->marrow = last->clonal = 0; /* the run of negative assessments ends here */
}

ALWAYS_INLINE void carry(msp_course *c, size_t i, carried *last)
{
    const msp_seen *seen = &c->seen[i];
    carry_protein(c, i, &last->serum, MSP_JUDGED_SERUM, MSP_JUDGED_SERUM_RECENT, FROM_SERUM);
    carry_protein(c, i, &last->urine, MSP_JUDGED_URINE, MSP_JUDGED_URINE_RECENT, FROM_URINE);
    if ((seen->has & IN_RUN) != 0 || (last->marrow | last->clonal | last->spd) != 0)
        carry_run(c, i, last);
}

/* cr_date=first_ife_negative: a marrow taken later in the same run counts from its beginning. */
static void carry_back(msp_course *c)
{
    size_t marrow = 0, clonal = 0;
    for (size_t i = c->n_seen; i-- > 1;) {
        const msp_seen *seen = &c->seen[i];
        if (is_positive(seen, MSP_JUDGED_IFE_SERUM) || is_positive(seen, MSP_JUDGED_IFE_URINE)) {
            marrow = clonal = 0;
            continue;
        }
        marrow = latest(seen, MSP_JUDGED_MARROW, i, marrow);
        clonal = latest(seen, MSP_JUDGED_CLONAL, i, clonal);
        if (marrow != 0 && (seen->has & BIT(MSP_JUDGED_MARROW_RUN)) == 0)
            carry_one(c, i, marrow, MSP_JUDGED_MARROW, MSP_JUDGED_MARROW_RUN, FROM_MARROW);
        if (clonal != 0 && (seen->has & BIT(MSP_JUDGED_CLONAL_RUN)) == 0)
            carry_one(c, i, clonal, MSP_JUDGED_CLONAL, MSP_JUDGED_CLONAL_RUN, FROM_CLONAL);
        c->ever |= seen->has;
    }
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
    const msp_response_rules *rules = &c->criteria->rules;
    carried last = {0};
    uint32_t ever = 0;
    for (size_t i = 1; i < c->n_seen; i++) {
        carry(c, i, &last);
        ever |= c->seen[i].has;
    }
    c->ever = ever;
    follow_all(c);
    if (rules->cr_from_first_negative && !rules->marrow_of_visit)
        carry_back(c);
}
