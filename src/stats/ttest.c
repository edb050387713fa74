#include "mspike/stats/ttest.h"

#include <math.h>

static const double none = NAN;
static const double infinite = INFINITY;

/* Mean, and sum of squares about it in a second pass. */
typedef struct moments {
    double n, mean, squares;
} moments;

static msp_status moments_of(const double *x, size_t n, size_t first_row, moments *out,
                             msp_error *err)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return msp_fail_row(err, MSP_ERANGE, first_row + i, "a value is not a finite number");
        sum += x[i];
    }
    *out = (moments){(double)n, n > 0 ? sum / (double)n : none, 0};
    for (size_t i = 0; i < n; i++)
        out->squares += (x[i] - out->mean) * (x[i] - out->mean);
    return MSP_OK;
}

/* From the means, standard error and degrees of freedom to test and limits. */
static void finish(msp_t_test *t, const msp_confidence *confidence)
{
    const double difference = t->mean1 - t->mean2;
    const msp_alternative side = confidence->side;
    t->difference.estimate = difference;
    /* A spread that is only rounding is none, as in R. */
    if (!(t->std_error > 10 * 0x1p-52 * fmax(fabs(t->mean1), fabs(t->mean2)))) {
        t->std_error = t->df = none;
        t->difference.note = "the values do not differ within groups: there is no standard error";
        return;
    }
    const double tail = msp_confidence_tail(confidence);
    const double half = msp_dist_t_limit(1 - 2 * tail, t->df) * t->std_error;
    t->t = difference / t->std_error;
    t->p = side == MSP_LESS      ? msp_dist_t_lower(t->t, t->df)
           : side == MSP_GREATER ? msp_dist_t_upper(t->t, t->df)
                                 : msp_dist_t_two_sided(t->t, t->df);
    t->difference.lower = side == MSP_LESS ? -infinite : difference - half;
    t->difference.upper = side == MSP_GREATER ? infinite : difference + half;
    if (side != MSP_TWO_SIDED)
        t->difference.note = "one limit is infinite: the interval is one-sided";
}

static const msp_t_test unknown = {NAN, NAN, NAN, NAN, NAN, {NAN, NAN}, {NAN, NAN, NAN, NULL}};

msp_status msp_ttest_two(const double *x1, size_t n1, const double *x2, size_t n2, bool pooled,
                         const msp_confidence *confidence, msp_t_test *out, msp_error *err)
{
    moments a = {0}, b = {0};
    *out = unknown;
    msp_status rc = msp_confidence_check(confidence, err);
    if (rc == MSP_OK)
        rc = moments_of(x1, n1, 0, &a, err);
    if (rc == MSP_OK)
        rc = moments_of(x2, n2, n1, &b, err);
    if (rc != MSP_OK)
        return rc;
    out->mean1 = a.mean;
    out->mean2 = b.mean;
    if (n1 == 0 || n2 == 0 || n1 + n2 < 3 || (!pooled && (n1 < 2 || n2 < 2))) {
        out->difference.estimate = a.mean - b.mean;
        out->difference.note = "too few values";
        return MSP_OK;
    }
    if (pooled) {
        out->df = a.n + b.n - 2;
        out->std_error = sqrt((a.squares + b.squares) / out->df * (1 / a.n + 1 / b.n));
    } else {
        const double v1 = a.squares / (a.n - 1) / a.n, v2 = b.squares / (b.n - 1) / b.n;
        out->std_error = sqrt(v1 + v2);
        out->df = (v1 + v2) * (v1 + v2) / (v1 * v1 / (a.n - 1) + v2 * v2 / (b.n - 1));
    }
    finish(out, confidence);
    return MSP_OK;
}

msp_status msp_ttest_one(const double *x, size_t n, double mean, const msp_confidence *confidence,
                         msp_t_test *out, msp_error *err)
{
    moments a = {0};
    *out = unknown;
    msp_status rc = msp_confidence_check(confidence, err);
    if (rc == MSP_OK)
        rc = moments_of(x, n, 0, &a, err);
    if (rc != MSP_OK)
        return rc;
    out->mean1 = a.mean;
    out->mean2 = mean;
    if (n < 2) {
        out->difference.estimate = a.mean - mean;
        out->difference.note = "too few values";
        return MSP_OK;
    }
    out->df = a.n - 1;
    out->std_error = sqrt(a.squares / (a.n - 1) / a.n);
    finish(out, confidence);
    return MSP_OK;
}
