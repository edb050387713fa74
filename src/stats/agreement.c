#include "mspike/stats/agreement.h"

#include <math.h>

#include "mspike/stats/dist.h"

msp_status msp_agreement_count(const uint8_t *a, const uint8_t *b, size_t n, size_t k,
                               double *counts, msp_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (a[i] >= k || b[i] >= k)
            return msp_fail_row(err, MSP_ERANGE, i, "category %d is not below %zu",
                                a[i] >= k ? a[i] : b[i], k);
        counts[a[i] * k + b[i]]++;
    }
    return MSP_OK;
}

static double weight(msp_kappa_weights weights, size_t k, size_t i, size_t j)
{
    if (weights == MSP_KAPPA_IDENTITY)
        return i == j;
    const double apart = fabs((double)i - (double)j) / (double)(k - 1);
    return weights == MSP_KAPPA_LINEAR ? 1 - apart : 1 - apart * apart;
}

/* Shares, their sums, and the mean weight of each row and column. */
typedef struct shares {
    const double *counts;
    double n;
    size_t k;
    msp_kappa_weights weights;
    double row[MSP_AGREEMENT_MAX], column[MSP_AGREEMENT_MAX];
    double row_weight[MSP_AGREEMENT_MAX], column_weight[MSP_AGREEMENT_MAX];
} shares;

static double share(const shares *s, size_t i, size_t j)
{
    return s->counts[i * s->k + j] / s->n;
}

static void sum_up(shares *s, msp_agreement *out)
{
    for (size_t i = 0; i < s->k; i++)
        for (size_t j = 0; j < s->k; j++) {
            s->row[i] += share(s, i, j);
            s->column[j] += share(s, i, j);
        }
    for (size_t i = 0; i < s->k; i++) {
        out->identical += share(s, i, i);
        for (size_t j = 0; j < s->k; j++) {
            const double w = weight(s->weights, s->k, i, j);
            out->observed += w * share(s, i, j);
            out->expected += w * s->row[i] * s->column[j];
            s->row_weight[i] += w * s->column[j];
            s->column_weight[j] += w * s->row[i];
        }
    }
}

static void estimate(const shares *s, double z, msp_agreement *out)
{
    const double po = out->observed, pe = out->expected, left = 1 - pe;
    double spread = 0, null_spread = 0;
    for (size_t i = 0; i < s->k; i++)
        for (size_t j = 0; j < s->k; j++) {
            const double w = weight(s->weights, s->k, i, j);
            const double mean = s->row_weight[i] + s->column_weight[j];
            const double a = w * left - mean * (1 - po), b = w - mean;
            spread += share(s, i, j) * a * a;
            null_spread += s->row[i] * s->column[j] * b * b;
        }
    const double centre = po * pe - 2 * pe + po;
    out->kappa = (po - pe) / left;
    /* Both differences are 0 where all agree; rounding must not make them negative. */
    out->std_error = sqrt(fmax(0, spread - centre * centre) / s->n) / (left * left);
    out->null_std_error = sqrt(fmax(0, null_spread - pe * pe) / s->n) / left;
    out->lower = out->kappa - z * out->std_error;
    out->upper = out->kappa + z * out->std_error;
}

msp_status msp_agreement_kappa(const double *counts, size_t k, msp_kappa_weights weights,
                               double level, msp_agreement *out, msp_error *err)
{
    *out = (msp_agreement){0};
    if (k < 2 || k > MSP_AGREEMENT_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu categories; from 2 to %d are possible", k,
                        MSP_AGREEMENT_MAX);
    if (!(level > 0 && level < 1))
        return msp_fail(err, MSP_ERANGE, "a level has to lie between 0 and 1");
    shares s = {.counts = counts, .k = k, .weights = weights};
    for (size_t i = 0; i < k * k; i++) {
        if (!(counts[i] >= 0) || isinf(counts[i]))
            return msp_fail_row(err, MSP_ERANGE, i, "a count has to be 0 or more");
        s.n += counts[i];
    }
    if (s.n == 0)
        return msp_fail(err, MSP_ENODATA, "nobody was assessed by both");
    out->n = s.n;
    sum_up(&s, out);
    size_t filled = 0; /* categories that anybody was put into, by either */
    for (size_t i = 0; i < k; i++)
        filled += s.row[i] > 0 || s.column[i] > 0;
    if (filled < 2) {
        out->kappa = out->std_error = out->null_std_error = out->lower = out->upper = NAN;
        out->note = "both put everybody into one category";
        return MSP_OK;
    }
    estimate(&s, msp_dist_normal_quantile(1 - (1 - level) / 2), out);
    return MSP_OK;
}
