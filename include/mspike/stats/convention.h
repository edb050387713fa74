/*
 * convention.h - where R and SAS differ, and what every test says about itself.
 *
 * A convention sets defaults only; whoever prints a result says which was used.
 *
 *   what                                       R (survival)         SAS (LIFETEST, PHREG)
 *   interval of a Kaplan-Meier curve           log                  log-log
 *   S rests on the level until the last time   middle of that rest  not estimable
 *   a limit of S that falls, then rises        nearest to the level first below the level
 *   S at a time after a last, censored one     the last S           not estimable
 *   ties in a Cox model                        Efron                Breslow
 */
#ifndef MSPIKE_STATS_CONVENTION_H
#define MSPIKE_STATS_CONVENTION_H

#include "mspike/base/status.h"

MSP_BEGIN

typedef enum msp_convention { MSP_CONVENTION_R, MSP_CONVENTION_SAS } msp_convention;

/* Which way a two-group test looks. "Less": the hazard of the second group is lower. */
typedef enum msp_alternative { MSP_TWO_SIDED, MSP_LESS, MSP_GREATER } msp_alternative;

/* A test statistic and its p-value; all NaN, with df 0, where there is no test. */
typedef struct msp_test {
    double statistic; /* chi-square */
    double df;
    double p, log_p; /* log_p is exact where p is too small for a double */
} msp_test;

MSP_END
#endif
