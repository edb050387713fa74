/* person_harvest.c - stem cells that are collected of a virtual patient, on two days. */
#include <math.h>

#include "exact.h"
#include "person.h"

#define HUNDREDTHS 2 /* decimals of a count in million cells/kg */

static msp_status put_day(sheet *lb, double cells, msp_day day)
{
    static const person_test test = {MSP_MARKER_CD34, "CD34", "CD34 Positive Cells Collected",
                                     "APHERESIS PRODUCT", "10^6/kg"};
    const msp_decimal counted = {llround(cells * 100), HUNDREDTHS};
    char text[MSP_DECIMAL_MAX];
    msp_decimal_format(counted, text);
    person_finding(lb, "LB", &test, text, (double)NAN, day);
    return lb->status;
}

msp_status person_harvest(const person *who, msp_day day)
{
    const msp_virtual_spread *said = &who->plan->arm[who->p->arm].said->harvest;
    msp_random r = person_stream(who, DRAW_HARVEST);
    sheet lb = person_sheet(who, MSP_VIRTUAL_LB);
    if (!msp_was_said(said->at))
        return MSP_OK;
    const double cells = said->median.value *
                         exp(said->spread.value * normal_of((uint32_t)(msp_random_bits(&r) >> 32)));
    const double first = 0.4 + 0.4 * msp_random_uniform(&r); /* of them, on the first day */
    sheet_go_on(&lb, "LBSEQ");
    const msp_status rc = put_day(&lb, first * cells, day);
    return rc == MSP_OK ? put_day(&lb, (1 - first) * cells, day + 1) : rc;
}
