/*
 * bench_stats.c - how long the survival statistics take in memory, on one core.
 *
 * bench_stats [N [REPEATS]] prints the median of REPEATS [7] runs on N [1000000] patients, with
 * continuous times and with whole days, and how far each is from what the machine's memory allows:
 * the time that one copy of the bytes it must at least read and write takes here and now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mspike/stats.h"
#include "trial.h"

enum { N_COVARIATES = 5, MAX_REPEATS = 99 };

typedef struct trial {
    size_t n;
    double *time, *day, *x[N_COVARIATES];
    uint8_t *status;
    uint32_t *arm, *stratum;
} trial;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void *room(size_t n, size_t size)
{
    void *at = malloc(n * size);
    if (at == NULL) {
        fprintf(stderr, "bench_stats: no memory for %zu patients\n", n);
        exit(4);
    }
    return at;
}

static trial make_trial(size_t n)
{
    trial t = {.n = n,
               .time = room(n, sizeof(double)),
               .day = room(n, sizeof(double)),
               .status = room(n, 1),
               .arm = room(n, sizeof(uint32_t)),
               .stratum = room(n, sizeof(uint32_t))};
    for (int k = 0; k < N_COVARIATES; k++)
        t.x[k] = room(n, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        patient p = make_patient((uint32_t)i);
        t.time[i] = p.time;
        t.day[i] = p.day;
        t.status[i] = (uint8_t)p.status;
        t.arm[i] = (uint32_t)p.arm;
        t.stratum[i] = (uint32_t)p.stratum - 1;
        t.x[0][i] = p.arm;
        t.x[1][i] = p.x1;
        t.x[2][i] = p.x2;
        t.x[3][i] = p.x3;
        t.x[4][i] = p.x4;
    }
    return t;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, int n)
{
    qsort(times, (size_t)n, sizeof *times, compare);
    return times[n / 2];
}

static void must(msp_status status, const msp_error *err)
{
    if (status != MSP_OK) {
        fprintf(stderr, "bench_stats: %s\n", err->text);
        exit(msp_status_exit_code(status));
    }
}

/* Milliseconds to copy a million bytes between buffers too large for the caches. */
static double copy_speed(int repeats)
{
    const size_t size = (size_t)256 << 20;
    char *from = room(size, 1), *to = room(size, 1);
    double times[MAX_REPEATS];
    memset(from, 1, size);
    memset(to, 2, size);
    for (int r = 0; r < repeats; r++) {
        double start = now();
        memcpy(to, from, size);
        times[r] = now() - start;
        from[(size_t)to[7] + (size_t)r] = (char)r;
    }
    free(from);
    free(to);
    return median(times, repeats) / ((double)size / 1e6);
}

typedef struct task {
    const char *name;
    double
        bytes; /* that a patient costs at the least, read and written, halved: a copy does both */
} task;

static const task tasks[] = {
    {"sort", 16},
    {"Kaplan-Meier, 2 arms, log-log limits", 38},
    {"log-rank, 2 arms", 8},
    {"log-rank, 2 arms, 6 strata", 10},
    {"Cox, 1 covariate, Efron", 12},
    {"Cox, 5 covariates, Efron", 44},
};

static void run_task(size_t which, const trial *t, const msp_order *order)
{
    msp_error err;
    if (which == 1) {
        msp_km_options options = msp_km_options_default(MSP_CONVENTION_SAS);
        msp_km km;
        must(msp_km_fit(order, t->arm, 2, &options, &km, &err), &err);
        msp_km_free(&km);
    } else if (which == 2 || which == 3) {
        msp_logrank test;
        must(msp_logrank_test(order, t->arm, 2, which == 3 ? t->stratum : NULL, 6, MSP_TWO_SIDED,
                              &test, &err),
             &err);
        msp_logrank_free(&test);
    } else if (which >= 4) {
        msp_cox_column columns[N_COVARIATES] = {0};
        msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
        msp_cox cox;
        for (int k = 0; k < N_COVARIATES; k++)
            columns[k].value = t->x[k];
        must(msp_cox_fit(order, columns, which == 4 ? 1 : N_COVARIATES, NULL, 1, &options, &cox,
                         &err),
             &err);
        msp_cox_free(&cox);
    }
}

static void time_all(const trial *t, const double *times, const char *unit, int repeats,
                     double copy)
{
    double took[MAX_REPEATS], sorting = 0;
    msp_follow_up follow_up = {.n = t->n, .time = times, .event = t->status};
    msp_error err;
    printf("%zu patients, times in %s\n", t->n, unit);
    printf("  %-40s %9s %9s %9s\n", "", "ms", "with sort", "x copy");
    for (size_t which = 0; which < MSP_COUNT(tasks); which++) {
        for (int r = 0; r < repeats; r++) {
            msp_order order;
            double start = now();
            must(msp_order_init(&order, &follow_up, &err), &err);
            if (which > 0) {
                start = now();
                run_task(which, t, &order);
            }
            took[r] = now() - start;
            msp_order_free(&order);
        }
        double ms = median(took, repeats), limit = copy * tasks[which].bytes * (double)t->n / 1e6;
        if (which == 0)
            sorting = ms;
        printf("  %-40s %9.2f %9.2f %9.1f\n", tasks[which].name, ms, which == 0 ? ms : ms + sorting,
               ms / limit);
    }
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    int repeats = argc > 2 ? atoi(argv[2]) : 7;
    if (n == 0 || n > UINT32_MAX || repeats < 1 || repeats > MAX_REPEATS) {
        fprintf(stderr, "usage: bench_stats [N [REPEATS]]\n");
        return 2;
    }
    double copy = copy_speed(repeats);
    printf("memory: %.1f GB/s copied (read and written)\n", 1 / copy);
    trial t = make_trial(n);
    time_all(&t, t.time, "months with 8 decimals", repeats, copy);
    time_all(&t, t.day, "whole days", repeats, copy);
    return 0;
}
