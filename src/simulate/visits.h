/* visits.h - eight planned visits of a virtual patient at once: draws, days, burden, assays. */
#ifndef MSPIKE_SIMULATE_VISITS_H
#define MSPIKE_SIMULATE_VISITS_H

#include "kernel.h"
#include "mspike/simulate/kinetics.h"
#include "mspike/simulate/virtual_plan.h"

enum { VISITS_AT_ONCE = 8 };

typedef struct sim_assay {
    double cv, sd;      /* proportional and additive standard deviations */
    double limit, most; /* of quantification; as much as a patient can have */
} sim_assay;

/* Of one patient. */
typedef struct sim_visitor {
    uint64_t seed, trial;
    uint32_t number, purpose; /* of the draws of visits: block v is visit v, 0 the baseline */
    msp_kinetics kinetics;
    double serum, urine; /* at the first dose; 0: that protein is not there */
    sim_assay serum_assay, urine_assay;
} sim_visitor;

typedef struct sim_visits {
    uint32_t timing[VISITS_AT_ONCE], fate[VISITS_AT_ONCE]; /* words 2 and 3 of a visit's block */
    uint32_t noise[2][VISITS_AT_ONCE];                     /* words 0 and 1 */
    double day[VISITS_AT_ONCE];                            /* in: from the first dose */
    double burden[VISITS_AT_ONCE], serum[VISITS_AT_ONCE], urine[VISITS_AT_ONCE];
} sim_visits;

/* The words of visits first .. first + 7; then, with the days filled in, what is read. The same
 * bits on every path. */
typedef struct msp_visits_kernel {
    void (*draw)(const sim_visitor *visitor, uint32_t first, sim_visits *out);
    void (*read)(const sim_visitor *visitor, sim_visits *visits);
} sim_visits_kernel;

/* NULL for a path that this processor cannot run. */
const sim_visits_kernel *sim_visits_kernel_of(sim_path path);

#endif
