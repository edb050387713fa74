#include "near.h"

#include <locale.h>
#include <stdbool.h>
#include <string.h>

#include "mspike/report/format.h"

/* Rounding by SAS ROUND (half away from zero on the reported decimal) and by C's printf, which R's
 * sprintf and format use; the printf column was checked with R 4.2 sprintf("%.*f"). */
static void test_rounding(void **state)
{
    (void)state;
    static const struct {
        double x;
        int digits;
        const char *sas, *r;
    } cases[] = {
        {2.675, 2, "2.68", "2.67"},
        {0.15, 1, "0.2", "0.1"},
        {1.005, 2, "1.01", "1.00"},
        {-1.15, 1, "-1.2", "-1.1"},
        {0.25, 1, "0.3", "0.2"},
        {0.35, 1, "0.4", "0.3"},
        {2.5, 0, "3", "2"},
        {-2.5, 0, "-3", "-2"},
        {0.5, 0, "1", "0"},
        {9.995, 2, "10.00", "9.99"},
        {0.69, 3, "0.690", "0.690"},
        {396, 1, "396.0", "396.0"},
        {-0.04, 1, "0.0", "0.0"}, /* no minus before zero */
        {-0.0, 0, "0", "0"},
        {1.0 / 3, 4, "0.3333", "0.3333"},
        {1.2345678901234567e-5, 4, "0.0000", "0.0000"}, /* more than 18 decimals */
        {5.0e-5, 4, "0.0001", "0.0001"},
        {123456789.125, 2, "123456789.13", "123456789.12"},
        {1e15, 2, "1e+15", "1e+15"},
        {-3.5e300, 2, "-3.5e+300", "-3.5e+300"},
        {NAN, 2, "NE", "NE"},
        {INFINITY, 2, "NE", "NE"},
    };
    msp_format sas = msp_format_default(), r = msp_format_default();
    r.rounding = MSP_ROUNDING_R;
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_formatted got_sas = msp_format_number(&sas, cases[i].x, cases[i].digits);
        const msp_formatted got_r = msp_format_number(&r, cases[i].x, cases[i].digits);
        print_message("%.17g\n", cases[i].x);
        assert_string_equal(got_sas.s, cases[i].sas);
        assert_string_equal(got_r.s, cases[i].r);
    }
}

static void test_counts(void **state)
{
    (void)state;
    static const struct {
        double count, n;
        const char *want;
    } cases[] = {
        {12, 396, "12 (3.0%)"},
        {0, 396, "0"},
        {396, 396, "396 (100%)"},
        {1, 4000, "1 (<0.1%)"},
        {2, 4000, "2 (0.1%)"}, /* 0.05 rounds away from zero */
        {3999, 4000, "3999 (>99.9%)"},
        {207, 396, "207 (52.3%)"},
        {1, 3, "1 (33.3%)"},
        {5, 0, "5"},
        {5, NAN, "5"},
        {NAN, 5, "NE"},
        {23, 80, "23 (28.8%)"}, /* 28.75 */
    };
    const msp_format format = msp_format_default();
    for (size_t i = 0; i < MSP_COUNT(cases); i++)
        assert_string_equal(msp_format_count_percent(&format, cases[i].count, cases[i].n).s,
                            cases[i].want);
}

static void test_p_values(void **state)
{
    (void)state;
    static const struct {
        double p;
        const char *table, *journal;
    } cases[] = {
        {0.0273, "0.0273", "0.027"},
        {0.02735, "0.0274", "0.027"},
        {0.0001, "0.0001", "<0.001"},
        {0.00009999, "<0.0001", "<0.001"},
        {0, "<0.0001", "<0.001"},
        {1e-300, "<0.0001", "<0.001"},
        {0.001, "0.0010", "0.001"},
        {0.99996, ">0.9999", ">0.999"},
        {1, "1.0000", "1.000"},
        {0.05, "0.0500", "0.050"},
        {NAN, "NE", "NE"},
    };
    msp_format table = msp_format_default(), journal = msp_format_default();
    journal.p_style = MSP_P_JOURNAL;
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        assert_string_equal(msp_format_p(&table, cases[i].p).s, cases[i].table);
        assert_string_equal(msp_format_p(&journal, cases[i].p).s, cases[i].journal);
    }
}

static void test_estimates(void **state)
{
    (void)state;
    const msp_format f = msp_format_default();
    assert_string_equal(msp_format_estimate(&f, 0.69, 0.57, 0.83, 0.95, 2).s,
                        "0.69 (95% CI: 0.57, 0.83)");
    assert_string_equal(msp_format_interval(&f, 26.25, 23.31, NAN, 1).s, "26.3 (23.3, NE)");
    assert_string_equal(msp_format_percent(&f, 0.0285).s, "2.9"); /* 2.85, not 2.8499... */
    assert_string_equal(msp_format_percent(&f, 0.7335).s, "73.4");
    assert_string_equal(msp_format_percent(&f, 1).s, "100.0");
    assert_string_equal(msp_format_percent(&f, NAN).s, "NE");
    assert_string_equal(msp_format_level(0.95).s, "95%");
    assert_string_equal(msp_format_level(0.99).s, "99%");
    assert_string_equal(msp_format_level(0.995).s, "99.5%");
    assert_string_equal(msp_format_range(&f, 0.03, true, 34.2, false, 2).s, "0.03+ to 34.20");
    assert_string_equal(msp_format_count(254).s, "254");
}

static void test_the_locale_is_never_read(void **state)
{
    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL) {
        print_message("skipped: no locale with a decimal comma here\n");
        skip();
    }
    msp_format r = msp_format_default();
    r.rounding = MSP_ROUNDING_R;
    const msp_formatted got = msp_format_number(&r, 1234.5, 1);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(got.s, "1234.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_p_values),
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_the_locale_is_never_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
