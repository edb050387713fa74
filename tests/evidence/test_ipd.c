/* Patients of several trials: R's survival 3.5-3 (coxph, survfit) and glm, on three small trials;
 * closed forms by hand. */
#include "near.h"

#include "mspike/evidence.h"

enum { ARM = 20, ROWS = 6 * ARM };

/* Three trials of 20 patients an arm: 0 against 1, 0 against 2, 1 against 2; followed to 10. */
static const struct {
    size_t study, treat;
    double time[ARM];
} arms[] = {
    {0, 0, {0.13, 0.35, 0.57, 0.79, 1.02, 1.25, 1.5,  1.77, 2.04, 2.34,
            2.67, 3.03, 3.42, 3.87, 4.38, 4.99, 5.74, 6.73, 8.2,  10}},
    {0, 1, {0.12, 0.46, 0.87, 1.35, 1.89, 2.5, 3.18, 3.94, 4.79, 5.75,
            6.84, 8.08, 9.52, 10,   10,   10,  10,   10,   10,   10}},
    {1, 0, {0.16, 0.43, 0.7,  0.97, 1.24, 1.53, 1.84, 2.16, 2.5, 2.87,
            3.26, 3.7,  4.18, 4.73, 5.36, 6.1,  7.02, 8.23, 10,  10}},
    {1, 2, {0.19, 0.74, 1.41, 2.19, 3.07, 4.06, 5.17, 6.41, 7.79, 9.35,
            10,   10,   10,   10,   10,   10,   10,   10,   10,   10}},
    {2, 1, {0.11, 0.3,  0.48, 0.67, 0.86, 1.06, 1.28, 1.5,  1.74, 1.99,
            2.27, 2.57, 2.9,  3.28, 3.72, 4.24, 4.87, 5.71, 6.96, 9.57}},
    {2, 2, {0.15, 0.6, 1.14, 1.76, 2.47, 3.26, 4.15, 5.15, 6.26, 7.52,
            8.94, 10,  10,   10,   10,   10,   10,   10,   10,   10}},
};

typedef struct sample {
    double time[ROWS];
    uint8_t event[ROWS];
    size_t study[ROWS], treat[ROWS];
    msp_ipd ipd;
} sample;

static void fill(sample *s)
{
    for (size_t a = 0; a < MSP_COUNT(arms); a++)
        for (size_t i = 0; i < ARM; i++) {
            const size_t row = a * ARM + i;
            s->time[row] = arms[a].time[i];
            s->event[row] = arms[a].time[i] < 10;
            s->study[row] = arms[a].study;
            s->treat[row] = arms[a].treat;
        }
    s->ipd = (msp_ipd){ROWS, 3, 3, s->time, s->event, s->study, s->treat};
}

static void two_stages(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    msp_network_contrast c[9];
    size_t n, left_out;
    static const double cox[][2] = {{-0.950257971064, 0.373060286901},
                                    {-1.136519792034, 0.404703458680},
                                    {-1.398114424687, 0.398335638474}};
    assert_int_equal(msp_ipd_hazard_ratios(&s.ipd, c, &n, &left_out, NULL), MSP_OK);
    assert_int_equal(n, 3);
    assert_int_equal(left_out, 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(c[i].study, i);
        assert_near(c[i].te, cox[i][0], 1e-9);
        assert_near(c[i].se, cox[i][1], 1e-9);
    }
    /* means up to 8, and their standard errors */
    static const double means[][4] = {{3.1295, 5.1845, 0.538850849030, 0.669841203197},
                                      {3.6375, 5.9515, 0.580544518103, 0.627236906998},
                                      {2.7255, 5.6230, 0.491066428806, 0.649285414899}};
    assert_int_equal(msp_ipd_restricted_means(&s.ipd, 8, c, &n, &left_out, NULL), MSP_OK);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_near(c[i].te, means[i][1] - means[i][0], 1e-10);
        assert_near(c[i].se, hypot(means[i][2], means[i][3]), 1e-9);
    }
    assert_int_equal(msp_ipd_restricted_means(&s.ipd, 11, c, &n, &left_out, NULL), MSP_OK);
    assert_int_equal(left_out, 3); /* nobody was followed to 11 with survival above 0 */
    assert_int_equal(msp_ipd_restricted_means(&s.ipd, 0, c, &n, &left_out, NULL), MSP_ERANGE);
}

static void one_stage(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    msp_ipd_fit fit;
    assert_int_equal(msp_ipd_one_stage(&s.ipd, &fit, NULL), MSP_OK);
    assert_near(msp_ipd_compare(&fit, 1, 0).te, -0.595388978688, 1e-9);
    assert_near(msp_ipd_compare(&fit, 2, 0).te, -1.596869468498, 1e-9);
    assert_near(msp_ipd_compare(&fit, 1, 0).se, 0.309878367954, 1e-9);
    assert_near(msp_ipd_compare(&fit, 2, 0).se, 0.338047060799, 1e-9);
    msp_ipd_fit_free(&fit);
    /* without the trials that compare 2 with the others */
    for (size_t i = 2 * ARM; i < ROWS; i++)
        s.study[i] = s.treat[i] == 2 ? 2U : 0U;
    assert_int_equal(msp_ipd_one_stage(&s.ipd, &fit, NULL), MSP_OK);
    assert_true(isnan(msp_ipd_compare(&fit, 2, 0).te));
    assert_true(isfinite(msp_ipd_compare(&fit, 1, 0).te));
    msp_ipd_fit_free(&fit);
}

/* An arm without events has no hazard ratio, and its study says nothing. */
static void what_says_nothing(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4};
    const uint8_t event[] = {1, 1, 0, 0};
    const size_t study[4] = {0}, treat[] = {0, 0, 1, 1};
    const msp_ipd ipd = {4, 1, 2, time, event, study, treat};
    msp_network_contrast c[2];
    size_t n, left_out;
    assert_int_equal(msp_ipd_hazard_ratios(&ipd, c, &n, &left_out, NULL), MSP_OK);
    assert_true(n == 0);
    assert_int_equal(left_out, 1);
    const double bad[] = {1, 2, -3, 4};
    const msp_ipd wrong = {4, 1, 2, bad, event, study, treat};
    msp_error err;
    assert_int_equal(msp_ipd_hazard_ratios(&wrong, c, &n, &left_out, &err), MSP_ERANGE);
    assert_int_equal(err.row, 2);
}

/* One trial, by hand: events over time at risk in each interval. Up to 3 arm 0 has 2 events in
 * 1 + 2 + 3 x 3 = 12, after it 1 in 1 + 2 + 2 = 5; arm 1 has 1 in 2 + 3 x 4 = 14 and 2 in 8. */
static void intervals_by_hand(void **state)
{
    (void)state;
    const double time[] = {1, 2, 4, 5, 5, 2, 4, 5, 5, 6};
    const uint8_t event[] = {1, 1, 1, 0, 0, 1, 1, 1, 0, 0};
    const size_t study[10] = {0}, treat[] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    const msp_ipd ipd = {10, 1, 2, time, event, study, treat};
    const msp_curve_model model = {.kind = MSP_CURVE_PIECEWISE, .n_terms = 2, .cut = {3}};
    msp_curve_fit fit;
    assert_int_equal(msp_curve_network(&ipd, &model, &fit, NULL), MSP_OK);
    const double h[2][2] = {{2 / 12.0, 1 / 5.0}, {1 / 14.0, 2 / 8.0}};
    const msp_network_estimate early = msp_curve_log_hazard_ratio(&fit, 1, 0, 3);
    const msp_network_estimate late = msp_curve_log_hazard_ratio(&fit, 0, 1, 5);
    assert_near(early.te, log(h[1][0] / h[0][0]), 1e-9);
    assert_near(early.se, sqrt(1.5), 1e-9);
    assert_near(late.te, log(h[0][1] / h[1][1]), 1e-9);
    assert_near(late.se, sqrt(1.5), 1e-9);
    const msp_curve_survival alive = msp_curve_survival_at(&fit, 0, 1, 4, 0.95);
    assert_near(alive.estimate, exp(-3 * h[1][0] - h[1][1]), 1e-9);
    /* variance of H: sum of (width / time at risk)^2 events */
    const double hazard = 3 * h[1][0] + h[1][1];
    assert_near(alive.std_error, sqrt(9.0 / 196 + 2.0 / 64) / hazard, 1e-9);
    assert_near(fit.log_likelihood,
                -6 + 2 * log(h[0][0]) + log(h[0][1]) + log(h[1][0]) + 2 * log(h[1][1]), 1e-9);
    assert_near(msp_curve_aic(&fit), 2 * (4 - fit.log_likelihood), 1e-12);
    msp_curve_fit_free(&fit);
}

static void intervals(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    msp_curve_model model = {.kind = MSP_CURVE_PIECEWISE, .n_terms = 3, .cut = {2, 5}};
    msp_curve_fit varying, proportional;
    assert_int_equal(msp_curve_network(&s.ipd, &model, &varying, NULL), MSP_OK);
    model.proportional = true;
    assert_int_equal(msp_curve_network(&s.ipd, &model, &proportional, NULL), MSP_OK);
    assert_near(varying.log_likelihood, -244.598547811140, 1e-11);
    assert_near(proportional.log_likelihood, -245.048064589229, 1e-11);
    const msp_network_estimate e = msp_curve_log_hazard_ratio(&proportional, 1, 0, 9);
    assert_near(e.te, -0.605263905975, 1e-8);
    assert_near(e.se, 0.309058645326, 1e-8);
    const msp_heterogeneity test = msp_curve_test(&varying, &proportional);
    assert_near(test.q, 2 * (245.048064589229 - 244.598547811140), 1e-8);
    assert_int_equal(test.df, 4);
    msp_curve_fit_free(&varying);
    msp_curve_fit_free(&proportional);
}

/* glm of the same 100 cells: log hazard ratio of 2 to 1 at 4, its error, the log likelihood,
 * survival at 5 with 2 where the baseline is trial 0's, the error of its log(-log). */
static void polynomials(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double power[2], want[5];
    } cases[] = {
        {1,
         {0.5},
         {-1.130990586469, 0.343906138330, -244.761407087071, 0.761391970487, 0.365189902412}},
        {2,
         {0, 0},
         {-1.153088159121, 0.363404495666, -244.250188063839, 0.763162768674, 0.370407653887}},
        {2,
         {-1, 1},
         {-1.111681157870, 0.335738300000, -244.104979719628, 0.761967879253, 0.373134526224}},
    };
    sample s;
    fill(&s);
    for (size_t k = 0; k < MSP_COUNT(cases); k++) {
        const msp_curve_model model = {.kind = MSP_CURVE_POLYNOMIAL,
                                       .n_terms = cases[k].n + 1,
                                       .power = {cases[k].power[0], cases[k].power[1]}};
        msp_curve_fit fit;
        assert_int_equal(msp_curve_network(&s.ipd, &model, &fit, NULL), MSP_OK);
        const msp_network_estimate e = msp_curve_log_hazard_ratio(&fit, 2, 1, 4);
        assert_near(e.te, cases[k].want[0], 1e-7);
        assert_near(e.se, cases[k].want[1], 1e-7);
        assert_near(fit.log_likelihood, cases[k].want[2], 1e-11);
        const msp_curve_survival alive = msp_curve_survival_at(&fit, 0, 2, 5, 0.95);
        assert_near(alive.estimate, cases[k].want[3], 1e-7);
        assert_near(alive.std_error, cases[k].want[4], 1e-7);
        msp_curve_fit_free(&fit);
    }
}

static void faults(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    msp_curve_fit fit;
    msp_curve_model model = {.kind = MSP_CURVE_PIECEWISE, .n_terms = 3, .cut = {5, 2}};
    assert_int_equal(msp_curve_network(&s.ipd, &model, &fit, NULL), MSP_ERANGE);
    msp_curve_fit_free(&fit);
    /* an interval in which one arm has no events */
    model = (msp_curve_model){.kind = MSP_CURVE_PIECEWISE, .n_terms = 2, .cut = {9.4}};
    assert_int_equal(msp_curve_network(&s.ipd, &model, &fit, NULL), MSP_ENUMERIC);
    msp_curve_fit_free(&fit);
    uint8_t none[ROWS] = {0};
    s.ipd.event = none;
    model.cut[0] = 2;
    assert_int_equal(msp_curve_network(&s.ipd, &model, &fit, NULL), MSP_ENODATA);
    msp_curve_fit_free(&fit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_stages),
        cmocka_unit_test(one_stage),
        cmocka_unit_test(what_says_nothing),
        cmocka_unit_test(intervals_by_hand),
        cmocka_unit_test(intervals),
        cmocka_unit_test(polynomials),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
