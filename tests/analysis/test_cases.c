/* test_cases - what figures of patients are drawn from, on the hand-made patients of
 * tests/data/sdtm. T-02: serum 3.0 g/dL on 2024-01-30, 2.0 on 03-01, 1.9 on 03-03, first dose
 * 2024-02-01; new lesions on 2024-08-01; next therapy 08-20; death of myeloma 09-10. */
#include <string.h>

#include "mspike/analysis.h"
#include "near.h"

#define MONTH 30.4375

static const msp_case *find(const msp_cases *cases, const char *id)
{
    for (size_t i = 0; i < cases->n; i++)
        if (strcmp(cases->items[i].id, id) == 0)
            return &cases->items[i];
    fail_msg("no patient %s", id);
    return NULL;
}

static void by_hand(void **state)
{
    (void)state;
    static const char text[] = "mspike: 1\ntrial: {title: T}\n"
                               "data: {subjects: {table: DM, id: USUBJID, arm: STUDYID}}\n";
    msp_protocol protocol;
    msp_cases cases;
    msp_findings findings = {0};
    msp_error err = {0};
    assert_int_equal(msp_protocol_parse(text, strlen(text), "t.yaml", &protocol, &findings, &err),
                     MSP_OK);
    if (msp_cases_make(&protocol, project_file("tests/data/sdtm"), &cases, &findings, &err) !=
        MSP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(cases.n, 2); /* of T-03 and T-04 nothing was measured */
    const msp_case *c = find(&cases, "T-02");
    assert_string_equal(c->arm, "T");
    assert_string_equal(c->disease, "serum");
    assert_string_equal(c->marker, "serum");
    assert_int_equal(c->best, MSP_LEVEL_SD);
    assert_near(c->change, 100 * (1.9 - 3.0) / 3.0, 1e-12);
    assert_true(isnan(c->response));
    assert_near(c->progression, 182 / MONTH, 1e-12);
    assert_near(c->next_therapy, 201 / MONTH, 1e-12);
    assert_near(c->death, 222 / MONTH, 1e-12);
    assert_near(c->last, 222 / MONTH, 1e-12);
    assert_int_equal(c->n_visits, 4);
    assert_string_equal(c->visits[3].level, "PD");
    assert_non_null(strstr(c->visits[3].why, "new"));
    assert_int_equal(c->n_series, 2);
    assert_string_equal(c->series[0].name, "serum M-protein");
    assert_near(c->series[0].baseline, 3.0, 0);
    assert_int_equal(c->series[0].n, 3);
    assert_near(c->series[0].values[0].time, -2 / MONTH, 1e-12);
    assert_near(c->series[0].values[2].value, 1.9, 1e-15);
    assert_near(c->series[0].values[2].lowest, 2.0, 0);
    assert_near(c->series[0].values[2].progression, 2.5, 0); /* 25 %, and 0.5 g/dL */
    assert_true(isnan(c->series[0].values[0].progression));
    assert_string_equal(c->series[1].abbreviation, "SPD");
    assert_near(c->series[1].baseline, 11.2, 1e-15);
    assert_near(c->series[1].values[1].progression, 11.2 * 1.5, 1e-12); /* 50 % */
    assert_int_equal(c->baseline, msp_day_from_civil(2024, 2, 1));
    msp_cases_free(&cases);
    msp_protocol_free(&protocol);
    msp_findings_free(&findings);
}

static void nothing_there_is_no_fault(void **state)
{
    (void)state;
    static const char text[] = "mspike: 1\ntrial: {title: T}\n";
    msp_protocol protocol;
    msp_cases cases;
    msp_findings findings = {0};
    msp_error err = {0};
    assert_int_equal(msp_protocol_parse(text, strlen(text), "t.yaml", &protocol, &findings, &err),
                     MSP_OK);
    assert_int_equal(
        msp_cases_make(&protocol, project_file("examples/spike-1"), &cases, &findings, &err),
        MSP_OK);
    assert_int_equal(cases.n, 0);
    msp_cases_free(&cases);
    msp_protocol_free(&protocol);
    msp_findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(nothing_there_is_no_fault)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
