/* What the threads of a graphics processor would do, done by threads of this one: bit for bit what
 * kernel.c does. It is the same source that such a processor runs; it is not that processor. */
#include "near.h"

#include <pthread.h>
#include <string.h>

#include "mspike/simulate.h"
#include "simulate/gpu.h"

static pthread_barrier_t phase;
static uint32_t n_threads = 1;
#define WAIT (n_threads > 1 ? (void)pthread_barrier_wait(&phase) : (void)0)
#include "simulate/gpu_trial.h"

static const double zero[] = {0}, one[] = {1}, ramp_from[] = {0, 4}, ramp_rate[] = {5, 20};
static const double control_hazard[] = {0.03648142}, experimental_hazard[] = {0.02152404};
static const double ten_hazard[] = {3};

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

static void assert_same_bits(double got, double want)
{
    if (memcmp(&got, &want, sizeof got) != 0)
        fail_msg("%.17g, not %.17g", got, want);
}

/* A trial by a team of threads; each must come to the same outcome. */
typedef struct member {
    const sim_tables *tables;
    char *memory;
    uint32_t thread, size;
    uint64_t trial;
    msp_sim_outcome outcome;
} member;

static void *work_of(void *context)
{
    member *m = context;
    const gpu_team team = {m->thread, n_threads};
    gpu_one_trial(m->tables, m->tables->plan, gpu_room_in(m->memory, m->size), m->size, team, 7,
                  m->trial, &m->outcome);
    return NULL;
}

static void by_team(const sim_tables *tables, char *memory, uint32_t size, uint64_t trial,
                    msp_sim_outcome *out)
{
    enum { TEAM_MAX = 4 };
    member members[TEAM_MAX];
    pthread_t threads[TEAM_MAX];
    memset(memory, 0xee, GPU_ROOM_BYTES(size));
    for (uint32_t i = 0; i < n_threads; i++) {
        members[i] = (member){tables, memory, i, size, trial, {0}};
        if (i > 0)
            assert_int_equal(pthread_create(&threads[i], NULL, work_of, &members[i]), 0);
    }
    work_of(&members[0]);
    for (uint32_t i = 1; i < n_threads; i++) {
        pthread_join(threads[i], NULL);
        assert_same_bits(members[i].outcome.z, members[0].outcome.z);
        assert_int_equal(members[i].outcome.look, members[0].outcome.look);
    }
    *out = members[0].outcome;
}

static void compare_trials(const msp_sim_plan *plan, uint64_t n_trials)
{
    sim_tables tables;
    sim_work work;
    uint32_t size = 16;
    assert_int_equal(sim_tables_make(plan, &tables, NULL), MSP_OK);
    assert_int_equal(sim_work_make(&tables, &work, NULL), MSP_OK);
    assert_null(sim_gpu_refuses(&tables));
    while (size < plan->n)
        size *= 2;
    char *memory = malloc(GPU_ROOM_BYTES(size));
    assert_non_null(memory);
    for (uint64_t trial = 0; trial < n_trials; trial++) {
        msp_sim_outcome want, got;
        sim_kernel_of(SIM_PORTABLE)(&tables, &work, 7, trial, &want);
        by_team(&tables, memory, size, trial, &got);
        assert_same_bits(got.z, want.z);
        assert_same_bits(got.time, want.time);
        assert_same_bits(got.log_ratio, want.log_ratio);
        assert_same_bits(got.std_error, want.std_error);
        assert_int_equal(got.look, want.look);
        assert_int_equal(got.decision, want.decision);
        assert_int_equal(got.events, want.events);
        assert_int_equal(got.enrolled, want.enrolled);
        assert_int_equal(got.short_of_events, want.short_of_events);
        for (size_t k = 0; k <= want.look; k++)
            assert_same_bits(got.look_time[k], want.look_time[k]);
    }
    free(memory);
    sim_work_free(&work);
    sim_tables_free(&tables);
}

static void plain_plans_have_the_same_bits(void **state)
{
    (void)state;
    msp_sim_plan p = ikema();
    compare_trials(&p, 200);
    p.dropout[0] = 0.004;
    p.dropout[1] = 0.01;
    compare_trials(&p, 200);
    p.dropout[0] = 0; /* one arm only loses patients */
    p.poisson = true;
    compare_trials(&p, 200);
    p.poisson = false;
    p.enrolment = (msp_intake){{2, ramp_from, ramp_rate}, 18};
    compare_trials(&p, 100);
    p = ikema();
    p.sided = 2;
    p.upper[0] = 0.2; /* stops for harm, too */
    compare_trials(&p, 100);
    p.sided = 1;
    p.lower[0] = 0.5; /* and for futility */
    compare_trials(&p, 100);
}

static void events_that_never_come(void **state)
{
    (void)state;
    msp_sim_plan p = ikema();
    p.dropout[0] = p.dropout[1] = 0.2;
    p.events[1] = 300;
    compare_trials(&p, 100);
    p.arm[0].hazard.rate = p.arm[1].hazard.rate = ten_hazard; /* long before the last enters */
    compare_trials(&p, 50);
    p.n = 16;
    p.block = 2;
    p.block_experimental = 1;
    p.events[0] = 1;
    p.events[1] = 16;
    compare_trials(&p, 50);
    p.n = 1024;
    compare_trials(&p, 5);
}

/* Phases that overlapped would show: threads that do wait for each other, and no more. */
static void phases_do_not_overlap(void **state)
{
    (void)state;
    msp_sim_plan p = ikema();
    p.dropout[0] = p.dropout[1] = 0.01;
    p.poisson = true;
    n_threads = 3;
    assert_int_equal(pthread_barrier_init(&phase, NULL, n_threads), 0);
    compare_trials(&p, 10);
    pthread_barrier_destroy(&phase);
    n_threads = 1;
}

static void what_is_not_plain_is_refused(void **state)
{
    (void)state;
    sim_tables tables;
    sim_gpu *gpu;
    msp_sim_plan p = ikema();
    p.test.rho = 1;
    assert_int_equal(sim_tables_make(&p, &tables, NULL), MSP_OK);
    assert_string_equal(sim_gpu_refuses(&tables), "a weighted test");
    assert_int_equal(sim_gpu_open(&tables, 1, &gpu, NULL), MSP_EUNSUPPORTED);
    sim_tables_free(&tables);
    p = ikema();
    p.n = 1026;
    assert_int_equal(sim_tables_make(&p, &tables, NULL), MSP_OK);
    assert_string_equal(sim_gpu_refuses(&tables), "more than 1,024 patients");
    sim_tables_free(&tables);
    p = ikema();
    p.arm[1].cured = 0.1;
    assert_int_equal(sim_tables_make(&p, &tables, NULL), MSP_OK);
    assert_non_null(sim_gpu_refuses(&tables));
    sim_tables_free(&tables);
}

static void a_graphics_processor_has_the_same_digest(void **state)
{
    (void)state;
    msp_sim_result there, here;
    msp_sim_plan p = ikema();
    p.dropout[0] = p.dropout[1] = 0.004;
    const msp_status rc = msp_sim_run_gpu(&p, 1, 100000, log(0.59), NULL, &there, NULL);
    if (rc == MSP_EUNSUPPORTED) {
        print_message("no graphics processor, or a build without it: not tried\n");
        skip();
    }
    assert_int_equal(rc, MSP_OK);
    assert_int_equal(msp_sim_run(&p, 1, 100000, log(0.59), 0, NULL, &here, NULL), MSP_OK);
    assert_true(there.digest == here.digest);
    assert_same_bits(there.time.sum, here.time.sum);
    assert_int_equal(there.covered, here.covered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_plans_have_the_same_bits),
        cmocka_unit_test(events_that_never_come),
        cmocka_unit_test(phases_do_not_overlap),
        cmocka_unit_test(what_is_not_plain_is_refused),
        cmocka_unit_test(a_graphics_processor_has_the_same_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
