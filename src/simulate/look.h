/* look.h - what a look decides; for every kind of processor. */
#ifndef MSPIKE_SIMULATE_LOOK_H
#define MSPIKE_SIMULATE_LOOK_H

#include "draw.h"
#include "kernel.h"

/* Sums go over so many lanes in one order, whatever the processor. */
enum { LANES = 8 };

#define EXPERIMENTAL SIM_EXPERIMENTAL
#define CONTROL      SIM_CONTROL

ALWAYS_INLINE bool is_experimental(uint32_t arm)
{
    return arm >= EXPERIMENTAL;
}

ALWAYS_INLINE double sum_of_lanes(const double x[LANES])
{
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

ALWAYS_INLINE sim_exits sim_exits_from(const sim_exits *e, size_t at)
{
    return (sim_exits){e->time + at, e->calendar + at, e->is_event + at, e->arm + at};
}

ALWAYS_INLINE msp_sim_decision decide(const msp_sim_plan *p, size_t look, bool last, double z)
{
    if (z >= p->upper[look])
        return MSP_SIM_EFFICACY;
    if (p->sided == 2 && z <= -p->upper[look])
        return MSP_SIM_HARM;
    return !last && p->sided == 1 && z <= p->lower[look] ? MSP_SIM_FUTILITY : MSP_SIM_NO_CLAIM;
}

#endif
