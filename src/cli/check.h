/*
 * check.h - what `check` reads beside the protocol itself.
 */
#ifndef MSPIKE_CLI_CHECK_H
#define MSPIKE_CLI_CHECK_H

#include "cli.h"
#include "mspike/protocol.h"

/* The evidence files that the protocol sets its trial among: their own findings, and whether they
 * have what the protocol asks of them. Files that cannot be read are findings too; fails for want
 * of memory alone. */
msp_status check_published(const msp_protocol *protocol, msp_findings *findings, msp_error *err);

#endif
