/* network_heat.c - each design against the network, and against the network without another one. */
#include "mspike/evidence/heat.h"

#include <math.h>
#include <string.h>

#include "network_internal.h"

/* All contrasts of all designs, those of one beside each other. */
typedef struct direct {
    const msp_network *network;
    size_t n;
    size_t *design, *treat1, *treat2; /* [n] */
    double *own;                      /* [n] what the design's studies say */
    double *precision;                /* [n * n] V^-1: a block a design */
    double *contribution;             /* [n] q_s */
    double *residual, *block;         /* [n] and [n_treat * n_treat]: scratch */
    bool *used, *keep;                /* [n_treat] and [n_study]: scratch */
    msp_arena memory;
} direct;

/* Contrast i by a fit, and the covariance of two. */
static double estimate(const direct *d, const msp_pool_fit *fit, size_t i)
{
    return fit->beta[d->treat2[i]] - fit->beta[d->treat1[i]];
}

static double covariance(const direct *d, const msp_pool_fit *fit, size_t i, size_t k)
{
    const double *upper = fit->cov + d->treat2[i] * fit->p,
                 *lower = fit->cov + d->treat1[i] * fit->p;
    return upper[d->treat2[k]] - upper[d->treat1[k]] - lower[d->treat2[k]] + lower[d->treat1[k]];
}

/* The studies of the design, or all others. */
static msp_status fit_part(direct *d, size_t design, bool others, msp_network *part,
                           msp_pool_fit *fit, msp_error *err)
{
    for (size_t s = 0; s < d->network->n_study; s++)
        d->keep[s] = (d->network->design[s] == design) != others;
    msp_status status = msp_network_select(d->network, d->keep, part, err);
    if (status == MSP_OK)
        status = msp_pool_fit_init(&part->model, fit, err);
    if (status == MSP_OK)
        msp_pool_solve(&part->model, 0, fit);
    return status;
}

/* -- what each design says -- */

/* The contrasts of a design, from its first study; without *d only counted. */
static size_t list_design(const msp_network *network, size_t design, direct *d)
{
    size_t study = 0, n = 0, first = 0;
    while (network->design[study] != design)
        study++;
    for (size_t t = 0; t < network->n_treat; t++) {
        if (!network->arms[study * network->n_treat + t])
            continue;
        if (n++ == 0)
            first = t;
        else if (d != NULL) {
            d->design[d->n] = design;
            d->treat1[d->n] = first;
            d->treat2[d->n++] = t;
        }
    }
    return n - 1;
}

static msp_status add_design(direct *d, size_t design, size_t n, msp_error *err)
{
    const size_t first = d->n, m = list_design(d->network, design, d);
    msp_network part = {0};
    msp_pool_fit fit = {0};
    const msp_status status = fit_part(d, design, false, &part, &fit, err);
    if (status == MSP_OK) {
        for (size_t i = 0; i < m; i++) {
            d->own[first + i] = estimate(d, &fit, first + i);
            for (size_t k = 0; k < m; k++)
                d->block[i * m + k] = covariance(d, &fit, first + i, first + k);
        }
        msp__invert_used(d->block, m, d->used);
        for (size_t i = 0; i < m; i++)
            memcpy(d->precision + (first + i) * n + first, d->block + i * m, m * sizeof(double));
    }
    msp_pool_fit_free(&fit);
    msp_network_free(&part);
    return status;
}

static msp_status list_designs(direct *d, msp_error *err)
{
    const msp_network *network = d->network;
    size_t n = 0;
    for (size_t i = 0; i < network->n_design; i++)
        n += list_design(network, i, NULL);
    msp_arena *a = &d->memory;
    d->design = msp_arena_array(a, n, sizeof *d->design);
    d->treat1 = msp_arena_array(a, n, sizeof *d->treat1);
    d->treat2 = msp_arena_array(a, n, sizeof *d->treat2);
    d->own = msp_arena_array(a, n, sizeof(double));
    d->precision = msp_arena_array(a, n * n, sizeof(double));
    d->contribution = msp_arena_array(a, n, sizeof(double));
    d->residual = msp_arena_array(a, n, sizeof(double));
    d->block = msp_arena_array(a, network->n_treat * network->n_treat, sizeof(double));
    d->used = msp_arena_array(a, network->n_treat, sizeof(bool));
    d->keep = msp_arena_array(a, network->n_study, sizeof(bool));
    if (d->design == NULL || d->treat1 == NULL || d->treat2 == NULL || d->own == NULL ||
        d->precision == NULL || d->contribution == NULL || d->residual == NULL ||
        d->block == NULL || d->used == NULL || d->keep == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for a net heat matrix of %zu rows", n);
    memset(d->used, 1, network->n_treat * sizeof(bool));
    msp_status status = MSP_OK;
    for (size_t i = 0; status == MSP_OK && i < network->n_design; i++)
        status = add_design(d, i, n, err);
    return status;
}

/* -- against the network -- */

/* What each contrast contributes to Q between designs by this fit; those of `own_way` (a design; or
 * n_design: none) go their own way and contribute nothing. */
static void contribute(direct *d, const msp_pool_fit *fit, size_t own_way, double *q)
{
    for (size_t i = 0; i < d->n; i++)
        d->residual[i] = d->design[i] == own_way ? 0 : d->own[i] - estimate(d, fit, i);
    for (size_t i = 0; i < d->n; i++) {
        double sum = 0;
        for (size_t k = 0; k < d->n; k++)
            sum += d->precision[i * d->n + k] * d->residual[k];
        q[i] = d->residual[i] * sum;
    }
}

/* The share of contrast k's own estimate in the network's estimate of contrast i. */
static double share_of(const direct *d, const msp_pool_fit *fit, size_t i, size_t k)
{
    double sum = 0;
    for (size_t j = 0; j < d->n; j++)
        if (d->precision[j * d->n + k] != 0)
            sum += covariance(d, fit, i, j) * d->precision[j * d->n + k];
    return sum;
}

/* Rows that can be contradicted, in their order: `row` gets their numbers among all contrasts. */
static msp_status make_room(direct *d, const msp_network_designs *designs, msp_network_heat *out,
                            size_t **row, msp_error *err)
{
    for (size_t i = 0; i < d->n; i++)
        out->n += isnan(designs->detached[d->design[i]].q) ? 0 : 1;
    msp_arena *a = &out->memory;
    const size_t n = out->n + 1;
    *row = msp_arena_array(a, n, sizeof **row);
    out->design = msp_arena_array(a, n, sizeof *out->design);
    out->treat1 = msp_arena_array(a, n, sizeof *out->treat1);
    out->treat2 = msp_arena_array(a, n, sizeof *out->treat2);
    out->contribution = msp_arena_array(a, n, sizeof(double));
    out->change = msp_arena_array(a, n * n, sizeof(double));
    out->share = msp_arena_array(a, n * n, sizeof(double));
    if (*row == NULL || out->design == NULL || out->treat1 == NULL || out->treat2 == NULL ||
        out->contribution == NULL || out->change == NULL || out->share == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for a net heat matrix of %zu rows", out->n);
    for (size_t i = 0, k = 0; i < d->n; i++)
        if (!isnan(designs->detached[d->design[i]].q))
            (*row)[k++] = i;
    return MSP_OK;
}

static msp_status fill_columns(direct *d, const size_t *row, double *without, msp_network_heat *out,
                               msp_error *err)
{
    for (size_t column = 0; column < out->n; column++) {
        msp_network part = {0};
        msp_pool_fit fit = {0};
        const size_t design = out->design[column];
        const msp_status status = fit_part(d, design, true, &part, &fit, err);
        if (status == MSP_OK)
            contribute(d, &fit, design, without);
        for (size_t i = 0; status == MSP_OK && i < out->n; i++)
            out->change[i * out->n + column] = out->contribution[i] - without[row[i]];
        msp_pool_fit_free(&fit);
        msp_network_free(&part);
        if (status != MSP_OK)
            return status;
    }
    return MSP_OK;
}

static msp_status fill(direct *d, const msp_network_designs *designs, msp_network_heat *out,
                       msp_error *err)
{
    size_t *row;
    msp_pool_fit fit = {0};
    double *without = msp_arena_array(&d->memory, d->n + 1, sizeof *without);
    if (without == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for a net heat matrix");
    msp_status status = make_room(d, designs, out, &row, err);
    if (status == MSP_OK)
        status = msp_pool_fit_init(&d->network->model, &fit, err);
    if (status == MSP_OK) {
        msp_pool_solve(&d->network->model, 0, &fit);
        contribute(d, &fit, d->network->n_design, d->contribution);
        for (size_t i = 0; i < out->n; i++) {
            out->design[i] = d->design[row[i]];
            out->treat1[i] = d->treat1[row[i]];
            out->treat2[i] = d->treat2[row[i]];
            out->contribution[i] = d->contribution[row[i]];
            for (size_t k = 0; k < out->n; k++)
                out->share[i * out->n + k] = share_of(d, &fit, row[i], row[k]);
        }
        status = fill_columns(d, row, without, out, err);
    }
    msp_pool_fit_free(&fit);
    return status;
}

msp_status msp_network_heat_make(const msp_network *network, msp_network_heat *out, msp_error *err)
{
    msp_network_designs designs = {0};
    direct d = {.network = network};
    *out = (msp_network_heat){0};
    msp_status status = msp_network_decompose(network, &designs, err);
    if (status == MSP_OK && designs.between.df == 0)
        out->note = "the network has no loop of designs, so nothing can contradict anything";
    else if (status == MSP_OK && designs.between.df == 1)
        out->note = "the network has one loop only: whichever design is let go, the rest agrees";
    else if (status == MSP_OK)
        status = list_designs(&d, err);
    if (status == MSP_OK && out->note == NULL)
        status = fill(&d, &designs, out, err);
    msp_network_designs_free(&designs);
    msp_arena_free(&d.memory);
    if (status != MSP_OK)
        msp_network_heat_free(out);
    return status;
}

void msp_network_heat_free(msp_network_heat *heat)
{
    msp_arena_free(&heat->memory);
    *heat = (msp_network_heat){0};
}
