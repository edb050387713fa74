/*
 * network.h - trials of many treatments pooled into one comparison of all of them.
 *
 * A contrast is the effect of treat1 less that of treat2 in one study, on the analysis scale (the
 * logarithm of a ratio, or a difference). A study of k arms gives its k (k - 1) / 2 contrasts. From
 * their variances V follows the covariance of its arms, G = -C V C / 2 with C = I - 11'/k (Ruecker
 * and Schwarzer, Stat Med 33:4353, 2014); along the eigenvectors u of G the study is k - 1
 * independent rows
 *
 *   y = sqrt(2) u' arms,   variance 2 g + tau2,   E(y) = sqrt(2) u' effects
 *
 * of which a two-arm study is the one row (1, -1) with its own variance. The network is therefore a
 * weighted regression with weights 1 / (v + tau2): the graph-theoretical method of Ruecker (Res
 * Synth Methods 3:312, 2012), whose numbers these are. tau2 = 0 is the common effect.
 *
 * Treatments that no chain of trials connects lie in different components. They are never compared:
 * every number between two components is NaN. docs/methods/network-meta-analysis.md.
 */
#ifndef MSPIKE_EVIDENCE_NETWORK_H
#define MSPIKE_EVIDENCE_NETWORK_H

#include "mspike/base/arena.h"
#include "mspike/evidence/file.h"

MSP_BEGIN

typedef struct msp_network_contrast {
    size_t treat1, treat2, study; /* from 0 */
    double te, se;                /* treat1 - treat2 */
} msp_network_contrast;

/* One arm of one study. */
typedef struct msp_network_arm {
    size_t treat, study;
    double n;        /* patients, for IRR the time they were at risk; > 0 */
    double events;   /* 0..n, for OR, RR, RD, IRR */
    double mean, sd; /* for MD */
} msp_network_arm;

/*
 * The contrasts of every pair of arms of every study, in the order of the arms, into out[0..*n);
 * room for n_arm * (n_arm - 1) / 2. 0.5 is added to the events and the non-events of every arm of a
 * study in which an arm has none of either; for RD in its variance only. A study without events, or
 * with nothing but events, says nothing of a ratio: it gives no contrast and is counted in
 * *left_out. MSP_ERANGE names the arm; MSP_EUNSUPPORTED: HR, which no count gives.
 */
msp_status msp_network_from_arms(const msp_network_arm *arm, size_t n_arm, msp_measure measure,
                                 msp_network_contrast *out, size_t *n, size_t *left_out,
                                 msp_error *err);

/* y = x beta + error of variance v + tau2, n rows and p columns. */
typedef struct msp_pool_model {
    size_t n, p, rank;
    double *x, *y, *v;
    bool *use; /* [p] false: the column depends on the others, its beta is 0 */
} msp_pool_model;

typedef struct msp_network {
    size_t n_treat, n_study, n_contrast, n_component, n_design;
    msp_network_contrast *contrast; /* [n_contrast] */
    size_t *component;              /* [n_treat] 0..n_component-1, by first treatment */
    bool *arms;                     /* [n_study * n_treat] which treatments a study compares */
    size_t *design;                 /* [n_study] studies of the same treatments share a number */
    size_t *row_study;              /* [model.n] */
    msp_pool_model model;           /* effects against the first treatment of each component */
    msp_arena memory;
} msp_network;

/*
 * MSP_ERANGE names a contrast (err->row) whose numbers are no numbers or lie beyond 1e50 (standard
 * errors: 1e-50 to 1e50), whose study lacks a pair of
 * its arms or has one twice, or whose study contradicts itself: te that do not add up (beyond
 * 0.001, as netmeta), standard errors that no variances of arms can give. Give back with
 * msp_network_free, which is also right after a failure.
 */
msp_status msp_network_build(const msp_network_contrast *contrast, size_t n, size_t n_treat,
                             size_t n_study, msp_network *out, msp_error *err);
/* The network of the studies with keep[study]; all treatments stay. */
msp_status msp_network_select(const msp_network *network, const bool *keep, msp_network *out,
                              msp_error *err);
void msp_network_free(msp_network *network);

#define MSP_TAU_LIST(X)                      \
    X(COMMON, "none: one common effect")     \
    X(DL, "DerSimonian-Laird")               \
    X(ML, "maximum likelihood")              \
    X(REML, "restricted maximum likelihood") \
    X(PM, "Paule-Mandel")
typedef enum msp_tau_method {
#define MSP_AS_ENUM(name, text) MSP_TAU_##name,
    MSP_TAU_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_tau_method;
const char *msp_tau_method_text(msp_tau_method method);

typedef struct msp_pool_fit {
    size_t p, df;     /* df = n - rank */
    double tau2;      /* used; 0 where it cannot be estimated, then `note` says so */
    double q;         /* sum of w (y - x beta)^2 at tau2 */
    double *beta;     /* [p] */
    double *cov;      /* [p * p] */
    double log_det;   /* of x'wx, used columns */
    const char *note; /* NULL or static */
    msp_arena memory;
} msp_pool_fit;

/* Room for fits of a model; refitting needs no more memory. */
msp_status msp_pool_fit_init(const msp_pool_model *model, msp_pool_fit *fit, msp_error *err);
void msp_pool_fit_free(msp_pool_fit *fit);
/* The fit with tau2 given; and with tau2 estimated. Refits as often as wanted. */
void msp_pool_solve(const msp_pool_model *model, double tau2, msp_pool_fit *fit);
void msp_pool_estimate(const msp_pool_model *model, msp_tau_method method, msp_pool_fit *fit);

/*
 * tau2 by ML or REML as netmeta (3.3-1) has it: each study gives its comparisons with `reference`,
 * or with its last treatment where it lacks that one; their errors are taken as independent, their
 * true effects as correlated by 1/2. Where every study has two arms this is msp_pool_estimate's;
 * with more it depends on the reference, and the likelihood that leaves nothing out is that of
 * msp_pool_estimate. MSP_ERANGE for the reference, MSP_EMEM.
 */
msp_status msp_network_tau2_apart(const msp_network *network, msp_tau_method method,
                                  size_t reference, double *tau2, msp_error *err);

/* An estimate with its standard error; NaN where there is none. */
typedef struct msp_network_estimate {
    double te, se;
} msp_network_estimate;
/* treat1 - treat2. */
msp_network_estimate msp_network_effect(const msp_network *network, const msp_pool_fit *fit,
                                        size_t treat1, size_t treat2);
/* The interval for the effect in a new trial: te -+ t sqrt(se^2 + tau2), t with fit->df
 * degrees of freedom (Higgins, Thompson and Spiegelhalter 2009; as netmeta); NaN below two. */
typedef struct msp_network_limits {
    double lower, upper;
} msp_network_limits;
msp_network_limits msp_network_predict(const msp_network *network, const msp_pool_fit *fit,
                                       size_t treat1, size_t treat2, double level);
/* How certain each treatment is to be better than another of its component, on average: the
 * P-score of Ruecker and Schwarzer (2015); NaN for a treatment alone. score[n_treat]. rank.h has
 * the chances of each rank. */
void msp_network_p_scores(const msp_network *network, const msp_pool_fit *fit, bool small_is_good,
                          double *score);

/* A comparison taken apart: what its own trials say, and what the rest of the network says. */
typedef struct msp_network_split {
    size_t studies;                                 /* that compare the two */
    msp_network_estimate network, direct, indirect; /* NaN where there is none */
    double proportion;                              /* of the network estimate that is direct */
    double difference, se, z, p;                    /* direct - indirect */
} msp_network_split;
/* The indirect estimate calculated back from the other two. */
void msp_network_back_calculate(const msp_network *network, const msp_pool_fit *fit, size_t treat1,
                                size_t treat2, msp_network_split *out);
/* The indirect estimate from the network without the studies that compare the two, with
 * its own tau2 by `method`, as netmeta. */
msp_status msp_network_node_split(const msp_network *network, const msp_pool_fit *fit,
                                  msp_tau_method method, size_t treat1, size_t treat2,
                                  msp_network_split *out, msp_error *err);

/* Which direct comparisons the estimate of treat1 against treat2 rests on: share[i * n_treat + j],
 * the same for j and i; over pairs they add up to 1. The evidence flows from treat1 to treat2 as a
 * random walk, and every path divides its chance among its comparisons (Davies, Papakonstantinou,
 * Nikolakopoulou, Ruecker and Galla, Stat Med 41:2091, 2022). NaN between components. */
msp_status msp_network_contributions(const msp_network *network, const msp_pool_fit *fit,
                                     size_t treat1, size_t treat2, double *share, msp_error *err);

/* A contrast less the pooled estimate of all contrasts of its two treatments, taken one by one with
 * weights 1 / (se^2 + tau2): the comparison-adjusted funnel (Chaimani et al., PLoS ONE 8:e76654,
 * 2013). */
typedef struct msp_network_adjusted {
    double difference;
    size_t trials; /* contrasts that were pooled: 1, and the difference is 0 */
} msp_network_adjusted;
/* out[n_contrast], at fit->tau2. */
void msp_network_adjust(const msp_network *network, const msp_pool_fit *fit,
                        msp_network_adjusted *out);

/* A chi-square statistic; p is NaN without degrees of freedom. */
typedef struct msp_heterogeneity {
    double q;
    size_t df;
    double p;
} msp_heterogeneity;

/* Q of the common effect, taken apart by design (Krahn, Binder and Koenig 2013). */
typedef struct msp_network_designs {
    msp_heterogeneity total, within, between;
    msp_heterogeneity *design;   /* [n_design] within each */
    msp_heterogeneity *detached; /* [n_design] what is left of `between` without that design; NaN
                                  * where the rest of the network cannot contradict it */
    double tau2_within;          /* DerSimonian-Laird, of studies of one design; NaN without df */
    msp_heterogeneity between_random; /* `between` with tau2_within allowed for */
    msp_arena memory;
} msp_network_designs;
msp_status msp_network_decompose(const msp_network *network, msp_network_designs *out,
                                 msp_error *err);
void msp_network_designs_free(msp_network_designs *designs);

MSP_END
#endif
