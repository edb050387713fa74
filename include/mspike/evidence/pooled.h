/*
 * pooled.h - what pooling says of each pair of treatments: common-effect, random-effects and exact
 * Bayesian results side by side.
 *
 * A network need not be connected: each component is pooled on its own and no pair goes from one
 * to another. Numbers are on the analysis scale (logarithms for ratios), treatment to comparator.
 *
 * Common and random effects by network.h (several arms a study too), the posterior by bayes.h, or
 * by bayes_counts.h from the counts of arms, all seen from the component's reference.
 */
#ifndef MSPIKE_EVIDENCE_POOLED_H
#define MSPIKE_EVIDENCE_POOLED_H

#include "mspike/evidence/bayes.h"
#include "mspike/evidence/choice.h"

MSP_BEGIN

/* One comparison that enters. */
typedef struct msp_contrast_said {
    const char *study, *first, *second; /* not owned */
    double estimate, std_error;         /* first to second */
    uint32_t line;                      /* where it was read, for messages; 0: nowhere */
} msp_contrast_said;

typedef struct msp_pair {
    size_t treatment, comparator; /* indices into `treatments` */
    double estimate, std_error, lower, upper, p;
    double direct, indirect, proportion_direct; /* NaN where there is none */
    double new_trial_lower,
        new_trial_upper; /* random effects, from two degrees of freedom on; NaN */
    /* Bayesian; NaN where it was not asked for */
    double mean, median, sd, bayes_lower, bayes_upper, predictive_lower, predictive_upper;
    double probability_better;
    double mean_error; /* Monte Carlo error of `mean` where counts were used; NaN */
} msp_pair;

/* One arm of a study that enters by its counts. */
typedef struct msp_arm_said {
    const char *study, *treatment; /* not owned */
    double events, n;
} msp_arm_said;

/* Heterogeneity of one connected network; NaN where it has no degrees of freedom. */
typedef struct msp_spread {
    double tau2, i2, q, df, p;               /* all of Q */
    double q_heterogeneity, q_inconsistency; /* within designs, between them */
} msp_spread;

/* One connected network as it was fitted: its treatments are numbered from 0, which is the
 * reference, the others in byte order. For what network.h, component.h and rank.h say of it. */
typedef struct msp_pooled_network {
    msp_network net;
    msp_pool_fit fit;
    msp_tau_method method; /* of the model; MSP_TAU_COMMON unless random effects */
    size_t *treatment;     /* of each number, in msp_pooled's treatments */
    const char **study;    /* names */
} msp_pooled_network;

typedef struct msp_pooled {
    const char **treatments; /* in byte order */
    size_t *component;       /* of each */
    size_t *reference;       /* of each component: what its treatments are compared with */
    double *p_score, *sucra; /* within the component; SUCRA NaN without the Bayesian results */
    size_t n, n_components, n_studies;
    msp_pair *pairs; /* every ordered pair within a component */
    size_t n_pairs;
    msp_spread *spread;            /* of each component */
    msp_pooled_network *networks;  /* of each component */
    msp_spread total;              /* of all: tau2 and i2 only where there is one component */
    double *tau_mean, *tau_median; /* Bayesian, of each component; NaN without */
    double *effective;             /* of each component: bayes_counts.h's; NaN without counts */
    msp_arena arena;
} msp_pooled;

/* Estimators of tau2. ML and REML take the comparisons of a study of several arms as netmeta does
 * (msp_network_tau2_apart); the last two with all of their covariances (msp_pool_estimate). */
typedef enum msp_pooling_tau {
    MSP_POOLING_DL,
    MSP_POOLING_REML,
    MSP_POOLING_ML,
    MSP_POOLING_PM,
    MSP_POOLING_REML_FULL,
    MSP_POOLING_ML_FULL,
} msp_pooling_tau;

typedef struct msp_pooling {
    const char *reference; /* of its component; NULL, and elsewhere: the most compared, then the one
                              that was the control most often */
    bool random; /* random effects; where tau2 has no degrees of freedom the common ones */
    int tau;     /* msp_pooling_tau */
    bool bayes;
    msp_prior prior;          /* of tau */
    double prior_scale;       /* of tau */
    const msp_arm_said *arms; /* the counts that the contrasts (odds ratios) come from: the Bayesian
                                 results use their binomial likelihood. NULL: the contrasts' */
    size_t n_arms;
    uint64_t seed; /* of the points of bayes_counts.h, and how many at a node */
    size_t points;
    bool higher_is_better; /* for P-scores and probabilities */
    double level;          /* of intervals */
} msp_pooling;
msp_pooling msp_pooling_default(void);

/* The contrasts of every pair of arms of every study, by OR, RR or RD, in the arena; names stay
 * those of the arms. *left_out counts studies that say nothing of a ratio. MSP_EUNSUPPORTED for
 * another measure; errors of network.h, err->row being the arm. */
msp_status msp_contrasts_from_arms(const msp_arm_said *arms, size_t n, msp_measure measure,
                                   msp_arena *arena, msp_contrast_said **out, size_t *n_out,
                                   size_t *left_out, msp_error *err);

/* MSP_ERANGE for a standard error that is not positive, a comparison of a treatment with itself,
 * or a study of several arms whose contrasts contradict each other (err->row is the contrast),
 * MSP_EMEM. `contrasts` has to outlive *out. */
msp_status msp_pooled_make(const msp_contrast_said *contrasts, size_t n, const msp_pooling *options,
                           msp_pooled *out, msp_error *err);

/* The pair, or NULL. */
const msp_pair *msp_pooled_find(const msp_pooled *pooled, const char *treatment,
                                const char *comparator);
size_t msp_pooled_index(const msp_pooled *pooled, const char *treatment); /* n: none */
void msp_pooled_free(msp_pooled *pooled);

MSP_END
#endif
