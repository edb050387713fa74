/*
 * examples/scores.csv: 48 invented patients in two arms, four visits, some of them missing.
 *
 * The numbers are those of the formulas taken literally in R 4.2.2, with matrices of all 165 rows.
 * They agree with nlme 3.1-162 (gls, REML) in likelihood and coefficients of unstructured, compound
 * symmetry and AR(1); with pbkrtest 0.5.2 (vcovAdj, Lb_ddf: 5.0616289589540, 117.2439098204555) and
 * lmerTest 3.1-3 (contest: 5.0564940620, 117.1074999411) for compound symmetry.
 *
 *   fm <- change ~ v * arm + v * baseline
 *   gls(fm, d, correlation = corSymm(form = ~ visit | patient), weights = varIdent(form = ~ 1 |
 * visit)) m <- lmer(change ~ v * arm + v * baseline + (1 | patient), d); vcovAdj(m); Lb_ddf(l,
 * vcov(m), vcovAdj(m))
 */
#include "near.h"

#include <string.h>

#include "mspike/stats/mmrm.h"

enum { ROWS = 165, VISITS = 4 };

typedef struct trial {
    double change[ROWS], baseline[ROWS];
    uint32_t patient[ROWS], arm[ROWS], visit[ROWS];
    msp_mmrm_design design;
} trial;

static trial load(void)
{
    static trial t;
    char line[256], arm[8];
    FILE *file = fopen(project_file("examples/scores.csv"), "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    for (int i = 0; i < ROWS; i++) {
        assert_non_null(fgets(line, sizeof line, file));
        assert_int_equal(sscanf(line, "%u,%7[^,],%u,%lf,%lf", &t.patient[i], arm, &t.visit[i],
                                &t.baseline[i], &t.change[i]),
                         5);
        t.visit[i]--;
        t.arm[i] = strcmp(arm, "Rd") == 0;
    }
    fclose(file);
    assert_int_equal(
        msp_mmrm_design_init(&t.design, ROWS, t.visit, VISITS, t.arm, 2, t.baseline, NULL, 0, NULL),
        MSP_OK);
    assert_int_equal(t.design.p, 12);
    return t;
}

static msp_mmrm_data data_of(const trial *t)
{
    return (msp_mmrm_data){ROWS, t->change, t->design.x, t->design.p, t->patient, t->visit, VISITS};
}

static msp_mmrm fit(const msp_mmrm_data *data, msp_mmrm_structure structure)
{
    msp_mmrm out;
    msp_error err;
    if (msp_mmrm_fit(data, structure, &out, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return out;
}

static msp_mmrm_contrast estimate(const msp_mmrm *m, const double *l, msp_mmrm_df df)
{
    const msp_confidence confidence = {0.95, MSP_TWO_SIDED};
    msp_mmrm_contrast out;
    assert_int_equal(msp_mmrm_estimate(m, l, df, &confidence, &out, NULL), MSP_OK);
    return out;
}

/* estimate, standard error and df (Satterthwaite), standard error and df (Kenward-Roger) */
static void check_contrast(const msp_mmrm *m, const double *l, const double want[5])
{
    const msp_mmrm_contrast s = estimate(m, l, MSP_MMRM_SATTERTHWAITE);
    const msp_mmrm_contrast k = estimate(m, l, MSP_MMRM_KENWARD_ROGER);
    assert_near(s.value.estimate, want[0], 1e-8);
    assert_near(s.std_error, want[1], 1e-9);
    assert_near(s.df, want[2], 1e-8);
    assert_near(k.std_error, want[3], 1e-9);
    assert_near(k.df, want[4], 1e-8);
    assert_near(s.t, s.value.estimate / s.std_error, 1e-15);
    assert_near(s.p.p, msp_dist_t_two_sided(s.t, s.df).p, 1e-14);
    assert_near(s.value.upper - s.value.lower, 2 * msp_dist_t_limit(0.95, s.df) * s.std_error,
                1e-13);
}

static void structures_as_in_r(void **state)
{
    (void)state;
    static const struct {
        double loglik, parameters[10], difference[5], mean[5];
    } want[] = {
        [MSP_MMRM_UNSTRUCTURED] = {-642.5169494615441,
                                   {208.41528006500297, 110.79305324036872, 162.92014738348286,
                                    109.44947281051981, 131.47876257471256, 332.40751047561264,
                                    87.91209367987086, 88.06996259410700, 205.50397979509441,
                                    300.86603449729347},
                                   {2.430952325991394, 5.577215194978577, 35.371868428097528,
                                    5.656695214781935, 37.529462102700876},
                                   {1.818571015801055, 3.838123596438665, 40.839997018995128,
                                    3.850503983760509, 40.863604608589917}},
        [MSP_MMRM_COMPOUND_SYMMETRY] = {-650.0759579155299,
                                        {248.4926561562716, 122.1832467588920},
                                        {2.274464275527580, 5.056494039812478, 117.107503886910393,
                                         5.061628936967726, 117.243911480385620},
                                        {1.965303078511727, 3.318873769759747, 101.411504851439162,
                                         3.320035934975678, 101.581372831932782}},
        [MSP_MMRM_AR1] = {-646.9301500123108,
                          {249.4106648534002204, 0.6000769825948894},
                          {2.498617412651840, 5.123132890381267, 113.817565268636542,
                           5.135628919349042, 114.586243687921836},
                          {1.995673261571834, 3.320315975015403, 103.025133427710287,
                           3.322541599746308, 103.914226939701010}},
        [MSP_MMRM_TOEPLITZ] = {-646.4008067574478,
                               {248.91794832796643, 148.61688657973716, 105.31827847435605,
                                83.70651680954505},
                               {2.418273504456313, 5.097239800318469, 111.225638729050473,
                                5.141377834824281, 111.731506002149303},
                               {1.974595831476258, 3.316483744524347, 99.156147249328527,
                                3.320298257322853, 99.637724601292916}},
    };
    const trial t = load();
    const msp_mmrm_data data = data_of(&t);
    double mean[12], other[12], difference[12];
    msp_mmrm_design_mean(&t.design, 0, 2, mean);
    msp_mmrm_design_mean(&t.design, 0, 3, difference);
    msp_mmrm_design_mean(&t.design, 1, 3, other);
    for (int k = 0; k < 12; k++)
        difference[k] -= other[k];
    for (msp_mmrm_structure s = MSP_MMRM_UNSTRUCTURED; s <= MSP_MMRM_TOEPLITZ; s++) {
        msp_mmrm m = fit(&data, s);
        assert_int_equal(m.state, MSP_MMRM_CONVERGED);
        assert_int_equal(m.n_subjects, 48);
        assert_int_equal(m.alias.rank, 12);
        assert_near(m.loglik, want[s].loglik, 1e-13);
        for (size_t k = 0; k < m.n_parameters; k++)
            assert_near(m.parameters[k], want[s].parameters[k], 1e-8);
        assert_near(m.beta[0], 25.19455639789, 1e-11);
        check_contrast(&m, difference, want[s].difference);
        check_contrast(&m, mean, want[s].mean);
        msp_mmrm_free(&m);
        msp_mmrm_free(&m);
    }
    msp_mmrm_design design = t.design;
    msp_mmrm_design_free(&design);
}

/* Rows in another order, patients under other codes, a column twice: the same answer. */
static void order_and_names_do_not_matter(void **state)
{
    (void)state;
    trial t = load();
    const msp_mmrm_data data = data_of(&t);
    msp_mmrm a = fit(&data, MSP_MMRM_UNSTRUCTURED);
    static double x[ROWS * 13], y[ROWS];
    static uint32_t patient[ROWS], visit[ROWS];
    for (int i = 0; i < ROWS; i++) {
        const int from = i * 7 % ROWS;
        y[i] = t.change[from];
        patient[i] = 1000 - t.patient[from];
        visit[i] = t.visit[from];
        memcpy(x + i * 13, t.design.x + from * 12, 12 * sizeof *x);
        x[i * 13 + 12] = 3 * x[i * 13 + 1] - x[i * 13];
    }
    const msp_mmrm_data turned = {ROWS, y, x, 13, patient, visit, VISITS};
    msp_mmrm b = fit(&turned, MSP_MMRM_UNSTRUCTURED);
    assert_near(b.loglik, a.loglik, 1e-13);
    assert_true(b.alias.aliased[12] && !b.alias.aliased[11]);
    for (int k = 0; k < 12; k++)
        assert_near(b.beta[k], a.beta[k], 1e-9);
    double l[13] = {[12] = 1};
    const msp_mmrm_contrast c = estimate(&b, l, MSP_MMRM_SATTERTHWAITE);
    assert_string_equal(c.value.note, "the data do not determine it");
    assert_near(c.p.p, NAN, 0);
    l[1] = 1; /* of b1 + 3 b12 the data see b1, whatever is called b12 */
    l[12] = 3;
    assert_near(estimate(&b, l, MSP_MMRM_SATTERTHWAITE).value.estimate, b.beta[1], 1e-12);
    l[12] = 0; /* and b1 alone is not determined, though its column is used */
    assert_non_null(estimate(&b, l, MSP_MMRM_SATTERTHWAITE).value.note);
    l[1] = 0;
    l[12] = 0;
    assert_string_equal(estimate(&b, l, MSP_MMRM_KENWARD_ROGER).value.note,
                        "the contrast has no weights");
    msp_mmrm_free(&a);
    msp_mmrm_free(&b);
    msp_mmrm_design_free(&t.design);
}

/* One visit is ordinary least squares: two groups give the pooled t test. 1, 2, 3 v 4, 6, 8, 10:
 * means 2 and 7, variance (2 + 20) / 5, standard error sqrt(4.4 (1/3 + 1/4)), 5 degrees of freedom.
 */
static void one_visit_is_a_t_test(void **state)
{
    (void)state;
    const double y[] = {1, 2, 3, 4, 6, 8, 10};
    const double x[] = {1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    const uint32_t patient[] = {1, 2, 3, 4, 5, 6, 7}, visit[7] = {0};
    const msp_mmrm_data data = {7, y, x, 2, patient, visit, 1};
    const double l[] = {0, 1};
    for (msp_mmrm_structure s = MSP_MMRM_UNSTRUCTURED; s <= MSP_MMRM_TOEPLITZ; s++) {
        msp_mmrm m = fit(&data, s);
        assert_near(m.parameters[0], 4.4, 1e-12);
        for (msp_mmrm_df df = MSP_MMRM_SATTERTHWAITE; df <= MSP_MMRM_KENWARD_ROGER; df++) {
            const msp_mmrm_contrast c = estimate(&m, l, df);
            assert_near(c.value.estimate, 5, 1e-12);
            assert_near(c.std_error, sqrt(4.4 * 7 / 12), 1e-12);
            assert_near(c.df, 5, 1e-9);
        }
        msp_mmrm_free(&m);
    }
}

/* Kenward and Roger's F of the difference at all visits is Hotelling's T^2 then: with p = 2 visits
 * and n = 8 patients (n - p - 1) / (p (n - 2)) T^2 on p and n - p - 1 degrees of freedom. */
static void test_of_both_visits(const msp_mmrm *m, const msp_mmrm_design *design,
                                const double score[8][2])
{
    double l[2 * 4], other[4], d[2] = {0}, s[2][2] = {{0}}, mean[2][2] = {{0}};
    for (int i = 0; i < 8; i++)
        for (int v = 0; v < 2; v++)
            mean[i / 4][v] += score[i][v] / 4;
    for (int i = 0; i < 8; i++)
        for (int v = 0; v < 2; v++)
            for (int w = 0; w < 2; w++)
                s[v][w] += (score[i][v] - mean[i / 4][v]) * (score[i][w] - mean[i / 4][w]) / 6;
    for (int v = 0; v < 2; v++) {
        d[v] = mean[1][v] - mean[0][v];
        msp_mmrm_design_mean(design, 1, (size_t)v, l + 4 * v);
        msp_mmrm_design_mean(design, 0, (size_t)v, other);
        for (int k = 0; k < 4; k++)
            l[4 * v + k] -= other[k];
    }
    const double t2 = 2 *
                      (d[0] * d[0] * s[1][1] - 2 * d[0] * d[1] * s[0][1] + d[1] * d[1] * s[0][0]) /
                      (s[0][0] * s[1][1] - s[0][1] * s[0][1]);
    msp_mmrm_test f;
    assert_int_equal(msp_mmrm_test_of(m, l, 2, MSP_MMRM_KENWARD_ROGER, &f, NULL), MSP_OK);
    assert_near(f.f, 5. / 12 * t2, 1e-8);
    assert_near(f.df, 2, 0);
    assert_near(f.df_error, 5, 1e-7);
    assert_near(f.p.p, msp_dist_f_upper(f.f, 2, f.df_error).p, 1e-14);
    assert_int_equal(msp_mmrm_test_of(m, l, 2, MSP_MMRM_SATTERTHWAITE, &f, NULL), MSP_OK);
    assert_near(f.f, t2 / 2, 1e-8);
    /* of one row both are the t test */
    assert_int_equal(msp_mmrm_test_of(m, l, 1, MSP_MMRM_KENWARD_ROGER, &f, NULL), MSP_OK);
    const msp_mmrm_contrast c = estimate(m, l, MSP_MMRM_KENWARD_ROGER);
    assert_near(f.f, c.t * c.t, 1e-9);
    assert_near(f.df_error, c.df, 1e-8);
    memcpy(l + 4, l, 4 * sizeof *l); /* the same row twice is that row */
    assert_int_equal(msp_mmrm_test_of(m, l, 2, MSP_MMRM_KENWARD_ROGER, &f, NULL), MSP_OK);
    assert_near(f.df, 1, 0);
    assert_near(f.f, c.t * c.t, 1e-9);
}

/* Complete and balanced, unstructured: S is the pooled covariance of the groups, so a visit's
 * difference is that visit's t test. */
static void complete_data_are_t_tests(void **state)
{
    (void)state;
    enum { N = 8 };
    static const double score[N][2] = {{1, 5}, {2, 3}, {4, 4}, {3, 8},
                                       {7, 6}, {5, 9}, {9, 7}, {8, 1}};
    double y[2 * N];
    uint32_t patient[2 * N], visit[2 * N], arm[2 * N];
    for (uint32_t i = 0; i < 2 * N; i++) {
        patient[i] = i / 2;
        visit[i] = i % 2;
        arm[i] = i / 2 >= N / 2;
        y[i] = score[i / 2][i % 2];
    }
    msp_mmrm_design design;
    assert_int_equal(msp_mmrm_design_init(&design, 2 * N, visit, 2, arm, 2, NULL, NULL, 0, NULL),
                     MSP_OK);
    const msp_mmrm_data data = {2 * N, y, design.x, design.p, patient, visit, 2};
    msp_mmrm m = fit(&data, MSP_MMRM_UNSTRUCTURED);
    for (size_t v = 0; v < 2; v++) {
        double l[4], other[4], mean[2] = {0}, squares = 0;
        msp_mmrm_design_mean(&design, 1, v, l);
        msp_mmrm_design_mean(&design, 0, v, other);
        for (int k = 0; k < 4; k++)
            l[k] -= other[k];
        for (int i = 0; i < N; i++)
            mean[i >= N / 2] += score[i][v] / (N / 2.);
        for (int i = 0; i < N; i++)
            squares += pow(score[i][v] - mean[i >= N / 2], 2);
        const msp_mmrm_contrast c = estimate(&m, l, MSP_MMRM_KENWARD_ROGER);
        assert_near(c.value.estimate, mean[1] - mean[0], 1e-12);
        assert_near(c.std_error, sqrt(squares / (N - 2) * 4 / N), 1e-9);
        assert_near(c.df, N - 2, 1e-8);
    }
    test_of_both_visits(&m, &design, score);
    msp_mmrm_free(&m);
    msp_mmrm_design_free(&design);
}

static void what_cannot_be_fitted_says_why(void **state)
{
    (void)state;
    const double y[] = {1, 2, 4, 8}, same[] = {3, 3, 3, 3}, x[] = {1, 1, 1, 1};
    const double full[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    const uint32_t patient[] = {1, 1, 2, 3}, visit[] = {0, 1, 0, 0}, apart[] = {1, 2, 3, 4};
    const uint32_t twice[] = {0, 0, 0, 0}, late[] = {0, 1, 0, 2};
    msp_mmrm_data data = {4, same, x, 1, patient, visit, 2};
    msp_mmrm m = fit(&data, MSP_MMRM_COMPOUND_SYMMETRY);
    assert_int_equal(m.state, MSP_MMRM_NOT_ESTIMABLE);
    assert_string_equal(m.note, "the fixed effects explain every value: there is no variance left");
    const double one = 1;
    assert_string_equal(estimate(&m, &one, MSP_MMRM_SATTERTHWAITE).value.note, m.note);
    msp_mmrm_free(&m);
    data = (msp_mmrm_data){4, y, full, 4, patient, visit, 2};
    m = fit(&data, MSP_MMRM_COMPOUND_SYMMETRY);
    assert_string_equal(m.note, "there are no more rows than coefficients");
    msp_mmrm_free(&m);
    data = (msp_mmrm_data){4, y, x, 1, apart, visit, 2}; /* no one has both visits */
    m = fit(&data, MSP_MMRM_UNSTRUCTURED);
    assert_string_equal(m.note, "the data do not determine the covariance of these visits");
    msp_mmrm_free(&m);
    msp_error err;
    data = (msp_mmrm_data){4, y, x, 1, patient, twice, 2};
    assert_int_equal(msp_mmrm_fit(&data, MSP_MMRM_AR1, &m, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    data = (msp_mmrm_data){4, y, x, 1, patient, late, 2};
    assert_int_equal(msp_mmrm_fit(&data, MSP_MMRM_AR1, &m, &err), MSP_ERANGE);
    assert_int_equal(err.row, 3);
    data.n = 0;
    assert_int_equal(msp_mmrm_fit(&data, MSP_MMRM_AR1, &m, &err), MSP_ENODATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structures_as_in_r),
        cmocka_unit_test(order_and_names_do_not_matter),
        cmocka_unit_test(one_visit_is_a_t_test),
        cmocka_unit_test(complete_data_are_t_tests),
        cmocka_unit_test(what_cannot_be_fitted_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
