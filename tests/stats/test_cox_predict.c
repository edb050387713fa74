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

/* --- strata and late entry -------------------------------------------------------------------- */

enum { M = 16 };

static const double end_of[M] = {1, 2, 2, 3, 4, 4, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12};
static const double start_of[M] = {0, 0, 1, 0, 2, 0, 1, 0, 3, 0, 5, 2, 0, 6, 0, 1};
static const uint8_t happened[M] = {1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1};
static const double age_of[M] = {0.5,  -1.2, 0.3,  2.1, 0,   1.4,  -0.7, 0.9,
                                 -0.4, 0.2,  -1.5, 1.1, 0.6, -0.3, 0.8,  -0.9};
static const double arm_of[M] = {1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0};
static const uint32_t site_of[M] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};

typedef struct late {
    msp_order order;
    msp_cox_column columns[2];
    msp_cox fit;
    msp_cox_model model;
} late;

static void open_late(late *t, msp_cox_ties ties)
{
    const msp_follow_up data = {M, end_of, happened, start_of, NULL, 0};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.ties = ties;
    t->columns[0] = (msp_cox_column){.value = age_of};
    t->columns[1] = (msp_cox_column){.value = arm_of};
    assert_int_equal(msp_order_init(&t->order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&t->order, t->columns, 2, site_of, 2, &options, &t->fit, NULL),
                     MSP_OK);
    t->model = (msp_cox_model){&t->order, t->columns, 2, site_of, 2, &t->fit};
}

static void release_late(late *t)
{
    msp_cox_free(&t->fit);
    msp_order_free(&t->order);
}

/* R 4.2.2, survival 3.5-3: survfit(coxph(Surv(entry, time, event) ~ x + z + strata(s)),
 * newdata = data.frame(x = 0.5, z = 1, s)), S and its standard error at 3, 7 and 10. */
static void one_patient_of_a_stratum_as_in_r(void **state)
{
    (void)state;
    static const double survival[2][3] = {
        {0.594162875735415152, 0.237154698214451010, 0.080059018257779085},
        {0.60933991919642305, 0.24700333021081528, 0.13657487991607420}};
    static const double error[2][3] = {
        {0.33121010475536777, 0.27365806075462096, 0.16884236459395466},
        {0.23862041541185716, 0.18120129754961029, 0.14006836441912776}};
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_BRESLOW; ties++) {
        late t;
        open_late(&t, (msp_cox_ties)ties);
        for (uint32_t s = 0; s < 2; s++) {
            const double x[] = {0.5, 1}, times[] = {3, 7, 10};
            const msp_cox_patients one = {1, x, &s, NULL};
            msp_cox_predicted got[3];
            assert_int_equal(msp_cox_predict(&t.model, &one, times, 3, got, NULL), MSP_OK);
            for (size_t i = 0; i < 3; i++) {
                assert_near(got[i].estimate, survival[s][i], 1e-12);
                assert_near(got[i].std_error, error[s][i], 1e-11);
            }
        }
        release_late(&t);
    }
}

/* The hazard of a patient of `site` with arm and age, up to `time`, by definition: each event's
 * share of those of the site who had entered and were still there. *square: what a share's square
 * adds. */
static double hazard_by_definition(const double b[2], uint32_t site, double time, double *squares)
{
    double hazard = 0;
    *squares = 0;
    for (size_t e = 0; e < M; e++) {
        double s0 = 0;
        for (size_t i = 0; i < M; i++)
            if (site_of[i] == site && start_of[i] < end_of[e] && end_of[i] >= end_of[e])
                s0 += exp(b[0] * age_of[i] + b[1] * arm_of[i]);
        if (happened[e] && site_of[e] == site && end_of[e] <= time) {
            hazard += 1 / s0;
            *squares += 1 / (s0 * s0);
        }
    }
    return hazard;
}

/* Everybody's mean survival in arm 1 less that in arm 0. */
static double contrast_by_definition(const double b[2], double time)
{
    double sum = 0, squares;
    for (size_t i = 0; i < M; i++) {
        const double hazard = hazard_by_definition(b, site_of[i], time, &squares);
        sum += exp(-hazard * exp(b[0] * age_of[i] + b[1])) / M;
        sum -= exp(-hazard * exp(b[0] * age_of[i])) / M;
    }
    return sum;
}

static double error_by_definition(const late *t, const double b[2], double time)
{
    double variance = 0, slope[2];
    for (uint32_t s = 0; s < 2; s++) {
        double squares, change = 0;
        const double hazard = hazard_by_definition(b, s, time, &squares);
        for (size_t i = 0; i < M; i++)
            for (int arm = 0; arm <= 1 && site_of[i] == s; arm++) {
                const double r = exp(b[0] * age_of[i] + b[1] * arm);
                change += (arm ? 1 : -1) * r * exp(-r * hazard) / M;
            }
        variance += change * change * squares;
    }
    for (size_t k = 0; k < 2; k++) {
        const double h = 1e-5, up[] = {b[0] + h * (k == 0), b[1] + h * (k == 1)},
                     down[] = {b[0] - h * (k == 0), b[1] - h * (k == 1)};
        slope[k] =
            (contrast_by_definition(up, time) - contrast_by_definition(down, time)) / (2 * h);
    }
    for (size_t k = 0; k < 2; k++)
        for (size_t j = 0; j < 2; j++)
            variance += slope[k] * slope[j] * t->fit.variance[k * 2 + j];
    return sqrt(variance);
}

static void difference_of_arms_with_strata_and_late_entry(void **state)
{
    (void)state;
    late t;
    open_late(&t, MSP_COX_BRESLOW);
    const double b[] = {t.fit.coefficients[0].coef, t.fit.coefficients[1].coef};
    double x[4 * M], weight[2 * M];
    uint32_t stratum[2 * M];
    for (size_t i = 0; i < 2 * M; i++) {
        x[2 * i] = age_of[i % M];
        x[2 * i + 1] = i < M;
        stratum[i] = site_of[i % M];
        weight[i] = (i < M ? 1.0 : -1.0) / M;
    }
    for (double time = 2.5; time < 12; time += 2) {
        const msp_cox_patients both = {2 * M, x, stratum, weight};
        msp_cox_predicted got;
        assert_int_equal(msp_cox_predict(&t.model, &both, &time, 1, &got, NULL), MSP_OK);
        assert_near(got.estimate, contrast_by_definition(b, time), 1e-12);
        assert_near(got.std_error, error_by_definition(&t, b, time), 1e-8);
    }
    release_late(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_patient_by_definition),
        cmocka_unit_test(many_patients_by_small_changes),
        cmocka_unit_test(one_patient_of_a_stratum_as_in_r),
        cmocka_unit_test(difference_of_arms_with_strata_and_late_entry),
        cmocka_unit_test(times_need_no_order_and_bad_patients_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
