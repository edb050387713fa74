/* Virtual patients: kinetics against a dense scan, draws that depend on nobody else, allotment. */
#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/patient.h"
#include "mspike/protocol.h"
#include "mspike/simulate.h"
#include "mspike/table.h"
#include "simulate/exact.h"
#include "simulate/visits.h"
#include "world.h"

static const char text[] =
    "mspike: 1\n"
    "trial: {title: Virtual, enrolment: {planned: 240}}\n"
    "arms:\n"
    "  A: {allocation: 2, regimen: R}\n"
    "  B: {allocation: 1, regimen: R}\n"
    "stratification: {iss: {label: ISS, levels: [I, II, III]}}\n"
    "drugs: {x: {class: steroid}}\n"
    "regimens: {R: {cycle: 28 days, until: progression, drugs: {x: {route: oral, dose: 20 mg, "
    "schedule: "
    "[{days: 1}]}}}}\n"
    "visits: {cycle: {day: 1, cycles: 1-, window: 3 days, assess: response}}\n"
    "virtual:\n"
    "  strata: {iss: {shares: [0.5, 0.3, 0.2], growth: [1, 1.5, 2]}}\n"
    "  measured_by: {serum: 0.6, urine: 0.1, both: 0.1, light-chains: 0.2}\n"
    "  arms:\n"
    "    A: {decay: {median: 1.2, spread: 0.4}, resistant: {median: 0.05, spread: 2}, growth: "
    "{median: 0.15, spread: 0.5}, refractory: 0.1}\n"
    "    B: {decay: 1, resistant: 0.2, growth: 0.3}\n";

/* dS/dt and dR/dt of the header in steps of a hundredth of a day, by the classical method of Runge
 * and Kutta; the transplant takes its part between two steps. */
static double integrated(const msp_kinetics *k, const msp_doses *e, double until)
{
    enum { STEPS_A_DAY = 100 };
    const double kill[MSP_PARTS] = {k->decay + k->regrowth, k->regrowth - k->growth};
    const double h = 1.0 / STEPS_A_DAY;
    double part[MSP_PARTS] = {1 - k->resistant, k->resistant};
    for (long step = 0; step < lround(until * STEPS_A_DAY); step++) {
        const double day = (double)step * h;
        size_t i = 0;
        while (i + 1 < e->n && e->day[i + 1] <= day + h / 2)
            i++;
        for (int p = 0; p < MSP_PARTS; p++) {
            if (fabs(day - k->transplant) < h / 2)
                part[p] *= exp(-k->taken[p]);
            const double x = h * (k->regrowth - kill[p] * (1 - e->rate[i]));
            part[p] *= 1 + x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4)));
        }
    }
    return part[0] + part[1];
}

/* Against the differential equations: full doses, a gap of a week, two thirds, the transplant, the
 * end of treatment. */
static void test_kinetics(void **state)
{
    (void)state;
    const double day[] = {0, 56, 63, 200, 260, 400}, rate[] = {0, 1, 0, 1, 1.0 / 3, 1};
    double lost[MSP_COUNT(day)] = {0};
    for (size_t i = 1; i < MSP_COUNT(day); i++)
        lost[i] = lost[i - 1] + rate[i - 1] * (day[i] - day[i - 1]);
    const msp_doses e = {day, lost, rate, MSP_COUNT(day), 1}, full = {0};
    static const msp_kinetics cases[] = {
        {0.04, 0.004, 0.008, 0.02, 200, {4.6, 1.2}},
        {0.02, 0.01, 0.01, 0.3, INFINITY, {4.6, 1.2}},
        {0.04, 0.005, 0.02, 1, 200, {0, 0}},
    };
    assert_near(msp_doses_lost(&e, 60), 4, 1e-15);
    assert_near(msp_doses_lost(&e, 260 + 30), 7 + 60 + 10, 1e-14);
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_kinetics *k = &cases[i];
        assert_near(msp_kinetics_burden(k, &e, 0), 1, 1e-15);
        for (double at = 30; at < 600; at += 90.5)
            assert_near(msp_kinetics_burden(k, &e, at), integrated(k, &e, at), 1e-9);
        assert_near(msp_kinetics_burden(k, &full, 100),
                    (1 - k->resistant) * exp(-k->decay * 100) + k->resistant * exp(k->growth * 100),
                    1e-14);
    }
}

/* 240 patients 2:1 in blocks of 6 within three strata: at most a block away from it in each. */
static void test_allotment(void **state)
{
    (void)state;
    world w;
    open_world(&w, text, "");
    assert_int_equal(w.plan.n_block, 6);
    assert_int_equal(w.plan.n_cells, 3);
    size_t n[3][2] = {{0}};
    msp_virtual_allot(&w.plan, 7, 3, w.watch.arm, w.watch.cell);
    for (size_t i = 0; i < w.plan.n; i++)
        n[w.watch.cell[i]][w.watch.arm[i]]++;
    for (size_t c = 0; c < 3; c++) {
        const double all = (double)(n[c][0] + n[c][1]);
        assert_true(fabs((double)n[c][0] - all * 2 / 3) <= 2);
        assert_true(fabs(all - 240 * w.plan.cell[c].share) < 40); /* five standard deviations */
    }
    close_world(&w);
}

/* Patient 17 is patient 17, whoever was made before, and visits keep to what is planned. */
static void test_one_patient(void **state)
{
    (void)state;
    world w;
    open_world(&w, text, "");
    msp_virtual_patient a, b;
    msp_measured kept[512];
    msp_virtual_patient_make(&w.plan, 1, 5, 17, 0, 1, &w.watch.work, &a);
    assert_true(a.patient.n_measured < MSP_COUNT(kept));
    memcpy(kept, a.patient.measured, a.patient.n_measured * sizeof *kept);
    msp_virtual_patient_make(&w.plan, 1, 5, 18, 1, 0, &w.watch.work, &b);
    assert_true(b.truth.kinetics.resistant != a.truth.kinetics.resistant);
    msp_virtual_patient_make(&w.plan, 1, 5, 17, 0, 1, &w.watch.work, &b);
    assert_int_equal(a.patient.n_measured, b.patient.n_measured);
    assert_memory_equal(kept, b.patient.measured, a.patient.n_measured * sizeof *kept);
    for (size_t i = 1; i < b.patient.n_visits; i++)
        assert_true(b.patient.visits[i] > b.patient.visits[i - 1]);
    close_world(&w);
}

/* Windows that overlap: visits, and what is measured, stay in order, and after the baseline. */
static void test_overlap(void **state)
{
    (void)state;
    world w;
    open_world(&w, text, "");
    msp_planned_visit visits[40];
    msp_virtual_course *c = &w.plan.arm[0];
    const size_t n = c->n_visits < MSP_COUNT(visits) ? c->n_visits : MSP_COUNT(visits);
    for (size_t i = 0; i < n; i++) {
        visits[i] = c->visits[i];
        visits[i].earliest -= 40 - visits[i].window / 2;
        visits[i].window = 81;
    }
    c->visits = visits;
    c->n_visits = n;
    for (uint32_t i = 0; i < 200; i++) {
        msp_virtual_patient p;
        msp_virtual_patient_make(&w.plan, 1, 0, i, 0, 0, &w.watch.work, &p);
        for (size_t k = 1; k < p.patient.n_visits; k++)
            assert_true(p.patient.visits[k] > p.patient.visits[k - 1]);
        for (size_t k = 1; k < p.patient.n_measured; k++)
            assert_true(p.patient.measured[k].day >= p.patient.measured[k - 1].day);
    }
    close_world(&w);
}

/* The true progression of each patient, against a scan by the words of the criteria. */
static void test_truth(void **state)
{
    (void)state;
    world w;
    open_world(&w, text, "");
    size_t scanned = 0;
    for (uint32_t i = 0; i < 200; i++) {
        msp_virtual_patient p;
        msp_virtual_patient_make(&w.plan, 1, 0, i, i % 2, i % 3, &w.watch.work, &p);
        const msp_virtual_truth *t = &p.truth;
        const int first = p.patient.first_dose - p.patient.randomised;
        const bool light = p.type == MSP_DISEASE_FLC;
        double lowest = 1, found = INFINITY;
        for (double day = 0; day < 4000 && isinf(found); day += 0.25) {
            const double x = msp_kinetics_burden(&t->kinetics, &p.doses, day), rise = x - lowest;
            lowest = x < lowest ? x : lowest;
            const bool serum =
                t->serum * rise >= 0.5 &&
                (x >= 1.25 * lowest || (t->serum * lowest >= 5 && t->serum * rise >= 1));
            const bool urine = t->urine * rise >= 200 && x >= 1.25 * lowest;
            const bool chains = light && t->light * rise >= 100 && x >= 1.25 * lowest;
            if (serum || urine || chains)
                found = day;
        }
        assert_true(fabs(t->nadir - lowest) < 0.002);
        if (t->progression - first < 3999) {
            assert_true(fabs(t->progression - first - found) <= 0.25);
            scanned++;
        } else
            assert_true(isinf(found));
    }
    assert_true(scanned > 100);
    close_world(&w);
}

/* A whole trial: progression is seen after it happened, but for the error of the assay. */
static void test_follow(void **state)
{
    (void)state;
    world w;
    msp_error err = {0};
    open_world(&w, text, "");
    size_t n = 0, early = 0, responders = 0;
    double delay = 0;
    for (uint64_t trial = 0; trial < 5; trial++) {
        assert_int_equal(msp_virtual_trial_follow(&w.watch, 1, trial, &err), MSP_OK);
        for (size_t i = 0; i < w.plan.n; i++) {
            const msp_virtual_outcome *o = &w.watch.outcomes[i];
            responders += o->best >= MSP_LEVEL_PR;
            if (isnan(o->delay))
                continue;
            n++;
            delay += o->delay;
            early += o->delay < -28;
        }
    }
    assert_true(n > 300);
    assert_true(early < n / 20);
    assert_true(delay / (double)n > 5 && delay / (double)n < 40); /* of visits every 28 days */
    assert_true(responders > 500 && responders < 1190);
    close_world(&w);
}

/* The tables, written and read again by the reader of real trials: every patient's response and
 * progression is what the same patient's is in memory. */
static void test_tables(void **state)
{
    (void)state;
    world w;
    msp_error err = {0};
    msp_virtual_tables tables;
    msp_patients patients = {0};
    msp_responses responses = {0};
    char folder[] = "/tmp/mspike-virtual-XXXXXX", path[64];
    static const struct {
        msp_virtual_table table;
        const char *file;
    } files[] = {{MSP_VIRTUAL_DM, "dm.xpt"}, {MSP_VIRTUAL_DS, "ds.xpt"}, {MSP_VIRTUAL_DD, "dd.xpt"},
                 {MSP_VIRTUAL_EX, "ex.xpt"}, {MSP_VIRTUAL_LB, "lb.xpt"}, {MSP_VIRTUAL_MI, "mi.xpt"},
                 {MSP_VIRTUAL_CM, "cm.xpt"}};
    open_world(&w, text, "");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(msp_virtual_tables_make(&w.plan, 3, 0, &tables, &err), MSP_OK);
    for (size_t i = 0; i < MSP_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i].file);
        assert_int_equal(
            msp_table_write(&tables.table[files[i].table], path, MSP_TABLE_XPT, NULL, &err),
            MSP_OK);
    }
    assert_int_equal(msp_sdtm_read(folder, NULL, &patients, NULL, &err), MSP_OK);
    assert_int_equal(patients.n, w.plan.n);
    assert_int_equal(msp_responses_judge(&patients, &w.protocol.rules, &w.protocol.measurability,
                                         &responses, &err),
                     MSP_OK);
    msp_judge judge = {0};
    msp_virtual_allot(&w.plan, 3, 0, w.watch.arm, w.watch.cell);
    for (uint32_t i = 0; i < w.plan.n; i++) {
        msp_virtual_patient p;
        msp_response_result r;
        msp_virtual_patient_make(&w.plan, 3, 0, i, w.watch.arm[i], w.watch.cell[i], &w.watch.work,
                                 &p);
        assert_int_equal(msp_judge_patient(&judge, &p.patient, &w.watch.criteria, &r, &err),
                         MSP_OK);
        const msp_patient *read = &patients.patients[i];
        assert_int_equal(responses.results[i].type, r.type);
        assert_int_equal(responses.results[i].best, r.best);
        assert_int_equal(responses.results[i].progression, r.progression);
        assert_int_equal(responses.results[i].n_assessed, r.n_assessed);
        assert_int_equal(read->death, p.patient.death);
        assert_int_equal(read->first_dose, p.patient.first_dose);
        assert_int_equal(read->new_therapy, p.patient.new_therapy);
        assert_string_equal(read->arm, p.patient.arm);
    }
    for (size_t i = 0; i < MSP_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i].file);
        unlink(path);
    }
    rmdir(folder);
    msp_judge_free(&judge);
    msp_responses_free(&responses);
    msp_patients_free(&patients);
    msp_virtual_tables_free(&tables);
    close_world(&w);
}

/* What one path makes of sixteen visits. */
typedef struct made {
    sim_words words;
    double value[VISITS_AT_ONCE];
    sim_visits visits;
} made;

/* Sixteen visits at once are the same bits on every path, and the draws those of base/random.h. */
static void test_paths(void **state)
{
    (void)state;
    const double piece[] = {0, 100, 300}, lost[] = {0, 0, 50}, rate[] = {0, 0.25, 1};
    const msp_doses doses = {piece, lost, rate, 3, 1};
    const msp_kinetics kinetics = {0.04, 0.003, 0.006, 0.01, 196, {2, 0.5}};
    const sim_assay serum = {0.04, 0.02, 0.1, 12}, urine = {0.1, 5, 10, 25000};
    made first, again;
    for (int path = SIM_PORTABLE; path < SIM_N_PATHS; path++) {
        const sim_visits_kernel *kernel = sim_visits_kernel_of((sim_path)path);
        if (kernel == NULL)
            continue;
        made *to = path == SIM_PORTABLE ? &first : &again;
        memset(to, 0, sizeof *to);
        to->words.seed = 9;
        to->words.trial = 123456789012;
        for (uint32_t i = 0; i < BLOCKS_AT_ONCE; i++) {
            to->words.number[i] = 41 + i % 3;
            to->words.block[i] = 33u << 16 | (5 + i);
        }
        kernel->draw(&to->words);
        double location[VISITS_AT_ONCE], scale[VISITS_AT_ONCE];
        for (int i = 0; i < VISITS_AT_ONCE; i++) {
            location[i] = i;
            scale[i] = 0.5;
            to->visits.day[i] = 28 * i;
        }
        kernel->values(VISITS_AT_ONCE, to->words.word[3], location, scale, to->value);
        const sim_reading readings[READ_COUNT] = {
            [READ_SERUM] = {&serum, 0, 2.7, to->words.word[0]},
            [READ_URINE] = {&urine, 0, 800, to->words.word[1]},
            [READ_OTHER] = {&serum, 13, 0, to->words.word[2]}};
        kernel->read(&kinetics, &doses, readings, VISITS_AT_ONCE, &to->visits);
        if (path != SIM_PORTABLE)
            assert_memory_equal(&again, &first, sizeof first);
    }
    for (uint32_t i = 0; i < BLOCKS_AT_ONCE; i++) {
        msp_random r = msp_random_at(9, 123456789012, 41 + i % 3, 33);
        r.next = 2 * (5 + i);
        const uint64_t low = msp_random_bits(&r), high = msp_random_bits(&r);
        uint32_t(*word)[BLOCKS_AT_ONCE] = first.words.word;
        assert_true(low == ((uint64_t)word[1][i] << 32 | word[0][i]));
        assert_true(high == ((uint64_t)word[3][i] << 32 | word[2][i]));
    }
    for (uint32_t i = 0; i < VISITS_AT_ONCE; i++) {
        const sim_visits *v = &first.visits;
        assert_near(v->burden[i], i > 0 ? msp_kinetics_burden(&kinetics, &doses, v->day[i]) : 1, 0);
        assert_near(first.value[i], exp(i + 0.5 * normal_of(first.words.word[3][i])), 1e-15);
        const double x = 800 * v->burden[i], z = normal_of(first.words.word[1][i]);
        const double read = x + sqrt(0.01 * x * x + 25) * z;
        assert_near(v->value[READ_URINE][i], read < 10 ? 0 : read, 1e-12);
        assert_true(v->value[READ_INVOLVED][i] == 0 && v->value[READ_OTHER][i] > 8);
    }
}

enum { PIECES = 5 };

/* Eight courses under treatments of their own; the last list is shorter. */
static void set_lanes(sim_courses *c, double day[PIECES + 1][COURSES_AT_ONCE],
                      double lost[PIECES + 1][COURSES_AT_ONCE],
                      double rate[PIECES + 1][COURSES_AT_ONCE])
{
    for (int i = 0; i < COURSES_AT_ONCE; i++) {
        c->decay[i] = 0.005 * (i + 1);
        c->growth[i] = i == 6 ? 1e-9 : 0.0007 * (i + 2);
        c->regrowth[i] = c->growth[i] * (i == 6 ? 1 : 1 + 0.3 * i);
        c->resistant[i] = i == 3 ? 1 : 0.3 / (1 << 2 * i);
        c->transplant[i] = i % 4 == 1 ? 150 : (double)INFINITY;
        c->taken[0][i] = 4;
        c->taken[1][i] = 1;
        c->rise[i] = 0.01 + 0.02 * i;
        c->high[i] = i == 2 ? 0.01 : (double)INFINITY;
        c->further[i] = 0.02;
        c->gone[i] = i % 2 == 0 ? 0.1 / (i + 1) : (double)INFINITY;
        c->seen[i] = 8 * c->gone[i];
        const double begins[] = {0, 40 + 3 * i, 47 + 3 * i, 150, 300 + 50 * i, KINETICS_NEVER};
        const double missed[] = {0, i == 6 ? 0 : 1, 0, i == 6 ? 0 : 0.4, i == 6 ? 0 : 1, 0};
        for (int k = 0; k <= PIECES; k++) {
            day[k][i] = i == 7 && k > 2 ? KINETICS_NEVER : begins[k];
            rate[k][i] = i == 7 && k > 2 ? 0 : missed[k];
            lost[k][i] = k == 0 ? 0 : lost[k - 1][i] + rate[k - 1][i] * (day[k][i] - day[k - 1][i]);
        }
    }
}

/* Lanes of eight against a walk along each course, on every path; one that never progresses. */
static void hold_lanes(bool lesions)
{
    double day[PIECES + 1][COURSES_AT_ONCE], lost[PIECES + 1][COURSES_AT_ONCE],
        rate[PIECES + 1][COURSES_AT_ONCE], part[MSP_PARTS][PIECES + 1][COURSES_AT_ONCE];
    sim_courses c = {.transplanted = true,
                     .n = PIECES,
                     .day = day,
                     .lost = lost,
                     .rate = rate,
                     .part = {part[0], part[1]}};
    double lowest[COURSES_AT_ONCE], reached[COURSES_AT_ONCE], wait[COURSES_AT_ONCE];
    double first_lowest[COURSES_AT_ONCE], first_reached[COURSES_AT_ONCE];
    uint32_t word[COURSES_AT_ONCE];
    set_lanes(&c, day, lost, rate);
    for (int i = 0; i < COURSES_AT_ONCE && !lesions; i++)
        c.gone[i] = c.seen[i] = INFINITY;
    for (int i = 0; i < COURSES_AT_ONCE; i++)
        word[i] = 2654435769u * (uint32_t)(i + 1);
    for (int path = SIM_PORTABLE; path < SIM_N_PATHS; path++) {
        const sim_visits_kernel *kernel = sim_visits_kernel_of((sim_path)path);
        if (kernel == NULL)
            continue;
        kernel->progress(&c, lowest, reached);
        kernel->waits(COURSES_AT_ONCE, word, wait);
        if (path == SIM_PORTABLE) {
            memcpy(first_lowest, lowest, sizeof lowest);
            memcpy(first_reached, reached, sizeof reached);
        }
        assert_memory_equal(lowest, first_lowest, sizeof lowest);
        assert_memory_equal(reached, first_reached, sizeof reached);
        for (int i = 0; i < COURSES_AT_ONCE; i++)
            assert_near(exp(-wait[i]), share_of(word[i]), 1e-14);
    }
    for (int i = 0; i < COURSES_AT_ONCE; i++) {
        const msp_kinetics k = {c.decay[i],     c.growth[i],     c.regrowth[i],
                                c.resistant[i], c.transplant[i], {c.taken[0][i], c.taken[1][i]}};
        const msp_doses e = {&day[0][i], &lost[0][i], &rate[0][i], PIECES, COURSES_AT_ONCE};
        double low = 1, found = (double)INFINITY;
        for (double at = 0; at < 5000 && isinf(found); at += 0.05) {
            const double x = msp_kinetics_burden(&k, &e, at);
            low = x < low ? x : low;
            const bool high = low >= c.high[i] && x >= low + c.further[i];
            const double larger = low < c.gone[i] ? c.seen[i] : pow(1.5, 1.5) * low;
            if (x >= larger)
                found = at;
            if (high || (x >= 1.25 * low && x >= low + c.rise[i]))
                found = at;
        }
        if (i == 6)
            assert_true(isinf(found) && isinf(reached[i]));
        else
            assert_true(fabs(reached[i] - found) <= 0.051);
        assert_true(fabs(lowest[i] - low) < 1e-4);
    }
}

static void test_lanes(void **state)
{
    (void)state;
    hold_lanes(false);
    hold_lanes(true);
}

/* What happens to doses is what the plan asks for, and the tables of doses say the same: no dose of
 * a drug in a cycle in which it is missed, and shares of days lost as the cycles make them. */
static void test_doses(void **state)
{
    (void)state;
    world w;
    open_world(&w, text, "");
    size_t cycles = 0, count[3] = {0};
    for (uint32_t i = 0; i < 2000; i++) {
        msp_virtual_patient p;
        msp_virtual_patient_make(&w.plan, 1, 0, i, 0, 0, &w.watch.work, &p);
        const msp_virtual_course *c = &w.plan.arm[0];
        double lost = 0, quarters = 4;
        int shift = 0;
        size_t at = 0;
        cycles += c->n_cycles - 1;
        for (size_t k = 0; k < c->n_cycles; k++) {
            bool missed = false;
            if (at < p.n_changes && p.changes[at].cycle == k) {
                const msp_virtual_change *here = &p.changes[at++];
                count[here->kind]++;
                shift += here->kind == MSP_CHANGE_LATE ? 7 : 0;
                lost += here->kind == MSP_CHANGE_LATE ? 7 : 0;
                missed = here->kind == MSP_CHANGE_MISSED;
                quarters = here->kind == MSP_CHANGE_REDUCED ? here->quarters : quarters;
            }
            if (28 * (double)k + shift > p.truth.stop)
                break;
            assert_near(msp_doses_lost(&p.doses, 28 * (double)k + shift), lost, 1e-12);
            lost += missed ? 28 : 28 * (1 - quarters / 4);
        }
    }
    const double n = (double)cycles, expected[] = {0.05, 0.02, 0.02};
    for (int kind = 0; kind < 3;
         kind++) { /* within five standard errors, but for reductions: two */
        const double share = (double)count[kind] / n;
        assert_true(kind == MSP_CHANGE_REDUCED ? share < 0.02 && share > 0.015
                                               : fabs(share - expected[kind]) < 0.004);
    }
    close_world(&w);
}

/* A patient is the same alone as among those who were expected, and after others were. */
static void test_expected(void **state)
{
    (void)state;
    world w;
    open_world(&w, text, "");
    msp_virtual_patient among, alone;
    const uint8_t arm[] = {0, 1, 1, 0, 1}, cell[] = {2, 0, 1, 1, 2};
    const uint8_t other_arm[] = {1, 0, 1, 1};
    for (uint32_t i = 0; i < 5; i++) {
        msp_virtual_patients_expect(&w.plan, 4, 2, 30, 5, arm, cell, &w.watch.work);
        msp_virtual_patient_make(&w.plan, 4, 2, 30 + i, arm[i], cell[i], &w.watch.work, &among);
        msp_virtual_patients_expect(&w.plan, 4, 2, 31, 4, other_arm, arm, &w.watch.work);
        msp_virtual_patient_make(&w.plan, 4, 2, 30 + i, arm[i], cell[i], &w.watch.work, &alone);
        assert_memory_equal(&among.truth, &alone.truth, sizeof alone.truth);
        assert_int_equal(among.patient.n_measured, alone.patient.n_measured);
        assert_int_equal(among.type, alone.type);
        assert_int_equal(among.seen, alone.seen);
    }
    close_world(&w);
}

static void plan_of(const char *path, world *w)
{
    msp_error err = {0};
    *w = (world){0};
    assert_int_equal(msp_protocol_read(project_file(path), &w->protocol, &w->findings, &err),
                     MSP_OK);
    assert_int_equal(msp_virtual_plan_make(&w->protocol, 0, &w->arena, &w->plan, &err), MSP_OK);
    assert_int_equal(msp_virtual_watch_init(&w->watch, &w->plan, NULL, &err), MSP_OK);
}

/* What ASPIRE plans: carfilzomib 20 mg/m2 twice before 27, on four of six days from cycle 13 on,
 * none after cycle 18; three drugs count alike. */
static void test_planned_doses(void **state)
{
    (void)state;
    world w;
    plan_of("protocols/aspire.yaml", &w);
    const msp_virtual_course *c = &w.plan.arm[0];
    assert_near(c->cycles[0].given, (148.0 / 162 + 2) / 3, 1e-14);
    for (size_t i = 1; i < c->n_cycles; i++) {
        assert_int_equal(c->cycles[i].day, 28 * (int)i);
        assert_int_equal(c->cycles[i].number, (int)i + 1);
        assert_near(c->cycles[i].given, i < 12 ? 1 : i < 18 ? (2 + 4.0 / 6) / 3 : 2.0 / 3, 1e-14);
    }
    assert_int_equal(c->cycles[0].next, 1);
    assert_int_equal(c->cycles[1].next, 12);
    assert_int_equal(c->cycles[12].next, 18);
    assert_int_equal(c->cycles[18].next, c->n_cycles);
    close_world(&w);
}

/* A second transplant after six cycles: it takes its part of the disease of those who respond, the
 * others' treatment ends there; two months without drugs, maintenance in full, nothing after it. */
static void test_transplant(void **state)
{
    (void)state;
    world w;
    size_t done = 0, deeper = 0, not_entered = 0;
    plan_of("protocols/krd-asct2.yaml", &w);
    for (uint32_t i = 0; i < 400; i++) {
        msp_virtual_patient p;
        msp_virtual_patient_make(&w.plan, 1, 0, i, 0, 0, &w.watch.work, &p);
        const msp_kinetics *k = &p.truth.kinetics;
        if (p.truth.short_of_response) {
            not_entered++;
            assert_true(isinf(k->transplant) && p.patient.transplant == MSP_NO_DAY);
            assert_near(msp_doses_lost(&p.doses, 1000) - msp_doses_lost(&p.doses, 400), 600, 1e-12);
        }
        if (isinf(k->transplant))
            continue;
        const double day = k->transplant, before = msp_kinetics_burden(k, &p.doses, day - 1e-9);
        assert_true(day >= 168 && fmod(day - 168, 7) == 0);
        assert_true(before <= 0.5);
        const double after = msp_kinetics_burden(k, &p.doses, day) / before;
        assert_true(after >= 0.01 * (1 - 1e-9) && after <= pow(10, -0.5) * (1 + 1e-9));
        if (p.truth.stop > day + 60)
            assert_near(msp_doses_lost(&p.doses, day + 60) - msp_doses_lost(&p.doses, day), 60,
                        1e-12);
        done++;
        deeper += before > 0.1 && before * after <= 0.1;
    }
    assert_true(done > 250 && not_entered > 10 && deeper > 10);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinetics),    cmocka_unit_test(test_allotment),
        cmocka_unit_test(test_one_patient), cmocka_unit_test(test_truth),
        cmocka_unit_test(test_overlap),     cmocka_unit_test(test_follow),
        cmocka_unit_test(test_tables),      cmocka_unit_test(test_paths),
        cmocka_unit_test(test_lanes),       cmocka_unit_test(test_expected),
        cmocka_unit_test(test_doses),       cmocka_unit_test(test_planned_doses),
        cmocka_unit_test(test_transplant)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
