/* pooled_bayes.c - the posterior of a network: of its contrasts, or of its arms' counts. */
#include <math.h>
#include <string.h>

#include "mspike/evidence/bayes_counts.h"
#include "pooled_internal.h"

/* One treatment to another as the posterior has it. */
static void put_posterior(const msp_bayes_effect *x, const msp_pooling *o, msp_pair *pair)
{
    pair->mean = x->effect.mean;
    pair->median = x->effect.median;
    pair->sd = x->effect.sd;
    pair->bayes_lower = x->effect.lower;
    pair->bayes_upper = x->effect.upper;
    pair->predictive_lower = x->new_trial.lower;
    pair->predictive_upper = x->new_trial.upper;
    pair->probability_better = o->higher_is_better ? 1 - x->below_0 : x->below_0;
}

static void put_tau(const msp_posterior *tau, size_t component, msp_pooled *out)
{
    out->tau_mean[component] = tau->mean;
    out->tau_median[component] = tau->median;
}

static msp_status add_contrasts(const msp_pooled_network *net, size_t component,
                                const msp_pooling *o, size_t from, msp_pooled *out, msp_error *err)
{
    msp_bayes bayes;
    const msp_status status =
        msp_bayes_fit(&net->net, o->prior, o->prior_scale, 0, o->level, &bayes, err);
    for (size_t a = 0; status == MSP_OK && a < net->net.n_treat; a++)
        for (size_t b = 0; b < net->net.n_treat; b++)
            if (a != b) {
                const msp_bayes_effect x = msp_bayes_compare(&bayes, a, b);
                put_posterior(&x, o, &out->pairs[from++]);
            }
    if (status == MSP_OK)
        put_tau(&bayes.tau, component, out);
    msp_bayes_free(&bayes);
    return status;
}

/* The other way round. */
static msp_bayes_effect turned(const msp_bayes_effect *x)
{
    return (msp_bayes_effect){.effect = {-x->effect.mean, x->effect.sd, -x->effect.upper,
                                         -x->effect.median, -x->effect.lower},
                              .below_0 = 1 - x->below_0,
                              .new_trial = {-x->new_trial.upper, -x->new_trial.lower}};
}

/* The arms of this network, by its numbers; row[] says which of the caller's. */
static size_t take_arms(const msp_pooled_network *net, const msp_pooling *o, const msp_pooled *p,
                        msp_network_arm *arm, size_t *row, const char **study, size_t *n_study)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n_arms; i++)
        for (size_t t = 0; t < net->net.n_treat; t++)
            if (strcmp(o->arms[i].treatment, p->treatments[net->treatment[t]]) == 0) {
                const size_t study_number = msp__number_of(o->arms[i].study, study, n_study);
                arm[n] = (msp_network_arm){.treat = t,
                                           .study = study_number,
                                           .n = o->arms[i].n,
                                           .events = o->arms[i].events};
                row[n++] = i;
            }
    return n;
}

static msp_status put_counts(const msp_bayes_counts *bayes, const msp_pooling *o, size_t from,
                             msp_pooled *out, msp_error *err)
{
    const size_t n = bayes->n_treat, others = n - 1;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) {
            /* pairs are ordered by a, then by b without a */
            msp_pair *there = &out->pairs[from + a * others + b - 1];
            msp_pair *back = &out->pairs[from + b * others + a];
            msp_bayes_effect x;
            const msp_status status =
                msp_bayes_counts_compare(bayes, a, b, &x, &there->mean_error, err);
            if (status != MSP_OK)
                return status;
            put_posterior(&x, o, there);
            x = turned(&x);
            put_posterior(&x, o, back);
            back->mean_error = there->mean_error;
        }
    return MSP_OK;
}

static msp_status add_counts(const msp_pooled_network *net, size_t component, const msp_pooling *o,
                             size_t from, msp_pooled *out, msp_error *err)
{
    msp_arena *arena = &out->arena;
    size_t n_study = 0;
    msp_network_arm *arm = msp_arena_array(arena, o->n_arms + 1, sizeof *arm);
    size_t *row = msp_arena_array(arena, o->n_arms + 1, sizeof *row);
    const char **study = msp_arena_array(arena, o->n_arms + 1, sizeof *study);
    if (arm == NULL || row == NULL || study == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while pooling");
    const size_t n = take_arms(net, o, out, arm, row, study, &n_study);
    msp_bayes_counts bayes;
    msp_status status =
        msp_bayes_counts_fit(arm, n, net->net.n_treat, n_study, o->prior, o->prior_scale, 0,
                             o->level, o->seed, o->points, &bayes, err);
    if (status != MSP_OK && err != NULL && err->row < n)
        err->row = row[err->row];
    if (status == MSP_OK)
        status = put_counts(&bayes, o, from, out, err);
    if (status == MSP_OK) {
        put_tau(&bayes.tau, component, out);
        out->effective[component] = bayes.effective;
    }
    msp_bayes_counts_free(&bayes);
    return status;
}

msp_status msp__pooled_add_bayes(const msp_pooled_network *net, size_t component,
                                 const msp_pooling *o, size_t from, msp_pooled *out, msp_error *err)
{
    const size_t pairs = net->net.n_treat * (net->net.n_treat - 1);
    const msp_status status = o->arms != NULL ? add_counts(net, component, o, from, out, err)
                                              : add_contrasts(net, component, o, from, out, err);
    for (size_t i = from; status == MSP_OK && i < from + pairs; i++) {
        const msp_pair *pair = &out->pairs[i];
        out->sucra[pair->treatment] += pair->probability_better / (double)(net->net.n_treat - 1);
    }
    return status;
}
