/* bayes.c - a network's posterior as a mixture of normal distributions over tau. */
#include <math.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"
#include "mspike/stats/root.h"
#include "network_internal.h"

#include "mspike/evidence/bayes.h"

static const double two_pi = 6.283185307179586477;
static const double prior_precision = 1e-4;

/*
 * Panels of tau: PER_OCTAVE up to the least standard error of a row, and as many for every doubling
 * after it. The density's singularities lie where tau2 = -v, so no panel is wide beside its
 * distance from them, and Gauss's rule converges as fast for precise trials under a wide prior.
 */
enum { PER_OCTAVE = 3, PANELS = 32 * PER_OCTAVE, NODES = PANELS * MSP_LEGENDRE_NODES };

/* What the posterior of tau is made of. */
typedef struct posterior_of_tau {
    msp_pool_model model; /* with the reference left out */
    msp_pool_fit fit;
    msp_prior prior;
    double scale, top;       /* tau lies between 0 and top */
    double edge[PANELS + 1]; /* of the panels */
    size_t n_panel;
    double constant; /* of the log likelihood */
    double peak;     /* the greatest log density met: scales the rest */
} posterior_of_tau;

static double log_prior(const posterior_of_tau *p, double tau)
{
    if (p->prior == MSP_PRIOR_UNIFORM)
        return -log(p->scale);
    const double z = tau / p->scale;
    return log(2 / p->scale) - (log(two_pi) + z * z) / 2;
}

/* Log of prior times likelihood; leaves the effects given tau in p->fit. */
static double log_density(posterior_of_tau *p, double tau)
{
    msp_pool_fit *fit = &p->fit;
    msp__pool_solve(&p->model, tau * tau, prior_precision, fit);
    double sum = fit->q + fit->log_det;
    for (size_t i = 0; i < fit->p; i++)
        sum += prior_precision * fit->beta[i] * fit->beta[i];
    for (size_t r = 0; r < p->model.n; r++)
        sum += log(p->model.v[r] + tau * tau);
    return p->constant + log_prior(p, tau) - sum / 2;
}

/* Rows are sqrt(2) times orthonormal: against contrasts with one arm of k their density lacks
 * 2^((k - 1) / 2) / sqrt(k). */
static double constant_of(const msp_network *network, const msp_pool_model *model)
{
    double sum =
        (double)model->rank * log(prior_precision) - (double)model->n * (log(two_pi) - log(2));
    for (size_t s = 0; s < network->n_study; s++) {
        double arms = 0;
        for (size_t t = 0; t < network->n_treat; t++)
            arms += network->arms[s * network->n_treat + t];
        sum -= arms > 0 ? log(arms) : 0;
    }
    return sum / 2;
}

static void node_at(size_t k, double lo, double hi, double *at, double *weight)
{
    const double *half = msp_legendre[k / 2];
    const double middle = (lo + hi) / 2, reach = (hi - lo) / 2;
    *at = middle + (k % 2 == 0 ? -1 : 1) * reach * half[0];
    *weight = reach * half[1];
}

/* The posterior mass of tau between lo and hi, of which p->peak is the unit. */
static double mass_between(posterior_of_tau *p, double lo, double hi)
{
    double sum = 0;
    for (size_t k = 0; k < MSP_LEGENDRE_NODES; k++) {
        double at, weight;
        node_at(k, lo, hi, &at, &weight);
        sum += weight * exp(log_density(p, at) - p->peak);
    }
    return sum;
}

static void place_panels(posterior_of_tau *p)
{
    double octave = p->top;
    for (size_t r = 0; r < p->model.n; r++)
        octave = fmin(octave, sqrt(p->model.v[r]));
    octave = fmax(octave, p->top * 0x1p-30); /* at most 31 octaves */
    for (double lo = 0; lo < p->top; octave = lo) {
        const double hi = fmin(lo + octave, p->top);
        for (size_t k = 1; k <= PER_OCTAVE; k++)
            p->edge[++p->n_panel] = lo + (hi - lo) * (double)k / PER_OCTAVE;
        p->edge[p->n_panel] = hi;
        lo = hi;
    }
}

/* The effects at each node, of those that matter. */
static msp_status make_nodes(posterior_of_tau *p, msp_bayes *out, double *panel, msp_error *err)
{
    const double least = 1e-20;
    const size_t n_treat = p->fit.p, square = n_treat * n_treat;
    const size_t nodes = p->n_panel * MSP_LEGENDRE_NODES;
    double mass[NODES], total = 0;
    p->peak = -INFINITY;
    for (size_t i = 0; i < nodes; i++) {
        const double *edge = p->edge + i / MSP_LEGENDRE_NODES;
        node_at(i % MSP_LEGENDRE_NODES, edge[0], edge[1], &out->node[i], &mass[i]);
        mass[i] = log(mass[i]) + log_density(p, out->node[i]);
        p->peak = fmax(p->peak, mass[i]);
        memcpy(out->mean + i * n_treat, p->fit.beta, n_treat * sizeof(double));
        memcpy(out->cov + i * square, p->fit.cov, square * sizeof(double));
    }
    if (!isfinite(p->peak))
        return msp_fail(err, MSP_ENUMERIC, "the posterior of tau has no mass");
    for (size_t i = 0; i < nodes; i++) {
        mass[i] = exp(mass[i] - p->peak);
        panel[i / MSP_LEGENDRE_NODES] += mass[i];
        total += mass[i];
    }
    out->log_likelihood = log(total) + p->peak;
    for (size_t i = 0; i < nodes; i++) {
        if (mass[i] < least * total)
            continue;
        const size_t n = out->n_node++;
        out->node[n] = out->node[i];
        out->weight[n] = mass[i] / total;
        memmove(out->mean + n * n_treat, out->mean + i * n_treat, n_treat * sizeof(double));
        memmove(out->cov + n * square, out->cov + i * square, square * sizeof(double));
    }
    for (size_t k = 0; k < p->n_panel; k++)
        panel[k] /= total;
    p->peak += log(total);
    return MSP_OK;
}

/* How much of the posterior lies below tau, less what is asked for; `start` begins its panel. */
typedef struct tau_search {
    posterior_of_tau *p;
    double start, wanted; /* of the mass from start on */
} tau_search;

static double tau_excess(double tau, const void *context)
{
    const tau_search *s = context;
    return mass_between(s->p, s->start, tau) - s->wanted;
}

/* tau with this much of its posterior below. */
static double tau_quantile(posterior_of_tau *p, const double *panel, double probability)
{
    size_t k = 0;
    double below = 0;
    while (k + 1 < p->n_panel && below + panel[k] < probability)
        below += panel[k++];
    const tau_search s = {p, p->edge[k], probability - below};
    return msp_root(tau_excess, &s, p->edge[k], p->edge[k + 1]);
}

static void summarise_tau(posterior_of_tau *p, const double *panel, msp_bayes *out)
{
    const double tail = (1 - out->level) / 2;
    double mean = 0, square = 0;
    for (size_t i = 0; i < out->n_node; i++)
        mean += out->weight[i] * out->node[i];
    for (size_t i = 0; i < out->n_node; i++)
        square += out->weight[i] * (out->node[i] - mean) * (out->node[i] - mean);
    out->tau = (msp_posterior){mean, sqrt(square), tau_quantile(p, panel, tail),
                               tau_quantile(p, panel, 0.5), tau_quantile(p, panel, 1 - tail)};
}

/* The model seen from `reference`. */
static void refer_to(const msp_network *network, size_t reference, bool *use)
{
    for (size_t t = 0; t < network->n_treat; t++)
        use[t] = t != reference &&
                 (network->model.use[t] || network->component[t] == network->component[reference]);
}

static msp_status fit_posterior(posterior_of_tau *p, msp_bayes *out, msp_error *err)
{
    const size_t n_treat = out->network->n_treat;
    double panel[PANELS] = {0};
    place_panels(p);
    const size_t nodes = p->n_panel * MSP_LEGENDRE_NODES;
    out->node = msp_arena_array(&out->memory, nodes, sizeof(double));
    out->weight = msp_arena_array(&out->memory, nodes, sizeof(double));
    out->mean = msp_arena_array(&out->memory, n_treat, nodes * sizeof(double));
    out->cov = msp_arena_array(&out->memory, n_treat * n_treat, nodes * sizeof(double));
    if (p->model.use == NULL || out->node == NULL || out->weight == NULL || out->mean == NULL ||
        out->cov == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for the posterior of %zu effects", n_treat);
    const msp_status status = make_nodes(p, out, panel, err);
    if (status == MSP_OK)
        summarise_tau(p, panel, out);
    return status;
}

msp_status msp_bayes_fit(const msp_network *network, msp_prior prior, double scale,
                         size_t reference, double level, msp_bayes *out, msp_error *err)
{
    const double tails = 9; /* standard deviations: 2e-19 of a half-normal lies beyond */
    *out = (msp_bayes){.network = network, .level = level};
    if (!(scale > 0) || !isfinite(scale) || !(level > 0 && level < 1) ||
        reference >= network->n_treat)
        return msp_fail(err, MSP_ERANGE,
                        "a prior of scale %g, level %g and reference %zu; expected a scale above "
                        "0, a level between 0 and 1 and a treatment",
                        scale, level, reference);
    posterior_of_tau p = {.model = network->model, .prior = prior, .scale = scale};
    p.top = prior == MSP_PRIOR_UNIFORM ? scale : tails * scale;
    p.constant = constant_of(network, &p.model);
    msp_status status = msp_pool_fit_init(&p.model, &p.fit, err);
    if (status != MSP_OK)
        return status;
    out->prior_only = p.fit.df == 0;
    p.model.use = msp_arena_array(&out->memory, network->n_treat, sizeof(bool));
    if (p.model.use != NULL)
        refer_to(network, reference, p.model.use);
    status = fit_posterior(&p, out, err);
    msp_pool_fit_free(&p.fit);
    return status;
}

void msp_bayes_free(msp_bayes *bayes)
{
    msp_arena_free(&bayes->memory);
    *bayes = (msp_bayes){0};
}

/* treat1 - treat2 as a mixture of normal distributions, one a node. */
typedef struct mixture {
    size_t n;
    const double *weight;
    double mean[NODES], sd[NODES];
} mixture;

/* `wider` adds tau itself, for a new trial. */
static void mix(const msp_bayes *bayes, size_t treat1, size_t treat2, bool wider, mixture *out)
{
    const size_t p = bayes->network->n_treat;
    out->n = bayes->n_node;
    out->weight = bayes->weight;
    for (size_t i = 0; i < out->n; i++) {
        const double *mean = bayes->mean + i * p, *cov = bayes->cov + i * p * p;
        const double tau = wider ? bayes->node[i] : 0;
        out->mean[i] = mean[treat1] - mean[treat2];
        out->sd[i] = sqrt(cov[treat1 * p + treat1] + cov[treat2 * p + treat2] -
                          2 * cov[treat1 * p + treat2] + tau * tau);
    }
}

/* P(below x), and its density there. */
static double below(const mixture *m, double x, double *density)
{
    const double root_half = 0.70710678118654752440, root_two_pi = 2.5066282746310005024;
    double sum = 0;
    *density = 0;
    for (size_t i = 0; i < m->n; i++) {
        const double z = (x - m->mean[i]) / m->sd[i];
        sum += m->weight[i] * erfc(-z * root_half) / 2;
        *density += m->weight[i] * exp(-z * z / 2) / (m->sd[i] * root_two_pi);
    }
    return sum;
}

static void moments(const mixture *m, double *mean, double *sd)
{
    double variance = 0;
    *mean = 0;
    for (size_t i = 0; i < m->n; i++)
        *mean += m->weight[i] * m->mean[i];
    for (size_t i = 0; i < m->n; i++)
        variance +=
            m->weight[i] * (m->sd[i] * m->sd[i] + (m->mean[i] - *mean) * (m->mean[i] - *mean));
    *sd = sqrt(variance);
}

/* Newton's steps from where a normal distribution would have it, kept between limits that close. */
static double quantile(const mixture *m, double probability)
{
    const double tolerance = 1e-14, z = msp_dist_normal_quantile(probability);
    double mean, sd, lo = INFINITY, hi = -INFINITY;
    moments(m, &mean, &sd);
    for (size_t i = 0; i < m->n; i++) { /* every component's quantile, so the mixture's */
        lo = fmin(lo, m->mean[i] + z * m->sd[i]);
        hi = fmax(hi, m->mean[i] + z * m->sd[i]);
    }
    double x = fmin(fmax(mean + z * sd, lo), hi);
    for (int step = 0; step < 100 && hi - lo > tolerance * sd; step++) {
        double density;
        const double excess = below(m, x, &density) - probability;
        if (excess > 0)
            hi = x;
        else
            lo = x;
        double next = x - excess / density;
        if (!(next > lo && next < hi))
            next = (lo + hi) / 2;
        if (fabs(next - x) <= tolerance * sd)
            return next;
        x = next;
    }
    return x;
}

double msp_bayes_below(const msp_bayes *bayes, size_t treat1, size_t treat2)
{
    const size_t *component = bayes->network->component;
    double density;
    mixture m;
    if (treat1 == treat2 || component[treat1] != component[treat2])
        return (double)NAN;
    mix(bayes, treat1, treat2, false, &m);
    return below(&m, 0, &density);
}

msp_bayes_effect msp_bayes_compare(const msp_bayes *bayes, size_t treat1, size_t treat2)
{
    const double nan = (double)NAN, tail = (1 - bayes->level) / 2;
    msp_bayes_effect out = {{nan, nan, nan, nan, nan}, nan, {nan, nan}};
    mixture m;
    out.below_0 = msp_bayes_below(bayes, treat1, treat2);
    if (isnan(out.below_0))
        return out;
    mix(bayes, treat1, treat2, false, &m);
    moments(&m, &out.effect.mean, &out.effect.sd);
    out.effect.lower = quantile(&m, tail);
    out.effect.median = quantile(&m, 0.5);
    out.effect.upper = quantile(&m, 1 - tail);
    mix(bayes, treat1, treat2, true, &m);
    out.new_trial = (msp_network_limits){quantile(&m, tail), quantile(&m, 1 - tail)};
    return out;
}

void msp_bayes_sucra(const msp_bayes *bayes, bool small_is_good, double *sucra)
{
    for (size_t i = 0; i < bayes->network->n_treat; i++) {
        double sum = 0, others = 0;
        for (size_t j = 0; j < bayes->network->n_treat; j++) {
            const double below = msp_bayes_below(bayes, i, j);
            if (isnan(below))
                continue;
            sum += small_is_good ? below : 1 - below;
            others++;
        }
        sucra[i] = others > 0 ? sum / others : (double)NAN;
    }
}
