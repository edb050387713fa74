/* The general road: the fast road's own trials where both can go, errors kept where choices are. */
#include "near.h"

#include <string.h>

#include "mspike/simulate.h"
#include "mspike/stats.h"
#include "simulate/general_road.h"

static const double zero[] = {0}, one[] = {1}, hazard[] = {0.04}, better[] = {0.026};

static const msp_sim_general plain = {.rule = MSP_SIM_AT_EVENTS,
                                      .test = MSP_SIM_LOGRANK,
                                      .n_arms = 1,
                                      .arm_ratio = {1},
                                      .choose_at = SIZE_MAX};

/* 1:1, O'Brien-Fleming's two looks of one-sided 0.025 (Jennison, Turnbull 2000, table 2.3: the
 * two-sided constant for K = 2 and 0.05 is 1.977). */
static msp_sim_plan two_looks(const double *experimental)
{
    return (msp_sim_plan){
        .n = 200,
        .enrolment = {{1, zero, one}, 15},
        .block = 4,
        .block_experimental = 2,
        .arm = {{{1, zero, experimental}, 1, 0}, {{1, zero, hazard}, 1, 0}},
        .n_looks = 2,
        .events = {70, 140},
        .upper = {1.977 * M_SQRT2, 1.977},
        .lower = {-INFINITY, 1.977},
        .sided = 1,
        .estimates = true,
    };
}

/* -- both roads -- */

static void same_trial(const msp_sim_plan *fast, uint64_t trial)
{
    static msp_sim_patient a[200], b[200];
    msp_sim_plan general = *fast;
    msp_sim_outcome x, y;
    general.general = &plain;
    assert_int_equal(msp_sim_replay(fast, 3, trial, &x, a, NULL), MSP_OK);
    assert_int_equal(msp_sim_replay(&general, 3, trial, &y, b, NULL), MSP_OK);
    assert_int_equal(x.look, y.look);
    assert_int_equal(x.decision, y.decision);
    assert_int_equal(x.events, y.events);
    assert_int_equal(x.enrolled, y.enrolled);
    assert_near(y.time, x.time, 0);
    assert_near(y.z, x.z, 1e-11);
    assert_near(y.log_ratio, x.log_ratio, 1e-7);
    assert_near(y.std_error, x.std_error, 1e-7);
    assert_near(y.survival_z, x.survival_z, 1e-11);
    assert_near(y.survival_time, x.survival_time, 0);
    for (size_t i = 0; i < fast->n && fast->survival.events == 0; i++) {
        assert_near(b[i].entry, a[i].entry, 0);
        assert_near(b[i].time, a[i].time, 0);
        assert_int_equal(a[i].experimental, b[i].experimental);
        assert_int_equal(a[i].event, b[i].event);
    }
}

static void both_roads_lead_to_the_same_place(void **state)
{
    (void)state;
    msp_sim_plan plans[4] = {two_looks(better), two_looks(better), two_looks(hazard),
                             two_looks(better)};
    plans[1].poisson = true;
    plans[1].dropout[0] = 0.01;
    plans[2].sided = 2;
    plans[2].n_strata = 2;
    plans[2].strata[0] = (msp_sim_stratum){0.6, 1, 1};
    plans[2].strata[1] = (msp_sim_stratum){0.4, 2, 0.5};
    plans[3].survival = (msp_sim_survival){.events = 60,
                                           .upper = 1.96,
                                           .deaths = 0.2,
                                           .hazard = {0.03, 0.03},
                                           .crossover = 0.5,
                                           .crossover_ratio = 0.7};
    for (size_t i = 0; i < 4; i++)
        for (uint64_t trial = 0; trial < 40; trial++)
            same_trial(&plans[i], trial);
}

/* -- looks by the calendar -- */

static void looks_by_the_calendar(void **state)
{
    (void)state;
    msp_survival_plan plan = {
        .looks = {.n = 2,
                  .information = {0.5, 1},
                  .alpha = 0.025,
                  .sided = 1,
                  .efficacy = {.kind = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING}},
        .events = 140};
    msp_survival_design design = {0};
    msp_sim_general month = plain;
    msp_sim_plan p = two_looks(better);
    msp_sim_outcome by_month, earlier, later, by_events;
    assert_int_equal(msp_boundaries_for_drift(&plan.looks, 3, &design.boundaries, NULL), MSP_OK);
    month.plan = &plan;
    month.design = &design;
    month.rule = MSP_SIM_AT_MONTH;
    month.months[0] = 17;
    month.months[1] = 34;
    p.upper[0] = p.upper[1] = 9; /* nothing is claimed: the boundaries are those reached */
    assert_int_equal(msp_sim_replay(&p, 1, 1, &by_events, NULL, NULL), MSP_OK);
    assert_int_equal(by_events.look, 1);
    p.general = &month;
    for (uint64_t trial = 0; trial < 50; trial++) {
        assert_int_equal(msp_sim_replay(&p, 1, trial, &by_month, NULL, NULL), MSP_OK);
        assert_near(by_month.look_time[0], 17, 0);
        assert_near(by_month.time, by_month.look == 0 ? 17 : 34, 0);
        if (by_month.look == 1) { /* the last look has what is left of alpha, about 1.97 */
            if (by_month.z > 2.02)
                assert_int_equal(by_month.decision, MSP_SIM_EFFICACY);
            if (by_month.z < 1.95)
                assert_int_equal(by_month.decision, MSP_SIM_NO_CLAIM);
        }
    }
    month.rule = MSP_SIM_AT_EARLIER;
    assert_int_equal(msp_sim_replay(&p, 1, 1, &earlier, NULL, NULL), MSP_OK);
    assert_near(earlier.look_time[0], fmin(17, by_events.look_time[0]), 0);
    month.rule = MSP_SIM_AT_LATER;
    assert_int_equal(msp_sim_replay(&p, 1, 1, &later, NULL, NULL), MSP_OK);
    assert_near(later.look_time[0], fmax(17, by_events.look_time[0]), 0);
}

/* -- other tests -- */

/* Under the null Z has mean 0 and variance 1; with an effect all of them see it. */
static void other_tests_are_tests(void **state)
{
    (void)state;
    static const msp_sim_test_kind kinds[] = {MSP_SIM_MODESTLY_WEIGHTED, MSP_SIM_RESTRICTED_MEAN,
                                              MSP_SIM_MILESTONE};
    enum { N = 400 };
    for (size_t i = 0; i < MSP_COUNT(kinds); i++) {
        msp_sim_general g = plain;
        msp_sim_plan p = two_looks(hazard);
        double sum = 0, squares = 0, with_effect = 0;
        msp_sim_outcome o;
        g.test = kinds[i];
        g.time = 12;
        p.general = &g;
        p.estimates = false;
        p.upper[0] = INFINITY;
        for (uint64_t trial = 0; trial < N; trial++) {
            assert_int_equal(msp_sim_replay(&p, 2, trial, &o, NULL, NULL), MSP_OK);
            sum += o.z;
            squares += o.z * o.z;
        }
        assert_true(fabs(sum / N) < 4.5 / sqrt(N));
        assert_true(fabs(squares / N - 1) < 4.5 * sqrt(2.0 / N));
        p.arm[0].hazard.rate = better;
        for (uint64_t trial = 0; trial < 100; trial++) {
            assert_int_equal(msp_sim_replay(&p, 2, trial, &o, NULL, NULL), MSP_OK);
            with_effect += o.z / 100;
        }
        assert_true(with_effect > 1);
    }
}

/* The Z of the largest is the normal variable with the p of the stats room's test. */
static void the_largest_of_several(void **state)
{
    (void)state;
    static msp_sim_patient patients[200];
    double time[200];
    uint8_t event[200];
    uint32_t group[200];
    msp_sim_general g = plain;
    msp_sim_plan p = two_looks(better);
    msp_sim_outcome o;
    msp_order order;
    msp_maxcombo test;
    size_t n = 0;
    g.test = MSP_SIM_MAXCOMBO;
    p.general = &g;
    p.n_looks = 1;
    p.events[0] = 140;
    p.upper[0] = p.lower[0] = NAN; /* as where it is found later: no bound decides */
    assert_int_equal(msp_sim_replay(&p, 1, 0, &o, patients, NULL), MSP_OK);
    for (size_t i = 0; i < 200; i++) {
        const bool left = patients[i].entry + patients[i].time <= o.time;
        time[n] = left ? patients[i].time : o.time - patients[i].entry;
        event[n] = left;
        group[n++] = patients[i].experimental;
    }
    const msp_follow_up rows = {.n = n, .time = time, .event = event};
    assert_int_equal(msp_order_init(&order, &rows, NULL), MSP_OK);
    assert_int_equal(
        msp_maxcombo_test(&order, group, NULL, 1, msp_maxcombo_usual, 4, MSP_LESS, &test, NULL),
        MSP_OK);
    assert_near(msp_dist_normal_upper(o.z).p, test.p, 1e-9);
    /* away from a boundary there is a bound instead, on the same side of it */
    const double z = o.z;
    p.upper[0] = z - 1;
    assert_int_equal(msp_sim_replay(&p, 1, 0, &o, NULL, NULL), MSP_OK);
    assert_int_equal(o.decision, MSP_SIM_EFFICACY);
    assert_true(o.z <= z && o.z > z - 1);
    p.upper[0] = z + 1;
    assert_int_equal(msp_sim_replay(&p, 1, 0, &o, NULL, NULL), MSP_OK);
    assert_int_equal(o.decision, MSP_SIM_NO_CLAIM);
    msp_order_free(&order);
}

/* -- several hypotheses -- */

/* Dunnett, J Am Stat Assoc 50:1096 (1955), table 1a, one-sided 0.05, infinite degrees of freedom.
 */
static void dunnett_s_law(void **state)
{
    (void)state;
    static const double limit[] = {1.64485362695147, 1.92, 2.06, 2.16, 2.23};
    for (size_t m = 1; m <= 5; m++)
        assert_true(fabs(sim_dunnett(m, 0.5, limit[m - 1]) - 0.05) < (m == 1 ? 1e-12 : 6e-4));
    assert_near(sim_dunnett(3, 0, 2), 1 - pow(msp_dist_normal_lower(2).p, 3), 1e-12);
}

/* One look, Bonferroni: by hand. upper 2 leaves p = 0.02275; two together need Z of 2.27843. */
static void closed_by_hand(void **state)
{
    (void)state;
    const struct {
        double y[2];
        uint32_t claims;
    } cases[] = {{{2.2, 0}, 0}, {{2.3, 0}, 1}, {{2.3, 2.1}, 3}, {{1.9, 2.3}, 2}, {{2.27, 2.27}, 0}};
    msp_sim_general g = plain;
    msp_sim_plan p = two_looks(hazard);
    g.n_arms = 2;
    p.general = &g;
    p.n_looks = 1;
    p.upper[0] = 2;
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        sim_closed closed = {0};
        sim_closed_add(&closed, &p, 0, cases[i].y, 3);
        assert_int_equal(sim_closed_claims(&closed, 2, 3), cases[i].claims);
    }
    sim_closed alone = {
        0}; /* the other was dropped: its intersection needs no more than this one */
    sim_closed_add(&alone, &p, 0, cases[0].y, 1);
    assert_int_equal(sim_closed_claims(&alone, 2, 1), 1);
}

static msp_sim_result run(const msp_sim_plan *p, uint64_t trials)
{
    msp_sim_result r;
    assert_int_equal(msp_sim_run(p, 1, trials, 0, 0, NULL, &r, NULL), MSP_OK);
    return r;
}

/* At the null the family's error is no more than 0.025, by 4.5 standard errors and the skewness of
 * the log-rank test; with an effect in one arm that arm is found. */
static void arms_are_dropped(void **state)
{
    (void)state;
    const uint64_t n = getenv("MSPIKE_SOAK") != NULL ? 200000 : 3000;
    msp_sim_general g = plain;
    msp_sim_plan p = two_looks(hazard);
    g.n_arms = 3;
    g.arm_ratio[1] = g.arm_ratio[2] = 1;
    g.dunnett = true;
    g.choose_at = 0;
    g.keep = 1;
    p.general = &g;
    p.estimates = false;
    p.n = 400;
    msp_sim_result r = run(&p, n);
    assert_true((double)r.efficacy / (double)n < 0.026 + 4.5 * sqrt(0.025 / (double)n));
    uint64_t kept = 0;
    for (size_t h = 0; h < 3; h++) {
        kept += r.kept[h];
        assert_true(fabs((double)r.kept[h] / (double)n - 1.0 / 3) < 0.06);
    }
    /* where the first look claimed nothing one arm went on; where it did, all three had */
    assert_int_equal(kept, n + 2 * r.look[0].efficacy);
    g.arm_ratio[1] = 0.5;
    r = run(&p, 300);
    assert_true(r.claimed[1] > 270);
    assert_true(r.claimed[0] + r.claimed[2] < 12);
}

static void a_subgroup_goes_on_alone(void **state)
{
    (void)state;
    const uint64_t n = getenv("MSPIKE_SOAK") != NULL ? 200000 : 3000;
    msp_sim_general g = plain;
    msp_sim_plan p = two_looks(hazard);
    static msp_sim_patient patients[400];
    msp_sim_outcome o;
    g.has_subgroup = g.in_subgroup[1] = true;
    g.choose_at = 0;
    g.threshold = 9; /* always */
    p.general = &g;
    p.estimates = false;
    p.n_strata = 2;
    p.strata[0] = (msp_sim_stratum){0.5, 1, 1};
    p.strata[1] = (msp_sim_stratum){0.5, 1, 1};
    p.n = 400;
    p.enrolment.duration = 30;
    const msp_sim_result r = run(&p, n);
    assert_true((double)r.efficacy / (double)n < 0.026 + 4.5 * sqrt(0.025 / (double)n));
    p.upper[0] = INFINITY;
    assert_int_equal(msp_sim_replay(&p, 1, 0, &o, patients, NULL), MSP_OK);
    size_t later = 0;
    for (size_t i = 0; i < p.n; i++)
        if (patients[i].entry > o.look_time[0]) {
            assert_int_equal(patients[i].stratum, 1);
            later++;
        }
    assert_true(later > 50);
    assert_int_equal(o.kept, 2);
}

static void events_are_found_anew(void **state)
{
    (void)state;
    const uint64_t n = getenv("MSPIKE_SOAK") != NULL ? 200000 : 4000;
    const msp_survival_plan plan = {
        .looks = {.n = 2, .information = {0.5, 1}, .alpha = 0.025, .sided = 1},
        .formula = MSP_EFFECT_SCHOENFELD,
        .hazard_ratio = 0.65,
        .share = 0.5,
        .events = 140};
    msp_survival_design design = {0};
    msp_sim_general g = plain;
    msp_sim_plan p = two_looks(hazard);
    design.boundaries.upper[1] = p.upper[1];
    g.reestimates = true;
    g.reestimate = (msp_reestimate){.power = 0.9, .max_events = 190};
    g.plan = &plan;
    g.design = &design;
    p.general = &g;
    p.estimates = false;
    const msp_sim_result null = run(&p, n);
    assert_true((double)null.efficacy / (double)n < 0.026 + 4.5 * sqrt(0.025 / (double)n));
    assert_true((double)null.efficacy / (double)n > 0.024 - 4.5 * sqrt(0.025 / (double)n));
    assert_true(msp_sim_mean(&null.events) > 150);
    p.arm[0].hazard.rate = better;
    const msp_sim_result more = run(&p, 1000);
    p.general = &plain;
    const msp_sim_result planned = run(&p, 1000);
    assert_true(more.efficacy > planned.efficacy);
}

static void refuses_what_it_cannot(void **state)
{
    (void)state;
    msp_sim_general g = plain;
    msp_sim_plan p = two_looks(hazard);
    msp_sim_outcome o;
    p.general = &g;
    g.n_arms = 2;
    p.sided = 2;
    assert_int_equal(msp_sim_replay(&p, 1, 0, &o, NULL, NULL), MSP_EUNSUPPORTED);
    p.sided = 1;
    p.test.gamma = 1;
    assert_int_equal(msp_sim_replay(&p, 1, 0, &o, NULL, NULL), MSP_EUNSUPPORTED);
    p.test.gamma = 0;
    g.choose_at = 1;
    assert_int_equal(msp_sim_replay(&p, 1, 0, &o, NULL, NULL), MSP_ERANGE);
    g.choose_at = 0;
    g.rule = MSP_SIM_AT_MONTH;
    assert_int_equal(msp_sim_replay(&p, 1, 0, &o, NULL, NULL), MSP_ERANGE);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    msp_sim_plan p = two_looks(better);
    msp_sim_result r[4];
    static const size_t threads[] = {1, 2, 3, 7};
    p.general = &plain;
    memset(r, 0, sizeof r);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(msp_sim_run(&p, 5, 301, 0, threads[i], NULL, &r[i], NULL), MSP_OK);
        assert_memory_equal(&r[i], &r[0], sizeof r[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_roads_lead_to_the_same_place),
        cmocka_unit_test(looks_by_the_calendar),
        cmocka_unit_test(other_tests_are_tests),
        cmocka_unit_test(the_largest_of_several),
        cmocka_unit_test(dunnett_s_law),
        cmocka_unit_test(closed_by_hand),
        cmocka_unit_test(arms_are_dropped),
        cmocka_unit_test(a_subgroup_goes_on_alone),
        cmocka_unit_test(events_are_found_anew),
        cmocka_unit_test(refuses_what_it_cannot),
        cmocka_unit_test(threads_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
