/*
 * ctgov.h - a record of ClinicalTrials.gov (API version 2, JSON) as an evidence file.
 *
 * Arms, participant flow, outcome measures with their groups, analyses with the level and the
 * sidedness of their intervals, and adverse events become a trial with its results; numbers stay as
 * the registry prints them. What the registry leaves to free text is a note: which arm a ratio
 * compares with which (a phrase such as "A over B" is looked for, then the numbers of the arms),
 * whether p is one-sided, what a parameter is that is no ratio or difference. Groups are matched to
 * arms by their titles, for their ids are local to each module. The trial's name is the NCT number
 * in the record, never that of the file.
 *
 * The result is a file for a person to read through: populations are not those of a review, and
 * times to an event in other units than months are left out.
 */
#ifndef MSPIKE_EVIDENCE_CTGOV_H
#define MSPIKE_EVIDENCE_CTGOV_H

#include "mspike/base/findings.h"
#include "mspike/base/text.h"

MSP_BEGIN

/* Adverse events are taken one by one where an arm has at least this share of patients with it. */
#define MSP_CTGOV_SHARE 0.05

/* Appends the evidence file to `out`. MSP_EUNSUPPORTED for the registry's former XML and for its
 * API version 1, by name; MSP_EINPUT for what is no JSON or no record; MSP_EIO, MSP_EMEM. Notes are
 * added to `notes`. */
msp_status msp_ctgov_convert(const char *path, msp_text *out, msp_findings *notes, msp_error *err);
/* The same for text in memory, called `name` in messages. */
msp_status msp_ctgov_convert_text(const char *text, size_t len, const char *name, msp_text *out,
                                  msp_findings *notes, msp_error *err);
/* Whether the text looks like a record of any version of the registry. */
bool msp_ctgov_is_record(const char *text, size_t len);

MSP_END
#endif
