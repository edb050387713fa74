#include "near.h"

#include <string.h>

#include "mspike/safety.h"
#include "mspike/table.h"

static msp_date on(const char *text)
{
    msp_date date;
    assert_true(msp_date_parse(text, strlen(text), &date));
    return date;
}

static const msp_teae_rules thirty = {.days = 30};

/* Treatment from 2020-01-10 to 2020-03-01; 30 days after it is 2020-03-31. */
static msp_treated_time exposure(void)
{
    return (msp_treated_time){on("2020-01-10").latest, on("2020-03-01").latest, MSP_NO_DAY};
}

static bool flag(const char *start, const char *end, const char *worsened)
{
    const msp_treated_time given = exposure();
    const msp_adverse_event event = {on(start), on(end), on(worsened), true};
    return msp_is_treatment_emergent(&event, &given, &thirty);
}

static void window_at_its_limits(void **state)
{
    (void)state;
    assert_false(flag("2020-01-09", "", ""));
    assert_true(flag("2020-01-10", "", ""));
    assert_true(flag("2020-03-31", "", ""));
    assert_false(flag("2020-04-01", "", ""));
}

static void partial_and_missing_dates(void **state)
{
    (void)state;
    assert_true(flag("2020-01", "", "")); /* can be the 10th */
    assert_false(flag("2020-01", "2020-01-09", ""));
    assert_true(flag("2020-01", "2020-01-10", ""));
    assert_false(flag("2019-12", "", ""));
    assert_false(flag("2020-04", "", ""));
    assert_true(flag("", "", ""));
    assert_false(flag("", "2020-01-09", ""));
}

static void worsening_counts(void **state)
{
    (void)state;
    assert_false(flag("2019-06-01", "", ""));
    assert_true(flag("2019-06-01", "", "2020-02-01"));
    assert_false(flag("2019-06-01", "", "2020-05-01"));
}

static void never_dosed_ongoing_next_therapy(void **state)
{
    (void)state;
    msp_treated_time given = exposure();
    msp_adverse_event event = {.start = on("2021-01-01")};
    given.last = MSP_NO_DAY;
    assert_true(msp_is_treatment_emergent(&event, &given, &thirty));
    given.first = MSP_NO_DAY;
    assert_false(msp_is_treatment_emergent(&event, &given, &thirty));

    given = exposure();
    given.next_therapy = on("2020-03-10").latest;
    const msp_teae_rules stop = {.days = 30, .stop_at_new_therapy = true};
    event.start = on("2020-03-10");
    assert_true(msp_is_treatment_emergent(&event, &given, &thirty));
    assert_false(msp_is_treatment_emergent(&event, &given, &stop));
    event.related = true;
    assert_true(msp_is_treatment_emergent(&event, &given, &stop));
    event.related = false;
    event.start = on("2020-03-09");
    assert_true(msp_is_treatment_emergent(&event, &given, &stop));
}

static const char *cell(const msp_table *table, size_t row, const char *name)
{
    const msp_column *column = msp_table_column(table, name);
    assert_non_null(column);
    return column->type == MSP_COLUMN_TEXT ? column->text[column->code[row]] : "";
}

/* TRTEMFL of pharmaverseadam's adae, the 23 subjects with IMWG responses. */
static void published_flags(void **state)
{
    (void)state;
    require_shared("domain/expected/adae_teae.csv");
    msp_table adae;
    msp_error err;
    if (msp_table_read(shared_file("domain/expected/adae_teae.csv"), NULL, &adae, &err) != MSP_OK)
        fail_msg("%s", err.text);
    size_t emergent = 0;
    for (size_t row = 0; row < adae.n_rows; row++) {
        const msp_adverse_event event = {.start = on(cell(&adae, row, "AESTDTC")),
                                         .end = on(cell(&adae, row, "AEENDTC")),
                                         .related = true};
        const msp_treated_time given = {on(cell(&adae, row, "TRTSDT")).latest,
                                        on(cell(&adae, row, "TRTEDT")).latest, MSP_NO_DAY};
        const bool got = msp_is_treatment_emergent(&event, &given, &thirty);
        assert_string_equal(got ? "Y" : "", cell(&adae, row, "TRTEMFL"));
        emergent += got;
    }
    assert_int_equal(adae.n_rows, 160);
    assert_int_equal(emergent, 145);
    msp_table_free(&adae);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_at_its_limits), cmocka_unit_test(partial_and_missing_dates),
        cmocka_unit_test(worsening_counts),     cmocka_unit_test(never_dosed_ongoing_next_therapy),
        cmocka_unit_test(published_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
