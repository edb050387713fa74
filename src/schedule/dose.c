/* dose.c - doses in milligrams. */
#include "mspike/schedule/dose.h"

#include <math.h>

const char *msp_dose_unit_name(int unit)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) [MSP_DOSE_##name] = (text),
        MSP_DOSE_UNIT_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return unit < 0 || unit >= (int)MSP_COUNT(names) ? "" : names[unit];
}

/* Whether 100 sqrt(cm kg / 3600) is n + 1/2 or more: 100 cm kg >= 9 (2n + 1)^2. */
static bool rounds_above(msp_decimal product, int64_t n)
{
    const msp_decimal square = {(2 * n + 1) * (2 * n + 1), 0};
    return msp_decimal_cmp_times(product, 100, square, 9) >= 0;
}

msp_status msp_surface_rounded(msp_decimal weight, msp_decimal height, msp_surface_formula formula,
                               msp_decimal *out, msp_error *err)
{
    const msp_decimal heaviest = {1000, 0}, tallest = {300, 0};
    if (weight.coefficient <= 0 || height.coefficient <= 0 ||
        msp_decimal_cmp(weight, heaviest) > 0 || msp_decimal_cmp(height, tallest) > 0)
        return msp_fail(err, MSP_ERANGE,
                        "weight and height have to be above 0, up to 1000 kg and 300 cm");
    const msp_body body = {.weight = weight, .height = height};
    int64_t n = (int64_t)llround(100 * msp_surface_of(&body, formula));
    if (formula == MSP_SURFACE_MOSTELLER) {
        msp_decimal product;
        if (!msp_decimal_mul(weight, height, &product))
            return msp_fail(err, MSP_ERANGE, "weight and height have too many digits");
        if (rounds_above(product, n))
            n++;
        else if (n > 0 && !rounds_above(product, n - 1))
            n--;
    }
    *out = (msp_decimal){n, 2};
    return MSP_OK;
}

/* 37.40 is 37.4. */
static msp_decimal without_zeros(msp_decimal x)
{
    while (x.scale > 0 && x.coefficient % 10 == 0)
        x = (msp_decimal){x.coefficient / 10, x.scale - 1};
    return x;
}

bool msp_dose_in_mg(const msp_said_quantity *dose, const msp_said_quantity *cap,
                    const msp_body_size *size, msp_decimal *mg, bool *capped)
{
    msp_decimal by = {1, 0};
    int thousands = 0;
    *capped = false;
    switch (dose->unit) {
    case MSP_DOSE_MG:
        break;
    case MSP_DOSE_G:
        thousands = -3;
        break;
    case MSP_DOSE_MG_PER_M2:
        by = size->surface;
        *capped = msp_was_said(cap->at) && msp_decimal_cmp(by, cap->value) > 0;
        if (*capped)
            by = cap->value;
        break;
    case MSP_DOSE_UG_PER_KG:
        thousands = 3;
        by = size->weight;
        break;
    case MSP_DOSE_MG_PER_KG:
        by = size->weight;
        break;
    default:
        return false;
    }
    if (by.coefficient <= 0 || !msp_decimal_mul(dose->value, by, mg) ||
        !msp_decimal_shift(*mg, thousands, mg))
        return false;
    *mg = without_zeros(*mg);
    return true;
}
