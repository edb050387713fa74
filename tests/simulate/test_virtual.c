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

typedef struct world {
    msp_protocol protocol;
    msp_findings findings;
    msp_arena arena;
    msp_virtual_plan plan;
    msp_virtual_watch watch;
} world;

static void open_world(world *w)
{
    msp_error err = {0};
    *w = (world){0};
    assert_int_equal(
        msp_protocol_parse(text, strlen(text), "virtual.yaml", &w->protocol, &w->findings, &err),
        MSP_OK);
    assert_int_equal(w->findings.n_errors, 0);
    assert_int_equal(msp_virtual_plan_make(&w->protocol, 0, &w->arena, &w->plan, &err), MSP_OK);
    assert_int_equal(msp_virtual_watch_init(&w->watch, &w->plan, NULL, &err), MSP_OK);
}

static void close_world(world *w)
{
    msp_virtual_watch_free(&w->watch);
    msp_arena_free(&w->arena);
    msp_protocol_free(&w->protocol);
    msp_findings_free(&w->findings);
}

/* burden(0) = 1; at the nadir the derivative is 0; the level is reached and not before. */
static void test_kinetics(void **state)
{
    (void)state;
    static const msp_kinetics cases[] = {
        {0.04, 0.004, 0.02}, {0.02, 0.01, 0.3}, {0.04, 0.005, 1}, {0.1, 0.002, 1e-6}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_kinetics *k = &cases[i];
        const double nadir = msp_kinetics_nadir(k), lowest = msp_kinetics_burden(k, nadir);
        assert_near(msp_kinetics_burden(k, 0), 1, 1e-15);
        assert_near(msp_kinetics_burden(k, 100),
                    (1 - k->resistant) * exp(-k->decay * 100) + k->resistant * exp(k->growth * 100),
                    1e-14);
        for (double day = 0; day < 3000; day += 1)
            assert_true(msp_kinetics_burden(k, day) >= lowest * (1 - 1e-12));
        const double level = 1.25 * lowest + 0.01, day = msp_kinetics_reach(k, level);
        assert_true(day > nadir);
        assert_near(msp_kinetics_burden(k, day), level, 1e-9);
    }
    const msp_kinetics still = {0.05, 1e-9, 1e-6};
    assert_true(isinf(msp_kinetics_reach(&still, 0.2)));
}

/* 240 patients 2:1 in blocks of 6 within three strata: at most a block away from it in each. */
static void test_allotment(void **state)
{
    (void)state;
    world w;
    open_world(&w);
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
    open_world(&w);
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

/* The true progression of each patient, against a scan by the words of the criteria. */
static void test_truth(void **state)
{
    (void)state;
    world w;
    open_world(&w);
    size_t scanned = 0;
    for (uint32_t i = 0; i < 200; i++) {
        msp_virtual_patient p;
        msp_virtual_patient_make(&w.plan, 1, 0, i, i % 2, i % 3, &w.watch.work, &p);
        const msp_virtual_truth *t = &p.truth;
        const int first = p.patient.first_dose - p.patient.randomised;
        const bool light = p.type == MSP_DISEASE_FLC;
        double lowest = 1, found = INFINITY;
        for (double day = 0; day < 4000 && isinf(found); day += 0.25) {
            const double x = msp_kinetics_burden(&t->kinetics, day), rise = x - lowest;
            lowest = x < lowest ? x : lowest;
            const bool serum =
                t->serum * rise >= 0.5 &&
                (x >= 1.25 * lowest || (t->serum * lowest >= 5 && t->serum * rise >= 1));
            const bool urine = t->urine * rise >= 200 && x >= 1.25 * lowest;
            const bool chains = light && t->light * rise >= 100 && x >= 1.25 * lowest;
            if (serum || urine || chains)
                found = day;
        }
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
    open_world(&w);
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
    open_world(&w);
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
    const msp_kinetics kinetics = {0.04, 0.003, 0.01};
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
        kernel->read(&kinetics, readings, &to->visits);
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
        assert_near(v->burden[i], i > 0 ? msp_kinetics_burden(&kinetics, v->day[i]) : 1, 0);
        assert_near(first.value[i], exp(i + 0.5 * normal_of(first.words.word[3][i])), 1e-15);
        const double x = 800 * v->burden[i], z = normal_of(first.words.word[1][i]);
        const double read = x + sqrt(0.01 * x * x + 25) * z;
        assert_near(v->value[READ_URINE][i], read < 10 ? 0 : read, 1e-12);
        assert_true(v->value[READ_INVOLVED][i] == 0 && v->value[READ_OTHER][i] > 8);
    }
}

/* Lanes of eight against one course after another, on every path; a level that is not reached. */
static void test_lanes(void **state)
{
    (void)state;
    sim_courses c;
    double level[COURSES_AT_ONCE], lowest[COURSES_AT_ONCE], reached[COURSES_AT_ONCE];
    double wait[COURSES_AT_ONCE];
    uint32_t word[COURSES_AT_ONCE];
    for (int i = 0; i < COURSES_AT_ONCE; i++) {
        c.decay[i] = 0.005 * (i + 1);
        c.growth[i] = i == 6 ? 1e-9 : 0.0007 * (i + 2);
        c.resistant[i] = i == 3 ? 1 : 0.3 / (1 << 2 * i);
        word[i] = 2654435769u * (uint32_t)(i + 1);
    }
    for (int path = SIM_PORTABLE; path < SIM_N_PATHS; path++) {
        const sim_visits_kernel *kernel = sim_visits_kernel_of((sim_path)path);
        if (kernel == NULL)
            continue;
        kernel->lowest(&c, lowest);
        for (int i = 0; i < COURSES_AT_ONCE; i++)
            level[i] = 1.3 * lowest[i] + 0.01;
        kernel->reach(&c, level, reached);
        kernel->waits(word, wait);
        for (int i = 0; i < COURSES_AT_ONCE; i++) {
            const msp_kinetics k = {c.decay[i], c.growth[i], c.resistant[i]};
            assert_true(lowest[i] == msp_kinetics_burden(&k, msp_kinetics_nadir(&k)));
            assert_true(reached[i] == msp_kinetics_reach(&k, level[i]));
            assert_near(exp(-wait[i]), share_of(word[i]), 1e-14);
        }
        assert_true(isinf(reached[6]) && isfinite(reached[5]) && reached[3] > 0);
    }
}

/* A patient is the same alone as among those who were expected, and after others were. */
static void test_expected(void **state)
{
    (void)state;
    world w;
    open_world(&w);
    msp_virtual_patient among, alone;
    const uint8_t arm[] = {0, 1, 1, 0, 1}, cell[] = {2, 0, 1, 1, 2};
    for (uint32_t i = 0; i < 5; i++) {
        msp_virtual_patients_expect(&w.plan, 4, 2, 30, 5, arm, cell, &w.watch.work);
        msp_virtual_patient_make(&w.plan, 4, 2, 30 + i, arm[i], cell[i], &w.watch.work, &among);
        msp_virtual_patients_expect(&w.plan, 4, 2, 31, 4, cell, arm, &w.watch.work);
        msp_virtual_patient_make(&w.plan, 4, 2, 30 + i, arm[i], cell[i], &w.watch.work, &alone);
        assert_memory_equal(&among.truth, &alone.truth, sizeof alone.truth);
        assert_int_equal(among.patient.n_measured, alone.patient.n_measured);
        assert_int_equal(among.type, alone.type);
        assert_int_equal(among.seen, alone.seen);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinetics),    cmocka_unit_test(test_allotment),
        cmocka_unit_test(test_one_patient), cmocka_unit_test(test_truth),
        cmocka_unit_test(test_follow),      cmocka_unit_test(test_tables),
        cmocka_unit_test(test_paths),       cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_expected)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
