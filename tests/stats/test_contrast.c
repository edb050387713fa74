/* Restricted means, differences, the one-sample test, weighted tests and their maximum, by hand. */
#include "near.h"

#include "mspike/stats.h"

static msp_order sort(const double *time, const uint8_t *event, size_t n)
{
    const msp_follow_up data = {n, time, event, NULL, NULL, 0};
    msp_order order;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    return order;
}

/* Events at 1, 2 and 4, a censoring at 3: S = 3/4, 1/2, 0 from there on. */
static const double time4[] = {1, 2, 3, 4};
static const uint8_t event4[] = {1, 1, 0, 1};

static void restricted_mean_by_hand(void **state)
{
    (void)state;
    msp_order order = sort(time4, event4, 4);
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_km km;
    assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, NULL), MSP_OK);
    /* area to 3.5: 1 + 3/4 + 3/4 = 5/2; from 1: 3/2, from 2: 3/4 */
    const msp_mean m = msp_km_restricted_mean(&km.curves[0], 3.5);
    assert_near(m.estimate, 2.5, 1e-15);
    assert_near(m.std_error, sqrt(9. / 4 / 12 + 9. / 16 / 6), 1e-15);
    assert_null(m.note);
    assert_near(msp_km_restricted_mean(&km.curves[0], 100).estimate, 2.75, 1e-15); /* S is 0 */
    assert_near(msp_km_restricted_mean(&km.curves[0], 0.5).estimate, 0.5, 0);
    assert_near(msp_km_restricted_mean(&km.curves[0], 0.5).std_error, 0, 0);
    assert_non_null(msp_km_restricted_mean(&km.curves[0], 0).note);
    msp_km_free(&km);
    msp_order_free(&order);
}

static void a_mean_beyond_follow_up_is_not_estimable(void **state)
{
    (void)state;
    const uint8_t event[] = {1, 1, 0, 0};
    msp_order order = sort(time4, event, 4);
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_km km;
    assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, NULL), MSP_OK);
    const msp_mean m = msp_km_restricted_mean(&km.curves[0], 4.5);
    assert_true(isnan(m.estimate));
    assert_string_equal(m.note, "follow-up ended before this time");
    assert_true(msp_km_restricted_mean(&km.curves[0], 4).estimate > 0);
    const msp_difference d = msp_difference_of(m.estimate, m.std_error, 1, 1, 0.95);
    assert_true(isnan(d.p));
    assert_non_null(d.note);
    msp_km_free(&km);
    msp_order_free(&order);
}

static void differences_and_ratios_by_hand(void **state)
{
    (void)state;
    const msp_difference d = msp_difference_of(1, 0.3, 2, 0.4, 0.95);
    assert_near(d.estimate, 1, 0);
    assert_near(d.std_error, 0.5, 1e-15);
    assert_near(d.z, 2, 1e-15);
    assert_near(d.p, 0.04550026389635842, 1e-13); /* 2 (1 - Phi(2)) */
    assert_near(d.upper - d.lower, 2 * 0.5 * 1.959963984540054, 1e-14);
    const msp_difference r = msp_ratio_of(1, 0.3, 2, 0.8, 0.95);
    assert_near(r.estimate, 2, 0);
    assert_near(r.std_error, 0.5, 1e-15);
    assert_near(r.lower * r.upper, 4, 1e-14);
    assert_non_null(msp_ratio_of(0, 0, 2, 1, 0.95).note);
    assert_non_null(msp_difference_of(1, 0, 1, 0, 0.95).note); /* two curves at 1 */
    assert_true(isnan(msp_difference_of(1, 0, 1, 0, 0.95).p));
}

static void one_sample_by_hand(void **state)
{
    (void)state;
    const double hazard[] = {0.5, 1, 1.5, 2}, wrong[] = {0.5, 1, -1, 2}, zero[] = {0, 0, 0, 0};
    msp_order order = sort(time4, event4, 4);
    msp_one_sample_result t;
    msp_error err;
    assert_int_equal(msp_one_sample_logrank(&order, hazard, MSP_LESS, &t, NULL), MSP_OK);
    assert_near(t.z, -2 / sqrt(5), 1e-15); /* 3 events, 5 expected */
    assert_near(t.z_wu, -1, 1e-15);
    assert_near(t.p_wu, 0.15865525393145705, 1e-14);
    assert_near(t.ratio, 0.6, 1e-15);
    assert_int_equal(msp_one_sample_logrank(&order, zero, MSP_LESS, &t, NULL), MSP_OK);
    assert_non_null(t.note);
    assert_int_equal(msp_one_sample_logrank(&order, wrong, MSP_LESS, &t, &err), MSP_ERANGE);
    assert_int_equal(err.row, 2);
    msp_order_free(&order);
}

/*
 * Six patients as in test_logrank.c: events of group 1 expected at 1, 2, 4 with 1/2, 6/5, 1/2 and
 * variances 1/4, 9/25, 1/4; S(t-) is 1, 5/6, 1/2.
 */
static const double time6[] = {1, 2, 2, 3, 4, 5};
static const uint8_t event6[] = {1, 1, 1, 0, 1, 0};
static const uint32_t group6[] = {0, 0, 1, 1, 1, 0};

static void weights_by_hand(void **state)
{
    (void)state;
    msp_order order = sort(time6, event6, 6);
    msp_logrank t;
    const double s2 = 5. / 6, s4 = 1. / 2;
    const msp_time_weight early = {MSP_FLEMING_HARRINGTON, 1, 0, 0},
                          late = {MSP_FLEMING_HARRINGTON, 0, 1, 0},
                          modest = {MSP_MODESTLY_WEIGHTED, 0, 0, 2.5},
                          below = {MSP_MODESTLY_WEIGHTED, -1, 0, 0};
    assert_int_equal(
        msp_logrank_weighted(&order, group6, 2, NULL, 1, &early, MSP_TWO_SIDED, &t, NULL), MSP_OK);
    assert_near(t.observed[1] - t.expected[1], -1. / 2 + s2 * (1 - 6. / 5) + s4 / 2, 1e-15);
    assert_near(t.variance[3], 1. / 4 + s2 * s2 * 9 / 25 + s4 * s4 / 4, 1e-15);
    msp_logrank_free(&t);
    assert_int_equal(
        msp_logrank_weighted(&order, group6, 2, NULL, 1, &late, MSP_TWO_SIDED, &t, NULL), MSP_OK);
    assert_near(t.observed[1] - t.expected[1], (1 - s2) * (1 - 6. / 5) + (1 - s4) / 2, 1e-15);
    msp_logrank_free(&t);
    /* S(2.5) = 1/2: weights 1, 6/5, 2 */
    assert_int_equal(
        msp_logrank_weighted(&order, group6, 2, NULL, 1, &modest, MSP_TWO_SIDED, &t, NULL), MSP_OK);
    assert_near(t.observed[1] - t.expected[1], -1. / 2 + 6. / 5 * (1 - 6. / 5) + 2. / 2, 1e-14);
    assert_near(t.variance[3], 1. / 4 + 36. / 25 * 9 / 25 + 1, 1e-15);
    msp_logrank_free(&t);
    assert_int_equal(
        msp_logrank_weighted(&order, group6, 2, NULL, 1, &below, MSP_TWO_SIDED, &t, NULL),
        MSP_ERANGE);
    msp_order_free(&order);
}

static void maximum_of_one_or_two_tests(void **state)
{
    (void)state;
    msp_order order = sort(time6, event6, 6);
    const msp_time_weight twice[] = {msp_maxcombo_usual[2], msp_maxcombo_usual[2]};
    msp_logrank t;
    msp_maxcombo one, two, four, again;
    assert_int_equal(msp_logrank_weighted(&order, group6, 2, NULL, 1, twice, MSP_LESS, &t, NULL),
                     MSP_OK);
    assert_int_equal(msp_maxcombo_test(&order, group6, NULL, 1, twice, 1, MSP_LESS, &one, NULL),
                     MSP_OK);
    assert_int_equal(msp_maxcombo_test(&order, group6, NULL, 1, twice, 2, MSP_LESS, &two, NULL),
                     MSP_OK);
    assert_near(one.p, t.test.p, 1e-13);
    assert_near(two.p, t.test.p, 1e-13);
    assert_int_equal(msp_maxcombo_test(&order, group6, NULL, 1, msp_maxcombo_usual, 4,
                                       MSP_TWO_SIDED, &four, NULL),
                     MSP_OK);
    assert_int_equal(msp_maxcombo_test(&order, group6, NULL, 1, msp_maxcombo_usual, 4,
                                       MSP_TWO_SIDED, &again, NULL),
                     MSP_OK);
    assert_true(four.p > msp_dist_normal_two_sided(four.z[four.largest]).p && four.p < 1);
    assert_memory_equal(&four.p, &again.p, sizeof four.p);
    assert_int_equal(msp_maxcombo_test(&order, group6, NULL, 1, twice, 0, MSP_LESS, &one, NULL),
                     MSP_ERANGE);
    msp_logrank_free(&t);
    msp_order_free(&order);
}

static void no_events_no_maximum(void **state)
{
    (void)state;
    const uint8_t none[6] = {0};
    msp_order order = sort(time6, none, 6);
    msp_maxcombo t;
    assert_int_equal(
        msp_maxcombo_test(&order, group6, NULL, 1, msp_maxcombo_usual, 4, MSP_TWO_SIDED, &t, NULL),
        MSP_OK);
    assert_non_null(t.note);
    assert_true(isnan(t.p));
    msp_order_free(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restricted_mean_by_hand),
        cmocka_unit_test(a_mean_beyond_follow_up_is_not_estimable),
        cmocka_unit_test(differences_and_ratios_by_hand),
        cmocka_unit_test(one_sample_by_hand),
        cmocka_unit_test(weights_by_hand),
        cmocka_unit_test(maximum_of_one_or_two_tests),
        cmocka_unit_test(no_events_no_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
