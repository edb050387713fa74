#include "mspike/patient/body.h"

#include <math.h>

/* An inch is 2.54 cm, so 127 times Devine's weight is exact: 2.3 kg/inch is 115 / 127 kg/cm. */
enum { IN_KG = 127 };

/* 127 times the weight that the formula takes, in kg; false where digits run out. */
static bool weight_times_127(const msp_body *body, msp_weight_kind kind, msp_decimal *out)
{
    msp_decimal actual, ideal, slope;
    const msp_decimal of_height = {115, 0};
    /* 127 * (50 or 45.5 - 2.3 * 60) */
    const msp_decimal at_zero = {body->female ? -117475 : -111760, 1};
    if (!msp_decimal_mul(body->weight, (msp_decimal){IN_KG, 0}, &actual))
        return false;
    *out = actual;
    if (kind == MSP_WEIGHT_ACTUAL)
        return true;
    if (!msp_decimal_mul(body->height, of_height, &slope) ||
        !msp_decimal_add(slope, at_zero, &ideal))
        return false;
    *out = ideal;
    if (kind == MSP_WEIGHT_IDEAL)
        return true;
    return msp_decimal_mul(actual, (msp_decimal){4, 1}, &actual) &&
           msp_decimal_mul(ideal, (msp_decimal){6, 1}, &ideal) &&
           msp_decimal_add(actual, ideal, out);
}

static bool is_positive(msp_decimal x)
{
    return x.coefficient > 0;
}

msp_status msp_clearance_of(const msp_body *body, msp_decimal creatinine, msp_weight_kind kind,
                            msp_clearance *out, msp_error *err)
{
    const msp_decimal oldest = {140, 0};
    if (body->age.coefficient < 0 || msp_decimal_cmp(body->age, oldest) >= 0)
        return msp_fail(err, MSP_ERANGE, "an age has to be from 0 to below 140 years");
    if (!is_positive(body->weight) || !is_positive(creatinine) ||
        (kind != MSP_WEIGHT_ACTUAL && !is_positive(body->height)))
        return msp_fail(err, MSP_ERANGE, "weight, height and creatinine have to be above 0");

    msp_decimal years, weight, product;
    if (!msp_decimal_sub(oldest, body->age, &years) || !weight_times_127(body, kind, &weight) ||
        !msp_decimal_mul(years, weight, &product) ||
        !msp_decimal_mul(product, body->female ? (msp_decimal){85, 2} : (msp_decimal){1, 0},
                         &out->numerator) ||
        !msp_decimal_mul(creatinine, (msp_decimal){72 * IN_KG, 0}, &out->denominator))
        return msp_fail(err, MSP_ERANGE, "age, weight, height or creatinine has too many digits");
    if (!is_positive(out->numerator))
        return msp_fail(err, MSP_ERANGE, "no ideal weight is defined for so small a height");
    return MSP_OK;
}

double msp_clearance_value(msp_clearance clearance)
{
    return msp_decimal_to_double(clearance.numerator) /
           msp_decimal_to_double(clearance.denominator);
}

int msp_clearance_cmp(msp_clearance clearance, msp_decimal limit)
{
    /* Both sides by 10^scale: the limit becomes an integer factor. */
    int64_t tens = 1;
    for (int32_t i = 0; i < limit.scale; i++)
        tens *= 10;
    return msp_decimal_cmp_times(clearance.numerator, tens, clearance.denominator,
                                 limit.coefficient);
}

double msp_surface_of(const msp_body *body, msp_surface_formula formula)
{
    if (!is_positive(body->weight) || !is_positive(body->height))
        return NAN;
    const double kg = msp_decimal_to_double(body->weight);
    const double cm = msp_decimal_to_double(body->height);
    return formula == MSP_SURFACE_MOSTELLER ? sqrt(cm * kg / 3600)
                                            : 0.007184 * pow(kg, 0.425) * pow(cm, 0.725);
}

double msp_surface_dosed(double surface, double cap)
{
    return surface > cap ? cap : surface;
}

bool msp_surface_outdated(msp_decimal weight_then, msp_decimal weight_now)
{
    return msp_decimal_cmp_times(weight_now, 100, weight_then, 120) > 0 ||
           msp_decimal_cmp_times(weight_now, 100, weight_then, 80) < 0;
}
