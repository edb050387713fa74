/* ipd.c - a network from patients: each trial on its own, or all in one model. */
#include "mspike/evidence/ipd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/stats/contrast.h"
#include "mspike/stats/cox.h"

msp_status msp_ipd_check(const msp_ipd *ipd, msp_error *err)
{
    if (ipd->n == 0 || ipd->n_study == 0 || ipd->n_treat == 0)
        return msp_fail(err, MSP_ENODATA, "there are no patients");
    if (ipd->n_treat > 1000 || ipd->n_study > 100000)
        return msp_fail(err, MSP_ERANGE, "%zu treatments in %zu studies; at most 1000 in 100000",
                        ipd->n_treat, ipd->n_study);
    for (size_t i = 0; i < ipd->n; i++) {
        if (!(ipd->time[i] > 0) || !isfinite(ipd->time[i]))
            return msp_fail_row(err, MSP_ERANGE, i, "time %g; expected a number above 0",
                                ipd->time[i]);
        if (ipd->event[i] > 1 || ipd->study[i] >= ipd->n_study || ipd->treat[i] >= ipd->n_treat)
            return msp_fail_row(err, MSP_ERANGE, i,
                                "event %d, study %zu, treatment %zu; expected 0 or 1, below %zu, "
                                "below %zu",
                                ipd->event[i], ipd->study[i], ipd->treat[i], ipd->n_study,
                                ipd->n_treat);
    }
    return MSP_OK;
}

/* -- one trial at a time -- */

/* The patients of one study, sorted; code: which of its arms, arm: its treatments. */
typedef struct trial {
    const msp_ipd *ipd;
    msp_order all, order;
    uint8_t *keep;
    uint32_t *code;
    size_t *arm, n_arm;
} trial;

static msp_status open_trials(const msp_ipd *ipd, trial *t, msp_error *err)
{
    *t = (trial){.ipd = ipd, .keep = calloc(ipd->n, 1)};
    t->code = calloc(ipd->n, sizeof *t->code);
    t->arm = calloc(ipd->n_treat, sizeof *t->arm);
    if (t->keep == NULL || t->code == NULL || t->arm == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu patients", ipd->n);
    const msp_follow_up data = {.n = ipd->n, .time = ipd->time, .event = ipd->event};
    return msp_order_init(&t->all, &data, err);
}

static void close_trials(trial *t)
{
    msp_order_free(&t->order);
    msp_order_free(&t->all);
    free(t->keep);
    free(t->code);
    free(t->arm);
}

/* The next study; its arms in ascending order of their numbers. */
static msp_status take_trial(trial *t, size_t study, msp_error *err)
{
    const msp_ipd *ipd = t->ipd;
    t->n_arm = 0;
    msp_order_free(&t->order);
    for (size_t treat = 0; treat < ipd->n_treat; treat++) {
        bool has = false;
        for (size_t i = 0; i < ipd->n; i++)
            if (ipd->study[i] == study && ipd->treat[i] == treat) {
                t->code[i] = (uint32_t)t->n_arm;
                has = true;
            }
        if (has)
            t->arm[t->n_arm++] = treat;
    }
    for (size_t i = 0; i < ipd->n; i++)
        t->keep[i] = ipd->study[i] == study;
    return t->n_arm > 1 ? msp_order_subset(&t->order, &t->all, t->keep, err) : MSP_OK;
}

/* What one study says of each arm against its first, and the covariance; false: nothing. */
typedef struct arms_said {
    double *mean, *cov; /* [n_arm], [n_arm * n_arm] */
    bool said;
} arms_said;

static msp_status hazard_of(const trial *t, double tau, arms_said *out, msp_error *err)
{
    (void)tau;
    const size_t k = t->n_arm;
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    msp_cox_column *column = calloc(k, sizeof *column);
    msp_cox cox = {0};
    if (column == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu arms", k);
    for (size_t a = 1; a < k; a++)
        column[a - 1] = (msp_cox_column){.code = t->code, .level = (uint32_t)a};
    const msp_status status = msp_cox_fit(&t->order, column, k - 1, NULL, 1, &options, &cox, err);
    out->said = status == MSP_OK && cox.state == MSP_COX_CONVERGED;
    for (size_t a = 1; out->said && a < k; a++) {
        out->mean[a] = cox.coefficients[a - 1].coef;
        for (size_t b = 1; b < k; b++)
            out->cov[a * k + b] = cox.variance[(a - 1) * (k - 1) + b - 1];
    }
    msp_cox_free(&cox);
    free(column);
    return status;
}

static msp_status means_of(const trial *t, double tau, arms_said *out, msp_error *err)
{
    const size_t k = t->n_arm;
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_km km = {0};
    const msp_status status = msp_km_fit(&t->order, t->code, k, &options, &km, err);
    out->said = status == MSP_OK;
    for (size_t a = 0; out->said && a < k; a++) {
        const msp_mean mean = msp_km_restricted_mean(&km.curves[a], tau);
        out->mean[a] = mean.estimate;
        out->cov[a * k + a] = mean.std_error * mean.std_error;
        if (!(out->cov[a * k + a] > 0))
            out->said = false;
    }
    msp_km_free(&km);
    return status;
}

static void add_contrasts(const trial *t, size_t study, const arms_said *s,
                          msp_network_contrast *out, size_t *n)
{
    const size_t k = t->n_arm;
    for (size_t a = 0; a < k; a++)
        for (size_t b = a + 1; b < k; b++)
            out[(*n)++] = (msp_network_contrast){
                .treat1 = t->arm[b],
                .treat2 = t->arm[a],
                .study = study,
                .te = s->mean[b] - s->mean[a],
                .se = sqrt(s->cov[a * k + a] + s->cov[b * k + b] - 2 * s->cov[a * k + b])};
}

typedef msp_status (*measure)(const trial *, double, arms_said *, msp_error *);

static msp_status each_trial(const msp_ipd *ipd, measure of, double tau, msp_network_contrast *out,
                             size_t *n, size_t *left_out, msp_error *err)
{
    trial t = {0};
    *n = *left_out = 0;
    msp_status status = msp_ipd_check(ipd, err);
    if (status != MSP_OK)
        return status;
    const size_t k = ipd->n_treat;
    arms_said said = {.mean = calloc(k, sizeof(double)), .cov = calloc(k * k, sizeof(double))};
    if (said.mean == NULL || said.cov == NULL)
        status = msp_fail(err, MSP_EMEM, "out of memory for %zu treatments", k);
    if (status == MSP_OK)
        status = open_trials(ipd, &t, err);
    for (size_t s = 0; status == MSP_OK && s < ipd->n_study; s++) {
        status = take_trial(&t, s, err);
        memset(said.mean, 0, k * sizeof(double));
        memset(said.cov, 0, k * k * sizeof(double));
        said.said = false;
        if (status == MSP_OK && t.n_arm > 1)
            status = of(&t, tau, &said, err);
        if (status == MSP_OK && said.said)
            add_contrasts(&t, s, &said, out, n);
        *left_out += status == MSP_OK && !said.said;
    }
    close_trials(&t);
    free(said.mean);
    free(said.cov);
    return status;
}

msp_status msp_ipd_hazard_ratios(const msp_ipd *ipd, msp_network_contrast *out, size_t *n,
                                 size_t *left_out, msp_error *err)
{
    return each_trial(ipd, hazard_of, 0, out, n, left_out, err);
}

msp_status msp_ipd_restricted_means(const msp_ipd *ipd, double tau, msp_network_contrast *out,
                                    size_t *n, size_t *left_out, msp_error *err)
{
    if (!(tau > 0) || !isfinite(tau))
        return msp_fail(err, MSP_ERANGE, "a mean up to %g; expected a time above 0", tau);
    return each_trial(ipd, means_of, tau, out, n, left_out, err);
}

/* -- all trials in one model -- */

void msp_ipd_connect(const msp_ipd *ipd, size_t *component, size_t *study)
{
    for (size_t t = 0; t < ipd->n_treat; t++)
        component[t] = t;
    for (size_t s = 0; s < ipd->n_study; s++)
        study[s] = ipd->n_treat;
    for (bool moved = true; moved;) { /* the least number spreads */
        moved = false;
        for (size_t i = 0; i < ipd->n; i++) {
            size_t *a = &study[ipd->study[i]], *b = &component[ipd->treat[i]];
            moved |= *a != *b;
            *a = *b = *a < *b ? *a : *b;
        }
    }
}

/* Columns are the treatments that are not the first of their component. */
static msp_status fit_all(const msp_ipd *ipd, uint32_t *code, uint32_t *stratum,
                          msp_cox_column *column, msp_ipd_fit *out, msp_error *err)
{
    const msp_follow_up data = {.n = ipd->n, .time = ipd->time, .event = ipd->event};
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    const size_t k = ipd->n_treat;
    msp_order order = {0};
    msp_cox cox = {0};
    size_t n = 0;
    for (size_t t = 0; t < k; t++)
        if (out->component[t] != t)
            column[n++] = (msp_cox_column){.code = code, .level = (uint32_t)t};
    for (size_t i = 0; i < ipd->n; i++) {
        code[i] = (uint32_t)ipd->treat[i];
        stratum[i] = (uint32_t)ipd->study[i];
    }
    msp_status status = msp_order_init(&order, &data, err);
    if (status == MSP_OK)
        status = msp_cox_fit(&order, column, n, stratum, ipd->n_study, &options, &cox, err);
    for (size_t a = 0; status == MSP_OK && a < n; a++) {
        const bool there = cox.coefficients[a].kind == MSP_COX_ESTIMATED;
        out->beta[column[a].level] = there ? cox.coefficients[a].coef : (double)NAN;
        for (size_t b = 0; b < n; b++)
            out->cov[column[a].level * k + column[b].level] = cox.variance[a * n + b];
    }
    if (status == MSP_OK) {
        out->n_events = cox.n_events;
        out->note = cox.note;
    }
    msp_cox_free(&cox);
    msp_order_free(&order);
    return status;
}

msp_status msp_ipd_one_stage(const msp_ipd *ipd, msp_ipd_fit *out, msp_error *err)
{
    *out = (msp_ipd_fit){.n_treat = ipd->n_treat};
    msp_status status = msp_ipd_check(ipd, err);
    if (status != MSP_OK)
        return status;
    const size_t k = ipd->n_treat;
    out->component = msp_arena_array(&out->memory, k, sizeof(size_t));
    size_t *study = msp_arena_array(&out->memory, ipd->n_study, sizeof *study);
    out->beta = msp_arena_array(&out->memory, k, sizeof(double));
    out->cov = msp_arena_array(&out->memory, k * k, sizeof(double));
    uint32_t *code = calloc(ipd->n, sizeof *code), *stratum = calloc(ipd->n, sizeof *stratum);
    msp_cox_column *column = calloc(k, sizeof *column);
    if (out->component == NULL || study == NULL || out->beta == NULL || out->cov == NULL ||
        code == NULL || stratum == NULL || column == NULL) {
        status = msp_fail(err, MSP_EMEM, "out of memory for %zu patients", ipd->n);
    } else {
        msp_ipd_connect(ipd, out->component, study);
        status = fit_all(ipd, code, stratum, column, out, err);
    }
    free(code);
    free(stratum);
    free(column);
    return status;
}

msp_network_estimate msp_ipd_compare(const msp_ipd_fit *fit, size_t treat1, size_t treat2)
{
    const size_t k = fit->n_treat;
    if (fit->component[treat1] != fit->component[treat2])
        return (msp_network_estimate){(double)NAN, (double)NAN};
    return (msp_network_estimate){fit->beta[treat1] - fit->beta[treat2],
                                  sqrt(fit->cov[treat1 * k + treat1] +
                                       fit->cov[treat2 * k + treat2] -
                                       2 * fit->cov[treat1 * k + treat2])};
}

void msp_ipd_fit_free(msp_ipd_fit *fit)
{
    msp_arena_free(&fit->memory);
    *fit = (msp_ipd_fit){0};
}
