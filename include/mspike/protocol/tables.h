/*
 * tables.h - whether a folder of tables holds what a protocol names.
 */
#ifndef MSPIKE_PROTOCOL_TABLES_H
#define MSPIKE_PROTOCOL_TABLES_H

#include "mspike/protocol/protocol.h"

MSP_BEGIN

/* Checks that each table and column that the protocol names is in `folder`, that columns of times
 * and cut points hold numbers, that each arm, flag, parameter and level that it names occurs, and
 * that no arm or level occurs that it does not name. Faults become findings at the protocol's own
 * lines; what only later analyses need (measurements) is a warning. Fails where the folder or a
 * table in it cannot be read (the file named in *err lives as long as `findings`), or memory is
 * out. */
msp_status msp_protocol_check_tables(const msp_protocol *protocol, const char *folder,
                                     msp_findings *findings, msp_error *err);

MSP_END
#endif
