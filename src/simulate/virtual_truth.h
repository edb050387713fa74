/* virtual_truth.h - who virtual patients are and what is true of them, eight side by side. */
#ifndef MSPIKE_SIMULATE_VIRTUAL_TRUTH_H
#define MSPIKE_SIMULATE_VIRTUAL_TRUTH_H

#include "mspike/simulate/virtual_patient.h"
#include "visits.h"

/* Purposes of draws; those of the event level are below 16. */
enum { DRAW_WHO = 32, DRAW_VISIT, DRAW_DEEP, DRAW_CELLS, DRAW_ARMS };

/* From 0.5 g/dL, 200 mg/24h, 100 mg/L above the lowest value on a rise is progression. */
#define SERUM_RISE 0.5
#define URINE_RISE 200
#define LIGHT_RISE 100

typedef struct sim_person {
    msp_disease_type type;
    msp_virtual_truth truth;
    int wait;        /* days from enrolment to the first dose */
    uint32_t chains; /* a word that says which heavy and light chain */
} sim_person;

/* Some patients of one trial. */
typedef struct sim_people {
    const msp_virtual_plan *plan;
    uint64_t seed, trial;
    uint32_t first; /* number of the first */
    size_t n;       /* at most eight */
    uint8_t arm[COURSES_AT_ONCE], cell[COURSES_AT_ONCE];
    sim_person person[COURSES_AT_ONCE];
} sim_people;

/* Fills in the persons of all the rest; the same bits alone and among others. */
void sim_people_make(const sim_visits_kernel *kernel, sim_people *people);

#endif
