/*
 * intervals.h - the time-to-event analysis of times that are only known to lie between two visits:
 * Turnbull's curve of each arm, what it says of medians and of survival at given times, Sun's
 * log-rank test. docs/methods/interval-censoring.md.
 *
 * A number that the data do not give has a range, from `low` to `high`; its limits, where they are
 * asked for, come from resampling the patients of an arm (percentiles) and hold both ends.
 */
#ifndef MSPIKE_ANALYSIS_INTERVALS_H
#define MSPIKE_ANALYSIS_INTERVALS_H

#include "mspike/analysis/survival.h"

MSP_BEGIN

typedef struct msp_intervals_options {
    double level; /* of the limits */
    msp_alternative alternative;
    const double *times; /* survival at these */
    size_t n_times;
    bool test;        /* compare the arms */
    size_t resamples; /* 0: no limits; else at least MSP_RESAMPLES_LEAST */
    uint64_t seed;
    size_t threads; /* 0: all; results do not depend on it */
} msp_intervals_options;

#define MSP_RESAMPLES_LEAST 100

/* A number and its limits, which are NaN where there are none or they are not reached. */
typedef struct msp_intervals_value {
    msp_turnbull_range range, limits;
} msp_intervals_value;

typedef struct msp_intervals_arm {
    const char *label;
    size_t n, n_exact, n_between, n_open; /* seen at a time, between two, not by the last */
    msp_turnbull curve;                   /* empty where n is 0 */
    msp_intervals_value quantile[3];      /* times by which 25, 50, 75 % had the event */
    msp_intervals_value *points;          /* n_times */
} msp_intervals_arm;

typedef struct msp_intervals {
    size_t n, n_missing;
    msp_intervals_arm *arms;
    size_t n_arms, n_times;
    msp_interval_logrank test;
    bool has_test;
    msp_intervals_options options;
    msp_arena arena;
} msp_intervals; /* {0} is empty */

/* Of data->time and data->upper (see survival.h). MSP_OK where something cannot be estimated: it is
 * NaN or has a note. MSP_ENODATA when no row is left, MSP_ERANGE (row) for an impossible time,
 * MSP_EUNSUPPORTED for entry times, MSP_EMEM. On failure *out is empty. */
msp_status msp_intervals_fit(const msp_survival_data *data, const msp_intervals_options *options,
                             msp_intervals *out, msp_error *err);
void msp_intervals_free(msp_intervals *intervals);

MSP_END
#endif
