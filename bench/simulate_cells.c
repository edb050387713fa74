/*
 * simulate_cells.c - does a simulated trial claim an effect as often as it must?
 *
 * simulate_cells LEDGER [TRIALS [SEED [RATIO]]] runs TRIALS [1000000] trials at a hazard ratio of
 * RATIO [1] of each of 8 designs (looks x allocation x arrival x strata, any three in all
 * combinations; 2000 patients, 1000 events, two-sided 0.05), holds the Z of all looks of each trial
 * against six boundaries, and prints a table of the 48 cells: the share that rejects, its Monte
 * Carlo standard error, what a reference says, and the difference in standard errors. At a ratio of
 * 1 the reference is numerical integration of the normal law: the error of the first kind. At any
 * other it is as many trials of plain_trial.h, another program: the power. Two-sided, because one
 * side of a log-rank test with unequal arms is skewed at any finite size; both sides are shown.
 *
 * It takes days of a slow machine, so it goes in pieces of 50,000 trials, all designs in turn.
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
#include "plain_trial.h"
#include "simulate/kernel.h"

enum { PATIENTS = 2000, EVENTS = 1000, DESIGNS = 8, BOUNDARIES = 6 };
enum { PORTION = 50000, PIECE = 10000, WORKERS_MAX = 256 };

static const double zero[] = {0}, rate[] = {1};
static const double hazard[] = {0.04};

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

typedef enum road { OURS, PLAIN, ROADS } trial_road;

typedef struct counts {
    uint64_t above[BOUNDARIES], below[BOUNDARIES];
} counts;

/* One design. */
typedef struct design {
    msp_sim_plan plan;
    sim_tables tables;
    plain_design plain;
    double upper[BOUNDARIES][MSP_LOOKS_MAX], expected[BOUNDARIES];
    uint64_t trials[ROADS]; /* counted so far */
    counts counts[ROADS];
} design;

/* A portion of the trials of a design. */
typedef struct job {
    const design *d;
    sim_kernel *kernel;
    sim_work work[WORKERS_MAX];
    plain_work plain[WORKERS_MAX];
    uint64_t seed, first;
    counts pieces[PORTION / PIECE];
} job;

static msp_sim_plan plan_of(size_t number, const double *experimental)
{
    const bool poisson = number / 2 % 2 != 0, unequal = number / 4 % 2 != 0;
    const bool stratified = number % 2 != 0;
    msp_sim_plan p = {
        .n = PATIENTS,
        .enrolment = {{1, zero, rate}, 18},
        .poisson = poisson,
        .block = 6,
        .block_experimental = unequal ? 4 : 3,
        .arm = {{{1, zero, experimental}, 1, 0}, {{1, zero, hazard}, 1, 0}},
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

/* The same design in the words of the plain trial. */
static void say_plainly(design *d, double ratio)
{
    const msp_sim_plan *p = &d->plan;
    d->plain = (plain_design){
        .n_patients = p->n,
        .accrual = p->enrolment.duration,
        .poisson = p->poisson,
        .block = p->block,
        .of_experimental = p->block_experimental,
        .hazard = hazard[0],
        .ratio = ratio,
        .n_strata = p->n_strata > 0 ? p->n_strata : 1,
        .n_looks = p->n_looks,
        .events = p->events,
    };
    for (size_t s = 0; s < p->n_strata; s++) {
        d->plain.share[s] = p->strata[s].share;
        d->plain.stratum_ratio[s] = p->strata[s].hazard_ratio;
    }
}

static msp_status make_design(size_t number, const double *experimental, design *d, msp_error *err)
{
    *d = (design){.plan = plan_of(number, experimental)};
    say_plainly(d, experimental[0] / hazard[0]);
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

static void count_trial(const design *d, const double *z, counts *c)
{
    for (size_t b = 0; b < BOUNDARIES; b++)
        for (size_t k = 0; k < d->plan.n_looks; k++) {
            const bool above = z[k] >= d->upper[b][k];
            const bool below = z[k] <= -d->upper[b][k];
            c->above[b] += above;
            c->below[b] += below;
            if (above || below)
                break;
        }
}

static void run_ours(void *context, size_t worker, size_t piece)
{
    job *j = context;
    msp_sim_outcome o;
    const uint64_t first = j->first + piece * PIECE;
    for (uint64_t i = first; i < first + PIECE; i++) {
        j->kernel(&j->d->tables, &j->work[worker], j->seed, i, &o);
        count_trial(j->d, o.look_z, &j->pieces[piece]);
    }
}

static void run_plain(void *context, size_t worker, size_t piece)
{
    job *j = context;
    double z[PLAIN_LOOKS_MAX];
    plain_random r = plain_random_start(j->seed << 40 ^ (j->first + piece * PIECE));
    for (size_t i = 0; i < PIECE; i++) {
        plain_trial(&j->d->plain, &r, &j->plain[worker], z);
        count_trial(j->d, z, &j->pieces[piece]);
    }
}

static msp_status make_work(job *j, size_t worker, msp_error *err)
{
    const msp_status rc = sim_work_make(&j->d->tables, &j->work[worker], err);
    if (rc == MSP_OK && !plain_work_make(&j->d->plain, &j->plain[worker]))
        return msp_fail(err, MSP_EMEM, "no memory for the trials of a thread");
    return rc;
}

static msp_status run_pieces(job *j, trial_road which, size_t n, counts *out, msp_error *err)
{
    const size_t most = msp_processors(), threads = most < WORKERS_MAX ? most : WORKERS_MAX;
    msp_status rc = MSP_OK;
    *out = (counts){0};
    for (size_t i = 0; i < threads && rc == MSP_OK; i++)
        rc = make_work(j, i, err);
    if (rc == MSP_OK)
        msp_parallel_for(threads, n, which == OURS ? run_ours : run_plain, j);
    for (size_t i = 0; i < n; i++)
        add(out, &j->pieces[i]);
    for (size_t i = 0; i < threads; i++) {
        sim_work_free(&j->work[i]);
        plain_work_free(&j->plain[i]);
    }
    return rc;
}

/* The same trials by the road that users take. */
static msp_status check(const design *d, uint64_t seed, msp_error *err)
{
    static job j;
    counts c;
    j = (job){.d = d, .kernel = sim_kernel_of(sim_best_path()), .seed = seed};
    msp_status rc = run_pieces(&j, OURS, 1, &c, err);
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

/* -- the ledger: seed, ratio, road, design, first trial, and the counts of a portion -- */

/* Which lines of it are ours. */
typedef struct run {
    FILE *file;
    uint64_t seed;
    double ratio;
    size_t roads; /* 1: no plain trials */
} run;

static msp_status read_counts(FILE *file, counts *c, msp_error *err)
{
    for (size_t b = 0; b < BOUNDARIES; b++)
        if (fscanf(file, "%" SCNu64 " %" SCNu64, &c->above[b], &c->below[b]) != 2)
            return msp_fail(err, MSP_EINPUT, "a line of the ledger is cut off");
    return MSP_OK;
}

static msp_status read_ledger(const run *r, design *designs, msp_error *err)
{
    uint64_t seed, first;
    double ratio;
    size_t road, number;
    while (fscanf(r->file, "%" SCNu64 " %lf %zu %zu %" SCNu64, &seed, &ratio, &road, &number,
                  &first) == 5) {
        counts c;
        const msp_status rc = read_counts(r->file, &c, err);
        if (rc != MSP_OK)
            return rc;
        if (seed != r->seed || ratio != r->ratio)
            continue;
        if (number >= DESIGNS || road >= r->roads || first != designs[number].trials[road])
            return msp_fail(err, MSP_EINPUT, "the ledger has design %zu, trial %" PRIu64, number,
                            first);
        designs[number].trials[road] += PORTION;
        add(&designs[number].counts[road], &c);
    }
    return MSP_OK;
}

static msp_status run_portion(const run *r, trial_road which, size_t number, design *d,
                              msp_error *err)
{
    static job j;
    counts c;
    j = (job){.d = d,
              .kernel = sim_kernel_of(sim_best_path()),
              .seed = r->seed + number,
              .first = d->trials[which]};
    msp_status rc = which == OURS && j.first == 0 ? check(d, j.seed, err) : MSP_OK;
    if (rc == MSP_OK)
        rc = run_pieces(&j, which, MSP_COUNT(j.pieces), &c, err);
    if (rc != MSP_OK)
        return rc;
    fprintf(r->file, "%" PRIu64 " %g %d %zu %" PRIu64, r->seed, r->ratio, (int)which, number,
            j.first);
    for (size_t b = 0; b < BOUNDARIES; b++)
        fprintf(r->file, " %" PRIu64 " %" PRIu64, c.above[b], c.below[b]);
    fprintf(r->file, "\n");
    fflush(r->file);
    d->trials[which] += PORTION;
    add(&d->counts[which], &c);
    return MSP_OK;
}

static msp_status run_all(const run *r, uint64_t trials, design *designs, msp_error *err)
{
    msp_status rc = read_ledger(r, designs, err);
    for (uint64_t done = 0; done < trials && rc == MSP_OK; done += PORTION)
        for (size_t i = 0; i < DESIGNS * r->roads && rc == MSP_OK; i++) {
            const size_t number = i / r->roads, which = i % r->roads;
            if (designs[number].trials[which] <= done)
                rc = run_portion(r, (trial_road)which, number, &designs[number], err);
        }
    return rc;
}

/* -- the table -- */

static double rejects(const design *d, trial_road which, size_t b)
{
    return (double)(d->counts[which].above[b] + d->counts[which].below[b]) /
           (double)d->trials[which];
}

/* The difference in standard errors. */
static double print_cell(const design *d, bool plain, size_t b)
{
    const msp_sim_plan *p = &d->plan;
    const double n = (double)d->trials[OURS], share = rejects(d, OURS, b);
    const double expected = plain ? rejects(d, PLAIN, b) : d->expected[b];
    const double spread = expected * (1 - expected);
    const double error = sqrt(spread / n + (plain ? spread / (double)d->trials[PLAIN] : 0));
    const double z = (share - expected) / error;
    printf("| %s | %zu | %d:%d | %s | %s | %.2f | %.5f | %.5f | %.5f | %+.2f | %.5f | %.5f |\n",
           boundaries[b].name, p->n_looks, p->block_experimental, 6 - p->block_experimental,
           p->poisson ? "Poisson" : "even", p->n_strata > 0 ? "3" : "none", n / 1e6, share, error,
           expected, z, (double)d->counts[OURS].above[b] / n, (double)d->counts[OURS].below[b] / n);
    return z;
}

static double print_table(const design *designs, bool plain)
{
    double worst = 0, squares = 0, sum = 0;
    size_t n = 0;
    printf("| boundary | looks | allocation | arrival | strata | million trials | rejects | "
           "standard error | %s | difference, errors | for | against |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|---|\n",
           plain ? "plain trials" : "integration");
    for (size_t b = 0; b < BOUNDARIES; b++)
        for (size_t i = 0; i < DESIGNS; i++)
            if (designs[i].trials[plain ? PLAIN : OURS] > 0) {
                const double z = print_cell(&designs[i], plain, b);
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
    run r = {.seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 101,
             .ratio = argc > 4 ? strtod(argv[4], NULL) : 1};
    r.file = argc > 1 ? fopen(argv[1], "a+") : NULL;
    r.roads = r.ratio == 1 ? 1 : ROADS;
    msp_error err = {0};
    if (r.file == NULL || !(r.ratio > 0)) {
        fprintf(stderr, "usage: simulate_cells LEDGER [TRIALS [SEED [RATIO]]]\n");
        return 2;
    }
    const double experimental[] = {hazard[0] * r.ratio};
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < DESIGNS && rc == MSP_OK; i++)
        rc = make_design(i, experimental, &designs[i], &err);
    if (rc == MSP_OK)
        rc = run_all(&r, trials, designs, &err);
    fclose(r.file);
    const double worst = rc == MSP_OK ? print_table(designs, r.roads > 1) : 0;
    for (size_t i = 0; i < DESIGNS; i++)
        sim_tables_free(&designs[i].tables);
    if (rc != MSP_OK)
        fprintf(stderr, "simulate_cells: %s\n", err.text);
    return rc != MSP_OK ? 3 : worst > 4;
}
