/*
 * kinetics.h - how much disease there is: treatment kills as it is given, and what it misses grows.
 *
 * What is sensitive and what is resistant have one rate of growth without treatment, and each its
 * rate of killing by full doses, of which the share a(t) is given (1: full doses, 0: none):
 *
 *     dS/dt = (G - (d + G) a(t)) S        dR/dt = (G - (G - g) a(t)) R
 *
 * so that under full doses S falls at the rate d and R grows at g, and without any both grow at G.
 * With L(t), the integral of 1 - a(t): the days of treatment that are lost,
 *
 *     burden(t) = (1 - r) exp(-d t + (d + G) L(t)) + r exp(g t + (G - g) L(t))
 *
 * as a share of the burden at t = 0, of which r is resistant. After a transplant each part is what
 * the transplant leaves of it.
 *
 * Growth less a kill in proportion to the dose: Claret and others, J Clin Oncol 2009;27:4103; of
 * M-protein: Jonsson and others, CPT Pharmacometrics Syst Pharmacol 2015;4:711. Two exponentials
 * under a steady treatment: Stein and others, Clin Cancer Res 2011;17:907; with a share, Wilkerson
 * and others, Lancet Oncol 2017;18:143. Times are days, rates per day. The same bits on every
 * processor.
 */
#ifndef MSPIKE_SIMULATE_KINETICS_H
#define MSPIKE_SIMULATE_KINETICS_H

#include <stddef.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* What is sensitive, what is resistant. */
enum { MSP_SENSITIVE, MSP_RESISTANT, MSP_PARTS };

typedef struct msp_kinetics {
    double decay, growth;    /* under full doses; above 0 */
    double regrowth;         /* without treatment; at least growth */
    double resistant;        /* above 0, at most 1 */
    double transplant;       /* its day; infinite: none */
    double taken[MSP_PARTS]; /* by it, as a natural logarithm: 0 is nothing */
} msp_kinetics;

/* Which doses are given: n pieces from day 0 on, within which the same share of a day's treatment
 * is lost; the last has no end. Value i of a list is at i * stride. Without pieces nothing is lost.
 */
typedef struct msp_doses {
    const double *day, *lost, *rate; /* first day; L then; 1 - a, from 0 to 1 */
    size_t n, stride;
} msp_doses;

/* Days of treatment lost up to a day: L(t). */
double msp_doses_lost(const msp_doses *doses, double day);

/* On the day of the transplant it has been done. */
double msp_kinetics_burden(const msp_kinetics *kinetics, const msp_doses *doses, double day);

MSP_END
#endif
