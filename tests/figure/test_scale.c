#include "near.h"

#include <stdbool.h>

#include "mspike/figure/scale.h"

/* Expected marks by hand from the rule in the header. */
static void test_marks(void **state)
{
    (void)state;
    static const struct {
        const char *unit; /* NULL: linear */
        double lo, hi;
        size_t max, n;
        double first, second, last;
        int digits;
    } cases[] = {
        {"months", 0, 44, 12, 9, 0, 6, 48, 0},
        {"months", 0, 44, 6, 5, 0, 12, 48, 0},
        {"months", 0, 48, 12, 9, 0, 6, 48, 0},
        {"months", 0, 0.5, 6, 6, 0, 0.1, 0.5, 1}, /* too short for whole months */
        {"days", 0, 182, 8, 8, 0, 30, 210, 0},
        {"weeks", 0, 60, 8, 6, 0, 13, 65, 0},
        {"years", 0, 4.2, 6, 6, 0, 1, 5, 0},
        {"days", 0, 1e7, 8, 6, 0, 2e6, 1e7, 0}, /* beyond the listed steps */
        {NULL, -12, 7, 6, 6, -15, -10, 10, 0},
        {NULL, 0, 0.31, 5, 5, 0, 0.1, 0.4, 1},
        {NULL, 3, 3, 5, 3, 0, 0.5, 1, 1}, /* nothing to scale: 0 to 1 */
        {NULL, 0, INFINITY, 5, 3, 0, 0.5, 1, 1},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_ticks ticks = cases[i].unit != NULL
                                    ? msp_ticks_time(cases[i].hi, cases[i].unit, cases[i].max)
                                    : msp_ticks_linear(cases[i].lo, cases[i].hi, cases[i].max);
        print_message("case %zu: %zu marks to %g\n", i, ticks.n, ticks.at[ticks.n - 1]);
        assert_true(ticks.n <= cases[i].max);
        assert_near(ticks.at[0], cases[i].first, 1e-15);
        assert_near(ticks.at[1], cases[i].second, 1e-15);
        assert_near(ticks.at[ticks.n - 1], cases[i].last, 1e-15);
        assert_int_equal(ticks.n, cases[i].n);
        assert_int_equal(ticks.digits, cases[i].digits);
    }
}

static void test_ratio_marks(void **state)
{
    (void)state;
    msp_ticks ticks = msp_ticks_ratio(0.45, 2.4, 8);
    const double small[] = {0.2, 0.5, 1, 2, 5};
    assert_int_equal(ticks.n, MSP_COUNT(small));
    for (size_t i = 0; i < ticks.n; i++)
        assert_true(ticks.at[i] == small[i]); /* the very doubles 0.2, 0.5 */
    ticks = msp_ticks_ratio(0.9, 1.1, 8);     /* one each side of 1 */
    assert_int_equal(ticks.n, 3);
    ticks = msp_ticks_ratio(0.0004, 700, 8); /* thinned to powers of ten, 1 among them */
    assert_true(ticks.n <= 8);
    assert_true(ticks.at[0] <= 0.0004 && ticks.at[ticks.n - 1] >= 700);
    bool one = false;
    for (size_t i = 0; i < ticks.n; i++)
        one = one || ticks.at[i] == 1;
    assert_true(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_ratio_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
