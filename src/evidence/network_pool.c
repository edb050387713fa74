/* network_pool.c - weighted regression with heterogeneity: the fit, and the estimators of tau2. */
#include <math.h>
#include <string.h>

#include "mspike/stats/root.h"
#include "network_internal.h"

const char *msp_tau_method_text(msp_tau_method method)
{
#define MSP_AS_TEXT(name, text) text,
    static const char *const texts[] = {MSP_TAU_LIST(MSP_AS_TEXT)};
#undef MSP_AS_TEXT
    return texts[method];
}

msp_status msp_pool_fit_init(const msp_pool_model *model, msp_pool_fit *fit, msp_error *err)
{
    *fit = (msp_pool_fit){.p = model->p, .df = model->n - model->rank};
    fit->beta = msp_arena_array(&fit->memory, 2 * model->p, sizeof(double));
    fit->cov = msp_arena_array(&fit->memory, model->p * model->p, sizeof(double));
    if (fit->beta != NULL && fit->cov != NULL)
        return MSP_OK;
    msp_pool_fit_free(fit);
    return msp_fail(err, MSP_EMEM, "out of memory for a network of %zu effects", model->p);
}

void msp_pool_fit_free(msp_pool_fit *fit)
{
    msp_arena_free(&fit->memory);
    *fit = (msp_pool_fit){0};
}

static double fitted(const msp_pool_fit *fit, const double *x)
{
    double sum = 0;
    for (size_t j = 0; j < fit->p; j++)
        sum += x[j] * fit->beta[j];
    return sum;
}

double msp__variance_of(const msp_pool_fit *fit, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < fit->p; i++)
        for (size_t j = 0; x[i] != 0 && j < fit->p; j++)
            sum += x[i] * fit->cov[i * fit->p + j] * x[j];
    return sum;
}

/* x'wx into cov, x'wy behind beta. */
static void add_row(msp_pool_fit *fit, const double *x, double y, double w)
{
    const size_t p = fit->p;
    for (size_t i = 0; i < p; i++) {
        if (x[i] == 0)
            continue;
        fit->beta[p + i] += w * x[i] * y;
        for (size_t j = 0; j < p; j++)
            fit->cov[i * p + j] += w * x[i] * x[j];
    }
}

void msp__pool_solve(const msp_pool_model *model, double tau2, double ridge, msp_pool_fit *fit)
{
    const size_t p = model->p;
    memset(fit->beta, 0, 2 * p * sizeof(double));
    memset(fit->cov, 0, p * p * sizeof(double));
    for (size_t r = 0; r < model->n; r++)
        add_row(fit, model->x + r * p, model->y[r], 1 / (model->v[r] + tau2));
    for (size_t i = 0; i < p; i++)
        fit->cov[i * p + i] += ridge;
    fit->log_det = msp__invert_used(fit->cov, p, model->use);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            fit->beta[i] += fit->cov[i * p + j] * fit->beta[p + j];
    fit->tau2 = tau2;
    fit->q = 0;
    for (size_t r = 0; r < model->n; r++) {
        const double residual = model->y[r] - fitted(fit, model->x + r * p);
        fit->q += residual * residual / (model->v[r] + tau2);
    }
}

void msp_pool_solve(const msp_pool_model *model, double tau2, msp_pool_fit *fit)
{
    msp__pool_solve(model, tau2, 0, fit);
}

double msp__q_slope(const msp_pool_model *model, const msp_pool_fit *fit)
{
    double sum = 0;
    for (size_t r = 0; r < model->n; r++) {
        const double w = 1 / (model->v[r] + fit->tau2);
        sum += w - w * w * msp__variance_of(fit, model->x + r * model->p);
    }
    return sum;
}

/* The search for tau2: `fit` is scratch. */
typedef struct search {
    const msp_pool_model *model;
    msp_pool_fit *fit;
    msp_tau_method method;
} search;

/* Twice the derivative of the (restricted) log likelihood by tau2. */
static double score(double tau2, const void *context)
{
    const search *s = context;
    const msp_pool_model *model = s->model;
    msp_pool_solve(model, tau2, s->fit);
    double sum = 0;
    for (size_t r = 0; r < model->n; r++) {
        const double w = 1 / (model->v[r] + tau2);
        const double residual = model->y[r] - fitted(s->fit, model->x + r * model->p);
        sum += w * w * residual * residual - w;
    }
    if (s->method == MSP_TAU_REML)
        for (size_t r = 0; r < model->n; r++) {
            const double w = 1 / (model->v[r] + tau2);
            sum += w * w * msp__variance_of(s->fit, model->x + r * model->p);
        }
    return sum;
}

/* The logarithm of a product, of one logarithm for many factors. */
typedef struct log_product {
    double log, product;
} log_product;

static void multiply(log_product *l, double x)
{
    l->product *= x; /* factors lie between 1e-200 and 1e200: check_contrast */
    if (l->product > 1e-100 && l->product < 1e100)
        return;
    l->log += log(l->product);
    l->product = 1;
}

/* The lower triangle of x'wx and x'wy, of the columns used; returns log |variances|. */
static double add_triangle(const msp_pool_model *model, double tau2, msp_pool_fit *fit)
{
    const size_t p = model->p;
    double *a = fit->cov, *y = fit->beta + p;
    log_product variances = {0, 1};
    memset(fit->beta, 0, 2 * p * sizeof(double));
    memset(a, 0, p * p * sizeof(double));
    for (size_t r = 0; r < model->n; r++) {
        const double *x = model->x + r * p, w = 1 / (model->v[r] + tau2);
        multiply(&variances, model->v[r] + tau2);
        size_t first = p; /* that counts: a row has few, and none before */
        for (size_t i = 0; i < p; i++) {
            if (x[i] == 0 || !model->use[i])
                continue;
            first = first < p ? first : i;
            y[i] += w * x[i] * model->y[r];
            for (size_t j = first; j <= i; j++)
                a[i * p + j] += model->use[j] ? w * x[i] * x[j] : 0;
        }
    }
    return variances.log + log(variances.product);
}

/* Solves for beta by Cholesky's root, which a symmetric matrix needs a sixth of the work for that
 * its inverse takes. Returns log |x'wx|. */
static double solve_triangle(const msp_pool_model *model, msp_pool_fit *fit)
{
    const size_t p = model->p;
    double *a = fit->cov, *y = fit->beta + p;
    log_product roots = {0, 1};
    for (size_t i = 0; i < p; i++) {
        if (!model->use[i])
            continue;
        size_t first = 0; /* nothing before it, in the root as in the matrix */
        while (first < i && a[i * p + first] == 0)
            first++;
        for (size_t j = first; j <= i; j++) {
            if (!model->use[j])
                continue;
            double sum = a[i * p + j];
            for (size_t k = first; k < j; k++)
                sum -= a[i * p + k] * a[j * p + k];
            a[i * p + j] = i == j ? sqrt(sum) : sum / a[j * p + j];
        }
        for (size_t k = first; k < i; k++)
            y[i] -= a[i * p + k] * y[k];
        y[i] /= a[i * p + i];
        multiply(&roots, a[i * p + i]);
    }
    for (size_t i = p; i-- > 0;) {
        if (!model->use[i])
            continue;
        double sum = y[i];
        for (size_t k = i + 1; k < p; k++)
            sum -= a[k * p + i] * fit->beta[k];
        fit->beta[i] = sum / a[i * p + i];
    }
    return 2 * (roots.log + log(roots.product));
}

/* Without the covariance: a third of what msp_pool_solve takes. */
static double log_likelihood(const search *s, double tau2)
{
    const msp_pool_model *model = s->model;
    double sum = add_triangle(model, tau2, s->fit);
    const double log_det = solve_triangle(model, s->fit);
    for (size_t r = 0; r < model->n; r++) {
        const double residual = model->y[r] - fitted(s->fit, model->x + r * model->p);
        sum += residual * residual / (model->v[r] + tau2);
    }
    return -(sum + (s->method == MSP_TAU_REML ? log_det : 0)) / 2;
}

static double excess_q(double tau2, const void *context)
{
    const search *s = context;
    msp_pool_solve(s->model, tau2, s->fit);
    return s->fit->q - (double)s->fit->df;
}

/* No estimate is greater: with R the unweighted residual sum of squares, both scores and Q - df are
 * negative from R / df + max v on, since Q <= R / tau2 and R max(w)^2 <= df min(w) there. */
static double greatest_tau2(const search *s)
{
    double v = 0;
    for (size_t r = 0; r < s->model->n; r++)
        v = fmax(v, s->model->v[r]);
    /* Weights that differ by less than 1e-8: as good as none. */
    msp_pool_solve(s->model, 1e8 * v, s->fit);
    return s->fit->q * 1.001e8 * v / (double)s->fit->df + v;
}

/* The likelihood may have several summits: the highest on a grid, then its root of the score. */
static double likeliest(const search *s)
{
    enum { GRID = 32 };
    const double top = greatest_tau2(s);
    double best = -INFINITY, lo = 0, hi = 0, here = 0, before = 0;
    for (int k = 0; k <= GRID; k++) {
        const double part = (double)(k + 1) / GRID, next = top * part * part * part;
        const double at = log_likelihood(s, here);
        if (at > best) {
            best = at;
            lo = before;
            hi = fmin(next, top);
        }
        before = here;
        here = next;
    }
    return score(lo, s) > 0 ? msp_root(score, s, lo, hi) : lo;
}

static double estimate(const search *s)
{
    msp_pool_solve(s->model, 0, s->fit);
    const double excess = s->fit->q - (double)s->fit->df;
    switch (s->method) {
    case MSP_TAU_COMMON:
        return 0;
    case MSP_TAU_DL:
        return fmax(0, excess / msp__q_slope(s->model, s->fit));
    case MSP_TAU_PM:
        return excess > 0 ? msp_root(excess_q, s, 0, greatest_tau2(s)) : 0;
    case MSP_TAU_ML:
    case MSP_TAU_REML:
        break;
    }
    return likeliest(s);
}

void msp_pool_estimate(const msp_pool_model *model, msp_tau_method method, msp_pool_fit *fit)
{
    const search s = {model, fit, method};
    const bool blind = fit->df == 0 && method != MSP_TAU_COMMON;
    msp_pool_solve(model, blind ? 0 : estimate(&s), fit);
    fit->note = blind
                    ? "no degrees of freedom: the trials cannot say how much they differ, and the "
                      "interval is that of one common effect"
                    : NULL;
}
