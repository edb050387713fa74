#include "near.h"

#include "mspike/base/text.h"

static void test_markup_is_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *given, *want;
    } cases[] = {
        {"plain \xc3\xa9\t\n", "plain \xc3\xa9\t\n"},
        {"<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"},
        {"a\x01\x1b\x7f", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xff<\xc3", "\xef\xbf\xbd&lt;\xef\xbf\xbd"}, /* not UTF-8 */
        {"", ""},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_text text = {0};
        msp_text_add_html(&text, cases[i].given);
        assert_string_equal(msp_text_str(&text), cases[i].want);
        msp_text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_markup_is_replaced)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
