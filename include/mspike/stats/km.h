/*
 * km.h - Kaplan-Meier curves of any number of groups, from one sorted order.
 *
 * S(t) is the product over event times u <= t of 1 - d/r (d events among r at risk at u). Its
 * variance is Greenwood's, S^2 * sum d / (r (r - d)). With se the standard error of log S and z the
 * normal quantile of the level, the limits of S are
 *
 *   plain    S -+ z se S                       log     S exp(-+ z se)
 *   log-log  exp(-exp(log(-log S) +- z se / log S))
 *   logit    of log(S / (1 - S)) -+ z se / (1 - S)
 *   arcsine  sin^2(asin sqrt S -+ z se / 2 * sqrt(S / (1 - S)))
 *
 * With case weights d and r are sums of weights, and the variance may be the infinitesimal
 * jackknife's, summed within clusters (as survfit of R's survival: docs/methods/kaplan-meier.md).
 *
 * Limits are cut to [0, 1]; NaN where the scale has no value: at S = 0 always, at S = 1 for the
 * last three. docs/methods/kaplan-meier.md holds references and a worked example.
 */
#ifndef MSPIKE_STATS_KM_H
#define MSPIKE_STATS_KM_H

#include "mspike/stats/convention.h"
#include "mspike/stats/order.h"

MSP_BEGIN

typedef enum msp_km_interval {
    MSP_KM_LOG_LOG,
    MSP_KM_LOG,
    MSP_KM_PLAIN,
    MSP_KM_ARCSINE,
    MSP_KM_LOGIT
} msp_km_interval;

/* "log-log", "log", "plain", "arcsine", "logit". */
const char *msp_km_interval_name(msp_km_interval interval);

typedef struct msp_km_options {
    msp_km_interval interval;
    double level; /* of every interval, 0 < level < 1 */
    msp_convention convention;
    bool reverse; /* censorings are the events: the curve of follow-up (Schemper & Smith 1996) */
    const double *weight; /* NULL: every row counts 1; else a weight a row, 1e-40 to 1e30 */
    bool robust;          /* with weights: the infinitesimal jackknife, not Greenwood's variance */
    const uint32_t *cluster; /* of it: cluster[row] < n_clusters; NULL: every row its own */
    size_t n_clusters;
} msp_km_options; /* arrays are borrowed */

/* Every default: level 0.95 and the convention's interval type. */
msp_km_options msp_km_options_default(msp_convention convention);

/* One group's curve: n rows, one per distinct time at which someone's follow-up ended. */
typedef struct msp_km_curve {
    size_t n_patients; /* rows of the input in this group */
    size_t n_events;
    size_t n;
    const double *time;      /* increasing */
    const double *at_risk;   /* just before time; this and the next two are sums of weights */
    const double *events;    /* at time; the censorings when reverse */
    const double *censored;  /* at time, without the event */
    const double *survival;  /* S(time), after the step */
    const double *std_error; /* of S(time); NaN where S is 0 */
    const double *lower, *upper;
    const double *entry;   /* NULL, or n_patients entry times, increasing (left truncation) */
    const double *entered; /* NULL, or the weights of those rows added up */
    msp_km_options options;
} msp_km_curve;

typedef struct msp_km {
    size_t n_groups;
    msp_km_curve *curves; /* n_groups of them; a group without rows has n = 0 */
    double *block;        /* owns every array */
} msp_km;                 /* {0} is empty */

/*
 * Fits one curve for each group: group[row] < n_groups tells the group of a row of the arrays that
 * `order` was made from; NULL means one group. On failure *out is empty: MSP_ERANGE for a group
 * code, weight, cluster or level out of range, MSP_EMEM. Time O(n), no sorting.
 */
msp_status msp_km_fit(const msp_order *order, const uint32_t *group, size_t n_groups,
                      const msp_km_options *options, msp_km *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_km_free(msp_km *km);

/* An estimate with its limits, any of them NaN where it cannot be estimated. */
typedef struct msp_km_estimate {
    double estimate, lower, upper;
} msp_km_estimate;

/*
 * The time by which a fraction p (0 < p < 1) has had the event, with the limits of Brookmeyer &
 * Crowley (1982): the times at which the lower and upper limits of S fall to 1 - p. Where a curve
 * rests exactly on 1 - p (within 1.5e-8, as R), the middle of that rest. Limits of S need not fall
 * all the time: under MSP_CONVENTION_R the row counts whose limit is nearest below 1 - p, as in R's
 * quantile(), otherwise the first. NaN when S never falls so far, and outside 0 < p < 1. O(rows).
 */
msp_km_estimate msp_km_quantile(const msp_km_curve *curve, double p);

typedef struct msp_km_point {
    double time;
    double at_risk;                /* followed until just before time, or longer */
    double events_by, censored_by; /* up to and at time */
    double survival, std_error, lower, upper;
    bool beyond; /* follow-up ended before this time, and not everybody had the event */
} msp_km_point;

/* The curve at a time: S and its limits are 1 before the first row, and after the last one what the
 * convention says: S carried on (R), or not known (SAS). Time O(rows). */
msp_km_point msp_km_at(const msp_km_curve *curve, double time);

MSP_END
#endif
