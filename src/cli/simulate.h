/*
 * simulate.h - between the command `simulate` and its output.
 */
#ifndef MSPIKE_CLI_SIMULATE_H
#define MSPIKE_CLI_SIMULATE_H

#include "cli.h"
#include "mspike/simulate.h"
#include "virtual.h"

/* What the command line says. */
typedef struct simulate_values {
    cli_common common;
    uint64_t trials;
    msp_words scenarios, ratios;
    bool estimates, gpu;
    const char *slurm; /* NULL: run it here */
    uint64_t ranks;    /* that the script asks for */
    virtual_values virtual;
} simulate_values;

typedef struct simulated {
    msp_sim_scenario scenario;
    msp_sim_result result;
} simulated;

typedef struct simulate_job {
    const simulate_values *v;
    msp_team team;
    msp_arena arena;
    msp_protocol protocol;
    size_t n;
    simulated *answers;
    uint64_t trials; /* a scenario */
    double seconds;
    bool interrupted;
} simulate_job;

/* Writes the script to j->v->slurm; nothing is simulated but for the time it takes. */
msp_status simulate_slurm(const simulate_job *j, const char *protocol, msp_error *err);

/* The answer, appended. */
void simulate_as_json(const simulate_job *j, msp_text *out);
void simulate_as_text(const simulate_job *j, msp_text *out);
void simulate_as_csv(const simulate_job *j, msp_text *out);

#endif
