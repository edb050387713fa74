#include "mspike/stats/cumulative.h"

#include <math.h>
#include <stdlib.h>

#include "causes.h"
#include "large.h"
#include "mspike/stats/dist.h"
#include "strata.h"

msp_status msp__read_causes(uint32_t **out, const msp_order *order, const uint32_t *cause,
                            size_t n_causes, msp_error *err)
{
    *out = NULL;
    if (order->entry != NULL)
        return msp_fail(err, MSP_EUNSUPPORTED, "competing risks with entry times");
    if (n_causes == 0)
        return msp_fail(err, MSP_ERANGE, "no cause; expected at least one");
    *out = msp__large(order->n, sizeof **out);
    if (*out == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the causes of %zu rows", order->n);
    for (size_t i = 0; i < order->n; i++) {
        const uint32_t c = cause[order->row[i]];
        (*out)[i] = c;
        if (c > n_causes || (c > 0) != msp_order_event(order, i)) {
            free(*out);
            *out = NULL;
            return msp_fail_row(err, MSP_ERANGE, order->row[i],
                                "cause is %u; expected 1 to %zu for an event and 0 otherwise", c,
                                n_causes);
        }
    }
    return MSP_OK;
}

/*
 * The variance of F(t) adds, over the event times u <= t, the variances of the counts of this cause
 * and of the others, each times the square of what one of them changes in F(t):
 *
 *   this cause     1 + (F(u) - F(t)) / S(u)
 *   another        (F(u) - F(t)) / S(u)
 *
 * Both are linear in F(t), so three sums do for every t.
 */
typedef struct sums {
    double square, cross, slope; /* of w a^2, w a b and w b^2, the change being a - b F(t) */
} sums;

/* Of d / r: hypergeometric, as in the log-rank test. */
static double count_variance(double d, double r)
{
    return (d > 1 ? 1 - (d - 1) / (r - 1) : 1) * d / (r * r);
}

static void add_change(sums *v, double a, double b, double weight)
{
    v->square += weight * a * a;
    v->cross += weight * a * b;
    v->slope += weight * b * b;
}

/* Rows of one group, in time order. */
typedef struct rows {
    const msp_order *order;
    const uint32_t *cause; /* by position */
    const uint32_t *at;
    size_t n;
} rows;

/* One cause of one group, written to the arrays, which have room for its events. */
static void fit_curve(const rows *r, uint32_t which, double *time, double *incidence,
                      double *variance, msp_cumulative_curve *out)
{
    double survival = 1, f = 0;
    sums v = {0, 0, 0};
    for (size_t i = 0, j; i < r->n; i = j) {
        const uint64_t moment = r->order->key[r->at[i]] >> 1;
        double own = 0, other = 0;
        for (j = i; j < r->n && r->order->key[r->at[j]] >> 1 == moment; j++) {
            own += r->cause[r->at[j]] == which;
            other += r->cause[r->at[j]] != which && r->cause[r->at[j]] != 0;
        }
        if (own + other == 0)
            continue;
        const double at_risk = (double)(r->n - i), before = survival;
        survival *= (at_risk - own - other) / at_risk;
        f += before * own / at_risk;
        const double b = survival > 0 ? 1 / survival : 0;
        if (other > 0 && survival > 0)
            add_change(&v, f * b, b, before * before * count_variance(other, at_risk));
        if (own == 0)
            continue;
        add_change(&v, 1 + f * b, b, before * before * count_variance(own, at_risk));
        time[out->n] = msp_order_time(r->order, r->at[i]);
        incidence[out->n] = f;
        variance[out->n++] = v.square + f * f * v.slope - 2 * f * v.cross;
        out->n_events += (size_t)own;
    }
    out->complete = survival <= 0;
}

static void fit_groups(const msp_order *order, const uint32_t *cause, const msp_layout *layout,
                       msp_cumulative *out)
{
    double *next = out->block;
    for (size_t g = 0; g < out->n_groups; g++) {
        const size_t start = layout->start[g], n = layout->start[g + 1] - start;
        const rows r = {order, cause, layout->at + start, n};
        size_t events = 0;
        for (size_t i = 0; i < n; i++)
            events += cause[r.at[i]] != 0;
        for (size_t c = 0; c < out->n_causes; c++) {
            msp_cumulative_curve *curve = &out->curves[g * out->n_causes + c];
            curve->n_patients = n;
            curve->end = n > 0 ? msp_order_time(order, r.at[n - 1]) : (double)NAN;
            curve->time = next;
            curve->incidence = next + events;
            curve->variance = next + 2 * events;
            fit_curve(&r, (uint32_t)c + 1, next, next + events, next + 2 * events, curve);
            next += 3 * events;
        }
    }
}

msp_status msp_cumulative_fit(const msp_order *order, const uint32_t *cause, size_t n_causes,
                              const uint32_t *group, size_t n_groups, msp_cumulative *out,
                              msp_error *err)
{
    *out = (msp_cumulative){.n_groups = group != NULL ? n_groups : 1, .n_causes = n_causes};
    uint32_t *causes;
    msp_layout layout = {0};
    msp_status status = msp__read_causes(&causes, order, cause, n_causes, err);
    if (status == MSP_OK)
        status = msp__layout_init(&layout, order, group, out->n_groups, "group", err);
    if (status == MSP_OK && n_causes < SIZE_MAX / sizeof *out->curves / out->n_groups) {
        out->curves = calloc(out->n_groups * n_causes, sizeof *out->curves);
        out->block = order->n_events < SIZE_MAX / 24 / n_causes
                         ? msp__large(3 * order->n_events * n_causes + 1, sizeof *out->block)
                         : NULL;
    }
    if (status == MSP_OK && (out->curves == NULL || out->block == NULL))
        status = msp_fail(err, MSP_EMEM, "no memory for the incidence in %zu groups", n_groups);
    if (status == MSP_OK)
        fit_groups(order, causes, &layout, out);
    else
        msp_cumulative_free(out);
    free(causes);
    msp__layout_free(&layout);
    return status;
}

void msp_cumulative_free(msp_cumulative *cumulative)
{
    free(cumulative->curves);
    free(cumulative->block);
    *cumulative = (msp_cumulative){0};
}

msp_cumulative_point msp_cumulative_at(const msp_cumulative_curve *curve, double time, double level)
{
    const double none = NAN;
    msp_cumulative_point p = {time, none, none, none, none};
    if (curve->n_patients == 0 || isnan(time) || (time > curve->end && !curve->complete))
        return p;
    size_t lo = 0, hi = curve->n; /* rows before lo are at or before `time` */
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (curve->time[middle] <= time)
            lo = middle + 1;
        else
            hi = middle;
    }
    p.estimate = lo > 0 ? curve->incidence[lo - 1] : 0;
    p.std_error = lo > 0 ? sqrt(fmax(curve->variance[lo - 1], 0)) : 0;
    if (p.estimate > 0 && p.estimate < 1) {
        const double f = p.estimate,
                     step = msp_dist_normal_limit(level) * p.std_error / (f * log(f));
        p.lower = pow(f, exp(-step));
        p.upper = pow(f, exp(step));
    }
    return p;
}
