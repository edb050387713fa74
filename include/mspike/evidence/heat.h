/*
 * heat.h - where the designs of a network contradict one another: the net heat matrix (Krahn,
 * Binder and Koenig, BMC Med Res Methodol 13:35, 2013).
 *
 * A design is a set of treatments that studies compare. Its studies give it an estimate d of its
 * own, k - 1 contrasts against its first treatment with covariance V; the network gives x. With
 * r = d - x, contrast s contributes q_s = r_s (V^-1 r)_s to the inconsistency: the sum over all is
 * Q between designs (network.h). Let one design go, so that it says nothing any more of the
 * network's estimates: what each other contrast contributes then is q_s(design).
 *
 * docs/methods/network-meta-analysis.md.
 */
#ifndef MSPIKE_EVIDENCE_HEAT_H
#define MSPIKE_EVIDENCE_HEAT_H

#include "mspike/evidence/network.h"

MSP_BEGIN

/* Rows and columns are the contrasts of the designs that the rest of the network can contradict. */
typedef struct msp_network_heat {
    size_t n;
    size_t *design, *treat1, *treat2; /* [n] treat1 is the design's first treatment */
    double *contribution;             /* [n] q_s */
    /* [n * n] q_s - q_s(the column's design). Above 0: without that design the contrast agrees
     * better with the rest; below 0: the design stands by it. On the diagonal, q_s itself. */
    double *change;
    double *share;    /* [n * n] the hat matrix: of the column in the network's row */
    const char *note; /* static: why n is 0; else NULL */
    msp_arena memory;
} msp_network_heat;

/* At tau2 = 0. n is 0, and no failure, where no more than one degree of freedom lies between
 * designs: letting one go would leave nothing to contradict. MSP_EMEM. */
msp_status msp_network_heat_make(const msp_network *network, msp_network_heat *out, msp_error *err);
void msp_network_heat_free(msp_network_heat *heat);

MSP_END
#endif
