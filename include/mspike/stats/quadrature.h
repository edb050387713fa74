/*
 * quadrature.h - integrals of smooth functions.
 */
#ifndef MSPIKE_STATS_QUADRATURE_H
#define MSPIKE_STATS_QUADRATURE_H

#include "mspike/stats/root.h"

MSP_BEGIN

/* Gauss-Legendre nodes and weights on [-1, 1], the positive half, ascending: right for polynomials
 * up to degree 31. */
#define MSP_LEGENDRE_NODES 16
extern const double msp_legendre[MSP_LEGENDRE_NODES / 2][2];

/* The integral of f from lo to hi by 16 nodes on each of `panels` equal panels. */
double msp_integrate(msp_function f, const void *context, double lo, double hi, size_t panels);

MSP_END
#endif
