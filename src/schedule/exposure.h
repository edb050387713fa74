/* exposure.h - what the parts of an exposure share while it is found. */
#ifndef MSPIKE_SCHEDULE_EXPOSURE_INTERNAL_H
#define MSPIKE_SCHEDULE_EXPOSURE_INTERNAL_H

#include "mspike/schedule/exposure.h"
#include "schedule_internal.h"

/* A phase of the arm in which drugs are given. */
typedef struct msp__course {
    const char *phase;
    const msp_regimen *regimen;
    int64_t cycles;                    /* INT64_MAX: without an end */
    const msp_said_quantity *duration; /* NULL: not said */
    bool after_transplant;
} msp__course;

/* What was given of a drug on one day. */
typedef struct msp__dose_day {
    msp_day day;
    size_t cycle; /* of the exposure's cycles */
    int64_t named;
    bool goes_on; /* its row began before */
    msp_decimal amount;
} msp__dose_day;

typedef struct msp__finding {
    msp__making making;
    const msp_patient *who;
    msp_dosage *out;
    const msp__course *courses;
    size_t n_courses;
    msp_drug_exposure *drugs;
    bool *vague;          /* of each drug: not all of its days are known */
    int *unit;            /* of each drug's doses: msp_dose_unit; -1: none yet */
    msp__dose_day *doses; /* drug by drug, each by day */
    size_t *from;         /* doses[from[i] .. from[i + 1]) are of drug i */
    size_t n_doses;
    msp_cycle_begun *cycles;
    size_t *course;   /* of each cycle */
    msp_day *day_one; /* of each cycle */
    msp_arena scratch, *arena;
} msp__finding;

/* Days of a cycle as planned; 0 where none are said. */
int64_t msp__cycle_days(const msp_regimen *regimen, int64_t cycle);
/* The first and the last day of a cycle on which the regimen plans a dose; 1 and 0: none. */
void msp__dosing_days(const msp_regimen *regimen, int64_t cycle, int64_t *first, int64_t *last);

/* exposure_given.c: the drugs of the courses, and each day with a dose. */
msp_status msp__given_days(msp__finding *f, msp_error *err);
/* exposure_cycles.c: in which cycle each of them is, and when it was planned. */
msp_status msp__begun_cycles(msp__finding *f, msp_error *err);
/* exposure_drugs.c: planned and given, reductions, omissions. */
msp_status msp__drug_exposures(msp__finding *f, msp_error *err);

#endif
