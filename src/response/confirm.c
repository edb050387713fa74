/* confirm.c - rules 2.7: which responses and progressions are confirmed, and what follows. */
#include "internal.h"

/* Everything confirmation looks at. */
typedef struct sequence {
    const msp_course *course;
    const msp_response_rules *rules;
    msp_assessed *a;
    size_t n;
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
        (s->a[next].excluded && !s->rules->pd_after_new_therapy))
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
    if (s->rules->pd_count_unconfirmed && (next == s->n || s->a[next].excluded))
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

/* The first confirmed progression; n where there is none. */
static size_t find_progression(const sequence *s, msp_response_result *out)
{
    out->progression_at = out->progression_again = MSP_NO_ASSESSMENT;
    out->progression = MSP_NO_DAY;
    for (size_t k = 0; k < s->n; k++) {
        if (s->a[k].raw != MSP_LEVEL_PD || s->a[k].excluded)
            continue;
        const msp_pd_basis basis = basis_at(s, k);
        if (basis == MSP_PD_BASIS_NONE)
            continue;
        out->progression_at = k;
        out->progression_by = basis;
        if (basis == MSP_PD_BASIS_REPEATED)
            out->progression_again = next_evaluable(s, k);
        out->progression = s->rules->pd_date_second ? second_day(s, out) : s->a[k].day;
        return k;
    }
    return s->n;
}

/* -- response -- */

/* Marrow and imaging need no second assessment: what they alone establish stands. PR is the most
 * that they do. */
static msp_response_level established_at_once(const sequence *s, size_t k)
{
    const msp_course *c = s->course;
    if (c->type != MSP_DISEASE_MARROW && c->type != MSP_DISEASE_PLASMACYTOMA)
        return MSP_LEVEL_SD;
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

/* Of an assessment before any confirmed progression. */
static msp_response_level confirmed_level(const sequence *s, size_t k)
{
    const uint8_t raw = s->a[k].raw;
    if (raw == MSP_LEVEL_PD)
        return MSP_LEVEL_NE;
    if (raw < MSP_LEVEL_MR)
        return (msp_response_level)raw;
    const size_t next = next_evaluable(s, k);
    msp_response_level level = MSP_LEVEL_SD;
    if (next < s->n && !s->a[next].excluded && s->a[next].raw > MSP_LEVEL_SD)
        level = (msp_response_level)(raw < s->a[next].raw ? raw : s->a[next].raw);
    const msp_response_level at_once = established_at_once(s, k);
    return at_once > level ? at_once : level;
}

static void exclude_after_therapy(const sequence *s)
{
    const msp_day therapy = s->course->patient->new_therapy;
    if (therapy == MSP_NO_DAY || s->rules->include_new_therapy)
        return;
    for (size_t k = 0; k < s->n; k++)
        s->a[k].excluded = s->a[k].day >= therapy;
}

static void set_confirmed(const sequence *s, size_t progression)
{
    msp_response_level best = MSP_LEVEL_NE;
    for (size_t k = 0; k < s->n; k++) {
        msp_assessed *a = &s->a[k];
        msp_response_level level = MSP_LEVEL_NE;
        if (!a->excluded)
            level = k >= progression ? MSP_LEVEL_PD : confirmed_level(s, k);
        if (s->rules->carry_best && level != MSP_LEVEL_NE && level != MSP_LEVEL_PD && best > level)
            level = best;
        best = level > best ? level : best;
        a->confirmed = (uint8_t)level;
        a->progressed = k == progression;
    }
}

/* SD counts as a best response only where it lasted for sd_min_days. */
static bool counts_for_best(const sequence *s, size_t k)
{
    return s->a[k].confirmed != MSP_LEVEL_SD ||
           (int64_t)s->a[k].day - s->course->patient->baseline >= s->rules->sd_min_days;
}

static void summarise(const sequence *s, msp_response_result *out)
{
    out->first_response = out->best_day = out->last_evaluable = MSP_NO_DAY;
    for (size_t k = 0; k < s->n; k++) {
        const msp_assessed *a = &s->a[k];
        if (a->excluded)
            continue;
        if (a->raw != MSP_LEVEL_NE)
            out->last_evaluable = a->day;
        if (a->confirmed > out->best && counts_for_best(s, k)) {
            out->best = (msp_response_level)a->confirmed;
            out->best_day = a->confirmed >= MSP_LEVEL_MR ? a->day : MSP_NO_DAY;
        }
        if (a->confirmed >= MSP_LEVEL_PR && out->first_response == MSP_NO_DAY)
            out->first_response = a->day;
    }
}

void msp__confirm(const msp_course *course, msp_assessed *assessed, size_t n,
                  msp_response_result *out)
{
    const sequence s = {course, &course->criteria->rules, assessed, n};
    exclude_after_therapy(&s);
    set_confirmed(&s, find_progression(&s, out));
    summarise(&s, out);
}
