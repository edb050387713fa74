/* What measuring costs: the same digits on any number of threads, and what has to hold of them. */
#include "near.h"

#include <string.h>

#include "mspike/protocol.h"
#include "mspike/simulate.h"

static msp_virtual_cost cost(const msp_protocol *p, const msp_virtual_way *way, uint64_t seed,
                             size_t threads)
{
    msp_virtual_cost out;
    msp_error err = {0};
    assert_int_equal(
        msp_virtual_cost_of(p, way, seed, 12, threads, 1.959963984540054, NULL, &out, &err),
        MSP_OK);
    return out;
}

static void test_digest(void **state)
{
    const msp_virtual_way *ways;
    const msp_protocol *p = *state;
    assert_true(msp_virtual_ways(&ways) > 5);
    const msp_virtual_cost one = cost(p, &ways[0], 1, 1);
    for (size_t threads = 2; threads <= 7; threads += threads == 3 ? 4 : 1) {
        const msp_virtual_cost same = cost(p, &ways[0], 1, threads);
        assert_memory_equal(&same, &one, sizeof one);
    }
    assert_true(cost(p, &ways[0], 2, 1).digest != one.digest);
    assert_int_equal(one.trials, 12);
    assert_int_equal(one.patients, 12 * 302);
}

/* Longer intervals are later and see fewer events; the truth does not change with the way of
 * measuring; what is dated by the confirming visit is later by about a visit. */
static void test_ways(void **state)
{
    const msp_protocol *p = *state;
    static const msp_virtual_way four = {"", 28, 0, 0, MSP_CONFIRM_AS_RULED},
                                 twelve = {"", 84, 0, 0, MSP_CONFIRM_AS_RULED},
                                 second = {"", 28, 0, 0, MSP_CONFIRM_SECOND},
                                 once = {"", 28, 0, 0, MSP_CONFIRM_NOTHING};
    const msp_virtual_cost a = cost(p, &four, 1, 1), b = cost(p, &twelve, 1, 1);
    const msp_virtual_cost c = cost(p, &second, 1, 1), d = cost(p, &once, 1, 1);
    assert_true(a.true_events.sum == b.true_events.sum);
    assert_true(a.true_log_ratio.sum == c.true_log_ratio.sum);
    assert_true(b.events.sum < a.events.sum && a.events.sum < a.true_events.sum);
    const double later = msp_sim_mean(&b.delay) - msp_sim_mean(&a.delay);
    assert_true(later > 15 && later < 60); /* half of 56 days, and the confirming visit's share */
    const double confirmed = msp_sim_mean(&c.delay) - msp_sim_mean(&a.delay);
    assert_true(confirmed > 20 && confirmed < 40);
    assert_true(d.events.sum > a.events.sum && msp_sim_mean(&d.delay) < msp_sim_mean(&a.delay));
}

static int open_protocol(void **state)
{
    static msp_protocol protocol;
    msp_findings findings = {0};
    msp_error err = {0};
    *state = &protocol;
    const msp_status rc =
        msp_protocol_read(project_file("protocols/ikema.yaml"), &protocol, &findings, &err);
    msp_findings_free(&findings);
    return rc == MSP_OK ? 0 : 1;
}

static int close_protocol(void **state)
{
    msp_protocol_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digest), cmocka_unit_test(test_ways)};
    return cmocka_run_group_tests(tests, open_protocol, close_protocol);
}
