/*
 * read_protocol.h - a protocol from a file, its findings on stderr.
 */
#ifndef MSPIKE_CLI_READ_PROTOCOL_H
#define MSPIKE_CLI_READ_PROTOCOL_H

#include "cli.h"
#include "mspike/protocol.h"

/* Errors among the findings end the command: MSP_EINPUT. Warnings are shown unless --quiet. The
 * caller frees *out in every case. */
msp_status cli_read_protocol(const cli_common *common, const char *path, msp_protocol *out,
                             msp_error *err);

#endif
