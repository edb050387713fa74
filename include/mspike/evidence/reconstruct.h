/*
 * reconstruct.h - patients rebuilt from a published Kaplan-Meier curve and its table of numbers at
 * risk.
 *
 * Between two columns of the risk table, L patients leave: e with the event, L - e censored. The
 * censored are spread evenly over that time; the curve then says how many events it takes to fall
 * as it does, and e is where both agree (the idea of Guyot et al., BMC Med Res Methodol 12:9, 2012;
 * solved here by halving, so numbers at risk always come out as printed). Events go to the points
 * at which the curve falls. After the last column the censoring of the columns before goes on, or
 * as much as the number of events needs that was published; with a published number of events the
 * result has exactly so many, moved where it costs the curve least, or says how many it lacks.
 *
 * One print allows many sets of patients. A draw varies what it leaves open: when the censored
 * left, and the reading of the figure. docs/methods/reconstruction.md.
 */
#ifndef MSPIKE_EVIDENCE_RECONSTRUCT_H
#define MSPIKE_EVIDENCE_RECONSTRUCT_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* Read off the figure: the curve falls to `survival` at `time`. */
typedef struct msp_curve_point {
    double time, survival;
} msp_curve_point;

/* One column of the table below the figure: followed at least until `time`. */
typedef struct msp_risk_column {
    double time;
    size_t at_risk;
} msp_risk_column;

#define MSP_EVENTS_UNKNOWN SIZE_MAX

/* One arm, borrowed. Points in the order of the figure; a time slightly before 0 is 0, and a point
 * above an earlier one is lowered to it: both are errors of reading. */
typedef struct msp_published_curve {
    const msp_curve_point *point;
    size_t n_points;
    const msp_risk_column *risk; /* the first at time 0 */
    size_t n_risk;
    size_t events; /* of the arm, or MSP_EVENTS_UNKNOWN */
} msp_published_curve;

/* Where the curve rises, as no survival does: the first point after `from` that lies more than
 * `tolerance` above the lowest since `from` (*lowest); n_points where there is none. Two readings
 * with an error of up to e differ by up to 2 e: that is no more than noise. Going on from the point
 * returned finds the next. */
size_t msp_curve_rise(const msp_published_curve *curve, size_t from, double tolerance,
                      size_t *lowest);

/* One of many reconstructions: a function of seed and draw. */
typedef struct msp_reconstruct_draw {
    uint64_t seed, draw;
    double reading; /* each survival is read with an error of up to so much, evenly; 0.003, say */
} msp_reconstruct_draw;

/* What was rebuilt between two columns of the risk table. */
typedef struct msp_reconstructed_piece {
    double from;
    size_t at_risk, events, censored;
} msp_reconstructed_piece;

typedef struct msp_reconstructed {
    size_t n, n_events;
    double *time; /* n, within each piece first the events, then the censored */
    uint8_t *event;
    msp_reconstructed_piece *piece; /* one for each column of the risk table */
    size_t n_pieces;
    size_t lacking;             /* |published events - n_events|; 0 where none were published */
    double largest_error, rmse; /* of its Kaplan-Meier curve at the points */
    double median_read, median; /* where the curve read, and rebuilt, falls to 0.5; NaN: does not */
    void *block;                /* owns the arrays */
} msp_reconstructed;            /* {0} is empty */

/*
 * draw NULL: the even reconstruction. On failure *out is empty: MSP_ERANGE for a number out of
 * range, points or columns whose times fall, numbers at risk that grow, more events than patients
 * (err->row names the point or the column); MSP_ENODATA without points, columns or patients;
 * MSP_EMEM.
 */
msp_status msp_reconstruct(const msp_published_curve *curve, const msp_reconstruct_draw *draw,
                           msp_reconstructed *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_reconstructed_free(msp_reconstructed *reconstructed);

/* The hazard ratio of arm `experimental` to `control` over `draws` reconstructions of both; errors
 * combined by Rubin's rules: total variance = mean of the variances + (1 + 1/m) variance between.
 * All NaN where an arm of a reconstruction has no event while the other has patients: no finite
 * ratio exists. */
typedef struct msp_reconstructed_hazard {
    double log_hr, std_error; /* combined */
    double between;           /* standard deviation between reconstructions: what the print leaves
                               * open */
    double even;              /* log hazard ratio of the even reconstructions */
    size_t draws;
} msp_reconstructed_hazard;
/* draws >= 2; errors as above, and MSP_ERANGE for the draws. */
msp_status msp_reconstruct_hazard(const msp_published_curve *experimental,
                                  const msp_published_curve *control, uint64_t seed, size_t draws,
                                  double reading, msp_reconstructed_hazard *out, msp_error *err);

MSP_END
#endif
