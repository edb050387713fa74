/* pooled.c - each connected network pooled on its own (network.h), and its Bayesian counterpart.
 *
 *   1. treatments and networks     2. one network     3. the whole
 */
#include "mspike/evidence/pooled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "pooled_internal.h"

#define TREATMENTS_MAX 256
#define ARMS_MAX       4000

msp_pooling msp_pooling_default(void)
{
    return (msp_pooling){.prior_scale = 0.2, .level = 0.95, .seed = 1, .points = 256};
}

size_t msp_pooled_index(const msp_pooled *p, const char *treatment)
{
    for (size_t i = 0; treatment != NULL && i < p->n; i++)
        if (strcmp(p->treatments[i], treatment) == 0)
            return i;
    return p->n;
}

const msp_pair *msp_pooled_find(const msp_pooled *p, const char *treatment, const char *comparator)
{
    const size_t a = msp_pooled_index(p, treatment), b = msp_pooled_index(p, comparator);
    for (size_t i = 0; i < p->n_pairs; i++)
        if (p->pairs[i].treatment == a && p->pairs[i].comparator == b)
            return &p->pairs[i];
    return NULL;
}

void msp_pooled_free(msp_pooled *pooled)
{
    for (size_t c = 0; pooled->networks != NULL && c < pooled->n_components; c++) {
        msp_pool_fit_free(&pooled->networks[c].fit);
        msp_network_free(&pooled->networks[c].net);
    }
    msp_arena_free(&pooled->arena);
    *pooled = (msp_pooled){0};
}

/* -- 1. treatments and networks -- */

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static void find_treatments(const msp_contrast_said *c, size_t n, msp_pooled *out)
{
    for (size_t i = 0; i < 2 * n; i++) {
        const char *name = i % 2 == 0 ? c[i / 2].first : c[i / 2].second;
        if (msp_pooled_index(out, name) == out->n)
            out->treatments[out->n++] = name;
    }
    qsort(out->treatments, out->n, sizeof *out->treatments, by_name);
}

/* The smaller number spreads until nothing changes; then the numbers are made consecutive. */
static void find_components(const msp_contrast_said *c, size_t n, msp_pooled *out)
{
    bool moved = true;
    for (size_t t = 0; t < out->n; t++)
        out->component[t] = t;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < n; i++) {
            size_t *a = &out->component[msp_pooled_index(out, c[i].first)];
            size_t *b = &out->component[msp_pooled_index(out, c[i].second)];
            moved |= *a != *b;
            *a = *b = *a < *b ? *a : *b;
        }
    }
    for (size_t t = 0; t < out->n; t++) /* ascending, for a component has its smallest index */
        out->component[t] =
            out->component[t] == t ? out->n_components++ : out->component[out->component[t]];
}

static void find_references(const msp_contrast_said *c, size_t n, const char *wanted,
                            msp_pooled *out)
{
    for (size_t k = 0; k < out->n_components; k++) {
        size_t most = 0;
        for (size_t t = 0; t < out->n; t++) {
            const char *name = out->treatments[t];
            size_t score = 0; /* comparisons first, then how often it was the control */
            for (size_t i = 0; i < n; i++) {
                score += strcmp(c[i].first, name) == 0 ? n + 1 : 0;
                score += strcmp(c[i].second, name) == 0 ? n + 2 : 0;
            }
            if (wanted != NULL && strcmp(name, wanted) == 0)
                score = SIZE_MAX;
            if (out->component[t] == k && score > most) {
                out->reference[k] = t;
                most = score;
            }
        }
    }
}

/* -- 2. one network -- */

size_t msp__number_of(const char *name, const char **names, size_t *n)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    names[*n] = name;
    return (*n)++;
}

/* An error names the row of the caller, and its study. */
static msp_status name_row(msp_status status, const msp_contrast_said *c, const size_t *row,
                           size_t n, msp_error *err)
{
    if (status == MSP_OK || err == NULL || err->row >= n)
        return status;
    const msp_error first = *err;
    return msp_fail_row(err, status, row[first.row], "study \"%s\": %s", c[row[first.row]].study,
                        first.text);
}

static msp_status make_network(const msp_contrast_said *c, size_t n, size_t component,
                               msp_pooled *out, msp_pooled_network *net, msp_error *err)
{
    size_t number[TREATMENTS_MAX] = {0}, treatments = 0, rows = 0, studies = 0;
    msp_network_contrast *contrast = msp_arena_array(&out->arena, n + 1, sizeof *contrast);
    size_t *row = msp_arena_array(&out->arena, n + 1, sizeof *row);
    net->treatment = msp_arena_array(&out->arena, out->n, sizeof *net->treatment);
    net->study = msp_arena_array(&out->arena, n + 1, sizeof *net->study);
    if (contrast == NULL || row == NULL || net->treatment == NULL || net->study == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while pooling");
    net->treatment[treatments++] = out->reference[component];
    for (size_t t = 0; t < out->n; t++)
        if (out->component[t] == component && t != out->reference[component]) {
            net->treatment[treatments] = t;
            number[t] = treatments++;
        }
    for (size_t i = 0; i < n; i++) {
        const size_t a = msp_pooled_index(out, c[i].first), b = msp_pooled_index(out, c[i].second);
        if (out->component[a] != component)
            continue;
        row[rows] = i;
        contrast[rows++] =
            (msp_network_contrast){.treat1 = number[a],
                                   .treat2 = number[b],
                                   .study = msp__number_of(c[i].study, net->study, &studies),
                                   .te = c[i].estimate,
                                   .se = c[i].std_error};
    }
    const msp_status status =
        msp_network_build(contrast, rows, treatments, studies, &net->net, err);
    return status == MSP_OK ? msp_pool_fit_init(&net->net.model, &net->fit, err)
                            : name_row(status, c, row, rows, err);
}

static msp_status find_spread(msp_pooled_network *net, const msp_pooling *o, msp_spread *out,
                              msp_error *err)
{
    static const msp_tau_method methods[] = {MSP_TAU_DL, MSP_TAU_REML, MSP_TAU_ML,
                                             MSP_TAU_PM, MSP_TAU_REML, MSP_TAU_ML};
    msp_network_designs designs;
    net->method = o->random ? methods[o->tau] : MSP_TAU_COMMON;
    const bool apart = o->tau == MSP_POOLING_REML || o->tau == MSP_POOLING_ML;
    msp_status status = msp_network_decompose(&net->net, &designs, err);
    if (status != MSP_OK)
        return status;
    const double df = (double)designs.total.df;
    *out = (msp_spread){.q = designs.total.q, .df = df, .p = designs.total.p};
    out->q_heterogeneity = designs.within.q;
    out->q_inconsistency = designs.between.q;
    out->tau2 = out->i2 = (double)NAN;
    msp_network_designs_free(&designs);
    if (df > 0) {
        msp_pool_estimate(&net->net.model, methods[o->tau], &net->fit);
        out->tau2 = net->fit.tau2;
        if (apart) {
            status = msp_network_tau2_apart(&net->net, methods[o->tau], 0, &out->tau2, err);
            msp_pool_solve(&net->net.model, status == MSP_OK ? out->tau2 : 0, &net->fit);
        }
        out->i2 = out->q > 0 ? fmax(0, (out->q - df) / out->q) : 0;
    }
    if (!o->random || !(df > 0))
        msp_pool_solve(&net->net.model, 0, &net->fit);
    return status;
}

/* -- 3. the whole -- */

msp_status msp_contrasts_from_arms(const msp_arm_said *arms, size_t n, msp_measure measure,
                                   msp_arena *arena, msp_contrast_said **out, size_t *n_out,
                                   size_t *left_out, msp_error *err)
{
    const size_t most = n > 1 ? n * (n - 1) / 2 : 1;
    size_t treatments = 0, studies = 0;
    if (measure != MSP_MEASURE_OR && measure != MSP_MEASURE_RR && measure != MSP_MEASURE_RD)
        return msp_fail(err, MSP_EUNSUPPORTED, "counts give OR, RR or RD, not %s",
                        msp_measure_name(measure));
    if (n > ARMS_MAX)
        return msp_fail(err, MSP_ERANGE, "more than %d arms", ARMS_MAX);
    const char **treatment = msp_arena_array(arena, n + 1, sizeof *treatment);
    const char **study = msp_arena_array(arena, n + 1, sizeof *study);
    msp_network_arm *arm = msp_arena_array(arena, n + 1, sizeof *arm);
    msp_network_contrast *contrast = msp_arena_array(arena, most, sizeof *contrast);
    *out = msp_arena_array(arena, most, sizeof **out);
    if (treatment == NULL || study == NULL || arm == NULL || contrast == NULL || *out == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while reading arms");
    for (size_t i = 0; i < n; i++)
        arm[i] =
            (msp_network_arm){.treat = msp__number_of(arms[i].treatment, treatment, &treatments),
                              .study = msp__number_of(arms[i].study, study, &studies),
                              .n = arms[i].n,
                              .events = arms[i].events};
    const msp_status status =
        msp_network_from_arms(arm, n, measure, contrast, n_out, left_out, err);
    for (size_t i = 0; status == MSP_OK && i < *n_out; i++)
        (*out)[i] = (msp_contrast_said){study[contrast[i].study],
                                        treatment[contrast[i].treat1],
                                        treatment[contrast[i].treat2],
                                        contrast[i].te,
                                        contrast[i].se,
                                        0};
    return status;
}

static void put_pair(const msp_pooled_network *net, size_t a, size_t b, const msp_pooling *o,
                     msp_pooled *out)
{
    const double z = msp_dist_normal_limit(o->level), none = (double)NAN;
    const msp_network_estimate x = msp_network_effect(&net->net, &net->fit, a, b);
    msp_network_split split;
    msp_pair *pair = &out->pairs[out->n_pairs++];
    *pair = (msp_pair){.treatment = net->treatment[a], .comparator = net->treatment[b]};
    pair->estimate = x.te;
    pair->std_error = x.se;
    pair->lower = x.te - z * x.se;
    pair->upper = x.te + z * x.se;
    pair->p = msp_dist_normal_two_sided(x.te / x.se).p;
    pair->mean = pair->median = pair->sd = pair->bayes_lower = pair->bayes_upper = none;
    pair->predictive_lower = pair->predictive_upper = pair->probability_better = none;
    pair->mean_error = none;
    const msp_network_limits new_trial = msp_network_predict(&net->net, &net->fit, a, b, o->level);
    pair->new_trial_lower = o->random ? new_trial.lower : none;
    pair->new_trial_upper = o->random ? new_trial.upper : none;
    msp_network_back_calculate(&net->net, &net->fit, a, b, &split);
    pair->direct = split.direct.te;
    pair->indirect = split.indirect.te;
    pair->proportion_direct = split.proportion;
}

static msp_status pool_network(msp_pooled_network *net, size_t component, const msp_pooling *o,
                               msp_pooled *out, msp_error *err)
{
    double score[TREATMENTS_MAX];
    const msp_status status = find_spread(net, o, &out->spread[component], err);
    if (status != MSP_OK)
        return status;
    const size_t from = out->n_pairs;
    for (size_t a = 0; a < net->net.n_treat; a++)
        for (size_t b = 0; b < net->net.n_treat; b++)
            if (a != b)
                put_pair(net, a, b, o, out);
    msp_network_p_scores(&net->net, &net->fit, !o->higher_is_better, score);
    for (size_t a = 0; a < net->net.n_treat; a++)
        out->p_score[net->treatment[a]] = score[a];
    return o->bayes ? msp__pooled_add_bayes(net, component, o, from, out, err) : MSP_OK;
}

static msp_status check(const msp_contrast_said *c, size_t n, msp_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!(c[i].std_error > 0) || !isfinite(c[i].std_error) || !isfinite(c[i].estimate))
            return msp_fail_row(err, MSP_ERANGE, i,
                                "%s: an estimate with a standard error above 0 is needed",
                                c[i].study);
        if (strcmp(c[i].first, c[i].second) == 0)
            return msp_fail_row(err, MSP_ERANGE, i, "%s compares \"%s\" with itself", c[i].study,
                                c[i].first);
    }
    return MSP_OK;
}

static bool make_room(const msp_pooling *o, msp_pooled *out)
{
    msp_arena *a = &out->arena;
    const size_t m = out->n + 1, size = sizeof(double);
    out->p_score = msp_arena_array(a, m, size);
    out->sucra = msp_arena_array(a, m, size);
    out->tau_mean = msp_arena_array(a, m, size);
    out->tau_median = msp_arena_array(a, m, size);
    out->effective = msp_arena_array(a, m, size);
    out->spread = msp_arena_array(a, m, sizeof *out->spread);
    out->networks = msp_arena_array(a, m, sizeof *out->networks);
    out->pairs = msp_arena_array(a, m * m, sizeof *out->pairs);
    if (out->p_score == NULL || out->sucra == NULL || out->tau_mean == NULL ||
        out->tau_median == NULL || out->effective == NULL || out->spread == NULL ||
        out->networks == NULL || out->pairs == NULL)
        return false;
    for (size_t t = 0; t < out->n; t++) {
        out->sucra[t] = o->bayes ? 0 : (double)NAN;
        out->tau_mean[t] = out->tau_median[t] = out->effective[t] = (double)NAN;
    }
    return true;
}

static void add_totals(msp_pooled *out)
{
    msp_spread *all = &out->total;
    *all = (msp_spread){.tau2 = (double)NAN, .i2 = (double)NAN, .p = (double)NAN};
    if (out->n_components == 1)
        *all = out->spread[0];
    for (size_t c = 0; out->n_components > 1 && c < out->n_components; c++) {
        all->q += out->spread[c].q;
        all->df += out->spread[c].df;
        all->q_heterogeneity += out->spread[c].q_heterogeneity;
        all->q_inconsistency += out->spread[c].q_inconsistency;
    }
    if (all->df > 0)
        all->p = msp_dist_chisq_upper(all->q, all->df).p;
}

msp_status msp_pooled_make(const msp_contrast_said *c, size_t n, const msp_pooling *o,
                           msp_pooled *out, msp_error *err)
{
    *out = (msp_pooled){0};
    msp_status status = check(c, n, err);
    if (status != MSP_OK)
        return status;
    out->treatments = msp_arena_array(&out->arena, 2 * n + 1, sizeof *out->treatments);
    out->component = msp_arena_array(&out->arena, 2 * n + 1, sizeof *out->component);
    out->reference = msp_arena_array(&out->arena, n + 1, sizeof *out->reference);
    if (out->treatments == NULL || out->component == NULL || out->reference == NULL) {
        status = msp_fail(err, MSP_EMEM, "out of memory while pooling");
    } else {
        find_treatments(c, n, out);
        if (out->n > TREATMENTS_MAX)
            status = msp_fail(err, MSP_ERANGE, "more than %d treatments", TREATMENTS_MAX);
    }
    if (status == MSP_OK)
        status = msp__pooled_check_sums(c, n, &out->arena, err);
    if (status == MSP_OK) {
        find_components(c, n, out);
        find_references(c, n, o->reference, out);
        if (!make_room(o, out))
            status = msp_fail(err, MSP_EMEM, "out of memory while pooling");
    }
    for (size_t i = 0; status == MSP_OK && i < out->n_components; i++) {
        msp_pooled_network *net = &out->networks[i];
        status = make_network(c, n, i, out, net, err);
        if (status == MSP_OK)
            status = pool_network(net, i, o, out, err);
        out->n_studies += net->net.n_study;
    }
    if (status != MSP_OK) {
        msp_pooled_free(out);
        return status;
    }
    add_totals(out);
    return MSP_OK;
}
