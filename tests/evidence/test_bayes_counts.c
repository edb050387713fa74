/*
 * Networks of counts with their binomial likelihood, against JAGS (../shared/golden/bayes, and runs
 * of JAGS 4.3.1 with rjags of 2 x 600,000 draws) and against sums over grids in R.
 */
#include "evidence/networks.h"

#include "mspike/evidence/bayes_counts.h"

typedef struct named_arms {
    char treat[NETWORK_MAX][NETWORK_NAME], study[NETWORK_MAX][NETWORK_NAME];
    size_t n_treat, n_study, n;
    msp_network_arm arm[NETWORK_MAX];
} named_arms;

static void read_arms(const char *path, named_arms *out)
{
    char line[200];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    *out = (named_arms){0};
    while (fgets(line, sizeof line, file) != NULL) {
        char *at = line;
        msp_network_arm *arm = &out->arm[out->n++];
        assert_true(out->n < NETWORK_MAX);
        arm->study = name_number(out->study, &out->n_study, csv_field(&at));
        arm->treat = name_number(out->treat, &out->n_treat, csv_field(&at));
        arm->events = field_number(&at);
        arm->n = field_number(&at);
    }
    fclose(file);
}

static const char *json_text(const json_t *item, const char *key)
{
    return json_string_value(json_object_get(item, key));
}

static msp_status fit(const named_arms *d, double scale, size_t reference, size_t points,
                      msp_bayes_counts *out, msp_error *err)
{
    return msp_bayes_counts_fit(d->arm, d->n, d->n_treat, d->n_study, MSP_PRIOR_UNIFORM, scale,
                                reference, 0.95, 1, points, out, err);
}

static void within(double got, const json_t *row, const char *key, double most)
{
    const double want = json_at(row, key);
    if (fabs(got - want) > most)
        fail_msg("%s of %s: %.5f, JAGS has %.5f and differs by %.5f at most", key,
                 json_text(row, "param"), got, want, most);
}

/* The Monte Carlo error of JAGS's 2.5 % quantile (or 97.5 %): its tail, from the quarter on, is
 * taken as exponential. The tails move with tau, whose `draws` are the least independent. */
static double tail_error(double quarter, double end, double draws)
{
    const double tail = 0.025, scale = fabs(end - quarter) / log(0.25 / tail);
    return sqrt(tail * (1 - tail) / draws) / (tail / scale);
}

/* Means within 5 of JAGS's errors, medians within 8, as its file says; tails within 3 of theirs. */
static void check_row(const msp_posterior *x, const json_t *row, double draws)
{
    const double error = json_at(row, "mcse");
    within(x->mean, row, "mean", 5 * error);
    within(x->sd, row, "sd", 5 * error);
    within(x->median, row, "q50", 8 * error);
    within(x->lower, row, "q2.5", 3 * tail_error(json_at(row, "q25"), json_at(row, "q2.5"), draws));
    within(x->upper, row, "q97.5",
           3 * tail_error(json_at(row, "q75"), json_at(row, "q97.5"), draws));
}

static double draws_of_tau(const json_t *posterior)
{
    size_t i;
    json_t *row;
    json_array_foreach(posterior, i, row) if (strcmp(json_text(row, "param"), "sd") ==
                                              0) return json_at(row, "ess");
    return 0;
}

static void check_ranks(named_arms *d, const msp_bayes_counts *bayes, const json_t *result)
{
    const bool small = strcmp(json_text(result, "small_values"), "desirable") == 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(result, "sucra"), i, row)
    {
        const size_t a = name_number(d->treat, &d->n_treat, json_text(row, "treat"));
        double sum = 0;
        for (size_t b = 0; b < d->n_treat; b++) {
            msp_bayes_effect x;
            if (a == b)
                continue;
            assert_int_equal(msp_bayes_counts_compare(bayes, a, b, &x, NULL, NULL), MSP_OK);
            sum += (small ? x.below_0 : 1 - x.below_0) / (double)(d->n_treat - 1);
        }
        assert_true(fabs(sum - json_at(row, "sucra")) < 0.01);
    }
}

static void check_jags(const char *name)
{
    static named_arms d;
    char path[100];
    snprintf(path, sizeof path, "golden/bayes/%s_input.csv", name);
    read_arms(shared_file(path), &d);
    snprintf(path, sizeof path, "golden/bayes/%s_jags_re.json", name);
    json_t *result = read_json(shared_file(path));
    const size_t reference = name_number(d.treat, &d.n_treat, json_text(result, "reference"));
    msp_bayes_counts bayes;
    assert_int_equal(fit(&d, 5, reference, 32, &bayes, NULL), MSP_OK);
    assert_true(bayes.effective > 0.99 && !bayes.prior_only && bayes.left_out == 0);
    const json_t *posterior = json_object_get(result, "posterior");
    const double draws = draws_of_tau(posterior);
    size_t i;
    json_t *row;
    json_array_foreach(posterior, i, row)
    {
        const char *param = json_text(row, "param");
        if (strcmp(param, "sd") == 0)
            check_row(&bayes.tau, row, draws);
        if (strncmp(param, "d:", 2) != 0)
            continue;
        msp_bayes_effect x;
        double error;
        const size_t a = name_number(d.treat, &d.n_treat, param + 2);
        assert_int_equal(msp_bayes_counts_compare(&bayes, a, reference, &x, &error, NULL), MSP_OK);
        check_row(&x.effect, row, draws);
        assert_true(error < json_at(row, "mcse")); /* of 12 and of 154 seconds of JAGS */
    }
    check_ranks(&d, &bayes, result);
    msp_bayes_counts_free(&bayes);
    json_decref(result);
}

static void smoking_as_jags(void **state)
{
    (void)state;
    require_shared("golden/bayes/smokingcessation_jags_re.json");
    check_jags("smokingcessation");
}

/* Eight treatments of 28 studies: no other road than that of the four above, and longer. */
static void thrombolytics_as_jags(void **state)
{
    (void)state;
    if (getenv("MSPIKE_SOAK") == NULL)
        skip();
    require_shared("golden/bayes/thrombolytic_jags_re.json");
    check_jags("thrombolytic");
}

/* Four small studies of A (0) and B (1), one without events in A. */
static const msp_network_arm small[] = {
    {0, 0, 40, 9, 0, 0},   {1, 0, 41, 3, 0, 0}, {0, 1, 30, 0, 0, 0}, {1, 1, 33, 4, 0, 0},
    {0, 2, 100, 12, 0, 0}, {1, 2, 98, 5, 0, 0}, {0, 3, 25, 2, 0, 0}, {1, 3, 24, 6, 0, 0}};

/*
 * In R: each study's level summed out on 1,101 steps from -16 to 6, its deviation by 65 of a
 * normal distribution, the effect on 901 steps from -9 to 9, tau from 0 to 2 by Simpson's rule on
 * 400: no random numbers anywhere.
 */
static void grids(void **state)
{
    (void)state;
    msp_bayes_counts bayes;
    msp_bayes_effect x, back;
    double error;
    assert_int_equal(
        msp_bayes_counts_fit(small, 8, 2, 4, MSP_PRIOR_UNIFORM, 2, 0, 0.95, 1, 1024, &bayes, NULL),
        MSP_OK);
    assert_near(bayes.tau.mean, 1.37905196, 1e-5);
    assert_near(bayes.tau.sd, 0.42642352, 2e-5);
    assert_near(bayes.tau.lower, 0.4196149, 1e-4);
    assert_near(bayes.tau.median, 1.442116, 1e-4);
    assert_near(bayes.tau.upper, 1.973128, 1e-4);
    assert_int_equal(msp_bayes_counts_compare(&bayes, 1, 0, &x, &error, NULL), MSP_OK);
    assert_true(error < 1e-3 && fabs(x.effect.mean - 0.230290043) < 4 * error);
    assert_near(x.effect.sd, 0.861219660, 1e-3);
    assert_near(x.effect.lower, -1.393917918, 2e-3);
    assert_near(x.effect.median, 0.186844546, 3e-3);
    assert_near(x.effect.upper, 2.046246530, 2e-3);
    assert_near(x.below_0, 0.4069538, 1e-3);
    assert_near(x.new_trial.lower, -3.085217, 3e-3);
    assert_near(x.new_trial.upper, 3.748734, 3e-3);
    assert_int_equal(msp_bayes_counts_compare(&bayes, 0, 1, &back, NULL, NULL), MSP_OK);
    assert_near(back.effect.mean, -x.effect.mean, 1e-12);
    assert_near(back.effect.lower, -x.effect.upper, 1e-6);
    assert_near(back.below_0, 1 - x.below_0, 1e-9);
    msp_bayes_counts_free(&bayes);
}

/* One event in B: the posterior's tail is exponential, and half of the points reach further. By
 * 4,096 points a node and 16 more for its tails the mean is -2.9747; JAGS in 2 x 600,000 draws has
 * -2.9716 (error 0.0048), sd 1.7780, 2.5 % -6.887, median -2.8384. */
static void one_event(void **state)
{
    (void)state;
    const msp_network_arm arm[] = {
        {0, 0, 40, 9, 0, 0}, {1, 0, 41, 1, 0, 0}, {0, 1, 40, 9, 0, 0}, {2, 1, 40, 9, 0, 0}};
    msp_bayes_counts bayes;
    msp_bayes_effect x;
    double error;
    assert_int_equal(
        msp_bayes_counts_fit(arm, 4, 3, 2, MSP_PRIOR_UNIFORM, 2, 0, 0.95, 1, 96, &bayes, NULL),
        MSP_OK);
    assert_true(bayes.prior_only && bayes.wide > 1 && bayes.effective > 0.5);
    assert_int_equal(msp_bayes_counts_compare(&bayes, 1, 0, &x, &error, NULL), MSP_OK);
    assert_true(error < 0.02 && fabs(x.effect.mean - -2.9747) < 4 * error);
    assert_near(x.effect.sd, 1.7780, 0.02);
    assert_near(x.effect.lower, -6.887, 0.02);
    assert_near(x.effect.median, -2.8384, 0.01);
    msp_bayes_counts_free(&bayes);
}

/* Great arms without heterogeneity: the normal approximation is right, and so are its numbers. */
static void great_arms(void **state)
{
    (void)state;
    const msp_network_arm arm[] = {{0, 0, 100000, 30000, 0, 0}, {1, 0, 100000, 25000, 0, 0}};
    const double effect = log(25.0 / 75) - log(30.0 / 70);
    const double se = sqrt(1 / 30000.0 + 1 / 70000.0 + 1 / 25000.0 + 1 / 75000.0);
    msp_bayes_counts bayes;
    msp_bayes_effect x;
    assert_int_equal(
        msp_bayes_counts_fit(arm, 2, 2, 1, MSP_PRIOR_UNIFORM, 1e-4, 0, 0.95, 1, 64, &bayes, NULL),
        MSP_OK);
    assert_true(bayes.prior_only);
    assert_int_equal(msp_bayes_counts_compare(&bayes, 1, 0, &x, NULL, NULL), MSP_OK);
    assert_near(x.effect.mean, effect, 1e-4);
    assert_near(x.effect.sd, se, 1e-3);
    msp_bayes_counts_free(&bayes);
}

/* A study without events is left out: the rest says the same. The seed is all that is random. */
static void silent_studies(void **state)
{
    (void)state;
    const msp_network_arm arm[] = {{0, 0, 40, 9, 0, 0}, {1, 0, 41, 3, 0, 0}, {0, 1, 100, 12, 0, 0},
                                   {1, 1, 98, 5, 0, 0}, {0, 2, 10, 0, 0, 0}, {1, 2, 12, 0, 0, 0}};
    msp_bayes_counts with, without;
    assert_int_equal(
        msp_bayes_counts_fit(arm, 6, 2, 3, MSP_PRIOR_HALF_NORMAL, 1, 0, 0.95, 7, 64, &with, NULL),
        MSP_OK);
    assert_int_equal(msp_bayes_counts_fit(arm, 4, 2, 2, MSP_PRIOR_HALF_NORMAL, 1, 0, 0.95, 7, 64,
                                          &without, NULL),
                     MSP_OK);
    assert_int_equal(with.left_out, 1);
    assert_int_equal(with.n_study, 2);
    assert_true(with.tau.mean == without.tau.mean);
    msp_bayes_effect a, b;
    assert_int_equal(msp_bayes_counts_compare(&with, 1, 0, &a, NULL, NULL), MSP_OK);
    assert_int_equal(msp_bayes_counts_compare(&without, 1, 0, &b, NULL, NULL), MSP_OK);
    assert_true(a.effect.upper == b.effect.upper);
    msp_bayes_counts_free(&with);
    msp_bayes_counts_free(&without);
}

static void refused(void **state)
{
    (void)state;
    msp_network_arm arm[8];
    msp_bayes_counts bayes;
    msp_error err;
    memcpy(arm, small, sizeof small);
    arm[3].events = 34;
    assert_int_equal(
        msp_bayes_counts_fit(arm, 8, 2, 4, MSP_PRIOR_UNIFORM, 2, 0, 0.95, 1, 64, &bayes, &err),
        MSP_ERANGE);
    assert_int_equal(err.row, 3);
    msp_bayes_counts_free(&bayes);
    arm[3] = (msp_network_arm){1, 1, 1e300, 4, 0, 0};
    assert_int_equal(
        msp_bayes_counts_fit(arm, 8, 2, 4, MSP_PRIOR_UNIFORM, 2, 0, 0.95, 1, 64, &bayes, &err),
        MSP_ERANGE);
    msp_bayes_counts_free(&bayes);
    assert_int_equal(
        msp_bayes_counts_fit(small, 8, 2, 4, MSP_PRIOR_UNIFORM, 0, 0, 0.95, 1, 64, &bayes, &err),
        MSP_ERANGE);
    msp_bayes_counts_free(&bayes);
    assert_int_equal(
        msp_bayes_counts_fit(small, 8, 3, 4, MSP_PRIOR_UNIFORM, 2, 0, 0.95, 1, 64, &bayes, &err),
        MSP_ERANGE); /* the third is not connected */
    msp_bayes_counts_free(&bayes);
    /* B never has an event: its effect has no lower end but that of its prior. */
    const msp_network_arm none[] = {{0, 0, 40, 9, 0, 0}, {1, 0, 41, 0, 0, 0}};
    assert_int_equal(
        msp_bayes_counts_fit(none, 2, 2, 1, MSP_PRIOR_UNIFORM, 2, 0, 0.95, 1, 64, &bayes, &err),
        MSP_ENUMERIC);
    msp_bayes_counts_free(&bayes);
    const msp_network_arm empty[] = {{0, 0, 40, 0, 0, 0}, {1, 0, 41, 0, 0, 0}};
    assert_int_equal(
        msp_bayes_counts_fit(empty, 2, 2, 1, MSP_PRIOR_UNIFORM, 2, 0, 0.95, 1, 64, &bayes, &err),
        MSP_ENODATA);
    msp_bayes_counts_free(&bayes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smoking_as_jags), cmocka_unit_test(thrombolytics_as_jags),
        cmocka_unit_test(grids),           cmocka_unit_test(one_event),
        cmocka_unit_test(great_arms),      cmocka_unit_test(silent_studies),
        cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
