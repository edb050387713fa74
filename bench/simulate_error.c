/*
 * simulate_error.c - is the error of the first kind what the boundaries are made for, and the power
 * what the effect gives?
 *
 * simulate_error [TRIALS [SEED [FROM [TO [RATIO]]]]] runs TRIALS [1000000] trials at the hazard
 * ratio RATIO [1] for designs FROM [0] to TO [15] of 16 (looks x allocation x arrival x strata;
 * 2000 patients, 1000 events, two-sided 0.05), holds the Z of all looks of each trial against six
 * boundaries, and prints a table: the share that rejects, its Monte Carlo standard error, what
 * numerical integration of the normal law says, and the difference in standard errors. Two-sided,
 * because one side of a log-rank test with unequal arms is skewed at any finite size; both sides
 * are shown. Design d has the seed SEED + d, so that runs can be shared out. The first trials of
 * each boundary are run by msp_sim_run as well, which must count the same.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mspike/base/parallel.h"
#include "mspike/design.h"
#include "mspike/simulate.h"
#include "mspike/stats.h"
#include "simulate/kernel.h"

enum { PATIENTS = 2000, EVENTS = 1000, DESIGNS = 16, BOUNDARIES = 6 };
enum { PIECE = 20000, WORKERS_MAX = 256, CHECKED = 5000 };

static const double zero[] = {0}, rate[] = {1}, hazard[] = {0.04};

static const struct {
    const char *name;
    msp_boundary boundary;
} boundaries[BOUNDARIES] = {
    {"Lan-DeMets O'Brien-Fleming", {.kind = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING}},
    {"Pocock", {.kind = MSP_BOUNDARY_WANG_TSIATIS, .parameter = 0.5}},
    {"Hwang-Shih-DeCani -4", {.kind = MSP_BOUNDARY_HWANG_SHIH_DECANI, .parameter = -4}},
    {"O'Brien-Fleming", {.kind = MSP_BOUNDARY_WANG_TSIATIS, .parameter = 0}},
    {"Lan-DeMets Pocock", {.kind = MSP_BOUNDARY_LAN_DEMETS_POCOCK}},
    {"Kim-DeMets 2", {.kind = MSP_BOUNDARY_KIM_DEMETS, .parameter = 2}},
};

typedef struct counts {
    uint64_t above[BOUNDARIES], below[BOUNDARIES];
} counts;

typedef struct job {
    const msp_sim_plan *plan;
    sim_tables tables;
    sim_kernel *kernel;
    sim_work work[WORKERS_MAX];
    double upper[BOUNDARIES][MSP_LOOKS_MAX];
    uint64_t seed, trials;
    counts *pieces;
} job;

static int fail(const msp_error *err)
{
    fprintf(stderr, "simulate_error: %s\n", err->text);
    return 3;
}

/* Designs 0 to 7 are half of the factorial: any three of its four factors in all combinations. */
static msp_sim_plan plan_of(size_t design, const double *experimental)
{
    const bool poisson = design / 2 % 2 != 0, unequal = design / 4 % 2 != 0;
    const bool stratified = design % 2 != 0;
    const bool five = (poisson != unequal) != (stratified != (design >= 8));
    const size_t n_looks = five ? 5 : 2;
    msp_sim_plan p = {
        .n = PATIENTS,
        .enrolment = {{1, zero, rate}, 18},
        .poisson = poisson,
        .block = 6,
        .block_experimental = unequal ? 4 : 3,
        .arm = {{{1, zero, experimental}, 1, 0}, {{1, zero, hazard}, 1, 0}},
        .n_looks = n_looks,
        .sided = 2,
    };
    if (stratified) {
        p.n_strata = 3;
        p.strata[0] = (msp_sim_stratum){0.5, 1, 1};
        p.strata[1] = (msp_sim_stratum){0.3, 1.5, 1};
        p.strata[2] = (msp_sim_stratum){0.2, 2.5, 1};
        p.test.stratified = true;
    }
    for (size_t k = 0; k < n_looks; k++) {
        p.events[k] = EVENTS * (k + 1) / n_looks;
        p.upper[k] = (double)INFINITY;
        p.lower[k] = -(double)INFINITY;
    }
    return p;
}

/* -- trials -- */

static void count_trial(const job *j, const msp_sim_outcome *o, counts *c)
{
    for (size_t b = 0; b < BOUNDARIES; b++)
        for (size_t k = 0; k < j->plan->n_looks; k++) {
            const bool above = o->look_z[k] >= j->upper[b][k];
            const bool below = o->look_z[k] <= -j->upper[b][k];
            c->above[b] += above;
            c->below[b] += below;
            if (above || below)
                break;
        }
}

static void run_piece(void *context, size_t worker, size_t piece)
{
    job *j = context;
    msp_sim_outcome o;
    const uint64_t first = piece * (uint64_t)PIECE, left = j->trials - first;
    for (uint64_t i = first; i < first + (left < PIECE ? left : PIECE); i++) {
        j->kernel(&j->tables, &j->work[worker], j->seed, i, &o);
        count_trial(j, &o, &j->pieces[piece]);
    }
}

static msp_status run_trials(job *j, uint64_t trials, counts *out, msp_error *err)
{
    const size_t n = (size_t)((trials + PIECE - 1) / PIECE);
    size_t threads = msp_processors();
    msp_status rc = MSP_OK;
    threads = threads < WORKERS_MAX ? threads : WORKERS_MAX;
    *out = (counts){0};
    j->trials = trials;
    j->pieces = calloc(n, sizeof *j->pieces);
    if (j->pieces == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu pieces", n);
    for (size_t i = 0; i < threads && rc == MSP_OK; i++)
        rc = sim_work_make(&j->tables, &j->work[i], err);
    if (rc == MSP_OK)
        msp_parallel_for(threads, n, run_piece, j);
    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < BOUNDARIES; b++) {
            out->above[b] += j->pieces[i].above[b];
            out->below[b] += j->pieces[i].below[b];
        }
    for (size_t i = 0; i < threads; i++)
        sim_work_free(&j->work[i]);
    free(j->pieces);
    return rc;
}

/* The same trials by the road that users take. */
static msp_status check(job *j, msp_error *err)
{
    counts c;
    msp_status rc = run_trials(j, CHECKED, &c, err);
    for (size_t b = 0; b < BOUNDARIES && rc == MSP_OK; b++) {
        msp_sim_plan plan = *j->plan;
        msp_sim_result r;
        for (size_t k = 0; k < plan.n_looks; k++) {
            plan.upper[k] = j->upper[b][k];
            plan.lower[k] = -j->upper[b][k];
        }
        rc = msp_sim_run(&plan, j->seed, CHECKED, 0, 0, NULL, &r, err);
        if (rc == MSP_OK && (r.efficacy != c.above[b] || r.harm != c.below[b]))
            rc = msp_fail(err, MSP_ENUMERIC, "msp_sim_run counts otherwise");
    }
    return rc;
}

/* -- the table -- */

/* Z's expected value at the last look: Schoenfeld's, Biometrika 68:316 (1981). */
static double drift_of(const msp_sim_plan *p, double ratio)
{
    const double share = (double)p->block_experimental / p->block;
    return -log(ratio) * sqrt(EVENTS * share * (1 - share));
}

static msp_status expect(size_t b, const msp_sim_plan *p, double drift, double *upper,
                         double *expected, msp_error *err)
{
    msp_looks l = {.n = p->n_looks, .alpha = 0.05, .sided = 2, .efficacy = boundaries[b].boundary};
    double above[MSP_LOOKS_MAX], below[MSP_LOOKS_MAX], lower[MSP_LOOKS_MAX];
    msp_boundaries bounds;
    for (size_t k = 0; k < l.n; k++)
        l.information[k] = (double)p->events[k] / EVENTS;
    msp_status rc = msp_boundaries_for_drift(&l, 0, &bounds, err);
    *expected = 0;
    for (size_t k = 0; k < l.n && rc == MSP_OK; k++) {
        upper[k] = bounds.upper[k];
        lower[k] = -bounds.upper[k];
    }
    if (rc == MSP_OK)
        rc = msp_sequential_cross(l.n, l.information, lower, upper, drift, below, above, err);
    for (size_t k = 0; k < l.n && rc == MSP_OK; k++)
        *expected += above[k] + below[k];
    return rc;
}

static void print_row(const msp_sim_plan *p, size_t b, double expected, const counts *c,
                      double trials, double *worst)
{
    const double got = (double)(c->above[b] + c->below[b]) / trials;
    const double error = sqrt(expected * (1 - expected) / trials), z = (got - expected) / error;
    *worst = fmax(*worst, fabs(z));
    printf("| %s | %zu | %d:%d | %s | %s | %.0f | %.5f | %.5f | %.5f | %+.2f | %.5f | %.5f |\n",
           boundaries[b].name, p->n_looks, p->block_experimental, 6 - p->block_experimental,
           p->poisson ? "Poisson" : "even", p->n_strata > 0 ? "3" : "none", trials, got, error,
           expected, z, (double)c->above[b] / trials, (double)c->below[b] / trials);
    fflush(stdout);
}

static msp_status rows(size_t design, uint64_t trials, uint64_t seed, double ratio, double *worst,
                       msp_error *err)
{
    const double experimental[] = {hazard[0] * ratio};
    const msp_sim_plan p = plan_of(design, experimental);
    static job j;
    double expected[BOUNDARIES];
    counts c;
    j = (job){.plan = &p, .kernel = sim_kernel_of(sim_best_path()), .seed = seed};
    msp_status rc = sim_tables_make(&p, &j.tables, err);
    for (size_t b = 0; b < BOUNDARIES && rc == MSP_OK; b++)
        rc = expect(b, &p, drift_of(&p, ratio), j.upper[b], &expected[b], err);
    if (rc == MSP_OK)
        rc = check(&j, err);
    if (rc == MSP_OK)
        rc = run_trials(&j, trials, &c, err);
    for (size_t b = 0; b < BOUNDARIES && rc == MSP_OK; b++)
        print_row(&p, b, expected[b], &c, (double)trials, worst);
    sim_tables_free(&j.tables);
    return rc;
}

int main(int argc, char **argv)
{
    const uint64_t trials = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    const size_t from = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    const size_t to = argc > 4 ? strtoull(argv[4], NULL, 10) : DESIGNS - 1;
    const double ratio = argc > 5 ? strtod(argv[5], NULL) : 1;
    double worst = 0;
    msp_error err;
    printf(
        "| boundary | looks | allocation | arrival | strata | trials | rejects | standard error | "
        "integration | difference, errors | for | against |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t design = from; design <= to && design < DESIGNS; design++)
        if (rows(design, trials, seed + design, ratio, &worst, &err) != MSP_OK)
            return fail(&err);
    printf("\n%" PRIu64 " trials a row; largest difference %.2f standard errors\n", trials, worst);
    return ratio == 1 && worst > 4;
}
