/* adam_responses.h - what the makers of ADaM tables share. */
#ifndef MSP_ENDPOINT_ADAM_RESPONSES_H
#define MSP_ENDPOINT_ADAM_RESPONSES_H

#include "mspike/endpoint/adam.h"

/* ADRS and ADTTE of one patient as the investigator and the review committee reported him; those
 * of whom nobody was reported add nothing. What does not depend on them is in `derived`. */
msp_status msp__adam_add_reported(msp_adam *adam, const char *study, const msp_patient *patient,
                                  const msp_timeline *derived, const msp_reports *reports,
                                  const msp_rules *rules, msp_arena *arena, msp_error *err);

#endif
