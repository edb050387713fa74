/*
 * labs.h - laboratory values in a study's folder, and the analysis tables that can be made of them.
 *
 * The values are SDTM tables (patient/sdtm.h), or the table of visits that the protocol's `data:
 * {visits: ...}` names (patient/tidy.h).
 */
#ifndef MSPIKE_ANALYSIS_LABS_H
#define MSPIKE_ANALYSIS_LABS_H

#include "mspike/base/findings.h"
#include "mspike/patient/patient.h"
#include "mspike/protocol/protocol.h"

MSP_BEGIN

/* Reads the patients of `folder`; values that cannot be used become findings (may be NULL).
 * MSP_ENODATA where the folder has no laboratory values. */
msp_status msp_labs_read(const msp_protocol *protocol, const char *folder, msp_patients *out,
                         msp_findings *findings, msp_error *err);

/* Whether the study's ADSL, ADRS and ADTTE are made from laboratory values: they are in the folder,
 * and the table of the subjects is not. */
bool msp_labs_are_the_study(const msp_protocol *protocol, const char *folder);

MSP_END
#endif
