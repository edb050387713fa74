#include "mspike/stats/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double none = NAN;
static const double infinite = INFINITY;

/* Groups below this size are counted exactly, as in R. */
static const size_t most_exact = 50;

typedef struct value {
    double x;
    uint32_t group, stratum;
} value;

static int by_x(const void *pa, const void *pb)
{
    const value *a = pa, *b = pb;
    return (a->x > b->x) - (a->x < b->x);
}

static int by_stratum_and_x(const void *pa, const void *pb)
{
    const value *a = pa, *b = pb;
    if (a->stratum != b->stratum)
        return a->stratum < b->stratum ? -1 : 1;
    return by_x(a, b);
}

static int by_size(const void *pa, const void *pb)
{
    const double a = *(const double *)pa, b = *(const double *)pb;
    return (a > b) - (a < b);
}

/* Rank sum of group 0 among n sorted values, ties at their mean rank, and the sum of t^3 - t. */
typedef struct ranks {
    double n0, n1, sum, ties;
} ranks;

static ranks rank_values(const value *v, size_t n)
{
    ranks r = {0, 0, 0, 0};
    for (size_t i = 0; i < n;) {
        size_t j = i;
        double members = 0;
        for (; j < n && v[j].x <= v[i].x; j++)
            members += v[j].group == 0;
        const double t = (double)(j - i);
        r.sum += members * ((double)(i + 1 + j) / 2);
        r.n0 += members;
        r.n1 += t - members;
        r.ties += t * t * t - t;
        i = j;
    }
    return r;
}

/* The variance of the rank sum over all ways to choose the group. */
static double rank_variance(const ranks *r, double ties)
{
    const double n = r->n0 + r->n1;
    return r->n0 * r->n1 / 12 * (n + 1 - (n > 1 ? ties / (n * (n - 1)) : 0));
}

/* -- the exact distribution of W -- */

/* share[w] = P(W = w), w from 0 to m n: partitions of w into at most m parts of at most n each,
 * added up part size by part size. */
static double *count_w(size_t m, size_t n, msp_error *err)
{
    const size_t most = m * n, row = most + 1;
    double *count = calloc((m + 1) * row, sizeof *count);
    if (count == NULL) {
        msp_fail(err, MSP_EMEM, "no memory for the distribution of %zu by %zu values", m, n);
        return NULL;
    }
    count[0] = 1;
    for (size_t part = 1; part <= n; part++)
        for (size_t parts = 1; parts <= m; parts++)
            for (size_t w = part; w <= most; w++)
                count[parts * row + w] += count[(parts - 1) * row + w - part];
    double all = 0;
    for (size_t w = 0; w <= most; w++) {
        for (size_t parts = 1; parts <= m; parts++)
            count[w] += count[parts * row + w];
        all += count[w];
    }
    for (size_t w = 0; w <= most; w++)
        count[w] /= all;
    return count;
}

/* P(W <= w), and P(W >= w) by symmetry. */
static double at_most(const double *share, size_t most, double w)
{
    double sum = 0;
    for (size_t i = 0; i <= most && (double)i <= w; i++)
        sum += share[i];
    return fmin(sum, 1);
}

static msp_prob exact_p(const double *share, size_t most, double w, msp_alternative side)
{
    const double less = at_most(share, most, w);
    const double greater = at_most(share, most, (double)most - w);
    const double p = side == MSP_LESS      ? less
                     : side == MSP_GREATER ? greater
                                           : fmin(1, 2 * fmin(less, greater));
    return (msp_prob){p, log(p)};
}

/* The smallest w with P(W <= w) >= tail, at least 1: so many differences lie beyond a limit. */
static double exact_beyond(const double *share, size_t most, double tail)
{
    double sum = 0;
    size_t w = 0;
    for (; w < most; w++) {
        sum += share[w];
        if (sum >= tail * (1 - 64 * 0x1p-52)) /* as R's qwilcox, which forgives rounding */
            break;
    }
    return w > 0 ? (double)w : 1;
}

/* -- order statistics of all differences -- */

/* Doubles as integers of the same order. */
static uint64_t key_of(double x)
{
    uint64_t bits;
    x += 0.0;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 != 0 ? ~bits : bits | (uint64_t)1 << 63;
}

static double of_key(uint64_t key)
{
    const uint64_t bits = key >> 63 != 0 ? key & ~((uint64_t)1 << 63) : ~key;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

typedef struct differences {
    double *a, *b; /* both sorted */
    size_t n_a, n_b;
} differences;

/* How many a[i] - b[j] are at most d. */
static double count_up_to(const differences *ds, double d)
{
    double count = 0;
    size_t below = 0; /* b[j] from here on are large enough for a[i] */
    for (size_t i = 0; i < ds->n_a; i++) {
        while (below < ds->n_b && ds->a[i] - ds->b[below] > d)
            below++;
        count += (double)(ds->n_b - below);
    }
    return count;
}

/* The k-th smallest difference, k from 1, by halving the range of doubles: no difference is stored.
 */
static double kth_difference(const differences *ds, double k)
{
    uint64_t low = key_of(ds->a[0] - ds->b[ds->n_b - 1]);
    uint64_t high = key_of(ds->a[ds->n_a - 1] - ds->b[0]);
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (count_up_to(ds, of_key(middle)) >= k)
            high = middle;
        else
            low = middle + 1;
    }
    return of_key(low);
}

static double median_difference(const differences *ds)
{
    const double n = (double)ds->n_a * (double)ds->n_b, half = floor((n + 1) / 2);
    const double low = kth_difference(ds, half);
    return fmod(n, 2) > 0 ? low : (low + kth_difference(ds, half + 1)) / 2;
}

static msp_status sorted_copies(const double *x1, size_t n1, const double *x2, size_t n2,
                                differences *out, msp_error *err)
{
    *out = (differences){malloc(n1 * sizeof *x1 + 1), malloc(n2 * sizeof *x2 + 1), n1, n2};
    if (out->a == NULL || out->b == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to sort %zu values", n1 + n2);
    memcpy(out->a, x1, n1 * sizeof *x1);
    memcpy(out->b, x2, n2 * sizeof *x2);
    qsort(out->a, n1, sizeof *out->a, by_size);
    qsort(out->b, n2, sizeof *out->b, by_size);
    return MSP_OK;
}

/* `beyond` differences lie outside each limit, the limit itself among them. */
static void find_shift(const differences *ds, double beyond, msp_alternative side,
                       msp_interval *out)
{
    const double all = (double)ds->n_a * (double)ds->n_b;
    out->estimate = median_difference(ds);
    beyond = fmax(1, fmin(beyond, floor((all + 1) / 2)));
    out->lower = side == MSP_LESS ? -infinite : kth_difference(ds, beyond);
    out->upper = side == MSP_GREATER ? infinite : kth_difference(ds, all + 1 - beyond);
    out->note = side == MSP_TWO_SIDED ? NULL : "one limit is infinite: the interval is one-sided";
}

/* -- the test -- */

static msp_status pool(const double *x1, size_t n1, const double *x2, size_t n2, value **out,
                       msp_error *err)
{
    value *v = malloc((n1 + n2 + 1) * sizeof *v);
    if (v == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to rank %zu values", n1 + n2);
    for (size_t i = 0; i < n1 + n2; i++) {
        v[i] = (value){i < n1 ? x1[i] : x2[i - n1], i >= n1, 0};
        if (isnan(v[i].x)) {
            free(v);
            return msp_fail_row(err, MSP_ERANGE, i, "a value is not a number");
        }
    }
    qsort(v, n1 + n2, sizeof *v, by_x);
    *out = v;
    return MSP_OK;
}

/* Ties between values of one group: what is left of them when the other is shifted a little. */
static double ties_within(const differences *ds)
{
    const double *const x[] = {ds->a, ds->b};
    const size_t n[] = {ds->n_a, ds->n_b};
    double ties = 0;
    for (int g = 0; g < 2; g++)
        for (size_t i = 0, j; i < n[g]; i = j) {
            for (j = i; j < n[g] && x[g][j] <= x[g][i]; j++)
                ;
            const double t = (double)(j - i);
            ties += t * t * t - t;
        }
    return ties;
}

static void normal_test(const ranks *r, const differences *ds, const msp_rank_options *options,
                        msp_rank_sum *out)
{
    const msp_alternative side = options->confidence.side;
    const double half = options->corrected ? 0.5 : 0, mean = r->n0 * r->n1 / 2;
    const double excess = out->w - mean;
    const double shrink = side == MSP_GREATER ? half
                          : side == MSP_LESS  ? -half
                                              : fmin(half, fabs(excess)) * (excess > 0 ? 1 : -1);
    out->z = (excess - shrink) / sqrt(rank_variance(r, r->ties));
    out->p = side == MSP_LESS      ? msp_dist_normal_lower(out->z)
             : side == MSP_GREATER ? msp_dist_normal_upper(out->z)
                                   : msp_dist_normal_two_sided(out->z);
    const double z = -msp_dist_normal_quantile(msp_confidence_tail(&options->confidence));
    const double reach = z * sqrt(rank_variance(r, ties_within(ds)));
    find_shift(ds, floor(mean - half - reach) + 1, side, &out->shift);
}

static msp_status exact_test(const differences *ds, const msp_rank_options *options,
                             msp_rank_sum *out, msp_error *err)
{
    const size_t m = ds->n_a, n = ds->n_b;
    double *share = count_w(m, n, err);
    if (share == NULL)
        return MSP_EMEM;
    const double tail = msp_confidence_tail(&options->confidence);
    out->p = exact_p(share, m * n, out->w, options->confidence.side);
    find_shift(ds, exact_beyond(share, m * n, tail), options->confidence.side, &out->shift);
    free(share);
    return MSP_OK;
}

static msp_status choose_test(const ranks *r, const differences *ds,
                              const msp_rank_options *options, msp_rank_sum *out, msp_error *err)
{
    const bool can = !(r->ties > 0) && ds->n_a <= most_exact && ds->n_b <= most_exact;
    const bool small = ds->n_a < most_exact && ds->n_b < most_exact;
    if (options->exact == MSP_RANK_EXACT && !can)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "an exact rank-sum test takes at most %zu values a group, without ties",
                        most_exact);
    out->exact =
        options->exact == MSP_RANK_EXACT || (options->exact == MSP_RANK_AUTO && can && small);
    if (out->exact)
        return exact_test(ds, options, out, err);
    if (!(rank_variance(r, r->ties) > 0)) {
        out->note = out->shift.note = "all values are the same";
        return MSP_OK;
    }
    normal_test(r, ds, options, out);
    return MSP_OK;
}

msp_status msp_rank_test(const double *x1, size_t n1, const double *x2, size_t n2,
                         const msp_rank_options *options, msp_rank_sum *out, msp_error *err)
{
    *out = (msp_rank_sum){none, none, false, {none, none}, {none, none, none, NULL}, NULL};
    value *v = NULL;
    differences ds = {0};
    msp_status rc = msp_confidence_check(&options->confidence, err);
    if (rc == MSP_OK)
        rc = pool(x1, n1, x2, n2, &v, err);
    if (rc == MSP_OK && (n1 == 0 || n2 == 0)) {
        out->note = out->shift.note = "a group has no values";
    } else if (rc == MSP_OK) {
        const ranks r = rank_values(v, n1 + n2);
        out->w = r.sum - r.n0 * (r.n0 + 1) / 2;
        rc = sorted_copies(x1, n1, x2, n2, &ds, err);
        if (rc == MSP_OK)
            rc = choose_test(&r, &ds, options, out, err);
    }
    free(v);
    free(ds.a);
    free(ds.b);
    return rc;
}

/* -- strata -- */

static msp_status gather(const double *x, const uint32_t *group, const uint32_t *stratum, size_t n,
                         size_t n_strata, value **out, msp_error *err)
{
    value *v = malloc((n + 1) * sizeof *v);
    if (v == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to rank %zu values", n);
    for (size_t i = 0; i < n; i++) {
        v[i] = (value){x[i], group[i], stratum[i]};
        if (isnan(x[i]) || group[i] > 1 || stratum[i] >= n_strata) {
            free(v);
            return msp_fail_row(err, MSP_ERANGE, i,
                                "a value that is no number, or a group or stratum out of range");
        }
    }
    qsort(v, n, sizeof *v, by_stratum_and_x);
    *out = v;
    return MSP_OK;
}

msp_status msp_rank_stratified(const double *x, const uint32_t *group, const uint32_t *stratum,
                               size_t n, size_t n_strata, double *z, msp_test *out,
                               const char **note, msp_error *err)
{
    *out = (msp_test){none, 0, none, none};
    *z = none;
    *note = "no stratum has different values in both groups";
    value *v = NULL;
    const msp_status rc = gather(x, group, stratum, n, n_strata, &v, err);
    double excess = 0, variance = 0;
    for (size_t i = 0, j; rc == MSP_OK && i < n; i = j) {
        for (j = i; j < n && v[j].stratum == v[i].stratum; j++)
            ;
        const ranks r = rank_values(v + i, j - i);
        const double weight = 1 / (r.n0 + r.n1 + 1);
        excess += weight * (r.sum - r.n0 * (r.n0 + r.n1 + 1) / 2);
        variance += weight * weight * rank_variance(&r, r.ties);
    }
    free(v);
    if (rc != MSP_OK || !(variance > 0))
        return rc;
    *note = NULL;
    *z = excess / sqrt(variance);
    const msp_prob p = msp_dist_normal_two_sided(*z);
    *out = (msp_test){*z * *z, 1, p.p, p.log_p};
    return MSP_OK;
}
