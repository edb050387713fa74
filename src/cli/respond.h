/* respond.h - what the files of `mspike respond` share. */
#ifndef MSPIKE_CLI_RESPOND_H
#define MSPIKE_CLI_RESPOND_H

#include "mspike/endpoint.h"

/* RS and SUPPRS of `folder` against the derived responses. */
msp_status respond_compare(const char *folder, const msp_patients *patients,
                           const msp_responses *responses, const msp_tte_rules *rules,
                           msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_error *err);
void respond_compare_as_text(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out);
void respond_compare_as_json(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out);
void respond_compare_as_csv(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out);

/* One time to event in everybody, under the rules of the FDA and of the EMA side by side, each with
 * its reason; `format` is a cli_format. MSP_EUSAGE where `paramcd` names none. */
msp_status respond_times(const msp_patients *patients, const msp_timeline *timelines,
                         const msp_rules *rules, const char *paramcd, int format, msp_text *out,
                         msp_error *err);

/* By arm: the rates of the responses that the protocol asks for, each by its time (PR, VGPR and CR
 * or better at any time without a protocol), time to response, and harvest of stem cells. */
msp_status respond_rates(const msp_patients *patients, const msp_timeline *timelines,
                         const msp_rules *rules, const msp_protocol *protocol, int format,
                         msp_text *out, msp_error *err);

#endif
