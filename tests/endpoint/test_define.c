/* test_define.c - what a protocol says of endpoints and censoring. */
#include "near.h"

#include <string.h>

#include "mspike/base/text.h"
#include "mspike/endpoint.h"

/* A protocol of these lines after the least that one needs. */
static void parse(const char *lines, msp_protocol *out)
{
    msp_text text = {0};
    msp_text_add(&text, "mspike: 1\n"
                        "trial: {title: T, randomised: no}\n"
                        "arms: {A: {label: A}}\n");
    msp_text_add(&text, lines);
    msp_findings findings = {0};
    msp_error err;
    if (msp_protocol_parse(text.data, text.len, "p.yaml", out, &findings, &err) != MSP_OK)
        fail_msg("%s", err.text);
    msp_findings_free(&findings);
    msp_text_free(&text);
}

static msp_tte_rules rules_of(const char *lines)
{
    msp_protocol protocol;
    parse(lines, &protocol);
    const msp_rules said = msp_protocol_rules(&protocol, NULL);
    const msp_tte_rules rules = msp_tte_rules_of(&said);
    msp_protocol_free(&protocol);
    return rules;
}

static void defaults_are_those_of_the_fda(void **state)
{
    (void)state;
    const msp_tte_rules got = rules_of(""), want = msp_tte_rules_fda();
    assert_int_equal(got.new_therapy, want.new_therapy);
    assert_int_equal(got.missed_visits, want.missed_visits);
    assert_int_equal(got.interval_days, want.interval_days);
    assert_int_equal(got.window_days, want.window_days);
    assert_int_equal(got.baseline_needed, want.baseline_needed);
    assert_int_equal(got.origin, MSP_ORIGIN_RANDOMIZATION);
    assert_true(got.third_line_for_second_progression);
    assert_false(got.dor_death_censors || got.ttnt_death_counts || got.time_to_response_in_all ||
                 got.admiralonco);
    assert_int_equal(got.efs_events, 0);
}

static void each_switch_is_read(void **state)
{
    (void)state;
    const msp_tte_rules ema = rules_of("rules: {pfs_rules: ema}\n");
    assert_int_equal(ema.new_therapy, MSP_NEW_THERAPY_IGNORE);
    assert_int_equal(ema.missed_visits, 0);
    assert_false(ema.baseline_needed);

    const msp_tte_rules said = rules_of("rules: {pfs_rules: ema, new_therapy: event, "
                                        "missed_visits: 3}\n");
    assert_int_equal(said.new_therapy, MSP_NEW_THERAPY_EVENT);
    assert_int_equal(said.missed_visits, 3);
    assert_int_equal(rules_of("rules: {new_therapy: ignore}\n").new_therapy,
                     MSP_NEW_THERAPY_IGNORE);
    assert_int_equal(rules_of("rules: {origin: first_dose}\n").origin, MSP_ORIGIN_FIRST_DOSE);
    assert_int_equal(rules_of("rules: {origin: consent}\n").origin, MSP_ORIGIN_CONSENT);
    assert_int_equal(rules_of("rules: {assess_interval_days: 42}\n").interval_days, 42);
    assert_int_equal(rules_of("rules: {assess_window_days: 3}\n").window_days, 3);
    assert_true(rules_of("rules: {dor_death: censor}\n").dor_death_censors);
    assert_true(rules_of("rules: {ttnt_death: event}\n").ttnt_death_counts);
    assert_false(rules_of("rules: {pfs2_proxy: none}\n").third_line_for_second_progression);
    assert_true(rules_of("rules: {ttr_all: on}\n").time_to_response_in_all);
    assert_true(rules_of("rules: {profile: admiralonco}\n").admiralonco);
    assert_int_equal(rules_of("rules: {efs_events: [next-therapy, adverse-event]}\n").efs_events,
                     MSP_EVENT_BIT(MSP_EVENT_NEXT_THERAPY) |
                         MSP_EVENT_BIT(MSP_EVENT_ADVERSE_EVENT));
}

static void endpoints_of_a_protocol(void **state)
{
    (void)state;
    msp_protocol protocol;
    parse("endpoints:\n"
          "  PFS-X: {label: PFS from crossover, origin: crossover, events: [progression, death]}\n"
          "  2nd-time-to-therapy: {events: next-therapy, origin: transplant}\n"
          "  response: {events: response}\n"
          "  nothing: {label: N}\n",
          &protocol);
    char code[MSP_PARAMCD_MAX];
    msp_tte_definition definition;
    msp_error err;
    const msp_endpoint *endpoint = msp_protocol_endpoint(&protocol, "PFS-X");
    assert_int_equal(msp_tte_define(endpoint, code, &definition, &err), MSP_OK);
    assert_string_equal(code, "PFSX");
    assert_string_equal(definition.param, "PFS from crossover");
    assert_int_equal(definition.origin, MSP_ORIGIN_CROSSOVER);
    assert_int_equal(definition.followed_by, MSP_FOLLOWED_BY_ASSESSMENT);
    assert_int_equal(definition.events,
                     MSP_EVENT_BIT(MSP_EVENT_PROGRESSION) | MSP_EVENT_BIT(MSP_EVENT_DEATH));

    endpoint = msp_protocol_endpoint(&protocol, "2nd-time-to-therapy");
    assert_int_equal(msp_tte_define(endpoint, code, &definition, &err), MSP_OK);
    assert_string_equal(code, "NDTIMETO"); /* 8 characters, a letter first */
    assert_int_equal(definition.followed_by, MSP_FOLLOWED_BY_CONTACT);
    endpoint = msp_protocol_endpoint(&protocol, "response");
    assert_int_equal(msp_tte_define(endpoint, code, &definition, &err), MSP_OK);
    assert_int_equal(definition.followed_by, MSP_FOLLOWED_TO_RESPONSE);
    assert_int_equal(definition.level, MSP_LEVEL_PR);

    endpoint = msp_protocol_endpoint(&protocol, "nothing");
    assert_int_equal(msp_tte_define(endpoint, code, &definition, &err), MSP_EINPUT);
    assert_string_equal(err.text, "endpoint \"nothing\" names no events");
    assert_int_equal(err.at.line, 8);
    msp_protocol_free(&protocol);
}

/* The endpoints of the trials as files can all be derived. */
static void endpoints_of_the_shipped_protocols(void **state)
{
    (void)state;
    static const char *const files[] = {"protocols/aspire.yaml", "protocols/ikema.yaml",
                                        "protocols/a061202.yaml", "protocols/krd-asct2.yaml"};
    size_t n = 0;
    for (size_t i = 0; i < MSP_COUNT(files); i++) {
        msp_protocol protocol;
        msp_findings findings = {0};
        msp_error err;
        if (msp_protocol_read(project_file(files[i]), &protocol, &findings, &err) != MSP_OK)
            fail_msg("%s", err.text);
        for (size_t k = 0; k < protocol.endpoints.n; k++) {
            const msp_endpoint *endpoint = &protocol.endpoints.items[k];
            char code[MSP_PARAMCD_MAX];
            msp_tte_definition definition;
            if (endpoint->kind.value != MSP_ENDPOINT_TIME_TO_EVENT)
                continue;
            if (msp_tte_define(endpoint, code, &definition, &err) != MSP_OK)
                fail_msg("%s: %s", files[i], err.text);
            assert_true(strlen(code) >= 2);
            n++;
        }
        msp_findings_free(&findings);
        msp_protocol_free(&protocol);
    }
    assert_true(n >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_fda),
        cmocka_unit_test(each_switch_is_read),
        cmocka_unit_test(endpoints_of_a_protocol),
        cmocka_unit_test(endpoints_of_the_shipped_protocols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
