/*
 * simulate_error.c - is the error of the first kind what the boundaries are made for?
 *
 * simulate_error [TRIALS [SEED]] runs TRIALS [1000000] trials without an effect for each of 48
 * designs (boundary x looks x allocation x arrival x strata; 1400 patients, 1000 events, two-sided
 * 0.05) and prints a table: the share that rejects, its Monte Carlo standard error, what numerical
 * integration of the normal law says, and the difference in standard errors. Two-sided, because one
 * side of a log-rank test with unequal arms is skewed at any finite size; both sides are shown.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mspike/design.h"
#include "mspike/simulate.h"
#include "mspike/stats.h"

enum { PATIENTS = 1400, EVENTS = 1000 };

static const double zero[] = {0}, rate[] = {1}, hazard[] = {0.04};

static const struct {
    const char *name;
    msp_boundary boundary;
} boundaries[] = {
    {"Lan-DeMets O'Brien-Fleming", {.kind = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING}},
    {"Pocock", {.kind = MSP_BOUNDARY_WANG_TSIATIS, .parameter = 0.5}},
    {"Hwang-Shih-DeCani -4", {.kind = MSP_BOUNDARY_HWANG_SHIH_DECANI, .parameter = -4}},
};
static const size_t looks[] = {2, 5};
static const int experimental_of_six[] = {3, 4};

static int fail(const msp_error *err)
{
    fprintf(stderr, "simulate_error: %s\n", err->text);
    return 3;
}

static msp_sim_plan plan_of(size_t n_looks, int experimental, bool poisson, bool stratified)
{
    msp_sim_plan p = {
        .n = PATIENTS,
        .enrolment = {{1, zero, rate}, 18},
        .poisson = poisson,
        .block = 6,
        .block_experimental = experimental,
        .arm = {{{1, zero, hazard}, 1, 0}, {{1, zero, hazard}, 1, 0}},
        .dropout = {0.002, 0.002},
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
    return p;
}

/* One row; *worst keeps the largest difference so far. */
static msp_status row(size_t b, size_t n_looks, int experimental, bool poisson, bool stratified,
                      uint64_t trials, uint64_t seed, double *worst, msp_error *err)
{
    msp_sim_plan p = plan_of(n_looks, experimental, poisson, stratified);
    msp_looks l = {.n = n_looks, .alpha = 0.05, .sided = 2, .efficacy = boundaries[b].boundary};
    msp_boundaries bounds;
    msp_sim_result r;
    double above[MSP_LOOKS_MAX], below[MSP_LOOKS_MAX], expected = 0;
    for (size_t k = 0; k < n_looks; k++) {
        p.events[k] = EVENTS * (k + 1) / n_looks;
        l.information[k] = (double)p.events[k] / EVENTS;
    }
    msp_status rc = msp_boundaries_for_drift(&l, 0, &bounds, err);
    for (size_t k = 0; k < n_looks && rc == MSP_OK; k++) {
        p.upper[k] = bounds.upper[k];
        p.lower[k] = -bounds.upper[k];
    }
    if (rc == MSP_OK)
        rc = msp_sequential_cross(n_looks, l.information, p.lower, p.upper, 0, below, above, err);
    for (size_t k = 0; k < n_looks && rc == MSP_OK; k++)
        expected += above[k] + below[k];
    if (rc == MSP_OK)
        rc = msp_sim_run(&p, seed, trials, 0, 0, NULL, &r, err);
    if (rc != MSP_OK)
        return rc;
    const double n = (double)trials, got = (double)(r.efficacy + r.harm) / n;
    const double error = sqrt(expected * (1 - expected) / n), z = (got - expected) / error;
    *worst = fmax(*worst, fabs(z));
    printf("| %s | %zu | %d:%d | %s | %s | %.5f | %.5f | %.5f | %+.2f | %.5f | %.5f |\n",
           boundaries[b].name, n_looks, experimental, 6 - experimental,
           poisson ? "Poisson" : "even", stratified ? "3" : "none", got, error, expected, z,
           (double)r.efficacy / n, (double)r.harm / n);
    fflush(stdout);
    return MSP_OK;
}

int main(int argc, char **argv)
{
    const uint64_t trials = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    double worst = 0;
    msp_error err;
    printf("| boundary | looks | allocation | arrival | strata | rejects | standard error | "
           "integration | difference, errors | for | against |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (unsigned cell = 0; cell < 48; cell++)
        if (row(cell / 16, looks[cell / 8 % 2], experimental_of_six[cell / 4 % 2],
                cell / 2 % 2 != 0, cell % 2 != 0, trials, seed + cell, &worst, &err) != MSP_OK)
            return fail(&err);
    printf("\n%" PRIu64 " trials a row; largest difference %.2f standard errors\n", trials, worst);
    return worst > 4;
}
