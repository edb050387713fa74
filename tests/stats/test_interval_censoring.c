/* test_interval_censoring - Turnbull's curve and Sun's log-rank test, against published results, by
 * hand, against Kaplan-Meier and the ordinary log-rank test, and against all permutations. */
#include "near.h"

#include <string.h>

#include "cosmesis.h"
#include "mspike/base/random.h"
#include "mspike/stats/interval_logrank.h"
#include "mspike/stats/km.h"
#include "mspike/stats/logrank.h"
#include "mspike/stats/turnbull.h"

static const double never = INFINITY;

static msp_turnbull fit(const double *lower, const double *upper, size_t n)
{
    msp_turnbull t;
    msp_error err;
    if (msp_turnbull_fit(lower, upper, n, &t, &err) != MSP_OK)
        fail_msg("%s", err.text);
    assert_null(t.note);
    return t;
}

static msp_interval_logrank test_of(const msp_interval_groups *data, msp_alternative alternative)
{
    msp_interval_logrank t;
    msp_error err;
    if (msp_interval_logrank_test(data, alternative, &t, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return t;
}

static void take_cosmesis(double *lower, double *upper, uint32_t *group)
{
    for (size_t i = 0; i < COSMESIS_ALL; i++) {
        lower[i] = cosmesis[i][0];
        upper[i] = cosmesis[i][1];
        group[i] = i >= COSMESIS_ALONE;
    }
}

/* -- the curve -- */

/* The masses of the first group in Fay and Shaw, Exact and asymptotic weighted logrank tests for
 * interval censored data, J Stat Softw 36(2), 2010, section 5.1, to their four digits. */
static void the_published_curve(void **state)
{
    static const double want[][3] = {{4, 5, .0463},   {6, 7, .0334},   {7, 8, .0887},
                                     {11, 12, .0708}, {24, 25, .0926}, {33, 34, .0818},
                                     {38, 40, .1209}, {46, 48, .4656}};
    double lower[COSMESIS_ALL], upper[COSMESIS_ALL];
    uint32_t group[COSMESIS_ALL];
    (void)state;
    take_cosmesis(lower, upper, group);
    msp_turnbull t = fit(lower, upper, COSMESIS_ALONE);
    size_t found = 0;
    for (size_t j = 0; j < t.n; j++) {
        if (t.mass[j] < 1e-9)
            continue;
        assert_true(found < 8);
        assert_near(t.left[j], want[found][0], 0);
        assert_near(t.right[j], want[found][1], 0);
        assert_near(t.mass[j], want[found][2], 0.00005 / want[found][2]);
        found++;
    }
    assert_int_equal(found, 8);
    assert_near(t.loglik, -58.0600219539909, 1e-12); /* also by 20,000 steps of EM alone */
    msp_turnbull_range s = msp_turnbull_at(&t, 30), median = msp_turnbull_quantile(&t, 0.5);
    assert_near(s.low, s.high, 0);
    assert_near(s.low, 0.6682287, 1e-5); /* R's survfit, Surv(type = "interval2") */
    s = msp_turnbull_at(&t, 39);
    assert_near(s.high, 0.5864, 1e-4);
    assert_near(s.low, 0.4656, 1e-4);
    assert_near(median.low, 38, 0);
    assert_near(median.high, 40, 0);
    msp_turnbull_free(&t);
}

/* (0, 2] and (1, 3] overlap in (1, 2]; (4, 5] holds the third; the fourth is exact at 5, inside
 * the third: half of the mass is at (1, 2], the other half at 5 alone. */
static void innermost_by_hand(void **state)
{
    static const double lower[] = {0, 1, 4, 5}, upper[] = {2, 3, 5, 5};
    (void)state;
    msp_turnbull t = fit(lower, upper, 4);
    assert_int_equal(t.n, 2);
    assert_near(t.left[0], 1, 0);
    assert_near(t.right[0], 2, 0);
    assert_near(t.left[1], 5, 0);
    assert_near(t.right[1], 5, 0);
    assert_near(t.mass[0], 0.5, 1e-12);
    assert_near(msp_turnbull_at(&t, 1).low, 1, 0);
    assert_near(msp_turnbull_at(&t, 1.5).low, 0.5, 1e-12);
    assert_near(msp_turnbull_at(&t, 1.5).high, 1, 0);
    assert_near(msp_turnbull_at(&t, 4.9).low, 0.5, 1e-12);
    assert_near(msp_turnbull_at(&t, 5).high, 0, 0);
    assert_near(t.loglik, 4 * log(0.5), 1e-12);
    msp_turnbull_free(&t);
}

/* Three rows in (0, 1], one in (1, 2], two in (0, 2], which tell nothing: 3/4 and 1/4. */
static void rows_that_tell_nothing(void **state)
{
    static const double lower[] = {0, 0, 0, 1, 0, 0}, upper[] = {1, 1, 1, 2, 2, 2};
    (void)state;
    msp_turnbull t = fit(lower, upper, 6);
    assert_int_equal(t.n, 2);
    assert_near(t.mass[0], 0.75, 1e-11);
    assert_near(t.mass[1], 0.25, 1e-11);
    msp_turnbull_free(&t);
}

static double uniform(msp_random *r)
{
    return msp_random_uniform(r);
}

/* Exact and right-censored times: Kaplan-Meier, at every time and for the median. */
static void exact_times_are_kaplan_meier(void **state)
{
    enum { N = 120 };
    double time[N], upper[N];
    uint8_t event[N];
    (void)state;
    for (uint64_t trial = 0; trial < 20; trial++) {
        msp_random r = msp_random_at(7, trial, 0, 0);
        for (size_t i = 0; i < N; i++) {
            time[i] = ceil(40 * uniform(&r));
            event[i] = uniform(&r) < 0.7;
            upper[i] = event[i] ? time[i] : never;
        }
        const msp_follow_up rows = {N, time, event, NULL, NULL, 0};
        const msp_km_options options = msp_km_options_default(MSP_CONVENTION_SAS);
        msp_order order;
        msp_km km;
        assert_int_equal(msp_order_init(&order, &rows, NULL), MSP_OK);
        assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, NULL), MSP_OK);
        msp_turnbull t = fit(time, upper, N);
        const double last = time[order.row[N - 1]];
        for (double at = 0.5; at < last; at += 0.5) {
            const msp_turnbull_range s = msp_turnbull_at(&t, at);
            assert_true(fabs(s.low - msp_km_at(&km.curves[0], at).survival) < 1e-10);
            assert_near(s.low, s.high, 1e-12);
        }
        msp_turnbull_free(&t);
        msp_km_free(&km);
        msp_order_free(&order);
    }
}

/* Random visits: what makes a maximum holds, and no other curve near it has a higher likelihood. */
static void what_makes_a_maximum(void **state)
{
    enum { N = 80 };
    double lower[N], upper[N];
    (void)state;
    for (uint64_t trial = 0; trial < 50; trial++) {
        msp_random r = msp_random_at(8, trial, 0, 0);
        for (size_t i = 0; i < N; i++) {
            const double event = -10 * log(uniform(&r)), gap = 0.5 + 3 * uniform(&r);
            const double before = floor(event / gap) * gap, kind = uniform(&r);
            lower[i] = kind < 0.1 ? event : before > 12 ? 12 : before;
            upper[i] = kind < 0.1 ? event : before > 12 ? never : before + gap;
        }
        msp_turnbull t = fit(lower, upper, N);
        double d = 0, sum = 0;
        for (size_t j = 0; j < t.n; j++) {
            double from_rows = 0;
            for (size_t i = 0; i < N; i++) {
                double p = 0;
                if (lower[i] > t.left[j] || upper[i] < t.right[j] ||
                    (lower[i] == t.left[j] && lower[i] < upper[i] && t.left[j] == t.right[j]))
                    continue;
                for (size_t k = t.first[i]; k <= t.last[i]; k++)
                    p += t.mass[k];
                from_rows += 1 / p;
            }
            d = fmax(d, from_rows);
            if (t.mass[j] > 1e-8)
                assert_near(from_rows, N, 1e-7);
            sum += t.mass[j];
        }
        assert_true(d <= N * (1 + 1e-9));
        assert_true(t.gap < 1e-9);
        assert_near(sum, 1, 1e-12);
        msp_turnbull_free(&t);
    }
}

/* The rank of the rows as vectors over the innermost intervals, by elimination. */
static size_t rank_of_rows(const msp_turnbull *t)
{
    double *a = calloc(t->n_rows * t->n, sizeof *a);
    size_t rank = 0;
    assert_non_null(a);
    for (size_t i = 0; i < t->n_rows; i++)
        for (size_t j = t->first[i]; j <= t->last[i]; j++)
            a[i * t->n + j] = 1;
    for (size_t j = 0; j < t->n; j++) {
        size_t pivot = rank;
        while (pivot < t->n_rows && fabs(a[pivot * t->n + j]) < 1e-9)
            pivot++;
        if (pivot == t->n_rows)
            continue;
        for (size_t k = 0; k < t->n; k++) {
            const double x = a[pivot * t->n + k];
            a[pivot * t->n + k] = a[rank * t->n + k];
            a[rank * t->n + k] = x;
        }
        for (size_t i = rank + 1; i < t->n_rows; i++) {
            const double part = a[i * t->n + j] / a[rank * t->n + j];
            for (size_t k = j; k < t->n; k++)
                a[i * t->n + k] -= part * a[rank * t->n + k];
        }
        rank++;
    }
    free(a);
    return rank;
}

/* Self-consistency alone, from an uneven spread. */
static void climb(const msp_turnbull *t, double *mass, int steps)
{
    double d[64];
    for (int step = 0; step < steps; step++) {
        memset(d, 0, sizeof d);
        for (size_t i = 0; i < t->n_rows; i++) {
            double p = 0;
            for (size_t j = t->first[i]; j <= t->last[i]; j++)
                p += mass[j];
            for (size_t j = t->first[i]; j <= t->last[i]; j++)
                d[j] += 1 / p;
        }
        for (size_t j = 0; j < t->n; j++)
            mass[j] *= d[j] / (double)t->n_rows;
    }
}

/* Gentleman and Geyer's condition holds, and other beginnings lead to the same maximum. */
static void the_maximum_is_unique(void **state)
{
    enum { N = 25 };
    double lower[N], upper[N], mass[64];
    (void)state;
    for (uint64_t trial = 0; trial < 40; trial++) {
        msp_random r = msp_random_at(9, trial, 0, 0);
        for (size_t i = 0; i < N; i++) {
            lower[i] = floor(8 * uniform(&r));
            upper[i] = uniform(&r) < 0.15 ? never : lower[i] + floor(4 * uniform(&r));
        }
        msp_turnbull t = fit(lower, upper, N);
        assert_int_equal(rank_of_rows(&t), t.n);
        assert_true(t.n < 64);
        double sum = 0;
        for (size_t j = 0; j < t.n; j++)
            sum += mass[j] = uniform(&r) + 1e-3;
        for (size_t j = 0; j < t.n; j++)
            mass[j] /= sum;
        climb(&t, mass, 3000);
        for (size_t j = 0; j < t.n; j++)
            assert_near(mass[j] + 1, t.mass[j] + 1, 2e-3); /* slow where a mass goes to 0 */
        msp_turnbull_free(&t);
    }
}

static void never_reached(void **state)
{
    static const double lower[] = {0, 3, 4, 5}, upper[] = {2, INFINITY, INFINITY, INFINITY};
    (void)state;
    msp_turnbull t = fit(lower, upper, 4);
    const msp_turnbull_range median = msp_turnbull_quantile(&t, 0.5),
                             quarter = msp_turnbull_quantile(&t, .25);
    assert_near(median.low, 5, 0); /* after the last visit, and no more is known */
    assert_true(isnan(median.high));
    assert_near(quarter.low, 0, 0);
    assert_near(quarter.high, 2, 0);
    assert_near(msp_turnbull_at(&t, 5).low, 0.75, 1e-12);
    assert_near(msp_turnbull_at(&t, 6).low, 0, 0);
    assert_near(msp_turnbull_at(&t, 6).high, 0.75, 1e-12);
    assert_true(isnan(msp_turnbull_quantile(&t, 1).low));
    msp_turnbull_free(&t);
    msp_error err = {0};
    static const double bad[] = {0, 3, -1, 5}, endless[] = {INFINITY};
    assert_int_equal(msp_turnbull_fit(bad, upper, 4, &t, &err), MSP_ERANGE);
    assert_int_equal(err.row, 2);
    assert_int_equal(msp_turnbull_fit(endless, endless, 1, &t, &err), MSP_ERANGE);
    assert_int_equal(msp_turnbull_fit(upper, lower, 1, &t, &err), MSP_ERANGE);
    assert_int_equal(msp_turnbull_fit(lower, upper, 0, &t, &err), MSP_ENODATA);
    assert_int_equal(msp_turnbull_fit(lower, lower, 1, &t, &err), MSP_OK); /* one, at time 0 */
    assert_near(msp_turnbull_at(&t, 0).high, 0, 0);
    msp_turnbull_free(&t);
}

/* -- the test -- */

/* Fay and Shaw 2010, section 5.2: Sun's scores, permutation form: -9.141846 with radiotherapy
 * alone, z 2.6684, p 0.007622. */
static void the_published_test(void **state)
{
    double lower[COSMESIS_ALL], upper[COSMESIS_ALL];
    uint32_t group[COSMESIS_ALL];
    (void)state;
    take_cosmesis(lower, upper, group);
    const msp_interval_groups data = {
        .lower = lower, .upper = upper, .n = COSMESIS_ALL, .group = group, .n_groups = 2};
    msp_interval_logrank t = test_of(&data, MSP_TWO_SIDED);
    assert_near(t.score[0], -9.141846, 5e-8);
    assert_near(t.score[1], 9.141846, 5e-8);
    assert_near(t.z, 2.6684, 2e-5);
    assert_near(t.test.p, 0.007622, 5e-5);
    assert_near(t.test.statistic, t.z * t.z, 1e-12);
    assert_near(t.n[1], 48, 0);
    msp_interval_logrank greater = test_of(&data, MSP_GREATER);
    assert_near(greater.test.p, t.test.p / 2, 1e-12);
    msp_interval_logrank_free(&t);
    msp_interval_logrank_free(&greater);
}

/* Exact and right-censored times: the ordinary observed less expected, in strata and groups. */
static void exact_times_are_the_ordinary_test(void **state)
{
    enum { N = 90 };
    double time[N], upper[N];
    uint8_t event[N];
    uint32_t group[N], stratum[N];
    (void)state;
    for (uint64_t trial = 0; trial < 20; trial++) {
        msp_random r = msp_random_at(9, trial, 0, 0);
        for (size_t i = 0; i < N; i++) {
            time[i] = ceil(30 * uniform(&r));
            event[i] = uniform(&r) < 0.6;
            upper[i] = event[i] ? time[i] : never;
            group[i] = (uint32_t)msp_random_below(&r, 3);
            stratum[i] = (uint32_t)msp_random_below(&r, 2);
        }
        const msp_follow_up rows = {N, time, event, NULL, NULL, 0};
        msp_order order;
        msp_logrank ordinary;
        assert_int_equal(msp_order_init(&order, &rows, NULL), MSP_OK);
        assert_int_equal(
            msp_logrank_test(&order, group, 3, stratum, 2, MSP_TWO_SIDED, &ordinary, NULL), MSP_OK);
        const msp_interval_groups data = {time, upper, N, group, 3, stratum, 2};
        msp_interval_logrank t = test_of(&data, MSP_TWO_SIDED);
        for (size_t g = 0; g < 3; g++)
            assert_true(fabs(t.score[g] - (ordinary.observed[g] - ordinary.expected[g])) < 1e-8);
        assert_near(t.test.df, 2, 0);
        /* Another estimate of the same variance. */
        assert_near(t.variance[0], ordinary.variance[0], 0.35);
        msp_interval_logrank_free(&t);
        msp_logrank_free(&ordinary);
        msp_order_free(&order);
    }
}

/* All ways to deal eight rows to groups of three and five: their scores have the mean 0 and the
 * variance that the test uses. */
static void all_permutations(void **state)
{
    static const double lower[] = {0, 1, 1, 2, 3, 3, 4, 5};
    static const double upper[] = {2, 1, 4, 3, 6, INFINITY, 5, INFINITY};
    double sum = 0, squares = 0, ways = 0;
    (void)state;
    uint32_t group[8];
    for (unsigned set = 0; set < 256; set++) {
        size_t size = 0;
        for (size_t i = 0; i < 8; i++)
            size += group[i] = set >> i & 1;
        if (size != 3)
            continue;
        const msp_interval_groups data = {
            .lower = lower, .upper = upper, .n = 8, .group = group, .n_groups = 2};
        msp_interval_logrank t = test_of(&data, MSP_TWO_SIDED);
        sum += t.score[1];
        squares += t.score[1] * t.score[1];
        ways++;
        if (ways == 56) {
            assert_true(fabs(sum) < 1e-10);
            assert_near(squares / ways, t.variance[3], 1e-10);
        }
        msp_interval_logrank_free(&t);
    }
    assert_near(ways, 56, 0);
}

static void strata_add_up(void **state)
{
    double lower[COSMESIS_ALL], upper[COSMESIS_ALL];
    uint32_t group[COSMESIS_ALL], stratum[COSMESIS_ALL];
    double score = 0, variance = 0;
    (void)state;
    take_cosmesis(lower, upper, group);
    for (size_t i = 0; i < COSMESIS_ALL; i++)
        stratum[i] = i % 3 == 0 ? 2 : 0; /* stratum 1 is empty */
    for (uint32_t s = 0; s < 3; s += 2) {
        double l[COSMESIS_ALL], u[COSMESIS_ALL];
        uint32_t g[COSMESIS_ALL];
        size_t n = 0;
        for (size_t i = 0; i < COSMESIS_ALL; i++)
            if (stratum[i] == s) {
                l[n] = lower[i];
                u[n] = upper[i];
                g[n++] = group[i];
            }
        const msp_interval_groups part = {
            .lower = l, .upper = u, .n = n, .group = g, .n_groups = 2};
        msp_interval_logrank t = test_of(&part, MSP_TWO_SIDED);
        score += t.score[1];
        variance += t.variance[3];
        msp_interval_logrank_free(&t);
    }
    const msp_interval_groups all = {lower, upper, COSMESIS_ALL, group, 2, stratum, 3};
    msp_interval_logrank t = test_of(&all, MSP_TWO_SIDED);
    assert_near(t.score[1], score, 1e-12);
    assert_near(t.z, score / sqrt(variance), 1e-12);
    msp_interval_logrank_free(&t);
}

/* Rows backwards, times in another unit, arms exchanged: the same masses and the same test. A
 * thousand random sets with MSPIKE_SOAK. */
static void what_must_not_matter(void **state)
{
    enum { N = 40 };
    const uint64_t sets = getenv("MSPIKE_SOAK") != NULL ? 1000 : 25;
    double lower[2][N], upper[2][N];
    uint32_t group[2][N];
    (void)state;
    for (uint64_t set = 0; set < sets; set++) {
        msp_random r = msp_random_at(10, set, 0, 0);
        for (size_t i = 0; i < N; i++) {
            const double kind = uniform(&r);
            lower[0][i] = floor(10 * uniform(&r)) / 2;
            upper[0][i] = kind < 0.15   ? never
                          : kind < 0.25 ? lower[0][i]
                                        : lower[0][i] + ceil(6 * uniform(&r)) / 2;
            group[0][i] = uniform(&r) < 0.5;
            lower[1][N - 1 - i] = 7 * lower[0][i];
            upper[1][N - 1 - i] = 7 * upper[0][i];
            group[1][N - 1 - i] = 1 - group[0][i];
        }
        msp_turnbull a = fit(lower[0], upper[0], N), b = fit(lower[1], upper[1], N);
        assert_int_equal(a.n, b.n);
        for (size_t j = 0; j < a.n; j++) {
            assert_near(b.left[j], 7 * a.left[j], 1e-15);
            assert_near(1 + b.mass[j], 1 + a.mass[j], 1e-6);
            assert_near(b.loglik, a.loglik, 1e-12);
        }
        msp_turnbull_free(&a);
        msp_turnbull_free(&b);
        const msp_interval_groups one = {
            .n = N, .lower = lower[0], .upper = upper[0], .group = group[0], .n_groups = 2};
        const msp_interval_groups other = {
            .n = N, .lower = lower[1], .upper = upper[1], .group = group[1], .n_groups = 2};
        msp_interval_logrank p = test_of(&one, MSP_TWO_SIDED), q = test_of(&other, MSP_TWO_SIDED);
        assert_near(1 + q.z, 1 - p.z, 1e-6);
        assert_near(q.test.statistic + 1, p.test.statistic + 1, 1e-6);
        msp_interval_logrank_free(&p);
        msp_interval_logrank_free(&q);
    }
}

static void nothing_to_tell_apart(void **state)
{
    static const double lower[] = {3, 5, 2}, same[] = {1, 1, 1}, open[] = {INFINITY, INFINITY, 1e9};
    static const uint32_t group[] = {0, 1, 1}, wrong[] = {0, 2, 1};
    (void)state;
    msp_interval_groups data = {
        .lower = same, .upper = same, .n = 3, .group = group, .n_groups = 2};
    msp_interval_logrank t = test_of(&data, MSP_TWO_SIDED);
    assert_non_null(t.note);
    assert_true(isnan(t.test.p) && isnan(t.z));
    msp_interval_logrank_free(&t);
    msp_error err = {0};
    data.group = wrong;
    assert_int_equal(msp_interval_logrank_test(&data, MSP_TWO_SIDED, &t, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    data =
        (msp_interval_groups){.lower = open, .upper = lower, .n = 3, .group = group, .n_groups = 2};
    assert_int_equal(msp_interval_logrank_test(&data, MSP_TWO_SIDED, &t, &err), MSP_ERANGE);
    data.n_groups = 3;
    assert_int_equal(msp_interval_logrank_test(&data, MSP_LESS, &t, &err), MSP_EUNSUPPORTED);
    data.n_groups = 1;
    assert_int_equal(msp_interval_logrank_test(&data, MSP_TWO_SIDED, &t, &err), MSP_ERANGE);
    data.n = 0;
    assert_int_equal(msp_interval_logrank_test(&data, MSP_TWO_SIDED, &t, &err), MSP_ENODATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_curve),
        cmocka_unit_test(innermost_by_hand),
        cmocka_unit_test(rows_that_tell_nothing),
        cmocka_unit_test(exact_times_are_kaplan_meier),
        cmocka_unit_test(what_makes_a_maximum),
        cmocka_unit_test(the_maximum_is_unique),
        cmocka_unit_test(never_reached),
        cmocka_unit_test(the_published_test),
        cmocka_unit_test(exact_times_are_the_ordinary_test),
        cmocka_unit_test(all_permutations),
        cmocka_unit_test(strata_add_up),
        cmocka_unit_test(what_must_not_matter),
        cmocka_unit_test(nothing_to_tell_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
