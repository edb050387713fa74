#include "near.h"

#include "mspike/stats/fisher.h"
#include "mspike/stats/stratified.h"
#include "mspike/stats/two_by_two.h"

static const msp_confidence two_sided_95 = {0.95, MSP_TWO_SIDED};

static msp_interval contrast(const msp_two_by_two *t, msp_contrast what, msp_contrast_method how)
{
    msp_interval out;
    assert_int_equal(msp_two_by_two_contrast(t, what, how, &two_sided_95, &out, NULL), MSP_OK);
    return out;
}

/* The definition solved at 40 digits by bisection (Python, mpmath 1.3): limits of the difference,
 * the risk ratio, the odds ratio. */
static void miettinen_nurminen_to_the_last_digits(void **state)
{
    (void)state;
    static const struct {
        msp_two_by_two table;
        double difference[2], risk_ratio[2], odds_ratio[2];
    } cases[] = {
        {{11, 38, 2, 39},
         {0.0772591829440122177, 0.406638300235859951},
         {1.53027387119265174, 22.0373620071475548},
         {1.68807089224083077, 32.8104341063730211}},
        {{24, 38, 17, 39},
         {-0.0286165816261130504, 0.401143713118053931},
         {0.947318095869840348, 2.28099524166453206},
         {0.891433777902587665, 5.52034280379326059}},
        {{345, 396, 264, 396},
         {0.14733552182392445, 0.261439864015343203},
         {1.20981278087524024, 1.41890180261057212},
         {2.3600915567737337, 4.84683765064138985}},
        {{3, 10, 7, 10},
         {-0.714560771582382466, 0.0491041508244754938},
         {0.142180680323273969, 1.10420100360649727},
         {0.0277154255602200063, 1.2172262440507449}},
        {{10, 10, 0, 10},
         {0.663641551894767429, 1},
         {3.47301883045655386, INFINITY},
         {24.4632885431708058, INFINITY}},
        {{0, 20, 3, 25},
         {-0.302008997893111797, 0.053228400911154133},
         {0, 1.50497129632722318},
         {0, 1.57463669419902481}},
        {{20, 20, 19, 25},
         {0.0589413714320760057, 0.436611816141734686},
         {1.07498392281212667, 1.7749751035807587},
         {1.46867169519130027, INFINITY}},
        {{5, 5, 1, 300},
         {0.561333142321221289, 0.999412694730067122},
         {53.5365334202109609, 1702.69202609792235},
         {197.857896135711995, INFINITY}},
        {{1, 1000000, 2, 999999},
         {-6.38704738027367243e-6, 3.81856021788237133e-6},
         {0.0655209184504508572, 3.81556555583854421},
         {0.0655207100581434271, 3.81557460865850601}},
        {{1, 1, 0, 1},
         {-0.586901371245525224, 1},
         {0.260317771627005669, INFINITY},
         {0.0677653422248498777, INFINITY}},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const double *want[] = {cases[i].difference, cases[i].risk_ratio, cases[i].odds_ratio};
        for (msp_contrast c = MSP_DIFFERENCE; c <= MSP_ODDS_RATIO; c++) {
            const msp_interval got = contrast(&cases[i].table, c, MSP_MIETTINEN_NURMINEN);
            assert_near(got.lower, want[c][0], 5e-13);
            assert_near(got.upper, want[c][1], 5e-13);
        }
    }
    const msp_two_by_two nobody = {0, 10, 0, 10};
    const msp_interval d = contrast(&nobody, MSP_DIFFERENCE, MSP_MIETTINEN_NURMINEN);
    assert_near(d.lower, -0.287933941282012182, 1e-13);
    assert_near(d.upper, 0.287933941282012182, 1e-13);
}

/* Exchanging the groups turns difference and ratios round; one-sided limits are those of the
 * two-sided interval of twice the error. */
static void symmetries(void **state)
{
    (void)state;
    static const msp_two_by_two tables[] = {
        {11, 38, 2, 39}, {0, 12, 5, 9}, {345, 396, 264, 396}, {9, 9, 3, 30}};
    for (size_t i = 0; i < MSP_COUNT(tables); i++) {
        const msp_two_by_two t = tables[i], turned = {t.x2, t.n2, t.x1, t.n1};
        const msp_interval a = contrast(&t, MSP_DIFFERENCE, MSP_MIETTINEN_NURMINEN);
        const msp_interval b = contrast(&turned, MSP_DIFFERENCE, MSP_MIETTINEN_NURMINEN);
        assert_near(a.lower, -b.upper, 1e-12);
        const msp_confidence less = {0.975, MSP_LESS}, greater = {0.975, MSP_GREATER};
        for (msp_contrast c = MSP_DIFFERENCE; c <= MSP_ODDS_RATIO; c++) {
            const msp_interval both = contrast(&t, c, MSP_MIETTINEN_NURMINEN);
            const msp_interval other = contrast(&turned, c, MSP_MIETTINEN_NURMINEN);
            msp_interval upper, lower;
            msp_two_by_two_contrast(&t, c, MSP_MIETTINEN_NURMINEN, &less, &upper, NULL);
            msp_two_by_two_contrast(&t, c, MSP_MIETTINEN_NURMINEN, &greater, &lower, NULL);
            assert_near(upper.upper, both.upper, 1e-13);
            assert_near(upper.lower, c == MSP_DIFFERENCE ? -1 : 0, 0);
            assert_near(lower.lower, both.lower, 1e-13);
            if (c != MSP_DIFFERENCE)
                assert_near(both.lower, 1 / other.upper, 1e-12);
        }
    }
}

/* Alliance A061202: VGPR or better 28.9 % v 5.1 %, P = .0063; overall response 63.2 % v 43.6 %.
 * IKEMA (Moreau, Lancet 397:2361, 2021), adverse events of 177 and 122 patients. ASPIRE: complete
 * response 31.8 % v 9.3 %. Recomputed in ../shared/golden/source-documents.md by R's fisher.test.
 */
static void published_p_values(void **state)
{
    (void)state;
    static const struct {
        msp_two_by_two table;
        double p, tolerance;
    } cases[] = {
        {{11, 38, 2, 39}, 0.0063097892231348, 1e-13},
        {{24, 38, 17, 39}, 0.11129, 1e-4},
        {{136, 177, 82, 122}, 0.0849, 1e-3},
        {{105, 177, 70, 122}, 0.8113, 1e-4},
        {{15, 177, 17, 122}, 0.1820, 3e-4},
        {{6, 177, 4, 122}, 1, 1e-12},
        {{126, 396, 37, 396}, 2.7392435502248e-15, 1e-12},
        {{345, 396, 264, 396}, 8.2987440399987e-12, 1e-12},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_fisher f;
        assert_int_equal(msp_fisher_test(&cases[i].table, &f, NULL), MSP_OK);
        assert_near(f.two_sided.p, cases[i].p, cases[i].tolerance);
        assert_near(exp(f.two_sided.log_p), f.two_sided.p, 1e-13);
        assert_null(f.note);
    }
}

/* Fisher's tea: 3 of 4 cups guessed. P(X = 3) = 16/70, P(X = 4) = 1/70. */
static void tea_by_hand(void **state)
{
    (void)state;
    const msp_two_by_two tea = {3, 4, 1, 4};
    msp_fisher f;
    assert_int_equal(msp_fisher_test(&tea, &f, NULL), MSP_OK);
    assert_near(f.greater.p, 17 / 70.0, 1e-14);
    assert_near(f.less.p, 69 / 70.0, 1e-14);
    assert_near(f.two_sided.p, 34 / 70.0, 1e-14); /* 0, 1, 3 and 4 */
    assert_near(f.mid_greater.p, 9 / 70.0, 1e-14);
    assert_near(f.mid_two_sided.p, 26 / 70.0, 1e-14);
}

/* Far tails: 1000 of 1000 v 0 of 1000 has p = 2 / choose(2000, 1000). */
static void log_p_goes_on(void **state)
{
    (void)state;
    const msp_two_by_two t = {1000, 1000, 0, 1000};
    const int64_t events[] = {1000, 0}, n[] = {1000, 1000};
    msp_fisher f;
    msp_test chi;
    const char *note;
    assert_int_equal(msp_fisher_test(&t, &f, NULL), MSP_OK);
    assert_near(f.two_sided.p, 0, 0);
    assert_near(f.two_sided.log_p, log(2) - lgamma(2001) + 2 * lgamma(1001), 1e-12);
    assert_near(f.mid_greater.log_p, -log(2) - lgamma(2001) + 2 * lgamma(1001), 1e-12);
    assert_int_equal(msp_two_by_two_chi_square(events, n, 2, false, &chi, &note, NULL), MSP_OK);
    assert_near(chi.statistic, 2000, 1e-14);
    assert_true(chi.log_p < -1000 && chi.log_p > -1100);
}

static void assert_note(const msp_interval *got, const char *note, bool estimate, bool limits)
{
    assert_string_equal(got->note, note);
    assert_int_equal(isnan(got->estimate) == 0, estimate);
    assert_int_equal(isnan(got->lower) == 0, limits);
}

static void what_is_not_estimable_says_why(void **state)
{
    (void)state;
    const msp_two_by_two empty = {0, 0, 3, 9}, nobody = {0, 5, 0, 6}, one = {4, 5, 0, 6},
                         everybody = {5, 5, 6, 6};
    static const char no_variance[] =
        "nobody, or everybody, had the event: the Wald variance is 0; "
        "the score interval has limits";
    msp_interval i = contrast(&empty, MSP_DIFFERENCE, MSP_MIETTINEN_NURMINEN);
    assert_note(&i, "a group has no patients", false, false);
    i = contrast(&nobody, MSP_ODDS_RATIO, MSP_WALD_CONTRAST);
    assert_note(&i, "the ratio is 0 to 0", false, false);
    i = contrast(&everybody, MSP_RISK_RATIO, MSP_WALD_CONTRAST);
    assert_note(&i, no_variance, true, false);
    i = contrast(&everybody, MSP_DIFFERENCE, MSP_WALD_CONTRAST);
    assert_note(&i, no_variance, true, false);
    i = contrast(&nobody, MSP_DIFFERENCE, MSP_WALD_CONTRAST);
    assert_note(&i, no_variance, true, false);
    i = contrast(&one, MSP_RISK_RATIO, MSP_MIETTINEN_NURMINEN);
    assert_note(&i, "infinite: the second group has none", true, true);
    i = contrast(&one, MSP_ODDS_RATIO, MSP_WALD_CONTRAST);
    assert_string_equal(i.note, "a count is 0, so the log has no standard error; the score and the "
                                "exact interval have limits");
    assert_int_equal(msp_fisher_odds_ratio(&nobody, &two_sided_95, &i, NULL), MSP_OK);
    assert_note(&i, "the margins leave one table only", false, false);
    assert_int_equal(msp_fisher_odds_ratio(&one, &two_sided_95, &i, NULL), MSP_OK);
    assert_note(&i, "infinite: the largest number possible", true, true);

    const int64_t events[] = {0, 0}, n[] = {5, 6}, all[] = {5, 6}, gone[] = {5, 0};
    msp_test t;
    const char *note;
    assert_int_equal(msp_two_by_two_chi_square(events, n, 2, false, &t, &note, NULL), MSP_OK);
    assert_string_equal(note, "no one has the event");
    assert_near(t.p, NAN, 0);
    assert_int_equal(msp_two_by_two_chi_square(all, n, 2, false, &t, &note, NULL), MSP_OK);
    assert_string_equal(note, "everyone has the event");
    assert_int_equal(msp_two_by_two_chi_square(events, gone, 2, false, &t, &note, NULL), MSP_OK);
    assert_string_equal(note, "fewer than two groups have patients");

    msp_error err;
    const msp_two_by_two wrong = {1, 2, 4, 3}, huge = {50000000, 100000000, 50000000, 100000000};
    assert_int_equal(
        msp_two_by_two_contrast(&wrong, MSP_DIFFERENCE, MSP_NEWCOMBE, &two_sided_95, &i, &err),
        MSP_ERANGE);
    assert_string_equal(err.text, "4 of 3 patients in group 2; expected 0 <= events <= patients");
    msp_fisher f;
    assert_int_equal(msp_fisher_test(&huge, &f, &err), MSP_EUNSUPPORTED);
    assert_int_equal(
        msp_two_by_two_contrast(&one, MSP_ODDS_RATIO, MSP_NEWCOMBE, &two_sided_95, &i, &err),
        MSP_EUNSUPPORTED);
}

/* A stratum alone is the table; strata that tell nothing change nothing. The single table's
 * Mantel-Haenszel statistic is (N - 1) / N of Pearson's. */
static void one_stratum_is_the_table(void **state)
{
    (void)state;
    const msp_two_by_two t[] = {{11, 38, 2, 39}, {0, 0, 4, 9}, {5, 7, 0, 0}};
    const int64_t events[] = {11, 2}, n[] = {38, 39};
    msp_test cmh, chi, none;
    const char *note;
    assert_int_equal(msp_stratified_cmh(t, 3, false, &cmh, &note, NULL), MSP_OK);
    assert_int_equal(msp_two_by_two_chi_square(events, n, 2, false, &chi, &note, NULL), MSP_OK);
    assert_near(cmh.statistic, chi.statistic * 76 / 77, 1e-13);
    const msp_interval d = contrast(&t[0], MSP_DIFFERENCE, MSP_MIETTINEN_NURMINEN);
    const msp_interval odds = contrast(&t[0], MSP_ODDS_RATIO, MSP_WALD_CONTRAST);
    const msp_interval risk = contrast(&t[0], MSP_RISK_RATIO, MSP_WALD_CONTRAST);
    msp_interval s;
    msp_stratified_difference(t, 3, MSP_STRATIFIED_MIETTINEN_NURMINEN, &two_sided_95, &s, NULL);
    assert_near(s.estimate, d.estimate, 1e-14);
    assert_near(s.lower, d.lower, 1e-13);
    assert_near(s.upper, d.upper, 1e-13);
    /* One stratum's Robins-Breslow-Greenland variance is Woolf's. */
    msp_stratified_ratio(t, 3, MSP_ODDS_RATIO, &two_sided_95, &s, NULL);
    assert_near(s.lower, odds.lower, 1e-13);
    msp_stratified_ratio(t, 3, MSP_RISK_RATIO, &two_sided_95, &s, NULL);
    assert_near(s.upper, risk.upper, 1e-13);
    msp_fisher exact, alone;
    msp_stratified_exact(t, 3, &exact, NULL);
    msp_fisher_test(t, &alone, NULL);
    assert_near(exact.two_sided.p, alone.two_sided.p, 1e-13);
    msp_stratified_breslow_day(t, 3, false, &none, &note, NULL);
    assert_string_equal(note, "fewer than two strata tell of the odds ratio");
    msp_stratified_cmh(t + 1, 2, false, &none, &note, NULL);
    assert_non_null(note);
    assert_near(none.p, NAN, 0);
}

/* Two equal strata: the limit of the summed score by definition, the variance halved. */
static void equal_strata_halve_the_variance(void **state)
{
    (void)state;
    const msp_two_by_two t[] = {{8, 30, 5, 31}, {8, 30, 5, 31}};
    const msp_confidence wider = {
        1 - 2 * msp_dist_normal_upper(msp_dist_normal_limit(0.95) / sqrt(2)).p, MSP_TWO_SIDED};
    msp_interval two, one;
    msp_stratified_difference(t, 2, MSP_STRATIFIED_MIETTINEN_NURMINEN, &two_sided_95, &two, NULL);
    msp_two_by_two_contrast(t, MSP_DIFFERENCE, MSP_MIETTINEN_NURMINEN, &wider, &one, NULL);
    assert_near(two.lower, one.lower, 1e-12);
    assert_near(two.upper, one.upper, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(miettinen_nurminen_to_the_last_digits),
        cmocka_unit_test(symmetries),
        cmocka_unit_test(published_p_values),
        cmocka_unit_test(tea_by_hand),
        cmocka_unit_test(log_p_goes_on),
        cmocka_unit_test(what_is_not_estimable_says_why),
        cmocka_unit_test(one_stratum_is_the_table),
        cmocka_unit_test(equal_strata_halve_the_variance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
