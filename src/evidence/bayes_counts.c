/*
 * bayes_counts.c - the posterior of a network of counts, as weighted points.
 *
 *   1. the counts, study by study     2. the effects given tau: their top, and points about it
 *   3. tau                            4. what the points say
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "count_internal.h"
#include "mspike/base/random.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"
#include "network_internal.h"

#include "mspike/evidence/bayes_counts.h"

static const double prior_precision = 1e-4, two_pi = 6.283185307179586477;

/* From the first on a normal distribution is all that is needed; points that are worth less than
 * the second say too little of their own error. */
static const double as_good_as_normal = 0.99, least_effective = 0.2;

/* Panels of tau: from 0 to the least standard error of a comparison, then each to RATIO times as
 * much. The density's singularities lie near tau2 = -v: Gauss's rule is right to 1e-10 there. */
enum { PANELS = 20, RATIO = 4, NODES = PANELS * MSP_LEGENDRE_NODES };

/* Everything while the points are made. */
typedef struct work {
    msp__counts counts;
    msp_network network; /* of log odds ratios: where the search for the top begins */
    msp_pool_fit start;
    size_t p, reference; /* treatments */
    size_t points;       /* at a node */
    double wide;         /* standard deviations of every second pair of points */
    double *lattice;     /* [points * p] standard normal; the last of a point is the new trial's */
    double *top, *step, *gradient; /* [p] */
    double *hessian, *root;        /* [p * p] root: lower triangular, of the covariance */
    bool *use;                     /* [p] all but the reference */
    double edge[PANELS + 1];
    size_t n_panel;
    double mass[NODES]; /* of each node, with its quadrature weight: 0 where it does not matter */
    double density[NODES]; /* of each node, without */
    double node[NODES];
    bool matters[NODES];
    double peak; /* log of the unit of both */
    msp_arena *memory;
} work;

static msp_status no_room(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "out of memory for the posterior of the counts");
}

/* 1. The counts, study by study */

static msp_status check_counts(const msp_network_arm *arm, size_t n, size_t n_treat, size_t n_study,
                               msp_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (arm[i].treat >= n_treat || arm[i].study >= n_study)
            return msp_fail_row(err, MSP_ERANGE, i, "treatment %zu of %zu in study %zu of %zu",
                                arm[i].treat, n_treat, arm[i].study, n_study);
        if (!(arm[i].n > 0 && arm[i].n <= MSP_BAYES_COUNTS_MAX && arm[i].events >= 0 &&
              arm[i].events <= arm[i].n))
            return msp_fail_row(err, MSP_ERANGE, i,
                                "%g events of %g patients; expected 0 to all of at most %g",
                                arm[i].events, arm[i].n, MSP_BAYES_COUNTS_MAX);
    }
    return MSP_OK;
}

static void take_arm(const msp_network_arm *arm, bool first, msp__count_arm *out)
{
    const double events = arm->events + 0.5, others = arm->n - arm->events + 0.5;
    *out = (msp__count_arm){.treat = arm->treat,
                            .events = arm->events,
                            .n = arm->n,
                            .prior = first ? prior_precision : 0,
                            .centre = log(events / others),
                            .spread = sqrt(1 / events + 1 / others)};
}

/* The arms of a study that says something: some of its patients have an event, some have none. */
static void take_study(const msp_network_arm *arm, size_t n, size_t study, msp__counts *out,
                       size_t *left_out)
{
    double events = 0, others = 0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (arm[i].study == study) {
            events += arm[i].events;
            others += arm[i].n - arm[i].events;
            k++;
        }
    *left_out += k > 1 && !(events > 0 && others > 0);
    if (k < 2 || !(events > 0 && others > 0))
        return;
    out->study[out->n_study++] = (msp__count_study){out->n_arm, k};
    bool first = true;
    for (size_t i = 0; i < n; i++)
        if (arm[i].study == study) {
            take_arm(&arm[i], first, &out->arm[out->n_arm++]);
            first = false;
        }
}

static msp_status take_counts(const msp_network_arm *arm, size_t n, size_t n_study, work *w,
                              size_t *left_out, msp_error *err)
{
    msp__counts *c = &w->counts;
    c->n_treat = w->p;
    c->arm = msp_arena_array(w->memory, n + 1, sizeof *c->arm);
    c->study = msp_arena_array(w->memory, n_study + 1, sizeof *c->study);
    c->gradient = msp_arena_array(w->memory, n + 1, sizeof(double));
    c->hessian = msp_arena_array(w->memory, n + 1, (n + 1) * sizeof(double));
    if (c->arm == NULL || c->study == NULL || c->gradient == NULL || c->hessian == NULL)
        return no_room(err);
    for (size_t s = 0; s < n_study; s++)
        take_study(arm, n, s, c, left_out);
    if (c->n_study == 0)
        return msp_fail(err, MSP_ENODATA, "no study has both events and patients without one");
    return MSP_OK;
}

/* The network of log odds ratios: which treatments are connected, and where to begin. */
static msp_status find_start(const msp_network_arm *arm, size_t n, size_t n_study, work *w,
                             msp_error *err)
{
    msp_network_contrast *c = msp_arena_array(w->memory, n * (n - 1) / 2 + 1, sizeof *c);
    size_t n_contrast = 0, left_out = 0;
    if (c == NULL)
        return no_room(err);
    msp_status status =
        msp_network_from_arms(arm, n, MSP_MEASURE_OR, c, &n_contrast, &left_out, err);
    if (status == MSP_OK)
        status = msp_network_build(c, n_contrast, w->p, n_study, &w->network, err);
    for (size_t t = 0; status == MSP_OK && t < w->p; t++)
        if (w->network.component[t] != w->network.component[w->reference])
            status =
                msp_fail(err, MSP_ERANGE, "treatment %zu is not connected with the reference", t);
    if (status == MSP_OK)
        status = msp_pool_fit_init(&w->network.model, &w->start, err);
    return status;
}

/* 2. The effects given tau */

static double log_posterior(const work *w, const double *effect)
{
    double sum = msp__counts_log_likelihood(&w->counts, effect, NULL, NULL);
    for (size_t t = 0; t < w->p; t++)
        sum -= prior_precision * effect[t] * effect[t] / 2;
    return sum;
}

/* One step of Newton's; w->hessian becomes the covariance. Returns its squared length there. */
static double newton_step(work *w, double *log_det)
{
    const size_t p = w->p;
    memset(w->gradient, 0, p * sizeof(double));
    memset(w->hessian, 0, p * p * sizeof(double));
    msp__counts_log_likelihood(&w->counts, w->top, w->gradient, w->hessian);
    for (size_t i = 0; i < p * p; i++)
        w->hessian[i] = -w->hessian[i];
    for (size_t t = 0; t < p; t++) {
        w->gradient[t] -= prior_precision * w->top[t];
        w->hessian[t * p + t] += prior_precision;
    }
    *log_det = msp__invert_used(w->hessian, p, w->use);
    double length = 0;
    for (size_t t = 0; t < p; t++) {
        w->step[t] = 0;
        for (size_t u = 0; u < p; u++)
            w->step[t] += w->hessian[t * p + u] * w->gradient[u];
        length += w->step[t] * w->gradient[t];
    }
    return length;
}

/* The top of the posterior of the effects, and its covariance in w->hessian. The logarithm is
 * concave: steps of at most 2 get there. */
static bool find_top(work *w, double tau, double *log_det)
{
    const double longest = 2;
    msp__pool_solve(&w->network.model, tau * tau, prior_precision, &w->start);
    const double zero = w->start.beta[w->reference];
    for (size_t t = 0; t < w->p; t++)
        w->top[t] = w->start.beta[t] - zero;
    for (int i = 0; i < 100; i++) {
        const double length = newton_step(w, log_det);
        if (!(length >= 0) || !isfinite(*log_det))
            return false;
        if (length < 1e-4)
            return true;
        double most = 0;
        for (size_t t = 0; t < w->p; t++)
            most = fmax(most, fabs(w->step[t]));
        for (size_t t = 0; t < w->p; t++)
            w->top[t] += w->step[t] * fmin(1, longest / most);
    }
    return false;
}

/* Cholesky's root of the covariance; rows of the reference stay 0. */
static void take_root(work *w)
{
    const size_t p = w->p;
    memset(w->root, 0, p * p * sizeof(double));
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i && w->use[i]; j++) {
            if (!w->use[j])
                continue;
            double sum = w->hessian[i * p + j];
            for (size_t k = 0; k < j; k++)
                sum -= w->root[i * p + k] * w->root[j * p + k];
            w->root[i * p + j] = i == j ? sqrt(fmax(sum, 0)) : sum / w->root[j * p + j];
        }
}

/* Half of the points have normal deviates, half `wide` times such: the density where the squared
 * distance is `square`, without its constant. */
static double log_density(double wide, size_t dims, double square)
{
    const double near = -square / 2;
    const double far = near / (wide * wide) - (double)dims * log(wide);
    return fmax(near, far) + log1p(exp(-fabs(near - far))) - log(2);
}

/* The points of one node into `effect` and `weight`; returns log of their mean weight. */
static double draw_node(work *w, double log_det, double *effect, double *weight)
{
    const size_t p = w->p, dims = p - 1;
    const double area = (double)dims * log(two_pi) / 2 - log_det / 2; /* 1 / density's constant */
    double peak = -INFINITY, sum = 0;
    for (size_t i = 0; i < w->points; i++) {
        const double *z = w->lattice + i * p, reach = i / 2 % 2 == 0 ? 1 : w->wide;
        double *x = effect + i * p, square = 0;
        for (size_t t = 0; t < p; t++) {
            size_t k = 0;
            x[t] = w->top[t];
            for (size_t u = 0; u <= t && w->use[t]; u++)
                x[t] += w->use[u] ? reach * w->root[t * p + u] * z[k++] : 0;
        }
        for (size_t k = 0; k < dims; k++)
            square += reach * reach * z[k] * z[k];
        weight[i] = log_posterior(w, x) + area - log_density(w->wide, dims, square);
        peak = fmax(peak, weight[i]);
    }
    for (size_t i = 0; i < w->points; i++) {
        weight[i] = exp(weight[i] - peak);
        sum += weight[i];
    }
    for (size_t i = 0; i < w->points; i++)
        weight[i] /= sum;
    return peak + log(sum / (double)w->points);
}

/* The k-th prime, from 0. */
static double prime_of(size_t k)
{
    size_t prime = 1;
    for (size_t found = 0; found <= k;) {
        bool composite = false;
        prime++;
        for (size_t q = 2; q * q <= prime; q++)
            composite = composite || prime % q == 0;
        found += !composite;
    }
    return (double)prime;
}

/* Makes the mean square of every `stride`-th of z, n of them, 1. */
static void standardise(double *z, size_t n, size_t stride)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += z[i * stride] * z[i * stride];
    for (size_t i = 0; i < n; i++)
        z[i * stride] *= sqrt((double)n / square);
}

/* Richtmyer's lattice, the fractional parts of i sqrt(prime), shifted at random; each point with
 * its mirror image, and those of one width with the variance that they should have. All nodes have
 * the same, so that what is off is off for all of them. */
static void fill_lattice(work *w, uint64_t seed)
{
    const size_t each = w->points / (2 * MSP_BAYES_COUNTS_SHIFTS); /* pairs */
    for (size_t k = 0; k < w->p; k++) {
        const double root = sqrt(prime_of(k));
        for (size_t s = 0; s < MSP_BAYES_COUNTS_SHIFTS; s++) {
            msp_random random = msp_random_at(seed, s, (uint32_t)k, 0);
            const double shift = msp_random_uniform(&random);
            double *z = w->lattice + 2 * s * each * w->p + k;
            for (size_t i = 0; i < each; i++) {
                const double at = shift + (double)(i + 1) * root;
                const double u = fmax(at - floor(at), 0x1p-53);
                z[2 * i * w->p] = msp_dist_normal_quantile(u);
            }
            for (size_t half = 0; half < 2; half++)
                standardise(z + 2 * half * w->p, each / 2, 4 * w->p);
            for (size_t i = 0; i < each; i++)
                z[(2 * i + 1) * w->p] = -z[2 * i * w->p];
        }
    }
}

/* 3. tau */

static void place_panels(work *w, double top)
{
    double hi = top;
    for (size_t r = 0; r < w->network.model.n; r++)
        hi = fmin(hi, sqrt(w->network.model.v[r]));
    hi = fmax(hi, top * 0x1p-30);
    while (w->edge[w->n_panel] < top) {
        w->edge[++w->n_panel] = hi;
        hi = fmin(hi * RATIO, top);
    }
}

static double log_prior(msp_prior prior, double scale, double tau)
{
    if (prior == MSP_PRIOR_UNIFORM)
        return -log(scale);
    return -tau * tau / (2 * scale * scale); /* up to a constant */
}

static void place_node(const work *w, size_t i, double *at, double *weight)
{
    const double *edge = w->edge + i / MSP_LEGENDRE_NODES;
    const size_t k = i % MSP_LEGENDRE_NODES;
    const double middle = (edge[0] + edge[1]) / 2, reach = (edge[1] - edge[0]) / 2;
    *at = middle + (k % 2 == 0 ? -1 : 1) * reach * msp_legendre[k / 2][0];
    *weight = reach * msp_legendre[k / 2][1];
}

/* Every node's mass by Laplace's rule, into w->mass as a logarithm: which of them matter. */
static msp_status scan_nodes(work *w, msp_prior prior, double scale, msp_error *err)
{
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++) {
        double weight, log_det;
        place_node(w, i, &w->node[i], &weight);
        msp__counts_at(&w->counts, w->node[i]);
        if (!find_top(w, w->node[i], &log_det))
            return msp_fail(err, MSP_ENUMERIC,
                            "at tau %g the posterior of the effects has no top that can be found",
                            w->node[i]);
        w->mass[i] = log_posterior(w, w->top) + log_prior(prior, scale, w->node[i]) - log_det / 2 +
                     log(weight);
    }
    return MSP_OK;
}

static bool make_points(const work *w, size_t nodes, msp_bayes_counts *out)
{
    msp_arena *memory = w->memory;
    const size_t n = nodes * w->points, p = w->p;
    out->each = w->points;
    out->node = msp_arena_array(memory, nodes, sizeof(double));
    out->weight = msp_arena_array(memory, nodes, sizeof(double));
    out->mean = msp_arena_array(memory, nodes, p * sizeof(double));
    out->cov = msp_arena_array(memory, nodes, p * p * sizeof(double));
    out->excess = msp_arena_array(memory, n, sizeof(double));
    out->noise = msp_arena_array(memory, n, sizeof(double));
    out->effect = msp_arena_array(memory, n, p * sizeof(double));
    return out->node != NULL && out->weight != NULL && out->mean != NULL && out->cov != NULL &&
           out->excess != NULL && out->noise != NULL && out->effect != NULL;
}

/* The nodes that Laplace's rule gives at least this part of the greatest mass. */
static size_t drop_nodes(work *w)
{
    const double least = log(1e-9);
    double most = -INFINITY;
    size_t kept = 0;
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++)
        most = fmax(most, w->mass[i]);
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++) {
        w->matters[i] = w->mass[i] >= most + least;
        kept += w->matters[i];
    }
    return kept;
}

/* Draws the points of every node that matters; w->mass becomes exact, as a logarithm. */
static void draw_nodes(work *w, msp_prior prior, double scale, msp_bayes_counts *out)
{
    const size_t p = w->p;
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++) {
        double tau, weight, log_det;
        w->density[i] = w->mass[i] = -HUGE_VAL;
        if (!w->matters[i])
            continue;
        const size_t node = out->n_node++;
        place_node(w, i, &tau, &weight);
        msp__counts_at(&w->counts, tau);
        find_top(w, tau, &log_det);
        take_root(w);
        w->density[i] = draw_node(w, log_det, out->effect + out->n * p, out->excess + out->n) +
                        log_prior(prior, scale, tau);
        w->mass[i] = w->density[i] + log(weight);
        out->node[node] = tau;
        memcpy(out->mean + node * p, w->top, p * sizeof(double));
        memcpy(out->cov + node * p * p, w->hessian, p * p * sizeof(double));
        for (size_t k = 0; k < w->points; k++)
            out->noise[out->n++] = tau * w->lattice[k * p + p - 1];
    }
}

static msp_status far_from_normal(msp_error *err)
{
    return msp_fail(err, MSP_ENUMERIC,
                    "the posterior of the effects is far from a normal distribution; is there a "
                    "treatment with no events, or with nothing else?");
}

/* Masses and densities that add up to 1; the points' weights less those of the normal. */
static msp_status settle(work *w, msp_bayes_counts *out, msp_error *err)
{
    const double even = 1 / (double)w->points;
    double peak = -HUGE_VAL, total = 0;
    size_t node = 0;
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++)
        peak = fmax(peak, w->mass[i]);
    if (!isfinite(peak))
        return far_from_normal(err);
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++) {
        w->density[i] = exp(w->density[i] - peak);
        w->mass[i] = exp(w->mass[i] - peak);
        total += w->mass[i];
        if (w->matters[i])
            out->weight[node++] = w->mass[i];
    }
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++) {
        w->mass[i] /= total;
        w->density[i] /= total;
    }
    for (node = 0; node < out->n_node; node++) {
        double square = 0, *excess = out->excess + node * w->points;
        out->weight[node] /= total;
        for (size_t k = 0; k < w->points; k++) {
            square += excess[k] * excess[k];
            excess[k] = out->weight[node] * (excess[k] - even);
        }
        out->effective += out->weight[node] * even / square;
    }
    return MSP_OK;
}

/* The mass below tau within panel k: the density's polynomial through the nodes, integrated. */
typedef struct tau_panel {
    const work *w;
    size_t k;
    double wanted;
} tau_panel;

static double density_at(const tau_panel *s, double tau)
{
    const double *node = s->w->node + s->k * MSP_LEGENDRE_NODES;
    const double *density = s->w->density + s->k * MSP_LEGENDRE_NODES;
    double sum = 0;
    for (size_t i = 0; i < MSP_LEGENDRE_NODES; i++) {
        double product = density[i];
        for (size_t j = 0; j < MSP_LEGENDRE_NODES; j++)
            product *= i == j ? 1 : (tau - node[j]) / (node[i] - node[j]);
        sum += product;
    }
    return sum;
}

static double panel_density(double tau, const void *context)
{
    return density_at(context, tau);
}

static double panel_excess(double tau, const void *context)
{
    const tau_panel *s = context;
    return msp_integrate(panel_density, s, s->w->edge[s->k], tau, 1) - s->wanted;
}

static double tau_quantile(const work *w, double probability)
{
    double below = 0, panel = 0;
    size_t k = 0;
    for (;; k++) {
        panel = 0;
        for (size_t i = 0; i < MSP_LEGENDRE_NODES; i++)
            panel += w->mass[k * MSP_LEGENDRE_NODES + i];
        if (below + panel >= probability || k + 1 == w->n_panel)
            break;
        below += panel;
    }
    const tau_panel s = {w, k, probability - below};
    return msp_root(panel_excess, &s, w->edge[k], w->edge[k + 1]);
}

static void summarise_tau(const work *w, double level, msp_posterior *out)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++)
        mean += w->mass[i] * w->node[i];
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++)
        square += w->mass[i] * (w->node[i] - mean) * (w->node[i] - mean);
    *out = (msp_posterior){mean, sqrt(square), tau_quantile(w, (1 - level) / 2),
                           tau_quantile(w, 0.5), tau_quantile(w, (1 + level) / 2)};
}

static msp_status draw_all(work *w, msp_prior prior, double scale, size_t nodes, uint64_t seed,
                           msp_bayes_counts *out, msp_error *err)
{
    w->lattice = msp_arena_array(w->memory, w->points, w->p * sizeof(double));
    out->n_node = out->n = 0;
    out->effective = 0;
    out->wide = w->wide;
    if (w->lattice == NULL || !make_points(w, nodes, out))
        return no_room(err);
    fill_lattice(w, seed);
    draw_nodes(w, prior, scale, out);
    return settle(w, out, err);
}

static msp_status find_posterior(work *w, msp_prior prior, double scale, uint64_t seed,
                                 msp_bayes_counts *out, msp_error *err)
{
    const double tails = 9; /* standard deviations: 2e-19 of a half-normal lies beyond */
    place_panels(w, prior == MSP_PRIOR_UNIFORM ? scale : tails * scale);
    msp_status status = scan_nodes(w, prior, scale, err);
    if (status != MSP_OK)
        return status;
    const size_t nodes = drop_nodes(w);
    if (nodes == 0)
        return far_from_normal(err);
    status = draw_all(w, prior, scale, nodes, seed, out, err);
    if (status == MSP_OK && out->effective < as_good_as_normal) {
        w->wide = 3;
        w->points *= 16;
        status = draw_all(w, prior, scale, nodes, seed, out, err);
    }
    if (status == MSP_OK && !(out->effective >= least_effective))
        return far_from_normal(err);
    if (status == MSP_OK)
        summarise_tau(w, out->level, &out->tau);
    return status;
}

static bool make_room(work *w)
{
    const size_t p = w->p;
    double *vector = msp_arena_array(w->memory, p, 3 * sizeof(double));
    double *matrix = msp_arena_array(w->memory, p, 2 * p * sizeof(double));
    w->use = msp_arena_array(w->memory, p, sizeof(bool));
    if (vector == NULL || matrix == NULL || w->use == NULL)
        return false;
    w->top = vector;
    w->step = vector + p;
    w->gradient = vector + 2 * p;
    w->hessian = matrix;
    w->root = matrix + p * p;
    for (size_t t = 0; t < p; t++)
        w->use[t] = t != w->reference;
    return true;
}

static msp_status check_options(double scale, double level, size_t reference, size_t n_treat,
                                size_t n_points, msp_error *err)
{
    if (scale > 0 && isfinite(scale) && level > 0 && level < 1 && reference < n_treat &&
        n_treat > 1 && n_treat <= 256 && n_points > 0 && n_points <= 1000000)
        return MSP_OK;
    return msp_fail(err, MSP_ERANGE,
                    "scale %g, level %g, reference %zu of %zu treatments and %zu points; expected "
                    "a scale above 0, a level between 0 and 1, a treatment of 2 to 256, and up to "
                    "1000000 points",
                    scale, level, reference, n_treat, n_points);
}

msp_status msp_bayes_counts_fit(const msp_network_arm *arm, size_t n_arm, size_t n_treat,
                                size_t n_study, msp_prior prior, double scale, size_t reference,
                                double level, uint64_t seed, size_t n_points, msp_bayes_counts *out,
                                msp_error *err)
{
    const size_t even = 4 * MSP_BAYES_COUNTS_SHIFTS; /* a pair of each width for every shift */
    *out = (msp_bayes_counts){.n_treat = n_treat, .level = level};
    msp_status status = check_options(scale, level, reference, n_treat, n_points, err);
    if (status == MSP_OK)
        status = check_counts(arm, n_arm, n_treat, n_study, err);
    if (status != MSP_OK)
        return status;
    work *w = msp_arena_array(&out->memory, 1, sizeof *w);
    if (w == NULL)
        return no_room(err);
    *w = (work){.p = n_treat,
                .reference = reference,
                .wide = 1,
                .points = (n_points + even - 1) / even * even,
                .memory = &out->memory};
    status = make_room(w) ? take_counts(arm, n_arm, n_study, w, &out->left_out, err) : no_room(err);
    if (status == MSP_OK)
        status = find_start(arm, n_arm, n_study, w, err);
    if (status == MSP_OK) {
        out->n_study = w->counts.n_study;
        out->prior_only = w->start.df == 0;
        status = find_posterior(w, prior, scale, seed, out, err);
    }
    msp_pool_fit_free(&w->start);
    msp_network_free(&w->network);
    return status;
}

void msp_bayes_counts_free(msp_bayes_counts *bayes)
{
    msp_arena_free(&bayes->memory);
    *bayes = (msp_bayes_counts){0};
}

/* 4. What the points say */

/* A difference of two effects, or the same in a new trial: at each node a normal distribution, and
 * points that correct it. */
typedef struct point {
    double value, excess; /* summed from the least value on, once sorted */
} point;

typedef struct difference {
    const msp_bayes_counts *bayes;
    double *mean, *sd, *wide; /* [n_node] */
    point *point;             /* [n] */
    double probability;
} difference;

static int by_value(const void *a, const void *b)
{
    const point *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

static double spread_of(const msp_bayes_counts *b, size_t node, size_t treat1, size_t treat2)
{
    const size_t p = b->n_treat;
    const double *cov = b->cov + node * p * p;
    return cov[treat1 * p + treat1] + cov[treat2 * p + treat2] - 2 * cov[treat1 * p + treat2];
}

static void take_difference(difference *d, size_t treat1, size_t treat2, bool new_trial)
{
    const msp_bayes_counts *b = d->bayes;
    const size_t p = b->n_treat;
    for (size_t k = 0; k < b->n_node; k++) {
        const double tau = new_trial ? b->node[k] : 0, v = spread_of(b, k, treat1, treat2);
        d->mean[k] = b->mean[k * p + treat1] - b->mean[k * p + treat2];
        d->sd[k] = sqrt(v + tau * tau);
        d->wide[k] = sqrt(b->wide * b->wide * v + tau * tau);
    }
    for (size_t i = 0; i < b->n; i++) {
        const double noise = new_trial ? b->noise[i] : 0;
        d->point[i].value = b->effect[i * p + treat1] - b->effect[i * p + treat2] + noise;
        d->point[i].excess = b->excess[i];
    }
}

/* The mean of each repetition, over all of them, and from that the standard error. */
static void find_mean(const difference *d, double *mean, double *error)
{
    const msp_bayes_counts *b = d->bayes;
    const double n = MSP_BAYES_COUNTS_SHIFTS;
    const size_t part = b->each / MSP_BAYES_COUNTS_SHIFTS;
    double sum[MSP_BAYES_COUNTS_SHIFTS] = {0}, all = 0, square = 0;
    *mean = 0;
    for (size_t k = 0; k < b->n_node; k++)
        *mean += b->weight[k] * d->mean[k];
    for (size_t i = 0; i < b->n; i++) {
        /* about the node's own mean: its excess adds up to 0 over the node, not over a part */
        const double x = b->excess[i] * (d->point[i].value - d->mean[i / b->each]);
        sum[i % b->each / part] += x;
        all += x;
    }
    for (size_t s = 0; s < MSP_BAYES_COUNTS_SHIFTS; s++)
        square += (sum[s] * n - all) * (sum[s] * n - all);
    *mean += all;
    *error = sqrt(square / (n * (n - 1)));
}

static double find_sd(const difference *d, double mean)
{
    const msp_bayes_counts *b = d->bayes;
    double sum = 0;
    for (size_t k = 0; k < b->n_node; k++)
        sum += b->weight[k] * ((d->sd[k] * d->sd[k] + d->wide[k] * d->wide[k]) / 2 +
                               (d->mean[k] - mean) * (d->mean[k] - mean));
    for (size_t i = 0; i < b->n; i++)
        sum += b->excess[i] * (d->point[i].value - mean) * (d->point[i].value - mean);
    return sqrt(fmax(sum, 0));
}

/* P(below x); the points are sorted. */
static double chance_below(const difference *d, double x)
{
    const msp_bayes_counts *b = d->bayes;
    const double root_half = 0.70710678118654752440;
    double sum = 0;
    for (size_t k = 0; k < b->n_node; k++)
        sum += b->weight[k] *
               (erfc((d->mean[k] - x) / d->sd[k] * root_half) +
                erfc((d->mean[k] - x) / d->wide[k] * root_half)) /
               4;
    size_t lo = 0, hi = b->n;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (d->point[middle].value < x)
            lo = middle + 1;
        else
            hi = middle;
    }
    return fmin(fmax(sum + (lo > 0 ? d->point[lo - 1].excess : 0), 0), 1);
}

static void sort_points(difference *d)
{
    double sum = 0;
    qsort(d->point, d->bayes->n, sizeof *d->point, by_value);
    for (size_t i = 0; i < d->bayes->n; i++)
        d->point[i].excess = sum += d->point[i].excess;
}

static double chance_excess(double x, const void *context)
{
    const difference *d = context;
    return chance_below(d, x) - d->probability;
}

static double quantile(difference *d, double probability, double mean, double sd)
{
    const double far = 40 * sd;
    d->probability = probability;
    return msp_root(chance_excess, d, mean - far, mean + far);
}

static msp_status make_difference(const msp_bayes_counts *b, msp_arena *memory, difference *out,
                                  msp_error *err)
{
    *out = (difference){.bayes = b};
    out->mean = msp_arena_array(memory, b->n_node, sizeof(double));
    out->sd = msp_arena_array(memory, b->n_node, sizeof(double));
    out->wide = msp_arena_array(memory, b->n_node, sizeof(double));
    out->point = msp_arena_array(memory, b->n, sizeof *out->point);
    return out->mean != NULL && out->sd != NULL && out->wide != NULL && out->point != NULL
               ? MSP_OK
               : no_room(err);
}

msp_status msp_bayes_counts_compare(const msp_bayes_counts *b, size_t treat1, size_t treat2,
                                    msp_bayes_effect *out, double *error, msp_error *err)
{
    const double tail = (1 - b->level) / 2;
    double mean, unused;
    msp_arena memory = {0};
    difference d;
    const msp_status status = make_difference(b, &memory, &d, err);
    if (status == MSP_OK) {
        take_difference(&d, treat1, treat2, false);
        find_mean(&d, &mean, error != NULL ? error : &unused);
        const double sd = find_sd(&d, mean);
        sort_points(&d);
        out->below_0 = chance_below(&d, 0);
        out->effect =
            (msp_posterior){mean, sd, quantile(&d, tail, mean, sd), quantile(&d, 0.5, mean, sd),
                            quantile(&d, 1 - tail, mean, sd)};
        take_difference(&d, treat1, treat2, true);
        const double new_sd = find_sd(&d, mean);
        sort_points(&d);
        out->new_trial.lower = quantile(&d, tail, mean, new_sd);
        out->new_trial.upper = quantile(&d, 1 - tail, mean, new_sd);
    }
    msp_arena_free(&memory);
    return status;
}
