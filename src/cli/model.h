/*
 * model.h - between the command `model` and its output.
 */
#ifndef MSPIKE_CLI_MODEL_H
#define MSPIKE_CLI_MODEL_H

#include "cli.h"
#include "mspike/analysis.h"
#include "mspike/table.h"

/* What the command line says. */
typedef struct model_values {
    cli_common common;
    const char *formula, *subject, *visit, *arm, *weight;
    msp_words by, visits, references, only, mid;
    int kind, covariance, df, ties;
    bool robust;
    double level;
    const char *delimiter, *decimal;
} model_values;

/* Everything between the command line and the answer. */
typedef struct model_job {
    const model_values *v;
    msp_arena arena;
    msp_formula formula;
    msp_table table;
    msp_model_options options;
    msp_model model;
} model_job;

/* The answer, appended. */
void model_as_json(const model_job *j, msp_text *out);
void model_as_text(const model_job *j, msp_text *out);
/* A line for each coefficient, test, mean and difference. */
void model_as_csv(const model_job *j, msp_text *out);

#endif
