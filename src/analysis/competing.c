#include "mspike/analysis/competing.h"

#include <stdlib.h>
#include <string.h>

#include "survival_order.h"

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the analysis of competing risks");
}

/* The rows kept, in time order; `event` may be another than the data's. */
static msp_status order_rows(const msp_survival_data *data, const uint8_t *event,
                             const uint32_t *cause, const uint8_t *keep, msp_order *out,
                             msp_error *err)
{
    const msp_follow_up follow_up = {
        .n = data->n, .time = data->time, .event = event, .entry = data->entry, .keep = keep};
    msp_status rc = msp_order_init(out, &follow_up, err);
    if (rc == MSP_OK)
        rc = msp__settle_order(out, data, cause, err);
    if (rc != MSP_OK)
        msp_order_free(out);
    return rc;
}

static msp_status fit_gray(msp_competing *out, const msp_survival_data *data, const uint32_t *cause,
                           msp_error *err)
{
    const msp_factor *stratum = data->stratum;
    msp_order order;
    msp_status rc = order_rows(data, data->event, cause,
                               data->keep_test != NULL ? data->keep_test : data->keep, &order, err);
    if (rc != MSP_OK)
        return rc;
    out->has_test = true;
    for (size_t c = 0; rc == MSP_OK && c < out->n_causes; c++)
        rc = msp_gray_test(&order, cause, out->n_causes, (uint32_t)c + 1, data->arm->code,
                           data->arm->n_levels, stratum != NULL ? stratum->code : NULL,
                           stratum != NULL ? stratum->n_levels : 1, 0, &out->causes[c].gray, err);
    msp_order_free(&order);
    return rc;
}

static msp_status fit_specific(msp_competing *out, const msp_survival_data *data,
                               const uint32_t *cause, size_t c, const uint8_t *keep,
                               const msp_cox_options *options, msp_error *err)
{
    const msp_factor *stratum = data->stratum;
    msp_order order;
    uint8_t *event = malloc(data->n > 0 ? data->n : 1);
    if (event == NULL)
        return no_memory(err);
    for (size_t i = 0; i < data->n; i++)
        event[i] = cause[i] == c + 1;
    msp_status rc = order_rows(data, event, cause, keep, &order, err);
    if (rc == MSP_OK)
        rc = msp_cox_fit(
            &order, data->terms->columns, data->terms->n, stratum != NULL ? stratum->code : NULL,
            stratum != NULL ? stratum->n_levels : 1, options, &out->causes[c].specific, err);
    msp_order_free(&order);
    free(event);
    return rc;
}

static msp_status fit_models(msp_competing *out, const msp_survival_data *data,
                             const uint32_t *cause, const msp_cox_options *options, msp_error *err)
{
    const uint8_t *keep = data->keep_model != NULL  ? data->keep_model
                          : data->keep_test != NULL ? data->keep_test
                                                    : data->keep;
    msp_order order;
    msp_status rc = order_rows(data, data->event, cause, keep, &order, err);
    if (rc != MSP_OK)
        return rc;
    out->has_model = true;
    for (size_t c = 0; rc == MSP_OK && c < out->n_causes; c++) {
        rc = msp_fine_gray_fit(&order, cause, out->n_causes, (uint32_t)c + 1, data->terms->columns,
                               data->terms->n, options, &out->causes[c].fine_gray, err);
        if (rc == MSP_OK)
            rc = fit_specific(out, data, cause, c, keep, options, err);
    }
    msp_order_free(&order);
    return rc;
}

static msp_status fit_all(msp_competing *out, const msp_survival_data *data, const uint32_t *cause,
                          const msp_survival_options *options, msp_error *err)
{
    out->causes = msp_arena_array(&out->arena, out->n_causes, sizeof *out->causes);
    if (out->causes == NULL)
        return no_memory(err);
    memset(out->causes, 0, out->n_causes * sizeof *out->causes);
    msp_order order;
    msp_status rc = order_rows(data, data->event, cause, data->keep, &order, err);
    if (rc != MSP_OK)
        return rc;
    rc =
        msp_cumulative_fit(&order, cause, out->n_causes, data->arm != NULL ? data->arm->code : NULL,
                           data->arm != NULL ? data->arm->n_levels : 1, &out->incidence, err);
    msp_order_free(&order);
    if (rc == MSP_OK && data->arm != NULL && data->arm->n_levels > 1)
        rc = fit_gray(out, data, cause, err);
    if (rc == MSP_OK && data->terms != NULL && data->terms->n > 0)
        rc = fit_models(out, data, cause, &options->cox, err);
    return rc;
}

msp_status msp_competing_fit(const msp_survival_data *data, const uint32_t *cause, size_t n_causes,
                             const msp_survival_options *options, msp_competing *out,
                             msp_error *err)
{
    *out = (msp_competing){.n_causes = n_causes};
    const msp_status rc = fit_all(out, data, cause, options, err);
    if (rc != MSP_OK)
        msp_competing_free(out);
    return rc;
}

void msp_competing_free(msp_competing *competing)
{
    msp_cumulative_free(&competing->incidence);
    for (size_t c = 0; competing->causes != NULL && c < competing->n_causes; c++) {
        msp_fine_gray_free(&competing->causes[c].fine_gray);
        msp_cox_free(&competing->causes[c].specific);
    }
    msp_arena_free(&competing->arena);
    *competing = (msp_competing){0};
}
