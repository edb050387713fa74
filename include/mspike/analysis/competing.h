/*
 * competing.h - the analysis of an endpoint with competing risks: the incidence of each cause by
 * arm, Gray's test, the Fine-Gray model and the model of the cause-specific hazard.
 */
#ifndef MSPIKE_ANALYSIS_COMPETING_H
#define MSPIKE_ANALYSIS_COMPETING_H

#include "mspike/analysis/survival.h"

MSP_BEGIN

typedef struct msp_competing_cause {
    msp_gray gray;
    msp_fine_gray fine_gray;
    msp_cox specific; /* the other causes censored */
} msp_competing_cause;

typedef struct msp_competing {
    size_t n_causes;
    msp_cumulative incidence;    /* a curve an arm and cause */
    msp_competing_cause *causes; /* n_causes */
    bool has_test, has_model;
    msp_arena arena;
} msp_competing; /* {0} is empty */

/*
 * cause[row] is 0 where the row is censored, else 1 to n_causes; data->event must be 1 exactly
 * there. Strata count for Gray's test and the cause-specific models, not for Fine-Gray's. What
 * cannot be estimated says so in its part; errors as msp_survival_fit, and MSP_EUNSUPPORTED with
 * entry times. On failure *out is empty.
 */
msp_status msp_competing_fit(const msp_survival_data *data, const uint32_t *cause, size_t n_causes,
                             const msp_survival_options *options, msp_competing *out,
                             msp_error *err);
void msp_competing_free(msp_competing *competing);

MSP_END
#endif
