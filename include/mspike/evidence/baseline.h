/*
 * baseline.h - in absolute terms: what hazard ratios mean beside a named baseline.
 *
 * The baseline is what one arm of one trial printed of the reference regimen: a median with its
 * interval, or the share without the event at a time. An exponential curve goes through it, with
 *
 *   log hazard = log(log 2 / median)       se = (log upper - log lower) / 2 z of the median
 *                                          (one limit: from that side; none: 1 / sqrt(patients), as
 *                                          if every patient had had the event: too narrow)
 *   log hazard = log(-log(S) / time)       se = sqrt((1 - S) / (n S)) / |log S|
 *
 * and the log hazard of another treatment is that plus its log hazard ratio, the two taken as
 * independent and normal: variances add up. docs/methods/evidence-answer.md.
 */
#ifndef MSPIKE_EVIDENCE_BASELINE_H
#define MSPIKE_EVIDENCE_BASELINE_H

#include "mspike/evidence/choice.h"

MSP_BEGIN

typedef struct msp_baseline {
    const char *regimen;
    const msp_evidence_trial *trial;
    const msp_evidence_result *result;
    const msp_evidence_arm *arm;
    int how;           /* msp_chosen_how: EXACT, PART or PROXY */
    bool no_interval;  /* none was printed: the standard error is the narrowest */
    double log_hazard; /* of a month */
    double std_error;
} msp_baseline;

/*
 * The arm of `regimen`, in a result of the query's population and endpoint, that says most: of
 * exactly the population, then of a part of it, then of a whole trial that stands for it; with an
 * interval; of more patients; printed with more digits; then as the file has them. `trial` names
 * the only trial to look at, or is NULL. False where no such arm prints a median or a rate with its
 * patients.
 */
bool msp_baseline_find(const msp_evidence *evidence, const msp_choice_query *query,
                       const char *regimen, const char *trial, msp_baseline *out);

typedef struct msp_absolute {
    double estimate, lower, upper;
} msp_absolute;

/* Without the event at `months`, 0 to 1, and the median in months, of a treatment whose log hazard
 * ratio to the baseline's regimen has this estimate and standard error (0 and 0: itself). */
msp_absolute msp_baseline_survival(const msp_baseline *baseline, double log_ratio, double std_error,
                                   double level, double months);
msp_absolute msp_baseline_median(const msp_baseline *baseline, double log_ratio, double std_error,
                                 double level);

MSP_END
#endif
