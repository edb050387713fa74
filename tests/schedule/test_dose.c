/* Doses in milligrams, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mspike/schedule/dose.h"

static msp_decimal dec(const char *s)
{
    msp_decimal x;
    assert_true(msp_decimal_parse(s, strlen(s), &x));
    return x;
}

static msp_said_quantity quantity(const char *s, int unit)
{
    return (msp_said_quantity){dec(s), unit, {.line = 1}};
}

static void assert_mg(const char *dose, int unit, const char *expected, bool expected_cap)
{
    const msp_body_size size = {dec("2.35"), dec("110.5")};
    const msp_said_quantity q = quantity(dose, unit), cap = quantity("2.2", -1);
    msp_decimal mg;
    bool capped;
    char text[MSP_DECIMAL_MAX];
    assert_true(msp_dose_in_mg(&q, &cap, &size, &mg, &capped));
    msp_decimal_format(mg, text);
    assert_string_equal(text, expected);
    assert_int_equal(capped, expected_cap);
}

static void every_unit(void **state)
{
    (void)state;
    assert_mg("25", MSP_DOSE_MG, "25", false);
    assert_mg("1.5", MSP_DOSE_G, "1500", false);
    assert_mg("56", MSP_DOSE_MG_PER_M2, "123.2", true); /* 56 x 2.2 */
    assert_mg("27", MSP_DOSE_MG_PER_M2, "59.4", true);
    assert_mg("10", MSP_DOSE_MG_PER_KG, "1105", false);
    assert_mg("200", MSP_DOSE_UG_PER_KG, "22.1", false);
}

/* Exactly at the cap it does not bind, and without one nothing does. */
static void the_cap(void **state)
{
    (void)state;
    const msp_body_size size = {dec("2.20"), {0, 0}};
    const msp_said_quantity dose = quantity("20", MSP_DOSE_MG_PER_M2), cap = quantity("2.2", -1);
    const msp_said_quantity none = {0};
    const msp_body_size large = {dec("2.5"), {0, 0}};
    msp_decimal mg;
    bool capped;
    assert_true(msp_dose_in_mg(&dose, &cap, &size, &mg, &capped));
    assert_false(capped);
    assert_int_equal(msp_decimal_cmp(mg, dec("44")), 0);
    assert_true(msp_dose_in_mg(&dose, &none, &large, &mg, &capped));
    assert_int_equal(msp_decimal_cmp(mg, dec("50")), 0);
}

static void what_is_not_known(void **state)
{
    (void)state;
    const msp_body_size nothing = {0};
    const msp_said_quantity per_m2 = quantity("27", MSP_DOSE_MG_PER_M2), none = {0};
    const msp_said_quantity per_kg = quantity("10", MSP_DOSE_MG_PER_KG);
    msp_decimal mg;
    bool capped;
    assert_false(msp_dose_in_mg(&per_m2, &none, &nothing, &mg, &capped));
    assert_false(msp_dose_in_mg(&per_kg, &none, &nothing, &mg, &capped));
}

static void assert_surface(const char *weight, const char *height, msp_surface_formula formula,
                           const char *expected)
{
    msp_decimal out;
    assert_int_equal(msp_surface_rounded(dec(weight), dec(height), formula, &out, NULL), MSP_OK);
    char text[MSP_DECIMAL_MAX];
    msp_decimal_format(out, text);
    assert_string_equal(text, expected);
}

/* sqrt(72 x 175 / 3600) = sqrt(3.5) = 1.8708. 63.0125 kg and 180 cm give 1.775 exactly, which goes
 * up; a tenth of a gram less does not. 54.91 kg and 171 cm are 1.615 exactly, where doubles fall
 * short. DuBois: 0.007184 x 70^0.425 x 170^0.725 = 1.8097. */
static void surface(void **state)
{
    (void)state;
    assert_surface("72", "175", MSP_SURFACE_MOSTELLER, "1.87");
    assert_surface("63.0125", "180", MSP_SURFACE_MOSTELLER, "1.78");
    assert_surface("63.0124", "180", MSP_SURFACE_MOSTELLER, "1.77");
    assert_surface("54.91", "171", MSP_SURFACE_MOSTELLER, "1.62");
    assert_surface("70", "170", MSP_SURFACE_DUBOIS, "1.81");
    msp_decimal out;
    assert_int_equal(msp_surface_rounded(dec("0"), dec("170"), MSP_SURFACE_MOSTELLER, &out, NULL),
                     MSP_ERANGE);
    assert_int_equal(msp_surface_rounded(dec("70"), dec("301"), MSP_SURFACE_MOSTELLER, &out, NULL),
                     MSP_ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit),
        cmocka_unit_test(the_cap),
        cmocka_unit_test(what_is_not_known),
        cmocka_unit_test(surface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
