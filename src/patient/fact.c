#include "mspike/patient/fact.h"

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

msp_fact msp_amount_below(msp_amount a, msp_amount b)
{
    if (!a.known || !b.known)
        return MSP_UNKNOWN;
    return msp_fact_of(msp_decimal_cmp(a.value, b.value) < 0);
}

msp_fact msp_amount_at_least(msp_amount a, msp_amount b)
{
    return (msp_fact) - (int)msp_amount_below(a, b);
}

msp_fact msp_amount_above(msp_amount a, msp_amount b)
{
    return msp_amount_below(b, a);
}
