/*
 * interval_logrank.h - do k groups share one survival curve, where times are only known to lie
 * between two visits? Sun's log-rank test (1996) with the variance of permutations.
 *
 * With Turnbull's curve S of all rows of a stratum, h_j the hazard of its innermost interval j and
 * H its cumulative sum, a row in (L, R] scores
 *
 *     c = (S(R) H(R) - S(L) H(L)) / (S(L) - S(R))
 *
 * which is 1 - H(t) for an event seen at t and -H(t) for one not seen by t: then the scores of a
 * group sum to the observed less the expected events of the ordinary log-rank test. The sums are
 * compared with what they are over all ways to deal the scores of a stratum to its groups:
 * covariance of groups g and h sum (c - mean)^2 / (n - 1) * (n_g [g = h] - n_g n_h / n), added up
 * over strata. It holds where the visits do not depend on the group (Fay & Shih 2012).
 * docs/methods/interval-censoring.md has a worked example.
 */
#ifndef MSPIKE_STATS_INTERVAL_LOGRANK_H
#define MSPIKE_STATS_INTERVAL_LOGRANK_H

#include "mspike/stats/convention.h"

MSP_BEGIN

/* Row i had the event after lower[i] and by upper[i], as msp_turnbull_fit has it. */
typedef struct msp_interval_groups {
    const double *lower, *upper;
    size_t n;
    const uint32_t *group; /* below n_groups */
    size_t n_groups;
    const uint32_t *stratum; /* below n_strata; NULL: one stratum */
    size_t n_strata;
} msp_interval_groups;

typedef struct msp_interval_logrank {
    size_t n_groups;
    double *n;                   /* rows, by group */
    double *score;               /* sum of the scores less what chance gives, by group */
    double *variance;            /* n_groups x n_groups */
    msp_test test;               /* NaN where there is no test, and `note` says why */
    double z;                    /* of two groups, positive when the second does worse; else NaN */
    msp_alternative alternative; /* of test.p */
    double gap;                  /* the largest of the curves': see msp_turnbull */
    const char *note;            /* NULL, or why there is no test; static text */
    double *block;               /* owns the arrays */
} msp_interval_logrank;          /* {0} is empty */

/* One-sided alternatives need two groups; less: the second group's hazard is lower. MSP_OK with a
 * note where nothing tells the groups apart. MSP_ENODATA without rows, MSP_ERANGE (row) for a bad
 * time or code or fewer than two groups, MSP_EUNSUPPORTED, MSP_EMEM; then *out is empty. */
msp_status msp_interval_logrank_test(const msp_interval_groups *data, msp_alternative alternative,
                                     msp_interval_logrank *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_interval_logrank_free(msp_interval_logrank *test);

MSP_END
#endif
