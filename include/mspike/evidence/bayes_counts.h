/*
 * bayes_counts.h - random-effects networks of arms' counts with their own, binomial likelihood.
 *
 *   events ~ binomial(n, p), logit p = level of the study + effect of the treatment + deviation
 *   levels and effects against the reference   N(0, 100^2) each
 *   deviations of a study's effects            N(0, tau^2), any two of them correlated by 1/2
 *   tau                                        half-normal(scale), or uniform(0, scale)
 *
 * which is the model of Dias et al. (NICE DSU TSD 2, 2011). No normal approximation of log odds
 * ratios, no 0.5 added to zeros, no Markov chain. Levels and deviations are integrated out study by
 * study; tau has Gauss-Legendre nodes, as in bayes.h; given tau a normal distribution is fitted to
 * the posterior of the effects, and points on a quasi-random lattice, weighted by what the
 * posterior is there, say how the posterior differs from it. The weights are nearly even, so that
 * few points are enough; how even they are (`effective`), and the standard error of each mean from
 * independent shifts of the lattice, stand beside the results. The results are a function of the
 * seed. docs/methods/network-meta-analysis.md.
 */
#ifndef MSPIKE_EVIDENCE_BAYES_COUNTS_H
#define MSPIKE_EVIDENCE_BAYES_COUNTS_H

#include "mspike/evidence/bayes.h"

MSP_BEGIN

#define MSP_BAYES_COUNTS_SHIFTS 8    /* of the lattice: independent repetitions */
#define MSP_BAYES_COUNTS_MAX    1e12 /* patients of an arm */

typedef struct msp_bayes_counts {
    size_t n_treat, n_study, left_out; /* studies without events, or with nothing else: left out */
    double level;
    msp_posterior tau;
    bool prior_only;  /* no degrees of freedom: the data say nothing of tau */
    double effective; /* 0..1: how many even weights those of the points are worth, a node */
    /* Of the points, half have this many times the standard deviations of the normal distribution;
     * 1 where the posterior is as good as normal, else its tails need them. */
    double wide;
    size_t n_node;         /* nodes of tau that carry weight */
    double *node, *weight; /* [n_node]; the weights sum to 1 */
    double *mean, *cov;    /* [n_node * n_treat], [n_node * n_treat^2]: the normal distributions */
    size_t n;              /* points of all nodes, `each` of a node */
    size_t each;
    double *excess; /* [n] a point's weight less what it has of the points' own distribution */
    double *effect; /* [n * n_treat] 0 for the reference */
    double *noise;  /* [n] a new trial's deviation: normal, standard deviation tau */
    msp_arena memory;
} msp_bayes_counts;

/*
 * `points` at each node of tau, rounded up to a multiple of 32. Every
 * treatment has to be connected with the reference. MSP_ERANGE names the arm (err->row) or the
 * option; MSP_ENODATA where no study says anything; MSP_ENUMERIC where no normal distribution can
 * stand for the posterior, as where a treatment has no events at all; MSP_EMEM.
 */
msp_status msp_bayes_counts_fit(const msp_network_arm *arm, size_t n_arm, size_t n_treat,
                                size_t n_study, msp_prior prior, double scale, size_t reference,
                                double level, uint64_t seed, size_t points, msp_bayes_counts *out,
                                msp_error *err);
void msp_bayes_counts_free(msp_bayes_counts *bayes);

/* treat1 - treat2; *error (nullable) is the standard error of the mean. MSP_EMEM. */
msp_status msp_bayes_counts_compare(const msp_bayes_counts *bayes, size_t treat1, size_t treat2,
                                    msp_bayes_effect *out, double *error, msp_error *err);

MSP_END
#endif
