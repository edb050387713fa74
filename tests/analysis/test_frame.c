#include "near.h"

#include <string.h>

#include "mspike/analysis/frame.h"
#include "mspike/table.h"

static msp_table read_text(const char *csv, const msp_read_column *columns, size_t n)
{
    const msp_read_options options = {.columns = columns, .n_columns = n};
    msp_table table;
    msp_error err;
    if (msp_table_read_memory(csv, strlen(csv), "test.csv", &options, &table, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return table;
}

static void levels_come_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *csv;
        msp_read_as as;
        size_t n;
        const char *levels[4];
        bool numbers;
    } cases[] = {
        {"g\n10\n9\n\n2\n10\n", MSP_READ_TEXT, 3, {"2", "9", "10"}, true},
        {"g\n10\n9\n\n2\n10\n", MSP_READ_NUMBER, 3, {"2", "9", "10"}, true},
        {"g\nb\nB\n10\na\n", MSP_READ_TEXT, 4, {"10", "B", "a", "b"}, false},
        {"g\n01\n1\n01\n", MSP_READ_TEXT, 2, {"01", "1"}, true},
        {"g\n\nNA\n.\n", MSP_READ_TEXT, 0, {0}, false},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_read_column column = {"g", cases[i].as};
        msp_table table = read_text(cases[i].csv, &column, 1);
        msp_arena arena = {0};
        msp_factor f;
        assert_int_equal(
            msp_factor_from_column(&table.columns[0], table.n_rows, NULL, &arena, &f, NULL),
            MSP_OK);
        assert_int_equal(f.n_levels, cases[i].n);
        assert_int_equal(f.value != NULL, cases[i].numbers);
        for (size_t k = 0; k < f.n_levels; k++)
            assert_string_equal(f.level[k], cases[i].levels[k]);
        for (size_t row = 0; row < table.n_rows; row++)
            assert_int_equal(f.code[row] == MSP_NO_LEVEL,
                             msp_column_is_missing(&table.columns[0], row));
        msp_arena_free(&arena);
        msp_table_free(&table);
    }
}

static void a_level_without_rows_is_no_level(void **state)
{
    (void)state;
    const msp_read_column column = {"g", MSP_READ_TEXT};
    const uint8_t keep[] = {1, 0, 1};
    msp_table table = read_text("g\na\nb\nc\n", &column, 1);
    msp_arena arena = {0};
    msp_factor f;
    assert_int_equal(msp_factor_from_column(&table.columns[0], 3, keep, &arena, &f, NULL), MSP_OK);
    assert_int_equal(f.n_levels, 2);
    assert_string_equal(f.level[1], "c");
    assert_true(f.code[1] == MSP_NO_LEVEL);
    msp_arena_free(&arena);
    msp_table_free(&table);
}

static void strata_are_the_combinations_that_occur(void **state)
{
    (void)state;
    const msp_read_column columns[] = {{"a", MSP_READ_TEXT}, {"b", MSP_READ_TEXT}};
    msp_table table = read_text("a,b\n1,x\n2,y\n1,y\n1,\n2,y\n", columns, 2);
    msp_arena arena = {0};
    msp_factor parts[2], both;
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            msp_factor_from_column(&table.columns[i], 5, NULL, &arena, &parts[i], NULL), MSP_OK);
    assert_int_equal(msp_factor_cross(parts, 2, 5, &arena, &both, NULL), MSP_OK);
    assert_int_equal(both.n_levels, 3);
    assert_string_equal(both.level[0], "1, x");
    assert_string_equal(both.level[2], "2, y");
    const uint32_t want[] = {0, 2, 1, MSP_NO_LEVEL, 2};
    assert_memory_equal(both.code, want, sizeof want);
    msp_arena_free(&arena);
    msp_table_free(&table);
}

static void events_are_told_or_are_zero_and_one(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *value;
        msp_status rc;
        uint8_t event[3];
    } cases[] = {
        {"e\n1\n0\n1\n", NULL, MSP_OK, {1, 0, 1}},
        {"e\n1\n2\n1\n", "2", MSP_OK, {0, 1, 0}},
        {"e\n0\n3\n0\n", "0", MSP_OK, {1, 0, 1}},
        {"e\nprogression\ndeath\nalive\n", "death", MSP_OK, {0, 1, 0}},
        {"e\n1\n2\n0\n", NULL, MSP_EINPUT, {0}},
        {"e\ny\nn\ny\n", NULL, MSP_EINPUT, {0}},
        {"e\n1\n0\n1\n", "yes", MSP_EINPUT, {0}},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_read_column column = {"e", MSP_READ_AUTO};
        msp_table table = read_text(cases[i].csv, &column, 1);
        uint8_t event[3] = {0}, keep[3] = {1, 1, 1};
        assert_int_equal(
            msp_event_from_column(&table, &table.columns[0], cases[i].value, event, keep, NULL),
            cases[i].rc);
        if (cases[i].rc == MSP_OK)
            assert_memory_equal(event, cases[i].event, 3);
        msp_table_free(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_come_in_order),
        cmocka_unit_test(a_level_without_rows_is_no_level),
        cmocka_unit_test(strata_are_the_combinations_that_occur),
        cmocka_unit_test(events_are_told_or_are_zero_and_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
