/*
 * bayes_counts.c - the posterior of a network of counts, as weighted points (count_points.c).
 *
 *   1. the counts, study by study     2. tau
 */
#include "mspike/evidence/bayes_counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "count_work.h"
#include "network_internal.h"

/* From the first on a normal distribution is all that is needed; points that are worth less than
 * the second say too little of their own error. */
static const double as_good_as_normal = 0.99, least_effective = 0.2;

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
                            .prior = first ? COUNT_PRIOR_PRECISION : 0,
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

static msp_status take_counts(const msp_network_arm *arm, size_t n, size_t n_study,
                              msp__count_work *w, size_t *left_out, msp_error *err)
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
static msp_status find_start(const msp_network_arm *arm, size_t n, size_t n_study,
                             msp__count_work *w, msp_error *err)
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

/* 2. tau */

static void place_panels(msp__count_work *w, double top)
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

static void place_node(const msp__count_work *w, size_t i, double *at, double *weight)
{
    const double *edge = w->edge + i / MSP_LEGENDRE_NODES;
    const size_t k = i % MSP_LEGENDRE_NODES;
    const double middle = (edge[0] + edge[1]) / 2, reach = (edge[1] - edge[0]) / 2;
    *at = middle + (k % 2 == 0 ? -1 : 1) * reach * msp_legendre[k / 2][0];
    *weight = reach * msp_legendre[k / 2][1];
}

/* Every node's mass by Laplace's rule, into w->mass as a logarithm: which of them matter. */
static msp_status scan_nodes(msp__count_work *w, msp_prior prior, double scale, msp_error *err)
{
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++) {
        double weight, log_det;
        place_node(w, i, &w->node[i], &weight);
        msp__counts_at(&w->counts, w->node[i]);
        if (!msp__count_top(w, w->node[i], &log_det))
            return msp_fail(err, MSP_ENUMERIC,
                            "at tau %g the posterior of the effects has no top that can be found",
                            w->node[i]);
        w->mass[i] = msp__count_log_posterior(w, w->top) + log_prior(prior, scale, w->node[i]) -
                     log_det / 2 + log(weight);
    }
    return MSP_OK;
}

static bool make_points(const msp__count_work *w, size_t nodes, msp_bayes_counts *out)
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
static size_t drop_nodes(msp__count_work *w)
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
static void draw_nodes(msp__count_work *w, msp_prior prior, double scale, msp_bayes_counts *out)
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
        msp__count_top(w, tau, &log_det);
        msp__count_root(w);
        w->density[i] =
            msp__count_draw(w, log_det, out->effect + out->n * p, out->excess + out->n) +
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
static msp_status settle(msp__count_work *w, msp_bayes_counts *out, msp_error *err)
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
    const msp__count_work *w;
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

static double tau_quantile(const msp__count_work *w, double probability)
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

static void summarise_tau(const msp__count_work *w, double level, msp_posterior *out)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++)
        mean += w->mass[i] * w->node[i];
    for (size_t i = 0; i < w->n_panel * MSP_LEGENDRE_NODES; i++)
        square += w->mass[i] * (w->node[i] - mean) * (w->node[i] - mean);
    *out = (msp_posterior){mean, sqrt(square), tau_quantile(w, (1 - level) / 2),
                           tau_quantile(w, 0.5), tau_quantile(w, (1 + level) / 2)};
}

static msp_status draw_all(msp__count_work *w, msp_prior prior, double scale, size_t nodes,
                           uint64_t seed, msp_bayes_counts *out, msp_error *err)
{
    w->lattice = msp_arena_array(w->memory, w->points, w->p * sizeof(double));
    out->n_node = out->n = 0;
    out->effective = 0;
    out->wide = w->wide;
    if (w->lattice == NULL || !make_points(w, nodes, out))
        return no_room(err);
    msp__count_lattice(w, seed);
    draw_nodes(w, prior, scale, out);
    return settle(w, out, err);
}

static msp_status find_posterior(msp__count_work *w, msp_prior prior, double scale, uint64_t seed,
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

static bool make_room(msp__count_work *w)
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
    msp__count_work *w = msp_arena_array(&out->memory, 1, sizeof *w);
    if (w == NULL)
        return no_room(err);
    *w = (msp__count_work){.p = n_treat,
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
