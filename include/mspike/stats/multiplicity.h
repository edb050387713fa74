/*
 * multiplicity.h - several hypotheses tested at one level: adjusted p.
 *
 * A hypothesis is rejected at alpha where its adjusted p is alpha or less; all of these keep the
 * probability of any false rejection at alpha.
 *
 *   Bonferroni      min(1, m p)
 *   Holm            step down: the i-th smallest p times m - i + 1, made monotone (Scand J Stat
 *                   6:65, 1979)
 *   Hochberg        step up, where the tests are independent or positively dependent (Biometrika
 *                   75:800, 1988)
 *   fixed sequence  in the order given: the largest p so far
 *   graphical       weights of alpha on the hypotheses, and where the weight of a rejected one goes
 *                   (Bretz, Maurer, Brannath and Posch, Stat Med 28:586, 2009, algorithm 1;
 * adjusted p after their section 2.4). Gatekeeping, fallback and Holm are graphs.
 *
 * One-sided p go with a one-sided alpha. docs/methods/multiplicity.md has a worked example.
 */
#ifndef MSPIKE_STATS_MULTIPLICITY_H
#define MSPIKE_STATS_MULTIPLICITY_H

#include "mspike/base/status.h"

MSP_BEGIN

typedef enum msp_adjustment {
    MSP_ADJUST_BONFERRONI,
    MSP_ADJUST_HOLM,
    MSP_ADJUST_HOCHBERG,
    MSP_ADJUST_FIXED_SEQUENCE,
} msp_adjustment;

/* The adjusted p of p[0..n) into adjusted[0..n). A p that is not known (NaN) is never rejected and
 * counts like 1; its own adjusted p is NaN, and in a fixed sequence so are those behind it.
 * MSP_ERANGE (row: which) unless 0 <= p <= 1; MSP_EMEM. */
msp_status msp_adjust_p(const double *p, size_t n, msp_adjustment how, double *adjusted,
                        msp_error *err);

/* weights[n], summing to at most 1; transitions[n * n], row by row: the part of the weight of i
 * that goes to j when i is rejected, each row summing to at most 1, nothing from i to itself. A
 * hypothesis that never gets a weight has the adjusted p 1. MSP_ERANGE (row: the hypothesis),
 * MSP_EMEM. */
msp_status msp_adjust_p_graph(const double *p, const double *weights, const double *transitions,
                              size_t n, double *adjusted, msp_error *err);

MSP_END
#endif
