/*
 * means.h - between the command `means` and its output.
 */
#ifndef MSPIKE_CLI_MEANS_H
#define MSPIKE_CLI_MEANS_H

#include "cli.h"
#include "mspike/analysis.h"
#include "mspike/table.h"

/* What the command line says. */
typedef struct means_values {
    cli_common common;
    const char *value, *arm;
    msp_words strata;
    double level;
    int alternative;
    bool pooled;
    const char *delimiter, *decimal;
} means_values;

extern const char *const means_alternatives[]; /* two-sided less greater */

/* Everything between the command line and the answer; `arena` owns what the table does not. */
typedef struct means_job {
    const means_values *v;
    msp_arena arena;
    msp_table table;
    msp_convention convention;
    const double *value;
    uint8_t *keep;
    msp_factor arm, stratum;
    msp_describe *groups;
    size_t n_groups, n_missing, n_missing_stratum;
    bool has_pair; /* of two groups */
    msp_t_test t;
    msp_rank_sum ranks;
    msp_test stratified; /* with --strata */
    double stratified_z;
    const char *stratified_note;
} means_job;

/* The answer, appended. */
void means_as_json(const means_job *j, msp_text *out);
void means_as_text(const means_job *j, msp_text *out);
void means_as_csv(const means_job *j, msp_text *out);

#endif
