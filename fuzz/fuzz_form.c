/* The form: bytes as a protocol, read as YAML and as JSON, checked, its findings printed. */
#include <stdint.h>
#include <stdlib.h>

#include "mspike/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as(const char *text, size_t size, const char *name)
{
    msp_protocol protocol;
    msp_findings findings = {0};
    msp_error err = {0};
    msp_text text_out = {0};
    if (msp_protocol_parse(text, size, name, &protocol, &findings, &err) != MSP_OK)
        msp_error_render(&err, &text_out);
    else
        for (size_t i = 0; i < protocol.endpoints.n; i++)
            (void)msp_protocol_rules(&protocol, &protocol.endpoints.items[i]);
    msp_findings_sort(&findings);
    msp_findings_render(&findings, &text_out);
    msp_text_free(&text_out);
    msp_findings_free(&findings);
    msp_protocol_free(&protocol);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as((const char *)data, size, "no-such-folder/fuzz.yaml");
    read_as((const char *)data, size, "no-such-folder/fuzz.json");
    return 0;
}
