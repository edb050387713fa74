/*
 * survival.h - the time-to-event analysis of one endpoint: curves, medians, follow-up, rates at
 * landmark times, a test, a proportional-hazards model.
 *
 * In: arrays as frame.h makes them, a value a row. Out: plain structs, which `mspike survival`
 * prints and a study turns into records. The rows are sorted once for all of it.
 */
#ifndef MSPIKE_ANALYSIS_SURVIVAL_H
#define MSPIKE_ANALYSIS_SURVIVAL_H

#include "mspike/analysis/frame.h"
#include "mspike/analysis/record.h"
#include "mspike/stats.h"

MSP_BEGIN

typedef struct msp_survival_data {
    size_t n;
    const double *time;
    const uint8_t *event;
    const double *upper;       /* NULL; else the event came after `time` and by this, as in
                                * parametric.h, and `event` is not read: for msp_intervals_fit and
                                * msp_lifetime_fit alone */
    const double *entry;       /* NULL: everyone is followed from 0 */
    const uint8_t *keep;       /* rows with time, event, entry and arm; NULL: all */
    const msp_factor *arm;     /* NULL: one group */
    const msp_factor *stratum; /* of the test and the model; NULL: none */
    const msp_terms *terms;    /* of the model; NULL or empty: no model */
    const msp_factor *cluster; /* of the robust variance; NULL: every row its own */
    const double *weight;     /* of the curves and the model: cox.h; NULL: none. There is no test */
    const uint8_t *keep_test; /* rows of the test; NULL: as keep */
    const uint8_t *keep_model; /* rows of the model; NULL: as keep_test */
} msp_survival_data;

typedef struct msp_survival_options {
    msp_km_options km;             /* interval, level, convention */
    msp_cox_options cox;           /* ties, level of the ratio */
    msp_alternative alternative;   /* of the test */
    const msp_time_weight *weight; /* of the test; NULL: the log-rank test */
    bool maxcombo;                 /* the usual four tests instead; two arms */
    double tau;                    /* of restricted means; 0: none */
    bool robust;         /* a robust variance beside the model's; of weighted curves instead */
    bool residuals;      /* of the model, by row and by event */
    bool diagnostics;    /* concordance, test of proportional hazards */
    bool firth;          /* the model maximises the penalised likelihood */
    bool profile;        /* its tests and limits from the profile of the likelihood */
    bool adjusted;       /* the arms' survival as the model has it for all patients */
    const double *at;    /* one patient's value of each term, or NULL */
    const double *times; /* landmark times, of the above as well */
    size_t n_times;
    bool test;   /* compare the arms */
    bool model;  /* fit the terms */
    bool curves; /* keep the curves; else they are released once the arms are described */
} msp_survival_options;

/* Every default under the convention. */
msp_survival_options msp_survival_options_default(msp_convention convention);

typedef struct msp_survival_arm {
    const char *label;
    size_t n, events;
    msp_km_estimate median, lower_quartile, upper_quartile; /* times by which 50, 25, 75 % had it */
    msp_km_estimate follow_up;                              /* median, reverse Kaplan-Meier */
    double shortest, longest;                               /* follow-up; NaN without patients */
    bool shortest_censored, longest_censored;
    msp_km_point *points; /* n_times of them */
    msp_mean restricted;  /* up to tau */
} msp_survival_arm;

/* An arm against the first. */
typedef struct msp_survival_contrast {
    const char *what; /* "rmst", "rmst_ratio", "survival" */
    const char *arm, *against;
    double at; /* tau, or the time */
    msp_difference difference;
} msp_survival_contrast;

/* Survival that the model predicts at a landmark time. */
typedef struct msp_survival_adjusted {
    const char *label; /* the arm; of one patient the stratum, "" without strata */
    msp_cox_predicted point;
    double lower, upper; /* on the scale of the curve's interval */
} msp_survival_adjusted;

typedef struct msp_survival {
    size_t n, n_missing, events;
    size_t n_arms;
    msp_survival_arm *arms;
    size_t n_times;
    msp_km km;                        /* a curve an arm; empty where the options do not keep them */
    msp_survival_contrast *contrasts; /* n_contrasts of them */
    size_t n_contrasts;
    msp_logrank test;
    bool has_test;
    msp_maxcombo combination;
    bool has_combination;
    msp_cox cox;
    size_t cox_missing; /* rows of the curves that the model leaves out */
    bool has_model;
    msp_cox_robust robust;
    bool has_robust;
    msp_cox_profile profile;
    bool has_profile;
    msp_cox_residuals residuals;
    bool has_residuals;
    msp_survival_adjusted *adjusted; /* arm by arm standardised, then one patient */
    size_t n_adjusted;
    msp_survival_contrast *adjusted_contrasts; /* "adjusted_survival": arms against the first */
    size_t n_adjusted_contrasts;
    msp_concordance concordance;
    msp_test *proportionality; /* a term each, then all together; NULL without diagnostics */
    msp_survival_options options;
    msp_arena arena;
} msp_survival; /* {0} is empty */

/* Fits. What cannot be estimated is NaN or a state with its note in the parts of *out; MSP_OK all
 * the same. MSP_ENODATA when no row is left, MSP_ERANGE names a row with an impossible time.
 * Labels, terms and times are borrowed. On failure *out is empty. */
msp_status msp_survival_fit(const msp_survival_data *data, const msp_survival_options *options,
                            msp_survival *out, msp_error *err);
void msp_survival_free(msp_survival *survival);

/* Why there is no median, lower limit, ...: for notes; "" where there is one. */
const char *msp_survival_median_note(const msp_survival_arm *arm);

MSP_END
#endif
