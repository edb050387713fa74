/*
 * linear.h - the linear model y = X b + e by least squares, and what any model with columns X can
 * estimate.
 *
 * Columns are made orthogonal one after another (modified Gram-Schmidt, twice). A column of which
 * less than 1e-7 is left (R's lm has the same bound) is ALIASED: earlier columns determine it, and
 * its coefficient is 0. A combination l'b is then estimable if and only if l weighs each aliased
 * column as the columns that determine it (Searle, Linear Models, 1971, section 5.4).
 */
#ifndef MSPIKE_STATS_LINEAR_H
#define MSPIKE_STATS_LINEAR_H

#include <stdbool.h>

#include "mspike/stats/convention.h"

MSP_BEGIN

typedef struct msp_alias {
    size_t p, rank;
    bool *aliased;       /* p */
    double *combination; /* p x p: in the row of an aliased column, its weights on the others */
    void *block;         /* owns the arrays */
} msp_alias;             /* {0} is empty */

/* x is n x p, row by row, finite. MSP_EMEM. O(n p^2). */
msp_status msp_alias_find(const double *x, size_t n, size_t p, msp_alias *out, msp_error *err);
/* Whether l[0..p)'b is estimable. */
bool msp_alias_allows(const msp_alias *alias, const double *l);
void msp_alias_free(msp_alias *alias);

typedef struct msp_linear {
    size_t n, p;
    msp_alias alias;
    double *beta;       /* p; 0 where aliased */
    double *covariance; /* p x p, of beta; 0 where aliased; NaN where df is 0 */
    double df;          /* n - rank */
    double variance;    /* of e; NaN where df is 0 */
    double loglik;      /* at the maximum, the variance being RSS / n */
    double r_squared;   /* of the variation about 0, or about the mean where the columns span it */
    void *block;        /* owns the arrays */
} msp_linear;           /* {0} is empty */

/* MSP_ERANGE for a value that is not finite (err->row), MSP_ENODATA without rows, MSP_EMEM. */
msp_status msp_linear_fit(const double *y, const double *x, size_t n, size_t p, msp_linear *out,
                          msp_error *err);
/* Safe to call twice or on {0}. */
void msp_linear_free(msp_linear *fit);

/* (L b)' (L V L')^- (L b), with the rows of L (k x p); *rank is that of L V L'. NaN, rank 0, where
 * there is none. MSP_EMEM. */
msp_status msp_wald_statistic(const double *beta, const double *variance, size_t p, const double *l,
                              size_t k, double *statistic, size_t *rank, msp_error *err);

MSP_END
#endif
