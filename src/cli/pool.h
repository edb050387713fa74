/*
 * pool.h - between the command `pool` and its output.
 */
#ifndef MSPIKE_CLI_POOL_H
#define MSPIKE_CLI_POOL_H

#include "cli.h"
#include "mspike/evidence.h"

typedef enum pool_model {
    POOL_COX,
    POOL_RMST,
    POOL_PIECEWISE,
    POOL_POLYNOMIAL,
} pool_model;

/* What the command line says. */
typedef struct pool_values {
    cli_common common;
    const char *study, *arm, *time, *event, *event_value, *draw, *reference, *baseline;
    int model, stages; /* pool_model; stages 0: two, 1: one */
    int effects, tau;  /* 0 common, 1 random; msp_pooling_tau */
    int vary;          /* msp_curve_vary */
    double rmst, level;
    msp_words cuts, powers, times;
} pool_values;

/* One number of one set of patients, or of all of them. */
typedef struct pool_number {
    const char *treatment, *comparator; /* the latter NULL: of survival with the treatment */
    double time;                        /* NaN where there is none */
    double estimate, std_error;         /* log hazard ratio, difference of means, log(-log S) */
    double between; /* of random effects of curves: variance between trials; NaN where none */
    size_t df;      /* of that variance */
} pool_number;

/* What one set of patients gives. */
typedef struct pool_set {
    pool_number *number;
    size_t n, cap;
    double tau2, log_likelihood, aic, aic_proportional;
    msp_heterogeneity q, proportional;
    size_t left_out, n_patients, n_events;
    size_t n_silent, n_arm_out; /* msp_curve_random */
    const char *note;           /* NULL or static */
} pool_set;

typedef struct pool_job {
    const pool_values *v;
    const char *path;
    msp_arena arena;
    msp_table table;
    const char **study, **treat; /* names, in byte order */
    size_t n_study, n_treat;
    double *time; /* of all rows that miss nothing */
    uint8_t *event;
    size_t *study_of, *treat_of, *draw_of;
    size_t n, n_draws, reference, baseline;
    double cut[MSP_CURVE_TERMS], power[MSP_CURVE_TERMS], times[MSP_WORDS_MAX];
    size_t n_cuts, n_powers, n_times;
    pool_set all; /* every set combined; what is no number is that of the first */
} pool_job;

/* Fits each set of patients and combines them by Rubin's rules. */
msp_status pool_fit(pool_job *j, msp_error *err);

/* Why no treatment is compared with another: MSP_ENODATA. */
msp_status pool_nothing(const pool_job *j, msp_error *err);

msp_status pool_print(const pool_job *j, msp_text *out, msp_error *err);

#endif
