/* model.c - options of a model, the columns it reads, and the order in which it is made. */
#include "mspike/analysis/model.h"

#include <string.h>

#include "model_internal.h"

const char *msp_model_kind_name(msp_model_kind kind)
{
    static const char *const names[] = {"linear", "repeated", "logistic", "cox"};
    return names[kind];
}

msp_model_options msp_model_options_default(msp_convention convention)
{
    return (msp_model_options){
        .df = MSP_MMRM_KENWARD_ROGER,
        .ties = msp_cox_options_default(convention).ties,
        .level = 0.95,
    };
}

size_t msp__model_variable(const msp_formula *formula, const char *name)
{
    for (size_t v = 0; v < formula->n_variables; v++)
        if (strcmp(formula->variables[v].name, name) == 0)
            return v;
    for (size_t v = 0; v < formula->n_variables; v++)
        if (msp_text_equal_nocase(formula->variables[v].name, name))
            return v;
    return formula->n_variables;
}

/* -- what goes together -- */

static msp_status not_in_formula(const msp_formula *formula, const char *what, const char *name,
                                 msp_error *err)
{
    const char *names[MSP_FORMULA_VARIABLES];
    for (size_t v = 0; v < formula->n_variables; v++)
        names[v] = formula->variables[v].name;
    msp_fail(err, MSP_EUSAGE, "%s names \"%s\", which is not in the formula", what, name);
    const char *meant = msp_suggest(name, names, formula->n_variables);
    return meant != NULL ? msp_hint(err, MSP_EUSAGE, "did you mean \"%s\"?", meant) : MSP_EUSAGE;
}

static msp_status check_names(const msp_formula *f, const msp_model_options *o, msp_error *err)
{
    const size_t none = f->n_variables;
    if (o->arm != NULL && msp__model_variable(f, o->arm) == none)
        return not_in_formula(f, "the arm", o->arm, err);
    for (size_t i = 0; i < o->n_by; i++)
        if (msp__model_variable(f, o->by[i]) == none)
            return not_in_formula(f, "\"by\"", o->by[i], err);
    if (o->n_by > MSP_MODEL_BY)
        return msp_fail(err, MSP_EUSAGE, "\"by\" names more than %d columns", MSP_MODEL_BY);
    for (size_t i = 0; i < o->n_references; i++)
        if (msp__model_variable(f, o->references[i].name) == none)
            return not_in_formula(f, "a reference", o->references[i].name, err);
    if (o->n_by > 0 && o->arm == NULL)
        return msp_fail(err, MSP_EUSAGE, "\"by\" divides the differences of an arm; name the arm");
    if (o->n_mid > 0 && o->arm == NULL)
        return msp_fail(err, MSP_EUSAGE, "an important difference is one of an arm; name the arm");
    return MSP_OK;
}

static msp_status check_kind(const msp_formula *f, const msp_model_options *o, msp_error *err)
{
    const bool cox = o->kind == MSP_MODEL_COX, repeated = o->kind == MSP_MODEL_REPEATED;
    const char *kind = msp_model_kind_name(o->kind);
    if (cox != (f->time != NULL))
        return msp_fail(err, MSP_EUSAGE, "a %s model has the response %s", kind,
                        cox ? "surv(TIME, EVENT)" : "COLUMN ~, not surv()");
    if (f->value != NULL && !cox && o->kind != MSP_MODEL_LOGISTIC)
        return msp_fail(err, MSP_EUSAGE,
                        "a %s model has a number as its response; \"== %s\" makes "
                        "an event of it",
                        kind, f->value);
    if (!f->intercept && (cox || o->kind == MSP_MODEL_LOGISTIC))
        return msp_fail(err, MSP_EUSAGE, "a %s model %s; the formula cannot take it out", kind,
                        cox ? "has its baseline hazard for an intercept" : "has an intercept here");
    if (f->n_strata > 0 && !cox)
        return msp_fail(err, MSP_EUSAGE, "strata() are those of Cox's model; this one is %s", kind);
    if (repeated && (o->subject == NULL || o->visit == NULL))
        return msp_fail(err, MSP_EUSAGE,
                        "repeated measures need the columns of patients and of visits");
    if (!repeated && o->visit != NULL)
        return msp_fail(err, MSP_EUSAGE, "visits are those of repeated measures; this model is %s",
                        kind);
    if (o->robust && !cox)
        return msp_fail(err, MSP_EUSAGE, "a robust variance is that of Cox's model; this one is %s",
                        kind);
    if (o->weight != NULL && !cox)
        return msp_fail(err, MSP_EUSAGE,
                        "weights are those of Cox's model; a %s model has none here", kind);
    if (o->weight != NULL && o->ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUSAGE, "weights need the ties of Efron or Breslow");
    if (o->robust && o->ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUSAGE, "a robust variance needs the ties of Efron or Breslow");
    if (o->n_mid > 0 && (cox || o->kind == MSP_MODEL_LOGISTIC))
        return msp_fail(err, MSP_EUSAGE,
                        "an important difference is one of means; this model is %s", kind);
    return MSP_OK;
}

/* -- columns to read -- */

static void ask(msp_read_column *columns, size_t *n, const char *name, msp_read_as as)
{
    for (size_t i = 0; i < *n; i++)
        if (name == NULL || strcmp(columns[i].name, name) == 0)
            return;
    if (name != NULL && *n < MSP_MODEL_COLUMNS)
        columns[(*n)++] = (msp_read_column){name, as};
}

void msp_model_ask(const msp_formula *formula, const msp_model_options *options,
                   msp_read_column *columns, size_t *n_columns)
{
    msp_coding_levels factors[MSP_MODEL_BY + 2];
    size_t n = 0;
    if (options->arm != NULL)
        factors[n++].name = options->arm;
    if (options->visit != NULL)
        factors[n++].name = options->visit;
    for (size_t i = 0; i < options->n_by && i < MSP_MODEL_BY; i++)
        factors[n++].name = options->by[i];
    *n_columns = 0;
    msp_coding_ask(formula, factors, n, columns, n_columns);
    ask(columns, n_columns, formula->response, MSP_READ_AUTO);
    ask(columns, n_columns, formula->entry, MSP_READ_AUTO);
    ask(columns, n_columns, formula->time, MSP_READ_AUTO);
    ask(columns, n_columns, formula->event, MSP_READ_AUTO);
    ask(columns, n_columns, options->weight, MSP_READ_AUTO);
    ask(columns, n_columns, options->subject, MSP_READ_TEXT);
    ask(columns, n_columns, options->visit, MSP_READ_TEXT);
    for (size_t i = 0; i < formula->n_strata; i++)
        ask(columns, n_columns, formula->strata[i], MSP_READ_TEXT);
    for (size_t i = 0; i < options->n_only; i++)
        ask(columns, n_columns, options->only[i].name, MSP_READ_AUTO);
}

/* -- all of it -- */

msp_status msp_model_fit(const msp_formula *formula, const msp_table *table,
                         const msp_model_options *options, msp_model *out, msp_error *err)
{
    *out = (msp_model){.kind = options->kind, .options = *options};
    out->coding.formula = formula;
    msp_status rc = check_kind(formula, options, err);
    if (rc == MSP_OK)
        rc = check_names(formula, options, err);
    if (rc == MSP_OK) {
        out->work = msp_arena_alloc(&out->arena, sizeof *out->work);
        rc = out->work != NULL ? MSP_OK : msp__model_no_memory(err);
    }
    if (rc == MSP_OK)
        rc = msp__model_table(out, table, err);
    if (rc == MSP_OK)
        rc = msp__model_fit(out, table, err);
    if (rc == MSP_OK)
        rc = msp__model_answer(out, err);
    if (rc != MSP_OK)
        msp_model_free(out);
    return rc;
}

void msp_model_free(msp_model *model)
{
    if (model->work != NULL)
        msp_alias_free(&model->work->alias);
    msp_linear_free(&model->linear);
    msp_mmrm_free(&model->repeated);
    msp_logistic_free(&model->logistic);
    msp_cox_free(&model->cox);
    msp_cox_robust_free(&model->robust);
    msp_coding_free(&model->coding);
    msp_arena_free(&model->arena);
    *model = (msp_model){0};
}
