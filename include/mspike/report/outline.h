/*
 * outline.h - the plan of a report, as the protocol has it: which tables and figures, what they are
 * called, and how their numbers were made, in words.
 */
#ifndef MSPIKE_REPORT_OUTLINE_H
#define MSPIKE_REPORT_OUTLINE_H

#include "mspike/analysis/record.h"
#include "mspike/protocol.h"
#include "mspike/report/plan.h"

MSP_BEGIN

typedef struct msp_outline {
    msp_report_plan plan; /* borrows from the protocol and the results */
    msp_arena arena;
} msp_outline; /* {0} is empty */

/* Analyses without a record in the results are left out. MSP_EUNSUPPORTED for more arms than a
 * report has room for, MSP_EMEM; *out is empty then. */
msp_status msp_outline_make(const msp_protocol *protocol, const msp_results *results,
                            msp_outline *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_outline_free(msp_outline *outline);

MSP_END
#endif
