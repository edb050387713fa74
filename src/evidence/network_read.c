/*
 * network_read.c - what a fitted network says.
 *
 *   1. effects, prediction, P-scores
 *   2. direct against indirect
 *   3. Q by design
 */
#include <math.h>

#include "mspike/stats/dist.h"
#include "network_internal.h"

static const msp_network_estimate nothing = {(double)NAN, (double)NAN};

/* 1. Effects */

msp_network_estimate msp_network_effect(const msp_network *network, const msp_pool_fit *fit,
                                        size_t treat1, size_t treat2)
{
    const size_t p = fit->p;
    const double *cov = fit->cov;
    if (network->component[treat1] != network->component[treat2])
        return nothing;
    return (msp_network_estimate){
        fit->beta[treat1] - fit->beta[treat2],
        sqrt(cov[treat1 * p + treat1] + cov[treat2 * p + treat2] - 2 * cov[treat1 * p + treat2])};
}

msp_network_limits msp_network_predict(const msp_network *network, const msp_pool_fit *fit,
                                       size_t treat1, size_t treat2, double level)
{
    const msp_network_estimate e = msp_network_effect(network, fit, treat1, treat2);
    const double half =
        fit->df > 1 ? msp_dist_t_limit(level, (double)fit->df) * sqrt(e.se * e.se + fit->tau2)
                    : (double)NAN;
    return (msp_network_limits){e.te - half, e.te + half};
}

void msp_network_p_scores(const msp_network *network, const msp_pool_fit *fit, bool small_is_good,
                          double *score)
{
    for (size_t i = 0; i < network->n_treat; i++) {
        double sum = 0, others = 0;
        for (size_t j = 0; j < network->n_treat; j++) {
            if (i == j || network->component[i] != network->component[j])
                continue;
            const msp_network_estimate e = msp_network_effect(network, fit, i, j);
            sum += msp_dist_normal_upper((small_is_good ? e.te : -e.te) / e.se).p;
            others++;
        }
        score[i] = others > 0 ? sum / others : (double)NAN;
    }
}

/* 2. Direct against indirect */

static msp_network_estimate direct(const msp_network *network, double tau2, size_t treat1,
                                   size_t treat2, size_t *studies)
{
    double weight = 0, sum = 0;
    *studies = 0;
    for (size_t i = 0; i < network->n_contrast; i++) {
        const msp_network_contrast *c = &network->contrast[i];
        const bool same = c->treat1 == treat1 && c->treat2 == treat2;
        if (!same && !(c->treat1 == treat2 && c->treat2 == treat1))
            continue;
        const double w = 1 / (c->se * c->se + tau2);
        weight += w;
        sum += w * (same ? c->te : -c->te);
        ++*studies;
    }
    return *studies > 0 ? (msp_network_estimate){sum / weight, 1 / sqrt(weight)} : nothing;
}

static void compare(msp_network_split *s)
{
    s->difference = s->direct.te - s->indirect.te;
    s->se = hypot(s->direct.se, s->indirect.se);
    s->z = s->difference / s->se;
    s->p = msp_dist_normal_two_sided(s->z).p;
}

void msp_network_back_calculate(const msp_network *network, const msp_pool_fit *fit, size_t treat1,
                                size_t treat2, msp_network_split *out)
{
    const double all_direct = 1 - 1e-9; /* what rounding leaves of an indirect share */
    *out = (msp_network_split){.network = msp_network_effect(network, fit, treat1, treat2)};
    out->direct = direct(network, fit->tau2, treat1, treat2, &out->studies);
    const double ratio = out->network.se / out->direct.se;
    out->proportion = out->studies > 0 ? fmin(1, ratio * ratio) : 0;
    if (out->studies == 0)
        out->indirect = out->network;
    else if (out->proportion > all_direct)
        out->indirect = nothing;
    else
        out->indirect = (msp_network_estimate){
            (out->network.te - out->proportion * out->direct.te) / (1 - out->proportion),
            out->network.se / sqrt(1 - out->proportion)};
    compare(out);
}

/* The estimate from the studies with keep[]; nothing where they do not connect the two. */
static msp_status part_effect(const msp_network *network, const bool *keep, msp_tau_method method,
                              size_t treat1, size_t treat2, msp_network_estimate *out,
                              msp_error *err)
{
    msp_network part = {0};
    msp_pool_fit fit = {0};
    msp_status status = msp_network_select(network, keep, &part, err);
    if (status == MSP_OK)
        status = msp_pool_fit_init(&part.model, &fit, err);
    if (status == MSP_OK) {
        msp_pool_estimate(&part.model, method, &fit);
        *out = msp_network_effect(&part, &fit, treat1, treat2);
    }
    msp_pool_fit_free(&fit);
    msp_network_free(&part);
    return status;
}

msp_status msp_network_node_split(const msp_network *network, const msp_pool_fit *fit,
                                  msp_tau_method method, size_t treat1, size_t treat2,
                                  msp_network_split *out, msp_error *err)
{
    msp_arena memory = {0};
    bool *keep = msp_arena_array(&memory, network->n_study, sizeof *keep);
    if (keep == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu studies", network->n_study);
    msp_network_back_calculate(network, fit, treat1, treat2, out);
    bool any = false;
    for (size_t i = 0; i < network->n_contrast; i++) {
        const size_t s = network->contrast[i].study;
        const bool *arms = network->arms + s * network->n_treat;
        keep[s] = !(arms[treat1] && arms[treat2]);
        any = any || keep[s];
    }
    out->indirect = nothing;
    const msp_status status =
        any ? part_effect(network, keep, method, treat1, treat2, &out->indirect, err) : MSP_OK;
    msp_arena_free(&memory);
    compare(out);
    return status;
}

void msp_network_adjust(const msp_network *network, const msp_pool_fit *fit,
                        msp_network_adjusted *out)
{
    for (size_t i = 0; i < network->n_contrast; i++) {
        const msp_network_contrast *c = &network->contrast[i];
        double weights = 0, sum = 0;
        out[i].trials = 0;
        for (size_t k = 0; k < network->n_contrast; k++) {
            const msp_network_contrast *d = &network->contrast[k];
            const bool same = d->treat1 == c->treat1 && d->treat2 == c->treat2;
            const bool turned = d->treat1 == c->treat2 && d->treat2 == c->treat1;
            if (!same && !turned)
                continue;
            const double w = 1 / (d->se * d->se + fit->tau2);
            weights += w;
            sum += w * (same ? d->te : -d->te);
            out[i].trials++;
        }
        out[i].difference = c->te - sum / weights;
    }
}

/* 3. Q by design */

msp_heterogeneity msp__heterogeneity(double q, size_t df)
{
    const double p = df > 0 ? msp_dist_chisq_upper(fmax(q, 0), (double)df).p : (double)NAN;
    return (msp_heterogeneity){q, df, p};
}

/* Q of the studies whose design is `design` (or, with `others`, is not), at tau2; *slope as
 * msp__q_slope. No such study: all zero. */
static msp_status part_q(const msp_network *network, size_t design, bool others, double tau2,
                         bool *keep, msp_heterogeneity *out, double *slope, msp_error *err)
{
    msp_network part = {0};
    msp_pool_fit fit = {0};
    bool any = false;
    for (size_t i = 0; i < network->n_contrast; i++) {
        const size_t s = network->contrast[i].study;
        keep[s] = (network->design[s] == design) != others;
        any = any || keep[s];
    }
    *out = msp__heterogeneity(0, 0);
    *slope = 0;
    msp_status status = any ? msp_network_select(network, keep, &part, err) : MSP_OK;
    if (any && status == MSP_OK)
        status = msp_pool_fit_init(&part.model, &fit, err);
    if (any && status == MSP_OK) {
        msp_pool_solve(&part.model, tau2, &fit);
        *out = msp__heterogeneity(fit.q, fit.df);
        *slope = msp__q_slope(&part.model, &fit);
    }
    msp_pool_fit_free(&fit);
    msp_network_free(&part);
    return status;
}

typedef struct decomposition {
    const msp_network *network;
    msp_network_designs *out;
    msp_pool_fit fit;
    bool *keep;
} decomposition;

/* The sum over designs of their own Q at tau2. */
static msp_status within(decomposition *d, double tau2, msp_heterogeneity *each,
                         msp_heterogeneity *sum, double *slope, msp_error *err)
{
    double q = 0, all = 0;
    size_t df = 0;
    for (size_t i = 0; i < d->network->n_design; i++) {
        double own;
        const msp_status status = part_q(d->network, i, false, tau2, d->keep, &each[i], &own, err);
        if (status != MSP_OK)
            return status;
        q += each[i].q;
        df += each[i].df;
        all += own;
    }
    *sum = msp__heterogeneity(q, df);
    *slope = all;
    return MSP_OK;
}

static msp_heterogeneity less(msp_heterogeneity whole, msp_heterogeneity part)
{
    return msp__heterogeneity(fmax(0, whole.q - part.q), whole.df - part.df);
}

static msp_status detach(decomposition *d, size_t design, msp_error *err)
{
    msp_network_designs *out = d->out;
    msp_heterogeneity rest;
    double slope;
    const msp_status status = part_q(d->network, design, true, 0, d->keep, &rest, &slope, err);
    if (status != MSP_OK)
        return status;
    out->detached[design] = less(rest, less(out->within, out->design[design]));
    if (out->detached[design].df == out->between.df)
        out->detached[design].q = out->detached[design].p = (double)NAN;
    return MSP_OK;
}

static msp_status decompose(decomposition *d, msp_error *err)
{
    const msp_network *network = d->network;
    msp_network_designs *out = d->out;
    double slope;
    msp_pool_solve(&network->model, 0, &d->fit);
    out->total = msp__heterogeneity(d->fit.q, d->fit.df);
    msp_heterogeneity sum;
    /* `detached` is scratch here: it is filled below. */
    msp_status status = within(d, 0, out->detached, &out->within, &slope, err);
    if (status != MSP_OK)
        return status;
    const double excess = out->within.q - (double)out->within.df;
    out->tau2_within = out->within.df > 0 ? fmax(0, excess / slope) : (double)NAN;
    const double allowed = out->within.df > 0 ? out->tau2_within : 0;
    status = within(d, allowed, out->design, &sum, &slope, err);
    if (status != MSP_OK)
        return status;
    msp_pool_solve(&network->model, allowed, &d->fit);
    out->between_random = less(msp__heterogeneity(d->fit.q, d->fit.df), sum);
    out->between = less(out->total, out->within);
    for (size_t i = 0; i < network->n_design; i++)
        out->design[i] = out->detached[i];
    for (size_t i = 0; status == MSP_OK && i < network->n_design; i++)
        status = detach(d, i, err);
    return status;
}

msp_status msp_network_decompose(const msp_network *network, msp_network_designs *out,
                                 msp_error *err)
{
    *out = (msp_network_designs){0};
    decomposition d = {.network = network, .out = out};
    out->design = msp_arena_array(&out->memory, network->n_design, sizeof *out->design);
    out->detached = msp_arena_array(&out->memory, network->n_design, sizeof *out->detached);
    d.keep = msp_arena_array(&out->memory, network->n_study, sizeof *d.keep);
    if (out->design == NULL || out->detached == NULL || d.keep == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu designs", network->n_design);
    msp_status status = msp_pool_fit_init(&network->model, &d.fit, err);
    if (status == MSP_OK)
        status = decompose(&d, err);
    msp_pool_fit_free(&d.fit);
    return status;
}

void msp_network_designs_free(msp_network_designs *designs)
{
    msp_arena_free(&designs->memory);
    *designs = (msp_network_designs){0};
}
