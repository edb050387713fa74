/* test_piecewise - the piecewise exponential model, against R 4.2's glm (Poisson, survSplit) where
 * times are exact, its optim and numDeriv on an independent log-likelihood where they lie between
 * visits, events over time by hand, and the exponential model of parametric.h without cuts. */
#include "near.h"

#include <string.h>

#include "drawn_visits.h"
#include "mspike/stats/piecewise.h"
#include "mspike/table.h"

static const double never = INFINITY;

/* Cuts at 2 and 5. In (0, 2]: events at 1 and 2, time 1 + 2 + 3 x 2. In (2, 5]: one at 4, time
 * 1 + 2 + 3. After 5: no event, time 3. */
static void events_over_time(void **state)
{
    static const double lower[] = {1, 2, 3, 4, 8}, upper[] = {1, 2, INFINITY, 4, INFINITY};
    static const double cut[] = {2, 5};
    const msp_piecewise_data data = {
        .lower = lower, .upper = upper, .n = 5, .cut = cut, .n_cuts = 2};
    msp_piecewise m;
    (void)state;
    assert_int_equal(msp_piecewise_fit(&data, &m, NULL), MSP_OK);
    assert_null(m.note);
    assert_int_equal(m.n_periods, 3);
    assert_int_equal(m.n_events, 3);
    assert_near(m.periods[0].time, 9, 1e-15);
    assert_near(m.periods[1].time, 6, 1e-15);
    assert_near(m.periods[2].time, 3, 1e-15);
    assert_int_equal(m.periods[0].events, 2);
    assert_near(m.periods[0].rate, 2. / 9, 1e-12);
    assert_near(m.periods[1].rate, 1. / 6, 1e-12);
    assert_near(m.periods[2].rate, 0, 0);
    assert_near(m.periods[0].std_error, 1 / sqrt(2), 1e-10);
    assert_near(m.periods[1].std_error, 1, 1e-10);
    assert_true(isnan(m.periods[2].std_error));
    assert_near(m.loglik, 2 * log(2. / 9) + log(1. / 6) - 3, 1e-13);
    assert_near(msp_piecewise_survival(&m, NULL, 3), exp(-2 * 2. / 9 - 1. / 6), 1e-12);
    assert_near(msp_piecewise_survival(&m, NULL, 50), exp(-4. / 9 - 0.5), 1e-12);
    msp_piecewise_free(&m);
}

static void compare(const msp_parametric_coefficient *c, double estimate, double std_error)
{
    assert_near(c->estimate, estimate, 1e-9);
    assert_near(c->std_error, std_error, 1e-7);
}

/* glm(status ~ factor(period) - 1 + karno + prior + offset(log(time)), poisson) after
 * survSplit(cut = c(50, 100, 200)); then with everybody entering at a third of their time. */
static void veterans(void **state)
{
    static const double rates[2][4][2] = {{{-2.6785440890520231, 0.2872847674003638},
                                           {-2.6050506263382056, 0.3627370910738609},
                                           {-2.6653895961676097, 0.3653485143845916},
                                           {-2.8960849203024428, 0.3903246572133642}},
                                          {{-2.2743989787605234, 0.2778917700021334},
                                           {-2.9017779988136114, 0.3761609488351559},
                                           {-3.1572998755880173, 0.3771227944383190},
                                           {-3.5612222162502079, 0.4033274783591934}}};
    static const double effects[2][2][2] = {
        {{-0.0337471810109124, 0.0050557704126899}, {-0.0071625150532539, 0.0198170528973482}},
        {{-0.0233484132417081, 0.0050551091294534}, {-0.0026576029669423, 0.0197064175972452}}};
    static const double times[2][4] = {{5288, 3404, 3502, 4469}, {1716, 2343, 2882, 4206}};
    static const double logliks[2] = {-725.40380454444, -662.02600549034};
    static const size_t events[4] = {52, 27, 26, 23};
    static const double cut[] = {50, 100, 200};
    msp_table t;
    (void)state;
    require_shared("golden/data/veteran.csv");
    assert_int_equal(
        msp_table_read(shared_file("golden/data/veteran.csv"), &(msp_read_options){0}, &t, NULL),
        MSP_OK);
    const double *time = msp_table_column(&t, "time")->number;
    const double *status = msp_table_column(&t, "status")->number;
    const msp_cox_column columns[] = {{.value = msp_table_column(&t, "karno")->number},
                                      {.value = msp_table_column(&t, "prior")->number}};
    double upper[200], entry[200];
    assert_true(t.n_rows <= 200);
    for (size_t i = 0; i < t.n_rows; i++) {
        upper[i] = status[i] > 0 ? time[i] : never;
        entry[i] = floor(time[i] / 3);
    }
    for (int late = 0; late < 2; late++) {
        const msp_piecewise_data data = {.lower = time,
                                         .upper = upper,
                                         .entry = late ? entry : NULL,
                                         .columns = columns,
                                         .n = t.n_rows,
                                         .n_columns = 2,
                                         .cut = cut,
                                         .n_cuts = 3};
        msp_piecewise m;
        assert_int_equal(msp_piecewise_fit(&data, &m, NULL), MSP_OK);
        assert_null(m.note);
        for (size_t j = 0; j < 4; j++) {
            assert_near(m.periods[j].log_rate, rates[late][j][0], 1e-10);
            assert_near(m.periods[j].std_error, rates[late][j][1], 1e-7);
            assert_near(m.periods[j].time, times[late][j], 1e-15);
            assert_int_equal(m.periods[j].events, events[j]);
        }
        compare(&m.coefficients[0], effects[late][0][0], effects[late][0][1]);
        compare(&m.coefficients[1], effects[late][1][0], effects[late][1][1]);
        assert_near(m.loglik, logliks[late], 1e-13);
        msp_piecewise_free(&m);
    }
    msp_table_free(&t);
}

static msp_piecewise fit_drawn(const double *cut, size_t n_cuts)
{
    static double lower[60], upper[60], x[60];
    for (int i = 0; i < 60; i++) {
        lower[i] = drawn[i][0];
        upper[i] = drawn[i][1];
        x[i] = drawn[i][2];
    }
    static const msp_cox_column column = {.name = "x", .value = x};
    const msp_piecewise_data data = {.lower = lower,
                                     .upper = upper,
                                     .columns = &column,
                                     .n = 60,
                                     .n_columns = 1,
                                     .cut = cut,
                                     .n_cuts = n_cuts};
    msp_piecewise m;
    assert_int_equal(msp_piecewise_fit(&data, &m, NULL), MSP_OK);
    assert_null(m.note);
    return m;
}

static void between_visits(void **state)
{
    static const double cut[] = {5, 10};
    static const double want[3][2] = {{-3.27002576159926, 0.36240376652574},
                                      {-2.38174133666344, 0.29411885317538},
                                      {-1.52006527750608, 0.26097804596000}};
    (void)state;
    msp_piecewise m = fit_drawn(cut, 2);
    for (size_t j = 0; j < 3; j++) {
        assert_near(m.periods[j].log_rate, want[j][0], 1e-8);
        assert_near(m.periods[j].std_error, want[j][1], 1e-7);
    }
    assert_near(m.coefficients[0].estimate, 0.26870810884319, 1e-8);
    assert_near(m.coefficients[0].std_error, 0.27778029530177, 1e-7);
    assert_near(m.loglik, -115.77085544085, 1e-12);
    msp_piecewise_free(&m);
}

/* Without cuts: R's survreg(dist = "exponential"), its coefficients with the other sign. The rate
 * is that at x = 0. */
static void one_period_is_the_exponential_model(void **state)
{
    (void)state;
    msp_piecewise m = fit_drawn(NULL, 0);
    assert_near(m.periods[0].log_rate, -2.4123126891993047, 1e-9);
    assert_near(m.periods[0].std_error, 0.1966159116302990, 1e-8);
    assert_near(m.coefficients[0].estimate, 0.1863652874830166, 1e-8);
    assert_near(m.coefficients[0].std_error, 0.2756288852379151, 1e-8);
    assert_near(m.loglik, -126.5495552183156, 1e-12);
    msp_piecewise_free(&m);
}

static void what_cannot_be_estimated(void **state)
{
    static const double lower[] = {3, 5, 7}, open[] = {INFINITY, INFINITY, INFINITY};
    static const double x[] = {1, 1, 1}, cut[] = {4, 20}, wrong[] = {4, 4}, late[] = {0, 6, 0};
    static const double arm[] = {0, 0, 1}, some[] = {3, 5, INFINITY};
    const msp_cox_column column = {.value = x}, of_arm = {.value = arm};
    msp_piecewise_data data = {.lower = lower, .upper = open, .n = 3, .cut = cut, .n_cuts = 2};
    msp_piecewise m;
    msp_error err = {0};
    (void)state;
    assert_int_equal(msp_piecewise_fit(&data, &m, NULL), MSP_OK);
    assert_non_null(strstr(m.note, "no event"));
    assert_near(m.periods[0].rate, 0, 0);
    assert_true(isnan(m.periods[2].rate)); /* nobody was followed until 20 */
    msp_piecewise_free(&m);
    data.upper = lower;
    assert_int_equal(msp_piecewise_fit(&data, &m, NULL), MSP_OK);
    assert_null(m.note);
    assert_true(isnan(m.periods[2].rate));
    assert_near(m.periods[1].rate, 2. / 4, 1e-12);
    assert_true(isnan(msp_piecewise_survival(&m, NULL, 21)));
    msp_piecewise_free(&m);
    data.columns = &column;
    data.n_columns = 1;
    assert_int_equal(msp_piecewise_fit(&data, &m, NULL), MSP_OK);
    assert_non_null(strstr(m.note, "repeats")); /* the rates */
    msp_piecewise_free(&m);
    data.columns = &of_arm;
    data.upper = some;
    assert_int_equal(msp_piecewise_fit(&data, &m, NULL), MSP_OK);
    assert_non_null(strstr(m.note, "no maximum")); /* no event with x = 1 */
    assert_true(isnan(m.coefficients[0].estimate));
    msp_piecewise_free(&m);
    data.entry = late;
    assert_int_equal(msp_piecewise_fit(&data, &m, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    data.entry = NULL;
    data.cut = wrong;
    assert_int_equal(msp_piecewise_fit(&data, &m, &err), MSP_ERANGE);
    data.n = 0;
    assert_int_equal(msp_piecewise_fit(&data, &m, &err), MSP_ENODATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(events_over_time),
                                       cmocka_unit_test(veterans), cmocka_unit_test(between_visits),
                                       cmocka_unit_test(one_period_is_the_exponential_model),
                                       cmocka_unit_test(what_cannot_be_estimated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
