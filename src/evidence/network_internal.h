/* network_internal.h - small dense symmetric matrices and the quadratic forms of a pooled model. */
#ifndef MSP_EVIDENCE_NETWORK_INTERNAL_H
#define MSP_EVIDENCE_NETWORK_INTERNAL_H

#include "mspike/evidence/network.h"

/* Inverts, in place, the rows and columns of the symmetric positive definite a (p x p) that are in
 * `use`; the others become 0. Returns log |a| of those used. */
double msp__invert_used(double *a, size_t p, const bool *use);

/* Eigenvalues and eigenvectors (columns of vec) of the symmetric a (p x p), which is destroyed:
 * value[k] belongs to column k. Jacobi's rotations. */
void msp__eigen(double *a, size_t p, double *value, double *vec);

/* x' cov x of a row. */
double msp__variance_of(const msp_pool_fit *fit, const double *x);

/* E(Q) = df + tau2 * this, at tau2 = 0, where `fit` is. */
double msp__q_slope(const msp_pool_model *model, const msp_pool_fit *fit);

/* msp_pool_solve with `ridge` added to the diagonal of x'wx: the precision of a normal prior, mean
 * 0, of every effect used. */
void msp__pool_solve(const msp_pool_model *model, double tau2, double ridge, msp_pool_fit *fit);

/* Q with its chi-square p. */
msp_heterogeneity msp__heterogeneity(double q, size_t df);

#endif
