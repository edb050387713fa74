/* pooled.c - weighted least squares in each connected network, and its Bayesian counterpart.
 *
 *   1. treatments and networks     3. heterogeneity, ranks
 *   2. one network at one tau      4. over the prior of tau
 */
#include "mspike/evidence/pooled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"

/* Variance of the prior of each basic comparison: as good as none. */
#define PRIOR_VARIANCE 1e4
/* The prior of tau is integrated to this many of its scales, in so many panels of 16 nodes. */
#define PRIOR_SCALES   8.0
#define PRIOR_PANELS   12
#define NODES          (PRIOR_PANELS * MSP_LEGENDRE_NODES)
#define TREATMENTS_MAX 256

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

/* -- 2. one network at one tau -- */

/* One connected network: contrasts between treatments numbered 0 .. m, of which 0 is the reference,
 * the base of the m basic comparisons. */
typedef struct network {
    size_t n, m;
    size_t *first, *second;
    double *y, *variance;
    size_t *treatment; /* of each number, in the whole */
    /* at one tau: */
    double *inverse, *effect; /* covariance and estimates of the basic comparisons, m x m and m */
    double *work;             /* m x m */
    double log_likelihood, q;
} network;

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

/* d of a treatment to the base, as an index into the basic comparisons; m for the base. */
static size_t basic(const network *net, size_t t)
{
    return t > 0 ? t - 1 : net->m;
}

static void add_information(const network *net, size_t a, size_t b, double w, double wy, double *v)
{
    const size_t m = net->m, i = basic(net, a), k = basic(net, b);
    if (i < m) {
        net->work[i * m + i] += w;
        v[i] += wy;
    }
    if (k < m) {
        net->work[k * m + k] += w;
        v[k] -= wy;
    }
    if (i < m && k < m) {
        net->work[i * m + k] -= w;
        net->work[k * m + i] -= w;
    }
}

static double between(const network *net, size_t a, size_t b)
{
    return (a > 0 ? net->effect[a - 1] : 0) - (b > 0 ? net->effect[b - 1] : 0);
}

static double variance_between(const network *net, size_t a, size_t b)
{
    const size_t m = net->m;
    const double x = a > 0 ? net->inverse[(a - 1) * m + a - 1] : 0;
    const double y = b > 0 ? net->inverse[(b - 1) * m + b - 1] : 0;
    return x + y - (a > 0 && b > 0 ? 2 * net->inverse[(a - 1) * m + b - 1] : 0);
}

/* Estimates at this tau with this prior precision of the basic comparisons (0: none). Two-arm
 * studies, so that tau2 adds to each variance. */
static void fit(network *net, double tau2, double precision, double *v)
{
    const size_t m = net->m;
    double log_weights = 0, fit_of_prior = 0;
    memset(net->work, 0, m * m * sizeof *net->work);
    memset(v, 0, m * sizeof *v);
    for (size_t i = 0; i < m; i++)
        net->work[i * m + i] = precision;
    for (size_t i = 0; i < net->n; i++) {
        const double w = 1 / (net->variance[i] + tau2);
        add_information(net, net->first[i], net->second[i], w, w * net->y[i], v);
        log_weights += log(w);
    }
    const double log_determinant = invert(net->work, net->inverse, m);
    for (size_t i = 0; i < m; i++) {
        net->effect[i] = 0;
        for (size_t k = 0; k < m; k++)
            net->effect[i] += net->inverse[i * m + k] * v[k];
        fit_of_prior += precision * net->effect[i] * net->effect[i];
    }
    net->q = 0;
    for (size_t i = 0; i < net->n; i++) {
        const double r = net->y[i] - between(net, net->first[i], net->second[i]);
        net->q += r * r / (net->variance[i] + tau2);
    }
    net->log_likelihood = 0.5 * (log_weights - log_determinant - net->q - fit_of_prior);
}

/* -- 3. heterogeneity, ranks -- */

/* Studies of one design (the same two treatments) about their own mean. */
static double q_within(const network *net)
{
    double q = 0;
    for (size_t i = 0; i < net->n; i++) {
        double w = 0, wy = 0;
        for (size_t k = 0; k < net->n; k++) {
            const bool same = net->first[k] == net->first[i] && net->second[k] == net->second[i];
            const bool turned = net->first[k] == net->second[i] && net->second[k] == net->first[i];
            if (!same && !turned)
                continue;
            w += 1 / net->variance[k];
            wy += (same ? net->y[k] : -net->y[k]) / net->variance[k];
        }
        const double r = net->y[i] - wy / w;
        q += r * r / net->variance[i];
    }
    return q;
}

/* DerSimonian and Laird's moment estimator in a network (Jackson, White and Riley 2013): Q - df
 * over what tau2 adds to Q. */
static double tau2_of(const network *net, double df)
{
    double weights = 0, taken = 0;
    for (size_t i = 0; i < net->n; i++) {
        const double w = 1 / net->variance[i];
        weights += w;
        taken += w * w * variance_between(net, net->first[i], net->second[i]);
    }
    return fmax(0, (net->q - df) / (weights - taken));
}

static msp_spread spread_of(const network *net)
{
    msp_spread s = {.q = net->q, .df = (double)net->n - (double)net->m};
    s.tau2 = s.i2 = s.p = (double)NAN;
    s.q_heterogeneity = q_within(net);
    s.q_inconsistency = fmax(0, s.q - s.q_heterogeneity);
    if (s.df > 0) {
        s.p = msp_dist_chisq_upper(s.q, s.df).p;
        s.i2 = s.q > 0 ? fmax(0, (s.q - s.df) / s.q) : 0;
        s.tau2 = tau2_of(net, s.df);
    }
    return s;
}

static void direct_evidence(const network *net, double tau2, size_t a, size_t b, msp_pair *pair)
{
    double w = 0, wy = 0;
    for (size_t i = 0; i < net->n; i++) {
        const bool same = net->first[i] == a && net->second[i] == b;
        if (!same && !(net->first[i] == b && net->second[i] == a))
            continue;
        w += 1 / (net->variance[i] + tau2);
        wy += (same ? net->y[i] : -net->y[i]) / (net->variance[i] + tau2);
    }
    const double variance = pair->std_error * pair->std_error, share = w * variance;
    pair->proportion_direct = share;
    if (w > 0)
        pair->direct = wy / w;
    if (share < 1 - 1e-9)
        pair->indirect = (pair->estimate - (w > 0 ? share * pair->direct : 0)) / (1 - share);
}

/* -- 4. over the prior of tau -- */

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

/* Density of tau up to a constant, exp(-most) of it. */
typedef struct density {
    network *net;
    double *v, scale, most, total, wanted;
} density;

static double density_at(double tau, const void *context)
{
    const density *d = context;
    fit(d->net, tau * tau, 1 / PRIOR_VARIANCE, d->v);
    return exp(d->net->log_likelihood - d->most - 0.5 * tau * tau / (d->scale * d->scale));
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

static void fit_nodes(network *net, posterior *p, const kept *k, density *d)
{
    const size_t m = net->m;
    double sum = 0;
    d->most = -HUGE_VAL;
    for (size_t i = 0; i < NODES; i++) {
        fit(net, p->tau[i] * p->tau[i], 1 / PRIOR_VARIANCE, d->v);
        memcpy(k->effect + i * m, net->effect, m * sizeof(double));
        memcpy(k->inverse + i * m * m, net->inverse, m * m * sizeof(double));
        p->mean[i] = net->log_likelihood;
        d->most = fmax(d->most, net->log_likelihood);
    }
    for (size_t i = 0; i < NODES; i++) {
        p->weight[i] *= exp(p->mean[i] - d->most);
        sum += p->weight[i];
    }
    for (size_t i = 0; i < NODES; i++)
        p->weight[i] /= sum;
}

static void take_node(network *net, const kept *k, size_t node)
{
    memcpy(net->effect, k->effect + node * net->m, net->m * sizeof(double));
    memcpy(net->inverse, k->inverse + node * net->m * net->m, net->m * net->m * sizeof(double));
}

static void bayes_of_pair(network *net, posterior *p, const kept *k, size_t a, size_t b,
                          const msp_pooling *o, msp_pair *pair)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < NODES; i++) {
        take_node(net, k, i);
        p->mean[i] = between(net, a, b);
        p->variance[i] = variance_between(net, a, b);
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

/* -- the whole -- */

static bool make_network(const msp_contrast_said *c, size_t n, size_t component, msp_pooled *out,
                         network *net)
{
    size_t number[TREATMENTS_MAX] = {0}, treatments = 0;
    msp_arena *arena = &out->arena;
    *net = (network){0};
    net->first = msp_arena_array(arena, n, sizeof *net->first);
    net->second = msp_arena_array(arena, n, sizeof *net->second);
    net->y = msp_arena_array(arena, n, sizeof *net->y);
    net->variance = msp_arena_array(arena, n, sizeof *net->variance);
    net->treatment = msp_arena_array(arena, out->n, sizeof *net->treatment);
    if (net->first == NULL || net->second == NULL || net->y == NULL || net->variance == NULL ||
        net->treatment == NULL)
        return false;
    net->treatment[treatments++] = out->reference[component];
    for (size_t t = 0; t < out->n; t++)
        if (out->component[t] == component && t != out->reference[component]) {
            net->treatment[treatments] = t;
            number[t] = treatments++;
        }
    for (size_t i = 0; i < n; i++) {
        const size_t a = msp_pooled_index(out, c[i].first);
        if (out->component[a] != component)
            continue;
        net->first[net->n] = number[a];
        net->second[net->n] = number[msp_pooled_index(out, c[i].second)];
        net->y[net->n] = c[i].estimate;
        net->variance[net->n++] = c[i].std_error * c[i].std_error;
    }
    net->m = treatments - 1;
    net->inverse = msp_arena_array(arena, net->m * net->m, sizeof(double));
    net->work = msp_arena_array(arena, net->m * net->m, sizeof(double));
    net->effect = msp_arena_array(arena, net->m, sizeof(double));
    return net->inverse != NULL && net->work != NULL && net->effect != NULL;
}

static msp_pair *new_pair(const network *net, size_t a, size_t b, double tau2, const msp_pooling *o,
                          msp_pooled *out)
{
    const double z = msp_dist_normal_limit(o->level), none = (double)NAN;
    msp_pair *pair = &out->pairs[out->n_pairs++];
    *pair = (msp_pair){.treatment = net->treatment[a], .comparator = net->treatment[b]};
    pair->estimate = between(net, a, b);
    pair->std_error = sqrt(variance_between(net, a, b));
    pair->lower = pair->estimate - z * pair->std_error;
    pair->upper = pair->estimate + z * pair->std_error;
    pair->p = msp_dist_normal_two_sided(pair->estimate / pair->std_error).p;
    pair->direct = pair->indirect = none;
    pair->mean = pair->median = pair->sd = pair->bayes_lower = pair->bayes_upper = none;
    pair->predictive_lower = pair->predictive_upper = pair->probability_better = none;
    direct_evidence(net, tau2, a, b, pair);
    return pair;
}

/* P-scores (Rucker and Schwarzer 2015): the mean certainty of being better than another. */
static void pool_network(network *net, size_t component, const msp_pooling *o, msp_pooled *out,
                         posterior *p, const kept *k, double *v)
{
    const double share = 1 / (double)net->m;
    fit(net, 0, 0, v);
    msp_spread *spread = &out->spread[component];
    *spread = spread_of(net);
    const double tau2 = o->random && spread->tau2 > 0 ? spread->tau2 : 0;
    fit(net, tau2, 0, v);
    const size_t from = out->n_pairs;
    for (size_t a = 0; a <= net->m; a++)
        for (size_t b = 0; b <= net->m; b++)
            if (a != b) {
                const msp_pair *pair = new_pair(net, a, b, tau2, o, out);
                const double z = pair->estimate / pair->std_error;
                out->p_score[pair->treatment] +=
                    share * msp_dist_normal_lower(o->higher_is_better ? z : -z).p;
            }
    if (!o->bayes)
        return;
    density d = {.net = net, .v = v, .scale = o->prior_scale};
    place_nodes(o->prior_scale, p);
    fit_nodes(net, p, k, &d);
    size_t i = from;
    for (size_t a = 0; a <= net->m; a++)
        for (size_t b = 0; b <= net->m; b++)
            if (a != b) {
                bayes_of_pair(net, p, k, a, b, o, &out->pairs[i]);
                out->sucra[out->pairs[i].treatment] += share * out->pairs[i].probability_better;
                i++;
            }
    out->tau_mean[component] = 0;
    for (size_t j = 0; j < NODES; j++)
        out->tau_mean[component] += p->weight[j] * p->tau[j];
    const double most = PRIOR_SCALES * o->prior_scale;
    d.total = msp_integrate(density_at, &d, 0, most, PRIOR_PANELS);
    d.wanted = 0.5;
    out->tau_median[component] = msp_root(mass_below, &d, 0, most);
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
        for (size_t k = 0; k < i; k++)
            if (strcmp(c[i].study, c[k].study) == 0)
                return msp_fail_row(err, MSP_EUNSUPPORTED, i,
                                    "%s has several comparisons: studies of more than two arms are "
                                    "not pooled",
                                    c[i].study);
    }
    return MSP_OK;
}

static bool make_room(size_t n, const msp_pooling *o, msp_pooled *out, posterior **p, kept *k,
                      double **v)
{
    msp_arena *a = &out->arena;
    const size_t m = out->n + 1;
    out->p_score = msp_arena_array(a, m, sizeof(double));
    out->sucra = msp_arena_array(a, m, sizeof(double));
    out->tau_mean = msp_arena_array(a, m, sizeof(double));
    out->tau_median = msp_arena_array(a, m, sizeof(double));
    out->spread = msp_arena_array(a, m, sizeof *out->spread);
    out->pairs = msp_arena_array(a, m * m, sizeof *out->pairs);
    *p = msp_arena_alloc(a, sizeof **p);
    *v = msp_arena_array(a, m, sizeof(double));
    *k = (kept){msp_arena_array(a, m * NODES, sizeof(double)),
                msp_arena_array(a, m * m * NODES, sizeof(double))};
    if (out->p_score == NULL || out->sucra == NULL || out->tau_mean == NULL ||
        out->tau_median == NULL || out->spread == NULL || out->pairs == NULL || *p == NULL ||
        *v == NULL || k->effect == NULL || k->inverse == NULL)
        return false;
    out->n_studies = n;
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
    const msp_status status = check(c, n, err);
    if (status != MSP_OK)
        return status;
    out->treatments = msp_arena_array(&out->arena, 2 * n + 1, sizeof *out->treatments);
    out->component = msp_arena_array(&out->arena, 2 * n + 1, sizeof *out->component);
    posterior *p = NULL;
    kept k = {0};
    double *v = NULL;
    out->reference = msp_arena_array(&out->arena, n + 1, sizeof *out->reference);
    bool good = out->treatments != NULL && out->component != NULL && out->reference != NULL;
    if (good) {
        find_treatments(c, n, out);
        if (out->n > TREATMENTS_MAX) {
            msp_pooled_free(out);
            return msp_fail(err, MSP_ERANGE, "more than %d treatments", TREATMENTS_MAX);
        }
        find_components(c, n, out);
        find_references(c, n, o->reference, out);
        good = make_room(n, o, out, &p, &k, &v);
    }
    for (size_t i = 0; good && i < out->n_components; i++) {
        network net;
        good = make_network(c, n, i, out, &net);
        if (good)
            pool_network(&net, i, o, out, p, &k, v);
    }
    if (good) {
        add_totals(out);
        return MSP_OK;
    }
    msp_pooled_free(out);
    return msp_fail(err, MSP_EMEM, "out of memory while pooling");
}
