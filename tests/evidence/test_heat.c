/* The net heat matrix: a square by hand; senn2013 against generalised least squares in R
 * (tests/evidence/heat.R, which builds the matrices whole); sums against Q with a design let go. */
#include "evidence/networks.h"

#include "mspike/evidence/heat.h"

static void build(const msp_network_contrast *c, size_t n, size_t n_treat, size_t n_study,
                  msp_network *net)
{
    assert_int_equal(msp_network_build(c, n, n_treat, n_study, net, NULL), MSP_OK);
}

/* Three ways from A to B, each of variance 1, that say 0, 0 and 3: two loops through C and D. Every
 * way weighs the same: the network says 1, each residual is spread over the two halves of a way. */
static void two_loops_by_hand(void **state)
{
    (void)state;
    static const msp_network_contrast c[] = {{1, 0, 0, 0, 1},
                                             {2, 0, 1, 0, 0.70710678118654752},
                                             {1, 2, 2, 0, 0.70710678118654752},
                                             {3, 0, 3, 3, 0.70710678118654752},
                                             {1, 3, 4, 0, 0.70710678118654752}};
    msp_network net;
    msp_network_heat heat;
    build(c, 5, 4, 5, &net);
    assert_int_equal(msp_network_heat_make(&net, &heat, NULL), MSP_OK);
    assert_null(heat.note);
    assert_int_equal(heat.n, 5);
    /* Q = 1 + 1 + 4: the ways' residuals are -1, -1 and 2. */
    static const double q[] = {1, 0.5, 0.5, 2, 2};
    for (size_t i = 0; i < 5; i++) {
        assert_near(heat.contribution[i], q[i], 1e-12);
        assert_near(heat.change[6 * i], q[i], 1e-12);
        assert_near(heat.share[6 * i], i == 0 ? 1 / 3. : 2 / 3., 1e-12);
    }
    /* Without A:D the others agree: all contributions go. Without A:B the two ways differ by 3:
     * residuals 1.5 each, a contribution of 1.125 to each half. */
    for (size_t i = 0; i < 5; i++) {
        assert_near(heat.change[5 * i + 3], q[i], 1e-12);
        assert_near(heat.change[5 * i], i == 0 ? 1 : q[i] - 1.125, 1e-12);
    }
    msp_network_heat_free(&heat);
    msp_network_free(&net);
}

static void senn2013(void **state)
{
    (void)state;
    require_shared("golden/evidence/senn2013/contrasts.csv");
    static const struct {
        const char *first, *second;
        size_t arms;
        double q, change, share; /* the last two in the column of rosi:sulf */
    } rows[] = {{"acar", "metf", 3, 0.00610274961465, 0.007256251155813, -0.085214560974737},
                {"acar", "plac", 3, 0.130999811341, 0.11405496214904, -0.153965029662},
                {"rosi", "sulf", 2, 9.28870535156, 9.2887053515566, 0.41056331754902}};
    named_network data;
    msp_network net;
    msp_network_heat heat;
    read_contrasts(golden("senn2013", "contrasts.csv"), &data);
    build(data.contrast, data.n, data.n_treat, data.n_study, &net);
    assert_int_equal(msp_network_heat_make(&net, &heat, NULL), MSP_OK);
    assert_int_equal(heat.n, 12); /* of 16: four designs end in a treatment of their own */
    size_t found = 0, sulf = 0;
    for (size_t i = 0; i < heat.n; i++)
        if (strcmp(data.treat[heat.treat1[i]], "rosi") == 0 &&
            strcmp(data.treat[heat.treat2[i]], "sulf") == 0)
            sulf = i;
    for (size_t i = 0; i < heat.n; i++)
        for (size_t k = 0; k < MSP_COUNT(rows); k++) {
            size_t arms = 2;
            for (size_t j = 0; j < heat.n; j++)
                arms += j != i && heat.design[j] == heat.design[i];
            if (strcmp(data.treat[heat.treat1[i]], rows[k].first) != 0 ||
                strcmp(data.treat[heat.treat2[i]], rows[k].second) != 0 || arms != rows[k].arms)
                continue;
            found++;
            assert_near(heat.contribution[i], rows[k].q, 1e-10);
            assert_near(heat.change[i * heat.n + sulf], rows[k].change, 1e-9);
            assert_near(heat.share[i * heat.n + sulf], rows[k].share, 1e-9);
        }
    assert_int_equal(found, MSP_COUNT(rows));
    msp_network_heat_free(&heat);
    msp_network_free(&net);
}

/* Contributions add up to Q between designs; without a design, to what netmeta says is left. */
static void sums(void **state)
{
    (void)state;
    require_shared("golden/evidence/senn2013/contrasts.csv");
    static const char *const names[] = {"senn2013", "smokingcessation", "linde2015_resp",
                                        "dietaryfat", "woods2010"};
    size_t with_heat = 0;
    for (size_t k = 0; k < MSP_COUNT(names); k++) {
        named_network data;
        msp_network net;
        msp_network_heat heat;
        msp_network_designs designs;
        read_contrasts(golden(names[k], "contrasts.csv"), &data);
        build(data.contrast, data.n, data.n_treat, data.n_study, &net);
        assert_int_equal(msp_network_decompose(&net, &designs, NULL), MSP_OK);
        assert_int_equal(msp_network_heat_make(&net, &heat, NULL), MSP_OK);
        assert_int_equal(heat.note != NULL, designs.between.df < 2);
        with_heat += heat.n > 0;
        double all = 0;
        for (size_t i = 0; i < heat.n; i++)
            all += heat.contribution[i];
        if (heat.n > 0)
            assert_near(all, designs.between.q, 1e-9);
        for (size_t column = 0; column < heat.n; column++) {
            double left = 0;
            for (size_t i = 0; i < heat.n; i++)
                left += heat.contribution[i] - heat.change[i * heat.n + column];
            assert_near(left, designs.detached[heat.design[column]].q, 1e-8);
        }
        msp_network_designs_free(&designs);
        msp_network_heat_free(&heat);
        msp_network_free(&net);
    }
    assert_true(with_heat >= 3);
}

/* A tree cannot contradict itself, and one loop does not say who is wrong. */
static void nothing_to_contradict(void **state)
{
    (void)state;
    static const msp_network_contrast c[] = {
        {1, 0, 0, 0.1, 1}, {2, 0, 1, 0.2, 1}, {2, 1, 2, 0.9, 1}};
    for (size_t n = 2; n <= 3; n++) {
        msp_network net;
        msp_network_heat heat;
        build(c, n, 3, n, &net);
        assert_int_equal(msp_network_heat_make(&net, &heat, NULL), MSP_OK);
        assert_int_equal(heat.n, 0);
        assert_non_null(strstr(heat.note, n == 2 ? "no loop" : "one loop"));
        msp_network_heat_free(&heat);
        msp_network_free(&net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_loops_by_hand),
        cmocka_unit_test(senn2013),
        cmocka_unit_test(sums),
        cmocka_unit_test(nothing_to_contradict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
