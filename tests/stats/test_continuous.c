/* Means, ranks and incidence. Numbers from R 4.2.2 where its call is named. */
#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats/incidence.h"
#include "mspike/stats/rank.h"
#include "mspike/stats/ttest.h"

static const msp_confidence two_sided = {0.95, MSP_TWO_SIDED};

/* R's data set "sleep": extra[1:10], extra[11:20]. */
static const double sleep1[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2};
static const double sleep2[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

/* t.test(x, y); t.test(x, y, var.equal = TRUE, conf.level = .9); t.test(x, y, alternative = "less")
 */
static void two_means(void **state)
{
    (void)state;
    msp_t_test t;
    assert_int_equal(msp_ttest_two(sleep1, 10, sleep2, 10, false, &two_sided, &t, NULL), MSP_OK);
    assert_near(t.t, -1.860813467486853057, 1e-13);
    assert_near(t.df, 17.776473516178498357, 1e-13);
    assert_near(t.p.p, 0.079394140187358173, 1e-12);
    assert_near(t.difference.lower, -3.365483230711710405, 1e-12);
    assert_near(t.difference.upper, 0.205483230711710180, 1e-11);
    assert_near(t.std_error, 0.849091017238762014, 1e-14);
    const msp_confidence ninety = {0.9, MSP_TWO_SIDED}, less = {0.95, MSP_LESS};
    assert_int_equal(msp_ttest_two(sleep1, 10, sleep2, 10, true, &ninety, &t, NULL), MSP_OK);
    assert_near(t.df, 18, 0);
    assert_near(t.p.p, 0.079186714215938175, 1e-12);
    assert_near(t.difference.lower, -3.052377831699602417, 1e-12);
    assert_int_equal(msp_ttest_two(sleep1, 10, sleep2, 10, false, &less, &t, NULL), MSP_OK);
    assert_near(t.p.p, 0.039697070093679086, 1e-12);
    assert_near(t.difference.upper, -0.106618502668393844, 1e-11);
    assert_true(isinf(t.difference.lower) && t.difference.note != NULL);
}

/* t.test(x, y, paired = TRUE) */
static void paired_means(void **state)
{
    (void)state;
    double d[10];
    msp_t_test t;
    for (int i = 0; i < 10; i++)
        d[i] = sleep1[i] - sleep2[i];
    assert_int_equal(msp_ttest_one(d, 10, 0, &two_sided, &t, NULL), MSP_OK);
    assert_near(t.t, -4.0621276833820365582, 1e-13);
    assert_near(t.p.p, 0.0028328901973842702, 1e-12);
    assert_near(t.difference.lower, -2.4598857632769823844, 1e-12);
}

static void no_t_test_says_why(void **state)
{
    (void)state;
    const double same[] = {3, 3, 3}, other[] = {3, 3}, bad[] = {1, INFINITY};
    msp_t_test t;
    msp_error err;
    assert_int_equal(msp_ttest_two(same, 3, other, 2, false, &two_sided, &t, NULL), MSP_OK);
    assert_near(t.p.p, NAN, 0);
    assert_string_equal(t.difference.note,
                        "the values do not differ within groups: there is no standard error");
    assert_int_equal(msp_ttest_two(same, 1, other, 2, false, &two_sided, &t, NULL), MSP_OK);
    assert_string_equal(t.difference.note, "too few values");
    assert_int_equal(msp_ttest_one(same, 0, 0, &two_sided, &t, NULL), MSP_OK);
    assert_near(t.mean1, NAN, 0);
    assert_int_equal(msp_ttest_two(same, 3, bad, 2, false, &two_sided, &t, &err), MSP_ERANGE);
    assert_int_equal(err.row, 4);
}

static msp_rank_sum rank_sum(const double *a, size_t n1, const double *b, size_t n2,
                             msp_rank_exact exact, msp_confidence confidence)
{
    const msp_rank_options options = {exact, true, confidence};
    msp_rank_sum out;
    assert_int_equal(msp_rank_test(a, n1, b, n2, &options, &out, NULL), MSP_OK);
    return out;
}

/* Hollander & Wolfe's permeability data, as in ?wilcox.test: wilcox.test(a, b, conf.int = TRUE),
 * (..., alternative = "greater", conf.level = .9), (..., exact = FALSE, correct = FALSE) */
static void ranks_exactly(void **state)
{
    (void)state;
    const double a[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    const double b[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    const msp_confidence greater = {0.9, MSP_GREATER};
    msp_rank_sum r = rank_sum(a, 10, b, 5, MSP_RANK_AUTO, two_sided);
    assert_true(r.exact);
    assert_near(r.w, 35, 0);
    assert_near(r.p.p, 0.25441225441225440, 1e-14);
    assert_near(r.shift.estimate, 0.305, 1e-14);
    assert_near(r.shift.lower, -0.15, 1e-14);
    assert_near(r.shift.upper, 0.76, 1e-14);
    r = rank_sum(a, 10, b, 5, MSP_RANK_EXACT, greater);
    assert_near(r.p.p, 0.127206127206127201, 1e-14);
    assert_near(r.shift.lower, -0.05, 1e-14);
    r = rank_sum(a, 10, b, 5, MSP_RANK_NORMAL, two_sided);
    assert_near(r.p.p, 0.24462360512698336, 1e-14);
    const msp_rank_options plain = {MSP_RANK_NORMAL, false, two_sided};
    assert_int_equal(msp_rank_test(a, 10, b, 5, &plain, &r, NULL), MSP_OK);
    assert_near(r.p.p, 0.22067136191984679, 1e-14);
}

/* wilcox.test(x, y, exact = FALSE, conf.int = TRUE): W 25.5, p 0.0693, limits -3.59995 and 0.09995,
 * where R's root finding stops 5e-5 from the steps at -3.6 and 0.1. R's "difference in location",
 * -1.3464, is a root too; the Hodges-Lehmann estimate is median(outer(x, y, "-")) = -1.35. */
static void ranks_with_ties(void **state)
{
    (void)state;
    const msp_confidence less = {0.95, MSP_LESS};
    msp_rank_sum r = rank_sum(sleep1, 10, sleep2, 10, MSP_RANK_AUTO, two_sided);
    assert_false(r.exact);
    assert_near(r.w, 25.5, 0);
    assert_near(r.p.p, 0.069327575433626581, 1e-13);
    assert_near(r.shift.estimate, -1.35, 1e-14);
    assert_near(r.shift.lower, -3.6, 1e-14);
    assert_near(r.shift.upper, 0.1, 1e-14);
    r = rank_sum(sleep1, 10, sleep2, 10, MSP_RANK_AUTO, less);
    assert_near(r.p.p, 0.034663787716813291, 1e-13);
    const msp_rank_options exact = {MSP_RANK_EXACT, true, two_sided};
    assert_int_equal(msp_rank_test(sleep1, 10, sleep2, 10, &exact, &r, NULL), MSP_EUNSUPPORTED);
    const double same[] = {1, 1, 1};
    r = rank_sum(same, 3, same, 2, MSP_RANK_AUTO, two_sided);
    assert_string_equal(r.note, "all values are the same");
    r = rank_sum(same, 3, same, 0, MSP_RANK_AUTO, two_sided);
    assert_string_equal(r.note, "a group has no values");
}

/* By definition: all differences sorted; all ways to choose 4 of 9 ranks. */
static void shifts_and_counts_by_definition(void **state)
{
    (void)state;
    msp_random random = msp_random_at(7, 0, 0, 0);
    for (int round = 0; round < 50; round++) {
        double a[4], b[5], d[20];
        for (int i = 0; i < 9; i++)
            *(i < 4 ? &a[i] : &b[i - 4]) = msp_random_uniform(&random);
        for (int i = 0; i < 20; i++)
            d[i] = a[i / 5] - b[i % 5];
        for (int i = 0; i < 20; i++)
            for (int j = i + 1; j < 20; j++)
                if (d[j] < d[i]) {
                    const double t = d[i];
                    d[i] = d[j];
                    d[j] = t;
                }
        int as_far = 0, all = 0, w = 0;
        for (int i = 0; i < 20; i++)
            w += d[i] > 0;
        for (unsigned set = 0; set < 512; set++) {
            int members = 0, sum = 0;
            for (int i = 0; i < 9; i++)
                if (set >> i & 1)
                    members++, sum += i + 1;
            all += members == 4;
            as_far += members == 4 && sum - 10 <= w;
        }
        const msp_rank_sum r =
            rank_sum(a, 4, b, 5, MSP_RANK_EXACT, (msp_confidence){0.95, MSP_LESS});
        assert_near(r.p.p, (double)as_far / all, 1e-14);
        const msp_rank_sum two = rank_sum(a, 4, b, 5, MSP_RANK_EXACT, two_sided);
        assert_near(two.shift.estimate, (d[9] + d[10]) / 2, 1e-14);
        assert_near(two.shift.lower, d[1], 0); /* P(W <= 1) = 2/126 < 0.025 <= P(W <= 2) = 4/126 */
        assert_near(two.shift.upper, d[18], 0);
    }
}

/* One stratum is the test without correction; two copies add up; strata of one group add nothing.
 */
static void van_elteren(void **state)
{
    (void)state;
    double x[44], z, z2;
    uint32_t group[44], stratum[44];
    msp_test t;
    const char *note;
    for (uint32_t i = 0; i < 44; i++) {
        const uint32_t k = i % 20;
        x[i] = i < 40 ? (k < 10 ? sleep1[k] : sleep2[k - 10]) : i;
        group[i] = i < 40 ? k >= 10 : 1;
        stratum[i] = i < 20 ? 0 : i < 40 ? 3 : 1;
    }
    const msp_rank_options plain = {MSP_RANK_NORMAL, false, two_sided};
    msp_rank_sum r;
    msp_rank_test(sleep1, 10, sleep2, 10, &plain, &r, NULL);
    assert_int_equal(msp_rank_stratified(x, group, stratum, 20, 1, &z, &t, &note, NULL), MSP_OK);
    assert_near(z, r.z, 1e-14);
    assert_near(t.p, r.p.p, 1e-13);
    assert_int_equal(msp_rank_stratified(x, group, stratum, 44, 4, &z2, &t, &note, NULL), MSP_OK);
    assert_near(z2, sqrt(2) * z, 1e-14);
    assert_near(t.statistic, 2 * z * z, 1e-14);
    assert_null(note);
    assert_int_equal(
        msp_rank_stratified(x + 40, group + 40, stratum + 40, 4, 4, &z, &t, &note, NULL), MSP_OK);
    assert_string_equal(note, "no stratum has different values in both groups");
    assert_near(t.p, NAN, 0);
    group[5] = 2;
    msp_error err;
    assert_int_equal(msp_rank_stratified(x, group, stratum, 44, 4, &z, &t, &note, &err),
                     MSP_ERANGE);
    assert_int_equal(err.row, 5);
}

/* By hand: values 1 < 2 < 3 with group 0 holding 3, and 1 < 2 with group 0 holding 2. Rank sums
 * exceed their means by 1 and 1/2; weights 1/4, 1/3; variances 2 * 4 / 12 = 2/3 and 1 * 3 / 12 =
 * 1/4. */
static void van_elteren_by_hand(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 1, 2};
    const uint32_t group[] = {1, 1, 0, 1, 0}, stratum[] = {0, 0, 0, 1, 1};
    double z;
    msp_test t;
    const char *note;
    assert_int_equal(msp_rank_stratified(x, group, stratum, 5, 2, &z, &t, &note, NULL), MSP_OK);
    assert_near(z, (1 / 4. + 1 / 6.) / sqrt(2 / 3. / 16 + 1 / 4. / 9), 1e-14);
}

/* poisson.test(c(11, 21), c(800, 3011)), (137, 24.19893), (0, 24), (c(0, 5), c(100, 90)) */
static void incidence(void **state)
{
    (void)state;
    const msp_exposure a = {11, 800}, b = {21, 3011}, one = {137, 24.19893}, zero = {0, 24};
    const msp_exposure none = {0, 100}, five = {5, 90}, nobody = {0, 0};
    msp_incidence_pair pair;
    msp_interval rate;
    assert_int_equal(msp_incidence_compare(&a, &b, &two_sided, &pair, NULL), MSP_OK);
    assert_near(pair.p.p, 0.079668633033329522, 1e-12);
    assert_near(pair.ratio.estimate, 1.971488095238095317, 1e-14);
    assert_near(pair.ratio.lower, 0.858426403391639226, 1e-12);
    assert_near(pair.ratio.upper, 4.277265943654071201, 1e-12);
    assert_near(pair.ratio_wald.upper / pair.ratio_wald.estimate,
                exp(msp_dist_normal_limit(0.95) * sqrt(1 / 11. + 1 / 21.)), 1e-14);
    assert_near(pair.difference.estimate, 11 / 800. - 21 / 3011., 1e-14);
    assert_int_equal(msp_incidence_rate(&one, &two_sided, &rate, NULL), MSP_OK);
    assert_near(rate.lower, 4.7531248048487482, 1e-12);
    assert_near(rate.upper, 6.6927093341760706, 1e-12);
    assert_int_equal(msp_incidence_rate(&zero, &two_sided, &rate, NULL), MSP_OK);
    assert_near(rate.lower, 0, 0);
    assert_near(rate.upper, 0.15370331058808065, 1e-13);
    assert_int_equal(msp_incidence_compare(&none, &five, &two_sided, &pair, NULL), MSP_OK);
    assert_near(pair.p.p, 0.02384759252356226, 1e-12);
    assert_near(pair.ratio.upper, 0.98215119466429135, 1e-12);
    assert_near(pair.ratio_wald.lower, NAN, 0);
    assert_non_null(pair.ratio_wald.note);
    assert_int_equal(msp_incidence_compare(&none, &nobody, &two_sided, &pair, NULL), MSP_OK);
    assert_string_equal(pair.ratio.note, "there is no exposure");
    assert_int_equal(msp_incidence_compare(&none, &zero, &two_sided, &pair, NULL), MSP_OK);
    assert_string_equal(pair.ratio.note, "no events");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_means),          cmocka_unit_test(paired_means),
        cmocka_unit_test(no_t_test_says_why), cmocka_unit_test(ranks_exactly),
        cmocka_unit_test(ranks_with_ties),    cmocka_unit_test(shifts_and_counts_by_definition),
        cmocka_unit_test(van_elteren),        cmocka_unit_test(van_elteren_by_hand),
        cmocka_unit_test(incidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
