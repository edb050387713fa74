/* folder.h - a folder that appears complete or not at all. Private to the room. */
#ifndef MSP_REPORT_FOLDER_H
#define MSP_REPORT_FOLDER_H

#include <stdbool.h>

#include "mspike/base/status.h"

typedef struct folder {
    char *target, *temporary; /* owned */
} folder;

/* Looks whether `target` may be written (see write.h), then makes a temporary folder beside it. */
msp_status folder_begin(folder *f, const char *target, bool force, msp_error *err);
/* Writes one file: "index.html", or one in "figures/" or "data/". A second one of a name takes the
 * place of the first. */
msp_status folder_write(folder *f, const char *name, const void *data, size_t size, msp_error *err);
/* Puts the folder in its place. */
msp_status folder_commit(folder *f, bool force, msp_error *err);
/* Removes what was written. Safe after commit. */
void folder_discard(folder *f);

#endif
