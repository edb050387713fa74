/*
 * blood.h - blood counts and chemistry with the limits of the laboratory that measured them.
 *
 * What toxicity is graded by (safety/grade.h). Unlike a measurement of the disease (measurement.h)
 * a value keeps the reference limits of its own row, and stays in the kind of unit it was reported
 * in, mass or amount of substance, because published cut-offs are printed for both and do not
 * convert into each other (calcium 11.5 mg/dL is 2.87 mmol/L, printed as 2.9).
 */
#ifndef MSPIKE_PATIENT_BLOOD_H
#define MSPIKE_PATIENT_BLOOD_H

#include <stdbool.h>

#include "mspike/base/findings.h"
#include "mspike/patient/patient.h"
#include "mspike/protocol/protocol.h"
#include "mspike/table/table.h"

MSP_BEGIN

/* code, name in a protocol's `measurements:`, usual LBTESTCD by |, column of the tidy CSV, unit,
 * other unit ("": none), how many of the unit one of the other is, PARAMCD, how it is called */
#define MSP_BLOOD_LIST(X)                                                                         \
    X(HAEMOGLOBIN, "haemoglobin", "HGB", "haemoglobin_gdl", "g/dL", "mmol/L", 1611, 3, "HGB",     \
      "haemoglobin")                                                                              \
    X(NEUTROPHILS, "neutrophils", "NEUT|ANC|NEUTABS", "neutrophils_e9l", "10^9/L", "", 1, 0,      \
      "NEUT", "neutrophils")                                                                      \
    X(PLATELETS, "platelets", "PLAT|PLT", "platelets_e9l", "10^9/L", "", 1, 0, "PLAT",            \
      "platelets")                                                                                \
    X(LYMPHOCYTES, "lymphocytes", "LYM|LYMPH|ALC", "lymphocytes_e9l", "10^9/L", "", 1, 0, "LYM",  \
      "lymphocytes")                                                                              \
    X(LEUCOCYTES, "leucocytes", "WBC|LEUK", "leucocytes_e9l", "10^9/L", "", 1, 0, "WBC",          \
      "leucocytes")                                                                               \
    X(CREATININE, "creatinine", "CREAT", "creatinine_umoll", "umol/L", "mg/dL", 8842, 2, "CREAT", \
      "creatinine")                                                                               \
    X(ALT, "alt", "ALT|SGPT", "alt_ul", "U/L", "ukat/L", 60, 0, "ALT", "ALT")                     \
    X(AST, "ast", "AST|SGOT", "ast_ul", "U/L", "ukat/L", 60, 0, "AST", "AST")                     \
    X(BILIRUBIN, "bilirubin", "BILI|TBILI", "bilirubin_umoll", "umol/L", "mg/dL", 17104, 3,       \
      "BILI", "bilirubin")                                                                        \
    X(CALCIUM, "corrected-calcium", "CACR|CACRALB|CACORR", "corrected_calcium_mgdl", "mg/dL",     \
      "mmol/L", 4008, 3, "CACORR", "corrected calcium")                                           \
    X(POTASSIUM, "potassium", "K", "potassium_mmoll", "mmol/L", "mEq/L", 1, 0, "K", "potassium")  \
    X(SODIUM, "sodium", "SODIUM|NA", "sodium_mmoll", "mmol/L", "mEq/L", 1, 0, "SODIUM", "sodium") \
    X(ALBUMIN, "albumin", "ALB", "albumin_gdl", "g/dL", "", 1, 0, "ALB", "albumin")               \
    X(GLUCOSE, "glucose", "GLUC", "glucose_mgdl", "mg/dL", "mmol/L", 18016, 3, "GLUC", "glucose") \
    X(PHOSPHATE, "phosphate", "PHOS", "phosphate_mgdl", "mg/dL", "mmol/L", 3097, 3, "PHOS",       \
      "phosphate")
typedef enum msp_blood_test {
#define MSP_AS_ENUM(code, ...) MSP_BLOOD_##code,
    MSP_BLOOD_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_BLOOD_COUNT,
} msp_blood_test;

typedef struct msp_blood_info {
    const char *name, *codes, *column;
    const char *unit[2]; /* the second is "" where there is one only */
    msp_decimal factor;  /* how many of the first one of the second is */
    const char *param, *text;
} msp_blood_info;

/* Never NULL for a test of the list. */
const msp_blood_info *msp_blood_about(msp_blood_test test);

#define MSP_BLOOD_BELOW       1u /* reported as below the value ("<0.1") */
#define MSP_BLOOD_ABOVE       2u /* as above it */
#define MSP_BLOOD_HAS_LOWER   4u /* of the reference limits */
#define MSP_BLOOD_HAS_UPPER   8u
#define MSP_BLOOD_FASTING     16u
#define MSP_BLOOD_UNCORRECTED 32u /* total calcium, for there is no albumin of the day */

typedef struct msp_blood {
    msp_decimal value, lower, upper; /* all in one unit */
    msp_day day;
    int32_t second; /* of the day; 0 where it is not said */
    uint32_t row;   /* of the table, from 0 */
    uint8_t test;   /* msp_blood_test */
    uint8_t unit;   /* index into msp_blood_info.unit */
    uint8_t flags;
} msp_blood;

typedef struct msp_blood_of {
    const msp_blood *items; /* by day, second, row */
    size_t n;
} msp_blood_of;

typedef struct msp_bloods {
    msp_blood_of *of; /* of each patient, in the order of msp_patients */
    size_t n;
    size_t n_values;          /* of all */
    size_t n_unlimited;       /* those without the reference limits of their laboratory */
    const char *file, *name;  /* of the table; "LB" */
    const uint32_t *sequence; /* LBSEQ of each row; NULL where the table has none */
    msp_arena arena;
} msp_bloods; /* {0} is empty, and safe to free */

/* Reads LB of `folder`; a folder without one has no values. Rows by LBTESTCD of blood, serum or
 * plasma, or as the protocol's `measurements:` says (may be NULL). The value is LBORRES with
 * LBORNRLO, LBORNRHI and LBORRESU; where that is no number, or has no limits and the standard one
 * has, it is LBSTRESN with LBSTNRLO, LBSTNRHI and LBSTRESU. Total calcium is corrected by the
 * albumin of its day (rules.md 1.3), where the laboratory did not report it corrected:
 * Ca + 0.8 (4.0 - albumin g/dL) mg/dL, Ca + 0.2 (4.0 - albumin) mmol/L.
 * What cannot be used is a finding (may be NULL); nothing is guessed of a value without a unit. */
msp_status msp_blood_read(const char *folder, const msp_protocol *protocol,
                          const msp_patients *patients, msp_bloods *out, msp_findings *findings,
                          msp_error *err);
/* The same from a table of visits (tidy.h): the columns above, the limits in NAME_lln and
 * NAME_uln; `cutoff` as there. */
msp_status msp_blood_read_tidy(const char *path, msp_day cutoff, const msp_patients *patients,
                               msp_bloods *out, msp_findings *findings, msp_error *err);
void msp_bloods_free(msp_bloods *bloods);

/* -1, 0, 1 as `x` is below, equal to or above tenths/10 of `limit`, which is in the same unit; a
 * value that is reported as below a number is below that number. */
int msp_blood_cmp(const msp_blood *x, msp_decimal limit, int64_t tenths);
/* The same with tenths/10 of another value of the test, in whichever unit each is; false where that
 * needs too many digits. */
bool msp_blood_cmp_other(const msp_blood *x, const msp_blood *other, int64_t tenths, int *out);
/* The value in the test's first unit; false where it needs too many digits. */
bool msp_blood_first_unit(const msp_blood *x, msp_decimal *out);

MSP_END
#endif
