/* curve_stage.h - the two stages of a network of curves with random effects. */
#ifndef MSP_EVIDENCE_CURVE_STAGE_H
#define MSP_EVIDENCE_CURVE_STAGE_H

#include "curve_internal.h"
#include "mspike/evidence/curve_random.h"

/* The curve of one arm: its terms y with covariance v, of the terms that it has. */
typedef struct msp__curve_arm {
    size_t study, treat;
    bool has[MSP_CURVE_TERMS];
    double y[MSP_CURVE_TERMS], v[MSP_CURVE_TERMS * MSP_CURVE_TERMS]; /* v: [n_terms * n_terms] */
} msp__curve_arm;

/* The first stage: the arms that say something; *arm is the caller's to free, after a failure too.
 */
msp_status msp__curve_arms(const msp_ipd *ipd, const msp_curve_model *model, double last,
                           msp_curve_random *out, msp__curve_arm **arm, size_t *n, msp_error *err);

/* The second stage; `fit` has the columns. */
typedef struct msp__curve_stage {
    msp_curve_fit *fit;
    const msp__curve_arm *arm;
    size_t n_arm;
    bool restricted;
    const bool *use;  /* [p] the columns, and */
    const bool *term; /* [n_terms] the terms that are taken */
    double q, log_likelihood;
    double slope[MSP_CURVE_TERMS * MSP_CURVE_TERMS]; /* of log_likelihood by each entry of S */
    double pull[MSP_CURVE_TERMS * MSP_CURVE_TERMS];  /* dE(Q) / dS at S = 0 */
    double *score;                                   /* [p] room */
} msp__curve_stage;

/* Generalised least squares at S = `between`: beta, cov, Q, the likelihood and its slope. */
void msp__curve_solve(msp__curve_stage *s, const double *between);

/* The summit of the likelihood over S of that form, from the scales `start` (variances of each
 * term); only the terms in `free` vary. */
void msp__curve_summit(msp__curve_stage *s, msp_curve_vary vary, const bool *free,
                       const double *start, double *between);

/* The direction of a shift of the whole log hazard ratio: its terms are 0 or 1. */
double msp__curve_level(const msp_curve_model *m, size_t term);

#endif
