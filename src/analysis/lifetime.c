#include "mspike/analysis/lifetime.h"

#include "model_rows.h"

msp_status msp_lifetime_fit(const msp_survival_data *data, msp_lifetime lifetime,
                            msp_parametric *out, msp_error *err)
{
    msp_arena arena = {0};
    msp__model_rows r;
    *out = (msp_parametric){0};
    if (data->entry != NULL)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "a parametric model of rows that enter late is not fitted");
    msp_status rc = msp__model_rows_take(data, msp__model_rows_mask(data), MSP_NO_LEVEL,
                                         data->terms, &arena, &r, err);
    if (rc == MSP_OK) {
        const msp_parametric_data rows = {.lower = r.lower,
                                          .upper = r.upper,
                                          .columns = r.columns,
                                          .n = r.n,
                                          .n_columns = r.n_columns};
        rc = msp_parametric_fit(&rows, lifetime, out, err);
        msp__model_rows_name(&r, rc, err);
    }
    msp_arena_free(&arena);
    return rc;
}
