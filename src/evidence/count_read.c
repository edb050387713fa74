/* count_read.c - what the weighted points of a posterior of counts say. */
#include <math.h>
#include <stdlib.h>

#include "mspike/evidence/bayes_counts.h"
#include "mspike/stats/root.h"

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
               : msp_fail(err, MSP_EMEM, "out of memory for what the points say");
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
