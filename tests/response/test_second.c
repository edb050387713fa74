/* test_second - random patients judged by two evaluators.
 *
 * The patients are written as a table of visits, so that the reader takes part. MSPIKE_SOAK tries a
 * million of them, MSPIKE_SEED another seed. */
#include "mspike/patient.h"
#include "mspike/response.h"
#include "near.h"
#include "random_patients.h"

#define BATCH 2000

static uint64_t seed = 20200101;

/* -- comparison -- */

static int faults, assessments, counts[MSP_LEVEL_COUNT];

static void differ(const char *id, const char *config, const char *what, int first, int second)
{
    if (++faults <= 20)
        print_error("%s [%s]: %s is %d here, %d there\n", id, config, what, first, second);
}

static int in_days(msp_day day)
{
    return day == MSP_NO_DAY ? NO_DATE : day - FIRST;
}

static void compare(const msp_patient *p, const msp_response_result *got, const second_answer *want)
{
    const char *config = p->switches != NULL ? p->switches : "";
#define SAME(what, a, b)                                       \
    do {                                                       \
        if ((int)(a) != (int)(b))                              \
            differ(p->id, config, (what), (int)(a), (int)(b)); \
    } while (0)
    SAME("disease type", got->type, want->type);
    SAME("best", got->best, want->best);
    SAME("first response", in_days(got->first_response), want->first_response);
    SAME("progression", in_days(got->progression), want->progression);
    SAME("clinical relapse", in_days(got->clinical_relapse), want->clinical);
    SAME("relapse from CR", in_days(got->relapse_from_cr), want->from_cr);
    SAME("assessments", got->n_assessed, want->n);
    for (size_t k = 0; k < got->n_assessed && k < (size_t)want->n; k++) {
        SAME("level", got->assessed[k].raw, want->raw[k]);
        SAME("confirmed", got->assessed[k].confirmed, want->confirmed[k]);
        SAME("excluded", got->assessed[k].excluded, want->excluded[k]);
        counts[got->assessed[k].raw]++;
        assessments++;
    }
#undef SAME
}

static void judge_batch(const msp_text *table, second_patient *patients, int n)
{
    msp_arena arena = {0};
    msp_rules rules;
    msp_patients read;
    msp_responses responses;
    msp_findings findings = {0};
    msp_error err = {0};
    assert_int_equal(msp_rules_default(&arena, &rules, &err), MSP_OK);
    if (msp_tidy_read_memory(table->data, table->len, "random.csv", &read, &findings, &err) !=
            MSP_OK ||
        msp_responses_judge(&read, &rules, NULL, &responses, &err) != MSP_OK)
        fail_msg("%s (%s)", err.text, err.hint);
    assert_int_equal(findings.n_errors, 0);
    assert_int_equal(read.n, n);
    for (int i = 0; i < n; i++) {
        second_answer answer;
        second_judge(&patients[i], &answer);
        compare(&read.patients[i], &responses.results[i], &answer);
    }
    msp_responses_free(&responses);
    msp_patients_free(&read);
    msp_findings_free(&findings);
    msp_arena_free(&arena);
}

static void two_evaluators_agree(void **state)
{
    (void)state;
    const int total = getenv("MSPIKE_SOAK") != NULL ? 1000000 : 20000;
    second_patient *patients = malloc(BATCH * sizeof *patients);
    assert_non_null(patients);
    msp_text table = {0}, config = {0};
    for (int from = 0; from < total && faults == 0; from += BATCH) {
        msp_text_clear(&table);
        msp_text_add(&table, header);
        for (int i = 0; i < BATCH; i++) {
            msp_random r = msp_random_at(seed, (uint64_t)(from + i), 0, 0);
            random_patient(&r, &patients[i], &config);
            add_patient(&table, i, &patients[i], msp_text_str(&config));
        }
        judge_batch(&table, patients, BATCH);
    }
    print_message("seed %llu: %d assessments:", (unsigned long long)seed, assessments);
    for (int i = 0; i < MSP_LEVEL_COUNT; i++)
        print_message(" %s %d", msp_response_level_name((msp_response_level)i), counts[i]);
    print_message("\n");
    free(patients);
    msp_text_free(&table);
    msp_text_free(&config);
    assert_int_equal(faults, 0);
    for (int i = 0; i < MSP_LEVEL_COUNT; i++) /* every level occurs often */
        assert_true(counts[i] * 500 > assessments);
}

int main(void)
{
    const char *other = getenv("MSPIKE_SEED");
    if (other != NULL)
        seed = strtoull(other, NULL, 10);
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_evaluators_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
