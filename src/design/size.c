#include "size.h"

static const double most = 1e9;
static const double few = 10; /* events */

msp_status design_check_size(double needed, double limit, msp_error *err)
{
    if (needed > limit)
        return msp_fail(err, MSP_ERANGE,
                        "this power needs %.6g patients; no more than %g are allowed", needed,
                        limit);
    if (!(needed <= most)) {
        msp_fail(err, MSP_ERANGE, "this design would take %.3g patients", needed);
        return msp_hint(err, MSP_ERANGE,
                        "look at the effect; where events are waited for, at the hazards, the "
                        "dropout and follow_up");
    }
    return MSP_OK;
}

const char *design_few_events(double events)
{
    return events < few ? "fewer than 10 events: the formula's normal law is no guide there" : NULL;
}
