/*
 * sdtm.h - patients from a folder of SDTM tables.
 *
 *   DM       who: arm, sex, age; first and last dose (RFXSTDTC, RFXENDTC), the first where EX has
 *            none; death (DTHFL, DTHDTC)
 *   EX       first dose: the earliest EXSTDTC of a dose (EXDOSE above 0, or EXDOSTXT);
 *            the last, where DM has none
 *   DS       randomisation (DSDECOD RANDOMIZED); death (DEATH) where DM gives no date; consent, end
 *            of treatment and of follow-up
 *   SS       last known alive, or dead
 *   DD       whether the death was of myeloma (DDTESTCD PRCDTH)
 *   CM, PR, EX   previous therapy, by category; the next therapy: SUBSEQUENT (docs/tables.md)
 *   PR       transplant: the earliest PRTRT or PRDECOD that says so and whose category says neither
 *            SUBSEQUENT nor PRIOR nor PREVIOUS
 *   EX, CM, DS   who crossed over, where the protocol says to what: the first dose of a drug that
 * the patient's own arm has not, such a subsequent therapy, a DSDECOD that says CROSSOVER LB, MI,
 * TU, TR, VS, GF   measurements
 *
 * Qualifiers of SUPP-- (supp.h) count as columns of their table; those that belong to no row or are
 * there twice are findings.
 *
 * DM and one table of measurements have to be there. Which rows are which measurement says the
 * protocol's `measurements:`; where it says nothing of one, the codes of CDISC's terminology and
 * what sites often use instead (docs/tables.md has the list). Plasmacytomas measured one by one (TR
 * with LDIAM, PERP and TRLNKID) are summed as the product of their diameters.
 *
 * Samples of one VISITNUM within 7 days of the first are one assessment, dated by the first, but
 * none reaches across the baseline; samples without a visit are one a day. After the baseline blood
 * counts and chemistry alone are no assessment, unless calcium is above 11 mg/dL. Total calcium is
 * corrected by the albumin of the same assessment, Ca + 0.8 (4.0 - albumin), where there is one
 * (rules 1.3). Values are the decimals reported (--ORRES with --ORRESU), brought to the marker's
 * unit exactly or not used, and then said.
 *
 * What is later than the cut-off that the protocol's `data:` names is not read: the tables may be
 * newer than the analysis. A patient who was alive after it was alive on it: measured, dosed, given
 * the next therapy, said to be alive, or dead later.
 *
 * A partial date of death is its earliest day not before the last one that he is known to have
 * lived on; of the next therapy, not before the trial's last dose. A death that no date is known of
 * keeps `died` without `death`. A subsequent therapy from before the randomisation is a previous
 * one.
 *
 * Baseline is up to the first dose, else randomisation, else the first assessment.
 */
#ifndef MSPIKE_PATIENT_SDTM_H
#define MSPIKE_PATIENT_SDTM_H

#include "mspike/base/findings.h"
#include "mspike/patient/patient.h"
#include "mspike/protocol/protocol.h"

MSP_BEGIN

/* The findings kept of one table; the last one says how many more there are. */
#define MSP_SDTM_FINDINGS_MAX 100

typedef struct msp_sdtm_options {
    const msp_protocol *protocol; /* NULL: the usual codes alone */
    bool name_patients; /* findings name patient and visit: for a listing, never for a log */
    bool may_lack_measurements; /* a folder without any such table is no error */
} msp_sdtm_options;

/* Whether `folder` holds SDTM tables: a DM. */
bool msp_sdtm_is(const char *folder);

/* Reads the tables of `folder`; `options` and `findings` may be NULL. What cannot be used becomes a
 * finding with its file, row and column, and counts as not measured; tests that nothing maps but
 * that look like a measurement are proposed. Fails where a table cannot be read or lacks a column
 * that is needed (MSP_EINPUT), or no table of measurements is there (MSP_ENODATA). */
msp_status msp_sdtm_read(const char *folder, const msp_sdtm_options *options, msp_patients *out,
                         msp_findings *findings, msp_error *err);

MSP_END
#endif
