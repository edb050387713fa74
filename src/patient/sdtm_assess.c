/* sdtm_assess.c - samples to assessments: which days count, and what was found on them. */
#include <stdlib.h>
#include <string.h>

#include "sdtm.h"

/* Samples of one visit this many days after its first still belong to it. */
#define VISIT_DAYS 7

static int by_visit(const void *a, const void *b)
{
    const sdtm_sample *x = a, *y = b;
    if (x->visit != y->visit)
        return x->visit < y->visit ? -1 : 1;
    return (x->m.day > y->m.day) - (x->m.day < y->m.day);
}

static int by_assessment(const void *a, const void *b)
{
    const msp_measured *x = &((const sdtm_sample *)a)->m, *y = &((const sdtm_sample *)b)->m;
    if (x->assessed != y->assessed)
        return x->assessed < y->assessed ? -1 : 1;
    if (x->marker != y->marker)
        return x->marker < y->marker ? -1 : 1;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Each sample's assessment: the first sample of its visit that is near enough. */
static void date_assessments(sdtm_sample *sample, size_t n, msp_day baseline)
{
    qsort(sample, n, sizeof *sample, by_visit);
    for (size_t i = 0, first = 0; i < n; i++) {
        const msp_day from = sample[first].m.day, day = sample[i].m.day;
        const bool same = sample[i].visit == sample[first].visit &&
                          (sample[i].visit != SDTM_NO_VISIT || day == from) &&
                          day - from <= VISIT_DAYS && (from > baseline) == (day > baseline);
        if (!same)
            first = i;
        sample[i].m.assessed = sample[first].m.day;
    }
    qsort(sample, n, sizeof *sample, by_assessment);
}

static const sdtm_sample *find(const sdtm_sample *sample, size_t n, msp_marker marker, bool total)
{
    for (size_t i = 0; i < n; i++)
        if (sample[i].m.marker == marker && sample[i].total_calcium == total)
            return &sample[i];
    return NULL;
}

/* Ca + 0.8 (4.0 - albumin), rules 1.3; as it stands where that needs too many digits. */
static msp_decimal corrected(msp_decimal calcium, msp_decimal albumin)
{
    msp_decimal missing, out;
    return msp_decimal_sub((msp_decimal){40, 1}, albumin, &missing) &&
                   msp_decimal_mul(missing, (msp_decimal){8, 1}, &missing) &&
                   msp_decimal_add(calcium, missing, &out) && out.coefficient >= 0
               ? out
               : calcium;
}

/* Total calcium of one assessment becomes corrected calcium, or goes where the laboratory reported
 * that itself. Returns how many samples are left. */
static size_t correct_calcium(sdtm_sample *sample, size_t n)
{
    const sdtm_sample *albumin = find(sample, n, MSP_MARKER_ALBUMIN, false);
    const bool reported = find(sample, n, MSP_MARKER_CALCIUM, false) != NULL;
    const msp_decimal level = albumin != NULL ? msp_measured_value(&albumin->m) : (msp_decimal){0};
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        sdtm_sample now = sample[i];
        if (now.total_calcium && reported)
            continue;
        if (now.total_calcium && albumin != NULL) {
            const msp_decimal value = corrected(msp_measured_value(&now.m), level);
            now.m.coefficient = value.coefficient;
            now.m.scale = (uint8_t)value.scale;
        } else if (now.total_calcium) {
            now.m.flags |= MSP_MEASURED_UNCORRECTED;
        }
        sample[kept++] = now;
    }
    return kept;
}

/* Whether these samples say something of the disease. */
static bool is_assessment(const sdtm_sample *sample, size_t n)
{
    const msp_decimal high = {11, 0}; /* mg/dL, rules 2.8 */
    for (size_t i = 0; i < n; i++) {
        const msp_marker marker = (msp_marker)sample[i].m.marker;
        if (marker == MSP_MARKER_CALCIUM) {
            if (msp_decimal_cmp(msp_measured_value(&sample[i].m), high) > 0)
                return true;
        } else if (marker != MSP_MARKER_HAEMOGLOBIN && marker != MSP_MARKER_CREATININE &&
                   marker != MSP_MARKER_EGFR && marker != MSP_MARKER_ALBUMIN &&
                   marker != MSP_MARKER_B2M) {
            return true;
        }
    }
    return false;
}

static msp_day first_day(const sdtm_sample *sample, size_t n)
{
    msp_day day = MSP_NO_DAY;
    for (size_t i = 0; i < n; i++)
        if (day == MSP_NO_DAY || sample[i].m.day < day)
            day = sample[i].m.day;
    return day;
}

static int by_day(const void *a, const void *b)
{
    const msp_measured *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* What is no part of an assessment stands apart; the other samples move up. */
static bool take_apart(msp_patients *out, msp_patient *p, sdtm_sample *sample, size_t *n)
{
    size_t n_apart = 0, left = 0;
    for (size_t i = 0; i < *n; i++)
        n_apart += sample[i].m.marker >= MSP_MARKER_APART;
    if (n_apart == 0)
        return true;
    msp_measured *apart = msp_arena_array(&out->arena, n_apart, sizeof *apart);
    if (apart == NULL)
        return false;
    for (size_t i = 0; i < *n; i++)
        if (sample[i].m.marker < MSP_MARKER_APART)
            sample[left++] = sample[i];
        else if ((sample[i].m.flags & MSP_MEASURED_SPURIOUS) == 0)
            apart[p->n_apart++] = sample[i].m;
    qsort(apart, p->n_apart, sizeof *apart, by_day);
    p->apart = apart;
    *n = left;
    return true;
}

static bool build_patient(msp_patients *out, msp_patient *p, sdtm_sample *sample, size_t n)
{
    if (!take_apart(out, p, sample, &n))
        return false;
    p->baseline = p->first_dose != MSP_NO_DAY   ? p->first_dose
                  : p->randomised != MSP_NO_DAY ? p->randomised
                                                : first_day(sample, n);
    date_assessments(sample, n, p->baseline);
    msp_measured *measured = msp_arena_array(&out->arena, n + 1, sizeof *measured);
    msp_day *days = msp_arena_array(&out->arena, n + 1, sizeof *days);
    if (measured == NULL || days == NULL)
        return false;
    for (size_t i = 0, to; i < n; i = to) {
        const msp_day day = sample[i].m.assessed;
        for (to = i + 1; to < n && sample[to].m.assessed == day;)
            to++;
        const size_t left = correct_calcium(sample + i, to - i);
        if (day > p->baseline && !is_assessment(sample + i, left))
            continue;
        days[p->n_visits++] = day;
        for (size_t k = 0; k < left; k++)
            measured[p->n_measured++] = sample[i + k].m;
    }
    p->visits = days;
    p->measured = measured;
    return true;
}

msp_status sdtm_assess(sdtm *s, msp_error *err)
{
    const size_t n = s->out->n;
    size_t *first = msp_arena_array(&s->scratch, n + 2, sizeof *first);
    sdtm_sample *sorted = msp_arena_array(&s->scratch, s->n_samples + 1, sizeof *sorted);
    bool memory = first != NULL && sorted != NULL;
    for (size_t i = 0; memory && i < s->n_samples; i++)
        first[s->samples[i].patient + 2]++;
    for (size_t i = 1; memory && i < n; i++)
        first[i + 1] += first[i];
    for (size_t i = 0; memory && i < s->n_samples; i++)
        sorted[first[s->samples[i].patient + 1]++] = s->samples[i];
    for (size_t i = 0; memory && i < n; i++)
        memory =
            build_patient(s->out, &s->out->patients[i], sorted + first[i], first[i + 1] - first[i]);
    msp_patients_share_limits(s->out);
    return memory ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for %zu samples", s->n_samples);
}
