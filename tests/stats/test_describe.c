#include "near.h"

#include "mspike/stats/describe.h"

/* R 4.2.2: quantile(c(1,2,3,4,10), type = 7 and 2), mean, sd; quantile(c(3,1,4,1,5,9,2,6), ...). */
static void matches_R(void **state)
{
    (void)state;
    const double a[] = {10, 2, NAN, 3, 4, 1}, b[] = {3, 1, 4, 1, 5, 9, 2, 6};
    msp_describe d;
    assert_int_equal(msp_describe_numbers(a, NULL, 6, MSP_CONVENTION_R, &d, NULL), MSP_OK);
    assert_int_equal(d.n, 5);
    assert_near(d.mean, 4, 1e-15);
    assert_near(d.standard_deviation, 3.5355339059327378, 1e-15);
    assert_near(d.lower_quartile, 2, 0);
    assert_near(d.median, 3, 0);
    assert_near(d.upper_quartile, 4, 0);
    assert_near(d.maximum, 10, 0);
    assert_int_equal(msp_describe_numbers(b, NULL, 8, MSP_CONVENTION_R, &d, NULL), MSP_OK);
    assert_near(d.lower_quartile, 1.75, 0);
    assert_near(d.median, 3.5, 0);
    assert_near(d.upper_quartile, 5.25, 0);
    assert_int_equal(msp_describe_numbers(b, NULL, 8, MSP_CONVENTION_SAS, &d, NULL), MSP_OK);
    assert_near(d.lower_quartile, 1.5, 0);
    assert_near(d.median, 3.5, 0);
    assert_near(d.upper_quartile, 5.5, 0);
}

static void little_data_says_so(void **state)
{
    (void)state;
    const double x[] = {7, 8};
    const uint8_t none[] = {0, 0}, one[] = {1, 0};
    msp_describe d;
    assert_int_equal(msp_describe_numbers(x, none, 2, MSP_CONVENTION_R, &d, NULL), MSP_OK);
    assert_int_equal(d.n, 0);
    assert_near(d.mean, NAN, 0);
    assert_near(d.median, NAN, 0);
    assert_int_equal(msp_describe_numbers(x, one, 2, MSP_CONVENTION_SAS, &d, NULL), MSP_OK);
    assert_near(d.median, 7, 0);
    assert_near(d.standard_deviation, NAN, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_R),
        cmocka_unit_test(little_data_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
