/* sight.h - whether what is there is seen, where chance has a part in it.
 *
 * A word of 32 bits shows x where x is at least visible·e^(spread·z), z its normal draw. Words of
 * one band have draws between two known ones, which decide nearly always: an exponential and a
 * normal draw are worked out only where x is between the ends of its band. */
#ifndef MSPIKE_SIMULATE_SIGHT_H
#define MSPIKE_SIMULATE_SIGHT_H

#include <stdbool.h>

#include "exact.h"

enum { SIGHT_BANDS = 64 };
#define SIGHT_BAND  (UINT32_MAX / SIGHT_BANDS + 1) /* words of one */
#define SIGHT_CLOSE 1e-9                           /* so near its end a band does not decide */

typedef struct sim_sight {
    double spread;
    double from[SIGHT_BANDS + 1]; /* e^(spread·z) where each band begins */
} sim_sight;

void sim_sight_init(sim_sight *sight, double spread);
static inline bool sim_shows(const sim_sight *sight, double x, double visible, uint32_t word)
{
    const double *band = &sight->from[word / SIGHT_BAND];
    if (x < (1 - SIGHT_CLOSE) * visible * band[0])
        return false;
    if (x > (1 + SIGHT_CLOSE) * visible * band[1])
        return true;
    return x >= visible * exp_of(sight->spread * normal_of(word));
}

#endif
