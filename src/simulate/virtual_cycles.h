/* virtual_cycles.h - the doses that an arm plans, cycle by cycle, as shares of full ones. */
#ifndef MSPIKE_SIMULATE_VIRTUAL_CYCLES_H
#define MSPIKE_SIMULATE_VIRTUAL_CYCLES_H

#include "mspike/schedule/calendar.h"
#include "mspike/simulate/virtual_plan.h"

/* From the arm's calendar into out->cycles, up to `horizon` days. MSP_ENODATA without doses in the
 * first cycle, MSP_ERANGE, MSP_EMEM. */
msp_status sim_plan_cycles(const msp_protocol *protocol, const msp_calendar *calendar,
                           double horizon, msp_arena *arena, msp_virtual_course *out,
                           msp_error *err);

#endif
