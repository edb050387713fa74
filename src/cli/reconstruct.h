/*
 * reconstruct.h - between the command `reconstruct` and its output.
 */
#ifndef MSPIKE_CLI_RECONSTRUCT_H
#define MSPIKE_CLI_RECONSTRUCT_H

#include "cli.h"
#include "mspike/evidence.h"

#define RECONSTRUCT_ARMS 16

/* What the command line says. */
typedef struct reconstruct_values {
    cli_common common;
    const char *risk, *reference;
    msp_words paths, x, y, events;
    bool percent;
    uint64_t draws; /* 0: not said */
    double reading, level;
} reconstruct_values;

typedef struct reconstruct_arm {
    const char *name; /* "" where there is only one */
    msp_curve_point *point;
    size_t *row; /* of the table of points; NULL: of an SVG */
    msp_risk_column *risk;
    msp_published_curve curve;
    msp_reconstructed even;
} reconstruct_arm;

typedef struct reconstruct_job {
    const reconstruct_values *v;
    const char *path;
    msp_arena arena;
    msp_table points, at_risk;
    msp_findings findings;
    reconstruct_arm arm[RECONSTRUCT_ARMS];
    size_t n, experimental; /* of two arms: the one that is compared with the other */
    bool has_hazard;
    msp_reconstructed_hazard hazard;
} reconstruct_job;

msp_status reconstruct_print(const reconstruct_job *j, msp_text *out, msp_error *err);

#endif
