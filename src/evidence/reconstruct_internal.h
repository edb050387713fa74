/* reconstruct_internal.h - between the files that rebuild patients from a curve. */
#ifndef MSP_EVIDENCE_RECONSTRUCT_INTERNAL_H
#define MSP_EVIDENCE_RECONSTRUCT_INTERNAL_H

#include "mspike/evidence/reconstruct.h"

/* Whether these can be the points and the risk table of a curve; errors as of msp_reconstruct(). */
msp_status msp__curve_check(const msp_published_curve *curve, const msp_reconstruct_draw *draw,
                            msp_error *err);

#endif
