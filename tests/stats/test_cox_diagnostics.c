/* The exact marginal likelihood, against closed forms; residuals, robust variance and concordance
 * against what they must add up to. */
#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats.h"

enum { N = 60 };

typedef struct trial {
    double time[2 * N], entry[2 * N], x[2 * N], z[2 * N];
    uint8_t event[2 * N];
    uint32_t id[2 * N];
    size_t n;
    msp_order order;
    msp_cox_column columns[2];
    msp_cox fit;
    msp_cox_model model;
} trial;

static void make_rows(trial *t)
{
    memset(t, 0, sizeof *t);
    t->n = N;
    for (uint32_t i = 0; i < N; i++) {
        msp_random r = msp_random_at(5, 1, i, 1);
        t->x[i] = msp_random_uniform(&r) - 0.5;
        t->z[i] = i % 2;
        t->entry[i] = floor(4 * msp_random_uniform(&r));
        t->time[i] = t->entry[i] + 1 + floor(20 * msp_random_uniform(&r) * exp(-t->x[i]));
        t->event[i] = msp_random_uniform(&r) < 0.7;
        t->id[i] = i;
    }
}

static void fit(trial *t, msp_cox_ties ties, bool entries)
{
    const msp_follow_up data = {t->n, t->time, t->event, entries ? t->entry : NULL, NULL, 0};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.ties = ties;
    t->columns[0] = (msp_cox_column){.value = t->x};
    t->columns[1] = (msp_cox_column){.value = t->z};
    assert_int_equal(msp_order_init(&t->order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&t->order, t->columns, 2, NULL, 1, &options, &t->fit, NULL),
                     MSP_OK);
    assert_int_equal(t->fit.state, MSP_COX_CONVERGED);
    t->model = (msp_cox_model){&t->order, t->columns, 2, NULL, 1, &t->fit};
}

static void release(trial *t)
{
    msp_cox_free(&t->fit);
    msp_order_free(&t->order);
}

/* --- ties ------------------------------------------------------------------------------------- */

/* The probability that all of w[0 .. d) come before a total of `rest`: over subsets of them,
 * (-1)^size rest / (rest + sum of the subset). */
static double all_before(const double *w, int d, double rest)
{
    double p = 0;
    for (int subset = 0; subset < 1 << d; subset++) {
        double sum = rest, sign = 1;
        for (int i = 0; i < d; i++)
            if (subset >> i & 1) {
                sum += w[i];
                sign = -sign;
            }
        p += sign * rest / sum;
    }
    return p;
}

static const double tied_time[] = {1, 1, 1, 2, 2, 3, 4, 4, 5, 5};
static const uint8_t tied_event[] = {1, 1, 1, 0, 1, 1, 1, 1, 0, 0};
static const double tied_x[] = {1, 0.5, 2, 0, 1.5, -1, 0.3, 1, 0.2, -0.5};

/* Three events at 1, one at 2 and 3, two at 4. */
static double tied_loglik(double b)
{
    double w[10], rest[10] = {0};
    for (int i = 9; i >= 0; i--) {
        w[i] = exp(b * tied_x[i]);
        rest[i] = w[i] + (i < 9 ? rest[i + 1] : 0);
    }
    const double two = w[4] / (rest[3]), three = w[5] / rest[5];
    return log(all_before(w, 3, rest[3])) + log(two) + log(three) +
           log(all_before(w + 6, 2, rest[8]));
}

static void marginal_ties_by_inclusion_and_exclusion(void **state)
{
    (void)state;
    const msp_follow_up data = {10, tied_time, tied_event, NULL, NULL, 0};
    const msp_cox_column column = {.value = tied_x};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_SAS);
    options.ties = MSP_COX_MARGINAL;
    msp_order order;
    msp_cox cox;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &cox, NULL), MSP_OK);
    assert_int_equal(cox.state, MSP_COX_CONVERGED);
    const double b = cox.coefficients[0].coef, h = 1e-4;
    assert_near(cox.loglik_null, tied_loglik(0), 1e-13);
    assert_near(cox.loglik, tied_loglik(b), 1e-13);
    assert_true(fabs(tied_loglik(b + h) - tied_loglik(b - h)) / (2 * h) < 1e-8);
    const double curvature =
        -(tied_loglik(b + h) - 2 * tied_loglik(b) + tied_loglik(b - h)) / (h * h);
    assert_near(cox.variance[0], 1 / curvature, 1e-6);
    msp_cox_free(&cox);
    msp_order_free(&order);
}

static void without_ties_all_likelihoods_agree(void **state)
{
    (void)state;
    trial t;
    double coef[4];
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_MARGINAL; ties++) {
        make_rows(&t);
        for (size_t i = 0; i < N; i++)
            t.time[i] += (double)i / 128;
        fit(&t, (msp_cox_ties)ties, true);
        coef[ties] = t.fit.coefficients[0].coef;
        release(&t);
    }
    for (int ties = 1; ties < 4; ties++)
        assert_near(coef[ties], coef[0], 1e-10);
}

/* Many ties: between Breslow and the discrete likelihood. */
static void heavy_ties_lie_where_they_must(void **state)
{
    (void)state;
    trial t;
    double coef[4];
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_MARGINAL; ties++) {
        make_rows(&t);
        for (size_t i = 0; i < N; i++)
            t.time[i] = ceil(t.time[i] / 8);
        fit(&t, (msp_cox_ties)ties, false);
        coef[ties] = t.fit.coefficients[0].coef;
        release(&t);
    }
    assert_true(fabs(coef[MSP_COX_BRESLOW]) < fabs(coef[MSP_COX_MARGINAL]));
    assert_true(fabs(coef[MSP_COX_MARGINAL]) < fabs(coef[MSP_COX_DISCRETE]));
}

/* --- residuals -------------------------------------------------------------------------------- */

static void residuals_add_up_to_nothing(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        trial t;
        msp_cox_residuals r;
        make_rows(&t);
        fit(&t, k % 2 ? MSP_COX_BRESLOW : MSP_COX_EFRON, k > 1);
        assert_int_equal(msp_cox_residuals_of(&t.model, &r, NULL), MSP_OK);
        double martingale = 0, score = 0, schoenfeld = 0;
        for (size_t i = 0; i < N; i++) {
            martingale += r.martingale[i];
            score += r.score[2 * i];
            assert_true(r.martingale[i] <= 1 && (r.deviance[i] > 0) == (r.martingale[i] > 0));
        }
        for (size_t e = 0; e < r.n_events; e++)
            schoenfeld += r.schoenfeld[2 * e + 1];
        assert_true(fabs(martingale) < 1e-12);
        assert_true(fabs(score) < 1e-7 && fabs(schoenfeld) < 1e-7); /* as far as Newton went */
        msp_cox_residuals_free(&r);
        release(&t);
    }
}

/* Every patient twice, as one cluster: Breslow's coefficients and the robust variance stay. */
static void clusters_see_through_copies(void **state)
{
    (void)state;
    trial once, twice;
    msp_cox_robust a, b;
    make_rows(&once);
    make_rows(&twice);
    for (size_t i = 0; i < N; i++) {
        twice.time[N + i] = twice.time[i];
        twice.event[N + i] = twice.event[i];
        twice.x[N + i] = twice.x[i];
        twice.z[N + i] = twice.z[i];
        twice.id[N + i] = twice.id[i];
    }
    twice.n = 2 * N;
    fit(&once, MSP_COX_BRESLOW, false);
    fit(&twice, MSP_COX_BRESLOW, false);
    assert_int_equal(msp_cox_robust_of(&once.model, NULL, 0, &a, NULL), MSP_OK);
    assert_int_equal(msp_cox_robust_of(&twice.model, twice.id, N, &b, NULL), MSP_OK);
    assert_int_equal(a.n_clusters, N);
    assert_int_equal(b.n_clusters, N);
    for (size_t i = 0; i < 4; i++)
        assert_near(a.variance[i], b.variance[i], 1e-9);
    assert_near(a.wald.statistic, b.wald.statistic, 1e-9);
    assert_near(a.score.statistic, b.score.statistic, 1e-9);
    msp_error err;
    msp_cox_robust c;
    assert_int_equal(msp_cox_robust_of(&once.model, once.id, 7, &c, &err), MSP_ERANGE);
    msp_cox_robust_free(&a);
    msp_cox_robust_free(&b);
    release(&once);
    release(&twice);
}

/* All pairs, one by one. */
static void concordance_counts_pairs(void **state)
{
    (void)state;
    for (int entries = 0; entries < 2; entries++) {
        trial t;
        msp_concordance c;
        make_rows(&t);
        for (size_t i = 0; i < N; i++)
            t.x[i] = floor(4 * t.x[i]); /* ties in risk */
        fit(&t, MSP_COX_EFRON, entries != 0);
        double good = 0, bad = 0, tied = 0;
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N && t.event[i]; j++) {
                const double a = t.x[i] * t.fit.coefficients[0].coef +
                                 t.z[i] * t.fit.coefficients[1].coef,
                             b = t.x[j] * t.fit.coefficients[0].coef +
                                 t.z[j] * t.fit.coefficients[1].coef;
                if (!(t.time[j] > t.time[i] || (t.time[j] >= t.time[i] && !t.event[j])) ||
                    (entries && t.entry[j] >= t.time[i]))
                    continue;
                tied += fabs(a - b) < 1e-12;
                good += a > b + 1e-12;
                bad += a < b - 1e-12;
            }
        assert_int_equal(msp_cox_concordance(&t.model, NULL, 0, &c, NULL), MSP_OK);
        assert_near(c.concordant, good, 0);
        assert_near(c.discordant, bad, 0);
        assert_near(c.tied, tied, 0);
        assert_near(c.estimate, (good + tied / 2) / (good + bad + tied), 1e-14);
        assert_true(c.std_error > 0 && c.std_error < 0.2);
        release(&t);
    }
}

/* Terms together: the test of all of them is the global one. */
static void terms_are_tested_together(void **state)
{
    (void)state;
    trial t;
    msp_test single[2], both, global, again;
    const size_t term[] = {0, 0};
    make_rows(&t);
    fit(&t, MSP_COX_EFRON, false);
    assert_int_equal(
        msp_cox_proportionality(&t.model, MSP_COX_TIME_KM, NULL, 0, single, &global, NULL), MSP_OK);
    assert_int_equal(
        msp_cox_proportionality(&t.model, MSP_COX_TIME_KM, term, 1, &both, &again, NULL), MSP_OK);
    assert_near(both.statistic, global.statistic, 1e-13);
    assert_near(both.df, 2, 0);
    assert_true(single[0].statistic <= global.statistic + 1e-12);
    release(&t);
}

static void baseline_is_nelson_and_aalen_at_no_effect(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4}, x[] = {5, 6, 6, 5}; /* coefficient is not 0 in general */
    const uint8_t event[] = {1, 1, 0, 1};
    const msp_follow_up data = {4, time, event, NULL, NULL, 0};
    const msp_cox_column column = {.value = x};
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_SAS);
    msp_order order;
    msp_cox cox;
    double at[3], hazard[3];
    size_t n;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &cox, NULL), MSP_OK);
    const msp_cox_model model = {&order, &column, 1, NULL, 1, &cox};
    assert_int_equal(msp_cox_baseline(&model, 0, at, hazard, &n, NULL), MSP_OK);
    const double five = exp(5 * cox.coefficients[0].coef), six = exp(6 * cox.coefficients[0].coef);
    assert_int_equal(n, 3);
    assert_near(at[1], 2, 0);
    assert_near(hazard[0], 1 / (2 * five + 2 * six), 1e-13);
    assert_near(hazard[2], hazard[0] + 1 / (five + 2 * six) + 1 / five, 1e-13);
    msp_cox_free(&cox);
    msp_order_free(&order);
}

static void a_model_without_a_maximum_has_no_residuals(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4}, x[] = {1, 1, 0, 0};
    const uint8_t event[] = {1, 1, 0, 0};
    const msp_follow_up data = {4, time, event, NULL, NULL, 0};
    const msp_cox_column column = {.value = x};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_MARGINAL; ties++) {
        msp_order order;
        msp_cox cox;
        msp_cox_residuals r;
        options.ties = (msp_cox_ties)ties;
        assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
        assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &cox, NULL), MSP_OK);
        assert_int_equal(cox.state, MSP_COX_MONOTONE);
        const msp_cox_model model = {&order, &column, 1, NULL, 1, &cox};
        assert_int_equal(msp_cox_residuals_of(&model, &r, NULL), MSP_EUNSUPPORTED);
        msp_cox_free(&cox);
        msp_order_free(&order);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marginal_ties_by_inclusion_and_exclusion),
        cmocka_unit_test(without_ties_all_likelihoods_agree),
        cmocka_unit_test(heavy_ties_lie_where_they_must),
        cmocka_unit_test(residuals_add_up_to_nothing),
        cmocka_unit_test(clusters_see_through_copies),
        cmocka_unit_test(concordance_counts_pairs),
        cmocka_unit_test(terms_are_tested_together),
        cmocka_unit_test(baseline_is_nelson_and_aalen_at_no_effect),
        cmocka_unit_test(a_model_without_a_maximum_has_no_residuals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
