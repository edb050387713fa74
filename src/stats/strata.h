/* strata.h - the positions of an order, laid out code by code. */
#ifndef MSP_STATS_STRATA_H
#define MSP_STATS_STRATA_H

#include "mspike/stats/order.h"

/* Code c holds at[start[c]] .. at[start[c + 1] - 1]: positions in the order, in time order. */
typedef struct msp_layout {
    size_t n_codes;
    size_t *start; /* n_codes + 1 */
    uint32_t *at;
} msp_layout;

/*
 * Lays out the positions by code[row] < n_codes (NULL: all have code 0); `what` names the code in
 * messages, "group" or "stratum". MSP_ERANGE for a code out of range, MSP_EMEM. Time O(n).
 */
msp_status msp__layout_init(msp_layout *out, const msp_order *order, const uint32_t *code,
                            size_t n_codes, const char *what, msp_error *err);
void msp__layout_free(msp_layout *layout);

/*
 * Lays out the entries (indices into order->entry) in the same way; the codes were checked by
 * msp__layout_init, whose `start` serves for both.
 */
msp_status msp__layout_entries(uint32_t **out, const msp_order *order, const uint32_t *code,
                               const msp_layout *layout, msp_error *err);

#endif
