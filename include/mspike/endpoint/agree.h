/*
 * agree.h - two assessors of the same patients compared: best response, progression.
 *
 * Investigator against review committee, either against the derived response. Kappa of responses
 * takes linear weights over the levels from NE to sCR, which are ordered.
 */
#ifndef MSPIKE_ENDPOINT_AGREE_H
#define MSPIKE_ENDPOINT_AGREE_H

#include "mspike/endpoint/derive.h"
#include "mspike/stats/agreement.h"

MSP_BEGIN

typedef struct msp_level_agreement {
    double counts[MSP_LEVEL_COUNT][MSP_LEVEL_COUNT]; /* [first][second] */
    msp_agreement levels;                            /* weighted kappa over all levels */
    msp_agreement responses;                         /* PR or better, or not */
} msp_level_agreement;

/* Of n > 0 patients, the best level by each assessor. MSP_ENODATA, MSP_ERANGE of the level of
 * confidence. */
msp_status msp_agree_levels(const msp_response_level *first, const msp_response_level *second,
                            size_t n, double level, msp_level_agreement *out, msp_error *err);

typedef struct msp_event_agreement {
    double counts[2][2];  /* [first][second]; 1 is an event */
    msp_agreement events; /* kappa */
    size_t undefined;     /* patients with no such time by either: left out */
    size_t same_day;      /* events by both, on one day */
    size_t first_earlier, second_earlier;
} msp_event_agreement;

/* Of the times to one event by each assessor. */
msp_status msp_agree_events(const msp_tte *first, const msp_tte *second, size_t n, double level,
                            msp_event_agreement *out, msp_error *err);

MSP_END
#endif
