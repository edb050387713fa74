/*
 * maxcombo.h - the largest of several weighted log-rank tests of two groups.
 *
 * z_i = U_i / sqrt(V_ii) are jointly normal with correlation V_ij / sqrt(V_ii V_jj), where V_ij is
 * the variance of the test whose weight is the geometric mean of the two. p is the probability that
 * the largest of such normal variables is as large as that seen: by quadrature, to 1e-10 of itself,
 * singular correlations included, and the same at every call. docs/methods/weighted-tests.md.
 */
#ifndef MSPIKE_STATS_MAXCOMBO_H
#define MSPIKE_STATS_MAXCOMBO_H

#include "mspike/stats/logrank.h"

MSP_BEGIN

enum { MSP_MAXCOMBO_MAX = 6 };

typedef struct msp_maxcombo {
    size_t n_tests;
    msp_time_weight weights[MSP_MAXCOMBO_MAX];
    double z[MSP_MAXCOMBO_MAX];                              /* as msp_logrank.z */
    double correlation[MSP_MAXCOMBO_MAX * MSP_MAXCOMBO_MAX]; /* n_tests x n_tests */
    size_t largest; /* which test has the most extreme z, in the direction of the alternative */
    double p, log_p;
    msp_alternative alternative;
    const char *note; /* NULL, or why there is no test */
} msp_maxcombo;

/* The usual combination: (0, 0), (0, 1), (1, 0), (1, 1). */
extern const msp_time_weight msp_maxcombo_usual[4];

/*
 * Fleming-Harrington weights only, 1 to MSP_MAXCOMBO_MAX of them, no more than three of which give
 * linearly independent tests (the usual four do). MSP_ERANGE, MSP_EUNSUPPORTED, MSP_EMEM.
 * Time O(n tests^2), and about 0.1 s for the probability.
 */
msp_status msp_maxcombo_test(const msp_order *order, const uint32_t *group, const uint32_t *stratum,
                             size_t n_strata, const msp_time_weight *weights, size_t n_weights,
                             msp_alternative alternative, msp_maxcombo *out, msp_error *err);

MSP_END
#endif
