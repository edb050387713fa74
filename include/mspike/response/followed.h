/*
 * followed.h - the values that a response was judged by, in their order, for tables and figures.
 */
#ifndef MSPIKE_RESPONSE_FOLLOWED_H
#define MSPIKE_RESPONSE_FOLLOWED_H

#include "mspike/base/arena.h"
#include "mspike/response/judge.h"

MSP_BEGIN

/* The value of one assessment, and the lowest one before it (by the rule that the criteria follow),
 * in the marker's unit. */
typedef struct msp_followed_value {
    msp_day day;
    double value, lowest; /* `lowest` is NaN where there is none */
    double progression;   /* from here on the rise from `lowest` is progression; NaN: it never is */
    bool below;           /* reported as below what can be quantified */
    double limit;         /* which is this, where an M-protein counts as 0 for it; else NaN */
} msp_followed_value;

typedef struct msp_followed {
    msp_judged judged;
    const char *name, *unit;          /* static: "difference of free light chains", "mg/L" */
    const char *abbreviation;         /* static: "dFLC" */
    double baseline;                  /* NaN: not known */
    const msp_followed_value *values; /* the baseline's first, where there is one */
    size_t n;
} msp_followed;

/* What the disease of the patient judged last is measured by; MSP_JUDGED_COUNT: by nothing. */
msp_judged msp_followed_main(const msp_judge *judge);
/* The values of `judged` (one that has a lowest value: serum, urine, light chains, marrow,
 * plasmacytomas), in `arena`. n is 0 where it was never measured. MSP_EMEM. */
msp_status msp_followed_make(const msp_judge *judge, msp_judged judged, msp_arena *arena,
                             msp_followed *out, msp_error *err);
/* 100 (value - baseline) / baseline; NaN without a baseline above 0. */
double msp_followed_change(const msp_followed *followed, double value);

MSP_END
#endif
