/* Ranks. Reference: ../shared/golden/evidence (netmeta 3.3-1: P-scores of the league's estimates),
 * and closed forms. Its rankograms are no reference: they contradict its own P-scores, see
 * docs/methods/ranks.md. */
#include "near.h"

#include <jansson.h>
#include <string.h>

#include "mspike/evidence/rank.h"

enum { MOST = 20, DRAWS = 5000 };

static double number(const json_t *object, const char *key)
{
    const json_t *x = json_object_get(object, key);
    return json_is_number(x) ? json_number_value(x) : (double)NAN;
}

static size_t index_of(const json_t *names, const json_t *name)
{
    size_t i = 0;
    while (i < json_array_size(names) && !json_equal(json_array_get(names, i), name))
        i++;
    return i;
}

/* Effects against the first treatment; the variance of every pair gives the covariance. */
static size_t read_league(const json_t *file, const char *model, double *effect, double *cov)
{
    const json_t *names = json_object_get(file, "treatments");
    const size_t n = json_array_size(names);
    double pair[MOST][MOST] = {{0}};
    assert_true(n <= MOST);
    effect[0] = 0;
    size_t at;
    json_t *row;
    json_array_foreach(json_object_get(file, model), at, row)
    {
        const size_t a = index_of(names, json_object_get(row, "treat1"));
        const size_t b = index_of(names, json_object_get(row, "treat2"));
        assert_true(a < n && b < n);
        pair[a][b] = pair[b][a] = number(row, "seTE") * number(row, "seTE");
        if (a == 0 || b == 0)
            effect[a + b] = number(row, "TE") * (a == 0 ? -1 : 1);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            cov[i * n + j] = (pair[i][0] + pair[j][0] - pair[i][j]) / 2;
    return n;
}

static void against(const char *name, const char *model)
{
    char path[160];
    snprintf(path, sizeof path, "golden/evidence/%s/result.json", name);
    json_t *file = json_load_file(shared_file(path), 0, NULL);
    assert_non_null(file);
    double effect[MOST], cov[MOST * MOST];
    const size_t n = read_league(file, model, effect, cov);
    const json_t *meta = json_object_get(file, "meta"),
                 *names = json_object_get(file, "treatments");
    const bool small =
        strcmp(json_string_value(json_object_get(meta, "small_values")), "desirable") == 0;
    msp_ranks r;
    assert_int_equal(msp_ranks_make(effect, cov, n, small, 1, DRAWS, &r, NULL), MSP_OK);
    const json_t *scores = json_object_get(json_object_get(file, "pscore"), model);
    for (size_t i = 0; i < n; i++) {
        double total = 0, mean = 0, square = 0;
        const char *treatment = json_string_value(json_array_get(names, i));
        assert_true(fabs(r.p_score[i] - number(scores, treatment)) < 1e-8);
        for (size_t k = 0; k < n; k++) {
            const double p = r.probability[i * n + k];
            total += p;
            mean += (double)(k + 1) * p;
            square += (double)((k + 1) * (k + 1)) * p;
        }
        assert_near(total, 1, 1e-12);
        /* the drawn mean rank is the exact one, within 5 of its standard errors */
        const double variance = fmax(square - mean * mean, 1e-4);
        assert_true(fabs(mean - r.mean_rank[i]) < 5 * sqrt(variance / DRAWS));
    }
    msp_ranks_free(&r);
    json_decref(file);
}

static void reference(void **state)
{
    (void)state;
    static const char *const networks[] = {
        "dietaryfat",        "linde2015_resp",    "parkinson",
        "rrmm_itt_os_P",     "rrmm_itt_pfs_V",    "rrmm_itt_pfs_class_V",
        "rrmm_lenref_pfs_P", "rrmm_lenref_pfs_V", "rrmm_lenref_pfs_V_plus_dreamm8",
        "senn2013",          "smokingcessation",  "woods2010",
    };
    require_shared("golden/evidence/senn2013/result.json");
    for (size_t i = 0; i < MSP_COUNT(networks); i++) {
        against(networks[i], "common");
        against(networks[i], "random");
    }
}

/* Two treatments, 1 standard error apart: Phi(1). Equal ones: one half. */
static void closed_forms(void **state)
{
    (void)state;
    const double effect[] = {0, 1}, cov[] = {0, 0, 0, 1}, nothing[] = {0, 0, 0, 0};
    msp_ranks r;
    assert_int_equal(msp_ranks_make(effect, cov, 2, false, 1, 100, &r, NULL), MSP_OK);
    assert_near(r.p_score[1], 0.8413447460685429, 1e-14);
    assert_near(r.probability[2], 0.8413447460685429, 1e-14);
    assert_near(r.probability[3], 1 - 0.8413447460685429, 1e-13);
    assert_near(r.mean_rank[0], 1.8413447460685429, 1e-14);
    assert_near(r.error[2], 0, 0);
    msp_ranks_free(&r);
    assert_int_equal(msp_ranks_make(effect, nothing, 2, true, 1, 100, &r, NULL), MSP_OK);
    assert_near(r.p_score[0], 1, 0);
    msp_ranks_free(&r);
    const double equal[3] = {0}, certain[9] = {0}; /* every draw still has each rank once */
    assert_int_equal(msp_ranks_make(equal, certain, 3, true, 1, 100, &r, NULL), MSP_OK);
    for (size_t k = 0; k < 3; k++)
        assert_near(r.probability[k] + r.probability[3 + k] + r.probability[6 + k], 1, 1e-14);
    msp_ranks_free(&r);
    const double same[3] = {0}, cov3[9] = {0, 0, 0, 0, 2, 1, 0, 1, 2};
    assert_int_equal(msp_ranks_make(same, cov3, 3, true, 4, 30000, &r, NULL), MSP_OK);
    for (size_t i = 0; i < 9; i++) /* three independent arms of equal variance: all orders alike */
        assert_true(fabs(r.probability[i] - 1. / 3) < 5 * r.error[i]);
    assert_near(r.p_score[2], 0.5, 1e-15);
    msp_ranks again;
    assert_int_equal(msp_ranks_make(same, cov3, 3, true, 4, 30000, &again, NULL), MSP_OK);
    assert_memory_equal(r.probability, again.probability, 9 * sizeof(double));
    msp_ranks_free(&again);
    msp_ranks_free(&r);
    msp_ranks_free(&r);
}

/* Three normal effects of mean 0: the first is best of all with probability
 * 1/4 + asin(correlation of its two differences) / (2 pi). */
static void orthants(void **state)
{
    (void)state;
    const double effect[3] = {0}, pi = 3.14159265358979323846;
    const double v[] = {0.1, 0.5, 2.5}; /* of independent arms */
    double cov[9];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            cov[i * 3 + j] = (i == j ? v[i] : 0) + v[0] - (i == 0 ? v[0] : 0) - (j == 0 ? v[0] : 0);
    msp_ranks r;
    assert_int_equal(msp_ranks_make(effect, cov, 3, true, 9, 50000, &r, NULL), MSP_OK);
    for (size_t i = 0; i < 3; i++) {
        const double a = v[i] + v[(i + 1) % 3], b = v[i] + v[(i + 2) % 3];
        const double best = 0.25 + asin(v[i] / sqrt(a * b)) / (2 * pi);
        assert_true(fabs(r.probability[i * 3] - best) < 5 * r.error[i * 3]);
        assert_true(fabs(r.probability[i * 3 + 2] - best) < 5 * r.error[i * 3 + 2]);
        assert_true(fabs(r.probability[i * 3 + 1] - (1 - 2 * best)) < 5 * r.error[i * 3 + 1]);
    }
    msp_ranks_free(&r);
}

static void what_is_refused(void **state)
{
    (void)state;
    const double effect[] = {0, 1}, skew[] = {0, 0, 1, 1}, below[] = {1, 2, 2, 1};
    const double bad[] = {0, (double)NAN}, cov[] = {0, 0, 0, 1};
    msp_ranks r;
    msp_error err;
    assert_int_equal(msp_ranks_make(effect, skew, 2, true, 1, 100, &r, &err), MSP_ERANGE);
    assert_int_equal(msp_ranks_make(effect, below, 2, true, 1, 100, &r, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    assert_int_equal(msp_ranks_make(bad, cov, 2, true, 1, 100, &r, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    assert_int_equal(msp_ranks_make(effect, cov, 1, true, 1, 100, &r, &err), MSP_ERANGE);
    assert_int_equal(msp_ranks_make(effect, cov, 2, true, 1, 99, &r, &err), MSP_ERANGE);
    assert_null(r.block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference),
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(orthants),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests_name("evidence/rank", tests, NULL, NULL);
}
