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
    double a[N], b[N], out[N], lanes[8] = {0};
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
    }
    double dot = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
                 ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
    double got = msp__dot(a, b, N);
    assert_memory_equal(&got, &dot, sizeof dot);
    b[500] = -6;
    assert_near(msp__largest(b, N), 6, 0);
    b[17] = NAN;
    assert_true(isnan(msp__largest(b, N)));
}

/* Sums of all products at once are those of msp__dots, of 1 to 6 columns and lengths that are no
 * multiple of eight too. */
static void moments_are_dots(void **state)
{
    (void)state;
    enum { N = 300, FROM = 3 };
    double v[N], x[MSP_FEW][N], vx[N], sums[MSP_MOMENTS], dots[MSP_FEW];
    const double *column[MSP_FEW];
    for (size_t k = 0; k < MSP_FEW; k++)
        column[k] = x[k];
    for (uint32_t i = 0; i < N; i++) {
        msp_random r = msp_random_at(3, 0, i, 1);
        v[i] = msp_random_uniform(&r) + 1e-3;
        for (size_t k = 0; k < MSP_FEW; k++)
            x[k][i] = 10 * msp_random_uniform(&r) - 5;
    }
    for (size_t p = 1; p <= MSP_FEW; p++)
        for (size_t n = 0; n < N - FROM; n += n < 20 ? 1 : 61) {
            msp__moments(sums, v, column, p, FROM, n);
            msp__dots(dots, v, column, p, FROM, n);
            assert_memory_equal(sums + p * (p + 1) / 2, dots, p * sizeof *dots);
            for (size_t k = 0; k < p; k++) {
                msp__multiply(vx, v, x[k] + FROM, n);
                msp__dots(dots, vx, column, k + 1, FROM, n);
                assert_memory_equal(sums + k * (k + 1) / 2, dots, (k + 1) * sizeof *dots);
            }
            msp__squares(sums, column, p, FROM, n);
            for (size_t k = 0; k < p; k++) {
                msp__dots(dots, x[k] + FROM, column, k + 1, FROM, n);
                assert_memory_equal(sums + k * (k + 1) / 2, dots, (k + 1) * sizeof *dots);
            }
        }
}

/* Of any length, against the C library's long double; the same bits on every processor. */
static void logs_are_summed(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double a[N];
    long double sum = 0;
    assert_near(msp__sum_log(a, 0), 0, 0);
    for (uint32_t i = 0; i < N; i++) {
        msp_random r = msp_random_at(4, 0, i, 1);
        a[i] = exp(600 * msp_random_uniform(&r) - (i < 50 ? 300 : 0));
        sum += logl((long double)a[i]);
        if (i < 50 || i % 1999 == 0)
            assert_near(msp__sum_log(a, i + 1), (double)sum, i < 50 ? 1e-13 : 1e-15);
    }
    assert_near(msp__sum_log(a, N), (double)sum, 1e-15);
    static const double once[] = {3, 0.3, 0x1p-1000, 0x1.8p1000, 1e10, 7, 11, 13, 17, 19, 23};
    /* 39.1478568408578217... by 40 digits */
    assert_near(msp__sum_log(once, MSP_COUNT(once)), 0x1.392ecf913fcb3p+5, 0);
}

/* Linear combinations, however many columns, add in their order. */
static void columns_are_combined_in_order(void **state)
{
    (void)state;
    enum { N = 29, MOST = 11 };
    double x[MOST][N], b[MOST], out[N];
    const double *column[MOST];
    for (uint32_t k = 0; k < MOST; k++) {
        msp_random r = msp_random_at(5, 0, k, 1);
        column[k] = x[k];
        b[k] = msp_random_uniform(&r) - 0.5;
        for (size_t i = 0; i < N; i++)
            x[k][i] = 10 * msp_random_uniform(&r) - 5;
    }
    for (size_t p = 0; p <= MOST; p++) {
        msp__linear(out, column, b, p, 2, N - 2);
        for (size_t i = 0; i < N - 2; i++) {
            double want = 0;
            for (size_t k = 0; k < p; k++)
                want += b[k] * x[k][2 + i];
            assert_memory_equal(&out[i], &want, sizeof want);
        }
    }
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
        cmocka_unit_test(moments_are_dots),
        cmocka_unit_test(logs_are_summed),
        cmocka_unit_test(columns_are_combined_in_order),
        cmocka_unit_test(small_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
