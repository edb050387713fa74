#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats/order.h"

/* Increasing times; events before censorings at the same one; then by row. */
static void assert_sorted(const msp_order *order, const double *time, const uint8_t *event)
{
    for (size_t i = 0; i < order->n; i++) {
        uint32_t row = order->row[i];
        assert_true(msp_order_time(order, i) == time[row]);
        assert_int_equal(msp_order_event(order, i), event[row]);
        if (i == 0)
            continue;
        uint32_t before = order->row[i - 1];
        bool tied = time[before] == time[row];
        assert_true(time[before] < time[row] ||
                    (tied && (event[before] > event[row] ||
                              (event[before] == event[row] && before < row))));
    }
}

static void rows_come_in_time_order(void **state)
{
    (void)state;
    enum { N = 5000 };
    static double time[N];
    static uint8_t event[N];
    /* whole days; many decimals; huge ranges; all tied; near neighbours that share high digits */
    for (int kind = 0; kind < 6; kind++)
        for (size_t n = 1; n <= N; n = n * 5 + 3) {
            for (uint32_t i = 0; i < n; i++) {
                msp_random r = msp_random_at(7, (uint64_t)kind, i, 1);
                double u = msp_random_uniform(&r);
                event[i] = msp_random_uniform(&r) < 0.5;
                time[i] = kind == 0   ? floor(u * 100)
                          : kind == 1 ? u * 36
                          : kind == 2 ? pow(10, 600 * u - 300)
                          : kind == 3 ? 7
                          : kind == 4 ? 1 + u * 1e-10
                                      : (double)(n - i);
            }
            msp_follow_up data = {.n = n, .time = time, .event = event};
            msp_order order;
            assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
            assert_int_equal(order.n, n);
            assert_sorted(&order, time, event);
            msp_order_free(&order);
        }
}

static void only_kept_rows_count(void **state)
{
    (void)state;
    const double time[] = {5, NAN, 3, 3, 1}, entry[] = {1, NAN, 2, 0, 0};
    const uint8_t event[] = {1, 9, 0, 1, 1}, keep[] = {1, 0, 1, 1, 1}, some[] = {1, 1, 0, 1, 0};
    msp_follow_up data = {5, time, event, entry, keep, 0};
    msp_order order, part;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_int_equal(order.n, 4);
    assert_int_equal(order.n_events, 3);
    assert_int_equal(order.row[0], 4);
    assert_int_equal(order.row[1], 3);
    assert_int_equal(order.row[2], 2);
    assert_near(order.entry[3], 2, 0);
    assert_int_equal(order.row[order.entry_at[3]], 2);

    assert_int_equal(msp_order_subset(&part, &order, some, NULL), MSP_OK);
    assert_int_equal(part.n, 2);
    assert_int_equal(part.n_events, 2);
    assert_int_equal(part.row[1], 0);
    assert_near(part.entry[1], 1, 0);
    assert_int_equal(part.row[part.entry_at[1]], 0);
    msp_order_free(&part);
    const uint8_t nobody[5] = {0};
    assert_int_equal(msp_order_subset(&part, &order, nobody, NULL), MSP_ENODATA);
    msp_order_free(&order);
    msp_order_free(&order);
}

static void bad_rows_are_named(void **state)
{
    (void)state;
    const struct {
        double time, entry;
        uint8_t event;
        const char *text;
    } cases[] = {
        {-3, 0, 1, "follow-up time is -3; expected a number of at least 0"},
        {INFINITY, 0, 1, "follow-up time is inf; expected a number of at least 0"},
        {2, 0, 2, "event is 2; expected 1 (event) or 0 (censored)"},
        {2, -1, 0, "entry time is -1; expected a number of at least 0"},
        {2, 2, 0, "entry at 2 is not before the end of follow-up at 2"},
    };
    for (size_t c = 0; c < MSP_COUNT(cases); c++) {
        const double time[] = {5, cases[c].time}, entry[] = {1, cases[c].entry};
        const uint8_t event[] = {1, cases[c].event};
        msp_follow_up data = {2, time, event, entry, NULL, 0};
        msp_order order;
        msp_error err;
        assert_int_equal(msp_order_init(&order, &data, &err), MSP_ERANGE);
        assert_int_equal(err.row, 1);
        assert_string_equal(err.text, cases[c].text);
        assert_null(order.key);
    }
    msp_follow_up empty = {0};
    msp_order order;
    assert_int_equal(msp_order_init(&order, &empty, NULL), MSP_ENODATA);
    empty.n = (size_t)UINT32_MAX + 1; /* refused before any row is read */
    assert_int_equal(msp_order_init(&order, &empty, NULL), MSP_ERANGE);
}

/* Months made by dividing days: the same day by two roads differs in the last bits. */
static void near_times_merge_only_when_asked(void **state)
{
    (void)state;
    double third = 1.0 / 3;
    const double time[] = {third * 3 * 30.4375, 30.4375 + 4e-15, 60, 60 + 1e-7};
    const uint8_t event[] = {0, 1, 0, 1};
    msp_follow_up data = {.n = 4, .time = time, .event = event};
    msp_order order;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_true(order.key[0] >> 1 != order.key[1] >> 1);
    msp_order_free(&order);
    data.merge_tolerance = 1.4901161193847656e-08;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_true(order.key[0] >> 1 == order.key[1] >> 1);
    assert_int_equal(order.row[0], 1); /* the event first, once both times are one */
    assert_true(order.key[2] >> 1 == order.key[3] >> 1); /* 1e-7 is within tolerance of mean 45 */
    msp_order_free(&order);
    const double entry[] = {0, 0, 60 - 1e-9, 0};
    data.entry = entry;
    msp_error err;
    assert_int_equal(msp_order_init(&order, &data, &err), MSP_ERANGE);
    assert_int_equal(err.row, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_in_time_order),
        cmocka_unit_test(only_kept_rows_count),
        cmocka_unit_test(bad_rows_are_named),
        cmocka_unit_test(near_times_merge_only_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
