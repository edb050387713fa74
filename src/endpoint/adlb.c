#include "mspike/endpoint/adlb.h"

#include <math.h>
#include <stdio.h>

#include "adam_write.h"

static const adam_column columns[] = {
    {"STUDYID", "Study Identifier", 't'},
    {"USUBJID", "Unique Subject Identifier", 't'},
    {"ASEQ", "Analysis Sequence Number", 'n'},
    {"PARAMCD", "Parameter Code", 't'},
    {"PARAM", "Parameter", 't'},
    {"ADT", "Analysis Date", 'd'},
    {"ADY", "Analysis Relative Day", 'n'},
    {"AVAL", "Analysis Value", 'n'},
    {"AVALC", "Analysis Value (C)", 't'},
    {"AVALU", "Analysis Value Unit", 't'},
    {"ANRLO", "Analysis Normal Range Lower Limit", 'n'},
    {"ANRHI", "Analysis Normal Range Upper Limit", 'n'},
    {"ANRIND", "Analysis Reference Range Indicator", 't'},
    {"BASE", "Baseline Value", 'n'},
    {"BNRIND", "Baseline Reference Range Indicator", 't'},
    {"ABLFL", "Baseline Record Flag", 't'},
    {"ONTRTFL", "On Treatment Record Flag", 't'},
    {"ATOXDSCL", "Analysis Toxicity Description Low", 't'},
    {"ATOXDSCH", "Analysis Toxicity Description High", 't'},
    {"ATOXGRL", "Analysis Toxicity Grade Low", 't'},
    {"ATOXGRH", "Analysis Toxicity Grade High", 't'},
    {"BTOXGRL", "Baseline Toxicity Grade Low", 't'},
    {"BTOXGRH", "Baseline Toxicity Grade High", 't'},
    {"ATOXGR", "Analysis Toxicity Grade", 't'},
    {"BTOXGR", "Baseline Toxicity Grade", 't'},
    {"SHIFT1", "Shift from Baseline", 't'},
    {"WGRLOFL", "Worst Grade on Treatment Low Flag", 't'},
    {"WGRHIFL", "Worst Grade on Treatment High Flag", 't'},
    {"SRCDOM", "Source Data", 't'},
    {"SRCSEQ", "Source Sequence Number", 'n'},
};

msp_status msp_adlb_init(msp_table *table, msp_error *err)
{
    return msp__adam_init(table, "ADLB", "Laboratory Test Results Analysis Dataset", columns,
                          MSP_COUNT(columns), err);
}

/* What was found of one value, each way. */
typedef struct ways {
    const msp_lab_grade *low, *high; /* NULL: not graded that way */
    const msp_blood *baseline;
    bool on_treatment;
} ways;

/* Of value i; its grades stand from *next on. */
static ways ways_of(const msp_adlb_subject *s, size_t i, size_t *next)
{
    const msp_lab_course *course = s->course;
    const msp_blood *x = &s->values->items[i];
    ways out = {.baseline = course->baseline[x->test], .on_treatment = course->on_treatment[i]};
    for (; *next < course->n && course->grades[*next].x == x; ++*next) {
        const msp_lab_grade *g = &course->grades[*next];
        *(msp_toxicity_about(g->toxicity)->low ? &out.low : &out.high) = g;
    }
    return out;
}

#define GRADE_MAX 12

/* "" where there is none. */
static const char *grade_text(const msp_grade *g, char out[GRADE_MAX])
{
    out[0] = '\0';
    if (g != NULL && g->grade >= 0)
        snprintf(out, GRADE_MAX, "%d", g->grade);
    return out;
}

/* Both ways in one: "-3" low, "2" high, "0" where neither is toxic and none is unknown. */
static const char *both_text(const msp_grade *low, const msp_grade *high, char out[GRADE_MAX])
{
    const int l = low != NULL ? low->grade : 0, h = high != NULL ? high->grade : 0;
    out[0] = '\0';
    if (l > 0)
        snprintf(out, GRADE_MAX, "-%d", l);
    else if (h > 0)
        snprintf(out, GRADE_MAX, "%d", h);
    else if ((low != NULL || high != NULL) && l == 0 && h == 0)
        snprintf(out, GRADE_MAX, "0");
    return out;
}

static const char *indicator(const msp_blood *x)
{
    if (x == NULL)
        return NULL;
    const bool has_low = (x->flags & MSP_BLOOD_HAS_LOWER) != 0,
               has_high = (x->flags & MSP_BLOOD_HAS_UPPER) != 0;
    if (has_low && msp_blood_cmp(x, x->lower, 10) < 0)
        return "LOW";
    if (has_high && msp_blood_cmp(x, x->upper, 10) > 0)
        return "HIGH";
    return has_low || has_high ? "NORMAL" : NULL;
}

static double number(msp_decimal x, bool known)
{
    return known ? msp_decimal_to_double(x) : (double)NAN;
}

static void put_value(adam_row *row, const msp_adlb_subject *s, const msp_blood *x)
{
    const msp_blood_info *about = msp_blood_about((msp_blood_test)x->test);
    char text[MSP_DECIMAL_MAX + 1] = "", *digits = text;
    if ((x->flags & (MSP_BLOOD_BELOW | MSP_BLOOD_ABOVE)) != 0)
        *digits++ = (x->flags & MSP_BLOOD_BELOW) != 0 ? '<' : '>';
    msp_decimal_format(x->value, digits);
    msp__adam_text(row, about->param);
    msp__adam_text(row, about->text);
    msp__adam_day(row, x->day);
    msp__adam_number(row, s->patient->first_dose != MSP_NO_DAY
                              ? msp_study_day(x->day, s->patient->first_dose)
                              : (double)NAN);
    msp__adam_number(row, number(x->value, true));
    msp__adam_text(row, text);
    msp__adam_text(row, about->unit[x->unit]);
    msp__adam_number(row, number(x->lower, (x->flags & MSP_BLOOD_HAS_LOWER) != 0));
    msp__adam_number(row, number(x->upper, (x->flags & MSP_BLOOD_HAS_UPPER) != 0));
    msp__adam_text(row, indicator(x));
}

static void put_baseline(adam_row *row, const msp_blood *x, const ways *w)
{
    const bool same = w->baseline != NULL && w->baseline->unit == x->unit;
    msp__adam_number(row, same ? number(w->baseline->value, true) : (double)NAN);
    msp__adam_text(row, indicator(w->baseline));
    msp__adam_flag(row, x == w->baseline);
    msp__adam_flag(row, w->on_treatment);
}

static void put_grades(adam_row *row, const ways *w)
{
    char text[GRADE_MAX], now[GRADE_MAX], before[GRADE_MAX], shift[2 * GRADE_MAX + 4] = "";
    const msp_grade *low = w->low != NULL ? &w->low->grade : NULL,
                    *high = w->high != NULL ? &w->high->grade : NULL,
                    *low_before = w->low != NULL ? &w->low->baseline_grade : NULL,
                    *high_before = w->high != NULL ? &w->high->baseline_grade : NULL;
    msp__adam_text(row, low != NULL ? msp_toxicity_about(w->low->toxicity)->term : NULL);
    msp__adam_text(row, high != NULL ? msp_toxicity_about(w->high->toxicity)->term : NULL);
    msp__adam_text(row, grade_text(low, text));
    msp__adam_text(row, grade_text(high, text));
    msp__adam_text(row, grade_text(low_before, text));
    msp__adam_text(row, grade_text(high_before, text));
    both_text(low, high, now);
    both_text(low_before, high_before, before);
    if (*now != '\0' && *before != '\0')
        snprintf(shift, sizeof shift, "%s to %s", before, now);
    msp__adam_text(row, now);
    msp__adam_text(row, before);
    msp__adam_text(row, shift);
    msp__adam_flag(row, w->low != NULL && w->low->worst);
    msp__adam_flag(row, w->high != NULL && w->high->worst);
}

msp_status msp_adlb_add(msp_table *table, const msp_adlb_subject *s, msp_error *err)
{
    msp_status rc = MSP_OK;
    size_t next = 0;
    for (size_t i = 0; i < s->values->n && rc == MSP_OK; i++) {
        const msp_blood *x = &s->values->items[i];
        const ways w = ways_of(s, i, &next);
        adam_row row = msp__adam_row(table, err);
        msp__adam_text(&row, s->study);
        msp__adam_text(&row, s->patient->id);
        msp__adam_sequence(&row);
        put_value(&row, s, x);
        put_baseline(&row, x, &w);
        put_grades(&row, &w);
        msp__adam_text(&row, "LB");
        msp__adam_number(&row,
                         s->sequence != NULL ? (double)s->sequence[x->row] : (double)x->row + 1);
        rc = row.failed;
    }
    return rc;
}
