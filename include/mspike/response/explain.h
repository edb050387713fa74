/*
 * explain.h - why: which rows of the criteria decided, on which values, from which file and row.
 */
#ifndef MSPIKE_RESPONSE_EXPLAIN_H
#define MSPIKE_RESPONSE_EXPLAIN_H

#include "mspike/patient/fact.h"
#include "mspike/response/judge.h"

MSP_BEGIN

/* What a reason says of the decision. */
#define MSP_REASON_LIST(X)                                                                \
    X(MET, "met")         /* a row of the level reached, or of the progression */         \
    X(NOT_MET, "not met") /* a row that keeps the next better level away */               \
    X(UNKNOWN, "unknown") /* a value is missing for it */                                 \
    X(RULE, "rule")       /* a rule of missing data, confirmation, or the next therapy */ \
    X(QUERY, "query")     /* something to ask the site about */
typedef enum msp_reason_kind {
#define MSP_AS_ENUM(code, name) MSP_REASON_##code,
    MSP_REASON_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_reason_kind;
const char *msp_reason_kind_name(msp_reason_kind kind);

#define MSP_NO_SOURCE UINT32_MAX

typedef struct msp_reason {
    msp_reason_kind kind;
    const char *rule;    /* id of the row, or of the rule: "R-PR-serum", "2.7-confirmation" */
    const char *text;    /* one sentence without its full stop */
    uint32_t table, row; /* where the value was reported: index of the source, row from 0;
                            MSP_NO_SOURCE where there is none */
} msp_reason;

typedef struct msp_reasons {
    msp_reason *items;
    size_t n, cap;
} msp_reasons;

/* The reasons for assessment `k` of the patient judged last by `judge`, whose result is `result`.
 * Texts live in `arena`. MSP_EMEM. */
msp_status msp_explain_assessment(const msp_judge *judge, const msp_response_result *result,
                                  size_t k, msp_arena *arena, msp_reasons *out, msp_error *err);
/* Why the disease is of its type: what was measurable at baseline, and what was not. */
msp_status msp_explain_baseline(const msp_judge *judge, const msp_response_result *result,
                                msp_arena *arena, msp_reasons *out, msp_error *err);

MSP_END
#endif
