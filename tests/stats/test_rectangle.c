#include "near.h"

#include "../../src/stats/kronrod.h"
#include "../../src/stats/rectangle.h"
#include "mspike/stats/dist.h"

static const double inf = INFINITY;

static double outside(const double *r, size_t m, double lower, double upper)
{
    double lo[6], hi[6], p;
    msp_error err;
    for (size_t i = 0; i < m; i++) {
        lo[i] = lower;
        hi[i] = upper;
    }
    if (msp__rectangle_outside(r, m, lo, hi, &p, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return p;
}

/* The rule of 21 points is exact to degree 31; beyond it halves. */
static double power(double x, const void *context)
{
    return pow(x, *(const double *)context);
}

static void quadrature_is_exact_for_polynomials(void **state)
{
    (void)state;
    for (double k = 0; k <= 31; k++)
        assert_near(msp__integrate(power, &k, 0, 1, 1e-15), 1 / (k + 1), 2e-15);
    const double half = 0.5;
    assert_near(msp__integrate(power, &half, 0, 1, 1e-14), 2. / 3, 1e-12);
}

/* P(Z1 > 0 or Z2 > 0) = 1 - (1/4 + asin(r) / 2 pi); of three, 1/8 + sum asin / 4 pi are inside. */
static void orthants_have_closed_forms(void **state)
{
    (void)state;
    for (int i = -9; i <= 9; i++) {
        const double r = i / 10.0, two[] = {1, r, r, 1};
        assert_near(outside(two, 2, -inf, 0), 0.75 - asin(r) / (2 * M_PI), 1e-12);
    }
    const double a = 0.3, b = -0.2, c = 0.6;
    const double three[] = {1, a, b, a, 1, c, b, c, 1};
    assert_near(outside(three, 3, -inf, 0), 7. / 8 - (asin(a) + asin(b) + asin(c)) / (4 * M_PI),
                1e-12);
}

static void independent_variables_multiply(void **state)
{
    (void)state;
    const double unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    for (double c = 0.1; c < 12; c *= 1.7) {
        const double p = msp_dist_normal_two_sided(c).p;
        assert_near(outside(unit, 3, -c, c), p * (3 - p * (3 - p)), 1e-11); /* tails keep digits */
    }
}

/* Four weighted log-rank tests whose weights are 1, 1 - s, s and s (1 - s), of rank 3: the integral
 * of products of these is their covariance. A part of an inner integral near 1 cannot be known to
 * 1e-12 of an answer of 1e-15; asking for it took for ever. */
static void far_tails_end(void **state)
{
    (void)state;
    const double v[4][4] = {{1, 1. / 2, 1. / 2, 1. / 6},
                            {1. / 2, 1. / 3, 1. / 6, 1. / 12},
                            {1. / 2, 1. / 6, 1. / 3, 1. / 12},
                            {1. / 6, 1. / 12, 1. / 12, 1. / 30}};
    double r[16];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            r[4 * i + j] = v[i][j] / sqrt(v[i][i] * v[j][j]);
    for (double c = 3; c < 12; c += 2) {
        const double one = msp_dist_normal_upper(c).p, p = outside(r, 4, -inf, c);
        assert_true(p > one && p < 4 * one);
        if (c > 5) /* both sides at once: next to never */
            assert_near(outside(r, 4, -c, c) / p, 2, 1e-11);
    }
    /* by 8 million draws beyond one of the bounds, each counted 1 over the bounds it is beyond:
     * 9.6362e-7, standard error 1e-10 */
    assert_near(outside(r, 4, -inf, 5), 9.6362e-7, 6e-4);
    assert_near(outside(r, 4, -5, 5), 1.92749e-6, 6e-4);
}

/* Z2 = Z1, or -Z1: the same as one; Z3 = (Z1 + Z2) / sqrt 2 of independent ones: seen by a circle
 * of directions, and never more than three times one. */
static void singular_matrices_lose_dimensions(void **state)
{
    (void)state;
    const double same[] = {1, 1, 1, 1}, opposite[] = {1, -1, -1, 1};
    assert_near(outside(same, 2, -2, 2), msp_dist_normal_two_sided(2).p, 1e-14);
    assert_near(outside(opposite, 2, -2, 2), msp_dist_normal_two_sided(2).p, 1e-14);
    assert_near(outside(opposite, 2, -inf, 2), msp_dist_normal_two_sided(2).p, 1e-14);
    const double r = sqrt(0.5), all[] = {1, 0, r, r, 0, 1, r, -r, r, r, 1, 0, r, -r, 0, 1};
    /* a regular octagon of inner radius c: 8 triangles, P = 8 / 2 pi int exp(-c^2 / 2 cos^2) */
    double sum = 0;
    const double c = 2.1;
    for (int i = 0; i < 20000; i++) {
        const double angle = (i + 0.5) / 20000 * M_PI / 8;
        sum += exp(-c * c / (2 * cos(angle) * cos(angle))) / 20000 * M_PI / 8;
    }
    assert_near(outside(all, 4, -c, c), 16 * sum / (2 * M_PI), 1e-9);
}

/* Nearly singular: between the singular case and a little more. */
static void near_singularity_is_smooth(void **state)
{
    (void)state;
    const double one = msp_dist_normal_two_sided(2).p;
    double before = one;
    for (double e = 1e-10; e < 1e-2; e *= 10) {
        const double r = 1 - e, m[] = {1, r, r, 1}, p = outside(m, 2, -2, 2);
        assert_true(p >= before - 1e-13 && p < one * (1 + 3 * sqrt(e)));
        before = p;
    }
}

static void too_many_dimensions_are_refused(void **state)
{
    (void)state;
    double unit[16] = {0}, lo[4] = {0}, hi[4] = {1, 1, 1, 1}, p;
    for (size_t i = 0; i < 4; i++)
        unit[5 * i] = 1;
    assert_int_equal(msp__rectangle_outside(unit, 4, lo, hi, &p, NULL), MSP_EUNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quadrature_is_exact_for_polynomials),
        cmocka_unit_test(orthants_have_closed_forms),
        cmocka_unit_test(independent_variables_multiply),
        cmocka_unit_test(far_tails_end),
        cmocka_unit_test(singular_matrices_lose_dimensions),
        cmocka_unit_test(near_singularity_is_smooth),
        cmocka_unit_test(too_many_dimensions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
