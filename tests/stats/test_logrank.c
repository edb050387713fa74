#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats/logrank.h"

static msp_order sort(const double *time, const uint8_t *event, const double *entry, size_t n)
{
    msp_follow_up data = {n, time, event, entry, NULL, 0};
    msp_order order;
    msp_error err;
    if (msp_order_init(&order, &data, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return order;
}

static msp_logrank test(const double *time, const uint8_t *event, const double *entry,
                        const uint32_t *group, size_t n_groups, const uint32_t *stratum,
                        size_t n_strata, size_t n, msp_alternative alternative)
{
    msp_order order = sort(time, event, entry, n);
    msp_logrank out;
    assert_int_equal(
        msp_logrank_test(&order, group, n_groups, stratum, n_strata, alternative, &out, NULL),
        MSP_OK);
    msp_order_free(&order);
    return out;
}

/*
 * Events at 1 (group 0), 2 (both), 4 (group 1); censored at 3 and 5 (group 0). By hand:
 *   t  r  r1  d   expected in 1   variance
 *   1  6  3   1   1/2             1/4
 *   2  5  3   2   6/5             2 (3/4) (6/25) = 9/25
 *   4  2  1   1   1/2             1/4
 */
static void six_patients_by_hand(void **state)
{
    (void)state;
    const double time[] = {1, 2, 2, 3, 4, 5};
    const uint8_t event[] = {1, 1, 1, 0, 1, 0};
    const uint32_t group[] = {0, 0, 1, 1, 1, 0};
    msp_logrank t = test(time, event, NULL, group, 2, NULL, 1, 6, MSP_TWO_SIDED);
    const double expected = 1. / 2 + 6. / 5 + 1. / 2, variance = 1. / 4 + 9. / 25 + 1. / 4;
    assert_near(t.observed[1], 2, 0);
    assert_near(t.expected[1], expected, 1e-15);
    assert_near(t.expected[0], 4 - expected, 1e-15);
    assert_near(t.variance[3], variance, 1e-15);
    assert_near(t.variance[1], -variance, 1e-15);
    assert_near(t.z, (2 - expected) / sqrt(variance), 1e-14);
    assert_near(t.test.statistic, t.z * t.z, 1e-14);
    assert_near(t.test.df, 1, 0);
    assert_null(t.note);
    msp_logrank less = test(time, event, NULL, group, 2, NULL, 1, 6, MSP_LESS);
    msp_logrank greater = test(time, event, NULL, group, 2, NULL, 1, 6, MSP_GREATER);
    assert_near(less.test.p + greater.test.p, 1, 1e-15);
    assert_near(2 * less.test.p, t.test.p, 1e-14); /* fewer events than expected in group 1 */
    msp_logrank_free(&t);
    msp_logrank_free(&less);
    msp_logrank_free(&greater);
    msp_logrank_free(&t);
}

/* Strata add up: two copies of the six patients as strata double everything. */
static void strata_add_up(void **state)
{
    (void)state;
    const double time[] = {1, 2, 2, 3, 4, 5, 1, 2, 2, 3, 4, 5};
    const uint8_t event[] = {1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0};
    const uint32_t group[] = {0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0};
    const uint32_t stratum[] = {0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2};
    msp_logrank t = test(time, event, NULL, group, 2, stratum, 3, 12, MSP_TWO_SIDED);
    assert_near(t.expected[1], 2 * (1. / 2 + 6. / 5 + 1. / 2), 1e-15);
    assert_near(t.variance[3], 2 * (1. / 4 + 9. / 25 + 1. / 4), 1e-15);
    assert_near(t.n[0], 6, 0);
    msp_logrank_free(&t);
}

/* Late entry by hand: at 2 patients 0, 1 and 2 are at risk (3 enters at 2), at 4 patients 1 and 3.
 */
static void patients_who_enter_late(void **state)
{
    (void)state;
    const double time[] = {2, 4, 3, 5}, entry[] = {0, 1, 0, 2};
    const uint8_t event[] = {1, 1, 0, 0};
    const uint32_t group[] = {0, 1, 0, 0};
    msp_logrank t = test(time, event, entry, group, 2, NULL, 1, 4, MSP_TWO_SIDED);
    assert_near(t.expected[1], 1. / 3 + 1. / 2, 1e-15);
    assert_near(t.variance[3], 2. / 9 + 1. / 4, 1e-15);
    msp_logrank_free(&t);
}

static void what_cannot_be_tested_says_why(void **state)
{
    (void)state;
    static const struct {
        double time[4];
        uint8_t event[4];
        uint32_t group[4];
        const char *note;
    } cases[] = {
        {{1, 2, 3, 4}, {0, 0, 0, 0}, {0, 1, 0, 1}, "no events"},
        {{1, 2, 3, 4},
         {0, 0, 1, 1},
         {0, 0, 1, 1},
         "only one group was at risk when events happened"},
        {{1, 1, 1, 1},
         {1, 1, 1, 1},
         {0, 1, 0, 1},
         "the observed events leave no room for chance: the variance is zero"},
        {{1, 2, 3, 4},
         {1, 1, 1, 1},
         {0, 0, 0, 0},
         "only one group was at risk when events happened"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_logrank t =
            test(cases[i].time, cases[i].event, NULL, cases[i].group, 2, NULL, 1, 4, MSP_TWO_SIDED);
        assert_string_equal(t.note, cases[i].note);
        assert_near(t.test.p, NAN, 0);
        assert_near(t.test.statistic, NAN, 0);
        assert_near(t.z, NAN, 0);
        msp_logrank_free(&t);
    }
    /* one arm without events is no obstacle to the test */
    const double time[] = {1, 2, 3, 4, 5, 6};
    const uint8_t event[] = {1, 1, 1, 0, 0, 0};
    const uint32_t group[] = {0, 0, 0, 1, 1, 1};
    msp_logrank t = test(time, event, NULL, group, 2, NULL, 1, 6, MSP_TWO_SIDED);
    assert_null(t.note);
    assert_true(t.z < 0 && t.test.p > 0 && t.test.p < 1);
    msp_logrank_free(&t);
    /* a group that nobody belongs to does not count */
    t = test(time, event, NULL, group, 5, NULL, 1, 6, MSP_TWO_SIDED);
    assert_near(t.test.df, 1, 0);
    assert_near(t.z, NAN, 0);
    msp_logrank_free(&t);

    msp_order order = sort(time, event, NULL, 6);
    msp_error err;
    assert_int_equal(msp_logrank_test(&order, group, 3, NULL, 1, MSP_LESS, &t, &err),
                     MSP_EUNSUPPORTED);
    assert_int_equal(msp_logrank_test(&order, group, 1, NULL, 1, MSP_TWO_SIDED, &t, &err),
                     MSP_ERANGE);
    const uint32_t odd[] = {0, 0, 7, 1, 1, 1};
    assert_int_equal(msp_logrank_test(&order, odd, 2, NULL, 1, MSP_TWO_SIDED, &t, &err),
                     MSP_ERANGE);
    assert_int_equal(err.row, 2);
    assert_int_equal(msp_logrank_test(&order, group, 2, odd, 2, MSP_TWO_SIDED, &t, &err),
                     MSP_ERANGE);
    assert_string_equal(err.text, "stratum code is 7; expected 0 to 1");
    assert_null(t.block);
    msp_order_free(&order);
}

/* Straight from the definition, for random data with ties, strata and late entry. */
static void direct_sums(const double *time, const double *entry, const uint8_t *event,
                        const uint32_t *group, const uint32_t *stratum, size_t n, size_t k,
                        double *expected, double *variance)
{
    for (size_t e = 0; e < n; e++) {
        bool first = event[e];
        for (size_t i = 0; i < e; i++)
            first &= !(event[i] && time[i] == time[e] && stratum[i] == stratum[e]);
        double r = 0, d = 0, by_group[8] = {0};
        for (size_t i = 0; first && i < n; i++) {
            if (stratum[i] != stratum[e] || time[i] < time[e] || !(entry[i] < time[e]))
                continue;
            r++;
            by_group[group[i]]++;
            d += event[i] && time[i] == time[e];
        }
        for (size_t g = 0; first && g < k; g++) {
            expected[g] += d * by_group[g] / r;
            for (size_t h = 0; r > 1 && h < k; h++)
                variance[g * k + h] +=
                    d * (r - d) / (r - 1) * by_group[g] / r * ((g == h) - by_group[h] / r);
        }
    }
}

static void random_data_follow_the_definition(void **state)
{
    (void)state;
    enum { N = 120, K = 4, S = 3 };
    for (uint64_t trial = 0; trial < 60; trial++) {
        double time[N], entry[N], scaled[N], scaled_entry[N];
        uint8_t event[N];
        uint32_t group[N], stratum[N];
        for (uint32_t i = 0; i < N; i++) {
            msp_random r = msp_random_at(11, trial, i, 1);
            time[i] = 1 + floor(30 * msp_random_uniform(&r));
            entry[i] = trial % 2 ? floor(time[i] * msp_random_uniform(&r)) : 0;
            event[i] = msp_random_uniform(&r) < 0.7;
            group[i] = (uint32_t)msp_random_below(&r, K);
            stratum[i] = (uint32_t)msp_random_below(&r, S);
            scaled[i] = time[i] / 30.4375;
            scaled_entry[i] = entry[i] / 30.4375;
        }
        double expected[K] = {0}, variance[K * K] = {0};
        direct_sums(time, entry, event, group, stratum, N, K, expected, variance);
        const double *late = trial % 2 ? entry : NULL,
                     *scaled_late = trial % 2 ? scaled_entry : NULL;
        msp_logrank t = test(time, event, late, group, K, stratum, S, N, MSP_TWO_SIDED);
        for (size_t g = 0; g < K; g++) {
            assert_near(t.expected[g], expected[g], 1e-13);
            for (size_t h = 0; h < K; h++)
                assert_near(t.variance[g * K + h], variance[g * K + h], 1e-12);
        }
        assert_near(t.test.df, K - 1, 0);
        /* another unit of time changes nothing, not one bit */
        msp_logrank u = test(scaled, event, scaled_late, group, K, stratum, S, N, MSP_TWO_SIDED);
        assert_memory_equal(&u.test, &t.test, sizeof t.test);
        msp_logrank_free(&t);
        msp_logrank_free(&u);
    }
}

/* Products of counts overflow 32 bits from a few thousand patients on, and 64 bits from millions;
 * here they are doubles. A million patients by closed form: all at risk at each of two events. */
static void large_counts_do_not_overflow(void **state)
{
    (void)state;
    enum { N = 1000000 };
    double *time = malloc(N * sizeof *time);
    uint8_t *event = malloc(N);
    uint32_t *group = malloc(N * sizeof *group);
    for (size_t i = 0; i < N; i++) {
        time[i] = i < N / 2 ? 1 : 2;
        event[i] = i < N / 2;
        group[i] = i % 4 == 0;
    }
    msp_logrank t = test(time, event, NULL, group, 2, NULL, 1, N, MSP_TWO_SIDED);
    double n = N, d = n / 2;
    assert_near(t.expected[1], d / 4, 1e-15);
    assert_near(t.variance[3], d * (n - d) / (n - 1) * 3 / 16, 1e-14);
    assert_near(t.test.statistic, 0, 1e-12);
    assert_near(t.test.p, 1, 1e-9);
    msp_logrank_free(&t);
    free(time);
    free(event);
    free(group);
}

/* p far below what a double holds. */
static void tiny_p_keeps_its_logarithm(void **state)
{
    (void)state;
    enum { N = 4000 };
    double time[N];
    uint8_t event[N];
    uint32_t group[N];
    for (size_t i = 0; i < N; i++) {
        time[i] = (double)(i + 1);
        event[i] = 1;
        group[i] = i >= N / 2;
    }
    msp_logrank t = test(time, event, NULL, group, 2, NULL, 1, N, MSP_LESS);
    assert_true(t.z < -40);
    assert_near(t.test.p, 0, 0);
    assert_true(t.test.log_p < -700 && isfinite(t.test.log_p));
    msp_logrank_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(six_patients_by_hand),
        cmocka_unit_test(strata_add_up),
        cmocka_unit_test(patients_who_enter_late),
        cmocka_unit_test(what_cannot_be_tested_says_why),
        cmocka_unit_test(random_data_follow_the_definition),
        cmocka_unit_test(large_counts_do_not_overflow),
        cmocka_unit_test(tiny_p_keeps_its_logarithm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
