/* The terms are those of attr(terms(formula), "term.labels") in R 4.2.2. */
#include "near.h"

#include <string.h>

#include "mspike/analysis/formula.h"

static msp_formula parsed(const char *text)
{
    msp_formula f;
    msp_error err;
    if (msp_formula_parse(text, &f, &err) != MSP_OK)
        fail_msg("%s: %s", text, err.text);
    return f;
}

static void terms_are_those_of_r(void **state)
{
    (void)state;
    static const struct {
        const char *text, *terms;
        bool intercept;
    } cases[] = {
        {"y ~ a * b + x", "a b x a:b", true},
        {"y~x+a:b+a+b", "x a b a:b", true},
        {"y ~ a*b*c", "a b c a:b a:c b:c a:b:c", true},
        {"y ~ (a + b) * c - c", "a b a:c b:c", true},
        {"y ~ (a + b):(c + d)", "a:c a:d b:c b:d", true},
        {"y ~ a * b : c", "a b:c a:b:c", true},
        {"y ~ a:a + a + a", "a", true},
        {"y ~ 0 + a", "a", false},
        {"y ~ a - 1 + b", "a b", false},
        {"y ~ a - 1 + 1", "a", true},
        {"y ~ 1", "", true},
        {"y ~ -1 + a*b - a:b", "a b", false},
        {"y ~ (a*b*c) - a:b:c", "a b c a:b a:c b:c", true},
        {"y ~ factor(a) + `B 1`:x.2", "factor(a) B 1:x.2", true},
        {"y ~ ((((a))))", "a", true},
        {"y ~ factor + strata", "factor strata", true},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_formula f = parsed(cases[i].text);
        char all[256] = "";
        msp_arena arena = {0};
        for (size_t k = 0; k < f.n_terms; k++) {
            strcat(all, k > 0 ? " " : "");
            strcat(all, msp_formula_term_label(&f, f.terms[k], &arena));
        }
        assert_string_equal(all, cases[i].terms);
        assert_int_equal(f.intercept, cases[i].intercept);
        assert_int_equal(msp_formula_has(&f, 0), cases[i].intercept);
        msp_arena_free(&arena);
        msp_formula_free(&f);
        msp_formula_free(&f);
    }
}

static void responses(void **state)
{
    (void)state;
    msp_formula f = parsed("AVALC == 'Y' ~ ARM");
    assert_string_equal(f.response, "AVALC");
    assert_string_equal(f.value, "Y");
    msp_formula_free(&f);
    f = parsed("surv(`my time`, CNSR==0)~ARM+strata(S1,`S 2`)+strata(T)");
    assert_null(f.response);
    assert_null(f.entry);
    assert_string_equal(f.time, "my time");
    assert_string_equal(f.event, "CNSR");
    assert_string_equal(f.value, "0");
    assert_int_equal(f.n_strata, 3);
    assert_string_equal(f.strata[1], "S 2");
    assert_int_equal(f.n_terms, 1);
    msp_formula_free(&f);
    f = parsed("Surv(a, b, c) ~ x");
    assert_string_equal(f.entry, "a");
    assert_string_equal(f.time, "b");
    assert_string_equal(f.event, "c");
    assert_null(f.value);
    msp_formula_free(&f);
    f = parsed("x == -1.5 ~ 1");
    assert_string_equal(f.value, "-1.5");
    msp_formula_free(&f);
}

static void faults_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "ends after character 0; expected the name of a column"},
        {"y", "ends after character 1; expected \"~\""},
        {"y ~", "ends after character 3; expected a column"},
        {"y ~ a + * b", "found * at character 9"},
        {"y ~ a b", "found b at character 7; expected \"+\""},
        {"y ~ (a + b", "expected \")\""},
        {"y ~ a)", "found ) at character 6"},
        {"y ~ 2 * a", "found 2 at character 5"},
        {"y ~ `a", "the ` at character 5 is not closed"},
        {"y ~ ``", "has nothing between"},
        {"y ~ a + log(x)", "found ( at character 12"},
        {"y ~ a:strata(b)", "stands inside another term"},
        {"y ~ (strata(b))", "stands inside another term"},
        {"y = x", "found = at character 3; expected \"~\""},
        {"surv(a) ~ x", "surv(START, STOP, EVENT)"},
        {"surv(a,b,c,d) ~ x", "found , at character 11"},
        {"y == ~ x", "expected a value"},
        {"y ~ a ~ b", "found ~ at character 7"},
        {"y ~ a*b*c*d*e*f*g*h*i*j", "more than 256 terms"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_formula f;
        msp_error err;
        assert_int_equal(msp_formula_parse(cases[i].text, &f, &err), MSP_EUSAGE);
        if (strstr(err.text, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_null(f.arena.blocks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_those_of_r),
        cmocka_unit_test(responses),
        cmocka_unit_test(faults_say_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
