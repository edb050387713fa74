/* test_level - the code list of levels: order and names. */
#include "mspike/response.h"
#include "near.h"

static void larger_is_better(void **state)
{
    (void)state;
    static const char *const names[] = {"NE", "PD", "SD", "MR", "PR", "VGPR", "CR", "sCR"};
    assert_int_equal(MSP_LEVEL_COUNT, MSP_COUNT(names));
    for (size_t i = 0; i < MSP_COUNT(names); i++) {
        msp_response_level level;
        assert_string_equal(msp_response_level_name((msp_response_level)i), names[i]);
        assert_true(msp_response_level_parse(names[i], &level));
        assert_int_equal(level, i);
    }
}

static void what_is_no_level(void **state)
{
    (void)state;
    msp_response_level level;
    assert_true(msp_response_level_parse("SCR", &level));
    assert_int_equal(level, MSP_LEVEL_SCR);
    assert_false(msp_response_level_parse("nCR", &level));
    assert_false(msp_response_level_parse("", &level));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(larger_is_better),
                                       cmocka_unit_test(what_is_no_level)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
