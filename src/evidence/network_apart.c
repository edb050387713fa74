/* network_apart.c - heterogeneity as netmeta has it: the comparisons of a study taken as apart. */
#include <math.h>

#include "network_internal.h"

/* One study: its m comparisons with the arm `base`. */
typedef struct apart {
    msp_pool_model model;
    double *te, *v, *square, *vec;
    size_t *other;
    msp_arena memory;
} apart;

static msp_status room(const msp_network *net, apart *a, msp_error *err)
{
    const size_t n = net->model.n, p = net->model.p, arms = net->n_treat;
    a->model =
        (msp_pool_model){.p = p, .rank = net->model.rank, .use = net->model.use}; /* .n counts up */
    a->model.x = msp_arena_array(&a->memory, n * p, sizeof(double));
    a->model.y = msp_arena_array(&a->memory, 2 * n, sizeof(double));
    a->te = msp_arena_array(&a->memory, 2 * arms + 2 * arms * arms, sizeof(double));
    a->other = msp_arena_array(&a->memory, arms, sizeof(size_t));
    if (a->model.x == NULL || a->model.y == NULL || a->te == NULL || a->other == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu rows", n);
    a->model.v = a->model.y + n;
    a->v = a->te + arms;
    a->square = a->v + arms;
    a->vec = a->square + arms * arms;
    return MSP_OK;
}

/* The reference where the study has it, else its last treatment. */
static size_t base_of(const msp_network *net, size_t study, size_t reference)
{
    const bool *arms = net->arms + study * net->n_treat;
    size_t last = 0;
    for (size_t t = 0; t < net->n_treat; t++)
        last = arms[t] ? t : last;
    return arms[reference] ? reference : last;
}

/* The comparisons of the study with `base`; how many. */
static size_t gather(const msp_network *net, size_t study, size_t base, apart *a)
{
    size_t m = 0;
    for (size_t i = 0; i < net->n_contrast; i++) {
        const msp_network_contrast *c = &net->contrast[i];
        if (c->study != study || (c->treat1 != base && c->treat2 != base))
            continue;
        a->other[m] = c->treat1 == base ? c->treat2 : c->treat1;
        a->te[m] = c->treat1 == base ? -c->te : c->te;
        a->v[m++] = c->se * c->se;
    }
    return m;
}

/*
 * Their covariance is taken to be D + tau2 M, D = diag(v), M = (I + 11') / 2. With K = M^(-1/2) and
 * K D K = U L U' the rows U'K y are independent and have the variances L + tau2.
 */
static void add_study(size_t base, size_t m, apart *a)
{
    const size_t p = a->model.p;
    const double own = sqrt(2.0), all = (sqrt(2.0 / (double)(m + 1)) - own) / (double)m;
    double total = 0;
    for (size_t i = 0; i < m; i++)
        total += a->v[i];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            a->square[i * m + j] = all * own * (a->v[i] + a->v[j]) + all * all * total +
                                   (i == j ? own * own * a->v[i] : 0);
    double *value = a->model.v + a->model.n;
    msp__eigen(a->square, m, value, a->vec);
    for (size_t r = 0; r < m; r++) {
        double sum = 0, y = 0, *x = a->model.x + p * (a->model.n + r);
        for (size_t i = 0; i < m; i++)
            sum += a->vec[i * m + r];
        for (size_t i = 0; i < m; i++) {
            const double weight = own * a->vec[i * m + r] + all * sum;
            y += weight * a->te[i];
            x[a->other[i]] += weight;
            x[base] -= weight;
        }
        a->model.y[a->model.n + r] = y;
    }
    a->model.n += m;
}

msp_status msp_network_tau2_apart(const msp_network *network, msp_tau_method method,
                                  size_t reference, double *tau2, msp_error *err)
{
    apart a = {0};
    msp_pool_fit fit = {0};
    *tau2 = (double)NAN;
    if (reference >= network->n_treat)
        return msp_fail(err, MSP_ERANGE, "reference %zu of %zu treatments", reference,
                        network->n_treat);
    msp_status status = room(network, &a, err);
    for (size_t s = 0; status == MSP_OK && s < network->n_study; s++) {
        const size_t base = base_of(network, s, reference), m = gather(network, s, base, &a);
        if (m > 0)
            add_study(base, m, &a);
    }
    if (status == MSP_OK)
        status = msp_pool_fit_init(&a.model, &fit, err);
    if (status == MSP_OK) {
        msp_pool_estimate(&a.model, method, &fit);
        *tau2 = fit.tau2;
    }
    msp_pool_fit_free(&fit);
    msp_arena_free(&a.memory);
    return status;
}
