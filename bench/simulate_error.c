/*
 * simulate_error.c - is the error of the first kind what the boundaries are made for?
 *
 * simulate_error LEDGER [TRIALS [SEED]] runs TRIALS [1000000] trials without an effect of each of 8
 * designs (looks x allocation x arrival x strata, any three in all combinations; 2000 patients,
 * 1000 events, two-sided 0.05), holds the Z of all looks of each trial against six boundaries, and
 * prints a table of the 48 cells: the share that rejects, its Monte Carlo standard error, what
 * numerical integration of the normal law says, and the difference in standard errors. Two-sided,
 * because one side of a log-rank test with unequal arms is skewed at any finite size; both sides
 * are shown.
 *
 * It takes days of a slow machine, so it goes in pieces of 250,000 trials, all designs in turn.
 * Counts of a finished piece go into the file LEDGER at once, and what stands there is not run
 * again: it may be stopped at any time, and TRIALS 0 prints what there is. The first trials of each
 * design are run by msp_sim_run as well, which must count the same.
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

enum { PATIENTS = 2000, EVENTS = 1000, DESIGNS = 8, BOUNDARIES = 6 };
enum { PORTION = 250000, PIECE = 10000, WORKERS_MAX = 256 };

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

/* One design. */
typedef struct design {
    msp_sim_plan plan;
    sim_tables tables;
    double upper[BOUNDARIES][MSP_LOOKS_MAX], expected[BOUNDARIES];
    uint64_t trials; /* counted so far */
    counts counts;
} design;

/* A portion of the trials of a design. */
typedef struct job {
    const design *d;
    sim_kernel *kernel;
    sim_work work[WORKERS_MAX];
    uint64_t seed, first;
    counts pieces[PORTION / PIECE];
} job;

static msp_sim_plan plan_of(size_t number)
{
    const bool poisson = number / 2 % 2 != 0, unequal = number / 4 % 2 != 0;
    const bool stratified = number % 2 != 0;
    msp_sim_plan p = {
        .n = PATIENTS,
        .enrolment = {{1, zero, rate}, 18},
        .poisson = poisson,
        .block = 6,
        .block_experimental = unequal ? 4 : 3,
        .arm = {{{1, zero, hazard}, 1, 0}, {{1, zero, hazard}, 1, 0}},
        .n_looks = (poisson != unequal) != stratified ? 5 : 2,
        .sided = 2,
    };
    if (stratified) {
        p.n_strata = 3;
        p.strata[0] = (msp_sim_stratum){0.5, 1, 1};
        p.strata[1] = (msp_sim_stratum){0.3, 1.5, 1};
        p.strata[2] = (msp_sim_stratum){0.2, 2.5, 1};
        p.test.stratified = true;
    }
    for (size_t k = 0; k < p.n_looks; k++) {
        p.events[k] = EVENTS * (k + 1) / p.n_looks;
        p.upper[k] = (double)INFINITY; /* nobody stops: every look has its Z */
        p.lower[k] = -(double)INFINITY;
    }
    return p;
}

/* The boundaries, and how often the normal law crosses them. */
static msp_status expect(design *d, size_t b, msp_error *err)
{
    const size_t n = d->plan.n_looks;
    msp_looks l = {.n = n, .alpha = 0.05, .sided = 2, .efficacy = boundaries[b].boundary};
    double above[MSP_LOOKS_MAX], below[MSP_LOOKS_MAX], lower[MSP_LOOKS_MAX];
    msp_boundaries bounds;
    for (size_t k = 0; k < n; k++)
        l.information[k] = (double)d->plan.events[k] / EVENTS;
    msp_status rc = msp_boundaries_for_drift(&l, 0, &bounds, err);
    for (size_t k = 0; k < n && rc == MSP_OK; k++) {
        d->upper[b][k] = bounds.upper[k];
        lower[k] = -bounds.upper[k];
    }
    if (rc == MSP_OK)
        rc = msp_sequential_cross(n, l.information, lower, d->upper[b], 0, below, above, err);
    for (size_t k = 0; k < n && rc == MSP_OK; k++)
        d->expected[b] += above[k] + below[k];
    return rc;
}

static msp_status make_design(size_t number, design *d, msp_error *err)
{
    *d = (design){.plan = plan_of(number)};
    msp_status rc = sim_tables_make(&d->plan, &d->tables, err);
    for (size_t b = 0; b < BOUNDARIES && rc == MSP_OK; b++)
        rc = expect(d, b, err);
    return rc;
}

/* -- trials -- */

static void add(counts *to, const counts *c)
{
    for (size_t b = 0; b < BOUNDARIES; b++) {
        to->above[b] += c->above[b];
        to->below[b] += c->below[b];
    }
}

static void count_trial(const design *d, const msp_sim_outcome *o, counts *c)
{
    for (size_t b = 0; b < BOUNDARIES; b++)
        for (size_t k = 0; k < d->plan.n_looks; k++) {
            const bool above = o->look_z[k] >= d->upper[b][k];
            const bool below = o->look_z[k] <= -d->upper[b][k];
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
    const uint64_t first = j->first + piece * PIECE;
    for (uint64_t i = first; i < first + PIECE; i++) {
        j->kernel(&j->d->tables, &j->work[worker], j->seed, i, &o);
        count_trial(j->d, &o, &j->pieces[piece]);
    }
}

static msp_status run_pieces(job *j, size_t n, counts *out, msp_error *err)
{
    const size_t most = msp_processors(), threads = most < WORKERS_MAX ? most : WORKERS_MAX;
    msp_status rc = MSP_OK;
    *out = (counts){0};
    for (size_t i = 0; i < threads && rc == MSP_OK; i++)
        rc = sim_work_make(&j->d->tables, &j->work[i], err);
    if (rc == MSP_OK)
        msp_parallel_for(threads, n, run_piece, j);
    for (size_t i = 0; i < n; i++)
        add(out, &j->pieces[i]);
    for (size_t i = 0; i < threads; i++)
        sim_work_free(&j->work[i]);
    return rc;
}

/* The same trials by the road that users take. */
static msp_status check(const design *d, uint64_t seed, msp_error *err)
{
    static job j;
    counts c;
    j = (job){.d = d, .kernel = sim_kernel_of(sim_best_path()), .seed = seed};
    msp_status rc = run_pieces(&j, 1, &c, err);
    for (size_t b = 0; b < BOUNDARIES && rc == MSP_OK; b++) {
        msp_sim_plan plan = d->plan;
        msp_sim_result r;
        for (size_t k = 0; k < plan.n_looks; k++) {
            plan.upper[k] = d->upper[b][k];
            plan.lower[k] = -d->upper[b][k];
        }
        rc = msp_sim_run(&plan, seed, PIECE, 0, 0, NULL, &r, err);
        if (rc == MSP_OK && (r.efficacy != c.above[b] || r.harm != c.below[b]))
            rc = msp_fail(err, MSP_ENUMERIC, "msp_sim_run counts otherwise");
    }
    return rc;
}

/* -- the ledger: seed, design, first trial, and the counts of a portion -- */

static msp_status read_ledger(FILE *file, uint64_t seed, design *designs, msp_error *err)
{
    uint64_t of_seed, first;
    size_t number;
    while (fscanf(file, "%" SCNu64 " %zu %" SCNu64, &of_seed, &number, &first) == 3) {
        counts c;
        for (size_t b = 0; b < BOUNDARIES; b++)
            if (fscanf(file, "%" SCNu64 " %" SCNu64, &c.above[b], &c.below[b]) != 2)
                return msp_fail(err, MSP_EINPUT, "a line of the ledger is cut off");
        if (of_seed != seed)
            continue;
        if (number >= DESIGNS || first != designs[number].trials)
            return msp_fail(err, MSP_EINPUT, "the ledger has design %zu, trial %" PRIu64, number,
                            first);
        designs[number].trials += PORTION;
        add(&designs[number].counts, &c);
    }
    return MSP_OK;
}

static msp_status run_portion(FILE *file, uint64_t seed, size_t number, design *d, msp_error *err)
{
    static job j;
    counts c;
    j = (job){.d = d,
              .kernel = sim_kernel_of(sim_best_path()),
              .seed = seed + number,
              .first = d->trials};
    msp_status rc = d->trials == 0 ? check(d, j.seed, err) : MSP_OK;
    if (rc == MSP_OK)
        rc = run_pieces(&j, MSP_COUNT(j.pieces), &c, err);
    if (rc != MSP_OK)
        return rc;
    fprintf(file, "%" PRIu64 " %zu %" PRIu64, seed, number, d->trials);
    for (size_t b = 0; b < BOUNDARIES; b++)
        fprintf(file, " %" PRIu64 " %" PRIu64, c.above[b], c.below[b]);
    fprintf(file, "\n");
    fflush(file);
    d->trials += PORTION;
    add(&d->counts, &c);
    return MSP_OK;
}

static msp_status run_all(FILE *file, uint64_t trials, uint64_t seed, design *designs,
                          msp_error *err)
{
    msp_status rc = read_ledger(file, seed, designs, err);
    for (uint64_t done = 0; done < trials && rc == MSP_OK; done += PORTION)
        for (size_t i = 0; i < DESIGNS && rc == MSP_OK; i++)
            if (designs[i].trials <= done)
                rc = run_portion(file, seed, i, &designs[i], err);
    return rc;
}

/* -- the table -- */

/* The difference in standard errors. */
static double print_cell(const design *d, size_t b)
{
    const msp_sim_plan *p = &d->plan;
    const double n = (double)d->trials, above = (double)d->counts.above[b] / n;
    const double below = (double)d->counts.below[b] / n, expected = d->expected[b];
    const double error = sqrt(expected * (1 - expected) / n);
    const double z = (above + below - expected) / error;
    printf("| %s | %zu | %d:%d | %s | %s | %.2f | %.5f | %.5f | %.5f | %+.2f | %.5f | %.5f |\n",
           boundaries[b].name, p->n_looks, p->block_experimental, 6 - p->block_experimental,
           p->poisson ? "Poisson" : "even", p->n_strata > 0 ? "3" : "none", n / 1e6, above + below,
           error, expected, z, above, below);
    return z;
}

static double print_table(const design *designs)
{
    double worst = 0, squares = 0, sum = 0;
    size_t n = 0;
    printf("| boundary | looks | allocation | arrival | strata | million trials | rejects | "
           "standard error | integration | difference, errors | for | against |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t b = 0; b < BOUNDARIES; b++)
        for (size_t i = 0; i < DESIGNS; i++)
            if (designs[i].trials > 0) {
                const double z = print_cell(&designs[i], b);
                worst = fmax(worst, fabs(z));
                squares += z * z;
                sum += z;
                n++;
            }
    printf(
        "\n%zu cells; differences in standard errors: largest %.2f, mean %.2f, mean square %.2f\n",
        n, worst, sum / (double)n, squares / (double)n);
    return worst;
}

int main(int argc, char **argv)
{
    static design designs[DESIGNS];
    const uint64_t trials = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 101;
    FILE *file = argc > 1 ? fopen(argv[1], "a+") : NULL;
    msp_error err = {0};
    if (file == NULL) {
        fprintf(stderr, "usage: simulate_error LEDGER [TRIALS [SEED]]\n");
        return 2;
    }
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < DESIGNS && rc == MSP_OK; i++)
        rc = make_design(i, &designs[i], &err);
    if (rc == MSP_OK)
        rc = run_all(file, trials, seed, designs, &err);
    fclose(file);
    const double worst = rc == MSP_OK ? print_table(designs) : 0;
    for (size_t i = 0; i < DESIGNS; i++)
        sim_tables_free(&designs[i].tables);
    if (rc != MSP_OK)
        fprintf(stderr, "simulate_error: %s\n", err.text);
    return rc != MSP_OK ? 3 : worst > 4;
}
