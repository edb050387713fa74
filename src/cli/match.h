/*
 * match.h - between the command `match` and its output.
 */
#ifndef MSPIKE_CLI_MATCH_H
#define MSPIKE_CLI_MATCH_H

#include "cli.h"
#include "mspike/evidence.h"

#define MATCH_TARGETS 32

/* What the command line says. */
typedef struct match_values {
    cli_common common;
    const char *time, *event, *event_value, *arm, *reference, *patients;
    msp_words targets, limits;
    double ratio, ratio_level, least, level;
} match_values;

/* One column of the matching: a number, its square, or whether a text is this one. */
typedef struct match_target {
    const char *name;  /* as the command line has it */
    const char *level; /* of a text, or NULL */
    bool spread;       /* a standard deviation: the square of the column before it */
    double wanted, before, after;
    size_t column; /* in the table */
} match_target;

typedef struct match_job {
    const match_values *v;
    const char *path;
    msp_arena arena;
    msp_table table, theirs;
    const char *names[MATCH_TARGETS]; /* columns of the table, each once */
    size_t n_names;
    match_target target[MATCH_TARGETS];
    size_t n_targets, n; /* patients */
    double *x, *time;
    uint8_t *event, *arm_of;
    const char *arm[2]; /* of ours: reference, the other; NULL without an arm */
    msp_maic maic;
    msp_weighted_hazard plain, weighted;
    msp_stc stc;
    msp_indirect indirect;
    bool has_hazard, has_indirect;
} match_job;

msp_status match_print(const match_job *j, msp_text *out, msp_error *err);

#endif
