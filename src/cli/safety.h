/* safety.h - what `mspike safety` found, and how it is printed. */
#ifndef MSPIKE_CLI_SAFETY_H
#define MSPIKE_CLI_SAFETY_H

#include "cli.h"
#include "mspike/analysis.h"

typedef struct safety_answer {
    msp_patients patients;
    msp_bloods bloods;
    msp_results results;     /* of msp_safety_... */
    msp_lab_course *courses; /* of each patient; NULL where no values are graded */
    msp_ctcae version;
    const char **arms;
    uint32_t *arm; /* of each patient */
    size_t n_arms;
    bool adverse; /* some table says what events there were */
} safety_answer;

void safety_as_text(const safety_answer *a, msp_text *out);
void safety_as_json(const safety_answer *a, msp_text *out);
void safety_as_csv(const safety_answer *a, msp_text *out);
/* The graded values of one patient with their reasons. */
void safety_patient_as_text(const safety_answer *a, size_t patient, msp_text *out);
void safety_patient_as_json(const safety_answer *a, size_t patient, msp_text *out);
void safety_patient_as_csv(const safety_answer *a, size_t patient, msp_text *out);

#endif
