/* rank.c - P-scores from pairs, ranks from draws of a multivariate normal distribution. */
#include "mspike/evidence/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats/dist.h"

enum { PURPOSE = 1 };

static const double asymmetric_at = 1e-8; /* of the larger variance */
static const double negative_at = 1e-9;

static msp_status check(const double *effect, const double *cov, size_t n, size_t draws,
                        msp_error *err)
{
    if (n < 2 || n > MSP_RANK_TREATMENTS_MAX || draws < 100 || draws > (size_t)1 << 30)
        return msp_fail(err, MSP_ERANGE,
                        "%zu treatments and %zu draws; expected 2 to %d, and 100 to 2^30", n, draws,
                        MSP_RANK_TREATMENTS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(effect[i]) || !(cov[i * n + i] >= 0))
            return msp_fail_row(err, MSP_ERANGE, i, "effect %g with variance %g", effect[i],
                                cov[i * n + i]);
        for (size_t j = 0; j < n; j++) {
            const double larger = fmax(cov[i * n + i], cov[j * n + j]);
            if (!(fabs(cov[i * n + j] - cov[j * n + i]) <= asymmetric_at * larger))
                return msp_fail_row(err, MSP_ERANGE, i, "the covariance is not symmetric");
        }
    }
    return MSP_OK;
}

/* Cholesky of a semidefinite matrix: a row that earlier ones determine has a diagonal of 0. */
static msp_status factor(const double *cov, size_t n, double *l, msp_error *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = cov[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= l[i * n + k] * l[j * n + k];
            const double rounding = negative_at * cov[i * n + i];
            if (i == j && sum < -rounding)
                return msp_fail_row(err, MSP_ERANGE, i,
                                    "the covariance is not positive semidefinite");
            if (i == j)
                l[i * n + i] = sum > rounding ? sqrt(sum) : 0;
            else
                l[i * n + j] = l[j * n + j] > 0 ? sum / l[j * n + j] : 0;
        }
    return MSP_OK;
}

/* P(i better than j). */
static double better(const double *effect, const double *cov, size_t n, double sign, size_t i,
                     size_t j)
{
    const double off = sign * (effect[j] - effect[i]);
    const double variance = cov[i * n + i] + cov[j * n + j] - 2 * cov[i * n + j];
    if (variance > 0)
        return msp_dist_normal_lower(off / sqrt(variance)).p;
    return off > 0 ? 1 : off < 0 ? 0 : 0.5;
}

static void score(const double *effect, const double *cov, double sign, msp_ranks *out)
{
    const size_t n = out->n;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += j != i ? better(effect, cov, n, sign, i, j) : 0;
        out->p_score[i] = sum / (double)(n - 1);
        out->mean_rank[i] = (double)n - sum;
    }
}

/* Counts the ranks of one draw. */
static void count(const double *effect, const double *l, double sign, msp_random *random,
                  msp_ranks *out)
{
    const size_t n = out->n;
    double z[MSP_RANK_TREATMENTS_MAX], x[MSP_RANK_TREATMENTS_MAX];
    for (size_t i = 0; i < n; i++) {
        z[i] = l[i * n + i] > 0 ? msp_dist_normal_quantile(msp_random_uniform(random)) : 0;
        x[i] = effect[i];
        for (size_t k = 0; k <= i; k++)
            x[i] += l[i * n + k] * z[k];
    }
    for (size_t i = 0; i < n; i++) {
        size_t rank = 0; /* how many are better; of equal ones the earlier */
        for (size_t j = 0; j < n; j++)
            rank += sign * (x[i] - x[j]) > 0 || (j < i && sign * (x[i] - x[j]) >= 0) ? 1 : 0;
        out->probability[i * n + rank] += 1;
    }
}

static void draw(const double *effect, const double *l, double sign, uint64_t seed, msp_ranks *out)
{
    for (size_t d = 0; d < out->draws; d++) {
        msp_random random = msp_random_at(seed, d, 0, PURPOSE);
        count(effect, l, sign, &random, out);
    }
    for (size_t i = 0; i < out->n * out->n; i++) {
        const double p = out->probability[i] / (double)out->draws;
        out->probability[i] = p;
        out->error[i] = sqrt(p * (1 - p) / (double)out->draws);
    }
}

msp_status msp_ranks_make(const double *effect, const double *covariance, size_t n,
                          bool small_is_good, uint64_t seed, size_t draws, msp_ranks *out,
                          msp_error *err)
{
    *out = (msp_ranks){0};
    msp_status status = check(effect, covariance, n, draws, err);
    if (status != MSP_OK)
        return status;
    double *block = calloc(2 * n + 2 * n * n, sizeof *block), *l = calloc(n * n, sizeof *l);
    if (block == NULL || l == NULL)
        status = msp_fail(err, MSP_EMEM, "no memory for %zu treatments", n);
    else
        status = factor(covariance, n, l, err);
    if (status == MSP_OK) {
        const double sign = small_is_good ? 1 : -1;
        *out = (msp_ranks){.n = n, .draws = draws, .p_score = block, .mean_rank = block + n};
        out->probability = block + 2 * n;
        out->error = out->probability + n * n;
        out->block = block;
        score(effect, covariance, sign, out);
        if (n > 2)
            draw(effect, l, sign, seed, out);
        for (size_t i = 0; n == 2 && i < 2; i++) {
            out->probability[2 * i] = out->p_score[i];
            out->probability[2 * i + 1] = out->p_score[1 - i];
        }
    } else {
        free(block);
    }
    free(l);
    return status;
}

void msp_ranks_free(msp_ranks *ranks)
{
    free(ranks->block);
    *ranks = (msp_ranks){0};
}
