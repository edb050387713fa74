#include "near.h"

#include <string.h>

#include "mspike/analysis/record.h"

static msp_record median_of(const char *arm, double months)
{
    msp_record record = msp_record_empty();
    record.analysis = "pfs-itt";
    record.endpoint = "PFS";
    record.arm = arm;
    record.statistic = MSP_STATISTIC_SURVIVAL_QUANTILE;
    record.at = 0.5;
    record.estimate = months;
    record.level = 0.95;
    return record;
}

static void test_added_records_are_found_in_order(void **state)
{
    (void)state;
    msp_results results = {0};
    for (int i = 0; i < 300; i++) { /* beyond the first room */
        const msp_record record = median_of(i % 2 ? "KRd" : "Rd", i);
        assert_non_null(msp_results_add(&results, &record));
    }
    assert_int_equal(results.n_records, 300);
    msp_record_query query = msp_record_query_any();
    query.arm = "KRd";
    query.at = 0.5;
    size_t n = 0;
    for (const msp_record *r = NULL; (r = msp_results_find(&results, &query, r)) != NULL; n++)
        assert_near(r->estimate, (double)(2 * n + 1), 0);
    assert_int_equal(n, 150);
    query.at = 0.25;
    assert_null(msp_results_find(&results, &query, NULL));
    query = msp_record_query_any();
    query.subgroup = ""; /* only what has no subgroup */
    query.arm = "Rd";
    assert_non_null(msp_results_find(&results, &query, NULL));
    query.subgroup = "Age";
    assert_null(msp_results_find(&results, &query, NULL));
    msp_results_free(&results);
    msp_results_free(&results); /* twice is legal */
}

static void test_texts_and_arrays_are_copied(void **state)
{
    (void)state;
    msp_results results = {0};
    char arm[] = "KRd";
    double time[] = {1, 2};
    msp_record record = median_of(arm, 26.3);
    record.note = NULL;
    const msp_record *added = msp_results_add(&results, &record);
    const msp_curve curve = {.analysis = "pfs-itt", .arm = arm, .n = 2, .time = time};
    assert_non_null(msp_results_add_curve(&results, &curve));
    arm[0] = 'X';
    time[0] = -1;
    assert_string_equal(added->arm, "KRd");
    assert_string_equal(added->note, "");
    const msp_curve *found = msp_results_find_curve(&results, "pfs-itt", "", NULL, "KRd");
    assert_non_null(found);
    assert_near(found->time[0], 1, 0);
    assert_null(found->survival);
    assert_null(msp_results_find_curve(&results, "os-itt", NULL, NULL, NULL));
    msp_results_free(&results);
}

static void test_json_has_null_and_a_note_for_what_cannot_be_estimated(void **state)
{
    (void)state;
    msp_results results = {
        .version = "0.1.0", .convention = "r", .seed = 1, .cutoff = "2014-06-16"};
    msp_record record = median_of("KRd", NAN);
    record.note = "fewer than half had the event";
    record.lower = 23.3;
    record.n = 396;
    assert_non_null(msp_results_add(&results, &record));
    const double time[] = {0.5, 1}, survival[] = {1, 0.1};
    const msp_curve curve = {.analysis = "pfs-itt",
                             .arm = "KRd",
                             .n_patients = 2,
                             .n = 2,
                             .time = time,
                             .survival = survival,
                             .level = NAN};
    assert_non_null(msp_results_add_curve(&results, &curve));
    assert_int_equal(msp_results_add_source(&results, "adtte.xpt", "00ff", 254, NULL), MSP_OK);
    msp_text text = {0};
    msp_json json;
    msp_json_init(&json, &text, 0);
    msp_results_json(&results, &json);
    assert_string_equal(
        msp_text_str(&text),
        "{\"mspike\":\"0.1.0\",\"convention\":\"r\",\"seed\":1,\"cutoff\":\"2014-06-16\","
        "\"sources\":[{\"file\":\"adtte.xpt\",\"sha256\":\"00ff\",\"rows\":254}],"
        "\"records\":[{\"statistic\":\"survival_quantile\",\"analysis\":\"pfs-itt\","
        "\"endpoint\":\"PFS\",\"arm\":\"KRd\",\"note\":\"fewer than half had the event\","
        "\"at\":0.5,\"estimate\":null,\"lower\":23.3,\"upper\":null,\"level\":0.95,\"n\":396}],"
        "\"curves\":[{\"analysis\":\"pfs-itt\",\"arm\":\"KRd\",\"n\":2,\"time\":[0.5,1],"
        "\"survival\":[1,0.1]}]}");
    msp_text_free(&text);
    msp_results_free(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_added_records_are_found_in_order),
        cmocka_unit_test(test_texts_and_arrays_are_copied),
        cmocka_unit_test(test_json_has_null_and_a_note_for_what_cannot_be_estimated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
