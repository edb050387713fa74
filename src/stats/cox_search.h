/* cox_search.h - maxima of a Cox likelihood, penalised or not, with one coefficient held or none.
 */
#ifndef MSP_STATS_COX_SEARCH_H
#define MSP_STATS_COX_SEARCH_H

#include "cox_internal.h"

/* No coefficient is held. */
#define COX_ALL_FREE SIZE_MAX

/* What the penalty works in. */
typedef struct cox_penalty {
    size_t size;                     /* of a sum over a risk set */
    double *pairs, *row, *own, *now; /* such sums, `pairs` in two doubles each */
    double *inverse;                 /* p x p */
    double *third;                   /* p: half the trace of inverse times d information / d b */
    double *vector;                  /* p */
    double *weight;                  /* n */
} cox_penalty;

typedef struct cox_search {
    cox_frame frame;
    cox_work work;
    bool firth;
    cox_penalty penalty;
    size_t p;
    size_t *column; /* p: which of the caller's */
    double **x;     /* p columns of the frame */
    double *scale;
    double *b;                               /* p, in units of the scale, as all below */
    double *step, *trial_b, *unit_b, *floor; /* p */
    cox_point now, trial;                    /* now: at b */
    double *factor;                          /* p x p, of now.information */
    bool *used;
    int iterations, max_iterations;
    double *x_block, *block;
} cox_search;

/* The columns of which `take` is true (NULL: all) and which vary; b = 0, nothing evaluated. */
msp_status cox_search_init(cox_search *s, const msp_order *order, const msp_cox_column *columns,
                           size_t n_columns, const bool *take, const uint32_t *stratum,
                           size_t n_strata, const msp_cox_options *options, bool firth,
                           msp_error *err);
void cox_search_free(cox_search *s);

/* Evaluates at s->b into s->now. */
msp_status cox_search_start(cox_search *s, msp_error *err);
/* Leaves out columns that earlier ones determine, by s->now; evaluates anew. */
msp_status cox_search_drop(cox_search *s, msp_error *err);
/* Newton's method from s->b, coefficient `held` staying as it is; *found is false where there is no
 * maximum in sight. */
msp_status cox_search_climb(cox_search *s, size_t held, bool *found, msp_error *err);

/* A limit of coefficient k and the likelihood ratio of 0, from the maximum. */
typedef struct cox_limits {
    double lower, upper, ratio; /* limits in units of the scale */
} cox_limits;

/* `at` is where coefficient k has the maximum, `top`, perhaps +-INFINITY; the others begin from
 * s->b; `width` is a step to begin with, about a standard error. */
msp_status cox_search_limits(cox_search *s, size_t k, double at, double top, double width,
                             double level, cox_limits *out, msp_error *err);

/* Sets z, p and limits of a coefficient whose column has that scale. */
void cox_set_profile(msp_cox_coefficient *of, const cox_limits *limits, double scale);

/* Adds the penalty to a point per unit of the columns, whose information is positive definite;
 * else the log-likelihood becomes -INFINITY. */
void cox_penalise(cox_search *s, const double *b, cox_point *out);

#endif
