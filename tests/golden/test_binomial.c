/*
 * Every figure of ../shared/golden/binomial (R 4.2.2, closed forms and exact sums;
 * Miettinen-Nurminen by lrstat 0.3.3, whose root finding stops near 1e-6).
 */
#include "near.h"

#include <jansson.h>
#include <string.h>

#include "mspike/base.h"
#include "mspike/stats.h"

static const double closed = 1e-12;

static json_t *load(const char *name)
{
    json_error_t error;
    json_t *file = json_load_file(shared_file(name), 0, &error);
    if (file == NULL)
        fail_msg("%s: %s", name, error.text);
    return file;
}

static double number(const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);
    if (!json_is_number(value))
        fail_msg("no number %s", key);
    return json_number_value(value);
}

static int64_t count(const json_t *item, const char *key)
{
    return (int64_t)number(item, key);
}

static double at(const json_t *item, const char *key, size_t i)
{
    const json_t *value = json_array_get(json_object_get(item, key), i);
    if (!json_is_number(value))
        fail_msg("no number %s[%zu]", key, i);
    return json_number_value(value);
}

static void check(double got, double want, double tolerance, const json_t *item, const char *key)
{
    if (fabs(got - want) <= tolerance * fmax(fabs(want), 1e-300) || fabs(got - want) < 1e-16)
        return;
    char *text = json_dumps(item, JSON_COMPACT);
    print_error("%.160s\n", text);
    free(text);
    fail_msg("%s: got %.17g, want %.17g", key, got, want);
}

static void one_sample(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        msp_proportion_method method;
    } methods[] = {
        {"clopper_pearson", MSP_CLOPPER_PEARSON},
        {"wilson", MSP_WILSON},
        {"wilson_cc", MSP_WILSON_CORRECTED},
        {"wald", MSP_WALD},
        {"agresti_coull", MSP_AGRESTI_COULL},
        {"jeffreys", MSP_JEFFREYS},
        {"mid_p", MSP_MID_P},
    };
    require_shared("golden/binomial/single.json");
    json_t *file = load("golden/binomial/single.json");
    const json_t *items = json_object_get(file, "items");
    assert_true(json_array_size(items) == 36);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const int64_t x = count(item, "x"), n = count(item, "n");
        const msp_confidence confidence = {number(item, "level"), MSP_TWO_SIDED};
        for (size_t m = 0; m < MSP_COUNT(methods); m++) {
            msp_interval got;
            const char *key = methods[m].key;
            assert_int_equal(msp_proportion(x, n, methods[m].method, &confidence, &got, NULL),
                             MSP_OK);
            check(got.estimate, number(item, "estimate"), closed, item, key);
            /* The reference does not clip. */
            check(got.lower, fmax(at(item, key, 0), 0), closed, item, key);
            check(got.upper, fmin(at(item, key, 1), 1), closed, item, key);
        }
        msp_prob p;
        assert_int_equal(msp_proportion_test(x, n, 0.5, MSP_TWO_SIDED, &p, NULL), MSP_OK);
        check(p.p, number(item, "p_exact_vs_half"), closed, item, "p_exact_vs_half");
        check(exp(p.log_p), number(item, "p_exact_vs_half"), 1e-12, item, "log p");
        assert_int_equal(msp_proportion_test(x, n, 0.2, MSP_LESS, &p, NULL), MSP_OK);
        check(p.p, number(item, "p_exact_less_020"), closed, item, "p_exact_less_020");
        assert_int_equal(msp_proportion_test(x, n, 0.2, MSP_GREATER, &p, NULL), MSP_OK);
        check(p.p, number(item, "p_exact_greater_020"), closed, item, "p_exact_greater_020");
    }
    json_decref(file);
}

static msp_two_by_two table_of(const json_t *item)
{
    return (msp_two_by_two){count(item, "x1"), count(item, "n1"), count(item, "x2"),
                            count(item, "n2")};
}

static msp_interval contrast(const json_t *item, msp_contrast what, msp_contrast_method how)
{
    const msp_two_by_two t = table_of(item);
    const msp_confidence confidence = {0.95, MSP_TWO_SIDED};
    msp_interval out;
    assert_int_equal(msp_two_by_two_contrast(&t, what, how, &confidence, &out, NULL), MSP_OK);
    assert_null(out.note);
    return out;
}

static void check_limits(const msp_interval *got, const json_t *item, const char *key,
                         double tolerance)
{
    check(got->lower, at(item, key, 0), tolerance, item, key);
    check(got->upper, at(item, key, 1), tolerance, item, key);
}

static void check_chi_square(const json_t *item, bool corrected, const char *key, const char *key_p)
{
    const msp_two_by_two t = table_of(item);
    const int64_t events[] = {t.x1, t.x2}, n[] = {t.n1, t.n2};
    const char *note;
    msp_test got;
    assert_int_equal(msp_two_by_two_chi_square(events, n, 2, corrected, &got, &note, NULL), MSP_OK);
    check(got.statistic, number(item, key), closed, item, key);
    check(got.p, number(item, key_p), closed, item, key_p);
}

static void check_exact(const json_t *item)
{
    const msp_two_by_two t = table_of(item);
    const msp_confidence confidence = {0.95, MSP_TWO_SIDED};
    msp_fisher p;
    msp_interval ratio;
    assert_int_equal(msp_fisher_test(&t, &p, NULL), MSP_OK);
    check(p.two_sided.p, number(item, "fisher_p"), closed, item, "fisher_p");
    check(p.less.p, number(item, "fisher_p_less"), closed, item, "fisher_p_less");
    check(p.greater.p, number(item, "fisher_p_greater"), closed, item, "fisher_p_greater");
    check(p.mid_greater.p, number(item, "fisher_midp_greater"), closed, item,
          "fisher_midp_greater");
    assert_int_equal(msp_fisher_odds_ratio(&t, &confidence, &ratio, NULL), MSP_OK);
    check(ratio.estimate, number(item, "or_cmle"), closed, item, "or_cmle");
    check_limits(&ratio, item, "or_cmle_ci", closed);
}

static void two_samples(void **state)
{
    (void)state;
    require_shared("golden/binomial/two_sample.json");
    json_t *file = load("golden/binomial/two_sample.json");
    const json_t *items = json_object_get(file, "items");
    assert_true(json_array_size(items) == 5);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        msp_interval d = contrast(item, MSP_DIFFERENCE, MSP_WALD_CONTRAST);
        check(d.estimate, number(item, "rd"), closed, item, "rd");
        check_limits(&d, item, "rd_wald_ci", closed);
        d = contrast(item, MSP_DIFFERENCE, MSP_NEWCOMBE);
        check_limits(&d, item, "rd_newcombe_ci", closed);
        d = contrast(item, MSP_RISK_RATIO, MSP_WALD_CONTRAST);
        check(d.estimate, number(item, "rr"), closed, item, "rr");
        check_limits(&d, item, "rr_ci_log", closed);
        d = contrast(item, MSP_ODDS_RATIO, MSP_WALD_CONTRAST);
        check(d.estimate, number(item, "or_wald"), closed, item, "or_wald");
        check_limits(&d, item, "or_wald_ci", closed);
        check_exact(item);
        check_chi_square(item, false, "chisq", "chisq_p");
        check_chi_square(item, true, "chisq_cc", "chisq_cc_p");
    }
    json_decref(file);
}

static void miettinen_nurminen(void **state)
{
    (void)state;
    require_shared("golden/binomial/two_sample_mn.json");
    json_t *file = load("golden/binomial/two_sample_mn.json");
    const json_t *items = json_object_get(file, "items");
    assert_true(json_array_size(items) == 5);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const msp_interval d = contrast(item, MSP_DIFFERENCE, MSP_MIETTINEN_NURMINEN);
        const msp_interval r = contrast(item, MSP_ODDS_RATIO, MSP_MIETTINEN_NURMINEN);
        check(d.lower, at(item, "rd_mn", 1), 1e-6, item, "rd_mn");
        check(d.upper, at(item, "rd_mn", 2), 1e-6, item, "rd_mn");
        check(r.lower, at(item, "or_mn", 1), 1e-6, item, "or_mn");
        check(r.upper, at(item, "or_mn", 2), 1e-6, item, "or_mn");
    }
    json_decref(file);
}

#define MAX_STRATA 8

static size_t strata_of(const json_t *item, msp_two_by_two tables[MAX_STRATA])
{
    const size_t k = json_array_size(json_object_get(item, "x1"));
    assert_true(k <= MAX_STRATA);
    for (size_t i = 0; i < k; i++)
        tables[i] = (msp_two_by_two){(int64_t)at(item, "x1", i), (int64_t)at(item, "n1", i),
                                     (int64_t)at(item, "x2", i), (int64_t)at(item, "n2", i)};
    return k;
}

static void check_cmh(const json_t *item, const msp_two_by_two *t, size_t k)
{
    static const char *const keys[][2] = {{"cmh_chisq", "cmh_p"}, {"cmh_cc_chisq", "cmh_cc_p"}};
    static const char *const breslow_day[][2] = {{"breslow_day", "breslow_day_p"},
                                                 {"breslow_day_tarone", "tarone_p"}};
    const char *note;
    msp_test got;
    for (int corrected = 0; corrected < 2; corrected++) {
        assert_int_equal(msp_stratified_cmh(t, k, corrected, &got, &note, NULL), MSP_OK);
        assert_null(note);
        check(got.statistic, number(item, keys[corrected][0]), closed, item, keys[corrected][0]);
        check(got.p, number(item, keys[corrected][1]), closed, item, keys[corrected][1]);
    }
    for (int tarone = 0; tarone < 2; tarone++) {
        assert_int_equal(msp_stratified_breslow_day(t, k, tarone, &got, &note, NULL), MSP_OK);
        assert_null(note);
        check(got.statistic, number(item, breslow_day[tarone][0]), 1e-11, item, "breslow_day");
        check(got.p, number(item, breslow_day[tarone][1]), closed, item, "breslow_day_p");
        check(got.df, number(item, "df"), 0, item, "df");
    }
}

/* The reference gives variances; half the width of the limits is 1.96 standard errors. */
static void check_difference(const json_t *item, const msp_two_by_two *t, size_t k,
                             msp_stratified_method method, const char *key)
{
    const msp_confidence confidence = {0.95, MSP_TWO_SIDED};
    msp_interval got;
    assert_int_equal(msp_stratified_difference(t, k, method, &confidence, &got, NULL), MSP_OK);
    const double error = (got.upper - got.lower) / 2 / msp_dist_normal_limit(0.95);
    check(got.estimate, number(item, "mh_rd"), closed, item, "mh_rd");
    check(error * error, number(item, key), closed, item, key);
}

static void stratified(void **state)
{
    (void)state;
    require_shared("golden/binomial/stratified.json");
    json_t *file = load("golden/binomial/stratified.json");
    const json_t *items = json_object_get(file, "items");
    const msp_confidence confidence = {0.95, MSP_TWO_SIDED};
    assert_true(json_array_size(items) == 2);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        msp_two_by_two t[MAX_STRATA];
        const size_t k = strata_of(item, t);
        msp_interval ratio;
        msp_fisher exact;
        check_cmh(item, t, k);
        assert_int_equal(msp_stratified_ratio(t, k, MSP_ODDS_RATIO, &confidence, &ratio, NULL),
                         MSP_OK);
        check(ratio.estimate, number(item, "mh_or"), closed, item, "mh_or");
        check_limits(&ratio, item, "mh_or_ci_rbg", closed);
        check_difference(item, t, k, MSP_STRATIFIED_SATO, "mh_rd_var_sato");
        check_difference(item, t, k, MSP_STRATIFIED_GREENLAND_ROBINS, "mh_rd_var_greenland_robins");
        assert_int_equal(msp_stratified_exact(t, k, &exact, NULL), MSP_OK);
        check(exact.two_sided.p, number(item, "exact_p"), closed, item, "exact_p");
        assert_int_equal(msp_stratified_exact_odds_ratio(t, k, &confidence, &ratio, NULL), MSP_OK);
        check(ratio.estimate, number(item, "exact_cmle_or"), closed, item, "exact_cmle_or");
        check_limits(&ratio, item, "exact_or_ci", closed);
    }
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_sample),
        cmocka_unit_test(two_samples),
        cmocka_unit_test(miettinen_nurminen),
        cmocka_unit_test(stratified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
