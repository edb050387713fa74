/*
 * mrd.h - minimal residual disease (MRD): negative by flow or sequencing, with imaging, sustained.
 *
 *   marrow negative    by flow or sequencing, at the limit asked for, in a patient with the
 * response that is required imaging-plus       the same while the last PET/CT up to the day after
 * it shows no disease sustained          two such tests a year (365 days) or more apart, nothing
 * positive between relapse            from negativity, the first sign: residual disease found
 * again, disease on PET/CT, M-protein or immunofixation back, 5 % clonal plasma cells, or any sign
 *                      of progression
 *
 * rules.md 2.8, 2.9; Kumar and others, Lancet Oncol 2016;17:e328.
 *
 * A test holds what was found per million cells, or that it was below so many: "<10" is a test of
 * sensitivity 1 in 10^5. A number below the limit is negative at it; "<x" is negative where x is
 * the limit or less, and says nothing where it is more, or where no limit was given.
 *
 * Decided here: the response that is required has been reached, and is confirmed, by the first
 * assessment after the test (CR is often only established by the marrow that was taken for it), and
 * the disease has not progressed by the day of the test. Tests on or after the next therapy are not
 * looked at.
 */
#ifndef MSPIKE_RESPONSE_MRD_H
#define MSPIKE_RESPONSE_MRD_H

#include "mspike/patient/fact.h"
#include "mspike/patient/patient.h"
#include "mspike/protocol/rules.h"
#include "mspike/response/result.h"

MSP_BEGIN

#define MSP_MRD_SUSTAINED_DAYS 365

typedef struct msp_mrd_rules {
    msp_decimal limit; /* residual cells per million: 10 is 1 in 10^5 */
    msp_response_level requires;
    bool ife_once; /* one positive immunofixation is a relapse; else the next one has to be, too */
} msp_mrd_rules;

/* mrd_limit, mrd_requires, and relapse_cr_confirm, which holds for this relapse too. */
msp_mrd_rules msp_mrd_rules_of(const msp_rules *rules);

typedef struct msp_mrd_test {
    msp_day day;
    bool sequencing;   /* else flow */
    msp_fact negative; /* at the limit; unknown: not deep enough */
    bool responding;   /* has the response that is required */
    msp_fact imaging;  /* whether the last PET/CT shows no disease; unknown: none was made */
    uint32_t table, row;
} msp_mrd_test;

/* Of two on one day the first. What is "back" was not there at the last assessment up to the
 * negative test. */
#define MSP_MRD_SIGN_LIST(X)                                   \
    X(NONE, "")                                                \
    X(LOST, "residual disease found again")                    \
    X(IMAGING, "disease on PET/CT")                            \
    X(PROTEIN, "M-protein on electrophoresis again")           \
    X(IMMUNOFIXATION, "immunofixation positive again")         \
    X(MARROW, "5 % clonal plasma cells or more in the marrow") \
    X(PROGRESSION, "a sign of progression")
typedef enum msp_mrd_sign {
#define MSP_AS_ENUM(code, text) MSP_MRD_SIGN_##code,
    MSP_MRD_SIGN_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_mrd_sign;
const char *msp_mrd_sign_text(msp_mrd_sign sign);

typedef struct msp_mrd {
    const msp_mrd_test *tests; /* by day */
    size_t n;
    msp_day negative;         /* first test that is negative while responding; MSP_NO_DAY */
    msp_day imaging_plus;     /* first such test with negative imaging */
    msp_day sustained;        /* the second of two such tests, with negative imaging at both */
    msp_day sustained_marrow; /* the same without looking at imaging */
    msp_day relapse;          /* from the first negative test, before the next therapy */
    msp_mrd_sign relapse_by;
} msp_mrd;

/* The tests and what they come to; in `arena`. MSP_EMEM. */
msp_status msp_mrd_find(const msp_patient *patient, const msp_response_result *result,
                        const msp_mrd_rules *rules, msp_arena *arena, msp_mrd *out, msp_error *err);
/* Whether anything was ever tested in any of them. */
bool msp_mrd_any(const msp_patients *patients);

MSP_END
#endif
