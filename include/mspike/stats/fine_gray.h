/*
 * fine_gray.h - proportional hazards of the subdistribution of one cause (Fine & Gray 1999).
 *
 * A patient who had another cause at s stays at risk for this one at t > s with weight
 * G(t-) / G(s-), G the Kaplan-Meier curve of the censorings; b maximises the weighted partial
 * likelihood, tied events after Breslow, and its variance is the sandwich that knows G was
 * estimated. Conventions are those of the authors' program (cmprsk): G is left-continuous, and at a
 * tied time events come before censorings. docs/methods/competing-risks.md.
 *
 * The hazard ratio is one of the cumulative incidence, not of the rate of this cause among those
 * still event-free: for that fit msp_cox_fit with the other causes censored (cause-specific
 * hazard).
 */
#ifndef MSPIKE_STATS_FINE_GRAY_H
#define MSPIKE_STATS_FINE_GRAY_H

#include "mspike/stats/cox.h"

MSP_BEGIN

typedef struct msp_fine_gray {
    size_t n, n_events, n_columns; /* n_events: of this cause */
    size_t n_other;                /* events of other causes */
    double level;
    msp_cox_state state; /* MONOTONE: an infinite coefficient; then no other is estimated */
    const char *note;    /* NULL, or what the state means here; static text */
    msp_cox_coefficient *coefficients; /* n_columns; std_error and p from the sandwich */
    double *variance;                  /* n_columns x n_columns, sandwich; NaN unless ESTIMATED */
    double *information;               /* n_columns x n_columns, of the weighted likelihood */
    double loglik_null, loglik;        /* of the weighted likelihood: not for a test */
    int iterations;
    double gradient; /* largest |score| at the end, columns scaled to standard deviation 1 */
    msp_test wald;   /* of all coefficients = 0, with the sandwich */
    void *block;     /* owns the arrays */
} msp_fine_gray;     /* {0} is empty */

/*
 * Fits n_columns >= 1 columns to `which` cause; cause[row] as in cumulative.h. Only level and
 * max_iterations of the options are read. MSP_OK whenever the question is well put: read
 * out->state. On failure *out is empty: MSP_ERANGE, MSP_EUNSUPPORTED for entry times, MSP_EMEM.
 * Time O(n p + events p^2) an iteration after the one sort of the order; memory about
 * 8 (2 p + 6) n bytes.
 */
msp_status msp_fine_gray_fit(const msp_order *order, const uint32_t *cause, size_t n_causes,
                             uint32_t which, const msp_cox_column *columns, size_t n_columns,
                             const msp_cox_options *options, msp_fine_gray *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_fine_gray_free(msp_fine_gray *model);

MSP_END
#endif
