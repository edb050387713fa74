/*
 * survival_adjusted.c - each arm's survival as the model predicts it for all patients of the model,
 * and that of one patient.
 */
#include "survival_adjusted.h"

#include <math.h>
#include <stdlib.h>

/* All patients twice: in `arm` with weight 1/n and, for a difference, in `against` with -1/n. */
typedef struct crowd {
    size_t n, n_columns;
    double *x, *weight;
    uint32_t *stratum;
    bool *of_arm; /* n_columns: does the column say which arm? */
} crowd;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for adjusted survival");
}

static double value_of(const msp_cox_column *c, size_t row)
{
    return c->value != NULL ? c->value[row] : c->code[row] == c->level;
}

/* The arm as indicators shares the arm's codes; as a number it equals its levels. */
static bool tells_arm(const msp_cox_column *c, const msp_factor *arm, const msp_order *order)
{
    if (c->value == NULL || arm->value == NULL)
        return c->value == NULL && c->code == arm->code;
    for (size_t i = 0; i < order->n; i++) {
        const double level = arm->value[arm->code[order->row[i]]];
        if (c->value[order->row[i]] < level || c->value[order->row[i]] > level)
            return false;
    }
    return true;
}

static double value_in_arm(const msp_cox_column *c, const msp_factor *arm, uint32_t level)
{
    return c->value != NULL ? arm->value[level] : level == c->level;
}

static msp_status gather(crowd *c, const msp_cox_model *model, const msp_factor *arm,
                         msp_error *err)
{
    const size_t n = model->order->n, p = model->n_columns;
    *c = (crowd){.n = n, .n_columns = p};
    c->x = malloc((2 * n * p + 1) * sizeof *c->x);
    c->weight = malloc(2 * n * sizeof *c->weight);
    c->stratum = calloc(2 * n, sizeof *c->stratum);
    c->of_arm = calloc(p + 1, sizeof *c->of_arm);
    if (c->x == NULL || c->weight == NULL || c->stratum == NULL || c->of_arm == NULL)
        return no_memory(err);
    for (size_t k = 0; k < p; k++)
        c->of_arm[k] = tells_arm(&model->columns[k], arm, model->order);
    for (size_t i = 0; i < 2 * n; i++) {
        const size_t row = model->order->row[i % n];
        c->weight[i] = (i < n ? 1 : -1) / (double)n;
        c->stratum[i] = model->stratum != NULL ? model->stratum[row] : 0;
        for (size_t k = 0; k < p; k++)
            c->x[i * p + k] = value_of(&model->columns[k], row);
    }
    return MSP_OK;
}

static void release(crowd *c)
{
    free(c->x);
    free(c->weight);
    free(c->stratum);
    free(c->of_arm);
}

static void assign(crowd *c, const msp_cox_model *model, const msp_factor *arm, size_t from,
                   uint32_t level)
{
    for (size_t k = 0; k < c->n_columns; k++)
        for (size_t i = from; c->of_arm[k] && i < from + c->n; i++)
            c->x[i * c->n_columns + k] = value_in_arm(&model->columns[k], arm, level);
}

static msp_status add_curve(msp_survival *out, const msp_cox_model *model,
                            const msp_cox_patients *patients, const char *label,
                            msp_cox_predicted *points, msp_error *err)
{
    const msp_km_options *km = &out->options.km;
    const msp_status rc =
        msp_cox_predict(model, patients, out->options.times, out->n_times, points, err);
    for (size_t t = 0; rc == MSP_OK && t < out->n_times; t++) {
        msp_survival_adjusted *a = &out->adjusted[out->n_adjusted++];
        *a = (msp_survival_adjusted){label, points[t], NAN, NAN};
        msp_cox_predicted_limits(&points[t], km->interval, km->level, &a->lower, &a->upper);
    }
    return rc;
}

static msp_status add_difference(msp_survival *out, const msp_cox_model *model, const crowd *c,
                                 size_t arm, msp_cox_predicted *points, msp_error *err)
{
    const msp_cox_patients both = {2 * c->n, c->x, c->stratum, c->weight};
    const msp_status rc =
        msp_cox_predict(model, &both, out->options.times, out->n_times, points, err);
    for (size_t t = 0; rc == MSP_OK && t < out->n_times; t++) {
        msp_survival_contrast *d = &out->adjusted_contrasts[out->n_adjusted_contrasts++];
        *d = (msp_survival_contrast){"adjusted_survival", out->arms[arm].label, out->arms[0].label,
                                     points[t].time,
                                     msp_difference_of(0, 0, points[t].estimate,
                                                       points[t].std_error, out->options.km.level)};
    }
    return rc;
}

/* The first arm stays in the second half, to be taken from the others. */
static msp_status standardise(msp_survival *out, const msp_cox_model *model,
                              const msp_factor *factor, msp_cox_predicted *points, msp_error *err)
{
    crowd c;
    msp_status rc = gather(&c, model, factor, err);
    if (rc == MSP_OK)
        assign(&c, model, factor, c.n, 0);
    for (uint32_t level = 0; rc == MSP_OK && level < factor->n_levels; level++) {
        const msp_cox_patients one = {c.n, c.x, c.stratum, NULL};
        assign(&c, model, factor, 0, level);
        rc = add_curve(out, model, &one, factor->level[level], points, err);
        if (rc == MSP_OK && level > 0)
            rc = add_difference(out, model, &c, level, points, err);
    }
    release(&c);
    return rc;
}

/* One patient, in each stratum. */
static msp_status predict_one(msp_survival *out, const msp_cox_model *model,
                              const msp_factor *strata, msp_cox_predicted *points, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (uint32_t s = 0; rc == MSP_OK && s < model->n_strata; s++) {
        const msp_cox_patients one = {1, out->options.at, &s, NULL};
        rc = add_curve(out, model, &one, strata != NULL ? strata->level[s] : "", points, err);
    }
    return rc;
}

msp_status msp__adjust(msp_survival *out, const msp_cox_model *model, const msp_survival_data *data,
                       msp_error *err)
{
    const size_t n_curves =
        (out->options.adjusted ? out->n_arms : 0) + (out->options.at != NULL ? model->n_strata : 0);
    const size_t n = n_curves * out->n_times + 1;
    out->adjusted = msp_arena_array(&out->arena, n, sizeof *out->adjusted);
    out->adjusted_contrasts = msp_arena_array(&out->arena, n, sizeof *out->adjusted_contrasts);
    msp_cox_predicted *points = msp_arena_array(&out->arena, out->n_times + 1, sizeof *points);
    if (out->adjusted == NULL || out->adjusted_contrasts == NULL || points == NULL)
        return no_memory(err);
    msp_status rc = MSP_OK;
    if (out->options.adjusted)
        rc = standardise(out, model, data->arm, points, err);
    if (rc == MSP_OK && out->options.at != NULL)
        rc = predict_one(out, model, data->stratum, points, err);
    return rc;
}
