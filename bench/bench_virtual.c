/*
 * bench_virtual.c - how many visits of virtual patients a core makes, judges and times in a second.
 *
 * bench_virtual PROTOCOL [TRIALS] follows virtual trials [20] of the protocol's virtual block, and
 * prints visits a second of processor time: making alone, with response (relapses and all), and
 * with response and progression-free survival as virtual trials have them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "mspike/base.h"
#include "mspike/protocol.h"
#include "mspike/simulate.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void need(msp_status rc, const msp_error *err)
{
    if (rc == MSP_OK)
        return;
    fprintf(stderr, "bench_virtual: %s\n", err->text);
    exit(4);
}

static size_t make(msp_virtual_watch *w, uint64_t trial, bool judged)
{
    msp_error err = {0};
    size_t visits = 0;
    msp_virtual_allot(w->plan, 1, trial, w->arm, w->cell);
    for (size_t i = 0; i < w->plan->n; i++) {
        msp_virtual_patient p;
        if (i % MSP_VIRTUAL_ABREAST == 0)
            msp_virtual_patients_expect(w->plan, 1, trial, (uint32_t)i, w->plan->n - i, w->arm + i,
                                        w->cell + i, &w->work);
        msp_virtual_patient_make(w->plan, 1, trial, (uint32_t)i, w->arm[i], w->cell[i], &w->work,
                                 &p);
        visits += p.patient.n_visits;
        msp_response_result result;
        if (judged)
            need(msp_judge_patient(&w->judge, &p.patient, &w->criteria, &result, &err), &err);
    }
    return visits;
}

static size_t follow(msp_virtual_watch *w, uint64_t trial)
{
    msp_error err = {0};
    size_t visits = 0;
    need(msp_virtual_trial_follow(w, 1, trial, &err), &err);
    for (size_t i = 0; i < w->plan->n; i++)
        visits += w->outcomes[i].visits;
    return visits;
}

static void report(const char *what, size_t visits, double seconds)
{
    printf("%-28s %6.2f million visits/s (%.0f ns each)\n", what, 1e-6 * (double)visits / seconds,
           1e9 * seconds / (double)visits);
}

int main(int argc, char **argv)
{
    const unsigned long trials = argc > 2 ? strtoul(argv[2], NULL, 10) : 20;
    msp_arena arena = {0};
    msp_findings findings = {0};
    msp_protocol protocol;
    msp_virtual_plan plan;
    msp_virtual_watch watch;
    msp_error err = {0};
    if (argc < 2)
        return fputs("usage: bench_virtual PROTOCOL [TRIALS]\n", stderr), 2;
    need(msp_protocol_read(argv[1], &protocol, &findings, &err), &err);
    need(msp_virtual_plan_make(&protocol, 0, &arena, &plan, &err), &err);
    need(msp_virtual_watch_init(&watch, &plan, NULL, &err), &err);
    size_t visits;
    double start;
    const bool without_relapses = watch.judge.without_relapses;
    watch.judge.without_relapses = false;
    for (int judged = 0; judged < 2; judged++) {
        visits = 0;
        start = now();
        for (unsigned long i = 0; i < trials; i++)
            visits += make(&watch, i, judged == 1);
        report(judged == 1 ? "making and response" : "making", visits, now() - start);
    }
    watch.judge.without_relapses = without_relapses;
    visits = 0;
    start = now();
    for (unsigned long i = 0; i < trials; i++)
        visits += follow(&watch, i);
    report("making, response and PFS", visits, now() - start);
    printf("%zu patients, %.1f visits each\n", plan.n,
           (double)visits / (double)trials / (double)plan.n);
    msp_virtual_watch_free(&watch);
    msp_protocol_free(&protocol);
    msp_findings_free(&findings);
    msp_arena_free(&arena);
    return 0;
}
