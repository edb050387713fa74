#include "mspike/response/followed.h"

#include <math.h>

#include "internal.h"

msp_judged msp_followed_main(const msp_judge *judge)
{
    switch (judge->course->type) {
    case MSP_DISEASE_SERUM:
    case MSP_DISEASE_BOTH:
        return MSP_JUDGED_SERUM;
    case MSP_DISEASE_URINE:
        return MSP_JUDGED_URINE;
    case MSP_DISEASE_FLC:
        return MSP_JUDGED_DFLC;
    case MSP_DISEASE_MARROW:
        return MSP_JUDGED_MARROW;
    default:
        return MSP_JUDGED_COUNT;
    }
}

/* The assessment's measurement of the marker where that was below what can be quantified, or NULL.
 */
static const msp_measured *find_below(const msp_course *c, msp_judged judged, msp_day day)
{
    const msp_patient *p = c->patient;
    const msp_marker marker = msp__judged_marker(c, judged);
    const msp_measured *last = NULL;
    for (size_t i = 0; i < p->n_measured; i++) {
        const msp_measured *m = &p->measured[i];
        if (m->assessed == day && m->marker == marker && (m->flags & MSP_MEASURED_SPURIOUS) == 0)
            last = m;
    }
    return last != NULL && (last->flags & MSP_MEASURED_BELOW) != 0 ? last : NULL;
}

static double limit_of(const msp_course *c, const msp_measured *below)
{
    const msp_decimal *limit = below != NULL ? msp_patient_limit(c->patient, below) : NULL;
    return limit != NULL ? msp_decimal_to_double(*limit) : (double)NAN;
}

/* The least value whose rise from `lowest` meets a row for progression. */
static double progression_from(const msp_course *c, msp_judged judged, double lowest)
{
    const msp_row_list *list = &c->lists[MSP_LEVEL_PD];
    double least = NAN;
    for (size_t i = 0; i < list->n; i++) {
        const msp_response_row *row = &c->criteria->rows[list->row[i]];
        const bool rise = row->compare == MSP_COMPARE_RISE ||
                          row->compare == MSP_COMPARE_RISE_MORE ||
                          (row->compare == MSP_COMPARE_RISE_FROM_NADIR &&
                           lowest >= msp_decimal_to_double(row->from));
        if (!rise || row->judged != judged)
            continue;
        least = fmin(least, fmax(lowest + msp_decimal_to_double(row->amount),
                                 lowest * (100 + row->percent) / 100));
    }
    return least;
}

msp_status msp_followed_make(const msp_judge *judge, msp_judged judged, msp_arena *arena,
                             msp_followed *out, msp_error *err)
{
    const msp_course *c = judge->course;
    const double unit = (double)msp__unit(c, judged);
    static const char *const names[] = {
#define AS_NAME(code, marker, text) text,
        MSP_JUDGED_LIST(AS_NAME)
#undef AS_NAME
    };
    static const char *const abbreviations[MSP_JUDGED_COUNT] = {[MSP_JUDGED_SERUM] = "serum",
                                                                [MSP_JUDGED_URINE] = "urine",
                                                                [MSP_JUDGED_DFLC] = "dFLC",
                                                                [MSP_JUDGED_MARROW] = "marrow",
                                                                [MSP_JUDGED_SPD] = "SPD"};
    msp_followed_value *values = msp_arena_array(arena, c->n_seen, sizeof *values);
    *out = (msp_followed){.judged = judged,
                          .name = names[judged],
                          .abbreviation =
                              abbreviations[judged] != NULL ? abbreviations[judged] : names[judged],
                          .unit = msp_marker_about(msp__judged_marker(c, judged))->unit,
                          .baseline = NAN,
                          .values = values};
    if (values == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the values of a patient");
    for (size_t i = 0; i < c->n_seen; i++) {
        const msp_seen *seen = &c->seen[i];
        if ((seen->has & BIT(judged)) == 0)
            continue;
        const msp_day day = i == 0 ? msp__baseline_day(c, judged) : seen->day;
        const bool known = msp__has_nadir(seen, judged);
        const double value = (double)seen->value[judged] / unit;
        if (i == 0)
            out->baseline = value;
        const double lowest = known ? (double)msp__nadir(c, seen, judged) / unit : (double)NAN;
        const msp_measured *below = find_below(c, judged, day);
        values[out->n++] = (msp_followed_value){
            .day = day,
            .value = value,
            .lowest = lowest,
            .progression = known ? progression_from(c, judged, lowest) : lowest,
            .below = below != NULL,
            .limit = limit_of(c, below)};
    }
    return MSP_OK;
}

double msp_followed_change(const msp_followed *followed, double value)
{
    return followed->baseline > 0 ? 100 * (value - followed->baseline) / followed->baseline
                                  : (double)NAN;
}
