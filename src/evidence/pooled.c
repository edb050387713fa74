/* pooled.c - each connected network pooled on its own (network.h), and its Bayesian counterpart.
 *
 *   1. treatments and networks     3. over the prior of tau
 *   2. one network                 4. the whole
 */
#include "mspike/evidence/pooled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/evidence/network.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"

/* Variance of the prior of each basic comparison: as good as none. */
#define PRIOR_VARIANCE 1e4
/* The prior of tau is integrated to this many of its scales, in so many panels of 16 nodes. */
#define PRIOR_SCALES   8.0
#define PRIOR_PANELS   12
#define NODES          (PRIOR_PANELS * MSP_LEGENDRE_NODES)
#define TREATMENTS_MAX 256
#define ARMS_MAX       4000

msp_pooling msp_pooling_default(void)
{
    return (msp_pooling){.prior_scale = 0.2, .level = 0.95};
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

/* One connected network, its treatments numbered from 0, which is the reference. */
typedef struct network {
    msp_network net;
    msp_pool_fit fit;  /* of the model asked for */
    size_t *treatment; /* of each number, in the whole */
    size_t m;          /* treatments but the reference */
} network;

static void free_network(network *net)
{
    msp_pool_fit_free(&net->fit);
    msp_network_free(&net->net);
}

/* A number for each name of a study, in the order of appearance. */
static size_t study_number(const msp_contrast_said *c, size_t i)
{
    size_t number = 0;
    for (size_t k = 0; k <= i; k++) {
        size_t first = 0;
        while (strcmp(c[first].study, c[k].study) != 0)
            first++;
        if (first == k && strcmp(c[k].study, c[i].study) == 0)
            return number;
        number += first == k;
    }
    return number;
}

/* An error names the row of the caller. */
static msp_status make_network(const msp_contrast_said *c, size_t n, size_t component,
                               msp_pooled *out, network *net, msp_error *err)
{
    size_t number[TREATMENTS_MAX] = {0}, treatments = 0, rows = 0, studies = 0;
    msp_network_contrast *contrast = msp_arena_array(&out->arena, n + 1, sizeof *contrast);
    size_t *row = msp_arena_array(&out->arena, n + 1, sizeof *row);
    msp_contrast_said *own = msp_arena_array(&out->arena, n + 1, sizeof *own);
    *net = (network){.treatment = msp_arena_array(&out->arena, out->n, sizeof(size_t))};
    if (contrast == NULL || row == NULL || own == NULL || net->treatment == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while pooling");
    net->treatment[treatments++] = out->reference[component];
    for (size_t t = 0; t < out->n; t++)
        if (out->component[t] == component && t != out->reference[component]) {
            net->treatment[treatments] = t;
            number[t] = treatments++;
        }
    net->m = treatments - 1;
    for (size_t i = 0; i < n; i++) {
        const size_t a = msp_pooled_index(out, c[i].first), b = msp_pooled_index(out, c[i].second);
        if (out->component[a] != component)
            continue;
        own[rows] = c[i];
        row[rows] = i;
        contrast[rows] = (msp_network_contrast){.treat1 = number[a],
                                                .treat2 = number[b],
                                                .study = study_number(own, rows),
                                                .te = c[i].estimate,
                                                .se = c[i].std_error};
        studies = contrast[rows].study + 1 > studies ? contrast[rows].study + 1 : studies;
        rows++;
    }
    const msp_status status =
        msp_network_build(contrast, rows, treatments, studies, &net->net, err);
    if (status != MSP_OK && err != NULL && err->row < rows)
        err->row = row[err->row];
    return status == MSP_OK ? msp_pool_fit_init(&net->net.model, &net->fit, err) : status;
}

static msp_status find_spread(network *net, const msp_pooling *o, msp_spread *out, msp_error *err)
{
    static const msp_tau_method methods[] = {MSP_TAU_DL, MSP_TAU_REML, MSP_TAU_ML, MSP_TAU_PM};
    msp_network_designs designs;
    const msp_status status = msp_network_decompose(&net->net, &designs, err);
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
        out->i2 = out->q > 0 ? fmax(0, (out->q - df) / out->q) : 0;
    }
    if (!o->random || !(df > 0))
        msp_pool_solve(&net->net.model, 0, &net->fit);
    return MSP_OK;
}

/* -- 3. over the prior of tau -- */

typedef struct posterior {
    double tau[NODES], weight[NODES];    /* weights add up to 1 */
    double mean[NODES], variance[NODES]; /* of one pair */
    double add;                          /* 1: tau2 is added, for a new trial */
} posterior;

static double below(double x, const void *context)
{
    const posterior *p = context;
    double sum = 0;
    for (size_t k = 0; k < NODES; k++)
        sum += p->weight[k] *
               msp_dist_normal_lower((x - p->mean[k]) /
                                     sqrt(p->variance[k] + p->add * p->tau[k] * p->tau[k]))
                   .p;
    return sum;
}

typedef struct wanted {
    const posterior *p;
    double probability;
} wanted;

static double off(double x, const void *context)
{
    const wanted *w = context;
    return below(x, w->p) - w->probability;
}

static double quantile(posterior *p, double probability, double add, double mean, double sd)
{
    const wanted w = {p, probability};
    p->add = add;
    return msp_root(off, &w, mean - 40 * (sd + 1), mean + 40 * (sd + 1));
}

static void place_nodes(double scale, posterior *p)
{
    const double width = PRIOR_SCALES * scale / PRIOR_PANELS;
    for (size_t k = 0; k < NODES; k++) {
        const size_t panel = k / MSP_LEGENDRE_NODES, i = k % MSP_LEGENDRE_NODES;
        const double *node = msp_legendre[i / 2];
        const double x = i % 2 == 0 ? -node[0] : node[0];
        p->tau[k] = width * ((double)panel + (1 + x) / 2);
        p->weight[k] = node[1] * exp(-0.5 * p->tau[k] * p->tau[k] / (scale * scale));
    }
}

/* The network at one tau, with the prior of the comparisons with the reference, whose own column of
 * the model, the first, is not used. */
typedef struct level {
    const msp_pool_model *model;
    size_t m;                    /* treatments but the reference */
    double *effect, *covariance; /* m, and m x m */
    double *work, *v;            /* m x m, and m */
    double log_likelihood;
} level;

/* Inverts the positive definite m x m `a` into `out`; returns the logarithm of its determinant. */
static double invert(double *a, double *out, size_t m)
{
    double log_determinant = 0;
    for (size_t i = 0; i < m * m; i++)
        out[i] = i % (m + 1) == 0 ? 1 : 0;
    for (size_t k = 0; k < m; k++) {
        const double pivot = a[k * m + k];
        log_determinant += log(pivot);
        for (size_t j = 0; j < m; j++) {
            a[k * m + j] /= pivot;
            out[k * m + j] /= pivot;
        }
        for (size_t i = 0; i < m; i++) {
            const double f = a[i * m + k];
            for (size_t j = 0; i != k && f != 0 && j < m; j++) {
                a[i * m + j] -= f * a[k * m + j];
                out[i * m + j] -= f * out[k * m + j];
            }
        }
    }
    return log_determinant;
}

/* Adds row i of the model with weight w. */
static void add_row(const msp_pool_model *model, size_t i, double w, level *l)
{
    const double *x = model->x + i * model->p + 1;
    for (size_t a = 0; a < l->m; a++) {
        if (x[a] == 0)
            continue;
        l->v[a] += w * x[a] * model->y[i];
        for (size_t b = 0; b < l->m; b++)
            l->work[a * l->m + b] += w * x[a] * x[b];
    }
}

static double residual(const level *l, size_t i)
{
    const double *x = l->model->x + i * l->model->p + 1;
    double r = l->model->y[i];
    for (size_t a = 0; a < l->m; a++)
        r -= x[a] * l->effect[a];
    return r;
}

static void fit_level(level *l, double tau2)
{
    const msp_pool_model *model = l->model;
    const size_t m = l->m;
    double log_weights = 0, misfit = 0;
    memset(l->work, 0, m * m * sizeof *l->work);
    memset(l->v, 0, m * sizeof *l->v);
    for (size_t a = 0; a < m; a++)
        l->work[a * m + a] = 1 / PRIOR_VARIANCE;
    for (size_t i = 0; i < model->n; i++) {
        add_row(model, i, 1 / (model->v[i] + tau2), l);
        log_weights -= log(model->v[i] + tau2);
    }
    const double log_determinant = invert(l->work, l->covariance, m);
    for (size_t a = 0; a < m; a++) {
        l->effect[a] = 0;
        for (size_t b = 0; b < m; b++)
            l->effect[a] += l->covariance[a * m + b] * l->v[b];
        misfit += l->effect[a] * l->effect[a] / PRIOR_VARIANCE;
    }
    for (size_t i = 0; i < model->n; i++)
        misfit += residual(l, i) * residual(l, i) / (model->v[i] + tau2);
    l->log_likelihood = 0.5 * (log_weights - log_determinant - misfit);
}

static double between(const level *l, size_t a, size_t b)
{
    return (a > 0 ? l->effect[a - 1] : 0) - (b > 0 ? l->effect[b - 1] : 0);
}

static double variance_between(const level *l, size_t a, size_t b)
{
    const size_t m = l->m;
    const double x = a > 0 ? l->covariance[(a - 1) * m + a - 1] : 0;
    const double y = b > 0 ? l->covariance[(b - 1) * m + b - 1] : 0;
    return x + y - (a > 0 && b > 0 ? 2 * l->covariance[(a - 1) * m + b - 1] : 0);
}

/* Density of tau up to a constant, exp(-most) of it. */
typedef struct density {
    level *l;
    double scale, most, total, wanted;
} density;

static double density_at(double tau, const void *context)
{
    const density *d = context;
    fit_level(d->l, tau * tau);
    return exp(d->l->log_likelihood - d->most - 0.5 * tau * tau / (d->scale * d->scale));
}

static double mass_below(double tau, const void *context)
{
    const density *d = context;
    return tau > 0 ? msp_integrate(density_at, d, 0, tau, PRIOR_PANELS) / d->total - d->wanted
                   : -d->wanted;
}

/* What is kept of the fit at each node. */
typedef struct kept {
    double *effect, *inverse; /* NODES times m, and m x m */
} kept;

static void fit_nodes(posterior *p, const kept *k, density *d)
{
    level *l = d->l;
    const size_t m = l->m;
    double sum = 0;
    d->most = -HUGE_VAL;
    for (size_t i = 0; i < NODES; i++) {
        fit_level(l, p->tau[i] * p->tau[i]);
        memcpy(k->effect + i * m, l->effect, m * sizeof(double));
        memcpy(k->inverse + i * m * m, l->covariance, m * m * sizeof(double));
        p->mean[i] = l->log_likelihood;
        d->most = fmax(d->most, l->log_likelihood);
    }
    for (size_t i = 0; i < NODES; i++) {
        p->weight[i] *= exp(p->mean[i] - d->most);
        sum += p->weight[i];
    }
    for (size_t i = 0; i < NODES; i++)
        p->weight[i] /= sum;
}

static void take_node(level *l, const kept *k, size_t node)
{
    const size_t m = l->m;
    memcpy(l->effect, k->effect + node * m, m * sizeof(double));
    memcpy(l->covariance, k->inverse + node * m * m, m * m * sizeof(double));
}

static void bayes_of_pair(level *l, posterior *p, const kept *k, size_t a, size_t b,
                          const msp_pooling *o, msp_pair *pair)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < NODES; i++) {
        take_node(l, k, i);
        p->mean[i] = between(l, a, b);
        p->variance[i] = variance_between(l, a, b);
        mean += p->weight[i] * p->mean[i];
        square += p->weight[i] * (p->variance[i] + p->mean[i] * p->mean[i]);
    }
    const double sd = sqrt(square - mean * mean), tail = (1 - o->level) / 2;
    pair->mean = mean;
    pair->sd = sd;
    pair->median = quantile(p, 0.5, 0, mean, sd);
    pair->bayes_lower = quantile(p, tail, 0, mean, sd);
    pair->bayes_upper = quantile(p, 1 - tail, 0, mean, sd);
    pair->predictive_lower = quantile(p, tail, 1, mean, sd);
    pair->predictive_upper = quantile(p, 1 - tail, 1, mean, sd);
    p->add = 0;
    const double less = below(0, p);
    pair->probability_better = o->higher_is_better ? 1 - less : less;
}

/* -- 4. the whole -- */

/* The number of a name among those before it, or a new one. */
static size_t number_of(const char *name, const char **names, size_t *n)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    names[*n] = name;
    return (*n)++;
}

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
        arm[i] = (msp_network_arm){.treat = number_of(arms[i].treatment, treatment, &treatments),
                                   .study = number_of(arms[i].study, study, &studies),
                                   .n = arms[i].n,
                                   .events = arms[i].events};
    const msp_status status =
        msp_network_from_arms(arm, n, measure, contrast, n_out, left_out, err);
    for (size_t i = 0; status == MSP_OK && i < *n_out; i++)
        (*out)[i] =
            (msp_contrast_said){study[contrast[i].study], treatment[contrast[i].treat1],
                                treatment[contrast[i].treat2], contrast[i].te, contrast[i].se};
    return status;
}

static void put_pair(const network *net, size_t a, size_t b, const msp_pooling *o, msp_pooled *out)
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
    msp_network_back_calculate(&net->net, &net->fit, a, b, &split);
    pair->direct = split.direct.te;
    pair->indirect = split.indirect.te;
    pair->proportion_direct = split.proportion;
}

static void add_bayes(const network *net, size_t component, const msp_pooling *o, size_t from,
                      level *l, posterior *p, const kept *k, msp_pooled *out)
{
    const double most = PRIOR_SCALES * o->prior_scale;
    density d = {.l = l, .scale = o->prior_scale};
    l->model = &net->net.model;
    l->m = net->m;
    place_nodes(o->prior_scale, p);
    fit_nodes(p, k, &d);
    for (size_t a = 0; a <= net->m; a++)
        for (size_t b = 0; b <= net->m; b++)
            if (a != b) {
                msp_pair *pair = &out->pairs[from++];
                bayes_of_pair(l, p, k, a, b, o, pair);
                out->sucra[pair->treatment] += pair->probability_better / (double)net->m;
            }
    out->tau_mean[component] = 0;
    for (size_t i = 0; i < NODES; i++)
        out->tau_mean[component] += p->weight[i] * p->tau[i];
    d.total = msp_integrate(density_at, &d, 0, most, PRIOR_PANELS);
    d.wanted = 0.5;
    out->tau_median[component] = msp_root(mass_below, &d, 0, most);
}

/* What one network after the other uses. */
typedef struct room {
    posterior *p;
    kept k;
    level l;
    double *score;
} room;

static msp_status pool_network(network *net, size_t component, const msp_pooling *o, room *r,
                               msp_pooled *out, msp_error *err)
{
    const msp_status status = find_spread(net, o, &out->spread[component], err);
    if (status != MSP_OK)
        return status;
    const size_t from = out->n_pairs;
    for (size_t a = 0; a <= net->m; a++)
        for (size_t b = 0; b <= net->m; b++)
            if (a != b)
                put_pair(net, a, b, o, out);
    msp_network_p_scores(&net->net, &net->fit, !o->higher_is_better, r->score);
    for (size_t a = 0; a <= net->m; a++)
        out->p_score[net->treatment[a]] = r->score[a];
    if (o->bayes)
        add_bayes(net, component, o, from, &r->l, r->p, &r->k, out);
    return MSP_OK;
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

static bool make_room(const msp_pooling *o, msp_pooled *out, room *r)
{
    msp_arena *a = &out->arena;
    const size_t m = out->n + 1, size = sizeof(double);
    out->p_score = msp_arena_array(a, m, size);
    out->sucra = msp_arena_array(a, m, size);
    out->tau_mean = msp_arena_array(a, m, size);
    out->tau_median = msp_arena_array(a, m, size);
    out->spread = msp_arena_array(a, m, sizeof *out->spread);
    out->pairs = msp_arena_array(a, m * m, sizeof *out->pairs);
    r->p = msp_arena_alloc(a, sizeof *r->p);
    r->score = msp_arena_array(a, m, size);
    r->k = (kept){msp_arena_array(a, m * NODES, size), msp_arena_array(a, m * m * NODES, size)};
    r->l = (level){.effect = msp_arena_array(a, m, size),
                   .covariance = msp_arena_array(a, m * m, size),
                   .work = msp_arena_array(a, m * m, size),
                   .v = msp_arena_array(a, m, size)};
    if (out->p_score == NULL || out->sucra == NULL || out->tau_mean == NULL ||
        out->tau_median == NULL || out->spread == NULL || out->pairs == NULL || r->p == NULL ||
        r->score == NULL || r->k.effect == NULL || r->k.inverse == NULL || r->l.effect == NULL ||
        r->l.covariance == NULL || r->l.work == NULL || r->l.v == NULL)
        return false;
    for (size_t t = 0; t < out->n; t++) {
        out->sucra[t] = o->bayes ? 0 : (double)NAN;
        out->tau_mean[t] = out->tau_median[t] = (double)NAN;
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
    room r = {0};
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
    if (status == MSP_OK) {
        find_components(c, n, out);
        find_references(c, n, o->reference, out);
        if (!make_room(o, out, &r))
            status = msp_fail(err, MSP_EMEM, "out of memory while pooling");
    }
    for (size_t i = 0; status == MSP_OK && i < out->n_components; i++) {
        network net;
        status = make_network(c, n, i, out, &net, err);
        if (status == MSP_OK)
            status = pool_network(&net, i, o, &r, out, err);
        out->n_studies += net.net.n_study;
        free_network(&net);
    }
    if (status != MSP_OK) {
        msp_pooled_free(out);
        return status;
    }
    add_totals(out);
    return MSP_OK;
}
