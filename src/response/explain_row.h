/* explain_row.h - one row of the criteria in words, for explain.c. */
#ifndef MSP_RESPONSE_EXPLAIN_ROW_H
#define MSP_RESPONSE_EXPLAIN_ROW_H

#include "internal.h"
#include "mspike/base/text.h"
#include "mspike/response/explain.h"

typedef struct teller {
    const msp_course *c;
    const msp_response_result *result;
    size_t i; /* index into c->seen */
    msp_arena *arena;
    msp_reasons *out;
    bool failed;
} teller;

/* A reason with its words; `source` may be NULL. */
void msp__tell(teller *t, msp_reason_kind kind, const char *rule, const msp_measured *source,
               const msp_text *text);
/* Row `index` of the criteria, that is met, not met or unknown here. */
void msp__tell_row(teller *t, size_t index, msp_fact fact);

void msp__tell_add_decimal(msp_decimal value, msp_text *out);
void msp__tell_add_day(msp_day day, msp_text *out);
/* A value as it was reported where it was, else as it was worked out; of assessment i. */
void msp__tell_add_value(const teller *t, msp_judged judged, int64_t value, size_t i,
                         msp_text *out);
void msp__tell_add_unit(const teller *t, msp_judged judged, msp_text *out);
/* The measurement that the value at assessment i comes from; NULL for what is worked out. */
const msp_measured *msp__tell_source_of(const teller *t, msp_judged judged, size_t i);

#endif
