/* solve.h - small symmetric systems A x = b with A positive semidefinite. */
#ifndef MSP_STATS_SOLVE_H
#define MSP_STATS_SOLVE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Factors the p x p matrix a (row by row; only the lower triangle is read) as L D L' in place.
 * A column whose pivot is not above floor[k] depends on the earlier ones: it is left out, and
 * used[k] is false. Returns how many columns are used.
 */
size_t msp__factor(double *a, size_t p, const double *floor, bool *used);

/* Solves with a factored matrix; x[k] is 0 for a column left out. x may be b. */
void msp__solve(const double *factor, size_t p, const bool *used, const double *b, double *x);

/* The inverse, p x p, with zeros in the rows and columns left out. */
void msp__invert(const double *factor, size_t p, const bool *used, double *inverse);

#endif
