#include "near.h"

#include <string.h>

#include "mspike/patient/body.h"

static msp_decimal dec(const char *s)
{
    msp_decimal x;
    assert_true(msp_decimal_parse(s, strlen(s), &x));
    return x;
}

static msp_clearance clearance(const msp_body *body, const char *creatinine, msp_weight_kind kind)
{
    msp_clearance result;
    assert_int_equal(msp_clearance_of(body, dec(creatinine), kind, &result, NULL), MSP_OK);
    return result;
}

/* By hand: (140 - 60) 72 / (72 * 1.6) = 50 exactly, and 42.5 in a woman. */
static void clearance_is_exact(void **state)
{
    (void)state;
    msp_body body = {.age = dec("60"), .weight = dec("72"), .height = dec("170")};
    const msp_clearance fifty = clearance(&body, "1.6", MSP_WEIGHT_ACTUAL);
    assert_near(msp_clearance_value(fifty), 50, 0);
    assert_int_equal(msp_clearance_cmp(fifty, dec("50")), 0);
    assert_int_equal(msp_clearance_cmp(clearance(&body, "1.59", MSP_WEIGHT_ACTUAL), dec("50")), 1);
    assert_int_equal(msp_clearance_cmp(clearance(&body, "1.61", MSP_WEIGHT_ACTUAL), dec("50.0")),
                     -1);
    body.female = true;
    assert_int_equal(msp_clearance_cmp(clearance(&body, "1.6", MSP_WEIGHT_ACTUAL), dec("42.5")), 0);
    assert_near(msp_clearance_value(clearance(&body, "1.6", MSP_WEIGHT_ACTUAL)), 42.5, 1e-15);
}

/* 182.88 cm is 72 inches: ideal weight 50 + 12 * 2.3 = 77.6 kg, in a woman 73.1 kg; adjusted at
 * 100 kg: 77.6 + 0.4 * 22.4 = 86.56 kg. */
static void ideal_and_adjusted_weight(void **state)
{
    (void)state;
    msp_body body = {.age = dec("68"), .weight = dec("100"), .height = dec("182.88")};
    assert_near(msp_clearance_value(clearance(&body, "1", MSP_WEIGHT_ACTUAL)), 100, 1e-15);
    assert_int_equal(msp_clearance_cmp(clearance(&body, "1", MSP_WEIGHT_IDEAL), dec("77.6")), 0);
    assert_int_equal(msp_clearance_cmp(clearance(&body, "1", MSP_WEIGHT_ADJUSTED), dec("86.56")),
                     0);
    body.female = true;
    assert_near(msp_clearance_value(clearance(&body, "1", MSP_WEIGHT_IDEAL)), 73.1 * 0.85, 1e-15);
}

static void refuses_what_has_no_clearance(void **state)
{
    (void)state;
    const msp_body body = {.age = dec("60"), .weight = dec("72"), .height = dec("20")};
    msp_clearance out;
    msp_error err;
    assert_int_equal(msp_clearance_of(&body, dec("0"), MSP_WEIGHT_ACTUAL, &out, &err), MSP_ERANGE);
    assert_int_equal(msp_clearance_of(&body, dec("1"), MSP_WEIGHT_IDEAL, &out, &err), MSP_ERANGE);
    msp_body old = body;
    old.age = dec("140");
    assert_int_equal(msp_clearance_of(&old, dec("1"), MSP_WEIGHT_ACTUAL, &out, &err), MSP_ERANGE);
    assert_string_equal(err.text, "an age has to be from 0 to below 140 years");
}

/* Mosteller at 170 cm and 70 kg: sqrt(11900 / 3600); DuBois from R 4.2. */
static void surface(void **state)
{
    (void)state;
    msp_body body = {.weight = dec("70"), .height = dec("170")};
    assert_near(msp_surface_of(&body, MSP_SURFACE_MOSTELLER), sqrt(11900.0 / 3600), 1e-15);
    assert_near(msp_surface_of(&body, MSP_SURFACE_DUBOIS), 1.8097078017532471, 1e-14);
    assert_near(msp_surface_dosed(2.2, 2.2), 2.2, 0);
    assert_near(msp_surface_dosed(2.21, 2.2), 2.2, 0);
    assert_near(msp_surface_dosed(2.19, 2.2), 2.19, 0);
    body.height = dec("0");
    assert_true(isnan(msp_surface_of(&body, MSP_SURFACE_MOSTELLER)));
}

static void weight_moves_by_more_than_a_fifth(void **state)
{
    (void)state;
    assert_false(msp_surface_outdated(dec("70"), dec("84")));
    assert_true(msp_surface_outdated(dec("70"), dec("84.1")));
    assert_false(msp_surface_outdated(dec("70"), dec("56.0")));
    assert_true(msp_surface_outdated(dec("70"), dec("55.9")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clearance_is_exact),
        cmocka_unit_test(ideal_and_adjusted_weight),
        cmocka_unit_test(refuses_what_has_no_clearance),
        cmocka_unit_test(surface),
        cmocka_unit_test(weight_moves_by_more_than_a_fifth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
