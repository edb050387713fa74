/*
 * plan.h - from the design block of a protocol to a plan for simulation.
 *
 * Looks, boundaries and size are those of the design; a scenario changes what is true: the hazards,
 * the ratio, how patients come in and are lost. Looks are at event number
 * round(information x events), with the design's boundaries at the information that these are.
 */
#ifndef MSPIKE_SIMULATE_PLAN_H
#define MSPIKE_SIMULATE_PLAN_H

#include "mspike/protocol/protocol.h"
#include "mspike/simulate/trial.h"

MSP_BEGIN

/* Names of scenarios: MSP_SIM_PLANNED, then those of the protocol; MSP_SIM_NULL is the plan with a
 * hazard ratio of 1, unless the protocol has one of that name. */
#define MSP_SIM_PLANNED "planned"
#define MSP_SIM_NULL    "null"

typedef struct msp_sim_scenario {
    const char *name;
    msp_sim_plan plan;
    double log_ratio;    /* the true one; NaN where it is not one number */
    const char *caution; /* of the design (msp_survival_design); NULL: none */
} msp_sim_scenario;

/* Number of scenarios, the planned one first, and their names. */
size_t msp_sim_n_scenarios(const msp_protocol *protocol);
const char *msp_sim_scenario_name(const msp_protocol *protocol, size_t i);

/* The scenario of that name; arrays are owned by `arena`. MSP_EUSAGE for no such name,
 * MSP_EUNSUPPORTED and MSP_ERANGE at the line that asks for it. */
msp_status msp_sim_scenario_find(const msp_protocol *protocol, const char *name, msp_arena *arena,
                                 msp_sim_scenario *out, msp_error *err);

/* The same with another hazard ratio: one step of a grid. Named "NAME, ratio R". MSP_ERANGE for a
 * ratio that is not above 0, MSP_EMEM. */
msp_status msp_sim_scenario_at(const msp_sim_scenario *scenario, double ratio, msp_arena *arena,
                               msp_sim_scenario *out, msp_error *err);

MSP_END
#endif
