/* test_asked.c - what a protocol's endpoints ask for: codes, changed standard endpoints, rates. */
#include "near.h"

#include <string.h>

#include "mspike/endpoint.h"
#include "mspike/protocol/protocol.h"

typedef struct scene {
    msp_protocol protocol;
    msp_findings findings;
    msp_arena arena;
    msp_asked asked;
    msp_error err;
} scene;

static msp_status ask(const char *yaml, scene *s)
{
    memset(s, 0, sizeof *s);
    char text[4096];
    snprintf(text, sizeof text, "mspike: 1\ntrial: {title: T}\narms: {A: {}}\n%s", yaml);
    if (msp_protocol_parse(text, strlen(text), "p.yaml", &s->protocol, &s->findings, &s->err) !=
        MSP_OK)
        fail_msg("%s", s->err.text);
    return msp_asked_of(&s->protocol, &s->protocol.rules, &s->arena, &s->asked, &s->err);
}

static void done(scene *s)
{
    msp_arena_free(&s->arena);
    msp_protocol_free(&s->protocol);
    msp_findings_free(&s->findings);
}

static const msp_time_asked *time_of(const scene *s, const char *code)
{
    for (size_t i = 0; i < s->asked.n_times; i++)
        if (strcmp(s->asked.times[i].definition.paramcd, code) == 0)
            return &s->asked.times[i];
    fail_msg("no time %s", code);
    return NULL;
}

static void times_of_a_protocol(void **state)
{
    (void)state;
    const msp_tte_definition *standard;
    const size_t n = msp_tte_definitions(&standard);
    scene s;
    assert_int_equal(
        ask("endpoints:\n"
            "  PFS: {events: [progression, death], from: {where: {PARAMCD: PFSD}}}\n"
            "  DOR: {origin: response, events: progression, rules: {dor_death: censor}}\n"
            "  PFS-X: {origin: crossover, events: [progression, death]}\n"
            "  to-CR: {origin: transplant, events: response, from: {where: {PARAMCD: TCR}}}\n"
            "  elsewhere: {events: death, from: {table: ADX}}\n"
            "  read: {from: {where: {PARAMCD: QQ}}}\n",
            &s),
        MSP_OK);
    assert_int_equal(s.asked.n_times, n + 2); /* PFSX, TCR */
    assert_ptr_equal(time_of(&s, "PFS")->endpoint, msp_protocol_endpoint(&s.protocol, "PFS"));
    assert_null(time_of(&s, "OS")->endpoint);
    const msp_time_asked *dor = time_of(&s, "DOR");
    assert_int_equal(dor->definition.events, MSP_EVENT_BIT(MSP_EVENT_PROGRESSION));
    assert_int_equal(dor->definition.origin, MSP_ORIGIN_RESPONSE);
    assert_true(dor->rules.dor_death_censors);
    assert_false(time_of(&s, "DOCR")->rules.dor_death_censors); /* the trial's rule, not DOR's */
    assert_int_equal(time_of(&s, "PFSX")->definition.origin, MSP_ORIGIN_CROSSOVER);
    assert_int_equal(time_of(&s, "TCR")->definition.origin, MSP_ORIGIN_TRANSPLANT);
    done(&s);
    assert_int_equal(ask("endpoints:\n"
                         "  A-1: {events: death}\n"
                         "  A1: {events: progression}\n",
                         &s),
                     MSP_EINPUT);
    assert_string_equal(s.err.text, "\"A-1\" and \"A1\" are different times with one PARAMCD, A1");
    assert_int_equal(s.err.at.line, 6);
    done(&s);
    assert_int_equal(ask("endpoints:\n"
                         "  A-1: {events: death}\n"
                         "  A1: {events: death}\n",
                         &s),
                     MSP_OK);
    assert_int_equal(s.asked.n_times, n + 1);
    done(&s);
}

static void rates_of_a_protocol(void **state)
{
    (void)state;
    scene s;
    assert_int_equal(
        ask("regimens: {K: {cycle: 28 days, cycles: 6}}\n"
            "visits: {apheresis: {phase: induction, cycles: 6, day: 28, window: 7 days,\n"
            "  assess: stem-cell-harvest}}\n"
            "phases: {induction: {kind: induction, regimen: K}, asct: {kind: transplant}}\n"
            "rules: {mrd_requires: VGPR}\n"
            "endpoints:\n"
            "  CR-KRd6: {kind: response, level: CR, assessed: {phase: induction, cycle: 6}}\n"
            "  CR-ASCT: {kind: response, level: CR, assessed: {phase: asct, within: 60 days}}\n"
            "  CRRSP: {kind: response, level: CR}\n"
            "  MRD-6: {kind: mrd, limit: 1e-6}\n"
            "  MRD-CR: {kind: mrd, level: CR}\n"
            "  harvest: {kind: threshold, measure: cd34-cells, above: 4}\n"
            "  usual: {kind: threshold, measure: cd34-cells}\n"
            "  cells: {kind: threshold, measure: cd34-cells, above: 3500000, unit: /kg}\n"
            "  after-six: {kind: threshold, measure: cd34-cells,\n"
            "              assessed: {phase: induction, cycle: 6}}\n"
            "  creatinine: {kind: threshold, measure: creatinine, above: 4}\n",
            &s),
        MSP_OK);
    static const char *const codes[] = {"CRKRD",   "CRASCT", "CRRSP", "MRD",   "MRDCR",
                                        "HARVEST", "USUAL",  "CELLS", "AFTERS"};
    assert_int_equal(s.asked.n_rates, MSP_COUNT(codes));
    for (size_t i = 0; i < MSP_COUNT(codes); i++)
        assert_memory_equal(s.asked.rates[i].paramcd, codes[i], strlen(codes[i]));
    assert_string_equal(s.asked.rates[0].paramcd, "CRKRD6");
    assert_int_equal(s.asked.rates[0].period.kind, MSP_PERIOD_OF_TREATMENT);
    assert_int_equal(s.asked.rates[0].period.days, 168);
    assert_int_equal(s.asked.rates[1].period.kind, MSP_PERIOD_AFTER_TRANSPLANT);
    assert_false(s.asked.rates[1].standard);
    assert_true(s.asked.rates[2].standard);
    assert_string_equal(s.asked.rates[3].paramcd, "MRD6");
    assert_int_equal(msp_decimal_cmp(s.asked.rates[3].limit, (msp_decimal){1, 0}), 0);
    assert_int_equal(s.asked.rates[3].level, MSP_LEVEL_VGPR);
    assert_true(s.asked.rates[4].standard); /* MRDCR is what it asks for */
    assert_int_equal(msp_decimal_cmp(s.asked.rates[5].above, (msp_decimal){4, 0}), 0);
    assert_int_equal(msp_decimal_cmp(s.asked.rates[6].above, (msp_decimal){2, 0}), 0);
    assert_int_equal(s.asked.rates[6].period.kind, MSP_PERIOD_EVER);
    assert_int_equal(msp_decimal_cmp(s.asked.rates[7].above, (msp_decimal){35, 1}), 0);
    assert_int_equal(s.asked.rates[8].period.kind, MSP_PERIOD_OF_TREATMENT);
    assert_int_equal(s.asked.rates[8].period.days, 175); /* and the window of the collection */
    done(&s);
}

static void codes_that_mean_another_thing(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *says;
    } all[] = {
        {"endpoints: {CRRSP: {kind: response, level: VGPR}}\n",
         "endpoint \"CRRSP\" would have the PARAMCD of another parameter, CRRSP"},
        {"endpoints: {CRRSP: {kind: response, level: CR, assessed: 1 years}}\n",
         "endpoint \"CRRSP\" would have the PARAMCD of another parameter, CRRSP"},
        {"endpoints: {PD: {kind: response, level: SD}}\n",
         "endpoint \"PD\" would have the PARAMCD of another parameter, PD"},
        {"endpoints: {CR-in-year-1: {kind: response, level: CR, assessed: 1 years},\n"
         "  CR-in-year-2: {kind: response, level: CR, assessed: 2 years}}\n",
         "endpoints \"CR-in-year-1\" and \"CR-in-year-2\" would have one PARAMCD, CRINYEA"},
        {"endpoints: {harvest: {kind: threshold, measure: cd34-cells, at_least: 2}}\n",
         "a harvest of stem cells counts above a number, and \"harvest\" says another bound"},
        {"endpoints: {harvest: {kind: threshold, measure: cd34-cells, above: 2, unit: 10^9/L}}\n",
         "\"10^9/L\" is no unit of a harvest of stem cells"},
    };
    for (size_t i = 0; i < MSP_COUNT(all); i++) {
        scene s;
        assert_int_not_equal(ask(all[i].yaml, &s), MSP_OK);
        assert_string_equal(s.err.text, all[i].says);
        assert_true(s.err.at.line >= 4);
        done(&s);
    }
    scene s; /* read from where it says it stands */
    assert_int_equal(ask("endpoints: {CBOR: {kind: response, level: PR, from: {where: {PARAMCD: "
                         "CBOR}, values: [PR]}}}\n",
                         &s),
                     MSP_OK);
    assert_true(s.asked.rates[0].standard);
    done(&s);
}

/* Day 0 is 2020-01-01; SD on day 28, CR on day 168, PR on 200, CR on 260. */
static void answers_of_a_patient(void **state)
{
    (void)state;
    const msp_day day0 = msp_day_from_civil(2020, 1, 1);
    const msp_seen seen[] = {
        {day0 + 28, MSP_LEVEL_SD, MSP_LEVEL_SD, false, {"LB", "LBORRES", 1}},
        {day0 + 168, MSP_LEVEL_CR, MSP_LEVEL_CR, false, {"LB", "LBORRES", 2}},
        {day0 + 200, MSP_LEVEL_PR, MSP_LEVEL_PR, false, {"LB", "LBORRES", 3}},
        {day0 + 260, MSP_LEVEL_CR, MSP_LEVEL_CR, false, {"LB", "LBORRES", 4}},
    };
    msp_timeline timeline = msp_timeline_none();
    timeline.seen = seen;
    timeline.n_seen = MSP_COUNT(seen);
    timeline.first_dose.day = day0;
    msp_rate_asked asked = {.level = MSP_LEVEL_CR,
                            .period = {MSP_PERIOD_OF_TREATMENT, 168},
                            .rules = msp_tte_rules_fda()};
    msp_rate_answer answer;
    msp_error err;
    assert_int_equal(msp_rate_of(&asked, &timeline, &answer, &err), MSP_OK);
    assert_true(answer.counts);
    assert_int_equal(answer.yes, MSP_YES);
    assert_int_equal(answer.when.day, day0 + 168);
    assert_int_equal(answer.when.from.seq, 2);
    asked.period.days = 167;
    assert_int_equal(msp_rate_of(&asked, &timeline, &answer, &err), MSP_OK);
    assert_int_equal(answer.yes, MSP_NO);
    asked.period = (msp_period){MSP_PERIOD_AFTER_TRANSPLANT, 60};
    assert_int_equal(msp_rate_of(&asked, &timeline, &answer, &err), MSP_OK);
    assert_false(answer.counts);          /* no transplant: no part of this rate */
    timeline.transplant.day = day0 + 168; /* a response on that day is not one after it */
    assert_int_equal(msp_rate_of(&asked, &timeline, &answer, &err), MSP_OK);
    assert_int_equal(answer.yes, MSP_NO);
    timeline.transplant.day = day0 + 200;
    assert_int_equal(msp_rate_of(&asked, &timeline, &answer, &err), MSP_OK);
    assert_int_equal(answer.when.day, day0 + 260);
    timeline.cutoff = day0 + 259;
    assert_int_equal(msp_rate_of(&asked, &timeline, &answer, &err), MSP_OK);
    assert_int_equal(answer.yes, MSP_NO);
    asked.period = (msp_period){MSP_PERIOD_EVER, 0};
    asked.rules.origin = MSP_ORIGIN_CROSSOVER;
    assert_int_equal(msp_rate_of(&asked, &timeline, &answer, &err), MSP_OK);
    assert_false(answer.counts); /* did not cross over */
}

/* 79 days of cycles of 28 end with the third; of 21 days for two cycles and 28 then, with day 98.
 */
static void to_the_end_of_a_cycle(void **state)
{
    (void)state;
    scene s;
    assert_int_equal(ask("regimens: {K: {cycle: 28 days}, V: {cycle: [{cycles: 1-2, length: 3 "
                         "weeks}, {cycles: 3-, length: 28 days}]}, N: {cycle: [{cycles: 1, length: "
                         "28 days}]}}\n",
                         &s),
                     MSP_OK);
    const msp_regimen *k = msp_protocol_regimen(&s.protocol, "K"),
                      *v = msp_protocol_regimen(&s.protocol, "V"),
                      *n = msp_protocol_regimen(&s.protocol, "N");
    assert_int_equal(msp_period_to_cycle_end(k, 79), 84);
    assert_int_equal(msp_period_to_cycle_end(k, 84), 84);
    assert_int_equal(msp_period_to_cycle_end(k, 85), 112);
    assert_int_equal(msp_period_to_cycle_end(v, 79), 98);
    assert_int_equal(msp_period_to_cycle_end(n, 29), -1); /* no second cycle */
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_the_end_of_a_cycle), cmocka_unit_test(times_of_a_protocol),
        cmocka_unit_test(rates_of_a_protocol),   cmocka_unit_test(codes_that_mean_another_thing),
        cmocka_unit_test(answers_of_a_patient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
