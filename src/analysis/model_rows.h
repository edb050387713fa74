/* model_rows.h - the rows of a time-to-event analysis that a parametric model takes, side by side.
 */
#ifndef MSP_ANALYSIS_MODEL_ROWS_H
#define MSP_ANALYSIS_MODEL_ROWS_H

#include "mspike/analysis/survival.h"

typedef struct msp__model_rows {
    size_t *index; /* of each row, in the data */
    size_t n;
    double *lower, *upper;
    double *entry; /* NULL: everyone from 0 */
    msp_cox_column *columns;
    size_t n_columns;
} msp__model_rows;

/* The rows with keep[row] (NULL: all) and, unless `arm` is MSP_NO_LEVEL, of that arm; the columns
 * of `terms` (NULL: none). MSP_EMEM. */
msp_status msp__model_rows_take(const msp_survival_data *data, const uint8_t *keep, uint32_t arm,
                                const msp_terms *terms, msp_arena *arena, msp__model_rows *out,
                                msp_error *err);
/* An error's row as the data number it. */
void msp__model_rows_name(const msp__model_rows *rows, msp_status rc, msp_error *err);
/* The rows that a model of the terms uses. */
const uint8_t *msp__model_rows_mask(const msp_survival_data *data);

#endif
