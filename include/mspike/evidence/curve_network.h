/*
 * curve_network.h - a network of survival curves without proportional hazards.
 *
 * The log hazard of treatment k in study i is
 *
 *   sum over j of (mu_ij + d_kj) b_j(t)
 *
 * with a baseline mu of each study and effects d of each treatment against a reference. Piecewise
 * exponential: b_j is 1 in the j-th interval, else 0. A fractional polynomial: b_0 = 1 and the
 * others are powers of t (Jansen, BMC Med Res Methodol 11:61, 2011; power 0 is log t, and a power
 * that comes twice is multiplied by log t). Proportional hazards are the same baselines with one
 * effect of each treatment, which is what the test compares with. By maximum likelihood, common
 * effects: patients at risk and events are counted in cells of time, whose counts are Poisson.
 * docs/methods/curve-networks.md.
 */
#ifndef MSPIKE_EVIDENCE_CURVE_NETWORK_H
#define MSPIKE_EVIDENCE_CURVE_NETWORK_H

#include "mspike/evidence/ipd.h"

MSP_BEGIN

#define MSP_CURVE_TERMS 12

typedef enum msp_curve_kind {
    MSP_CURVE_PIECEWISE,
    MSP_CURVE_POLYNOMIAL,
} msp_curve_kind;

typedef struct msp_curve_model {
    msp_curve_kind kind;
    size_t n_terms;                /* 1 to MSP_CURVE_TERMS */
    double cut[MSP_CURVE_TERMS];   /* PIECEWISE: n_terms - 1 ascending times above 0 */
    double power[MSP_CURVE_TERMS]; /* POLYNOMIAL: n_terms - 1 */
    bool proportional;             /* one effect of each treatment */
} msp_curve_model;

typedef struct msp_curve_fit {
    msp_curve_model model;
    size_t n_study, n_treat, n_effect; /* effects of one treatment: 1, or n_terms */
    size_t *component;                 /* [n_treat] its first treatment is its reference */
    size_t *study_component;           /* [n_study] that of its treatments */
    size_t *linked;                    /* [n_effect * (n_treat + n_study)] the same by effect: in
                                        * an interval trials may not link what they link overall */
    double *study_last;                /* [n_study] its longest follow-up */
    size_t p;                          /* parameters: studies' terms, then treatments' effects */
    bool *use;                         /* [p] false: the data say nothing of it */
    double *beta, *cov;                /* [p], [p * p] */
    double log_likelihood;
    size_t n_used, n_events; /* parameters used */
    double last;             /* the last time of all */
    int iterations;
    msp_arena memory;
} msp_curve_fit;

/* MSP_ERANGE for the model or a row; MSP_ENODATA without events; MSP_ENUMERIC where the likelihood
 * has no maximum that Newton's method finds (no events of one treatment in an interval, say). */
msp_status msp_curve_network(const msp_ipd *ipd, const msp_curve_model *model, msp_curve_fit *out,
                             msp_error *err);
/* Right after a failure too. */
void msp_curve_fit_free(msp_curve_fit *fit);

/* -2 log likelihood + 2 parameters: the smaller the better, of the same patients. */
double msp_curve_aic(const msp_curve_fit *fit);

/* Log hazard ratio at `time`, treat1 to treat2; NaN between components, and where no trial had
 * events. */
msp_network_estimate msp_curve_log_hazard_ratio(const msp_curve_fit *fit, size_t treat1,
                                                size_t treat2, double time);

/* Survival with a treatment where the baseline is that of `study`, with limits from the standard
 * error of log(-log S). NaN for a treatment that no trials connect with those of the study, and in
 * an interval that the study did not reach. */
typedef struct msp_curve_survival {
    double estimate, lower, upper, std_error; /* the last of log(-log S) */
} msp_curve_survival;
msp_curve_survival msp_curve_survival_at(const msp_curve_fit *fit, size_t study, size_t treat,
                                         double time, double level);

/* Twice the gain in log likelihood of the effects that vary with time over proportional hazards:
 * chi-square. */
msp_heterogeneity msp_curve_test(const msp_curve_fit *varying, const msp_curve_fit *proportional);

MSP_END
#endif
