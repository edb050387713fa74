/* respond.h - what the files of `mspike respond` share. */
#ifndef MSPIKE_CLI_RESPOND_H
#define MSPIKE_CLI_RESPOND_H

#include "cli.h"
#include "mspike/endpoint.h"
#include "mspike/response.h"

/* Patients, the rules in force and what they conclude. */
typedef struct respond_answer {
    msp_rules rules;
    msp_patients patients;
    msp_responses responses;
    msp_judge judge; /* for the reasons */
} respond_answer;

/* Patients [from, to), in order. */
msp_status respond_as_json(respond_answer *answer, size_t from, size_t to, msp_text *out,
                           msp_error *err);
void respond_patients_as_csv(const respond_answer *answer, size_t from, size_t to, msp_text *out);
void respond_visits_as_csv(const respond_answer *answer, size_t from, size_t to, msp_text *out);
msp_status respond_reasons_as_csv(respond_answer *answer, size_t from, size_t to, msp_text *out,
                                  msp_error *err);
/* A line a patient, and how many reached which level. */
void respond_patients_as_text(const respond_answer *answer, size_t from, size_t to, msp_text *out);
/* Patient i with the reasons. */
msp_status respond_explain_as_text(respond_answer *answer, size_t i, msp_text *out, msp_error *err);

/* RS and SUPPRS of `folder` against the derived responses; `names` holds the file an error names.
 */
msp_status respond_compare(const char *folder, const msp_reports *reports,
                           const msp_patients *patients, const msp_responses *responses,
                           const msp_tte_rules *rules, msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS],
                           msp_error *err);
void respond_compare_as_text(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out);
void respond_compare_as_json(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out);
void respond_compare_as_csv(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out);

/* What happened to everybody, and to those who went over to another treatment from there on. */
typedef struct respond_happened {
    const msp_patients *patients;
    const msp_timeline *timelines;
    const msp_timeline *crossed; /* NULL: nobody did */
    const msp_rules *rules;
    const msp_protocol *protocol; /* NULL: none */
} respond_happened;

/* One time to event in everybody, under the rules of the FDA and of the EMA side by side, each with
 * its reason; new_therapy and missed_visits hold under both where the rules say them. Notes say
 * that, and who has no such time and why. MSP_EUSAGE where `paramcd` names none, or the profile has
 * rules of its own. */
msp_status respond_times(const respond_happened *happened, const char *paramcd,
                         const cli_common *common, msp_text *out, msp_error *err);

/* By arm: the rates of the responses that the protocol asks for, each by its time (PR, VGPR and CR
 * or better at any time without a protocol), time to response, and harvest of stem cells. */
msp_status respond_rates(const respond_happened *happened, int format, msp_text *out,
                         msp_error *err);

#endif
