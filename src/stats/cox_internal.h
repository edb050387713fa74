/*
 * cox_internal.h - the parts of the Cox model.
 *
 * A frame holds the rows in the order of the fit: stratum by stratum, the latest time first, so
 * that the rows at risk at an event are those before it. `ties` lists the event times in that
 * order. Columns are centred within strata (which changes no likelihood) and kept with their
 * standard deviation; Newton's method works in units of it.
 */
#ifndef MSP_STATS_COX_INTERNAL_H
#define MSP_STATS_COX_INTERNAL_H

#include "mspike/stats/cox.h"

typedef struct cox_tie {
    uint32_t end; /* rows start[s] .. end - 1 of the frame have this time or later; the last
                   * `events` of them are the events */
    uint32_t events;
    uint32_t first; /* how many events come before these in the frame */
    uint32_t left;  /* of the stratum's `leave` list, how many entered at this time or later */
} cox_tie;

typedef struct cox_frame {
    size_t n, n_events, n_strata, n_ties;
    size_t n_rows;     /* of the caller's arrays */
    uint32_t *row;     /* n: where each row of the frame stands in the caller's arrays */
    size_t *start;     /* n_strata + 1: rows of each stratum */
    size_t *tie_start; /* n_strata + 1: event times of each stratum */
    cox_tie *ties;
    uint8_t *last;   /* n: 1 for the last row of an event time, else 0 */
    uint32_t *leave; /* NULL without entry times; else, stratum by stratum like the rows, rows of
                      * the frame by decreasing entry: going back in time they leave the risk set */
    double *weight;  /* NULL: every row counts 1; else n case weights */
    double *event_weight; /* NULL or n_events: the mean weight of the events of its tie */
    double events;        /* the sum of the weights of the events */
} cox_frame;

/* stratum[row] < n_strata, or NULL for one stratum. */
msp_status cox_frame_init(cox_frame *frame, const msp_order *order, const uint32_t *stratum,
                          size_t n_strata, msp_error *err);
/* MSP_ERANGE where w is no case weight; `row` is the caller's. */
msp_status cox_check_weight(double w, size_t row, msp_error *err);
/* Gives the rows case weights, by the caller's row; NULL: none. MSP_ERANGE, MSP_EMEM. */
msp_status cox_frame_weigh(cox_frame *frame, const double *weight, msp_error *err);
void cox_frame_free(cox_frame *frame);
/* What row i of the frame counts, and what event e. */
static inline double cox_row_weight(const cox_frame *frame, size_t i)
{
    return frame->weight != NULL ? frame->weight[i] : 1;
}

/* Have the event times t .. end - 1 one event each? */
static inline bool cox_all_single(const cox_frame *frame, size_t t, size_t end)
{
    const cox_tie *last = &frame->ties[end - 1];
    return last->first + last->events - frame->ties[t].first == end - t;
}

static inline double cox_event_weight(const cox_frame *frame, size_t e)
{
    return frame->event_weight != NULL ? frame->event_weight[e] : 1;
}

/* One column in the order of the frame, centred within strata; *scale is its standard deviation
 * within strata, 0 when it is constant there. x has room for frame->n. */
msp_status cox_gather(double *x, double *scale, const cox_frame *frame,
                      const msp_cox_column *column, size_t index, msp_error *err);

/* A likelihood and where it leads, at one b (per unit of the columns as gathered). */
typedef struct cox_point {
    double loglik;       /* -INFINITY where the hazards leave the range of doubles */
    double *score;       /* p */
    double *information; /* p x p */
} cox_point;

/* exp(x'b) of larger size would leave no room for sums. */
static const double cox_largest_exponent = 600;

typedef struct cox_table cox_table;

/* What an evaluation reads and the space it works in. */
typedef struct cox_work {
    const cox_frame *frame;
    size_t p;
    const double **x; /* p columns in the order of the frame */
    msp_cox_ties ties;
    const double *b;    /* of the evaluation under way */
    size_t n_weighed;   /* rows whose weight is known */
    bool in_range;      /* no weight has left the range of doubles */
    double *event_sums; /* p: sums of the columns over events */
    double *weight;     /* n: exp(x'b), afterwards the expected events */
    double *hazard;     /* n_events: 1 / denominator of each */
    double *at_entry;   /* n with entry times: cumulative hazard at entry */
    double *block;      /* owns the above and the room of the evaluation itself */
    double *room;
    double *dots;        /* p: of one column with the others */
    const double **mean; /* p columns of a block of event times */
    bool looked;         /* for few patterns, in the columns as they are */
    cox_table *table;    /* of them; NULL where there are many */
} cox_work;

/* Room for columns up to p_max on a frame. */
msp_status cox_work_init(cox_work *work, const cox_frame *frame, size_t p_max, msp_cox_ties ties,
                         msp_error *err);
/* Chooses the columns of the evaluations to come. */
void cox_work_set(cox_work *work, size_t p, const double *const *x);
void cox_work_free(cox_work *work);

/* Adds x to a sum in two doubles: the nearest and what it leaves out (Knuth's two-sum). Rows that
 * leave the risk set leave nothing behind. */
static inline void cox_add_exactly(double *pair, double x)
{
    const double sum = pair[0] + x, part = sum - pair[0];
    pair[1] += (pair[0] - (sum - part)) + (x - part);
    pair[0] = sum;
}

/* Room for what belongs to the columns of a result. */
msp_status cox_allocate_result(msp_cox *out, msp_error *err);

/* Likelihood, score and information at b. */
msp_status cox_evaluate(cox_work *work, const double *b, cox_point *out, msp_error *err);
/* For discrete ties, called by cox_evaluate: takes from what the events add what they expect. */
msp_status cox_evaluate_discrete(cox_work *work, cox_point *out, msp_error *err);
/* The same for the exact marginal likelihood. */
msp_status cox_evaluate_marginal(cox_work *work, cox_point *out, msp_error *err);

/* Counts the rows at risk by pattern of covariates; *out is NULL where that would not pay: many
 * patterns, entry times, small strata. */
msp_status cox_table_init(cox_table **out, const cox_work *work, msp_error *err);
/* Takes from what the events add what they expect, by the counts; work->b and in_range are set. */
void cox_table_evaluate(const cox_table *table, cox_work *work, cox_point *out);
void cox_table_free(cox_table *table);

/*
 * Does y order every event in its risk set, so that the likelihood grows for ever as the
 * coefficient of y goes to +INFINITY (sign 1) or -INFINITY (sign -1)? `y` is in the order of the
 * frame. *sign is 0 when it does not. Time O(n), O(n log n) with entry times.
 */
msp_status cox_find_order(const cox_frame *frame, const double *y, msp_cox_ties ties, int *sign,
                          msp_error *err);

/*
 * The limit of the likelihood along y compares only rows of equal y: new_stratum[row] becomes the
 * code of (stratum, y) for every row of the frame, and *n_strata their number.
 */
msp_status cox_split_strata(const cox_frame *frame, const double *y, uint32_t *new_stratum,
                            size_t *n_strata, msp_error *err);

#endif
