#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/stats/cox.h"

enum { MAX_N = 64, MAX_P = 4, MAX_SUBSETS = 50000 };

/* A small data set, and a model of it. */
typedef struct sample {
    size_t n, p, n_strata;
    double time[MAX_N], entry[MAX_N], x[MAX_P][MAX_N];
    uint8_t event[MAX_N];
    uint32_t stratum[MAX_N];
    bool late;
    msp_cox_ties ties;
} sample;

static msp_cox fit_with(const sample *s, msp_cox_options options)
{
    msp_follow_up data = {s->n, s->time, s->event, s->late ? s->entry : NULL, NULL, 0};
    msp_cox_column columns[MAX_P] = {0};
    for (size_t k = 0; k < s->p; k++)
        columns[k].value = s->x[k];
    msp_order order;
    msp_error err;
    msp_cox cox = {0};
    if (msp_order_init(&order, &data, &err) != MSP_OK ||
        msp_cox_fit(&order, columns, s->p, s->n_strata > 1 ? s->stratum : NULL, s->n_strata,
                    &options, &cox, &err) != MSP_OK)
        fail_msg("%s", err.text);
    msp_order_free(&order);
    return cox;
}

static msp_cox fit(const sample *s)
{
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.ties = s->ties;
    return fit_with(s, options);
}

/* --- by hand ---------------------------------------------------------------------------------- */

/*
 * Six patients: x = 1 1 1 0 0 0, events at 1 (x = 1), 6 (x = 1 and x = 0) and 9 (x = 0, alone).
 * With r = exp(b), those at risk weigh 3r + 3 at 1 and r + 3 at 6, of which r + 1 are the two
 * events.
 */
static sample six_patients(msp_cox_ties ties)
{
    return (sample){.n = 6,
                    .p = 1,
                    .n_strata = 1,
                    .time = {1, 1, 6, 6, 8, 9},
                    .event = {1, 0, 1, 1, 0, 1},
                    .x = {{1, 1, 1, 0, 0, 0}},
                    .ties = ties};
}

/* L = 2b - log(3r + 3) - 2 log(r + 3); its score 2 - r/(r+1) - 2r/(r+3) is 0 at r^2 - 3r - 6 = 0.
 */
static void breslow_by_hand(void **state)
{
    (void)state;
    sample s = six_patients(MSP_COX_BRESLOW);
    msp_cox c = fit(&s);
    double r = (3 + sqrt(33)) / 2;
    assert_int_equal(c.state, MSP_COX_CONVERGED);
    assert_near(c.coefficients[0].hazard_ratio, r, 1e-14);
    assert_near(c.loglik_null, -log(6) - 2 * log(4), 1e-15);
    assert_near(c.loglik, 2 * log(r) - log(3 * r + 3) - 2 * log(r + 3), 1e-15);
    assert_near(1 / c.variance[0], r / ((r + 1) * (r + 1)) + 6 * r / ((r + 3) * (r + 3)), 1e-11);
    /* at b = 0 the score is 2 - 1/2 - 2/4 = 1 and the information 1/4 + 2 (3/16) = 5/8 */
    assert_near(c.score.statistic, 8. / 5, 1e-14);
    assert_near(c.likelihood_ratio.statistic, 2 * (c.loglik - c.loglik_null), 1e-15);
    assert_near(c.wald.statistic, log(r) * log(r) / c.variance[0], 1e-13);
    assert_near(c.coefficients[0].z, log(r) / sqrt(c.variance[0]), 1e-13);
    assert_near(c.coefficients[0].upper, r * exp(1.959963984540054 * sqrt(c.variance[0])), 1e-13);
    assert_true(c.gradient < 1e-6 && c.iterations < 10);
    msp_cox_free(&c);
    msp_cox_free(&c);
}

/* The second of the two events at 6 sees half of both gone: (r + 5) / 2 instead of r + 3. */
static void efron_by_hand(void **state)
{
    (void)state;
    sample s = six_patients(MSP_COX_EFRON);
    msp_cox c = fit(&s);
    /* 2 - r/(r+1) - r/(r+3) - r/(r+5) = 0, that is r^3 - 23r - 30 = 0 */
    double r = c.coefficients[0].hazard_ratio;
    assert_near(r * r * r, 23 * r + 30, 1e-14);
    assert_near(c.loglik_null, -log(6) - log(4) - log(3), 1e-15);
    assert_near(c.loglik, 2 * log(r) - log(3 * r + 3) - log(r + 3) - log((r + 5) / 2), 1e-15);
    assert_near(1 / c.variance[0],
                r / ((r + 1) * (r + 1)) + 3 * r / ((r + 3) * (r + 3)) + 5 * r / ((r + 5) * (r + 5)),
                1e-11);
    msp_cox_free(&c);
}

/* Pairs of those at risk at 6: three hold the patient with x = 1, three do not. So
 * L = 2b - 2 log(3r + 3), which grows for ever; the limit is -2 log 3. */
static void discrete_by_hand(void **state)
{
    (void)state;
    sample s = six_patients(MSP_COX_DISCRETE);
    msp_cox c = fit(&s);
    assert_near(c.loglik_null, -2 * log(6), 1e-15);
    assert_int_equal(c.state, MSP_COX_MONOTONE);
    assert_near(c.loglik, -2 * log(3), 1e-15);
    assert_near(c.score.statistic, 1 / (2. / 4), 1e-14); /* score 1, information 2/4 */
    msp_cox_free(&c);

    s.x[0][5] = 2; /* now {1, 0, 0, 2}: pairs weigh 2r + r^3 + 1 + 2r^2 in all */
    c = fit(&s);
    double r = c.coefficients[0].hazard_ratio;
    double pairs = 1 + 2 * r + 2 * r * r + r * r * r, all = 2 + 3 * r + r * r;
    assert_int_equal(c.state, MSP_COX_CONVERGED);
    assert_near(c.loglik, 2 * log(r) - log(all) - log(pairs), 1e-15);
    double score = 2 - (3 * r + 2 * r * r) / all - (2 * r + 4 * r * r + 3 * r * r * r) / pairs;
    assert_near(score, 0, 1e-13);
    msp_cox_free(&c);
}

/* --- against the definition ---------------------------------------------------------------------
 */

typedef struct point {
    double loglik, score[MAX_P], information[MAX_P][MAX_P];
} point;

/* Adds a tie to the point: over all given weights w[i] and sums x[i], minus log sum w. */
static void take(point *out, const double *w, double (*x)[MAX_P], size_t n, size_t p)
{
    double s0 = 0, s1[MAX_P] = {0}, s2[MAX_P][MAX_P] = {{0}};
    for (size_t i = 0; i < n; i++) {
        s0 += w[i];
        for (size_t k = 0; k < p; k++) {
            s1[k] += w[i] * x[i][k];
            for (size_t j = 0; j < p; j++)
                s2[k][j] += w[i] * x[i][k] * x[i][j];
        }
    }
    out->loglik -= log(s0);
    for (size_t k = 0; k < p; k++) {
        out->score[k] -= s1[k] / s0;
        for (size_t j = 0; j < p; j++)
            out->information[k][j] += s2[k][j] / s0 - s1[k] * s1[j] / (s0 * s0);
    }
}

static double weigh(const sample *s, size_t i, const double *b, double *x)
{
    double eta = 0;
    for (size_t k = 0; k < s->p; k++) {
        x[k] = s->x[k][i];
        eta += b[k] * x[k];
    }
    return exp(eta);
}

/* All subsets of d of the n at risk, one by one. */
static void take_subsets(point *out, const double *w, double (*x)[MAX_P], size_t n, size_t d,
                         size_t p)
{
    static double weight[MAX_SUBSETS], sum[MAX_SUBSETS][MAX_P];
    size_t chosen[8] = {0}, n_subsets = 0;
    assert_true(d <= 8);
    for (size_t i = 0; i < d; i++)
        chosen[i] = i;
    for (;;) {
        assert_true(n_subsets < MAX_SUBSETS);
        weight[n_subsets] = 1;
        memset(sum[n_subsets], 0, sizeof sum[0]);
        for (size_t i = 0; i < d; i++) {
            weight[n_subsets] *= w[chosen[i]];
            for (size_t k = 0; k < p; k++)
                sum[n_subsets][k] += x[chosen[i]][k];
        }
        n_subsets++;
        size_t i = d;
        while (i > 0 && chosen[i - 1] == n - d + i - 1)
            i--;
        if (i == 0)
            break;
        chosen[i - 1]++;
        for (; i < d; i++)
            chosen[i] = chosen[i - 1] + 1;
    }
    take(out, weight, sum, n_subsets, p);
}

static point definition(const sample *s, const double *b)
{
    point out = {0};
    for (size_t e = 0; e < s->n; e++) {
        bool first = s->event[e];
        for (size_t i = 0; i < e; i++)
            first &= !(s->event[i] && s->time[i] == s->time[e] && s->stratum[i] == s->stratum[e]);
        double w[MAX_N], x[MAX_N][MAX_P], reduced[MAX_N];
        size_t n = 0, d = 0;
        bool own[MAX_N];
        for (size_t i = 0; first && i < s->n; i++) {
            if (s->stratum[i] != s->stratum[e] || s->time[i] < s->time[e] ||
                (s->late && s->entry[i] >= s->time[e]))
                continue;
            own[n] = s->event[i] && s->time[i] == s->time[e];
            w[n] = weigh(s, i, b, x[n]);
            if (own[n]) {
                d++;
                out.loglik += log(w[n]);
                for (size_t k = 0; k < s->p; k++)
                    out.score[k] += x[n][k];
            }
            n++;
        }
        if (first && s->ties == MSP_COX_DISCRETE)
            take_subsets(&out, w, x, n, d, s->p);
        for (size_t l = 0; first && l < d && s->ties != MSP_COX_DISCRETE; l++) {
            for (size_t i = 0; i < n; i++)
                reduced[i] =
                    own[i] && s->ties == MSP_COX_EFRON ? w[i] * (1 - (double)l / (double)d) : w[i];
            take(&out, reduced, x, n, s->p);
        }
    }
    return out;
}

/* Ties, strata and late entry at random. */
static sample draw(uint64_t trial, msp_cox_ties ties)
{
    bool discrete = ties == MSP_COX_DISCRETE;
    sample s = {.n = discrete ? 24 : 40,
                .p = 1 + trial % 3,
                .n_strata = 1 + trial % 2,
                .ties = ties,
                .late = trial % 5 > 2};
    for (uint32_t i = 0; i < s.n; i++) {
        msp_random r = msp_random_at(5, trial, i, (uint16_t)(1 + ties));
        for (size_t k = 0; k < s.p; k++)
            s.x[k][i] = k == 0 ? msp_random_uniform(&r) < 0.5 : 2 * msp_random_uniform(&r) - 1;
        double rate = exp(0.5 * s.x[0][i]);
        s.time[i] = 1 + floor((discrete ? -20 : -10) * log(msp_random_uniform(&r)) / rate);
        s.entry[i] = floor(s.time[i] * msp_random_uniform(&r) * 0.8);
        s.event[i] = msp_random_uniform(&r) < 0.8;
        s.stratum[i] = (uint32_t)msp_random_below(&r, s.n_strata);
    }
    return s;
}

static void fits_maximise_the_definition(void **state)
{
    (void)state;
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_DISCRETE; ties++)
        for (uint64_t trial = 0; trial < 60; trial++) {
            sample s = draw(trial, (msp_cox_ties)ties);
            msp_cox c = fit(&s);
            assert_int_equal(c.state, MSP_COX_CONVERGED);
            double b[MAX_P], zero[MAX_P] = {0};
            for (size_t k = 0; k < s.p; k++)
                b[k] = c.coefficients[k].coef;
            point top = definition(&s, b), null = definition(&s, zero);
            assert_near(c.loglik, top.loglik, 1e-13);
            assert_near(c.loglik_null, null.loglik, 1e-13);
            for (size_t k = 0; k < s.p; k++) {
                assert_near(top.score[k], 0, 1e-8);
                for (size_t j = 0; j < s.p; j++) {
                    double unit = 0; /* variance times information */
                    for (size_t h = 0; h < s.p; h++)
                        unit += c.variance[k * s.p + h] * top.information[h][j];
                    assert_near(unit, k == j, 1e-9);
                }
            }
            msp_cox_free(&c);
        }
}

/* --- what must not matter ------------------------------------------------------------------------
 */

static void assert_same_fit(const msp_cox *a, const msp_cox *b, double tolerance)
{
    assert_int_equal(a->state, b->state);
    assert_near(a->loglik, b->loglik, tolerance);
    assert_near(a->loglik_null, b->loglik_null, tolerance);
    assert_near(a->score.statistic, b->score.statistic, tolerance);
    for (size_t k = 0; k < a->n_columns; k++) {
        assert_near(a->coefficients[k].coef, b->coefficients[k].coef, tolerance);
        assert_near(a->coefficients[k].std_error, b->coefficients[k].std_error, tolerance);
    }
}

/* Each patient's follow-up cut in two, the first part censored: the same likelihood. */
static void splitting_follow_up_changes_nothing(void **state)
{
    (void)state;
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_DISCRETE; ties++)
        for (uint64_t trial = 3; trial < 40; trial += 5) {
            sample s = draw(trial, (msp_cox_ties)ties), cut = s;
            s.n = 20;
            s.late = true;
            cut = s;
            for (size_t i = 0; i < s.n; i++) {
                double middle = floor((s.entry[i] + s.time[i]) / 2);
                if (middle <= s.entry[i] || cut.n == MAX_N)
                    continue;
                size_t last = cut.n++;
                cut.time[last] = middle;
                cut.entry[last] = s.entry[i];
                cut.event[last] = 0;
                cut.stratum[last] = s.stratum[i];
                for (size_t k = 0; k < s.p; k++)
                    cut.x[k][last] = s.x[k][i];
                cut.entry[i] = middle;
            }
            assert_true(cut.n > s.n);
            msp_cox a = fit(&s), b = fit(&cut);
            assert_same_fit(&a, &b, 1e-10);
            msp_cox_free(&a);
            msp_cox_free(&b);
        }
}

static void row_order_and_units_change_nothing(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 30; trial++) {
        sample s = draw(trial, trial % 2 ? MSP_COX_EFRON : MSP_COX_DISCRETE), other = s;
        for (size_t i = 0; i < s.n; i++) {
            size_t j = s.n - 1 - i;
            other.time[j] = s.time[i] / 30.4375;
            other.entry[j] = s.entry[i] / 30.4375;
            other.event[j] = s.event[i];
            other.stratum[j] = 1 - s.stratum[i];
            for (size_t k = 0; k < s.p; k++)
                other.x[k][j] = k == 1 ? 1e6 + 1e3 * s.x[k][i] : s.x[k][i];
        }
        other.n_strata = 2;
        msp_cox a = fit(&s), b = fit(&other);
        if (s.p > 1) {
            b.coefficients[1].coef *= 1e3;
            b.coefficients[1].std_error *= 1e3;
        }
        assert_same_fit(&a, &b, 1e-9);
        msp_cox_free(&a);
        msp_cox_free(&b);
    }
}

/* The score test of one 0/1 covariate with discrete ties is the log-rank test. */
static void indicator_columns_and_the_score_test(void **state)
{
    (void)state;
    sample s = draw(4, MSP_COX_DISCRETE);
    uint32_t code[MAX_N];
    for (size_t i = 0; i < s.n; i++)
        code[i] = s.x[0][i] > 0 ? 7 : 3;
    msp_follow_up data = {.n = s.n, .time = s.time, .event = s.event};
    msp_cox_column by_code = {.name = "arm", .code = code, .level = 7};
    msp_cox_column by_value = {.name = "arm", .value = s.x[0]};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.ties = MSP_COX_DISCRETE;
    msp_order order;
    msp_cox a, b;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&order, &by_code, 1, NULL, 1, &options, &a, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&order, &by_value, 1, NULL, 1, &options, &b, NULL), MSP_OK);
    assert_memory_equal(&a.coefficients[0], &b.coefficients[0], sizeof a.coefficients[0]);
    double expected = 0, observed = 0, variance = 0;
    for (size_t e = 0; e < s.n; e++) {
        double r = 0, r1 = 0, d = 0, d1 = 0;
        bool first = s.event[e];
        for (size_t i = 0; i < s.n; i++) {
            bool own = s.event[i] && s.time[i] == s.time[e];
            first &= !(own && i < e);
            r += s.time[i] >= s.time[e];
            r1 += s.time[i] >= s.time[e] ? s.x[0][i] : 0;
            d += own;
            d1 += own ? s.x[0][i] : 0;
        }
        if (!first)
            continue;
        observed += d1;
        expected += d * r1 / r;
        variance += r > 1 ? d * (r1 / r) * (1 - r1 / r) * (r - d) / (r - 1) : 0;
    }
    assert_near(a.score.statistic, (observed - expected) * (observed - expected) / variance, 1e-12);
    msp_cox_free(&a);
    msp_cox_free(&b);
    msp_order_free(&order);
}

/* --- what cannot be estimated --------------------------------------------------------------------
 */

/* 12 patients, two arms, nobody of arm 1 has the event; x is a covariate that does vary. */
static sample arm_without_events(msp_cox_ties ties)
{
    return (sample){
        .n = 12,
        .p = 2,
        .n_strata = 1,
        .time = {1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 7},
        .event = {1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0},
        .x = {{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}, {3, 1, 2, 1, 5, 2, 2, 3, 1, 4, 2, 2}},
        .ties = ties};
}

static void arm_without_events_has_ratio_zero(void **state)
{
    (void)state;
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_DISCRETE; ties++) {
        sample s = arm_without_events((msp_cox_ties)ties);
        msp_cox c = fit(&s);
        assert_int_equal(c.state, MSP_COX_MONOTONE);
        assert_non_null(c.note);
        assert_int_equal(c.coefficients[0].kind, MSP_COX_INFINITE);
        assert_near(c.coefficients[0].hazard_ratio, 0, 0);
        assert_true(isinf(c.coefficients[0].coef) && c.coefficients[0].coef < 0);
        assert_true(isnan(c.coefficients[0].std_error) && isnan(c.coefficients[0].upper));
        assert_true(isnan(c.wald.p) && isnan(c.variance[0]) && isnan(c.variance[1]));
        /* in the limit the arm is not there: the other coefficient is that of arm 0 alone */
        sample rest = s;
        rest.n = 6;
        rest.p = 1;
        memcpy(rest.x[0], s.x[1], sizeof s.x[1]);
        msp_cox alone = fit(&rest);
        assert_near(c.coefficients[1].coef, alone.coefficients[0].coef, 1e-12);
        assert_near(c.coefficients[1].std_error, alone.coefficients[0].std_error, 1e-12);
        assert_near(c.loglik, alone.loglik, 1e-12);
        assert_near(c.likelihood_ratio.statistic, 2 * (c.loglik - c.loglik_null), 1e-15);
        assert_near(c.likelihood_ratio.df, 2, 0);
        assert_true(c.score.p > 0 && c.score.p < 1);
        msp_cox_free(&c);
        msp_cox_free(&alone);

        for (size_t i = 0; i < s.n; i++) /* the other way round: infinite */
            s.x[0][i] = 1 - s.x[0][i];
        s.late = ties != MSP_COX_BRESLOW; /* late entry looks for it in another way */
        c = fit(&s);
        assert_true(isinf(c.coefficients[0].hazard_ratio));
        msp_cox_free(&c);
    }
}

/* Three levels, the reference without events: both other levels are infinite, and so only a
 * combination of columns orders the events. */
static void reference_level_without_events(void **state)
{
    (void)state;
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_DISCRETE; ties++) {
        sample s = arm_without_events((msp_cox_ties)ties);
        for (size_t i = 0; i < s.n; i++) {
            s.x[0][i] = i < 6 && i % 2 == 0;
            s.x[1][i] = i < 6 && i % 2 == 1;
        }
        msp_cox c = fit(&s);
        assert_int_equal(c.state, MSP_COX_MONOTONE);
        for (size_t k = 0; k < 2; k++)
            assert_true(isinf(c.coefficients[k].hazard_ratio));
        sample rest = s;
        rest.n = 6;
        rest.p = 1;
        msp_cox alone = fit(&rest);
        assert_near(c.loglik, alone.loglik, 1e-12);
        msp_cox_free(&c);
        msp_cox_free(&alone);
    }
}

/* Each event has the largest x of its risk set, x continuous: complete separation. */
static void ordered_covariate(void **state)
{
    (void)state;
    sample s = {.n = 5,
                .p = 1,
                .n_strata = 1,
                .time = {1, 2, 3, 4, 5},
                .event = {1, 1, 1, 1, 1},
                .x = {{9.5, 7.25, 3, 1, -2}}};
    msp_cox c = fit(&s);
    assert_int_equal(c.state, MSP_COX_MONOTONE);
    assert_true(isinf(c.coefficients[0].hazard_ratio));
    assert_near(c.loglik, 0, 0);
    msp_cox_free(&c);
    s.x[0][4] = 3.5; /* one patient out of order is enough for a maximum */
    c = fit(&s);
    assert_int_equal(c.state, MSP_COX_CONVERGED);
    msp_cox_free(&c);
}

static void dependent_columns_are_aliased(void **state)
{
    (void)state;
    sample s = draw(2, MSP_COX_EFRON), one = s;
    s.p = 4;
    for (size_t i = 0; i < s.n; i++) {
        s.x[1][i] = 4.2;                   /* constant */
        s.x[2][i] = 0.1 + 0.3 * s.x[0][i]; /* the first again */
        s.x[3][i] = one.x[1][i];
    }
    one.p = 2;
    msp_cox c = fit(&s), want = fit(&one);
    assert_int_equal(c.state, MSP_COX_CONVERGED);
    assert_int_equal(c.coefficients[0].kind, MSP_COX_ESTIMATED);
    assert_int_equal(c.coefficients[1].kind, MSP_COX_ALIASED);
    assert_int_equal(c.coefficients[2].kind, MSP_COX_ALIASED);
    assert_true(isnan(c.coefficients[2].coef) && isnan(c.variance[2]));
    assert_near(c.coefficients[3].coef, want.coefficients[1].coef, 1e-12);
    assert_near(c.wald.statistic, want.wald.statistic, 1e-12);
    assert_near(c.wald.df, 2, 0);
    msp_cox_free(&c);
    msp_cox_free(&want);
}

static void nothing_to_fit_says_so(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double time[4], x[4];
        uint8_t event[4];
        const char *note;
    } cases[] = {
        {4, {1, 2, 3, 4}, {0, 1, 0, 1}, {0, 0, 0, 0}, "no events"},
        {1, {1}, {1}, {1}, "no covariate differs between patients at risk when an event happens"},
        {4,
         {1, 2, 3, 4},
         {0, 0, 1, 1},
         {0, 0, 0, 1},
         "no covariate differs between patients at risk when an event happens"},
        {4,
         {1, 2, 3, 4},
         {5, 5, 5, 5},
         {1, 1, 1, 1},
         "no covariate differs between patients at risk when an event happens"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        sample s = {.n = cases[i].n, .p = 1, .n_strata = 1};
        memcpy(s.time, cases[i].time, sizeof cases[i].time);
        memcpy(s.event, cases[i].event, sizeof cases[i].event);
        memcpy(s.x[0], cases[i].x, sizeof cases[i].x);
        msp_cox c = fit(&s);
        assert_int_equal(c.state, MSP_COX_NOT_ESTIMABLE);
        assert_string_equal(c.note, cases[i].note);
        assert_true(isnan(c.coefficients[0].coef) && isnan(c.score.p) && isnan(c.wald.p) &&
                    isnan(c.likelihood_ratio.p));
        msp_cox_free(&c);
    }
    /* everything tied: Breslow and Efron still have an answer, discrete has none */
    sample tied = {.n = 4,
                   .p = 1,
                   .n_strata = 1,
                   .time = {1, 1, 1, 1},
                   .event = {1, 1, 1, 1},
                   .x = {{0, 1, 0, 1}}};
    msp_cox c = fit(&tied);
    assert_int_equal(c.state, MSP_COX_CONVERGED);
    assert_near(c.coefficients[0].coef, 0, 1e-12);
    msp_cox_free(&c);
    tied.ties = MSP_COX_DISCRETE;
    c = fit(&tied);
    assert_int_equal(c.state, MSP_COX_NOT_ESTIMABLE);
    msp_cox_free(&c);
    /* no columns: the null likelihood */
    sample s = six_patients(MSP_COX_BRESLOW);
    s.p = 0;
    c = fit(&s);
    assert_int_equal(c.state, MSP_COX_CONVERGED);
    assert_near(c.loglik, -log(6) - 2 * log(4), 1e-15);
    msp_cox_free(&c);
}

/* Newton's first step is far too long when one patient is far out (survival's fail/overflow). */
static void long_first_steps_are_halved(void **state)
{
    (void)state;
    enum { N = 60 };
    sample s = {.n = N, .p = 2, .n_strata = 1};
    for (uint32_t i = 0; i < N; i++) {
        msp_random r = msp_random_at(17, 0, i, 1);
        s.x[0][i] = exp(8 * msp_random_uniform(&r));
        s.x[1][i] = 1.5e9 + 86400.0 * floor(2000 * msp_random_uniform(&r)); /* a date in seconds */
        s.time[i] = 1 + floor(50 * msp_random_uniform(&r) + s.x[0][i] / 100);
        s.event[i] = msp_random_uniform(&r) < 0.8;
    }
    s.x[0][7] = 1e6;
    s.time[7] = 1;
    s.event[7] = 1;
    msp_cox c = fit(&s);
    assert_int_equal(c.state, MSP_COX_CONVERGED);
    double b[MAX_P] = {c.coefficients[0].coef, c.coefficients[1].coef};
    sample centred = s;
    for (size_t i = 0; i < s.n; i++)
        centred.x[1][i] -= 1.6e9;
    point top = definition(&centred, b);
    for (size_t k = 0; k < 2; k++)
        assert_true(fabs(top.score[k]) * c.coefficients[k].std_error < 1e-6);
    msp_cox_free(&c);
}

static void bad_input_is_named(void **state)
{
    (void)state;
    sample s = six_patients(MSP_COX_EFRON);
    msp_follow_up data = {.n = s.n, .time = s.time, .event = s.event};
    msp_order order;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    s.x[0][4] = NAN;
    msp_cox_column column = {.name = "age", .value = s.x[0]};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_SAS);
    assert_int_equal(options.ties, MSP_COX_BRESLOW);
    msp_cox c;
    msp_error err;
    assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &c, &err), MSP_ERANGE);
    assert_int_equal(err.row, 4);
    assert_string_equal(err.text, "age is nan; expected a number between -1e100 and 1e100");
    s.x[0][4] = -1e200;
    column.name = NULL;
    assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &c, &err), MSP_ERANGE);
    assert_string_equal(err.text,
                        "covariate 1 is -1e+200; expected a number between -1e100 and 1e100");
    assert_null(c.block);
    s.x[0][4] = 0;
    const uint32_t stratum[] = {0, 0, 1, 0, 0, 0};
    assert_int_equal(msp_cox_fit(&order, &column, 1, stratum, 1, &options, &c, &err), MSP_ERANGE);
    options.level = 95;
    assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &c, &err), MSP_ERANGE);
    options.level = 0.95;
    options.max_iterations = 0;
    assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &c, &err), MSP_ERANGE);
    msp_order_free(&order);
    assert_string_equal(msp_cox_ties_name(MSP_COX_DISCRETE), "discrete");
}

/* A thousand tied events among twice as many: C(2000, 1000) is far beyond a double. */
static void many_tied_events(void **state)
{
    (void)state;
    enum { N = 2000 };
    static double time[N], x[N];
    static uint8_t event[N];
    for (size_t i = 0; i < N; i++) {
        event[i] = i % 2 == 0;
        x[i] = i % 3 == 0;
        time[i] = 5;
    }
    msp_follow_up data = {.n = N, .time = time, .event = event};
    msp_cox_column column = {.value = x};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.ties = MSP_COX_DISCRETE;
    msp_order order;
    msp_cox c;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &c, NULL), MSP_OK);
    /* the 2 x 2 table's hypergeometric likelihood: log of 2000 over 1000 at b = 0 */
    assert_near(c.loglik_null, -(lgamma(2001) - 2 * lgamma(1001)), 1e-12);
    assert_int_equal(c.state, MSP_COX_CONVERGED);
    /* x and event are as good as independent: 334 of 1000 against 333 of 1000 */
    assert_true(fabs(c.coefficients[0].z) < 0.1);
    msp_cox_free(&c);
    msp_order_free(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breslow_by_hand),
        cmocka_unit_test(efron_by_hand),
        cmocka_unit_test(discrete_by_hand),
        cmocka_unit_test(fits_maximise_the_definition),
        cmocka_unit_test(splitting_follow_up_changes_nothing),
        cmocka_unit_test(row_order_and_units_change_nothing),
        cmocka_unit_test(indicator_columns_and_the_score_test),
        cmocka_unit_test(arm_without_events_has_ratio_zero),
        cmocka_unit_test(reference_level_without_events),
        cmocka_unit_test(ordered_covariate),
        cmocka_unit_test(dependent_columns_are_aliased),
        cmocka_unit_test(nothing_to_fit_says_so),
        cmocka_unit_test(long_first_steps_are_halved),
        cmocka_unit_test(bad_input_is_named),
        cmocka_unit_test(many_tied_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
