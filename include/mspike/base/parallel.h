/*
 * parallel.h - independent pieces of work on several threads.
 *
 * The pieces are the same whatever the number of threads, and whoever uses them puts their results
 * together in the order of the pieces: so results do not depend on the number of threads.
 */
#ifndef MSPIKE_BASE_PARALLEL_H
#define MSPIKE_BASE_PARALLEL_H

#include "mspike/base/status.h"

MSP_BEGIN

/* Processors this process may run on; at least 1. */
size_t msp_processors(void);

/* Calls work(context, worker, piece) once for each piece 0 .. n - 1, in any order, from up to
 * `threads` threads (0: one a processor); worker < threads names the one that calls. Back when all
 * is done. Where the machine gives fewer threads, those it gives do the work. */
void msp_parallel_for(size_t threads, size_t n,
                      void (*work)(void *context, size_t worker, size_t piece), void *context);

MSP_END
#endif
