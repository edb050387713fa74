/*
 * fine_gray_likelihood.c - the weighted partial likelihood and the variance of its score.
 *
 * With w = exp(x'b), u = w / G(s-) for a row of another cause at s, and at event time t with d
 * events
 *
 *   S0(t) = sum of w over rows with time >= t  +  G(t-) sum of u over other causes before t
 *
 * and S1 likewise with w x, m = S1 / S0 and h = d / S0,
 *
 *   loglik = sum over events of x'b - sum d log S0
 *   score  = sum over events of x - sum d m
 *   information = sum over rows of v x x' - sum d m m'
 *
 * where v = w (L(s) + [other] K(s) / G(s-)), L(s) the sum of h up to s and K(s) that of G(t-) h
 * after s. One sweep forward in time finds the sums over other causes, one backward those over the
 * rest: O(n p) a likelihood.
 *
 * The variance of the score (Fine & Gray 1999, section 3) is that of the sum of eta + psi over
 * rows. With M and Q the sums of h m as L and K are of h,
 *
 *   eta = [event] (x - m(s)) - w (x L(s) - M(s)) - [other] u (x K(s) - Q(s))
 *   psi = [censored] q(s) / Y(s) - sum over censorings up to s of q / Y^2
 *   q(c) = K(c-) sum of u x - Q(c-) sum of u, over other causes before c
 *
 * and Y(c) the number of rows with time >= c: psi is what estimating G adds. At a time c that
 * events and censorings share, q counts the events and no other cause, as the authors' program
 * does.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fine_gray_internal.h"
#include "kernels.h"
#include "large.h"

/* exp(x'b) of larger size would leave no room for sums. */
static const double largest_exponent = 600;

static msp_status out_of_memory(const subrisk *r, msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for a Fine-Gray model of %zu rows", r->n);
}

/* G just before the time of every row, going forward: frame rows backwards. */
static void fit_censoring(subrisk *r)
{
    const msp_order *order = r->order;
    double g = 1;
    for (size_t i = 0, j; i < r->n; i = j) {
        double censored = 0;
        for (j = i; j < r->n && order->key[j] >> 1 == order->key[i] >> 1; j++) {
            r->free[r->n - 1 - j] = g;
            censored += r->kind[r->n - 1 - j] == CENSORED;
        }
        const double at_risk = (double)(r->n - i);
        g *= (at_risk - censored) / at_risk;
    }
}

static void list_times(subrisk *r)
{
    const msp_order *order = r->order;
    for (size_t i = r->n, j; i > 0; i = j) { /* positions j .. i - 1 of the order have one time */
        double events = 0;
        for (j = i; j > 0 && order->key[j - 1] >> 1 == order->key[i - 1] >> 1; j--)
            events += r->kind[r->n - j] == EVENT;
        if (events <= 0)
            continue;
        r->end[r->n_times] = r->n - j;
        r->g[r->n_times] = r->free[r->n - 1 - j];
        r->events[r->n_times++] = events;
    }
}

msp_status subrisk_init(subrisk *r, const msp_order *order, const uint32_t *cause, uint32_t which,
                        size_t p, msp_error *err)
{
    const size_t n = order->n;
    *r = (subrisk){.n = n, .order = order};
    msp_status status = cox_frame_init(&r->frame, order, NULL, 1, err);
    if (status != MSP_OK)
        return status;
    size_t n_events = 0;
    for (size_t i = 0; i < n; i++)
        n_events += cause[i] == which;
    r->kind = malloc(n);
    r->end = malloc((n_events + 1) * sizeof *r->end);
    r->x = malloc((p + 1) * sizeof *r->x);
    const size_t of_rows = (p + 3) * n, of_times = (p + 4) * n_events;
    r->block = p < SIZE_MAX / 64 / (n + 1)
                   ? msp__large(of_rows + of_times + p + 4 * (p + 1), sizeof *r->block)
                   : NULL;
    if (r->kind == NULL || r->end == NULL || r->x == NULL || r->block == NULL)
        return out_of_memory(r, err);
    for (size_t i = 0; i < n; i++)
        r->kind[n - 1 - i] = cause[i] == 0 ? CENSORED : cause[i] == which ? EVENT : OTHER;
    r->free = r->block;
    r->weight = r->free + n;
    r->share = r->weight + n;
    for (size_t k = 0; k < p; k++)
        r->x[k] = r->share + (k + 1) * n;
    r->events = r->block + of_rows;
    r->g = r->events + n_events;
    r->hazard = r->g + n_events;
    r->s0 = r->hazard + n_events;
    r->means = r->s0 + n_events;
    r->event_sums = r->means + p * n_events;
    r->room = r->event_sums + p;
    fit_censoring(r);
    list_times(r);
    return MSP_OK;
}

void subrisk_free(subrisk *r)
{
    cox_frame_free(&r->frame);
    free(r->kind);
    free(r->end);
    free(r->x);
    free(r->block);
    *r = (subrisk){0};
}

void subrisk_set(subrisk *r, size_t p)
{
    r->p = p;
    for (size_t k = 0; k < p; k++) {
        r->event_sums[k] = 0;
        for (size_t i = 0; i < r->n; i++)
            if (r->kind[i] == EVENT)
                r->event_sums[k] += r->x[k][i];
    }
}

static bool weigh(subrisk *r, const double *b)
{
    double eta[MSP_BLOCK];
    bool in_range = true;
    for (size_t i = 0; i < r->n; i += MSP_BLOCK) {
        const size_t n = r->n - i < MSP_BLOCK ? r->n - i : MSP_BLOCK;
        msp__linear(eta, (const double *const *)r->x, b, r->p, i, n);
        in_range &= msp__largest(eta, n) <= largest_exponent;
        msp__exp_all(r->weight + i, eta, n);
    }
    return in_range;
}

static void add_row(const subrisk *r, double *sums, double w, size_t i)
{
    sums[0] += w;
    for (size_t k = 0; k < r->p; k++)
        sums[k + 1] += w * r->x[k][i];
}

/* The part of S0 and S1 that rows of other causes have, going forward. */
static void sweep_others(const subrisk *r)
{
    double *sums = r->room;
    memset(sums, 0, (r->p + 1) * sizeof *sums);
    size_t i = r->n;
    for (size_t e = r->n_times; e-- > 0;) {
        for (; i > r->end[e]; i--)
            if (r->kind[i - 1] == OTHER)
                add_row(r, sums, r->weight[i - 1] / r->free[i - 1], i - 1);
        r->s0[e] = r->g[e] * sums[0];
        for (size_t k = 0; k < r->p; k++)
            r->means[k * r->n_times + e] = r->g[e] * sums[k + 1];
    }
}

/* The rest of them, going back; then the means and hazards. */
static void sweep_at_risk(const subrisk *r, cox_point *out)
{
    double *sums = r->room;
    memset(sums, 0, (r->p + 1) * sizeof *sums);
    size_t i = 0;
    for (size_t e = 0; e < r->n_times; e++) {
        for (; i < r->end[e]; i++)
            add_row(r, sums, r->weight[i], i);
        r->s0[e] += sums[0];
        r->hazard[e] = r->events[e] / r->s0[e];
        out->loglik -= r->events[e] * msp__log(r->s0[e]);
        for (size_t k = 0; k < r->p; k++) {
            double *mean = &r->means[k * r->n_times + e];
            *mean = (*mean + sums[k + 1]) / r->s0[e];
            out->score[k] -= r->events[e] * *mean;
        }
        for (size_t k = 0; k < r->p; k++)
            for (size_t j = 0; j <= k; j++)
                out->information[k * r->p + j] -=
                    r->events[e] * r->means[k * r->n_times + e] * r->means[j * r->n_times + e];
    }
}

/* v of every row: L going forward, K going back. */
static void share_rows(const subrisk *r)
{
    double sum = 0;
    size_t i = r->n;
    for (size_t e = r->n_times; e-- > 0;) {
        for (; i > r->end[e]; i--)
            r->share[i - 1] = sum;
        sum += r->hazard[e];
    }
    for (; i > 0; i--)
        r->share[i - 1] = sum;
    double after = 0;
    for (size_t e = 0; e <= r->n_times; e++) {
        for (; i < (e < r->n_times ? r->end[e] : r->n); i++) {
            if (r->kind[i] == OTHER)
                r->share[i] += after / r->free[i];
            r->share[i] *= r->weight[i];
        }
        after += e < r->n_times ? r->g[e] * r->hazard[e] : 0;
    }
}

static void sum_rows(const subrisk *r, cox_point *out)
{
    double vx[MSP_BLOCK];
    for (size_t i = 0; i < r->n; i += MSP_BLOCK) {
        const size_t n = r->n - i < MSP_BLOCK ? r->n - i : MSP_BLOCK;
        for (size_t k = 0; k < r->p; k++) {
            msp__multiply(vx, r->share + i, r->x[k] + i, n);
            for (size_t j = 0; j <= k; j++)
                out->information[k * r->p + j] += msp__dot(vx, r->x[j] + i, n);
        }
    }
}

void subrisk_evaluate(subrisk *r, const double *b, cox_point *out)
{
    memset(out->information, 0, r->p * r->p * sizeof *out->information);
    memcpy(out->score, r->event_sums, r->p * sizeof *out->score);
    out->loglik = 0;
    for (size_t k = 0; k < r->p; k++)
        out->loglik += b[k] * r->event_sums[k];
    if (!weigh(r, b)) {
        out->loglik = -INFINITY;
        return;
    }
    sweep_others(r);
    sweep_at_risk(r, out);
    share_rows(r);
    sum_rows(r, out);
}

/* --- the variance of the score ---------------------------------------------------------------- */

/* Sums of h and h m (or of G h and G h m) over event times on one side of the row at hand. */
static void add_time(const subrisk *r, double *sums, size_t e, double factor)
{
    sums[0] += factor * r->hazard[e];
    for (size_t k = 0; k < r->p; k++)
        sums[k + 1] += factor * r->hazard[e] * r->means[k * r->n_times + e];
}

/* influence (row by row, p each) += -factor (x sums[0] - sums[1 ..]) */
static void subtract_martingale(const subrisk *r, double *influence, const double *sums,
                                double factor, size_t i)
{
    for (size_t k = 0; k < r->p; k++)
        influence[i * r->p + k] -= factor * (r->x[k][i] * sums[0] - sums[k + 1]);
}

/* Going forward: events, and what lies before each row. */
static void add_past(const subrisk *r, double *influence, double *sums)
{
    memset(sums, 0, (r->p + 1) * sizeof *sums);
    size_t i = r->n;
    for (size_t e = r->n_times; e + 1 > 0; e--) {
        for (; i > (e > 0 ? r->end[e - 1] : 0); i--) {
            subtract_martingale(r, influence, sums, r->weight[i - 1], i - 1);
            for (size_t k = 0; k < r->p && r->kind[i - 1] == EVENT; k++)
                influence[(i - 1) * r->p + k] += r->x[k][i - 1] - r->means[k * r->n_times + e];
        }
        if (e > 0)
            add_time(r, sums, e - 1, 1);
    }
}

/* Going back: what lies ahead of rows of other causes, and for q(c) of each row K(c-) and Q(c-). */
static void add_future(const subrisk *r, double *influence, double *sums, double *ahead)
{
    const size_t size = r->p + 1;
    memset(sums, 0, size * sizeof *sums);
    for (size_t e = 0, i = 0; e <= r->n_times; e++) {
        const size_t end = e < r->n_times ? r->end[e] : r->n;
        for (; i < end; i++) {
            if (r->kind[i] == OTHER)
                subtract_martingale(r, influence, sums, r->weight[i] / r->free[i], i);
            memcpy(ahead + i * size, sums, size * sizeof *sums);
        }
        if (e == r->n_times)
            return;
        add_time(r, sums, e, r->g[e]);
        const uint64_t *key = r->order->key + (r->n - end); /* the first row of this time */
        for (size_t j = end; j > 0 && key[end - j] >> 1 == key[0] >> 1; j--)
            memcpy(ahead + (j - 1) * size, sums, size * sizeof *sums);
    }
}

/* Going forward, time by time: psi. `others` holds the sums of u and u x, `drift` those of q / Y^2.
 */
static void add_censoring(const subrisk *r, double *influence, const double *ahead, double *others,
                          double *drift)
{
    const msp_order *order = r->order;
    const size_t p = r->p;
    memset(others, 0, (p + 1) * sizeof *others);
    memset(drift, 0, p * sizeof *drift);
    for (size_t i = 0, j; i < r->n; i = j) { /* positions of the order */
        double censored = 0;
        for (j = i; j < r->n && order->key[j] >> 1 == order->key[i] >> 1; j++)
            censored += r->kind[r->n - 1 - j] == CENSORED;
        const double at_risk = (double)(r->n - i), *now = ahead + (r->n - 1 - i) * (p + 1);
        for (size_t k = 0; k < p; k++) {
            const double q = now[0] * others[k + 1] - now[k + 1] * others[0];
            drift[k] += censored * q / (at_risk * at_risk);
            for (size_t m = i; m < j; m++) {
                const size_t row = r->n - 1 - m;
                influence[row * p + k] += (r->kind[row] == CENSORED ? q / at_risk : 0) - drift[k];
            }
        }
        for (size_t m = i; m < j; m++) {
            const size_t row = r->n - 1 - m;
            if (r->kind[row] == OTHER)
                add_row(r, others, r->weight[row] / r->free[row], row);
        }
    }
}

msp_status subrisk_score_variance(const subrisk *r, double *variance, msp_error *err)
{
    const size_t n = r->n, p = r->p;
    double *influence = calloc(n * p + 1, sizeof *influence);
    double *ahead = msp__large(n * (p + 1), sizeof *ahead);
    msp_status status = influence != NULL && ahead != NULL ? MSP_OK : out_of_memory(r, err);
    if (status == MSP_OK) {
        add_past(r, influence, r->room);
        add_future(r, influence, r->room, ahead);
        add_censoring(r, influence, ahead, r->room, r->room + p + 1);
        memset(variance, 0, p * p * sizeof *variance);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < p; k++)
                for (size_t j = 0; j <= k; j++)
                    variance[k * p + j] += influence[i * p + k] * influence[i * p + j];
        for (size_t k = 0; k < p; k++)
            for (size_t j = 0; j < k; j++)
                variance[j * p + k] = variance[k * p + j];
    }
    free(influence);
    free(ahead);
    return status;
}

/* --- infinite coefficients -------------------------------------------------------------------- */

msp_status subrisk_find_order(const subrisk *r, const double *x, int *sign, msp_error *err)
{
    /* Rows of other causes stay at risk for ever: they come first. */
    double *y = malloc(r->n * sizeof *y);
    cox_tie *ties = malloc((r->n_times + 1) * sizeof *ties);
    uint32_t *unused = NULL;
    size_t start[] = {0, r->n}, tie_start[] = {0, r->n_times}, n_others = 0;
    msp_status status = y != NULL && ties != NULL ? MSP_OK : out_of_memory(r, err);
    for (size_t i = 0; status == MSP_OK && i < r->n; i++)
        if (r->kind[i] == OTHER)
            y[n_others++] = x[i];
    size_t at = n_others;
    for (size_t e = 0, i = 0; status == MSP_OK && e < r->n_times; e++) {
        for (size_t j = i; j < r->end[e]; j++) /* at one time the events come last */
            if (r->kind[j] == CENSORED)
                y[at++] = x[j];
        for (; i < r->end[e]; i++)
            if (r->kind[i] == EVENT)
                y[at++] = x[i];
        ties[e] = (cox_tie){.end = (uint32_t)at, .events = (uint32_t)r->events[e]};
    }
    const cox_frame frame = {
        .n = r->n,
        .n_events = r->order->n_events,
        .n_strata = 1,
        .n_ties = r->n_times,
        .row = unused,
        .start = start,
        .tie_start = tie_start,
        .ties = ties,
    };
    if (status == MSP_OK)
        status = cox_find_order(&frame, y, MSP_COX_BRESLOW, sign, err);
    free(y);
    free(ties);
    return status;
}
