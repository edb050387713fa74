/*
 * lifetime.h - a parametric model (stats/parametric.h) of the rows of a time-to-event analysis.
 */
#ifndef MSPIKE_ANALYSIS_LIFETIME_H
#define MSPIKE_ANALYSIS_LIFETIME_H

#include "mspike/analysis/survival.h"

MSP_BEGIN

/* Of the rows and terms of the Cox model (without terms: the intercept alone). MSP_EUNSUPPORTED
 * where rows enter late; MSP_ENODATA, MSP_ERANGE (row) as of msp_parametric_fit. */
msp_status msp_lifetime_fit(const msp_survival_data *data, msp_lifetime lifetime,
                            msp_parametric *out, msp_error *err);

MSP_END
#endif
