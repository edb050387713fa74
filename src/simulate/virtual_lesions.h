/* virtual_lesions.h - soft-tissue plasmacytomas of virtual patients: how large they are, what scans
 * of them show. */
#ifndef MSPIKE_SIMULATE_VIRTUAL_LESIONS_H
#define MSPIKE_SIMULATE_VIRTUAL_LESIONS_H

#include "virtual_samples.h"
#include "virtual_truth.h"

/* mm of the longest diameter: below the first a plasmacytoma is gone, from the second on it is
 * there again. */
#define LESION_GONE 5.0
#define LESION_SEEN 10.0

/* What the scans of a patient have shown so far. */
typedef struct sim_scans {
    msp_day enrolled;
    uint32_t every;                                         /* visits between two */
    uint32_t due;                                           /* number of the visit with the next */
    bool any, gone[MSP_LESIONS_MAX], wide[MSP_LESIONS_MAX]; /* more than 1 cm across */
    uint32_t shortest[MSP_LESIONS_MAX];                     /* tenths of a mm */
    uint64_t lowest;                                        /* sum of products */
    msp_virtual_scan *next;                                 /* room for what they show */
} sim_scans;

/* Whether the patient has plasmacytomas, how large they are, and whether a new one comes. */
void sim_lesions_draw(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint32_t number,
                      msp_virtual_truth *t);
/* The same after a crossover, when there is `burden` of what was at the first dose. */
void sim_lesions_cross(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint32_t number,
                       double burden, msp_virtual_truth *t);

/* The largest one at a burden, in mm. */
double sim_lesion_at(const msp_virtual_truth *t, double burden);

/* At visit i of those that were read, after its samples, which show progression where they have
 * `risen`: a scan, if it is time for one or they have. It measures what samples->next has room for;
 * whether it shows progression, which needs nothing to confirm it. The baseline of a treatment is
 * held against all before it, and what follows against it. */
bool sim_scan(sim_scans *scans, sim_sampler *samples, size_t i, msp_day day, bool risen);

#endif
