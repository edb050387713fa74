/*
 * sequential.h - a statistic that is looked at several times while information grows.
 *
 * Z_k at information t_k is normal with mean drift sqrt(t_k) and variance 1, and
 * cov(Z_j, Z_k) = sqrt(t_j / t_k) for j <= k: the joint law of log-rank, Wald and score statistics
 * in large samples. The trial goes on past a look while lower < Z_k < upper. With information as a
 * fraction, drift is the mean of Z at full information; with the information itself, drift is the
 * effect.
 *
 * Armitage, McPherson, Rowe, J R Stat Soc A 132:235 (1969), by Gauss-Legendre panels no wider than
 * three standard deviations of what stands under the integral: absolute errors stay near 1e-14.
 * Jennison, Turnbull, Group Sequential Methods (2000), chapter 19.
 */
#ifndef MSPIKE_STATS_SEQUENTIAL_H
#define MSPIKE_STATS_SEQUENTIAL_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* Where the trial stands: what is still under way, as masses at values of Z. {.drift = d} is a
 * trial before its first look. */
typedef struct msp_sequential {
    double drift;
    double information; /* at the last look passed; 0 before the first */
    size_t n, cap;
    double *z, *mass; /* owned */
    double *spare_z, *spare_mass;
} msp_sequential;

/* P(the trial reaches the look at `information`, and Z there is above or below z). `information`
 * is larger than that of the last look passed. */
double msp_sequential_above(const msp_sequential *s, double information, double z);
double msp_sequential_below(const msp_sequential *s, double information, double z);

/* z with msp_sequential_above (or _below) equal to p: infinite where p <= 0 (no z is far enough) or
 * where the trial reaches the look with no more than probability p. */
double msp_sequential_above_quantile(const msp_sequential *s, double information, double p);
double msp_sequential_below_quantile(const msp_sequential *s, double information, double p);

/* Goes past the look at `information`, for those between lower and upper (infinite: no bound);
 * `next` is the information at the look after it. MSP_ERANGE where information does not grow,
 * MSP_ENUMERIC where two looks are too near to each other to integrate (a share of about 1e-7),
 * MSP_EMEM. */
msp_status msp_sequential_continue(msp_sequential *s, double information, double lower,
                                   double upper, double next, msp_error *err);
void msp_sequential_free(msp_sequential *s);

/* What happens at each of n looks: P(first above upper here) and P(first below lower here);
 * `lower` may be NULL (no bound), `p_lower` and `p_upper` too. At the last look everyone not above
 * upper but below lower counts; whoever is between them counts nowhere. */
msp_status msp_sequential_cross(size_t n, const double *information, const double *lower,
                                const double *upper, double drift, double *p_lower, double *p_upper,
                                msp_error *err);

MSP_END
#endif
