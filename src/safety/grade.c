#include "mspike/safety/grade.h"

#include <string.h>

const msp_toxicity_info *msp_toxicity_about(msp_toxicity toxicity)
{
    static const msp_toxicity_info infos[] = {
#define AS_INFO(code, test, low, term) {MSP_BLOOD_##test, low, term},
        MSP_TOXICITY_LIST(AS_INFO)
#undef AS_INFO
    };
    return &infos[toxicity];
}

msp_ctcae msp_ctcae_of(const msp_rules *rules)
{
    static const msp_ctcae versions[] = {MSP_CTCAE_5, MSP_CTCAE_4, MSP_CTCAE_6};
    return versions[rules->ctcae.value];
}

const char *msp_ctcae_name(msp_ctcae version)
{
    return version == MSP_CTCAE_4 ? "4.03" : version == MSP_CTCAE_5 ? "5.0" : "6.0";
}

/* -- the criteria -- */

#define V4   MSP_CTCAE_4
#define V5   MSP_CTCAE_5
#define V6   MSP_CTCAE_6
#define V45  (V4 | V5)
#define V56  (V5 | V6)
#define V456 (V4 | V5 | V6)

#define ROW(toxicity, versions, grade, bound, when, tenths, included, ...)                    \
    {                                                                                         \
        MSP_TOXICITY_##toxicity, versions, grade, MSP_AGAINST_##bound, MSP_IF_##when, tenths, \
            included,                                                                         \
        {                                                                                     \
            __VA_ARGS__                                                                       \
        }                                                                                     \
    }
/* Beyond the laboratory's limit, or so many tenths of it. */
#define LIMIT(toxicity, versions, grade, when, tenths) \
    ROW(toxicity, versions, grade, LIMIT, when, tenths, false, {0, 0}, {0, 0})
#define BASELINE(toxicity, versions, grade, when, tenths, included) \
    ROW(toxicity, versions, grade, BASELINE, when, tenths, included, {0, 0}, {0, 0})
/* Beyond a figure, in each unit: coefficient and scale. */
#define CUT(toxicity, versions, grade, a, as, b, bs) \
    ROW(toxicity, versions, grade, CUT, ALWAYS, 10, false, {a, as}, {b, bs})
#define FASTING(toxicity, versions, grade, a, as, b, bs) \
    ROW(toxicity, versions, grade, CUT, FASTING, 10, false, {a, as}, {b, bs})

/* A liver enzyme: by the upper limit, from version 5 on by a baseline that was above it. */
#define ENZYME(test)                                                                     \
    LIMIT(test, V4, 1, ALWAYS, 10), LIMIT(test, V4, 2, ALWAYS, 30),                      \
        LIMIT(test, V4, 3, ALWAYS, 50), LIMIT(test, V4, 4, ALWAYS, 200),                 \
        LIMIT(test, V56, 1, NOT_HIGH, 10), LIMIT(test, V56, 2, NOT_HIGH, 30),            \
        LIMIT(test, V56, 3, NOT_HIGH, 50), LIMIT(test, V56, 4, NOT_HIGH, 200),           \
        BASELINE(test, V5, 1, HIGH, 15, true), BASELINE(test, V5, 2, HIGH, 30, false),   \
        BASELINE(test, V5, 3, HIGH, 50, false), BASELINE(test, V5, 4, HIGH, 200, false), \
        BASELINE(test, V6, 1, HIGH, 10, true), BASELINE(test, V6, 2, HIGH, 15, false),   \
        BASELINE(test, V6, 3, HIGH, 20, false), BASELINE(test, V6, 4, HIGH, 40, false)

static const msp_grade_row rows[] = {
    LIMIT(ANAEMIA, V456, 1, ALWAYS, 10),
    CUT(ANAEMIA, V456, 2, 100, 1, 62, 1),
    CUT(ANAEMIA, V456, 3, 80, 1, 49, 1),

    LIMIT(NEUTROPHILS, V45, 1, ALWAYS, 10),
    CUT(NEUTROPHILS, V45, 2, 15, 1, 0, 0),
    CUT(NEUTROPHILS, V45, 3, 10, 1, 0, 0),
    CUT(NEUTROPHILS, V45, 4, 5, 1, 0, 0),
    CUT(NEUTROPHILS, V6, 1, 15, 1, 0, 0),
    CUT(NEUTROPHILS, V6, 2, 10, 1, 0, 0),
    CUT(NEUTROPHILS, V6, 3, 5, 1, 0, 0),
    CUT(NEUTROPHILS, V6, 4, 1, 1, 0, 0),

    LIMIT(PLATELETS, V456, 1, ALWAYS, 10),
    CUT(PLATELETS, V456, 2, 75, 0, 0, 0),
    CUT(PLATELETS, V456, 3, 50, 0, 0, 0),
    CUT(PLATELETS, V45, 4, 25, 0, 0, 0),
    CUT(PLATELETS, V6, 4, 10, 0, 0, 0),

    LIMIT(LYMPHOCYTES, V45, 1, ALWAYS, 10),
    CUT(LYMPHOCYTES, V45, 2, 8, 1, 0, 0),
    CUT(LYMPHOCYTES, V45, 3, 5, 1, 0, 0),
    CUT(LYMPHOCYTES, V45, 4, 2, 1, 0, 0),

    LIMIT(LEUCOCYTES, V456, 1, ALWAYS, 10),
    CUT(LEUCOCYTES, V456, 2, 3, 0, 0, 0),
    CUT(LEUCOCYTES, V456, 3, 2, 0, 0, 0),
    CUT(LEUCOCYTES, V456, 4, 1, 0, 0, 0),

    LIMIT(CREATININE, V456, 1, ALWAYS, 10),
    BASELINE(CREATININE, V4, 1, ALWAYS, 10, false),
    LIMIT(CREATININE, V45, 2, ALWAYS, 15),
    BASELINE(CREATININE, V45, 2, ALWAYS, 15, false),
    LIMIT(CREATININE, V45, 3, ALWAYS, 30),
    BASELINE(CREATININE, V45, 3, ALWAYS, 30, false),
    LIMIT(CREATININE, V6, 2, NOT_LOW, 15),
    BASELINE(CREATININE, V6, 2, LOW, 15, false),
    LIMIT(CREATININE, V6, 3, NOT_LOW, 30),
    BASELINE(CREATININE, V6, 3, LOW, 30, false),
    LIMIT(CREATININE, V456, 4, ALWAYS, 60),

    ENZYME(ALT),
    ENZYME(AST),

    LIMIT(BILIRUBIN, V4, 1, ALWAYS, 10),
    LIMIT(BILIRUBIN, V4, 2, ALWAYS, 15),
    LIMIT(BILIRUBIN, V4, 3, ALWAYS, 30),
    LIMIT(BILIRUBIN, V4, 4, ALWAYS, 100),
    LIMIT(BILIRUBIN, V56, 1, NOT_HIGH, 10),
    LIMIT(BILIRUBIN, V56, 2, NOT_HIGH, 15),
    LIMIT(BILIRUBIN, V56, 3, NOT_HIGH, 30),
    LIMIT(BILIRUBIN, V56, 4, NOT_HIGH, 100),
    BASELINE(BILIRUBIN, V5, 1, HIGH, 10, false),
    BASELINE(BILIRUBIN, V6, 1, HIGH, 10, true),
    BASELINE(BILIRUBIN, V56, 2, HIGH, 15, false),
    BASELINE(BILIRUBIN, V5, 3, HIGH, 30, false),
    BASELINE(BILIRUBIN, V6, 3, HIGH, 25, false),
    BASELINE(BILIRUBIN, V56, 4, HIGH, 100, false),

    LIMIT(HYPERCALCAEMIA, V456, 1, ALWAYS, 10),
    CUT(HYPERCALCAEMIA, V456, 2, 115, 1, 29, 1),
    CUT(HYPERCALCAEMIA, V456, 3, 125, 1, 31, 1),
    CUT(HYPERCALCAEMIA, V456, 4, 135, 1, 34, 1),

    LIMIT(HYPOCALCAEMIA, V456, 1, ALWAYS, 10),
    CUT(HYPOCALCAEMIA, V456, 2, 80, 1, 20, 1),
    CUT(HYPOCALCAEMIA, V456, 3, 70, 1, 175, 2),
    CUT(HYPOCALCAEMIA, V456, 4, 60, 1, 15, 1),

    /* below the limit is 1, and 2 with symptoms, which a laboratory does not know */
    LIMIT(HYPOKALAEMIA, V456, 2, ALWAYS, 10),
    CUT(HYPOKALAEMIA, V456, 3, 30, 1, 30, 1),
    CUT(HYPOKALAEMIA, V456, 4, 25, 1, 25, 1),

    LIMIT(HYPERKALAEMIA, V456, 1, ALWAYS, 10),
    CUT(HYPERKALAEMIA, V456, 2, 55, 1, 55, 1),
    CUT(HYPERKALAEMIA, V456, 3, 60, 1, 60, 1),
    CUT(HYPERKALAEMIA, V456, 4, 70, 1, 70, 1),

    /* 125 to 129 is 2 without symptoms, 3 with them */
    LIMIT(HYPONATRAEMIA, V456, 1, ALWAYS, 10),
    CUT(HYPONATRAEMIA, V456, 3, 130, 0, 130, 0),
    CUT(HYPONATRAEMIA, V456, 4, 120, 0, 120, 0),

    LIMIT(HYPOALBUMINAEMIA, V456, 1, ALWAYS, 10),
    CUT(HYPOALBUMINAEMIA, V456, 2, 30, 1, 0, 0),
    CUT(HYPOALBUMINAEMIA, V456, 3, 20, 1, 0, 0),

    LIMIT(HYPOGLYCAEMIA, V456, 1, ALWAYS, 10),
    CUT(HYPOGLYCAEMIA, V456, 2, 55, 0, 30, 1),
    CUT(HYPOGLYCAEMIA, V456, 3, 40, 0, 22, 1),
    CUT(HYPOGLYCAEMIA, V456, 4, 30, 0, 17, 1),

    LIMIT(HYPERGLYCAEMIA, V4 | V6, 1, FASTING, 10),
    FASTING(HYPERGLYCAEMIA, V4 | V6, 2, 160, 0, 89, 1),
    CUT(HYPERGLYCAEMIA, V4 | V6, 3, 250, 0, 139, 1),
    CUT(HYPERGLYCAEMIA, V4 | V6, 4, 500, 0, 278, 1),

    LIMIT(HYPOPHOSPHATAEMIA, V4, 1, ALWAYS, 10),
    CUT(HYPOPHOSPHATAEMIA, V4, 2, 25, 1, 8, 1),
    CUT(HYPOPHOSPHATAEMIA, V4, 3, 20, 1, 6, 1),
    CUT(HYPOPHOSPHATAEMIA, V4, 4, 10, 1, 3, 1),
};

const msp_grade_row *msp_grade_rows(size_t *n)
{
    *n = MSP_COUNT(rows);
    return rows;
}

const char *msp_grade_refusal(msp_toxicity toxicity, msp_ctcae version)
{
    for (size_t i = 0; i < MSP_COUNT(rows); i++)
        if (rows[i].toxicity == toxicity && (rows[i].versions & version) != 0)
            return NULL;
    return version == MSP_CTCAE_5 ? "version 5.0 grades it by treatment and symptoms, not by values"
                                  : "version 6.0 gives no cut-offs for it";
}

/* -- the evaluator -- */

/* Which side of a limit of its own laboratory a value is on: 1 beyond, 0 not, -1 not known. */
static int is_beyond(const msp_blood *x, bool low, int64_t tenths)
{
    const unsigned has = low ? MSP_BLOOD_HAS_LOWER : MSP_BLOOD_HAS_UPPER;
    if (x == NULL || (x->flags & has) == 0)
        return -1;
    const int order = msp_blood_cmp(x, low ? x->lower : x->upper, tenths);
    return low ? order < 0 : order > 0;
}

/* Whether the row is asked at all. */
static bool applies(const msp_grade_row *row, const msp_blood *baseline)
{
    switch (row->when) {
    case MSP_IF_NOT_HIGH:
        return is_beyond(baseline, false, 10) != 1;
    case MSP_IF_HIGH:
        return is_beyond(baseline, false, 10) == 1;
    case MSP_IF_NOT_LOW:
        return is_beyond(baseline, true, 10) != 1;
    case MSP_IF_LOW:
        return is_beyond(baseline, true, 10) == 1;
    case MSP_IF_ALWAYS:
    case MSP_IF_FASTING:
        break;
    }
    return true;
}

static int beyond_baseline(const msp_grade_row *row, const msp_blood *x, const msp_blood *baseline)
{
    int order;
    if (baseline == NULL || !msp_blood_cmp_other(x, baseline, row->tenths, &order))
        return -1;
    return order > 0 || (order == 0 && row->included);
}

/* 1 where the value meets the row, 0 where it does not, -1 where that is not known. */
static int meets(const msp_grade_row *row, const msp_blood *x, const msp_blood *baseline)
{
    const bool low = msp_toxicity_about(row->toxicity)->low;
    int met = -1;
    if (row->against == MSP_AGAINST_LIMIT) {
        met = is_beyond(x, low, row->tenths);
    } else if (row->against == MSP_AGAINST_BASELINE) {
        met = beyond_baseline(row, x, baseline);
    } else {
        const int order = msp_blood_cmp(x, row->cut[x->unit], 10);
        met = low ? order < 0 : order > 0;
    }
    if (row->when == MSP_IF_FASTING && met == 1 && (x->flags & MSP_BLOOD_FASTING) == 0)
        return -1;
    return met;
}

static uint8_t mildest(msp_toxicity toxicity, msp_ctcae version)
{
    uint8_t grade = 5;
    for (size_t i = 0; i < MSP_COUNT(rows); i++)
        if (rows[i].toxicity == toxicity && (rows[i].versions & version) != 0 &&
            rows[i].grade < grade)
            grade = rows[i].grade;
    return grade;
}

msp_grade msp_grade_of(msp_toxicity toxicity, msp_ctcae version, const msp_blood *x,
                       const msp_blood *baseline)
{
    const uint8_t first = mildest(toxicity, version);
    msp_grade out = {0};
    if (first > 4)
        return (msp_grade){.grade = MSP_GRADE_UNKNOWN};
    for (size_t i = 0; i < MSP_COUNT(rows); i++) {
        const msp_grade_row *row = &rows[i];
        if (row->toxicity != toxicity || (row->versions & version) == 0 || !applies(row, baseline))
            continue;
        const int met = meets(row, x, baseline);
        if (met == 1 && row->grade > out.grade)
            out = (msp_grade){.grade = row->grade, .row = row, .lacks = out.lacks};
        if (met == -1 && row->grade == first)
            out.lacks = row;
    }
    if (out.row != NULL)
        out.lacks = NULL;
    else if (out.lacks != NULL)
        out.grade = MSP_GRADE_UNKNOWN;
    return out;
}

/* -- the explanation -- */

static void say_decimal(msp_decimal x, msp_text *out)
{
    char digits[MSP_DECIMAL_MAX];
    msp_decimal_format(x, digits);
    msp_text_add(out, digits);
}

static void say_times(const msp_grade_row *row, const char *what, msp_text *out)
{
    if (row->tenths % 10 != 0)
        msp_text_printf(out, "%d.%d x ", row->tenths / 10, row->tenths % 10);
    else if (row->tenths != 10)
        msp_text_printf(out, "%d x ", row->tenths / 10);
    msp_text_add(out, what);
}

void msp_grade_row_say(const msp_grade_row *row, uint8_t unit, msp_text *out)
{
    const msp_toxicity_info *about = msp_toxicity_about(row->toxicity);
    msp_text_add(out, about->low ? "<" : ">");
    msp_text_add(out, row->included ? "= " : " ");
    if (row->against == MSP_AGAINST_CUT) {
        say_decimal(row->cut[unit], out);
        msp_text_printf(out, " %s", msp_blood_about(about->test)->unit[unit]);
    } else if (row->against == MSP_AGAINST_LIMIT) {
        say_times(row, about->low ? "the lower limit of normal" : "the upper limit of normal", out);
    } else {
        say_times(row, "the baseline", out);
    }
    if (row->when == MSP_IF_FASTING)
        msp_text_add(out, ", fasting");
    if (row->when == MSP_IF_HIGH)
        msp_text_add(out, ", for the baseline was above its upper limit");
    if (row->when == MSP_IF_LOW)
        msp_text_add(out, ", for the baseline was below its lower limit");
}

static void say_lacking(const msp_grade_row *row, const msp_blood *x, msp_text *out)
{
    const bool low = msp_toxicity_about(row->toxicity)->low;
    const bool limit = (x->flags & (low ? MSP_BLOOD_HAS_LOWER : MSP_BLOOD_HAS_UPPER)) != 0;
    msp_text_add(out, row->against == MSP_AGAINST_BASELINE   ? "the baseline"
                      : row->when == MSP_IF_FASTING && limit ? "whether the sample was fasting"
                      : low                                  ? "the laboratory's lower limit"
                                                             : "the laboratory's upper limit");
}

void msp_grade_say(msp_toxicity toxicity, const msp_grade *grade, const msp_blood *x, msp_text *out)
{
    const msp_toxicity_info *about = msp_toxicity_about(toxicity);
    msp_text_printf(out, "%s %s", msp_blood_about(about->test)->text,
                    (x->flags & MSP_BLOOD_BELOW) != 0   ? "<"
                    : (x->flags & MSP_BLOOD_ABOVE) != 0 ? ">"
                                                        : "");
    say_decimal(x->value, out);
    msp_text_printf(out, " %s: ", msp_blood_about(about->test)->unit[x->unit]);
    if (grade->grade == MSP_GRADE_UNKNOWN) {
        msp_text_add(out, "not graded, for ");
        if (grade->lacks != NULL) {
            say_lacking(grade->lacks, x, out);
            msp_text_add(out, " is not known");
        } else {
            msp_text_add(out, "this version has no cut-offs");
        }
        return;
    }
    msp_text_printf(out, "grade %d", grade->grade);
    if (grade->row != NULL) {
        msp_text_add(out, ", ");
        msp_grade_row_say(grade->row, x->unit, out);
    }
}
