/*
 * bayes.h - random-effects networks, exactly: no sampling.
 *
 * Given tau everything is normal, so the posterior is a mixture of normal distributions over tau
 * (Gauss-Legendre nodes; quantiles are roots of the mixture's distribution function):
 *
 *   effects against the reference   N(0, 100^2) each
 *   tau                             half-normal(scale), or uniform(0, scale)
 *
 * In a network without degrees of freedom for the heterogeneity, which most of myeloma are, tau has
 * nothing but its prior (`prior_only`): the interval then says what the prior says of how trials
 * differ, honestly wider than that of a common effect. docs/methods/network-meta-analysis.md.
 */
#ifndef MSPIKE_EVIDENCE_BAYES_H
#define MSPIKE_EVIDENCE_BAYES_H

#include "mspike/evidence/network.h"

MSP_BEGIN

typedef enum msp_prior {
    MSP_PRIOR_HALF_NORMAL,
    MSP_PRIOR_UNIFORM,
} msp_prior;

/* A posterior quantity: the equal-tailed interval of the level asked for. */
typedef struct msp_posterior {
    double mean, sd, lower, median, upper;
} msp_posterior;

typedef struct msp_bayes {
    const msp_network *network; /* not owned: has to live as long */
    double level;
    msp_posterior tau;
    bool prior_only;       /* no degrees of freedom: the data say nothing of tau */
    double log_likelihood; /* marginal, of the contrasts with each study's first treatment */
    size_t n_node;         /* nodes of tau that carry weight */
    double *node, *weight; /* [n_node]; the weights sum to 1 */
    double *mean;          /* [n_node * n_treat] */
    double *cov;           /* [n_node * n_treat * n_treat] */
    msp_arena memory;
} msp_bayes;

/* `reference`: the treatment that the prior of the effects looks from (in a component without it,
 * its first). MSP_ERANGE unless scale > 0 and 0 < level < 1; MSP_ENUMERIC where the posterior of
 * tau has no mass. */
msp_status msp_bayes_fit(const msp_network *network, msp_prior prior, double scale,
                         size_t reference, double level, msp_bayes *out, msp_error *err);
void msp_bayes_free(msp_bayes *bayes);

typedef struct msp_bayes_effect {
    msp_posterior effect;         /* treat1 - treat2, on average over trials */
    double below_0;               /* P(treat1 - treat2 < 0) */
    msp_network_limits new_trial; /* the effect in a new trial */
} msp_bayes_effect;
/* All NaN between components. */
msp_bayes_effect msp_bayes_compare(const msp_bayes *bayes, size_t treat1, size_t treat2);
/* P(treat1 is below treat2); NaN between components. */
double msp_bayes_below(const msp_bayes *bayes, size_t treat1, size_t treat2);
/* SUCRA: the mean probability to be better than another of the component. [n_treat] */
void msp_bayes_sucra(const msp_bayes *bayes, bool small_is_good, double *sucra);

MSP_END
#endif
