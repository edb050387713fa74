/*
 * study.h - a protocol and a folder of tables in, result records out.
 *
 * In: the tables that the protocol's `data`, populations, endpoints and summaries name, one row a
 * patient in the subjects' table, one record a patient and endpoint elsewhere. Out: records and
 * curves in the order of the protocol: disposition, baseline, safety (analysis/safety.h: from
 * AE and LB, or from ADAE), then each analysis with its comparisons and subgroups.
 *
 * Rules:
 *   - patients of an endpoint are those of the analysis's population; one without a record of the
 *     endpoint is counted as missing, and a note says so;
 *   - times are compared in the unit that the table holds and scaled to the endpoint's unit for the
 *     result, so that ties stay ties;
 *   - subgroups are estimated and tested for interaction without strata (likelihood ratio of the
 *     products of arm and subgroup in an unstratified Cox model).
 */
#ifndef MSPIKE_ANALYSIS_STUDY_H
#define MSPIKE_ANALYSIS_STUDY_H

#include "mspike/analysis/record.h"
#include "mspike/base/findings.h"
#include "mspike/protocol.h"
#include "mspike/stats/convention.h"

MSP_BEGIN

typedef struct msp_study_options {
    msp_convention convention; /* where an analysis does not say its own */
    uint64_t seed;             /* recorded; nothing is drawn yet */
} msp_study_options;

/* Reads the tables in `folder` and analyses them. What keeps one analysis from being done is a
 * finding that points at its line in the protocol, and the others go on; a table that cannot be
 * read, or subjects that are not unique, fail as a whole. *out is empty then; else the caller
 * frees it with msp_results_free. The file named in *err lives as long as `findings`. */
msp_status msp_study_analyse(const msp_protocol *protocol, const char *folder,
                             const msp_study_options *options, msp_results *out,
                             msp_findings *findings, msp_error *err);

/* Holds the names in the protocol against the tables of `folder`: msp_protocol_check_tables, with
 * the tables that msp_study_analyse makes where laboratory values are the study (labs.h). Folders
 * of SDTM without measurements have nothing to be held against. */
msp_status msp_study_check(const msp_protocol *protocol, const char *folder, msp_findings *findings,
                           msp_error *err);

MSP_END
#endif
