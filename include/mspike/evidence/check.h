/*
 * check.h - each result against itself, and against the others of its trial.
 *
 * Nothing here knows a trial: the checks are of arithmetic. An estimate lies in its interval and,
 * as a ratio, in its logarithmic middle; interval and p, interval and events, hazard ratio and
 * medians, percentage and denominator follow from each other as far as rounding allows; patients
 * of a subgroup are patients of the trial; results of one analysis are the same wherever they are
 * printed. Where a print disagrees the finding says with what, and the hint which other reading
 * (one-sided p, another level, another denominator, one digit) would reconcile it.
 * docs/methods/printed-results.md lists the checks with their limits.
 */
#ifndef MSPIKE_EVIDENCE_CHECK_H
#define MSPIKE_EVIDENCE_CHECK_H

#include "mspike/evidence/file.h"

MSP_BEGIN

/* Adds findings: warnings for what disagrees, notes for what only a careful reader sees (an
 * interval of another level than 95 %, a bound with two readings). Errors come from reading. */
void msp_evidence_check(const msp_evidence *evidence, msp_findings *findings);

/* The trial and the result that a place of the file is in; NULL where it is in none. */
const msp_evidence_trial *msp_evidence_trial_at(const msp_evidence *evidence, msp_place at);
const msp_evidence_result *msp_evidence_result_at(const msp_evidence *evidence, msp_place at);

MSP_END
#endif
