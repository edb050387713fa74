/* test_cases - the 30 hand-worked patients of the rules' authors (../shared/domain). */
#include <string.h>

#include "mspike/patient.h"
#include "mspike/response.h"
#include "mspike/table.h"
#include "near.h"

#define CASES "domain/response-cases.csv"

static const char *cell(const msp_table *t, const char *name, size_t row)
{
    const msp_column *c = msp_table_column(t, name);
    assert_non_null(c);
    return c->text[c->code[row]];
}

static void check_text(const char *id, const char *what, const char *got, const char *want,
                       int *faults)
{
    if (strcmp(got, want) == 0)
        return;
    print_error("%s: %s is \"%s\", want \"%s\"\n", id, what, got, want);
    ++*faults;
}

static const char *day_text(msp_day day, char out[MSP_DATE_MAX])
{
    if (day == MSP_NO_DAY)
        return "";
    msp_day_format(day, out);
    return out;
}

static const msp_assessed *assessed_on(const msp_response_result *r, const char *date)
{
    char text[MSP_DATE_MAX];
    for (size_t k = 0; k < r->n_assessed; k++)
        if (strcmp(day_text(r->assessed[k].day, text), date) == 0)
            return &r->assessed[k];
    return NULL;
}

static void check_row(const msp_table *t, size_t row, const msp_response_result *r, int *faults)
{
    char day[MSP_DATE_MAX];
    const char *id = cell(t, "case_id", row);
    check_text(id, "type", msp_disease_type_name(r->type), cell(t, "exp_disease_type", row),
               faults);
    check_text(id, "best", msp_response_level_name(r->best), cell(t, "exp_best_confirmed", row),
               faults);
    check_text(id, "first response", day_text(r->first_response, day),
               cell(t, "exp_first_response_date", row), faults);
    check_text(id, "progression", day_text(r->progression, day), cell(t, "exp_pd_date", row),
               faults);
    const char *other = strstr(cell(t, "exp_other", row), "clinical_relapse_first=");
    if (other != NULL)
        check_text(id, "clinical relapse", day_text(r->clinical_relapse, day),
                   strchr(other, '=') + 1, faults);
    const char *want = cell(t, "exp_visit_response", row);
    if (strcmp(want, "BL") == 0)
        return;
    const msp_assessed *a = assessed_on(r, cell(t, "visit_date", row));
    assert_non_null(a);
    const char *raw = a->excluded ? "EXCL" : msp_response_level_name((msp_response_level)a->raw);
    const char *confirmed =
        a->excluded ? "EXCL" : msp_response_level_name((msp_response_level)a->confirmed);
    check_text(id, cell(t, "visit_date", row), raw, want, faults);
    check_text(id, "confirmed", confirmed, cell(t, "exp_visit_confirmed", row), faults);
}

static void every_patient(void **state)
{
    (void)state;
    require_shared(CASES);
    msp_error err = {0};
    msp_arena arena = {0};
    msp_findings findings = {0};
    msp_patients patients;
    msp_responses responses;
    msp_rules rules;
    msp_table table;
    assert_int_equal(msp_rules_default(&arena, &rules, &err), MSP_OK);
    assert_int_equal(msp_tidy_read(shared_file(CASES), &patients, &findings, &err), MSP_OK);
    assert_int_equal(findings.n_errors, 0);
    assert_int_equal(findings.n_warnings, 1); /* one died of myeloma on a day that is not said */
    assert_string_equal(findings.items[findings.n - 1].id, "data-death");
    assert_int_equal(msp_responses_judge(&patients, &rules, NULL, &responses, &err), MSP_OK);
    assert_int_equal(msp_table_read(shared_file(CASES), NULL, &table, &err), MSP_OK);
    assert_int_equal(patients.n, 30);
    int faults = 0;
    for (size_t row = 0; row < table.n_rows; row++) {
        const msp_patient *p = msp_patients_find(&patients, cell(&table, "case_id", row));
        assert_non_null(p);
        check_row(&table, row, &responses.results[p - patients.patients], &faults);
    }
    assert_int_equal(faults, 0);
    msp_table_free(&table);
    msp_responses_free(&responses);
    msp_patients_free(&patients);
    msp_findings_free(&findings);
    msp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_patient)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
