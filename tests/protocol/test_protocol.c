/* The shipped protocols are clean, and say what they say. */
#include "near.h"

#include <string.h>

#include "mspike/protocol.h"

/* Reads a protocol that must have no finding of any severity. */
static void read_clean(const char *path, msp_protocol *out)
{
    msp_findings findings = {0};
    msp_error err = {0};
    const msp_status status = msp_protocol_read(path, out, &findings, &err);
    msp_text text = {0};
    if (status != MSP_OK)
        msp_error_render(&err, &text);
    msp_findings_render(&findings, &text);
    if (text.len > 0)
        print_error("%s", msp_text_str(&text));
    assert_int_equal(status, MSP_OK);
    assert_int_equal(findings.n, 0);
    msp_text_free(&text);
    msp_findings_free(&findings);
}

static void example_for_the_road(void **state)
{
    (void)state;
    msp_protocol p = {0};
    read_clean(project_file("examples/spike-1/protocol.yaml"), &p);
    assert_int_equal(p.version.value, 1);
    assert_int_equal(p.arms.n, 2);
    assert_string_equal(msp_arm_value(msp_protocol_arm(&p, "KRd")), "KRd");
    assert_string_equal(p.data.subjects.table.text, "ADSL");
    assert_string_equal(p.data.cutoff.text, "primary");
    assert_int_equal(msp_protocol_cutoff(&p, "primary")->date.value.earliest,
                     msp_day_from_civil(2022, 3, 31));

    const msp_population *safety = msp_protocol_population(&p, "Safety");
    assert_string_equal(safety->where.items[0].column, "SAFFL");
    assert_string_equal(safety->where.items[0].values.items[0].text, "Y");
    assert_string_equal(msp_population_arm(&p, safety), "TRT01A");
    assert_string_equal(msp_population_table(&p, safety), "ADSL");
    assert_string_equal(msp_population_arm(&p, msp_protocol_population(&p, "ITT")), "TRT01P");

    const msp_endpoint *pfs = msp_protocol_endpoint(&p, "PFS");
    assert_int_equal(pfs->kind.value, MSP_ENDPOINT_TIME_TO_EVENT);
    assert_int_equal(pfs->role.value, MSP_ROLE_PRIMARY);
    assert_int_equal(pfs->events.n, 2);
    assert_int_equal(pfs->events.items[1].value, MSP_EVENT_DEATH);
    assert_int_equal(pfs->from.unit.value, MSP_TIME_DAYS);
    assert_int_equal(pfs->unit.value, MSP_TIME_MONTHS);
    assert_string_equal(pfs->from.event_value.text, "0");

    const msp_analysis *a = msp_protocol_analysis(&p, "pfs-itt");
    assert_true(msp_was_said(a->test.at));
    assert_int_equal(a->test.kind.value, MSP_TEST_LOGRANK);
    assert_int_equal(a->test.strata.n, 2);
    assert_int_equal(a->test.sided.value, 1);
    assert_near(a->hazard_ratio.level.value, 0.95, 0);
    assert_int_equal(a->comparisons.n, 1);
    assert_string_equal(a->comparisons.items[0].control.text, "Rd");
    assert_int_equal(a->survival_at.times.n, 4);
    assert_near(a->survival_at.times.items[3].value, 24, 0);
    assert_int_equal(a->subgroups.n, 6);
    assert_false(msp_was_said(a->restricted_mean.at));
    assert_false(msp_was_said(a->convention.at));

    const msp_subgroup *age = msp_protocol_subgroup(&p, "age");
    assert_int_equal(age->cuts.n, 2);
    assert_near(age->cuts.items[1].value, 75, 0);
    assert_null(msp_protocol_arm(&p, "nobody"));
    msp_protocol_free(&p);
}

static void every_example_is_clean(void **state)
{
    (void)state;
    static const char *const files[] = {"examples/phuse.yaml",   "examples/spike-1/protocol.yaml",
                                        "protocols/aspire.yaml", "protocols/a061202.yaml",
                                        "protocols/ikema.yaml",  "protocols/krd-asct2.yaml"};
    for (size_t i = 0; i < MSP_COUNT(files); i++) {
        msp_protocol p = {0};
        read_clean(project_file(files[i]), &p);
        msp_protocol_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_for_the_road),
        cmocka_unit_test(every_example_is_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
