/*
 * summary.h - what one assessor's visits come to: best response, response by level, benefit,
 * progression.
 */
#ifndef MSPIKE_ENDPOINT_SUMMARY_H
#define MSPIKE_ENDPOINT_SUMMARY_H

#include "mspike/endpoint/timeline.h"

MSP_BEGIN

/* Of one visit, as ADRS flags it. */
#define MSP_VISIT_OF_ITS_DAY  1u /* ANL01FL: after randomisation; the worst of its day */
#define MSP_VISIT_BEFORE_NEXT 2u /* ANL02FL: before the next therapy */
#define MSP_VISIT_UP_TO_PD    4u /* ANL03FL: up to the first confirmed progression */
#define MSP_VISIT_COUNTS      7u /* all three */

/* How long stable disease has to hold to be a benefit; MSP_BENEFIT_MR: only MR or better is. */
#define MSP_BENEFIT_MR (-1)

typedef struct msp_summary_rules {
    msp_day randomised;   /* MSP_NO_DAY: every visit is after it */
    int64_t benefit_days; /* SD or MR so long after randomisation; 42 in admiralonco */
} msp_summary_rules;

/* Pointers into the visits; NULL where there is none. */
typedef struct msp_response_summary {
    const msp_seen *progression;
    const msp_seen *response[MSP_LEVEL_COUNT]; /* the first at this level or better, from MR up */
    const msp_seen *benefit;
    const msp_seen *best; /* the first at the best level; NULL: nothing that counts was seen */
} msp_response_summary;

/* The flags of each visit into flags[0..n). */
void msp_summary_flags(const msp_seen *seen, size_t n, const msp_summary_rules *rules,
                       uint8_t *flags);
/* Of the visits whose flags have all of MSP_VISIT_COUNTS. */
msp_response_summary msp_summary_of(const msp_seen *seen, const uint8_t *flags, size_t n,
                                    const msp_summary_rules *rules);

MSP_END
#endif
