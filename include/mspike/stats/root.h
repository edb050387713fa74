/*
 * root.h - where a continuous function of one variable changes sign.
 */
#ifndef MSPIKE_STATS_ROOT_H
#define MSPIKE_STATS_ROOT_H

#include "mspike/base/status.h"

MSP_BEGIN

typedef double (*msp_function)(double x, const void *context);

/*
 * The root between lo and hi, to the last bits of a double. f has opposite signs there (an end
 * where it is 0 is the root); it may be infinite, not NaN. An end whose sign is the same as the
 * other's is a fault of the caller: the end nearer to 0 comes back. Chandrupatla, Adv Eng Softw
 * 28:145 (1997): inverse quadratic steps where they are safe, halving elsewhere.
 */
double msp_root(msp_function f, const void *context, double lo, double hi);

MSP_END
#endif
