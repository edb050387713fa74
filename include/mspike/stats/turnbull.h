/*
 * turnbull.h - the survival curve of times that are only known to lie between two visits.
 *
 * Turnbull's nonparametric maximum likelihood estimate (1976): row i had the event after lower[i]
 * and by upper[i], so its likelihood is the mass of (lower, upper]. Mass can only lie in the
 * innermost intervals, those from a lower end to the next upper end with no other end between;
 * where it lies within one the data do not say, and there the curve is not defined.
 *
 * An EM step (Turnbull's self-consistency) and a step of the iterative convex minorant (Groeneboom
 * & Wellner 1992) take turns (Wellner & Zhan 1997), until what makes a maximum holds: with d_j the
 * sum of 1 / P(row i) over the rows that may lie in interval j, every d_j <= n, and d_j = n where
 * there is mass (Gentleman & Geyer 1994). max d_j - n bounds how far the log-likelihood is from its
 * maximum. docs/methods/interval-censoring.md has a worked example.
 */
#ifndef MSPIKE_STATS_TURNBULL_H
#define MSPIKE_STATS_TURNBULL_H

#include "mspike/base/status.h"

MSP_BEGIN

typedef struct msp_turnbull {
    size_t n_rows;
    size_t n;               /* innermost intervals, in order; some may hold no mass */
    double *left, *right;   /* (left, right]; equal: at that time; the last right may be infinite */
    double *mass;           /* they sum to 1 */
    double *by;             /* sum of the masses up to and with this one */
    uint32_t *first, *last; /* n_rows: the innermost intervals that row may lie in */
    double loglik;
    double gap; /* the log-likelihood is at most this far below its maximum */
    int iterations;
    const char *note; /* NULL; else that the maximum was not reached within 1e-6 of loglik */
    void *block;      /* owns the arrays */
} msp_turnbull;       /* {0} is empty */

/*
 * Row i: after lower[i] and by upper[i] (both borrowed, n of each). Equal: at that time; upper
 * infinite: not by lower (right-censored); lower 0: by upper. MSP_ENODATA without a row, MSP_ERANGE
 * (row) unless 0 <= lower <= upper and lower is finite, or with more than 2^31 rows, MSP_EMEM.
 * Time O(n log n) and O(n) an iteration.
 */
msp_status msp_turnbull_fit(const double *lower, const double *upper, size_t n, msp_turnbull *out,
                            msp_error *err);
/* Safe to call twice or on {0}. */
void msp_turnbull_free(msp_turnbull *fit);

/* What the data say of a number: it lies from `low` to `high`, and they say no more. */
typedef struct msp_turnbull_range {
    double low, high;
} msp_turnbull_range;

/* S(t). Low and high are equal where the curve is defined: outside the innermost intervals with
 * mass, and at their ends. */
msp_turnbull_range msp_turnbull_at(const msp_turnbull *fit, double t);
/* The time by which a fraction p (0 < p < 1) has had the event: the innermost interval in which the
 * mass reaches p. Both NaN where it is never reached. */
msp_turnbull_range msp_turnbull_quantile(const msp_turnbull *fit, double p);

MSP_END
#endif
