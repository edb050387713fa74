#include "mspike/endpoint/agree.h"

msp_status msp_agree_levels(const msp_response_level *first, const msp_response_level *second,
                            size_t n, double level, msp_level_agreement *out, msp_error *err)
{
    *out = (msp_level_agreement){0};
    double responses[2][2] = {{0}};
    for (size_t i = 0; i < n; i++) {
        out->counts[first[i]][second[i]]++;
        responses[first[i] >= MSP_LEVEL_PR][second[i] >= MSP_LEVEL_PR]++;
    }
    const msp_status rc = msp_agreement_kappa(&out->counts[0][0], MSP_LEVEL_COUNT, MSP_KAPPA_LINEAR,
                                              level, &out->levels, err);
    if (rc != MSP_OK)
        return rc;
    return msp_agreement_kappa(&responses[0][0], 2, MSP_KAPPA_IDENTITY, level, &out->responses,
                               err);
}

static bool is_defined(const msp_tte *tte)
{
    return tte->state == MSP_TTE_EVENT || tte->state == MSP_TTE_CENSORED;
}

msp_status msp_agree_events(const msp_tte *first, const msp_tte *second, size_t n, double level,
                            msp_event_agreement *out, msp_error *err)
{
    *out = (msp_event_agreement){0};
    for (size_t i = 0; i < n; i++) {
        if (!is_defined(&first[i]) || !is_defined(&second[i])) {
            out->undefined++;
            continue;
        }
        const bool a = first[i].state == MSP_TTE_EVENT, b = second[i].state == MSP_TTE_EVENT;
        out->counts[a][b]++;
        if (!a || !b)
            continue;
        out->same_day += first[i].end.day == second[i].end.day;
        out->first_earlier += first[i].end.day < second[i].end.day;
        out->second_earlier += first[i].end.day > second[i].end.day;
    }
    return msp_agreement_kappa(&out->counts[0][0], 2, MSP_KAPPA_IDENTITY, level, &out->events, err);
}
