/* size.h - whether there are as many patients as a plan needs, and enough for its formulas. Private
 * to the room. */
#ifndef MSPIKE_DESIGN_SIZE_H
#define MSPIKE_DESIGN_SIZE_H

#include "mspike/base/status.h"

/* MSP_ERANGE above `limit` (NaN: nobody said one), and above a thousand million. */
msp_status design_check_size(double needed, double limit, msp_error *err);

/* What to say of a plan of so few events that the normal law is no guide to it; NULL for others. */
const char *design_few_events(double events);

#endif
