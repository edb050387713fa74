/* Answers in tables: codes, order of visits, baseline, faults. Scores by hand: test_qol.c. */
#include "near.h"

#include <string.h>

#include "mspike/endpoint/qol_table.h"
#include "mspike/table/read.h"

static void codes_name_items(void **state)
{
    (void)state;
    static const msp_qol_prefix codes[] = {{"EOR01", 1}, {"EOR18", 31}, {"Q", 1}};
    static const struct {
        const char *code;
        unsigned item;
    } cases[] = {{"EOR0101", 1}, {"EOR0130", 30}, {"EOR1801", 31}, {"EOR1820", 50}, {"EOR1821", 0},
                 {"Q7", 7},      {"Q07", 7},      {"Q050", 50},    {"Q51", 0},      {"Q", 0},
                 {"29", 29},     {"0", 0},        {"51", 0},       {"EQ5D0101", 0}, {"", 0},
                 {"Q1a", 0},     {"Q0001", 0},    {"Q0", 0},       {"EOR01", 0}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++)
        if (msp_qol_item(cases[i].code, codes, MSP_COUNT(codes)) != cases[i].item)
            fail_msg("%s", cases[i].code);
}

static msp_status read_text(const char *csv, const char *baseline, msp_table *table,
                            msp_qol_table *out, msp_error *err)
{
    static const msp_read_column columns[] = {{"id", MSP_READ_TEXT},
                                              {"visit", MSP_READ_TEXT},
                                              {"item", MSP_READ_TEXT},
                                              {"answer", MSP_READ_NUMBER},
                                              {"day", MSP_READ_NUMBER}};
    const msp_read_options options = {.columns = columns, .n_columns = MSP_COUNT(columns)};
    const msp_qol_source source = {.subject = "id",
                                   .visit = "visit",
                                   .item = "item",
                                   .answer = "answer",
                                   .time = "day",
                                   .baseline = baseline};
    assert_int_equal(msp_table_read_memory(csv, strlen(csv), "qs.csv", &options, table, err),
                     MSP_OK);
    return msp_qol_table_read(table, &source, out, err);
}

#define HEAD "id,visit,item,answer,day\n"

/* Global health, items 29 and 30: 100 (RS - 1) / 6. Nausea, 14 and 15: 100 (RS - 1) / 3. */
static const char *const answers = HEAD "02,Cycle 10,29,7,200\n"
                                        "02,Cycle 2,29,4,30\n"
                                        "02,Cycle 2,30,1,30\n"
                                        "01,Cycle 2,14,1,28\n"
                                        "01,Base,29,4,1\n"
                                        "01,Base,14,3,1\n"
                                        "01,Cycle 2,29,,28\n"
                                        "01,Cycle 2,ECOG,1,28\n"
                                        "01,Cycle 3,14,4,60\n";

static void visits_in_order_with_their_baseline(void **state)
{
    (void)state;
    msp_table table;
    msp_qol_table t;
    assert_int_equal(read_text(answers, NULL, &table, &t, NULL), MSP_OK);
    static const struct {
        const char *subject, *visit;
        double ql, nv;
        size_t baseline;
    } want[] = {{"01", "Base", 50, 200 / 3., 0},
                {"01", "Cycle 2", NAN, 0, 0},
                {"01", "Cycle 3", NAN, 100, 0},
                {"02", "Cycle 2", 25, NAN, 3},
                {"02", "Cycle 10", 100, NAN, 3}};
    assert_int_equal(t.n, 5);
    assert_int_equal(t.n_missing, 1);
    assert_int_equal(t.n_other, 1);
    for (size_t i = 0; i < t.n; i++) {
        assert_string_equal(t.visits[i].subject, want[i].subject);
        assert_string_equal(t.visits[i].visit, want[i].visit);
        assert_near(t.visits[i].scores.score[MSP_QOL_QL], want[i].ql, 1e-15);
        assert_near(t.visits[i].scores.score[MSP_QOL_NV], want[i].nv, 1e-15);
        assert_int_equal(t.visits[i].baseline, want[i].baseline);
    }
    msp_qol_table_free(&t);
    msp_qol_table_free(&t);
    msp_table_free(&table);
    assert_int_equal(read_text(answers, "Cycle 2", &table, &t, NULL), MSP_OK);
    assert_int_equal(t.visits[0].baseline, 1);
    msp_qol_table_free(&t);
    msp_table_free(&table);
}

static double number(const msp_table *t, const char *name, size_t row)
{
    return msp_table_column(t, name)->number[row];
}

static void scores_and_times_as_tables(void **state)
{
    (void)state;
    msp_table table, out;
    msp_qol_table t;
    msp_qol_asked asked = {.mid = 5, .points = 10};
    asked.scale[MSP_QOL_NV] = asked.scale[MSP_QOL_PF] = true; /* PF has no answer */
    assert_int_equal(read_text(answers, NULL, &table, &t, NULL), MSP_OK);
    assert_int_equal(msp_qol_write_scores(&t, &table, &asked, &out, NULL), MSP_OK);
    assert_int_equal(out.n_rows, 5);
    assert_near(number(&out, "CHG", 0), NAN, 0);           /* baseline itself */
    assert_near(number(&out, "CHG", 1), -200 / 3., 1e-15); /* fewer symptoms */
    assert_near(number(&out, "GAIN", 1), 200 / 3., 1e-15);
    assert_near(number(&out, "RESPONSE", 1), 1, 0);
    assert_near(number(&out, "RESPONSE", 2), 0, 0);
    assert_near(number(&out, "ADY", 2), 60, 0);
    msp_table_free(&out);
    assert_int_equal(msp_qol_write_deterioration(&t, &table, &asked, &out, NULL), MSP_OK);
    assert_int_equal(out.n_rows, 2);
    assert_near(number(&out, "AVAL", 0), 60, 0); /* from 66.7 to 100 */
    assert_near(number(&out, "CNSR", 0), 0, 0);
    assert_near(number(&out, "AVAL", 1), 0, 0);
    assert_near(number(&out, "CNSR", 1), 1, 0);
    msp_table_free(&out);
    asked.carried = (const char *const[]){"nothing"};
    asked.n_carried = 1;
    assert_int_equal(msp_qol_write_scores(&t, &table, &asked, &out, NULL), MSP_EINPUT);
    msp_qol_table_free(&t);
    msp_table_free(&table);
}

static void faults_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *baseline, *says;
        uint32_t line;
    } cases[] = {
        {HEAD "01,Base,29,8,1\n", NULL, "no answer to item 29; expected 1 to 7", 2},
        {HEAD "01,Base,14,2,1\n01,Base,15,2.5,1\n", NULL, "no answer to item 15", 3},
        {HEAD "01,Base,14,2,1\n01,Base,14,2,1\n", NULL, "a second answer to item 14", 3},
        {HEAD "01,Base,ECOG1,2,1\n", NULL, "there is no answer to an item", 0},
        {HEAD "01,Base,14,2,1\n", "base", "no visit is called \"base\"", 0},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_table table;
        msp_qol_table t;
        msp_error err;
        assert_int_not_equal(read_text(cases[i].csv, cases[i].baseline, &table, &t, &err), MSP_OK);
        if (strstr(err.text, cases[i].says) == NULL)
            fail_msg("%s", err.text);
        msp_table_free(&table);
    }
    msp_table table, out;
    msp_qol_table t;
    const msp_qol_asked asked = {.scale = {[MSP_QOL_NV] = true}, .points = 10};
    assert_int_equal(
        read_text(HEAD "01,V1,14,2,1\n01,V2,14,2,9\n01,V3,14,2,8\n", NULL, &table, &t, NULL),
        MSP_OK);
    assert_int_equal(msp_qol_write_deterioration(&t, &table, &asked, &out, NULL), MSP_EINPUT);
    msp_qol_table_free(&t);
    msp_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_name_items),
        cmocka_unit_test(visits_in_order_with_their_baseline),
        cmocka_unit_test(scores_and_times_as_tables),
        cmocka_unit_test(faults_have_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
