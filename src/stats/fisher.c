#include "mspike/stats/fisher.h"

#include "mspike/stats/stratified.h"

/* One table is one stratum. */

msp_status msp_fisher_test(const msp_two_by_two *table, msp_fisher *out, msp_error *err)
{
    return msp_stratified_exact(table, 1, out, err);
}

msp_status msp_fisher_odds_ratio(const msp_two_by_two *table, const msp_confidence *confidence,
                                 msp_interval *out, msp_error *err)
{
    return msp_stratified_exact_odds_ratio(table, 1, confidence, out, err);
}
