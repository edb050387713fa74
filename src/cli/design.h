/*
 * design.h - between the command `design` and its output.
 */
#ifndef MSPIKE_CLI_DESIGN_H
#define MSPIKE_CLI_DESIGN_H

#include "cli.h"
#include "mspike/design.h"
#include "mspike/stats.h"

/* What the command line says. */
typedef struct design_values {
    cli_common common;
    msp_words events, z;
    bool final, as_planned, combine, trend;
    double reestimate, max_events; /* NaN: not given */
    double month, enrolled;        /* of a running trial; NaN: not given */
} design_values;

/* Everything between the command line and the answer. */
typedef struct design_job {
    const design_values *v;
    msp_arena arena;
    msp_protocol protocol;
    int kind; /* msp_planned_design_kind */
    msp_survival_plan plan;
    msp_survival_design design;
    bool has_look;
    msp_look_data data;
    msp_look_analysis look;
    bool is_reestimated;
    msp_reestimated reestimated;
    bool is_running;
    msp_trial_so_far so_far;
    msp_projection projection;
    msp_simon simon;
    msp_one_sample_plan one_sample_plan;
    msp_one_sample one_sample;
    msp_proportions_plan proportions_plan;
    msp_proportions proportions;
    msp_single_stage single_stage;
    msp_means_plan means_plan;
    msp_means means;
    msp_one_median_plan median_plan;
    msp_one_median median;
} design_job;

/* The answer, appended. */
void design_as_json(const design_job *j, msp_text *out);
void design_as_text(const design_job *j, msp_text *out);

#endif
