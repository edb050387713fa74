#include "conditional.h"

#include <math.h>
#include <stdlib.h>

#include "mspike/stats/root.h"
#include "score.h"

static const double none = NAN;
static const double infinite = INFINITY;
static const double impossible = -INFINITY;

/* Probabilities this close are equal, as in R's fisher.test. */
static const double relative_error = 1e-7;

/* Beyond so many values, or products of values, an exact answer is not worth its time. */
static const double most_values = 1e7, most_products = 1e8;

/* -- the weights -- */

/* Terms this far below the largest change no digit of a sum, even ten million of them. */
static const double negligible = 60;

/* The terms a[i] + i slope, from <= i < to, that count; the largest. */
typedef struct window {
    size_t from, to;
    double top;
} window;

/* The weights are log-concave (hypergeometric probabilities are, and convolution keeps it), so the
 * terms rise to one top and fall. */
static window find_window(const double *a, size_t from, size_t to, double slope)
{
    size_t low = from, high = to - 1;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (a[middle + 1] - a[middle] + slope > 0)
            low = middle + 1;
        else
            high = middle;
    }
    window w = {low, low + 1, a[low] + (double)low * slope};
    while (w.from > from && a[w.from - 1] + (double)(w.from - 1) * slope > w.top - negligible)
        w.from--;
    while (w.to < to && a[w.to] + (double)w.to * slope > w.top - negligible)
        w.to++;
    return w;
}

/* log(sum of exp(a[i] + i slope)) over from <= i < to */
static double log_sum(const double *a, size_t from, size_t to, double slope)
{
    const window w = find_window(a, from, to, slope);
    double sum = 0;
    for (size_t i = w.from; i < w.to; i++)
        sum += exp(a[i] + (double)i * slope - w.top);
    return sum > 0 ? w.top + log(sum) : -(double)INFINITY; /* nothing to add: probability 0 */
}

static msp_status too_many(double n, msp_error *err)
{
    return msp_fail(err, MSP_EUNSUPPORTED, "%.3g tables have these margins; too many to add up", n);
}

/* One table's own weights. */
static msp_status weigh(const msp_two_by_two *t, msp__conditional *out, msp_error *err)
{
    const msp__counts c = msp__counts_of(t);
    const double events = c.x1 + c.x2, least = fmax(0, events - c.n2);
    const double n = fmin(c.n1, events) - least + 1;
    *out = (msp__conditional){0};
    const msp_status rc = msp__check_table(t, err);
    if (rc != MSP_OK)
        return rc;
    if (n > most_values)
        return too_many(n, err);
    *out =
        (msp__conditional){(size_t)n, (size_t)(c.x1 - least), malloc((size_t)n * sizeof(double))};
    if (out->log_weight == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu tables", out->n);
    for (size_t i = 0; i < out->n; i++)
        out->log_weight[i] = msp_dist_hypergeometric_log(least + (double)i, c.n1, c.n2, events);
    return MSP_OK;
}

/* The weights of the sum of two; `a` becomes it. */
static msp_status convolve(msp__conditional *a, const msp__conditional *b, msp_error *err)
{
    if ((double)a->n * (double)b->n > most_products)
        return too_many((double)a->n * (double)b->n, err);
    const size_t n = a->n + b->n - 1;
    double *sum = malloc(n * sizeof *sum), *terms = malloc(b->n * sizeof *terms);
    if (sum == NULL || terms == NULL) {
        free(sum);
        free(terms);
        return msp_fail(err, MSP_EMEM, "no memory for %zu tables", n);
    }
    for (size_t i = 0; i < n; i++) {
        const size_t from = i < b->n ? 0 : i - b->n + 1, to = i < a->n ? i + 1 : a->n;
        for (size_t j = from; j < to; j++)
            terms[j - from] = a->log_weight[j] + b->log_weight[i - j];
        sum[i] = log_sum(terms, 0, to - from, 0);
    }
    free(terms);
    free(a->log_weight);
    *a = (msp__conditional){n, a->at + b->at, sum};
    return MSP_OK;
}

msp_status msp__conditional_init(const msp_two_by_two *tables, size_t k, msp__conditional *out,
                                 msp_error *err)
{
    const msp_two_by_two nobody = {0};
    msp_status rc = weigh(k > 0 ? &tables[0] : &nobody, out, err);
    for (size_t i = 1; rc == MSP_OK && i < k; i++) {
        msp__conditional next;
        rc = weigh(&tables[i], &next, err);
        if (rc == MSP_OK)
            rc = convolve(out, &next, err);
        msp__conditional_free(&next);
    }
    if (rc != MSP_OK)
        msp__conditional_free(out);
    return rc;
}

void msp__conditional_free(msp__conditional *c)
{
    free(c->log_weight);
    *c = (msp__conditional){0};
}

/* -- tests -- */

static msp_prob from_log(double log_p)
{
    return (msp_prob){exp(fmin(log_p, 0)), fmin(log_p, 0)};
}

/* p less half of the probability of the table seen, which is part of it. */
static msp_prob without_half(double log_p, double log_here)
{
    return from_log(log_p + log1p(-exp(fmin(log_here - log_p, 0)) / 2));
}

void msp__conditional_test(const msp__conditional *c, msp_fisher *out)
{
    const double *w = c->log_weight, here = w[c->at], limit = here + log1p(relative_error);
    const double all = log_sum(w, 0, c->n, 0);
    double top = impossible, sum = 0;
    for (size_t i = 0; i < c->n; i++)
        top = w[i] <= limit ? fmax(top, w[i]) : top;
    for (size_t i = 0; i < c->n; i++)
        sum += w[i] <= limit ? exp(w[i] - top) : 0;
    out->two_sided = from_log(sum > 0 ? top + log(sum) - all : impossible);
    out->less = from_log(log_sum(w, 0, c->at + 1, 0) - all);
    out->greater = from_log(log_sum(w, c->at, c->n, 0) - all);
    out->mid_two_sided = without_half(out->two_sided.log_p, here - all);
    out->mid_less = without_half(out->less.log_p, here - all);
    out->mid_greater = without_half(out->greater.log_p, here - all);
    out->note = c->n > 1 ? NULL : "the margins leave one table only";
}

/* -- the odds ratio -- */

typedef struct equation {
    const msp__conditional *c;
    double log_tail;
} equation;

static double mean_excess(double log_ratio, const void *context)
{
    const msp__conditional *c = ((const equation *)context)->c;
    const double all = log_sum(c->log_weight, 0, c->n, log_ratio);
    const window w = find_window(c->log_weight, 0, c->n, log_ratio);
    double mean = 0;
    for (size_t i = w.from; i < w.to; i++)
        mean += ((double)i - (double)c->at) * exp(c->log_weight[i] + (double)i * log_ratio - all);
    return mean;
}

/* log P(X >= x) - log tail: grows with the ratio. */
static double greater_excess(double log_ratio, const void *context)
{
    const equation *e = context;
    const msp__conditional *c = e->c;
    return log_sum(c->log_weight, c->at, c->n, log_ratio) -
           log_sum(c->log_weight, 0, c->n, log_ratio) - e->log_tail;
}

/* log tail - log P(X <= x): grows with the ratio. */
static double less_excess(double log_ratio, const void *context)
{
    const equation *e = context;
    const msp__conditional *c = e->c;
    return e->log_tail - log_sum(c->log_weight, 0, c->at + 1, log_ratio) +
           log_sum(c->log_weight, 0, c->n, log_ratio);
}

/* The ratio at which a growing function is 0. */
static double solve(msp_function f, const equation *e)
{
    double reach = 1;
    while (reach < 512 && (f(-reach, e) > 0 || f(reach, e) < 0))
        reach *= 2;
    return exp(msp_root(f, e, -reach, reach));
}

void msp__conditional_odds_ratio(const msp__conditional *c, const msp_confidence *confidence,
                                 msp_interval *out)
{
    if (c->n < 2) {
        *out = (msp_interval){none, none, none, "the margins leave one table only"};
        return;
    }
    const equation e = {c, log(msp_confidence_tail(confidence))};
    const bool first = c->at == 0, last = c->at + 1 == c->n;
    out->estimate = first ? 0 : last ? infinite : solve(mean_excess, &e);
    out->lower = first || confidence->side == MSP_LESS ? 0 : solve(greater_excess, &e);
    out->upper = last || confidence->side == MSP_GREATER ? infinite : solve(less_excess, &e);
    out->note = last                              ? "infinite: the largest number possible"
                : confidence->side == MSP_GREATER ? "the upper limit is infinite"
                                                  : NULL;
}
