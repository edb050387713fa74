/* test_unit - units converted exactly or refused; figures that belong to another unit. */
#include <string.h>

#include "mspike/patient.h"
#include "near.h"

static msp_decimal decimal(const char *text)
{
    msp_decimal x;
    assert_true(msp_decimal_parse(text, strlen(text), &x));
    return x;
}

static void exact(void **state)
{
    (void)state;
    static const struct {
        msp_marker marker;
        const char *value, *unit, *want;
    } all[] = {
        /* rules 1.3 */
        {MSP_MARKER_SERUM_M, "32.5", "g/L", "3.25"},
        {MSP_MARKER_SERUM_M, "450", "mg/dL", "0.45"},
        {MSP_MARKER_SERUM_M, "3.0", "g/dl", "3.0"},
        {MSP_MARKER_SERUM_M, "3.0", "", "3.0"},
        {MSP_MARKER_URINE_M, "0.2", "g/24 h", "200"},
        {MSP_MARKER_URINE_M, "200", "mg/day", "200"},
        {MSP_MARKER_KAPPA, "10", "mg/dL", "100"},
        {MSP_MARKER_KAPPA, "10", "ug/mL", "10"},
        {MSP_MARKER_CALCIUM, "2.87", "mmol/L", "11.50296"},
        {MSP_MARKER_HAEMOGLOBIN, "115", "g/L", "11.5"},
        {MSP_MARKER_HAEMOGLOBIN, "8.0", "mmol/L", "12.888"},
        {MSP_MARKER_CREATININE, "2", "mg/dL", "176.84"},
        {MSP_MARKER_CREATININE, "0.1", "mmol/L", "100"},
        {MSP_MARKER_CREATININE, "90", "\xC2\xB5mol/L", "90"},
        {MSP_MARKER_MARROW, "0.3", "fraction", "30"},
        {MSP_MARKER_SPD, "400", "mm2", "4"},
        {MSP_MARKER_CIRCULATING, "0.2", "10^9/L", "200"},
        {MSP_MARKER_ALBUMIN, "35", "g/L", "3.5"},
        {MSP_MARKER_B2M, "300", "nmol/L", "3.54"},
        {MSP_MARKER_B2M, "0.3", "umol/L", "3.54"},
        {MSP_MARKER_LDH, "4.1", "ukat/L", "246"},
        {MSP_MARKER_LDH_UPPER, "250", "IU/L", "250"},
        {MSP_MARKER_WEIGHT, "176", "lb", "79.83225712"},
        {MSP_MARKER_HEIGHT, "70", "in", "177.8"},
        {MSP_MARKER_HEIGHT, "1.78", "m", "178"},
        {MSP_MARKER_URINE_VOLUME, "1.9", "L/day", "1900"},
    };
    for (size_t i = 0; i < MSP_COUNT(all); i++) {
        msp_decimal got;
        assert_int_equal(msp_unit_convert(all[i].marker, decimal(all[i].value), all[i].unit, &got),
                         MSP_UNIT_CONVERTED);
        if (msp_decimal_cmp(got, decimal(all[i].want)) != 0)
            fail_msg("%s %s", all[i].value, all[i].unit);
    }
}

static void refused(void **state)
{
    (void)state;
    msp_decimal out;
    const msp_decimal one = {1, 0};
    assert_int_equal(msp_unit_convert(MSP_MARKER_SERUM_M, one, "furlong", &out), MSP_UNIT_UNKNOWN);
    for (msp_marker marker = 0; marker < MSP_MARKER_COUNT; marker++) {
        char other_way[32]; /* of writing the same unit */
        const char *own = msp_marker_about(marker)->unit;
        (void)snprintf(other_way, sizeof other_way, " %s", own);
        if (own[0] == '\0')
            continue;
        assert_int_equal(msp_unit_convert(marker, one, own, &out), MSP_UNIT_CONVERTED);
        assert_int_equal(msp_decimal_cmp(out, one), 0);
        assert_int_equal(msp_unit_convert(marker, one, other_way, &out), MSP_UNIT_CONVERTED);
        assert_int_equal(msp_decimal_cmp(out, one), 0);
    }
    assert_int_equal(msp_unit_convert(MSP_MARKER_SERUM_M, one, "mmol/L", &out),
                     MSP_UNIT_OTHER_DIMENSION);
    assert_int_equal(msp_unit_convert(MSP_MARKER_URINE_M, one, "mg/dL", &out),
                     MSP_UNIT_OTHER_DIMENSION); /* a concentration is not an amount a day */
    assert_int_equal(msp_unit_convert(MSP_MARKER_IFE_SERUM, one, "g/L", &out),
                     MSP_UNIT_OTHER_DIMENSION);
    assert_int_equal(
        msp_unit_convert(MSP_MARKER_CALCIUM, (msp_decimal){123456789012345678, 18}, "mmol/L", &out),
        MSP_UNIT_TOO_LONG);
}

static void implausible(void **state)
{
    (void)state;
    assert_true(msp_value_plausible(MSP_MARKER_SERUM_M, decimal("15")));
    assert_false(msp_value_plausible(MSP_MARKER_SERUM_M, decimal("34")));
    assert_string_equal(msp_value_plausible_unit(MSP_MARKER_SERUM_M, decimal("34")), "g/L");
    assert_string_equal(msp_value_plausible_unit(MSP_MARKER_SERUM_M, decimal("3400")), "mg/dL");
    assert_string_equal(msp_value_plausible_unit(MSP_MARKER_CALCIUM, decimal("2.4")), "mmol/L");
    assert_string_equal(msp_value_plausible_unit(MSP_MARKER_HAEMOGLOBIN, decimal("115")), "g/L");
    assert_string_equal(msp_value_plausible_unit(MSP_MARKER_CREATININE, decimal("1.1")), "mg/dL");
    assert_null(msp_value_plausible_unit(MSP_MARKER_SERUM_M, decimal("3.4")));
    assert_null(msp_value_plausible_unit(MSP_MARKER_MARROW, decimal("101")));
}

/* Kappa to lambda from 1:2 to 4:1 of 100 cells or more is not clonal. */
static void clonality_by_counts(void **state)
{
    (void)state;
    static const struct {
        int64_t kappa, lambda;
        msp_fact clonal;
    } cases[] = {
        {80, 20, MSP_NO},  {81, 20, MSP_YES}, {34, 66, MSP_NO},      {34, 68, MSP_NO},
        {34, 69, MSP_YES}, {33, 67, MSP_YES}, {79, 20, MSP_UNKNOWN}, {80, 19, MSP_UNKNOWN},
        {0, 100, MSP_YES}, {100, 0, MSP_YES}, {0, 0, MSP_UNKNOWN},   {50, 50, MSP_NO},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++)
        assert_int_equal(
            msp_clonality_of((msp_decimal){cases[i].kappa, 0}, (msp_decimal){cases[i].lambda, 0}),
            cases[i].clonal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(clonality_by_counts),
                                       cmocka_unit_test(exact), cmocka_unit_test(refused),
                                       cmocka_unit_test(implausible)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
