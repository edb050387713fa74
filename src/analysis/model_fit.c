/* model_fit.c - the fit of each kind of model, and what they have in common: coefficients, their
 * covariance, which of them are known. */
#include <math.h>
#include <string.h>

#include "model_internal.h"

static const double infinite = INFINITY, none = NAN;

/* A fault of a row of the arrays becomes one of a row of the table. */
static msp_status at_its_row(const msp_model *m, const msp_table *table, const char *name,
                             msp_status rc, msp_error *err)
{
    if (rc == MSP_OK || err == NULL || err->row == MSP_NO_ROW)
        return rc;
    const msp_error numeric = *err;
    return msp_table_fail(err, rc, table, m->work->row[numeric.row], msp_table_column(table, name),
                          "%s", numeric.text);
}

static msp_status allocate(msp_model *m, msp_error *err)
{
    msp_model_work *w = m->work;
    const size_t p = m->coding.n_columns;
    w->beta = msp_arena_array(&m->arena, p + 1, sizeof *w->beta);
    w->variance = msp_arena_array(&m->arena, p * p + 1, sizeof *w->variance);
    w->known = msp_arena_array(&m->arena, p + 1, sizeof *w->known);
    w->df = infinite;
    for (size_t k = 0; k < p && w->known != NULL; k++)
        w->known[k] = true;
    return w->beta != NULL && w->variance != NULL && w->known != NULL ? MSP_OK
                                                                      : msp__model_no_memory(err);
}

/* -- means -- */

/* A variance below this part of the response's square is rounding. */
static const double exact_fit = 1e-28;

static const char constant_response[] = "the response is the same in every row used";

static double mean_square(const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += y[i] * y[i] / (double)n;
    return sum;
}

static bool is_constant(const double *y, size_t n)
{
    size_t i = 1;
    while (i < n && y[i] - y[0] == 0)
        i++;
    return n > 1 && i >= n;
}

static msp_status fit_linear(msp_model *m, msp_error *err)
{
    msp_model_work *w = m->work;
    const size_t p = m->coding.n_columns;
    msp_status rc = msp_linear_fit(w->y, w->x, m->n, p, &m->linear, err);
    if (rc != MSP_OK)
        return rc;
    memcpy(w->beta, m->linear.beta, p * sizeof *w->beta);
    memcpy(w->variance, m->linear.covariance, p * p * sizeof *w->variance);
    w->df = m->linear.df;
    m->note = is_constant(w->y, m->n) ? constant_response
              : m->linear.df <= 0     ? "there are no more rows than coefficients"
              : m->linear.variance <= exact_fit * mean_square(w->y, m->n)
                  ? "the formula gives every response exactly: what is left over is rounding"
                  : NULL;
    m->fitted = m->note == NULL;
    return MSP_OK;
}

static msp_status fit_repeated(msp_model *m, const msp_table *table, msp_error *err)
{
    const msp_model_work *w = m->work;
    if (m->visit.n_levels > MSP_MMRM_VISITS) {
        msp_fail(err, MSP_EUSAGE, "%s has %zu levels; repeated measures have at most %d visits",
                 m->options.visit, m->visit.n_levels, MSP_MMRM_VISITS);
        return msp_hint(err, MSP_EUSAGE, "is it a date?");
    }
    if (is_constant(w->y, m->n)) {
        m->repeated = (msp_mmrm){.structure = m->options.structure, .loglik = none};
        m->note = constant_response;
        return MSP_OK;
    }
    const msp_mmrm_data data = {
        m->n, w->y, w->x, m->coding.n_columns, w->subject, w->visit, m->visit.n_levels};
    const msp_status rc =
        at_its_row(m, table, m->options.visit,
                   msp_mmrm_fit(&data, m->options.structure, &m->repeated, err), err);
    if (rc != MSP_OK)
        return rc;
    m->fitted = m->repeated.state == MSP_MMRM_CONVERGED;
    m->note = m->repeated.note;
    memcpy(w->beta, m->repeated.beta, data.p * sizeof *w->beta);
    return MSP_OK;
}

/* -- ratios -- */

/* The columns of the model but the intercept, each as an array of its own. */
static msp_status make_columns(msp_model *m, msp_cox_column **out, msp_error *err)
{
    const size_t p = m->coding.n_columns;
    double *values = msp_arena_array(&m->arena, m->n * p + 1, sizeof *values);
    *out = msp_arena_array(&m->arena, p, sizeof **out);
    if (values == NULL || *out == NULL)
        return msp__model_no_memory(err);
    for (size_t k = 1; k < p; k++) {
        double *column = values + k * m->n;
        for (size_t i = 0; i < m->n; i++)
            column[i] = m->work->x[i * p + k];
        (*out)[k - 1] = (msp_cox_column){.name = m->coding.columns[k].name, .value = column};
    }
    return MSP_OK;
}

static msp_status fit_logistic(msp_model *m, msp_error *err)
{
    msp_model_work *w = m->work;
    const size_t p = m->coding.n_columns;
    msp_cox_column *columns;
    msp_status rc = make_columns(m, &columns, err);
    if (rc == MSP_OK)
        rc = msp_logistic_fit(w->event, m->n, NULL, columns, p - 1, m->options.level, &m->logistic,
                              err);
    if (rc != MSP_OK)
        return rc;
    m->fitted = m->logistic.state <= MSP_LOGISTIC_SEPARATED;
    m->note = m->logistic.note;
    for (size_t k = 0; k < p; k++) {
        const msp_logistic_coefficient *c = &m->logistic.coefficients[k];
        w->known[k] = c->kind == MSP_LOGISTIC_ESTIMATED || w->alias.aliased[k];
        w->beta[k] = c->kind == MSP_LOGISTIC_ALIASED ? 0 : c->coef;
        for (size_t j = 0; j < p; j++) {
            const double v = m->logistic.variance[k * p + j];
            w->variance[k * p + j] = isnan(v) ? 0 : v;
        }
    }
    return MSP_OK;
}

/* Cox's model sees of a column what is left beside its mean in the stratum. */
static msp_status find_alias_of_cox(msp_model *m, msp_error *err)
{
    const size_t p = m->coding.n_columns, s = m->stratum.n_levels > 0 ? m->stratum.n_levels : 1;
    double *mean = msp_arena_array(&m->arena, s, sizeof *mean);
    double *rows = msp_arena_array(&m->arena, s, sizeof *rows);
    double *x = msp_arena_array(&m->arena, m->n * p + 1, sizeof *x);
    if (mean == NULL || rows == NULL || x == NULL)
        return msp__model_no_memory(err);
    const uint32_t *stratum = m->work->stratum;
    for (size_t k = 0; k < p; k++) {
        double before = 0, after = 0;
        memset(mean, 0, s * sizeof *mean);
        memset(rows, 0, s * sizeof *rows);
        for (size_t i = 0; i < m->n; i++) {
            const size_t g = stratum != NULL ? stratum[i] : 0;
            rows[g]++;
            mean[g] += (m->work->x[i * p + k] - mean[g]) / rows[g];
        }
        for (size_t i = 0; i < m->n; i++) {
            const double own = m->work->x[i * p + k];
            x[i * p + k] = own - mean[stratum != NULL ? stratum[i] : 0];
            before += own * own;
            after += x[i * p + k] * x[i * p + k];
        }
        for (size_t i = 0; i < m->n && !(after > 1e-20 * before); i++)
            x[i * p + k] = 0;
    }
    return msp_alias_find(x, m->n, p, &m->work->alias, err);
}

static msp_status cox_variance(msp_model *m, const msp_order *order, const msp_cox_column *columns,
                               msp_error *err)
{
    msp_model_work *w = m->work;
    const size_t p = m->coding.n_columns, q = p - 1;
    const double *variance = m->cox.variance;
    if (m->options.robust && m->cox.state == MSP_COX_CONVERGED && q > 0) {
        const msp_cox_model model = {
            order, columns, q, w->stratum, w->stratum != NULL ? m->stratum.n_levels : 1, &m->cox};
        const msp_status rc =
            msp_cox_robust_of(&model, w->subject, m->subject.n_levels, &m->robust, err);
        if (rc != MSP_OK)
            return rc;
        variance = m->robust.variance;
    }
    for (size_t k = 0; k < q; k++) {
        const msp_cox_coefficient *c = &m->cox.coefficients[k];
        w->known[k + 1] = c->kind == MSP_COX_ESTIMATED || w->alias.aliased[k + 1];
        w->beta[k + 1] = c->kind == MSP_COX_ALIASED ? 0 : c->coef;
        for (size_t j = 0; j < q; j++) {
            const double v = variance[k * q + j];
            w->variance[(k + 1) * p + j + 1] = isnan(v) ? 0 : v;
        }
    }
    return MSP_OK;
}

static msp_status fit_cox(msp_model *m, const msp_table *table, msp_error *err)
{
    const msp_model_work *w = m->work;
    const msp_formula *f = m->coding.formula;
    const msp_follow_up follow_up = {
        .n = m->n, .time = w->time, .event = w->event, .entry = w->entry};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    msp_cox_column *columns;
    msp_order order;
    options.ties = m->options.ties;
    options.level = m->options.level;
    options.weight = w->weight;
    for (size_t i = 0; w->weight != NULL && i < m->n; i++)
        m->options.robust = m->options.robust || w->weight[i] > floor(w->weight[i]);
    msp_status rc = make_columns(m, &columns, err);
    if (rc == MSP_OK)
        rc = find_alias_of_cox(m, err);
    if (rc == MSP_OK)
        rc = at_its_row(m, table, f->time, msp_order_init(&order, &follow_up, err), err);
    if (rc != MSP_OK)
        return rc;
    rc = msp_cox_fit(&order, columns, m->coding.n_columns - 1, w->stratum,
                     w->stratum != NULL ? m->stratum.n_levels : 1, &options, &m->cox, err);
    rc = at_its_row(m, table, m->options.weight != NULL ? m->options.weight : f->time, rc, err);
    if (rc == MSP_OK) {
        m->fitted = m->cox.state <= MSP_COX_MONOTONE;
        m->note = m->cox.note;
        rc = cox_variance(m, &order, columns, err);
    }
    msp_order_free(&order);
    return rc;
}

msp_status msp__model_fit(msp_model *m, const msp_table *table, msp_error *err)
{
    msp_model_work *w = m->work;
    msp_status rc = allocate(m, err);
    if (rc == MSP_OK && m->kind != MSP_MODEL_COX)
        rc = msp_alias_find(w->x, m->n, m->coding.n_columns, &w->alias, err);
    if (rc != MSP_OK)
        return rc;
    switch (m->kind) {
    case MSP_MODEL_LINEAR:
        return fit_linear(m, err);
    case MSP_MODEL_REPEATED:
        return fit_repeated(m, table, err);
    case MSP_MODEL_LOGISTIC:
        return fit_logistic(m, err);
    case MSP_MODEL_COX:
        break;
    }
    return fit_cox(m, table, err);
}
