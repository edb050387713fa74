/* check.c - the file as a whole: its version and its sections. */
#include <inttypes.h>
#include <string.h>

#include "check_internal.h"

static void check_version(const msp_node *root, const msp_protocol *p, msp_findings *findings)
{
    const bool only_design = root->n == 1 && msp_node_get(root, "design") != NULL;
    if (root->kind != MSP_NODE_MAPPING || only_design)
        return;
    if (!msp_was_said(p->version.at))
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "protocol-version", root->at,
                         "begin the file with \"mspike: 1\"", "the version of the form is missing");
    else if (p->version.value > MSP_PROTOCOL_VERSION)
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "protocol-version", p->version.at,
                         "use a newer mspike, or write the protocol in version 1",
                         "version %" PRId64 " of the form is newer than this mspike reads (%d)",
                         p->version.value, MSP_PROTOCOL_VERSION);
    if (msp_node_get(root, "trial") == NULL)
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "protocol-trial", root->at,
                         "add \"trial:\" with at least a title",
                         "the section \"trial\" is missing");
}

void msp__protocol_check(const msp_node *root, const msp_protocol *protocol, msp_findings *findings)
{
    check_version(root, protocol, findings);
    msp__check_analyses(protocol, findings);
}
