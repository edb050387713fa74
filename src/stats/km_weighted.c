/*
 * km_weighted.c - Kaplan-Meier with case weights w.
 *
 * d and r are sums of weights; Greenwood's variance takes them for counts. The robust one is the
 * infinitesimal jackknife, S^2 times the sum over clusters of the square of
 *
 *   sum over rows of w (H(end) - H(entry) - [event] / (r - d)),  H = sum of d / (r (r - d)),
 *
 * the derivative of log S by the weights, H(end) being taken at t for those who are still there.
 * With P the part of a cluster that is settled and W the weight of its rows at risk, its sum is
 * P + W H, so that the sums of P P, P W and W W over clusters are all that a time needs.
 */
#include "km_weighted.h"

#include <math.h>
#include <stdlib.h>

#include "cox_internal.h"

static size_t row_at(const km_group *g, size_t i)
{
    return g->order->row[g->at[i]];
}

static bool is_event(const km_group *g, size_t i, const msp_km_options *o)
{
    return msp_order_event(g->order, g->at[i]) != o->reverse;
}

static uint64_t time_at(const km_group *g, size_t i)
{
    return g->order->key[g->at[i]] >> 1;
}

msp_status msp__km_check_weights(const msp_order *order, const msp_km_options *options,
                                 msp_error *err)
{
    for (size_t i = 0; i < order->n; i++) {
        const size_t row = order->row[i];
        const msp_status status = cox_check_weight(options->weight[row], row, err);
        if (status != MSP_OK)
            return status;
        if (options->cluster != NULL && options->cluster[row] >= options->n_clusters)
            return msp_fail_row(err, MSP_ERANGE, row, "cluster code is %u; expected 0 to %zu",
                                options->cluster[row], options->n_clusters - 1);
    }
    return MSP_OK;
}

/* Weights of the events and of the censorings at each time. */
static void count_rows(const km_arrays *a, const km_group *g, const msp_km_options *o)
{
    for (size_t i = 0, row = 0, end; i < g->n; i = end, row++) {
        double events[2] = {0, 0}, censored[2] = {0, 0};
        for (end = i; end < g->n && time_at(g, end) == time_at(g, i); end++)
            cox_add_exactly(is_event(g, end, o) ? events : censored, o->weight[row_at(g, end)]);
        a->time[row] = msp_order_time(g->order, g->at[i]);
        a->events[row] = events[0] + events[1];
        a->censored[row] = censored[0] + censored[1];
    }
}

static double entry_at(const km_group *g, size_t i)
{
    return g->order->entry[g->by_entry[i]];
}

static size_t row_of_entry(const km_group *g, size_t i)
{
    return g->order->row[g->order->entry_at[g->by_entry[i]]];
}

/* Back in time: who ends at a time joins there, who enters at it or later is not there yet. Where
 * nobody is but those with the event, r is d: S is 0 there, not what rounding leaves. */
static void count_at_risk(const km_arrays *a, size_t n_rows, const km_group *g,
                          const msp_km_options *o)
{
    double pair[2] = {0, 0};
    size_t inside = g->n, first = g->n, there = 0;
    for (size_t row = n_rows; row-- > 0;) {
        size_t n_events = 0, last = first;
        for (; first > 0 && msp_order_time(g->order, g->at[first - 1]) == a->time[row]; first--)
            n_events += is_event(g, first - 1, o);
        there += last - first;
        cox_add_exactly(pair, a->events[row]);
        cox_add_exactly(pair, a->censored[row]);
        for (; g->by_entry != NULL && inside > 0 && entry_at(g, inside - 1) >= a->time[row];
             inside--, there--)
            cox_add_exactly(pair, -o->weight[row_of_entry(g, inside - 1)]);
        a->at_risk[row] = there == n_events ? a->events[row] : pair[0] + pair[1];
    }
}

static void multiply(const km_arrays *a, size_t n_rows)
{
    double survival = 1, sum = 0;
    for (size_t row = 0; row < n_rows; row++) {
        const double d = a->events[row], r = a->at_risk[row];
        survival *= d > 0 ? (r - d) / r : 1;
        sum += d > 0 ? d / (r * (r - d)) : 0;
        a->survival[row] = survival;
        a->std_error[row] = sqrt(sum);
    }
}

/* --- the infinitesimal jackknife -------------------------------------------------------------- */

typedef struct jackknife {
    const km_group *group;
    const msp_km_options *options;
    double *settled, *present; /* P and W of each cluster */
    double squares[2], products[2], weights[2];
    size_t entered;
} jackknife;

static void move(jackknife *k, size_t row, double settled, double weight)
{
    const size_t c = k->options->cluster != NULL ? k->options->cluster[row] : row;
    double *p = &k->settled[c], *w = &k->present[c];
    cox_add_exactly(k->squares, -*p * *p);
    cox_add_exactly(k->products, -*p * *w);
    cox_add_exactly(k->weights, -*w * *w);
    *p += settled;
    *w += weight;
    cox_add_exactly(k->squares, *p * *p);
    cox_add_exactly(k->products, *p * *w);
    cox_add_exactly(k->weights, *w * *w);
}

static void enter_before(jackknife *k, double time, double hazard)
{
    const km_group *g = k->group;
    for (; k->entered < g->n; k->entered++) {
        const bool late = g->by_entry != NULL;
        if (late && !(entry_at(g, k->entered) < time))
            break;
        const size_t row = late ? row_of_entry(g, k->entered) : row_at(g, k->entered);
        const double w = k->options->weight[row];
        move(k, row, -w * hazard, w);
    }
}

static double sum_of(const double *pair)
{
    return pair[0] + pair[1];
}

static void walk(jackknife *k, const km_arrays *a, size_t n_rows)
{
    const km_group *g = k->group;
    double hazard = 0;
    for (size_t row = 0, i = 0; row < n_rows; row++) {
        const double d = a->events[row], r = a->at_risk[row];
        enter_before(k, a->time[row], hazard);
        hazard += d > 0 ? d / (r * (r - d)) : 0;
        if (isinf(hazard)) {
            for (; row < n_rows; row++)
                a->std_error[row] = INFINITY;
            return;
        }
        for (; i < g->n && msp_order_time(g->order, g->at[i]) == a->time[row]; i++) {
            const double w = k->options->weight[row_at(g, i)];
            const double event = is_event(g, i, k->options) ? 1 / (r - d) : 0;
            move(k, row_at(g, i), w * (hazard - event), -w);
        }
        const double square = sum_of(k->squares) + 2 * hazard * sum_of(k->products) +
                              hazard * hazard * sum_of(k->weights);
        a->std_error[row] = sqrt(fmax(square, 0));
    }
}

static msp_status make_robust(const km_arrays *a, size_t n_rows, const km_group *g,
                              const msp_km_options *o, msp_error *err)
{
    const size_t n = o->cluster != NULL ? o->n_clusters : g->order->n_rows;
    jackknife k = {.group = g, .options = o};
    k.settled = calloc(2 * n + 1, sizeof *k.settled);
    if (k.settled == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu clusters", n);
    k.present = k.settled + n;
    walk(&k, a, n_rows);
    free(k.settled);
    return MSP_OK;
}

msp_status msp__km_weigh(const km_arrays *a, size_t n_rows, const km_group *group,
                         const msp_km_options *options, msp_error *err)
{
    count_rows(a, group, options);
    count_at_risk(a, n_rows, group, options);
    multiply(a, n_rows);
    return options->robust ? make_robust(a, n_rows, group, options, err) : MSP_OK;
}
