/* test_adverse.c - adverse events in event-free survival, and ADAE: tests/data/adverse by hand. All
 * are randomised on 2020-01-01, dosed from the next day to 2020-03-20 (E-02 to 2020-03-01) and stay
 * stable. A drug is withdrawn for E-01's second event, for one of E-03's 42 days after the last
 * dose, for one of E-04's that was over before the first dose, for one of E-05's in some February
 * (by a qualifier), and for an unrelated one of E-06's after the next therapy; E-02 dies of his. */
#include "near.h"

#include <string.h>

#include "mspike/endpoint.h"
#include "mspike/patient.h"
#include "mspike/response.h"

typedef struct scene {
    msp_arena arena;
    msp_rules rules;
    msp_patients patients;
    msp_responses responses;
    msp_findings findings;
    msp_timeline *timelines;
    msp_adam adam;
} scene;

static msp_status make(scene *s, const char *path, const char *name, const char *value,
                       msp_error *err)
{
    memset(s, 0, sizeof *s);
    msp_status rc = msp_rules_default(&s->arena, &s->rules, err);
    if (rc == MSP_OK)
        rc = msp_rules_set(&s->rules, "efs_events", "adverse-event", &s->arena, err);
    if (rc == MSP_OK && name != NULL)
        rc = msp_rules_set(&s->rules, name, value, &s->arena, err);
    if (rc == MSP_OK)
        rc = strstr(path, ".csv") != NULL
                 ? msp_tidy_read(path, &s->patients, &s->findings, err)
                 : msp_sdtm_read(path, NULL, &s->patients, &s->findings, err);
    if (rc == MSP_OK)
        rc = msp_responses_judge(&s->patients, &s->rules, NULL, &s->responses, err);
    if (rc == MSP_OK)
        rc = msp_derived_timelines(&s->patients, &s->responses, &s->rules, NULL, &s->arena,
                                   &s->timelines, err);
    const msp_adam_options how = {.rules = &s->rules};
    return rc == MSP_OK ? msp_adam_of_responses(&s->patients, &s->responses, &how, &s->adam, err)
                        : rc;
}

static void done(scene *s)
{
    msp_adam_free(&s->adam);
    msp_arena_free(&s->arena);
    msp_responses_free(&s->responses);
    msp_patients_free(&s->patients);
    msp_findings_free(&s->findings);
}

static msp_tte efs(const scene *s, const char *id)
{
    const msp_tte_rules rules = msp_tte_rules_of(&s->rules);
    const msp_patient *p = msp_patients_find(&s->patients, id);
    assert_non_null(p);
    return msp_tte_derive(&s->timelines[p - s->patients.patients], msp_tte_definition_find("EFS"),
                          &rules);
}

static void expect(const scene *s, const char *id, int days, const char *rule, int seq)
{
    const msp_tte t = efs(s, id);
    assert_string_equal(t.why->id, rule);
    assert_int_equal(t.days, days);
    if (seq > 0) {
        assert_string_equal(t.end.from.domain, "AE");
        assert_int_equal(t.end.from.seq, seq);
    }
}

static const char *emergent(const scene *s, const char *id, int seq)
{
    const msp_table *t = &s->adam.adae;
    const msp_column *who = msp_table_column(t, "USUBJID"), *n = msp_table_column(t, "AESEQ"),
                     *flag = msp_table_column(t, "TRTEMFL");
    for (size_t row = 0; row < t->n_rows; row++)
        if (strcmp(who->text[who->code[row]], id) == 0 && (int)n->number[row] == seq)
            return flag->text[flag->code[row]];
    fail_msg("no event %d of %s", seq, id);
    return NULL;
}

static void those_that_count(void **state)
{
    (void)state;
    scene s;
    msp_error err;
    const char *data = project_file("tests/data/adverse");
    assert_int_equal(make(&s, data, NULL, NULL, &err), MSP_OK);
    expect(&s, "E-01", 41, "E7", 2); /* 2020-02-10 */
    expect(&s, "E-02", 65, "E7", 1); /* the day of death */
    expect(&s, "E-03", 113, "C5", 0);
    expect(&s, "E-04", 113, "C5", 0);
    expect(&s, "E-05", 32, "E7", 1); /* the first of February */
    expect(&s, "E-06", 57, "C6", 0);
    assert_int_equal(s.adam.adae.n_rows, 8);
    assert_string_equal(emergent(&s, "E-01", 1), "Y");
    assert_string_equal(emergent(&s, "E-03", 1), "");
    assert_string_equal(emergent(&s, "E-04", 1), "");
    assert_string_equal(emergent(&s, "E-06", 1), "Y");
    size_t n = 0; /* the grade "x" is said */
    for (size_t i = 0; i < s.findings.n; i++)
        n += strcmp(s.findings.items[i].id, "data-value") == 0;
    assert_int_equal(n, 1);
    done(&s);
}

static void the_window_is_a_rule(void **state)
{
    (void)state;
    scene s;
    msp_error err;
    const char *data = project_file("tests/data/adverse");
    assert_int_equal(make(&s, data, "teae_days", "42", &err), MSP_OK);
    assert_string_equal(emergent(&s, "E-03", 1), "Y");
    expect(&s, "E-03", 122, "E7", 1);
    done(&s);
    assert_int_equal(make(&s, data, "teae_days", "41", &err), MSP_OK);
    assert_string_equal(emergent(&s, "E-03", 1), "");
    done(&s);
    assert_int_equal(make(&s, data, "teae_stop_at_new_therapy", "yes", &err), MSP_OK);
    assert_string_equal(emergent(&s, "E-06", 1), "");
    assert_string_equal(emergent(&s, "E-06", 2), "Y"); /* related */
    done(&s);
}

/* A protocol's `safety:` is where trials say it. */
static void safety_says_the_window_too(void **state)
{
    (void)state;
    static const char text[] = "mspike: 1\ntrial: {title: T}\narms: {A: {}}\n"
                               "safety: {window: 42 days, stop_at_new_therapy: yes}\n";
    msp_protocol protocol;
    msp_findings findings = {0};
    msp_error err;
    assert_int_equal(msp_protocol_parse(text, strlen(text), "p.yaml", &protocol, &findings, &err),
                     MSP_OK);
    const msp_teae_rules rules = msp_teae_rules_of(&protocol.rules);
    assert_int_equal(rules.days, 42);
    assert_true(rules.stop_at_new_therapy);
    msp_findings_free(&findings);
    msp_protocol_free(&protocol);
}

static void a_source_or_a_refusal(void **state)
{
    (void)state;
    scene s;
    msp_error err;
    char path[4096];
    snprintf(path, sizeof path, "%s", project_file("tests/data/disposition"));
    assert_int_equal(make(&s, path, NULL, NULL, &err), MSP_EUNSUPPORTED); /* no AE */
    assert_string_equal(err.text, "EFS counts adverse events, and no table says them");
    done(&s);
    snprintf(path, sizeof path, "%s", project_file("tests/data/adverse"));
    assert_int_equal(make(&s, path, "efs_events", "deterioration", &err), MSP_EUNSUPPORTED);
    assert_string_equal(err.text, "EFS counts deteriorations, and no table says them");
    done(&s);
    snprintf(path, sizeof path, "%s", project_file("tests/data/adverse/visits.csv"));
    assert_int_equal(make(&s, path, NULL, NULL, &err), MSP_OK);
    expect(&s, "T-01", 41, "E7", 0);
    expect(&s, "T-02", 57, "C5", 0);
    done(&s);
    assert_int_equal(make(&s, path, "efs_events", "deterioration", &err), MSP_OK);
    expect(&s, "T-02", 46, "E8", 0);
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_that_count),
        cmocka_unit_test(the_window_is_a_rule),
        cmocka_unit_test(safety_says_the_window_too),
        cmocka_unit_test(a_source_or_a_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
