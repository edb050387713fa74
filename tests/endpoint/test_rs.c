/* test_rs.c - small reports worked by hand, read, confirmed, and written as ADaM. */
#include "near.h"

#include <string.h>

#include "mspike/endpoint.h"
#include "mspike/table.h"

static void read_table(const char *name, msp_table *out)
{
    msp_error err;
    if (msp_table_read(project_file(name), NULL, out, &err) != MSP_OK)
        fail_msg("%s", err.text);
}

static void read_reports(msp_rs *out)
{
    msp_table rs, supprs;
    msp_error err;
    read_table("tests/data/endpoint/rs.csv", &rs);
    read_table("tests/data/endpoint/supprs.csv", &supprs);
    if (msp_rs_read(&rs, &supprs, "INVESTIGATOR", NULL, out, &err) != MSP_OK)
        fail_msg("%s", err.text);
    msp_table_free(&rs);
    msp_table_free(&supprs);
}

/* "SD SD- PD": confirmed levels, a dash after those excluded. */
static const char *confirmed_as_text(const msp_rs *reports, const char *id,
                                     const msp_rs_rules *rules)
{
    static char text[128];
    msp_seen seen[8];
    const msp_rs_subject *reporting = msp_rs_find(reports, id);
    assert_non_null(reporting);
    msp_rs_confirm(reporting, rules, msp_day_from_civil(2020, 1, 1), seen);
    size_t len = 0;
    for (size_t i = 0; i < reporting->n; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s%s", i > 0 ? " " : "",
                                msp_response_level_name(seen[i].confirmed),
                                seen[i].excluded ? "-" : "");
    return text;
}

static void both_ways_to_confirm(void **state)
{
    (void)state;
    msp_rs reports;
    read_reports(&reports);
    assert_int_equal(reports.n, 4);
    msp_rs_rules imwg = msp_rs_rules_imwg();
    const msp_rs_rules admiralonco = msp_rs_rules_admiralonco();

    /* NE is passed over; the lower of two counts; the progression of 06-01 would be confirmed on
     * the day of the next therapy. */
    assert_string_equal(confirmed_as_text(&reports, "P1", &imwg), "PR NE PR SD NE NE-");
    assert_string_equal(confirmed_as_text(&reports, "P1", &admiralonco), "PR PR PR PR PD PD-");
    imwg.follows = true;
    assert_string_equal(confirmed_as_text(&reports, "P1", &imwg), "PR NE PR SD PD PD");
    imwg.follows = false;

    /* A visit on the first day of the next therapy confirms in one way, not in the other. */
    assert_string_equal(confirmed_as_text(&reports, "P2", &imwg), "SD SD- SD-");
    assert_string_equal(confirmed_as_text(&reports, "P2", &admiralonco), "CR CR- CR-");

    assert_string_equal(confirmed_as_text(&reports, "P3", &imwg), "NE SD");
    assert_string_equal(confirmed_as_text(&reports, "P4", &imwg), "SD PD");
    imwg.death_confirms = false;
    assert_string_equal(confirmed_as_text(&reports, "P4", &imwg), "SD NE");

    const msp_rs_subject *p3 = msp_rs_find(&reports, "P3");
    assert_int_equal(p3->visits[1].day, msp_day_from_civil(2020, 3, 31));
    assert_int_equal(p3->visits[1].imputed, 'D');
    assert_null(msp_rs_find(&reports, "P5"));
    msp_rs_free(&reports);
}

/* The same patient under both styles: FDA censors where the EMA counts the progression. */
static void timelines_of_reports(void **state)
{
    (void)state;
    msp_rs reports;
    read_reports(&reports);
    msp_arena arena = {0};
    const msp_adsl_dates dates = {.id = "P1",
                                  .randomised = {msp_day_from_civil(2020, 1, 1), {0}},
                                  .death = {.day = MSP_NO_DAY},
                                  .last_alive = {.day = MSP_NO_DAY}};
    const msp_rs_rules imwg = msp_rs_rules_imwg();
    msp_timeline timeline;
    msp_error err;
    assert_int_equal(
        msp_rs_timeline(msp_rs_find(&reports, "P1"), &dates, &imwg, &arena, &timeline, &err),
        MSP_OK);
    assert_int_equal(msp_timeline_check(&timeline, &err), MSP_OK);
    const msp_tte_definition *pfs = msp_tte_definition_find("PFS");
    const msp_tte_rules fda = msp_tte_rules_fda(), ema = msp_tte_rules_ema();
    const msp_tte censored = msp_tte_derive(&timeline, pfs, &fda);
    assert_string_equal(censored.why->id, "C6"); /* the visit on the day of the therapy counts */
    assert_int_equal(censored.end.day, msp_day_from_civil(2020, 7, 1));
    const msp_tte event = msp_tte_derive(&timeline, pfs, &ema);
    assert_int_equal(event.state, MSP_TTE_EVENT);
    assert_int_equal(event.end.day, msp_day_from_civil(2020, 6, 1));
    assert_int_equal(event.end.from.seq, 5);
    assert_int_equal(event.days, 153);
    msp_arena_free(&arena);
    msp_rs_free(&reports);
}

/* A row that cannot be used is a finding and left out; the other stays. */
static void faults_name_the_cell(void **state)
{
    (void)state;
    static const struct {
        const char *level, *date, *text, *hint;
    } cases[] = {
        {"XX", "2020-01-01", "row 1, RSSTRESC: \"XX\" is no level of response", "left out"},
        {"VGRP", "2020-01-01", "\"VGRP\" is no level", "did you mean VGPR?"},
        {"Very Good Partial Response", "2020-01-01", "is no level", "did you mean VGPR?"},
        {"PROGRESSIVE DISEASE", "2020-01-01", "is no level", "did you mean PD?"},
        {"PR", "2020", "a response needs a date with year and month, as in 2014-02-12", "left out"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_table rs;
        msp_rs reports;
        msp_error err;
        msp_findings findings = {0};
        msp_text csv = {0};
        msp_text_printf(&csv,
                        "USUBJID,RSSEQ,RSTESTCD,RSSTRESC,RSDTC\nP1,1,OVRLRESP,%s,%s\n"
                        "P1,2,OVRLRESP,SD,2020-02-01\n",
                        cases[i].level, cases[i].date);
        assert_int_equal(msp_table_read_memory(csv.data, csv.len, "rs.csv", NULL, &rs, &err),
                         MSP_OK);
        assert_int_equal(msp_rs_read(&rs, NULL, NULL, &findings, &reports, &err), MSP_OK);
        assert_int_equal(reports.subjects[0].n, 1);
        assert_int_equal(reports.subjects[0].visits[0].level, MSP_LEVEL_SD);
        assert_int_equal(findings.n_errors, 1);
        assert_non_null(strstr(findings.items[0].text, cases[i].text));
        assert_non_null(strstr(findings.items[0].hint, cases[i].hint));
        msp_text_free(&csv);
        msp_findings_free(&findings);
        msp_rs_free(&reports);
        msp_table_free(&rs);
    }
    static const char lacking[] = "USUBJID,RSSEQ,RSTESTCD,RSDTC\nP1,1,OVRLRESP,2020-01-01\n";
    msp_table rs;
    msp_rs reports;
    msp_error err;
    assert_int_equal(msp_table_read_memory(lacking, strlen(lacking), "rs.csv", NULL, &rs, &err),
                     MSP_OK);
    assert_int_equal(msp_rs_read(&rs, NULL, NULL, NULL, &reports, &err), MSP_EINPUT);
    assert_non_null(strstr(err.text, "RSSTRESC"));
    msp_table_free(&rs);
}

/* Who died on a day that nobody says is not alive: censored as that, never at the last contact as
 * alive. With a DTHDT it is a death. */
static void who_died_undated_is_not_alive(void **state)
{
    (void)state;
    static const char csv[] = "USUBJID,RANDDT,DTHFL,DTHDT,LSTALVDT\n"
                              "P1,2020-01-01,Y,,2020-06-01\n"
                              "P2,2020-01-01,Y,2020-05-01,2020-06-01\n"
                              "P3,2020-01-01,,,2020-06-01\n";
    static const msp_tte_state want[] = {MSP_TTE_CENSORED, MSP_TTE_EVENT, MSP_TTE_CENSORED};
    const msp_read_column columns[] = {{"USUBJID", MSP_READ_TEXT},
                                       {"RANDDT", MSP_READ_TEXT},
                                       {"DTHFL", MSP_READ_TEXT},
                                       {"DTHDT", MSP_READ_TEXT},
                                       {"LSTALVDT", MSP_READ_TEXT}};
    const msp_read_options how = {.columns = columns, .n_columns = MSP_COUNT(columns)};
    const msp_tte_rules rules = msp_tte_rules_ema();
    msp_table adsl;
    msp_error err;
    const char *reason[3];
    assert_int_equal(msp_table_read_memory(csv, strlen(csv), "adsl.csv", &how, &adsl, &err),
                     MSP_OK);
    for (size_t row = 0; row < MSP_COUNT(want); row++) {
        msp_adsl_dates dates;
        assert_int_equal(msp_adsl_dates_read(&adsl, row, &dates, &err), MSP_OK);
        assert_int_equal(dates.died_undated, row == 0);
        const msp_timeline timeline = msp_adsl_timeline(&dates);
        const msp_tte os = msp_tte_derive(&timeline, msp_tte_definition_find("OS"), &rules);
        assert_int_equal(os.state, want[row]);
        reason[row] = os.why->evntdesc;
    }
    assert_non_null(strstr(reason[0], "date not known"));
    assert_null(strstr(reason[2], "date not known"));
    msp_table_free(&adsl);
}

/* By hand: of three readers at a visit the accepted one counts; where none was accepted the first
 * does, and it is said once. Visits go by VISITNUM, for readers may date them differently. */
static void the_accepted_reader_counts(void **state)
{
    (void)state;
    static const char csv[] =
        "USUBJID,RSSEQ,RSTESTCD,RSSTRESC,RSEVAL,RSEVALID,RSACPTFL,VISITNUM,RSDTC\n"
        "P1,1,OVRLRESP,SD,INDEPENDENT ASSESSOR,RADIOLOGIST 1,,1,2020-02-01\n"
        "P1,2,OVRLRESP,PR,INDEPENDENT ASSESSOR,RADIOLOGIST 2,,1,2020-02-02\n"
        "P1,3,OVRLRESP,VGPR,INDEPENDENT ASSESSOR,ADJUDICATOR,Y,1,2020-02-03\n"
        "P1,4,OVRLRESP,CR,INVESTIGATOR,,,1,2020-02-01\n"
        "P1,5,OVRLRESP,PD,INDEPENDENT ASSESSOR,RADIOLOGIST 2,,2,2020-03-01\n"
        "P1,6,OVRLRESP,SD,INDEPENDENT ASSESSOR,RADIOLOGIST 1,,2,2020-03-02\n"
        "P1,7,OVRLRESP,PD,INDEPENDENT ASSESSOR,RADIOLOGIST 2,,3,2020-04-01\n"
        "P1,8,OVRLRESP,SD,INDEPENDENT ASSESSOR,RADIOLOGIST 1,,3,2020-04-01\n";
    static const int64_t counted[] = {3, 6, 8};
    msp_table rs;
    msp_rs reports;
    msp_error err;
    msp_findings findings = {0};
    assert_int_equal(msp_table_read_memory(csv, strlen(csv), "rs.csv", NULL, &rs, &err), MSP_OK);
    assert_int_equal(msp_rs_read(&rs, NULL, MSP_RS_COMMITTEE, &findings, &reports, &err), MSP_OK);
    assert_int_equal(reports.subjects[0].n, MSP_COUNT(counted));
    for (size_t i = 0; i < MSP_COUNT(counted); i++)
        assert_int_equal(reports.subjects[0].visits[i].seq, counted[i]);
    assert_int_equal(findings.n, 1);
    assert_non_null(strstr(findings.items[0].text, "row 5, RSEVALID: several readers"));
    assert_non_null(strstr(findings.items[0].hint, "those of RADIOLOGIST 1 are taken"));
    msp_findings_free(&findings);
    msp_rs_free(&reports);
    msp_table_free(&rs);
}

/* Assessors in other words; what is nobody's of the two is said. */
static void evaluators_have_several_names(void **state)
{
    (void)state;
    static const char csv[] = "USUBJID,RSSEQ,RSTESTCD,RSSTRESC,RSEVAL,RSDTC\n"
                              "P1,1,OVRLRESP,SD,,2020-02-01\n"
                              "P1,2,OVRLRESP,PR,Investigator,2020-03-01\n"
                              "P1,3,OVRLRESP,CR,INDEPENDENT REVIEW COMMITTEE,2020-03-01\n"
                              "P1,4,OVRLRESP,PD,IRC,2020-04-01\n"
                              "P1,5,OVRLRESP,PD,SPONSOR,2020-04-01\n"
                              "P1,6,OVRLRESP,PD,SPONSOR,2020-05-01\n"
                              "P1,7,TRGRESP,PD,VENDOR,2020-05-01\n";
    static const struct {
        const char *evaluator;
        int64_t seq[2];
        size_t said;
    } cases[] = {{MSP_RS_INVESTIGATOR, {1, 2}, 1}, {MSP_RS_COMMITTEE, {3, 4}, 0}};
    for (size_t c = 0; c < MSP_COUNT(cases); c++) {
        msp_table rs;
        msp_rs reports;
        msp_error err;
        msp_findings findings = {0};
        assert_int_equal(msp_table_read_memory(csv, strlen(csv), "rs.csv", NULL, &rs, &err),
                         MSP_OK);
        assert_int_equal(msp_rs_read(&rs, NULL, cases[c].evaluator, &findings, &reports, &err),
                         MSP_OK);
        assert_int_equal(reports.n, 1);
        assert_int_equal(reports.subjects[0].n, 2);
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(reports.subjects[0].visits[i].seq, cases[c].seq[i]);
        assert_int_equal(findings.n, cases[c].said);
        if (cases[c].said > 0)
            assert_non_null(strstr(findings.items[0].text, "responses of \"SPONSOR\""));
        msp_findings_free(&findings);
        msp_rs_free(&reports);
        msp_table_free(&rs);
    }
}

static void check_names(const msp_table *table)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        assert_true(strlen(table->columns[i].name) <= 8);
        assert_true(strlen(table->columns[i].label) <= 40);
        assert_true(strlen(table->columns[i].label) > 0);
    }
    assert_true(strlen(table->label) <= 40);
}

/* Written as a SAS transport file and read back. */
static void round_trip(const msp_table *table, msp_table *back)
{
    char path[] = "/tmp/mspike-adam-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    msp_error err;
    if (msp_table_write(table, path, MSP_TABLE_XPT, NULL, &err) != MSP_OK)
        fail_msg("%s", err.text);
    if (msp_table_read(path, NULL, back, &err) != MSP_OK)
        fail_msg("%s", err.text);
    unlink(path);
    assert_int_equal(back->n_rows, table->n_rows);
    assert_int_equal(back->n_columns, table->n_columns);
}

static const char *text_in(const msp_table *table, size_t row, const char *name)
{
    const msp_column *column = msp_table_column(table, name);
    assert_non_null(column);
    return column->text[column->code[row]];
}

static void tables_in_transport_files(void **state)
{
    (void)state;
    msp_error err;
    msp_table adtte, adrs, adsl, back;
    assert_int_equal(msp_adtte_init(&adtte, &err), MSP_OK);
    assert_int_equal(msp_adrs_init(&adrs, &err), MSP_OK);
    assert_int_equal(msp_adsl_init(&adsl, &err), MSP_OK);
    check_names(&adtte);
    check_names(&adrs);
    check_names(&adsl);

    const msp_outcome_rule *rules;
    (void)msp_outcome_rules(&rules);
    const msp_day start = msp_day_from_civil(2020, 1, 1);
    const msp_tte tte = {.state = MSP_TTE_CENSORED,
                         .start = {start, {0}},
                         .end = {start + 9, {"RS", "RSDTC", 7}},
                         .days = 10,
                         .event = -1,
                         .why = &rules[2]};
    const msp_tte_definition *pfs = msp_tte_definition_find("PFSNACT");
    assert_int_equal(msp_adtte_add(&adtte, "DEMO", "P1", '\0', pfs, &tte, &err), MSP_OK);
    assert_int_equal(msp_adtte_add(&adtte, "DEMO", "P1", 'I', pfs, &tte, &err), MSP_OK);
    const msp_tte undefined = {.state = MSP_TTE_UNDEFINED};
    assert_int_equal(msp_adtte_add(&adtte, "DEMO", "P2", '\0', pfs, &undefined, &err), MSP_OK);
    assert_int_equal(adtte.n_rows, 2);
    round_trip(&adtte, &back);
    assert_string_equal(text_in(&back, 0, "PARAMCD"), "PFSNACT");
    assert_string_equal(text_in(&back, 1, "PARAMCD"), "PFSNACTI");
    assert_string_equal(text_in(&back, 0, "EVNTDESC"), rules[2].evntdesc);
    assert_near(msp_table_column(&back, "STARTDT")->number[0], 21915, 0); /* SAS: 01JAN2020 */
    assert_near(msp_table_column(&back, "SRCSEQ")->number[0], 7, 0);
    msp_table_free(&back);

    const msp_profile profile = {.iss = MSP_STAGE_II,
                                 .lesions = MSP_NO,
                                 .lines = -1,
                                 .refractory[MSP_PROFILE_LENALIDOMIDE].status = MSP_YES,
                                 .double_refractory = MSP_NO,
                                 .clearance = NAN};
    const msp_adsl_subject subject = {.study = "DEMO",
                                      .id = "P1",
                                      .age = 66,
                                      .sex = "F",
                                      .randomised = start,
                                      .first_dose = start,
                                      .treated_days = 28,
                                      .last_dose = start + 27,
                                      .death = MSP_NO_DAY,
                                      .crossover = MSP_NO_DAY,
                                      .last_alive = MSP_NO_DAY,
                                      .itt = MSP_YES,
                                      .profile = &profile};
    assert_int_equal(msp_adsl_add(&adsl, &subject, &err), MSP_OK);
    round_trip(&adsl, &back);
    assert_string_equal(text_in(&back, 0, "ISS"), "II");
    assert_string_equal(text_in(&back, 0, "RISS"), "NC");
    assert_string_equal(text_in(&back, 0, "CYTORISK"), "STANDARD");
    assert_string_equal(text_in(&back, 0, "LENREFFL"), "Y");
    assert_string_equal(text_in(&back, 0, "PENREFFL"), "");
    assert_near(msp_table_column(&back, "TRTDURD")->number[0], 28, 0);
    assert_true(isnan(msp_table_column(&back, "NPRIORL")->number[0]));
    msp_table_free(&back);
    msp_table_free(&adtte);
    msp_table_free(&adrs);
    msp_table_free(&adsl);
}

/* MR is a benefit in itself; SD only where it lasts, and day 42 is long enough. */
static void benefit_at_its_limit(void **state)
{
    (void)state;
    const msp_day start = msp_day_from_civil(2020, 1, 1);
    msp_seen seen[] = {{.day = start + 41, .raw = MSP_LEVEL_SD, .confirmed = MSP_LEVEL_SD},
                       {.day = start + 60, .raw = MSP_LEVEL_MR, .confirmed = MSP_LEVEL_MR}};
    uint8_t flags[2];
    const msp_summary_rules long_sd = {start, 42}, mr = {start, MSP_BENEFIT_MR};
    msp_summary_flags(seen, 2, &long_sd, flags);
    assert_ptr_equal(msp_summary_of(seen, flags, 2, &long_sd).benefit, &seen[1]);
    assert_ptr_equal(msp_summary_of(seen, flags, 2, &mr).benefit, &seen[1]);
    assert_null(msp_summary_of(seen, flags, 1, &mr).benefit);
    seen[0].day++;
    assert_ptr_equal(msp_summary_of(seen, flags, 2, &long_sd).benefit, &seen[0]);
    assert_ptr_equal(msp_summary_of(seen, flags, 2, &mr).benefit, &seen[1]);
}

/* Of two visits of one day the worse is flagged, and what cannot be evaluated never is. */
static void one_visit_a_day(void **state)
{
    (void)state;
    const msp_day day = msp_day_from_civil(2020, 2, 1);
    const msp_seen seen[] = {{.day = day, .confirmed = MSP_LEVEL_NE},
                             {.day = day, .confirmed = MSP_LEVEL_VGPR},
                             {.day = day, .confirmed = MSP_LEVEL_PR},
                             {.day = day, .confirmed = MSP_LEVEL_PR}};
    const msp_summary_rules rules = {MSP_NO_DAY, MSP_BENEFIT_MR};
    uint8_t flags[4];
    msp_summary_flags(seen, 4, &rules, flags);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal((flags[i] & MSP_VISIT_OF_ITS_DAY) != 0, i == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_to_confirm),
        cmocka_unit_test(timelines_of_reports),
        cmocka_unit_test(faults_name_the_cell),
        cmocka_unit_test(the_accepted_reader_counts),
        cmocka_unit_test(evaluators_have_several_names),
        cmocka_unit_test(who_died_undated_is_not_alive),
        cmocka_unit_test(tables_in_transport_files),
        cmocka_unit_test(benefit_at_its_limit),
        cmocka_unit_test(one_visit_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
