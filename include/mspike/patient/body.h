/*
 * body.h - body surface and creatinine clearance, as doses and eligibility need them.
 *
 *   Cockcroft-Gault   Nephron 1976;16:31: (140 - age) weight / (72 creatinine), 0.85 of it in women
 *   ideal weight      Devine 1974: 50 kg (women 45.5 kg) and 2.3 kg for each inch above 60
 *   adjusted weight   ideal and 0.4 of what is above it
 *   body surface      Mosteller, N Engl J Med 1987;317:1098: sqrt(cm kg / 3600);
 *                     DuBois 1916: 0.007184 kg^0.425 cm^0.725
 *
 * A clearance is a quotient of two exact decimals, so "50 mL/min or more" is decided exactly.
 */
#ifndef MSPIKE_PATIENT_BODY_H
#define MSPIKE_PATIENT_BODY_H

#include "mspike/base/decimal.h"

MSP_BEGIN

typedef struct msp_body {
    msp_decimal age; /* years, 0 to below 140 */
    bool female;
    msp_decimal weight; /* kg, above 0 */
    msp_decimal height; /* cm; ideal and adjusted weight and body surface need it, above 0 */
} msp_body;

/* In the order of the rule `cg_weight`. */
typedef enum msp_weight_kind {
    MSP_WEIGHT_ACTUAL,
    MSP_WEIGHT_IDEAL,
    MSP_WEIGHT_ADJUSTED,
} msp_weight_kind;

/* mL/min = numerator / denominator; the denominator is positive. */
typedef struct msp_clearance {
    msp_decimal numerator, denominator;
} msp_clearance;

/* `creatinine` in mg/dL, above 0. MSP_ERANGE for a value outside its range, or one of so many
 * digits that the quotient is not exact. */
msp_status msp_clearance_of(const msp_body *body, msp_decimal creatinine, msp_weight_kind weight,
                            msp_clearance *out, msp_error *err);
double msp_clearance_value(msp_clearance clearance);
/* -1, 0, 1 as it is below, exactly at, or above `limit` mL/min; limits of up to 4 digits. */
int msp_clearance_cmp(msp_clearance clearance, msp_decimal limit);

/* In the order of the rule `bsa`. */
typedef enum msp_surface_formula {
    MSP_SURFACE_MOSTELLER,
    MSP_SURFACE_DUBOIS,
} msp_surface_formula;

/* m2; NaN without a positive weight and height. */
double msp_surface_of(const msp_body *body, msp_surface_formula formula);
/* The surface that is dosed: `cap` m2 at most (carfilzomib: 2.2). */
double msp_surface_dosed(double surface, double cap);
/* Whether the weight moved by more than 20 %, so that the dose is to be worked out anew
 * (carfilzomib's label). */
bool msp_surface_outdated(msp_decimal weight_then, msp_decimal weight_now);

MSP_END
#endif
