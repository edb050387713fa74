/*
 * evidence.h - a finished trial as an evidence file, so that it joins the published ones by itself.
 *
 * One result for each comparison with a hazard ratio, or with rates, of all patients: medians with
 * their intervals and events by arm, the hazard ratio with its level, the p of its test and the
 * sides of that, median follow-up. Numbers are written with four decimals (months with two, p with
 * five), which is more than a print has; every one of them stands in the records.
 */
#ifndef MSPIKE_ANALYSIS_EVIDENCE_H
#define MSPIKE_ANALYSIS_EVIDENCE_H

#include "mspike/analysis/record.h"
#include "mspike/base/text.h"
#include "mspike/protocol/protocol.h"

MSP_BEGIN

/* Appends the file (docs/evidence.md). Times in other units than months are left out. MSP_EMEM. */
msp_status msp_results_evidence(const msp_protocol *protocol, const msp_results *results,
                                msp_text *out, msp_error *err);

MSP_END
#endif
