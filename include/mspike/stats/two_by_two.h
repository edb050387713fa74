/*
 * two_by_two.h - two groups of patients, with and without an event: difference, ratio, odds ratio.
 *
 * Group 1 is compared to group 2: p1 - p2, p1 / p2, p1 (1 - p2) / ((1 - p1) p2). The score interval
 * of Miettinen & Nurminen (Stat Med 4:213, 1985) holds the values d for which
 *
 *   (p1 - p2 - d)^2 <= z^2 N / (N - 1) (P1 (1 - P1) / n1 + P2 (1 - P2) / n2)
 *
 * where P1, P2 are most likely among those with P1 - P2 = d; for ratios likewise. Newcombe (Stat
 * Med 17:873, 1998) puts Wilson's limits together. Wald's are those of the difference, of the log
 * ratio and of the log odds ratio. docs/methods/proportions.md has a worked example.
 */
#ifndef MSPIKE_STATS_TWO_BY_TWO_H
#define MSPIKE_STATS_TWO_BY_TWO_H

#include <stdbool.h>

#include "mspike/stats/proportion.h"

MSP_BEGIN

typedef struct msp_two_by_two {
    int64_t x1, n1; /* events and patients of group 1 */
    int64_t x2, n2;
} msp_two_by_two;

typedef enum msp_contrast {
    MSP_DIFFERENCE,
    MSP_RISK_RATIO,
    MSP_ODDS_RATIO,
} msp_contrast;

typedef enum msp_contrast_method {
    MSP_MIETTINEN_NURMINEN,
    MSP_NEWCOMBE, /* of the difference only */
    MSP_WALD_CONTRAST,
} msp_contrast_method;

/*
 * A group without patients, or a ratio of 0 to 0, is not estimable. A ratio may be infinite, or
 * have an infinite upper limit; Wald's limits of a ratio are NaN where a count is 0. MSP_ERANGE
 * unless 0 <= x <= n <= 2^53 and 0 < level < 1, MSP_EUNSUPPORTED for Newcombe's interval of a
 * ratio.
 */
msp_status msp_two_by_two_contrast(const msp_two_by_two *table, msp_contrast contrast,
                                   msp_contrast_method method, const msp_confidence *confidence,
                                   msp_interval *out, msp_error *err);

/*
 * Pearson's chi-square for events[g] of n[g] in k >= 2 groups, on k - 1 degrees of freedom; groups
 * without patients do not count. `corrected` (Yates, two groups only) takes up to half a patient
 * off. Where everyone or no one has the event, or one group is left, the test is NaN and *note (may
 * not be NULL; NULL otherwise) says why. MSP_ERANGE as above.
 */
msp_status msp_two_by_two_chi_square(const int64_t *events, const int64_t *n, size_t k,
                                     bool corrected, msp_test *out, const char **note,
                                     msp_error *err);

MSP_END
#endif
