/* Many trials: the same for any number of threads; stopped cleanly; right on average. */
#include "near.h"

#include <string.h>

#include "mspike/simulate.h"
#include "mspike/stats.h"

static const double zero[] = {0}, one[] = {1}, hazard[] = {0.05};

/* The null: 120 patients 1:1, looks at 40, 60, 80 events; O'Brien-Fleming-like bounds. */
static msp_sim_plan three_looks(void)
{
    return (msp_sim_plan){
        .n = 120,
        .enrolment = {{1, zero, one}, 12},
        .block = 4,
        .block_experimental = 2,
        .arm = {{{1, zero, hazard}, 1, 0}, {{1, zero, hazard}, 1, 0}},
        .n_looks = 3,
        .events = {40, 60, 80},
        .upper = {1.9, 1.8, 1.7},
        .lower = {-0.5, 0, 1.7},
        .sided = 1,
    };
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    const msp_sim_plan plan = three_looks();
    static const size_t threads[] = {1, 2, 3, 7};
    msp_sim_result r[4];
    memset(r, 0, sizeof r);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(msp_sim_run(&plan, 5, 3001, 0, threads[i], NULL, &r[i], NULL), MSP_OK);
        assert_int_equal(r[i].trials, 3001);
        assert_int_equal(r[i].digest, r[0].digest);
        assert_memory_equal(&r[i].time, &r[0].time, sizeof r[i].time);
        assert_memory_equal(r[i].look, r[0].look, sizeof r[i].look);
    }
    msp_sim_result other;
    assert_int_equal(msp_sim_run(&plan, 6, 3001, 0, 2, NULL, &other, NULL), MSP_OK);
    assert_int_not_equal(other.digest, r[0].digest);
    assert_int_equal(msp_sim_run(&plan, 5, 3000, 0, 2, NULL, &other, NULL), MSP_OK);
    assert_int_not_equal(other.digest, r[0].digest);
}

/* P(stop) at each look by numerical integration; within 4.5 standard errors. */
static void stops_as_often_as_integration_says(void **state)
{
    (void)state;
    const msp_sim_plan plan = three_looks();
    const uint64_t n = getenv("MSPIKE_SOAK") != NULL ? 1000000 : 40000;
    const double information[] = {0.5, 0.75, 1};
    double above[3], below[3];
    msp_sim_result r;
    assert_int_equal(msp_sim_run(&plan, 1, n, 0, 0, NULL, &r, NULL), MSP_OK);
    assert_int_equal(
        msp_sequential_cross(3, information, plan.lower, plan.upper, 0, below, above, NULL),
        MSP_OK);
    for (size_t k = 0; k < 3; k++) {
        const double p = (double)r.look[k].efficacy / (double)n;
        const double q = (double)r.look[k].futility / (double)n;
        assert_true(fabs(p - above[k]) < 4.5 * sqrt(above[k] / (double)n));
        assert_true(k == 2 || fabs(q - below[k]) < 4.5 * sqrt(below[k] / (double)n));
    }
    assert_int_equal(r.look[2].futility, 0);
}

static bool stop_at_once(void *context, const char *what, uint64_t done, uint64_t total)
{
    (void)context, (void)what, (void)total;
    return done == 0;
}

static void stops_with_what_is_done(void **state)
{
    (void)state;
    const msp_sim_plan plan = three_looks();
    const msp_progress progress = {stop_at_once, NULL};
    msp_sim_result part, whole;
    msp_error err;
    assert_int_equal(msp_sim_run(&plan, 1, 1000000, 0, 2, &progress, &part, &err),
                     MSP_EINTERRUPTED);
    assert_in_range(part.trials, 1, 999999);
    assert_int_equal(msp_sim_run(&plan, 1, part.trials, 0, 3, NULL, &whole, &err), MSP_OK);
    assert_int_equal(part.digest, whole.digest);
}

/* Proportional hazards: the 95 % interval holds the ratio in about 95 of 100 fixed designs. */
static void intervals_cover(void **state)
{
    (void)state;
    static const double better[] = {0.03};
    msp_sim_plan plan = three_looks();
    msp_sim_result r;
    plan.n_looks = 1;
    plan.events[0] = 80;
    plan.arm[0].hazard.rate = better;
    plan.estimates = true;
    assert_int_equal(msp_sim_run(&plan, 1, 5000, log(0.6), 0, NULL, &r, NULL), MSP_OK);
    assert_int_equal(r.log_ratio.n, 5000);
    assert_in_range(r.covered, 4680, 4820);
    assert_true(fabs(msp_sim_mean(&r.log_ratio) - log(0.6)) < 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(stops_as_often_as_integration_says),
        cmocka_unit_test(stops_with_what_is_done),
        cmocka_unit_test(intervals_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
