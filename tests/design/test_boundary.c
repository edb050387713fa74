/* Boundaries against published tables, closed forms and each other. */
#include "near.h"

#include "mspike/design/boundary.h"
#include "mspike/stats.h"

static msp_looks equal_looks(size_t n, double alpha, int sided, msp_boundary efficacy)
{
    msp_looks l = {.n = n, .alpha = alpha, .sided = sided, .efficacy = efficacy};
    for (size_t k = 0; k < n; k++)
        l.information[k] = (double)(k + 1) / (double)n;
    return l;
}

/* Jennison and Turnbull (2000), chapter 2, two-sided 0.05 and power 0.9: constants and
 * inflation factors, to three decimals. */
static void published_constants(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double delta, constant, inflation;
    } table[] = {{2, 0.5, 2.178, 1.100}, {5, 0.5, 2.413, 1.207}, {10, 0.5, 2.555, NAN},
                 {20, 0.5, 2.672, NAN},  {2, 0, 1.977, 1.007},   {5, 0, 2.040, 1.026},
                 {10, 0, 2.087, NAN},    {20, 0, 2.126, NAN},    {4, 0.25, 2.113, 1.059}};
    for (size_t i = 0; i < MSP_COUNT(table); i++) {
        const msp_looks l = equal_looks(
            table[i].n, 0.05, 2,
            (msp_boundary){.kind = MSP_BOUNDARY_WANG_TSIATIS, .parameter = table[i].delta});
        msp_boundaries b;
        assert_int_equal(msp_boundaries_for_power(&l, 0.9, &b, NULL), MSP_OK);
        assert_near(b.constant, table[i].constant, 0.0006 / 2);
        if (!isnan(table[i].inflation))
            assert_near(b.inflation, table[i].inflation, 0.0006);
        assert_near(b.alpha_spent[l.n - 1], 0.05, 1e-12);
        assert_near(b.power, 0.9, 1e-12);
    }
}

static void one_look_is_a_fixed_design(void **state)
{
    (void)state;
    const msp_looks l = equal_looks(1, 0.025, 1, (msp_boundary){0});
    msp_boundaries b;
    assert_int_equal(msp_boundaries_for_power(&l, 0.9, &b, NULL), MSP_OK);
    assert_near(b.upper[0], 1.959963984540054, 1e-15);
    assert_near(b.drift, 1.959963984540054 + 1.2815515655446004, 1e-14);
    assert_near(b.inflation, 1, 1e-14);
    assert_int_equal(msp_boundaries_for_drift(&l, b.drift, &b, NULL), MSP_OK);
    assert_near(b.power, 0.9, 1e-14);
}

/* Every spending function spends what it says at every look, all of it at the end. */
static void spending_is_kept(void **state)
{
    (void)state;
    static const msp_boundary kinds[] = {
        {.kind = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING},
        {.kind = MSP_BOUNDARY_LAN_DEMETS_POCOCK},
        {.kind = MSP_BOUNDARY_KIM_DEMETS, .parameter = 2.5},
        {.kind = MSP_BOUNDARY_HWANG_SHIH_DECANI, .parameter = -4},
        {.kind = MSP_BOUNDARY_HWANG_SHIH_DECANI, .parameter = 0},
        {.kind = MSP_BOUNDARY_HWANG_SHIH_DECANI, .parameter = 1},
    };
    static const double at[] = {0.05, 0.1, 0.3, 0.32, 0.7, 0.99, 1};
    for (size_t i = 0; i < MSP_COUNT(kinds); i++)
        for (int sided = 1; sided <= 2; sided++) {
            msp_looks l = {.n = MSP_COUNT(at), .alpha = 0.05, .sided = sided, .efficacy = kinds[i]};
            for (size_t k = 0; k < l.n; k++)
                l.information[k] = at[k];
            msp_boundaries b;
            assert_int_equal(msp_boundaries_for_drift(&l, 3, &b, NULL), MSP_OK);
            double crossed = 0;
            for (size_t k = 0; k < l.n; k++) {
                const double due = msp_boundary_spent(&kinds[i], 0.05 / sided, at[k]) * sided;
                crossed += b.upper_h0[k] + (sided == 2 ? b.lower_h0[k] : 0);
                assert_near(crossed, due, 1e-12);
                assert_near(b.alpha_spent[k], due, 1e-12);
            }
            assert_near(crossed, 0.05, 1e-12);
        }
}

/* A user's function through the points of another gives the other's boundaries. */
static void user_spending(void **state)
{
    (void)state;
    const msp_boundary pocock = {.kind = MSP_BOUNDARY_LAN_DEMETS_POCOCK};
    msp_looks l = equal_looks(3, 0.025, 1, pocock);
    msp_boundaries a, b;
    assert_int_equal(msp_boundaries_for_power(&l, 0.8, &a, NULL), MSP_OK);
    l.efficacy = (msp_boundary){.kind = MSP_BOUNDARY_USER, .n_values = 3};
    for (size_t k = 0; k < 3; k++) {
        l.efficacy.times[k] = l.information[k];
        l.efficacy.values[k] = a.alpha_spent[k];
    }
    assert_int_equal(msp_boundaries_for_power(&l, 0.8, &b, NULL), MSP_OK);
    for (size_t k = 0; k < 3; k++)
        assert_near(b.upper[k], a.upper[k], 1e-12);
    assert_near(b.drift, a.drift, 1e-12);
}

/* Nothing spent at the first look: nobody stops there. */
static void a_look_that_spends_nothing(void **state)
{
    (void)state;
    msp_looks l = equal_looks(
        2, 0.025, 1,
        (msp_boundary){
            .kind = MSP_BOUNDARY_USER, .values = {0, 0.025}, .times = {0.5, 1}, .n_values = 2});
    msp_boundaries b;
    assert_int_equal(msp_boundaries_for_power(&l, 0.9, &b, NULL), MSP_OK);
    assert_true(isinf(b.upper[0]));
    assert_near(b.upper[1], 1.959963984540054, 1e-13);
}

/* Spending the error of the second kind: all of it, whatever the efficacy boundary; and the drift
 * that the power gives gives back the power. */
static void futility(void **state)
{
    (void)state;
    static const msp_boundary_kind kinds[] = {MSP_BOUNDARY_WANG_TSIATIS,
                                              MSP_BOUNDARY_LAN_DEMETS_POCOCK};
    for (size_t i = 0; i < 4; i++) {
        msp_looks l = equal_looks(3, 0.025, 1, (msp_boundary){.kind = kinds[i / 2]});
        l.futility = (msp_boundary){.kind = MSP_BOUNDARY_HWANG_SHIH_DECANI, .parameter = -2};
        l.binding = i % 2 == 1;
        msp_boundaries a, b;
        assert_int_equal(msp_boundaries_for_power(&l, 0.85, &a, NULL), MSP_OK);
        for (size_t k = 0; k < 3; k++)
            assert_near(a.beta_spent[k], msp_boundary_spent(&l.futility, 0.15, l.information[k]),
                        1e-11);
        assert_near(a.alpha_spent[2], 0.025, 1e-12);
        assert_int_equal(msp_boundaries_for_drift(&l, a.drift, &b, NULL), MSP_OK);
        assert_near(b.power, 0.85, 1e-12);
        assert_near(b.lower[1], a.lower[1], 1e-11);
    }
}

/* Two looks at nearly the same information agree with one: Z1 and Z2 are then one variable. */
static void looks_close_together(void **state)
{
    (void)state;
    const double t[] = {1 - 1e-6, 1}, upper[] = {2, 2};
    double p[2];
    assert_int_equal(msp_sequential_cross(2, t, NULL, upper, 0, NULL, p, NULL), MSP_OK);
    assert_near(p[0] + p[1], msp_dist_normal_upper(2).p, 0.002);
    assert_true(p[1] > 0);
    const double closer[] = {1 - 1e-12, 1};
    msp_error err;
    assert_int_equal(msp_sequential_cross(2, closer, NULL, upper, 0, NULL, p, &err), MSP_ENUMERIC);
}

/* P(Z1 > 0, Z2 > 0) = 1/4 + asin(rho) / (2 pi) of two normal variables. */
static void orthant(void **state)
{
    (void)state;
    for (double t = 0.001; t < 1; t += 0.0837) {
        const double information[] = {t, 1}, lower[] = {0, 0}, upper[] = {INFINITY, 0};
        double p[2], q[2];
        assert_int_equal(msp_sequential_cross(2, information, lower, upper, 0, q, p, NULL), MSP_OK);
        assert_near(p[1], 0.25 + asin(sqrt(t)) / (2 * 3.141592653589793), 1e-14);
        assert_near(q[0], 0.5, 1e-15);
        assert_near(p[1] + q[1], 0.5, 1e-14);
    }
}

static void faults_are_said(void **state)
{
    (void)state;
    msp_error err;
    msp_boundaries b;
    msp_looks l = equal_looks(2, 0.05, 2, (msp_boundary){.kind = MSP_BOUNDARY_WANG_TSIATIS});
    l.futility = (msp_boundary){.kind = MSP_BOUNDARY_FIXED, .values = {0}, .n_values = 1};
    assert_int_equal(msp_boundaries_for_power(&l, 0.9, &b, &err), MSP_EUNSUPPORTED);
    l.sided = 1;
    l.futility.values[0] = 3;
    assert_int_equal(msp_boundaries_for_drift(&l, 3, &b, &err), MSP_ENUMERIC);
    l.information[1] = l.information[0];
    assert_int_equal(msp_boundaries_for_power(&l, 0.9, &b, &err), MSP_ERANGE);
    l.n = 21;
    assert_int_equal(msp_boundaries_for_power(&l, 0.9, &b, &err), MSP_ERANGE);
    l = equal_looks(2, 0.05, 1, (msp_boundary){.kind = MSP_BOUNDARY_WANG_TSIATIS});
    assert_int_equal(msp_boundaries_for_power(&l, 0.01, &b, &err), MSP_ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_constants),
        cmocka_unit_test(one_look_is_a_fixed_design),
        cmocka_unit_test(spending_is_kept),
        cmocka_unit_test(user_spending),
        cmocka_unit_test(a_look_that_spends_nothing),
        cmocka_unit_test(futility),
        cmocka_unit_test(looks_close_together),
        cmocka_unit_test(orthant),
        cmocka_unit_test(faults_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
