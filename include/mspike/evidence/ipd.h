/*
 * ipd.h - patients of several trials pooled: in two stages, a comparison for each trial and then a
 * network of them, or in one, Cox's model with a baseline hazard of its own for each trial.
 *
 *   hazard ratio      Cox's model within each trial, ties by Efron; the comparisons of a trial of
 *                     several arms with their covariance
 *   restricted mean   difference of mean times up to tau, arm by arm: no proportional hazards
 *   one stage         one model of all patients, stratified by trial
 *
 * docs/methods/individual-patients.md.
 */
#ifndef MSPIKE_EVIDENCE_IPD_H
#define MSPIKE_EVIDENCE_IPD_H

#include "mspike/evidence/network.h"

MSP_BEGIN

/* Patients as arrays, borrowed. Studies and treatments are numbered from 0. */
typedef struct msp_ipd {
    size_t n, n_study, n_treat;
    const double *time;   /* finite, > 0 */
    const uint8_t *event; /* 0 or 1 */
    const size_t *study, *treat;
} msp_ipd;

/* MSP_ERANGE for a number out of range (err->row), MSP_ENODATA without rows. */
msp_status msp_ipd_check(const msp_ipd *ipd, msp_error *err);

/* component[n_treat]: the first treatment of those that studies connect with it; study[n_study]:
 * that of the study's treatments (n_treat where it has no patients). */
void msp_ipd_connect(const msp_ipd *ipd, size_t *component, size_t *study);

/*
 * A contrast for every pair of treatments of every study, treat1 - treat2 with treat1 > treat2, on
 * the scale of the log hazard ratio, or of the restricted mean up to tau. `out` has room for
 * n_study * n_treat * (n_treat - 1) / 2. A study says nothing, and is counted in *left_out, where
 * it has one arm, where its hazard ratio is infinite (an arm without events), or where its
 * follow-up does not reach tau in every arm.
 */
msp_status msp_ipd_hazard_ratios(const msp_ipd *ipd, msp_network_contrast *out, size_t *n,
                                 size_t *left_out, msp_error *err);
msp_status msp_ipd_restricted_means(const msp_ipd *ipd, double tau, msp_network_contrast *out,
                                    size_t *n, size_t *left_out, msp_error *err);

/* One stage. Log hazard ratios against the first treatment of each component; a treatment's own is
 * 0. */
typedef struct msp_ipd_fit {
    size_t n_treat;
    size_t *component; /* [n_treat] of treatments that studies connect */
    double *beta;      /* [n_treat]; NaN where the model has none */
    double *cov;       /* [n_treat * n_treat] */
    size_t n_events;
    const char *note; /* NULL or static */
    msp_arena memory;
} msp_ipd_fit;
msp_status msp_ipd_one_stage(const msp_ipd *ipd, msp_ipd_fit *out, msp_error *err);
/* NaN between components. */
msp_network_estimate msp_ipd_compare(const msp_ipd_fit *fit, size_t treat1, size_t treat2);
/* Right after a failure too. */
void msp_ipd_fit_free(msp_ipd_fit *fit);

MSP_END
#endif
