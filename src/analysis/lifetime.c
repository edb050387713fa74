#include "mspike/analysis/lifetime.h"

#include <math.h>

typedef struct rows {
    size_t *index; /* of each row that is used, in the data */
    size_t n;
    double *lower, *upper;
    msp_cox_column *columns;
} rows;

static const uint8_t *mask_of(const msp_survival_data *d)
{
    return d->keep_model != NULL ? d->keep_model : d->keep_test != NULL ? d->keep_test : d->keep;
}

static bool take_times(const msp_survival_data *d, msp_arena *arena, rows *r)
{
    const uint8_t *keep = mask_of(d);
    r->index = msp_arena_array(arena, d->n + 1, sizeof *r->index);
    r->lower = msp_arena_array(arena, d->n + 1, sizeof *r->lower);
    r->upper = msp_arena_array(arena, d->n + 1, sizeof *r->upper);
    if (r->index == NULL || r->lower == NULL || r->upper == NULL)
        return false;
    for (size_t i = 0; i < d->n; i++) {
        if (keep != NULL && !keep[i])
            continue;
        r->index[r->n] = i;
        r->lower[r->n] = d->time[i];
        r->upper[r->n++] = d->upper != NULL ? d->upper[i]
                           : d->event[i]    ? d->time[i]
                                            : (double)INFINITY;
    }
    return true;
}

static bool take_columns(const msp_terms *terms, msp_arena *arena, rows *r)
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
    return r->columns != NULL;
}

msp_status msp_lifetime_fit(const msp_survival_data *data, msp_lifetime lifetime,
                            msp_parametric *out, msp_error *err)
{
    static const msp_terms no_terms = {0};
    const msp_terms *terms = data->terms != NULL ? data->terms : &no_terms;
    msp_arena arena = {0};
    rows r = {0};
    *out = (msp_parametric){0};
    if (data->entry != NULL)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "a parametric model of rows that enter late is not fitted");
    msp_status rc = take_times(data, &arena, &r) && take_columns(terms, &arena, &r)
                        ? MSP_OK
                        : msp_fail(err, MSP_EMEM, "no memory for a model of %zu rows", data->n);
    const msp_parametric_data rows_of = {
        .lower = r.lower, .upper = r.upper, .columns = r.columns, .n = r.n, .n_columns = terms->n};
    if (rc == MSP_OK)
        rc = msp_parametric_fit(&rows_of, lifetime, out, err);
    if (rc != MSP_OK && err != NULL && err->row < r.n)
        err->row = r.index[err->row];
    msp_arena_free(&arena);
    return rc;
}
