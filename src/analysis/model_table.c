/* model_table.c - which rows of the table a model uses, and their values as arrays. */
#include <math.h>
#include <string.h>

#include "model_internal.h"

enum { FACTORS_MAX = 72 }; /* arm, by, visit, and the references of an option list */

/* -- factors and how they are -- */

typedef struct wanted {
    msp_coding_levels levels[FACTORS_MAX];
    size_t n;
} wanted;

static msp_coding_levels *want(wanted *w, const char *name)
{
    for (size_t i = 0; i < w->n; i++)
        if (msp_text_equal_nocase(w->levels[i].name, name))
            return &w->levels[i];
    w->levels[w->n] = (msp_coding_levels){.name = name};
    return &w->levels[w->n++];
}

static msp_status want_factors(const msp_model_options *o, wanted *w, msp_error *err)
{
    *w = (wanted){.n = 0};
    if (o->n_references + o->n_by + 2 > FACTORS_MAX)
        return msp_fail(err, MSP_EUSAGE, "more than %d references", FACTORS_MAX - MSP_MODEL_BY - 2);
    if (o->visit != NULL) {
        msp_coding_levels *visit = want(w, o->visit);
        visit->natural = true;
        visit->order = o->visits;
        visit->n_order = o->n_visits;
    }
    if (o->arm != NULL)
        (void)want(w, o->arm);
    for (size_t i = 0; i < o->n_by; i++)
        (void)want(w, o->by[i]);
    for (size_t i = 0; i < o->n_references; i++)
        want(w, o->references[i].name)->reference = o->references[i].value;
    return MSP_OK;
}

/* -- rows -- */

static msp_status no_such_row(msp_model *m, const msp_table *table, const msp_column *column,
                              const char *value, msp_error *err)
{
    msp_factor f;
    const msp_status rc = msp_factor_from_column(column, table->n_rows, NULL, &m->arena, &f, err);
    if (rc != MSP_OK)
        return rc;
    const msp_place file = {.file = table->file};
    msp_fail_at(err, MSP_EUSAGE, file, "no row has the value \"%s\" of %s", value, column->name);
    const char *meant = msp_suggest(value, f.level, f.n_levels);
    return meant != NULL ? msp_hint(err, MSP_EUSAGE, "did you mean \"%s\"?", meant) : MSP_EUSAGE;
}

/* Rows of `only`: of each column named, one of its values. */
static msp_status keep_only(msp_model *m, const msp_table *table, uint8_t *keep, msp_error *err)
{
    const msp_model_options *o = &m->options;
    uint8_t *own = msp_arena_array(&m->arena, table->n_rows + 1, 1);
    if (own == NULL)
        return msp__model_no_memory(err);
    for (size_t i = 0; i < o->n_only; i++) {
        msp_column *column;
        const msp_status rc = msp_table_need_column(table, o->only[i].name, &column, err);
        if (rc != MSP_OK)
            return rc;
        memset(own, 0, table->n_rows);
        for (size_t k = 0; k < o->n_only; k++) {
            bool found = false;
            if (strcmp(o->only[k].name, o->only[i].name) != 0)
                continue;
            for (size_t row = 0; row < table->n_rows; row++)
                if (msp_cell_equals(column, row, o->only[k].value))
                    own[row] = found = true;
            if (!found)
                return no_such_row(m, table, column, o->only[k].value, err);
        }
        for (size_t row = 0; row < table->n_rows; row++)
            keep[row] = keep[row] && own[row];
    }
    return MSP_OK;
}

static msp_status need_number(const msp_table *table, const char *name, msp_column **column,
                              msp_error *err)
{
    double number;
    const msp_status rc = msp_table_need_column(table, name, column, err);
    if (rc != MSP_OK || (*column)->type == MSP_COLUMN_NUMBER)
        return rc;
    const msp_column *c = *column;
    for (size_t row = 0; row < table->n_rows; row++) {
        const char *text = c->text[c->code[row]];
        if (c->code[row] != 0 && !msp_double_parse(text, strlen(text), &number))
            return msp_table_fail(err, MSP_EINPUT, table, row, c, "%s is \"%s\"; expected a number",
                                  c->name, text);
    }
    return msp_fail(err, MSP_EINPUT, "%s holds texts; expected numbers", name);
}

static msp_status keep_number(const msp_table *table, const char *name, uint8_t *keep,
                              msp_error *err)
{
    msp_column *column;
    const msp_status rc = name != NULL ? need_number(table, name, &column, err) : MSP_OK;
    if (rc == MSP_OK && name != NULL)
        msp_keep_present(column, table->n_rows, keep);
    return rc;
}

static msp_status keep_group(const msp_table *table, const char *name, uint8_t *keep,
                             msp_error *err)
{
    msp_column *column;
    const msp_status rc = name != NULL ? msp_table_need_column(table, name, &column, err) : MSP_OK;
    if (rc == MSP_OK && name != NULL)
        msp_keep_present(column, table->n_rows, keep);
    return rc;
}

static msp_status keep_event(const msp_table *table, const msp_formula *f, uint8_t *event,
                             uint8_t *keep, msp_error *err)
{
    msp_column *column;
    const char *name = f->time != NULL ? f->event : f->response;
    msp_status rc = msp_table_need_column(table, name, &column, err);
    if (rc == MSP_OK)
        rc = msp_event_from_column(table, column, f->value, event, keep, err);
    if (rc == MSP_EINPUT && f->value == NULL)
        return msp_hint(err, rc, "say which value is the event: %s == VALUE in the formula", name);
    return rc;
}

static msp_status keep_rows(msp_model *m, const msp_table *table, uint8_t *event, uint8_t *keep,
                            msp_error *err)
{
    const msp_formula *f = m->coding.formula;
    const bool events = m->kind == MSP_MODEL_COX || m->kind == MSP_MODEL_LOGISTIC;
    msp_status rc = events ? keep_event(table, f, event, keep, err)
                           : keep_number(table, f->response, keep, err);
    if (rc == MSP_OK)
        rc = keep_number(table, f->time, keep, err);
    if (rc == MSP_OK)
        rc = keep_number(table, f->entry, keep, err);
    if (rc == MSP_OK)
        rc = keep_number(table, m->options.weight, keep, err);
    if (rc == MSP_OK)
        rc = keep_group(table, m->options.subject, keep, err);
    if (rc == MSP_OK)
        rc = keep_group(table, m->options.visit, keep, err);
    for (size_t i = 0; i < f->n_strata && rc == MSP_OK; i++)
        rc = keep_group(table, f->strata[i], keep, err);
    return rc;
}

static size_t count(const uint8_t *keep, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += keep[i];
    return sum;
}

/* -- arrays -- */

static double *take_numbers(msp_model *m, const msp_table *table, const char *name)
{
    double *out = msp_arena_array(&m->arena, m->n + 1, sizeof *out);
    const msp_column *column = msp_table_column(table, name);
    for (size_t i = 0; i < m->n && out != NULL; i++)
        out[i] = column->number[m->work->row[i]];
    return out;
}

static uint32_t *take_codes(msp_model *m, const msp_factor *factor)
{
    uint32_t *out = msp_arena_array(&m->arena, m->n + 1, sizeof *out);
    for (size_t i = 0; i < m->n && out != NULL; i++)
        out[i] = factor->code[m->work->row[i]];
    return out;
}

static msp_status make_group(msp_model *m, const msp_table *table, const char *name,
                             const msp_coding_levels *how, const uint8_t *keep, msp_factor *factor,
                             uint32_t **codes, msp_error *err)
{
    const msp_column *column = msp_table_column(table, name);
    const msp_status rc = msp_coding_factor(table, column, keep, how, &m->arena, factor, err);
    if (rc != MSP_OK)
        return rc;
    *codes = take_codes(m, factor);
    return *codes != NULL ? MSP_OK : msp__model_no_memory(err);
}

static msp_status make_strata(msp_model *m, const msp_table *table, const uint8_t *keep,
                              msp_error *err)
{
    const msp_formula *f = m->coding.formula;
    msp_factor *parts = msp_arena_array(&m->arena, f->n_strata + 1, sizeof *parts);
    if (parts == NULL)
        return msp__model_no_memory(err);
    for (size_t i = 0; i < f->n_strata; i++) {
        const msp_column *column = msp_table_column(table, f->strata[i]);
        const msp_status rc =
            msp_factor_from_column(column, table->n_rows, keep, &m->arena, &parts[i], err);
        if (rc != MSP_OK)
            return rc;
    }
    const msp_status rc =
        msp_factor_cross(parts, f->n_strata, table->n_rows, &m->arena, &m->stratum, err);
    if (rc != MSP_OK)
        return rc;
    m->work->stratum = take_codes(m, &m->stratum);
    return m->work->stratum != NULL ? MSP_OK : msp__model_no_memory(err);
}

static msp_status make_groups(msp_model *m, const msp_table *table, const wanted *w,
                              const uint8_t *keep, msp_error *err)
{
    const msp_model_options *o = &m->options;
    msp_status rc = MSP_OK;
    if (o->subject != NULL)
        rc = make_group(m, table, o->subject, NULL, keep, &m->subject, &m->work->subject, err);
    if (rc == MSP_OK && o->visit != NULL) {
        msp_coding_levels how = w->levels[0]; /* the first wanted */
        how.reference = NULL;                 /* it would change the order of time */
        rc = make_group(m, table, o->visit, &how, keep, &m->visit, &m->work->visit, err);
    }
    if (rc == MSP_OK && m->coding.formula->n_strata > 0)
        rc = make_strata(m, table, keep, err);
    m->n_subjects = m->subject.n_levels;
    return rc;
}

/* The response and the covariates that are numbers. */
static msp_status check_numbers(const msp_model *m, const msp_table *table, const uint8_t *keep,
                                msp_error *err)
{
    const msp_formula *f = m->coding.formula;
    const bool events = m->kind == MSP_MODEL_COX || m->kind == MSP_MODEL_LOGISTIC;
    msp_status rc = MSP_OK;
    if (!events)
        rc = msp_check_numbers(table, msp_table_column(table, f->response), keep, err);
    for (size_t v = 0; rc == MSP_OK && v < f->n_variables; v++)
        if (m->coding.variables[v].value != NULL)
            rc = msp_check_numbers(table, msp_table_column(table, f->variables[v].name), keep, err);
    return rc;
}

static msp_status make_arrays(msp_model *m, const msp_table *table, const uint8_t *event,
                              msp_error *err)
{
    msp_model_work *w = m->work;
    const msp_formula *f = m->coding.formula;
    const size_t p = m->coding.n_columns;
    const bool events = m->kind == MSP_MODEL_COX || m->kind == MSP_MODEL_LOGISTIC;
    w->event = msp_arena_array(&m->arena, m->n + 1, 1);
    w->x = msp_arena_array(&m->arena, m->n * p + 1, sizeof *w->x);
    w->y = events ? NULL : take_numbers(m, table, f->response);
    w->time = f->time != NULL ? take_numbers(m, table, f->time) : NULL;
    w->entry = f->entry != NULL ? take_numbers(m, table, f->entry) : NULL;
    const char *weight = m->options.weight;
    w->weight = weight != NULL ? take_numbers(m, table, weight) : NULL;
    if (w->event == NULL || w->x == NULL || (!events && w->y == NULL) ||
        (f->time != NULL && w->time == NULL) || (f->entry != NULL && w->entry == NULL) ||
        (weight != NULL && w->weight == NULL))
        return msp__model_no_memory(err);
    for (size_t i = 0; i < m->n; i++) {
        w->event[i] = event[w->row[i]];
        m->n_events += w->event[i];
        for (size_t k = 0; k < p; k++)
            w->x[i * p + k] = msp_coding_at(&m->coding, k, w->row[i]);
    }
    return MSP_OK;
}

static msp_status number_rows(msp_model *m, size_t n_rows, const uint8_t *keep, msp_error *err)
{
    m->n = count(keep, n_rows);
    m->n_missing = n_rows - m->n_other - m->n;
    m->work->row = msp_arena_array(&m->arena, m->n + 1, sizeof *m->work->row);
    if (m->work->row == NULL)
        return msp__model_no_memory(err);
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++)
        if (keep[row])
            m->work->row[n++] = row;
    return MSP_OK;
}

msp_status msp__model_table(msp_model *m, const msp_table *table, msp_error *err)
{
    const msp_formula *f = m->coding.formula;
    wanted w;
    uint8_t *keep = msp_arena_array(&m->arena, table->n_rows + 1, 1);
    uint8_t *event = msp_arena_array(&m->arena, table->n_rows + 1, 1);
    if (keep == NULL || event == NULL)
        return msp__model_no_memory(err);
    m->n_rows = table->n_rows;
    memset(keep, 1, table->n_rows);
    msp_status rc = keep_only(m, table, keep, err);
    m->n_other = table->n_rows - count(keep, table->n_rows);
    if (rc == MSP_OK)
        rc = keep_rows(m, table, event, keep, err);
    if (rc == MSP_OK)
        rc = want_factors(&m->options, &w, err);
    if (rc == MSP_OK)
        rc = msp_coding_make(f, table, w.levels, w.n, keep, &m->coding, err);
    if (rc == MSP_OK)
        rc = number_rows(m, table->n_rows, keep, err);
    if (rc == MSP_OK)
        rc = make_groups(m, table, &w, keep, err);
    if (rc == MSP_OK)
        rc = check_numbers(m, table, keep, err);
    if (rc == MSP_OK)
        rc = make_arrays(m, table, event, err);
    return rc == MSP_OK ? msp__model_settle(m, err) : rc;
}
