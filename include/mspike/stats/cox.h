/*
 * cox.h - Cox's proportional-hazards model.
 *
 * hazard(t | x) = h_s(t) exp(x' b) with a baseline h_s of its own for each stratum s; b maximises
 * the partial likelihood (Cox 1972) with ties by Breslow, Efron (1977), the discrete (exact
 * partial) or the exact marginal likelihood. Newton's method with step halving on centred and
 * scaled columns.
 *
 * What is told apart rather than printed as a number:
 *   - a column that earlier columns determine has no coefficient of its own (ALIASED; R: NA);
 *   - where a direction orders every event in its risk set (an arm without events, say), the
 *     likelihood grows for ever along it: the coefficients in it are infinite, the hazard ratio is
 *     0 or infinite, there is no standard error and no Wald test; the likelihood-ratio and score
 *     tests, and the other coefficients, are those of the limit;
 *   - without events there is no model: NOT_ESTIMABLE.
 *
 * Case weights count a row of weight w as w rows in every sum over rows; at a tie each of Efron's
 * or Breslow's denominators counts the mean weight of the events there (as coxph of R's survival),
 * so with Breslow's ties a whole weight is that many equal rows. Where weights are not such counts
 * the variance wants to be robust: msp_cox_robust_of.
 *
 * docs/methods/cox.md holds the formulas, references and a worked example.
 */
#ifndef MSPIKE_STATS_COX_H
#define MSPIKE_STATS_COX_H

#include "mspike/stats/convention.h"
#include "mspike/stats/order.h"

MSP_BEGIN

typedef enum msp_cox_ties {
    MSP_COX_EFRON,
    MSP_COX_BRESLOW,
    MSP_COX_DISCRETE, /* R: ties = "exact"; SAS: TIES=DISCRETE */
    MSP_COX_MARGINAL  /* exact marginal likelihood; SAS: TIES=EXACT */
} msp_cox_ties;

/* "efron", "breslow", "discrete", "marginal". */
const char *msp_cox_ties_name(msp_cox_ties ties);

/* One column of the model, borrowed: a number for each row (value), or the indicator of one level
 * of a factor (value NULL): 1 where code[row] == level, else 0. */
typedef struct msp_cox_column {
    const char *name;    /* for messages; NULL gives its number */
    const double *value; /* finite in every row kept */
    const uint32_t *code;
    uint32_t level;
} msp_cox_column;

typedef struct msp_cox_options {
    msp_cox_ties ties;
    double level;         /* of the limits of the hazard ratios, 0 < level < 1 */
    int max_iterations;   /* of Newton's method */
    const double *weight; /* NULL: every row counts 1; else a weight a row, borrowed, 1e-40 to 1e30.
                           * Breslow's or Efron's ties */
} msp_cox_options;

/* Every default: level 0.95, 40 iterations, and the convention's ties. */
msp_cox_options msp_cox_options_default(msp_convention convention);

typedef enum msp_cox_state {
    MSP_COX_CONVERGED,
    MSP_COX_MONOTONE,      /* at least one coefficient is infinite; the rest converged */
    MSP_COX_NOT_CONVERGED, /* estimates are NaN */
    MSP_COX_NOT_ESTIMABLE  /* nothing to fit */
} msp_cox_state;

typedef enum msp_cox_kind {
    MSP_COX_ESTIMATED,
    MSP_COX_ALIASED, /* a combination of earlier columns, or constant: everything is NaN */
    MSP_COX_INFINITE /* coef is +-INFINITY, hazard_ratio INFINITY or 0; the rest NaN */
} msp_cox_kind;

typedef struct msp_cox_coefficient {
    msp_cox_kind kind;
    double coef, std_error, z, p, log_p; /* p: two-sided, of the Wald test */
    double hazard_ratio, lower, upper;
} msp_cox_coefficient;

typedef struct msp_cox {
    size_t n, n_events, n_columns;
    msp_cox_ties ties;
    double level;
    msp_cox_state state;
    const char *note;                  /* NULL, or what the state means here; static text */
    msp_cox_coefficient *coefficients; /* n_columns */
    double *variance; /* n_columns x n_columns, inverse information; NaN unless both ESTIMATED */
    double loglik_null, loglik; /* at b = 0 and at the maximum (its limit when monotone) */
    int iterations;             /* evaluations of the likelihood after the first */
    double gradient; /* largest |score| at the end, columns scaled to standard deviation 1 */
    msp_test likelihood_ratio, wald, score; /* of all coefficients = 0 */
    const double *weight;                   /* of the options */
    void *block;                            /* owns the arrays */
} msp_cox;                                  /* {0} is empty */

/*
 * Fits n_columns >= 0 columns within stratum[row] < n_strata (NULL: one stratum). MSP_OK whenever
 * the question is well put: read out->state. On failure *out is empty: MSP_ERANGE for a value that
 * is not finite, a weight, code or option out of range (err->row names the row), MSP_EUNSUPPORTED
 * for weights with other ties, MSP_EMEM.
 * Time O(iterations (n p + events p^2)) for Breslow and Efron; discrete ties cost n times the
 * largest number of events at one time, and more with entry times. Memory about 8 (p + 2) n bytes.
 */
msp_status msp_cox_fit(const msp_order *order, const msp_cox_column *columns, size_t n_columns,
                       const uint32_t *stratum, size_t n_strata, const msp_cox_options *options,
                       msp_cox *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_cox_free(msp_cox *cox);

MSP_END
#endif
