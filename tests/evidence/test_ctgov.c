/* Registry records: one made for the test, and real ones of ../shared/evidence/ctgov. */
#include "near.h"

#include <string.h>

#include "mspike/evidence.h"

/* Converts the record and reads what came out, which must have no fault. */
static void convert(const char *path, msp_evidence *out, msp_findings *notes)
{
    msp_text yaml = {0};
    msp_error err = {0};
    msp_findings findings = {0};
    const msp_status status = msp_ctgov_convert(path, &yaml, notes, &err);
    if (status != MSP_OK)
        print_error("%s\n", err.text);
    assert_int_equal(status, MSP_OK);
    assert_int_equal(
        msp_evidence_parse(msp_text_str(&yaml), yaml.len, "record", out, &findings, &err), MSP_OK);
    msp_text text = {0};
    msp_findings_render(&findings, &text);
    if (text.len > 0)
        print_error("%s%s", msp_text_str(&text), msp_text_str(&yaml));
    assert_int_equal(findings.n, 0);
    msp_text_free(&text);
    msp_text_free(&yaml);
    msp_findings_free(&findings);
}

static bool noted(const msp_findings *notes, const char *part)
{
    for (size_t i = 0; i < notes->n; i++)
        if (strstr(notes->items[i].text, part) != NULL)
            return true;
    return false;
}

static void the_made_up_record(void **state)
{
    (void)state;
    msp_evidence e;
    msp_findings notes = {0};
    convert(project_file("tests/data/evidence/record.json"), &e, &notes);
    const msp_evidence_trial *t = msp_evidence_find_trial(&e, "NCT99999999");
    assert_non_null(t);
    assert_string_equal(t->label.text, "MADE-UP");
    assert_string_equal(t->phase.text, "1/2");
    assert_true(t->open_label.value);
    assert_int_equal(t->design.value, MSP_EVIDENCE_RANDOMISED);
    assert_int_equal(t->enrolled.value, 40);
    assert_string_equal(t->arms.items[0].text, "Triplet \"new\""); /* the experimental one */
    assert_near(t->eligibility.age_max.value, 70, 0);
    assert_string_equal(msp_evidence_find_regimen(&e, "Doublet")->drugs.items[1].text, "Steroid");

    /* Groups are matched to arms by title, the ratio's direction by its comment. */
    const msp_evidence_result *r = msp_evidence_find_result(&e, "NCT99999999-o1-1-1-1", NULL);
    assert_non_null(r);
    const msp_evidence_arm *doublet = msp_evidence_find_arm(r, "Doublet");
    assert_int_equal(doublet->n.value, 19);
    assert_string_equal(doublet->value.text, "19.15");
    assert_string_equal(doublet->interval.items[1].text, "NR");
    assert_string_equal(msp_evidence_find_arm(r, "Triplet \"new\"")->value.text, "NR");
    const char *first, *second;
    msp_evidence_compared(t, r, &first, &second);
    assert_string_equal(first, "Triplet \"new\"");
    assert_string_equal(second, "Doublet");
    const msp_printed_effect effect = msp_evidence_effect_of(t, r);
    assert_near(effect.level, 0.9685, 1e-15);
    assert_int_equal(effect.p_sides, 1);
    assert_near(effect.p.value, 0.0007, 0);
    r = msp_evidence_find_result(&e, "NCT99999999-o1-1-1-2", NULL);
    assert_int_equal(msp_evidence_effect_of(t, r).bound, MSP_BOUND_UPPER_ONE_SIDED);
    assert_true(noted(&notes, "nothing says which arm o1-1-1-2"));

    /* Times in days are not taken for months. */
    assert_null(msp_evidence_find_result(&e, "NCT99999999-o2-1-1-1", NULL));
    assert_true(noted(&notes, "are in days"));

    /* 15 of 21 against 8 of 19 is a ratio of odds of 3.4, so it is the triplet's to the doublet's.
     */
    r = msp_evidence_find_result(&e, "NCT99999999-o3-1-1-1", NULL);
    assert_int_equal(msp_evidence_find_arm(r, "Doublet")->count.value, 8);
    msp_evidence_compared(t, r, &first, &second);
    assert_string_equal(first, "Triplet \"new\"");
    assert_int_equal(r->effect.measure.value, MSP_MEASURE_OR);

    r = msp_evidence_find_result(&e, "NCT99999999-flow", NULL);
    assert_int_equal(msp_evidence_find_arm(r, "Doublet")->count.value, 15);
    r = msp_evidence_find_result(&e, "NCT99999999-flow-left1", NULL);
    assert_int_equal(msp_evidence_find_arm(r, "Doublet")->count.value, 4);
    assert_true(msp_evidence_find_endpoint(&e, r->endpoint.text)->harm.value);
    /* The second period: of those who started it. */
    r = msp_evidence_find_result(&e, "NCT99999999-flow2", NULL);
    assert_int_equal(r->arms.n, 1);
    assert_int_equal(msp_evidence_find_arm(r, "Doublet")->n.value, 15);
    assert_int_equal(msp_evidence_find_arm(r, "Doublet")->count.value, 12);
    assert_string_equal(r->population.text, "assessed");
    assert_string_equal(msp_evidence_find_endpoint(&e, r->endpoint.text)->label.text,
                        "Completed: Follow-up");
    r = msp_evidence_find_result(&e, "NCT99999999-flow2-m2", NULL);
    assert_int_equal(msp_evidence_find_arm(r, "Doublet")->count.value, 7);
    r = msp_evidence_find_result(&e, "NCT99999999-serious", NULL);
    assert_int_equal(msp_evidence_find_arm(r, "Doublet")->count.value, 9);
    r = msp_evidence_find_result(&e, "NCT99999999-serious1", NULL);
    assert_true(msp_evidence_find_endpoint(&e, r->endpoint.text)->harm.value);
    assert_null(msp_evidence_find_result(&e, "NCT99999999-serious2", NULL));
    assert_true(noted(&notes, "1 terms of adverse events"));
    msp_evidence_free(&e);
    msp_findings_free(&notes);
}

static void real_records(void **state)
{
    (void)state;
    static const struct {
        const char *file, *nct;
        size_t results, with_estimate;
        double level;
    } records[] = {
        {"evidence/ctgov/NCT02552212.json", "NCT02552212", 67, 12, 0.95},
        {"evidence/ctgov/NCT02210780.json", "NCT02210780", 29, 7, 0.90},
        {"evidence/ctgov/NCT00763412.json", "NCT00763412", 18, 0, 0},
        {"evidence/ctgov/NCT05594173.json", "NCT05594173", 8, 0, 0},
        {"evidence/ctgov/NCT03630471.json", "NCT03630471", 0, 0, 0},
    };
    require_shared("evidence/ctgov/NCT02552212.json");
    for (size_t i = 0; i < MSP_COUNT(records); i++) {
        msp_evidence e;
        msp_findings notes = {0};
        convert(shared_file(records[i].file), &e, &notes);
        const msp_evidence_trial *t = msp_evidence_find_trial(&e, records[i].nct);
        assert_non_null(t);
        assert_int_equal(t->results.n, records[i].results);
        size_t n = 0;
        for (size_t k = 0; k < t->results.n; k++)
            if (msp_was_said(t->results.items[k].effect.estimate.at)) {
                n++;
                assert_near(t->results.items[k].effect.level.value, records[i].level, 0);
            }
        assert_int_equal(n, records[i].with_estimate);
        msp_evidence_free(&e);
        msp_findings_free(&notes);
    }
}

/* NCT02552212: the odds ratio 15.231 (7.336-31.623) is that of certolizumab to placebo. */
static void a_real_odds_ratio(void **state)
{
    (void)state;
    require_shared("evidence/ctgov/NCT02552212.json");
    msp_evidence e;
    msp_findings notes = {0};
    const msp_evidence_trial *t;
    const char *first, *second;
    convert(shared_file("evidence/ctgov/NCT02552212.json"), &e, &notes);
    const msp_evidence_result *r = msp_evidence_find_result(&e, "NCT02552212-o1-1-1-1", &t);
    msp_evidence_compared(t, r, &first, &second);
    assert_string_equal(first, "Certolizumab Pegol 200 mg Q2W");
    assert_string_equal(second, "Placebo");
    assert_string_equal(r->effect.interval.items[1].text, "31.623");
    assert_string_equal(r->effect.p.text, "<0.001");
    assert_int_equal(msp_evidence_find_arm(r, "Placebo")->n.value, 158);
    msp_evidence_free(&e);
    msp_findings_free(&notes);
}

static void refuses(const char *text, msp_status wanted, const char *part)
{
    msp_text out = {0};
    msp_findings notes = {0};
    msp_error err = {0};
    assert_int_equal(msp_ctgov_convert_text(text, strlen(text), "x", &out, &notes, &err), wanted);
    assert_non_null(strstr(err.text, part));
    assert_int_equal(out.len, 0);
    msp_findings_free(&notes);
    msp_text_free(&out);
}

static void what_is_no_record(void **state)
{
    (void)state;
    refuses("<?xml version=\"1.0\"?><clinical_study>NCT01642004</clinical_study>", MSP_EUNSUPPORTED,
            "former XML");
    refuses("{\"FullStudiesResponse\": {}}", MSP_EUNSUPPORTED, "version 1");
    refuses("{\"protocolSection\": {}}", MSP_EINPUT, "NCT number");
    refuses("[1, 2]", MSP_EINPUT, "no record");
    refuses("{", MSP_EINPUT, "no JSON");
    refuses("", MSP_EINPUT, "no JSON");
    assert_true(msp_ctgov_is_record("<clinical_study>", 16));
    assert_true(msp_ctgov_is_record(" {\"protocolSection\": 1}", 23));
    assert_false(msp_ctgov_is_record("mspike: 1\n", 10));
}

/* A record in a few lines: two groups of one name, an arm listed twice, nothing where a title is.
 */
static void what_is_said_twice(void **state)
{
    (void)state;
    static const char json[] =
        "{\"protocolSection\": {\"identificationModule\": {\"nctId\": \"NCT00000001\", "
        "\"briefTitle\": \"\"}, \"designModule\": {\"designInfo\": {\"allocation\": "
        "\"RANDOMIZED\"}}, \"armsInterventionsModule\": {\"armGroups\": [{\"label\": \"1 "
        "Placebo\"}, {\"label\": \"2. lenalidomide\", \"type\": \"EXPERIMENTAL\"}, {\"label\": "
        "\"1 Placebo\"}]}}, \"resultsSection\": {\"outcomeMeasuresModule\": "
        "{\"outcomeMeasures\": [{\"title\": \"\", \"paramType\": \"NUMBER\", "
        "\"unitOfMeasure\": \"percentage of participants\", \"groups\": [{\"id\": \"OG000\", "
        "\"title\": \"Lenalidomide\"}, {\"id\": \"OG001\", \"title\": \"Placebo (FAS)\"}, "
        "{\"id\": \"OG002\", \"title\": \"Placebo (SS)\"}], \"classes\": [{\"categories\": "
        "[{\"measurements\": [{\"groupId\": \"OG000\", \"value\": \"40\"}, {\"groupId\": "
        "\"OG001\", \"value\": \"20\"}, {\"groupId\": \"OG002\", \"value\": \"21\"}]}]}]}]}}}";
    msp_text yaml = {0};
    msp_findings notes = {0}, findings = {0};
    msp_evidence e;
    assert_int_equal(msp_ctgov_convert_text(json, strlen(json), "here", &yaml, &notes, NULL),
                     MSP_OK);
    assert_int_equal(
        msp_evidence_parse(msp_text_str(&yaml), yaml.len, "record", &e, &findings, NULL), MSP_OK);
    assert_int_equal(findings.n, 0);
    const msp_evidence_trial *t = msp_evidence_find_trial(&e, "NCT00000001");
    assert_non_null(t);
    assert_int_equal(t->arms.n, 2); /* the number of a list is no part of a name */
    assert_int_equal(t->results.n, 1);
    const msp_evidence_result *r = &t->results.items[0];
    assert_int_equal(r->arms.n, 2);
    assert_string_equal(msp_evidence_find_arm(r, "2. lenalidomide")->value.text, "40");
    assert_string_equal(msp_evidence_find_arm(r, "1 Placebo")->value.text, "20");
    assert_true(noted(&notes, "two groups of one table go by the name \"1 Placebo\""));
    msp_evidence_free(&e);
    msp_findings_free(&notes);
    msp_findings_free(&findings);
    msp_text_free(&yaml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_twice), cmocka_unit_test(the_made_up_record),
        cmocka_unit_test(real_records),       cmocka_unit_test(a_real_odds_ratio),
        cmocka_unit_test(what_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
