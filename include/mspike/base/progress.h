/*
 * progress.h - how long work says how far it is, and how it is asked to stop.
 *
 * The library calls; whoever runs it decides what is shown. A command draws a bar on a terminal
 * after the first second and writes a plain line every ten percent elsewhere.
 */
#ifndef MSPIKE_BASE_PROGRESS_H
#define MSPIKE_BASE_PROGRESS_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

typedef struct msp_progress {
    /* `done` of `total` units of `what`; total 0 when it is not known. Returning false asks the
     * work to stop: it then returns MSP_EINTERRUPTED with what it has so far valid. */
    bool (*report)(void *context, const char *what, uint64_t done, uint64_t total);
    void *context;
} msp_progress; /* NULL where one is expected: silent, never stops */

/* True to go on. */
bool msp_progress_report(const msp_progress *progress, const char *what, uint64_t done,
                         uint64_t total);

MSP_END
#endif
