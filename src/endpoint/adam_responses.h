/* adam_responses.h - what the makers of ADaM tables share. */
#ifndef MSP_ENDPOINT_ADAM_RESPONSES_H
#define MSP_ENDPOINT_ADAM_RESPONSES_H

#include "mspike/endpoint/adam.h"

/* What is asked, whoever answers. */
typedef struct msp__adam_asked {
    const msp_adam_options *options;
    msp_asked all;
    msp_arena *arena;
} msp__adam_asked;

/* ADRS and ADTTE of one patient as the investigator and the review committee reported him; those
 * of whom nobody was reported add nothing. What does not depend on them is in `derived`, and from
 * the crossover on in `derived_crossed` (NULL: nobody crossed over). */
msp_status msp__adam_add_reported(msp_adam *adam, const msp__adam_asked *asked,
                                  const msp_patient *patient, const msp_timeline *derived,
                                  const msp_timeline *derived_crossed, msp_error *err);

#endif
