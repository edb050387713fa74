/* confirm.c - rules 2.7: which responses and progressions are confirmed, and what follows. */
#include "internal.h"

/* Everything confirmation looks at. */
typedef struct sequence {
    const msp_course *course;
    const msp_response_rules *rules;
    msp_assessed *a;
    size_t n;
    size_t therapy;      /* the first of those that the next therapy excludes; n: there is none */
    bool stands_at_once; /* marrow and imaging need no second assessment */
} sequence;

/* The next assessment that is evaluable and far enough from k, excluded or not; n: there is none.
 */
static size_t next_evaluable(const sequence *s, size_t k)
{
    for (size_t j = k + 1; j < s->n; j++)
        if (s->a[j].raw != MSP_LEVEL_NE &&
            (int64_t)s->a[j].day - s->a[k].day >= s->rules->confirm_min_days)
            return j;
    return s->n;
}

static bool any_evaluable_after(const sequence *s, size_t k)
{
    for (size_t j = k + 1; j < s->n; j++)
        if (s->a[j].raw != MSP_LEVEL_NE)
            return true;
    return false;
}

/* -- progression -- */

/* The markers of the rows met at k that need a second assessment; *alone says that a row that
 * needs none is met as well. */
static uint32_t biochemical(const sequence *s, size_t k, bool *alone)
{
    const msp_row_list *list = &s->course->lists[MSP_LEVEL_PD];
    uint32_t markers = 0;
    *alone = false;
    for (size_t i = 0; i < list->n; i++) {
        const msp_response_row *row = &s->course->criteria->rows[list->row[i]];
        if ((s->a[k].pd_rows & BIT(i)) == 0)
            continue;
        if (row->repeat)
            markers |= BIT(row->judged);
        else
            *alone = true;
    }
    return markers;
}

static bool repeated(const sequence *s, size_t next, uint32_t markers)
{
    bool alone;
    if (next == s->n || s->a[next].raw != MSP_LEVEL_PD ||
        (next >= s->therapy && !s->rules->pd_after_new_therapy))
        return false;
    return !s->rules->pd_same_marker || (biochemical(s, next, &alone) & markers) != 0;
}

static bool death_confirms(const sequence *s, size_t k)
{
    const msp_patient *p = s->course->patient;
    if (any_evaluable_after(s, k))
        return false;
    return s->rules->death == MSP_DEATH_PD_RELATED ? p->died_of_myeloma
           : s->rules->death == MSP_DEATH_ANY      ? p->died || p->died_of_myeloma
                                                   : false;
}

/* Why the progression at k is believed; NONE where it is not. */
static msp_pd_basis basis_at(const sequence *s, size_t k)
{
    bool alone;
    const uint32_t markers = biochemical(s, k, &alone);
    const size_t next = next_evaluable(s, k);
    if (alone)
        return MSP_PD_BASIS_IMAGING;
    if (s->rules->pd_simultaneous && (markers & (markers - 1)) != 0)
        return MSP_PD_BASIS_SIMULTANEOUS;
    if (repeated(s, next, markers))
        return MSP_PD_BASIS_REPEATED;
    if (death_confirms(s, k))
        return MSP_PD_BASIS_DEATH;
    if (s->rules->pd_count_unconfirmed && next >= s->therapy)
        return MSP_PD_BASIS_COUNTED;
    return MSP_PD_BASIS_NONE;
}

static msp_day second_day(const sequence *s, const msp_response_result *out)
{
    if (out->progression_again != MSP_NO_ASSESSMENT)
        return s->a[out->progression_again].day;
    if (out->progression_by == MSP_PD_BASIS_DEATH && s->course->patient->death != MSP_NO_DAY)
        return s->course->patient->death;
    return s->a[out->progression_at].day;
}

/* Whether there is a confirmed progression at k. */
static bool progresses(const sequence *s, size_t k, msp_response_result *out)
{
    const msp_pd_basis basis = basis_at(s, k);
    if (basis == MSP_PD_BASIS_NONE)
        return false;
    out->progression_at = k;
    out->progression_by = basis;
    if (basis == MSP_PD_BASIS_REPEATED)
        out->progression_again = next_evaluable(s, k);
    out->progression = s->rules->pd_date_second ? second_day(s, out) : s->a[k].day;
    return true;
}

/* -- response -- */

/* What marrow and imaging alone establish. PR is the most that they do. */
static msp_response_level established_at_once(const sequence *s, size_t k)
{
    const msp_course *c = s->course;
    for (unsigned level = MSP_LEVEL_PR; level >= MSP_LEVEL_MR; level--) {
        const msp_row_list *list = &c->lists[level];
        bool met = list->n > 0 && level <= s->a[k].raw;
        for (size_t i = 0; i < list->n && met; i++)
            met = msp__row_fact(c, list->row[i], k + 1) == MSP_YES;
        if (met)
            return (msp_response_level)level;
    }
    return MSP_LEVEL_SD;
}

static uint8_t larger(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

/* Of an assessment before any confirmed progression: of a response what the next one shows too. */
static inline uint8_t confirmed_level(const sequence *s, size_t k)
{
    const uint8_t raw = s->a[k].raw;
    if (raw < MSP_LEVEL_MR)
        return raw == MSP_LEVEL_PD ? MSP_LEVEL_NE : raw;
    const size_t next = next_evaluable(s, k);
    const uint8_t again = next < s->therapy ? s->a[next].raw : MSP_LEVEL_NE;
    const uint8_t level = larger(again < raw ? again : raw, MSP_LEVEL_SD);
    return s->stands_at_once ? larger(level, (uint8_t)established_at_once(s, k)) : level;
}

static size_t exclude_after_therapy(msp_assessed *a, size_t n, msp_day therapy)
{
    size_t first = n;
    while (first > 0 && a[first - 1].day >= therapy)
        a[--first].excluded = true;
    return first;
}

/* SD counts as a best response only where it lasted for sd_min_days. */
static bool counts_for_best(const sequence *s, size_t k, uint8_t level)
{
    return level != MSP_LEVEL_SD ||
           (int64_t)s->a[k].day - s->course->patient->baseline >= s->rules->sd_min_days;
}

static inline void summarise(const sequence *s, size_t k, uint8_t level, msp_response_result *out)
{
    const msp_day day = s->a[k].day;
    if (s->a[k].raw != MSP_LEVEL_NE)
        out->last_evaluable = day;
    if (level > out->best && counts_for_best(s, k, level)) {
        out->best = (msp_response_level)level;
        out->best_day = level >= MSP_LEVEL_MR ? day : MSP_NO_DAY;
    }
    if (level >= MSP_LEVEL_PR && out->first_response == MSP_NO_DAY)
        out->first_response = day;
}

/* Those that the next therapy excludes are left as they are: not evaluable. */
static void confirm(const sequence *s, msp_response_result *out)
{
    uint8_t best = MSP_LEVEL_SD;
    bool progressed = false;
    for (size_t k = 0; k < s->therapy; k++) {
        if (s->a[k].raw == MSP_LEVEL_PD && !progressed)
            progressed = s->a[k].progressed = progresses(s, k, out);
        uint8_t level = progressed ? MSP_LEVEL_PD : confirmed_level(s, k);
        if (s->rules->carry_best && level >= MSP_LEVEL_SD)
            best = level = larger(level, best);
        s->a[k].confirmed = level;
        summarise(s, k, level, out);
    }
}

void msp__confirm(const msp_course *course, msp_assessed *assessed, size_t n,
                  msp_response_result *out)
{
    const msp_response_rules *rules = &course->criteria->rules;
    const msp_day therapy = course->patient->new_therapy;
    const bool excludes = therapy != MSP_NO_DAY && !rules->include_new_therapy;
    const sequence s = {.course = course,
                        .rules = rules,
                        .a = assessed,
                        .n = n,
                        .therapy = excludes ? exclude_after_therapy(assessed, n, therapy) : n,
                        .stands_at_once = course->type == MSP_DISEASE_MARROW ||
                                          course->type == MSP_DISEASE_PLASMACYTOMA};
    out->progression_at = out->progression_again = MSP_NO_ASSESSMENT;
    out->progression = out->first_response = out->best_day = out->last_evaluable = MSP_NO_DAY;
    confirm(&s, out);
}
