/*
 * cumulative.h - competing risks: how many had each cause, and do groups differ in it?
 *
 * An event ends follow-up by one of n_causes causes; cause[row] is 0 for a censored row and 1 to
 * n_causes for an event. With r at risk, d events and d_j of cause j at time u, and S(u-) the share
 * still without any event just before,
 *
 *   F_j(t) = sum over u <= t of S(u-) d_j / r            (Aalen & Johansen 1978)
 *
 * and its variance is that of Gray's program (the delta method, counts at one time hypergeometric).
 * Gray's test (Ann Stat 16:1141, 1988) compares F_j of k groups; 1 - Kaplan-Meier, which takes
 * other causes for censorings, answers another question. docs/methods/competing-risks.md.
 */
#ifndef MSPIKE_STATS_CUMULATIVE_H
#define MSPIKE_STATS_CUMULATIVE_H

#include "mspike/stats/convention.h"
#include "mspike/stats/order.h"

MSP_BEGIN

/* One cause in one group: a row for each time at which this cause happened. */
typedef struct msp_cumulative_curve {
    size_t n_patients;
    size_t n_events; /* of this cause */
    size_t n;
    const double *time;      /* increasing */
    const double *incidence; /* F(time), after the step */
    const double *variance;  /* of F(time) */
    double end;              /* the last follow-up; NaN without patients */
    bool complete;           /* nobody is left without an event: F stays after `end` */
} msp_cumulative_curve;

typedef struct msp_cumulative {
    size_t n_groups, n_causes;
    msp_cumulative_curve *curves; /* that of group g and cause j: g * n_causes + j - 1 */
    double *block;                /* owns the arrays */
} msp_cumulative;                 /* {0} is empty */

/*
 * group[row] < n_groups, NULL for one group. The order's events are the rows with a cause. On
 * failure *out is empty: MSP_ERANGE for a code out of range or a cause that contradicts the event,
 * MSP_EUNSUPPORTED for entry times, MSP_EMEM. Time O(n causes), no sorting.
 */
msp_status msp_cumulative_fit(const msp_order *order, const uint32_t *cause, size_t n_causes,
                              const uint32_t *group, size_t n_groups, msp_cumulative *out,
                              msp_error *err);
/* Safe to call twice or on {0}. */
void msp_cumulative_free(msp_cumulative *cumulative);

typedef struct msp_cumulative_point {
    double time, estimate, std_error;
    double lower, upper; /* F^exp(-+ z se / (F log F)); NaN where F is 0 or 1 */
} msp_cumulative_point;

/* The curve at a time; NaN after the end of follow-up unless the curve is complete. */
msp_cumulative_point msp_cumulative_at(const msp_cumulative_curve *curve, double time,
                                       double level);

typedef struct msp_gray {
    msp_test test;    /* NaN where there is none, and `note` says why */
    const char *note; /* NULL, or static text */
} msp_gray;

/*
 * Gray's test of `which` cause among group[row] < n_groups within stratum[row] < n_strata (NULL:
 * one), weighing by (1 - F)^rho of all groups together. Errors as above. O(n + events k^2).
 */
msp_status msp_gray_test(const msp_order *order, const uint32_t *cause, size_t n_causes,
                         uint32_t which, const uint32_t *group, size_t n_groups,
                         const uint32_t *stratum, size_t n_strata, double rho, msp_gray *out,
                         msp_error *err);

MSP_END
#endif
