#include "mspike/simulate/kinetics.h"

#include "exact.h"

double msp_doses_lost(const msp_doses *e, double day)
{
    size_t i = 0;
    if (e->n == 0 || day <= 0)
        return 0;
    while (i + 1 < e->n && e->day[(i + 1) * e->stride] <= day)
        i++;
    const size_t at = i * e->stride;
    return e->lost[at] + e->rate[at] * (day - e->day[at]);
}

double msp_kinetics_burden(const msp_kinetics *k, const msp_doses *doses, double day)
{
    const double lost = msp_doses_lost(doses, day);
    const double done = day >= k->transplant ? 1 : 0;
    const double sensitive =
        -k->decay * day + (k->decay + k->regrowth) * lost - done * k->taken[MSP_SENSITIVE];
    const double resistant =
        k->growth * day + (k->regrowth - k->growth) * lost - done * k->taken[MSP_RESISTANT];
    return (1 - k->resistant) * exp_of(sensitive) + k->resistant * exp_of(resistant);
}
