/*
 * curve_random.h - a network of curves whose effects differ from trial to trial.
 *
 * In two stages (Cope, Chan and Jansen, Res Synth Methods 11:443, 2020). First every arm of every
 * trial has a curve of its own, with the terms of curve_network.h: y_ia, covariance V_ia. Then
 *
 *   y_ia = mu_i + d_treatment + u_ia + error,   u_ia ~ N(0, S / 2),   error ~ N(0, V_ia)
 *
 * so that the effects of one comparison have the covariance S between trials and two effects of a
 * trial of several arms correlate by 1/2 (the model of Ouwens et al., Res Synth Methods 1:258,
 * 2010, and Jansen, BMC Med Res Methodol 11:61, 2011). S by REML, ML or the method of moments,
 * mu and d by generalised least squares. docs/methods/curve-networks.md.
 */
#ifndef MSPIKE_EVIDENCE_CURVE_RANDOM_H
#define MSPIKE_EVIDENCE_CURVE_RANDOM_H

#include "mspike/evidence/curve_network.h"

MSP_BEGIN

/* What differs between trials. */
typedef enum msp_curve_vary {
    MSP_CURVE_VARY_TERMS, /* each term on its own: S is diagonal */
    MSP_CURVE_VARY_LEVEL, /* the whole log hazard ratio, up or down: S has one variance */
    MSP_CURVE_VARY_ALL,   /* all terms, correlated: S is any covariance; not by DL */
} msp_curve_vary;

typedef struct msp_curve_random {
    msp_curve_fit fit; /* as of msp_curve_network, and is read as one; its log likelihood is that
                        * of the second stage, so that it has no AIC */
    double between[MSP_CURVE_TERMS * MSP_CURVE_TERMS]; /* S, by row; [n_terms * n_terms] */
    msp_heterogeneity q;                               /* of the common effect */
    msp_heterogeneity q_term[MSP_CURVE_TERMS];         /* of each term by itself; without df its
                                                        * heterogeneity cannot be estimated and is 0 */
    size_t n_silent;  /* PIECEWISE: arms at risk in an interval without events: not used there */
    size_t n_arm_out; /* POLYNOMIAL: arms with events in fewer cells than terms: not used */
    const char *note; /* NULL or static: where the heterogeneity cannot be estimated */
} msp_curve_random;

/* method: COMMON (S = 0), DL, ML or REML. MSP_EUNSUPPORTED for any other, for ALL by DL, and for
 * proportional hazards (the two stages of ipd.h); else as msp_curve_network. */
msp_status msp_curve_random_fit(const msp_ipd *ipd, const msp_curve_model *model,
                                msp_curve_vary vary, msp_tau_method method, msp_curve_random *out,
                                msp_error *err);
/* Right after a failure too. */
void msp_curve_random_free(msp_curve_random *fit);

/* The variance between trials of the log hazard ratio of any two treatments at `time`; *df: the
 * least degrees of freedom of a term that counts there. */
double msp_curve_between_at(const msp_curve_random *fit, double time, size_t *df);

/* The interval for the log hazard ratio at `time` in a new trial: t with those degrees of freedom;
 * NaN below two. */
msp_network_limits msp_curve_random_predict(const msp_curve_random *fit, size_t treat1,
                                            size_t treat2, double time, double level);

MSP_END
#endif
