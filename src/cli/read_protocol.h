/*
 * read_protocol.h - a protocol from a file, its findings on stderr; the rules in force.
 */
#ifndef MSPIKE_CLI_READ_PROTOCOL_H
#define MSPIKE_CLI_READ_PROTOCOL_H

#include "cli.h"
#include "mspike/protocol.h"

/* In order on stderr; all of them where one is an error, else none with --quiet. */
void cli_say_findings(const cli_common *common, msp_findings *findings);

/* Errors among the findings end the command: MSP_EINPUT. Warnings are shown unless --quiet. The
 * caller frees *out in every case. */
msp_status cli_read_protocol(const cli_common *common, const char *path, msp_protocol *out,
                             msp_error *err);

/* The rules of the protocol (NULL: the defaults), and what --set changes; its texts are in `arena`.
 */
msp_status cli_read_rules(const cli_common *common, const msp_protocol *protocol, msp_arena *arena,
                          msp_rules *out, msp_error *err);

/* A file that the protocol names: from the protocol's own folder, unless its path begins at the
 * root. NULL: no memory. */
const char *cli_beside(const msp_protocol *protocol, const char *name, msp_arena *arena);

#endif
