#include "mspike/stats/describe.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static int by_size(const void *pa, const void *pb)
{
    const double a = *(const double *)pa, b = *(const double *)pb;
    return (a > b) - (a < b);
}

/* Type 7: between the order statistics around 1 + (n - 1) p. */
static double quantile_r(const double *sorted, size_t n, double p)
{
    const double h = (double)(n - 1) * p;
    const size_t below = (size_t)floor(h);
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (h - floor(h)) * (sorted[below + 1] - sorted[below]);
}

/* Type 2: the inverse of the empirical distribution, averaged where it jumps. A product within four
 * units of rounding of a whole number is that number. */
static double quantile_sas(const double *sorted, size_t n, double p)
{
    const double h = (double)n * p;
    const double whole = floor(h + 4 * 0x1p-52 * (double)n);
    const size_t j = whole < 0 ? 0 : (size_t)whole;
    if (j >= n)
        return sorted[n - 1];
    const bool jumps = fabs(h - whole) <= 4 * 0x1p-52 * (double)n;
    if (!jumps || j == 0)
        return sorted[j];
    return (sorted[j - 1] + sorted[j]) / 2;
}

double msp_describe_quantile(const double *sorted, size_t n, double p, msp_convention convention)
{
    return convention == MSP_CONVENTION_SAS ? quantile_sas(sorted, n, p) : quantile_r(sorted, n, p);
}

const char *msp_describe_quantile_name(msp_convention convention)
{
    return convention == MSP_CONVENTION_SAS ? "type 2" : "type 7";
}

msp_status msp_describe_numbers(const double *x, const uint8_t *keep, size_t n,
                                msp_convention convention, msp_describe *out, msp_error *err)
{
    *out = (msp_describe){0, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    double *sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to describe %zu numbers", n);
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if ((keep == NULL || keep[i]) && !isnan(x[i]))
            sorted[m++] = x[i];
    out->n = m;
    if (m > 0) {
        qsort(sorted, m, sizeof *sorted, by_size);
        double sum = 0, squares = 0;
        for (size_t i = 0; i < m; i++)
            sum += sorted[i];
        out->mean = sum / (double)m;
        for (size_t i = 0; i < m; i++)
            squares += (sorted[i] - out->mean) * (sorted[i] - out->mean);
        if (m > 1)
            out->standard_deviation = sqrt(squares / (double)(m - 1));
        out->minimum = sorted[0];
        out->lower_quartile = msp_describe_quantile(sorted, m, 0.25, convention);
        out->median = msp_describe_quantile(sorted, m, 0.5, convention);
        out->upper_quartile = msp_describe_quantile(sorted, m, 0.75, convention);
        out->maximum = sorted[m - 1];
    }
    free(sorted);
    return MSP_OK;
}
