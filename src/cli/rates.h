/*
 * rates.h - between the command `rates` and its output.
 */
#ifndef MSPIKE_CLI_RATES_H
#define MSPIKE_CLI_RATES_H

#include "cli.h"
#include "mspike/analysis.h"
#include "mspike/table.h"

/* What the command line says. */
typedef struct rates_values {
    cli_common common;
    msp_words counts, exposure, response_value, strata;
    const char *response, *arm, *events, *time;
    double level, null;
    int method, alternative;
    int missing; /* 0: left out, 1: no response */
    const char *delimiter, *decimal;
} rates_values;

extern const char *const rates_alternatives[]; /* two-sided less greater */

typedef struct rates_group {
    const char *name;
    int64_t events, n;
    msp_interval rate;
    msp_prob test; /* of --null */
} rates_group;

/* Everything between the command line and the answer; `arena` owns what the table does not. */
typedef struct rates_job {
    const rates_values *v;
    msp_arena arena;
    msp_table table;
    bool has_null;
    msp_confidence confidence;
    msp_proportion_method method;
    size_t n, n_missing; /* rows of the table */
    rates_group *groups;
    size_t n_groups;
    msp_rates_pair pair; /* of two groups */
    msp_test chi_square; /* of two or more */
    const char *chi_square_note;
    msp_factor stratum;     /* with --strata and two groups */
    msp_two_by_two *tables; /* one a stratum */
    size_t n_strata, n_missing_stratum;
    msp_rates_strata strata;
} rates_job;

/* `rates --exposure`, or of a table (`path`; NULL: none) with --events and --time, to the exit
 * code.
 */
int rates_exposure(const rates_values *v, const char *path);

/* The answer, appended. */
void rates_as_json(const rates_job *j, msp_text *out);
void rates_as_text(const rates_job *j, msp_text *out);
/* One number a line. */
void rates_as_csv(const rates_job *j, msp_text *out);

#endif
