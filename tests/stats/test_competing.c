#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats.h"

static msp_order sort(const double *time, const uint32_t *cause, size_t n)
{
    uint8_t *event = malloc(n);
    for (size_t i = 0; i < n; i++)
        event[i] = cause[i] > 0;
    const msp_follow_up data = {n, time, event, NULL, NULL, 0};
    msp_order order;
    msp_error err;
    if (msp_order_init(&order, &data, &err) != MSP_OK)
        fail_msg("%s", err.text);
    free(event);
    return order;
}

/*
 * Causes 1, 2, 0, 1, 2 at 1 .. 5:
 *   t  r  S(t-)  F1                    F2
 *   1  5  1      1/5                   0
 *   2  4  4/5    1/5                   1/5
 *   4  2  3/5    1/5 + 3/10 = 1/2      1/5
 *   5  1  3/10   1/2                   1/5 + 3/10 = 1/2
 * Var F1(4): an event of cause 1 at 1 changes F1(4) by 1 + (1/5 - 1/2) / (4/5) = 5/8, of cause 2 at
 * 2 by (1/5 - 1/2) / (3/5) = -1/2, of cause 1 at 4 by 1; their counts have variances 1/25,
 * (4/5)^2 / 16 = 1/25 and (3/5)^2 / 4 = 9/100.
 */
static void five_patients_by_hand(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4, 5};
    const uint32_t cause[] = {1, 2, 0, 1, 2};
    msp_order order = sort(time, cause, 5);
    msp_cumulative f;
    assert_int_equal(msp_cumulative_fit(&order, cause, 2, NULL, 1, &f, NULL), MSP_OK);
    assert_int_equal(f.curves[0].n, 2);
    assert_int_equal(f.curves[0].n_events, 2);
    assert_near(f.curves[0].incidence[1], 0.5, 1e-15);
    assert_near(f.curves[0].variance[0], 1. / 25, 1e-14);
    assert_near(f.curves[0].variance[1], 25. / 64 / 25 + 1. / 4 / 25 + 9. / 100, 1e-14);
    assert_near(msp_cumulative_at(&f.curves[1], 3, 0.95).estimate, 0.2, 1e-15);
    assert_near(msp_cumulative_at(&f.curves[1], 0.5, 0.95).estimate, 0, 0);
    assert_near(msp_cumulative_at(&f.curves[1], 9, 0.95).estimate, 0.5, 1e-15); /* nobody is left */
    const msp_cumulative_point p = msp_cumulative_at(&f.curves[0], 4, 0.95);
    assert_near(log(-log(p.lower)) - log(-log(0.5)), log(-log(0.5)) - log(-log(p.upper)), 1e-12);
    msp_cumulative_free(&f);
    msp_order_free(&order);
}

static void incidence_ends_with_follow_up(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3};
    const uint32_t cause[] = {1, 2, 0}, group[] = {0, 0, 0};
    msp_order order = sort(time, cause, 3);
    msp_cumulative f;
    assert_int_equal(msp_cumulative_fit(&order, cause, 3, group, 2, &f, NULL), MSP_OK);
    assert_true(isnan(msp_cumulative_at(&f.curves[0], 3.5, 0.95).estimate));
    assert_near(msp_cumulative_at(&f.curves[2], 3, 0.95).estimate, 0, 0);  /* a cause nobody had */
    assert_true(isnan(msp_cumulative_at(&f.curves[3], 1, 0.95).estimate)); /* an empty group */
    msp_gray t;
    assert_int_equal(msp_gray_test(&order, cause, 3, 1, group, 2, NULL, 1, 0, &t, NULL), MSP_OK);
    assert_string_equal(t.note, "only one group was at risk when events happened");
    assert_true(isnan(t.test.p));
    assert_int_equal(msp_gray_test(&order, cause, 3, 3, group, 2, NULL, 1, 0, &t, NULL), MSP_OK);
    assert_string_equal(t.note, "no events of this cause");
    msp_cumulative_free(&f);
    msp_order_free(&order);
}

static void codes_out_of_range_are_named(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3};
    const uint32_t cause[] = {1, 4, 0}, contradiction[] = {1, 0, 2}, group[] = {0, 1, 2};
    msp_order order = sort(time, cause, 3);
    msp_cumulative f;
    msp_gray t;
    msp_error err;
    assert_int_equal(msp_cumulative_fit(&order, cause, 3, NULL, 1, &f, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    assert_int_equal(msp_cumulative_fit(&order, contradiction, 3, NULL, 1, &f, &err), MSP_ERANGE);
    assert_int_equal(msp_gray_test(&order, cause, 4, 1, group, 2, NULL, 1, 0, &t, &err),
                     MSP_ERANGE);
    assert_int_equal(err.row, 2);
    assert_int_equal(msp_gray_test(&order, cause, 4, 5, group, 2, NULL, 1, 0, &t, &err),
                     MSP_ERANGE);
    msp_order_free(&order);
}

enum { N = 200 };

typedef struct trial {
    double time[N], x[N], z[N];
    uint32_t cause[N], group[N];
} trial;

static void make_trial(trial *t, double censored)
{
    msp_random r = msp_random_at(41, 1, 0, 1);
    for (size_t i = 0; i < N; i++) {
        t->x[i] = msp_random_uniform(&r) - 0.5;
        t->group[i] = i % 2;
        t->z[i] = (double)t->group[i];
        t->time[i] = floor(50 * msp_random_uniform(&r) * exp(-t->x[i])) + 1; /* ties */
        const double u = msp_random_uniform(&r);
        t->cause[i] = u < censored ? 0 : u < censored + 0.6 * (1 - censored) ? 1 : 2;
    }
}

/* Without censorings those who had another cause stay at risk for ever: Breslow's Cox model of
 * their infinite times. */
static void without_censoring_fine_gray_is_cox(void **state)
{
    (void)state;
    trial t;
    make_trial(&t, 0);
    msp_order order = sort(t.time, t.cause, N), later;
    double time[N];
    uint8_t event[N];
    for (size_t i = 0; i < N; i++) {
        event[i] = t.cause[i] == 1;
        time[i] = t.cause[i] == 1 ? t.time[i] : 1e6;
    }
    const msp_follow_up data = {N, time, event, NULL, NULL, 0};
    assert_int_equal(msp_order_init(&later, &data, NULL), MSP_OK);
    const msp_cox_column columns[] = {{.value = t.x}, {.value = t.z}};
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_SAS);
    msp_fine_gray f;
    msp_cox cox;
    assert_int_equal(msp_fine_gray_fit(&order, t.cause, 2, 1, columns, 2, &options, &f, NULL),
                     MSP_OK);
    assert_int_equal(msp_cox_fit(&later, columns, 2, NULL, 1, &options, &cox, NULL), MSP_OK);
    assert_int_equal(f.state, MSP_COX_CONVERGED);
    assert_int_equal(f.n_events + f.n_other, N);
    for (size_t k = 0; k < 2; k++)
        assert_near(f.coefficients[k].coef, cox.coefficients[k].coef, 1e-9);
    assert_near(f.loglik, cox.loglik, 1e-12);
    msp_cox_free(&cox);
    msp_fine_gray_free(&f);
    msp_order_free(&order);
    msp_order_free(&later);
}

/* Units of time and the order of rows change nothing. */
static void units_and_order_change_nothing(void **state)
{
    (void)state;
    trial t, u;
    make_trial(&t, 0.3);
    for (size_t i = 0; i < N; i++) {
        const size_t j = N - 1 - i;
        u.time[i] = t.time[j] * 8;
        u.x[i] = t.x[j];
        u.z[i] = t.z[j];
        u.cause[i] = t.cause[j];
        u.group[i] = t.group[j];
    }
    const trial *trials[] = {&t, &u};
    double statistic[2], coef[2], std_error[2];
    for (size_t k = 0; k < 2; k++) {
        const trial *of = trials[k];
        msp_order order = sort(of->time, of->cause, N);
        const msp_cox_column columns[] = {{.value = of->x}, {.value = of->z}};
        const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
        msp_gray g;
        msp_fine_gray f;
        assert_int_equal(msp_gray_test(&order, of->cause, 2, 2, of->group, 2, NULL, 1, 0, &g, NULL),
                         MSP_OK);
        assert_int_equal(msp_fine_gray_fit(&order, of->cause, 2, 2, columns, 2, &options, &f, NULL),
                         MSP_OK);
        statistic[k] = g.test.statistic;
        coef[k] = f.coefficients[0].coef;
        std_error[k] = f.coefficients[0].std_error;
        msp_fine_gray_free(&f);
        msp_order_free(&order);
    }
    assert_near(statistic[0], statistic[1], 1e-13);
    assert_near(coef[0], coef[1], 1e-11);
    assert_near(std_error[0], std_error[1], 1e-11);
}

static void what_cannot_be_estimated_says_so(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4, 5, 6}, arm[] = {0, 1, 0, 1, 0, 1},
                 same[] = {2, 2, 2, 2, 2, 2};
    const uint32_t cause[] = {1, 2, 1, 2, 0, 0}; /* cause 1 in the first arm only */
    msp_order order = sort(time, cause, 6);
    const msp_cox_column of_arm = {.value = arm}, constant = {.value = same};
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    msp_fine_gray f;
    assert_int_equal(msp_fine_gray_fit(&order, cause, 3, 1, &of_arm, 1, &options, &f, NULL),
                     MSP_OK);
    assert_int_equal(f.state, MSP_COX_MONOTONE);
    assert_near(f.coefficients[0].hazard_ratio, 0, 0);
    assert_true(isnan(f.coefficients[0].std_error));
    msp_fine_gray_free(&f);
    assert_int_equal(msp_fine_gray_fit(&order, cause, 3, 3, &of_arm, 1, &options, &f, NULL),
                     MSP_OK);
    assert_int_equal(f.state, MSP_COX_NOT_ESTIMABLE);
    assert_string_equal(f.note, "no events of this cause");
    msp_fine_gray_free(&f);
    assert_int_equal(msp_fine_gray_fit(&order, cause, 3, 1, &constant, 1, &options, &f, NULL),
                     MSP_OK);
    assert_int_equal(f.coefficients[0].kind, MSP_COX_ALIASED);
    msp_fine_gray_free(&f);
    msp_order_free(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_patients_by_hand),
        cmocka_unit_test(incidence_ends_with_follow_up),
        cmocka_unit_test(codes_out_of_range_are_named),
        cmocka_unit_test(without_censoring_fine_gray_is_cox),
        cmocka_unit_test(units_and_order_change_nothing),
        cmocka_unit_test(what_cannot_be_estimated_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
