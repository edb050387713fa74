/*
 * logistic.h - logistic regression: log(p / (1 - p)) = b0 + x' b, by maximum likelihood.
 *
 * Newton's method (iteratively reweighted least squares) with step halving on centred and scaled
 * columns. What is told apart rather than printed as a number, as in cox.h:
 *   - a column that earlier columns determine is ALIASED;
 *   - where a combination of the columns separates events from the others, completely or but for
 *     rows that lie on the border, the likelihood grows for ever along it (Albert & Anderson,
 *     Biometrika 71:1, 1984): coefficients in it are INFINITE, without standard error. Rows off the
 *     border then tell nothing more, and the other coefficients are those of the rows on it;
 * without such rows nothing else is estimable. Separation is proved by ordering the rows, not
 * guessed from iterations. The likelihood-ratio test stands in every case.
 *
 * docs/methods/logistic.md.
 */
#ifndef MSPIKE_STATS_LOGISTIC_H
#define MSPIKE_STATS_LOGISTIC_H

#include "mspike/stats/convention.h"
#include "mspike/stats/cox.h"

MSP_BEGIN

typedef enum msp_logistic_state {
    MSP_LOGISTIC_CONVERGED,
    MSP_LOGISTIC_SEPARATED,
    MSP_LOGISTIC_NOT_CONVERGED, /* estimates are NaN */
    MSP_LOGISTIC_NOT_ESTIMABLE, /* everyone or no one has the event */
} msp_logistic_state;

typedef enum msp_logistic_kind {
    MSP_LOGISTIC_ESTIMATED,
    MSP_LOGISTIC_ALIASED,
    MSP_LOGISTIC_INFINITE, /* coef is +-INFINITY, odds_ratio INFINITY or 0; the rest NaN */
    MSP_LOGISTIC_UNKNOWN,  /* not estimable beside what separates; everything NaN */
} msp_logistic_kind;

typedef struct msp_logistic_coefficient {
    msp_logistic_kind kind;
    double coef, std_error, z, p, log_p; /* p: two-sided, of the Wald test */
    double odds_ratio, lower, upper;
} msp_logistic_coefficient;

typedef struct msp_logistic {
    size_t n, n_events, n_columns;
    double level;
    msp_logistic_state state;
    const char *note;                       /* NULL, or what the state means; static text */
    msp_logistic_coefficient *coefficients; /* 1 + n_columns: the intercept, then the columns */
    double *variance;                       /* (1 + n_columns)^2; NaN unless both ESTIMATED */
    double loglik_null, loglik; /* of the intercept alone, and at the maximum or its limit */
    msp_test likelihood_ratio;  /* of all columns */
    int iterations;
    double gradient; /* largest |score| at the end, columns scaled to standard deviation 1 */
    void *block;     /* owns the arrays */
} msp_logistic;      /* {0} is empty */

/*
 * Fits event[row] (0 or 1) to n_columns >= 0 columns (as cox.h has them) over the rows where keep
 * (NULL: all) is not 0. MSP_OK whenever the question is well put: read out->state. On failure *out
 * is empty: MSP_ERANGE for a value that is not finite, an event that is not 0 or 1 (err->row) or
 * the level, MSP_ENODATA without rows, MSP_EMEM. Time O(iterations n p^2).
 */
msp_status msp_logistic_fit(const uint8_t *event, size_t n, const uint8_t *keep,
                            const msp_cox_column *columns, size_t n_columns, double level,
                            msp_logistic *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_logistic_free(msp_logistic *fit);

MSP_END
#endif
