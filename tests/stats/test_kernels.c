#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "stats/kernels.h"
#include "stats/solve.h"

/* Ours against the C library's long double, in units of 2^-53. */
static void exp_and_log_are_within_a_unit(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 200000; i++) {
        msp_random r = msp_random_at(1, 0, i, 1);
        double x = 1400 * msp_random_uniform(&r) - 700;
        assert_near(msp__exp(x), (double)expl((long double)x), 2.3e-16);
        double y = i % 2 ? exp(x) : 0.6 + 0.8 * msp_random_uniform(&r);
        assert_near(msp__log(y), (double)logl((long double)y), 2.3e-16);
    }
    assert_near(msp__exp(0), 1, 0);
    assert_near(msp__exp(-1e5), 0, 0);
    assert_near(msp__exp(-740), exp(-740), 0.05); /* below the normal range */
    assert_true(isinf(msp__exp(1e5)) && isnan(msp__exp(NAN)));
    assert_near(msp__exp(INFINITY), INFINITY, 0);
    assert_near(msp__exp(-INFINITY), 0, 0);
    assert_near(msp__log(1), 0, 0);
}

/* The loops compiled for this processor's vectors give the bits of plain scalar code. */
static void vectors_change_no_bit(void **state)
{
    (void)state;
    enum { N = 1003 };
    double a[N], b[N], out[N], lanes[8] = {0}, logs[8] = {0};
    for (uint32_t i = 0; i < N; i++) {
        msp_random r = msp_random_at(2, 0, i, 1);
        a[i] = msp_random_uniform(&r) + 1e-3;
        b[i] = 10 * msp_random_uniform(&r) - 5;
    }
    msp__exp_all(out, b, N);
    for (size_t i = 0; i < N; i++) {
        double want = msp__exp(b[i]);
        assert_memory_equal(&out[i], &want, sizeof want);
        lanes[i % 8] += a[i] * b[i];
        logs[i % 8] += msp__log(a[i]);
    }
    double dot = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
                 ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
    double log_sum =
        ((logs[0] + logs[4]) + (logs[2] + logs[6])) + ((logs[1] + logs[5]) + (logs[3] + logs[7]));
    double got = msp__dot(a, b, N), got_log = msp__sum_log(a, N);
    assert_memory_equal(&got, &dot, sizeof dot);
    assert_memory_equal(&got_log, &log_sum, sizeof log_sum);
    b[500] = -6;
    assert_near(msp__largest(b, N), 6, 0);
    b[17] = NAN;
    assert_true(isnan(msp__largest(b, N)));
}

static void small_systems(void **state)
{
    (void)state;
    /* the third column is the sum of the first two: left out */
    double a[9] = {4, 0, 0, 1, 3, 0, 5, 4, 9}, b[3] = {1, 2, 3}, x[3], inverse[9];
    const double floor[3] = {1e-10, 1e-10, 1e-10};
    bool used[3];
    assert_int_equal(msp__factor(a, 3, floor, used), 2);
    assert_true(used[0] && used[1] && !used[2]);
    msp__solve(a, 3, used, b, x);
    assert_near(4 * x[0] + 1 * x[1], 1, 1e-15);
    assert_near(1 * x[0] + 3 * x[1], 2, 1e-15);
    assert_near(x[2], 0, 0);
    msp__invert(a, 3, used, inverse);
    assert_near(inverse[0], 3. / 11, 1e-15);
    assert_near(inverse[1], -1. / 11, 1e-15);
    assert_near(inverse[4], 4. / 11, 1e-15);
    assert_near(inverse[8], 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_and_log_are_within_a_unit),
        cmocka_unit_test(vectors_change_no_bit),
        cmocka_unit_test(small_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
