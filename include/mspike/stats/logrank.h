/*
 * logrank.h - do k groups share one survival curve? The log-rank test, stratified or not.
 *
 * At each event time of a stratum, with d events among r at risk, r_g of them in group g, group g
 * expects d r_g / r events; the covariance of groups g and h is
 * d (r - d) / (r - 1) * (r_g / r) * ([g = h] - r_h / r). Both add up over times and strata.
 * The statistic is (O - E)' V^- (O - E) over the groups that expect events, chi-square on one
 * degree of freedom less (Mantel 1966; Peto & Peto 1972).
 * docs/methods/log-rank.md holds references and a worked example.
 */
#ifndef MSPIKE_STATS_LOGRANK_H
#define MSPIKE_STATS_LOGRANK_H

#include "mspike/stats/convention.h"
#include "mspike/stats/order.h"

MSP_BEGIN

typedef struct msp_logrank {
    size_t n_groups;
    double *n;        /* rows, by group */
    double *observed; /* events, by group; weighted where the test is */
    double *expected;
    double *variance; /* n_groups x n_groups, of observed - expected */
    msp_test test;    /* NaN where there is no test, and `note` says why */
    double z;         /* of two groups: (O2 - E2) / sqrt(V22), positive when the second does worse;
                       * NaN with more groups */
    msp_alternative alternative; /* of test.p */
    const char *note;            /* NULL, or why there is no test; static text */
    double *block;               /* owns the arrays */
} msp_logrank;                   /* {0} is empty */

/*
 * Tests group[row] < n_groups within stratum[row] < n_strata (NULL: one stratum). One-sided
 * alternatives need two groups. Without events, or with fewer than two groups ever at risk at an
 * event, there is no test: MSP_OK with out->note. Otherwise MSP_OK; on failure *out is empty:
 * MSP_ERANGE for a code out of range or fewer than two groups, MSP_EUNSUPPORTED for a one-sided
 * test of more than two groups, MSP_EMEM. Time O(n k + events k^2).
 */
msp_status msp_logrank_test(const msp_order *order, const uint32_t *group, size_t n_groups,
                            const uint32_t *stratum, size_t n_strata, msp_alternative alternative,
                            msp_logrank *out, msp_error *err);
/*
 * How much an event time counts, by the pooled Kaplan-Meier curve S of its stratum:
 *
 *   Fleming-Harrington  S(t-)^rho (1 - S(t-))^gamma   (1991; rho = gamma = 0 is the log-rank test)
 *   modestly weighted   1 / max(S(t-), S(time))       (Magirr & Burman 2019)
 */
typedef enum msp_time_weight_kind {
    MSP_FLEMING_HARRINGTON,
    MSP_MODESTLY_WEIGHTED,
} msp_time_weight_kind;

typedef struct msp_time_weight {
    msp_time_weight_kind kind;
    double rho, gamma; /* of Fleming-Harrington, at least 0 */
    double time;       /* of the modest weights, at least 0 */
} msp_time_weight;

/* The same test with events, expectations and variances weighted. MSP_ERANGE for a weight that is
 * out of range. docs/methods/weighted-tests.md. */
msp_status msp_logrank_weighted(const msp_order *order, const uint32_t *group, size_t n_groups,
                                const uint32_t *stratum, size_t n_strata,
                                const msp_time_weight *weight, msp_alternative alternative,
                                msp_logrank *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_logrank_free(msp_logrank *test);

MSP_END
#endif
