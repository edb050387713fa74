#include "near.h"

#include <string.h>

#include "mspike/patient/history.h"

static msp_date on(const char *text)
{
    msp_date date;
    assert_true(msp_date_parse(text, strlen(text), &date));
    return date;
}

static msp_given_drug drug(const char *id, msp_drug_class drug_class, const char *last)
{
    return (msp_given_drug){.id = id, .drug_class = drug_class, .last = on(last)};
}

#define V(last) drug("bortezomib", MSP_DRUG_CLASS_PROTEASOME_INHIBITOR, last)
#define K(last) drug("carfilzomib", MSP_DRUG_CLASS_PROTEASOME_INHIBITOR, last)
#define R(last) drug("lenalidomide", MSP_DRUG_CLASS_IMMUNOMODULATORY, last)
#define P(last) drug("pomalidomide", MSP_DRUG_CLASS_IMMUNOMODULATORY, last)
#define A(last) drug("daratumumab", MSP_DRUG_CLASS_ANTI_CD38, last)
#define D(last) drug("dexamethasone", MSP_DRUG_CLASS_STEROID, last)
#define M(last) drug("melphalan", MSP_DRUG_CLASS_ALKYLATOR, last)

#define COURSE(begin, end, ...)                                                                 \
    {                                                                                           \
        .drugs = (const msp_given_drug[]){__VA_ARGS__},                                         \
        .n_drugs = sizeof((const msp_given_drug[]){__VA_ARGS__}) / sizeof(msp_given_drug),      \
        .start = on(begin), .stop = on(end), .minimal_response = MSP_YES, .progressed = MSP_NO, \
    }
#define HISTORY(courses) (&(const msp_history){courses, MSP_COUNT(courses)})

static void progressed(msp_course *course, const char *when)
{
    course->progressed = MSP_YES;
    course->progression = on(when);
}

/* 60 days after 2020-01-01 is 2020-03-01 (31 + 29). */
static void sixty_days_yes_sixty_one_no(void **state)
{
    (void)state;
    const msp_history_rules rules = msp_history_rules_default();
    msp_course courses[] = {COURSE("2019-06-01", "2020-01-01", V("2020-01-01"))};
    progressed(&courses[0], "2020-03-01");
    msp_refractoriness v = msp_refractory_drug(HISTORY(courses), &rules, "Bortezomib");
    assert_int_equal(v.status, MSP_YES);
    assert_int_equal(v.reason, MSP_REFRACTORY_PROGRESSED_SOON);
    assert_int_equal(v.course, 0);

    progressed(&courses[0], "2020-03-02");
    v = msp_refractory_drug(HISTORY(courses), &rules, "bortezomib");
    assert_int_equal(v.status, MSP_NO);
    assert_int_equal(v.reason, MSP_REFRACTORY_RESPONDED);

    progressed(&courses[0], "2020-01-01");
    v = msp_refractory_drug(HISTORY(courses), &rules, "bortezomib");
    assert_int_equal(v.reason, MSP_REFRACTORY_PROGRESSED_ON);

    v = msp_refractory_drug(HISTORY(courses), &rules, "carfilzomib");
    assert_int_equal(v.status, MSP_NO);
    assert_int_equal(v.reason, MSP_REFRACTORY_NEVER_GIVEN);
    assert_int_equal(v.course, SIZE_MAX);
}

static void partial_dates_leave_it_open(void **state)
{
    (void)state;
    const msp_history_rules rules = msp_history_rules_default();
    msp_course courses[] = {COURSE("2019-06-01", "2020-01-01", V("2020-01-01"))};
    progressed(&courses[0], "2020-03"); /* the 1st would be in the window, the 2nd not */
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "bortezomib").status,
                     MSP_UNKNOWN);
    progressed(&courses[0], "2020-02");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "bortezomib").status, MSP_YES);
    progressed(&courses[0], "2020-04");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "bortezomib").status, MSP_NO);
    progressed(&courses[0], "");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "bortezomib").status,
                     MSP_UNKNOWN);
    courses[0].minimal_response = MSP_NO; /* no response is enough */
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "bortezomib").reason,
                     MSP_REFRACTORY_NO_RESPONSE);
}

/* The example of the rules, 3.1: VRd, then R alone; PD long after the last bortezomib. */
static void each_drug_by_its_own_last_dose(void **state)
{
    (void)state;
    const msp_history_rules rules = msp_history_rules_default();
    msp_course courses[] = {
        COURSE("2019-01-01", "2019-06-30", V("2019-06-10"), R("2019-06-30"), D("2019-06-30")),
        COURSE("2019-07-01", "2020-05-01", R("2020-05-01")),
    };
    courses[1].planned = true;
    progressed(&courses[1], "2020-05-01");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "bortezomib").status, MSP_NO);
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "lenalidomide").status, MSP_YES);
    assert_int_equal(msp_refractory_double(HISTORY(courses), &rules), MSP_NO);

    progressed(&courses[1], "2019-08-09"); /* 60 days after 2019-06-10 */
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "bortezomib").status, MSP_YES);
    assert_int_equal(msp_refractory_double(HISTORY(courses), &rules), MSP_YES);
    progressed(&courses[1], "2019-08-10");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "bortezomib").status, MSP_NO);
}

static void cycles_and_dose(void **state)
{
    (void)state;
    msp_history_rules rules = msp_history_rules_default();
    msp_given_drug given[] = {R("2020-05-01")};
    msp_course courses[] = {COURSE("2019-07-01", "2020-05-01", R(""))};
    courses[0].drugs = given;
    progressed(&courses[0], "2020-05-01");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "lenalidomide").status, MSP_YES);

    rules.refractory_min_cycles = 2;
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "lenalidomide").status,
                     MSP_UNKNOWN);
    given[0].cycles = msp_amount_of("1");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "lenalidomide").reason,
                     MSP_REFRACTORY_TOO_FEW_CYCLES);
    given[0].cycles = msp_amount_of("2");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "lenalidomide").status, MSP_YES);

    given[0].dose = msp_amount_of("10");
    rules.lenalidomide_ge25 = true;
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "lenalidomide").reason,
                     MSP_REFRACTORY_LOW_DOSE);
    given[0].dose = msp_amount_of("25");
    assert_int_equal(msp_refractory_drug(HISTORY(courses), &rules, "lenalidomide").status, MSP_YES);
}

static void classes_and_penta(void **state)
{
    (void)state;
    const msp_history_rules rules = msp_history_rules_default();
    msp_course courses[] = {
        COURSE("2015-01-01", "2015-06-01", V("2015-06-01"), R("2015-06-01")),
        COURSE("2016-01-01", "2016-06-01", K("2016-06-01"), P("2016-06-01")),
        COURSE("2017-01-01", "2017-06-01", A("2017-06-01")),
    };
    progressed(&courses[0], "2015-06-01");
    assert_int_equal(msp_refractory_double(HISTORY(courses), &rules), MSP_YES);
    assert_int_equal(msp_refractory_triple_class(HISTORY(courses), &rules), MSP_NO);
    progressed(&courses[2], "2017-06-15");
    assert_int_equal(msp_refractory_triple_class(HISTORY(courses), &rules), MSP_YES);
    assert_int_equal(msp_refractory_penta(HISTORY(courses), &rules), MSP_NO);
    progressed(&courses[1], "2016-06-01");
    assert_int_equal(msp_refractory_penta(HISTORY(courses), &rules), MSP_YES);
    courses[1].progressed = MSP_UNKNOWN;
    assert_int_equal(msp_refractory_penta(HISTORY(courses), &rules), MSP_UNKNOWN);
}

static void status_of_the_disease(void **state)
{
    (void)state;
    const msp_history_rules rules = msp_history_rules_default();
    assert_int_equal(msp_history_state_of(&(msp_history){NULL, 0}, &rules), MSP_HISTORY_UNTREATED);
    msp_course courses[] = {COURSE("2015-01-01", "2015-06-01", V("2015-06-01")),
                            COURSE("2016-01-01", "2016-06-01", R("2016-06-01"))};
    const msp_history *both = HISTORY(courses);
    assert_int_equal(msp_history_state_of(both, &rules), MSP_HISTORY_RESPONDING);
    progressed(&courses[1], "2017-01-01");
    assert_int_equal(msp_history_state_of(both, &rules), MSP_HISTORY_RELAPSED);
    progressed(&courses[1], "2016-06-30");
    assert_int_equal(msp_history_state_of(both, &rules), MSP_HISTORY_RELAPSED_REFRACTORY);
    courses[0].minimal_response = courses[1].minimal_response = MSP_NO;
    assert_int_equal(msp_history_state_of(both, &rules), MSP_HISTORY_PRIMARY_REFRACTORY_PD);
    courses[1].progressed = MSP_NO;
    assert_int_equal(msp_history_state_of(both, &rules), MSP_HISTORY_PRIMARY_REFRACTORY_STABLE);
    courses[0].minimal_response = MSP_UNKNOWN;
    assert_int_equal(msp_history_state_of(both, &rules), MSP_HISTORY_UNKNOWN);
}

/* Reasons and numbers of the lines of one history. */
static void expect_lines(const msp_history *history, const msp_history_rules *rules,
                         const msp_line_reason *reasons, const int64_t *numbers)
{
    msp_line lines[8];
    msp_error err;
    assert_true(history->n <= MSP_COUNT(lines));
    assert_int_equal(msp_history_check(history, &err), MSP_OK);
    const int64_t n = msp_history_lines(history, rules, lines);
    for (size_t i = 0; i < history->n; i++) {
        assert_string_equal(msp_line_reason_text(lines[i].reason),
                            msp_line_reason_text(reasons[i]));
        assert_int_equal(lines[i].number, numbers[i]);
    }
    assert_int_equal(n, numbers[history->n - 1]);
}
#define EXPECT_LINES(courses, rules, ...)                                    \
    do {                                                                     \
        const struct {                                                       \
            msp_line_reason reasons[MSP_COUNT(courses)];                     \
            int64_t numbers[MSP_COUNT(courses)];                             \
        } want_ = {__VA_ARGS__};                                             \
        expect_lines(HISTORY(courses), rules, want_.reasons, want_.numbers); \
    } while (0)

/* Induction, transplant, consolidation and maintenance as planned are one line. */
static void a_planned_sequence_is_one_line(void **state)
{
    (void)state;
    const msp_history_rules rules = msp_history_rules_default();
    msp_course courses[] = {
        COURSE("2015-01-01", "2015-05-01", V("2015-05-01"), R("2015-05-01"), D("2015-05-01")),
        COURSE("2015-06-01", "2015-06-02", M("2015-06-02")),
        COURSE("2015-09-01", "2015-09-02", M("2015-09-02")),
        COURSE("2015-12-01", "2018-01-01", R("2018-01-01")),
        COURSE("2018-03-01", "2018-03-02", M("2018-03-02")),
    };
    courses[1].transplant = courses[2].transplant = courses[4].transplant = true;
    courses[1].planned = courses[2].planned = courses[3].planned = true;
    EXPECT_LINES(
        courses, &rules,
        {MSP_LINE_FIRST, MSP_LINE_PLANNED, MSP_LINE_PLANNED, MSP_LINE_PLANNED, MSP_LINE_TRANSPLANT},
        {1, 1, 1, 1, 2});
    courses[2].planned = false; /* no planned tandem: the second transplant counts */
    EXPECT_LINES(courses, &rules,
                 {MSP_LINE_FIRST, MSP_LINE_PLANNED, MSP_LINE_TRANSPLANT, MSP_LINE_PLANNED,
                  MSP_LINE_TRANSPLANT},
                 {1, 1, 2, 2, 3});
}

static void stopping_some_is_none_stopping_all_is_one(void **state)
{
    (void)state;
    const msp_history_rules rules = msp_history_rules_default();
    msp_course courses[] = {
        COURSE("2015-01-01", "2015-05-01", V("2015-05-01"), R("2015-05-01")),
        COURSE("2015-05-02", "2015-12-01", R("2015-12-01")),
    };
    EXPECT_LINES(courses, &rules, {MSP_LINE_FIRST, MSP_LINE_REDUCED}, {1, 1});
    courses[1].start = on("2015-05-03"); /* a day without any drug */
    EXPECT_LINES(courses, &rules, {MSP_LINE_FIRST, MSP_LINE_CHANGED}, {1, 2});
    courses[1].start = on("2015-05");
    msp_line lines[2];
    msp_history_lines(HISTORY(courses), &rules, lines);
    assert_true(lines[1].uncertain);
    courses[1].planned = true; /* a planned de-escalation */
    EXPECT_LINES(courses, &rules, {MSP_LINE_FIRST, MSP_LINE_PLANNED}, {1, 1});
}

static void additions_and_resumptions(void **state)
{
    (void)state;
    msp_history_rules rules = msp_history_rules_default();
    msp_course courses[] = {
        COURSE("2015-01-01", "2015-05-01", R("2015-05-01"), D("2015-05-01")),
        COURSE("2015-05-02", "2015-09-01", R("2015-09-01"), D("2015-09-01")),
        COURSE("2016-05-02", "2016-09-01", D("2015-09-01"), R("2015-09-01")),
        COURSE("2016-09-02", "2016-12-01", V("2016-12-01"), R("2016-12-01"), D("2016-12-01")),
        COURSE("2016-12-02", "2017-02-01", R("2017-02-01")),
        COURSE("2017-02-02", "2017-05-01", V("2017-05-01"), R("2017-05-01")),
        COURSE("2018-02-02", "2018-05-01", P("2018-05-01"), D("2018-05-01")),
    };
    EXPECT_LINES(courses, &rules,
                 {MSP_LINE_FIRST, MSP_LINE_RESUMED, MSP_LINE_RESUMED, MSP_LINE_ADDED,
                  MSP_LINE_REDUCED, MSP_LINE_BACK_AGAIN, MSP_LINE_CHANGED},
                 {1, 1, 1, 2, 2, 2, 3});
    rules.addback_new_line = true;
    EXPECT_LINES(courses, &rules,
                 {MSP_LINE_FIRST, MSP_LINE_RESUMED, MSP_LINE_RESUMED, MSP_LINE_ADDED,
                  MSP_LINE_REDUCED, MSP_LINE_ADDED_BACK, MSP_LINE_CHANGED},
                 {1, 1, 1, 2, 2, 3, 4});
}

static void steroids_and_part_cycles_make_no_line(void **state)
{
    (void)state;
    msp_history_rules rules = msp_history_rules_default();
    msp_course courses[] = {
        COURSE("2015-01-01", "2015-01-04", D("2015-01-04")),
        COURSE("2015-02-01", "2015-05-01", V("2015-05-01"), D("2015-05-01")),
        COURSE("2015-06-01", "2015-06-10", R("2015-06-10"), D("2015-06-10")),
        COURSE("2015-07-01", "2015-09-01", V("2015-09-01"), D("2015-09-01")),
    };
    courses[2].cycles = msp_amount_of("0");
    EXPECT_LINES(courses, &rules,
                 {MSP_LINE_STEROID_ONLY, MSP_LINE_FIRST, MSP_LINE_TOO_SHORT, MSP_LINE_RESUMED},
                 {0, 1, 1, 1});
    courses[2].cycles = msp_amount_of("1");
    EXPECT_LINES(courses, &rules,
                 {MSP_LINE_STEROID_ONLY, MSP_LINE_FIRST, MSP_LINE_CHANGED, MSP_LINE_CHANGED},
                 {0, 1, 2, 3});
    rules.line_min_cycles = 2;
    EXPECT_LINES(courses, &rules,
                 {MSP_LINE_STEROID_ONLY, MSP_LINE_FIRST, MSP_LINE_TOO_SHORT, MSP_LINE_RESUMED},
                 {0, 1, 1, 1});
}

static void faults_name_the_course(void **state)
{
    (void)state;
    msp_course courses[] = {COURSE("2015-02-01", "2015-05-01", V("2015-05-01")),
                            COURSE("2015-01-01", "2015-05-01", R("2015-05-01"))};
    msp_error err;
    assert_int_equal(msp_history_check(HISTORY(courses), &err), MSP_EINPUT);
    assert_int_equal(err.row, 1);
    courses[1].start = on("2015-06-01");
    assert_int_equal(msp_history_check(HISTORY(courses), &err), MSP_EINPUT);
    courses[1].stop = on("2015-06");
    assert_int_equal(msp_history_check(HISTORY(courses), &err), MSP_OK);
    courses[0].n_drugs = 0;
    assert_int_equal(msp_history_check(HISTORY(courses), &err), MSP_EINPUT);
    assert_int_equal(err.row, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixty_days_yes_sixty_one_no),
        cmocka_unit_test(partial_dates_leave_it_open),
        cmocka_unit_test(each_drug_by_its_own_last_dose),
        cmocka_unit_test(cycles_and_dose),
        cmocka_unit_test(classes_and_penta),
        cmocka_unit_test(status_of_the_disease),
        cmocka_unit_test(a_planned_sequence_is_one_line),
        cmocka_unit_test(stopping_some_is_none_stopping_all_is_one),
        cmocka_unit_test(additions_and_resumptions),
        cmocka_unit_test(steroids_and_part_cycles_make_no_line),
        cmocka_unit_test(faults_name_the_course),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
