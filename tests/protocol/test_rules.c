/* test_rules - the switches of the rules, by default and set by name. */
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

/* A rule that nothing follows misleads. */
static void what_is_not_followed_is_refused(void **state)
{
    (void)state;
    static const char text[] = "mspike: 1\ntrial: {title: T}\narms: {A: {}}\n"
                               "rules: {ctcae: 5}\n"
                               "endpoints: {OS: {events: death, rules: {ctcae: 4}}}\n";
    msp_arena arena = {0};
    msp_rules rules;
    msp_error err = {0};
    msp_protocol protocol;
    msp_findings findings = {0};
    assert_int_equal(msp_rules_default(&arena, &rules, NULL), MSP_OK);
    assert_int_equal(msp_rules_set(&rules, "ctcae", "4", &arena, &err), MSP_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "the rule ctcae is not followed: "));
    assert_int_equal(msp_protocol_parse(text, strlen(text), "p.yaml", &protocol, &findings, &err),
                     MSP_OK);
    size_t n = 0;
    for (size_t i = 0; i < findings.n; i++)
        n += strstr(findings.items[i].text, "the rule ctcae is not followed") != NULL;
    assert_int_equal(n, 2);
    msp_findings_free(&findings);
    msp_protocol_free(&protocol);
    msp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_not_followed_is_refused),
                                       cmocka_unit_test(defaults_are_those_of_the_form),
                                       cmocka_unit_test(one_is_set_and_the_others_stay),
                                       cmocka_unit_test(what_is_no_rule_is_said_so)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
