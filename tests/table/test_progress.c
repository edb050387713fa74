#include "near.h"

#include <string.h>

#include "mspike/base/text.h"
#include "mspike/table.h"

struct told {
    uint64_t times, last, total;
    bool go_on;
};

static bool tell(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct told *told = context;
    assert_string_equal(what, "reading");
    assert_true(done >= told->last && done <= total);
    *told = (struct told){told->times + 1, done, total, told->go_on};
    return told->go_on;
}

/* 200,000 rows are three steps of 65,536. */
static void reading_tells_and_stops(void **state)
{
    (void)state;
    msp_text csv = {0};
    msp_text_add(&csv, "a,b\n");
    for (int i = 0; i < 200000; i++)
        msp_text_add(&csv, "1,x\n");
    assert_false(csv.failed);
    for (int go_on = 0; go_on <= 1; go_on++) {
        struct told told = {.go_on = go_on};
        const msp_progress progress = {tell, &told};
        const msp_read_options options = {.progress = &progress};
        msp_table table;
        msp_error err;
        const msp_status rc =
            msp_table_read_memory(csv.data, csv.len, "big.csv", &options, &table, &err);
        assert_int_equal(rc, go_on ? MSP_OK : MSP_EINTERRUPTED);
        assert_int_equal(told.times, go_on ? 3 : 1);
        assert_int_equal(told.total, csv.len);
        if (!go_on)
            assert_string_equal(err.text, "stopped while reading");
        msp_table_free(&table);
    }
    msp_text_free(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reading_tells_and_stops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
