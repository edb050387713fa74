/* One virtual trial: against the log-rank test and Cox model of the stats room, on every path. */
#include "near.h"

#include <string.h>

#include "mspike/base/random.h"
#include "mspike/simulate.h"
#include "mspike/stats.h"
#include "simulate/kernel.h"

static const double zero[] = {0}, one[] = {1};
static const double control_hazard[] = {0.03648142}, experimental_hazard[] = {0.02152404};
static const double late_from[] = {0, 6}, late_hazard[] = {0.03648142, 0.018};
static const double ramp_from[] = {0, 4, 10}, ramp_rate[] = {5, 15, 25};

/* IKEMA's design: 302 patients 3:2, median 19 months, hazard ratio 0.59, looks at 103 and 159. */
static msp_sim_plan ikema(void)
{
    return (msp_sim_plan){
        .n = 302,
        .enrolment = {{1, zero, one}, 18},
        .block = 10,
        .block_experimental = 6,
        .arm = {{{1, zero, experimental_hazard}, 1, 0}, {{1, zero, control_hazard}, 1, 0}},
        .n_looks = 2,
        .events = {103, 159},
        .upper = {2.55199148603, 1.98921296297},
        .lower = {-INFINITY, 1.98921296297},
        .sided = 1,
        .estimates = true,
    };
}

enum { N_PLANS = 12 };

/* Exits are sorted once a trial where it has so many looks. */
static void look_four_times(msp_sim_plan *p)
{
    static const double upper[] = {4.1, 2.9, 2.4, 2.0};
    const size_t events[] = {50, 80, 103, p->events[1]};
    p->n_looks = 4;
    for (size_t k = 0; k < 4; k++) {
        p->events[k] = events[k];
        p->upper[k] = upper[k];
        p->lower[k] = k < 3 ? -(double)INFINITY : upper[k];
    }
}

/* Plans that between them use everything. */
static size_t plans(msp_sim_plan out[N_PLANS])
{
    size_t n = 0;
    for (; n < N_PLANS; n++)
        out[n] = ikema();
    out[1].dropout[0] = 0.004;
    out[1].dropout[1] = 0.01;
    out[2].poisson = true;
    out[3].enrolment = (msp_intake){{3, ramp_from, ramp_rate}, 18};
    out[3].poisson = true;
    out[4].arm[0].hazard = (msp_steps){2, late_from, late_hazard};
    out[4].arm[1].cured = 0.2;
    out[4].arm[1].shape = 1.3;
    out[5].n_strata = 2;
    out[5].strata[0] = (msp_sim_stratum){0.7, 1, 1};
    out[5].strata[1] = (msp_sim_stratum){0.3, 2.5, 1};
    out[5].dropout[1] = 0.01;
    out[6] = out[5];
    out[6].test.stratified = true;
    out[7] = out[1];
    out[7].n = 150;
    out[7].block = 28; /* too many blocks to list */
    out[7].block_experimental = 14;
    out[7].events[0] = 40;
    out[7].events[1] = 149; /* more than there will be */
    out[8] = out[6];
    out[8].survival = (msp_sim_survival){.events = 120,
                                         .upper = 1.96,
                                         .deaths = 0.15,
                                         .hazard = {0.03, 0.04},
                                         .crossover = 0.5,
                                         .crossover_ratio = 0.6};
    out[9] = out[3];
    out[10] = out[6];
    out[10].poisson = true;
    out[11] = out[7];
    for (size_t i = 9; i < n; i++)
        look_four_times(&out[i]);
    return n;
}

typedef struct cut {
    size_t n;
    double time[400];
    uint8_t event[400];
    uint32_t group[400], stratum[400];
    double experimental[400];
} cut;

/* The data on the day of the look. */
static void cut_at(const msp_sim_patient *p, size_t n, double day, cut *c)
{
    c->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i].entry >= day)
            continue;
        const bool left = p[i].entry + p[i].time <= day;
        c->time[c->n] = left ? p[i].time : day - p[i].entry;
        c->event[c->n] = left && p[i].event;
        c->group[c->n] = p[i].experimental;
        c->experimental[c->n] = p[i].experimental;
        c->stratum[c->n++] = (uint32_t)p[i].stratum;
    }
}

static void check_last_look(const msp_sim_plan *plan, uint64_t trial)
{
    static msp_sim_patient patients[400];
    static cut c;
    msp_sim_outcome o;
    msp_order order;
    msp_logrank test;
    msp_cox cox;
    assert_int_equal(msp_sim_replay(plan, 7, trial, &o, patients, NULL), MSP_OK);
    cut_at(patients, plan->n, o.time, &c);
    assert_int_equal(c.n, o.enrolled);
    size_t events = 0;
    for (size_t i = 0; i < c.n; i++)
        events += c.event[i];
    assert_int_equal(events, o.events);
    assert_true(o.short_of_events || o.events == plan->events[o.look]);

    const msp_follow_up data = {c.n, c.time, c.event, NULL, NULL, 0};
    const uint32_t *stratum = plan->test.stratified ? c.stratum : NULL;
    const size_t n_strata = plan->test.stratified ? plan->n_strata : 1;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    if (plan->test.rho + plan->test.gamma > 0) {
        const msp_time_weight weight = {MSP_FLEMING_HARRINGTON, plan->test.rho, plan->test.gamma,
                                        0};
        assert_int_equal(msp_logrank_weighted(&order, c.group, 2, stratum, n_strata, &weight,
                                              MSP_TWO_SIDED, &test, NULL),
                         MSP_OK);
    } else {
        assert_int_equal(
            msp_logrank_test(&order, c.group, 2, stratum, n_strata, MSP_TWO_SIDED, &test, NULL),
            MSP_OK);
        const msp_cox_column column = {.value = c.experimental};
        const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
        assert_int_equal(msp_cox_fit(&order, &column, 1, stratum, n_strata, &options, &cox, NULL),
                         MSP_OK);
        assert_near(o.log_ratio, cox.coefficients[0].coef, 1e-7);
        assert_near(o.std_error, cox.coefficients[0].std_error, 1e-7);
        msp_cox_free(&cox);
    }
    assert_near(o.z, -test.z, 1e-11);
    msp_logrank_free(&test);
    msp_order_free(&order);
}

/* Z of every look by the log-rank test of the stats room, on the data of its day. */
static void check_looks(const msp_sim_plan *plan, uint64_t trial)
{
    static msp_sim_patient patients[400];
    static cut c;
    msp_sim_outcome o;
    msp_order order;
    msp_logrank test;
    assert_int_equal(msp_sim_replay(plan, 7, trial, &o, patients, NULL), MSP_OK);
    assert_memory_equal(&o.look_z[o.look], &o.z, sizeof o.z);
    for (size_t k = 0; k <= o.look; k++) {
        cut_at(patients, plan->n, o.look_time[k], &c);
        const msp_follow_up data = {c.n, c.time, c.event, NULL, NULL, 0};
        const uint32_t *stratum = plan->test.stratified ? c.stratum : NULL;
        assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
        assert_int_equal(msp_logrank_test(&order, c.group, 2, stratum,
                                          stratum != NULL ? plan->n_strata : 1, MSP_TWO_SIDED,
                                          &test, NULL),
                         MSP_OK);
        assert_near(o.look_z[k], -test.z, 1e-11);
        msp_logrank_free(&test);
        msp_order_free(&order);
    }
}

/* The second endpoint by the same test, and its events on the same patients. */
static void check_survival(const msp_sim_plan *plan, uint64_t trial)
{
    static msp_sim_patient patients[400];
    static cut c;
    msp_sim_outcome o;
    msp_order order;
    msp_logrank test;
    assert_int_equal(msp_sim_replay(plan, 7, trial, &o, patients, NULL), MSP_OK);
    for (size_t i = 0; i < plan->n; i++) {
        assert_true(patients[i].death >= patients[i].time);
        assert_true(!patients[i].died || patients[i].event);
        patients[i].time = patients[i].death;
        patients[i].event = patients[i].died;
    }
    cut_at(patients, plan->n, o.survival_time, &c);
    size_t deaths = 0;
    for (size_t i = 0; i < c.n; i++)
        deaths += c.event[i];
    assert_int_equal(deaths, plan->survival.events);
    const msp_follow_up data = {c.n, c.time, c.event, NULL, NULL, 0};
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_int_equal(
        msp_logrank_test(&order, c.group, 2, c.stratum, plan->n_strata, MSP_TWO_SIDED, &test, NULL),
        MSP_OK);
    assert_near(o.survival_z, -test.z, 1e-11);
    assert_int_equal(msp_sim_survival_claimed(plan, &o),
                     o.decision == MSP_SIM_EFFICACY && -test.z >= 1.96);
    msp_logrank_free(&test);
    msp_order_free(&order);
}

static void agrees_with_the_stats_room(void **state)
{
    (void)state;
    msp_sim_plan p[N_PLANS];
    const size_t n = plans(p);
    for (size_t i = 0; i < n; i++)
        for (uint64_t trial = 0; trial < 20; trial++)
            check_last_look(&p[i], trial);
    for (size_t i = 0; i < n; i++)
        for (uint64_t trial = 0; trial < 20; trial++)
            check_looks(&p[i], trial);
    for (uint64_t trial = 0; trial < 20; trial++)
        check_survival(&p[8], trial);
    for (size_t i = 5; i < 7; i++) {
        p[i].test.rho = 1;
        p[i].test.gamma = 2;
        for (uint64_t trial = 0; trial < 20; trial++)
            check_last_look(&p[i], trial);
    }
}

static void every_path_has_the_same_bits(void **state)
{
    (void)state;
    msp_sim_plan p[N_PLANS];
    const size_t n = plans(p);
    for (size_t i = 0; i < n; i++) {
        sim_tables tables;
        sim_work work;
        assert_int_equal(sim_tables_make(&p[i], &tables, NULL), MSP_OK);
        assert_int_equal(sim_work_make(&tables, &work, NULL), MSP_OK);
        for (uint64_t trial = 0; trial < 50; trial++) {
            msp_sim_outcome want = {0}, got;
            for (int path = SIM_PORTABLE; path < SIM_N_PATHS; path++) {
                sim_kernel *kernel = sim_kernel_of((sim_path)path);
                if (kernel == NULL)
                    continue;
                kernel(&tables, &work, 1, trial, path == SIM_PORTABLE ? &want : &got);
                if (path != SIM_PORTABLE) {
                    assert_memory_equal(&got.z, &want.z, sizeof got.z);
                    assert_memory_equal(&got.time, &want.time, sizeof got.time);
                    assert_memory_equal(&got.log_ratio, &want.log_ratio, sizeof got.log_ratio);
                    assert_memory_equal(&got.survival_z, &want.survival_z, sizeof got.z);
                    assert_int_equal(got.enrolled, want.enrolled);
                }
            }
        }
        sim_work_free(&work);
        sim_tables_free(&tables);
    }
}

/* Draws are those of base/random.h, and hazards come out as asked: 302 control-like patients. */
static void patients_are_drawn_as_said(void **state)
{
    (void)state;
    const msp_sim_plan plan = ikema();
    msp_sim_outcome o;
    msp_sim_patient p[302];
    assert_int_equal(msp_sim_replay(&plan, 11, 5, &o, p, NULL), MSP_OK);
    for (uint32_t i = 0; i < 302; i++) {
        msp_random r = msp_random_at(11, 5, i / 16 * 8 + i % 8, 3);
        r.next = i / 8 % 2;
        const double hazard = p[i].experimental ? experimental_hazard[0] : control_hazard[0];
        assert_near(p[i].time, -log(msp_random_uniform(&r)) / hazard, 1e-14);
        assert_near(p[i].entry, (i + 1) * 18.0 / 302, 1e-15);
    }
    for (size_t block = 0; block < 30; block++) {
        int experimental = 0;
        for (size_t j = 0; j < 10; j++)
            experimental += p[10 * block + j].experimental;
        assert_int_equal(experimental, 6);
    }
}

/* Mean times of general curves against their integrals, over 200 trials of 300 patients. */
static void curves_have_their_means(void **state)
{
    (void)state;
    msp_sim_plan plan = ikema();
    plan.n = 300;
    plan.arm[0].hazard = (msp_steps){2, late_from, late_hazard};
    plan.arm[1] = (msp_sim_curve){{1, zero, control_hazard}, 1.5, 0.25};
    double sum[2] = {0}, n[2] = {0}, cured = 0;
    for (uint64_t trial = 0; trial < 200; trial++) {
        msp_sim_outcome o;
        msp_sim_patient p[300];
        assert_int_equal(msp_sim_replay(&plan, 3, trial, &o, p, NULL), MSP_OK);
        for (size_t i = 0; i < 300; i++) {
            cured += isinf(p[i].time);
            sum[!p[i].experimental] += isinf(p[i].time) ? 0 : p[i].time;
            n[!p[i].experimental] += !isinf(p[i].time);
        }
    }
    const double h = late_hazard[0], s = exp(-6 * h);
    const double late = (1 - s) / h + s / late_hazard[1];
    const double weibull = tgamma(1 + 1 / 1.5) * pow(control_hazard[0], -1 / 1.5);
    assert_near(sum[0] / n[0], late, 0.02);
    assert_near(sum[1] / n[1], weibull, 0.02);
    assert_near(cured / (n[1] + cured), 0.25, 0.03);
}

/* Months from the event to death where it is not death itself: 1 / hazard, by arm and crossover. */
static void deaths_follow_events(void **state)
{
    (void)state;
    msp_sim_plan p[N_PLANS];
    plans(p);
    msp_sim_plan *plan = &p[8];
    plan->dropout[1] = 0;
    double months[2] = {0}, n[2] = {0}, at_once = 0;
    for (uint64_t trial = 0; trial < 200; trial++) {
        msp_sim_outcome o;
        msp_sim_patient patients[302];
        assert_int_equal(msp_sim_replay(plan, 9, trial, &o, patients, NULL), MSP_OK);
        for (size_t i = 0; i < plan->n; i++) {
            const double after = patients[i].death - patients[i].time;
            at_once += after == 0;
            months[patients[i].experimental] += after;
            n[patients[i].experimental] += after > 0;
        }
    }
    assert_near(at_once / (200 * 302), 0.15, 0.03);
    assert_near(months[1] / n[1], 1 / 0.03, 0.02);
    assert_near(months[0] / n[0], 0.5 / 0.04 + 0.5 / 0.024, 0.03);
}

/* Months of any size stay within the arrays: the sanitizers watch. */
static void takes_months_of_any_size(void **state)
{
    (void)state;
    static const double duration[] = {1e-300, 1e-9, 1e9, 1e300};
    static const double hazard[] = {1e-300, 0.03, 1e300};
    for (size_t d = 0; d < 4; d++)
        for (size_t h = 0; h < 3; h++)
            for (int how = 0; how < 4; how++) {
                msp_sim_plan p = ikema();
                msp_sim_outcome o;
                p.enrolment.duration = duration[d];
                p.arm[1].hazard.rate = &hazard[h];
                p.poisson = how % 2 == 1;
                if (how > 1)
                    look_four_times(&p);
                for (int path = SIM_PORTABLE; path < SIM_N_PATHS; path++) {
                    sim_tables tables;
                    sim_work work;
                    if (sim_kernel_of((sim_path)path) == NULL)
                        continue;
                    assert_int_equal(sim_tables_make(&p, &tables, NULL), MSP_OK);
                    assert_int_equal(sim_work_make(&tables, &work, NULL), MSP_OK);
                    for (uint64_t trial = 0; trial < 3; trial++)
                        sim_kernel_of((sim_path)path)(&tables, &work, 1, trial, &o);
                    assert_true(o.look < p.n_looks);
                    sim_work_free(&work);
                    sim_tables_free(&tables);
                }
            }
}

static void refuses_impossible_plans(void **state)
{
    (void)state;
    msp_sim_plan p = ikema();
    msp_error err;
    p.events[1] = 103;
    assert_int_equal(msp_sim_check(&p, &err), MSP_ERANGE);
    p = ikema();
    p.block_experimental = 10;
    assert_int_equal(msp_sim_check(&p, &err), MSP_ERANGE);
    p = ikema();
    p.arm[1].cured = 1;
    assert_int_equal(msp_sim_check(&p, &err), MSP_ERANGE);
    p = ikema();
    p.n = 1;
    assert_int_equal(msp_sim_check(&p, &err), MSP_ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_stats_room),
        cmocka_unit_test(every_path_has_the_same_bits),
        cmocka_unit_test(patients_are_drawn_as_said),
        cmocka_unit_test(curves_have_their_means),
        cmocka_unit_test(deaths_follow_events),
        cmocka_unit_test(takes_months_of_any_size),
        cmocka_unit_test(refuses_impossible_plans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
