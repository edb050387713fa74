/* Kaplan-Meier with case weights: figures of R 4.2.2, survival 3.5-3 (survfit with weights), and
 * what weights must do. */
#include "near.h"

#include "mspike/stats.h"

enum { N = 16, ROWS = 12 };

static const double time_of[N] = {1, 2, 2, 3, 4, 4, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12};
static const uint8_t event_of[N] = {1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1};
static const double entry_of[N] = {0, 0, 1, 0, 2, 0, 1, 0, 3, 0, 5, 2, 0, 6, 0, 1};
static const uint32_t id_of[N] = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7};
static const double parts[N] = {1.5,  0.4, 2,   1,   0.7, 3.2, 0.9, 1.1,
                                0.25, 2.5, 1.3, 0.8, 1,   0.6, 1.9, 2.2};
static const double whole[N] = {2, 1, 3, 1, 1, 2, 1, 4, 1, 2, 1, 1, 3, 1, 2, 1};

/* R's standard errors: of S where it takes the robust variance, else of log S. At the last time S
 * is 0, and there is none here. */
typedef struct expected {
    const double *weight;
    bool late, robust, clusters;
    double at_risk[ROWS], survival[ROWS], std_error[ROWS];
} expected;

static const expected cases[] = {
    {parts,
     false,
     true,
     false,
     {21.3499999999999979, 19.8499999999999979, 17.4499999999999993, 16.4499999999999993,
      11.6499999999999986, 10.5499999999999989, 10.2999999999999989, 6.4999999999999991,
      5.6999999999999993, 4.6999999999999993, 4.0999999999999996, 2.2000000000000002},
     {0.92974238875878223, 0.91100702576112413, 0.85880031941378177, 0.65519416465914648,
      0.59333033795313261, 0.59333033795313261, 0.37443176666945260, 0.37443176666945260,
      0.30874198304323286, 0.26932811286750102, 0.26932811286750102, 0.00000000000000000},
     {0.068269082101029610, 0.070830686824541314, 0.086641244988529501, 0.150632518368482710,
      0.153066445948741248, 0.153066445948741248, 0.150844535984964584, 0.150844535984964584,
      0.149280103737831848, 0.149169512429823375, 0.149169512429823375, 0.000000000000000000}},
    {whole,
     false,
     false,
     false,
     {27, 25, 21, 20, 16, 12, 11, 8, 7, 4, 3, 1},
     {0.92592592592592593, 0.88888888888888884, 0.84656084656084651, 0.71957671957671954,
      0.53968253968253965, 0.53968253968253965, 0.39249639249639251, 0.39249639249639251,
      0.22428365285508142, 0.16821273964131106, 0.16821273964131106, 0.00000000000000000},
     {0.054433105395181737, 0.068041381743977170, 0.083729218380336090, 0.125833665695419983,
      0.191487453259162776, 0.191487453259162776, 0.266004424486866675, 0.266004424486866675,
      0.421783369740256930, 0.511111088045230755, 0.511111088045230755, (double)INFINITY}},
    {parts,
     false,
     true,
     true,
     {21.3499999999999979, 19.8499999999999979, 17.4499999999999993, 16.4499999999999993,
      11.6499999999999986, 10.5499999999999989, 10.2999999999999989, 6.4999999999999991,
      5.6999999999999993, 4.6999999999999993, 4.0999999999999996, 2.2000000000000002},
     {0.92974238875878223, 0.91100702576112413, 0.85880031941378177, 0.65519416465914648,
      0.59333033795313261, 0.59333033795313261, 0.37443176666945260, 0.37443176666945260,
      0.30874198304323286, 0.26932811286750102, 0.26932811286750102, 0.00000000000000000},
     {6.8858991380544660e-02, 8.7221389082023246e-02, 9.8303066788791665e-02,
      1.8272883424776387e-01, 1.8205462565796007e-01, 1.8205462565796007e-01,
      1.8374674229308272e-01, 1.8374674229308272e-01, 1.8487640760723878e-01,
      1.9578784586857947e-01, 1.9578784586857947e-01, 5.5511151231257827e-17}},
    {parts,
     true,
     true,
     false,
     {12.5999999999999961, 16.1999999999999957, 15.2999999999999972, 14.5499999999999972,
      9.7499999999999982, 9.9499999999999993, 10.2999999999999989, 6.4999999999999991,
      5.6999999999999993, 4.6999999999999993, 4.0999999999999996, 2.2000000000000002},
     {0.88095238095238093, 0.85920047031158142, 0.80304357682716432, 0.58779478303843968,
      0.52147947418282081, 0.52147947418282081, 0.32908898856197427, 0.32908898856197427,
      0.27135407828794372, 0.23671313212352538, 0.23671313212352538, 0.00000000000000000},
     {0.11442887269238616, 0.11569468375410021, 0.12438536538123002, 0.16037487724540836,
      0.16151165129808073, 0.16151165129808073, 0.14490819129390689, 0.14490819129390689,
      0.13992577199674014, 0.14028776103532717, 0.14028776103532717, 0.00000000000000000}},
    {parts,
     true,
     true,
     true,
     {12.5999999999999961, 16.1999999999999957, 15.2999999999999972, 14.5499999999999972,
      9.7499999999999982, 9.9499999999999993, 10.2999999999999989, 6.4999999999999991,
      5.6999999999999993, 4.6999999999999993, 4.0999999999999996, 2.2000000000000002},
     {0.88095238095238093, 0.85920047031158142, 0.80304357682716432, 0.58779478303843968,
      0.52147947418282081, 0.52147947418282081, 0.32908898856197427, 0.32908898856197427,
      0.27135407828794372, 0.23671313212352538, 0.23671313212352538, 0.00000000000000000},
     {1.1091103999115039e-01, 1.3105131094208772e-01, 1.3893282417027683e-01,
      1.9388458759759283e-01, 1.9135781093703094e-01, 1.9135781093703094e-01,
      1.7709830957600223e-01, 1.7709830957600223e-01, 1.7688243726200187e-01,
      1.8479466260171282e-01, 1.8479466260171282e-01, 5.5511151231257827e-17}},
};

/* Of the first case. */
static const double lower_of[ROWS] = {
    0.805120052280227871, 0.782241600598192699, 0.704721571169374839, 0.417517222734776150,
    0.357853190117555064, 0.357853190117555064, 0.170002560876991782, 0.170002560876991782,
    0.119682456230548767, 0.090957174112850134, 0.090957174112850134, (double)NAN};
static const double upper_of[ROWS] = {1.00000000000000000, 1.00000000000000000, 1.00000000000000000,
                                      1.00000000000000000, 0.98375786399985088, 0.98375786399985088,
                                      0.82468844685610876, 0.82468844685610876, 0.79645434339888832,
                                      0.79749215043523980, 0.79749215043523980, (double)NAN};
static const double events_of[ROWS] = {
    1.50000000000000000, 0.40000000000000002, 1.00000000000000000, 3.90000000000000036,
    1.10000000000000009, 0.00000000000000000, 3.79999999999999982, 0.00000000000000000,
    1.00000000000000000, 0.59999999999999998, 0.00000000000000000, 2.20000000000000018};
static const double censored_of[ROWS] = {
    0.00000000000000000, 2.00000000000000000, 0.00000000000000000, 0.90000000000000002,
    0.00000000000000000, 0.25000000000000000, 0.00000000000000000, 0.80000000000000004,
    0.00000000000000000, 0.00000000000000000, 1.89999999999999991, 0.00000000000000000};

static void fit(msp_order *order, msp_km *km, const msp_km_options *options, bool late)
{
    const msp_follow_up data = {N, time_of, event_of, late ? entry_of : NULL, NULL, 0};
    assert_int_equal(msp_order_init(order, &data, NULL), MSP_OK);
    assert_int_equal(msp_km_fit(order, NULL, 1, options, km, NULL), MSP_OK);
    assert_int_equal(km->curves[0].n, ROWS);
    assert_int_equal(km->curves[0].n_patients, N);
    assert_int_equal(km->curves[0].n_events, 11);
}

static void release(msp_order *order, msp_km *km)
{
    msp_km_free(km);
    msp_order_free(order);
}

static void as_in_r(void **state)
{
    (void)state;
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const expected *e = &cases[i];
        msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
        msp_order order;
        msp_km km;
        options.weight = e->weight;
        options.robust = e->robust;
        options.cluster = e->clusters ? id_of : NULL;
        options.n_clusters = N / 2;
        fit(&order, &km, &options, e->late);
        const msp_km_curve *c = &km.curves[0];
        for (size_t r = 0; r < ROWS; r++) {
            assert_near(c->at_risk[r], e->at_risk[r], 1e-14);
            assert_near(msp_km_at(c, c->time[r]).at_risk, e->at_risk[r], 1e-14);
            assert_near(c->survival[r], e->survival[r], 1e-14);
            if (r + 1 < ROWS)
                assert_near(c->std_error[r], e->std_error[r] * (e->robust ? 1 : e->survival[r]),
                            1e-12);
        }
        assert_true(c->survival[ROWS - 1] == 0);
        release(&order, &km);
    }
}

static void limits_as_in_r(void **state)
{
    (void)state;
    msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_order order;
    msp_km km;
    options.weight = parts;
    options.robust = true;
    fit(&order, &km, &options, false);
    const msp_km_curve *c = &km.curves[0];
    for (size_t r = 0; r < ROWS; r++) {
        assert_near(c->lower[r], lower_of[r], 1e-12);
        assert_near(c->upper[r], upper_of[r], 1e-12);
        assert_near(c->events[r], events_of[r], 1e-14);
        assert_near(c->censored[r], censored_of[r], 1e-14);
    }
    release(&order, &km);
}

/* A whole weight is that many rows, for Greenwood's variance and the reverse curve too. */
static void whole_weights_are_rows(void **state)
{
    (void)state;
    enum { MOST = 4 * N };
    double time[MOST], entry[MOST];
    uint8_t event[MOST];
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        for (int copy = 0; copy < (int)whole[i]; copy++, n++) {
            time[n] = time_of[i];
            entry[n] = entry_of[i];
            event[n] = event_of[i];
        }
    for (int reverse = 0; reverse <= 1; reverse++) {
        const msp_follow_up data = {n, time, event, entry, NULL, 0};
        msp_km_options options = msp_km_options_default(MSP_CONVENTION_SAS);
        msp_order order, rows;
        msp_km weighted, km;
        options.reverse = reverse == 1;
        assert_int_equal(msp_order_init(&rows, &data, NULL), MSP_OK);
        assert_int_equal(msp_km_fit(&rows, NULL, 1, &options, &km, NULL), MSP_OK);
        const msp_follow_up few = {N, time_of, event_of, entry_of, NULL, 0};
        options.weight = whole;
        assert_int_equal(msp_order_init(&order, &few, NULL), MSP_OK);
        assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &weighted, NULL), MSP_OK);
        const msp_km_curve *a = &weighted.curves[0], *b = &km.curves[0];
        for (size_t r = 0; r < ROWS; r++) {
            assert_near(a->at_risk[r], b->at_risk[r], 0);
            assert_near(a->survival[r], b->survival[r], 1e-15);
            assert_near(a->std_error[r], b->std_error[r], 1e-14);
            assert_near(a->lower[r], b->lower[r], 1e-13);
        }
        for (double t = 0; t < 14; t += 0.5)
            assert_near(msp_km_at(a, t).at_risk, msp_km_at(b, t).at_risk, 1e-15);
        release(&order, &weighted);
        release(&rows, &km);
    }
}

/* Where only those with the event are left, S is 0 whatever was added and taken away before. */
static void nobody_left(void **state)
{
    (void)state;
    static const double time[] = {1, 2, 2, 3}, entry[] = {0, 1, 1, 2};
    static const double weight[] = {0.1, 0.7, 0.1, 1e17};
    static const uint8_t event[] = {0, 1, 1, 0};
    const msp_follow_up data = {4, time, event, entry, NULL, 0};
    msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_order order;
    msp_km km;
    options.weight = weight;
    options.robust = true;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, NULL), MSP_OK);
    assert_true(km.curves[0].survival[1] == 0);
    assert_true(isnan(km.curves[0].std_error[1]));
    release(&order, &km);
}

static void refused(void **state)
{
    (void)state;
    const msp_follow_up data = {N, time_of, event_of, NULL, NULL, 0};
    double weight[N];
    msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_order order;
    msp_km km;
    msp_error err;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    for (size_t i = 0; i < N; i++)
        weight[i] = i == 7 ? -1 : parts[i];
    options.weight = weight;
    assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, &err), MSP_ERANGE);
    assert_int_equal(err.row, 7);
    options.weight = parts;
    options.robust = true;
    options.cluster = id_of;
    options.n_clusters = 7;
    assert_int_equal(msp_km_fit(&order, NULL, 1, &options, &km, &err), MSP_ERANGE);
    msp_order_free(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_in_r),
        cmocka_unit_test(limits_as_in_r),
        cmocka_unit_test(whole_weights_are_rows),
        cmocka_unit_test(nobody_left),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
