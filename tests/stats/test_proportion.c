#include "near.h"

#include "mspike/stats/proportion.h"

static msp_interval limits(int64_t x, int64_t n, msp_proportion_method method, double level,
                           msp_alternative side)
{
    const msp_confidence confidence = {level, side};
    msp_interval out;
    assert_int_equal(msp_proportion(x, n, method, &confidence, &out, NULL), MSP_OK);
    return out;
}

static double percent(double p)
{
    return round(1000 * p) / 10;
}

/* Stewart et al., N Engl J Med 372:142 (2015), ASPIRE: overall response 87.1 % (95 % CI 83.4-90.3)
 * of 396 and 66.7 % (61.8-71.3) of 396. Only Clopper-Pearson gives both. */
static void aspire_response_rates(void **state)
{
    (void)state;
    const msp_interval krd = limits(345, 396, MSP_CLOPPER_PEARSON, 0.95, MSP_TWO_SIDED);
    const msp_interval rd = limits(264, 396, MSP_CLOPPER_PEARSON, 0.95, MSP_TWO_SIDED);
    assert_near(percent(krd.estimate), 87.1, 1e-14);
    assert_near(percent(krd.lower), 83.4, 1e-14);
    assert_near(percent(krd.upper), 90.3, 1e-14);
    assert_near(percent(rd.estimate), 66.7, 1e-14);
    assert_near(percent(rd.lower), 61.8, 1e-14);
    assert_near(percent(rd.upper), 71.3, 1e-14);
    /* A061202: 6 of 26 crossover patients responded, 23.1 %. */
    const msp_interval crossover = limits(6, 26, MSP_CLOPPER_PEARSON, 0.95, MSP_TWO_SIDED);
    assert_near(round(1e4 * crossover.lower), 897, 0);
    assert_near(round(1e4 * crossover.upper), 4365, 0);
}

/* By hand: P(X >= n) = p^n and P(X <= 0) = (1 - p)^n. */
static void ends_of_the_range(void **state)
{
    (void)state;
    msp_interval i = limits(20, 20, MSP_CLOPPER_PEARSON, 0.9, MSP_TWO_SIDED);
    assert_near(i.lower, pow(0.05, 1 / 20.0), 1e-15);
    assert_near(i.upper, 1, 0);
    i = limits(0, 1000000, MSP_CLOPPER_PEARSON, 0.95, MSP_LESS);
    assert_near(i.lower, 0, 0);
    assert_near(i.upper, -expm1(log(0.05) / 1e6), 1e-15);
    i = limits(0, 20, MSP_MID_P, 0.95, MSP_TWO_SIDED); /* (1 - p)^20 / 2 = 0.025 */
    assert_near(i.upper, 1 - pow(0.05, 1 / 20.0), 1e-14);
    for (msp_proportion_method m = MSP_CLOPPER_PEARSON; m <= MSP_WALD; m++) {
        const msp_interval none = limits(0, 7, m, 0.95, MSP_TWO_SIDED);
        const msp_interval all = limits(7, 7, m, 0.95, MSP_TWO_SIDED);
        assert_near(none.lower, 0, 0);
        assert_near(all.upper, 1, 0);
        assert_near(1 - none.upper, all.lower, 1e-14);
    }
}

/* Limits are where the one-sided tests just reach the tail. */
static void limits_and_tests_agree(void **state)
{
    (void)state;
    static const int64_t cases[][2] = {
        {1, 9}, {7, 20}, {123, 456}, {999999, 1000000}, {3, 1000000000}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const int64_t x = cases[i][0], n = cases[i][1];
        const msp_interval at = limits(x, n, MSP_CLOPPER_PEARSON, 0.99, MSP_TWO_SIDED);
        msp_prob p;
        assert_int_equal(msp_proportion_test(x, n, at.lower, MSP_GREATER, &p, NULL), MSP_OK);
        assert_near(p.p, 0.005, 1e-10);
        if (n - x > 1) { /* the limit itself is rounded to 1e-16 of 1 */
            assert_int_equal(msp_proportion_test(x, n, at.upper, MSP_LESS, &p, NULL), MSP_OK);
            assert_near(p.p, 0.005, 1e-9);
        }
    }
}

/* R 4.2.2: binom.test(7, 20, conf.level = .9, alternative = "l")$conf.int[2],
 * binom.test(11, 38, alternative = "g", p = .1)$conf.int[1] */
static void one_sided_limits(void **state)
{
    (void)state;
    const msp_interval less = limits(7, 20, MSP_CLOPPER_PEARSON, 0.9, MSP_LESS);
    assert_near(less.lower, 0, 0);
    assert_near(less.upper, 0.51803075731820525, 1e-14);
    const msp_interval greater = limits(11, 38, MSP_CLOPPER_PEARSON, 0.95, MSP_GREATER);
    assert_near(greater.lower, 0.17159800911229167, 1e-14);
    assert_near(greater.upper, 1, 0);
}

/* The definition, added up outcome by outcome. */
static double sum_of_unlikelier(int64_t x, int64_t n, double p0)
{
    double sum = 0;
    const double limit = msp_dist_binomial_log((double)x, (double)n, p0);
    for (int64_t i = 0; i <= n; i++) {
        const double here = msp_dist_binomial_log((double)i, (double)n, p0);
        sum += exp(here) <= exp(limit) * (1 + 1e-7) ? exp(here) : 0;
    }
    return sum;
}

static void two_sided_test_by_definition(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 40; n += 3)
        for (int64_t x = 0; x <= n; x++)
            for (double p0 = 0.05; p0 < 1; p0 += 0.15) {
                msp_prob p;
                assert_int_equal(msp_proportion_test(x, n, p0, MSP_TWO_SIDED, &p, NULL), MSP_OK);
                assert_near(p.p, sum_of_unlikelier(x, n, p0), 1e-11);
                assert_near(exp(p.log_p), p.p, 1e-11);
            }
    msp_prob p;
    assert_int_equal(msp_proportion_test(3, 8, 0, MSP_TWO_SIDED, &p, NULL), MSP_OK);
    assert_near(p.p, 0, 0);
    assert_int_equal(msp_proportion_test(0, 8, 0, MSP_TWO_SIDED, &p, NULL), MSP_OK);
    assert_near(p.p, 1, 0);
}

/* (1/2)^5000 is no double; its logarithm is. */
static void log_p_goes_on(void **state)
{
    (void)state;
    msp_prob p;
    assert_int_equal(msp_proportion_test(5000, 5000, 0.5, MSP_GREATER, &p, NULL), MSP_OK);
    assert_near(p.p, 0, 0);
    assert_near(p.log_p, 5000 * log(0.5), 1e-14);
}

static void faults(void **state)
{
    (void)state;
    const msp_confidence good = {0.95, MSP_TWO_SIDED}, bad = {1, MSP_TWO_SIDED};
    msp_interval out;
    msp_prob p;
    msp_error err;
    assert_int_equal(msp_proportion(5, 4, MSP_WILSON, &good, &out, &err), MSP_ERANGE);
    assert_string_equal(err.text, "5 of 4 patients; expected 0 to 4");
    assert_int_equal(msp_proportion(-1, 4, MSP_WILSON, &good, &out, &err), MSP_ERANGE);
    assert_int_equal(msp_proportion(1, 4, MSP_WILSON, &bad, &out, &err), MSP_ERANGE);
    assert_int_equal(msp_proportion_test(1, 4, 1.5, MSP_LESS, &p, &err), MSP_ERANGE);
    assert_int_equal(msp_proportion(0, 0, MSP_WILSON, &good, &out, &err), MSP_OK);
    assert_string_equal(out.note, "no patients");
    assert_near(out.estimate, NAN, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aspire_response_rates),
        cmocka_unit_test(ends_of_the_range),
        cmocka_unit_test(limits_and_tests_agree),
        cmocka_unit_test(one_sided_limits),
        cmocka_unit_test(two_sided_test_by_definition),
        cmocka_unit_test(log_p_goes_on),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
