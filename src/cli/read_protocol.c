/* read_protocol.c - a protocol from a file, its findings on stderr. */
#include "read_protocol.h"

msp_status cli_read_protocol(const cli_common *common, const char *path, msp_protocol *out,
                             msp_error *err)
{
    msp_findings findings = {0};
    msp_text text = {0};
    msp_status rc = msp_protocol_read(path, out, &findings, err);
    msp_findings_sort(&findings);
    if (rc == MSP_OK && (findings.n_errors > 0 || !common->quiet))
        msp_findings_render(&findings, &text);
    fputs(msp_text_str(&text), stderr);
    if (rc == MSP_OK && findings.n_errors > 0)
        rc = msp_fail(err, MSP_EINPUT, "%s: the protocol has errors", path);
    msp_text_free(&text);
    msp_findings_free(&findings);
    return rc;
}
