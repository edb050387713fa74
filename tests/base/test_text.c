#include "near.h"

#include <float.h>
#include <string.h>

#include "mspike/base/json.h"
#include "mspike/base/random.h"
#include "mspike/base/text.h"

static void numbers_read_back_to_the_same_bits(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } cases[] = {{0.1, "0.1"},      {8.55, "8.55"},    {1e15, "1e+15"},
                 {-0.0, "-0"},      {42, "42"},        {8.549999999999999, "8.549999999999999"},
                 {1e300, "1e+300"}, {5e-324, "5e-324"}};
    char text[MSP_DOUBLE_MAX];
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_double_format(cases[i].x, text);
        assert_string_equal(text, cases[i].text);
    }
    msp_random r = msp_random_at(42, 0, 0, 0);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = msp_random_bits(&r);
        double x, back;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x))
            continue;
        const size_t len = msp_double_format(x, text);
        assert_true(len < MSP_DOUBLE_MAX);
        assert_true(msp_double_parse(text, len, &back));
        assert_memory_equal(&x, &back, sizeof x);
    }
}

/* Decimals and whole numbers of every length, and what is no short decimal: as printf writes them,
 * with the fewest digits that read back. */
static void numbers_are_written_as_by_printf(void **state)
{
    (void)state;
    msp_random r = msp_random_at(7, 0, 0, 0);
    for (int i = 0; i < 100000; i++) {
        const double whole = (double)(msp_random_bits(&r) >> (msp_random_bits(&r) % 60 + 4));
        double x = whole / pow(10, (double)(msp_random_bits(&r) % 14));
        x = i % 3 == 0 ? -x : i % 7 == 0 ? nextafter(x, 0) : x;
        char text[MSP_DOUBLE_MAX], expected[400];
        int digits = 15;
        if (x == trunc(x) && fabs(x) < 1e15 && !signbit(x))
            (void)snprintf(expected, sizeof expected, "%.0f", x);
        else
            do
                (void)snprintf(expected, sizeof expected, "%.*g", digits++, x);
            while (strtod(expected, NULL) != x);
        assert_int_equal(msp_double_format(x, text), strlen(expected));
        assert_string_equal(text, expected);
    }
}

static void numbers_are_rounded_correctly(void **state)
{
    (void)state;
    static const char *const texts[] = {"1",
                                        "3.20",
                                        "-0.001",
                                        "123456789.123456789",
                                        "1e22",
                                        "1e23",
                                        "1e-22",
                                        "9007199254740993",
                                        "0.1e1",
                                        "+5",
                                        ".5",
                                        "5.",
                                        "179769313486231570000000000e280",
                                        "0.00000000000000000000000000000012345",
                                        "12345678901234567890123",
                                        "1.7976931348623157e308"};
    for (size_t i = 0; i < MSP_COUNT(texts); i++) {
        double x;
        assert_true(msp_double_parse(texts[i], strlen(texts[i]), &x));
        assert_near(x, strtod(texts[i], NULL), 0);
    }
    static const char *const bad[] = {"",      "-",  ".",  "e5",  "1e",    "inf", "nan",
                                      "0x1p3", "1 ", " 1", "1,5", "1e999", "--1", "1.2.3"};
    double x;
    for (size_t i = 0; i < MSP_COUNT(bad); i++)
        if (msp_double_parse(bad[i], strlen(bad[i]), &x))
            fail_msg("\"%s\" was accepted", bad[i]);
    assert_true(msp_double_parse_comma("1,5", 3, &x));
    assert_near(x, 1.5, 0);
    assert_false(msp_double_parse_comma("1.5", 3, &x));
}

static void utf8_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t valid;
    } cases[] = {
        {"abc", 3},          {"\xc3\xa9", 2},         {"a\xc0\x80", 1},         {"\xe6\x97\xa5", 3},
        {"\xed\xa0\x80", 0}, {"\xf0\x9f\x98\x80", 4}, {"x\xf5\x80\x80\x80", 1}, {"ab\xc3", 2},
        {"\xe2\x82", 0}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++)
        assert_int_equal(msp_utf8_valid(cases[i].text, strlen(cases[i].text)), cases[i].valid);
    assert_int_equal(msp_utf8_valid("a\0b", 3), 1);
    assert_int_equal(msp_utf8_width("\xc3\xa9t\xc3\xa9"), 3);
}

static void suggests_what_was_meant(void **state)
{
    (void)state;
    static const char *const words[] = {"PFS", "OS", "TTP", "AVAL", "AVALC", "survival"};
    assert_string_equal(msp_suggest("PSF", words, MSP_COUNT(words)), "PFS");
    assert_string_equal(msp_suggest("aval", words, MSP_COUNT(words)), "AVAL");
    assert_string_equal(msp_suggest("surviavl", words, MSP_COUNT(words)), "survival");
    assert_null(msp_suggest("haemoglobin", words, MSP_COUNT(words)));
    assert_null(msp_suggest("XY", words, MSP_COUNT(words)));
}

static void json_is_well_formed(void **state)
{
    (void)state;
    msp_text text = {0};
    msp_json json;
    msp_json_init(&json, &text, 0);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "a\"b", "x\n\t\x01\xff\xc3\xa9");
    msp_json_put_double(&json, "d", NAN);
    msp_json_key(&json, "l");
    msp_json_begin_array(&json);
    msp_json_int(&json, -1);
    msp_json_bool(&json, true);
    msp_json_begin_object(&json);
    msp_json_end_object(&json);
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    assert_string_equal(msp_text_str(&text), "{\"a\\\"b\":\"x\\n\\t\\u0001\xEF\xBF\xBD\xc3\xa9\","
                                             "\"d\":null,\"l\":[-1,true,{}]}");
    msp_text_clear(&text);
    msp_text_add_html(&text, "<a href=\"x\">&'");
    assert_string_equal(msp_text_str(&text), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    msp_text_free(&text);
}

static void numbers_within_texts_count(void **state)
{
    (void)state;
    static const char *const sorted[] = {
        "",          "Baseline", "Cycle 2", "Cycle 10", "Cycle 10 Day 1", "Cycle 10 Day 15",
        "Cycle 011", "Week",     "Week 1",  "week 1"};
    for (size_t i = 0; i < MSP_COUNT(sorted); i++)
        for (size_t k = 0; k < MSP_COUNT(sorted); k++) {
            const int order = msp_text_natural_order(sorted[i], sorted[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    assert_int_equal(msp_text_natural_order("V01", "V1"), 0);
    assert_true(msp_text_natural_order("V1x", "V01y") < 0);
    assert_true(msp_text_natural_order("18446744073709551617", "18446744073709551616") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_back_to_the_same_bits),
        cmocka_unit_test(numbers_are_written_as_by_printf),
        cmocka_unit_test(numbers_are_rounded_correctly),
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(suggests_what_was_meant),
        cmocka_unit_test(numbers_within_texts_count),
        cmocka_unit_test(json_is_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
