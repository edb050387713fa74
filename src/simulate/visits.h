/* visits.h - sixteen planned visits of a virtual patient at once: draws, burden, assays.
 *
 * Sixteen, because most patients have about as many, and because two vectors of eight doubles take
 * little longer than one: each waits for its own divisions and square roots. */
#ifndef MSPIKE_SIMULATE_VISITS_H
#define MSPIKE_SIMULATE_VISITS_H

#include "kernel.h"
#include "mspike/simulate/kinetics.h"
#include "mspike/simulate/virtual_patient.h"

enum { VISITS_AT_ONCE = 16, BLOCKS_AT_ONCE = 32, COURSES_AT_ONCE = MSP_VIRTUAL_ABREAST };

/* How progression is looked for: steps, the last one in days; later than so many days is never. */
#define KINETICS_STEPS 60
#define KINETICS_CLOSE 1e-6
#define KINETICS_NEVER (200 * 365.25)

typedef struct sim_assay {
    double cv, sd;      /* proportional and additive standard deviations */
    double limit, most; /* of quantification; as much as a patient can have */
} sim_assay;

/* Blocks of the generator, each a patient's and purpose << 16 | number of it; their words 0 to 3.
 */
typedef struct sim_words {
    uint64_t seed, trial;
    uint32_t number[BLOCKS_AT_ONCE], block[BLOCKS_AT_ONCE];
    uint32_t word[4][BLOCKS_AT_ONCE];
} sim_words;

/* Courses of disease of eight patients, and what is progression of each: burden above its lowest by
 * a quarter and by `rise`, or by `further` where the lowest is `high`. */
typedef struct sim_courses {
    double decay[COURSES_AT_ONCE], growth[COURSES_AT_ONCE], regrowth[COURSES_AT_ONCE];
    double resistant[COURSES_AT_ONCE], transplant[COURSES_AT_ONCE];
    double taken[MSP_PARTS][COURSES_AT_ONCE];
    double rise[COURSES_AT_ONCE], high[COURSES_AT_ONCE], further[COURSES_AT_ONCE];
    /* Progression of plasmacytomas: of those whose burden was not below `gone` 1.84 times the
     * lowest, of others `seen`; infinite: has none. */
    double gone[COURSES_AT_ONCE], seen[COURSES_AT_ONCE];
    bool transplanted; /* some of them */
    /* n pieces of treatment (kinetics.h) and their end, which is KINETICS_NEVER; whose pieces are
     * fewer has some of no length there. */
    size_t n;
    double (*day)[COURSES_AT_ONCE], (*lost)[COURSES_AT_ONCE], (*rate)[COURSES_AT_ONCE];
    double (*part[MSP_PARTS])[COURSES_AT_ONCE]; /* room for what is there when each begins */
} sim_courses;

/* What is read at visits. Light chains are the involved one and the other. */
typedef enum sim_marker {
    READ_SERUM,
    READ_URINE,
    READ_INVOLVED,
    READ_OTHER,
    READ_COUNT
} sim_marker;

typedef struct sim_reading {
    const sim_assay *assay; /* NULL: it is not read */
    double base, start;     /* without disease, and what the disease adds at the first dose */
    const uint32_t *noise;  /* words, one a visit */
} sim_reading;

typedef struct sim_visits {
    double day[VISITS_AT_ONCE];  /* in: from the first dose; 0: before it */
    double lost[VISITS_AT_ONCE]; /* days of treatment lost by then */
    double burden[VISITS_AT_ONCE];
    double value[READ_COUNT][VISITS_AT_ONCE]; /* 0 where it is not read */
} sim_visits;

/* The same bits on every path. */
typedef struct msp_visits_kernel {
    void (*draw)(sim_words *words);
    /* exp(location + scale z), z normal, of each word; n is a multiple of eight, at most 64. */
    void (*values)(size_t n, const uint32_t *word, const double *location, const double *scale,
                   double *out);
    /* Standard normal draws, one a word; n as above. */
    void (*normals)(size_t n, const uint32_t *word, double *out);
    /* -log u of each word, u uniform; n as above. */
    void (*waits)(size_t n, const uint32_t *word, double *out);
    /* Of eight patients: the day of progression, infinite where there is none, and the lowest
     * burden before it. */
    void (*progress)(const sim_courses *courses, double *lowest, double *day);
    /* Of the first n of sixteen visits, and maybe more of them. */
    void (*read)(const msp_kinetics *kinetics, const msp_doses *doses,
                 const sim_reading readings[READ_COUNT], size_t n, sim_visits *visits);
} sim_visits_kernel;

/* NULL for a path that this processor cannot run. */
const sim_visits_kernel *sim_visits_kernel_of(sim_path path);

#endif
