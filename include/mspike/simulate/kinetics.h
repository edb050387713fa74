/*
 * kinetics.h - how much disease there is: what is sensitive falls, what is resistant grows.
 *
 *     burden(t) = (1 - r) exp(-d t) + r exp(g t)        as a share of the burden at t = 0
 *
 * with the rate of decay d, of growth g and the resistant share r. Two exponentials describe
 * M-protein and other tumour markers under treatment: Stein and others, Clin Cancer Res
 * 2011;17:907; with a share, Wilkerson and others, Lancet Oncol 2017;18:143; M-protein: Jonsson
 * and others, CPT Pharmacometrics Syst Pharmacol 2015;4:711; Tang and others, Clin Cancer Res
 * 2016;22:4206. Times are days, rates per day. The same bits on every processor.
 */
#ifndef MSPIKE_SIMULATE_KINETICS_H
#define MSPIKE_SIMULATE_KINETICS_H

#include "mspike/base/status.h"

MSP_BEGIN

typedef struct msp_kinetics {
    double decay, growth; /* above 0 */
    double resistant;     /* above 0, at most 1 */
} msp_kinetics;

double msp_kinetics_burden(const msp_kinetics *kinetics, double day);
/* The day of the lowest burden; 0 where it only grows. */
double msp_kinetics_nadir(const msp_kinetics *kinetics);
/* The first day after the nadir with a burden of `level`, which is above that of the nadir;
 * infinite where that takes more than 200 years. */
double msp_kinetics_reach(const msp_kinetics *kinetics, double level);

MSP_END
#endif
