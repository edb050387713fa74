/* score.h - what the score intervals of one and of several tables share. */
#ifndef MSP_STATS_SCORE_H
#define MSP_STATS_SCORE_H

#include "mspike/stats/two_by_two.h"

/* A table as doubles. */
typedef struct msp__counts {
    double x1, n1, x2, n2;
} msp__counts;

msp__counts msp__counts_of(const msp_two_by_two *table);
msp_status msp__check_table(const msp_two_by_two *table, msp_error *err);

/* N / (N - 1) (P1 Q1 / n1 + P2 Q2 / n2) with P1 - P2 = d, -1 <= d <= 1, most likely. */
double msp__difference_variance(const msp__counts *c, double d);

/* The d beyond `estimate` towards `end` (-1 or 1) where `excess` turns positive: it is negative or
 * 0 near the estimate, and `end` itself is the limit where it never does. */
double msp__score_limit(double (*excess)(double d, const void *context), const void *context,
                        double estimate, double end);

#endif
