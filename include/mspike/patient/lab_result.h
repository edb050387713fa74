/*
 * lab_result.h - results as laboratories write them: "3.20", "<0.1", "not detected", "positive".
 */
#ifndef MSPIKE_PATIENT_LAB_RESULT_H
#define MSPIKE_PATIENT_LAB_RESULT_H

#include <stdbool.h>

#include "mspike/patient/fact.h"
#include "mspike/patient/patient.h"

MSP_BEGIN

typedef enum msp_lab_result_kind {
    MSP_RESULT_NOTHING, /* empty, "NA", ".", "not done" */
    MSP_RESULT_VALUE,
    MSP_RESULT_UNREADABLE,
} msp_lab_result_kind;

typedef struct msp_lab_result {
    msp_lab_result_kind kind;
    msp_decimal value;
    msp_decimal limit; /* of an M-protein "<x", whose value is 0: x; else 0 */
    uint8_t flags; /* MSP_MEASURED_BELOW, MSP_MEASURED_ABOVE, and with them MSP_MEASURED_OR_EQUAL */
} msp_lab_result;

/* A result of `marker`; `comma` reads a decimal comma. "<x" and "not detected" of an M-protein are
 * 0 below quantification (rules 1.3); of anything else "<x" is x, flagged, and "not detected" 0. */
msp_lab_result msp_lab_result_read(msp_marker marker, const char *text, bool comma);

/* Whether an immunofixation names the band that it shows: "IgG kappa", "free lambda"; it is
 * positive. */
bool msp_is_band(const char *text);
/* "IgGk", "IgA lambda", "LCl", "kappa light chain" */
void msp_isotype_read(const char *text, msp_heavy_chain *heavy, char *light);

/* Whether plasma cells counted in the marrow by immunohistochemistry are clonal: no, where kappa to
 * lambda is from 1:2 to 4:1 (both included) of 100 cells or more; unknown of fewer (rules.md 2.2,
 * Kumar and others, Lancet Oncol 2016;17:e328). */
msp_fact msp_clonality_of(msp_decimal kappa, msp_decimal lambda);

MSP_END
#endif
