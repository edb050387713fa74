/* virtual_samples.h - samples of a virtual patient, and what a laboratory reads of them. */
#ifndef MSPIKE_SIMULATE_VIRTUAL_SAMPLES_H
#define MSPIKE_SIMULATE_VIRTUAL_SAMPLES_H

#include "mspike/simulate/virtual_patient.h"
#include "visits.h"

/* Where the draws of sixteen visits stand among those made at once, and those of what is only
 * looked at in some of them. */
enum { DRAWN_VISITS = 0, DRAWN_DEEPER = VISITS_AT_ONCE };

/* Which sample of a visit was lost. */
typedef enum sim_lost { NOTHING_LOST, SERUM_LOST, URINE_LOST } sim_lost;

/* One patient, sixteen planned visits after another. */
typedef struct sim_sampler {
    const msp_virtual_patient *patient;
    const sim_visits_kernel *kernel;
    const msp_virtual_truth *truth; /* under the treatment that he is given */
    const msp_doses *doses;
    uint32_t again, row; /* DRAW_AGAIN or 0; number of its baseline in the tables */
    uint32_t first;      /* number of the first visit at hand; 0 is the baseline */
    bool sight_drawn[2]; /* of the first and last eight visits at hand */
    uint32_t marrow_due; /* from this visit on */
    bool light_due;      /* light chains again, for what confirms */
    double lowest[3];    /* read so far: serum, urine, difference of light chains */
    msp_measured *next;  /* room for what is measured */
    sim_reading readings[READ_COUNT];
    sim_words words;
    sim_visits visits;
    double sight[VISITS_AT_ONCE]; /* of immunofixation, as a factor of what it sees half of */
} sim_sampler;

/* Measures into `measured`, which stays the caller's, as the patient does. */
void sim_sampler_init(sim_sampler *s, const msp_virtual_patient *patient, uint64_t seed,
                      uint64_t trial, const sim_visits_kernel *kernel, msp_measured *measured);

/* Before the first visit under a treatment, the arm's or that of a crossover: what was risen,
 * lowest or due before is no part of what follows. */
void sim_sampler_begin(sim_sampler *s, const msp_virtual_truth *truth, const msp_doses *doses,
                       uint32_t again, uint32_t visit);

/* Draws of visits first .. first + 15; once the days of n of them are set, what is read there. */
void sim_samples_draw(sim_sampler *s, uint32_t first);
void sim_samples_read(sim_sampler *s, size_t n);

/* Samples of visit i of those that were read: measures, and says whether they show progression to
 * the site. */
bool sim_sample(sim_sampler *s, size_t i, msp_day day, sim_lost lost);

#endif
