/*
 * gray.c - Gray's test.
 *
 * In a stratum, with r_k at risk in group k, S_k the share of it without an event and F_k its
 * incidence just before a time, R_k = r_k / S_k, R their sum, and F the pooled incidence (d1 events
 * of the cause raise it by d1 / R), the score of group i is the sum over event times of
 *
 *   W (d1_i - d1 R_i (1 - F_i) / sum of R_k (1 - F_k)),   W = (1 - F)^rho
 *
 * Its variance takes what one event in group k at u changes in the score,
 *
 *   this cause    a_ik(u) + t (C_ik - c_ik(u)),  t = 1 - (1 - F(u)) / S_k(u)
 *   another       (1 - F(u)) / S_k(u) (C_ik - c_ik(u))
 *
 * with a_ik = W R_i ([i = k] - R_k / R), c_ik(u) the sum of a_ik d1 / (R (1 - F)) up to u and C_ik
 * that over all times; so a first pass finds C and a second adds up.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "causes.h"
#include "mspike/stats/cumulative.h"
#include "mspike/stats/dist.h"
#include "solve.h"
#include "strata.h"

typedef struct gray {
    size_t k;
    uint32_t which;
    double rho;
    double *score;    /* k */
    double *variance; /* k x k */
    double *expected; /* k */
    /* of the stratum under way, k of each */
    double *n, *at_risk, *weight; /* weight: R_k */
    double *survival, *incidence, *own, *other;
    double *a, *c, *total; /* k x k */
    double *change;        /* k */
    double pooled;         /* F */
    bool *used;
    double *block;
} gray;

static msp_status gray_init(gray *t, size_t k, uint32_t which, double rho, msp_error *err)
{
    *t = (gray){.k = k, .which = which, .rho = rho};
    const bool fits = k < (size_t)1 << 20;
    t->block = fits ? calloc(10 * k + 4 * k * k, sizeof *t->block) : NULL;
    t->used = fits ? calloc(k, sizeof *t->used) : NULL;
    if (t->block == NULL || t->used == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a test of %zu groups", k);
    double *next = t->block;
    double **vectors[] = {&t->score,    &t->expected,  &t->n,   &t->at_risk, &t->weight,
                          &t->survival, &t->incidence, &t->own, &t->other,   &t->change};
    double **matrices[] = {&t->variance, &t->a, &t->c, &t->total};
    for (size_t i = 0; i < MSP_COUNT(vectors); i++, next += k)
        *vectors[i] = next;
    for (size_t i = 0; i < MSP_COUNT(matrices); i++, next += k * k)
        *matrices[i] = next;
    return MSP_OK;
}

static void start(gray *t)
{
    for (size_t g = 0; g < t->k; g++) {
        t->at_risk[g] = t->n[g];
        t->survival[g] = 1;
        t->incidence[g] = 0;
    }
    memset(t->c, 0, t->k * t->k * sizeof *t->c);
    t->pooled = 0;
}

static void add_square(gray *t, double variance)
{
    for (size_t i = 0; i < t->k; i++)
        for (size_t j = 0; j <= i; j++)
            t->variance[i * t->k + j] += variance * t->change[i] * t->change[j];
}

static double less_than_all(double d, double r)
{
    return d > 1 ? 1 - (d - 1) / (r - 1) : 1;
}

/* What the events of group g change, with the incidence and survival after them. */
static void add_group(gray *t, size_t g, double events, double r, double before, double after,
                      double pooled)
{
    const size_t k = t->k;
    const double rest = after > 0 ? (1 - pooled) / after : 0;
    if (events > 0) {
        const double slope = after > 0 ? 1 - rest : 1;
        for (size_t i = 0; i < k; i++)
            t->change[i] = t->a[i * k + g] + slope * (t->total[i * k + g] - t->c[i * k + g]);
        add_square(t, less_than_all(events, r * before) * before * events / (r * t->at_risk[g]));
    }
    if (t->other[g] > 0 && after > 0) {
        const double d = t->other[g], n = t->at_risk[g];
        for (size_t i = 0; i < k; i++)
            t->change[i] = rest * (t->total[i * k + g] - t->c[i * k + g]);
        add_square(t, less_than_all(d, n) * before * before * d / (n * n));
    }
}

/* a, and c with this time's part. */
static void move_weights(gray *t, double r, double events)
{
    const size_t k = t->k;
    const double w = pow(1 - t->pooled, t->rho);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            t->a[i * k + j] = w * t->weight[i] * ((i == j) - t->weight[j] / r);
            t->c[i * k + j] += t->a[i * k + j] * events / (r * (1 - t->pooled));
        }
}

static void add_score(gray *t, double events)
{
    const double w = pow(1 - t->pooled, t->rho);
    double still = 0;
    for (size_t g = 0; g < t->k; g++)
        still += t->weight[g] * (1 - t->incidence[g]);
    for (size_t g = 0; g < t->k; g++) {
        const double expected = events * t->weight[g] * (1 - t->incidence[g]) / still;
        t->expected[g] += expected;
        t->score[g] += w * (t->own[g] - expected);
    }
}

/* Takes one event time; `adding` in the second pass. */
static void take_time(gray *t, bool adding)
{
    double events = 0, r = 0;
    for (size_t g = 0; g < t->k; g++) {
        t->weight[g] = t->at_risk[g] > 0 ? t->at_risk[g] / t->survival[g] : 0;
        r += t->weight[g];
        events += t->own[g];
    }
    const double pooled = t->pooled + events / r;
    move_weights(t, r, events);
    if (adding && events > 0)
        add_score(t, events);
    for (size_t g = 0; g < t->k; g++) {
        if (t->at_risk[g] <= 0)
            continue;
        const double n = t->at_risk[g], before = t->survival[g];
        const double after = before * (n - t->own[g] - t->other[g]) / n;
        if (adding)
            add_group(t, g, events, r, before, after, pooled);
        t->survival[g] = after;
        t->incidence[g] += before * t->own[g] / n;
    }
    t->pooled = pooled;
}

typedef struct stratum_rows {
    const msp_order *order;
    const uint32_t *cause, *group; /* group: by row of the caller */
    const uint32_t *at;
    size_t n;
} stratum_rows;

static void pass(gray *t, const stratum_rows *rows, bool adding)
{
    const msp_order *order = rows->order;
    start(t);
    for (size_t i = 0, j; i < rows->n; i = j) {
        const uint64_t time = order->key[rows->at[i]] >> 1;
        memset(t->own, 0, t->k * sizeof *t->own);
        memset(t->other, 0, t->k * sizeof *t->other);
        bool any = false;
        for (j = i; j < rows->n && order->key[rows->at[j]] >> 1 == time; j++) {
            const uint32_t c = rows->cause[rows->at[j]], g = rows->group[order->row[rows->at[j]]];
            t->own[g] += c == t->which;
            t->other[g] += c != 0 && c != t->which;
            any |= c != 0;
        }
        if (any)
            take_time(t, adding);
        for (; i < j; i++)
            t->at_risk[rows->group[order->row[rows->at[i]]]]--;
    }
}

static msp_status take_stratum(gray *t, const stratum_rows *rows, msp_error *err)
{
    memset(t->n, 0, t->k * sizeof *t->n);
    for (size_t i = 0; i < rows->n; i++) {
        const uint32_t row = rows->order->row[rows->at[i]], g = rows->group[row];
        if (g >= t->k)
            return msp_fail_row(err, MSP_ERANGE, row, "group code is %u; expected 0 to %zu", g,
                                t->k - 1);
        t->n[g]++;
    }
    pass(t, rows, false);
    memcpy(t->total, t->c, t->k * t->k * sizeof *t->c);
    pass(t, rows, true);
    return MSP_OK;
}

static void finish(gray *t, msp_gray *out)
{
    const double none = NAN;
    const size_t k = t->k;
    size_t first = 0, n_expecting = 0, p = 0;
    for (size_t g = k; g-- > 0;)
        if (t->expected[g] > 0) {
            first = g;
            n_expecting++;
        }
    *out = (msp_gray){{none, 0, none, none}, NULL};
    if (n_expecting < 2) {
        out->note = n_expecting == 0 ? "no events of this cause"
                                     : "only one group was at risk when events happened";
        return;
    }
    double *v = t->a, *floor = t->own, *s = t->other, *x = t->change;
    for (size_t g = first + 1; g < k; g++) {
        if (t->expected[g] <= 0)
            continue;
        floor[p] = 1e-10 * t->variance[g * k + g];
        s[p++] = t->score[g];
    }
    for (size_t g = first + 1, i = 0; g < k; g++) {
        if (t->expected[g] <= 0)
            continue;
        for (size_t h = first + 1, j = 0; h <= g; h++)
            if (t->expected[h] > 0)
                v[i * p + j++] = t->variance[g * k + h];
        i++;
    }
    out->test.df = (double)msp__factor(v, p, floor, t->used);
    if (out->test.df < 1) {
        out->note = "the variance is zero";
        return;
    }
    msp__solve(v, p, t->used, s, x);
    out->test.statistic = 0;
    for (size_t i = 0; i < p; i++)
        out->test.statistic += s[i] * x[i];
    const msp_prob q = msp_dist_chisq_upper(out->test.statistic, out->test.df);
    out->test.p = q.p;
    out->test.log_p = q.log_p;
}

msp_status msp_gray_test(const msp_order *order, const uint32_t *cause, size_t n_causes,
                         uint32_t which, const uint32_t *group, size_t n_groups,
                         const uint32_t *stratum, size_t n_strata, double rho, msp_gray *out,
                         msp_error *err)
{
    *out = (msp_gray){0};
    if (n_groups < 2 || which < 1 || which > n_causes || !isfinite(rho))
        return msp_fail(err, MSP_ERANGE,
                        "cause %u of %zu in %zu groups, rho %g; expected a cause and two groups",
                        which, n_causes, n_groups, rho);
    gray t = {0};
    uint32_t *causes;
    msp_layout layout = {0};
    const size_t strata = stratum != NULL ? n_strata : 1;
    msp_status status = msp__read_causes(&causes, order, cause, n_causes, err);
    if (status == MSP_OK)
        status = msp__layout_init(&layout, order, stratum, strata, "stratum", err);
    if (status == MSP_OK)
        status = gray_init(&t, n_groups, which, rho, err);
    for (size_t s = 0; status == MSP_OK && s < strata; s++) {
        const stratum_rows rows = {order, causes, group, layout.at + layout.start[s],
                                   layout.start[s + 1] - layout.start[s]};
        status = take_stratum(&t, &rows, err);
    }
    if (status == MSP_OK)
        finish(&t, out);
    free(t.block);
    free(t.used);
    free(causes);
    msp__layout_free(&layout);
    return status;
}
