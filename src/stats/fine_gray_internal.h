/*
 * fine_gray_internal.h - the data of a Fine-Gray model and what is computed from them.
 *
 * Rows stand in the order of the fit of a Cox model, the latest time first: the rows at risk at the
 * e-th event time (the latest is e = 0) are those before end[e], with the rows of another cause
 * from there on, each with weight G(t-) / G(s-).
 */
#ifndef MSP_STATS_FINE_GRAY_INTERNAL_H
#define MSP_STATS_FINE_GRAY_INTERNAL_H

#include "cox_internal.h"

typedef enum subrisk_kind { CENSORED, EVENT, OTHER } subrisk_kind;

typedef struct subrisk {
    size_t n, p, n_times;
    const msp_order *order;
    cox_frame frame;    /* of all rows, one stratum */
    uint8_t *kind;      /* n */
    double *free;       /* n: G just before the row's time */
    size_t *end;        /* n_times */
    double *events;     /* n_times */
    double *g;          /* n_times: G just before the event time */
    double **x;         /* p columns, centred */
    double *event_sums; /* p */
    /* of the evaluation under way */
    double *weight; /* n: exp(x'b) */
    double *share;  /* n: what the row takes part in all event times */
    double *hazard; /* n_times: events / S0 */
    double *means;  /* p x n_times: S1 / S0 */
    double *s0;     /* n_times */
    double *room;   /* of sums */
    double *block;
} subrisk;

/* Everything but the columns; x has room for p of them. */
msp_status subrisk_init(subrisk *r, const msp_order *order, const uint32_t *cause, uint32_t which,
                        size_t p, msp_error *err);
void subrisk_free(subrisk *r);
/* Sums over the events, once the p columns stand. */
void subrisk_set(subrisk *r, size_t p);

/* Log-likelihood (-INFINITY outside the range of doubles), score and information at b. */
void subrisk_evaluate(subrisk *r, const double *b, cox_point *out);
/* The variance of the score at the b evaluated last, p x p. */
msp_status subrisk_score_variance(const subrisk *r, double *variance, msp_error *err);

/* Does column x order every event in its weighted risk set? As cox_find_order. */
msp_status subrisk_find_order(const subrisk *r, const double *x, int *sign, msp_error *err);

#endif
