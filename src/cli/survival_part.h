/*
 * survival_part.h - the parts of the answer of `survival`, a file each, and what they share.
 */
#ifndef MSPIKE_CLI_SURVIVAL_PART_H
#define MSPIKE_CLI_SURVIVAL_PART_H

#include "grid.h"
#include "survival.h"

/* Each part writes nothing where the job has no such result. */
#define SURVIVAL_PART(part)                                             \
    void survival_##part##_json(const survival_job *j, msp_json *json); \
    void survival_##part##_text(const survival_job *j, msp_text *out);  \
    void survival_##part##_csv(const survival_job *j, msp_text *out);

SURVIVAL_PART(arms)
SURVIVAL_PART(tests)
SURVIVAL_PART(expected)
SURVIVAL_PART(cox)
SURVIVAL_PART(adjusted)
SURVIVAL_PART(lifetime)
SURVIVAL_PART(periods)
SURVIVAL_PART(competing)
SURVIVAL_PART(intervals) /* an answer of its own, with the model's */

/* The curves step by step, where they were asked for. */
void survival_steps_text(const survival_job *j, msp_text *out);

/* -- from the command line and the table to the arrays -- */

/* The times of --times. */
msp_status survival_read_times(survival_job *j, msp_error *err);
/* Reads the table, and makes the rows, groups and terms of the model. */
msp_status survival_read(survival_job *j, const char *path, msp_error *err);
/* Which statistics, as the options say; after survival_read. */
msp_status survival_choose(survival_job *j, msp_error *err);
/* Whether times lie between --lower and --upper. */
bool survival_is_interval(const survival_values *v);
/* A column that was asked for. */
const msp_column *survival_column(const survival_job *j, const char *name);
/* What a statistic refused, said of the user's file and row; returns rc. */
msp_status survival_at_its_row(const survival_job *j, msp_status rc, msp_error *err);

/* -- times between two visits: with --lower and --upper -- */

/* Options that go together. */
msp_status survival_check_intervals(const survival_values *v, msp_error *err);
/* The rows' times, and which rows have one. */
msp_status survival_read_intervals(survival_job *j, const msp_column *lower,
                                   const msp_column *upper, msp_error *err);
msp_status survival_fit_intervals(survival_job *j, const msp_survival_data *data, msp_error *err);

/* One arm against a known survival: what --expected says, and the test. */
msp_status survival_check_expected(survival_job *j, msp_error *err);
msp_status survival_fit_expected(survival_job *j, const msp_survival_data *data, msp_error *err);

/* The piecewise exponential model, with the cuts of --cuts. */
msp_status survival_fit_periods(survival_job *j, const msp_survival_data *data, msp_error *err);
/* Whether an accelerated failure time model was asked for. */
bool survival_has_lifetime(const survival_job *j);

/* -- case weights: with --weight -- */

/* Options that go together. */
msp_status survival_check_weights(const survival_values *v, msp_error *err);
/* The weights of the rows; who has none is left out. */
msp_status survival_read_weights(survival_job *j, const msp_column *weight, msp_error *err);
/* Whether the variances are to be robust: asked for, or as R where weights are not whole. */
bool survival_is_robust(const survival_job *j);

/* -- residuals: with --residuals, instead of the answer -- */

/* Options that go together, and whether the model has residuals. */
msp_status survival_check_residuals(const survival_values *v, msp_error *err);
msp_status survival_has_residuals(const survival_job *j, msp_error *err);
void survival_residuals_csv(const survival_job *j, msp_text *out);

/* -- shared -- */

/* The name of an arm; "all" without one. */
const char *part_arm(const survival_job *j, size_t i);

/* A difference of arms as an object. */
void part_put_contrast(msp_json *json, const msp_survival_contrast *contrast);
/* "p", and "log_p" where p is small. */
void part_put_p(msp_json *json, double p, double log_p);
/* `robust`, where it is there, has the test and the limits. */
void part_put_coefficient(msp_json *json, const char *term, const msp_cox_coefficient *c,
                          const msp_cox_coefficient *robust);

/* Five significant digits: what a person reads. NE: not estimable. */
const char *part_number(double x, char out[MSP_DOUBLE_MAX]);
void part_p(double p, double log_p, char out[MSP_DOUBLE_MAX]);
void part_limits_cell(grid *g, double lower, double upper);

/* One line; a number that is not finite is an empty field. */
void part_csv(msp_text *out, const char *name, const char *what, double at, double estimate,
              double std_error, double lower, double upper);

#endif
