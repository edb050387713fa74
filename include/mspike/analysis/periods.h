/*
 * periods.h - rates, hazard ratios and a model where the hazard is constant within given periods
 * (stats/piecewise.h). docs/methods/piecewise-exponential.md.
 */
#ifndef MSPIKE_ANALYSIS_PERIODS_H
#define MSPIKE_ANALYSIS_PERIODS_H

#include "mspike/analysis/survival.h"

MSP_BEGIN

typedef struct msp_periods_options {
    const double *cut;
    size_t n_cuts;
    double level, level_ratio; /* of the rates; of the hazard ratios */
} msp_periods_options;

/* An arm against the first, in one period. */
typedef struct msp_periods_ratio {
    msp_interval ratio;
    double p, log_p;
} msp_periods_ratio;

typedef struct msp_periods {
    size_t n_arms, n_periods;
    bool exact;                /* all times exact or right-censored: exact limits, else Wald's */
    msp_piecewise *arms;       /* one each, of no columns; empty for an arm without rows */
    msp_interval *rates;       /* n_arms x n_periods */
    msp_periods_ratio *ratios; /* (n_arms - 1) x n_periods; none with one arm */
    msp_test alike;            /* one hazard ratio in all periods: likelihood ratio; NaN: none */
    const char *alike_note;
    msp_piecewise model; /* of the terms */
    msp_arena arena;
} msp_periods; /* {0} is empty */

/* What cannot be estimated is NaN with a note; MSP_OK all the same. MSP_ERANGE for a row (named) or
 * the cuts, MSP_ENODATA, MSP_EMEM. On failure *out is empty. */
msp_status msp_periods_fit(const msp_survival_data *data, const msp_periods_options *options,
                           msp_periods *out, msp_error *err);
void msp_periods_free(msp_periods *periods);

MSP_END
#endif
