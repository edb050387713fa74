/* network_rank.c - how likely each treatment is to have each rank. */
#include <math.h>
#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats/dist.h"
#include "network_internal.h"

/* cov = root root', lower triangle; the rows of treatments that others are compared with are 0. */
static void square_root(const double *cov, size_t n, double *root)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double rest = cov[i * n + j];
            for (size_t k = 0; k < j; k++)
                rest -= root[i * n + k] * root[j * n + k];
            if (i == j)
                root[i * n + j] = sqrt(fmax(rest, 0));
            else
                root[i * n + j] = root[j * n + j] > 0 ? rest / root[j * n + j] : 0;
        }
}

static void draw_effects(const msp_pool_fit *fit, const double *root, msp_random random,
                         double *normal, double *effect)
{
    const size_t n = fit->p;
    for (size_t i = 0; i < n; i++) {
        normal[i] = msp_dist_normal_quantile(msp_random_uniform(&random));
        effect[i] = fit->beta[i];
        for (size_t k = 0; k <= i; k++)
            effect[i] += root[i * n + k] * normal[k];
    }
}

msp_status msp_network_ranks(const msp_network *network, const msp_pool_fit *fit,
                             bool small_is_good, uint64_t seed, size_t draws, double *rank,
                             msp_error *err)
{
    const size_t n = network->n_treat;
    msp_arena memory = {0};
    double *root = msp_arena_array(&memory, n, n * sizeof *root);
    double *normal = msp_arena_array(&memory, 2 * n, sizeof *normal);
    if (root == NULL || normal == NULL) {
        msp_arena_free(&memory);
        return msp_fail(err, MSP_EMEM, "out of memory for the ranks of %zu treatments", n);
    }
    double *effect = normal + n;
    square_root(fit->cov, n, root);
    memset(rank, 0, n * n * sizeof *rank);
    for (size_t d = 0; d < draws; d++) {
        draw_effects(fit, root, msp_random_at(seed, d, 0, 0), normal, effect);
        for (size_t i = 0; i < n; i++) {
            size_t better = 0;
            for (size_t j = 0; j < n; j++)
                better += network->component[i] == network->component[j] &&
                          (small_is_good ? effect[j] < effect[i] : effect[j] > effect[i]);
            rank[i * n + better] += 1 / (double)draws;
        }
    }
    msp_arena_free(&memory);
    return MSP_OK;
}
