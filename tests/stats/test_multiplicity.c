/* test_multiplicity - adjusted p against R's p.adjust, and graphs against the closed test: every
 * intersection of hypotheses tested by weighted Bonferroni, which is what a graph stands for. */
#include <math.h>
#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats/multiplicity.h"
#include "near.h"

static void as_in_r(void **state)
{
    (void)state;
    /* R: p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.02, 0.8), "holm"), "hochberg", "bonferroni" */
    const double p[] = {0.01, 0.04, 0.03, 0.005, 0.02, 0.8};
    const double holm[] = {0.05, 0.09, 0.09, 0.03, 0.08, 0.8},
                 hochberg[] = {0.05, 0.08, 0.08, 0.03, 0.08, 0.8},
                 bonferroni[] = {0.06, 0.24, 0.18, 0.03, 0.12, 1};
    const double *const want[] = {bonferroni, holm, hochberg};
    double got[6];
    msp_error err = {0};
    for (int how = 0; how < 3; how++) {
        assert_int_equal(msp_adjust_p(p, 6, (msp_adjustment)how, got, &err), MSP_OK);
        for (int i = 0; i < 6; i++)
            assert_near(got[i], want[how][i], 1e-14);
    }
    assert_int_equal(msp_adjust_p(p, 6, MSP_ADJUST_FIXED_SEQUENCE, got, &err), MSP_OK);
    const double sequence[] = {0.01, 0.04, 0.04, 0.04, 0.04, 0.8};
    for (int i = 0; i < 6; i++)
        assert_near(got[i], sequence[i], 0);
}

/* -- the closed test -- */

#define MOST 5

/* The weights of the hypotheses in `set`: the others are taken out of the graph one by one. */
static void weights_in(const double *weights, const double *transitions, int n, unsigned set,
                       double *w)
{
    double g[MOST][MOST];
    memcpy(w, weights, (size_t)n * sizeof *w);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            g[i][k] = transitions[i * n + k];
    unsigned left = (1u << n) - 1;
    for (int j = n - 1; j >= 0; j--) { /* another order than by p */
        if ((set >> j & 1) != 0)
            continue;
        double h[MOST][MOST] = {{0}};
        left &= ~(1u << j);
        for (int l = 0; l < n; l++) {
            if ((left >> l & 1) == 0)
                continue;
            w[l] += w[j] * g[j][l];
            for (int k = 0; k < n; k++)
                if (l != k && (left >> k & 1) != 0 && g[l][j] * g[j][l] < 1)
                    h[l][k] = (g[l][k] + g[l][j] * g[j][k]) / (1 - g[l][j] * g[j][l]);
        }
        memcpy(g, h, sizeof g);
    }
}

static double closed(const double *p, const double *weights, const double *transitions, int n,
                     int i)
{
    double most = 0;
    for (unsigned set = 1; set < 1u << n; set++) {
        double w[MOST], least = 1;
        if ((set >> i & 1) == 0)
            continue;
        weights_in(weights, transitions, n, set, w);
        for (int k = 0; k < n; k++)
            if ((set >> k & 1) != 0 && w[k] > 0)
                least = fmin(least, p[k] / w[k]);
        most = fmax(most, least);
    }
    return fmin(most, 1);
}

static void graphs_are_closed_tests(void **state)
{
    (void)state;
    for (uint32_t trial = 0; trial < 2000; trial++) {
        msp_random r = msp_random_at(7, trial, 0, 0);
        const int n = 2 + (int)msp_random_below(&r, MOST - 1);
        double p[MOST], weights[MOST], transitions[MOST * MOST] = {0}, got[MOST], sum = 0;
        for (int i = 0; i < n; i++) {
            p[i] = msp_random_uniform(&r) * msp_random_uniform(&r);
            weights[i] = msp_random_below(&r, 3) == 0 ? 0 : msp_random_uniform(&r);
            sum += weights[i];
            double out = 0;
            for (int k = 0; k < n; k++)
                if (k != i && msp_random_below(&r, 3) > 0)
                    out += transitions[i * n + k] = msp_random_uniform(&r);
            for (int k = 0; out > 0 && k < n; k++)
                transitions[i * n + k] /= out;
        }
        for (int i = 0; sum > 0 && i < n; i++)
            weights[i] /= sum;
        msp_error err = {0};
        assert_int_equal(msp_adjust_p_graph(p, weights, transitions, (size_t)n, got, &err), MSP_OK);
        for (int i = 0; i < n; i++)
            assert_near(got[i], closed(p, weights, transitions, n, i), 1e-10);
    }
}

/* Equal weights that go to all others alike are Holm's procedure. */
static void holm_is_a_graph(void **state)
{
    (void)state;
    const double p[] = {0.011, 0.04, 0.03, 0.005};
    double weights[4], transitions[16], graph[4], holm[4];
    msp_error err = {0};
    for (int i = 0; i < 4; i++) {
        weights[i] = 0.25;
        for (int k = 0; k < 4; k++)
            transitions[i * 4 + k] = i == k ? 0 : 1.0 / 3;
    }
    assert_int_equal(msp_adjust_p_graph(p, weights, transitions, 4, graph, &err), MSP_OK);
    assert_int_equal(msp_adjust_p(p, 4, MSP_ADJUST_HOLM, holm, &err), MSP_OK);
    for (int i = 0; i < 4; i++)
        assert_near(graph[i], holm[i], 1e-13);
}

static void what_is_not_known(void **state)
{
    (void)state;
    const double p[] = {0.01, (double)NAN, 0.001}, w[] = {1, 0, 0},
                 chain[] = {0, 1, 0, 0, 0, 1, 0, 0, 0};
    double got[3];
    msp_error err = {0};
    assert_int_equal(msp_adjust_p(p, 3, MSP_ADJUST_HOLM, got, &err), MSP_OK);
    assert_near(got[2], 0.003, 1e-15);
    assert_near(got[0], 0.02, 1e-15);
    assert_true(isnan(got[1]));
    assert_int_equal(msp_adjust_p(p, 3, MSP_ADJUST_FIXED_SEQUENCE, got, &err), MSP_OK);
    assert_near(got[0], 0.01, 0);
    assert_true(isnan(got[2])); /* behind one that was not tested */
    assert_int_equal(msp_adjust_p_graph(p, w, chain, 3, got, &err), MSP_OK);
    assert_near(got[0], 0.01, 0);
    assert_near(got[2], 1, 0);
    const double bad[] = {0.5, 1.5};
    assert_int_equal(msp_adjust_p(bad, 2, MSP_ADJUST_HOLM, got, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    const double half[] = {0.6, 0.6}, none[4] = {0}, self[] = {1, 0, 0, 0};
    const double fine[] = {0.1, 0.2};
    assert_int_equal(msp_adjust_p_graph(fine, half, none, 2, got, &err), MSP_ERANGE);
    assert_int_equal(msp_adjust_p_graph(fine, fine, self, 2, got, &err), MSP_ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_in_r), cmocka_unit_test(graphs_are_closed_tests),
        cmocka_unit_test(holm_is_a_graph), cmocka_unit_test(what_is_not_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
