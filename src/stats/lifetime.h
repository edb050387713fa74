/* lifetime.h - the distributions of W in log T = b x + sigma W. */
#ifndef MSP_STATS_LIFETIME_H
#define MSP_STATS_LIFETIME_H

#include "mspike/stats/parametric.h"

/* At w: log f, f'/f and its derivative; logs of P(W > w) and P(W <= w). */
typedef struct msp__lifetime {
    double log_f, r, dr, log_s, log_p;
} msp__lifetime;

/* `q` is Prentice's shape of the generalised gamma; the others do not read it. */
msp__lifetime msp__lifetime_at(msp_lifetime lifetime, double q, double w);
/* w with P(W <= w) = p, 0 < p < 1. */
double msp__lifetime_quantile(msp_lifetime lifetime, double q, double p);

#endif
