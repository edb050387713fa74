/* check_internal.h - what a protocol may not say although its form is right. */
#ifndef MSP_PROTOCOL_CHECK_INTERNAL_H
#define MSP_PROTOCOL_CHECK_INTERNAL_H

#include "mspike/form/tree.h"
#include "mspike/protocol.h"

/* All checks below. `root` shows which sections the file has. */
void msp__protocol_check(const msp_node *root, const msp_protocol *protocol,
                         msp_findings *findings);
void msp__check_analyses(const msp_protocol *protocol, msp_findings *findings);

#endif
