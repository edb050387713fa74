/* survival_adjusted.h - what a Cox model predicts for the arms, or for a patient. */
#ifndef MSP_ANALYSIS_SURVIVAL_ADJUSTED_H
#define MSP_ANALYSIS_SURVIVAL_ADJUSTED_H

#include "mspike/analysis/survival.h"

/* Fills out->adjusted and out->adjusted_contrasts from a model that converged. */
msp_status msp__adjust(msp_survival *out, const msp_cox_model *model, const msp_survival_data *data,
                       msp_error *err);

#endif
