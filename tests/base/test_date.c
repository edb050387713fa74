#include "near.h"

#include <string.h>

#include "mspike/base/date.h"

/* Every day of two centuries, counted up by hand, is the day its number says. */
static void calendar_is_complete(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    msp_day day = msp_day_from_civil(1900, 1, 1);
    assert_int_equal(day, -25567);
    for (int y = 1900; y <= 2100; y++)
        for (int m = 1; m <= 12; m++) {
            const int leap = m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
            const int last = lengths[m - 1] + leap;
            for (int d = 1; d <= last; d++, day++) {
                int yy, mm, dd;
                assert_int_equal(msp_day_from_civil(y, m, d), day);
                msp_day_to_civil(day, &yy, &mm, &dd);
                assert_true(yy == y && mm == m && dd == d);
            }
            assert_int_equal(msp_day_from_civil(y, m, last + 1), MSP_NO_DAY);
        }
    assert_int_equal(msp_day_from_civil(1960, 1, 1), MSP_SAS_EPOCH);
    assert_int_equal(msp_day_from_civil(0, 1, 1), MSP_NO_DAY);
    assert_int_equal(msp_day_from_civil(10000, 1, 1), MSP_NO_DAY);
}

static void partial_dates_are_intervals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *earliest, *latest;
        msp_date_precision precision;
        int second;
    } good[] = {
        {"2013", "2013-01-01", "2013-12-31", MSP_DATE_YEAR, 0},
        {"2012-02", "2012-02-01", "2012-02-29", MSP_DATE_MONTH, 0},
        {"2013---15", "2013-01-15", "2013-12-15", MSP_DATE_YEAR, 0},
        {"2013-08-09", "2013-08-09", "2013-08-09", MSP_DATE_DAY, 0},
        {"2013-08-09T10:30", "2013-08-09", "2013-08-09", MSP_DATE_MINUTE, 37800},
        {"2013-08-09T10:30:15.250+02:00", "2013-08-09", "2013-08-09", MSP_DATE_SECOND, 37815},
        {"2013-08-09 23:59:59Z", "2013-08-09", "2013-08-09", MSP_DATE_SECOND, 86399},
    };
    char text[MSP_DATE_MAX];
    for (size_t i = 0; i < MSP_COUNT(good); i++) {
        msp_date d;
        assert_true(msp_date_parse(good[i].text, strlen(good[i].text), &d));
        msp_day_format(d.earliest, text);
        assert_string_equal(text, good[i].earliest);
        msp_day_format(d.latest, text);
        assert_string_equal(text, good[i].latest);
        assert_int_equal(d.precision, good[i].precision);
        assert_int_equal(d.second_of_day, good[i].second);
    }
    msp_date none;
    assert_true(msp_date_parse("", 0, &none));
    assert_int_equal(none.earliest, MSP_NO_DAY);
}

static void impossible_dates_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "2022-02-30",        "2021-02-29", "2022-13-01",  "2022-00-10",       "2022-1-1",
        "22-01-01",          "0000-01-01", "2022-01-01T", "2022-01-01T25:00", "2022-01-01T10:60",
        "2022-01-01x",       "01JAN2020",  "2022-",       "--08-15",          "2022-01-",
        "2022-01-01T10:30+2"};
    msp_date d;
    for (size_t i = 0; i < MSP_COUNT(bad); i++)
        if (msp_date_parse(bad[i], strlen(bad[i]), &d))
            fail_msg("%s was accepted", bad[i]);
}

static void months_end_where_months_end(void **state)
{
    (void)state;
    const msp_day jan31 = msp_day_from_civil(2024, 1, 31);
    assert_int_equal(msp_day_add_months(jan31, 1), msp_day_from_civil(2024, 2, 29));
    assert_int_equal(msp_day_add_months(jan31, 13), msp_day_from_civil(2025, 2, 28));
    assert_int_equal(msp_day_add_months(jan31, -2), msp_day_from_civil(2023, 11, 30));
    assert_int_equal(msp_day_of_week(msp_day_from_civil(2026, 11, 20)), 5);
    assert_int_equal(msp_study_day(jan31, jan31), 1);
    assert_int_equal(msp_study_day(jan31 - 1, jan31), -1);
    char text[MSP_DATE_MAX];
    msp_day_format_listing(jan31, text);
    assert_string_equal(text, "31JAN2024");
}

static void days_far_away_are_written(void **state)
{
    (void)state;
    char text[MSP_DATE_MAX];
    static const struct {
        msp_day day;
        const char *text;
    } far[] = {{-719162, "0001-01-01"},
               {2932896, "9999-12-31"},
               {2932897, "10000-01-01"},
               {-719529, "-001-12-31"}};
    for (size_t i = 0; i < MSP_COUNT(far); i++) {
        assert_int_equal(msp_day_format(far[i].day, text), strlen(far[i].text));
        assert_string_equal(text, far[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_is_complete),
        cmocka_unit_test(partial_dates_are_intervals),
        cmocka_unit_test(impossible_dates_are_refused),
        cmocka_unit_test(months_end_where_months_end),
        cmocka_unit_test(days_far_away_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
