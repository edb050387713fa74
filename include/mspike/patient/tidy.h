/*
 * tidy.h - patients from one table with a row for each visit.
 *
 * Columns: who (`usubjid` or `case_id`), `visit_date`, and any of the measurements' columns
 * (measurement.h), each in the unit of its name. Beside them, all optional:
 *
 *   visit_no              0 or less: up to the baseline
 *   isotype               "IgGk", "LCl"
 *   arm                   of the trial
 *   age, sex              in years; "F" or "M"
 *   first_dose_date, randomisation_date, transplant_date, crossover_date, new_therapy_date,
 *   death_date
 *   last_dose_date, consent_date, treatment_stopped_date (for another reason than progression),
 *   clinical_progression_date, lost_date, last_contact_date, second_progression_date (on the next
 *                         therapy), third_line_date
 *   adverse_event_date, deterioration_date   that end event-free survival, where a protocol counts
 *                         them
 *   new_therapy_started   1: the next therapy started on or before this visit
 *   death_due_to_pd       1: died of myeloma after the last visit
 *   died                  1: died
 *   spurious              1: a laboratory error, nothing of this row is used
 *   config                "a=b;c=d": switches for this patient alone
 *
 * Values are exact decimals as they were written. Rows stand in any order. Baseline is up to the
 * first dose, else randomisation, else the last visit with a visit_no of 0 or less, else the first
 * visit. What is said of the patient may stand in any of the rows; two rows that disagree are a
 * finding, and the first one counts. Partial dates of death and of the next therapy are as in
 * sdtm.h; an answer that is neither yes nor no is a finding.
 */
#ifndef MSPIKE_PATIENT_TIDY_H
#define MSPIKE_PATIENT_TIDY_H

#include "mspike/base/findings.h"
#include "mspike/patient/patient.h"
#include "mspike/table/table.h"

MSP_BEGIN

/* The findings kept of one table; the last one says how many more there are. */
#define MSP_TIDY_FINDINGS_MAX 100

/* Reads the table at `path`. Cells that cannot be used become findings and count as missing; a
 * table without the columns of patient or date is MSP_EINPUT. */
msp_status msp_tidy_read(const char *path, msp_patients *out, msp_findings *findings,
                         msp_error *err);
typedef struct msp_tidy_options {
    msp_day cutoff;     /* what is later is not read, and who was alive after it was alive on it;
                           MSP_NO_DAY: none */
    bool name_patients; /* findings name patient and visit: for a listing, never for a log */
} msp_tidy_options;
/* The same, as the options have it. */
msp_status msp_tidy_read_with(const char *path, const msp_tidy_options *options, msp_patients *out,
                              msp_findings *findings, msp_error *err);
/* The same for text in memory; `file` names it in findings. */
msp_status msp_tidy_read_memory(const char *data, size_t size, const char *file, msp_patients *out,
                                msp_findings *findings, msp_error *err);
/* The same from a table that was read, its columns as text; what is not told apart there ("3.20"
 * and "3.2") is not told apart here. */
msp_status msp_tidy_from_table(const msp_table *table, const msp_tidy_options *options,
                               msp_patients *out, msp_findings *findings, msp_error *err);

MSP_END
#endif
