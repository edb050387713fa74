/*
 * compare.h - investigator, review committee and derived responses of the same patients compared.
 *
 * The two that report are those of SDTM RS (RSEVAL INVESTIGATOR, INDEPENDENT ASSESSOR), confirmed
 * by IMWG (rs.h); the third is what was derived from laboratory values. A pair is compared in the
 * patients whom both have assessed: best confirmed response, and time to progression.
 */
#ifndef MSPIKE_ENDPOINT_COMPARE_H
#define MSPIKE_ENDPOINT_COMPARE_H

#include "mspike/endpoint/agree.h"
#include "mspike/endpoint/rs.h"
#include "mspike/response/judge.h"

MSP_BEGIN

typedef struct msp_assessor_pair {
    msp_assessor first, second;
    size_t n;                        /* patients whom both have assessed */
    msp_level_agreement best;        /* where n > 0 */
    msp_event_agreement progression; /* the same */
} msp_assessor_pair;

#define MSP_ASSESSOR_PAIRS \
    3 /* investigator v derived, committee v derived, investigator v committee */

/* What was reported against the derived responses. Progression is timed under `rules`. Errors as of
 * msp_agree_levels. */
msp_status msp_assessors_compare(const msp_patients *patients, const msp_responses *derived,
                                 const msp_reports *reports, const msp_tte_rules *rules,
                                 double level, msp_assessor_pair out[MSP_ASSESSOR_PAIRS],
                                 msp_error *err);

/* "investigator", "review committee", "derived" */
const char *msp_assessor_text(msp_assessor assessor);

MSP_END
#endif
