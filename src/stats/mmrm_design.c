/* mmrm_design.c - the usual design of a trial, and its least-squares means. */
#include <math.h>
#include <stdlib.h>

#include "mspike/stats/mmrm.h"

/*
 * Columns: intercept; visits but the first; arms but the first; their products; baseline; baseline
 * by visit; covariates.
 */
static void fill(const msp_mmrm_design *d, size_t arm, size_t visit, const double *covariates,
                 double *out)
{
    const size_t v = d->n_visits, a = d->n_arms;
    size_t k = 0;
    out[k++] = 1;
    for (size_t i = 1; i < v; i++)
        out[k++] = visit == i;
    for (size_t i = 1; i < a; i++)
        out[k++] = arm == i;
    for (size_t i = 1; i < a; i++)
        for (size_t j = 1; j < v; j++)
            out[k++] = arm == i && visit == j;
    for (size_t i = 0; d->baseline && i < v; i++)
        out[k++] = i == 0 || visit == i ? covariates[0] : 0;
    for (size_t i = 0; i < d->n_covariates; i++)
        out[k++] = covariates[1 + i];
}

static msp_status allocate(msp_mmrm_design *d, msp_error *err)
{
    d->p = d->n_visits * d->n_arms + (d->baseline ? d->n_visits : 0) + d->n_covariates;
    const bool fits = d->p < 65536 && d->n < SIZE_MAX / 16 / (d->p + 1);
    d->x = fits ? calloc(d->n * d->p + 1, sizeof *d->x) : NULL;
    d->mean = calloc(d->n_covariates + 1, sizeof *d->mean);
    if (d->x != NULL && d->mean != NULL)
        return MSP_OK;
    return msp_fail(err, MSP_EMEM, "no memory for a design of %zu rows and %zu columns", d->n,
                    d->p);
}

msp_status msp_mmrm_design_init(msp_mmrm_design *design, size_t n, const uint32_t *visit,
                                size_t n_visits, const uint32_t *arm, size_t n_arms,
                                const double *baseline, const double *const *covariate,
                                size_t n_covariates, msp_error *err)
{
    *design = (msp_mmrm_design){.n = n,
                                .n_visits = n_visits,
                                .n_arms = n_arms,
                                .n_covariates = n_covariates,
                                .baseline = baseline != NULL};
    double *values = calloc(n_covariates + 1, sizeof *values);
    msp_status rc = values != NULL ? allocate(design, err)
                                   : msp_fail(err, MSP_EMEM, "no memory for the covariates");
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        if (visit[i] >= n_visits || arm[i] >= n_arms) {
            rc = msp_fail_row(err, MSP_ERANGE, i, "visit %u, arm %u; expected below %zu and %zu",
                              visit[i], arm[i], n_visits, n_arms);
            break;
        }
        values[0] = baseline != NULL ? baseline[i] : 0;
        for (size_t k = 0; k < n_covariates; k++)
            values[1 + k] = covariate[k][i];
        for (size_t k = 0; k <= n_covariates; k++)
            design->mean[k] += values[k] / (double)n;
        fill(design, arm[i], visit[i], values, design->x + i * design->p);
    }
    free(values);
    if (rc != MSP_OK)
        msp_mmrm_design_free(design);
    return rc;
}

void msp_mmrm_design_free(msp_mmrm_design *design)
{
    free(design->x);
    free(design->mean);
    *design = (msp_mmrm_design){0};
}

void msp_mmrm_design_mean(const msp_mmrm_design *design, size_t arm, size_t visit, double *l)
{
    fill(design, arm, visit, design->mean, l);
}
