/*
 * unit.h - units of measurements, converted exactly or not at all.
 *
 * Within a dimension units differ by a power of ten. Between mass and amount of substance a
 * marker has its own factor, a decimal: calcium 4.008 mg/dL a mmol/L, haemoglobin 1.611 g/dL a
 * mmol/L (of iron), creatinine 88.42 umol/L a mg/dL, beta-2 microglobulin 0.0118 mg/L a nmol/L; and
 * LDH 60 U/L a ukat/L, weight 0.45359237 kg a lb, height 2.54 cm an inch. A unit of any other
 * dimension is refused.
 */
#ifndef MSPIKE_PATIENT_UNIT_H
#define MSPIKE_PATIENT_UNIT_H

#include <stdbool.h>

#include "mspike/patient/measurement.h"

MSP_BEGIN

typedef enum msp_unit_answer {
    MSP_UNIT_CONVERTED,
    MSP_UNIT_UNKNOWN,         /* no such unit here */
    MSP_UNIT_OTHER_DIMENSION, /* a unit, but not of this marker */
    MSP_UNIT_TOO_LONG,        /* the exact result needs more than 18 digits */
} msp_unit_answer;

/* `value` in `unit` as the marker's own unit. Spellings differ in case, blanks, "day" for "24h",
 * "l" for "L"; a NULL or empty unit is the marker's own. */
msp_unit_answer msp_unit_convert(msp_marker marker, msp_decimal value, const char *unit,
                                 msp_decimal *out);

/* `value` in `from` as so much in `to`, where both are of one dimension: no marker's factor is
 * used. */
msp_unit_answer msp_unit_rescale(msp_decimal value, const char *from, const char *to,
                                 msp_decimal *out);

/* Whether a living patient can have this value of the marker, in its own unit. */
bool msp_value_plausible(msp_marker marker, msp_decimal value);
/* A unit in which the same figure would be plausible, where it is not in the marker's own; NULL
 * where there is none. */
const char *msp_value_plausible_unit(msp_marker marker, msp_decimal value);

MSP_END
#endif
