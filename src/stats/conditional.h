/*
 * conditional.h - the events of group 1 when the margins of one or several 2x2 tables are given.
 *
 * X, the sum of x1 over the tables, takes the values first .. first + n - 1 with probabilities in
 * proportion to exp(log_weight[i] + i log(odds ratio)): hypergeometric, or a convolution of such.
 * Weights are logarithms, so tails stay right where they underflow.
 */
#ifndef MSP_STATS_CONDITIONAL_H
#define MSP_STATS_CONDITIONAL_H

#include "mspike/stats/fisher.h"

typedef struct msp__conditional {
    size_t n, at;       /* values, and the place of the observed one */
    double *log_weight; /* adds up to 1 at odds ratio 1 */
} msp__conditional;     /* {0} is empty */

/* MSP_ERANGE for counts that cannot be, MSP_EUNSUPPORTED where there are too many values, MSP_EMEM.
 */
msp_status msp__conditional_init(const msp_two_by_two *tables, size_t k, msp__conditional *out,
                                 msp_error *err);
void msp__conditional_free(msp__conditional *c);

void msp__conditional_test(const msp__conditional *c, msp_fisher *out);
/* The conditional maximum likelihood estimate with exact limits. */
void msp__conditional_odds_ratio(const msp__conditional *c, const msp_confidence *confidence,
                                 msp_interval *out);

#endif
