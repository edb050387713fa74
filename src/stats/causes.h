/* causes.h - the causes of competing risks, in the order of the rows. */
#ifndef MSP_STATS_CAUSES_H
#define MSP_STATS_CAUSES_H

#include "mspike/stats/order.h"

/*
 * (*out)[i] is the cause of position i of the order, for the caller to free. MSP_ERANGE for a cause
 * above n_causes, or where cause and event contradict each other; MSP_EUNSUPPORTED for entry times;
 * MSP_EMEM.
 */
msp_status msp__read_causes(uint32_t **out, const msp_order *order, const uint32_t *cause,
                            size_t n_causes, msp_error *err);

#endif
