/*
 * fact.h - what is known of a patient: yes, no, or not known; a reported number, or none.
 *
 * The three values are those of Kleene's logic: "no or unknown" is unknown, "yes or unknown" is
 * yes. What is not known stays so until everything that it depends on is.
 */
#ifndef MSPIKE_PATIENT_FACT_H
#define MSPIKE_PATIENT_FACT_H

#include "mspike/base/decimal.h"
#include "mspike/patient/measurement.h"

MSP_BEGIN

typedef enum msp_fact { /* in this order: "and" is the smaller, "or" the larger */
                        MSP_NO = -1,
                        MSP_UNKNOWN = 0, /* what {0} holds */
                        MSP_YES = 1,
} msp_fact;

static inline msp_fact msp_fact_of(bool yes)
{
    return yes ? MSP_YES : MSP_NO;
}

static inline msp_fact msp_fact_and(msp_fact a, msp_fact b)
{
    return a < b ? a : b;
}

static inline msp_fact msp_fact_or(msp_fact a, msp_fact b)
{
    return a > b ? a : b;
}

/* "yes", "no", "unknown" */
const char *msp_fact_name(msp_fact fact);

/* A reported value; {0} is none. One that is only a bound ("<3.5") is known as far as that goes. */
typedef struct msp_amount {
    bool known;
    msp_decimal value;
    uint8_t flags; /* MSP_MEASURED_BELOW, _ABOVE, _OR_EQUAL (measurement.h); 0: the value itself */
} msp_amount;

/* Of "3.5"; text that is no decimal is none. */
msp_amount msp_amount_of(const char *text);
/* "3.5", "<3.5", ">=3.5"; "" where it is not known. */
#define MSP_AMOUNT_MAX (MSP_DECIMAL_MAX + 2)
void msp_amount_format(msp_amount a, char out[MSP_AMOUNT_MAX]);
/* Whether a is below, or at least, b; unknown where either is, or a bound leaves it open. */
msp_fact msp_amount_below(msp_amount a, msp_amount b);
msp_fact msp_amount_at_least(msp_amount a, msp_amount b);
msp_fact msp_amount_above(msp_amount a, msp_amount b);

MSP_END
#endif
