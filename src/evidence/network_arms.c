/* network_arms.c - events and means of arms become contrasts. */
#include <math.h>

#include "mspike/evidence/network.h"

/* An arm's value on the analysis scale, and its variance. */
typedef struct level {
    double value, variance;
} level;

static level level_of(const msp_network_arm *arm, msp_measure measure, double added)
{
    const double e = arm->events + added, n = arm->n + 2 * added, none = n - e;
    switch (measure) {
    case MSP_MEASURE_OR:
        return (level){log(e / none), 1 / e + 1 / none};
    case MSP_MEASURE_RR: /* as meta: n grows by one added half only */
        return (level){log(e / (n - added)), 1 / e - 1 / (n - added)};
    case MSP_MEASURE_IRR:
        return (level){log(e / arm->n), 1 / e};
    case MSP_MEASURE_RD:
        return (level){arm->events / arm->n, e * none / (n * n * n)};
    default:
        break;
    }
    return (level){arm->mean, arm->sd * arm->sd / arm->n};
}

static msp_status check_arm(const msp_network_arm *arm, size_t row, msp_measure measure,
                            msp_error *err)
{
    const bool mean = measure == MSP_MEASURE_MD;
    if (!(arm->n > 0) || !isfinite(arm->n))
        return msp_fail_row(err, MSP_ERANGE, row, "%g patients or years; expected more than 0",
                            arm->n);
    const double most = measure == MSP_MEASURE_IRR ? HUGE_VAL : arm->n;
    if (!mean && !(arm->events >= 0 && arm->events <= most && isfinite(arm->events)))
        return msp_fail_row(err, MSP_ERANGE, row, "%g events; expected 0 to %g", arm->events, most);
    if (mean && !(isfinite(arm->mean) && isfinite(arm->sd) && arm->sd > 0))
        return msp_fail_row(err, MSP_ERANGE, row,
                            "mean %g with standard deviation %g; expected numbers, the second "
                            "above 0",
                            arm->mean, arm->sd);
    return MSP_OK;
}

/* What the study of an arm needs: 0, or 0.5 where an arm has no events or nothing else; NaN where
 * all its arms have none, or all have nothing else, and a ratio is asked for. */
static double added_to(const msp_network_arm *arm, size_t n, size_t study, msp_measure measure)
{
    bool sparse = false, some = false, others = false;
    for (size_t i = 0; i < n; i++) {
        if (arm[i].study != study)
            continue;
        const bool full = measure != MSP_MEASURE_IRR && arm[i].events == arm[i].n;
        sparse = sparse || arm[i].events == 0 || full;
        some = some || arm[i].events > 0;
        others = others || !full;
    }
    if (measure == MSP_MEASURE_MD || !sparse)
        return 0;
    return measure == MSP_MEASURE_RD || (some && others) ? 0.5 : (double)NAN;
}

msp_status msp_network_from_arms(const msp_network_arm *arm, size_t n_arm, msp_measure measure,
                                 msp_network_contrast *out, size_t *n, size_t *left_out,
                                 msp_error *err)
{
    *n = *left_out = 0;
    if (measure == MSP_MEASURE_HR)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "a hazard ratio cannot be had from counts of events");
    for (size_t i = 0; i < n_arm; i++) {
        const msp_status status = check_arm(&arm[i], i, measure, err);
        if (status != MSP_OK)
            return status;
    }
    for (size_t i = 0; i < n_arm; i++) {
        const double added = added_to(arm, n_arm, arm[i].study, measure);
        bool first = true;
        for (size_t j = 0; j < i; j++)
            first = first && arm[j].study != arm[i].study;
        *left_out += first && isnan(added);
        const level a = level_of(&arm[i], measure, added);
        for (size_t j = i + 1; j < n_arm && !isnan(added); j++) {
            if (arm[j].study != arm[i].study)
                continue;
            const level b = level_of(&arm[j], measure, added);
            out[(*n)++] = (msp_network_contrast){arm[i].treat, arm[j].treat, arm[i].study,
                                                 a.value - b.value, sqrt(a.variance + b.variance)};
        }
    }
    return MSP_OK;
}
