/*
 * random.h - counter-based random numbers (Philox4x32-10).
 *
 * A draw is a function of what it is for, not of what was drawn before: of the seed, the trial, the
 * patient, the purpose and its position there. So a trial can be replayed alone, and the results
 * are the same bits on one thread, on many, and on many machines.
 * Salmon et al., Parallel random numbers: as easy as 1, 2, 3. SC'11 (2011). The generator is
 * Random123's. Live allocation does not use this module: its draws must not be predictable.
 */
#ifndef MSPIKE_BASE_RANDOM_H
#define MSPIKE_BASE_RANDOM_H

#include "mspike/base/status.h"

MSP_BEGIN

typedef struct msp_random {
    uint64_t seed;    /* of the whole run */
    uint64_t trial;   /* which trial of the run */
    uint32_t patient; /* which patient of the trial */
    uint16_t purpose; /* which use: entry, event time, dropout ... one number each */
    uint64_t next;    /* position of the next draw: 64 bits each; at most 2^17 draws */
} msp_random;

/* A stream at its beginning. */
msp_random msp_random_at(uint64_t seed, uint64_t trial, uint32_t patient, uint16_t purpose);
uint64_t msp_random_bits(msp_random *random);
/* Uniform on the open interval (0, 1): 52 bits, at the middle of each step, so that log() of it
 * and of one minus it are always finite. */
double msp_random_uniform(msp_random *random);
/* Uniform on 0 .. n-1, each equally likely (n > 0). */
uint64_t msp_random_below(msp_random *random, uint64_t n);
/* One block of the generator, for known-answer tests and vector code. */
void msp_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

MSP_END
#endif
