#include "mspike/stats/maxcombo.h"

#include <math.h>

#include "mspike/stats/dist.h"
#include "rectangle.h"

const msp_time_weight msp_maxcombo_usual[4] = {
    {MSP_FLEMING_HARRINGTON, 0, 0, 0},
    {MSP_FLEMING_HARRINGTON, 0, 1, 0},
    {MSP_FLEMING_HARRINGTON, 1, 0, 0},
    {MSP_FLEMING_HARRINGTON, 1, 1, 0},
};

/* Below this p is given by its bound, the sum over the tests: doubles end at 1e-308. */
static const double smallest = 1e-290;

/* Rows to compare, as the caller gave them. */
typedef struct data {
    const msp_order *order;
    const uint32_t *group, *stratum;
    size_t n_strata;
} data;

/* V_ij and, on the diagonal, z_i. */
static msp_status one_test(const data *d, const msp_time_weight *a, const msp_time_weight *b,
                           double *variance, double *z, const char **note, msp_error *err)
{
    const msp_time_weight mean = {MSP_FLEMING_HARRINGTON, (a->rho + b->rho) / 2,
                                  (a->gamma + b->gamma) / 2, 0};
    msp_logrank t;
    const msp_status status = msp_logrank_weighted(d->order, d->group, 2, d->stratum, d->n_strata,
                                                   &mean, MSP_TWO_SIDED, &t, err);
    if (status != MSP_OK)
        return status;
    *variance = t.variance[3];
    *z = t.z;
    *note = t.note;
    msp_logrank_free(&t);
    return MSP_OK;
}

static msp_status correlate(const data *d, msp_maxcombo *out, msp_error *err)
{
    const size_t m = out->n_tests;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++) {
            double variance, z;
            const char *note;
            const msp_status status =
                one_test(d, &out->weights[i], &out->weights[j], &variance, &z, &note, err);
            if (status != MSP_OK)
                return status;
            out->correlation[i * m + j] = variance;
            if (i == j) {
                out->z[i] = z;
                out->note = out->note == NULL ? note : out->note;
            }
        }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < i; j++)
            out->correlation[i * m + j] /=
                sqrt(out->correlation[i * m + i] * out->correlation[j * m + j]);
    for (size_t i = 0; i < m; i++) {
        out->correlation[i * m + i] = 1;
        for (size_t j = 0; j < i; j++)
            out->correlation[j * m + i] = out->correlation[i * m + j];
    }
    return MSP_OK;
}

/* How far z goes in the direction of the alternative. */
static double extreme(double z, msp_alternative alternative)
{
    return alternative == MSP_TWO_SIDED ? fabs(z) : alternative == MSP_LESS ? -z : z;
}

static msp_status find_p(msp_maxcombo *out, msp_error *err)
{
    for (size_t i = 1; i < out->n_tests; i++)
        if (extreme(out->z[i], out->alternative) > extreme(out->z[out->largest], out->alternative))
            out->largest = i;
    const double c = extreme(out->z[out->largest], out->alternative);
    double lower[MSP_MAXCOMBO_MAX], upper[MSP_MAXCOMBO_MAX];
    for (size_t i = 0; i < out->n_tests; i++) {
        upper[i] = c;
        lower[i] = out->alternative == MSP_TWO_SIDED ? -c : -(double)INFINITY;
    }
    const msp_prob alone =
        out->alternative == MSP_TWO_SIDED ? msp_dist_normal_two_sided(c) : msp_dist_normal_upper(c);
    if (alone.p < smallest) {
        out->log_p = alone.log_p + log((double)out->n_tests);
        out->p = exp(out->log_p);
        return MSP_OK;
    }
    const msp_status status =
        msp__rectangle_outside(out->correlation, out->n_tests, lower, upper, &out->p, err);
    out->log_p = status == MSP_OK ? log(out->p) : (double)NAN;
    return status;
}

static msp_status check(const msp_time_weight *weights, size_t n, msp_error *err)
{
    if (n < 1 || n > MSP_MAXCOMBO_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu tests; expected 1 to %d", n, MSP_MAXCOMBO_MAX);
    for (size_t i = 0; i < n; i++)
        if (weights[i].kind != MSP_FLEMING_HARRINGTON)
            return msp_fail(err, MSP_EUNSUPPORTED,
                            "a combination of other tests than Fleming-Harrington's");
    return MSP_OK;
}

msp_status msp_maxcombo_test(const msp_order *order, const uint32_t *group, const uint32_t *stratum,
                             size_t n_strata, const msp_time_weight *weights, size_t n_weights,
                             msp_alternative alternative, msp_maxcombo *out, msp_error *err)
{
    *out = (msp_maxcombo){.n_tests = n_weights, .p = NAN, .log_p = NAN, .alternative = alternative};
    msp_status status = check(weights, n_weights, err);
    for (size_t i = 0; status == MSP_OK && i < n_weights; i++)
        out->weights[i] = weights[i];
    const data d = {order, group, stratum, n_strata};
    if (status == MSP_OK)
        status = correlate(&d, out, err);
    if (status == MSP_OK && out->note == NULL)
        status = find_p(out, err);
    return status;
}
