/* A study from protocol and tables to records, on tables small enough to count by hand. */
#include "near.h"

#include <string.h>
#include <sys/stat.h>

#include "mspike/analysis/study.h"
#include "mspike/base/file.h"

static const char protocol_text[] =
    "mspike: 1\n"
    "trial: {title: Three arms}\n"
    "arms: {A: {value: a}, B: {value: b}, C: {value: c}}\n"
    "data: {subjects: {table: ADSL, id: ID, arm: ARM}}\n"
    "populations:\n"
    "  ITT: {where: {ITTFL: Y}}\n"
    "subgroups:\n"
    "  age: {column: AGE, cuts: [65]}\n"
    "  sex: {column: SEX, levels: [F, M, X]}\n"
    "baseline:\n"
    "  population: ITT\n"
    "  variables: [{column: AGE}, {column: SEX}, {column: WT, decimals: 1}]\n"
    "endpoints:\n"
    "  OS:\n"
    "    kind: time-to-event\n"
    "    origin: randomization\n"
    "    events: death\n"
    "    from: {table: ADTTE, where: {PARAMCD: OS}, time: AVAL, unit: days, event: CNSR,"
    " event_value: 0}\n"
    "    unit: months\n"
    "analyses:\n"
    "  os:\n"
    "    endpoint: OS\n"
    "    population: ITT\n"
    "    comparison: {experimental: B, control: A}\n"
    "    test: {kind: logrank, sided: 1}\n"
    "    hazard_ratio: {ties: efron, level: 0.99}\n"
    "    median: {interval: log-log, level: 0.9}\n"
    "    survival_at: {times: [12], level: 0.95}\n"
    "    subgroups: [age, sex]\n";

/* Nine patients: 3 in each arm, patient 9 outside the population, patient 6 without a record. */
static const char subjects[] = "ID,ARM,ITTFL,AGE,SEX,WT\n"
                               "01,a,Y,60,F,1\n02,a,Y,70,M,2\n03,a,Y,64,F,3\n"
                               "04,b,Y,65,M,4\n05,b,Y,50,F,5.123\n06,b,Y,,F,6\n"
                               "07,c,Y,71,M,7\n08,c,Y,66,,8\n09,c,N,40,M,9\n";
static const char times[] = "ID,PARAMCD,AVAL,CNSR\n"
                            "01,OS,100,0\n02,OS,200,0\n03,OS,400,1\n"
                            "04,OS,300,0\n05,OS,500,1\n"
                            "07,OS,50,0\n08,OS,600,2\n09,OS,10,0\n"
                            "01,PFS,1,0\n";

struct study {
    char dir[32];
    msp_protocol protocol;
    msp_results results;
    msp_findings findings;
    msp_error err;
};

static void put(const struct study *s, const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", s->dir, name);
    assert_int_equal(msp_file_write(path, text, strlen(text), NULL), MSP_OK);
}

static msp_status analyse(struct study *s, const char *adsl, const char *adtte)
{
    *s = (struct study){.dir = "/tmp/mspike-study-XXXXXX"};
    assert_non_null(mkdtemp(s->dir));
    put(s, "adsl.csv", adsl);
    put(s, "adtte.csv", adtte);
    assert_int_equal(msp_protocol_parse(protocol_text, strlen(protocol_text), "p.yaml",
                                        &s->protocol, &s->findings, &s->err),
                     MSP_OK);
    if (s->findings.n_errors > 0)
        fail_msg("%s", s->findings.items[0].text);
    const msp_study_options options = {.convention = MSP_CONVENTION_R, .seed = 1};
    return msp_study_analyse(&s->protocol, s->dir, &options, &s->results, &s->findings, &s->err);
}

static void finish(struct study *s)
{
    char path[64];
    msp_results_free(&s->results);
    msp_protocol_free(&s->protocol);
    msp_findings_free(&s->findings);
    snprintf(path, sizeof path, "%s/adsl.csv", s->dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/adtte.csv", s->dir);
    unlink(path);
    rmdir(s->dir);
}

static const msp_record *find(const struct study *s, const char *analysis, const char *subgroup,
                              const char *level, const char *arm, msp_statistic statistic,
                              const char *category)
{
    msp_record_query q = msp_record_query_any();
    q.analysis = analysis;
    q.subgroup = subgroup;
    q.level_name = level;
    q.arm = arm;
    q.statistic = (int)statistic;
    q.category = category;
    const msp_record *r = msp_results_find(&s->results, &q, NULL);
    if (r == NULL)
        fail_msg("no record %s %s %s %s %s", analysis, subgroup, level, arm,
                 msp_statistic_name(statistic));
    return r;
}

static void counts_are_right(void **state)
{
    (void)state;
    struct study s;
    assert_int_equal(analyse(&s, subjects, times), MSP_OK);
    const msp_record *r = find(&s, "populations", "", "", "C", MSP_STATISTIC_COUNT, "");
    assert_near(r->estimate, 2, 0);
    r = find(&s, "os", "", "", "", MSP_STATISTIC_COUNT, "(missing)");
    assert_near(r->estimate, 1, 0);
    assert_int_equal(r->n, 8);
    r = find(&s, "os", "", "", "A", MSP_STATISTIC_EVENTS, "");
    assert_near(r->estimate, 2, 0);
    r = find(&s, "os", "", "", "A", MSP_STATISTIC_SURVIVAL_QUANTILE, "");
    assert_near(r->level, 0.9, 0);
    assert_string_equal(r->method, "log-log");
    /* S falls to 2/3, 1/3 at 100 and 200 days: the median is 200 days. */
    r = find(&s, "os", "", "", "A", MSP_STATISTIC_LONGEST, "");
    assert_near(r->estimate, 400 / 30.4375, 1e-15);
    assert_int_equal(r->events, 0);
    msp_record_query q = msp_record_query_any();
    q.analysis = "os";
    q.subgroup = "";
    q.arm = "A";
    q.statistic = MSP_STATISTIC_SURVIVAL_QUANTILE;
    q.at = 0.5;
    r = msp_results_find(&s.results, &q, NULL);
    assert_non_null(r);
    assert_near(r->estimate, 200 / 30.4375, 1e-15);
    finish(&s);
}

static void summaries_have_their_missing(void **state)
{
    (void)state;
    struct study s;
    assert_int_equal(analyse(&s, subjects, times), MSP_OK);
    msp_record_query q = msp_record_query_any();
    q.analysis = "baseline";
    q.endpoint = "AGE";
    q.arm = "B";
    q.statistic = MSP_STATISTIC_MEAN;
    const msp_record *r = msp_results_find(&s.results, &q, NULL);
    assert_non_null(r);
    assert_near(r->estimate, 57.5, 0);
    assert_int_equal(r->n, 2);
    assert_int_equal(r->digits, 0);
    q.endpoint = "WT"; /* one holds 3 decimals; the protocol says 1 */
    r = msp_results_find(&s.results, &q, NULL);
    assert_non_null(r);
    assert_int_equal(r->digits, 1);
    q.endpoint = "AGE";
    q.statistic = MSP_STATISTIC_CATEGORY;
    q.category = "(missing)";
    r = msp_results_find(&s.results, &q, NULL);
    assert_non_null(r);
    assert_near(r->estimate, 1, 0);
    q.endpoint = "SEX";
    q.arm = "";
    r = msp_results_find(&s.results, &q, NULL);
    assert_non_null(r);
    assert_near(r->estimate, 1, 0);
    assert_int_equal(r->n, 8);
    finish(&s);
}

/* Two arms, 5 patients, events at 100 (A), 200 (A), 300 (B): by hand E_B = 2/5 + 2/4 + 2/3,
 * V = 6/25 + 1/4 + 2/9. */
static void comparisons_take_two_arms(void **state)
{
    (void)state;
    struct study s;
    assert_int_equal(analyse(&s, subjects, times), MSP_OK);
    const double e = 2.0 / 5 + 2.0 / 4 + 2.0 / 3, v = 6.0 / 25 + 1.0 / 4 + 2.0 / 9;
    const msp_record *r = find(&s, "os", "", "", "B v A", MSP_STATISTIC_TEST, "");
    assert_near(r->estimate, (1 - e) * (1 - e) / v, 1e-14);
    assert_string_equal(r->sided, "one-sided");
    assert_true(r->p < 0.5); /* B has fewer events than expected */
    assert_int_equal(r->n, 5);
    r = find(&s, "os", "", "", "B v A", MSP_STATISTIC_HAZARD_RATIO, "");
    assert_near(r->level, 0.99, 0);
    assert_true(r->estimate < 1);
    finish(&s);
}

static void empty_subgroups_say_so(void **state)
{
    (void)state;
    struct study s;
    assert_int_equal(analyse(&s, subjects, times), MSP_OK);
    const msp_record *r = find(&s, "os", "sex", "X", "B v A", MSP_STATISTIC_HAZARD_RATIO, "");
    assert_near(r->estimate, NAN, 0);
    assert_string_equal(r->note, "no patients");
    r = find(&s, "os", "age", "<65", "B v A", MSP_STATISTIC_HAZARD_RATIO, "");
    assert_near(r->estimate, NAN, 0); /* B has one patient there, without an event */
    assert_string_equal(r->note, "zero: no events in the experimental arm");
    (void)find(&s, "os", "age", "", "B v A", MSP_STATISTIC_INTERACTION, "");
    finish(&s);
}

static void bad_tables_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *adsl, *adtte;
        msp_status rc;
        const char *text;
    } cases[] = {
        {"ID,ARM,ITTFL,AGE,SEX,WT\n01,a,Y,1,F,1\n01,b,Y,1,F,1\n", times, MSP_EINPUT,
         "the same ID stands in row 1 already; ADSL holds one row a patient"},
        {"ID,ARM,ITTFL,AGE,SEX,WT\n,a,Y,1,F,1\n", times, MSP_EINPUT, "ID is missing"},
        {"ID,ARM,ITTFL,AGE,SEX,WT\n", times, MSP_ENODATA, "the table of the subjects has no rows"},
        {subjects, "ID,PARAMCD,AVAL,CNSR\n01,OS,5,0\n01,OS,6,0\n", MSP_EINPUT,
         "this patient has a second record of endpoint OS"},
        {subjects, "ID,PARAMCD,AVAL,CNSR\n01,OS,-5,0\n", MSP_ERANGE,
         "AVAL is -5; a time to event is at least 0"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        struct study s;
        assert_int_equal(analyse(&s, cases[i].adsl, cases[i].adtte), cases[i].rc);
        assert_string_equal(s.err.text, cases[i].text);
        assert_int_equal(s.results.n_records, 0);
        finish(&s);
    }
}

static void strangers_and_nobody_are_warned_of(void **state)
{
    (void)state;
    struct study s;
    assert_int_equal(analyse(&s, subjects, "ID,PARAMCD,AVAL,CNSR\n77,OS,5,0\n"), MSP_OK);
    assert_int_equal(s.findings.n_warnings, 2);
    assert_string_equal(s.findings.items[0].id, "study-unknown-patient");
    assert_string_equal(s.findings.items[1].id, "study-no-patients");
    finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_right),
        cmocka_unit_test(summaries_have_their_missing),
        cmocka_unit_test(comparisons_take_two_arms),
        cmocka_unit_test(empty_subgroups_say_so),
        cmocka_unit_test(bad_tables_are_named),
        cmocka_unit_test(strangers_and_nobody_are_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
