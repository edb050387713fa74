/* test_crossover.c - patients who go over to the other arm's treatment: tests/data/crossover,
 * worked by hand. Serum 3.0, then 3.8 on 2020-02-26 and 4.0: progression on the doublet. X-01 gets
 * ixazomib from 2020-04-01 (EX; another row of it stands first in the table), has 4.2 on that
 * day, 2.0 and 1.9 after it (PR of 4.2, not of 3.0), and 2.6 and 2.9 then: 0.7 above 1.9. X-02 gets
 * it as a subsequent therapy (CM) and daratumumab on 2020-06-10; of X-03 DS alone says it, and he
 * dies unassessed. X-04 stays. X-05 got it by mistake from the first day on, I-01 is in the triplet
 * arm. */
#include "near.h"

#include <string.h>

#include "mspike/endpoint.h"
#include "mspike/patient.h"
#include "mspike/response.h"

typedef struct scene {
    msp_protocol protocol;
    msp_findings findings;
    msp_patients patients;
    msp_responses responses;
    msp_arena arena;
    msp_timeline *whole, *crossed;
} scene;

static void make(scene *s, const char *path, const char *drop)
{
    msp_error err;
    memset(s, 0, sizeof *s);
    msp_status rc = msp_protocol_read(project_file("tests/data/crossover/protocol.yaml"),
                                      &s->protocol, &s->findings, &err);
    const msp_sdtm_options how = {.protocol = &s->protocol};
    if (drop != NULL)
        s->protocol.crossover.at.line = 0;
    if (rc == MSP_OK)
        rc = strstr(path, ".csv") != NULL
                 ? msp_tidy_read(project_file(path), &s->patients, &s->findings, &err)
                 : msp_sdtm_read(project_file(path), &how, &s->patients, &s->findings, &err);
    if (rc == MSP_OK)
        rc = msp_responses_judge(&s->patients, &s->protocol.rules, NULL, &s->responses, &err);
    if (rc == MSP_OK)
        rc = msp_derived_timelines(&s->patients, &s->responses, &s->protocol.rules, NULL, &s->arena,
                                   &s->whole, &err);
    if (rc == MSP_OK)
        rc = msp_crossover_timelines(&s->patients, &s->protocol.rules, NULL, &s->arena, s->whole,
                                     &s->crossed, &err);
    if (rc != MSP_OK)
        fail_msg("%s", err.text);
}

static void done(scene *s)
{
    msp_arena_free(&s->arena);
    msp_responses_free(&s->responses);
    msp_patients_free(&s->patients);
    msp_protocol_free(&s->protocol);
    msp_findings_free(&s->findings);
}

static size_t index_of(const scene *s, const char *id)
{
    const msp_patient *p = msp_patients_find(&s->patients, id);
    assert_non_null(p);
    return (size_t)(p - s->patients.patients);
}

static msp_tte time_of(const scene *s, const char *id, const char *endpoint, bool crossed)
{
    char code[MSP_PARAMCD_MAX];
    msp_tte_definition definition;
    msp_error err;
    const msp_tte_rules rules = msp_tte_rules_fda();
    if (msp_tte_define(msp_protocol_endpoint(&s->protocol, endpoint), code, &definition, &err) !=
        MSP_OK)
        fail_msg("%s", err.text);
    return msp_tte_derive(crossed ? &s->crossed[index_of(s, id)] : &s->whole[index_of(s, id)],
                          &definition, &rules);
}

static void expect(const scene *s, const char *id, const char *endpoint, int days, int cnsr)
{
    const msp_tte t = time_of(s, id, endpoint, true);
    assert_true(t.state == MSP_TTE_EVENT || t.state == MSP_TTE_CENSORED);
    assert_int_equal(t.days, days);
    assert_int_equal(t.why->cnsr, cnsr);
}

static void a_cohort_of_its_own(void **state)
{
    (void)state;
    const msp_day day = msp_day_from_civil(2020, 4, 1);
    scene s;
    make(&s, "tests/data/crossover", NULL);
    static const struct {
        const char *id, *from;
        int seq;
    } who[] = {{"X-01", "EX", 4}, {"X-02", "CM", 1}, {"X-03", "DS", 2}};
    for (size_t i = 0; i < MSP_COUNT(who); i++) {
        const msp_timeline *t = &s.crossed[index_of(&s, who[i].id)];
        assert_int_equal(t->crossover.day, day);
        assert_string_equal(t->crossover.from.domain, who[i].from);
        assert_int_equal(t->crossover.from.seq, who[i].seq);
        assert_int_equal(s.patients.patients[index_of(&s, who[i].id)].new_therapy, day);
    }
    static const char *const others[] = {"I-01", "X-04", "X-05"};
    for (size_t i = 0; i < MSP_COUNT(others); i++) {
        assert_null(s.patients.patients[index_of(&s, others[i])].crossed);
        assert_int_equal(s.crossed[index_of(&s, others[i])].crossover.day, MSP_NO_DAY);
        assert_int_equal(time_of(&s, others[i], "PFS-X", true).state, MSP_TTE_UNDEFINED);
    }
    expect(&s, "X-01", "PFS-X", 85, 0);
    expect(&s, "X-02", "PFS-X", 57, 4); /* C6, at the last assessment before daratumumab */
    expect(&s, "X-03", "PFS-X", 40, 0); /* C3 */
    expect(&s, "X-01", "OS-X", 113, 1);
    /* the first treatment ended with it; its time is as before */
    assert_int_equal(s.patients.patients[index_of(&s, "X-01")].last_dose,
                     msp_day_from_civil(2020, 3, 24));
    assert_int_equal(time_of(&s, "X-01", "PFS", false).days, 57);
    /* a progression after it is the trial's second one */
    const msp_tte_rules rules = msp_tte_rules_fda();
    const msp_tte second =
        msp_tte_derive(&s.whole[index_of(&s, "X-01")], msp_tte_definition_find("PFS2"), &rules);
    assert_int_equal(second.state, MSP_TTE_EVENT);
    assert_int_equal(second.days, 176); /* 2020-01-01 to 2020-06-24 */
    const msp_tte third =
        msp_tte_derive(&s.whole[index_of(&s, "X-02")], msp_tte_definition_find("PFS2"), &rules);
    assert_int_equal(third.days, 162); /* to the start of daratumumab */

    msp_asked asked;
    msp_error err;
    size_t n = 0, yes = 0;
    assert_int_equal(msp_asked_of(&s.protocol, &s.protocol.rules, &s.arena, &asked, &err), MSP_OK);
    assert_int_equal(asked.n_rates, 1);
    for (size_t i = 0; i < s.patients.n; i++) {
        msp_rate_answer answer;
        assert_int_equal(msp_rate_of(&asked.rates[0], &s.crossed[i], &answer, &err), MSP_OK);
        n += answer.counts;
        yes += answer.counts && answer.yes == MSP_YES;
    }
    assert_int_equal(n, 3);
    assert_int_equal(yes, 1);
    done(&s);
}

/* Without the protocol's `crossover:` nobody crosses over. */
static void only_where_the_protocol_has_one(void **state)
{
    (void)state;
    scene s;
    make(&s, "tests/data/crossover", "crossover");
    assert_null(s.crossed);
    assert_int_equal(s.patients.patients[index_of(&s, "X-01")].last_dose,
                     msp_day_from_civil(2020, 7, 20));
    assert_int_equal(s.patients.patients[index_of(&s, "X-03")].new_therapy, MSP_NO_DAY);
    done(&s);
}

/* A table of visits says the day itself. */
static void from_a_table_of_visits(void **state)
{
    (void)state;
    scene s;
    make(&s, "tests/data/crossover/visits.csv", NULL);
    expect(&s, "X-01", "PFS-X", 85, 0);
    expect(&s, "X-02", "PFS-X", 57, 4);
    assert_null(s.patients.patients[index_of(&s, "X-04")].crossed);
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cohort_of_its_own),
        cmocka_unit_test(only_where_the_protocol_has_one),
        cmocka_unit_test(from_a_table_of_visits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
