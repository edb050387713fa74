/*
 * Networks against ../shared/golden/evidence (netmeta 3.3-1, R 4.2.2): every comparison, common and
 * random, every P-score, heterogeneity by every method, Q by design, node splits. Arms, faults and
 * disconnected networks by hand.
 */
#include "evidence/networks.h"

#include "mspike/stats/dist.h"

static const char *const names[] = {
    "dietaryfat",
    "linde2015_resp",
    "parkinson",
    "rrmm_itt_os_P",
    "rrmm_itt_os_R",
    "rrmm_itt_os_V",
    "rrmm_itt_pfs_P",
    "rrmm_itt_pfs_R",
    "rrmm_itt_pfs_V",
    "rrmm_itt_pfs_class_P",
    "rrmm_itt_pfs_class_V",
    "rrmm_lenref_pfs_P",
    "rrmm_lenref_pfs_V",
    "rrmm_lenref_pfs_V_plus_dreamm8",
    "rrmm_seed_table1_exponential",
    "senn2013",
    "smokingcessation",
    "woods2010",
};

/* Where the reference's number is the rounding of zero. */
static void near_or_zero(double got, double want, double tol)
{
    if (fabs(got) > 1e-12 || fabs(want) > 1e-12)
        assert_near(got, want, tol);
}

static void check_effects(named_network *data, const msp_network *net, const msp_pool_fit *fit,
                          const json_t *rows, double tol)
{
    size_t i;
    json_t *row;
    assert_int_equal(json_array_size(rows), data->n_treat * (data->n_treat - 1) / 2);
    json_array_foreach(rows, i, row)
    {
        const size_t a = treat_at(data, row, "treat1"), b = treat_at(data, row, "treat2");
        const msp_network_estimate e = msp_network_effect(net, fit, a, b);
        near_or_zero(e.te, json_at(row, "TE"), tol);
        assert_near(e.se, json_at(row, "seTE"), tol);
        if (json_object_get(row, "lower_predict") != NULL) {
            const msp_network_limits new_trial = msp_network_predict(net, fit, a, b, 0.95);
            assert_near(new_trial.lower, json_at(row, "lower_predict"), tol * 100);
            assert_near(new_trial.upper, json_at(row, "upper_predict"), tol * 100);
        }
    }
}

static void check_scores(named_network *data, const msp_network *net, const msp_pool_fit *fit,
                         const json_t *result, const char *model)
{
    double score[NETWORK_MAX];
    const json_t *meta = json_object_get(result, "meta");
    const char *good = json_string_value(json_object_get(meta, "small_values"));
    msp_network_p_scores(net, fit, strcmp(good, "desirable") == 0, score);
    const json_t *want = json_object_get(json_object_get(result, "pscore"), model);
    for (size_t t = 0; t < data->n_treat; t++)
        assert_near(score[t], json_at(want, data->treat[t]), 1e-8);
}

static void check_split(const msp_network_split *got, const json_t *row)
{
    assert_near(got->proportion, json_at(row, "prop_direct"), 1e-8);
    near_or_zero(got->network.te, json_at(row, "nma"), 1e-8);
    near_or_zero(got->direct.te, json_at(row, "direct"), 1e-8);
    assert_near(got->direct.se, json_at(row, "direct_se"), 1e-8);
    /* A share of 0.97 leaves a hundredth of the digits. */
    near_or_zero(got->indirect.te, json_at(row, "indirect"), 1e-7);
    assert_near(got->indirect.se, json_at(row, "indirect_se"), 1e-7);
    assert_near(got->p, json_at(row, "p"), 1e-6);
}

static void check_splits(named_network *data, const msp_network *net, const msp_pool_fit *fit,
                         const json_t *result, const char *model)
{
    const msp_tau_method tau = strcmp(model, "common") == 0 ? MSP_TAU_COMMON : MSP_TAU_DL;
    static const char *const methods[] = {"netsplit_SIDE", "netsplit_SIDDE"};
    for (size_t m = 0; m < 2; m++) {
        size_t i;
        json_t *row;
        json_array_foreach(json_object_get(json_object_get(result, methods[m]), model), i, row)
        {
            char pair[2 * NETWORK_NAME];
            for (size_t k = 0; k < data->n_treat * data->n_treat; k++) {
                const size_t a = k / data->n_treat, b = k % data->n_treat;
                snprintf(pair, sizeof pair, "%s:%s", data->treat[a], data->treat[b]);
                if (strcmp(pair, json_string_value(json_object_get(row, "comparison"))) != 0)
                    continue;
                msp_network_split split;
                if (m == 0)
                    msp_network_back_calculate(net, fit, a, b, &split);
                else
                    assert_int_equal(msp_network_node_split(net, fit, tau, a, b, &split, NULL),
                                     MSP_OK);
                check_split(&split, row);
            }
        }
    }
}

/* "a:b" as two treatments; names may not hold a colon. */
static void pair_at(named_network *data, const char *pair, size_t *a, size_t *b)
{
    char text[2 * NETWORK_NAME];
    snprintf(text, sizeof text, "%s", pair);
    char *colon = strchr(text, ':');
    *colon = '\0';
    *a = name_number(data->treat, &data->n_treat, text);
    *b = name_number(data->treat, &data->n_treat, colon + 1);
}

static void check_contributions(named_network *data, const msp_network *net,
                                const msp_pool_fit *fit, const json_t *result, const char *model)
{
    static double share[40 * 40];
    const json_t *table =
        json_object_get(json_object_get(result, "contribution_randomwalk"), model);
    const json_t *rows = json_object_get(table, "rows"), *cols = json_object_get(table, "cols");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        size_t a, b;
        double sum = 0;
        pair_at(data, json_string_value(json_array_get(rows, i)), &a, &b);
        assert_int_equal(msp_network_contributions(net, fit, a, b, share, NULL), MSP_OK);
        for (size_t j = 0; j < json_array_size(cols); j++) {
            const json_t *values = json_array_get(json_object_get(table, "values"), i);
            const double want = json_number_value(json_array_get(values, j));
            pair_at(data, json_string_value(json_array_get(cols, j)), &a, &b);
            assert_true(fabs(share[a * net->n_treat + b] - want) < 1e-8);
            sum += share[a * net->n_treat + b];
        }
        assert_near(sum, 1, 1e-9);
    }
}

static void check_q(msp_heterogeneity got, const json_t *item, const char *q, const char *df,
                    const char *p)
{
    if (fabs(json_at(item, q)) > 1e-12 || got.q > 1e-12)
        assert_near(got.q, json_at(item, q), 1e-8);
    assert_near((double)got.df, json_at(item, df), 0);
    assert_near(got.p, json_at(item, p), 1e-7);
}

/* Whether the studies of a design compare exactly the treatments that its name lists. */
static bool is_design(const named_network *data, const msp_network *net, size_t study,
                      const char *name)
{
    size_t listed = 0, arms = 0;
    char text[8 * NETWORK_NAME];
    snprintf(text, sizeof text, "%s", name);
    for (char *part = strtok(text, ":"); part != NULL; part = strtok(NULL, ":"))
        for (size_t t = 0; t < data->n_treat; t++)
            listed += net->arms[study * net->n_treat + t] && strcmp(part, data->treat[t]) == 0;
    for (size_t t = 0; t < data->n_treat; t++)
        arms += net->arms[study * net->n_treat + t];
    size_t named = 1;
    for (const char *c = name; *c != '\0'; c++)
        named += *c == ':';
    return listed == arms && named == arms;
}

static void check_design_rows(const named_network *data, const msp_network *net,
                              const msp_heterogeneity *got, const json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        bool found = false;
        for (size_t s = 0; s < net->n_study && !found; s++)
            if (is_design(data, net, s, json_string_value(json_object_get(row, "design")))) {
                check_q(got[net->design[s]], row, "Q", "df", "pval");
                found = true;
            }
        assert_true(found);
    }
}

static void check_designs(const named_network *data, const msp_network *net, const json_t *result)
{
    msp_network_designs designs;
    assert_int_equal(msp_network_decompose(net, &designs, NULL), MSP_OK);
    const json_t *het = json_object_get(result, "heterogeneity_DL");
    check_q(designs.total, het, "Q", "df_Q", "p_Q");
    check_q(designs.within, het, "Q_within", "df_within", "p_within");
    check_q(designs.between, het, "Q_between", "df_between", "p_between");
    const json_t *parts = json_object_get(result, "decomp_design");
    check_design_rows(data, net, designs.design, json_object_get(parts, "Q_het_design"));
    check_design_rows(data, net, designs.detached, json_object_get(parts, "Q_inc_detach"));
    const json_t *random = json_object_get(parts, "design_by_treatment_random");
    check_q(designs.between_random, random, "Q", "df", "pval");
    if (designs.within.df > 0)
        assert_near(sqrt(designs.tau2_within), json_at(random, "tau.within"), 1e-8);
    msp_network_designs_free(&designs);
}

/* With all covariances of the comparisons of a study: metafor 3.8-1 (rma.mv, rho 0.5). */
static const struct {
    const char *name;
    double ml, reml;
} with_covariance[] = {
    {"senn2013", 0.237457646234, 0.316097229255},
    {"smokingcessation", 0.613508350875, 0.670991520563},
    {"linde2015_resp", 0.113811627754, 0.188561112912},
};

/* tau of a reference is where its optimiser stopped; 0 may be 1e-5 there. */
static void check_tau(double tau2, double tau)
{
    if (fmax(tau, sqrt(tau2)) > 1e-4)
        assert_near(sqrt(tau2), tau, 1e-5);
}

/* The reference data are netmeta's, which takes the comparisons of a study as apart. */
static void check_likelihood(named_network *data, const msp_network *net, msp_pool_fit *fit,
                             const char *name, const json_t *result)
{
    const size_t reference = treat_at(data, json_object_get(result, "meta"), "reference");
    for (int i = 0; i < 2; i++) {
        const msp_tau_method method = i == 0 ? MSP_TAU_ML : MSP_TAU_REML;
        const json_t *part = json_object_get(result, i == 0 ? "method_ML" : "method_REML");
        const double tau = json_at(json_object_get(part, "heterogeneity"), "tau");
        double tau2;
        msp_pool_estimate(&net->model, method, fit);
        const bool two_arms = net->model.n == data->n;
        if (fit->df > 0 && two_arms)
            check_tau(fit->tau2, tau);
        for (size_t k = 0; k < MSP_COUNT(with_covariance); k++)
            if (strcmp(name, with_covariance[k].name) == 0)
                check_tau(fit->tau2, i == 0 ? with_covariance[k].ml : with_covariance[k].reml);
        assert_int_equal(msp_network_tau2_apart(net, method, reference, &tau2, NULL), MSP_OK);
        if (fit->df > 0)
            check_tau(tau2, tau);
        msp_pool_solve(&net->model, tau2, fit);
        check_effects(data, net, fit, json_object_get(part, "random"), 1e-5);
    }
}

static void check_network(const char *name)
{
    named_network data;
    read_contrasts(golden(name, "contrasts.csv"), &data);
    json_t *result = read_json(golden(name, "result.json"));
    msp_network net;
    msp_pool_fit fit;
    assert_int_equal(
        msp_network_build(data.contrast, data.n, data.n_treat, data.n_study, &net, NULL), MSP_OK);
    assert_int_equal(net.n_component, json_integer_value(json_object_get(result, "n_subnets")));
    assert_int_equal(net.n_design, json_array_size(json_object_get(result, "designs")));
    assert_int_equal(msp_pool_fit_init(&net.model, &fit, NULL), MSP_OK);
    msp_pool_solve(&net.model, 0, &fit);
    check_effects(&data, &net, &fit, json_object_get(result, "common"), 1e-8);
    check_scores(&data, &net, &fit, result, "common");
    check_splits(&data, &net, &fit, result, "common");
    check_contributions(&data, &net, &fit, result, "common");
    msp_pool_estimate(&net.model, MSP_TAU_DL, &fit);
    const double tau2 = json_at(json_object_get(result, "heterogeneity_DL"), "tau2");
    assert_true((fit.note != NULL) == isnan(tau2));
    assert_near(fit.tau2, isnan(tau2) ? 0 : tau2, 1e-8);
    check_effects(&data, &net, &fit, json_object_get(result, "random"), 1e-8);
    check_scores(&data, &net, &fit, result, "random");
    check_splits(&data, &net, &fit, result, "random");
    check_contributions(&data, &net, &fit, result, "random");
    check_likelihood(&data, &net, &fit, name, result);
    msp_pool_estimate(&net.model, MSP_TAU_PM, &fit);
    if (fit.tau2 > 0)
        assert_near(fit.q, (double)fit.df, 1e-9);
    else
        assert_true(fit.q <= (double)fit.df + 1e-9);
    check_designs(&data, &net, result);
    msp_pool_fit_free(&fit);
    msp_network_free(&net);
    json_decref(result);
}

static void reference_networks(void **state)
{
    (void)state;
    require_shared("golden/evidence/senn2013/result.json");
    for (size_t i = 0; i < MSP_COUNT(names); i++) {
        print_message("%s\n", names[i]);
        check_network(names[i]);
    }
}

/* Two pairs of treatments without a link: each pooled by hand (inverse variance), none compared
 * across; Paule-Mandel and DerSimonian-Laird agree where all variances are equal. */
static void disconnected(void **state)
{
    (void)state;
    const msp_network_contrast c[] = {
        {0, 1, 0, 0.5, 0.1}, {1, 0, 1, -0.1, 0.1}, {2, 3, 2, 1, 0.2}, {3, 2, 3, -1, 0.2}};
    msp_network net;
    msp_pool_fit fit;
    assert_int_equal(msp_network_build(c, MSP_COUNT(c), 5, 4, &net, NULL), MSP_OK);
    assert_int_equal(net.n_component, 3); /* treatment 4 is alone */
    assert_int_equal(net.component[3], 1);
    assert_int_equal(net.component[4], 2);
    assert_int_equal(msp_pool_fit_init(&net.model, &fit, NULL), MSP_OK);
    msp_pool_solve(&net.model, 0, &fit);
    assert_int_equal(fit.df, 2);
    const msp_network_estimate e = msp_network_effect(&net, &fit, 0, 1);
    assert_near(e.te, 0.3, 1e-14);
    assert_near(e.se, 0.1 / sqrt(2), 1e-14);
    assert_near(fit.q, 8, 1e-12); /* 2 (0.2 / 0.1)^2 */
    assert_true(isnan(msp_network_effect(&net, &fit, 0, 2).te));
    double score[5];
    msp_network_p_scores(&net, &fit, true, score);
    assert_near(score[0] + score[1], 1, 1e-14);
    assert_near(score[2], msp_dist_normal_upper(1 / (0.2 / sqrt(2))).p, 1e-12);
    assert_true(isnan(score[4]));
    msp_pool_fit_free(&fit);
    msp_network_free(&net);
}

/* One comparison with equal variances v: tau2 is the sample variance less v by DL, PM and REML, and
 * with n in place of n - 1 by ML. Values 0, 1, 5 and v = 1: 7 - 1 and 14 / 3 - 1. */
static void equal_variances(void **state)
{
    (void)state;
    const msp_network_contrast c[] = {{0, 1, 0, 0, 1}, {0, 1, 1, 1, 1}, {1, 0, 2, -5, 1}};
    static const struct {
        msp_tau_method method;
        double tau2;
    } want[] = {{MSP_TAU_COMMON, 0},
                {MSP_TAU_DL, 6},
                {MSP_TAU_PM, 6},
                {MSP_TAU_REML, 6},
                {MSP_TAU_ML, 11.0 / 3}};
    msp_network net;
    msp_pool_fit fit;
    assert_int_equal(msp_network_build(c, 3, 2, 3, &net, NULL), MSP_OK);
    assert_int_equal(msp_pool_fit_init(&net.model, &fit, NULL), MSP_OK);
    for (size_t i = 0; i < MSP_COUNT(want); i++) {
        msp_pool_estimate(&net.model, want[i].method, &fit);
        assert_near(fit.tau2, want[i].tau2, 1e-12);
        assert_near(msp_network_effect(&net, &fit, 0, 1).te, 2, 1e-14);
        assert_near(msp_network_effect(&net, &fit, 0, 1).se, sqrt((1 + want[i].tau2) / 3), 1e-12);
    }
    assert_non_null(msp_tau_method_text(MSP_TAU_PM));
    msp_pool_fit_free(&fit);
    msp_network_free(&net);
}

static void faults(void **state)
{
    (void)state;
    static const struct {
        msp_network_contrast c[3];
        size_t n, row;
        const char *says;
    } wrong[] = {
        {{{0, 0, 0, 1, 1}}, 1, 0, "itself"},
        {{{0, 1, 0, 1, 0}}, 1, 0, "above 0"},
        {{{0, 1, 0, 1, 1}, {0, 7, 1, 1, 1}}, 2, 1, "counted from 0"},
        {{{0, 1, 0, 1, 1}, {1, 2, 0, 1, 1}}, 2, 1, "expected all 3 pairs"},
        {{{0, 1, 0, 1, 1}, {1, 0, 0, -1, 1}}, 2, 1, "second time"},
        {{{0, 1, 0, 1, 1}, {1, 2, 0, 1, 1}, {0, 2, 0, 1, 1}}, 3, 0, "do not add up"},
        {{{0, 1, 0, 1, 1}, {1, 2, 0, 1, 1}, {0, 2, 0, 2, 9}}, 3, 0, "no variances"},
    };
    for (size_t i = 0; i < MSP_COUNT(wrong); i++) {
        msp_network net;
        msp_error err;
        assert_int_equal(msp_network_build(wrong[i].c, wrong[i].n, 3, 2, &net, &err), MSP_ERANGE);
        assert_int_equal(err.row, wrong[i].row);
        assert_non_null(strstr(err.text, wrong[i].says));
        msp_network_free(&net);
    }
    msp_network net;
    assert_int_equal(msp_network_build(NULL, 0, 3, 2, &net, NULL), MSP_ENODATA);
    msp_network_free(&net);
}

/* Arms by hand; study 1 has an arm without events, study 2 none at all. */
static void arms(void **state)
{
    (void)state;
    const msp_network_arm arm[] = {{.treat = 0, .study = 0, .n = 20, .events = 5},
                                   {.treat = 1, .study = 0, .n = 30, .events = 10},
                                   {.treat = 0, .study = 1, .n = 10, .events = 0},
                                   {.treat = 2, .study = 1, .n = 12, .events = 3},
                                   {.treat = 1, .study = 2, .n = 10, .events = 0},
                                   {.treat = 2, .study = 2, .n = 12, .events = 0}};
    msp_network_contrast c[15];
    size_t n, left_out;
    assert_int_equal(msp_network_from_arms(arm, 6, MSP_MEASURE_OR, c, &n, &left_out, NULL), MSP_OK);
    assert_int_equal(n, 2);
    assert_int_equal(left_out, 1);
    assert_near(c[0].te, log(5.0 / 15 / (10.0 / 20)), 1e-14);
    assert_near(c[0].se, sqrt(1 / 5.0 + 1 / 15.0 + 1 / 10.0 + 1 / 20.0), 1e-14);
    assert_near(c[1].te, log(0.5 / 10.5 / (3.5 / 9.5)), 1e-14);
    assert_int_equal(msp_network_from_arms(arm, 6, MSP_MEASURE_RR, c, &n, &left_out, NULL), MSP_OK);
    assert_near(c[0].te, log(0.25 / (10.0 / 30)), 1e-14);
    assert_near(c[0].se, sqrt(1 / 5.0 - 1 / 20.0 + 1 / 10.0 - 1 / 30.0), 1e-14);
    assert_near(c[1].te, log(0.5 / 10.5 / (3.5 / 12.5)), 1e-14);
    assert_int_equal(msp_network_from_arms(arm, 6, MSP_MEASURE_RD, c, &n, &left_out, NULL), MSP_OK);
    assert_int_equal(n, 3);
    assert_near(c[0].te, 0.25 - 1.0 / 3, 1e-13);
    assert_near(c[0].se, sqrt(5.0 * 15 / 8000 + 10.0 * 20 / 27000), 1e-14);
    const msp_network_arm years[] = {{.treat = 0, .study = 0, .n = 1917, .events = 113},
                                     {.treat = 1, .study = 0, .n = 1925, .events = 111}};
    assert_int_equal(msp_network_from_arms(years, 2, MSP_MEASURE_IRR, c, &n, &left_out, NULL),
                     MSP_OK);
    assert_near(c[0].te, 0.022022121076246463, 1e-13); /* golden/evidence/dietaryfat, study 1 */
    assert_near(c[0].se, 0.13363594775034485, 1e-14);
    const msp_network_arm mean[] = {{.treat = 0, .study = 0, .n = 54, .mean = -1.22, .sd = 3.7},
                                    {.treat = 1, .study = 0, .n = 95, .mean = -1.53, .sd = 4.28}};
    assert_int_equal(msp_network_from_arms(mean, 2, MSP_MEASURE_MD, c, &n, &left_out, NULL),
                     MSP_OK);
    assert_near(c[0].te, 0.31, 1e-14);
    assert_near(c[0].se, 0.6680896509274884, 1e-14); /* golden/evidence/parkinson, study 1 */
    assert_int_equal(msp_network_from_arms(mean, 2, MSP_MEASURE_HR, c, &n, &left_out, NULL),
                     MSP_EUNSUPPORTED);
    const msp_network_arm wrong = {.treat = 0, .study = 0, .n = 5, .events = 6};
    assert_int_equal(msp_network_from_arms(&wrong, 1, MSP_MEASURE_OR, c, &n, &left_out, NULL),
                     MSP_ERANGE);
}

/* ../shared/golden: netmeta's funnel() of the random-effects network. */
static void adjusted_for_comparison(void **state)
{
    (void)state;
    require_shared("golden/evidence/senn2013/result.json");
    named_network data;
    msp_network net;
    msp_pool_fit fit;
    msp_network_adjusted out[NETWORK_MAX];
    read_contrasts(golden("senn2013", "contrasts.csv"), &data);
    assert_int_equal(
        msp_network_build(data.contrast, data.n, data.n_treat, data.n_study, &net, NULL), MSP_OK);
    assert_int_equal(msp_pool_fit_init(&net.model, &fit, NULL), MSP_OK);
    msp_pool_estimate(&net.model, MSP_TAU_DL, &fit);
    msp_network_adjust(&net, &fit, out);
    json_t *result = json_load_file(golden("senn2013", "result.json"), 0, NULL), *row;
    size_t k, found = 0;
    json_array_foreach(json_object_get(result, "comparison_adjusted_funnel_random"), k, row)
    {
        const char *study = json_string_value(json_object_get(row, "studlab"));
        for (size_t i = 0; i < data.n; i++) {
            const msp_network_contrast *c = &data.contrast[i];
            const size_t a = treat_at(&data, row, "treat1"), b = treat_at(&data, row, "treat2");
            const bool same = c->treat1 == a && c->treat2 == b;
            if (strcmp(data.study[c->study], study) != 0 ||
                !(same || (c->treat1 == b && c->treat2 == a)))
                continue;
            assert_near(same ? c->te - out[i].difference : out[i].difference - c->te,
                        json_at(row, "TE.direct"), 1e-9);
            found++;
        }
    }
    assert_int_equal(found, data.n);
    json_decref(result);
    msp_pool_fit_free(&fit);
    msp_network_free(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(adjusted_for_comparison),
                                       cmocka_unit_test(reference_networks),
                                       cmocka_unit_test(disconnected),
                                       cmocka_unit_test(equal_variances),
                                       cmocka_unit_test(faults),
                                       cmocka_unit_test(arms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
