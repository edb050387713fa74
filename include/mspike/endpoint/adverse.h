/*
 * adverse.h - adverse events as AE reports them: ADAE, and those that event-free survival counts.
 *
 * Treatment-emergent: safety/teae.h. An event counts for event-free survival (`adverse-event`)
 * where it is treatment-emergent and a study drug was withdrawn for it, on the day it began, or
 * where it was fatal, on the day of death. A start that is not known, or partial, counts from its
 * first possible day, not before the first dose.
 */
#ifndef MSPIKE_ENDPOINT_ADVERSE_H
#define MSPIKE_ENDPOINT_ADVERSE_H

#include "mspike/endpoint/timeline.h"
#include "mspike/patient/patient.h"
#include "mspike/safety/incidence.h"
#include "mspike/safety/teae.h"
#include "mspike/table/table.h"

MSP_BEGIN

/* First and last dose, and the next therapy, as rules of the window take them. */
msp_treated_time msp_treated_time_of(const msp_patient *patient);

bool msp_event_is_emergent(const msp_patient *patient, const msp_reported_event *event,
                           const msp_teae_rules *rules);
/* The first that counts, with its row; what a table of visits says where there is none. */
msp_dated msp_adverse_event_counts(const msp_patient *patient, const msp_teae_rules *rules);

/* The treatment-emergent events of everybody, and how long each patient was at risk
 * (safety/incidence.h). */
typedef struct msp_adverse_counted {
    msp_counted_event *events;
    size_t n_events;
    msp_patient_at_risk *patients;
    size_t n;
} msp_adverse_counted;

/* `arm` has a number for each patient, MSP_NO_ARM of those who are not counted; who was never dosed
 * is not. A window without an end stops at `cutoff`, else at the last contact. A start that is not
 * known stays so, a partial one is its first possible day, not before the first dose. Lives in
 * `arena`. MSP_EMEM. */
msp_status msp_adverse_count(const msp_patients *patients, const uint32_t *arm,
                             const msp_teae_rules *rules, msp_day cutoff, msp_arena *arena,
                             msp_adverse_counted *out, msp_error *err);

/* A row an event: AESEQ, AEDECOD, AEBODSYS, ASTDT and AENDT (missing where partial), ATOXGRN,
 * AESER, AREL (RELATED, NOT RELATED), AEWDFL (a study drug was withdrawn for it), AEFATFL, TRTEMFL.
 * MSP_EMEM. */
msp_status msp_adae_init(msp_table *table, msp_error *err);
msp_status msp_adae_add(msp_table *table, const char *study, const msp_patient *patient,
                        const msp_teae_rules *rules, msp_error *err);

MSP_END
#endif
