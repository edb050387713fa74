/* Pooling: arms by hand; the reference networks of ../shared/golden (netmeta 3.3-1) and the exact
 * Bayesian results there. */
#include "near.h"

#include <string.h>

#include "mspike/evidence.h"
#include "mspike/table.h"

/* One study of three arms: 10, 20 and 30 of 100. Its odds ratios are those of its own counts. */
static void three_arms_of_one_study(void **state)
{
    (void)state;
    static const msp_arm_said arms[] = {
        {"S", "A", 10, 100}, {"S", "B", 20, 100}, {"S", "C", 30, 100}};
    msp_arena arena = {0};
    msp_contrast_said *c;
    msp_pooled p;
    size_t n, left_out;
    assert_int_equal(
        msp_contrasts_from_arms(arms, 3, MSP_MEASURE_OR, &arena, &c, &n, &left_out, NULL), MSP_OK);
    assert_int_equal(n, 3);
    msp_pooling options = msp_pooling_default();
    options.higher_is_better = true;
    options.bayes = true;
    assert_int_equal(msp_pooled_make(c, n, &options, &p, NULL), MSP_OK);
    assert_int_equal(p.n_studies, 1);
    const msp_pair *x = msp_pooled_find(&p, "B", "A");
    assert_near(x->estimate, log(20.0 * 90 / (80 * 10)), 1e-12);
    assert_near(x->std_error, sqrt(1 / 20.0 + 1 / 80.0 + 1 / 10.0 + 1 / 90.0), 1e-12);
    assert_near(x->proportion_direct, 1, 1e-9);
    x = msp_pooled_find(&p, "C", "B");
    assert_near(x->estimate, log(30.0 * 80 / (70 * 20)), 1e-12);
    assert_true(p.p_score[msp_pooled_index(&p, "C")] > p.p_score[msp_pooled_index(&p, "B")]);
    assert_true(x->bayes_lower < x->lower && x->predictive_lower < x->bayes_lower);
    assert_true(isnan(p.total.tau2));
    msp_pooled_free(&p);
    assert_int_equal(
        msp_contrasts_from_arms(arms, 3, MSP_MEASURE_HR, &arena, &c, &n, &left_out, NULL),
        MSP_EUNSUPPORTED);
    msp_arena_free(&arena);
}

/* Two networks that nothing links: no pair goes across, each has a reference of its own. */
static void two_networks(void **state)
{
    (void)state;
    static const msp_contrast_said c[] = {{"S1", "B", "A", -0.5, 0.2, 0},
                                          {"S2", "C", "A", -0.2, 0.1, 0},
                                          {"S3", "Y", "X", 0.3, 0.3, 0}};
    msp_pooled p;
    msp_pooling options = msp_pooling_default();
    assert_int_equal(msp_pooled_make(c, 3, &options, &p, NULL), MSP_OK);
    assert_int_equal(p.n_components, 2);
    assert_null(msp_pooled_find(&p, "B", "X"));
    assert_string_equal(p.treatments[p.reference[0]], "A");
    assert_string_equal(p.treatments[p.reference[1]], "X");
    assert_near(msp_pooled_find(&p, "B", "C")->estimate, -0.3, 1e-12);
    assert_near(msp_pooled_find(&p, "B", "C")->std_error, sqrt(0.05), 1e-12);
    msp_pooled_free(&p);
    options.reference = "Y";
    assert_int_equal(msp_pooled_make(c, 3, &options, &p, NULL), MSP_OK);
    assert_string_equal(p.treatments[p.reference[1]], "Y");
    msp_pooled_free(&p);
}

static void what_cannot_be_pooled(void **state)
{
    (void)state;
    const msp_contrast_said wrong[][2] = {
        {{"S1", "B", "A", 0.1, 0.1, 0}, {"S2", "B", "A", 0.1, 0, 0}},
        {{"S1", "B", "A", 0.1, 0.1, 0}, {"S2", "B", "B", 0.1, 0.1, 0}},
        {{"S1", "B", "A", 0.1, 0.1, 0}, {"S2", "C", "A", (double)NAN, 0.1, 0}},
        {{"S1", "B", "A", 0.1, 0.1, 0}, {"S1", "C", "A", 0.1, 0.1, 0}}, /* a pair is missing */
    };
    const msp_pooling options = msp_pooling_default();
    for (size_t i = 0; i < MSP_COUNT(wrong); i++) {
        msp_pooled p;
        msp_error err = {0};
        assert_int_equal(msp_pooled_make(wrong[i], 2, &options, &p, &err), MSP_ERANGE);
        assert_int_equal(p.n, 0);
    }
}

/* -- reference networks -- */

typedef struct network {
    msp_table table;
    msp_contrast_said c[128];
    size_t n;
} network;

static void read_network(const char *name, network *out)
{
    static const msp_read_column columns[] = {{"studlab", MSP_READ_TEXT},
                                              {"treat1", MSP_READ_TEXT},
                                              {"treat2", MSP_READ_TEXT},
                                              {"TE", MSP_READ_NUMBER},
                                              {"seTE", MSP_READ_NUMBER}};
    const msp_read_options read = {.columns = columns, .n_columns = MSP_COUNT(columns)};
    char path[128];
    *out = (network){0};
    snprintf(path, sizeof path, "golden/evidence/%s/contrasts.csv", name);
    assert_int_equal(msp_table_read(shared_file(path), &read, &out->table, NULL), MSP_OK);
    const msp_column *k = out->table.columns;
    for (size_t i = 0; i < out->table.n_rows; i++)
        out->c[out->n++] = (msp_contrast_said){k[0].text[k[0].code[i]], k[1].text[k[1].code[i]],
                                               k[2].text[k[2].code[i]], k[3].number[i],
                                               k[4].number[i],          0};
}

/* senn2013 (a study of three arms): result.json, common and random (DL) effects, Q. */
static void a_network_with_a_loop(void **state)
{
    (void)state;
    require_shared("golden/evidence/senn2013/contrasts.csv");
    network net;
    msp_pooled p;
    msp_pooling options = msp_pooling_default();
    read_network("senn2013", &net);
    assert_int_equal(msp_pooled_make(net.c, net.n, &options, &p, NULL), MSP_OK);
    assert_int_equal(p.n_studies, 26);
    assert_near(p.total.q, 96.9855530052601, 1e-10);
    assert_near(p.total.df, 18, 0);
    assert_near(p.total.tau2, 0.108716923142419, 1e-10);
    assert_near(p.total.q_heterogeneity + p.total.q_inconsistency, p.total.q, 1e-10);
    msp_pooled_free(&p);
    options.random = true;
    assert_int_equal(msp_pooled_make(net.c, net.n, &options, &p, NULL), MSP_OK);
    const msp_pair *x = msp_pooled_find(&p, "acar", "benf");
    const double share = x->proportion_direct;
    assert_near(share, 0, 1e-12); /* no trial compares the two */
    assert_near(x->indirect, x->estimate, 1e-9);
    x = msp_pooled_find(&p, "metf", "plac");
    assert_near(x->proportion_direct * x->direct + (1 - x->proportion_direct) * x->indirect,
                x->estimate, 1e-9);
    msp_pooled_free(&p);
    msp_table_free(&net.table);
}

/* bayes/rrmm_itt_pfs_V_halfnormal0.2_exact.json */
static void exact_bayesian(void **state)
{
    (void)state;
    static const struct {
        const char *treatment;
        double mean, sd, lower, predictive_lower;
    } rows[] = {
        {"BPd", -1.23372726384139, 0.346390949969623, -1.93890810874247, -2.06056484038324},
        {"BVd", -2.062751405535, 0.336283551188606, -2.75224898985486, -2.8771054133253},
        {"DKd", -1.08114464615895, 0.328597136720748, -1.75918507304379, -1.88634147118985},
        {"DVd", -1.17116539771815, 0.233179417698571, -1.65182496534434, -1.81926954401534}};
    require_shared("golden/evidence/rrmm_itt_pfs_V/contrasts.csv");
    network net;
    msp_pooled p;
    msp_pooling options = msp_pooling_default();
    options.bayes = true;
    options.reference = "Vd";
    read_network("rrmm_itt_pfs_V", &net);
    assert_int_equal(msp_pooled_make(net.c, net.n, &options, &p, NULL), MSP_OK);
    for (size_t i = 0; i < MSP_COUNT(rows); i++) {
        const msp_pair *x = msp_pooled_find(&p, rows[i].treatment, "Vd");
        assert_near(x->mean, rows[i].mean, 1e-10);
        assert_near(x->sd, rows[i].sd, 1e-10);
        assert_near(x->bayes_lower, rows[i].lower, 1e-8);
        assert_near(x->predictive_lower, rows[i].predictive_lower, 1e-8);
    }
    assert_near(p.tau_mean[0], 0.159572126183923, 1e-8);
    msp_pooled_free(&p);
    msp_table_free(&net.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_arms_of_one_study), cmocka_unit_test(two_networks),
        cmocka_unit_test(what_cannot_be_pooled),   cmocka_unit_test(a_network_with_a_loop),
        cmocka_unit_test(exact_bayesian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
