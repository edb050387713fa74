/* blood.h - blood values on their way in: read from the cells of a row, kept, and sorted. */
#ifndef MSP_PATIENT_BLOOD_INTERNAL_H
#define MSP_PATIENT_BLOOD_INTERNAL_H

#include "mspike/patient/blood.h"

typedef struct blood_sample {
    msp_blood b;
    uint32_t patient;
    bool total; /* calcium, to be corrected */
} blood_sample;

typedef struct blood_list {
    blood_sample *items;
    size_t n, cap;
} blood_list;

/* What is wrong with a row, in the order in which it is found. */
typedef enum blood_fault {
    BLOOD_READ,
    BLOOD_NOTHING, /* no result */
    BLOOD_UNREADABLE,
    BLOOD_NEGATIVE,
    BLOOD_NO_UNIT,
    BLOOD_UNIT, /* not one of this test */
    BLOOD_DIGITS,
} blood_fault;

/* The cells of one row; "" where they say nothing. */
typedef struct blood_cells {
    const char *value, *unit, *lower, *upper;
    bool comma;
} blood_cells;

/* The value with those of its limits that can be read. Sets value, limits, unit and flags. */
blood_fault blood_read(msp_blood_test test, const blood_cells *cells, msp_blood *out);
const char *blood_fault_text(blood_fault fault);
/* Whether a living patient can have the value. */
bool blood_plausible(const msp_blood *x);

/* False when memory is out. */
bool blood_keep(blood_list *list, const blood_sample *sample);
/* Corrects calcium and gives each of `n` patients what is theirs. The list is freed. MSP_EMEM. */
msp_status blood_finish(blood_list *list, size_t n, msp_bloods *out, msp_error *err);

#endif
