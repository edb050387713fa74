/*
 * cox_diagnostics.h - what a fitted Cox model leaves over: residuals, baseline hazards, robust
 * variance, the test of proportional hazards, concordance.
 *
 * All take what was given to msp_cox_fit and its result. They need a model that converged with
 * Efron's or Breslow's ties: MSP_EUNSUPPORTED otherwise, as for a model with an infinite
 * coefficient. A column without a coefficient (ALIASED) counts as 0 and has NaN where it stands for
 * a parameter. Case weights are those of the fit, whose array is read again: residuals are of a
 * row that counts once (dfbeta by its weight), everything else counts a row by its weight.
 * docs/methods/cox-diagnostics.md.
 */
#ifndef MSPIKE_STATS_COX_DIAGNOSTICS_H
#define MSPIKE_STATS_COX_DIAGNOSTICS_H

#include "mspike/stats/cox.h"

MSP_BEGIN

/* What a model was fitted to. */
typedef struct msp_cox_model {
    const msp_order *order;
    const msp_cox_column *columns;
    size_t n_columns;
    const uint32_t *stratum; /* NULL: one */
    size_t n_strata;
    const msp_cox *fit;
} msp_cox_model;

typedef struct msp_cox_residuals {
    size_t n_rows, n_columns, n_events;
    /* By row of the caller's arrays; NaN for a row left out. */
    double *martingale; /* n_rows: events less expected events */
    double *deviance;   /* n_rows */
    double *score;      /* n_rows x n_columns */
    double *dfbeta;     /* n_rows x n_columns: score times the model's variance, and the weight */
    /* By event: stratum by stratum in time order, then by row. */
    uint32_t *event_row;       /* n_events */
    double *schoenfeld;        /* n_events x n_columns: x less its mean at the event */
    double *scaled_schoenfeld; /* n_events x n_columns: times variance and number of events, plus
                                * the coefficient (Grambsch & Therneau 1994) */
    void *block;
} msp_cox_residuals; /* {0} is empty */

/* MSP_EUNSUPPORTED as above, MSP_EMEM. O(n p + events p). */
msp_status msp_cox_residuals_of(const msp_cox_model *model, msp_cox_residuals *out, msp_error *err);
void msp_cox_residuals_free(msp_cox_residuals *residuals);

/* The cumulative hazard of a patient whose covariates are all 0, in one stratum: a step at each
 * event time. Times and hazards are written to arrays with room for the stratum's events; *n is
 * their number. */
msp_status msp_cox_baseline(const msp_cox_model *model, uint32_t stratum, double *time,
                            double *hazard, size_t *n, msp_error *err);

/* A sandwich estimate (Lin & Wei 1989): D'D with D the dfbeta added up within clusters. */
typedef struct msp_cox_robust {
    size_t n_clusters;                 /* with a row in the model */
    double *variance;                  /* n_columns x n_columns */
    msp_cox_coefficient *coefficients; /* std_error, z, p and limits from it */
    msp_test wald, score;              /* of all coefficients = 0 */
    void *block;
} msp_cox_robust; /* {0} is empty */

/* cluster[row] < n_clusters; NULL makes every row its own. MSP_ERANGE for a code out of range. */
msp_status msp_cox_robust_of(const msp_cox_model *model, const uint32_t *cluster, size_t n_clusters,
                             msp_cox_robust *out, msp_error *err);
void msp_cox_robust_free(msp_cox_robust *robust);

/* How time enters the test of proportional hazards. */
typedef enum msp_cox_time {
    MSP_COX_TIME_KM, /* 1 - S(t-) of all rows: R's default */
    MSP_COX_TIME_RANK,
    MSP_COX_TIME_IDENTITY,
    MSP_COX_TIME_LOG
} msp_cox_time;

/*
 * Score test that the coefficients of some columns do not drift with g(t) (Grambsch & Therneau
 * 1994, with the full information as in survival 3): tests[k] of the columns with term[column] = k
 * < n_terms (NULL: each its own), and *global of all.
 */
msp_status msp_cox_proportionality(const msp_cox_model *model, msp_cox_time transform,
                                   const size_t *term, size_t n_terms, msp_test *tests,
                                   msp_test *global, msp_error *err);

typedef struct msp_concordance {
    double estimate,
        std_error; /* share of comparable pairs whose risks are in order, ties by half */
    double concordant, discordant, tied;
    const char *note; /* NULL, or why there is none */
} msp_concordance;

/* Harrell's C of the model's risk, pairs within strata, with the infinitesimal jackknife's standard
 * error, summed within clusters as above. O(n log n). */
msp_status msp_cox_concordance(const msp_cox_model *model, const uint32_t *cluster,
                               size_t n_clusters, msp_concordance *out, msp_error *err);

MSP_END
#endif
