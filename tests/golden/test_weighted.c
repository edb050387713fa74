/* Every number of ../shared/golden/weighted: weighted log-rank tests, MaxCombo, restricted means,
 * milestones and the one-sample log-rank test of three data sets. */
#include "near.h"

#include <jansson.h>
#include <string.h>

#include "mspike/stats.h"
#include "mspike/table.h"

typedef struct study {
    json_t *file;
    msp_table table;
    uint32_t *group, *stratum;
    size_t n_strata;
    uint8_t *event;
    msp_order order;
} study;

static double number(const json_t *x)
{
    return json_is_number(x) ? json_number_value(x) : (double)NAN;
}

static double at(const json_t *array, size_t i)
{
    return number(json_array_get(array, i));
}

static double at2(const json_t *array, size_t i, size_t j)
{
    return at(json_array_get(array, i), j);
}

static const json_t *get(const json_t *object, const char *key)
{
    return json_object_get(object, key);
}

static msp_column *column(const study *s, const char *key)
{
    const char *name = json_string_value(get(s->file, key));
    msp_column *c = name != NULL ? msp_table_column(&s->table, name) : NULL;
    return c;
}

/* Codes in ascending order: texts here come in byte order of two levels, numbers are small. */
static uint32_t *codes(const msp_column *c, size_t n, size_t *n_codes)
{
    uint32_t *out = calloc(n, sizeof *out);
    double levels[16];
    *n_codes = 0;
    for (size_t i = 0; i < n; i++) {
        double x = c->type == MSP_COLUMN_NUMBER ? c->number[i] : (double)c->code[i];
        size_t l = 0;
        while (l < *n_codes && levels[l] < x)
            l++;
        if (l < *n_codes && levels[l] <= x)
            continue;
        assert_true(*n_codes < 16);
        memmove(levels + l + 1, levels + l, (*n_codes - l) * sizeof *levels);
        levels[l] = x;
        ++*n_codes;
    }
    for (size_t i = 0; i < n; i++) {
        const double x = c->type == MSP_COLUMN_NUMBER ? c->number[i] : (double)c->code[i];
        while (levels[out[i]] < x)
            out[i]++;
    }
    return out;
}

static void read_study(study *s, const char *name)
{
    char path[256];
    msp_error err;
    snprintf(path, sizeof path, "golden/weighted/%s", name);
    *s = (study){.file = json_load_file(shared_file(path), 0, NULL), .n_strata = 1};
    assert_non_null(s->file);
    snprintf(path, sizeof path, "golden/data/%s", json_string_value(get(s->file, "data")));
    if (msp_table_read(shared_file(path), &(msp_read_options){0}, &s->table, &err) != MSP_OK)
        fail_msg("%s", err.text);
    const size_t n = s->table.n_rows;
    const double *status = column(s, "status")->number;
    s->event = malloc(n);
    for (size_t i = 0; i < n; i++)
        s->event[i] = status[i] > 0;
    size_t n_groups;
    s->group = codes(column(s, "group"), n, &n_groups);
    assert_int_equal(n_groups, 2);
    if (column(s, "strata") != NULL)
        s->stratum = codes(column(s, "strata"), n, &s->n_strata);
    const msp_follow_up data = {n, column(s, "time")->number, s->event, NULL, NULL, 0};
    assert_int_equal(msp_order_init(&s->order, &data, &err), MSP_OK);
}

static void free_study(study *s)
{
    msp_order_free(&s->order);
    free(s->group);
    free(s->stratum);
    free(s->event);
    msp_table_free(&s->table);
    json_decref(s->file);
}

static msp_logrank weighted(const study *s, bool stratified, msp_time_weight w)
{
    msp_logrank t;
    msp_error err;
    if (msp_logrank_weighted(&s->order, s->group, 2, stratified ? s->stratum : NULL, s->n_strata,
                             &w, MSP_TWO_SIDED, &t, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return t;
}

static void check_fleming_harrington(const study *s, const char *key, bool stratified)
{
    const json_t *want = get(s->file, key), *weights = get(want, "rho_gamma");
    const size_t m = json_array_size(weights);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            const msp_time_weight w = {MSP_FLEMING_HARRINGTON,
                                       (at2(weights, i, 0) + at2(weights, j, 0)) / 2,
                                       (at2(weights, i, 1) + at2(weights, j, 1)) / 2, 0};
            msp_logrank t = weighted(s, stratified, w);
            assert_near(t.variance[3], at2(get(want, "V"), i, j), 1e-12);
            if (i == j) {
                assert_near(t.observed[1] - t.expected[1], at(get(want, "U"), i), 1e-11);
                assert_near(t.z, at(get(want, "z_group1_minus_expected"), i), 1e-11);
            }
            msp_logrank_free(&t);
        }
}

static msp_maxcombo maxcombo(const study *s, const msp_time_weight *weights, size_t n,
                             msp_alternative alternative)
{
    msp_maxcombo t;
    msp_error err;
    if (msp_maxcombo_test(&s->order, s->group, NULL, 1, weights, n, alternative, &t, &err) !=
        MSP_OK)
        fail_msg("%s", err.text);
    return t;
}

static void check_maxcombo(const study *s)
{
    const msp_time_weight three[] = {msp_maxcombo_usual[0], msp_maxcombo_usual[1],
                                     msp_maxcombo_usual[3]};
    const json_t *want = get(s->file, "maxcombo_00_01_11");
    msp_maxcombo t = maxcombo(s, three, 3, MSP_TWO_SIDED);
    assert_near(fabs(t.z[t.largest]), number(get(want, "zmax")), 1e-12);
    assert_near(t.p, number(get(want, "p_two_sided")), 1e-10);
    t = maxcombo(s, three, 3, MSP_LESS);
    assert_near(t.p, number(get(want, "p_one_sided")), 1e-10);
    want = get(s->file, "maxcombo_00_01_10_11"); /* quasi-Monte-Carlo, with its error */
    t = maxcombo(s, msp_maxcombo_usual, 4, MSP_LESS);
    assert_true(fabs(t.p - number(get(want, "p_one_sided"))) < number(get(want, "error")));
}

static void check_modest(const study *s)
{
    const json_t *want = get(s->file, "modestly_weighted");
    msp_logrank t = weighted(
        s, false, (msp_time_weight){MSP_MODESTLY_WEIGHTED, 0, 0, number(get(want, "t_star"))});
    assert_near(t.observed[1] - t.expected[1], number(get(want, "U")), 1e-11);
    assert_near(t.variance[3], number(get(want, "V")), 1e-12);
    assert_near(t.z, number(get(want, "z")), 1e-11);
    msp_logrank_free(&t);
}

static void check_means(const study *s, const msp_km *km)
{
    const json_t *want = get(s->file, "rmst");
    const double tau = number(get(want, "tau"));
    const msp_mean a = msp_km_restricted_mean(&km->curves[0], tau),
                   b = msp_km_restricted_mean(&km->curves[1], tau);
    assert_near(a.estimate, number(get(want, "rmst0")), 1e-12);
    assert_near(b.estimate, number(get(want, "rmst1")), 1e-12);
    assert_near(a.std_error * a.std_error, number(get(want, "var0")), 1e-11);
    assert_near(b.std_error * b.std_error, number(get(want, "var1")), 1e-11);
    const msp_difference d =
        msp_difference_of(a.estimate, a.std_error, b.estimate, b.std_error, 0.95);
    assert_near(d.estimate, number(get(want, "diff")), 1e-11);
    assert_near(d.lower, at(get(want, "diff_ci"), 0), 1e-11);
    assert_near(d.upper, at(get(want, "diff_ci"), 1), 1e-11);
    assert_near(d.p, number(get(want, "p")), 1e-11);
    const msp_difference r = msp_ratio_of(a.estimate, a.std_error, b.estimate, b.std_error, 0.95);
    assert_near(r.estimate, number(get(want, "ratio")), 1e-12);
    assert_near(r.lower, at(get(want, "ratio_ci"), 0), 1e-12);
    assert_near(r.upper, at(get(want, "ratio_ci"), 1), 1e-12);
}

static void check_milestones(const study *s, const msp_km *km)
{
    const json_t *all = get(s->file, "milestone");
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *want = json_array_get(all, i);
        const double time = number(get(want, "time"));
        const msp_km_point a = msp_km_at(&km->curves[0], time), b = msp_km_at(&km->curves[1], time);
        const msp_difference d =
            msp_difference_of(a.survival, a.std_error, b.survival, b.std_error, 0.95);
        assert_near(a.survival, number(get(want, "s0")), 1e-12);
        assert_near(b.std_error, number(get(want, "se1")), 1e-12);
        assert_near(d.estimate, number(get(want, "diff")), 1e-11);
        assert_near(d.z, number(get(want, "z_plain")), 1e-11);
        assert_near(msp_milestone_log_log(&a, &b, 0.95).z, number(get(want, "z_loglog")), 1e-11);
    }
}

/* The second group against an exponential hazard. */
static void check_one_sample(const study *s)
{
    const json_t *want = get(s->file, "one_sample_logrank");
    const double hazard = number(get(want, "reference_hazard"));
    const double *time = column(s, "time")->number;
    uint8_t *keep = malloc(s->table.n_rows);
    double *expected = malloc(s->table.n_rows * sizeof *expected);
    for (size_t i = 0; i < s->table.n_rows; i++) {
        keep[i] = s->group[i] == 1;
        expected[i] = hazard * time[i];
    }
    msp_order order;
    msp_one_sample_result t;
    assert_int_equal(msp_order_subset(&order, &s->order, keep, NULL), MSP_OK);
    assert_int_equal(msp_one_sample_logrank(&order, expected, MSP_LESS, &t, NULL), MSP_OK);
    assert_near(t.observed, number(get(want, "O")), 0);
    assert_near(t.expected, number(get(want, "E")), 1e-12);
    assert_near(t.z, number(get(want, "z_breslow")), 1e-11);
    assert_near(t.z_wu, number(get(want, "z_wu")), 1e-11);
    assert_near(t.ratio, number(get(want, "smr")), 1e-12);
    msp_order_free(&order);
    free(keep);
    free(expected);
}

static void check_study(void **state)
{
    study s;
    char path[256];
    snprintf(path, sizeof path, "golden/weighted/%s", (const char *)*state);
    require_shared(path);
    read_study(&s, *state);
    check_fleming_harrington(&s, "fh", false);
    if (get(s.file, "fh_stratified") != NULL)
        check_fleming_harrington(&s, "fh_stratified", true);
    check_maxcombo(&s);
    check_modest(&s);
    msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_km km;
    assert_int_equal(msp_km_fit(&s.order, s.group, 2, &options, &km, NULL), MSP_OK);
    check_means(&s, &km);
    check_milestones(&s, &km);
    msp_km_free(&km);
    check_one_sample(&s);
    free_study(&s);
}

int main(void)
{
    static char colon[] = "colon_death.json", lung[] = "lung_ev.json", veteran[] = "veteran.json";
    const struct CMUnitTest tests[] = {
        {"colon", check_study, NULL, NULL, colon},
        {"lung", check_study, NULL, NULL, lung},
        {"veteran", check_study, NULL, NULL, veteran},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
