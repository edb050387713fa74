/*
 * trial.h - a simulated myeloma trial of any size for the benchmarks.
 *
 * Modelled on IKEMA: 3:2, control median 19 months, hazard ratio 0.59, accrual over 18 months,
 * cut-off at 36, six strata, four covariates with effects on the hazard, 3 % a year lost to
 * follow-up. Times in months with 8 decimals, and in whole days. A patient is a function of the
 * seed and the patient's number.
 */
#ifndef MSP_BENCH_TRIAL_H
#define MSP_BENCH_TRIAL_H

#include <math.h>

#include "mspike/base/random.h"

enum { TRIAL_SEED = 20251120 };

typedef struct patient {
    double time, x1, x3;
    int day, arm, status, stratum, x2, x4;
} patient;

static inline double exponential(msp_random *r, double rate)
{
    return -log(msp_random_uniform(r)) / rate;
}

static inline patient make_patient(uint32_t number)
{
    msp_random r = msp_random_at(TRIAL_SEED, 0, number, 1);
    patient p;
    p.arm = msp_random_uniform(&r) < 0.6;
    p.stratum = 1 + (int)msp_random_below(&r, 6);
    double radius = sqrt(2 * exponential(&r, 1)), angle = 2 * M_PI * msp_random_uniform(&r);
    p.x1 = rint(10 * (65 + 9 * radius * cos(angle))) / 10;
    p.x2 = msp_random_uniform(&r) < 0.4;
    p.x3 = rint(1000 * exponential(&r, 1.0 / 3)) / 1000;
    p.x4 = (int)msp_random_below(&r, 3);
    double effect = log(0.59) * p.arm + 0.01 * (p.x1 - 65) + 0.3 * p.x2 + 0.05 * (p.x3 - 3) +
                    0.2 * (p.x4 - 1) + 0.1 * (p.stratum - 3.5);
    double event = exponential(&r, log(2) / 19 * exp(effect));
    double dropout = exponential(&r, -log(0.97) / 12);
    double end = 36 - 18 * msp_random_uniform(&r), last = fmin(dropout, end);
    p.status = event <= last;
    p.time = rint(fmin(event, last) * 1e8) / 1e8;
    p.day = (int)fmax(1, ceil(p.time * 30.4375));
    return p;
}

#endif
