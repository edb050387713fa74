/*
 * virtual_calibrate.h - what has to be supposed of patients for published figures to come out.
 *
 * Each target moves one parameter of its arm:
 *
 *   the first of VGPR, CR, ORR        median of the resistant part
 *   the second of them                its spread
 *   the third                         the refractory fraction, and the deep one
 *   the first of median PFS, PFS at a time, hazard ratio     median of the rate of growth
 *   the second of them                                       its spread
 *   survival at a time                hazard of death after progression
 *
 * After a crossover the refractory fraction has no parameter, growth none of its spread, and the
 * rate is a factor of that before. The control arm goes first, a crossover last. Gauss and Newton
 * with the damping of Levenberg and Marquardt on logits of fractions and logarithms of the rest;
 * every evaluation follows the same n patients (common random numbers), so the search is the same
 * on any number of threads.
 */
#ifndef MSPIKE_SIMULATE_VIRTUAL_CALIBRATE_H
#define MSPIKE_SIMULATE_VIRTUAL_CALIBRATE_H

#include "mspike/base/progress.h"
#include "mspike/simulate/virtual_figures.h"

MSP_BEGIN

enum { MSP_CALIBRATE_TARGETS_MAX = 6 }; /* an arm */

/* Finds the parameters of every arm that has targets, and of a crossover; plan->arm[] holds them
 * afterwards, rounded to four digits. `worst` is the largest distance that is left, in logits or
 * logarithms. MSP_ENODATA where none has targets, MSP_ERANGE for more targets of a kind than move a
 * parameter, MSP_EINTERRUPTED, MSP_EMEM. */
msp_status msp_virtual_calibrate(msp_virtual_plan *plan, uint64_t seed, size_t n, size_t threads,
                                 const msp_progress *progress, double *worst, msp_error *err);

MSP_END
#endif
