/*
 * bench_simulate.c - virtual trials a second of one core, on each path this processor can run.
 *
 * bench_simulate [TRIALS [REPEATS]]: the best of REPEATS [5] runs of TRIALS [100000] trials of the
 * IKEMA design (302 patients 3:2, median 19 months, hazard ratio 0.59, 18 months of accrual, looks
 * at 103 and 159 events), plain, with 5 % dropout a year, with Poisson arrival, and with three
 * strata and a stratified test. Processor time, so that a busy machine matters less.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "simulate/kernel.h"

static const double zero[] = {0}, rate[] = {1};
static const double control[] = {0.03648143055578659}, experimental[] = {0.02152404402791409};
static const char *const paths[] = {"portable", "AVX2", "AVX-512"};
static const char *const kinds[] = {"plain", "5 % dropout a year", "Poisson arrival",
                                    "3 strata, stratified"};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static msp_sim_plan plan_of(size_t kind)
{
    msp_sim_plan p = {
        .n = 302,
        .enrolment = {{1, zero, rate}, 18},
        .poisson = kind == 2,
        .block = 10,
        .block_experimental = 6,
        .arm = {{{1, zero, experimental}, 1, 0}, {{1, zero, control}, 1, 0}},
        .n_looks = 2,
        .events = {103, 159},
        .upper = {2.5519914859578035, 1.9892129629939872},
        .lower = {-(double)INFINITY, 1.9892129629939872},
        .sided = 1,
    };
    if (kind == 1)
        p.dropout[0] = p.dropout[1] = -log1p(-0.05) / 12;
    if (kind == 3) {
        p.n_strata = 3;
        p.strata[0] = (msp_sim_stratum){0.5, 1, 1};
        p.strata[1] = (msp_sim_stratum){0.3, 1.5, 1};
        p.strata[2] = (msp_sim_stratum){0.2, 2.5, 1};
        p.test.stratified = true;
    }
    return p;
}

/* Trials a second; *claims: the share that claims. Negative where something failed. */
static double measure(size_t kind, sim_kernel *kernel, uint64_t trials, double *claims)
{
    const msp_sim_plan plan = plan_of(kind);
    sim_tables tables;
    sim_work work = {0};
    msp_sim_outcome o;
    uint64_t n = 0;
    if (sim_tables_make(&plan, &tables, NULL) != MSP_OK ||
        sim_work_make(&tables, &work, NULL) != MSP_OK)
        return -1;
    const double start = now();
    for (uint64_t i = 0; i < trials; i++) {
        kernel(&tables, &work, 1, i, &o);
        n += o.decision == MSP_SIM_EFFICACY;
    }
    const double seconds = now() - start;
    sim_work_free(&work);
    sim_tables_free(&tables);
    *claims = (double)n / (double)trials;
    return (double)trials / seconds;
}

int main(int argc, char **argv)
{
    const uint64_t trials = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
    const int repeats = argc > 2 ? atoi(argv[2]) : 5;
    for (size_t kind = 0; kind < MSP_COUNT(kinds); kind++)
        for (int path = SIM_N_PATHS; path-- > 0;) {
            sim_kernel *kernel = sim_kernel_of((sim_path)path);
            double best = 0, claims = 0;
            for (int r = 0; r < repeats && kernel != NULL; r++)
                best = fmax(best, measure(kind, kernel, trials, &claims));
            if (kernel != NULL)
                printf("%-22s %-9s %8.0f trials/s, claims %.5f\n", kinds[kind], paths[path], best,
                       claims);
        }
    return 0;
}
