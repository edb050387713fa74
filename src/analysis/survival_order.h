/* survival_order.h - rows in an order that does not depend on the table's. */
#ifndef MSP_ANALYSIS_SURVIVAL_ORDER_H
#define MSP_ANALYSIS_SURVIVAL_ORDER_H

#include "mspike/analysis/survival.h"

/*
 * Sums of a model go through rows in order of time; of those of one time and kind (event or not)
 * the first becomes the one with the smaller covariates, entry, stratum, weight, cause (NULL:
 * none). Without covariates nothing moves. MSP_EMEM.
 */
msp_status msp__settle_order(msp_order *order, const msp_survival_data *data, const uint32_t *cause,
                             msp_error *err);

/* Rows of the data, in any order, by time and event and then as above. MSP_EMEM. */
msp_status msp__settle_rows(size_t *rows, size_t n, const msp_survival_data *data, msp_error *err);

/* The clusters of the data (every row its own without them) numbered as they come in the order:
 * codes below *n_clusters by row. MSP_EMEM. */
msp_status msp__settle_clusters(const msp_order *order, const msp_survival_data *data,
                                msp_arena *arena, uint32_t **out, size_t *n_clusters,
                                msp_error *err);

#endif
