/*
 * absent.h - why a patient has no time to event, and what would give one.
 */
#ifndef MSPIKE_ENDPOINT_ABSENT_H
#define MSPIKE_ENDPOINT_ABSENT_H

#include "mspike/endpoint/derive.h"

MSP_BEGIN

typedef struct msp_tte_absence {
    const char *why;    /* "no date of randomisation"; NULL where there is a time */
    const char *remedy; /* the column or row that would give it; NULL where nothing is missing */
} msp_tte_absence;

/* Of a time that was derived from `timeline` by `definition` under `rules`. */
msp_tte_absence msp_tte_absent(const msp_timeline *timeline, const msp_tte *tte,
                               const msp_tte_definition *definition, const msp_tte_rules *rules);
/* Of all times that start there; `origin` is an msp_origin. */
msp_tte_absence msp_tte_no_start(int origin);

MSP_END
#endif
