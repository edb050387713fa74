/*
 * ../shared/golden/competing (cmprsk 2.2-11, survival 3.5-3): a figure that no test reads fails.
 * Read and not compared: the standard errors and restricted means of aalen_johansen (infinitesimal
 * jackknife; ours are cmprsk's), finegray (survival's weighted rows, with Efron's ties), the sum of
 * crr's baseline (bfitj_sum).
 */
#include "near.h"

#include <jansson.h>
#include <string.h>

#include "mspike/stats.h"
#include "mspike/table.h"

typedef struct study {
    json_t *file;
    msp_table table;
    uint32_t *cause, *group;
    uint8_t *event;
    const double *time;
    msp_order order;
} study;

static const double *numbers(const study *s, const char *name)
{
    const msp_column *c = msp_table_column(&s->table, name);
    assert_non_null(c);
    assert_int_equal(c->type, MSP_COLUMN_NUMBER);
    return c->number;
}

static double number(const json_t *array, size_t i)
{
    const json_t *x = json_is_array(array) ? json_array_get(array, i) : array;
    return json_is_number(x) ? json_number_value(x) : (double)NAN;
}

static const char *text(const study *s, const char *key)
{
    return json_string_value(json_object_get(s->file, key));
}

/* Groups of the file are numbers one apart. */
static void read_study(study *s, const char *name)
{
    char path[256];
    msp_error err;
    snprintf(path, sizeof path, "golden/competing/%s", name);
    *s = (study){.file = json_load_file(shared_file(path), 0, NULL)};
    assert_non_null(s->file);
    snprintf(path, sizeof path, "golden/data/%s", text(s, "data"));
    if (msp_table_read(shared_file(path), &(msp_read_options){0}, &s->table, &err) != MSP_OK)
        fail_msg("%s", err.text);
    const size_t n = s->table.n_rows;
    const double *cause = numbers(s, text(s, "cause")), *group = numbers(s, text(s, "group"));
    s->time = numbers(s, text(s, "time"));
    s->cause = calloc(n, sizeof *s->cause);
    s->group = calloc(n, sizeof *s->group);
    s->event = calloc(n, 1);
    double first = group[0];
    for (size_t i = 0; i < n; i++)
        first = group[i] < first ? group[i] : first;
    for (size_t i = 0; i < n; i++) {
        s->cause[i] = (uint32_t)cause[i];
        s->event[i] = cause[i] > 0;
        s->group[i] = (uint32_t)(group[i] - first);
    }
    const msp_follow_up data = {n, s->time, s->event, NULL, NULL, 0};
    assert_int_equal(msp_order_init(&s->order, &data, &err), MSP_OK);
}

static void free_study(study *s)
{
    msp_order_free(&s->order);
    free(s->cause);
    free(s->group);
    free(s->event);
    msp_table_free(&s->table);
    json_decref(s->file);
}

static void check_incidence(const study *s)
{
    msp_cumulative f;
    const json_t *want = json_object_get(s->file, "cuminc");
    const json_t *times = json_object_get(want, "times");
    assert_int_equal(msp_cumulative_fit(&s->order, s->cause, 2, s->group, 2, &f, NULL), MSP_OK);
    for (size_t curve = 0; curve < 4; curve++) { /* cause 1 of both groups, then cause 2 */
        const msp_cumulative_curve *c = &f.curves[curve % 2 * 2 + curve / 2];
        for (size_t t = 0; t < json_array_size(times); t++) {
            const msp_cumulative_point p = msp_cumulative_at(c, number(times, t), 0.95);
            assert_near(p.estimate, number(json_array_get(json_object_get(want, "est"), curve), t),
                        1e-12);
            assert_near(p.std_error * p.std_error,
                        number(json_array_get(json_object_get(want, "var"), curve), t), 1e-12);
        }
    }
    msp_cumulative_free(&f);
}

/* The probabilities of each cause; rows of the first group, then of the second. */
static void check_aalen_johansen(const study *s)
{
    msp_cumulative f;
    const json_t *want = json_object_get(s->file, "aalen_johansen");
    const json_t *times = json_object_get(want, "time"), *p = json_object_get(want, "pstate");
    const size_t n = json_array_size(times);
    assert_true(n > 0 && n % 2 == 0);
    assert_int_equal(msp_cumulative_fit(&s->order, s->cause, 2, s->group, 2, &f, NULL), MSP_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t cause = 0; cause < 2; cause++) {
            const msp_cumulative_curve *c = &f.curves[i / (n / 2) * 2 + cause];
            assert_near(msp_cumulative_at(c, number(times, i), 0.95).estimate,
                        number(json_array_get(p, i), cause + 1), 1e-12);
        }
    msp_cumulative_free(&f);
}

/* Every key of the object is among those read. */
static void all_read(const json_t *object, const char *const *known)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], key) != 0)
            i++;
        if (known[i] == NULL)
            fail_msg("no test reads %s", key);
    }
}

static void check_gray(const study *s, const char *key, double rho)
{
    const json_t *want = json_object_get(s->file, key);
    for (uint32_t cause = 1; cause <= 2; cause++) {
        msp_gray t;
        assert_int_equal(
            msp_gray_test(&s->order, s->cause, 2, cause, s->group, 2, NULL, 1, rho, &t, NULL),
            MSP_OK);
        assert_near(t.test.statistic, number(json_object_get(want, "stat"), cause - 1), 1e-12);
        assert_near(t.test.p, number(json_object_get(want, "p"), cause - 1), 1e-12);
    }
}

/* Rows with every covariate, and the columns. */
static msp_order complete(const study *s, const json_t *names, msp_cox_column *columns)
{
    uint8_t *keep = malloc(s->table.n_rows);
    memset(keep, 1, s->table.n_rows);
    for (size_t k = 0; k < json_array_size(names); k++) {
        const double *x = numbers(s, json_string_value(json_array_get(names, k)));
        columns[k] = (msp_cox_column){.value = x};
        for (size_t i = 0; i < s->table.n_rows; i++)
            if (isnan(x[i]))
                keep[i] = 0;
    }
    msp_order order;
    assert_int_equal(msp_order_subset(&order, &s->order, keep, NULL), MSP_OK);
    free(keep);
    return order;
}

static void check_matrix(const double *got, const json_t *want, size_t p, const double *scale,
                         double tolerance)
{
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            if (fabs(got[i * p + j] - number(json_array_get(want, i), j)) >
                tolerance * sqrt(scale[i * p + i] * scale[j * p + j]))
                fail_msg("element %zu, %zu is %.17g, expected %.17g", i, j, got[i * p + j],
                         number(json_array_get(want, i), j));
}

static void check_fine_gray(const study *s)
{
    const json_t *all = json_object_get(s->file, "crr");
    for (size_t m = 0; m < json_array_size(all); m++) {
        const json_t *want = json_array_get(all, m), *names = json_object_get(want, "covs");
        const uint32_t cause = (uint32_t)number(json_object_get(want, "failcode"), 0);
        msp_cox_column columns[8];
        const size_t p = json_array_size(names);
        msp_order order = complete(s, names, columns);
        const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
        msp_fine_gray f;
        assert_int_equal(
            msp_fine_gray_fit(&order, s->cause, 2, cause, columns, p, &options, &f, NULL), MSP_OK);
        assert_int_equal(f.state, MSP_COX_CONVERGED);
        assert_near(f.loglik, number(json_object_get(want, "loglik"), 0), 1e-10);
        assert_near(f.loglik_null, number(json_object_get(want, "loglik_null"), 0), 1e-10);
        for (size_t k = 0; k < p; k++)
            assert_near(f.coefficients[k].coef, number(json_object_get(want, "coef"), k), 1e-8);
        check_matrix(f.variance, json_object_get(want, "var"), p, f.variance, 1e-8);
        check_matrix(f.information, json_object_get(want, "inf"), p, f.information, 1e-8);
        msp_fine_gray_free(&f);
        msp_order_free(&order);
    }
}

/* The other causes censored. */
static void check_cause_specific(const study *s)
{
    const json_t *all = json_object_get(s->file, "cause_specific");
    const json_t *names =
        json_object_get(json_array_get(json_object_get(s->file, "crr"), 0), "covs");
    for (size_t m = 0; m < json_array_size(all); m++) {
        const json_t *want = json_array_get(all, m);
        const uint32_t cause = (uint32_t)number(json_object_get(want, "cause"), 0);
        msp_cox_column columns[8];
        const size_t p = json_array_size(names), n = s->table.n_rows;
        uint8_t *event = malloc(n), *keep = calloc(n, 1);
        msp_order order = complete(s, names, columns), own;
        for (size_t i = 0; i < n; i++)
            event[i] = s->cause[i] == cause;
        for (size_t i = 0; i < order.n; i++)
            keep[order.row[i]] = 1;
        const msp_follow_up data = {n, s->time, event, NULL, keep, 0};
        const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
        msp_cox cox;
        assert_int_equal(msp_order_init(&own, &data, NULL), MSP_OK);
        assert_int_equal(msp_cox_fit(&own, columns, p, NULL, 1, &options, &cox, NULL), MSP_OK);
        assert_near(cox.loglik, number(json_object_get(want, "loglik"), 0), 1e-12);
        for (size_t k = 0; k < p; k++)
            assert_near(cox.coefficients[k].coef, number(json_object_get(want, "coef"), k), 1e-9);
        check_matrix(cox.variance, json_object_get(want, "var"), p, cox.variance, 1e-10);
        msp_cox_free(&cox);
        msp_order_free(&own);
        msp_order_free(&order);
        free(event);
        free(keep);
    }
}

static void check_study(const char *name)
{
    study s;
    read_study(&s, name);
    static const char *const parts[] = {
        "meta", "package",   "data", "time",           "cause",          "group",    "cuminc",
        "gray", "gray_rho1", "crr",  "aalen_johansen", "cause_specific", "finegray", NULL};
    static const char *const of_crr[] = {"failcode",  "covs",      "coef",        "var",
                                         "inf",       "loglik",    "loglik_null", "score",
                                         "converged", "bfitj_sum", NULL};
    all_read(s.file, parts);
    all_read(json_array_get(json_object_get(s.file, "crr"), 0), of_crr);
    check_incidence(&s);
    check_aalen_johansen(&s);
    check_gray(&s, "gray", 0);
    check_gray(&s, "gray_rho1", 1);
    check_fine_gray(&s);
    check_cause_specific(&s);
    free_study(&s);
}

static void primary_biliary_cirrhosis(void **state)
{
    (void)state;
    require_shared("golden/competing/pbc_cr.json");
    check_study("pbc_cr.json");
}

static void monoclonal_gammopathy(void **state)
{
    (void)state;
    require_shared("golden/competing/mgus2_cr.json");
    check_study("mgus2_cr.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(primary_biliary_cirrhosis),
        cmocka_unit_test(monoclonal_gammopathy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
