/* Virtual patients who go over to another treatment: the disease that goes on, and the road of
 * their tables. */
#include "road.h"
#include "world.h"

static const char before[] =
    "mspike: 1\n"
    "trial: {title: Crossover, randomised: yes, enrolment: {planned: 160}}\n"
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
    "crossover: {from: B, regimen: two, population: X, endpoints: PFS-X}\n"
    "data: {subjects: {table: ADSL, id: USUBJID, arm: TRT01P}}\n"
    "populations: {X: {where: {XFL: Y}}}\n"
    "endpoints: {PFS-X: {origin: crossover, events: [progression, death], population: X}}\n"
    "virtual:\n"
    "  follow_up: 24\n"
    "  measured_by: {serum: 0.6, urine: 0.1, both: 0.1, light-chains: 0.2}\n"
    "  arms:\n"
    "    AB: {decay: 1, resistant: 0.1, growth: 0.1, stop: 0.03}\n"
    "    B: {decay: {median: 0.8, spread: 0.5}, resistant: {median: 0.3, spread: 1}, growth: "
    "{median: 0.15, spread: 0.6}}\n";
static const char crossing[] =
    "  crossover: {share: 0.8, delay: {median: 21, spread: 0.5}, decay: {median: 1, spread: 0.5}, "
    "resistant: {median: 0.5, spread: 1.5}, growth: 0.9}\n";

static void make(world *w, uint32_t number, msp_virtual_patient *p)
{
    const uint32_t n = (uint32_t)w->plan.n;
    msp_virtual_patient_make(&w->plan, 1, number / n, number % n, 1, 0, &w->watch.work, p);
}

/* The day on which the burden has risen as the criteria ask, by a scan from the crossover on. */
static double scanned(const msp_virtual_crossed *c, bool light, double *lowest)
{
    const msp_virtual_truth *t = &c->truth;
    *lowest = 1;
    for (double day = 0; day < 4000; day += 0.25) {
        const double x = msp_kinetics_burden(&t->kinetics, &c->doses, day);
        *lowest = x < *lowest ? x : *lowest;
        const double rise = x - *lowest;
        const bool quarter = x >= 1.25 * *lowest;
        if ((t->serum * rise >= 0.5 &&
             (quarter || (t->serum * *lowest >= 5 && t->serum * rise >= 1))) ||
            (t->urine * rise >= 200 && quarter) || (light && t->light * rise >= 100 && quarter))
            return day;
    }
    return INFINITY;
}

/* What there is at the crossover is what the first treatment left, grown without treatment; more of
 * it is sensitive then than to the first; progression is the scan's. */
static void test_disease(void **state)
{
    (void)state;
    world w;
    open_world(&w, before, crossing);
    size_t n = 0;
    for (uint32_t i = 0; i < 200; i++) {
        msp_virtual_patient p;
        make(&w, i, &p);
        const msp_virtual_crossed *c = p.crossed;
        if (c == NULL)
            continue;
        n++;
        /* the first treatment ends with its last dose: a piece more */
        const double ended = p.last_dose + 1 - p.patient.first_dose,
                     day = c->said.day - p.patient.first_dose;
        const double piece[] = {0, ended}, rate[] = {0, 1}, lost[] = {0, 0};
        const double missed = msp_doses_lost(&p.doses, ended);
        const msp_doses rest = {piece, lost, rate, 2, 1};
        const msp_kinetics *k = &p.truth.kinetics;
        const double free_growth = exp(missed * (k->decay + k->regrowth));
        const double resistant_growth = exp(missed * (k->regrowth - k->growth));
        const msp_kinetics sensitive = {k->decay, k->growth, k->regrowth, 0, INFINITY, {0, 0}},
                           resists = {k->decay, k->growth, k->regrowth, 1, INFINITY, {0, 0}};
        const double burden =
            (1 - k->resistant) * free_growth * msp_kinetics_burden(&sensitive, &rest, day) +
            k->resistant * resistant_growth * msp_kinetics_burden(&resists, &rest, day);
        assert_near(c->truth.light, p.truth.light * burden, 1e-9 * p.truth.light * burden);
        assert_near(c->truth.kinetics.growth, 0.9 * k->growth, 1e-15);
        assert_near(c->truth.kinetics.regrowth, k->regrowth, 0);
        assert_true(c->truth.kinetics.resistant > 0 && c->truth.kinetics.resistant < 1);
        assert_true(c->truth.death >= c->said.day - p.enrolled);
        double lowest;
        const double found = scanned(c, p.type == MSP_DISEASE_FLC, &lowest);
        const double reached = c->truth.progression - (c->said.day - p.enrolled);
        assert_true(fabs(c->truth.nadir - lowest) < 0.002);
        assert_true(isinf(found) ? reached > 3999 : fabs(reached - found) <= 0.25);
    }
    assert_true(n > 80);
    close_world(&w);
}

/* Who is seen to progress goes over in the share given, after the delay given, and is looked at on
 * that day and on the other arm's days. */
static void test_who(void **state)
{
    (void)state;
    world w;
    open_world(&w, before, crossing);
    size_t seen = 0, crossed = 0, sooner = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        msp_virtual_patient p;
        make(&w, i, &p);
        if (p.seen == MSP_NO_DAY || p.cutoff - p.seen < 150 || p.patient.died ||
            p.withdrawn != MSP_NO_DAY)
            continue;
        seen++;
        assert_true((p.crossed != NULL) == (p.patient.crossed != NULL));
        if (p.crossed == NULL)
            continue;
        crossed++;
        sooner += p.crossed->said.day - p.seen <= 21;
        assert_int_equal(p.patient.new_therapy, p.crossed->said.day);
        bool looked = false;
        for (size_t k = 1; k < p.patient.n_visits; k++) {
            assert_true(p.patient.visits[k] > p.patient.visits[k - 1]);
            looked = looked || p.patient.visits[k] == p.crossed->said.day;
        }
        assert_true(looked);
    }
    const double share = (double)crossed / (double)seen, half = (double)sooner / (double)crossed;
    assert_true(seen > 1000);
    assert_true(fabs(share - 0.8) < 5 * sqrt(0.16 / (double)seen));
    assert_true(fabs(half - 0.5) < 0.05 + 2.5 / sqrt((double)crossed)); /* in whole days */
    close_world(&w);
}

/* What was written, as a real trial's tables are read: the same crossovers, responses and times as
 * of the patients in memory. */
static void test_road(void **state)
{
    (void)state;
    world w;
    road r;
    size_t events = 0, responders = 0;
    open_world(&w, before, crossing);
    road_take(&w.plan, 3, &r);
    assert_true(road_compare(&w.watch, 3, &r) > 40);
    for (uint32_t i = 0; i < w.plan.n; i++) {
        const msp_virtual_outcome *o = &w.watch.outcomes[i];
        const msp_patient *read = &r.patients.patients[i];
        msp_virtual_patient p;
        msp_virtual_patient_make(&w.plan, 3, 0, i, o->arm, o->cell, &w.watch.work, &p);
        if (read->crossed == NULL)
            continue;
        assert_int_equal(read->crossed->day, p.crossed->said.day);
        assert_int_equal(read->crossed->next_therapy, p.crossed->said.next_therapy);
        assert_string_equal(read->crossed->from, "EX");
        assert_true(read->last_dose <= p.last_dose); /* of the first treatment */
        events += o->after.event;
        responders += o->after.best >= MSP_LEVEL_PR;
    }
    assert_true(events > 25 && responders > 5);
    road_leave(&r);
    close_world(&w);
}

static const char *cell(const msp_table *t, const char *name, size_t row)
{
    const msp_column *column = msp_table_column(t, name);
    assert_non_null(column);
    return column->text[column->code[row]];
}

/* Of a patient's rows: how many there are with that text, and how many begin on or after a day;
 * every number of a row is one more than the one before. */
static size_t rows_of(const msp_table *t, const char *subject, const char *prefix, const char *day,
                      const char *column, const char *text)
{
    char seq[9], start[9];
    double last = 0;
    size_t n = 0;
    snprintf(seq, sizeof seq, "%sSEQ", prefix);
    snprintf(start, sizeof start, "%sSTDTC", prefix);
    for (size_t row = 0; row < t->n_rows; row++) {
        if (strcmp(cell(t, "USUBJID", row), subject) != 0)
            continue;
        const double here = msp_table_column(t, seq)->number[row];
        assert_near(here, last + 1, 0);
        last = here;
        n += strcmp(cell(t, start, row), day) >= 0 &&
             (column == NULL || strcmp(cell(t, column, row), text) == 0);
    }
    return n;
}

/* Doses of the other drug, events, and the milestone of those who go over, from that day on; of
 * others none, and the flag says which is which. */
static void test_tables(void **state)
{
    (void)state;
    world w;
    msp_virtual_tables t;
    msp_error err = {0};
    size_t n = 0, events = 0;
    open_world(&w, before, crossing);
    assert_int_equal(msp_virtual_tables_make(&w.plan, 3, 0, &t, &err), MSP_OK);
    assert_int_equal(msp_virtual_trial_follow(&w.watch, 3, 0, &err), MSP_OK);
    for (uint32_t i = 0; i < w.plan.n; i++) {
        const msp_virtual_outcome *o = &w.watch.outcomes[i];
        const char *subject = cell(&t.table[MSP_VIRTUAL_DM], "USUBJID", i);
        msp_virtual_patient p;
        char day[MSP_DATE_MAX] = "";
        msp_virtual_patient_make(&w.plan, 3, 0, i, o->arm, o->cell, &w.watch.work, &p);
        if (p.crossed != NULL)
            msp_day_format(p.crossed->said.day, day);
        const size_t other =
            rows_of(&t.table[MSP_VIRTUAL_EX], subject, "EX", day, "EXTRT", "ALPHA");
        const size_t said =
            rows_of(&t.table[MSP_VIRTUAL_DS], subject, "DS", day, "DSDECOD", "CROSSOVER");
        assert_int_equal(said, p.crossed != NULL);
        assert_true(o->arm == 0 || (other > 0) == (p.crossed != NULL));
        if (p.crossed == NULL)
            continue;
        n++;
        events += rows_of(&t.table[MSP_VIRTUAL_AE], subject, "AE", day, NULL, NULL);
    }
    assert_true(n > 40 && events > n / 2);
    size_t flagged = 0;
    for (size_t row = 0; row < t.table[MSP_VIRTUAL_SUPPDM].n_rows; row++)
        flagged += strcmp(cell(&t.table[MSP_VIRTUAL_SUPPDM], "QNAM", row), "XFL") == 0 &&
                   strcmp(cell(&t.table[MSP_VIRTUAL_SUPPDM], "QVAL", row), "Y") == 0;
    assert_int_equal(flagged, n);
    msp_virtual_tables_free(&t);
    close_world(&w);
}

/* How many of 400 go over; whoever does not is as he would be without any crossover. */
static size_t crossed_of(const char *said)
{
    world w, plain;
    open_world(&w, before, said);
    open_world(&plain, before, "");
    size_t n = 0;
    for (uint32_t i = 0; i < 400; i++) {
        msp_virtual_patient p, q;
        make(&w, i, &p);
        make(&plain, i, &q);
        assert_memory_equal(&p.truth, &q.truth, sizeof p.truth);
        assert_int_equal(p.seen, q.seen);
        assert_int_equal(p.last_dose, q.last_dose);
        assert_true(p.patient.n_visits >= q.patient.n_visits);
        if (p.crossed != NULL) {
            n++;
            assert_true(p.crossed->said.day > p.seen);
            assert_true(p.crossed->said.day <= (p.patient.died ? p.patient.death : p.cutoff));
            assert_true(p.crossed->last_dose >= p.crossed->said.day);
        } else
            assert_int_equal(p.patient.n_measured, q.patient.n_measured);
    }
    close_world(&w);
    close_world(&plain);
    return n;
}

/* Nobody, everybody, on the next day, after the data end, in most after their death. */
static void test_extremes(void **state)
{
    (void)state;
    static const char format[] =
        "  crossover: {share: %s, delay: %s, decay: 1, resistant: %s, growth: %s}\n";
    static const struct {
        const char *share, *delay, *resistant, *growth;
        size_t least, most;
    } cases[] = {
        {"0", "21", "1", "1", 0, 0},
        {"1", "0.001", "1", "1", 250, 400},
        {"1", "21", "1e-9", "0.001", 240, 400},
        {"1", "21", "1e9", "2", 240, 400},
        {"1", "100000", "1", "1", 0, 0},
        {"1", "1e300", "1", "1", 0, 0},
        {"1", "700", "1", "1", 1, 150},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        char said[256];
        snprintf(said, sizeof said, format, cases[i].share, cases[i].delay, cases[i].resistant,
                 cases[i].growth);
        const size_t n = crossed_of(said);
        assert_true(n >= cases[i].least && n <= cases[i].most);
    }
}

/* The same digest on any number of threads, and another one than without crossovers; what is
 * counted from randomisation is the same with them and without. */
static void test_threads(void **state)
{
    (void)state;
    world w, plain;
    const msp_virtual_way *ways;
    msp_virtual_cost cost;
    static const size_t threads[] = {1, 2, 3, 7};
    uint64_t digest = 0;
    open_world(&w, before, crossing);
    open_world(&plain, before, "");
    assert_true(msp_virtual_ways(&ways) > 0);
    for (size_t i = 0; i < MSP_COUNT(threads); i++) {
        assert_int_equal(
            msp_virtual_cost_of(&w.protocol, ways, 5, 6, threads[i], 2, NULL, &cost, NULL), MSP_OK);
        assert_true(i == 0 || cost.digest == digest);
        digest = cost.digest;
    }
    assert_int_equal(msp_virtual_trial_follow(&w.watch, 5, 0, NULL), MSP_OK);
    assert_int_equal(msp_virtual_trial_follow(&plain.watch, 5, 0, NULL), MSP_OK);
    for (size_t i = 0; i < w.plan.n; i++) {
        const msp_virtual_outcome *a = &w.watch.outcomes[i], *b = &plain.watch.outcomes[i];
        assert_true(a->pfs == b->pfs && a->event == b->event && a->best == b->best);
        assert_true(a->survival == b->survival && a->died == b->died);
    }
    assert_int_equal(msp_virtual_cost_of(&plain.protocol, ways, 5, 6, 1, 2, NULL, &cost, NULL),
                     MSP_OK);
    assert_true(cost.digest != digest);
    close_world(&w);
    close_world(&plain);
}

/* What cannot be is refused where it stands. */
static void test_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "{share: 1.1, decay: 1, resistant: 1}",
        "{share: -0.1, decay: 1, resistant: 1}",
        "{share: nan, decay: 1, resistant: 1}",
        "{delay: -3, decay: 1, resistant: 1}",
        "{delay: 0, decay: 1, resistant: 1}",
        "{delay: {median: 3, spread: -1}, decay: 1, resistant: 1}",
        "{decay: nan, resistant: 1}",
        "{decay: 1}",
        "{decay: 1, resistant: 1, growth: 0}",
        "{decay: 1, resistant: 1, growth: 2.5}",
        "{decay: 1, resistant: 1, growth: .inf}",
        "{decay: 1, resistant: 1, targets: [{figure: orr, value: 23}]}",
        "{decay: 1, resistant: 1, targets: [{figure: hazard-ratio, value: 0.5}]}",
    };
    refuse_all(before, "crossover", wrong, MSP_COUNT(wrong), 21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disease),  cmocka_unit_test(test_who),
        cmocka_unit_test(test_road),     cmocka_unit_test(test_tables),
        cmocka_unit_test(test_extremes), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
