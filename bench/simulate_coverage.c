/*
 * simulate_coverage.c - do intervals hold the truth, and estimates hit it, after a trial that may
 * stop at a look?
 *
 * simulate_coverage PROTOCOL [TRIALS [SEED]] runs TRIALS [10000] of the planned design at hazard
 * ratios from 0.5 to 1, analyses each where it stopped as `mspike design --events --z` does, and
 * prints for each ratio: how often the repeated interval and the final one (stage-wise ordering)
 * hold it, how often the median-unbiased estimate is above it, its mean on the log scale; and the
 * same of the estimate and Wald's interval of a Cox model that takes no notice of the looks.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mspike/design.h"
#include "mspike/simulate.h"

typedef struct tally {
    double n, repeated, final, above, log_unbiased; /* by the looks */
    double n_cox, wald, cox_above, log_cox;         /* taking no notice of them */
} tally;

static int fail(const msp_error *err)
{
    fprintf(stderr, "simulate_coverage: %s\n", err->text);
    return 3;
}

static bool holds(const msp_ratio_interval *i, double ratio)
{
    return i->lower <= ratio && ratio <= i->upper;
}

static msp_status one_trial(const msp_survival_plan *plan, const msp_survival_design *design,
                            const msp_sim_scenario *s, double ratio, uint64_t seed, uint64_t trial,
                            tally *t, msp_error *err)
{
    msp_sim_outcome o;
    msp_look_analysis a;
    msp_look_data data = {0};
    msp_status rc = msp_sim_replay(&s->plan, seed, trial, &o, NULL, err);
    data.n = o.look + 1;
    for (size_t k = 0; k <= o.look; k++)
        data.events[k] = (double)s->plan.events[k];
    data.z[o.look] = o.z; /* those before are not used but for being inside */
    if (rc == MSP_OK)
        rc = msp_look_analyse(plan, design, &data, &a, err);
    if (rc != MSP_OK)
        return rc;
    t->n++;
    t->repeated += holds(&a.repeated, ratio);
    t->final += holds(&a.final, ratio);
    t->above += a.median_unbiased > ratio;
    t->log_unbiased += log(a.median_unbiased);
    if (isfinite(o.log_ratio)) {
        t->n_cox++;
        t->wald += fabs(o.log_ratio - log(ratio)) <= 1.959963984540054 * o.std_error;
        t->cox_above += o.log_ratio > log(ratio);
        t->log_cox += o.log_ratio;
    }
    return MSP_OK;
}

static msp_status one_ratio(const msp_protocol *p, double ratio, uint64_t trials, uint64_t seed,
                            msp_arena *arena, msp_error *err)
{
    msp_survival_plan plan;
    msp_survival_design design;
    msp_sim_scenario planned, s;
    tally t = {0};
    msp_status rc = msp_plan_survival(p, arena, &plan, err);
    if (rc == MSP_OK)
        rc = msp_plan_design(p, &plan, &design, err);
    if (rc == MSP_OK)
        rc = msp_sim_scenario_find(p, MSP_SIM_PLANNED, arena, &planned, err);
    if (rc == MSP_OK)
        rc = msp_sim_scenario_at(&planned, ratio, arena, &s, err);
    s.plan.estimates = true;
    for (uint64_t i = 0; i < trials && rc == MSP_OK; i++)
        rc = one_trial(&plan, &design, &s, ratio, seed, i, &t, err);
    if (rc != MSP_OK)
        return rc;
    printf("| %.2f | %.4f | %.4f | %.4f | %+.4f | %.4f | %.4f | %+.4f |\n", ratio, t.repeated / t.n,
           t.final / t.n, t.above / t.n, t.log_unbiased / t.n - log(ratio), t.wald / t.n_cox,
           t.cox_above / t.n_cox, t.log_cox / t.n_cox - log(ratio));
    fflush(stdout);
    return MSP_OK;
}

int main(int argc, char **argv)
{
    static const double ratios[] = {0.5, 0.59, 0.7, 0.85, 1};
    const uint64_t trials = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    msp_arena arena = {0};
    msp_findings findings = {0};
    msp_protocol protocol = {0};
    msp_error err = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: simulate_coverage PROTOCOL [TRIALS [SEED]]\n");
        return 2;
    }
    msp_status rc = msp_protocol_read(argv[1], &protocol, &findings, &err);
    printf("| ratio | repeated holds it | final holds it | unbiased above it | its log, bias | "
           "Wald holds it | Cox above it | its log, bias |\n|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < MSP_COUNT(ratios) && rc == MSP_OK; i++)
        rc = one_ratio(&protocol, ratios[i], trials, seed + i, &arena, &err);
    if (rc == MSP_OK)
        printf("\n%" PRIu64 " trials a row\n", trials);
    msp_protocol_free(&protocol);
    msp_findings_free(&findings);
    msp_arena_free(&arena);
    return rc == MSP_OK ? 0 : fail(&err);
}
