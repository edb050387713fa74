/* single_stage.c - one stage and a response: exact. */
#include <inttypes.h>
#include <math.h>

#include "mspike/design/single_arm.h"
#include "mspike/stats/dist.h"

static const int64_t most = 1000; /* patients; beyond it a normal approximation would do */

msp_status msp_single_stage_find(double p0, double p1, double alpha, double power, int64_t max_n,
                                 msp_single_stage *out, msp_error *err)
{
    *out = (msp_single_stage){0};
    if (!(p0 > 0 && p0 < p1 && p1 < 1))
        return msp_fail(err, MSP_ERANGE, "response rates of %g and %g; expected 0 < p0 < p1 < 1",
                        p0, p1);
    if (!(alpha > 0 && alpha < 1 && power > 0 && power < 1))
        return msp_fail(err, MSP_ERANGE, "alpha %g and power %g; expected both between 0 and 1",
                        alpha, power);
    const int64_t last = max_n > 0 && max_n < most ? max_n : most;
    int64_t r = 0;
    for (int64_t n = 1; n <= last; n++) {
        /* The smallest r that keeps alpha grows with n. */
        while (msp_dist_binomial_at_least((double)r + 1, (double)n, p0).p > alpha)
            r++;
        const double reached = msp_dist_binomial_at_least((double)r + 1, (double)n, p1).p;
        if (reached < power)
            continue;
        *out = (msp_single_stage){r, n, msp_dist_binomial_at_least((double)r + 1, (double)n, p0).p,
                                  reached};
        return MSP_OK;
    }
    return msp_fail(err, MSP_ERANGE, "no trial of up to %" PRId64 " patients keeps both errors",
                    last);
}
