/* test_mrd - residual disease (rules.md 2.9), worked by hand on the limits and beside them. */
#include <string.h>

#include "mspike/patient.h"
#include "mspike/response.h"
#include "near.h"

/* Serum 3.0 g/dL at baseline; CR, confirmed, from 2020-03-01 on: serum 0, both immunofixations
 * negative, marrow 3 %. `tests` are more rows: day, flow, sequencing, PET/CT. */
static const char head[] =
    "usubjid,visit_date,visit_no,serum_m_gdl,urine_m_mg24h,ife_serum,ife_urine,"
    "bm_pc_pct,mrd_flow_per_million,mrd_sequencing_per_million,pet_ct\n"
    "A,2020-01-01,0,3.0,0,pos,neg,40,,,\n"
    "A,2020-03-01,1,0,0,neg,neg,3,,,\n"
    "A,2020-04-01,2,0,0,neg,neg,,,,\n";

typedef struct answer {
    msp_patients patients;
    msp_responses responses;
    msp_arena arena;
    msp_mrd mrd;
} answer;

static void judge(const char *rows, const char *settings, answer *a)
{
    char text[2048];
    msp_findings findings = {0};
    msp_rules rules;
    msp_error err = {0};
    *a = (answer){0};
    snprintf(text, sizeof text, "%s%s", head, rows);
    if (msp_rules_default(&a->arena, &rules, &err) != MSP_OK ||
        (settings != NULL &&
         msp_rules_set(&rules, "mrd_requires", settings, &a->arena, &err) != MSP_OK) ||
        msp_tidy_read_memory(text, strlen(text), "a.csv", &a->patients, &findings, &err) !=
            MSP_OK ||
        msp_responses_judge(&a->patients, &rules, NULL, &a->responses, &err) != MSP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(findings.n, 0);
    const msp_mrd_rules mrd = msp_mrd_rules_of(&rules);
    assert_int_equal(msp_mrd_find(&a->patients.patients[0], &a->responses.results[0], &mrd,
                                  &a->arena, &a->mrd, &err),
                     MSP_OK);
    msp_findings_free(&findings);
}

static void release(answer *a)
{
    msp_responses_free(&a->responses);
    msp_patients_free(&a->patients);
    msp_arena_free(&a->arena);
}

static msp_day day(int year, int month, int d)
{
    return msp_day_from_civil(year, month, d);
}

/* What each result says at a limit of 1 in 10^5, ten per million. */
static void the_limit(void **state)
{
    (void)state;
    static const struct {
        const char *result;
        msp_fact negative;
    } all[] = {{"<10", MSP_YES},      {"<10.1", MSP_UNKNOWN},
               {"<1", MSP_YES},       {"9.99", MSP_YES},
               {"10", MSP_NO},        {"320", MSP_NO},
               {"<100", MSP_UNKNOWN}, {"not detected", MSP_UNKNOWN}};
    for (size_t i = 0; i < MSP_COUNT(all); i++) {
        char rows[128];
        answer a;
        snprintf(rows, sizeof rows, "A,2020-05-01,3,0,0,neg,neg,,%s,,\n", all[i].result);
        judge(rows, NULL, &a);
        assert_int_equal(a.mrd.n, 1);
        if (a.mrd.tests[0].negative != all[i].negative)
            fail_msg("%s", all[i].result);
        assert_int_equal(a.mrd.negative, all[i].negative == MSP_YES ? day(2020, 5, 1) : MSP_NO_DAY);
        release(&a);
    }
}

/* CR is required: before it a negative test is of no account, but for the visit before CR is first
 * seen; with mrd_requires=VGPR the level is lower. */
static void the_response(void **state)
{
    (void)state;
    answer a;
    /* the assessment after it is the CR of 2020-03-01 */
    judge("A,2020-02-20,0.5,,,,,,<10,,\n", NULL, &a);
    assert_int_equal(a.mrd.negative, day(2020, 2, 20));
    release(&a);
    /* at progression: the level in force and the next one are PD */
    judge("A,2020-05-01,3,1.0,0,pos,neg,,,,\nA,2020-06-01,4,1.2,0,pos,neg,,,<1,\n"
          "A,2020-07-01,5,1.4,0,pos,neg,,,,\n",
          NULL, &a);
    assert_int_equal(a.mrd.n, 1);
    assert_true(a.mrd.tests[0].sequencing);
    assert_int_equal(a.mrd.tests[0].negative, MSP_YES);
    assert_int_equal(a.mrd.negative, MSP_NO_DAY);
    release(&a);
}

static void vgpr_is_enough_where_asked(void **state)
{
    (void)state;
    static const char rows[] = "B,2020-01-01,0,3.0,0,pos,neg,40,,,\n"
                               "B,2020-02-01,1,0.2,0,pos,neg,,<10,,\n"
                               "B,2020-03-01,2,0.2,0,pos,neg,,,,\n";
    for (int vgpr = 0; vgpr < 2; vgpr++) {
        answer a;
        msp_rules rules;
        msp_error err = {0};
        msp_mrd mrd;
        judge(rows, NULL, &a);
        assert_int_equal(msp_rules_default(&a.arena, &rules, &err), MSP_OK);
        assert_int_equal(
            msp_rules_set(&rules, "mrd_requires", vgpr ? "VGPR" : "CR", &a.arena, &err), MSP_OK);
        const msp_mrd_rules how = msp_mrd_rules_of(&rules);
        assert_int_equal(msp_mrd_find(&a.patients.patients[1], &a.responses.results[1], &how,
                                      &a.arena, &mrd, &err),
                         MSP_OK);
        assert_int_equal(mrd.negative, vgpr ? day(2020, 2, 1) : MSP_NO_DAY);
        release(&a);
    }
}

/* 365 days apart, nothing positive between; imaging where it is asked for. */
static void sustained(void **state)
{
    (void)state;
    answer a;
    judge("A,2020-05-01,3,0,0,neg,neg,,<10,,0\nA,2021-04-30,4,0,0,neg,neg,,<10,,0\n", NULL, &a);
    assert_int_equal(a.mrd.sustained_marrow, MSP_NO_DAY); /* 364 days */
    release(&a);
    judge("A,2020-05-01,3,0,0,neg,neg,,<10,,0\nA,2021-05-01,4,0,0,neg,neg,,<10,,0\n", NULL, &a);
    assert_int_equal(a.mrd.sustained_marrow, day(2021, 5, 1)); /* 365 */
    assert_int_equal(a.mrd.sustained, day(2021, 5, 1));
    assert_int_equal(a.mrd.imaging_plus, day(2020, 5, 1));
    release(&a);
    judge("A,2020-05-01,3,0,0,neg,neg,,<10,,0\nA,2020-09-01,3.5,0,0,neg,neg,,20,,\n"
          "A,2021-05-01,4,0,0,neg,neg,,<10,,0\n",
          NULL, &a);
    assert_int_equal(a.mrd.sustained_marrow, MSP_NO_DAY); /* positive between */
    release(&a);
    judge("A,2020-05-01,3,0,0,neg,neg,,<10,,1\nA,2021-05-01,4,0,0,neg,neg,,<10,,0\n", NULL, &a);
    assert_int_equal(a.mrd.sustained_marrow, day(2021, 5, 1));
    assert_int_equal(a.mrd.sustained, MSP_NO_DAY); /* disease on the first scan */
    assert_int_equal(a.mrd.imaging_plus, day(2021, 5, 1));
    release(&a);
    judge("A,2020-05-01,3,0,0,neg,neg,,<10,,\nA,2021-05-01,4,0,0,neg,neg,,<10,,\n", NULL, &a);
    assert_int_equal(a.mrd.imaging_plus, MSP_NO_DAY); /* no scan was made */
    release(&a);
}

/* Each sign alone, after a negative test on 2020-05-01 in CR; and what is none. */
static void relapse(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        msp_mrd_sign by;
        int month; /* the first of it, 2020 */
    } all[] = {
        {"A,2020-06-01,4,0,0,neg,neg,,9,,\n", MSP_MRD_SIGN_NONE, 0},
        {"A,2020-06-01,4,0,0,neg,neg,,<100,,\n", MSP_MRD_SIGN_NONE, 0}, /* not deep enough */
        {"A,2020-06-01,4,0,0,neg,neg,,10,,\n", MSP_MRD_SIGN_LOST, 6},
        {"A,2020-06-01,4,0,0,neg,neg,,,,1\n", MSP_MRD_SIGN_IMAGING, 6},
        {"A,2020-06-01,4,0.1,0,neg,neg,,,,\n", MSP_MRD_SIGN_PROTEIN, 6},
        {"A,2020-06-01,4,0,20,neg,neg,,,,\n", MSP_MRD_SIGN_PROTEIN, 6},
        {"A,2020-06-01,4,0,0,neg,neg,4.9,,,\n", MSP_MRD_SIGN_NONE, 0},
        {"A,2020-06-01,4,0,0,neg,neg,5,,,\n", MSP_MRD_SIGN_MARROW, 6},
        /* immunofixation has to be seen twice, the visit without one passed over */
        {"A,2020-06-01,4,0,0,pos,neg,,,,\nA,2020-07-01,5,0,0,neg,neg,,,,\n", MSP_MRD_SIGN_NONE, 0},
        {"A,2020-06-01,4,0,0,pos,neg,,,,\nA,2020-07-01,5,0,0,,,,,,\n"
         "A,2020-08-01,6,0,0,neg,pos,,,,\n",
         MSP_MRD_SIGN_IMMUNOFIXATION, 6},
        /* progression and M-protein on one day: what the protein says comes first */
        {"A,2020-06-01,4,0.5,0,neg,neg,,,,\n", MSP_MRD_SIGN_PROTEIN, 6},
        {"A,2020-06-01,4,0,0,neg,neg,,,,\nA,2020-07-01,5,0,0,neg,neg,5,30,,\n", MSP_MRD_SIGN_LOST,
         7},
    };
    for (size_t i = 0; i < MSP_COUNT(all); i++) {
        char rows[512];
        answer a;
        snprintf(rows, sizeof rows, "A,2020-05-01,3,0,0,neg,neg,,<10,,0\n%s", all[i].rows);
        judge(rows, NULL, &a);
        if (a.mrd.relapse_by != all[i].by)
            fail_msg("%s: %s", all[i].rows, msp_mrd_sign_text(a.mrd.relapse_by));
        assert_int_equal(a.mrd.relapse,
                         all[i].by != MSP_MRD_SIGN_NONE ? day(2020, all[i].month, 1) : MSP_NO_DAY);
        release(&a);
    }
}

/* relapse_cr_confirm=no: once is enough. The band of a VGPR that was there before is not back. */
static void relapse_by_immunofixation(void **state)
{
    (void)state;
    for (int once = 0; once < 2; once++) {
        answer a;
        msp_rules rules;
        msp_error err = {0};
        msp_mrd mrd;
        judge("A,2020-05-01,3,0,0,neg,neg,,<10,,0\nA,2020-06-01,4,0,0,pos,neg,,,,\n"
              "B,2020-01-01,0,3.0,0,pos,neg,40,,,\nB,2020-02-01,1,0.2,0,pos,neg,,<10,,\n"
              "B,2020-03-01,2,0.2,0,pos,neg,,,,\nB,2020-04-01,3,0.2,0,pos,neg,,,,\n",
              NULL, &a);
        assert_int_equal(msp_rules_default(&a.arena, &rules, &err), MSP_OK);
        assert_int_equal(
            msp_rules_set(&rules, "relapse_cr_confirm", once ? "no" : "yes", &a.arena, &err),
            MSP_OK);
        assert_int_equal(msp_rules_set(&rules, "mrd_requires", "VGPR", &a.arena, &err), MSP_OK);
        const msp_mrd_rules how = msp_mrd_rules_of(&rules);
        assert_int_equal(msp_mrd_find(&a.patients.patients[0], &a.responses.results[0], &how,
                                      &a.arena, &mrd, &err),
                         MSP_OK);
        assert_int_equal(mrd.relapse, once ? day(2020, 6, 1) : MSP_NO_DAY);
        assert_int_equal(msp_mrd_find(&a.patients.patients[1], &a.responses.results[1], &how,
                                      &a.arena, &mrd, &err),
                         MSP_OK);
        assert_int_equal(mrd.negative, day(2020, 2, 1));
        assert_int_equal(mrd.relapse, MSP_NO_DAY);
        release(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_limit),
                                       cmocka_unit_test(the_response),
                                       cmocka_unit_test(vgpr_is_enough_where_asked),
                                       cmocka_unit_test(sustained),
                                       cmocka_unit_test(relapse),
                                       cmocka_unit_test(relapse_by_immunofixation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
