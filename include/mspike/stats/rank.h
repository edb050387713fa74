/*
 * rank.h - are values of one group larger than of another? Wilcoxon's rank-sum test.
 *
 * W = the number of pairs (a value of group 1, one of group 2) in which group 1 has the larger,
 * ties counting half (Mann & Whitney 1947; R's statistic). Exact: W's distribution over all ways to
 * choose the group's ranks, counted by recursion. Otherwise normal with the variance for ties n1 n2
 * / 12 (N + 1 - sum(t^3 - t) / (N (N - 1))) and, `corrected`, half a pair taken off.
 *
 * Hodges-Lehmann: the median of all differences x1 - x2, with the limits that are order statistics
 * of them (exact quantiles of W, or normal ones). docs/methods/continuous.md.
 */
#ifndef MSPIKE_STATS_RANK_H
#define MSPIKE_STATS_RANK_H

#include <stdbool.h>

#include "mspike/stats/proportion.h"

MSP_BEGIN

typedef enum msp_rank_exact {
    MSP_RANK_AUTO,  /* exact below 50 values a group without ties, as R */
    MSP_RANK_EXACT, /* MSP_EUNSUPPORTED with ties or above 50 a group */
    MSP_RANK_NORMAL
} msp_rank_exact;

typedef struct msp_rank_options {
    msp_rank_exact exact;
    bool corrected;            /* of the normal test */
    msp_confidence confidence; /* side: MSP_LESS when group 1's values are lower */
} msp_rank_options;

typedef struct msp_rank_sum {
    double w, z; /* z: normal test only, else NaN */
    bool exact;
    msp_prob p;
    msp_interval shift; /* Hodges-Lehmann; its note says why there is none, or what is infinite */
    const char *note;   /* NULL, or why there is no test */
} msp_rank_sum;

/* MSP_ERANGE for a value that is NaN (err->row counts x1, then x2) or a level, MSP_EMEM. Time
 * O(N log N). */
msp_status msp_rank_test(const double *x1, size_t n1, const double *x2, size_t n2,
                         const msp_rank_options *options, msp_rank_sum *out, msp_error *err);

/*
 * Van Elteren's test: ranks within strata, each stratum's sum weighted by 1 / (N + 1) (Bull Inst
 * Int Statist 37:351, 1960; SAS: FREQ, CMH2 with SCORES=MODRIDIT). x, group (0 or 1) and stratum
 * (< n_strata) have n rows. *z is positive when group 0 has the larger values. No row to compare:
 * NaN and *note. MSP_ERANGE for a NaN or a code (err->row), MSP_EMEM.
 */
msp_status msp_rank_stratified(const double *x, const uint32_t *group, const uint32_t *stratum,
                               size_t n, size_t n_strata, double *z, msp_test *out,
                               const char **note, msp_error *err);

MSP_END
#endif
