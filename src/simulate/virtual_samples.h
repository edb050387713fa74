/* virtual_samples.h - samples of a virtual patient, and what a laboratory reads of them. */
#ifndef MSPIKE_SIMULATE_VIRTUAL_SAMPLES_H
#define MSPIKE_SIMULATE_VIRTUAL_SAMPLES_H

#include "mspike/simulate/virtual_patient.h"
#include "sight.h"
#include "visits.h"

/* Where the draws of sixteen visits stand among those made at once, and those of what is only
 * looked at in some of them. */
enum { DRAWN_VISITS = 0, DRAWN_DEEPER = VISITS_AT_ONCE };

/* Which sample of a visit was lost. */
typedef enum sim_lost { NOTHING_LOST, SERUM_LOST, URINE_LOST } sim_lost;

/* A treatment, the disease under it, and how long it is followed: the arm's, or that of a
 * crossover. */
typedef struct sim_line {
    const msp_virtual_course *course;
    const msp_virtual_truth *truth;
    msp_doses doses;
    const uint32_t *late;     /* cycles that begin late, then NO_CYCLE */
    msp_day first_dose, last; /* the last day that is known */
    uint32_t visit;           /* number of its baseline in the tables */
    uint32_t again;           /* DRAW_AGAIN: of a crossover; 0 */
} sim_line;

/* How far visits have their days. */
typedef struct sim_progress {
    size_t late; /* cycles that began late */
    int day;     /* of the last visit */
} sim_progress;

/* Of immunofixation, and of the laboratory that looks for clones in the marrow. */
typedef struct sim_eyes {
    sim_sight fixation, clones;
} sim_eyes;
void sim_eyes_init(sim_eyes *eyes);

/* One patient, sixteen planned visits after another. */
typedef struct sim_sampler {
    const sim_visits_kernel *kernel;
    const sim_eyes *eyes;
    uint32_t number;
    msp_disease_type type;
    bool kappa; /* is the involved chain */
    sim_line line;
    uint32_t first; /* number of the first visit at hand; 0 is the baseline */
    size_t n;       /* visits at hand */
    sim_progress at;
    double light_noise[2]; /* of the chains at the baseline: involved, other; standard normal */
    uint32_t marrow_due;   /* from this visit on */
    bool light_due;        /* light chains again, for what confirms */
    double lowest[3];      /* read so far: serum, urine, difference of light chains */
    msp_measured *next;    /* room for what is measured */
    sim_reading readings[READ_COUNT];
    sim_words words;
    sim_visits visits;
} sim_sampler;

/* A patient of a trial; stays where it is from then on. */
void sim_sampler_init(sim_sampler *s, const sim_visits_kernel *kernel, const sim_eyes *eyes,
                      uint64_t seed, uint64_t trial, uint32_t number);

/* Before the first visit under a treatment, the arm's or that of a crossover: what was risen,
 * lowest or due before is no part of what follows. */
void sim_sampler_begin(sim_sampler *s, const sim_line *line);

/* The first visits of some patients: draws, days, what is read, each of all of them before the
 * next, for they do not wait for each other. */
void sim_samplers_read(sim_sampler *const samplers[], size_t n);

/* The next sixteen of one patient; false: there are none. */
bool sim_samples_go_on(sim_sampler *s);

/* Samples of visit i of those that were read: measures, and says whether they show progression to
 * the site. */
bool sim_sample(sim_sampler *s, size_t i, msp_day day, sim_lost lost);

#endif
