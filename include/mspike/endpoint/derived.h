/*
 * derived.h - the timeline of a patient whose response was derived from measurements.
 */
#ifndef MSPIKE_ENDPOINT_DERIVED_H
#define MSPIKE_ENDPOINT_DERIVED_H

#include "mspike/base/arena.h"
#include "mspike/endpoint/timeline.h"
#include "mspike/patient/patient.h"
#include "mspike/response/judge.h"
#include "mspike/response/result.h"

MSP_BEGIN

/* What happened to `patient` by the response `result`. `followed` is the response with
 * post_new_therapy=include, for rules that do not censor at the next therapy; it may be NULL.
 * Without `sources` (NULL) nothing from measurements says where it is from, which is faster. The
 * source of an assessment is the measurement that decided it, that of a progression that of its
 * assessment; dates that ADSL holds (randomisation, first dose, death, last known alive) are from
 * there. Last known alive is the last day of which anything is known. Lines of therapy after the
 * trial's count by the default rules (in msp_derived_timelines by the trial's). What no table says
 * did not happen until the caller sets it. Lists are the arena's. MSP_EMEM. */
msp_status msp_derived_timeline(const msp_patient *patient, const msp_patient_source *sources,
                                const msp_response_result *result,
                                const msp_response_result *followed, msp_arena *arena,
                                msp_timeline *out, msp_error *err);

/* A row of measurements as a source: data set, column of the values, --SEQ or the row from 1. */
msp_traced msp_derived_source(const msp_patient_source *source, uint32_t row);

/* Of everybody, in the order of the patients. They were judged by `rules` and `measurability` (may
 * be NULL) and are judged once more with post_new_therapy=include. MSP_EMEM, and what
 * msp_responses_judge fails with. */
msp_status msp_derived_timelines(const msp_patients *patients, const msp_responses *responses,
                                 const msp_rules *rules, const msp_measurability *measurability,
                                 msp_arena *arena, msp_timeline **out, msp_error *err);

MSP_END
#endif
