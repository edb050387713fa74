#include "mspike/patient/fact.h"

#include <stdio.h>
#include <string.h>

const char *msp_fact_name(msp_fact fact)
{
    return fact == MSP_YES ? "yes" : fact == MSP_NO ? "no" : "unknown";
}

msp_amount msp_amount_of(const char *text)
{
    msp_amount amount = {0};
    amount.known = msp_decimal_parse(text, strlen(text), &amount.value);
    return amount;
}

void msp_amount_format(msp_amount a, char out[MSP_AMOUNT_MAX])
{
    char number[MSP_DECIMAL_MAX];
    out[0] = '\0';
    if (!a.known)
        return;
    msp_decimal_format(a.value, number);
    snprintf(out, MSP_AMOUNT_MAX, "%s%s%s",
             (a.flags & MSP_MEASURED_BELOW) != 0   ? "<"
             : (a.flags & MSP_MEASURED_ABOVE) != 0 ? ">"
                                                   : "",
             (a.flags & MSP_MEASURED_OR_EQUAL) != 0 ? "=" : "", number);
}

/* Whether the value stands for itself or for more; for itself or for less. */
static bool has_low(msp_amount a)
{
    return (a.flags & MSP_MEASURED_BELOW) == 0;
}

static bool has_high(msp_amount a)
{
    return (a.flags & MSP_MEASURED_ABOVE) == 0;
}

/* Whether the number itself is none of the values that a bound allows. */
static bool is_strict(msp_amount a)
{
    return a.flags != 0 && (a.flags & MSP_MEASURED_OR_EQUAL) == 0;
}

msp_fact msp_amount_below(msp_amount a, msp_amount b)
{
    if (!a.known || !b.known)
        return MSP_UNKNOWN;
    const int order = msp_decimal_cmp(a.value, b.value);
    if (has_high(a) && has_low(b) && (order < 0 || (order == 0 && (is_strict(a) || is_strict(b)))))
        return MSP_YES;
    return has_low(a) && has_high(b) && order >= 0 ? MSP_NO : MSP_UNKNOWN;
}

msp_fact msp_amount_at_least(msp_amount a, msp_amount b)
{
    return (msp_fact) - (int)msp_amount_below(a, b);
}

msp_fact msp_amount_above(msp_amount a, msp_amount b)
{
    return msp_amount_below(b, a);
}
