/* reconstruct_hazard.c - the hazard ratio of two arms that were rebuilt, over many reconstructions.
 */
#include <math.h>
#include <stdlib.h>

#include "mspike/evidence/maic.h"
#include "mspike/evidence/reconstruct.h"

static msp_status hazard_of(const msp_reconstructed arm[2], msp_weighted_hazard *out,
                            msp_error *err)
{
    const size_t n = arm[0].n + arm[1].n;
    double *time = calloc(2 * n, sizeof *time), *weight = time != NULL ? time + n : NULL;
    uint8_t *event = calloc(2 * n, 1), *group = event != NULL ? event + n : NULL;
    msp_status status = MSP_EMEM;
    if (time == NULL || event == NULL) {
        msp_fail(err, MSP_EMEM, "no memory for %zu patients", n);
    } else {
        for (size_t i = 0; i < n; i++) {
            const size_t a = i < arm[0].n ? 0 : 1, k = i - a * arm[0].n;
            time[i] = arm[a].time[k];
            event[i] = arm[a].event[k];
            group[i] = (uint8_t)a;
            weight[i] = 1;
        }
        status = msp_weighted_hazard_fit(time, event, group, weight, n, out, err);
    }
    free(time);
    free(event);
    return status;
}

/* Both arms, rebuilt by one draw; NULL: evenly. */
static msp_status hazard_once(const msp_published_curve *const curve[2],
                              const msp_reconstruct_draw *draw, msp_weighted_hazard *out,
                              msp_error *err)
{
    msp_reconstructed arm[2] = {{0}, {0}};
    msp_status status = MSP_OK;
    for (size_t a = 0; a < 2 && status == MSP_OK; a++) {
        msp_reconstruct_draw own = draw != NULL ? *draw : (msp_reconstruct_draw){0};
        own.draw = 2 * own.draw + a; /* the arms do not share their errors */
        status = msp_reconstruct(curve[a], draw != NULL ? &own : NULL, &arm[a], err);
    }
    if (status == MSP_OK)
        status = hazard_of(arm, out, err);
    msp_reconstructed_free(&arm[0]);
    msp_reconstructed_free(&arm[1]);
    return status;
}

msp_status msp_reconstruct_hazard(const msp_published_curve *experimental,
                                  const msp_published_curve *control, uint64_t seed, size_t draws,
                                  double reading, msp_reconstructed_hazard *out, msp_error *err)
{
    if (draws < 2 || draws > (size_t)1 << 20)
        return msp_fail(err, MSP_ERANGE, "%zu reconstructions; expected 2 to 2^20", draws);
    const msp_published_curve *const curve[2] = {control, experimental};
    const double nan = (double)NAN;
    const msp_reconstructed_hazard none = {nan, nan, nan, nan, draws};
    msp_weighted_hazard h;
    msp_status status = hazard_once(curve, NULL, &h, err);
    const double even = status == MSP_OK ? h.log_hr : 0;
    if (!isfinite(even)) {
        *out = none;
        return MSP_OK;
    }
    double mean = 0, variance = 0, squares = 0; /* squares about the mean, kept running */
    for (size_t i = 0; i < draws && status == MSP_OK; i++) {
        status = hazard_once(curve, &(msp_reconstruct_draw){seed, i, reading}, &h, err);
        if (status != MSP_OK)
            break;
        if (!isfinite(h.log_hr)) {
            *out = none;
            return MSP_OK;
        }
        const double off = h.log_hr - mean;
        mean += off / (double)(i + 1);
        squares += off * (h.log_hr - mean);
        variance += h.naive_se * h.naive_se / (double)draws;
    }
    if (status != MSP_OK)
        return status;
    const double m = (double)draws, between = squares / (m - 1);
    *out = (msp_reconstructed_hazard){mean, sqrt(variance + (1 + 1 / m) * between), sqrt(between),
                                      even, draws};
    return MSP_OK;
}
