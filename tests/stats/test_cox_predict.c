/* Survival that a Cox model predicts, against its definition summed directly. */
#include "near.h"

#include <string.h>

#include "mspike/stats.h"

enum { N = 8 };

static const double time_of[N] = {1, 2, 2, 3, 4, 5, 6, 8};
static const uint8_t event_of[N] = {1, 1, 1, 0, 1, 0, 1, 0};
static const double x_of[N] = {1, 0, 1, 0.5, -1, 0, 0.5, -2};

typedef struct trial {
    msp_order order;
    msp_cox_column column;
    msp_cox fit;
    msp_cox_model model;
} trial;

static void open_trial(trial *t, msp_cox_ties ties)
{
    const msp_follow_up data = {N, time_of, event_of, NULL, NULL, 0};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.ties = ties;
    t->column = (msp_cox_column){.value = x_of};
    assert_int_equal(msp_order_init(&t->order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&t->order, &t->column, 1, NULL, 1, &options, &t->fit, NULL),
                     MSP_OK);
    t->model = (msp_cox_model){&t->order, &t->column, 1, NULL, 1, &t->fit};
}

static void release(trial *t)
{
    msp_cox_free(&t->fit);
    msp_order_free(&t->order);
}

/* Sums of 1 / S0, of its square and of m / S0 over the events up to `time`, Breslow's ties. */
static void sum_events(double b, double time, double *hazard, double *squares, double *mean)
{
    *hazard = *squares = *mean = 0;
    for (int e = 0; e < N; e++) {
        double s0 = 0, s1 = 0;
        for (int i = 0; i < N; i++) {
            s0 += time_of[i] >= time_of[e] ? exp(b * x_of[i]) : 0;
            s1 += time_of[i] >= time_of[e] ? exp(b * x_of[i]) * x_of[i] : 0;
        }
        if (event_of[e] && time_of[e] <= time) {
            *hazard += 1 / s0;
            *squares += 1 / (s0 * s0);
            *mean += s1 / (s0 * s0);
        }
    }
}

static void one_patient_by_definition(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, MSP_COX_BRESLOW);
    const double x = 0.7, times[] = {0.5, 2, 7}, b = t.fit.coefficients[0].coef;
    const msp_cox_patients one = {1, &x, NULL, NULL};
    msp_cox_predicted got[3];
    assert_int_equal(msp_cox_predict(&t.model, &one, times, 3, got, NULL), MSP_OK);
    for (int i = 0; i < 3; i++) {
        double hazard, squares, mean;
        sum_events(b, times[i], &hazard, &squares, &mean);
        const double r = exp(b * x), s = exp(-r * hazard), d = r * (x * hazard - mean);
        assert_near(got[i].estimate, s, 1e-13);
        assert_near(got[i].std_error, s * sqrt(r * r * squares + d * d * t.fit.variance[0]), 1e-12);
    }
    double lower, upper;
    msp_cox_predicted_limits(&got[1], MSP_KM_LOG, 0.95, &lower, &upper);
    assert_near(lower,
                got[1].estimate * exp(-1.959963984540054 * got[1].std_error / got[1].estimate),
                1e-12);
    assert_true(upper > got[1].estimate && upper <= 1);
    release(&t);
}

/* A mean and a difference of means: the error by moving what is estimated, 1 / S0 at each event and
 * b, a little, one after the other. */
static void many_patients_by_small_changes(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, MSP_COX_BRESLOW);
    const double x[] = {1, 0, -0.5, 2}, weight[] = {0.5, 0.5, -0.5, -0.5}, at = 4;
    const msp_cox_patients four = {4, x, NULL, weight};
    msp_cox_predicted got;
    assert_int_equal(msp_cox_predict(&t.model, &four, &at, 1, &got, NULL), MSP_OK);
    const double b = t.fit.coefficients[0].coef, h = 1e-5;
    double variance = 0, sum[2] = {0};
    for (int side = 0; side < 2; side++) {
        double hazard, squares, mean, moved = b + (side ? h : -h);
        sum_events(moved, at, &hazard, &squares, &mean);
        for (int i = 0; i < 4; i++)
            sum[side] += weight[i] * exp(-exp(moved * x[i]) * hazard);
    }
    const double slope = (sum[1] - sum[0]) / (2 * h);
    double hazard, squares, mean, change = 0, estimate = 0;
    sum_events(b, at, &hazard, &squares, &mean);
    for (int i = 0; i < 4; i++) {
        const double r = exp(b * x[i]);
        estimate += weight[i] * exp(-r * hazard);
        change += weight[i] * exp(-r * hazard) * r;
    }
    variance = change * change * squares + slope * slope * t.fit.variance[0];
    assert_near(got.estimate, estimate, 1e-13);
    assert_near(got.std_error, sqrt(variance), 1e-8);
    release(&t);
}

static void times_need_no_order_and_bad_patients_are_named(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, MSP_COX_EFRON);
    const double x[] = {1, NAN}, times[] = {6, 2, 6};
    msp_cox_patients patients = {1, x, NULL, NULL};
    msp_cox_predicted got[3];
    msp_error err;
    assert_int_equal(msp_cox_predict(&t.model, &patients, times, 3, got, NULL), MSP_OK);
    assert_near(got[0].std_error, got[2].std_error, 0);
    assert_true(got[1].estimate > got[0].estimate);
    patients.n = 2;
    assert_int_equal(msp_cox_predict(&t.model, &patients, times, 3, got, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    const uint32_t stratum = 1;
    patients = (msp_cox_patients){1, x, &stratum, NULL};
    assert_int_equal(msp_cox_predict(&t.model, &patients, times, 3, got, &err), MSP_ERANGE);
    release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_patient_by_definition),
        cmocka_unit_test(many_patients_by_small_changes),
        cmocka_unit_test(times_need_no_order_and_bad_patients_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
