#include "model_rows.h"

#include <math.h>

#include "survival_order.h"

const uint8_t *msp__model_rows_mask(const msp_survival_data *d)
{
    return d->keep_model != NULL ? d->keep_model : d->keep_test != NULL ? d->keep_test : d->keep;
}

static msp_status take_index(const msp_survival_data *d, const uint8_t *keep, uint32_t arm,
                             msp_arena *arena, msp__model_rows *r, msp_error *err)
{
    r->index = msp_arena_array(arena, d->n + 1, sizeof *r->index);
    if (r->index == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a model of %zu rows", d->n);
    for (size_t i = 0; i < d->n; i++)
        if ((keep == NULL || keep[i]) && (arm == MSP_NO_LEVEL || d->arm->code[i] == arm))
            r->index[r->n++] = i;
    return msp__settle_rows(r->index, r->n, d, err);
}

static bool take_times(const msp_survival_data *d, msp_arena *arena, msp__model_rows *r)
{
    r->lower = msp_arena_array(arena, r->n + 1, sizeof *r->lower);
    r->upper = msp_arena_array(arena, r->n + 1, sizeof *r->upper);
    r->entry = msp_arena_array(arena, r->n + 1, sizeof *r->entry);
    if (r->lower == NULL || r->upper == NULL || r->entry == NULL)
        return false;
    for (size_t i = 0; i < r->n; i++) {
        const size_t row = r->index[i];
        r->lower[i] = d->time[row];
        r->entry[i] = d->entry != NULL ? d->entry[row] : 0;
        r->upper[i] = d->upper != NULL ? d->upper[row]
                      : d->event[row]  ? d->time[row]
                                       : (double)INFINITY;
    }
    if (d->entry == NULL)
        r->entry = NULL;
    return true;
}

static bool take_columns(const msp_terms *terms, msp_arena *arena, msp__model_rows *r)
{
    r->columns = msp_arena_array(arena, terms->n + 1, sizeof *r->columns);
    for (size_t k = 0; r->columns != NULL && k < terms->n; k++) {
        const msp_cox_column *from = &terms->columns[k];
        double *value = msp_arena_array(arena, r->n + 1, sizeof *value);
        if (value == NULL)
            return false;
        for (size_t i = 0; i < r->n; i++)
            value[i] = from->value != NULL                      ? from->value[r->index[i]]
                       : from->code[r->index[i]] == from->level ? 1
                                                                : 0;
        r->columns[k] = (msp_cox_column){.name = from->name, .value = value};
    }
    r->n_columns = terms->n;
    return r->columns != NULL;
}

msp_status msp__model_rows_take(const msp_survival_data *data, const uint8_t *keep, uint32_t arm,
                                const msp_terms *terms, msp_arena *arena, msp__model_rows *out,
                                msp_error *err)
{
    static const msp_terms no_terms = {0};
    *out = (msp__model_rows){0};
    const msp_status status = take_index(data, keep, arm, arena, out, err);
    if (status != MSP_OK)
        return status;
    return take_times(data, arena, out) &&
                   take_columns(terms != NULL ? terms : &no_terms, arena, out)
               ? MSP_OK
               : msp_fail(err, MSP_EMEM, "no memory for a model of %zu rows", data->n);
}

void msp__model_rows_name(const msp__model_rows *rows, msp_status rc, msp_error *err)
{
    if (rc != MSP_OK && err != NULL && err->row < rows->n)
        err->row = rows->index[err->row];
}
