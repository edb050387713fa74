/* Patients from curves. Reference: ../shared/golden/reconstruction (IPDfromKM 0.1.10 on a digitised
 * figure, Bonner 2006); by hand; and curves of patients whom we know. */
#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/evidence/maic.h"
#include "mspike/evidence/reconstruct.h"
#include "mspike/stats/km.h"
#include "mspike/table.h"

enum { MOST = 400 };

typedef struct read_curve {
    msp_curve_point point[MOST];
    msp_risk_column risk[16];
    msp_published_curve curve;
} read_curve;

static void read_points(const char *file, const char *column, read_curve *out)
{
    msp_table t;
    assert_int_equal(msp_table_read(shared_file(file), NULL, &t, NULL), MSP_OK);
    const double *time = msp_table_column(&t, "time")->number;
    const double *survival = msp_table_column(&t, column)->number;
    for (size_t i = 0; i < t.n_rows; i++)
        out->point[i] = (msp_curve_point){time[i], survival[i] / 100};
    out->curve.point = out->point;
    out->curve.n_points = t.n_rows;
    msp_table_free(&t);
}

static read_curve *bonner(const char *arm)
{
    read_curve *c = calloc(1, sizeof *c);
    assert_non_null(c);
    char file[128];
    snprintf(file, sizeof file, "golden/reconstruction/%s_curve.csv", arm);
    read_points(file, "surv_pct", c);
    msp_table t;
    assert_int_equal(msp_table_read(shared_file("golden/reconstruction/nrisk.csv"), NULL, &t, NULL),
                     MSP_OK);
    for (size_t i = 0; i < t.n_rows; i++)
        c->risk[i] = (msp_risk_column){msp_table_column(&t, "t_risk")->number[i],
                                       (size_t)msp_table_column(&t, arm)->number[i]};
    c->curve.risk = c->risk;
    c->curve.n_risk = t.n_rows;
    c->curve.events = MSP_EVENTS_UNKNOWN;
    msp_table_free(&t);
    return c;
}

static size_t at_risk(const msp_reconstructed *r, double time)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->time[i] >= time ? 1 : 0;
    return n;
}

static double survival_at(const msp_reconstructed *r, double time)
{
    msp_order order;
    msp_km km;
    assert_int_equal(msp_order_init(&order,
                                    &(msp_follow_up){.n = r->n, .time = r->time, .event = r->event},
                                    NULL),
                     MSP_OK);
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, NULL), MSP_OK);
    double s = 1;
    for (size_t i = 0; i < km.curves[0].n && km.curves[0].time[i] <= time; i++)
        s = km.curves[0].survival[i];
    msp_km_free(&km);
    msp_order_free(&order);
    return s;
}

static void risk_table_holds(const msp_published_curve *c, const msp_reconstructed *r)
{
    size_t events = 0, all = 0;
    for (size_t k = 0; k < c->n_risk; k++) {
        assert_int_equal(at_risk(r, c->risk[k].time), c->risk[k].at_risk);
        assert_int_equal(r->piece[k].at_risk, c->risk[k].at_risk);
        events += r->piece[k].events;
        all += r->piece[k].events + r->piece[k].censored;
    }
    assert_int_equal(events, r->n_events);
    assert_int_equal(all, r->n);
}

static void reference(void **state)
{
    (void)state;
    require_shared("golden/reconstruction/nrisk.csv");
    static const struct {
        const char *arm;
        size_t events;
        double median[2]; /* the curve rests at 0.500 from the first to the second */
    } want[] = {
        /* IPDfromKM with the risk table */
        {"radio", 134, {14.8, 14.8}},
        {"radioplus", 110, {24.6, 25.4}},
    };
    read_curve *arm[2];
    for (size_t a = 0; a < 2; a++) {
        msp_reconstructed r;
        arm[a] = bonner(want[a].arm);
        assert_int_equal(msp_reconstruct(&arm[a]->curve, NULL, &r, NULL), MSP_OK);
        risk_table_holds(&arm[a]->curve, &r);
        print_message("%s: events %zu, median %g, rmse %.4f, largest %.4f\n", want[a].arm,
                      r.n_events, r.median, r.rmse, r.largest_error);
        assert_int_equal(r.n_events, want[a].events);
        assert_true(r.median >= want[a].median[0] && r.median <= want[a].median[1]);
        assert_near(r.median_read, want[a].median[0], 1e-12);
        /* the reference's own tolerance, but where one event is a larger step than that */
        for (size_t i = 1; i + 1 < arm[a]->curve.n_points; i++) {
            const msp_curve_point p = arm[a]->point[i];
            const double half_step = p.survival / (double)at_risk(&r, p.time) / 2;
            if (arm[a]->point[i + 1].time > p.time)
                assert_true(fabs(survival_at(&r, p.time) - p.survival) <= 0.004 + half_step);
        }
        assert_true(r.rmse <= 0.004); /* the reference's own */
        assert_true(r.largest_error <= 0.013);
        msp_reconstructed_free(&r);
        msp_reconstructed_free(&r);
    }
    msp_reconstructed_hazard h;
    assert_int_equal(msp_reconstruct_hazard(&arm[1]->curve, &arm[0]->curve, 1, 50, 0.003, &h, NULL),
                     MSP_OK);
    print_message("HR %.4f, over draws %.4f, between %.4f, se %.4f\n", exp(h.even), exp(h.log_hr),
                  h.between, h.std_error);
    assert_true(fabs(exp(h.even) - 0.716940) <= 0.01);
    assert_true(fabs(exp(h.log_hr) - 0.716940) <= 0.01);
    assert_near(h.std_error, 0.12873930990875, 0.02);
    free(arm[0]);
    free(arm[1]);
}

/* Any number of events that the curve can have is had exactly, and the risk table still holds. */
static void published_events(void **state)
{
    (void)state;
    require_shared("golden/reconstruction/nrisk.csv");
    read_curve *c = bonner("radio");
    for (size_t events = 120; events <= 145; events++) {
        msp_reconstructed r;
        c->curve.events = events;
        assert_int_equal(msp_reconstruct(&c->curve, NULL, &r, NULL), MSP_OK);
        assert_int_equal(r.n_events, events);
        assert_int_equal(r.lacking, 0);
        risk_table_holds(&c->curve, &r);
        if (events >= 132 && events <= 136)
            assert_true(r.rmse <= 0.006); /* 0.003 at 134, what the curve itself asks for */
        msp_reconstructed_free(&r);
    }
    free(c);
}

/* Ten patients, no censoring: every step of a tenth is a patient. */
static void by_hand(void **state)
{
    (void)state;
    const msp_curve_point points[] = {{1, 0.9}, {2, 0.8}, {3, 0.6}, {4, 0.5}, {9, 0.5}};
    const msp_risk_column risk[] = {{0, 10}};
    const msp_published_curve c = {points, 5, risk, 1, MSP_EVENTS_UNKNOWN};
    const double time[] = {1, 2, 3, 3, 4, 9, 9, 9, 9, 9};
    msp_reconstructed r;
    assert_int_equal(msp_reconstruct(&c, NULL, &r, NULL), MSP_OK);
    assert_int_equal(r.n, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_near(r.time[i], time[i], 1e-15);
        assert_int_equal(r.event[i], i < 5);
    }
    assert_true(r.largest_error < 1e-12);
    assert_near(r.median, 4, 0);
    msp_reconstructed_free(&r);
}

/* Two leave without the event before 5: 10 -> 8 by the risk table while the curve stays at 1. */
static void censored_by_the_table(void **state)
{
    (void)state;
    const msp_curve_point points[] = {{6, 0.875}, {10, 0.875}};
    const msp_risk_column risk[] = {{0, 10}, {5, 8}};
    const msp_published_curve c = {points, 2, risk, 2, 1};
    msp_reconstructed r;
    assert_int_equal(msp_reconstruct(&c, NULL, &r, NULL), MSP_OK);
    risk_table_holds(&c, &r);
    assert_int_equal(r.n_events, 1);
    assert_int_equal(r.piece[0].censored, 2);
    assert_near(r.time[0], 1.25, 1e-14);
    assert_near(r.time[1], 3.75, 1e-14);
    assert_near(r.time[2], 6, 0);
    assert_true(r.event[2] && !r.event[0]);
    msp_reconstructed_free(&r);

    const msp_published_curve impossible = {points, 1, risk, 2, 0};
    assert_int_equal(msp_reconstruct(&impossible, NULL, &r, NULL), MSP_OK);
    assert_int_equal(r.lacking, 0); /* the one event is taken away: the print says none */
    msp_reconstructed_free(&r);
    const msp_curve_point flat[] = {{9, 1}};
    const msp_published_curve none = {flat, 1, risk, 2, 3};
    assert_int_equal(msp_reconstruct(&none, NULL, &r, NULL), MSP_OK);
    assert_int_equal(r.n_events, 0);
    assert_int_equal(r.lacking, 3); /* nowhere does the curve fall */
    msp_reconstructed_free(&r);
}

/* Patients whom we know: their Kaplan-Meier curve, printed to three digits, with a risk table. */
static void known_patients(void **state)
{
    (void)state;
    enum { N = 250 };
    double log_hr[2], survival[2][3] = {{0}};
    double time[2 * N], weight[2 * N];
    uint8_t event[2 * N], arm[2 * N];
    static msp_curve_point points[2][N];
    msp_risk_column risk[2][6];
    msp_published_curve curve[2];
    msp_random random = msp_random_at(11, 0, 0, 0);
    for (size_t i = 0; i < 2 * N; i++) {
        arm[i] = i >= N;
        const double death = -log(msp_random_uniform(&random)) * (arm[i] ? 30 : 20);
        const double leaves = 12 + 36 * msp_random_uniform(&random);
        time[i] = fmin(death, leaves);
        event[i] = death <= leaves;
        weight[i] = 1;
    }
    msp_weighted_hazard h;
    assert_int_equal(msp_weighted_hazard_fit(time, event, arm, weight, 2 * N, &h, NULL), MSP_OK);
    log_hr[0] = h.log_hr;
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    for (size_t a = 0; a < 2; a++) {
        msp_order order;
        msp_km km;
        assert_int_equal(
            msp_order_init(&order,
                           &(msp_follow_up){.n = N, .time = time + a * N, .event = event + a * N},
                           NULL),
            MSP_OK);
        assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, NULL), MSP_OK);
        const msp_km_curve *c = &km.curves[0];
        for (size_t i = 0; i < c->n; i++)
            points[a][i] = (msp_curve_point){c->time[i], floor(c->survival[i] * 1000 + 0.5) / 1000};
        size_t events = 0;
        for (size_t k = 0; k < 6; k++) {
            risk[a][k] = (msp_risk_column){8 * (double)k, 0};
            for (size_t i = a * N; i < (a + 1) * N; i++)
                risk[a][k].at_risk += time[i] >= risk[a][k].time ? 1 : 0;
        }
        for (size_t i = a * N; i < (a + 1) * N; i++)
            events += event[i];
        curve[a] = (msp_published_curve){points[a], c->n, risk[a], 6, events};
        msp_reconstructed r;
        assert_int_equal(msp_reconstruct(&curve[a], NULL, &r, NULL), MSP_OK);
        risk_table_holds(&curve[a], &r);
        assert_int_equal(r.n_events, events);
        assert_true(r.rmse < 0.004);
        for (size_t i = 0; i < 3; i++)
            survival[a][i] = survival_at(&r, 10 + 10 * (double)i);
        msp_reconstructed_free(&r);
        msp_km_free(&km);
        msp_order_free(&order);
    }
    assert_true(survival[1][2] > survival[0][2]);
    msp_reconstructed_hazard rebuilt, again;
    assert_int_equal(msp_reconstruct_hazard(&curve[1], &curve[0], 3, 20, 0.001, &rebuilt, NULL),
                     MSP_OK);
    assert_int_equal(msp_reconstruct_hazard(&curve[1], &curve[0], 3, 20, 0.001, &again, NULL),
                     MSP_OK);
    log_hr[1] = rebuilt.even;
    print_message("known patients: log HR %.4f, rebuilt %.4f, between %.4f\n", log_hr[0], log_hr[1],
                  rebuilt.between);
    assert_true(fabs(exp(log_hr[1]) - exp(log_hr[0])) < 0.01);
    assert_memory_equal(&rebuilt, &again, sizeof again);
    assert_true(rebuilt.between > 0 && rebuilt.between < 0.02);
}

/* Random points and tables that need not fit each other: numbers at risk always hold, the number of
 * events holds or what lacks is said. */
static void whatever_is_read(void **state)
{
    (void)state;
    msp_random random = msp_random_at(5, 0, 0, 0);
    for (size_t round = 0; round < 300; round++) {
        msp_curve_point points[40];
        msp_risk_column risk[6];
        const size_t n = 1 + msp_random_below(&random, 40), k = 1 + msp_random_below(&random, 6);
        double t = 0, s = 1;
        for (size_t i = 0; i < n; i++) {
            t += msp_random_below(&random, 3) > 0 ? 3 * msp_random_uniform(&random) : 0;
            s *= 1 - 0.2 * msp_random_uniform(&random);
            points[i] = (msp_curve_point){t, s};
        }
        size_t left = 1 + msp_random_below(&random, 300);
        for (size_t i = 0; i < k; i++) {
            risk[i] = (msp_risk_column){10 * (double)i, left};
            left -= msp_random_below(&random, left + 1);
        }
        const bool known = msp_random_below(&random, 2) > 0;
        const msp_published_curve c = {points, n, risk, k,
                                       known ? msp_random_below(&random, risk[0].at_risk + 1)
                                             : MSP_EVENTS_UNKNOWN};
        msp_reconstructed r;
        const msp_reconstruct_draw draw = {7, round, 0.01};
        assert_int_equal(msp_reconstruct(&c, round % 2 > 0 ? &draw : NULL, &r, NULL), MSP_OK);
        risk_table_holds(&c, &r);
        if (known)
            assert_int_equal(r.n_events < c.events ? c.events - r.n_events : r.n_events - c.events,
                             r.lacking);
        msp_reconstructed_free(&r);
    }
}

/* By hand: 0.804 after 0.8 and 0.606 after 0.6 are noise of 0.003 a reading; 0.95 is not, and the
 * 0.9 after it falls. Small rises add up: 0.507 lies above 0.5, though not above 0.504 before it.
 */
static void rises(void **state)
{
    (void)state;
    static const msp_curve_point point[] = {{1, 0.9},   {2, 0.8},   {3, 0.804}, {4, 0.95},
                                            {5, 0.9},   {6, 0.6},   {7, 0.606}, {8, 0.5},
                                            {9, 0.504}, {10, 0.507}};
    const msp_published_curve c = {.point = point, .n_points = MSP_COUNT(point)};
    const double noise = 0.006 + 1e-12;
    size_t lowest;
    assert_int_equal(msp_curve_rise(&c, 0, noise, &lowest), 3);
    assert_int_equal(lowest, 1);
    assert_int_equal(msp_curve_rise(&c, 3, noise, &lowest), 9);
    assert_int_equal(lowest, 7);
    assert_int_equal(msp_curve_rise(&c, 9, noise, &lowest), MSP_COUNT(point));
    assert_int_equal(msp_curve_rise(&c, 0, 1, &lowest), MSP_COUNT(point));
}

static void what_is_refused(void **state)
{
    (void)state;
    const msp_curve_point good[] = {{1, 0.9}, {2, 0.8}}, back[] = {{1, 0.9}, {0.5, 0.8}};
    const msp_curve_point percent[] = {{1, 90}};
    const msp_risk_column risk[] = {{0, 10}, {5, 8}}, late[] = {{1, 10}},
                          grows[] = {{0, 8}, {5, 9}};
    const struct {
        msp_published_curve curve;
        msp_status status;
        size_t row;
    } cases[] = {
        {{good, 0, risk, 2, 1}, MSP_ENODATA, MSP_NO_ROW},
        {{good, 2, risk, 0, 1}, MSP_ENODATA, MSP_NO_ROW},
        {{back, 2, risk, 2, 1}, MSP_ERANGE, 1},
        {{percent, 1, risk, 2, 1}, MSP_ERANGE, 0},
        {{good, 2, late, 1, 1}, MSP_ERANGE, 0},
        {{good, 2, grows, 2, 1}, MSP_ERANGE, 1},
        {{good, 2, risk, 2, 11}, MSP_ERANGE, MSP_NO_ROW},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_reconstructed r;
        msp_error err;
        assert_int_equal(msp_reconstruct(&cases[i].curve, NULL, &r, &err), cases[i].status);
        assert_int_equal(err.row, cases[i].row);
        assert_null(r.block);
    }
    const msp_published_curve c = {good, 2, risk, 2, 1};
    msp_reconstructed_hazard h;
    assert_int_equal(msp_reconstruct_hazard(&c, &c, 1, 1, 0, &h, NULL), MSP_ERANGE);
    assert_int_equal(msp_reconstruct_hazard(&c, &c, 1, 2, 0.6, &h, NULL), MSP_ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference),       cmocka_unit_test(published_events),
        cmocka_unit_test(by_hand),         cmocka_unit_test(censored_by_the_table),
        cmocka_unit_test(known_patients),  cmocka_unit_test(whatever_is_read),
        cmocka_unit_test(what_is_refused), cmocka_unit_test(rises),
    };
    return cmocka_run_group_tests_name("evidence/reconstruct", tests, NULL, NULL);
}
