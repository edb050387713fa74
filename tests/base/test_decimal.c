#include "near.h"

#include <string.h>

#include "mspike/base/decimal.h"

static msp_decimal dec(const char *s)
{
    msp_decimal x;
    assert_true(msp_decimal_parse(s, strlen(s), &x));
    return x;
}

static void reads_what_was_reported(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } good[] = {
        {"3.20", "3.20"},   {"-4", "-4"},         {".5", "0.5"},
        {"+2.", "2"},       {"0.00", "0.00"},     {"123456789012345678", "123456789012345678"},
        {"-0.05", "-0.05"}, {"10.007", "10.007"}, {"-.000000000000000001", "-0.000000000000000001"},
    };
    char text[MSP_DECIMAL_MAX];
    for (size_t i = 0; i < MSP_COUNT(good); i++) {
        assert_int_equal(msp_decimal_format(dec(good[i].in), text), strlen(good[i].out));
        assert_string_equal(text, good[i].out);
    }
    static const char *const bad[] = {
        "", "-", ".", "1,4", "1e3", "0x1", "nan", "1.2.3", "1234567890123456789", "<0.1", " 1"};
    msp_decimal x;
    for (size_t i = 0; i < MSP_COUNT(bad); i++)
        assert_false(msp_decimal_parse(bad[i], strlen(bad[i]), &x));
}

/* The examples of the clinical rules that break with binary doubles. */
static void thresholds_are_exact(void **state)
{
    (void)state;
    msp_decimal rise;
    assert_true(msp_decimal_sub(dec("0.7"), dec("0.2"), &rise));
    assert_int_equal(msp_decimal_cmp(rise, dec("0.5")), 0);

    assert_true(msp_decimal_sub(dec("3.0"), dec("0.30"), &rise)); /* exactly -90 % */
    assert_int_equal(msp_decimal_cmp_times(rise, 100, dec("3.0"), 90), 0);

    msp_decimal product;
    assert_true(msp_decimal_mul(dec("4.2"), dec("0.1"), &product));
    assert_int_equal(msp_decimal_cmp(product, dec("0.42")), 0);
    assert_int_equal(msp_decimal_cmp(dec("3.2"), dec("3.20")), 0);
}

static void compares_the_largest(void **state)
{
    (void)state;
    const msp_decimal big = dec("999999999999999999"), small = dec("0.000000000000000001");
    assert_int_equal(msp_decimal_cmp(big, small), 1);
    assert_int_equal(msp_decimal_cmp_times(small, 1000000000, dec("0.000000001"), 1), 0);
    assert_int_equal(msp_decimal_cmp_times(big, -1000000000, big, -999999999), -1);
    assert_int_equal(msp_decimal_cmp_times(dec("-1"), 1, dec("0"), 5), -1);
    msp_decimal out;
    assert_false(msp_decimal_add(big, dec("1"), &out));
    assert_false(msp_decimal_mul(big, big, &out));
    assert_false(msp_decimal_shift(big, -1, &out));
    assert_false(msp_decimal_shift(small, 1, &out));
}

static void converts_units_and_doubles(void **state)
{
    (void)state;
    msp_decimal out;
    char text[MSP_DECIMAL_MAX];
    assert_true(msp_decimal_shift(dec("32"), 1, &out)); /* g/L to g/dL */
    msp_decimal_format(out, text);
    assert_string_equal(text, "3.2");
    assert_true(msp_decimal_shift(dec("1.5"), -3, &out)); /* g to mg */
    msp_decimal_format(out, text);
    assert_string_equal(text, "1500");
    assert_true(msp_decimal_from_double(8.55, &out));
    msp_decimal_format(out, text);
    assert_string_equal(text, "8.55");
    assert_true(msp_decimal_from_double(1e-7, &out));
    assert_int_equal(msp_decimal_cmp(out, dec("0.0000001")), 0);
    assert_false(msp_decimal_from_double(1e300, &out));
    assert_near(msp_decimal_to_double(dec("0.1")), 0.1, 0);
}

static void rounds_half_away_from_zero(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        int digits;
        const char *out;
    } cases[] = {{"2.675", 2, "2.68"}, {"-1.15", 1, "-1.2"}, {"1.005", 2, "1.01"},
                 {"0.049", 1, "0.0"},  {"9.95", 1, "10.0"},  {"3.2", 2, "3.2"},
                 {"-0.05", 1, "-0.1"}, {"2.5", 0, "3"}};
    char text[MSP_DECIMAL_MAX];
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_decimal_format(msp_decimal_round(dec(cases[i].in), cases[i].digits), text);
        assert_string_equal(text, cases[i].out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_reported),    cmocka_unit_test(thresholds_are_exact),
        cmocka_unit_test(compares_the_largest),       cmocka_unit_test(converts_units_and_doubles),
        cmocka_unit_test(rounds_half_away_from_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
