/*
 * exposure.h - ADEX: what each patient got, beside what was planned (schedule/exposure.h).
 *
 * Parameters of the whole treatment: TRTDURW (weeks), NCYCLE, NPASSED, NDELAY, DELAYD (days, of the
 * cycles that were delayed); of each cycle CYCLATE (days after it was planned; AVALC says whether
 * that is a delay), with its number in AVISITN, its phase in APHASE, its first dose in ADT; of each
 * drug, in PARCAT1: DOSEDAYS, TDOSE and PLDOSE (given and planned), DOSEINT and PLINT (the same a
 * week), RDI (%), NREDUC, NOMIT.
 */
#ifndef MSPIKE_ENDPOINT_EXPOSURE_H
#define MSPIKE_ENDPOINT_EXPOSURE_H

#include "mspike/patient/profile.h"
#include "mspike/protocol/protocol.h"
#include "mspike/schedule/exposure.h"
#include "mspike/table/table.h"

MSP_BEGIN

/* The arm whose treatment the patient got: the actual one, else the allocated; NULL: neither is the
 * protocol's. */
const msp_arm *msp_arm_treated(const msp_protocol *protocol, const msp_patient *patient);

/* By the size of the body, the age and the clearance of the profile. Nothing is found (no cycles)
 * of a patient without an arm or without doses. Errors of msp_dosage_find. */
msp_status msp_dosage_of(const msp_protocol *protocol, const msp_rules *rules,
                         const msp_patient *patient, const msp_profile *profile, msp_arena *arena,
                         msp_dosage *out, msp_error *err);

/* MSP_EMEM. */
msp_status msp_adex_init(msp_table *table, msp_error *err);
/* `treated_days` as TRTDURD of ADSL; 0: not known. */
msp_status msp_adex_add(msp_table *table, const char *study, const char *id,
                        const msp_dosage *exposure, int64_t treated_days, msp_error *err);

MSP_END
#endif
