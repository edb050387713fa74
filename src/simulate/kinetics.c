#include "mspike/simulate/kinetics.h"

#include "exact.h"
#include "visits.h"

double msp_kinetics_burden(const msp_kinetics *k, double day)
{
    return (1 - k->resistant) * exp_of(-k->decay * day) + k->resistant * exp_of(k->growth * day);
}

/* Where the two terms change at the same rate. */
double msp_kinetics_nadir(const msp_kinetics *k)
{
    const double falls = k->decay * (1 - k->resistant), grows = k->growth * k->resistant;
    return falls > grows ? log_of(falls / grows) / (k->decay + k->growth) : 0;
}

/* Newton's method from the day on which the resistant part alone is there: burden is convex, so
 * every step ends to the right of the root, and nearer. */
double msp_kinetics_reach(const msp_kinetics *k, double level)
{
    double day = log_of(level / k->resistant) / k->growth;
    if (!(day < KINETICS_NEVER))
        return INFINITY;
    for (int i = 0; i < KINETICS_STEPS; i++) {
        const double sensitive = (1 - k->resistant) * exp_of(-k->decay * day);
        const double resistant = k->resistant * exp_of(k->growth * day);
        const double step =
            (sensitive + resistant - level) / (k->growth * resistant - k->decay * sensitive);
        day -= step;
        if (!(step > KINETICS_CLOSE))
            break;
    }
    return day;
}
