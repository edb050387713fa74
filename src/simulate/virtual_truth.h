/* virtual_truth.h - who virtual patients are and what is true of them, eight side by side. */
#ifndef MSPIKE_SIMULATE_VIRTUAL_TRUTH_H
#define MSPIKE_SIMULATE_VIRTUAL_TRUTH_H

#include "mspike/simulate/virtual_patient.h"
#include "visits.h"

/* Purposes of draws; those of the event level are below 16. */
enum {
    DRAW_WHO = 32,
    DRAW_VISIT,
    DRAW_DEEP,
    DRAW_CELLS,
    DRAW_ARMS,
    DRAW_CHANGES,
    DRAW_CROSSING,
    DRAW_LESIONS,
    DRAW_SCAN = 44,  /* those of person.h are between */
    DRAW_AGAIN = 32, /* added to the others: after a crossover */
};

enum { DRAW_WHO_RATES = 1 }; /* block of DRAW_WHO: of decay, resistance and growth */

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

enum { LATE_DAYS = 7 };
#define NO_CYCLE UINT32_MAX

/* Some patients of one trial. */
typedef struct sim_people {
    const msp_virtual_plan *plan;
    uint64_t seed, trial;
    uint32_t first; /* number of the first */
    uint32_t again; /* DRAW_AGAIN or 0 */
    size_t n;       /* at most eight */
    uint8_t arm[COURSES_AT_ONCE], cell[COURSES_AT_ONCE];
    sim_person person[COURSES_AT_ONCE];
    /* Of each: what happens to his doses, and the pieces of his treatment (kinetics.h). */
    size_t n_changes[COURSES_AT_ONCE], n_pieces[COURSES_AT_ONCE];
    msp_virtual_change *changes[COURSES_AT_ONCE]; /* after the last there is one of NO_CYCLE */
    size_t n_late[COURSES_AT_ONCE];
    uint32_t *late[COURSES_AT_ONCE]; /* cycles that begin late, then NO_CYCLE */
    size_t most_pieces;
    double (*day)[COURSES_AT_ONCE], (*lost)[COURSES_AT_ONCE], (*rate)[COURSES_AT_ONCE];
    double (*part[MSP_PARTS])[COURSES_AT_ONCE]; /* room for their courses */
} sim_people;

/* Memory for the patients of a plan; MSP_EMEM. */
msp_status sim_people_init(sim_people *people, const msp_virtual_plan *plan, msp_error *err);
void sim_people_free(sim_people *people);

msp_doses sim_doses_of(const sim_people *people, size_t i);

/* Changes and pieces of all, whose kinetics and stops are known; sets the transplants. */
void sim_doses_make(const sim_visits_kernel *kernel, sim_people *people);

/* Days from the first dose to true progression of eight, infinite: never; sets the nadir. */
void sim_people_progress(const sim_visits_kernel *kernel, sim_people *people,
                         double reached[COURSES_AT_ONCE]);

/* Fills in the persons of all the rest; the same bits alone and among others. */
void sim_people_make(const sim_visits_kernel *kernel, sim_people *people);

#endif
