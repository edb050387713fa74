/*
 * adlb.h - ADLB: laboratory values with their grades of toxicity.
 */
#ifndef MSPIKE_ENDPOINT_ADLB_H
#define MSPIKE_ENDPOINT_ADLB_H

#include "mspike/patient/patient.h"
#include "mspike/safety/lab_course.h"
#include "mspike/table/table.h"

MSP_BEGIN

/* Of a patient's laboratory values what ADLB needs besides. */
typedef struct msp_adlb_subject {
    const char *study; /* NULL: missing */
    const msp_patient *patient;
    const msp_blood_of *values;
    const msp_lab_course *course; /* of these values */
    const uint32_t *sequence;     /* LBSEQ of each row; NULL: the row counted from 1 */
} msp_adlb_subject;

/* A row a value: PARAMCD, AVAL in AVALU with the limits of its laboratory (ANRLO, ANRHI, ANRIND),
 * BASE in the same unit (missing where that is another), ABLFL, ONTRTFL; ATOXGRL and ATOXGRH the
 * grades each way ("0" to "4", missing where not graded), ATOXDSCL and ATOXDSCH CTCAE's terms,
 * BTOXGRL and BTOXGRH the same of the baseline, ATOXGR and BTOXGR both ways in one as admiral has
 * them ("-3" is grade 3 of a low value), SHIFT1 "BTOXGR to ATOXGR", WGRLOFL and WGRHIFL the first
 * worst grade on treatment, SRCSEQ the row of LB. MSP_EMEM. */
msp_status msp_adlb_init(msp_table *table, msp_error *err);
msp_status msp_adlb_add(msp_table *table, const msp_adlb_subject *subject, msp_error *err);

MSP_END
#endif
