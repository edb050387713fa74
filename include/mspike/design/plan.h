/*
 * plan.h - from the design block of a protocol to the plans of this room.
 *
 * The block was read and checked (msp_protocol_read without an error); what remains to be refused
 * is refused at its line.
 */
#ifndef MSPIKE_DESIGN_PLAN_H
#define MSPIKE_DESIGN_PLAN_H

#include "mspike/design/single_arm.h"
#include "mspike/design/survival.h"
#include "mspike/protocol/protocol.h"

MSP_BEGIN

/* The experimental arm's share: as `allocation` says, else as the arms say, else half. */
double msp_plan_share(const msp_protocol *protocol);

/* Arrays are owned by `arena`. MSP_EUNSUPPORTED and MSP_ERANGE at the line that asks for it. */
msp_status msp_plan_survival(const msp_protocol *protocol, msp_arena *arena, msp_survival_plan *out,
                             msp_error *err);
msp_status msp_plan_one_sample(const msp_protocol *protocol, msp_arena *arena,
                               msp_one_sample_plan *out, msp_error *err);
msp_status msp_plan_median(const msp_protocol *protocol, msp_arena *arena, msp_one_median_plan *out,
                           msp_error *err);

/* The design of such a plan (msp_survival_design_find). What it cannot be is refused at the line
 * that asks for it, and so are a look without an event that the one before it did not have, and a
 * trial with an arm of no patient. */
msp_status msp_plan_design(const msp_protocol *protocol, const msp_survival_plan *plan,
                           msp_survival_design *out, msp_error *err);
/* Whether both arms of a trial of so many have a patient: MSP_ERANGE at the line that says how
 * many. NaN is no number of patients, and allowed. */
msp_status msp_plan_check_arms(const msp_protocol *protocol, double sample_size, msp_error *err);

msp_means_plan msp_plan_means(const msp_protocol *protocol);
msp_proportions_plan msp_plan_proportions(const msp_protocol *protocol);

MSP_END
#endif
