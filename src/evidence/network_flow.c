/* network_flow.c - how much of an estimate each direct comparison carries. */
#include <math.h>

#include "network_internal.h"

/* Walkers from treat1 to treat2 along the evidence; every matrix is n x n. */
typedef struct walk {
    size_t n;
    double *step;    /* step[i * n + j]: the chance to go from i to j next */
    double *forward; /* forward[l * n + i]: to be at i after l steps */
    double *onward;  /* onward[l * n + i]: to need l more steps from i */
} walk;

/* The flow from i to j is the weight between them times the fall in potential. */
static void make_steps(const msp_network *network, const msp_pool_fit *fit, size_t treat1,
                       size_t treat2, walk *w)
{
    const double least = 1e-12; /* of one unit that flows: less is rounding */
    const size_t n = w->n;
    const msp_pool_model *m = &network->model;
    for (size_t r = 0; r < m->n; r++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                w->step[i * n + j] -= m->x[r * n + i] * m->x[r * n + j] / (m->v[r] + fit->tau2);
    for (size_t i = 0; i < n; i++) {
        double out = 0;
        for (size_t j = 0; j < n; j++) {
            const double *a = fit->cov + i * n, *b = fit->cov + j * n;
            const double fall = a[treat1] - a[treat2] - b[treat1] + b[treat2];
            const double flow = i == j ? 0 : w->step[i * n + j] * fall;
            w->step[i * n + j] = flow > least ? flow : 0;
            out += w->step[i * n + j];
        }
        for (size_t j = 0; j < n; j++)
            w->step[i * n + j] = out > 0 && i != treat2 ? w->step[i * n + j] / out : 0;
    }
}

static void count_steps(size_t treat1, size_t treat2, walk *w)
{
    const size_t n = w->n;
    w->forward[treat1] = w->onward[treat2] = 1;
    for (size_t l = 0; l + 1 < n; l++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                w->forward[(l + 1) * n + j] += w->forward[l * n + i] * w->step[i * n + j];
                w->onward[(l + 1) * n + i] += w->step[i * n + j] * w->onward[l * n + j];
            }
}

/* A path of length l gives each of its comparisons 1 / l of its chance. */
static double share_of(const walk *w, size_t i, size_t j)
{
    const size_t n = w->n;
    double sum = 0;
    for (size_t before = 0; before < n; before++)
        for (size_t after = 0; before + after + 1 < n; after++)
            sum += w->forward[before * n + i] * w->onward[after * n + j] /
                   (double)(before + 1 + after);
    return sum * w->step[i * n + j];
}

msp_status msp_network_contributions(const msp_network *network, const msp_pool_fit *fit,
                                     size_t treat1, size_t treat2, double *share, msp_error *err)
{
    const size_t n = network->n_treat;
    const bool linked = network->component[treat1] == network->component[treat2];
    for (size_t i = 0; i < n * n; i++)
        share[i] = linked ? 0 : (double)NAN;
    if (!linked || treat1 == treat2)
        return MSP_OK;
    msp_arena memory = {0};
    walk w = {.n = n, .step = msp_arena_array(&memory, 3 * n, n * sizeof *w.step)};
    if (w.step == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu treatments", n);
    w.forward = w.step + n * n;
    w.onward = w.forward + n * n;
    make_steps(network, fit, treat1, treat2, &w);
    count_steps(treat1, treat2, &w);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            share[i * n + j] = share[j * n + i] = share_of(&w, i, j) + share_of(&w, j, i);
    msp_arena_free(&memory);
    return MSP_OK;
}
