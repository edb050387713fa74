/* Bytes as a record of ClinicalTrials.gov; what comes out is read as an evidence file. */
#include <stdint.h>
#include <stdlib.h>

#include "mspike/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msp_text yaml = {0};
    msp_findings notes = {0}, findings = {0};
    msp_evidence e;
    if (msp_ctgov_convert_text((const char *)data, size, "fuzz.json", &yaml, &notes, NULL) ==
            MSP_OK &&
        msp_evidence_parse(msp_text_str(&yaml), yaml.len, "fuzz.yaml", &e, &findings, NULL) ==
            MSP_OK)
        msp_evidence_free(&e);
    msp_text_free(&yaml);
    msp_findings_free(&notes);
    msp_findings_free(&findings);
    return 0;
}
