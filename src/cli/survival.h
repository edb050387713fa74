/*
 * survival.h - between the command `survival` and its output.
 */
#ifndef MSPIKE_CLI_SURVIVAL_H
#define MSPIKE_CLI_SURVIVAL_H

#include "cli.h"
#include "mspike/analysis.h"
#include "mspike/table.h"

/* What the command line says. */
typedef struct survival_values {
    cli_common common;
    const char *time, *event, *event_value, *entry, *arm, *cause, *id, *test, *expected, *weight;
    const char *lower, *upper; /* instead of time and event */
    uint64_t resamples;
    msp_words strata, covariates, times, cuts, where;
    double level, level_ratio, rmst;
    int interval, ties, alternative, unit, model, residuals;
    bool curve, robust, diagnostics, firth, profile, adjusted;
    msp_words at;
    const char *delimiter, *decimal;
} survival_values;

extern const char *const survival_alternatives[]; /* two-sided less greater */
/* cox, those of msp_lifetime, and this one */
extern const char *const survival_models[];
extern const char *const survival_residuals[]; /* none rows events */
enum { SURVIVAL_PIECEWISE = MSP_GENERALISED_GAMMA + 2 };
extern const char *const survival_units[]; /* unstated days weeks months years */

/* Everything between the command line and the answer; `arena` owns what the table does not. */
typedef struct survival_job {
    const survival_values *v;
    msp_arena arena;
    msp_table table;
    msp_read_column columns[3 * MSP_WORDS_MAX + 9];
    size_t n_columns;
    size_t n_elsewhere; /* rows that --where leaves out */
    uint8_t *event, *keep, *keep_test, *keep_model;
    uint32_t *cause; /* 0 censored, 1 .. the number of causes; NULL without causes */
    msp_factor cluster;
    const double *weight;            /* with --weight */
    const double *time;              /* or with --lower and --upper its lower end */
    msp_factor arm, stratum, causes; /* causes: levels with their numbers */
    msp_terms terms;
    double times[MSP_WORDS_MAX], *at;
    size_t n_times;
    msp_time_weight time_weight;
    msp_survival_options options;
    msp_survival survival;
    msp_competing competing;
    msp_parametric lifetime;       /* where --model asks for one */
    double *lower, *upper;         /* with --lower and --upper, which then give `intervals` */
    msp_intervals intervals;       /* and no `survival` */
    msp_periods periods;           /* with --model piecewise */
    double null_survival, null_at; /* with --expected */
    msp_one_sample_result one_sample;
} survival_job;

/* Rows analysed, left out, and with an event. */
typedef struct survival_counts {
    size_t n, n_missing, events;
} survival_counts;
survival_counts survival_count(const survival_job *j);

/* The answer, appended. */
void survival_as_json(const survival_job *j, msp_text *out);
void survival_as_text(const survival_job *j, msp_text *out);
/* One number a line. */
void survival_as_csv(const survival_job *j, msp_text *out);

#endif
