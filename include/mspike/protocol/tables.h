/*
 * tables.h - whether a folder of tables holds what a protocol names.
 */
#ifndef MSPIKE_PROTOCOL_TABLES_H
#define MSPIKE_PROTOCOL_TABLES_H

#include "mspike/protocol/protocol.h"
#include "mspike/table/table.h"

MSP_BEGIN

#define MSP_TABLES_MADE 8

/* Checks that each table and column that the protocol names is in `folder`, or among the n_made
 * tables that were made of what is there (`made` may be NULL; at most MSP_TABLES_MADE), that
 * columns of times and cut points hold numbers, that each arm, flag, parameter and level that it
 * names occurs, and that no arm or level occurs that it does not name. Faults become findings at
 * the protocol's own lines; what only later analyses need (measurements) is a warning. Fails where
 * the folder or a table in it cannot be read (the file named in *err lives as long as `findings`),
 * or memory is out. */
msp_status msp_protocol_check_tables(const msp_protocol *protocol, const char *folder,
                                     const msp_table *const *made, size_t n_made,
                                     msp_findings *findings, msp_error *err);

MSP_END
#endif
