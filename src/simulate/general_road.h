/* general_road.h - the pieces of the general road. Private to the room. */
#ifndef MSPIKE_SIMULATE_GENERAL_ROAD_H
#define MSPIKE_SIMULATE_GENERAL_ROAD_H

#include "kernel.h"

/* -- general_test.c: one test on the data of a day -- */

/* Patients seen so far, as the stats room takes them. */
typedef struct sim_cut {
    size_t n, n_events;
    double upper, lower; /* what Z is held against; NaN where that is found later */
    double *time;
    uint8_t *event;
    uint32_t *group, *stratum; /* group 1: experimental */
} sim_cut;

/* Z, positive where the experimental arm does better; NaN where the test cannot be made. MaxCombo's
 * is on the right side of the cut's boundaries, and exact where bounds do not show which that is.
 */
msp_status sim_test(const msp_sim_plan *plan, const sim_cut *cut, double *z, msp_error *err);
/* Cox's log ratio, Breslow; NaN where it is infinite. */
msp_status sim_estimate(const msp_sim_plan *plan, const sim_cut *cut, double *log_ratio,
                        double *std_error, msp_error *err);

/* -- closed.c: hypotheses and their intersections over the looks -- */

enum { INTERSECTIONS = 1 << MSP_SIM_HYPOTHESES_MAX };

typedef struct sim_closed {
    double sum[INTERSECTIONS]; /* of weighted stages, by the set of hypotheses as bits */
    bool rejected[INTERSECTIONS];
} sim_closed;

/* P(the largest of m normals with this common correlation is y or more). */
double sim_dunnett(size_t m, double correlation, double y);
/* Adds the stage that ends at `look`: y[h] is Z of its own events alone, of those in `tested`. */
void sim_closed_add(sim_closed *closed, const msp_sim_plan *plan, size_t look, const double *y,
                    uint32_t tested);
/* Those of `tested` that are claimed by now. */
uint32_t sim_closed_claims(const sim_closed *closed, size_t n_hypotheses, uint32_t tested);

/* -- general.c: the trial -- */

typedef struct sim_general sim_general;           /* of a plan, shared by threads */
typedef struct sim_general_work sim_general_work; /* room for one trial, of one thread */

msp_status sim_general_check(const msp_sim_plan *plan, msp_error *err);
/* NULL where there is no memory. */
sim_general *sim_general_new(const msp_sim_plan *plan, msp_error *err);
void sim_general_destroy(sim_general *general);
sim_general_work *sim_general_work_new(const sim_general *general, msp_error *err);
void sim_general_work_destroy(sim_general_work *work);
/* One trial; its patients in the order of entry (NULL: not asked for). */
msp_status sim_general_trial(const sim_general *general, sim_general_work *work, uint64_t seed,
                             uint64_t trial, msp_sim_outcome *outcome, msp_sim_patient *patients,
                             msp_error *err);

#endif
