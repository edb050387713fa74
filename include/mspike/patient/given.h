/*
 * given.h - doses of the protocol's drugs, as SDTM's EX has them: a row with a dose above 0, up to
 * a crossover. A dose of 0, a placebo and EXOCCUR = N are no doses.
 */
#ifndef MSPIKE_PATIENT_GIVEN_H
#define MSPIKE_PATIENT_GIVEN_H

#include "mspike/base/date.h"
#include "mspike/patient/fact.h"

MSP_BEGIN

/* One row: `times` doses of `amount` on its first day, and every `every` days up to its last. */
typedef struct msp_given {
    const char *drug;    /* id of the protocol's drug */
    msp_amount amount;   /* of one dose; not known where EXDOSE is empty */
    int unit;            /* msp_dose_unit; -1: another, or none */
    msp_day first, last; /* MSP_NO_DAY: a date without its day; the last: when it ended */
    int every, times;    /* 1, 1: daily, once; times 0: how often is not known (EXDOSFRQ) */
    int64_t cycle;       /* that VISIT, EXTPT or EPOCH names; 0: none */
} msp_given;

MSP_END
#endif
