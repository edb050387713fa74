/*
 * fisher.h - exact inference on one 2x2 table, given its margins.
 *
 * The events of group 1 then are hypergeometric (Fisher 1935). Two-sided: the sum of the
 * probabilities of all tables that are no likelier than the one seen, probabilities within 1e-7
 * being equal (as R and SAS). Mid-p counts the table seen by half. docs/methods/proportions.md.
 */
#ifndef MSPIKE_STATS_FISHER_H
#define MSPIKE_STATS_FISHER_H

#include "mspike/stats/two_by_two.h"

MSP_BEGIN

typedef struct msp_fisher {
    msp_prob two_sided;
    msp_prob less, greater; /* group 1 has so few, or so many, events */
    msp_prob mid_two_sided, mid_less, mid_greater;
    const char *note; /* NULL, or why every p is 1 */
} msp_fisher;

/* MSP_ERANGE unless 0 <= x <= n <= 2^53, MSP_EUNSUPPORTED for more than 10^7 tables, MSP_EMEM. Time
 * and memory O(number of tables with these margins). */
msp_status msp_fisher_test(const msp_two_by_two *table, msp_fisher *out, msp_error *err);

/* The odds ratio of largest conditional likelihood, and the limits at which a one-sided exact test
 * just reaches the tail probability. 0 or infinite at the ends of the range; not estimable where
 * the margins leave one table. Errors as above. */
msp_status msp_fisher_odds_ratio(const msp_two_by_two *table, const msp_confidence *confidence,
                                 msp_interval *out, msp_error *err);

MSP_END
#endif
