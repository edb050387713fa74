/*
 * mmrm_internal.h - between the files of the mixed model for repeated measures.
 *
 * With P = V^-1 - V^-1 X F X' V^-1, F = (X' V^-1 X)^-1, e = V^-1 (y - X b), D = dS/dparameter, the
 * restricted likelihood has
 *   score          -1/2 (tr(P D_k) - e' D_k e)
 *   expected       1/2 tr(P D_k P D_l)
 *   observed       -1/2 tr(P D_k P D_l) + e' D_k P D_l e + 1/2 (tr(P D_kl) - e' D_kl e)
 * (Lindstrom & Bates, JASA 83:1014, 1988). Patients with the same visits share V, so traces are
 * taken once a pattern, of sums over its patients.
 */
#ifndef MSP_STATS_MMRM_INTERNAL_H
#define MSP_STATS_MMRM_INTERNAL_H

#include <string.h>

#include "mspike/base/arena.h"
#include "mspike/stats/mmrm.h"

/* Patients who made the same visits. */
typedef struct mmrm_pattern {
    size_t m, n_subjects;
    size_t visit[MSP_MMRM_VISITS];
    double *inverse; /* m x m: of V */
    double *fitted;  /* sum of X F X' over its patients */
    double *errors;  /* sum of e e' */
} mmrm_pattern;

typedef struct mmrm_patient {
    size_t start, pattern; /* first row, in sorted order */
} mmrm_patient;

typedef struct mmrm_fitter {
    msp_arena arena;
    size_t n, r, t, q; /* rows, columns not aliased, visits, parameters */
    size_t n_patients, n_patterns;
    msp_mmrm_structure structure;
    size_t *row;    /* sorted -> given */
    double *x, *y;  /* sorted; n x r */
    size_t *visit;  /* sorted */
    size_t *column; /* r: of the given columns */
    mmrm_patient *patients;
    mmrm_pattern *patterns;
    double *parameters, *trial, *sigma;
    double *info, *beta, *f; /* X'V^-1X factored; b; F */
    bool *used;              /* r, all true */
    bool *determined;        /* q: parameters that the information determines */
    double loglik;
    double *score, *expected, *observed, *step; /* by parameter */
    double *first;                              /* q x t x t */
    double *p_k;                                /* q x r x r: X' V^-1 D_k V^-1 X */
    double *u_k;                                /* q x r: X' V^-1 D_k e */
    double *work;                               /* room for a few small matrices */
    double *a_k;                                /* q x t x t: V^-1 D_k of one pattern */
} mmrm_fitter;

/* mmrm_rows.c: rows by patient, patients by pattern, the columns that are used. */
msp_status msp__mmrm_rows(mmrm_fitter *f, const msp_mmrm_data *data, msp_alias *alias,
                          msp_error *err);

/* mmrm_likelihood.c. Everything at a covariance S; false where S is not one. */
bool msp__mmrm_evaluate(mmrm_fitter *f, const double *sigma, double *loglik);
/* y - X b of one patient. */
void msp__mmrm_residuals(const mmrm_fitter *f, size_t s, double *out);
/* F, score, both informations, P_k, at the covariance evaluated last. */
void msp__mmrm_derive(mmrm_fitter *f);

/* mmrm_adjust.c: Kenward and Roger's covariance of b, p x p; W is fit->expected. */
msp_status msp__mmrm_enlarge(mmrm_fitter *f, const msp_mmrm *fit, double *out, msp_error *err);

/* full (p x p) gets the r x r of the columns used. */
static inline void mmrm_expand(const mmrm_fitter *f, size_t p, const double *small, double *full)
{
    for (size_t k = 0; k < f->r; k++)
        for (size_t l = 0; l < f->r; l++)
            full[f->column[k] * p + f->column[l]] = small[k * f->r + l];
}

static const double mmrm_singular = 1e-11; /* pivot to diagonal */

static inline msp_status msp__mmrm_no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the mixed model");
}

/* out (m x n) = a (m x k) b (k x n) */
static inline void mmrm_multiply(double *out, const double *a, const double *b, size_t m, size_t k,
                                 size_t n)
{
    memset(out, 0, m * n * sizeof *out);
    for (size_t i = 0; i < m; i++)
        for (size_t l = 0; l < k; l++) {
            const double x = a[i * k + l];
            for (size_t j = 0; j < n; j++)
                out[i * n + j] += x * b[l * n + j];
        }
}

/* tr(a b), both m x m */
static inline double mmrm_trace(const double *a, const double *b, size_t m)
{
    double sum = 0;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            sum += a[i * m + j] * b[j * m + i];
    return sum;
}

/* out (r x r) += x' a x with x m x r and a m x m; room for m x r in work */
static inline void mmrm_add_quadratic(double *out, const double *x, const double *a, size_t m,
                                      size_t r, double *work)
{
    mmrm_multiply(work, a, x, m, m, r);
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < r; k++) {
            const double w = x[i * r + k];
            for (size_t l = 0; l < r; l++)
                out[k * r + l] += w * work[i * r + l];
        }
}

/* The rows and columns of a t x t matrix that a pattern has. */
static inline void mmrm_take(double *out, const double *full, const mmrm_pattern *p, size_t t)
{
    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->m; j++)
            out[i * p->m + j] = full[p->visit[i] * t + p->visit[j]];
}

#endif
