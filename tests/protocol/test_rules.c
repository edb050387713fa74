/* test_rules - the switches of the rules, by default and set by name. */
#include <stdio.h>
#include <string.h>

#include "mspike/protocol.h"
#include "near.h"

static void defaults_are_those_of_the_form(void **state)
{
    (void)state;
    msp_arena arena = {0};
    msp_rules rules;
    assert_int_equal(msp_rules_default(&arena, &rules, NULL), MSP_OK);
    assert_int_equal(rules.baseline_window_days.value, 28);
    assert_int_equal(rules.serum_measurable_gdl.value.coefficient, 10);
    assert_string_equal(rules.flc_ratio_range.text, "0.26-1.65");
    assert_int_equal(rules.nadir.value, 0);
    assert_false(msp_was_said(rules.nadir.at));
    assert_true(rules.relapse_cr_confirm.value);
    msp_arena_free(&arena);
}

static void one_is_set_and_the_others_stay(void **state)
{
    (void)state;
    msp_arena arena = {0};
    msp_rules rules;
    assert_int_equal(msp_rules_default(&arena, &rules, NULL), MSP_OK);
    assert_int_equal(msp_rules_set(&rules, "nadir", "lowest_confirmed", &arena, NULL), MSP_OK);
    assert_int_equal(msp_rules_set(&rules, "mr_flc", "on", &arena, NULL), MSP_OK);
    assert_int_equal(rules.nadir.value, 1);
    assert_true(msp_was_said(rules.nadir.at));
    assert_true(rules.mr_flc.value);
    assert_int_equal(rules.baseline_window_days.value, 28);
    msp_arena_free(&arena);
}

static void what_is_no_rule_is_said_so(void **state)
{
    (void)state;
    msp_arena arena = {0};
    msp_rules rules;
    msp_error err = {0};
    assert_int_equal(msp_rules_default(&arena, &rules, NULL), MSP_OK);
    assert_int_equal(msp_rules_set(&rules, "nadri", "lowest", &arena, &err), MSP_EUSAGE);
    assert_non_null(strstr(err.hint, "did you mean \"nadir\"?"));
    assert_int_equal(msp_rules_set(&rules, "nadir", "lowst", &arena, &err), MSP_EUSAGE);
    assert_non_null(strstr(err.text, "nadir is \"lowst\""));
    assert_non_null(strstr(err.hint, "lowest"));
    assert_int_equal(rules.nadir.value, 0);
    msp_arena_free(&arena);
}

/* `safety: {ctcae: ...}` is the rule too, but for version 3. */
static void the_version_of_safety_is_a_rule(void **state)
{
    (void)state;
    static const struct {
        const char *said;
        int value; /* index among 5, 4, 6 */
        bool grades;
        size_t errors;
    } cases[] = {{"", 0, true, 0},
                 {"safety: {ctcae: 4}\n", 1, true, 0},
                 {"safety: {ctcae: 5}\n", 0, true, 0},
                 {"safety: {ctcae: 6}\n", 2, true, 0},
                 {"safety: {ctcae: 3}\n", 0, false, 0},
                 {"safety: {ctcae: 4}\nrules: {ctcae: 4}\n", 1, true, 0},
                 {"safety: {ctcae: 4}\nrules: {ctcae: 5}\n", 0, true, 1}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_protocol protocol;
        msp_findings findings = {0};
        char text[256];
        snprintf(text, sizeof text, "mspike: 1\ntrial: {title: T}\narms: {A: {}}\n%s",
                 cases[i].said);
        assert_int_equal(
            msp_protocol_parse(text, strlen(text), "p.yaml", &protocol, &findings, NULL), MSP_OK);
        assert_int_equal(protocol.rules.ctcae.value, cases[i].value);
        assert_int_equal(msp_protocol_grades_labs(&protocol), cases[i].grades);
        assert_int_equal(findings.n_errors, cases[i].errors);
        msp_findings_free(&findings);
        msp_protocol_free(&protocol);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_version_of_safety_is_a_rule),
                                       cmocka_unit_test(defaults_are_those_of_the_form),
                                       cmocka_unit_test(one_is_set_and_the_others_stay),
                                       cmocka_unit_test(what_is_no_rule_is_said_so)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
