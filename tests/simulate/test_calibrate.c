/* Calibration: parameters that give known figures are found; the four trials give their targets. */
#include "near.h"

#include <string.h>

#include "mspike/protocol.h"
#include "mspike/simulate.h"

static void read_plan(const char *path, msp_protocol *protocol, msp_arena *arena,
                      msp_virtual_plan *plan)
{
    msp_findings findings = {0};
    msp_error err = {0};
    assert_int_equal(msp_protocol_read(path, protocol, &findings, &err), MSP_OK);
    assert_int_equal(findings.n_errors, 0);
    assert_int_equal(msp_virtual_plan_make(protocol, 0, arena, plan, &err), MSP_OK);
    msp_findings_free(&findings);
}

static bool is_fraction(const msp_virtual_target *t)
{
    return t->figure.value != MSP_FIGURE_PFS_MEDIAN && t->figure.value != MSP_FIGURE_HAZARD_RATIO;
}

/* What 2000 patients of an arm give is within five standard errors of what was published: 0.056 of
 * a fraction of a half, about 15 % of a median or a ratio. */
static void hold_to_targets(const char *path)
{
    msp_protocol protocol;
    msp_arena arena = {0};
    msp_virtual_plan plan;
    msp_virtual_crowd crowd = {0};
    msp_error err = {0};
    read_plan(path, &protocol, &arena, &plan);
    assert_int_equal(
        msp_virtual_crowd_follow(&plan, 11, 2000, (1u << plan.n_arms) - 1, 1, &crowd, &err),
        MSP_OK);
    for (size_t a = 0; a < msp_virtual_n_courses(&plan); a++) {
        size_t n;
        const msp_virtual_target *targets = msp_virtual_targets(&plan, a, &n);
        for (size_t i = 0; i < n; i++) {
            const msp_virtual_target *t = &targets[i];
            double x;
            assert_int_equal(msp_virtual_figure_of(&crowd, a, t, &x, &err), MSP_OK);
            if (is_fraction(t))
                assert_true(fabs(x - t->value.value) < 0.056);
            else
                assert_near(x, t->value.value, 0.15);
        }
    }
    msp_virtual_crowd_free(&crowd);
    msp_arena_free(&arena);
    msp_protocol_free(&protocol);
}

static void test_trials(void **state)
{
    (void)state;
    static const char *const trials[] = {"protocols/ikema.yaml", "protocols/aspire.yaml",
                                         "protocols/a061202.yaml", "protocols/krd-asct2.yaml"};
    for (size_t i = 0; i < MSP_COUNT(trials); i++)
        hold_to_targets(project_file(trials[i]));
}

/* Wrong parameters of Pd's arm and of the crossover from it: the search comes back to its targets,
 * on one thread or two. */
static void test_search(void **state)
{
    (void)state;
    msp_protocol protocol;
    msp_arena arena = {0};
    msp_virtual_plan plan, again;
    msp_error err = {0};
    double worst, as_before;
    read_plan(project_file("protocols/a061202.yaml"), &protocol, &arena, &plan);
    plan.arm[plan.control].growth.location += 0.7;
    plan.arm[plan.control].resistant.location -= 1;
    plan.arm[plan.crossover.to].growth.location -= 0.5;
    plan.arm[plan.crossover.to].resistant.location += 1;
    again = plan;
    assert_int_equal(msp_virtual_calibrate(&plan, 1, 600, 1, NULL, &worst, &err), MSP_OK);
    assert_true(worst < 0.06);
    assert_int_equal(msp_virtual_calibrate(&again, 1, 600, 2, NULL, &as_before, &err), MSP_OK);
    assert_true(worst == as_before);
    for (size_t i = 0; i < msp_virtual_n_courses(&plan); i++)
        assert_memory_equal(&plan.arm[i].growth, &again.arm[i].growth, sizeof plan.arm[i].growth);
    msp_arena_free(&arena);
    msp_protocol_free(&protocol);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_trials),
                                       cmocka_unit_test(test_search)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
