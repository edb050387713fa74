/* curve_internal.h - networks of curves: terms, cells, and the columns of the regression. */
#ifndef MSP_EVIDENCE_CURVE_INTERNAL_H
#define MSP_EVIDENCE_CURVE_INTERNAL_H

#include "mspike/evidence/curve_network.h"
#include "network_internal.h"

/* Polynomials are counted in so many cells of equal width. */
#define MSP__CURVE_CELLS 100
#define MSP__CURVE_EDGES (MSP__CURVE_CELLS + 2)

/* The terms b_j at a time above 0. Powers are those of time / unit, which spans the same curves. */
void msp__curve_terms_at(const msp_curve_model *m, double unit, double time, double *b);

/* The edges of the cells from 0 on; how many cells. */
size_t msp__curve_place_cells(const msp_curve_model *m, double last, double *edge);

/* Events and time at risk of one arm of one study in one cell. */
typedef struct msp__curve_cell {
    size_t study, treat;
    double events, exposure, time; /* the middle */
} msp__curve_cell;

typedef struct msp__curve_cells {
    msp__curve_cell *at; /* the caller's to free */
    size_t n;
    double edge[MSP__CURVE_EDGES];
    size_t n_edge;
} msp__curve_cells;

/* Only cells in which a study was watched, and for intervals those in which it had an event:
 * without one its baseline there is 0, and it says nothing. */
msp_status msp__curve_count(const msp_ipd *ipd, const msp_curve_model *m, double last,
                            msp__curve_cells *c, msp_error *err);

/* The first column of a treatment's effects; those of the studies' terms come before. */
size_t msp__curve_effect_at(const msp_curve_fit *f, size_t treat);

/* The columns of a cell that are not 0, and their values; how many. */
size_t msp__curve_columns(const msp_curve_fit *f, size_t study, size_t treat, double time,
                          size_t *column, double *x);

double msp__curve_log_hazard(const msp_curve_fit *f, const double *beta, const size_t *column,
                             const double *x, size_t n);

/* Sets f->use from the weighted gram matrix, which is destroyed: references have no effects, and a
 * column is used where those before it do not make it up. own[p] is room. */
void msp__curve_choose(msp_curve_fit *f, double *gram, double *own);

/* Checks rows and model; room for the fit, and what studies connect. */
msp_status msp__curve_open(const msp_ipd *ipd, const msp_curve_model *model, msp_curve_fit *out,
                           msp_error *err);

/* Maximises the likelihood; powers are those of time / f->last. */
msp_status msp__curve_fit(const msp_ipd *ipd, msp_curve_fit *f, msp_error *err);

#endif
