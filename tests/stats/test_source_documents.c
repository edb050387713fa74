/*
 * The published figures of five trials' papers, recomputed from their counts: ASPIRE (Stewart, N
 * Engl J Med 372:142, 2015), Alliance A061202, IKEMA, KRd with a second transplant. Which counts,
 * test and kind of interval give a figure is worked out in ../shared/golden/source-documents.md;
 * IKEMA's boundaries are in tests/cli/design.bats.
 */
#include "near.h"

#include "mspike/stats.h"
#include "stats/km_limits.h"

/* The published percentage, to its last digit. */
static void percent(double got, double published, double half_digit)
{
    if (!(fabs(100 * got - published) <= half_digit * (1 + 1e-9)))
        fail_msg("%.6f %%, published %g", 100 * got, published);
}

static msp_interval interval(int64_t x, int64_t n, msp_proportion_method method)
{
    const msp_confidence c = {0.95, MSP_TWO_SIDED};
    msp_interval out;
    assert_int_equal(msp_proportion(x, n, method, &c, &out, NULL), MSP_OK);
    return out;
}

static msp_fisher fisher(int64_t x1, int64_t n1, int64_t x2, int64_t n2)
{
    const msp_two_by_two t = {x1, n1, x2, n2};
    msp_fisher out;
    assert_int_equal(msp_fisher_test(&t, &out, NULL), MSP_OK);
    return out;
}

static double chi_square_p(const int64_t *x, const int64_t *n, bool corrected)
{
    const char *note;
    msp_test t;
    assert_int_equal(msp_two_by_two_chi_square(x, n, 2, corrected, &t, &note, NULL), MSP_OK);
    return t.p;
}

/* >= VGPR 28.9 % v 5.1 %, P = .0063: of the usual tests only Fisher's two-sided one gives it. */
static void a061202(void **state)
{
    static const int64_t x[] = {11, 2}, n[] = {38, 39};
    (void)state;
    percent(11.0 / 38, 28.9, 0.05);
    percent(2.0 / 39, 5.1, 0.05);
    const msp_fisher p = fisher(11, 38, 2, 39);
    assert_near(p.two_sided.p, 0.0063097892231348, 1e-12);
    assert_near(p.greater.p, 0.0055, 0.01);
    assert_near(p.mid_greater.p, 0.0030, 0.02);
    assert_near(chi_square_p(x, n, false), 0.0053, 0.01);
    assert_near(chi_square_p(x, n, true), 0.0129, 0.01);
    percent(24.0 / 38, 63.2, 0.05);
    percent(17.0 / 39, 43.6, 0.05);
    assert_near(fisher(24, 38, 17, 39).two_sided.p, 0.11129, 5e-5);
    const msp_interval crossover = interval(6, 26, MSP_CLOPPER_PEARSON);
    percent(crossover.estimate, 23.1, 0.05);
    percent(crossover.lower, 8.97, 0.005);
    percent(crossover.upper, 43.65, 0.005);
}

/* Other tests of 11/38 v 2/39 give another p. */
static void a061202_other_tests(void **state)
{
    static const int64_t x[] = {11, 2}, n[] = {38, 39};
    const double count[] = {11, 2, 27, 37}, size[] = {38, 39, 38, 39}, all[] = {13, 13, 64, 64};
    const char *note;
    msp_test t;
    double ratio = 0;
    (void)state;
    assert_near(2 * fisher(11, 38, 2, 39).greater.p, 0.0109, 5e-3);
    assert_int_equal(msp_two_by_two_chi_square(x, n, 2, false, &t, &note, NULL), MSP_OK);
    assert_near(msp_dist_chisq_upper(t.statistic * 76 / 77, 1).p, 0.0056, 1e-2);
    for (size_t i = 0; i < 4; i++)
        ratio += 2 * count[i] * log(count[i] / (all[i] * size[i] / 77));
    assert_near(msp_dist_chisq_upper(ratio, 1).p, 0.0037, 2e-2);
}

static bool rounds_to(int64_t x, int64_t n, double published)
{
    return fabs(100. * (double)x / (double)n - published) <= 0.05;
}

/* The x of n patients that print as this percentage; -1: none. */
static int64_t count_of(int64_t n, double published)
{
    for (int64_t x = 0; x <= n; x++)
        if (rounds_to(x, n, published))
            return x;
    return -1;
}

/* Of all pairs of arms of 60 to 100 patients whose percentages round right, for >= VGPR and for
 * overall response, only 38 and 39 give P = .0063; and 126 and 37 of 396 are the only counts. */
static void the_only_counts(void **state)
{
    size_t pairs = 0;
    (void)state;
    for (int64_t n1 = 1; n1 < 100; n1++)
        for (int64_t n2 = n1 < 60 ? 60 - n1 : 1; n1 + n2 <= 100; n2++) {
            const int64_t x1 = count_of(n1, 28.9), x2 = count_of(n2, 5.1);
            if (x1 < 0 || x2 < 0 || count_of(n1, 63.2) < 0 || count_of(n2, 43.6) < 0)
                continue;
            if (fabs(fisher(x1, n1, x2, n2).two_sided.p - 0.0063) > 0.00005)
                continue;
            assert_int_equal(x1 * 100 + n1, 1138);
            assert_int_equal(x2 * 100 + n2, 239);
            pairs++;
        }
    assert_int_equal(pairs, 1);
    for (int64_t x = 0; x <= 396; x++) {
        assert_int_equal(rounds_to(x, 396, 31.8), x == 126);
        assert_int_equal(rounds_to(x, 396, 9.3), x == 37);
    }
}

/* HR 0.437 with "upper 90 % bound" 0.657: events that a one-sided and a two-sided one imply. */
static void a061202_events(void **state)
{
    const double width = log(0.657 / 0.437);
    (void)state;
    const double one = width / msp_dist_normal_quantile(0.9),
                 two = width / msp_dist_normal_limit(0.9);
    assert_near(one, 0.31817, 5e-5);
    assert_near(4 / (one * one), 39.5, 5e-3);
    assert_near(two, 0.24789, 5e-5);
    assert_near(4 / (two * two), 65.1, 1e-3);
    assert_near(log(0.437) / two, -3.34, 1e-3);
    /* Over the rounding of both numbers. */
    static const double ends[2][2] = {{0.6565, 0.4375}, {0.6575, 0.4365}};
    static const double events[2][2] = {{39.9, 39.1}, {65.7, 64.5}};
    for (size_t i = 0; i < 2; i++) {
        const double log_ratio = log(ends[i][0] / ends[i][1]);
        const double a = log_ratio / msp_dist_normal_quantile(0.9),
                     b = log_ratio / msp_dist_normal_limit(0.9);
        assert_near(4 / (a * a), events[0][i], 2e-3);
        assert_near(4 / (b * b), events[1][i], 2e-3);
    }
}

/* ORR 87.1 % (83.4-90.3) v 66.7 % (61.8-71.3): only Clopper-Pearson gives both. */
static void aspire_response(void **state)
{
    static const double published[2][2] = {{83.4, 90.3}, {61.8, 71.3}};
    static const int64_t x[] = {345, 264};
    (void)state;
    for (int method = 0; method <= MSP_WALD; method++) {
        bool both = true;
        for (size_t arm = 0; arm < 2; arm++) {
            const msp_interval i = interval(x[arm], 396, (msp_proportion_method)method);
            both = both && fabs(100 * i.lower - published[arm][0]) <= 0.05 &&
                   fabs(100 * i.upper - published[arm][1]) <= 0.05;
        }
        assert_int_equal(both, method == MSP_CLOPPER_PEARSON);
    }
    percent(126.0 / 396, 31.8, 0.05);
    percent(37.0 / 396, 9.3, 0.05);
    assert_near(fisher(126, 396, 37, 396).two_sided.p, 2.7392435502248e-15, 1e-11);
    assert_near(fisher(345, 396, 264, 396).two_sided.p, 8.2987440399987e-12, 1e-11);
}

/* What each kind of interval of 345/396 prints. */
static void aspire_kinds(void **state)
{
    static const struct {
        msp_proportion_method method;
        double lower, upper;
    } of[] = {{MSP_CLOPPER_PEARSON, 83.416, 90.258},
              {MSP_WILSON, 83.5, 90.1},
              {MSP_WILSON_CORRECTED, 83.3, 90.2},
              {MSP_WALD, 83.8, 90.4},
              {MSP_JEFFREYS, 83.6, 90.1},
              {MSP_AGRESTI_COULL, 83.4, 90.1}};
    (void)state;
    for (size_t i = 0; i < MSP_COUNT(of); i++) {
        const msp_interval got = interval(345, 396, of[i].method);
        percent(got.lower, of[i].lower, i == 0 ? 0.0005 : 0.05);
        percent(got.upper, of[i].upper, i == 0 ? 0.0005 : 0.05);
    }
    const msp_interval exact = interval(264, 396, MSP_CLOPPER_PEARSON);
    const msp_interval corrected = interval(264, 396, MSP_WILSON_CORRECTED);
    percent(exact.lower, 61.786, 0.0005);
    percent(exact.upper, 71.296, 0.0005);
    percent(corrected.lower, 61.8, 0.05);
    percent(corrected.upper, 71.3, 0.05);
}

/* How far the limits of S are from the published ones, in the standard error that gives the
 * published width. */
static double misplaced(msp_km_interval kind, double survival, double lower, double upper)
{
    const double z = msp_dist_normal_limit(0.95);
    double low = 1e-4, high = 1, a = 0, b = 0;
    for (int halving = 0; halving < 100; halving++) {
        const double se = (low + high) / 2;
        msp__km_limits(kind, z, &survival, &se, 1, &a, &b);
        if (b - a < upper - lower)
            low = se;
        else
            high = se;
    }
    return fmax(fabs(a - lower), fabs(b - upper));
}

/* OS at 24 months 73.3 % (68.6-77.5) and 65.0 % (59.9-69.5): only log-log limits stand there. */
static void aspire_survival(void **state)
{
    static const double published[2][3] = {{0.733, 0.686, 0.775}, {0.650, 0.599, 0.695}};
    static const struct {
        msp_km_interval kind;
        double largest;
    } of[] = {{MSP_KM_LOG_LOG, 0.0007},
              {MSP_KM_LOGIT, 0.0015},
              {MSP_KM_ARCSINE, 0.0022},
              {MSP_KM_PLAIN, 0.0030},
              {MSP_KM_LOG, 0.0048}};
    (void)state;
    for (size_t i = 0; i < MSP_COUNT(of); i++) {
        double largest = 0;
        for (size_t arm = 0; arm < 2; arm++) {
            const double *p = published[arm];
            largest = fmax(largest, misplaced(of[i].kind, p[0], p[1], p[2]));
        }
        assert_true(fabs(largest - of[i].largest) <= 0.00005);
    }
}

/* HR 0.69 (0.57-0.83), P = .0001 and 0.79 (0.63-0.99), P = .04 are two-sided. */
static void aspire_hazard_ratios(void **state)
{
    static const struct {
        double ratio, lower, upper, events, p, fewest, most;
    } of[] = {{0.69, 0.57, 0.83, 435, 1.09e-4, 403, 472},
              {0.79, 0.63, 0.99, 301, 0.0409, 284, 319}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const double se = log(of[i].upper / of[i].lower) / 2 / msp_dist_normal_limit(0.95);
        assert_near(4 / (se * se), of[i].events, 2e-3);
        assert_near(msp_dist_normal_two_sided(log(of[i].ratio) / se).p, of[i].p, 5e-3);
        /* Over the rounding of both limits. */
        const double wide = log((of[i].upper + 0.005) / (of[i].lower - 0.005)) / 2,
                     narrow = log((of[i].upper - 0.005) / (of[i].lower + 0.005)) / 2,
                     z = msp_dist_normal_limit(0.95);
        assert_near(4 * z * z / (wide * wide), of[i].fewest, 2e-3);
        assert_near(4 * z * z / (narrow * narrow), of[i].most, 2e-3);
    }
    const double se = log(0.83 / 0.57) / 2 / msp_dist_normal_limit(0.95);
    assert_near(se, 0.09587, 5e-5);
    assert_near(log(0.69) / se, -3.871, 1e-4);
    assert_near(msp_dist_normal_lower(log(0.69) / se).p, 5.4e-5, 1e-2);
    assert_near(sqrt(0.57 * 0.83), 0.6878, 1e-4);
}

static void aspire_counts(void **state)
{
    static const struct {
        int x, n;
        double published;
    } of[] = {{118, 396, 29.8}, {86, 396, 21.7},  {328, 392, 83.7}, {314, 389, 80.7},
              {234, 392, 59.7}, {209, 389, 53.7}, {30, 392, 7.7},   {33, 389, 8.5}};
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        percent((double)of[i].x / of[i].n, of[i].published, 0.05);
}

/* HR 0.53 (99 % CI 0.32-0.89), one-sided p = .0007 at 103 events, 3:2. */
static void ikema_interim(void **state)
{
    const double se = log(0.89 / 0.32) / 2 / msp_dist_normal_limit(0.99), share = 179.0 / 302;
    const double z = msp_dist_normal_quantile(1 - 0.0007);
    (void)state;
    assert_near(se, 0.19856, 5e-5);
    assert_near(1 / (se * se * 0.24), 105.7, 5e-4);
    assert_near(z, 3.1947, 5e-5);
    assert_near(exp(-z / sqrt(103 * 0.24)), 0.526, 2e-4);
    assert_near(share * (1 - share), 0.24, 0.01);
    assert_near(msp_dist_normal_upper(2.5519914860).p, 0.00535546, 1e-6);
    const double wide = log(0.895 / 0.315) / 2 / msp_dist_normal_limit(0.99),
                 narrow = log(0.885 / 0.325) / 2 / msp_dist_normal_limit(0.99);
    assert_near(1 / (wide * wide * 0.24), 101, 5e-3);
    assert_near(1 / (narrow * narrow * 0.24), 110, 5e-3);
    assert_near(log(0.53) / se, -3.197, 2e-4);
    assert_near(msp_dist_normal_lower(log(0.53) / se).p, 6.9e-4, 1e-2);
    const double half = msp_dist_normal_limit(0.99) / sqrt(103 * 0.24);
    assert_near(0.53 * exp(-half), 0.316, 2e-3);
    assert_near(0.53 * exp(half), 0.890, 1e-3);
    assert_near(0.5260 * exp(-half), 0.313, 2e-3);
    assert_near(0.5260 * exp(half), 0.883, 1e-3);
    assert_int_equal(lround(0.65 * 159), 103);
}

static void ikema_safety(void **state)
{
    static const struct {
        int64_t x1, x2;
        double first, second, p;
    } of[] = {{136, 82, 77, 67, 0.0849},
              {105, 70, 59, 57, 0.8113},
              {15, 17, 8, 14, 0.1820},
              {6, 4, 3, 3, 1.0}};
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        percent((double)of[i].x1 / 177, of[i].first, 0.5);
        percent((double)of[i].x2 / 122, of[i].second, 0.5);
        assert_near(fisher(of[i].x1, 177, of[i].x2, 122).two_sided.p, of[i].p, 6e-4);
    }
}

/* The single arm's primary endpoint, had it been one half of its 58 patients. */
static void second_transplant(void **state)
{
    const msp_interval i = interval(29, 58, MSP_CLOPPER_PEARSON);
    (void)state;
    percent(i.lower, 36.58, 0.005);
    percent(i.upper, 63.42, 0.005);
}

/* OPTIMISMM's medians, exponential: the hazard ratios that a simulation starts from. */
static void review_scenarios(void **state)
{
    (void)state;
    assert_near(9.49 / 17.84, 0.532, 1e-3);
    assert_near(7.10 / 11.20, 0.634, 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a061202),
        cmocka_unit_test(a061202_other_tests),
        cmocka_unit_test(the_only_counts),
        cmocka_unit_test(aspire_kinds),
        cmocka_unit_test(aspire_survival),
        cmocka_unit_test(review_scenarios),
        cmocka_unit_test(a061202_events),
        cmocka_unit_test(aspire_response),
        cmocka_unit_test(aspire_hazard_ratios),
        cmocka_unit_test(aspire_counts),
        cmocka_unit_test(ikema_interim),
        cmocka_unit_test(ikema_safety),
        cmocka_unit_test(second_transplant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
