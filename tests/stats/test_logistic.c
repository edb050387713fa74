#include "near.h"

#include <string.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/logistic.h"

/* R's data set "mtcars". */
static const uint8_t am[] = {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                             0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1};
static const double wt[] = {2.62,  2.875, 2.32,  3.215, 3.44,  3.46, 3.57,  3.19,
                            3.15,  3.44,  3.44,  4.07,  3.73,  3.78, 5.25,  5.424,
                            5.345, 2.2,   1.615, 1.835, 2.465, 3.52, 3.435, 3.84,
                            3.845, 1.935, 2.14,  1.513, 3.17,  2.77, 3.57,  2.78};
static const double hp[] = {110, 110, 93,  110, 175, 105, 245, 62,  95,  123, 123,
                            180, 180, 180, 205, 215, 230, 66,  52,  65,  97,  150,
                            150, 245, 175, 66,  91,  113, 264, 175, 335, 109};

static msp_logistic fit(const uint8_t *event, size_t n, const msp_cox_column *columns, size_t p)
{
    msp_logistic out;
    msp_error err;
    if (msp_logistic_fit(event, n, NULL, columns, p, 0.95, &out, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return out;
}

/* glm(am ~ wt + hp, binomial, mtcars, control = glm.control(epsilon = 1e-15, maxit = 50)): coef,
 * deviance 10.059110472266989, null deviance 43.229733276857807. Variances are solve(t(X) W X) at
 * these coefficients; those of summary() are of one step before and differ by 5e-8. */
static void as_glm(void **state)
{
    (void)state;
    const msp_cox_column columns[] = {{.name = "wt", .value = wt}, {.name = "hp", .value = hp}};
    static const double coef[] = {18.866298717204099, -8.083475182444630, 0.036255596082216561};
    static const double error[] = {7.443558427981823655, 3.068675275390630564,
                                   0.017734154331947145};
    static const double p[] = {0.0112582027407640735, 0.0084338160612919526, 0.0409146542103855163};
    static const double v[] = {55.40656207077923767, -22.0370598812646001,  0.077817896896678590,
                               -22.0370598812646001, 9.4167679457937634,    -0.041832392344660803,
                               0.077817896896678590, -0.041832392344660803, 0.00031450022986931971};
    msp_logistic m = fit(am, 32, columns, 2);
    assert_int_equal(m.state, MSP_LOGISTIC_CONVERGED);
    for (int k = 0; k < 3; k++) {
        assert_near(m.coefficients[k].coef, coef[k], 1e-10);
        assert_near(m.coefficients[k].std_error, error[k], 1e-10);
        assert_near(m.coefficients[k].p, p[k], 1e-9);
    }
    for (int i = 0; i < 9; i++)
        assert_near(m.variance[i], v[i], 1e-9);
    assert_near(-2 * m.loglik, 10.059110472266989, 1e-12);
    assert_near(-2 * m.loglik_null, 43.229733276857807, 1e-13);
    assert_near(m.likelihood_ratio.statistic, 43.229733276857807 - 10.059110472266989, 1e-12);
    assert_near(m.likelihood_ratio.df, 2, 0);
    assert_near(m.coefficients[1].upper, exp(coef[1] + msp_dist_normal_limit(0.95) * error[1]),
                1e-9);
    msp_logistic_free(&m);
    msp_logistic_free(&m);
}

/* One indicator: the odds of each group, by hand; the variance is Woolf's. */
static void two_groups_by_hand(void **state)
{
    (void)state;
    uint8_t event[77];
    uint32_t arm[77];
    for (uint32_t i = 0; i < 77; i++) {
        arm[i] = i < 38;
        event[i] = i < 38 ? i < 11 : i < 40;
    }
    const msp_cox_column column = {.name = "arm", .code = arm, .level = 1};
    msp_logistic m = fit(event, 77, &column, 1);
    assert_near(m.coefficients[0].coef, log(2 / 37.), 1e-12);
    assert_near(m.coefficients[1].odds_ratio, 11 * 37 / (27. * 2), 1e-12);
    assert_near(m.coefficients[1].std_error, sqrt(1 / 11. + 1 / 27. + 1 / 2. + 1 / 37.), 1e-11);
    msp_logistic_free(&m);
}

static void aliased_columns(void **state)
{
    (void)state;
    double sum[32], constant[32];
    for (int i = 0; i < 32; i++) {
        sum[i] = 2 * wt[i] - hp[i] + 7;
        constant[i] = 5;
    }
    const msp_cox_column columns[] = {
        {.value = constant}, {.value = wt}, {.value = hp}, {.value = sum}};
    msp_logistic m = fit(am, 32, columns, 4);
    assert_int_equal(m.coefficients[1].kind, MSP_LOGISTIC_ALIASED);
    assert_int_equal(m.coefficients[4].kind, MSP_LOGISTIC_ALIASED);
    assert_near(m.coefficients[2].coef, -8.083475182444630, 1e-10);
    assert_near(m.coefficients[4].coef, NAN, 0);
    assert_near(m.likelihood_ratio.df, 2, 0);
    msp_logistic_free(&m);
}

/* Everyone of group 1 has the event. R's glm prints 18.36 for it; the rest is that of group 0:
 * glm(y ~ z, binomial, subset = g == 0). */
static void a_group_with_events_only(void **state)
{
    (void)state;
    const uint8_t y[] = {0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1};
    const double g[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1};
    const double z[] = {1, 2, 3, 4, 2, 5, 1, 6, 3, 2, 4, 5};
    const msp_cox_column columns[] = {{.name = "z", .value = z}, {.name = "g", .value = g}};
    msp_logistic m = fit(y, 12, columns, 2);
    assert_int_equal(m.state, MSP_LOGISTIC_SEPARATED);
    assert_int_equal(m.coefficients[2].kind, MSP_LOGISTIC_INFINITE);
    assert_true(isinf(m.coefficients[2].odds_ratio) && m.coefficients[2].coef > 0);
    assert_near(m.coefficients[2].std_error, NAN, 0);
    assert_int_equal(m.coefficients[0].kind, MSP_LOGISTIC_ESTIMATED);
    assert_near(m.coefficients[0].coef, 0.505952115377791167, 1e-9);
    assert_near(m.coefficients[1].coef, -0.090521237312256586, 1e-9);
    assert_near(m.coefficients[1].std_error, 0.40462606636319071, 1e-9);
    assert_near(m.loglik, -6.157535050588919, 1e-12);
    assert_near(m.likelihood_ratio.statistic, 15.276340039075507 - 2 * 6.157535050588919, 1e-11);
    msp_logistic_free(&m);
    /* The other way round the intercept runs away with it. */
    double other[12];
    for (int i = 0; i < 12; i++)
        other[i] = 1 - g[i];
    const msp_cox_column turned[] = {{.name = "z", .value = z}, {.name = "g", .value = other}};
    m = fit(y, 12, turned, 2);
    assert_true(isinf(m.coefficients[0].coef) && m.coefficients[0].coef > 0);
    assert_near(m.coefficients[2].odds_ratio, 0, 0);
    assert_near(m.coefficients[1].coef, -0.090521237312256586, 1e-9);
    msp_logistic_free(&m);
}

static void complete_separation(void **state)
{
    (void)state;
    const uint8_t y[] = {0, 0, 0, 1, 1, 1};
    const double x[] = {1, 2, 3, 4, 5, 6}, w[] = {2, 1, 3, 1, 3, 2};
    const msp_cox_column columns[] = {{.value = x}, {.value = w}};
    for (size_t p = 1; p <= 2; p++) {
        msp_logistic m = fit(y, 6, columns, p);
        assert_int_equal(m.state, MSP_LOGISTIC_SEPARATED);
        assert_near(m.loglik, 0, 0);
        assert_near(m.coefficients[1].std_error, NAN, 0);
        assert_near(m.likelihood_ratio.statistic, 12 * log(2), 1e-14);
        assert_non_null(m.note);
        msp_logistic_free(&m);
    }
    /* Touching at one value: separated but for the border, where half have the event. */
    const uint8_t y2[] = {0, 0, 1, 0, 1, 1};
    const double x2[] = {1, 2, 3, 3, 4, 5};
    const msp_cox_column column = {.value = x2};
    msp_logistic m = fit(y2, 6, &column, 1);
    assert_int_equal(m.state, MSP_LOGISTIC_SEPARATED);
    assert_int_equal(m.coefficients[1].kind, MSP_LOGISTIC_INFINITE);
    assert_near(m.loglik, 2 * log(0.5), 1e-12);
    msp_logistic_free(&m);
}

/* Strong, but not separated: glm gets there too. */
static void overlap_is_no_separation(void **state)
{
    (void)state;
    enum { N = 400 };
    uint8_t y[N];
    double x[N];
    for (int i = 0; i < N; i++) {
        x[i] = i;
        y[i] = i >= N / 2;
    }
    y[N / 2 - 1] = 1;
    y[N / 2] = 0;
    const msp_cox_column column = {.value = x};
    msp_logistic m = fit(y, N, &column, 1);
    assert_int_equal(m.state, MSP_LOGISTIC_CONVERGED);
    assert_true(m.coefficients[1].coef > 0.1 && m.gradient < 1e-8);
    msp_logistic_free(&m);
}

static void nothing_to_fit(void **state)
{
    (void)state;
    uint8_t none[4] = {0};
    const double x[] = {1, 2, 3, NAN};
    const uint8_t keep[] = {1, 1, 1, 0};
    const msp_cox_column column = {.name = "x", .value = x};
    msp_logistic m;
    msp_error err;
    assert_int_equal(msp_logistic_fit(none, 4, keep, &column, 1, 0.95, &m, &err), MSP_OK);
    assert_int_equal(m.state, MSP_LOGISTIC_NOT_ESTIMABLE);
    assert_string_equal(m.note, "no one has the event");
    assert_near(m.coefficients[1].coef, NAN, 0);
    msp_logistic_free(&m);
    assert_int_equal(msp_logistic_fit(none, 4, NULL, &column, 1, 0.95, &m, &err), MSP_ERANGE);
    assert_int_equal(err.row, 3);
    none[1] = 2;
    assert_int_equal(msp_logistic_fit(none, 3, NULL, &column, 1, 0.95, &m, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    assert_int_equal(msp_logistic_fit(none, 0, NULL, &column, 1, 0.95, &m, &err), MSP_ENODATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_glm),
        cmocka_unit_test(two_groups_by_hand),
        cmocka_unit_test(aliased_columns),
        cmocka_unit_test(a_group_with_events_only),
        cmocka_unit_test(complete_separation),
        cmocka_unit_test(overlap_is_no_separation),
        cmocka_unit_test(nothing_to_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
