/*
 * Columns as model.matrix of R 4.2.2 names and fills them:
 *   colnames(model.matrix(~ a * x + b, d)) and so on.
 */
#include "near.h"

#include <string.h>

#include "mspike/analysis/coding.h"

static const char *const csv = "a,b,x,v\n"
                               "p,u,2,Week 10\n"
                               "q,w,3,Week 2\n"
                               "r,u,5,Week 2\n"
                               "p,w,7,Week 1\n"
                               ",u,9,Week 1\n";

static msp_table read_all(void)
{
    msp_table table;
    assert_int_equal(msp_table_read_memory(csv, strlen(csv), "test.csv", NULL, &table, NULL),
                     MSP_OK);
    return table;
}

static msp_status make(const char *text, const msp_coding_levels *factors, size_t n, msp_formula *f,
                       msp_table *table, msp_coding *c, msp_error *err)
{
    uint8_t keep[5] = {1, 1, 1, 1, 1};
    *table = read_all();
    assert_int_equal(msp_formula_parse(text, f, err), MSP_OK);
    return msp_coding_make(f, table, factors, n, keep, c, err);
}

static void release(msp_formula *f, msp_table *table, msp_coding *c)
{
    msp_coding_free(c);
    msp_table_free(table);
    msp_formula_free(f);
}

static void columns_are_those_of_r(void **state)
{
    (void)state;
    static const struct {
        const char *text, *names;
    } cases[] = {
        {"y ~ a + b", "(Intercept) aq ar bw"},
        {"y ~ 0 + a + b", "ap aq ar bw"},
        {"y ~ 0 + x + a", "x ap aq ar"},
        {"y ~ a * x", "(Intercept) aq ar x aq:x ar:x"},
        {"y ~ a:x", "(Intercept) ap:x aq:x ar:x"},
        {"y ~ a * b", "(Intercept) aq ar bw aq:bw ar:bw"},
        {"y ~ a + a:b", "(Intercept) aq ar ap:bw aq:bw ar:bw"},
        {"y ~ a:b", "(Intercept) ap:bu aq:bu ar:bu ap:bw aq:bw ar:bw"},
        {"y ~ x + b:x", "(Intercept) x x:bw"},
        {"y ~ 1", "(Intercept)"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_formula f;
        msp_table table;
        msp_coding c;
        char names[256] = "";
        assert_int_equal(make(cases[i].text, NULL, 0, &f, &table, &c, NULL), MSP_OK);
        for (size_t k = 0; k < c.n_columns; k++) {
            strcat(names, k > 0 ? " " : "");
            strcat(names, c.columns[k].name);
        }
        assert_string_equal(names, cases[i].names);
        release(&f, &table, &c);
    }
}

static void values_means_and_hypotheses(void **state)
{
    (void)state;
    msp_formula f;
    msp_table table;
    msp_coding c;
    msp_arena arena = {0};
    assert_int_equal(make("y ~ a * x", NULL, 0, &f, &table, &c, NULL), MSP_OK);
    /* row 3: a = r, x = 5 */
    static const double row[] = {1, 0, 1, 5, 0, 5};
    for (size_t k = 0; k < 6; k++)
        assert_near(msp_coding_at(&c, k, 2), row[k], 0);
    /* the mean of a = q: x at (2 + 3 + 5 + 7) / 4, the row without an a left out */
    double l[6];
    const uint32_t fixed[] = {1, MSP_CODING_ABSENT}, none[] = {MSP_CODING_ABSENT, 0};
    static const double q[] = {1, 1, 0, 4.25, 4.25, 0};
    static const double all[] = {1, 1 / 3., 1 / 3., 4.25, 4.25 / 3, 4.25 / 3};
    msp_coding_mean(&c, fixed, l);
    for (size_t k = 0; k < 6; k++)
        assert_near(l[k], q[k], 1e-15);
    msp_coding_mean(&c, none, l);
    for (size_t k = 0; k < 6; k++)
        assert_near(l[k], all[k], 1e-15);
    /* of x: its slope where each a counts alike; of a: at x = 0 */
    double *h;
    size_t rows;
    static const double slope[] = {0, 0, 0, 1, 1 / 3., 1 / 3.};
    assert_int_equal(msp_coding_hypothesis(&c, 1, &arena, &h, &rows, NULL), MSP_OK);
    assert_int_equal(rows, 1);
    for (size_t k = 0; k < 6; k++)
        assert_near(h[k], slope[k], 1e-15);
    assert_int_equal(msp_coding_hypothesis(&c, 0, &arena, &h, &rows, NULL), MSP_OK);
    assert_int_equal(rows, 2);
    for (size_t k = 0; k < 12; k++)
        assert_near(h[k], k == 1 || k == 8, 0);
    msp_arena_free(&arena);
    release(&f, &table, &c);
}

static void levels_in_the_order_wanted(void **state)
{
    (void)state;
    msp_formula f;
    msp_table table;
    msp_coding c;
    msp_error err;
    static const char *const order[] = {"r", "p", "q"}, *const some[] = {"r", "p"};
    const msp_coding_levels factors[] = {{.name = "v", .natural = true},
                                         {.name = "a", .order = order, .n_order = 3}};
    assert_int_equal(make("y ~ v + a", factors, 2, &f, &table, &c, NULL), MSP_OK);
    assert_string_equal(c.columns[1].name, "vWeek 2"); /* Week 1 is the first */
    assert_string_equal(c.columns[2].name, "vWeek 10");
    assert_string_equal(c.columns[3].name, "ap");
    assert_near(msp_coding_at(&c, 2, 0), 1, 0);
    assert_near(msp_coding_at(&c, 3, 3), 1, 0);
    release(&f, &table, &c);
    const msp_coding_levels reference = {.name = "A", .reference = "q"};
    assert_int_equal(make("y ~ a", &reference, 1, &f, &table, &c, NULL), MSP_OK);
    assert_string_equal(c.variables[0].factor.level[0], "q");
    assert_string_equal(c.variables[0].factor.level[1], "p");
    release(&f, &table, &c);
    const msp_coding_levels faults[] = {{.name = "a", .reference = "Q"},
                                        {.name = "a", .order = some, .n_order = 2}};
    static const char *const says[] = {"has no level \"Q\"", "that the order given leaves out"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(make("y ~ a", &faults[i], 1, &f, &table, &c, &err), MSP_EUSAGE);
        assert_non_null(strstr(err.text, says[i]));
        release(&f, &table, &c);
    }
    const msp_coding_levels group = {.name = "x"}; /* a number taken as a factor */
    assert_int_equal(make("y ~ x", &group, 1, &f, &table, &c, NULL), MSP_OK);
    assert_int_equal(c.n_columns, 5); /* the row without an a is kept */
    release(&f, &table, &c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_those_of_r),
        cmocka_unit_test(values_means_and_hypotheses),
        cmocka_unit_test(levels_in_the_order_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
