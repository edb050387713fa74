/*
 * crossover.h - patients who went over to another treatment, as if the trial began with it.
 *
 * Time starts at the crossover; the baseline is what was last measured up to it, within the windows
 * that hold for any baseline; a response and a progression are judged against that baseline and
 * what follows. What came before is no part of it: not the lowest value, not the progression that
 * led to the crossover. The next therapy is the one after it.
 */
#ifndef MSPIKE_ENDPOINT_CROSSOVER_H
#define MSPIKE_ENDPOINT_CROSSOVER_H

#include "mspike/base/arena.h"
#include "mspike/endpoint/timeline.h"
#include "mspike/patient/patient.h"
#include "mspike/protocol/protocol.h"

MSP_BEGIN

/* A patient who crossed over (patient->crossed is not NULL) as one whose trial began on that day;
 * lists are the patient's. */
msp_patient msp_crossover_begin(const msp_patient *patient);

/* Of everybody, in the order of the patients: msp_timeline_none of those who stayed. *out is NULL
 * where nobody crossed over. `whole` has everybody's timeline from the start of the trial
 * (derived.h): a progression after the crossover is the second one there, where no table says
 * another. Lists are the arena's. MSP_EMEM, and what msp_responses_judge fails with. */
msp_status msp_crossover_timelines(const msp_patients *patients, const msp_rules *rules,
                                   const msp_measurability *measurability, msp_arena *arena,
                                   msp_timeline *whole, msp_timeline **out, msp_error *err);

MSP_END
#endif
