/* model_internal.h - between the files of a fitted model. */
#ifndef MSP_ANALYSIS_MODEL_INTERNAL_H
#define MSP_ANALYSIS_MODEL_INTERNAL_H

#include "mspike/analysis/model.h"

/* The rows used, n of them, and what every kind of model says of its columns. */
typedef struct msp_model_work {
    size_t *row; /* of the table */
    double *y;   /* linear, repeated */
    double *time, *entry;
    double *weight; /* NULL: none */
    uint8_t *event;
    uint32_t *subject, *visit, *stratum;
    double *x; /* n x p, row by row */
    double *beta, *variance;
    bool *known; /* p: estimated, or aliased */
    msp_alias alias;
    double df; /* of the linear model; else infinite */
} msp_model_work;

/* model_table.c: which rows, and their arrays. */
msp_status msp__model_table(msp_model *m, const msp_table *table, msp_error *err);
/* model_order.c: the rows in order of what they hold, patients numbered by it. */
msp_status msp__model_settle(msp_model *m, msp_error *err);
/* model_fit.c: the fit; m->fitted and m->note. */
msp_status msp__model_fit(msp_model *m, const msp_table *table, msp_error *err);
/* model_answer.c: coefficients, tests, means, differences. */
msp_status msp__model_answer(msp_model *m, msp_error *err);

/* Column names are looked for as a table does: letters' case counts only where it must. */
size_t msp__model_variable(const msp_formula *formula, const char *name); /* or n_variables */

static inline msp_status msp__model_no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the model");
}

#endif
