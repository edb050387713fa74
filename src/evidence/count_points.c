/* count_points.c - the effects given tau: the top of their posterior, and points about it. */
#include <math.h>
#include <string.h>

#include "count_work.h"
#include "mspike/base/random.h"
#include "mspike/stats/dist.h"
#include "network_internal.h"

static const double two_pi = 6.283185307179586477;

double msp__count_log_posterior(const msp__count_work *w, const double *effect)
{
    double sum = msp__counts_log_likelihood(&w->counts, effect, NULL, NULL);
    for (size_t t = 0; t < w->p; t++)
        sum -= COUNT_PRIOR_PRECISION * effect[t] * effect[t] / 2;
    return sum;
}

/* One step of Newton's; w->hessian becomes the covariance. Returns its squared length there. */
static double newton_step(msp__count_work *w, double *log_det)
{
    const size_t p = w->p;
    memset(w->gradient, 0, p * sizeof(double));
    memset(w->hessian, 0, p * p * sizeof(double));
    msp__counts_log_likelihood(&w->counts, w->top, w->gradient, w->hessian);
    for (size_t i = 0; i < p * p; i++)
        w->hessian[i] = -w->hessian[i];
    for (size_t t = 0; t < p; t++) {
        w->gradient[t] -= COUNT_PRIOR_PRECISION * w->top[t];
        w->hessian[t * p + t] += COUNT_PRIOR_PRECISION;
    }
    *log_det = msp__invert_used(w->hessian, p, w->use);
    double length = 0;
    for (size_t t = 0; t < p; t++) {
        w->step[t] = 0;
        for (size_t u = 0; u < p; u++)
            w->step[t] += w->hessian[t * p + u] * w->gradient[u];
        length += w->step[t] * w->gradient[t];
    }
    return length;
}

bool msp__count_top(msp__count_work *w, double tau, double *log_det)
{
    const double longest = 2;
    msp__pool_solve(&w->network.model, tau * tau, COUNT_PRIOR_PRECISION, &w->start);
    const double zero = w->start.beta[w->reference];
    for (size_t t = 0; t < w->p; t++)
        w->top[t] = w->start.beta[t] - zero;
    for (int i = 0; i < 100; i++) {
        const double length = newton_step(w, log_det);
        if (!(length >= 0) || !isfinite(*log_det))
            return false;
        if (length < 1e-4)
            return true;
        double most = 0;
        for (size_t t = 0; t < w->p; t++)
            most = fmax(most, fabs(w->step[t]));
        for (size_t t = 0; t < w->p; t++)
            w->top[t] += w->step[t] * fmin(1, longest / most);
    }
    return false;
}

void msp__count_root(msp__count_work *w)
{
    const size_t p = w->p;
    memset(w->root, 0, p * p * sizeof(double));
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i && w->use[i]; j++) {
            if (!w->use[j])
                continue;
            double sum = w->hessian[i * p + j];
            for (size_t k = 0; k < j; k++)
                sum -= w->root[i * p + k] * w->root[j * p + k];
            w->root[i * p + j] = i == j ? sqrt(fmax(sum, 0)) : sum / w->root[j * p + j];
        }
}

/* Half of the points have normal deviates, half `wide` times such: the density where the squared
 * distance is `square`, without its constant. */
static double log_density(double wide, size_t dims, double square)
{
    const double near = -square / 2;
    const double far = near / (wide * wide) - (double)dims * log(wide);
    return fmax(near, far) + log1p(exp(-fabs(near - far))) - log(2);
}

double msp__count_draw(msp__count_work *w, double log_det, double *effect, double *weight)
{
    const size_t p = w->p, dims = p - 1;
    const double area = (double)dims * log(two_pi) / 2 - log_det / 2; /* 1 / density's constant */
    double peak = -INFINITY, sum = 0;
    for (size_t i = 0; i < w->points; i++) {
        const double *z = w->lattice + i * p, reach = i / 2 % 2 == 0 ? 1 : w->wide;
        double *x = effect + i * p, square = 0;
        for (size_t t = 0; t < p; t++) {
            size_t k = 0;
            x[t] = w->top[t];
            for (size_t u = 0; u <= t && w->use[t]; u++)
                x[t] += w->use[u] ? reach * w->root[t * p + u] * z[k++] : 0;
        }
        for (size_t k = 0; k < dims; k++)
            square += reach * reach * z[k] * z[k];
        weight[i] = msp__count_log_posterior(w, x) + area - log_density(w->wide, dims, square);
        peak = fmax(peak, weight[i]);
    }
    for (size_t i = 0; i < w->points; i++) {
        weight[i] = exp(weight[i] - peak);
        sum += weight[i];
    }
    for (size_t i = 0; i < w->points; i++)
        weight[i] /= sum;
    return peak + log(sum / (double)w->points);
}

/* The k-th prime, from 0. */
static double prime_of(size_t k)
{
    size_t prime = 1;
    for (size_t found = 0; found <= k;) {
        bool composite = false;
        prime++;
        for (size_t q = 2; q * q <= prime; q++)
            composite = composite || prime % q == 0;
        found += !composite;
    }
    return (double)prime;
}

/* Makes the mean square of every `stride`-th of z, n of them, 1. */
static void standardise(double *z, size_t n, size_t stride)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += z[i * stride] * z[i * stride];
    for (size_t i = 0; i < n; i++)
        z[i * stride] *= sqrt((double)n / square);
}

void msp__count_lattice(msp__count_work *w, uint64_t seed)
{
    const size_t each = w->points / (2 * MSP_BAYES_COUNTS_SHIFTS); /* pairs */
    for (size_t k = 0; k < w->p; k++) {
        const double root = sqrt(prime_of(k));
        for (size_t s = 0; s < MSP_BAYES_COUNTS_SHIFTS; s++) {
            msp_random random = msp_random_at(seed, s, (uint32_t)k, 0);
            const double shift = msp_random_uniform(&random);
            double *z = w->lattice + 2 * s * each * w->p + k;
            for (size_t i = 0; i < each; i++) {
                const double at = shift + (double)(i + 1) * root;
                const double u = fmax(at - floor(at), 0x1p-53);
                z[2 * i * w->p] = msp_dist_normal_quantile(u);
            }
            for (size_t half = 0; half < 2; half++)
                standardise(z + 2 * half * w->p, each / 2, 4 * w->p);
            for (size_t i = 0; i < each; i++)
                z[(2 * i + 1) * w->p] = -z[2 * i * w->p];
        }
    }
}
