/* test_adam.c - the road from laboratory values to ADSL, ADRS and ADTTE:
 * tests/data/endpoint/labs.csv, worked by hand. P1 responds (3.0 to 1.5 and 1.4 g/dL), goes on to
 * the next therapy on 2020-03-10, and rises by 0.8 from the nadir after it; P2 stays stable and
 * dies of myeloma on 2020-03-01. */
#include "near.h"

#include <string.h>
#include <sys/stat.h>

#include "mspike/endpoint.h"
#include "mspike/patient.h"
#include "mspike/response.h"
#include "mspike/table.h"

static void derive_from(const char *path, const char *name, const char *value, msp_adam *out)
{
    msp_arena arena = {0};
    msp_rules rules;
    msp_patients patients = {0};
    msp_responses responses = {0};
    msp_findings findings = {0};
    msp_error err;
    msp_status rc = msp_rules_default(&arena, &rules, &err);
    if (rc == MSP_OK && name != NULL)
        rc = msp_rules_set(&rules, name, value, &arena, &err);
    if (rc == MSP_OK)
        rc = strstr(path, ".csv") != NULL
                 ? msp_tidy_read(project_file(path), &patients, &findings, &err)
                 : msp_sdtm_read(project_file(path), NULL, &patients, &findings, &err);
    if (rc == MSP_OK)
        rc = msp_responses_judge(&patients, &rules, NULL, &responses, &err);
    const msp_adam_options options = {.rules = &rules, .study = "DEMO"};
    if (rc == MSP_OK)
        rc = msp_adam_of_responses(&patients, &responses, &options, out, &err);
    if (rc != MSP_OK)
        fail_msg("%s", err.text);
    msp_responses_free(&responses);
    msp_patients_free(&patients);
    msp_findings_free(&findings);
    msp_arena_free(&arena);
}

static void derive(const char *name, const char *value, msp_adam *out)
{
    derive_from("tests/data/endpoint/labs.csv", name, value, out);
}

static const char *text_in(const msp_table *table, size_t row, const char *name)
{
    const msp_column *column = msp_table_column(table, name);
    assert_non_null(column);
    return column->text[column->code[row]];
}

static double number_in(const msp_table *table, size_t row, const char *name)
{
    const msp_column *column = msp_table_column(table, name);
    assert_non_null(column);
    return column->number[row];
}

static size_t row_of(const msp_table *table, const char *id, const char *paramcd)
{
    for (size_t row = 0; row < table->n_rows; row++)
        if (strcmp(text_in(table, row, "USUBJID"), id) == 0 &&
            strcmp(text_in(table, row, "PARAMCD"), paramcd) == 0)
            return row;
    fail_msg("no %s of %s", paramcd, id);
    return 0;
}

static void expect_time(const msp_table *adtte, const char *id, const char *paramcd, int days,
                        int cnsr, int source)
{
    const size_t row = row_of(adtte, id, paramcd);
    assert_near(number_in(adtte, row, "AVAL"), days, 0);
    assert_near(number_in(adtte, row, "CNSR"), cnsr, 0);
    /* row of the table, from 1; a death has none */
    assert_near(number_in(adtte, row, "SRCSEQ"), source > 0 ? (double)source : (double)NAN, 0);
}

static void both_styles_from_the_same_values(void **state)
{
    (void)state;
    msp_adam adam;
    derive(NULL, NULL, &adam);
    expect_time(&adam.adtte, "P1", "PFSD", 57, 4, 3); /* C6, on 2020-02-26 */
    expect_time(&adam.adtte, "P1", "DORD", 29, 4, 3);
    expect_time(&adam.adtte, "P1", "TTRD", 29, 0, 2);
    expect_time(&adam.adtte, "P2", "OS", 61, 0, 0);
    expect_time(&adam.adtte, "P2", "TTPD", 61, 0, 0);
    msp_adam_free(&adam);

    derive("pfs_rules", "ema", &adam);
    expect_time(&adam.adtte, "P1", "PFSD", 85, 0, 4); /* the rise of 2020-03-25 */
    expect_time(&adam.adtte, "P1", "DORD", 57, 0, 4);
    msp_adam_free(&adam);

    derive("origin", "first_dose", &adam);
    expect_time(&adam.adtte, "P1", "PFSD", 56, 4, 3);
    msp_adam_free(&adam);
}

static void subjects_and_responses(void **state)
{
    (void)state;
    msp_adam adam;
    derive(NULL, NULL, &adam);
    assert_int_equal(adam.adsl.n_rows, 2);
    assert_string_equal(text_in(&adam.adsl, 0, "MEASDIS"), "serum");
    assert_string_equal(text_in(&adam.adsl, 0, "ITTFL"), "Y");
    assert_string_equal(text_in(&adam.adsl, 0, "DTHFL"), "");
    assert_string_equal(text_in(&adam.adsl, 1, "DTHFL"), "Y");
    assert_string_equal(text_in(&adam.adrs, row_of(&adam.adrs, "P1", "CBORD"), "AVALC"), "PR");
    assert_string_equal(text_in(&adam.adrs, row_of(&adam.adrs, "P1", "RSPD"), "AVALC"), "Y");
    assert_string_equal(text_in(&adam.adrs, row_of(&adam.adrs, "P2", "CBORD"), "AVALC"), "SD");
    assert_string_equal(text_in(&adam.adrs, row_of(&adam.adrs, "P2", "CBD"), "AVALC"), "N");
    msp_adam_free(&adam);
}

/* tests/data/disposition, worked by hand: serum 3.0 to 1.0, then 2.0 on 2020-05-20 and again. D-01
 * progressed on the next therapy, D-02 only began a third line; of D-03 progression was claimed,
 * D-04 was lost, D-05 stopped for an adverse event. Calcium stands before the M-protein in LB. */
static void what_became_of_them(void **state)
{
    (void)state;
    static const struct {
        const char *id, *paramcd;
        int days, cnsr;
        const char *why, *domain;
        int source;
    } all[] = {
        {"D-01", "PFSD", 141, 0, "Disease Progression", "LB", 17},
        {"D-01", "TTNT", 183, 0, "New Anti-Myeloma Therapy", "CM", 7},
        {"D-01", "TFI", 31, 0, "New Anti-Myeloma Therapy", "CM", 7},
        {"D-01", "PFS2", 336, 0, "Progression on Next Therapy", "CM", 0},
        {"D-01", "OS", 518, 1, "Alive without the event [S1]", "ADSL", 0},
        {"D-02", "PFS2", 376, 0, "Progression on Next Therapy", "", 0},
        {"D-03", "PFSD", 57, 7, "Clinical progression, not documented [C8]", "LB", 8},
        {"D-03", "PFSFDACD", 61, 0, "Clinical Progression", "DS", 0},
        {"D-04", "PFSD", 57, 8, "Lost to follow-up or consent withdrawn [C11]", "LB", 8},
        {"D-06", "PFSD", 141, 0, "Disease Progression", "LB", 18}, /* by urine */
        {"D-05", "PFSD", 57, 9, "Treatment stopped without progression [C7]", "LB", 8},
    };
    msp_adam adam;
    derive_from("tests/data/disposition", NULL, NULL, &adam);
    for (size_t i = 0; i < MSP_COUNT(all); i++) {
        const size_t row = row_of(&adam.adtte, all[i].id, all[i].paramcd);
        expect_time(&adam.adtte, all[i].id, all[i].paramcd, all[i].days, all[i].cnsr,
                    all[i].source);
        assert_string_equal(text_in(&adam.adtte, row, "EVNTDESC"), all[i].why);
        assert_string_equal(text_in(&adam.adtte, row, "SRCDOM"), all[i].domain);
    }
    msp_adam_free(&adam);
    derive_from("tests/data/disposition", "origin", "consent", &adam);
    expect_time(&adam.adtte, "D-01", "PFSD", 153, 0, 17); /* 12 days earlier */
    msp_adam_free(&adam);
    derive_from("tests/data/disposition", "pfs2_proxy", "none", &adam);
    expect_time(&adam.adtte, "D-02", "PFS2", 518, 1, 0);
    msp_adam_free(&adam);
    derive_from("tests/data/disposition", "line_min_cycles", "0", &adam);
    expect_time(&adam.adtte, "D-02", "PFS2", 376, 0, 0);
    msp_adam_free(&adam);
}

static void written_as_transport_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/mspike-adam-XXXXXX";
    assert_non_null(mkdtemp(folder));
    msp_adam adam;
    msp_error err;
    derive(NULL, NULL, &adam);
    assert_int_equal(msp_adam_write(&adam, folder, MSP_TABLE_XPT, &err), MSP_OK);
    static const char *const files[] = {"adsl.xpt", "adrs.xpt", "adtte.xpt"};
    const msp_table *const tables[] = {&adam.adsl, &adam.adrs, &adam.adtte};
    for (size_t i = 0; i < MSP_COUNT(files); i++) {
        char path[128];
        msp_table back;
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        if (msp_table_read(path, NULL, &back, &err) != MSP_OK)
            fail_msg("%s", err.text);
        assert_int_equal(back.n_rows, tables[i]->n_rows);
        assert_int_equal(back.n_columns, tables[i]->n_columns);
        msp_table_free(&back);
        unlink(path);
    }
    rmdir(folder);
    assert_int_equal(msp_adam_write(&adam, "/nowhere/at/all", MSP_TABLE_XPT, &err), MSP_EIO);
    msp_adam_free(&adam);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_styles_from_the_same_values),
        cmocka_unit_test(subjects_and_responses),
        cmocka_unit_test(what_became_of_them),
        cmocka_unit_test(written_as_transport_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
