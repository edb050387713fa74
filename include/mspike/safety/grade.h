/*
 * grade.h - grades of toxicity by laboratory values: CTCAE 4.03, 5.0 and 6.0.
 *
 * The criteria are rows (rules.md 6.1; National Cancer Institute, CTCAE, as coded in pharmaverse's
 * admiral): the evaluator, its explanation and docs/methods/ctcae.md read the same table. A row
 * says which grade a value beyond which bound has, in which versions. The grade is the highest of
 * the rows that the value meets; a value on a bound belongs to the milder grade, but for lower ends
 * that are printed as included ("1.5-3.0 x baseline").
 *
 * Cut-offs are compared with the reported decimal exactly, in the kind of unit it was reported in:
 * both columns of the printed table are rows' cut-offs. Where a grade asks for symptoms or
 * treatment that a laboratory does not know, the value has the higher one (potassium, sodium), or
 * the grade is clinical alone and never given (haemoglobin 4). Grade 5 is death and comes from AE
 * alone.
 */
#ifndef MSPIKE_SAFETY_GRADE_H
#define MSPIKE_SAFETY_GRADE_H

#include "mspike/base/text.h"
#include "mspike/patient/blood.h"
#include "mspike/protocol/rules.h"

MSP_BEGIN

/* code, test, whether low values are toxic, CTCAE's term */
#define MSP_TOXICITY_LIST(X)                                        \
    X(ANAEMIA, HAEMOGLOBIN, true, "Anemia")                         \
    X(NEUTROPHILS, NEUTROPHILS, true, "Neutrophil count decreased") \
    X(PLATELETS, PLATELETS, true, "Platelet count decreased")       \
    X(LYMPHOCYTES, LYMPHOCYTES, true, "Lymphocyte count decreased") \
    X(LEUCOCYTES, LEUCOCYTES, true, "White blood cell decreased")   \
    X(CREATININE, CREATININE, false, "Creatinine increased")        \
    X(ALT, ALT, false, "Alanine aminotransferase increased")        \
    X(AST, AST, false, "Aspartate aminotransferase increased")      \
    X(BILIRUBIN, BILIRUBIN, false, "Blood bilirubin increased")     \
    X(HYPERCALCAEMIA, CALCIUM, false, "Hypercalcemia")              \
    X(HYPOCALCAEMIA, CALCIUM, true, "Hypocalcemia")                 \
    X(HYPOKALAEMIA, POTASSIUM, true, "Hypokalemia")                 \
    X(HYPERKALAEMIA, POTASSIUM, false, "Hyperkalemia")              \
    X(HYPONATRAEMIA, SODIUM, true, "Hyponatremia")                  \
    X(HYPOALBUMINAEMIA, ALBUMIN, true, "Hypoalbuminemia")           \
    X(HYPOGLYCAEMIA, GLUCOSE, true, "Hypoglycemia")                 \
    X(HYPERGLYCAEMIA, GLUCOSE, false, "Hyperglycemia")              \
    X(HYPOPHOSPHATAEMIA, PHOSPHATE, true, "Hypophosphatemia")
typedef enum msp_toxicity {
#define MSP_AS_ENUM(code, test, low, term) MSP_TOXICITY_##code,
    MSP_TOXICITY_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_TOXICITY_COUNT,
} msp_toxicity;

typedef struct msp_toxicity_info {
    msp_blood_test test;
    bool low;
    const char *term;
} msp_toxicity_info;

/* Never NULL for one of the list. */
const msp_toxicity_info *msp_toxicity_about(msp_toxicity toxicity);

/* The versions, and the bit of each. */
typedef enum msp_ctcae { MSP_CTCAE_4 = 1, MSP_CTCAE_5 = 2, MSP_CTCAE_6 = 4 } msp_ctcae;
/* What `rules: {ctcae: 5}` or `safety: {ctcae: 4}` says. */
msp_ctcae msp_ctcae_of(const msp_rules *rules);
const char *msp_ctcae_name(msp_ctcae version); /* "5.0" */

typedef enum msp_grade_bound {
    MSP_AGAINST_LIMIT,    /* times the limit of normal of the laboratory */
    MSP_AGAINST_CUT,      /* a figure */
    MSP_AGAINST_BASELINE, /* times the patient's value before treatment */
} msp_grade_bound;

typedef enum msp_grade_when {
    MSP_IF_ALWAYS,
    MSP_IF_NOT_HIGH, /* the baseline was not above its upper limit, or is not known */
    MSP_IF_HIGH,     /* it was */
    MSP_IF_NOT_LOW,  /* the baseline was not below its lower limit, or is not known */
    MSP_IF_LOW,      /* it was */
    MSP_IF_FASTING,  /* the sample was taken fasting */
} msp_grade_when;

typedef struct msp_grade_row {
    msp_toxicity toxicity;
    uint8_t versions; /* bits of msp_ctcae */
    uint8_t grade;    /* 1 to 4 */
    msp_grade_bound against;
    msp_grade_when when;
    int16_t tenths;     /* of a limit or the baseline */
    bool included;      /* the bound itself has the grade */
    msp_decimal cut[2]; /* in the test's first and second unit */
} msp_grade_row;

/* All rows, by toxicity. */
const msp_grade_row *msp_grade_rows(size_t *n);
/* Whether the version grades the toxicity by values at all; NULL, or why not. */
const char *msp_grade_refusal(msp_toxicity toxicity, msp_ctcae version);

#define MSP_GRADE_UNKNOWN (-1)
typedef struct msp_grade {
    int grade;                  /* 0 to 4, or MSP_GRADE_UNKNOWN */
    const msp_grade_row *row;   /* that gave it; NULL of 0 and unknown */
    const msp_grade_row *lacks; /* of unknown: the row that could not be decided; NULL where the
                                   version grades none */
} msp_grade;

/* The grade of `x`, a value of the toxicity's test; `baseline` is NULL where there is none. Unknown
 * where the mildest grade of the version asks for what is not there (the laboratory's limit; the
 * baseline, of creatinine in version 4; whether the sample was fasting) and no other is met. */
msp_grade msp_grade_of(msp_toxicity toxicity, msp_ctcae version, const msp_blood *x,
                       const msp_blood *baseline);

/* "<75 to 50 10^9/L", "> 3 x upper limit": the bound of a row in the unit of the test. */
void msp_grade_row_say(const msp_grade_row *row, uint8_t unit, msp_text *out);
/* A sentence: the value, the grade, the bound it is beyond, or what is missing. */
void msp_grade_say(msp_toxicity toxicity, const msp_grade *grade, const msp_blood *x,
                   msp_text *out);

/* The criteria as a table in Markdown, as docs/methods/ctcae.md prints it. */
void msp_grade_table(msp_text *out);

MSP_END
#endif
