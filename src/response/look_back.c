/* look_back.c - what an assessment knows of the earlier ones: lowest values, values carried. */
#include <string.h>

#include "internal.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Lowest of the values before assessment i: the baseline's, and each later one, or (rule
 * lowest_confirmed) the larger of each two that follow each other. ">5" is none, nor is the larger
 * of two of which one is that. Where there is none the lowest is INT64_MAX, which nothing is above.
 */
typedef struct running {
    uint32_t has, has_last, last_open;
    int64_t nadir[MSP_NADIR_COUNT], last[MSP_NADIR_COUNT];
    uint16_t at[MSP_NADIR_COUNT], last_at[MSP_NADIR_COUNT];
} running;

/* Without a branch: which values are lower is hard to foresee. "<5" (`open`) is lower than 5. */
ALWAYS_INLINE void lower(running *run, size_t j, int64_t value, bool open, size_t at)
{
    const int64_t nadir = run->nadir[j];
    const size_t before = run->at[j];
    const bool lower = (value < nadir) | (open & (value == nadir));
    run->nadir[j] = nadir ^ ((nadir ^ value) & -(int64_t)lower);
    run->at[j] = (uint16_t)(before ^ ((before ^ at) & (0 - (size_t)lower)));
}

/* The larger of this value and the one before it, where there is one. */
static void lower_confirmed(running *run, size_t j, int64_t value, bool open, size_t i)
{
    const bool last_open = (run->last_open & BIT(j)) != 0;
    const bool before = run->last[j] > value || (run->last[j] == value && !last_open);
    if ((run->has_last & BIT(j)) != 0) {
        lower(run, j, before ? run->last[j] : value, before ? last_open : open,
              before ? run->last_at[j] : i);
        run->has |= BIT(j);
    }
    run->last[j] = value;
    run->last_at[j] = (uint16_t)i;
    run->has_last |= BIT(j);
    run->last_open = open ? run->last_open | BIT(j) : run->last_open & ~BIT(j);
}

/* The same of all values of an assessment. */
static void lower_all_confirmed(running *run, const msp_seen *seen, uint32_t known, size_t i)
{
    run->has_last &= known | ~seen->has;
    for (uint32_t left = known; left != 0; left &= left - 1) {
        const size_t j = (size_t)__builtin_ctz(left);
        lower_confirmed(run, j, seen->value[j], msp__is_strictly_less(seen, j), i);
    }
}

/* What this assessment is to the nadirs before it, and they to those after it. */
ALWAYS_INLINE void follow_nadir(running *run, msp_seen *seen, size_t i, bool confirmed,
                                bool bounded)
{
    uint32_t above = 0;
    /* nobody knows how high those that are more than a bound are */
    const uint32_t known = seen->has & ~seen->more & (BIT(MSP_NADIR_COUNT) - 1);
    seen->has_nadir = run->has;
    memcpy(seen->nadir_at, run->at, sizeof run->at);
    for (uint32_t left = known; left != 0; left &= left - 1) {
        const size_t j = (size_t)__builtin_ctz(left);
        const int64_t value = seen->value[j];
        above |= (uint32_t)(value > run->nadir[j]) << j;
        if (!confirmed || i == 0)
            lower(run, j, value, bounded && msp__is_strictly_less(seen, j), i);
    }
    if (confirmed && i > 0)
        lower_all_confirmed(run, seen, known, i);
    else
        run->has |= known;
    seen->above = above | seen->more;
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

/* Serum or urine of this assessment, or of one at most urine_carry_days earlier. */
static void carry_protein(msp_course *c, size_t i, size_t last, msp_judged judged, msp_judged to,
                          int slot)
{
    if ((c->seen[last].has & BIT(judged)) == 0)
        return;
    const msp_day taken = last == 0 ? msp__baseline_day(c, judged) : c->seen[last].day;
    if (last == i || (int64_t)c->seen[i].day - taken <= c->criteria->rules.urine_carry_days)
        carry_one(c, i, last, judged, to, slot);
}

static size_t latest(const msp_seen *seen, msp_judged judged, size_t i, size_t before)
{
    return (seen->has & BIT(judged)) != 0 ? i : before;
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
    last->serum = latest(seen, MSP_JUDGED_SERUM, i, last->serum);
    last->urine = latest(seen, MSP_JUDGED_URINE, i, last->urine);
    carry_protein(c, i, last->serum, MSP_JUDGED_SERUM, MSP_JUDGED_SERUM_RECENT, FROM_SERUM);
    carry_protein(c, i, last->urine, MSP_JUDGED_URINE, MSP_JUDGED_URINE_RECENT, FROM_URINE);
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
ALWAYS_INLINE void look_back(msp_course *c, bool confirmed, bool bounded)
{
    running run;
    carried last = {0};
    uint32_t ever = 0, rose = 0, markers = c->seen[0].markers;
    run.has = run.has_last = run.last_open = 0;
    for (size_t j = 0; j < MSP_NADIR_COUNT; j++) {
        run.nadir[j] = INT64_MAX;
        run.at[j] = 0;
    }
    follow_nadir(&run, &c->seen[0], 0, confirmed, bounded); /* nothing is before the baseline */
    for (size_t i = 1; i < c->n_seen; i++) {
        msp_seen *seen = &c->seen[i];
        follow_nadir(&run, seen, i, confirmed, bounded);
        carry(c, i, &last);
        ever |= seen->has;
        rose |= seen->above;
        markers |= seen->markers;
    }
    c->ever = ever;
    c->rose = rose;
    c->markers = markers;
}

void msp__look_back(msp_course *c)
{
    const msp_response_rules *rules = &c->criteria->rules;
    if (rules->nadir_confirmed || c->bounded)
        look_back(c, rules->nadir_confirmed, c->bounded);
    else
        look_back(c, false, false);
    if (rules->cr_from_first_negative && !rules->marrow_of_visit)
        carry_back(c);
}
