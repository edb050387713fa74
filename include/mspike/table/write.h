/*
 * write.h - tables out, complete or not at all.
 *
 * A format that cannot hold something either has a convention here that keeps it, or the writer
 * refuses, or it adds a note; nothing is lost without a word. docs/tables.md lists which.
 */
#ifndef MSPIKE_TABLE_WRITE_H
#define MSPIKE_TABLE_WRITE_H

#include "mspike/base/findings.h"
#include "mspike/table/table.h"

MSP_BEGIN

typedef struct msp_write_options {
    /* The moment that XPT and Dataset-JSON say they were made, in seconds since 1970 UTC. The clock
     * is never read, so that the same table gives the same bytes. */
    int64_t timestamp;
    msp_findings *notes; /* what the format could not hold; may be NULL */
} msp_write_options;

/* Writes `table` to `path` (NULL or "-": standard output) through a temporary name.
 * MSP_EUNSUPPORTED where the format would damage the table, naming the column and row; `options`
 * may be NULL. */
msp_status msp_table_write(const msp_table *table, const char *path, msp_table_format format,
                           const msp_write_options *options, msp_error *err);

/* The format that a file name asks for by its ending; false where it says none that is written. */
bool msp_table_format_of_path(const char *path, msp_table_format *out);

MSP_END
#endif
