/* Every protocol's virtual trial by its tables and in memory; with MSPIKE_SOAK set, twenty of each.
 */
#include "road.h"

#include <stdlib.h>

static size_t follow(const char *path, uint64_t trials)
{
    msp_protocol protocol;
    msp_findings findings = {0};
    msp_arena arena = {0};
    msp_virtual_plan plan;
    msp_virtual_watch watch;
    msp_error err = {0};
    size_t crossed = 0;
    assert_int_equal(msp_protocol_read(project_file(path), &protocol, &findings, &err), MSP_OK);
    assert_int_equal(msp_virtual_plan_make(&protocol, 0, &arena, &plan, &err), MSP_OK);
    assert_int_equal(msp_virtual_watch_init(&watch, &plan, NULL, &err), MSP_OK);
    for (uint64_t seed = 1; seed <= trials; seed++) {
        road r;
        road_take(&plan, seed, &r);
        crossed += road_compare(&watch, seed, &r);
        road_leave(&r);
    }
    msp_virtual_watch_free(&watch);
    msp_arena_free(&arena);
    msp_protocol_free(&protocol);
    msp_findings_free(&findings);
    return crossed;
}

static void test_protocols(void **state)
{
    (void)state;
    const uint64_t trials = getenv("MSPIKE_SOAK") != NULL ? 20 : 1;
    assert_int_equal(follow("protocols/krd-asct2.yaml", trials), 0);
    assert_true(follow("protocols/a061202.yaml", trials) > 10);
    if (trials == 1)
        return;
    assert_int_equal(follow("protocols/ikema.yaml", trials), 0);
    assert_int_equal(follow("protocols/aspire.yaml", trials), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_protocols)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
