/* network_matrix.c - the two decompositions of small symmetric matrices that a network needs. */
#include <math.h>
#include <string.h>

#include "network_internal.h"

/* One pivot of Gauss-Jordan elimination; afterwards the swept part is minus the inverse's. */
static void sweep(double *a, size_t p, size_t k, const bool *use)
{
    const double pivot = a[k * p + k];
    for (size_t i = 0; i < p; i++) {
        if (i == k || !use[i] || a[i * p + k] == 0)
            continue;
        const double factor = a[i * p + k] / pivot;
        for (size_t j = 0; j < p; j++)
            if (j != k && use[j])
                a[i * p + j] -= factor * a[k * p + j];
    }
    for (size_t i = 0; i < p; i++)
        if (i != k && use[i]) {
            a[i * p + k] /= pivot;
            a[k * p + i] /= pivot;
        }
    a[k * p + k] = -1 / pivot;
}

double msp__invert_used(double *a, size_t p, const bool *use)
{
    double log_det = 0;
    for (size_t k = 0; k < p; k++)
        if (use[k]) {
            log_det += log(a[k * p + k]);
            sweep(a, p, k, use);
        }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            a[i * p + j] = use[i] && use[j] ? -a[i * p + j] : 0;
    return log_det;
}

/* Rotates rows and columns i and j so that a[i][j] becomes 0. */
static void rotate(double *a, size_t p, double *vec, size_t i, size_t j)
{
    const double theta = (a[j * p + j] - a[i * p + i]) / (2 * a[i * p + j]);
    const double t = copysign(1, theta) / (fabs(theta) + hypot(theta, 1));
    const double c = 1 / hypot(t, 1), s = t * c;
    for (size_t k = 0; k < p; k++) {
        const double x = a[k * p + i], y = a[k * p + j];
        a[k * p + i] = c * x - s * y;
        a[k * p + j] = s * x + c * y;
    }
    for (size_t k = 0; k < p; k++) {
        const double x = a[i * p + k], y = a[j * p + k];
        a[i * p + k] = c * x - s * y;
        a[j * p + k] = s * x + c * y;
    }
    for (size_t k = 0; k < p; k++) {
        const double x = vec[k * p + i], y = vec[k * p + j];
        vec[k * p + i] = c * x - s * y;
        vec[k * p + j] = s * x + c * y;
    }
}

void msp__eigen(double *a, size_t p, double *value, double *vec)
{
    enum { SWEEPS = 60 }; /* convergence is quadratic: about 8 are used */
    double scale = 0;
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < p; j++) {
            vec[i * p + j] = i == j;
            scale = fmax(scale, fabs(a[i * p + j]));
        }
    }
    bool rotated = true;
    for (int turn = 0; rotated && turn < SWEEPS; turn++) {
        rotated = false;
        for (size_t i = 0; i < p; i++)
            for (size_t j = i + 1; j < p; j++)
                if (fabs(a[i * p + j]) > 1e-17 * scale) {
                    rotate(a, p, vec, i, j);
                    rotated = true;
                }
    }
    for (size_t i = 0; i < p; i++)
        value[i] = a[i * p + i];
}
