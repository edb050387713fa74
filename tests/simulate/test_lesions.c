/* Plasmacytomas of virtual patients: their course, what scans of them show, the road of TU and TR.
 */
#include "road.h"
#include "world.h"

static const char before[] =
    "mspike: 1\n"
    "trial: {title: Lesions, randomised: yes, enrolment: {planned: 200}}\n"
    "arms:\n"
    "  AB: {allocation: 1, regimen: two}\n"
    "  B: {allocation: 1, regimen: one}\n"
    "drugs: {a: {class: proteasome-inhibitor, values: ALPHA}, b: {class: steroid, values: BETA}}\n"
    "regimens:\n"
    "  two: {cycle: 28 days, until: progression, drugs: {a: {route: oral, dose: 4 mg, schedule: "
    "[{days: [1, 8]}]}, b: {route: oral, dose: 40 mg, schedule: [{days: 1}]}}}\n"
    "  one: {cycle: 28 days, until: progression, drugs: {b: {route: oral, dose: 40 mg, schedule: "
    "[{days: 1}]}}}\n"
    "visits: {cycle: {day: 1, cycles: 1-, window: 3 days, assess: response}}\n"
    "crossover: {from: B, regimen: two}\n"
    "data: {subjects: {table: ADSL, id: USUBJID, arm: TRT01P}}\n"
    "virtual:\n"
    "  follow_up: 36\n"
    "  measured_by: {serum: 0.6, urine: 0.1, both: 0.1, light-chains: 0.2}\n"
    "  arms:\n"
    "    AB: {decay: {median: 1, spread: 0.5}, resistant: {median: 0.003, spread: 2}, growth: "
    "{median: 0.15, spread: 0.5}}\n"
    "    B: {decay: {median: 0.8, spread: 0.5}, resistant: {median: 0.3, spread: 1}, growth: "
    "{median: 0.15, spread: 0.6}}\n"
    "  crossover: {decay: 1, resistant: {median: 0.5, spread: 1.5}}\n";

static void make(world *w, uint32_t number, msp_virtual_patient *p)
{
    const uint32_t n = (uint32_t)w->plan.n;
    msp_virtual_patient_make(&w->plan, 1, number / n, number % n, number % 2, 0, &w->watch.work, p);
}

/* The day of progression by the words of the criteria, of all that is measured: by M-protein, and
 * by the sum of products, which is 0 while the largest has shrunk below 5 mm and is not 10 mm
 * again. */
static double scanned(const msp_virtual_truth *t, const msp_doses *doses, bool light, bool *by_size)
{
    double lowest = 1, smallest = t->longest * t->longest;
    bool gone = false;
    for (double day = 0; day < 4000; day += 0.25) {
        const double x = msp_kinetics_burden(&t->kinetics, doses, day);
        lowest = x < lowest ? x : lowest;
        const double rise = x - lowest, mm = t->longest * cbrt(x);
        const bool quarter = x >= 1.25 * lowest;
        gone = gone ? mm < 10 : mm < 5;
        const double area = gone ? 0 : mm * mm;
        smallest = area < smallest ? area : smallest;
        *by_size = t->n_lesions > 0 && area > smallest && area >= 1.5 * smallest;
        if (*by_size ||
            (t->serum * rise >= 0.5 &&
             (quarter || (t->serum * lowest >= 5 && t->serum * rise >= 1))) ||
            (t->urine * rise >= 200 && quarter) || (light && t->light * rise >= 100 && quarter))
            return day;
    }
    return INFINITY;
}

/* True progression against the scan, and how often it is by size. */
static void test_truth(void **state)
{
    (void)state;
    world w;
    open_world(&w, before, "  plasmacytomas: 0.7\n");
    size_t n = 0, by_size = 0, has = 0;
    for (uint32_t i = 0; i < 400; i++) {
        msp_virtual_patient p;
        bool size;
        make(&w, i, &p);
        const msp_virtual_truth *t = &p.truth;
        const int first = p.patient.first_dose - p.patient.randomised;
        const double found = scanned(t, &p.doses, p.type == MSP_DISEASE_FLC, &size);
        has += t->n_lesions > 0;
        assert_true((t->n_lesions > 0) == (t->longest >= 20));
        if (t->progression - first >= 3999) {
            assert_true(isinf(found));
            continue;
        }
        assert_true(fabs(t->progression - first - found) <= 0.25);
        by_size += size;
        n++;
    }
    assert_true(n > 300);
    assert_true(abs((int)has - 280) < 46); /* five standard deviations */
    assert_true(by_size > 40 && by_size < n / 2);
    close_world(&w);
}

/* Scans are where they are due and where samples show progression; what they show is near what is
 * true, 5 % a diameter. */
static void test_scans(void **state)
{
    (void)state;
    world w;
    open_world(&w, before, "  plasmacytomas: {share: 0.5, new: 0.3, every: 4}\n");
    size_t n = 0, gone = 0, fresh = 0;
    double squares = 0;
    for (uint32_t i = 0; i < 600; i++) {
        msp_virtual_patient p;
        make(&w, i, &p);
        const msp_virtual_truth *t = &p.truth;
        if (t->n_lesions > 0)
            assert_int_equal(p.scans[0].visit, 0);
        for (size_t k = 0; k < p.n_scans; k++) {
            const msp_virtual_scan *s = &p.scans[k];
            fresh += s->new_lesion;
            assert_true(k == 0 || s->day > s[-1].day);
            assert_true(!s->new_lesion || s->day - p.enrolled >= t->progression);
            if (p.crossed != NULL && s->day >= p.crossed->said.day)
                break;
            const double day = s->day - p.patient.first_dose;
            const double mm =
                t->longest * (day > 0 ? cbrt(msp_kinetics_burden(&t->kinetics, &p.doses, day)) : 1);
            if (t->n_lesions == 0 || s->longest[0] == 0) {
                gone += t->n_lesions > 0;
                assert_true(t->n_lesions == 0 || mm < 10);
                continue;
            }
            const double z = (s->longest[0] / (10 * mm) - 1) / 0.05;
            assert_true(fabs(z) < 6);
            assert_true(s->across[0] <= s->longest[0]);
            squares += z * z;
            n++;
        }
    }
    assert_true(n > 1000 && gone > 20 && fresh > 50);
    assert_true(fabs(squares / (double)n - 1) < 0.15);
    close_world(&w);
}

/* Days, markers and values of all that was measured of lesions. */
static uint64_t signature(const msp_patient *p, size_t *n)
{
    uint64_t sum = 0;
    *n = 0;
    for (size_t i = 0; i < p->n_measured; i++) {
        const msp_measured *m = &p->measured[i];
        if (m->marker != MSP_MARKER_SPD && m->marker != MSP_MARKER_LONGER &&
            m->marker != MSP_MARKER_NEW_LESION)
            continue;
        const double value = msp_decimal_to_double(msp_measured_value(m));
        sum += (uint64_t)m->day * 1000003u * (m->marker + 1u) + (uint64_t)llround(value * 1e4);
        ++*n;
    }
    return sum;
}

/* As a real trial's tables are read: the same sums, signs, responses and times as in memory, and
 * those of the crossover cohort too. */
static void test_road(void **state)
{
    (void)state;
    world w;
    road r;
    size_t all = 0, longer = 0;
    open_world(&w, before, "  plasmacytomas: {share: 0.6, new: 0.3}\n");
    road_take(&w.plan, 3, &r);
    assert_true(road_compare(&w.watch, 3, &r) > 40);
    for (uint32_t i = 0; i < w.plan.n; i++) {
        const msp_virtual_outcome *o = &w.watch.outcomes[i];
        msp_virtual_patient p;
        size_t n, n_read;
        msp_virtual_patient_make(&w.plan, 3, 0, i, o->arm, o->cell, &w.watch.work, &p);
        assert_true(signature(&r.patients.patients[i], &n_read) == signature(&p.patient, &n));
        assert_int_equal(n_read, n);
        all += n;
        for (size_t k = 0; k < p.n_scans; k++)
            longer += p.scans[k].longer;
    }
    assert_true(all > 500 && longer > 3);
    road_leave(&r);
    close_world(&w);
}

static uint64_t digest_of(const char *plasmacytomas, size_t threads)
{
    world w;
    const msp_virtual_way *ways;
    msp_virtual_cost cost;
    open_world(&w, before, plasmacytomas);
    assert_true(msp_virtual_ways(&ways) > 0);
    assert_int_equal(msp_virtual_cost_of(&w.protocol, ways, 5, 4, threads, 2, NULL, &cost, NULL),
                     MSP_OK);
    close_world(&w);
    return cost.digest;
}

/* Nobody has any: the patients are as without the block. Threads change nothing. */
static void test_digests(void **state)
{
    (void)state;
    static const char some[] = "  plasmacytomas: {share: 0.5, new: 0.5, every: 2}\n";
    static const size_t threads[] = {2, 3, 7};
    const uint64_t digest = digest_of(some, 1);
    for (size_t i = 0; i < MSP_COUNT(threads); i++)
        assert_true(digest_of(some, threads[i]) == digest);
    const uint64_t plain = digest_of("", 1);
    assert_true(digest_of("  plasmacytomas: 0\n", 1) == plain);
    assert_true(digest != plain);
}

/* Everybody; scans at every visit, and never but at the start; detected after it is true, or by
 * samples. */
static void test_extremes(void **state)
{
    (void)state;
    static const char *const said[] = {"  plasmacytomas: {share: 1, new: 1, every: 1}\n",
                                       "  plasmacytomas: {share: 1, every: 1000}\n",
                                       "  plasmacytomas: {share: 0, new: 1}\n"};
    for (size_t k = 0; k < MSP_COUNT(said); k++) {
        world w;
        open_world(&w, before, said[k]);
        size_t fresh = 0, seen = 0;
        for (uint32_t i = 0; i < 200; i++) {
            msp_virtual_patient p;
            make(&w, i, &p);
            assert_int_equal(p.truth.n_lesions > 0, k < 2);
            assert_true(k != 0 || p.n_scans == p.patient.n_visits);
            seen += p.seen != MSP_NO_DAY;
            for (size_t j = 0; j < p.n_scans; j++)
                fresh += p.scans[j].new_lesion;
        }
        assert_true(seen > 100);
        assert_true(k == 1 ? fresh == 0 : fresh > seen / 2);
        close_world(&w);
    }
}

/* What cannot be is refused where it stands. */
static void test_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"{share: 1.5}",
                                        "{share: -1}",
                                        "{share: nan}",
                                        "{new: 0.1}",
                                        "{share: 0.1, new: 2}",
                                        "{share: 0.1, every: 0}",
                                        "{share: 0.1, every: 2.5}",
                                        "{share: 0.1, every: -1}"};
    refuse_all(before, "plasmacytomas", wrong, MSP_COUNT(wrong), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truth),    cmocka_unit_test(test_scans),
        cmocka_unit_test(test_road),     cmocka_unit_test(test_digests),
        cmocka_unit_test(test_extremes), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
