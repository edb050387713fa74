/* test_supp - qualifiers find the rows that they belong to (SDTMIG 8.4); worked by hand. */
#include <string.h>

#include "mspike/patient/supp.h"
#include "mspike/table/read.h"
#include "near.h"

static const char lb[] = "USUBJID,LBSEQ,VISITNUM,LBORRES\n"
                         "P1,1,1,3.0\n"
                         "P1,2,1,2.0\n"
                         "P1,10,2,1.5\n"
                         "P2,1,1,4.0\n";

static msp_table read_text(const char *text, const char *name)
{
    msp_table table;
    msp_error err = {0};
    if (msp_table_read_memory(text, strlen(text), name, NULL, &table, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return table;
}

/* Texts of column `name` of LB after a join, one letter a row, '.' for none. */
static void expect(const char *supp_text, const char *cells, const char *faults)
{
    static const char *const names[] = {"LBFLAG", "LBORRES"};
    static const char letters[] = {'.', 'D', 'V', 'O', 'R', 'C'};
    msp_table table = read_text(lb, "lb.csv"), supp = read_text(supp_text, "supplb.csv");
    msp_arena arena = {0};
    msp_supp_match match;
    msp_error err = {0};
    assert_int_equal(msp_supp_find(&table, "LB", &supp, &arena, &match, &err), MSP_OK);
    for (size_t i = 0; i < supp.n_rows; i++)
        assert_int_equal(letters[match.found[i].fault], faults[i]);
    assert_int_equal(msp_supp_join(&table, &supp, &match, names, 2, &err), MSP_OK);
    const msp_column *flag = msp_table_column(&table, "LBFLAG");
    for (size_t row = 0; row < table.n_rows; row++) {
        const char *text = flag != NULL ? flag->text[flag->code[row]] : "";
        assert_int_equal(text[0] != '\0' ? text[0] : '.', cells[row]);
    }
    assert_int_equal(table.n_columns, flag != NULL ? 5 : 4); /* LBORRES stays the domain's own */
    msp_arena_free(&arena);
    msp_table_free(&supp);
    msp_table_free(&table);
}

#define HEAD "RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL\n"

static void by_sequence_by_visit_and_by_subject(void **state)
{
    (void)state;
    expect(HEAD "LB,P1,LBSEQ,2,LBFLAG,Y\n"
                "LB,P2,LBSEQ,1.0,LBFLAG,N\n",
           ".Y.N", "..");
    expect(HEAD "LB,P1,VISITNUM, 1 ,LBFLAG,Y\n", "YY..", ".");
    expect(HEAD "LB,P1,,,LBFLAG,Y\n", "YYY.", ".");
    expect(HEAD "LB,P1,LBSEQ,10,LBOTHER,Y\n", "....", ".");
}

static void what_finds_nothing_is_said(void **state)
{
    (void)state;
    expect(HEAD "LB,P1,LBSEQ,3,LBFLAG,Y\n"
                "LB,P2,LBSEQ,2,LBFLAG,Y\n"
                "LB,P9,,,LBFLAG,Y\n"
                "LB,P1,LBGRPID,1,LBFLAG,Y\n"
                "MB,P1,LBSEQ,1,LBFLAG,Y\n",
           "....", "OOOVD");
}

static void of_repeats_the_first_counts(void **state)
{
    (void)state;
    expect(HEAD "LB,P1,LBSEQ,1,LBFLAG,Y\n"
                "LB,P1,LBSEQ,1,LBFLAG,Y\n"
                "LB,P1,LBSEQ,01,LBFLAG,N\n"
                "LB,P1,LBSEQ,1,LBOTHER,N\n",
           "Y...", ".RC.");
    expect(HEAD "LB,P1,LBSEQ,7,LBFLAG,Y\n" /* an orphan stays one */
                "LB,P1,LBSEQ,7,LBFLAG,Y\n",
           "....", "OO");
}

static void columns_that_are_not_there(void **state)
{
    (void)state;
    msp_table table = read_text(lb, "lb.csv"), supp = read_text("USUBJID,QNAM\nP1,A\n", "s.csv");
    msp_arena arena = {0};
    msp_supp_match match;
    msp_error err = {0};
    assert_int_equal(msp_supp_find(&table, "LB", &supp, &arena, &match, &err), MSP_EINPUT);
    assert_non_null(strstr(err.text, "QVAL"));
    msp_table_free(&supp);
    expect("USUBJID,QNAM,QVAL\nP1,LBFLAG,Y\n", "YYY.", "."); /* without IDVAR: of the subject */
    supp = read_text("USUBJID,QNAM,QVAL\nP1,A,1\n", "s.csv");
    assert_int_equal(msp_supp_find(&table, "LB", &supp, &arena, &match, &err), MSP_EINPUT);
    msp_table_free(&supp);
    msp_arena_free(&arena);
    msp_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_sequence_by_visit_and_by_subject),
        cmocka_unit_test(what_finds_nothing_is_said),
        cmocka_unit_test(of_repeats_the_first_counts),
        cmocka_unit_test(columns_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
