/*
 * maic.h - comparisons adjusted for the population: our patients weighted, or modelled, to look
 * like a published trial of which only the baseline table is known.
 *
 * Matching-adjusted: patient i gets the weight exp(b'(x_i - target)), with b such that the weighted
 * means of the covariates are the published ones (Signorovitch et al., Pharmacoeconomics 28:935,
 * 2010). To match a standard deviation s too, give x^2 as a column, with the target mean^2 + s^2.
 * The price is the effective sample size, (sum w)^2 / sum w^2. Where no weights can give those
 * means, because they lie outside of what our patients show, that is proved and said.
 *
 * Simulated treatment comparison: a Cox model with the covariates centred on the published means,
 * and with their products with the arm: the coefficient of the arm is the effect there.
 *
 * docs/methods/population-adjustment.md.
 */
#ifndef MSPIKE_EVIDENCE_MAIC_H
#define MSPIKE_EVIDENCE_MAIC_H

#include "mspike/stats/cox.h"

MSP_BEGIN

typedef enum msp_maic_state {
    MSP_MAIC_BALANCED,
    MSP_MAIC_OUTSIDE,   /* no weights exist: a combination of the covariates is larger, or smaller,
                         * in the target than in every patient */
    MSP_MAIC_NO_BALANCE /* not reached: the target contradicts itself */
} msp_maic_state;

typedef struct msp_maic {
    size_t n, p;
    msp_maic_state state;
    const char *note;      /* NULL, or what the state means; static text */
    double *weight;        /* n, their mean 1; NaN unless balanced */
    double *coef;          /* p; 0 for a column that the others determine. Large where the target
                            * lies on the border of what patients show: then only those who lie
                            * there have weight */
    double ess;            /* effective sample size; NaN unless balanced */
    double largest_weight; /* share of all weight that one patient has */
    double imbalance;      /* largest |weighted mean - target|, in standard deviations */
    int iterations;
    void *block; /* owns the arrays */
} msp_maic;      /* {0} is empty */

/*
 * x: n rows of p covariates, row by row; target: their p published means. MSP_OK whenever the
 * question is well put: read out->state. On failure *out is empty: MSP_ERANGE for a number that is
 * not finite (err->row), MSP_ENODATA without rows or covariates, MSP_EMEM.
 */
msp_status msp_maic_weigh(const double *x, size_t n, size_t p, const double *target, msp_maic *out,
                          msp_error *err);
/* Safe to call twice or on {0}. */
void msp_maic_free(msp_maic *maic);

typedef struct msp_weighted_hazard {
    double log_hr;    /* of arm 1 to arm 0; infinite where one arm has no events */
    double naive_se;  /* as if weights were counts of patients */
    double robust_se; /* the sandwich: what to use with weights */
} msp_weighted_hazard;

/*
 * Cox's model of one arm against another with a weight for each patient, ties by Efron; standard
 * errors as in R's coxph (Lin and Wei, JASA 84:1074, 1989). MSP_ERANGE for a time, an event, an arm
 * that is not 0 or 1 or a weight that is not finite and >= 0 (err->row); MSP_ENODATA without
 * events, or where at no event both arms are at risk; MSP_EMEM.
 */
msp_status msp_weighted_hazard_fit(const double *time, const uint8_t *event, const uint8_t *arm,
                                   const double *weight, size_t n, msp_weighted_hazard *out,
                                   msp_error *err);

/* log hazard ratio (arm 1 to arm 0) where the covariates have the target's values, of the same
 * rows and with the same errors; std_error is NaN, and the note says why, where the model has
 * none. */
typedef struct msp_stc {
    double log_hr, std_error;
    const char *note;
} msp_stc;
msp_status msp_stc_fit(const double *time, const uint8_t *event, const uint8_t *arm,
                       const double *x, size_t n, size_t p, const double *target, msp_stc *out,
                       msp_error *err);

/* Ours against theirs, both against the same comparator (anchored), or arm against arm. */
typedef struct msp_indirect {
    double estimate, std_error, lower, upper, p; /* NaN where the gate is closed */
    bool anchored;
    bool enough;        /* ess >= least_ess */
    const char *caveat; /* static text, never NULL: what has to hold for it to be right */
} msp_indirect;
const char *msp_maic_caveat(bool anchored);
/*
 * ours - theirs on the analysis scale, their errors independent. `ess` below `least_ess` closes the
 * gate: there is no estimate. MSP_ERANGE for a standard error that is not > 0 or the level.
 */
msp_status msp_maic_indirect(double ours, double ours_se, double theirs, double theirs_se,
                             bool anchored, double ess, double least_ess, double level,
                             msp_indirect *out, msp_error *err);

MSP_END
#endif
