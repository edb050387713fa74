/* test_tidy - results as laboratories write them, and patients from a table of visits. */
#include <string.h>

#include "mspike/base.h"
#include "mspike/patient.h"
#include "near.h"

/* -- results -- */

static void results(void **state)
{
    (void)state;
    static const struct {
        msp_marker marker;
        const char *text;
        msp_lab_result_kind kind;
        int64_t coefficient;
        int scale;
        unsigned flags;
    } all[] = {
        {MSP_MARKER_SERUM_M, "3.20", MSP_RESULT_VALUE, 320, 2, 0},
        {MSP_MARKER_SERUM_M, " 3.2 ", MSP_RESULT_VALUE, 32, 1, 0},
        {MSP_MARKER_SERUM_M, "<0.1", MSP_RESULT_VALUE, 0, 0, MSP_MEASURED_BELOW},
        {MSP_MARKER_URINE_M, "Not detected", MSP_RESULT_VALUE, 0, 0, MSP_MEASURED_BELOW},
        {MSP_MARKER_SERUM_M, "too small to quantify", MSP_RESULT_VALUE, 0, 0, MSP_MEASURED_BELOW},
        {MSP_MARKER_KAPPA, "< 0.6", MSP_RESULT_VALUE, 6, 1, MSP_MEASURED_BELOW},
        {MSP_MARKER_KAPPA, ">=5000", MSP_RESULT_VALUE, 5000, 0,
         MSP_MEASURED_ABOVE | MSP_MEASURED_OR_EQUAL},
        {MSP_MARKER_IFE_SERUM, "NEG", MSP_RESULT_VALUE, 0, 0, 0},
        {MSP_MARKER_IFE_SERUM, "Positive", MSP_RESULT_VALUE, 1, 0, 0},
        {MSP_MARKER_BONE, "0", MSP_RESULT_VALUE, 0, 0, 0},
        {MSP_MARKER_SERUM_M, "", MSP_RESULT_NOTHING, 0, 0, 0},
        {MSP_MARKER_SERUM_M, "Not Done", MSP_RESULT_NOTHING, 0, 0, 0},
        {MSP_MARKER_SERUM_M, "1,4", MSP_RESULT_UNREADABLE, 0, 0, 0},
        {MSP_MARKER_SERUM_M, "1.4 g", MSP_RESULT_UNREADABLE, 0, 0, 0},
        {MSP_MARKER_IFE_SERUM, "perhaps", MSP_RESULT_UNREADABLE, 0, 0, 0},
    };
    for (size_t i = 0; i < MSP_COUNT(all); i++) {
        const msp_lab_result got = msp_lab_result_read(all[i].marker, all[i].text, false);
        if (got.kind != all[i].kind || got.value.coefficient != all[i].coefficient ||
            got.value.scale != all[i].scale || got.flags != all[i].flags)
            fail_msg("\"%s\"", all[i].text);
    }
    const msp_lab_result comma = msp_lab_result_read(MSP_MARKER_SERUM_M, "1,4", true);
    assert_int_equal(comma.value.coefficient, 14);
    assert_int_equal(comma.value.scale, 1);
}

static void isotypes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        msp_heavy_chain heavy;
        char light;
    } all[] = {
        {"IgGk", MSP_HEAVY_IGG, 'k'},      {"IgA lambda", MSP_HEAVY_IGA, 'l'},
        {"LCl", MSP_HEAVY_LIGHT, 'l'},     {"kappa light chain", MSP_HEAVY_LIGHT, 'k'},
        {"IGM KAPPA", MSP_HEAVY_IGM, 'k'}, {"IgD", MSP_HEAVY_IGD, 0},
        {"", MSP_HEAVY_UNKNOWN, 0},        {"IgGl", MSP_HEAVY_IGG, 'l'},
    };
    for (size_t i = 0; i < MSP_COUNT(all); i++) {
        msp_heavy_chain heavy;
        char light;
        msp_isotype_read(all[i].text, &heavy, &light);
        if (heavy != all[i].heavy || light != all[i].light)
            fail_msg("\"%s\"", all[i].text);
    }
}

/* -- tables -- */

static void read_text(const char *text, msp_patients *out, msp_findings *findings)
{
    msp_error err = {0};
    if (msp_tidy_read_memory(text, strlen(text), "visits.csv", out, findings, &err) != MSP_OK)
        fail_msg("%s", err.text);
}

static const msp_measured *measured_on(const msp_patient *p, msp_marker marker, msp_day day)
{
    for (size_t i = 0; i < p->n_measured; i++)
        if (p->measured[i].marker == marker && p->measured[i].assessed == day)
            return &p->measured[i];
    return NULL;
}

static void rows_in_any_order(void **state)
{
    (void)state;
    msp_patients all;
    msp_findings findings = {0};
    read_text("visit_date,usubjid,serum_m_gdl,visit_no,isotype,weather\n"
              "2020-02-26,B,1.50,2,,fair\n"
              "2020-01-01,A,3.0,0,IgAl,foul\n"
              "2020-01-01,B,3.00,0,IgGk,fair\n"
              "2020-01-29,B,,1,,fair\n",
              &all, &findings);
    assert_int_equal(all.n, 2);
    const msp_patient *b = msp_patients_find(&all, "B");
    assert_non_null(b);
    assert_null(msp_patients_find(&all, "C"));
    assert_int_equal(b->heavy, MSP_HEAVY_IGG);
    assert_int_equal(b->light, 'k');
    assert_int_equal(b->n_visits, 3); /* the one without any value as well */
    assert_int_equal(b->n_measured, 2);
    const msp_day last = msp_day_from_civil(2020, 2, 26);
    const msp_measured *m = measured_on(b, MSP_MARKER_SERUM_M, last);
    assert_non_null(m);
    assert_int_equal(m->coefficient, 150);
    assert_int_equal(m->scale, 2);
    assert_int_equal(m->row, 0);
    assert_int_equal(b->baseline, msp_day_from_civil(2020, 1, 1));
    assert_int_equal(findings.n, 1); /* the column that is not used */
    assert_int_equal(findings.items[0].severity, MSP_SEVERITY_NOTE);
    assert_non_null(strstr(findings.items[0].text, "weather"));
    msp_patients_free(&all);
    msp_findings_free(&findings);
}

static void baseline_comes_from_the_first_dose(void **state)
{
    (void)state;
    msp_patients all;
    read_text("case_id,visit_date,serum_m_gdl,visit_no,first_dose_date\n"
              "A,2020-01-01,3.0,0,2020-01-08\n"
              "A,2020-01-08,2.9,1,2020-01-08\n"
              "B,2020-01-01,3.0,,\n"
              "B,2020-01-08,2.9,,\n",
              &all, NULL);
    assert_int_equal(all.patients[0].baseline, msp_day_from_civil(2020, 1, 8));
    assert_int_equal(all.patients[1].baseline, msp_day_from_civil(2020, 1, 1));
    msp_patients_free(&all);
}

static void facts_of_the_patient(void **state)
{
    (void)state;
    msp_patients all;
    msp_findings findings = {0};
    read_text("case_id,visit_date,serum_m_gdl,new_therapy_date,new_therapy_started,death_due_to_pd,"
              "death_date,config,spurious\n"
              "A,2020-01-01,3.0,2020-03,0,0,,a=b,0\n"
              "A,2020-01-29,2.9,2020-04-01,0,1,,a=b,1\n"
              "B,2020-01-01,3.0,,0,0,2020-05-05,,0\n"
              "B,2020-01-29,2.9,,1,0,2020-05-05,,0\n",
              &all, &findings);
    const msp_patient *a = &all.patients[0], *b = &all.patients[1];
    assert_int_equal(a->new_therapy, msp_day_from_civil(2020, 3, 1)); /* as early as it can be */
    assert_true(a->died && a->died_of_myeloma);
    assert_string_equal(a->switches, "a=b");
    assert_int_equal(a->measured[1].flags, MSP_MEASURED_SPURIOUS);
    assert_int_equal(b->new_therapy, msp_day_from_civil(2020, 1, 29));
    assert_true(b->died && !b->died_of_myeloma);
    assert_null(b->switches);
    /* a part of a date, two rows that disagree, a death without a date */
    assert_int_equal(findings.n_warnings, 3);
    msp_patients_free(&all);
    msp_findings_free(&findings);
}

static void faults_are_findings_with_their_place(void **state)
{
    (void)state;
    msp_patients all;
    msp_findings findings = {0};
    read_text("case_id,visit_date,serum_m_gdl,ife_serum\n"
              "A,2020-01-01,34,pos\n"
              "A,2020-01,3.0,pos\n"
              "A,2020-02-30,3.0,pos\n"
              "A,2020-03-01,three,maybe\n"
              "A,2020-03-02,-1,pos\n"
              ",2020-03-02,1,pos\n",
              &all, &findings);
    assert_int_equal(findings.n_warnings, 1);
    assert_int_equal(findings.n_errors, 6);
    assert_int_equal(all.patients[0].n_visits, 3);
    assert_int_equal(all.patients[0].n_measured, 3); /* 34; pos twice */
    msp_patients_free(&all);
    msp_findings_free(&findings);
}

static void findings_are_counted_beyond_the_limit(void **state)
{
    (void)state;
    msp_text table = {0};
    msp_patients all;
    msp_findings findings = {0};
    msp_text_add(&table, "case_id,visit_date,serum_m_gdl\n");
    for (int i = 0; i < 3 * MSP_TIDY_FINDINGS_MAX; i++)
        msp_text_add(&table, "A,never,1\n");
    read_text(msp_text_str(&table), &all, &findings);
    assert_int_equal(findings.n, MSP_TIDY_FINDINGS_MAX + 1);
    assert_non_null(strstr(findings.items[findings.n - 1].text, "200 more"));
    msp_patients_free(&all);
    msp_findings_free(&findings);
    msp_text_free(&table);
}

static void a_table_of_something_else(void **state)
{
    (void)state;
    msp_patients all;
    msp_error err = {0};
    const char *text = "case_id,visit_day,serum_m_gdl\nA,1,2\n";
    assert_int_equal(msp_tidy_read_memory(text, strlen(text), "x.csv", &all, NULL, &err),
                     MSP_EINPUT);
    assert_non_null(strstr(err.text, "visit_date"));
    text = "who,what\nA,1\n";
    assert_int_equal(msp_tidy_read_memory(text, strlen(text), "x.csv", &all, NULL, &err),
                     MSP_EINPUT);
    assert_int_not_equal(msp_tidy_read_memory("", 0, "x.csv", &all, NULL, &err), MSP_OK);
    assert_int_not_equal(msp_tidy_read("/nowhere/at/all.csv", &all, NULL, &err), MSP_OK);
    msp_patients_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results),
        cmocka_unit_test(isotypes),
        cmocka_unit_test(rows_in_any_order),
        cmocka_unit_test(baseline_comes_from_the_first_dose),
        cmocka_unit_test(facts_of_the_patient),
        cmocka_unit_test(faults_are_findings_with_their_place),
        cmocka_unit_test(findings_are_counted_beyond_the_limit),
        cmocka_unit_test(a_table_of_something_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
