#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats/km.h"

/* Freireich 1963, 6-mercaptopurine arm: remission in weeks; deliberately unsorted. */
static const double weeks[] = {35, 6,  6,  6,  6,  7,  9,  10, 10, 11, 13,
                               16, 17, 19, 20, 22, 23, 25, 32, 32, 34};
static const uint8_t relapse[] = {0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0};
enum { N_WEEKS = MSP_COUNT(weeks) };

static msp_order sort(const double *time, const uint8_t *event, const double *entry, size_t n)
{
    msp_follow_up data = {n, time, event, entry, NULL, 0};
    msp_order order;
    msp_error err;
    if (msp_order_init(&order, &data, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return order;
}

static msp_km fit(const double *time, const uint8_t *event, const double *entry, size_t n,
                  msp_km_options options)
{
    msp_order order = sort(time, event, entry, n);
    msp_km km;
    assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, NULL), MSP_OK);
    msp_order_free(&order);
    return km;
}

static void curve_is_the_exact_fractions(void **state)
{
    (void)state;
    static const struct {
        double time, at_risk, events, censored, survival;
    } want[] = {
        {6, 21, 3, 1, 18. / 21},
        {7, 17, 1, 0, 18. / 21 * 16 / 17},
        {9, 16, 0, 1, 18. / 21 * 16 / 17},
        {10, 15, 1, 1, 18. / 21 * 16 / 17 * 14 / 15},
        {11, 13, 0, 1, 18. / 21 * 16 / 17 * 14 / 15},
        {13, 12, 1, 0, 18. / 21 * 16 / 17 * 14 / 15 * 11 / 12},
        {16, 11, 1, 0, 18. / 21 * 16 / 17 * 14 / 15 * 11 / 12 * 10 / 11},
    };
    msp_km km = fit(weeks, relapse, NULL, N_WEEKS, msp_km_options_default(MSP_CONVENTION_R));
    const msp_km_curve *c = &km.curves[0];
    assert_int_equal(c->n, 16);
    assert_int_equal(c->n_patients, 21);
    assert_int_equal(c->n_events, 9);
    for (size_t i = 0; i < MSP_COUNT(want); i++) {
        assert_near(c->time[i], want[i].time, 0);
        assert_near(c->at_risk[i], want[i].at_risk, 0);
        assert_near(c->events[i], want[i].events, 0);
        assert_near(c->censored[i], want[i].censored, 0);
        assert_near(c->survival[i], want[i].survival, 1e-15);
    }
    /* Greenwood at 7 weeks: S^2 (3 / (21 18) + 1 / (17 16)) */
    assert_near(c->std_error[1], 18. / 21 * 16 / 17 * sqrt(3. / (21 * 18) + 1. / (17 * 16)), 1e-15);
    msp_km_free(&km);
    msp_km_free(&km);
}

/* R 4.2.2, survival 3.5-3: limits of S at 23 weeks; quantile(fit, c(.25, .5)) with limits. */
static void limits_of_every_kind(void **state)
{
    (void)state;
    static const struct {
        msp_km_interval interval;
        double lower, upper, q25_upper, q50_lower;
    } want[] = {
        {MSP_KM_PLAIN, 0.18438486384061287, 0.71197367957675395, 23, 13},
        {MSP_KM_LOG, 0.24878822681765961, 0.80737204552907704, NAN, 16},
        {MSP_KM_LOG_LOG, 0.18805200595923241, 0.68014262849524132, 22, 13},
        {MSP_KM_ARCSINE, 0.20370383782726809, 0.70689692645573055, 23, 13},
        {MSP_KM_LOGIT, 0.21845975099235215, 0.70236912322117906, 23, 13},
    };
    for (size_t i = 0; i < MSP_COUNT(want); i++) {
        msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
        options.interval = want[i].interval;
        msp_km km = fit(weeks, relapse, NULL, N_WEEKS, options);
        msp_km_point at = msp_km_at(&km.curves[0], 23.5);
        assert_near(at.lower, want[i].lower, 1e-13);
        assert_near(at.upper, want[i].upper, 1e-13);
        msp_km_estimate q25 = msp_km_quantile(&km.curves[0], 0.25);
        msp_km_estimate q50 = msp_km_quantile(&km.curves[0], 0.5);
        assert_near(q25.estimate, 13, 0);
        assert_near(q25.lower, 6, 0);
        assert_near(q25.upper, want[i].q25_upper, 0);
        assert_near(q50.estimate, 23, 0);
        assert_near(q50.lower, want[i].q50_lower, 0);
        assert_near(q50.upper, NAN, 0);
        msp_km_free(&km);
    }
    assert_string_equal(msp_km_interval_name(MSP_KM_LOG_LOG), "log-log");
    assert_int_equal(msp_km_options_default(MSP_CONVENTION_R).interval, MSP_KM_LOG);
    assert_int_equal(msp_km_options_default(MSP_CONVENTION_SAS).interval, MSP_KM_LOG_LOG);
}

/* survfit(Surv(e, t, s) ~ 1, conf.type = "log-log"); at risk at t: e < t <= end. */
static void patients_who_enter_late(void **state)
{
    (void)state;
    const double e[] = {0, 0, 2, 1, 4, 0, 3, 5}, t[] = {4, 6, 7, 3, 9, 9, 8, 6};
    const uint8_t s[] = {1, 0, 1, 1, 1, 0, 1, 1};
    const double want[][6] = {
        {3, 5, 4. / 5, 0.17888543819998318, 0.2038092632676392624, 0.96917978886674261},
        {4, 5, 16. / 25, 0.20238577025077631, 0.1670281549921228958, 0.89467506214630343},
        {6, 6, 8. / 15, 0.19474579822405907, 0.1404942770098267790, 0.81763385814179979},
        {7, 4, 2. / 5, 0.18618986725025258, 0.0837475075584220019, 0.71280255899121825},
        {8, 3, 4. / 15, 0.16510378329783745, 0.0365037728775728307, 0.58992961961498014},
        {9, 2, 2. / 15, 0.12531441937663723, 0.0065591378976152829, 0.44591699367179694},
    };
    msp_km km = fit(t, s, e, 8, msp_km_options_default(MSP_CONVENTION_SAS));
    const msp_km_curve *c = &km.curves[0];
    assert_int_equal(c->n, MSP_COUNT(want));
    for (size_t i = 0; i < c->n; i++) {
        assert_near(c->time[i], want[i][0], 0);
        assert_near(c->at_risk[i], want[i][1], 0);
        assert_near(c->survival[i], want[i][2], 1e-15);
        assert_near(c->std_error[i], want[i][3], 1e-13);
        assert_near(c->lower[i], want[i][4], 1e-12);
        assert_near(c->upper[i], want[i][5], 1e-13);
    }
    /* between the rows the risk set still grows: at 5 the last enters after 5 */
    assert_near(msp_km_at(c, 4.5).at_risk, 5, 0);
    assert_near(msp_km_at(c, 5).at_risk, 5, 0);
    assert_near(msp_km_at(c, 5.5).at_risk, 6, 0);
    assert_near(msp_km_at(c, 0).at_risk, 0, 0);
    msp_km_free(&km);
}

/* Ten patients, five events then five censored (the example of CAMIS): S rests on 1/2 to the end.
 */
static void conventions_differ_where_they_should(void **state)
{
    (void)state;
    const double t[] = {54, 75, 77, 84, 87, 92, 103, 105, 112, 118};
    const uint8_t s[] = {1, 1, 1, 1, 1, 0, 0, 0, 0, 0};
    msp_km r = fit(t, s, NULL, 10, msp_km_options_default(MSP_CONVENTION_R));
    msp_km sas = fit(t, s, NULL, 10, msp_km_options_default(MSP_CONVENTION_SAS));
    assert_near(msp_km_quantile(&r.curves[0], 0.5).estimate, (87 + 118) / 2., 0);
    assert_near(msp_km_quantile(&sas.curves[0], 0.5).estimate, NAN, 0);
    assert_near(msp_km_at(&r.curves[0], 120).survival, 0.5, 1e-15);
    assert_near(msp_km_at(&sas.curves[0], 120).survival, NAN, 0);
    assert_near(msp_km_at(&sas.curves[0], 118).survival, 0.5, 1e-15);
    assert_near(msp_km_at(&sas.curves[0], 120).at_risk, 0, 0);
    msp_km_free(&r);
    msp_km_free(&sas);

    /* a rest that ends: the middle, under both */
    const uint8_t all[] = {1, 1, 1, 1};
    const double four[] = {1, 2, 3, 4};
    for (int convention = MSP_CONVENTION_R; convention <= MSP_CONVENTION_SAS; convention++) {
        msp_km km = fit(four, all, NULL, 4, msp_km_options_default((msp_convention)convention));
        assert_near(msp_km_quantile(&km.curves[0], 0.5).estimate, 2.5, 0);
        assert_near(msp_km_at(&km.curves[0], 9).survival, 0, 0);
        msp_km_free(&km);
    }
}

static void values_at_given_times(void **state)
{
    (void)state;
    msp_km km = fit(weeks, relapse, NULL, N_WEEKS, msp_km_options_default(MSP_CONVENTION_R));
    const msp_km_curve *c = &km.curves[0];
    static const struct {
        double time, at_risk, events, censored, survival;
    } want[] = {
        {0, 21, 0, 0, 1},
        {6, 21, 3, 1, 18. / 21}, /* those with time >= 6 */
        {6.5, 17, 3, 1, 18. / 21},
        {10, 15, 5, 3, 18. / 21 * 16 / 17 * 14 / 15},
        {35, 1, 9, 12, 0.44817927170868344},
        {99, 0, 9, 12, 0.44817927170868344},
    };
    for (size_t i = 0; i < MSP_COUNT(want); i++) {
        msp_km_point p = msp_km_at(c, want[i].time);
        assert_near(p.at_risk, want[i].at_risk, 0);
        assert_near(p.events_by, want[i].events, 0);
        assert_near(p.censored_by, want[i].censored, 0);
        assert_near(p.survival, want[i].survival, 1e-14);
    }
    assert_near(msp_km_at(c, 0).lower, 1, 0);
    assert_near(msp_km_at(c, 0).std_error, 0, 0);
    msp_km_free(&km);
}

static void edges(void **state)
{
    (void)state;
    static const struct {
        double time[4];
        uint8_t event[4];
        size_t n;
        double median, last, std_error;
    } cases[] = {
        {{1, 2, 5, 9}, {1, 1, 0, 0}, 4, 5.5, 0.5, 0.25},      /* rests to the end */
        {{3, 3, 3, 3}, {1, 0, 1, 1}, 4, 3, 0.25, 0.21650635}, /* one tied time */
        {{3, 3, 3, 3}, {1, 1, 1, 1}, 4, 3, 0, NAN},           /* everyone at once */
        {{1, 2, 3, 4}, {0, 0, 0, 0}, 4, NAN, 1, 0},           /* all censored */
        {{7}, {1}, 1, 7, 0, NAN},
        {{7}, {0}, 1, NAN, 1, 0},
        {{0, 1}, {1, 0}, 2, 0.5, 0.5, 0.35355339}, /* an event at time 0 */
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_km km = fit(cases[i].time, cases[i].event, NULL, cases[i].n,
                        msp_km_options_default(MSP_CONVENTION_R));
        const msp_km_curve *c = &km.curves[0];
        assert_near(msp_km_quantile(c, 0.5).estimate, cases[i].median, 0);
        assert_near(c->survival[c->n - 1], cases[i].last, 1e-15);
        assert_near(c->std_error[c->n - 1], cases[i].std_error, 1e-7);
        assert_near(msp_km_quantile(c, 0).estimate, NAN, 0);
        assert_near(msp_km_quantile(c, 1).estimate, NAN, 0);
        msp_km_free(&km);
    }
}

/* The curve of follow-up is that of the flipped events. */
static void reverse_curve_follows_censoring(void **state)
{
    (void)state;
    uint8_t flipped[N_WEEKS];
    for (size_t i = 0; i < N_WEEKS; i++)
        flipped[i] = !relapse[i];
    msp_km_options options = msp_km_options_default(MSP_CONVENTION_R), reverse = options;
    reverse.reverse = true;
    msp_km a = fit(weeks, flipped, NULL, N_WEEKS, options);
    msp_km b = fit(weeks, relapse, NULL, N_WEEKS, reverse);
    assert_int_equal(b.curves[0].n_events, 12);
    for (size_t i = 0; i < a.curves[0].n; i++) {
        assert_near(b.curves[0].survival[i], a.curves[0].survival[i], 0);
        assert_near(b.curves[0].lower[i], a.curves[0].lower[i], 0);
        assert_near(b.curves[0].events[i], a.curves[0].events[i], 0);
    }
    assert_near(msp_km_quantile(&b.curves[0], 0.5).estimate,
                msp_km_quantile(&a.curves[0], 0.5).estimate, 0);
    msp_km_free(&a);
    msp_km_free(&b);
}

/* Groups fitted together are the groups fitted alone, in whatever order the rows come. */
static void groups_and_row_order(void **state)
{
    (void)state;
    enum { N = 400, GROUPS = 3 };
    double time[N], back[N];
    uint8_t event[N], back_event[N], keep[N];
    uint32_t group[N], back_group[N];
    for (uint32_t i = 0; i < N; i++) {
        msp_random r = msp_random_at(3, 0, i, 1);
        back[N - 1 - i] = time[i] = floor(40 * msp_random_uniform(&r));
        back_event[N - 1 - i] = event[i] = msp_random_uniform(&r) < 0.6;
        back_group[N - 1 - i] = group[i] = 2 * (msp_random_uniform(&r) < 0.5); /* 1 is empty */
    }
    msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_order order = sort(time, event, NULL, N), reversed = sort(back, back_event, NULL, N);
    msp_km together, other, alone;
    assert_int_equal(msp_km_fit(&order, group, GROUPS, &options, &together, NULL), MSP_OK);
    assert_int_equal(msp_km_fit(&reversed, back_group, GROUPS, &options, &other, NULL), MSP_OK);
    assert_int_equal(together.curves[1].n, 0);
    assert_near(msp_km_quantile(&together.curves[1], 0.5).estimate, NAN, 0);
    for (uint32_t g = 0; g < GROUPS; g += 2) {
        for (size_t i = 0; i < N; i++)
            keep[i] = group[i] == g;
        msp_order part;
        assert_int_equal(msp_order_subset(&part, &order, keep, NULL), MSP_OK);
        assert_int_equal(msp_km_fit(&part, NULL, 1, &options, &alone, NULL), MSP_OK);
        size_t n = alone.curves[0].n;
        assert_int_equal(together.curves[g].n, n);
        assert_memory_equal(together.curves[g].survival, alone.curves[0].survival, n * 8);
        assert_memory_equal(together.curves[g].lower, alone.curves[0].lower, n * 8);
        assert_memory_equal(together.curves[g].survival, other.curves[g].survival, n * 8);
        msp_km_free(&alone);
        msp_order_free(&part);
    }
    msp_error err;
    assert_int_equal(msp_km_fit(&order, group, 2, &options, &alone, &err), MSP_ERANGE);
    assert_string_equal(err.text, "group code is 2; expected 0 to 1");
    options.level = 1;
    assert_int_equal(msp_km_fit(&order, group, 3, &options, &alone, &err), MSP_ERANGE);
    assert_null(alone.block);
    msp_km_free(&together);
    msp_km_free(&other);
    msp_order_free(&order);
    msp_order_free(&reversed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curve_is_the_exact_fractions),
        cmocka_unit_test(limits_of_every_kind),
        cmocka_unit_test(patients_who_enter_late),
        cmocka_unit_test(conventions_differ_where_they_should),
        cmocka_unit_test(values_at_given_times),
        cmocka_unit_test(edges),
        cmocka_unit_test(reverse_curve_follows_censoring),
        cmocka_unit_test(groups_and_row_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
