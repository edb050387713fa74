/* bayes.c - a network's posterior as a mixture of normal distributions over tau. */
#include <math.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"
#include "network_internal.h"

#include "mspike/evidence/bayes.h"

static const double two_pi = 6.283185307179586477;
static const double prior_precision = 1e-4;

enum { PANELS = 40, NODES = PANELS * MSP_LEGENDRE_NODES };

/* What the posterior of tau is made of. */
typedef struct posterior_of_tau {
    msp_pool_model model; /* with the reference left out */
    msp_pool_fit fit;
    msp_prior prior;
    double scale, top; /* tau lies between 0 and top */
    double constant;   /* of the log likelihood */
    double peak;       /* the greatest log density met: scales the rest */
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

/* First the nodes' weights alone, then the effects at those that matter. */
static msp_status make_nodes(posterior_of_tau *p, msp_bayes *out, double *panel, msp_error *err)
{
    const double least = 1e-20;
    double at[NODES], mass[NODES], total = 0;
    p->peak = -INFINITY;
    for (size_t i = 0; i < NODES; i++) {
        const size_t number = i / MSP_LEGENDRE_NODES;
        const double lo = p->top * (double)number / PANELS;
        node_at(i % MSP_LEGENDRE_NODES, lo, lo + p->top / PANELS, &at[i], &mass[i]);
        mass[i] = log(mass[i]) + log_density(p, at[i]);
        p->peak = fmax(p->peak, mass[i]);
    }
    if (!isfinite(p->peak))
        return msp_fail(err, MSP_ENUMERIC, "the posterior of tau has no mass");
    for (size_t i = 0; i < NODES; i++) {
        mass[i] = exp(mass[i] - p->peak);
        panel[i / MSP_LEGENDRE_NODES] += mass[i];
        total += mass[i];
    }
    out->log_likelihood = log(total) + p->peak;
    const size_t n_treat = p->fit.p, square = n_treat * n_treat;
    for (size_t i = 0; i < NODES; i++) {
        if (mass[i] < least * total)
            continue;
        log_density(p, at[i]);
        const size_t n = out->n_node++;
        out->node[n] = at[i];
        out->weight[n] = mass[i] / total;
        memcpy(out->mean + n * n_treat, p->fit.beta, n_treat * sizeof(double));
        memcpy(out->cov + n * square, p->fit.cov, square * sizeof(double));
    }
    for (size_t k = 0; k < PANELS; k++)
        panel[k] /= total;
    p->peak += log(total);
    return MSP_OK;
}

/* tau with this much of its posterior below, by bisection within its panel. */
static double tau_quantile(posterior_of_tau *p, const double *panel, double probability)
{
    size_t k = 0;
    double below = 0;
    while (k + 1 < PANELS && below + panel[k] < probability)
        below += panel[k++];
    const double start = p->top * (double)k / PANELS;
    double lo = start, hi = start + p->top / PANELS;
    for (int step = 0; step < 40; step++) {
        const double middle = (lo + hi) / 2;
        if (below + mass_between(p, start, middle) < probability)
            lo = middle;
        else
            hi = middle;
    }
    return (lo + hi) / 2;
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
    out->node = msp_arena_array(&out->memory, NODES, sizeof(double));
    out->weight = msp_arena_array(&out->memory, NODES, sizeof(double));
    out->mean = msp_arena_array(&out->memory, n_treat, NODES * sizeof(double));
    out->cov = msp_arena_array(&out->memory, n_treat * n_treat, NODES * sizeof(double));
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

/* treat1 - treat2 given the node's tau; `wider` adds tau itself, for a new trial. */
typedef struct mixture {
    const msp_bayes *bayes;
    size_t treat1, treat2;
    bool wider;
    double probability;
} mixture;

static msp_network_estimate given_tau(const mixture *m, size_t node)
{
    const size_t p = m->bayes->network->n_treat;
    const double *mean = m->bayes->mean + node * p, *cov = m->bayes->cov + node * p * p;
    const double tau = m->wider ? m->bayes->node[node] : 0;
    return (msp_network_estimate){mean[m->treat1] - mean[m->treat2],
                                  sqrt(cov[m->treat1 * p + m->treat1] +
                                       cov[m->treat2 * p + m->treat2] -
                                       2 * cov[m->treat1 * p + m->treat2] + tau * tau)};
}

/* P(below x) less the probability asked for. */
static double excess(double x, const void *context)
{
    const mixture *m = context;
    double sum = 0;
    for (size_t i = 0; i < m->bayes->n_node; i++) {
        const msp_network_estimate e = given_tau(m, i);
        sum += m->bayes->weight[i] * msp_dist_normal_lower((x - e.te) / e.se).p;
    }
    return sum - m->probability;
}

static double quantile(mixture m, double probability)
{
    /* Every component's quantile lies between these, so the mixture's does. */
    double lo = INFINITY, hi = -INFINITY;
    const double z = msp_dist_normal_quantile(probability);
    for (size_t i = 0; i < m.bayes->n_node; i++) {
        const msp_network_estimate e = given_tau(&m, i);
        lo = fmin(lo, e.te + z * e.se);
        hi = fmax(hi, e.te + z * e.se);
    }
    const double margin = 1e-9 * (1 + hi - lo); /* where all agree, rounding decides */
    m.probability = probability;
    return msp_root(excess, &m, lo - margin, hi + margin);
}

double msp_bayes_below(const msp_bayes *bayes, size_t treat1, size_t treat2)
{
    const mixture m = {.bayes = bayes, .treat1 = treat1, .treat2 = treat2};
    const size_t *component = bayes->network->component;
    return treat1 != treat2 && component[treat1] == component[treat2] ? excess(0, &m) : (double)NAN;
}

msp_bayes_effect msp_bayes_compare(const msp_bayes *bayes, size_t treat1, size_t treat2)
{
    const double nan = (double)NAN;
    msp_bayes_effect out = {{nan, nan, nan, nan, nan}, nan, {nan, nan}};
    mixture m = {.bayes = bayes, .treat1 = treat1, .treat2 = treat2};
    out.below_0 = msp_bayes_below(bayes, treat1, treat2);
    if (isnan(out.below_0))
        return out;
    const double tail = (1 - bayes->level) / 2;
    double mean = 0, variance = 0;
    for (size_t i = 0; i < bayes->n_node; i++)
        mean += bayes->weight[i] * given_tau(&m, i).te;
    for (size_t i = 0; i < bayes->n_node; i++) {
        const msp_network_estimate e = given_tau(&m, i);
        variance += bayes->weight[i] * (e.se * e.se + (e.te - mean) * (e.te - mean));
    }
    out.effect = (msp_posterior){mean, sqrt(variance), quantile(m, tail), quantile(m, 0.5),
                                 quantile(m, 1 - tail)};
    m.wider = true;
    out.new_trial = (msp_network_limits){quantile(m, tail), quantile(m, 1 - tail)};
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
