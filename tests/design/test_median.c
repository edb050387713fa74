/* The median of one arm against a known one: by hand, by exact sums, by simulation. */
#include "near.h"

#include "mspike/base/random.h"
#include "mspike/design.h"
#include "mspike/stats.h"

static const double zero[] = {0}, one[] = {1};

/* Medians of 9 and 15 months, everyone followed for a year at least. */
static msp_one_median_plan a_plan(msp_km_interval scale)
{
    return (msp_one_median_plan){
        .null_median = 9,
        .median = 15,
        .scale = scale,
        .alpha = 0.025,
        .sided = 1,
        .enrolment = {{1, zero, one}, 12},
        .follow_up = 12,
        .power = 0.9,
        .sample_size = NAN,
    };
}

/* Nobody is censored before month 9, so the curve there is a proportion: its variance is s(1 -
 * s)/n, and 1/(4 n) on the scale of the arcsine. s = 2^(-9/15). */
static void by_hand(void **state)
{
    (void)state;
    const double s = pow(0.5, 9.0 / 15), z = 1.959963984540054 + 1.2815515655446004;
    const double gap = asin(sqrt(s)) - M_PI / 4, odds = log(s / (1 - s));
    msp_one_median_plan p = a_plan(MSP_KM_PLAIN);
    msp_one_median got;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_OK);
    assert_near(got.sample_size, z * z * s * (1 - s) / ((s - 0.5) * (s - 0.5)), 1e-12);
    assert_near(got.survival, s, 1e-14);
    assert_near(got.std_error, sqrt(s * (1 - s) / got.sample_size), 1e-12);
    assert_near(got.study_duration, 24, 0);
    p.scale = MSP_KM_ARCSINE;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_OK);
    assert_near(got.sample_size, z * z / (4 * gap * gap), 1e-12);
    p.scale = MSP_KM_LOGIT;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_OK);
    assert_near(got.sample_size, z * z / (s * (1 - s) * odds * odds), 1e-12);
    p.sided = 2; /* and the power of that size, backwards */
    p.alpha = 0.05;
    p.sample_size = got.sample_size;
    p.power = NAN;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_OK);
    assert_near(got.power, 0.9, 1e-12);
}

/* Censoring by the end of the trial alone, from month 6 on, uniform: the integral of
 * lambda e^(lambda u) / G(u) over 0 .. 9 with G = 1 up to 6, then (18 - u) / 12; by the trapezoidal
 * rule on a million steps. Events: n (1 - the mean of e^(-lambda f) over the follow-up f). */
static void with_censoring(void **state)
{
    (void)state;
    msp_one_median_plan p = a_plan(MSP_KM_PLAIN);
    msp_one_median got;
    enum { STEPS = 1000000 };
    const double h = log(2) / 15, s = pow(0.5, 9.0 / 15);
    double sum = 0;
    p.follow_up = 6;
    for (int i = 0; i <= STEPS; i++) {
        const double u = 9.0 * i / STEPS, g = u < 6 ? 1 : (18 - u) / 12;
        sum += (i == 0 || i == STEPS ? 0.5 : 1) * h * exp(h * u) / g * 9 / STEPS;
    }
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_OK);
    assert_near(got.std_error * sqrt(got.sample_size), s * sqrt(sum), 1e-10);
    const double free_of_it = (exp(-6 * h) - exp(-18 * h)) / (12 * h);
    assert_near(got.events, got.sample_size * (1 - free_of_it), 1e-12);
    p.dropout = 0.02; /* takes more patients */
    const double before = got.sample_size;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_OK);
    assert_true(got.sample_size > 1.05 * before);
}

/* Without censoring the test at month 9 is one of a binomial count, and its power an exact sum. */
static void by_exact_sums(void **state)
{
    (void)state;
    msp_one_median_plan p = a_plan(MSP_KM_ARCSINE);
    msp_one_median got;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_OK);
    const int n = (int)ceil(got.sample_size);
    double power = 0, error = 0, one_way = pow(1 - got.survival, n), null = pow(0.5, n);
    for (int k = 0; k <= n; k++) {
        const double limit = asin(sqrt((double)k / n)) - 1.959963984540054 / sqrt(4.0 * n);
        if (limit > M_PI / 4) {
            power += one_way;
            error += null;
        }
        one_way *= (n - k) * got.survival / ((k + 1) * (1 - got.survival));
        null *= (double)(n - k) / (k + 1);
    }
    assert_true(fabs(power - 0.9) < 0.03);
    assert_true(fabs(error - 0.025) < 0.01);
}

/* One virtual trial: whether the interval of the median is above the known one, which is where the
 * lower limit of the curve at the known median is above a half. */
static bool claims(const msp_one_median_plan *p, size_t n, double median, uint64_t trial)
{
    static double time[500];
    static uint8_t event[500];
    msp_random r = msp_random_at(1, trial, 0, 1);
    for (size_t i = 0; i < n; i++) {
        const double end = p->follow_up + p->enrolment.duration * (1 - msp_random_uniform(&r));
        const double t = -log(msp_random_uniform(&r)) * median / log(2);
        event[i] = t <= end;
        time[i] = t <= end ? t : end;
    }
    const msp_follow_up rows = {.n = n, .time = time, .event = event};
    msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_order order;
    msp_km km;
    options.interval = p->scale;
    options.level = 0.95;
    assert_int_equal(msp_order_init(&order, &rows, NULL), MSP_OK);
    assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, NULL), MSP_OK);
    const bool above = msp_km_at(&km.curves[0], p->null_median).lower > 0.5;
    msp_km_free(&km);
    msp_order_free(&order);
    return above;
}

/* The normal law is a limit: log-log has 0.934 instead of 0.9, plain an error of 0.030. */
static void by_simulation(void **state)
{
    (void)state;
    static const msp_km_interval scales[] = {MSP_KM_PLAIN, MSP_KM_ARCSINE, MSP_KM_LOG_LOG};
    const uint64_t trials = getenv("MSPIKE_SOAK") != NULL ? 100000 : 2000;
    for (size_t i = 0; i < 3; i++) {
        msp_one_median_plan p = a_plan(scales[i]);
        msp_one_median got;
        uint64_t power = 0, error = 0;
        p.follow_up = 4;
        assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_OK);
        const size_t n = (size_t)ceil(got.sample_size);
        for (uint64_t trial = 0; trial < trials; trial++) {
            power += claims(&p, n, p.median, trial);
            error += claims(&p, n, p.null_median, trial);
        }
        print_message("%s: %zu patients, power %.4f, error %.4f\n", msp_km_interval_name(scales[i]),
                      n, (double)power / (double)trials, (double)error / (double)trials);
        assert_true(fabs((double)power / (double)trials - 0.9) < 0.05);
        assert_true(fabs((double)error / (double)trials - 0.025) < 0.016);
    }
}

static void refuses_the_impossible(void **state)
{
    (void)state;
    msp_one_median_plan p = a_plan(MSP_KM_PLAIN);
    msp_one_median got;
    p.median = 8;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_ERANGE);
    p = a_plan(MSP_KM_PLAIN);
    p.enrolment.duration = 4;
    p.follow_up = 5;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_ERANGE);
    p = a_plan(MSP_KM_PLAIN);
    p.sample_size = 40;
    assert_int_equal(msp_one_median_find(&p, &got, NULL), MSP_ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(with_censoring),
        cmocka_unit_test(by_exact_sums),
        cmocka_unit_test(by_simulation),
        cmocka_unit_test(refuses_the_impossible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
