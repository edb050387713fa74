/*
 * courses.h - what was given, drug by drug, to courses of therapy; the readers of histories share
 * it.
 */
#ifndef MSPIKE_PATIENT_COURSES_H
#define MSPIKE_PATIENT_COURSES_H

#include "mspike/patient/history.h"

/* One drug of one course, or a transplant, and what the same row says of the course. */
typedef struct courses_row {
    const char *course;  /* rows of the same text are one course */
    msp_given_drug drug; /* its id is "" for a transplant alone */
    bool planned, transplant;
    msp_fact response, progressed;
    msp_date progression;
} courses_row;

/* The courses of one patient, in the order of their first rows, into `arena`. False when memory is
 * out. */
bool courses_build(const courses_row *rows, size_t n, msp_arena *arena, msp_course **courses,
                   size_t *n_courses);

/* Whether a response brought MR or better: sCR to PD, NE, or yes and no; false for anything else.
 */
bool courses_response(const char *text, msp_fact *out);

#endif
