/*
 * past.h - what patients were treated with before: from SDTM tables, or from one table with a row
 * for each drug of each course.
 *
 *   usubjid            who
 *   course             1, 2 ...: the courses of a patient in the order of their start
 *   drug               "lenalidomide"; a brand, "VRd", several by ; + / or , are read as well;
 *                      empty for a transplant alone
 *   drug_class         as in a protocol; of the usual drugs it is known
 *   start, stop        first and last dose of the drug; partial dates may stand there
 *   ongoing            1: it is still given
 *   cycles, dose_mg    received; the last dose
 *   planned            1: a planned part of the sequence before it
 *   transplant         1: the course is, or holds, a transplant
 *   response           the best of the course: sCR to PD; or yes, no: whether MR or better
 *   progressed         1 or 0: whether the disease progressed on the course or after it
 *   progression_date   when, first
 *
 * What is said of a course (planned and below) may stand in any of its rows. Empty is not known.
 */
#ifndef MSPIKE_PATIENT_PAST_H
#define MSPIKE_PATIENT_PAST_H

#include "mspike/base/findings.h"
#include "mspike/patient/history.h"
#include "mspike/patient/patient.h"

MSP_BEGIN

typedef struct msp_past_patient {
    const char *id;
    msp_history history; /* empty where it is not known */
    const char *fault;   /* why not; NULL where it is */
} msp_past_patient;

typedef struct msp_past {
    msp_past_patient *patients; /* in byte order of their ids */
    size_t n;
    msp_arena arena;
} msp_past; /* {0} is empty */

/* The findings kept of a table; the last one says how many more there are. */
#define MSP_PAST_FINDINGS_MAX 100

/* A cell that cannot be used is a finding (`findings` may be NULL), and its patient has a fault
 * instead of a history: nothing is guessed of one. Fails where the table cannot be read or lacks a
 * column (MSP_EINPUT). */
msp_status msp_past_read(const char *path, msp_past *out, msp_findings *findings, msp_error *err);
/* Those of patients who were read (sdtm.h), which have to live as long. MSP_EMEM. */
msp_status msp_past_of_patients(const msp_patients *patients, msp_past *out, msp_error *err);
void msp_past_free(msp_past *past);

MSP_END
#endif
