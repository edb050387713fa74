/*
 * mmrm.h - the mixed model for repeated measures: y = X b + e, e correlated within a patient.
 *
 * A patient's errors at his visits have covariance S, one of the structures below, restricted to
 * the visits that were made; patients are independent. S by restricted maximum likelihood (REML), b
 * by generalised least squares. Visits that are missing at random need no filling in.
 *
 *   l = -1/2 (sum log|V| + log|X' V^-1 X| + r' V^-1 r + (n - p) log 2 pi)
 *
 * A contrast L'b has the variance L' F L, F = (X' V^-1 X)^-1, and degrees of freedom
 * 2 (L'FL)^2 / (g' W g), g the derivatives of L'FL by the parameters of S and W their covariance:
 *   Satterthwaite   W the inverse of the observed information (SAS DDFM=SATTERTHWAITE, lmerTest)
 *   Kenward-Roger   W the inverse of the expected information, and F enlarged for S being estimated
 *                   (Kenward & Roger, Biometrics 53:983, 1997)
 * docs/methods/mmrm.md has formulas, references and a worked example.
 */
#ifndef MSPIKE_STATS_MMRM_H
#define MSPIKE_STATS_MMRM_H

#include <stdbool.h>

#include "mspike/stats/linear.h"
#include "mspike/stats/proportion.h"

MSP_BEGIN

typedef enum msp_mmrm_structure {
    MSP_MMRM_UNSTRUCTURED, /* a variance a visit, a covariance a pair */
    MSP_MMRM_COMPOUND_SYMMETRY,
    MSP_MMRM_AR1,      /* s^2 r^|i - j| */
    MSP_MMRM_TOEPLITZ, /* a covariance for each distance |i - j| */
} msp_mmrm_structure;

/* "unstructured", "compound-symmetry", "ar1", "toeplitz". */
const char *msp_mmrm_structure_name(msp_mmrm_structure structure);

typedef enum msp_mmrm_df {
    MSP_MMRM_SATTERTHWAITE,
    MSP_MMRM_KENWARD_ROGER,
} msp_mmrm_df;

/* n rows, borrowed. */
typedef struct msp_mmrm_data {
    size_t n;
    const double *y;
    const double *x; /* n x p, row by row: the intercept too, if there is one */
    size_t p;
    const uint32_t *subject; /* any codes; rows of a subject need not stand together */
    const uint32_t *visit;   /* below n_visits, each at most once a subject, in order of time */
    size_t n_visits;         /* 1 to 64 */
} msp_mmrm_data;

#define MSP_MMRM_VISITS 64

typedef enum msp_mmrm_state {
    MSP_MMRM_CONVERGED,
    MSP_MMRM_NOT_CONVERGED, /* estimates are those of the last step */
    MSP_MMRM_NOT_ESTIMABLE, /* nothing was fitted: `note` says why */
} msp_mmrm_state;

typedef struct msp_mmrm {
    size_t n, n_subjects, n_visits, p;
    msp_mmrm_structure structure;
    msp_mmrm_state state;
    const char *note;      /* NULL, or what the state means; static text */
    double *beta;          /* p; 0 for a column that earlier ones determine */
    msp_alias alias;       /* which columns, and what can be estimated */
    double *covariance;    /* p x p, of beta; rows of aliased columns are 0 */
    double *kenward_roger; /* p x p, enlarged */
    double *sigma;         /* n_visits x n_visits: S */
    size_t n_parameters;   /* of S */
    double *parameters; /* unstructured: S row by row, lower triangle; compound symmetry: variance
                         * and covariance; AR(1): variance and correlation; Toeplitz: by distance */
    double *observed, *expected; /* covariance of the parameters, n_parameters squared each */
    double *derivative;          /* n_parameters x p x p: of `covariance` */
    double loglik;               /* REML */
    int iterations;
    double gradient; /* the Newton decrement at the end */
    void *block;     /* owns the arrays */
} msp_mmrm;          /* {0} is empty */

/*
 * MSP_OK whenever the question is well put: read out->state. On failure *out is empty: MSP_ERANGE
 * for a value that is not finite, a visit out of range or made twice (err->row), MSP_ENODATA
 * without rows, MSP_EMEM. Time O(iterations (n p^2 q)) with q parameters.
 */
msp_status msp_mmrm_fit(const msp_mmrm_data *data, msp_mmrm_structure structure, msp_mmrm *out,
                        msp_error *err);
/* Safe to call twice or on {0}. */
void msp_mmrm_free(msp_mmrm *fit);

typedef struct msp_mmrm_contrast {
    msp_interval value; /* L'b with its limits */
    double std_error, df, t;
    msp_prob p; /* of L'b = 0 */
} msp_mmrm_contrast;

/* The contrast with weights l[0..p). Not estimable (linear.h), or no fit: NaN with value.note. */
msp_status msp_mmrm_estimate(const msp_mmrm *fit, const double *l, msp_mmrm_df df,
                             const msp_confidence *confidence, msp_mmrm_contrast *out,
                             msp_error *err);

typedef struct msp_mmrm_test {
    double f, df, df_error; /* df: the rank of the hypothesis */
    msp_prob p;
    const char *note; /* NULL, or why there is no test; static text */
} msp_mmrm_test;

/*
 * The F test of L b = 0, L k x p row by row. Satterthwaite: the independent t tests that L L'FL
 * falls into, their degrees of freedom joined as Fai and Cornelius do (J Stat Comput Simul 54:363,
 * 1996; lmerTest). Kenward-Roger: their scaled F. A row that is not estimable makes a note.
 * MSP_EMEM.
 */
msp_status msp_mmrm_test_of(const msp_mmrm *fit, const double *l, size_t k, msp_mmrm_df df,
                            msp_mmrm_test *out, msp_error *err);

/*
 * The usual design of a trial: visit, arm, arm by visit, baseline, baseline by visit and
 * covariates. Least-squares means are at the means of baseline and covariates over the rows (SAS
 * LSMEANS).
 */
typedef struct msp_mmrm_design {
    size_t n, p, n_visits, n_arms, n_covariates;
    double *x;    /* n x p, for msp_mmrm_data */
    double *mean; /* of baseline (0 without) and the covariates */
    bool baseline;
} msp_mmrm_design; /* {0} is empty */

/* arm[row] < n_arms; baseline may be NULL; covariate[k][row]. MSP_ERANGE for a code, MSP_EMEM. */
msp_status msp_mmrm_design_init(msp_mmrm_design *design, size_t n, const uint32_t *visit,
                                size_t n_visits, const uint32_t *arm, size_t n_arms,
                                const double *baseline, const double *const *covariate,
                                size_t n_covariates, msp_error *err);
void msp_mmrm_design_free(msp_mmrm_design *design);
/* The weights, l[0..p), of the least-squares mean of an arm at a visit. A difference of two arms is
 * the difference of their weights. */
void msp_mmrm_design_mean(const msp_mmrm_design *design, size_t arm, size_t visit, double *l);

MSP_END
#endif
