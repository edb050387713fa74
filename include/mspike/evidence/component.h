/*
 * component.h - treatments as sums of their components, and effects that change with a covariate.
 *
 * Both are the network's own rows on other columns: a combination's effect is the sum of its
 * components' (Ruecker, Petropoulou and Schwarzer, Biom J 62:808, 2020), or every effect against a
 * reference changes by the same slope with a covariate of the study. What no trial can tell, such
 * as a component that cancels in every contrast, is not estimable, and NaN.
 * docs/methods/network-meta-analysis.md.
 */
#ifndef MSPIKE_EVIDENCE_COMPONENT_H
#define MSPIKE_EVIDENCE_COMPONENT_H

#include "mspike/evidence/network.h"

MSP_BEGIN

typedef struct msp_derived {
    msp_pool_model model; /* fit it with msp_pool_solve and msp_pool_estimate */
    double *relation;     /* [p * p] how the used columns before k make up column k */
    msp_arena memory;
} msp_derived;

/* parts[treat * n_part + part]: how much of a component a treatment holds, usually 0 or 1. A
 * network that is not connected may be tied together by common components; that is an assumption,
 * which only the test of additivity can speak against. Give back with msp_derived_free, also after
 * a failure. */
msp_status msp_component_build(const msp_network *network, const double *parts, size_t n_part,
                               msp_derived *out, msp_error *err);
/* covariate[n_study]. The columns are the treatments and, last, the slope: the change of each
 * effect against `reference` with one unit. Effects are those where the covariate is 0. */
msp_status msp_regression_build(const msp_network *network, const double *covariate,
                                size_t reference, msp_derived *out, msp_error *err);
void msp_derived_free(msp_derived *derived);

/* The sum of each column's beta times combination[p]. */
msp_network_estimate msp_derived_effect(const msp_derived *derived, const msp_pool_fit *fit,
                                        const double *combination);

/* A regression on a covariate of the studies, fitted. */
typedef struct msp_slope {
    msp_network_estimate slope; /* NaN where no trials differ in it enough to tell */
    double at;                  /* the effects are those at this value */
    double tau2;                /* of what is left; NaN without degrees of freedom */
    msp_heterogeneity left;     /* Q of a common effect that the covariate does not explain */
} msp_slope;
/* effect[n_treat]: against `reference`, at the value `at`; its own is 0. Errors of
 * msp_regression_build. */
msp_status msp_regression_fit(const msp_network *network, const double *covariate, size_t reference,
                              double at, msp_tau_method method, msp_slope *out,
                              msp_network_estimate *effect, msp_error *err);

/* What the additive model loses against the network, of common effects: Q and its chi-square test.
 * Small p: effects do not add up. */
msp_status msp_component_additivity(const msp_network *network, const msp_derived *components,
                                    msp_heterogeneity *additive, msp_heterogeneity *difference,
                                    msp_error *err);

MSP_END
#endif
