/*
 * rates.h - everything that is reported of proportions: each group's, two groups compared, strata.
 *
 * In: counts. Out: what stats/proportion.h, two_by_two.h, fisher.h and stratified.h say of them. An
 * exact figure that would take too long (10^7 tables and more) is not estimable, and says so.
 */
#ifndef MSPIKE_ANALYSIS_RATES_H
#define MSPIKE_ANALYSIS_RATES_H

#include "mspike/stats/stratified.h"

MSP_BEGIN

/* One contrast by all its methods; `miettinen_nurminen` and `wald` always. */
typedef struct msp_rates_contrast {
    msp_interval miettinen_nurminen, wald;
    msp_interval newcombe; /* of the difference; NaN elsewhere */
    msp_interval exact;    /* conditional, of the odds ratio; NaN elsewhere */
} msp_rates_contrast;

/* Group 1 compared to group 2. */
typedef struct msp_rates_pair {
    msp_rates_contrast difference, risk_ratio, odds_ratio;
    msp_fisher fisher;
} msp_rates_pair;

/* The same in strata. */
typedef struct msp_rates_strata {
    msp_test cmh, breslow_day, tarone;
    const char *cmh_note, *breslow_day_note; /* NULL where there is a test */
    msp_interval odds_ratio, risk_ratio;     /* Mantel-Haenszel */
    msp_interval difference;                 /* Miettinen-Nurminen limits */
    msp_interval difference_sato;
    msp_interval odds_ratio_exact;
    msp_fisher exact;
} msp_rates_strata;

/* MSP_ERANGE for counts or a level out of range, MSP_EMEM. */
msp_status msp_rates_compare(const msp_two_by_two *table, const msp_confidence *confidence,
                             msp_rates_pair *out, msp_error *err);
msp_status msp_rates_compare_strata(const msp_two_by_two *tables, size_t n_strata,
                                    const msp_confidence *confidence, msp_rates_strata *out,
                                    msp_error *err);

MSP_END
#endif
