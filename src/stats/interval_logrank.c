/* interval_logrank.c - Sun's log-rank test of times between visits. */
#include "mspike/stats/interval_logrank.h"

#include <math.h>
#include <stdlib.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/turnbull.h"
#include "solve.h"

static const double singular = 1e-10; /* of a variance, against its own size */

/* The rows stratum by stratum. */
typedef struct layout {
    double *lower, *upper;
    uint32_t *group;
    size_t *row;   /* in the data */
    size_t *start; /* n_strata + 1 */
    size_t n_strata;
} layout;

/* One stratum's curve, at the ends of its innermost intervals, and its scores. */
typedef struct scores {
    double *survival, *hazard; /* before interval j, and after the last one */
    double *score;             /* by row */
} scores;

/* -- the rows -- */

static msp_status check_codes(const msp_interval_groups *d, size_t n_strata, msp_error *err)
{
    for (size_t i = 0; i < d->n; i++) {
        if (d->group[i] >= d->n_groups)
            return msp_fail_row(err, MSP_ERANGE, i, "group code is %u; expected 0 to %zu",
                                d->group[i], d->n_groups - 1);
        if (d->stratum != NULL && d->stratum[i] >= n_strata)
            return msp_fail_row(err, MSP_ERANGE, i, "stratum code is %u; expected 0 to %zu",
                                d->stratum[i], n_strata - 1);
    }
    return MSP_OK;
}

static msp_status lay_out(const msp_interval_groups *d, layout *l, msp_error *err)
{
    l->n_strata = d->stratum != NULL ? d->n_strata : 1;
    msp_status rc = check_codes(d, l->n_strata, err);
    if (rc != MSP_OK)
        return rc;
    l->lower = calloc(2 * d->n, sizeof *l->lower);
    l->row = calloc(d->n + l->n_strata + 2, sizeof *l->row);
    l->group = calloc(d->n, sizeof *l->group);
    if (l->lower == NULL || l->row == NULL || l->group == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a test of %zu rows", d->n);
    l->upper = l->lower + d->n;
    size_t *next = l->row + d->n; /* one place behind `start`, which it becomes */
    l->start = next;
    for (size_t i = 0; i < d->n; i++)
        next[(d->stratum != NULL ? d->stratum[i] : 0) + 2]++;
    for (size_t s = 2; s <= l->n_strata; s++)
        next[s] += next[s - 1];
    for (size_t i = 0; i < d->n; i++) {
        const size_t at = next[(d->stratum != NULL ? d->stratum[i] : 0) + 1]++;
        l->lower[at] = d->lower[i];
        l->upper[at] = d->upper[i];
        l->group[at] = d->group[i];
        l->row[at] = i;
    }
    return MSP_OK;
}

static void free_layout(layout *l)
{
    free(l->lower);
    free(l->row);
    free(l->group);
}

/* -- the scores of a stratum -- */

static void follow_curve(const msp_turnbull *t, scores *s)
{
    s->survival[t->n] = 0;
    for (size_t j = t->n; j > 0; j--)
        s->survival[j - 1] = s->survival[j] + t->mass[j - 1];
    s->hazard[0] = 0;
    for (size_t j = 0; j < t->n; j++)
        s->hazard[j + 1] = s->hazard[j] + (t->mass[j] > 0 ? t->mass[j] / s->survival[j] : 0);
}

static void score_rows(const msp_turnbull *t, scores *s)
{
    follow_curve(t, s);
    for (size_t i = 0; i < t->n_rows; i++) {
        const size_t a = t->first[i], b = t->last[i] + (size_t)1;
        s->score[i] = (s->survival[b] * s->hazard[b] - s->survival[a] * s->hazard[a]) /
                      (s->survival[a] - s->survival[b]);
    }
}

/* -- the sums -- */

static void add_stratum(msp_interval_logrank *out, const uint32_t *group, const double *score,
                        size_t n, double *count)
{
    const size_t k = out->n_groups;
    double mean = 0, squares = 0;
    for (size_t g = 0; g < k; g++)
        count[g] = 0;
    for (size_t i = 0; i < n; i++)
        mean += score[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        out->score[group[i]] += score[i] - mean;
        squares += (score[i] - mean) * (score[i] - mean);
        count[group[i]]++;
    }
    const double each = n > 1 ? squares / (double)(n - 1) : 0;
    for (size_t g = 0; g < k; g++) {
        out->n[g] += count[g];
        for (size_t h = 0; h < k; h++)
            out->variance[g * k + h] +=
                each * ((g == h ? count[g] : 0) - count[g] * count[h] / (double)n);
    }
}

static msp_status pass_strata(const layout *l, msp_interval_logrank *out, double *count,
                              msp_error *err)
{
    for (size_t k = 0; k < l->n_strata; k++) {
        const size_t from = l->start[k], n = l->start[k + 1] - from;
        if (n == 0)
            continue;
        msp_turnbull curve;
        msp_status rc = msp_turnbull_fit(l->lower + from, l->upper + from, n, &curve, err);
        if (rc != MSP_OK) {
            if (err != NULL && err->row < n)
                err->row = l->row[from + err->row];
            return rc;
        }
        double *room = calloc(2 * (curve.n + 1) + n, sizeof *room);
        if (room != NULL) {
            scores s = {room, room + curve.n + 1, room + 2 * (curve.n + 1)};
            score_rows(&curve, &s);
            add_stratum(out, l->group + from, s.score, n, count);
            out->gap = fmax(out->gap, curve.gap);
        } else {
            rc = msp_fail(err, MSP_EMEM, "no memory for a test of %zu rows", n);
        }
        free(room);
        msp_turnbull_free(&curve);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

/* -- the test -- */

/* Scores add up to nothing, so the variance has a rank below k: the last groups are left out. */
static void finish_test(msp_interval_logrank *t, double *room, bool *used)
{
    const size_t k = t->n_groups;
    double *v = room, *floor = v + k * k, *x = floor + k;
    for (size_t i = 0; i < k * k; i++)
        v[i] = t->variance[i];
    for (size_t g = 0; g < k; g++)
        floor[g] = singular * t->variance[g * k + g];
    const size_t rank = msp__factor(v, k, floor, used);
    if (rank == 0) {
        t->note = "nothing tells the groups apart: all scores are the same";
        return;
    }
    msp__solve(v, k, used, t->score, x);
    double chi = 0;
    for (size_t g = 0; g < k; g++)
        chi += x[g] * t->score[g];
    if (k == 2)
        t->z = t->score[1] / sqrt(t->variance[3]);
    const msp_prob p = t->alternative == MSP_LESS      ? msp_dist_normal_lower(t->z)
                       : t->alternative == MSP_GREATER ? msp_dist_normal_upper(t->z)
                       : k == 2                        ? msp_dist_normal_two_sided(t->z)
                                                       : msp_dist_chisq_upper(chi, (double)rank);
    t->test = (msp_test){chi, (double)rank, p.p, p.log_p};
}

static msp_status check(const msp_interval_groups *d, msp_alternative alternative, msp_error *err)
{
    if (d->n == 0)
        return msp_fail(err, MSP_ENODATA, "a test of no rows");
    if (d->n_groups < 2 || d->n_groups >= ((size_t)1 << 24))
        return msp_fail(err, MSP_ERANGE, "%zu groups; expected at least two to compare",
                        d->n_groups);
    if (d->n_groups > 2 && alternative != MSP_TWO_SIDED)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "a one-sided test of %zu groups; expected two groups", d->n_groups);
    return MSP_OK;
}

static bool allocate(msp_interval_logrank *out, double **room, bool **used)
{
    const size_t k = out->n_groups;
    out->block = calloc(2 * k + k * k, sizeof *out->block);
    *room = calloc(k * k + 3 * k, sizeof **room);
    *used = calloc(k, sizeof **used);
    if (out->block == NULL || *room == NULL || *used == NULL)
        return false;
    out->n = out->block;
    out->score = out->n + k;
    out->variance = out->score + k;
    return true;
}

msp_status msp_interval_logrank_test(const msp_interval_groups *data, msp_alternative alternative,
                                     msp_interval_logrank *out, msp_error *err)
{
    *out = (msp_interval_logrank){.n_groups = data->n_groups,
                                  .alternative = alternative,
                                  .z = NAN,
                                  .test = {NAN, 0, NAN, NAN}};
    layout l = {0};
    double *room = NULL;
    bool *used = NULL;
    msp_status rc = check(data, alternative, err);
    if (rc == MSP_OK && !allocate(out, &room, &used))
        rc = msp_fail(err, MSP_EMEM, "no memory for a test of %zu groups", data->n_groups);
    if (rc == MSP_OK)
        rc = lay_out(data, &l, err);
    if (rc == MSP_OK)
        rc = pass_strata(&l, out, room, err);
    if (rc == MSP_OK)
        finish_test(out, room, used);
    else
        msp_interval_logrank_free(out);
    free_layout(&l);
    free(room);
    free(used);
    return rc;
}

void msp_interval_logrank_free(msp_interval_logrank *test)
{
    free(test->block);
    *test = (msp_interval_logrank){0};
}
