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

#endif
