/* One result a trial: the networks that ../shared/golden/evidence pooled from the same prints, and
 * the rule on a file made for it. */
#include "near.h"

#include <string.h>

#include "mspike/evidence.h"
#include "mspike/table.h"

static void choose(const msp_evidence *e, const char *population, const char *endpoint,
                   bool no_proxies, msp_choice *out)
{
    const msp_choice_query query = {
        .population = population, .endpoint = endpoint, .no_proxies = no_proxies};
    assert_int_equal(msp_choice_make(e, &query, out, NULL), MSP_OK);
}

static void read_shipped(msp_evidence *e)
{
    msp_findings findings = {0};
    assert_int_equal(msp_evidence_read(project_file("evidence/rrmm.yaml"), e, &findings, NULL),
                     MSP_OK);
    assert_int_equal(findings.n, 0);
    msp_findings_free(&findings);
}

static const msp_chosen *find_pair(const msp_choice *c, const char *first, const char *second)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->items[i].first, first) == 0 && strcmp(c->items[i].second, second) == 0)
            return &c->items[i];
    return NULL;
}

static const char *text_at(const msp_table *table, const char *column, size_t row)
{
    const msp_column *c = msp_table_column(table, column);
    assert_non_null(c);
    return c->text[c->code[row]];
}

/* Every row of the network's input is chosen, with its estimate and standard error. */
static void holds_network(const msp_choice *c, const char *name)
{
    msp_table table = {0};
    char path[128];
    snprintf(path, sizeof path, "golden/evidence/%s/input.csv", name);
    assert_int_equal(msp_table_read(shared_file(path), NULL, &table, NULL), MSP_OK);
    for (size_t row = 0; row < table.n_rows; row++) {
        const char *first = text_at(&table, "treat1", row),
                   *second = text_at(&table, "treat2", row);
        const msp_chosen *one = find_pair(c, first, second);
        if (one == NULL)
            print_error("%s: %s to %s is not chosen\n", name, first, second);
        assert_non_null(one);
        assert_near(one->estimate, msp_table_column(&table, "TE")->number[row], 1e-12);
        assert_near(one->std_error, msp_table_column(&table, "seTE")->number[row], 1e-12);
        assert_true(strstr(text_at(&table, "id", row), one->result->id) != NULL);
    }
    msp_table_free(&table);
}

static void networks_of_the_published_results(void **state)
{
    (void)state;
    require_shared("golden/evidence/rrmm_lenref_pfs_V_plus_dreamm8/input.csv");
    msp_evidence e;
    msp_choice c;
    read_shipped(&e);
    choose(&e, "len-refractory", "PFS", false, &c);
    holds_network(&c, "rrmm_lenref_pfs_V_plus_dreamm8");
    holds_network(&c, "rrmm_lenref_pfs_P");
    msp_choice_free(&c);
    choose(&e, "ITT", "PFS", false, &c);
    holds_network(&c, "rrmm_itt_pfs_V");
    holds_network(&c, "rrmm_itt_pfs_P");
    holds_network(&c, "rrmm_itt_pfs_R");
    msp_choice_free(&c);
    choose(&e, "ITT", "OS", false, &c);
    holds_network(&c, "rrmm_itt_os_V");
    holds_network(&c, "rrmm_itt_os_P");
    holds_network(&c, "rrmm_itt_os_R");
    msp_choice_free(&c);
    msp_evidence_free(&e);
}

static const char *why_left_out(const msp_choice *c, const char *id)
{
    for (size_t i = 0; i < c->n_left_out; i++)
        if (strcmp(c->left_out[i].result->id, id) == 0)
            return c->left_out[i].why;
    return NULL;
}

static void never_two_of_one_trial(void **state)
{
    (void)state;
    msp_evidence e;
    msp_choice c;
    read_shipped(&e);
    choose(&e, "len-refractory", "PFS", false, &c);
    assert_string_equal(find_pair(&c, "IsaPd", "Pd")->study, "ICARIA (Mohyuddin-2021)");
    assert_int_equal(find_pair(&c, "IsaPd", "Pd")->how, MSP_CHOSEN_LINK);
    assert_string_equal(find_pair(&c, "DKd", "Vd")->study, "ENDEAVOR x CANDOR (Mohyuddin-2021)");
    assert_int_equal(find_pair(&c, "BPd", "PVd")->how, MSP_CHOSEN_PROXY);
    assert_int_equal(find_pair(&c, "IxaPd", "Pd")->how, MSP_CHOSEN_PART);
    assert_string_equal(why_left_out(&c, "R151"), "a trial in it has a result of its own");
    assert_string_equal(why_left_out(&c, "R120"), "a later analysis of the trial is there");
    assert_null(find_pair(&c, "IsaPd", "dex"));
    for (size_t i = 0; i < c.n; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(c.items[i].trial->design.value == MSP_EVIDENCE_SYNTHESIS ||
                        c.items[i].trial != c.items[k].trial);
    msp_choice_free(&c);
    choose(&e, "len-refractory", "PFS", true, &c);
    assert_null(find_pair(&c, "BPd", "PVd"));
    assert_string_equal(why_left_out(&c, "R115"), "it only stands for the population");
    msp_choice_free(&c);
    choose(&e, "ITT", "OS", false, &c);
    assert_string_equal(why_left_out(&c, "T10"),
                        "its estimate and its interval contradict each other");
    msp_choice_free(&c);
    msp_evidence_free(&e);
}

#define HEAD                                                                           \
    "regimens: {A: {drugs: [a]}, B: {drugs: [a]}, C: {drugs: [a]}, D: {drugs: [a]}}\n" \
    "drugs: {a: {class: other}}\n"                                                     \
    "populations: {all: {all: yes}, big: {}, small: {within: big}}\n"                  \
    "endpoints: {PFS: {kind: time-to-event}}\n"                                        \
    "sources: {s: a source}\n"                                                         \
    "trials:\n"                                                                        \
    "  T:\n    design: randomised\n    arms: [A, B]\n    patients: big\n    results:\n"
#define RESULT(name, rest) "      " name ": {population: all, endpoint: PFS, source: s, " rest "}\n"
#define GOOD               "effect: {estimate: 0.50, interval: [0.25, 1.00], level: 0.95}"

/* Of the results the one that is chosen for `big`. */
static void chooses(const char *text, const char *wanted)
{
    msp_evidence e;
    msp_findings findings = {0};
    msp_choice c;
    assert_int_equal(msp_evidence_parse(text, strlen(text), "x.yaml", &e, &findings, NULL), MSP_OK);
    msp_text all = {0};
    msp_findings_render(&findings, &all);
    if (all.len > 0)
        print_error("%s", msp_text_str(&all));
    assert_int_equal(findings.n_errors, 0);
    choose(&e, "big", "PFS", false, &c);
    assert_int_equal(c.n, wanted != NULL ? 1 : 0);
    if (wanted != NULL)
        assert_string_equal(c.items[0].result->id, wanted);
    msp_choice_free(&c);
    msp_text_free(&all);
    msp_findings_free(&findings);
    msp_evidence_free(&e);
}

static void the_rule(void **state)
{
    (void)state;
    chooses(HEAD RESULT("a", GOOD ", follow_up: 10") RESULT("b", GOOD ", follow_up: 20"), "b");
    chooses(HEAD RESULT("a", GOOD ", stage: final") RESULT("b", GOOD ", stage: interim"), "a");
    chooses(HEAD RESULT("a", GOOD ", follow_up: 30, weighted: yes")
                RESULT("b", GOOD ", follow_up: 20"),
            "b");
    chooses(HEAD RESULT("a", GOOD ", assessor: independent")
                RESULT("b", GOOD ", assessor: investigator, follow_up: 20"),
            "a");
    chooses(HEAD RESULT("a", "effect: {estimate: 0.5, p: 0.01}") RESULT("b", GOOD), "b");
    chooses(HEAD RESULT("a", "effect: {estimate: 0.5, p: <0.01}"), NULL);
    chooses(HEAD RESULT("a", "effect: {estimate: 0.50, interval: [0.25, 2.00]}"), NULL);
    chooses(HEAD "      a: {population: small, endpoint: PFS, source: s, follow_up: 50, " GOOD
                 "}\n" RESULT("b", GOOD ", follow_up: 20"),
            "b");
    chooses(HEAD RESULT("a", GOOD) RESULT("b", GOOD), "a");
}

/* ASPIRE: 345 of 396 against 264 of 396 (87.1 and 66.7 %), odds ratio by hand. */
static void rates_from_their_counts(void **state)
{
    (void)state;
    msp_evidence e;
    msp_choice c;
    read_shipped(&e);
    msp_choice_query query = {.population = "ITT", .endpoint = "ORR", .measure = MSP_MEASURE_OR};
    assert_int_equal(msp_choice_make(&e, &query, &c, NULL), MSP_OK);
    const msp_chosen *one = find_pair(&c, "KRd", "Rd");
    assert_non_null(one);
    assert_near(one->estimate, log(345.0 * 132 / (51 * 264)), 1e-14);
    assert_near(one->std_error, sqrt(1 / 345.0 + 1 / 51.0 + 1 / 264.0 + 1 / 132.0), 1e-14);
    assert_null(find_pair(&c, "DRd", "Rd")); /* no count prints as 92.9 % of 286 */
    msp_choice_free(&c);
    query.measure = MSP_MEASURE_RD;
    assert_int_equal(msp_choice_make(&e, &query, &c, NULL), MSP_OK);
    one = find_pair(&c, "KRd", "Rd");
    assert_near(one->estimate, (345.0 - 264) / 396, 1e-14);
    msp_choice_free(&c);
    query.measure = MSP_MEASURE_RR;
    assert_int_equal(msp_choice_make(&e, &query, &c, NULL), MSP_OK);
    one = find_pair(&c, "KRd", "Rd");
    assert_near(one->estimate, log(345.0 / 264), 1e-14);
    assert_near(one->std_error, sqrt(1 / 345.0 - 1 / 396.0 + 1 / 264.0 - 1 / 396.0), 1e-14);
    msp_choice_free(&c);
    msp_evidence_free(&e);
}

static void names_that_are_not_there(void **state)
{
    (void)state;
    msp_evidence e;
    msp_choice c;
    msp_error err;
    read_shipped(&e);
    const msp_choice_query query = {.population = "len-refractoy", .endpoint = "PFS"};
    assert_int_equal(msp_choice_make(&e, &query, &c, &err), MSP_EINPUT);
    assert_string_equal(err.hint, "did you mean \"len-refractory\"?");
    msp_evidence_free(&e);
}

/* A risk difference is printed in points of a percentage; counts give the proportion: one scale. */
static void risk_differences_are_of_one_scale(void **state)
{
    (void)state;
    static const char file[] = "mspike: 1\n"
                               "drugs: {a: {class: steroid}, b: {class: steroid}}\n"
                               "regimens: {A: {drugs: [a]}, B: {drugs: [b]}}\n"
                               "populations: {all: {all: yes}}\n"
                               "endpoints: {ORR: {kind: rate, better: higher}}\n"
                               "sources: {s: {text: a source}}\n"
                               "trials:\n"
                               "  T1:\n"
                               "    design: randomised\n"
                               "    arms: [B, A]\n"
                               "    results:\n"
                               "      R1: {population: all, endpoint: ORR, source: s, effect: "
                               "{measure: RD, estimate: 34.0, "
                               "interval: [24.2, 43.8], level: 0.95}}\n"
                               "  T2:\n"
                               "    design: randomised\n"
                               "    arms: [B, A]\n"
                               "    results:\n"
                               "      R2: {population: all, endpoint: ORR, source: s, arms: {B: "
                               "{n: 100, count: 50}, A: {n: "
                               "100, count: 20}}}\n";
    msp_evidence e;
    msp_findings findings = {0};
    msp_choice c;
    assert_int_equal(msp_evidence_parse(file, strlen(file), "here", &e, &findings, NULL), MSP_OK);
    assert_int_equal(findings.n_errors, 0);
    const msp_choice_query query = {
        .population = "all", .endpoint = "ORR", .measure = MSP_MEASURE_RD};
    assert_int_equal(msp_choice_make(&e, &query, &c, NULL), MSP_OK);
    assert_int_equal(c.n, 2);
    assert_near(c.items[0].estimate, 0.34, 1e-12);
    assert_near(c.items[0].std_error, 0.098 / 1.959963984540054, 1e-12);
    assert_near(c.items[1].estimate, 0.3, 1e-12);
    msp_choice_free(&c);
    msp_evidence_free(&e);
    msp_findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(risk_differences_are_of_one_scale),
        cmocka_unit_test(networks_of_the_published_results),
        cmocka_unit_test(never_two_of_one_trial),
        cmocka_unit_test(the_rule),
        cmocka_unit_test(rates_from_their_counts),
        cmocka_unit_test(names_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
