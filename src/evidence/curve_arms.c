/* curve_arms.c - the first stage of a network of curves: every arm has its own. */
#include <stdlib.h>
#include <string.h>

#include "curve_stage.h"

/* A polynomial of J terms has a maximum where events lie in J different cells: its terms are a
 * Chebyshev system, and the events' mean is then within the hull of the curve. */
static bool has_curve(const msp_ipd *ipd, const msp_curve_model *m, double last)
{
    bool seen[MSP__CURVE_EDGES] = {0};
    double edge[MSP__CURVE_EDGES];
    size_t cells = 0;
    const size_t n = msp__curve_place_cells(m, last, edge);
    for (size_t i = 0; i < ipd->n; i++) {
        size_t k = 0;
        while (k + 1 < n && ipd->time[i] > edge[k + 1])
            k++;
        cells += ipd->event[i] && !seen[k];
        seen[k] |= ipd->event[i];
    }
    return cells >= (m->kind == MSP_CURVE_POLYNOMIAL ? m->n_terms : 1);
}

/* In how many intervals somebody was at risk. */
static size_t watched(const msp_ipd *ipd, const msp_curve_model *m)
{
    double longest = 0;
    size_t n = 1;
    for (size_t i = 0; i < ipd->n; i++)
        longest = ipd->time[i] > longest ? ipd->time[i] : longest;
    while (n < m->n_terms && longest > m->cut[n - 1])
        n++;
    return n;
}

/* False: it says nothing. */
static msp_status fit_arm(const msp_ipd *ipd, const msp_curve_model *model, double last,
                          msp__curve_arm *arm, bool *said, msp_curve_random *out, msp_error *err)
{
    const size_t n = model->n_terms;
    const bool pieces = model->kind == MSP_CURVE_PIECEWISE;
    msp_curve_fit f = {0};
    msp_status rc = MSP_OK;
    size_t has = 0;
    if (has_curve(ipd, model, last)) {
        rc = msp__curve_open(ipd, model, &f, err);
        f.last = last;
        if (rc == MSP_OK)
            rc = msp__curve_fit(ipd, &f, err);
        for (size_t j = 0; rc == MSP_OK && j < n; j++) {
            has += arm->has[j] = f.use[j];
            arm->y[j] = f.beta[j];
            for (size_t k = 0; k < n; k++)
                arm->v[j * n + k] = f.cov[j * f.p + k];
        }
    }
    msp_curve_fit_free(&f);
    *said = pieces ? has > 0 : has == n;
    out->n_silent += pieces ? watched(ipd, model) - has : 0;
    out->n_arm_out += !pieces && !*said;
    return rc;
}

/* The patients of one arm. */
static size_t gather(const msp_ipd *ipd, size_t study, size_t treat, double *time, uint8_t *event)
{
    size_t n = 0;
    for (size_t i = 0; i < ipd->n; i++)
        if (ipd->study[i] == study && ipd->treat[i] == treat) {
            time[n] = ipd->time[i];
            event[n++] = ipd->event[i];
        }
    return n;
}

msp_status msp__curve_arms(const msp_ipd *ipd, const msp_curve_model *model, double last,
                           msp_curve_random *out, msp__curve_arm **arm, size_t *n, msp_error *err)
{
    const size_t most = ipd->n_study * ipd->n_treat;
    double *time = calloc(ipd->n, sizeof *time);
    uint8_t *event = calloc(ipd->n, 1);
    size_t *zero = calloc(ipd->n, sizeof *zero);
    bool *there = calloc(most, sizeof *there);
    msp_status rc = MSP_OK;
    *n = 0;
    *arm = calloc(most < ipd->n ? most : ipd->n, sizeof **arm);
    if (time == NULL || event == NULL || zero == NULL || there == NULL || *arm == NULL)
        rc = msp_fail(err, MSP_EMEM, "out of memory for %zu patients", ipd->n);
    for (size_t i = 0; rc == MSP_OK && i < ipd->n; i++)
        there[ipd->study[i] * ipd->n_treat + ipd->treat[i]] = true;
    for (size_t a = 0; rc == MSP_OK && a < most; a++) {
        const size_t study = a / ipd->n_treat, treat = a % ipd->n_treat;
        bool said = false;
        if (!there[a])
            continue;
        const msp_ipd one = {gather(ipd, study, treat, time, event), 1, 1, time, event, zero, zero};
        (*arm)[*n] = (msp__curve_arm){.study = study, .treat = treat};
        rc = fit_arm(&one, model, last, &(*arm)[*n], &said, out, err);
        *n += said;
    }
    free(time);
    free(event);
    free(zero);
    free(there);
    return rc;
}
