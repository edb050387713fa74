/* virtual_crossover.h - virtual patients who go over to another treatment at progression. */
#ifndef MSPIKE_SIMULATE_VIRTUAL_CROSSOVER_H
#define MSPIKE_SIMULATE_VIRTUAL_CROSSOVER_H

#include "virtual_truth.h"

/* Whether a patient whose progression was seen is to go over, and on which day; MSP_NO_DAY where
 * that is not by day `last`, the last of which anything is known. */
msp_day sim_crossover_day(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                          const msp_virtual_patient *p, msp_day last, bool *asked);

/* The doses and the disease from that day on, from what the first treatment left; into *out, whose
 * lists are those of `people`, which becomes this patient's. */
void sim_crossover_make(const sim_visits_kernel *kernel, const msp_virtual_plan *plan,
                        uint64_t seed, uint64_t trial, const msp_virtual_patient *p, msp_day day,
                        sim_people *people, msp_virtual_crossed *out);

#endif
