#include "sight.h"

#define NORMAL_MOST 6.4 /* beyond all draws of 32 bits */

void sim_sight_init(sim_sight *sight, double spread)
{
    sight->spread = spread;
    sight->from[0] = exp_of(-spread * NORMAL_MOST);
    for (uint32_t k = 1; k < SIGHT_BANDS; k++)
        sight->from[k] = exp_of(spread * normal_of(k * SIGHT_BAND));
    sight->from[SIGHT_BANDS] = exp_of(spread * NORMAL_MOST);
}
