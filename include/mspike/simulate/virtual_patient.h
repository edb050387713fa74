/*
 * virtual_patient.h - one virtual patient: what is true of the disease, and what is seen of it.
 *
 * Patient i of trial k of a seed is the same whoever asks, alone or among millions, on any number
 * of threads and every kind of processor: draws are a function of seed, trial, patient, purpose and
 * position (base/random.h). Measurements are decimals as a laboratory reports them, so what is
 * judged in memory is what is written as SDTM.
 */
#ifndef MSPIKE_SIMULATE_VIRTUAL_PATIENT_H
#define MSPIKE_SIMULATE_VIRTUAL_PATIENT_H

#include "mspike/patient/patient.h"
#include "mspike/response/level.h"
#include "mspike/simulate/kinetics.h"
#include "mspike/simulate/virtual_plan.h"

MSP_BEGIN

/* What happens to the doses of a cycle. */
typedef enum msp_virtual_change_kind {
    MSP_CHANGE_LATE,    /* it begins a week late */
    MSP_CHANGE_REDUCED, /* from it on `quarters` of a drug's dose are given, to the end of the phase
                         */
    MSP_CHANGE_MISSED,  /* a drug is left out */
} msp_virtual_change_kind;

typedef struct msp_virtual_change {
    uint32_t cycle; /* among those that the course plans */
    uint8_t kind;   /* msp_virtual_change_kind */
    uint8_t drug;   /* of the regimen */
    uint8_t quarters;
} msp_virtual_change;

enum { MSP_LESIONS_MAX = 3 };

/* A scan of plasmacytomas; diameters in tenths of a mm, 0: gone. */
typedef struct msp_virtual_scan {
    msp_day day;
    uint32_t visit;
    uint32_t longest[MSP_LESIONS_MAX], across[MSP_LESIONS_MAX];
    uint64_t products; /* sum of longest times across */
    bool longer;       /* one that was wide grew by half from its shortest */
    bool new_lesion;   /* one is there that was not */
} msp_virtual_scan;

/* What is true. Days are from enrolment; infinite: never. Treatment goes on until it is stopped,
 * whatever the site sees: nothing is sampled after that. */
typedef struct msp_virtual_truth {
    msp_kinetics kinetics;      /* from the first dose */
    double serum, urine, light; /* at the first dose: g/dL, mg/24h, mg/L of the involved chain */
    double nadir;               /* lowest burden before progression */
    double progression;         /* the burden reaches the threshold of the criteria */
    double death;
    bool of_myeloma;         /* death after progression */
    double stop, withdrawal; /* of treatment, from the first dose; of consent */
    double longest;          /* mm, of the largest plasmacytoma at the first dose; 0: none */
    uint8_t n_lesions;       /* plasmacytomas then */
    bool new_lesion;         /* another one comes with progression */
    bool short_of_response;  /* that the next phase asks for: treatment ends before it */
} msp_virtual_truth;

/* What follows where a patient goes over to another treatment: as before, from the first dose of
 * that. */
typedef struct msp_virtual_crossed {
    msp_crossed said;        /* as the tables will: the day of that dose */
    uint32_t visit;          /* number of the visit on that day; the others come after it */
    msp_virtual_truth truth; /* kinetics, disease and stop from that day on */
    msp_doses doses;
    const msp_virtual_change *changes;
    size_t n_changes;
    msp_day last_dose;
    msp_day seen; /* progression after the crossover; MSP_NO_DAY */
} msp_virtual_crossed;

typedef struct msp_virtual_patient {
    uint32_t number; /* from 0, in the order of randomisation */
    size_t arm, cell;
    msp_disease_type type;
    msp_virtual_truth truth;
    msp_day enrolled;                  /* randomised, where the trial is */
    msp_day cutoff;                    /* of the data */
    msp_day last_dose;                 /* before progression, stop, death, withdrawal, cut-off */
    msp_day withdrawn;                 /* MSP_NO_DAY: was not */
    msp_day seen;                      /* progression that the site saw twice; MSP_NO_DAY */
    msp_doses doses;                   /* from the first; its lists are in the work space */
    const msp_virtual_change *changes; /* by cycle; of cycles that are never come to, too */
    size_t n_changes;
    const msp_virtual_crossed *crossed; /* NULL: stayed on the treatment of the arm */
    const msp_virtual_scan *scans;      /* by day */
    size_t n_scans;
    msp_disposition disposition;
    msp_patient patient; /* as the tables will say; its lists are in the work space. The `row` of a
                            measurement is the number of the planned visit; 0 is the baseline */
} msp_virtual_patient;

/* Memory for one patient after another; {0} is ready. */
typedef struct msp_virtual_work {
    msp_measured *measured;
    msp_day *visits;
    msp_virtual_scan *scans;                /* NULL where nobody has any */
    size_t room;                            /* visits */
    const struct msp_visits_kernel *kernel; /* private: the fastest for this processor */
    struct sim_people *people;              /* private: those who were worked out together */
    struct sim_ready *ready;                /* private: their first visits */
    struct sim_eyes *eyes;                  /* private: what laboratories see */
    struct sim_people *crossing;            /* private: who goes over; NULL where nobody does */
    msp_virtual_crossed crossed;
} msp_virtual_work;

msp_status msp_virtual_work_init(msp_virtual_work *work, const msp_virtual_plan *plan,
                                 msp_error *err);
void msp_virtual_work_free(msp_virtual_work *work);

/* Arm and cell of each of the plan's n patients of a trial: cells by their shares, arms in permuted
 * blocks within them. */
void msp_virtual_allot(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint8_t *arm,
                       uint8_t *cell);

enum { MSP_VIRTUAL_ABREAST = 8 };

/* Says who comes next: patients first .. first + n - 1, of which up to MSP_VIRTUAL_ABREAST are
 * worked out side by side. Only for speed: msp_virtual_patient_make makes the same patients without
 * it. */
void msp_virtual_patients_expect(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                                 uint32_t first, size_t n, const uint8_t *arm, const uint8_t *cell,
                                 msp_virtual_work *work);

/* Makes one patient; lists of `out` are in `work` and stand until its next use. */
void msp_virtual_patient_make(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                              uint32_t number, size_t arm, size_t cell, msp_virtual_work *work,
                              msp_virtual_patient *out);

/* The first of progression and death, in days from enrolment counted as PFS is: that day is 1. */
double msp_virtual_true_pfs(const msp_virtual_truth *truth);

MSP_END
#endif
