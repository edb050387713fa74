/* kronrod.h - the integral of a smooth function of one variable. */
#ifndef MSP_STATS_KRONROD_H
#define MSP_STATS_KRONROD_H

typedef double (*msp__integrand)(double x, const void *context);

/*
 * The integral over a <= x <= b, halving until the estimated errors add up to less than
 * `tolerance`, or are 1e-14 of what they are errors of, or a part is too short to halve.
 * Gauss-Kronrod with 10 and 21 points; the same bits on every machine for an f that is.
 */
double msp__integrate(msp__integrand f, const void *context, double a, double b, double tolerance);

#endif
