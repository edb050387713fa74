/*
 * Profile limits and Firth's penalty on the 65 patients of Krall, Uthoff and Harley (Biometrics
 * 31:49, 1975). With the covariate "followed for at most 65 months" the likelihood is monotone:
 * SAS/STAT 9.22 User's Guide, example 66.4, prints -154.8579914384 without covariates and -136.56
 * as the limit. Firth's estimates and limits: R 4.2.2, log-likelihood and information of
 * survival 3.5-3's coxph at fixed coefficients, maximised by Newton's method with numerical
 * derivatives.
 */
#include "near.h"

#include <string.h>

#include "mspike/stats.h"

enum { N = 65, N_DIED = 48, N_COLUMNS = 3 };

static const double months[N] = {
    1.25, 1.25, 2,  2,  2,  3,  5,  5,  6,  6,  6,  6,  7,  7,  7,  9,  11, 11, 11, 11, 11, 13,
    14,   15,   16, 16, 17, 17, 18, 19, 19, 24, 25, 26, 32, 35, 37, 41, 41, 51, 52, 54, 58, 66,
    67,   88,   89, 92, 4,  4,  7,  7,  8,  12, 11, 12, 13, 16, 19, 19, 28, 41, 53, 57, 77};
static const double log_bun[N] = {
    2.2175, 1.9395, 1.5185, 1.7482, 1.3010, 1.5441, 2.2355, 1.6812, 1.3617, 2.1139, 1.1139,
    1.4150, 1.9777, 1.0414, 1.1761, 1.7243, 1.1139, 1.2304, 1.3010, 1.5682, 1.0792, 0.7782,
    1.3979, 1.6021, 1.3424, 1.3222, 1.2304, 1.5911, 1.4472, 1.0792, 1.2553, 1.3010, 1.0000,
    1.2304, 1.3222, 1.1139, 1.6021, 1.0000, 1.1461, 1.5682, 1.0000, 1.2553, 1.2041, 1.4472,
    1.3222, 1.1761, 1.3222, 1.4314, 1.9542, 1.9243, 1.1139, 1.5315, 1.0792, 1.1461, 1.6128,
    1.3979, 1.6628, 1.1461, 1.3222, 1.3222, 1.2304, 1.7559, 1.1139, 1.2553, 1.0792};
static const double hgb[N] = {9.4,  12,   9.8, 11.3, 5.1,  6.7,  10.1, 6.5,  9,    10.2, 9.7,
                              10.4, 9.5,  5.1, 11.4, 8.2,  14,   12,   13.2, 7.5,  9.6,  5.5,
                              14.6, 10.6, 9,   8.8,  10,   11.2, 7.5,  14.4, 7.5,  14.6, 12.4,
                              11.2, 10.6, 7,   11,   10.2, 5,    7.7,  10.1, 9,    12.1, 6.6,
                              12.8, 10.6, 14,  11,   10.2, 10,   12.4, 10.2, 9.9,  11.6, 14,
                              8.8,  4.9,  13,  13,   10.8, 7.3,  12.8, 12,   12.5, 14};

typedef struct trial {
    double early[N];
    uint8_t died[N];
    msp_order order;
    msp_cox_column columns[N_COLUMNS];
    msp_cox_options options;
} trial;

static void open_trial(trial *t, msp_cox_ties ties)
{
    for (size_t i = 0; i < N; i++) {
        t->died[i] = i < N_DIED;
        t->early[i] = months[i] <= 65;
    }
    const msp_follow_up data = {N, months, t->died, NULL, NULL, 0};
    assert_int_equal(msp_order_init(&t->order, &data, NULL), MSP_OK);
    const msp_cox_column columns[] = {
        {.value = log_bun}, {.value = hgb}, {.value = t->early, .name = "early"}};
    memcpy(t->columns, columns, sizeof columns);
    t->options = msp_cox_options_default(MSP_CONVENTION_R);
    t->options.ties = ties;
}

static void assert_term(const msp_cox_coefficient *c, double coef, double lower, double upper,
                        double ratio)
{
    assert_near(c->coef, coef, 1e-9);
    assert_near(log(c->lower), lower, 1e-8);
    assert_near(log(c->upper), upper, 1e-8);
    assert_near(c->z * c->z, ratio, 1e-8);
}

static void firth_has_a_maximum_where_the_likelihood_has_none(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, MSP_COX_BRESLOW);
    msp_cox fit;
    assert_int_equal(
        msp_cox_firth_fit(&t.order, t.columns, N_COLUMNS, NULL, 1, &t.options, &fit, NULL), MSP_OK);
    assert_int_equal(fit.state, MSP_COX_CONVERGED);
    assert_near(fit.loglik, -134.122835514799, 1e-11);
    assert_near(fit.loglik_null, -150.736119749422, 1e-11);
    assert_true(fit.gradient < 1e-8);
    assert_term(&fit.coefficients[0], 1.722002695686, 0.5657460052, 2.8466886801, 8.3344935486);
    assert_near(fit.coefficients[2].coef, 3.815380372847, 1e-9);
    msp_cox_free(&fit);
    msp_order_free(&t.order);
}

/* No estimate, but a lower limit: by R's coxph with the coefficient held in an offset, and a root.
 */
static void a_monotone_likelihood_has_one_limit(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, MSP_COX_BRESLOW);
    msp_cox fit;
    assert_int_equal(msp_cox_fit(&t.order, t.columns, N_COLUMNS, NULL, 1, &t.options, &fit, NULL),
                     MSP_OK);
    assert_int_equal(fit.state, MSP_COX_MONOTONE);
    assert_near(fit.loglik_null, -154.8579914384, 1e-12);
    assert_near(fit.loglik, -136.56, 5e-5);
    const msp_cox_model model = {&t.order, t.columns, N_COLUMNS, NULL, 1, &fit};
    msp_cox_profile profile;
    assert_int_equal(msp_cox_profile_of(&model, &profile, NULL), MSP_OK);
    assert_near(log(profile.coefficients[2].lower), 2.276465297967, 1e-9);
    assert_true(isinf(profile.coefficients[2].upper));
    assert_true(isnan(profile.coefficients[0].lower) && isnan(profile.coefficients[0].p));
    msp_cox_profile_free(&profile);
    msp_cox_free(&fit);
    msp_order_free(&t.order);
}

/* A profile is what a model with the column left out, or held, gives. */
static void a_profile_is_the_best_of_the_others(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, MSP_COX_EFRON);
    msp_cox fit, without;
    assert_int_equal(msp_cox_fit(&t.order, t.columns, 2, NULL, 1, &t.options, &fit, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&t.order, t.columns, 1, NULL, 1, &t.options, &without, NULL),
                     MSP_OK);
    const msp_cox_model model = {&t.order, t.columns, 2, NULL, 1, &fit};
    msp_cox_profile profile;
    assert_int_equal(msp_cox_profile_of(&model, &profile, NULL), MSP_OK);
    const msp_cox_coefficient *c = &profile.coefficients[1];
    assert_near(c->z * c->z, 2 * (fit.loglik - without.loglik), 1e-9);
    assert_near(c->coef, fit.coefficients[1].coef, 0);
    /* to the third order the limits lie about Wald's */
    assert_near(log(c->lower) + log(c->upper),
                log(fit.coefficients[1].lower) + log(fit.coefficients[1].upper), 0.02);
    msp_cox_profile_free(&profile);
    msp_cox_free(&without);
    msp_cox_free(&fit);
    msp_order_free(&t.order);
}

/* One binary covariate, no ties: the penalised score by hand. Two arms, events at 1 (arm 1 of 2 + 2
 * at risk) and 2 (arm 0 of 1 + 2): loglik* = b - log(2r + 2) - log(r + 2) + log(I) / 2. */
static void two_events_by_hand(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4}, x[] = {1, 0, 1, 0};
    const uint8_t event[] = {1, 1, 0, 0};
    const msp_follow_up data = {4, time, event, NULL, NULL, 0};
    msp_order order;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    const msp_cox_column column = {.value = x};
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    msp_cox fit;
    assert_int_equal(msp_cox_firth_fit(&order, &column, 1, NULL, 1, &options, &fit, NULL), MSP_OK);
    const double r = exp(fit.coefficients[0].coef), q1 = 2 * r / (2 * r + 2), q2 = r / (r + 2),
                 v1 = q1 * (1 - q1), v2 = q2 * (1 - q2), information = v1 + v2,
                 third = v1 * (1 - 2 * q1) + v2 * (1 - 2 * q2);
    assert_near(1 - q1 - q2 + third / information / 2, 0, 1e-10);
    assert_near(fit.coefficients[0].std_error, 1 / sqrt(information), 1e-12);
    assert_near(fit.loglik, log(r / (2 * r + 2) / (r + 2)) + log(information) / 2, 1e-12);
    msp_cox_free(&fit);
    msp_order_free(&order);
}

static void what_has_no_profile_says_so(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, MSP_COX_DISCRETE);
    msp_cox fit;
    msp_error err;
    assert_int_equal(msp_cox_firth_fit(&t.order, t.columns, 1, NULL, 1, &t.options, &fit, &err),
                     MSP_EUNSUPPORTED);
    const double same[N] = {0};
    t.columns[0].value = same;
    t.options.ties = MSP_COX_EFRON;
    assert_int_equal(msp_cox_firth_fit(&t.order, t.columns, 1, NULL, 1, &t.options, &fit, &err),
                     MSP_OK);
    assert_int_equal(fit.state, MSP_COX_NOT_ESTIMABLE);
    msp_cox_free(&fit);
    assert_int_equal(msp_cox_firth_fit(&t.order, t.columns, 2, NULL, 1, &t.options, &fit, &err),
                     MSP_OK);
    assert_int_equal(fit.coefficients[0].kind, MSP_COX_ALIASED);
    assert_true(isfinite(fit.coefficients[1].upper));
    msp_cox_free(&fit);
    msp_order_free(&t.order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(firth_has_a_maximum_where_the_likelihood_has_none),
        cmocka_unit_test(a_monotone_likelihood_has_one_limit),
        cmocka_unit_test(a_profile_is_the_best_of_the_others),
        cmocka_unit_test(two_events_by_hand),
        cmocka_unit_test(what_has_no_profile_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
