/* count_work.h - everything while the points of a posterior of counts are made. */
#ifndef MSP_EVIDENCE_COUNT_WORK_H
#define MSP_EVIDENCE_COUNT_WORK_H

#include "count_internal.h"
#include "mspike/evidence/bayes_counts.h"
#include "mspike/stats/quadrature.h"

/* Of an effect: N(0, 100^2). */
#define COUNT_PRIOR_PRECISION 1e-4

/* Panels of tau: from 0 to the least standard error of a comparison, then each to RATIO times as
 * much. The density's singularities lie near tau2 = -v: Gauss's rule is right to 1e-10 there. */
enum { PANELS = 20, RATIO = 4, NODES = PANELS * MSP_LEGENDRE_NODES };

/* Everything while the points are made. */
typedef struct msp__count_work {
    msp__counts counts;
    msp_network network; /* of log odds ratios: where the search for the top begins */
    msp_pool_fit start;
    size_t p, reference; /* treatments */
    size_t points;       /* at a node */
    double wide;         /* standard deviations of every second pair of points */
    double *lattice;     /* [points * p] standard normal; the last of a point is the new trial's */
    double *top, *step, *gradient; /* [p] */
    double *hessian, *root;        /* [p * p] root: lower triangular, of the covariance */
    bool *use;                     /* [p] all but the reference */
    double edge[PANELS + 1];
    size_t n_panel;
    double mass[NODES]; /* of each node, with its quadrature weight: 0 where it does not matter */
    double density[NODES]; /* of each node, without */
    double node[NODES];
    bool matters[NODES];
    double peak; /* log of the unit of both */
    msp_arena *memory;
} msp__count_work;

/* Log of the posterior of the effects at the tau of w->counts. */
double msp__count_log_posterior(const msp__count_work *w, const double *effect);

/* The top of that posterior into w->top, and its covariance into w->hessian. The logarithm is
 * concave: steps of at most 2 get there. */
bool msp__count_top(msp__count_work *w, double tau, double *log_det);

/* Cholesky's root of the covariance; rows of the reference stay 0. */
void msp__count_root(msp__count_work *w);

/* The points of one node into `effect` and `weight`; returns log of their mean weight. */
double msp__count_draw(msp__count_work *w, double log_det, double *effect, double *weight);

/* Richtmyer's lattice, the fractional parts of i sqrt(prime), shifted at random; each point with
 * its mirror image, and those of one width with the variance that they should have. All nodes have
 * the same, so that what is off is off for all of them. */
void msp__count_lattice(msp__count_work *w, uint64_t seed);

#endif
