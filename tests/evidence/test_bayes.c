/*
 * Exact Bayesian networks against ../shared/golden/bayes (Simpson's rule over tau, and JAGS on the
 * arms); additive components against golden/evidence/rrmm_component_itt_pfs; the rest by hand.
 */
#include "evidence/networks.h"

#include "mspike/evidence/bayes.h"
#include "mspike/evidence/component.h"

static const struct {
    const char *name, *network;
    msp_prior prior;
    double scale;
    bool prior_only;
} cases[] = {
    {"rrmm_class_V_halfnormal0.2", "rrmm_itt_pfs_class_V", MSP_PRIOR_HALF_NORMAL, 0.2, false},
    {"rrmm_itt_pfs_V_halfnormal0.2", "rrmm_itt_pfs_V", MSP_PRIOR_HALF_NORMAL, 0.2, true},
    {"rrmm_lenref_P_halfnormal0.2", "rrmm_lenref_pfs_P", MSP_PRIOR_HALF_NORMAL, 0.2, true},
    {"rrmm_lenref_V_halfnormal0.2", "rrmm_lenref_pfs_V", MSP_PRIOR_HALF_NORMAL, 0.2, true},
    {"rrmm_lenref_Vx_halfnormal0.2", "rrmm_lenref_pfs_V_plus_dreamm8", MSP_PRIOR_HALF_NORMAL, 0.2,
     true},
    {"senn2013_halfnormal1", "senn2013", MSP_PRIOR_HALF_NORMAL, 1, false},
    {"senn2013_unif2", "senn2013", MSP_PRIOR_UNIFORM, 2, false},
};

static void check_effects(named_network *data, const msp_bayes *bayes, const json_t *rows,
                          size_t reference)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        const msp_bayes_effect e =
            msp_bayes_compare(bayes, treat_at(data, row, "treat"), reference);
        assert_near(e.effect.mean, json_at(row, "mean"), 1e-6);
        assert_near(e.effect.sd, json_at(row, "sd"), 1e-6);
        assert_near(e.effect.lower, json_at(row, "q2.5"), 1e-4);
        assert_near(e.effect.median, json_at(row, "q50"), 1e-4);
        assert_near(e.effect.upper, json_at(row, "q97.5"), 1e-4);
        assert_near(e.below_0, json_at(row, "p_below_0"), 1e-6);
        assert_near(e.new_trial.lower, json_at(row, "pred_q2.5"), 1e-4);
        assert_near(e.new_trial.upper, json_at(row, "pred_q97.5"), 1e-4);
    }
}

static void check_probabilities(named_network *data, const msp_bayes *bayes, const json_t *result)
{
    const json_t *table = json_object_get(result, "p_better");
    const json_t *rows = json_object_get(table, "rows"), *values = json_object_get(table, "values");
    double sucra[NETWORK_MAX];
    msp_bayes_sucra(bayes, true, sucra);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const char *first = json_string_value(json_array_get(rows, i));
        const size_t a = name_number(data->treat, &data->n_treat, first);
        assert_near(sucra[a], json_at(json_object_get(result, "sucra"), first), 1e-6);
        for (size_t j = 0; j < json_array_size(rows); j++) {
            const size_t b = name_number(data->treat, &data->n_treat,
                                         json_string_value(json_array_get(rows, j)));
            const json_t *want = json_array_get(json_array_get(values, i), j);
            if (i != j)
                assert_near(msp_bayes_below(bayes, a, b), json_number_value(want), 1e-6);
        }
    }
    assert_true(isnan(msp_bayes_below(bayes, 0, 0)));
}

static void reference_posteriors(void **state)
{
    (void)state;
    require_shared("golden/bayes/senn2013_unif2_exact.json");
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        print_message("%s\n", cases[i].name);
        named_network data;
        msp_network net;
        msp_bayes bayes;
        read_contrasts(golden(cases[i].network, "contrasts.csv"), &data);
        char path[200];
        snprintf(path, sizeof path, "golden/bayes/%s_exact.json", cases[i].name);
        json_t *result = read_json(shared_file(path));
        const json_t *tau = json_object_get(result, "tau");
        const size_t reference = treat_at(&data, result, "reference");
        assert_int_equal(
            msp_network_build(data.contrast, data.n, data.n_treat, data.n_study, &net, NULL),
            MSP_OK);
        assert_int_equal(
            msp_bayes_fit(&net, cases[i].prior, cases[i].scale, reference, 0.95, &bayes, NULL),
            MSP_OK);
        assert_true(bayes.prior_only == cases[i].prior_only);
        assert_near(bayes.tau.mean, json_at(tau, "mean"), 1e-6);
        assert_near(bayes.tau.sd, json_at(tau, "sd"), 1e-6);
        /* The reference interpolates between steps of 1e-4 and, to tau = 5, 2.5e-4. */
        assert_true(fabs(bayes.tau.lower - json_at(tau, "q2.5")) < 2.5e-4);
        assert_true(fabs(bayes.tau.median - json_at(tau, "q50")) < 2.5e-4);
        assert_true(fabs(bayes.tau.upper - json_at(tau, "q97.5")) < 2.5e-4);
        assert_near(bayes.log_likelihood, json_at(result, "log_marginal_likelihood"), 1e-6);
        check_effects(&data, &bayes, json_object_get(result, "basic_parameters"), reference);
        check_probabilities(&data, &bayes, result);
        msp_bayes_free(&bayes);
        msp_network_free(&net);
        json_decref(result);
    }
}

/* A prior that leaves tau no room gives the common effect; two components are never compared. */
static void no_heterogeneity(void **state)
{
    (void)state;
    const msp_network_contrast c[] = {{0, 1, 0, -0.5, 0.1}, {1, 2, 1, 0.2, 0.1}, {3, 4, 2, 1, 0.2}};
    msp_network net;
    msp_bayes bayes;
    msp_error err;
    assert_int_equal(msp_network_build(c, 3, 5, 3, &net, NULL), MSP_OK);
    assert_int_equal(msp_bayes_fit(&net, MSP_PRIOR_UNIFORM, 1e-6, 2, 0.95, &bayes, NULL), MSP_OK);
    const msp_bayes_effect e = msp_bayes_compare(&bayes, 0, 2);
    assert_near(e.effect.mean, -0.3, 1e-5); /* the prior draws by 2e-6 */
    assert_near(e.effect.sd, 0.1 * sqrt(2), 1e-5);
    assert_near(e.effect.upper, -0.3 + 1.959963984540054 * 0.1 * sqrt(2), 1e-3);
    assert_true(isnan(msp_bayes_compare(&bayes, 0, 4).effect.mean));
    assert_near(msp_bayes_compare(&bayes, 3, 4).effect.mean, 1, 1e-5);
    double sucra[5];
    msp_bayes_sucra(&bayes, false, sucra);
    assert_near(sucra[3] + sucra[4], 1, 1e-12);
    msp_bayes_free(&bayes);
    assert_int_equal(msp_bayes_fit(&net, MSP_PRIOR_UNIFORM, 0, 2, 0.95, &bayes, &err), MSP_ERANGE);
    msp_network_free(&net);
}

/* Standard errors of 0.01 under a prior of scale 1: the posterior is narrow beside the prior. By
 * Simpson's rule with 8,000 steps on each of ten ranges that double, in Python. */
static void precise_trials(void **state)
{
    (void)state;
    const msp_network_contrast c[] = {{1, 0, 0, 0.10, 0.01},
                                      {1, 0, 1, 0.12, 0.01},
                                      {1, 0, 2, 0.11, 0.01},
                                      {1, 0, 3, 0.105, 0.012},
                                      {1, 0, 4, 0.115, 0.01}};
    msp_network net;
    msp_bayes bayes;
    assert_int_equal(msp_network_build(c, 5, 2, 5, &net, NULL), MSP_OK);
    assert_int_equal(msp_bayes_fit(&net, MSP_PRIOR_HALF_NORMAL, 1, 0, 0.95, &bayes, NULL), MSP_OK);
    const msp_bayes_effect e = msp_bayes_compare(&bayes, 1, 0);
    assert_near(bayes.tau.mean, 0.009032364487376205, 1e-12);
    assert_near(e.effect.mean, 0.11022615218334504, 1e-12);
    assert_near(e.effect.sd, 0.007725207332635312, 1e-11);
    msp_bayes_free(&bayes);
    msp_network_free(&net);
}

enum { PARTS = 20 };

/* "D+V" into the components it names. */
static void add_parts(const char *treat, char parts[][NETWORK_NAME], size_t *n, double *row)
{
    char text[NETWORK_NAME];
    snprintf(text, sizeof text, "%s", treat);
    for (char *part = strtok(text, "+"); part != NULL; part = strtok(NULL, "+"))
        row[name_number(parts, n, part)] = 1;
}

static void additive_components(void **state)
{
    (void)state;
    require_shared("golden/evidence/rrmm_component_itt_pfs/result.json");
    named_network data;
    static char parts[NETWORK_MAX][NETWORK_NAME];
    static double wide[NETWORK_MAX][PARTS], held[NETWORK_MAX * PARTS];
    size_t n_part = 0;
    read_contrasts(golden("rrmm_component_itt_pfs", "input.csv"), &data);
    json_t *result = read_json(golden("rrmm_component_itt_pfs", "result.json"));
    for (size_t t = 0; t < data.n_treat; t++)
        add_parts(data.treat[t], parts, &n_part, wide[t]);
    for (size_t i = 0; i < data.n_treat * n_part; i++)
        held[i] = wide[i / n_part][i % n_part];
    msp_network net;
    msp_derived components;
    msp_pool_fit common, random;
    msp_heterogeneity additive, difference;
    assert_int_equal(
        msp_network_build(data.contrast, data.n, data.n_treat, data.n_study, &net, NULL), MSP_OK);
    assert_int_equal(msp_component_build(&net, held, n_part, &components, NULL), MSP_OK);
    assert_int_equal(msp_pool_fit_init(&components.model, &common, NULL), MSP_OK);
    assert_int_equal(msp_pool_fit_init(&components.model, &random, NULL), MSP_OK);
    msp_pool_solve(&components.model, 0, &common);
    msp_pool_estimate(&components.model, MSP_TAU_DL, &random);
    assert_near(random.tau2, json_at(result, "tau2"), 1e-8);
    assert_int_equal(msp_component_additivity(&net, &components, &additive, &difference, NULL),
                     MSP_OK);
    assert_near(additive.q, json_at(result, "Q_additive"), 1e-8);
    assert_int_equal(additive.df, json_integer_value(json_object_get(result, "df_additive")));
    assert_near(additive.p, json_at(result, "p_additive"), 1e-7);
    assert_int_equal(difference.df, additive.df - (net.model.n - net.model.rank));
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(result, "components"), i, row)
    {
        double one[PARTS] = {0};
        one[name_number(parts, &n_part, json_string_value(json_object_get(row, "comp")))] = 1;
        const msp_network_estimate c = msp_derived_effect(&components, &common, one);
        const msp_network_estimate r = msp_derived_effect(&components, &random, one);
        assert_near(c.te, json_at(row, "TE_common"), 1e-8);
        assert_near(c.se, json_at(row, "se_common"), 1e-8);
        assert_near(r.te, json_at(row, "TE_random"), 1e-8);
        assert_near(r.se, json_at(row, "se_random"), 1e-8);
    }
    msp_pool_fit_free(&common);
    msp_pool_fit_free(&random);
    msp_derived_free(&components);
    msp_network_free(&net);
    json_decref(result);
}

/* Effects -1, -2 and -3 at covariates 0, 1 and 2: the slope is -1 and nothing is left. */
static void regression(void **state)
{
    (void)state;
    const msp_network_contrast c[] = {{1, 0, 0, -1, 0.5}, {0, 1, 1, 2, 0.5}, {1, 0, 2, -3, 0.5}};
    const double covariate[] = {0, 1, 2}, same[] = {1, 1, 1};
    const double slope[] = {0, 0, 1}, effect[] = {-1, 1, 0};
    msp_network net;
    msp_derived model;
    msp_pool_fit fit;
    assert_int_equal(msp_network_build(c, 3, 2, 3, &net, NULL), MSP_OK);
    assert_int_equal(msp_regression_build(&net, covariate, 0, &model, NULL), MSP_OK);
    assert_int_equal(msp_pool_fit_init(&model.model, &fit, NULL), MSP_OK);
    msp_pool_solve(&model.model, 0, &fit);
    assert_int_equal(fit.df, 1);
    assert_near(msp_derived_effect(&model, &fit, slope).te, -1, 1e-12);
    /* se^2 = v / sum (x - mean)^2 = 0.25 / 2 */
    assert_near(msp_derived_effect(&model, &fit, slope).se, sqrt(0.125), 1e-12);
    assert_near(msp_derived_effect(&model, &fit, effect).te, -1, 1e-12);
    assert_true(fit.q < 1e-20);
    msp_pool_fit_free(&fit);
    msp_derived_free(&model);
    /* A covariate that does not vary: neither slope nor effect can be told from the other. */
    assert_int_equal(msp_regression_build(&net, same, 0, &model, NULL), MSP_OK);
    assert_int_equal(msp_pool_fit_init(&model.model, &fit, NULL), MSP_OK);
    msp_pool_solve(&model.model, 0, &fit);
    assert_true(isnan(msp_derived_effect(&model, &fit, slope).te));
    msp_pool_fit_free(&fit);
    msp_derived_free(&model);
    const double gap[] = {0, (double)NAN, 1};
    assert_int_equal(msp_regression_build(&net, gap, 0, &model, NULL), MSP_ERANGE);
    msp_derived_free(&model);
    msp_network_free(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_posteriors), cmocka_unit_test(no_heterogeneity),
        cmocka_unit_test(precise_trials), cmocka_unit_test(additive_components),
        cmocka_unit_test(regression)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
