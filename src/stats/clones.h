/*
 * clones.h - MSP_CLONES compiles a function once for each width of vectors and picks at start.
 *
 * Every clone does the same operations in the same order (no contraction, no reassociation), so all
 * give the same bits; wider ones are faster.
 */
#ifndef MSP_STATS_CLONES_H
#define MSP_STATS_CLONES_H

#include <stdint.h> /* tells whether this is glibc, whose loader picks the clone */

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define MSP_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MSP_CLONES
#endif

#endif
