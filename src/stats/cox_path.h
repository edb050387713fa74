/*
 * cox_path.h - a fitted Cox model event by event.
 *
 * Rows stand as in a cox_frame, event e of a tie in the same order; its risk set has hazard
 * 1 / S0 and mean S1 / S0, with Efron's ties less the part l / d of the tie's own sums.
 */
#ifndef MSP_STATS_COX_PATH_H
#define MSP_STATS_COX_PATH_H

#include "cox_internal.h"
#include "mspike/stats/cox_diagnostics.h"

typedef struct cox_path {
    cox_frame frame;
    size_t p;
    msp_cox_ties ties;
    double **x;     /* p columns, centred within strata */
    double *weight; /* n: exp(x'b), without the case weight that frame.weight holds */
    size_t *event;  /* n_ties + 1: the first event of each tie */
    double *hazard; /* n_events: with case weights the event's weight / S0 */
    double *mean;   /* n_events x p */
    double *block;
    double *b; /* p: 0 for a column without a coefficient */
} cox_path;

/* At the model's coefficients, or all zero (`null`). MSP_EUNSUPPORTED, MSP_EMEM. */
msp_status cox_path_init(cox_path *path, const msp_cox_model *model, bool null, msp_error *err);
void cox_path_free(cox_path *path);

/* Martingale and score residuals by row of the frame; score (n x p) and martingale may be NULL. */
msp_status cox_path_residuals(const cox_path *path, double *martingale, double *score,
                              msp_error *err);

/* Called for each event: its tie, its place in it, and the sums over its risk set of w (1, x, and
 * where asked the lower triangle of x x'). */
typedef void (*cox_visit)(void *context, const cox_path *path, size_t tie, size_t place,
                          const double *sums);
msp_status cox_path_visit(const cox_path *path, bool squares, cox_visit visit, void *context,
                          msp_error *err);

#endif
