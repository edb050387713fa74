/*
 * agreement.h - how far two assessors agree on an ordered scale: Cohen's kappa, weighted.
 *
 * With p[i][j] the share of patients whom the first puts into category i and the second into j, r
 * and c its row and column sums, and weights w[i][j] of agreement,
 *
 *     kappa = (po - pe) / (1 - pe),  po = sum w p,  pe = sum w r c
 *
 * Weights: identity (1 on the diagonal), linear 1 - |i - j| / (k - 1), quadratic
 * 1 - (i - j)^2 / (k - 1)^2. Large-sample standard errors after Fleiss, Cohen & Everitt,
 * Psychol Bull 72:323 (1969). docs/methods/agreement.md has a worked example.
 */
#ifndef MSPIKE_STATS_AGREEMENT_H
#define MSPIKE_STATS_AGREEMENT_H

#include "mspike/base/status.h"

MSP_BEGIN

typedef enum msp_kappa_weights {
    MSP_KAPPA_IDENTITY,
    MSP_KAPPA_LINEAR,
    MSP_KAPPA_QUADRATIC,
} msp_kappa_weights;

#define MSP_AGREEMENT_MAX 64 /* categories */

typedef struct msp_agreement {
    double n;
    double identical;          /* share on the diagonal */
    double observed, expected; /* po and pe */
    double kappa;
    double std_error;      /* of kappa */
    double null_std_error; /* were the two independent: kappa / it tests for that */
    double lower, upper;   /* kappa -+ z std_error */
    const char *note;      /* NULL; else why kappa and what follows is NaN */
} msp_agreement;

/* Adds each pair to counts[a * k + b], k * k of them, row by row. MSP_ERANGE with its row where a
 * category is not below k. */
msp_status msp_agreement_count(const uint8_t *a, const uint8_t *b, size_t n, size_t k,
                               double *counts, msp_error *err);

/* Of k * k counts of 0 or more, categories in their order. MSP_ERANGE unless 2 <= k <=
 * MSP_AGREEMENT_MAX, 0 < level < 1 and every count is finite and not negative; MSP_ENODATA where
 * all are 0. Kappa is NaN where both put everybody into one category. */
msp_status msp_agreement_kappa(const double *counts, size_t k, msp_kappa_weights weights,
                               double level, msp_agreement *out, msp_error *err);

MSP_END
#endif
