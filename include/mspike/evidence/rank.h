/*
 * rank.h - which treatment is best, second, third ...: what the estimates of a connected network
 * and their covariance say.
 *
 * The P-score of a treatment is how certain it is to be better than another, on average over the
 * others (Ruecker and Schwarzer, BMC Med Res Methodol 15:58, 2015). It is exact, and equal to the
 * SUCRA of normal effects; so SUCRA is not drawn. The probability of each rank (the rankogram) is,
 * by counter-based draws (base/random.h): a function of the seed alone, with its Monte Carlo error.
 * docs/methods/ranks.md.
 */
#ifndef MSPIKE_EVIDENCE_RANK_H
#define MSPIKE_EVIDENCE_RANK_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

#define MSP_RANK_TREATMENTS_MAX 128

typedef struct msp_ranks {
    size_t n, draws;
    double *p_score;     /* n: exact; equal to SUCRA */
    double *mean_rank;   /* n: exact; 1 is best */
    double *probability; /* n x n: of treatment i to have rank k + 1; exact for two treatments */
    double *error;       /* n x n: standard error of the probability, from the draws */
    void *block;         /* owns the arrays */
} msp_ranks;             /* {0} is empty */

/*
 * effect: n >= 2 effects against one reference (whose own is 0); covariance: n x n, row by row, 0
 * in the reference's row and column. Two treatments that do not differ are equally likely to be
 * better. MSP_ERANGE for a number that is not finite, n, a covariance that is not symmetric or not
 * positive semidefinite (err->row), or draws below 100; MSP_EMEM. Time O(draws n^2).
 */
msp_status msp_ranks_make(const double *effect, const double *covariance, size_t n,
                          bool small_is_good, uint64_t seed, size_t draws, msp_ranks *out,
                          msp_error *err);
/* Safe to call twice or on {0}. */
void msp_ranks_free(msp_ranks *ranks);

MSP_END
#endif
