/*
 * kernels.h - the loops that run over every row, written so that they vectorise.
 *
 * Sums run in eight lanes, each in order, then ((0+4)+(2+6))+((1+5)+(3+7)): the same bits whatever
 * the width of the processor's vectors. exp and log are our own polynomials, below 1 unit in the
 * last place off, because those of C libraries differ from one processor to the next.
 */
#ifndef MSP_STATS_KERNELS_H
#define MSP_STATS_KERNELS_H

#include <stddef.h>

/* Rows of a block: a few arrays of so many doubles stay in the nearest cache. */
enum { MSP_BLOCK = 512 };

double msp__exp(double x); /* 0 below -745.2, infinite above 709.8 */
double msp__log(double x); /* of a normal number > 0 */

double msp__sum(const double *a, size_t n);
double msp__dot(const double *a, const double *b, size_t n);
/* out[k] = msp__dot(a, columns[k] + from, n), several at a time: they do not wait for one another.
 */
void msp__dots(double *out, const double *a, const double *const *columns, size_t n_columns,
               size_t from, size_t n);
/* Sums of products, of up to MSP_FEW columns: out[k (k + 1) / 2 + j] is the sum of v x_k x_j for
 * j <= k, and after these p (p + 1) / 2 come the p sums of v x_k. The bits of msp__dots. */
enum { MSP_FEW = 6, MSP_MOMENTS = MSP_FEW * (MSP_FEW + 3) / 2 };
void msp__moments(double out[MSP_MOMENTS], const double *v, const double *const *x, size_t p,
                  size_t from, size_t n);
/* The same without v. */
void msp__squares(double out[MSP_MOMENTS], const double *const *x, size_t p, size_t from, size_t n);
/* The sum of log a[i], each a positive normal number; nearer than the sum of their logarithms. */
double msp__sum_log(const double *a, size_t n);

/* out[i] = x[0][from + i] b[0] + ... + x[p-1][from + i] b[p-1], for n rows. */
void msp__linear(double *out, const double *const *x, const double *b, size_t p, size_t from,
                 size_t n);
void msp__exp_all(double *out, const double *a, size_t n);
/* The largest |a[i]|; NaN when one is NaN. */
double msp__largest(const double *a, size_t n);
void msp__subtract(double *a, double b, size_t n);
void msp__multiply(double *out, const double *a, const double *b, size_t n);
void msp__reciprocal(double *out, const double *a, size_t n);

#endif
