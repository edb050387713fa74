/* test_parametric - accelerated failure time models against R 4.2, survival 3.5: survreg. */
#include <math.h>
#include <string.h>

#include "drawn_visits.h"
#include "mspike/stats/parametric.h"
#include "mspike/table.h"
#include "near.h"
#include "stats/lifetime.h"

typedef struct expected {
    double coefficient[4], std_error[4], log_scale_error, scale, null_loglik, loglik;
} expected;

static void compare(const msp_parametric *m, const expected *e)
{
    assert_null(m->note);
    for (size_t k = 0; k <= m->n_columns; k++) {
        assert_near(m->coefficients[k].estimate, e->coefficient[k], 2e-8);
        assert_near(m->coefficients[k].std_error, e->std_error[k], 2e-8);
    }
    assert_near(m->scale, e->scale, 2e-8);
    if (m->lifetime != MSP_EXPONENTIAL)
        assert_near(m->log_scale.std_error, e->log_scale_error, 2e-8);
    assert_near(m->null_loglik, e->null_loglik, 1e-10);
    assert_near(m->loglik, e->loglik, 1e-10);
}

/* survreg(Surv(l, h, type = "interval2") ~ x), rel.tolerance 1e-14 */
static void between_visits(void **state)
{
    (void)state;
    static const expected want[] = {
        {{2.4123126891993047, -0.1863652874830166},
         {0.1966159116302990, 0.2756288852379151},
         0,
         1,
         -126.7780820023827,
         -126.5495552183156},
        {{2.4322971536333253, -0.1416938050120341},
         {0.1070590250380143, 0.1500310141866255},
         0.1252506432958444,
         0.5411037226532877,
         -117.5033929437324218,
         -117.0578723632525993},
        {{2.1878022601010394, -0.2396764376251685},
         {0.1493705349203848, 0.2109081968834687},
         0.1075536208543788,
         0.793586574799492,
         -125.097785546956217,
         -124.460212030662376},
        {{2.2441386721844414, -0.2096947714100013},
         {0.1295758180247184, 0.1864806653523966},
         0.1246397752640087,
         0.4174046645813739,
         -121.9997612880299016,
         -121.3744222902770815},
    };
    double lower[60], upper[60], x[60];
    for (int i = 0; i < 60; i++) {
        lower[i] = drawn[i][0];
        upper[i] = drawn[i][1];
        x[i] = drawn[i][2];
    }
    const msp_cox_column column = {.name = "x", .value = x};
    const msp_parametric_data data = {
        .lower = lower, .upper = upper, .columns = &column, .n = 60, .n_columns = 1};
    for (int i = 0; i < 4; i++) {
        msp_parametric m;
        msp_error err = {0};
        assert_int_equal(msp_parametric_fit(&data, (msp_lifetime)i, &m, &err), MSP_OK);
        compare(&m, &want[i]);
        assert_near(m.likelihood_ratio.statistic, 2 * (want[i].loglik - want[i].null_loglik), 1e-7);
        const double one[] = {1}, t = msp_parametric_quantile(&m, one, 0.3);
        assert_near(msp_parametric_survival(&m, one, t), 0.7, 1e-12);
        msp_parametric_free(&m);
    }
}

/* survreg(Surv(time, status == 2) ~ age + sex + ph.ecog, lung) */
static void lung(void **state)
{
    (void)state;
    require_shared("data/survival/lung.csv");
    static const expected want[] = {
        {{6.37342319824177217, -0.01021736059394216, 0.50906139978387810, -0.40501698997599217},
         {0.620755101308037682, 0.009176894782060425, 0.167161189276386513, 0.112697455095552443},
         0,
         1,
         -1156.123264465751,
         -1143.563151313182},
        {{6.273435251998686013, -0.007475439408409232, 0.401090541173619586, -0.339638098297284530},
         {0.453577710802132383, 0.006763507667407406, 0.123732566512718786, 0.083478415028547664},
         0.061346455259970442,
         0.7311089921365934,
         -1147.4280568732961,
         -1132.43874588231938},
        {{6.49478672723393213, -0.01918186810186401, 0.52195287894660258, -0.35556667050254848},
         {0.582756275926362921, 0.008327857459947007, 0.152775382394597148, 0.103308252981180890},
         0.055960624528506857,
         1.028634581463329,
         -1163.175984416881647,
         -1146.881831086029706},
        {{5.93668692061994729, -0.00807991943042864, 0.48662357089616731, -0.40461551157362413},
         {0.512072660149584302, 0.007477907057516324, 0.134894147833704486, 0.093013719401792483},
         0.065813365377872524,
         0.536141504274017,
         -1154.549179318523102,
         -1137.489612269494955},
    };
    static const char *const names[] = {"time", "status", "age", "sex", "ph.ecog"};
    msp_table table;
    msp_error err = {0};
    if (msp_table_read(shared_file("data/survival/lung.csv"), NULL, &table, &err) != MSP_OK)
        fail_msg("%s", err.text);
    const msp_column *c[5];
    for (int k = 0; k < 5; k++) {
        c[k] = msp_table_column(&table, names[k]);
        assert_non_null(c[k]);
    }
    double lower[300], upper[300], x[3][300];
    size_t n = 0;
    for (size_t row = 0; row < table.n_rows && n < 300; row++) {
        bool whole = true;
        for (int k = 0; k < 5; k++)
            whole = whole && !isnan(c[k]->number[row]);
        if (!whole)
            continue;
        lower[n] = c[0]->number[row];
        upper[n] = c[1]->number[row] == 2 ? lower[n] : (double)INFINITY;
        for (int k = 0; k < 3; k++)
            x[k][n] = c[k + 2]->number[row];
        n++;
    }
    assert_int_equal(n, 227);
    const msp_cox_column columns[] = {{.value = x[0]}, {.value = x[1]}, {.value = x[2]}};
    const msp_parametric_data data = {
        .lower = lower, .upper = upper, .columns = columns, .n = n, .n_columns = 3};
    for (int i = 0; i < 4; i++) {
        msp_parametric m;
        assert_int_equal(msp_parametric_fit(&data, (msp_lifetime)i, &m, &err), MSP_OK);
        compare(&m, &want[i]);
        msp_parametric_free(&m);
    }
    msp_table_free(&table);
}

static void what_cannot_be_estimated(void **state)
{
    (void)state;
    const double lower[] = {3, 5, 7}, open[] = {INFINITY, INFINITY, INFINITY}, same[] = {3, 5, 7};
    const double x[] = {1, 1, 1};
    const msp_cox_column column = {.value = x};
    msp_parametric_data data = {.lower = lower, .upper = open, .n = 3};
    msp_parametric m;
    msp_error err = {0};
    assert_int_equal(msp_parametric_fit(&data, MSP_WEIBULL, &m, &err), MSP_OK);
    assert_non_null(m.note);
    assert_true(isnan(m.coefficients[0].estimate));
    msp_parametric_free(&m);
    data = (msp_parametric_data){
        .lower = lower, .upper = same, .columns = &column, .n = 3, .n_columns = 1};
    assert_int_equal(msp_parametric_fit(&data, MSP_WEIBULL, &m, &err), MSP_OK);
    assert_non_null(m.note); /* the column repeats the intercept */
    msp_parametric_free(&m);
    const double wrong[] = {3, 4, 7}, negative[] = {-1, 5, 7};
    data = (msp_parametric_data){.lower = lower, .upper = wrong, .n = 3};
    assert_int_equal(msp_parametric_fit(&data, MSP_WEIBULL, &m, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    data.lower = negative;
    assert_int_equal(msp_parametric_fit(&data, MSP_WEIBULL, &m, &err), MSP_ERANGE);
    data.n = 0;
    assert_int_equal(msp_parametric_fit(&data, MSP_WEIBULL, &m, &err), MSP_ENODATA);
}

/* An exponential model without columns is events over time, and its log-likelihood d log(d/T) - d.
 */
static void events_over_time(void **state)
{
    (void)state;
    const double lower[] = {2, 3, 5, 10}, upper[] = {2, 3, INFINITY, 10};
    const msp_parametric_data data = {.lower = lower, .upper = upper, .n = 4};
    msp_parametric m;
    msp_error err = {0};
    assert_int_equal(msp_parametric_fit(&data, MSP_EXPONENTIAL, &m, &err), MSP_OK);
    assert_near(m.coefficients[0].estimate, log(20.0 / 3), 1e-9);
    assert_near(m.coefficients[0].std_error, 1 / sqrt(3.0), 1e-8);
    assert_near(m.loglik, 3 * log(3 / 20.0) - 3, 1e-12);
    msp_parametric_free(&m);
}

/* Nobody with x = 1 has the event: the time ratio is infinite, and no Wald test tells it. */
static void an_arm_without_events_says_so(void **state)
{
    static const double lower[] = {3, 5, 8, 2, 12, 7}, x[] = {0, 0, 0, 1, 1, 1};
    const double none = INFINITY, upper[] = {3, 5, 8, none, none, none};
    const msp_cox_column column = {.value = x};
    const msp_parametric_data data = {
        .lower = lower, .upper = upper, .columns = &column, .n = 6, .n_columns = 1};
    (void)state;
    for (int lifetime = MSP_EXPONENTIAL; lifetime <= MSP_GENERALISED_GAMMA; lifetime++) {
        msp_parametric m;
        assert_int_equal(msp_parametric_fit(&data, (msp_lifetime)lifetime, &m, NULL), MSP_OK);
        assert_non_null(m.note);
        assert_non_null(strstr(m.note, "no maximum"));
        assert_true(isnan(m.coefficients[1].estimate));
        msp_parametric_free(&m);
    }
}

static void fit_veterans(msp_lifetime lifetime, msp_parametric *m)
{
    static const char *const names[] = {"age", "karno", "prior"};
    msp_table t;
    msp_cox_column columns[3];
    assert_int_equal(
        msp_table_read(shared_file("golden/data/veteran.csv"), &(msp_read_options){0}, &t, NULL),
        MSP_OK);
    for (size_t k = 0; k < 3; k++)
        columns[k] = (msp_cox_column){.value = msp_table_column(&t, names[k])->number};
    const double *time = msp_table_column(&t, "time")->number;
    const double *status = msp_table_column(&t, "status")->number;
    double *upper = malloc(t.n_rows * sizeof *upper);
    assert_non_null(upper);
    for (size_t i = 0; i < t.n_rows; i++)
        upper[i] = status[i] > 0 ? time[i] : (double)INFINITY;
    const msp_parametric_data data = {
        .lower = time, .upper = upper, .columns = columns, .n = t.n_rows, .n_columns = 3};
    assert_int_equal(msp_parametric_fit(&data, lifetime, m, NULL), MSP_OK);
    assert_null(m->note);
    free(upper);
    msp_table_free(&t);
}

/* survreg(Surv(time, status) ~ age + karno + prior, veteran, dist = ...): log sigma, the
 * log-likelihoods without and with the columns. */
static void veterans(void **state)
{
    static const double want[][3] = {{0, -751.221210575233, -726.003986475065},
                                     {0.02107471162156, -748.091213991611, -725.950856146247},
                                     {0.106826172955537, -749.473984949076, -720.884016484833},
                                     {-0.481494952580387, -750.265787977616, -719.742923628277}};
    (void)state;
    require_shared("golden/data/veteran.csv");
    for (int lifetime = MSP_EXPONENTIAL; lifetime <= MSP_LOG_LOGISTIC; lifetime++) {
        msp_parametric m;
        fit_veterans((msp_lifetime)lifetime, &m);
        assert_near(m.log_scale.estimate, want[lifetime][0], 1e-8);
        assert_near(m.null_loglik, want[lifetime][1], 1e-12);
        assert_near(m.loglik, want[lifetime][2], 1e-12);
        msp_parametric_free(&m);
    }
}

/* Prentice's W: log f by its own formula and P(W > w) by R's integrate() of that. */
static void log_gamma_variable(void **state)
{
    static const double want[][4] = {
        {-1.3, -2.5, -13.79672733528517, 0.9999999499016377},
        {-1.3, 0.7, -1.235889647025159, 0.4398321438395519},
        {-0.02, -2.5, -4.09671280659677, 0.9942585096439831},
        {-0.02, 0.7, -1.162832523691577, 0.2445641350995413},
        {0.2, -2.5, -3.585538181657231, 0.9874122355834984},
        {0.2, 0.7, -1.179116660272083, 0.2169144670342788},
        {2, -2.5, -2.193133421167876, 0.7765658524861734},
        {2, 0.7, -1.605248926129273, 0.06653762958278048},
    };
    (void)state;
    for (size_t i = 0; i < MSP_COUNT(want); i++) {
        const double q = want[i][0], w = want[i][1], h = 1e-4;
        const msp__lifetime s = msp__lifetime_at(MSP_GENERALISED_GAMMA, q, w);
        const msp__lifetime a = msp__lifetime_at(MSP_GENERALISED_GAMMA, q, w - h);
        const msp__lifetime b = msp__lifetime_at(MSP_GENERALISED_GAMMA, q, w + h);
        assert_near(s.log_f, want[i][2], fabs(q) < 0.1 ? 1e-9 : 1e-12); /* theirs cancels */
        assert_near(exp(s.log_s), want[i][3], 1e-8);
        assert_near(exp(s.log_s) + exp(s.log_p), 1, 1e-12);
        assert_near(s.r, (b.log_f - a.log_f) / (2 * h), 1e-6);
        assert_near(s.dr, (b.r - a.r) / (2 * h), 1e-6);
        for (double p = 0.05; p < 1; p += 0.3)
            assert_near(exp(msp__lifetime_at(MSP_GENERALISED_GAMMA, q,
                                             msp__lifetime_quantile(MSP_GENERALISED_GAMMA, q, p))
                                .log_p),
                        p, 1e-9);
    }
}

static void same(const msp__lifetime *a, const msp__lifetime *b, double tolerance)
{
    assert_near(a->log_f, b->log_f, tolerance);
    assert_near(a->r, b->r, tolerance);
    assert_near(a->dr, b->dr, tolerance);
    assert_near(exp(a->log_s), exp(b->log_s), tolerance);
    assert_near(exp(a->log_p), exp(b->log_p), tolerance);
}

/* Shape 0 is the normal, shape 1 least extreme values; and nothing jumps where the formulas meet.
 */
static void special_cases(void **state)
{
    (void)state;
    for (double w = -3.5; w < 3; w += 0.25) {
        const msp__lifetime zero = msp__lifetime_at(MSP_GENERALISED_GAMMA, 0, w),
                            normal = msp__lifetime_at(MSP_LOG_NORMAL, 0, w),
                            one = msp__lifetime_at(MSP_GENERALISED_GAMMA, 1, w),
                            extreme = msp__lifetime_at(MSP_WEIBULL, 0, w),
                            below = msp__lifetime_at(MSP_GENERALISED_GAMMA, 0.99999e-5, w),
                            above = msp__lifetime_at(MSP_GENERALISED_GAMMA, 1.00001e-5, w),
                            half = msp__lifetime_at(MSP_GENERALISED_GAMMA, 1 / sqrt(15 - 1e-9), w),
                            more = msp__lifetime_at(MSP_GENERALISED_GAMMA, 1 / sqrt(15 + 1e-9), w);
        same(&zero, &normal, 1e-14);
        same(&one, &extreme, 1e-12);
        same(&below, &above, 2e-8);
        same(&half, &more, 1e-9);
    }
}

/* Against optim() and numDeriv of a log-likelihood written with R's dgamma and pgamma: the drawn
 * times, mostly between visits, and R's veteran data. */
static void generalised_gamma(void **state)
{
    double lower[60], upper[60], x[60];
    (void)state;
    for (int i = 0; i < 60; i++) {
        lower[i] = drawn[i][0];
        upper[i] = drawn[i][1];
        x[i] = drawn[i][2];
    }
    const msp_cox_column column = {.name = "x", .value = x};
    const msp_parametric_data data = {
        .lower = lower, .upper = upper, .columns = &column, .n = 60, .n_columns = 1};
    msp_parametric m;
    assert_int_equal(msp_parametric_fit(&data, MSP_GENERALISED_GAMMA, &m, NULL), MSP_OK);
    assert_null(m.note);
    assert_near(m.coefficients[0].estimate, 2.6974079943499, 1e-5);
    assert_near(m.coefficients[1].estimate, -0.0420488336008, 1e-5);
    assert_near(m.log_scale.estimate, -1.5140103755639, 1e-5);
    assert_near(m.shape.estimate, 3.6765860337306, 1e-5);
    assert_near(m.coefficients[0].std_error, 0.183840888, 1e-6); /* numDeriv, r = 6, d = 0.03 */
    assert_near(m.coefficients[1].std_error, 0.099256042, 1e-6);
    assert_near(m.log_scale.std_error, 1.115528384, 1e-6);
    assert_near(m.shape.std_error, 4.278328858, 1e-6);
    assert_near(m.loglik, -114.682916641, 1e-11);
    const double one[] = {1}, t = msp_parametric_quantile(&m, one, 0.3);
    assert_near(msp_parametric_survival(&m, one, t), 0.7, 1e-12);
    msp_parametric_free(&m);
}

static void generalised_gamma_of_veterans(void **state)
{
    static const double want[4][2] = {{1.51563492145025, 0.73645068313349},
                                      {0.00776290182856, 0.00956553489431},
                                      {0.03941242481223, 0.00503335757293},
                                      {0.00421001853811, 0.02102660748316}};
    msp_parametric m;
    (void)state;
    require_shared("golden/data/veteran.csv");
    fit_veterans(MSP_GENERALISED_GAMMA, &m);
    for (size_t k = 0; k < 4; k++) {
        assert_near(m.coefficients[k].estimate, want[k][0], 1e-7);
        assert_near(m.coefficients[k].std_error, want[k][1], 1e-7);
    }
    assert_near(m.log_scale.estimate, 0.08764228952696, 1e-8);
    assert_near(m.log_scale.std_error, 0.06541560603095, 1e-8);
    assert_near(m.shape.estimate, 0.23885142231923, 1e-7);
    assert_near(m.shape.std_error, 0.21668972599845, 1e-7);
    assert_near(m.loglik, -720.276114729, 1e-11);
    msp_parametric_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(between_visits),
                                       cmocka_unit_test(lung),
                                       cmocka_unit_test(what_cannot_be_estimated),
                                       cmocka_unit_test(an_arm_without_events_says_so),
                                       cmocka_unit_test(veterans),
                                       cmocka_unit_test(log_gamma_variable),
                                       cmocka_unit_test(special_cases),
                                       cmocka_unit_test(generalised_gamma),
                                       cmocka_unit_test(generalised_gamma_of_veterans),
                                       cmocka_unit_test(events_over_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
