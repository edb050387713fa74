/*
 * bench_stats.c - how long the survival statistics take in memory, on one core.
 *
 * bench_stats [N [REPEATS]] prints the median of REPEATS [7] runs on N [1000000] patients, with
 * continuous times and with whole days, and how far each is from what the machine's memory allows:
 * the time that one copy of the bytes it must at least read and write takes here and now.
 *
 * bench_stats N REPEATS time|day [TASK] prints one line a task (or of that one: km, cox5), its name
 * and the milliseconds of the best run with the sort, as beside.R does for R; bench/beside runs
 * both in turns.
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
    double *time, *day, *entry, *x[N_COVARIATES];
    uint8_t *status;
    uint32_t *arm, *stratum, *cause;
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
               .entry = room(n, sizeof(double)),
               .status = room(n, 1),
               .arm = room(n, sizeof(uint32_t)),
               .stratum = room(n, sizeof(uint32_t)),
               .cause = room(n, sizeof(uint32_t))};
    for (int k = 0; k < N_COVARIATES; k++)
        t.x[k] = room(n, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        patient p = make_patient((uint32_t)i);
        t.time[i] = p.time;
        t.day[i] = p.day;
        t.status[i] = (uint8_t)p.status;
        t.arm[i] = (uint32_t)p.arm;
        t.stratum[i] = (uint32_t)p.stratum - 1;
        t.cause[i] = (uint32_t)(p.status * (1 + p.x2));
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
    const char *name, *key;
    double
        bytes; /* that a patient costs at the least, read and written, halved: a copy does both */
} task;

enum { SORT, CURVES, LOG_RANK, STRATIFIED, COX_1, COX_5, LATE_5, FINE_GRAY };

static const task tasks[] = {
    {"sort", "sort", 16},
    {"Kaplan-Meier, 2 arms, log-log limits", "km", 38},
    {"log-rank, 2 arms", "logrank", 8},
    {"log-rank, 2 arms, 6 strata", "strata", 10},
    {"Cox, 1 covariate, Efron", "cox1", 12},
    {"Cox, 5 covariates, Efron", "cox5", 44},
    {"Cox, 5 covariates, a third come late", "late5", 60},
    {"Fine-Gray, 2 covariates", "finegray", 24},
};

static void fit_cox(const trial *t, const msp_order *order, size_t n_columns)
{
    msp_error err;
    msp_cox_column columns[N_COVARIATES] = {0};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    msp_cox cox;
    for (int k = 0; k < N_COVARIATES; k++)
        columns[k].value = t->x[k];
    must(msp_cox_fit(order, columns, n_columns, NULL, 1, &options, &cox, &err), &err);
    msp_cox_free(&cox);
}

static void fit_fine_gray(const trial *t, const msp_order *order)
{
    msp_error err;
    const msp_cox_column columns[] = {{.value = t->x[0]}, {.value = t->x[1]}};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    msp_fine_gray model;
    must(msp_fine_gray_fit(order, t->cause, 2, 1, columns, 2, &options, &model, &err), &err);
    msp_fine_gray_free(&model);
}

static void run_task(size_t which, const trial *t, const msp_order *order)
{
    msp_error err;
    if (which == CURVES) {
        msp_km_options options = msp_km_options_default(MSP_CONVENTION_SAS);
        msp_km km;
        must(msp_km_fit(order, t->arm, 2, &options, &km, &err), &err);
        msp_km_free(&km);
    } else if (which == LOG_RANK || which == STRATIFIED) {
        msp_logrank test;
        must(msp_logrank_test(order, t->arm, 2, which == STRATIFIED ? t->stratum : NULL, 6,
                              MSP_TWO_SIDED, &test, &err),
             &err);
        msp_logrank_free(&test);
    } else if (which == FINE_GRAY) {
        fit_fine_gray(t, order);
    } else if (which >= COX_1) {
        fit_cox(t, order, which == COX_1 ? 1 : N_COVARIATES);
    }
}

static msp_order sort_trial(size_t which, const trial *t, const double *times)
{
    msp_error err;
    msp_order order;
    msp_follow_up follow_up = {.n = t->n, .time = times, .event = t->status};
    if (which == LATE_5)
        follow_up.entry = t->entry;
    must(msp_order_init(&order, &follow_up, &err), &err);
    return order;
}

/* A third of the patients are watched only from a quarter of their time on. */
static void set_entries(trial *t, const double *times)
{
    for (size_t i = 0; i < t->n; i++)
        t->entry[i] = i % 3 == 0 ? floor(times[i] / 4) : 0;
}

/* Milliseconds of each task with its sort, the best of the runs. */
static void print_best(const trial *t, const double *times, int repeats, const char *only)
{
    size_t inner = 1 + 200000 / t->n;
    for (size_t which = SORT; which < MSP_COUNT(tasks); which++) {
        double best = INFINITY;
        if (only != NULL && strcmp(only, tasks[which].key) != 0)
            continue;
        for (int r = 0; r < repeats; r++) {
            double start = now();
            for (size_t i = 0; i < inner; i++) {
                msp_order order = sort_trial(which, t, times);
                run_task(which, t, &order);
                msp_order_free(&order);
            }
            best = fmin(best, (now() - start) / (double)inner);
        }
        printf("%s\t%.6f\n", tasks[which].key, best);
    }
}

static void time_all(const trial *t, const double *times, const char *unit, int repeats,
                     double copy)
{
    double took[MAX_REPEATS], sorting = 0;
    printf("%zu patients, times in %s\n", t->n, unit);
    printf("  %-40s %9s %9s %9s\n", "", "ms", "with sort", "x copy");
    for (size_t which = 0; which < MSP_COUNT(tasks); which++) {
        for (int r = 0; r < repeats; r++) {
            double start = now();
            msp_order order = sort_trial(which, t, times);
            if (which > SORT) {
                start = now();
                run_task(which, t, &order);
            }
            took[r] = now() - start;
            msp_order_free(&order);
        }
        double ms = median(took, repeats), limit = copy * tasks[which].bytes * (double)t->n / 1e6;
        if (which == SORT)
            sorting = ms;
        printf("  %-40s %9.2f %9.2f %9.1f\n", tasks[which].name, ms,
               which == SORT ? ms : ms + sorting, ms / limit);
    }
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    int repeats = argc > 2 ? atoi(argv[2]) : 7;
    if (n == 0 || n > UINT32_MAX || repeats < 1 || repeats > MAX_REPEATS) {
        fprintf(stderr, "usage: bench_stats [N [REPEATS [time|day [TASK]]]]\n");
        return 2;
    }
    trial t = make_trial(n);
    if (argc > 3) {
        const double *times = strcmp(argv[3], "day") == 0 ? t.day : t.time;
        set_entries(&t, times);
        print_best(&t, times, repeats, argc > 4 ? argv[4] : NULL);
        return 0;
    }
    double copy = copy_speed(repeats);
    printf("memory: %.1f GB/s copied (read and written)\n", 1 / copy);
    set_entries(&t, t.time);
    time_all(&t, t.time, "months with 8 decimals", repeats, copy);
    set_entries(&t, t.day);
    time_all(&t, t.day, "whole days", repeats, copy);
    return 0;
}
