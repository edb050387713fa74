/*
 * report.h - between the command `report` and the published results that it draws.
 */
#ifndef MSPIKE_CLI_REPORT_H
#define MSPIKE_CLI_REPORT_H

#include "evidence.h"
#include "mspike/analysis.h"

/* A trial among the published results: those alone, and with its own. */
typedef struct report_place {
    evidence_values values;
    evidence_job alone, joined;
    msp_text own, before, json, csv; /* the trial's results; the answers; the league */
    msp_evidence_page page;
} report_place;

/* Where the protocol names evidence. The place has to stay where it is while `page` is used; it is
 * released with report_place_free, after a failure too. */
msp_status report_place_make(const cli_common *common, const msp_protocol *protocol,
                             const msp_results *results, report_place *out, msp_error *err);
void report_place_free(report_place *place);

/* MSP_EUSAGE: --population is missing, and which there are. */
msp_status report_ask_population(const char *path, msp_error *err);
/* The folder of an answer from published results alone; the exit code. */
int report_published(evidence_values *values, const char *const *paths, size_t n, bool force);

#endif
