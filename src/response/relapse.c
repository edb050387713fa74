/* relapse.c - rules 2.8: relapses that describe, and never date a progression. */
#include "internal.h"

static bool has(const msp_seen *seen, msp_judged judged)
{
    return (seen->has & BIT(judged)) != 0;
}

/* -- clinical relapse -- */

static msp_day first_clinical(const msp_assessed *a, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!a[k].excluded && (a[k].flags & MSP_ASSESSED_CLINICAL_RELAPSE) != 0)
            return a[k].day;
    return MSP_NO_DAY;
}

/* -- relapse from complete response -- */

static bool ife_positive(const msp_seen *seen)
{
    return (has(seen, MSP_JUDGED_IFE_SERUM) && seen->value[MSP_JUDGED_IFE_SERUM] != 0) ||
           (has(seen, MSP_JUDGED_IFE_URINE) && seen->value[MSP_JUDGED_IFE_URINE] != 0);
}

static bool ife_known(const msp_seen *seen)
{
    return has(seen, MSP_JUDGED_IFE_SERUM) || has(seen, MSP_JUDGED_IFE_URINE);
}

/* Whether the next assessment with an immunofixation is positive as well. */
static bool ife_again(const msp_course *c, const msp_assessed *a, size_t k, size_t n)
{
    for (size_t j = k + 1; j < n && !a[j].excluded; j++)
        if (ife_known(&c->seen[j + 1]))
            return ife_positive(&c->seen[j + 1]);
    return false;
}

/* ">0" is more than 0. */
static bool is_there(const msp_seen *seen, msp_judged judged)
{
    return has(seen, judged) && msp__is_within(seen, judged, 1, INT64_MAX) == MSP_YES;
}

/* M-protein on electrophoresis where the complete response had none. */
static bool protein_back(const msp_seen *seen, const msp_seen *complete)
{
    static const msp_judged proteins[] = {MSP_JUDGED_SERUM, MSP_JUDGED_URINE};
    for (size_t i = 0; i < MSP_COUNT(proteins); i++) {
        if (is_there(seen, proteins[i]) && !is_there(complete, proteins[i]))
            return true;
    }
    return false;
}

static bool marrow_back(const msp_course *c, const msp_seen *seen)
{
    return has(seen, MSP_JUDGED_MARROW) &&
           msp__is_within(seen, MSP_JUDGED_MARROW, 5 * msp__unit(c, MSP_JUDGED_MARROW),
                          INT64_MAX) == MSP_YES;
}

static bool relapsed(const msp_course *c, const msp_assessed *a, size_t k, size_t n,
                     const msp_seen *complete)
{
    const msp_seen *seen = &c->seen[k + 1];
    if (a[k].raw == MSP_LEVEL_PD || marrow_back(c, seen) || protein_back(seen, complete))
        return true;
    return ife_positive(seen) && (!c->criteria->rules.relapse_cr_confirm || ife_again(c, a, k, n));
}

static msp_day relapse_from_cr(const msp_course *c, msp_assessed *a, size_t n,
                               msp_response_level best)
{
    const msp_seen *complete = NULL;
    if (best < MSP_LEVEL_CR)
        return MSP_NO_DAY;
    for (size_t k = 0; k < n && !a[k].excluded; k++) {
        if (complete == NULL) {
            if (a[k].confirmed >= MSP_LEVEL_CR)
                complete = &c->seen[k + 1];
        } else if (relapsed(c, a, k, n, complete)) {
            a[k].flags |= MSP_ASSESSED_RELAPSE_FROM_CR;
            return a[k].day;
        }
    }
    return MSP_NO_DAY;
}

/* -- significant biochemical relapse: an indication to treat -- */

#define TWO_MONTHS 61 /* days */

/* How much each marker has to rise above its nadir, twice in a row: amount, and 25 % where that is
 * more and the rule says so. */
typedef struct significant {
    msp_judged judged;
    int64_t amount; /* in the marker's unit */
    bool abnormal_ratio;
} significant;

static const significant rises[] = {
    {MSP_JUDGED_SERUM, 1, false},
    {MSP_JUDGED_URINE, 500, false},
    {MSP_JUDGED_INVOLVED, 200, true},
};

/* Of free light chains: the ratio is abnormal and the rise 25 % of the nadir n. */
static bool rises_abnormally(const msp_seen *seen, int64_t x, int64_t n)
{
    return has(seen, MSP_JUDGED_RATIO) && seen->value[MSP_JUDGED_RATIO] != 0 &&
           (msp__wide)x * 4 >= (msp__wide)n * 5;
}

/* The first of the first two measurements in a row that rise; of serum M-protein also the one that
 * is twice the one before, from 0.5 g/dL on. Both are worked out without a branch, for they are
 * hard to foresee. */
static msp_day first_significant(const msp_course *c, const msp_assessed *a,
                                 const significant *rule, uint32_t ever_above)
{
    const msp_judged j = rule->judged;
    const bool may_double = j == MSP_JUDGED_SERUM;
    const int64_t unit = msp__unit(c, j);
    const int64_t least = unit <= INT64_MAX / rule->amount ? rule->amount * unit : INT64_MAX;
    const msp_seen *last = &c->seen[0];
    bool rose = false, is_first = true;
    if ((ever_above & BIT(j)) == 0 && !may_double)
        return MSP_NO_DAY;
    for (size_t i = 1; i < c->n_seen && !a[i - 1].excluded; i++) {
        const msp_seen *seen = &c->seen[i];
        if (!has(seen, j))
            continue;
        const int64_t x = seen->value[j], n = msp__nadir(c, seen, j), before = last->value[j];
        if (x < least && n >= 0) { /* mostly, and often in a row: neither up nor doubled */
            last = seen;
            rose = is_first = false;
            continue;
        }
        bool up = (seen->has_nadir >> j & ~(seen->less >> j) & 1) & (x - n >= least);
        const bool doubled = may_double & !is_first & (x >= 2 * before) & (2 * before >= unit) &
                             ((int64_t)seen->day - last->day <= TWO_MONTHS) &
                             !(last->more >> j & 1);
        if (up && rule->abnormal_ratio)
            up = rises_abnormally(seen, x, n);
        if ((up & rose) | doubled)
            return (up & rose) ? last->day : seen->day;
        last = seen;
        rose = up;
        is_first = false;
    }
    return MSP_NO_DAY;
}

static msp_day significant_relapse(const msp_course *c, const msp_assessed *a)
{
    msp_day first = MSP_NO_DAY;
    uint32_t above = 0;
    for (size_t i = 1; i < c->n_seen; i++)
        above |= c->seen[i].above;
    for (size_t r = 0; r < MSP_COUNT(rises); r++) {
        const msp_day day = first_significant(c, a, &rises[r], above);
        if (day != MSP_NO_DAY && (first == MSP_NO_DAY || day < first))
            first = day;
    }
    return first;
}

/* -- biochemical and symptomatic progression -- */

static bool is_clinical(const msp_assessed *a, size_t k)
{
    return k != MSP_NO_ASSESSMENT && (a[k].flags & MSP_ASSESSED_CLINICAL_RELAPSE) != 0;
}

/* What the rows that show a progression make of it: those that have to be seen again are of blood
 * or urine, the others but the marrow's of a lesion or calcium. */
static msp_pd_kind kind_of_rows(const msp_course *c, uint32_t pd_rows)
{
    const msp_row_list *list = &c->lists[MSP_LEVEL_PD];
    msp_pd_kind kind = MSP_PD_KIND_MARROW;
    for (size_t i = 0; i < list->n; i++) {
        const msp_response_row *row = &c->criteria->rows[list->row[i]];
        if ((pd_rows & BIT(i)) == 0 || row->judged == MSP_JUDGED_MARROW)
            continue;
        if (!row->repeat)
            return MSP_PD_KIND_SYMPTOMATIC;
        kind = MSP_PD_KIND_BIOCHEMICAL;
    }
    return kind;
}

static msp_pd_kind kind_of(const msp_course *c, const msp_assessed *a, const msp_response_result *r)
{
    if (r->progression_at == MSP_NO_ASSESSMENT)
        return MSP_PD_KIND_NONE;
    if (is_clinical(a, r->progression_at) || is_clinical(a, r->progression_again))
        return MSP_PD_KIND_SYMPTOMATIC;
    return kind_of_rows(c, a[r->progression_at].pd_rows);
}

/* -- signs of a relapse from MRD negativity, for mrd.c -- */

#define TESTED (BIT(MSP_MARKER_MRD_FLOW) | BIT(MSP_MARKER_MRD_SEQUENCING))

static bool protein_there(const msp_seen *seen)
{
    return (has(seen, MSP_JUDGED_SERUM) && seen->value[MSP_JUDGED_SERUM] > 0) ||
           (has(seen, MSP_JUDGED_URINE) && seen->value[MSP_JUDGED_URINE] > 0);
}

static bool is_polyclonal(const msp_seen *seen)
{
    return has(seen, MSP_JUDGED_CLONAL) && seen->value[MSP_JUDGED_CLONAL] == 0;
}

static uint8_t signs_of(const msp_course *c, const msp_seen *seen)
{
    uint8_t signs = protein_there(seen) ? MSP_ASSESSED_PROTEIN : 0;
    if (ife_positive(seen))
        signs |= MSP_ASSESSED_IFE_POSITIVE;
    else if (ife_known(seen))
        signs |= MSP_ASSESSED_IFE_NEGATIVE;
    if (marrow_back(c, seen) && !is_polyclonal(seen))
        signs |= MSP_ASSESSED_MARROW;
    return signs;
}

static void mark_signs(const msp_course *c, msp_assessed *a, size_t n)
{
    uint32_t markers = 0;
    for (size_t i = 0; i < c->n_seen; i++)
        markers |= c->seen[i].markers;
    for (size_t k = 0; (markers & TESTED) != 0 && k < n; k++)
        a[k].flags |= signs_of(c, &c->seen[k + 1]);
}

void msp__relapses(const msp_course *course, msp_assessed *assessed, size_t n,
                   msp_response_result *out)
{
    out->progression_kind = kind_of(course, assessed, out);
    mark_signs(course, assessed, n);
    out->clinical_relapse = first_clinical(assessed, n);
    out->relapse_from_cr = relapse_from_cr(course, assessed, n, out->best);
    out->significant_relapse = significant_relapse(course, assessed);
}
