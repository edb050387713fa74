/* Networks of curves with random effects: metafor's rma.mv on the same arms (curve_random.R, which
 * prints these numbers), and networks that say little. */
#include <string.h>

#include "near.h"

#include "mspike/evidence.h"

enum { ARM = 150, ARMS = 15, ROWS = ARM * ARMS };

static const struct {
    size_t study, treat;
    double early, late; /* log hazards up to 6 and after it */
} arms[ARMS] = {
    {0, 0, -2.5, -2.9}, {0, 1, -3.7, -2.4}, {1, 0, -2.2, -2.6}, {1, 1, -2.1, -3.9},
    {2, 0, -2.8, -2.8}, {2, 1, -3.2, -3.3}, {2, 2, -4.2, -2.6}, {3, 0, -2.4, -2.7},
    {3, 2, -2.9, -3.9}, {4, 1, -2.6, -2.9}, {4, 2, -3.5, -2.2}, {5, 0, -2.5, -2.5},
    {5, 1, -3.7, -3.4}, {6, 0, -2.3, -2.4}, {6, 2, -2.2, -3.6},
};

typedef struct sample {
    double time[ROWS];
    uint8_t event[ROWS];
    size_t study[ROWS], treat[ROWS];
    msp_ipd ipd;
} sample;

static void fill(sample *s)
{
    for (size_t row = 0; row < ROWS; row++) {
        const size_t a = row / ARM;
        const double hazard = -log(1 - ((double)(row % ARM) + 0.5) / ARM);
        const double early = exp(arms[a].early), late = exp(arms[a].late);
        const double t = hazard < 6 * early ? hazard / early : 6 + (hazard - 6 * early) / late;
        s->time[row] = fmin(t, 24);
        s->event[row] = t < 24;
        s->study[row] = arms[a].study;
        s->treat[row] = arms[a].treat;
    }
    s->ipd = (msp_ipd){ROWS, 7, 3, s->time, s->event, s->study, s->treat};
}

static const msp_curve_model pieces = {.kind = MSP_CURVE_PIECEWISE, .n_terms = 3, .cut = {6, 12}};
static const msp_curve_model weibull = {.kind = MSP_CURVE_POLYNOMIAL, .n_terms = 2, .power = {0}};

/* metafor stops within 1e-5 of its summit where S has correlations, ours at it: `near` is theirs.
 */
static void as_metafor(void **state)
{
    (void)state;
    static const struct {
        const msp_curve_model *model;
        msp_tau_method method;
        msp_curve_vary vary;
        double near, s[3], d[6], se[6]; /* S: its diagonal; d, se: B by term, C by term */
    } cases[] = {
        {&pieces,
         MSP_TAU_REML,
         MSP_CURVE_VARY_TERMS,
         2e-7,
         {0.454391140273, 0.508279641969, 0.547538552766},
         {-0.427648753995, -0.757188854622, -0.751237478966, -0.798468541579, -0.493547484652,
          -0.533266346978},
         {0.328364445963, 0.356225452152, 0.361816529814, 0.366382506120, 0.394485130573,
          0.401713185058}},
        {&pieces,
         MSP_TAU_REML,
         MSP_CURVE_VARY_ALL,
         2e-5,
         {0.461481237527, 0.553663673990, 0.580706320700},
         {-0.425899055329, -0.775104801846, -0.764365491236, -0.807233452980, -0.529114673522,
          -0.550095822473},
         {0.330404718735, 0.367883997889, 0.370896761533, 0.367755267458, 0.407482788569,
          0.411670732992}},
        {&pieces,
         MSP_TAU_ML,
         MSP_CURVE_VARY_LEVEL,
         2e-7,
         {0.0291065476831, 0.0291065476831, 0.0291065476831},
         {-0.292280316626, -0.617842274355, -0.645015877797, -0.468464602342, -0.279465579375,
          -0.356178405941},
         {0.128353207885, 0.151706456102, 0.140351800543, 0.142035275762, 0.166784594326,
          0.156241848546}},
        {&weibull,
         MSP_TAU_REML,
         MSP_CURVE_VARY_TERMS,
         2e-6,
         {0.629427716571, 0.186553229875},
         {-0.6697509836197, -0.0648557165316, -0.3180588145428, 0.1693825143719},
         {0.379844800537, 0.207580775015, 0.421430034433, 0.230527579582}},
        {&weibull,
         MSP_TAU_ML,
         MSP_CURVE_VARY_ALL,
         2e-4,
         {0.261235942868, 0.077614551807},
         {-0.6861525423572, -0.0904151209321, -0.3340128124452, 0.1434370715605},
         {0.255921800240, 0.140079907090, 0.283453646121, 0.154623548783}},
        {&weibull,
         MSP_TAU_REML,
         MSP_CURVE_VARY_LEVEL,
         2e-6,
         {0.112466976278, 0},
         {-0.6985626914701, -0.1261902373378, -0.3892062989235, 0.0181202170142},
         {0.1843314719490, 0.0552054423967, 0.2043942463733, 0.0602583969226}},
    };
    sample s;
    fill(&s);
    for (size_t k = 0; k < MSP_COUNT(cases); k++) {
        const size_t n = cases[k].model->n_terms;
        msp_curve_random r;
        assert_int_equal(
            msp_curve_random_fit(&s.ipd, cases[k].model, cases[k].vary, cases[k].method, &r, NULL),
            MSP_OK);
        assert_null(r.note);
        for (size_t j = 0; j < n; j++)
            assert_near(r.between[j * n + j], cases[k].s[j], 10 * cases[k].near);
        for (size_t j = 0; j < 2 * n; j++) {
            const size_t column = r.fit.n_study * n + n + j;
            assert_near(r.fit.beta[column], cases[k].d[j], cases[k].near);
            assert_near(sqrt(r.fit.cov[column * r.fit.p + column]), cases[k].se[j], cases[k].near);
        }
        msp_curve_random_free(&r);
    }
}

/* Intervals say nothing of each other, so that each term by moments is the network of that interval
 * by DerSimonian and Laird: the contrasts log(events / time) through network.h. */
static void by_moments(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    double y[ARMS], v[ARMS];
    for (size_t a = 0; a < ARMS; a++) {
        double events = 0, at_risk = 0;
        for (size_t row = a * ARM; row < (a + 1) * ARM; row++) {
            at_risk += fmax(0, fmin(s.time[row], 12) - 6);
            events += s.event[row] && s.time[row] > 6 && s.time[row] <= 12;
        }
        y[a] = log(events / at_risk);
        v[a] = 1 / events;
    }
    msp_network_contrast contrast[ARMS];
    size_t n = 0;
    for (size_t a = 0; a < ARMS; a++)
        for (size_t b = a + 1; b < ARMS && arms[b].study == arms[a].study; b++)
            contrast[n++] = (msp_network_contrast){arms[b].treat, arms[a].treat, arms[a].study,
                                                   y[b] - y[a], sqrt(v[a] + v[b])};
    msp_network network;
    msp_pool_fit pool;
    msp_curve_random r;
    assert_int_equal(msp_network_build(contrast, n, 3, 7, &network, NULL), MSP_OK);
    assert_int_equal(msp_pool_fit_init(&network.model, &pool, NULL), MSP_OK);
    msp_pool_estimate(&network.model, MSP_TAU_DL, &pool);
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &pieces, MSP_CURVE_VARY_TERMS, MSP_TAU_DL, &r, NULL), MSP_OK);
    assert_near(r.between[4], pool.tau2, 1e-10);
    assert_int_equal(r.q_term[1].df, pool.df);
    const msp_network_estimate want = msp_network_effect(&network, &pool, 2, 1);
    const msp_network_estimate got = msp_curve_log_hazard_ratio(&r.fit, 2, 1, 9);
    assert_near(got.te, want.te, 1e-10);
    assert_near(got.se, want.se, 1e-10);
    const msp_network_limits new_trial = msp_network_predict(&network, &pool, 2, 1, 0.95);
    const msp_network_limits predicted = msp_curve_random_predict(&r, 2, 1, 9, 0.95);
    assert_near(predicted.lower, new_trial.lower, 1e-10);
    assert_near(predicted.upper, new_trial.upper, 1e-10);
    /* the Q of the common effect is the sum of those of the intervals */
    assert_near(r.q.q, r.q_term[0].q + r.q_term[1].q + r.q_term[2].q, 1e-10);
    msp_curve_random_free(&r);
    msp_pool_fit_free(&pool);
    msp_network_free(&network);
}

/* One trial a comparison: nothing can be said of what differs, and the common effect is that of the
 * likelihood, since every arm has a curve of its own there too. */
static void no_degrees(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    s.ipd.n = 2 * ARM; /* the first trial alone, and */
    s.ipd.n_study = 1;
    s.ipd.n_treat = 2;
    for (int trials = 1; trials <= 2; trials++) {
        msp_curve_random r;
        msp_curve_fit common;
        assert_int_equal(
            msp_curve_random_fit(&s.ipd, &pieces, MSP_CURVE_VARY_TERMS, MSP_TAU_REML, &r, NULL),
            MSP_OK);
        assert_int_equal(msp_curve_network(&s.ipd, &pieces, &common, NULL), MSP_OK);
        assert_non_null(strstr(r.note, "no degrees of freedom"));
        assert_int_equal(r.q.df, 0);
        assert_true(r.between[0] == 0 && isnan(r.q.p));
        assert_true(isnan(msp_curve_random_predict(&r, 1, 0, 9, 0.95).lower));
        for (size_t t = 1; t < s.ipd.n_treat; t++) {
            const msp_network_estimate a = msp_curve_log_hazard_ratio(&r.fit, t, 0, 9);
            const msp_network_estimate b = msp_curve_log_hazard_ratio(&common, t, 0, 9);
            assert_near(a.te, b.te, 1e-9);
            assert_near(a.se, b.se, 1e-9);
        }
        const msp_curve_survival x = msp_curve_survival_at(&r.fit, 0, 1, 15, 0.95);
        assert_near(x.estimate, msp_curve_survival_at(&common, 0, 1, 15, 0.95).estimate, 1e-9);
        msp_curve_random_free(&r);
        msp_curve_fit_free(&common);
        /* a second one, of three arms: still a tree without loops of designs */
        for (size_t row = 0; row < 3 * ARM; row++) {
            const size_t from = row + 4 * ARM;
            s.time[row] = s.time[from];
            s.event[row] = s.event[from];
            s.study[row] = 0;
            s.treat[row] = s.treat[from];
        }
        s.ipd.n = 3 * ARM;
        s.ipd.n_treat = 3;
    }
}

/* Trials of A and B end at 6, one of B and C goes on: after it nothing links A with the others. The
 * likelihood and the two stages both say so, and still compare B with C. */
static void unlinked_later(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    size_t n = 0;
    for (size_t row = 0; row < ROWS; row++) {
        const size_t study = s.study[row];
        if (study != 0 && study != 4)
            continue;
        const double end = study == 0 ? 6 : 24;
        s.event[n] = s.event[row] && s.time[row] <= end;
        s.time[n] = fmin(s.time[row], end);
        s.study[n] = study == 4;
        s.treat[n++] = s.treat[row];
    }
    s.ipd.n = n;
    s.ipd.n_study = 2;
    msp_curve_random r;
    msp_curve_fit common;
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &pieces, MSP_CURVE_VARY_TERMS, MSP_TAU_DL, &r, NULL), MSP_OK);
    assert_int_equal(msp_curve_network(&s.ipd, &pieces, &common, NULL), MSP_OK);
    const msp_curve_fit *fits[] = {&r.fit, &common};
    for (size_t k = 0; k < MSP_COUNT(fits); k++) {
        assert_true(isfinite(msp_curve_log_hazard_ratio(fits[k], 2, 0, 3).te));
        assert_true(isnan(msp_curve_log_hazard_ratio(fits[k], 1, 0, 15).te));
        assert_true(isnan(msp_curve_log_hazard_ratio(fits[k], 2, 0, 15).te));
        assert_true(isfinite(msp_curve_log_hazard_ratio(fits[k], 2, 1, 15).te));
        assert_true(isnan(msp_curve_survival_at(fits[k], 1, 0, 15, 0.95).estimate));
        assert_true(isnan(msp_curve_survival_at(fits[k], 0, 1, 15, 0.95).estimate));
        assert_true(isfinite(msp_curve_survival_at(fits[k], 1, 2, 15, 0.95).estimate));
    }
    msp_curve_random_free(&r);
    msp_curve_fit_free(&common);
}

/* An arm without events in an interval: the likelihood of a common effect has no maximum, the two
 * stages leave that arm out there and count it; other trials still speak. */
static void silent_interval(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    for (size_t row = 0; row < ROWS; row++)
        if (s.study[row] == 0 && s.treat[row] == 1 && s.time[row] > 12)
            s.event[row] = 0;
    msp_curve_random r, whole;
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &pieces, MSP_CURVE_VARY_TERMS, MSP_TAU_DL, &r, NULL), MSP_OK);
    fill(&s);
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &pieces, MSP_CURVE_VARY_TERMS, MSP_TAU_DL, &whole, NULL),
        MSP_OK);
    assert_int_equal(r.n_silent, 1);
    assert_int_equal(whole.n_silent, 0);
    assert_int_equal(r.q_term[2].df + 1, whole.q_term[2].df);
    assert_near(msp_curve_log_hazard_ratio(&r.fit, 1, 0, 9).te,
                msp_curve_log_hazard_ratio(&whole.fit, 1, 0, 9).te, 1e-12);
    msp_curve_random_free(&r);
    msp_curve_random_free(&whole);
    /* a polynomial wants events in as many cells as it has terms */
    for (size_t row = 0; row < ARM; row++)
        s.event[row] = row == 3;
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &weibull, MSP_CURVE_VARY_ALL, MSP_TAU_REML, &r, NULL), MSP_OK);
    assert_int_equal(r.n_arm_out, 1);
    assert_true(isfinite(msp_curve_log_hazard_ratio(&r.fit, 2, 0, 9).se));
    msp_curve_random_free(&r);
}

static void faults(void **state)
{
    (void)state;
    sample s;
    fill(&s);
    msp_curve_random r;
    msp_curve_model proportional = pieces;
    proportional.proportional = true;
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &proportional, MSP_CURVE_VARY_TERMS, MSP_TAU_DL, &r, NULL),
        MSP_EUNSUPPORTED);
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &pieces, MSP_CURVE_VARY_ALL, MSP_TAU_DL, &r, NULL),
        MSP_EUNSUPPORTED);
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &pieces, MSP_CURVE_VARY_TERMS, MSP_TAU_PM, &r, NULL),
        MSP_EUNSUPPORTED);
    s.time[5] = -1;
    assert_int_equal(
        msp_curve_random_fit(&s.ipd, &pieces, MSP_CURVE_VARY_TERMS, MSP_TAU_DL, &r, NULL),
        MSP_ERANGE);
    msp_curve_random_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_metafor),      cmocka_unit_test(by_moments),
        cmocka_unit_test(no_degrees),      cmocka_unit_test(unlinked_later),
        cmocka_unit_test(silent_interval), cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
