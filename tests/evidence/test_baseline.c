/* Absolute terms beside a named baseline: by hand, and which arm is taken. */
#include "near.h"

#include <math.h>
#include <string.h>

#include "mspike/evidence.h"

static const char file[] =
    "mspike: 1\n"
    "drugs: {a: {class: steroid}, b: {class: steroid}}\n"
    "regimens: {A: {drugs: [a]}, B: {drugs: [b]}}\n"
    "populations:\n"
    "  ITT: {all: yes}\n"
    "  wide: {label: wide}\n"
    "  narrow: {label: narrow, within: wide}\n"
    "endpoints: {PFS: {kind: time-to-event}}\n"
    "sources: {s: {text: a source}}\n"
    "trials:\n"
    "  T1:\n"
    "    design: randomised\n"
    "    patients: wide\n"
    "    arms: [B, A]\n"
    "    results:\n"
    "      R1:\n"
    "        population: narrow\n"
    "        endpoint: PFS\n"
    "        arms: {B: {n: 50, value: 9.0}, A: {n: 64, value: 6.0}}\n"
    "        effect: {estimate: 0.5, interval: [0.25, 1.0], level: 0.95}\n"
    "        source: s\n"
    "      R2:\n"
    "        population: ITT\n"
    "        endpoint: PFS\n"
    "        arms: {B: {n: 90, value: 9.0}, A: {n: 400, value: 8.0, interval: [7.0, 9.0], level: "
    "0.95}}\n"
    "        source: s\n"
    "  T2:\n"
    "    design: single-arm\n"
    "    patients: narrow\n"
    "    arms: [A]\n"
    "    results:\n"
    "      R3:\n"
    "        population: narrow\n"
    "        endpoint: PFS\n"
    "        time: 10\n"
    "        arms: {A: {n: 36, value: 25}}\n"
    "        source: s\n";

static void read_file(msp_evidence *e)
{
    msp_findings findings = {0};
    assert_int_equal(msp_evidence_parse(file, strlen(file), "here", e, &findings, NULL), MSP_OK);
    assert_int_equal(findings.n_errors, 0);
    msp_findings_free(&findings);
}

/* A rate has its interval from the patients, a bare median has none: T2's 25 % at 10 months wins
 * among those of exactly the population, though fewer patients are behind it. */
static void the_arm_that_says_most(void **state)
{
    (void)state;
    msp_evidence e;
    msp_baseline b;
    const msp_choice_query query = {.population = "narrow", .endpoint = "PFS"};
    read_file(&e);
    assert_true(msp_baseline_find(&e, &query, "A", NULL, &b));
    assert_string_equal(b.result->id, "R3");
    assert_false(b.no_interval);
    assert_near(b.log_hazard, log(log(4) / 10), 1e-12);
    /* se(S) = sqrt(0.25 * 0.75 / 36), over S |log S| */
    assert_near(b.std_error, sqrt(0.25 * 0.75 / 36) / (0.25 * log(4)), 1e-12);
    assert_true(msp_baseline_find(&e, &query, "A", "T1", &b));
    assert_string_equal(b.result->id, "R1");
    assert_true(b.no_interval);
    assert_near(b.std_error, 1.0 / 8, 1e-12);
    assert_near(b.log_hazard, log(log(2) / 6), 1e-12);
    /* the whole trial, for which nothing says that it may stand, is not of this population */
    assert_false(msp_baseline_find(&e, &query, "C", NULL, &b));
    const msp_choice_query wide = {.population = "wide", .endpoint = "PFS"};
    assert_true(msp_baseline_find(&e, &wide, "A", NULL, &b));
    assert_string_equal(b.result->id, "R2");
    assert_near(b.std_error, log(9.0 / 7) / (2 * 1.959963984540054), 1e-12);
    msp_evidence_free(&e);
}

/* Median 6 and a hazard ratio of 1/2: 12 months, and half of it at 12 months. */
static void beside_it(void **state)
{
    (void)state;
    const msp_baseline b = {.log_hazard = log(log(2) / 6), .std_error = 0.3};
    const double z = 1.959963984540054;
    msp_absolute x = msp_baseline_median(&b, log(0.5), 0.4, 0.95);
    assert_near(x.estimate, 12, 1e-12);
    assert_near(x.lower, 12 * exp(-z * 0.5), 1e-10); /* sqrt(0.3^2 + 0.4^2) */
    assert_near(x.upper, 12 * exp(z * 0.5), 1e-10);
    x = msp_baseline_survival(&b, log(0.5), 0.4, 0.95, 12);
    assert_near(x.estimate, 0.5, 1e-12);
    assert_near(x.lower, pow(0.5, exp(z * 0.5)), 1e-10);
    assert_near(x.upper, pow(0.5, exp(-z * 0.5)), 1e-10);
    x = msp_baseline_survival(&b, 0, 0, 0.95, 6);
    assert_near(x.estimate, 0.5, 1e-12);
}

/* The answer has a line for each treatment of the network, the baseline's first. */
static void in_the_answer(void **state)
{
    (void)state;
    msp_evidence e;
    msp_choice choice;
    msp_pooled pooled;
    msp_answer answer;
    const msp_answer_query query = {
        .choice = {.population = "narrow", .endpoint = "PFS", .measure = MSP_MEASURE_HR},
        .baseline = "T1"};
    read_file(&e);
    assert_int_equal(msp_choice_make(&e, &query.choice, &choice, NULL), MSP_OK);
    assert_int_equal(choice.n, 1);
    const msp_contrast_said c = {choice.items[0].study,     choice.items[0].first,
                                 choice.items[0].second,    choice.items[0].estimate,
                                 choice.items[0].std_error, 0};
    msp_pooling options = msp_pooling_default();
    assert_int_equal(msp_pooled_make(&c, 1, &options, &pooled, NULL), MSP_OK);
    assert_int_equal(msp_answer_make(&e, &choice, &pooled, &query, &answer, NULL), MSP_OK);
    assert_int_equal(answer.n_absolutes, 2);
    assert_string_equal(answer.absolutes[0].treatment, "A");
    assert_null(answer.absolutes[0].pair);
    assert_near(answer.absolutes[1].median.estimate, 12, 1e-9);
    assert_string_equal(answer.absolutes[1].printed.arm->value.text, "9.0");
    assert_int_equal(answer.statements[0].kind, MSP_STATEMENT_BRIEF);
    /* Neither has a word of harm. */
    assert_int_equal(answer.n_without_harm, 2);
    msp_answer_free(&answer);
    msp_pooled_free(&pooled);
    msp_choice_free(&choice);
    msp_evidence_free(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_arm_that_says_most),
        cmocka_unit_test(beside_it),
        cmocka_unit_test(in_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
