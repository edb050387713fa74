/*
 * dose.h - a dose in milligrams, exactly.
 *
 *   mg, g           as it stands
 *   mg/m2           times the body surface, `cap` m2 at most
 *   mg/kg, ug/kg    times the actual weight
 *
 * Nothing is rounded but the body surface that is worked out from weight and height: to 0.01 m2,
 * half up, as it is written on a prescription.
 */
#ifndef MSPIKE_SCHEDULE_DOSE_H
#define MSPIKE_SCHEDULE_DOSE_H

#include "mspike/patient/body.h"
#include "mspike/protocol/treatment.h"

MSP_BEGIN

/* What doses are worked out from; {0} for what is not known. */
typedef struct msp_body_size {
    msp_decimal surface; /* m2 */
    msp_decimal weight;  /* kg */
} msp_body_size;

/* m2, two decimals. MSP_ERANGE for a weight or a height that is not above 0, or is beyond any
 * patient's (1000 kg, 300 cm). */
msp_status msp_surface_rounded(msp_decimal weight, msp_decimal height, msp_surface_formula formula,
                               msp_decimal *out, msp_error *err);

/* True where the dose was worked out; false where the weight or the body surface it needs is not
 * known, or it has more than 18 digits. `cap` in m2, not said (line 0): none. *capped says whether
 * it bound. */
bool msp_dose_in_mg(const msp_said_quantity *dose, const msp_said_quantity *cap,
                    const msp_body_size *size, msp_decimal *mg, bool *capped);

/* "mg/m2" */
const char *msp_dose_unit_name(int unit);

MSP_END
#endif
