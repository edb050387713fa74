/*
 * logistic.c
 *   1. the rows: copied, centred, scaled
 *   2. Newton's method on the rows still active
 *   3. separation
 *   4. from scaled to given columns
 */
#include "mspike/stats/logistic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "solve.h"

static const double none = NAN;
static const double infinite = INFINITY;

static const int most_iterations = 100;
static const int first_suspicion = 6;      /* iterations before separation is looked for */
static const double converged_at = 1e-11;  /* largest step, columns scaled */
static const double aliased_below = 1e-10; /* part of a column's variance that is its own */
static const double same_below = 1e-7;     /* of the range of a direction: equal but for rounding */

typedef struct model {
    size_t n, p;          /* rows; columns with the intercept, which is column 0 */
    double *x;            /* n x p, row by row: 1, then the columns, centred and scaled */
    double *mean, *scale; /* p */
    uint8_t *event, *active;
    bool *used;                          /* p: not aliased among the active rows */
    bool *factored;                      /* p: used, and its pivot is above 0 */
    double *beta, *step, *score, *floor; /* p */
    double *information, *inverse;       /* p x p */
    double *trial;                       /* p */
    double *direction;                   /* n: a candidate's value in every row */
    double loglik;
    double *block;
    uint8_t *bytes;
    bool *flags;
} model;

/* -- 1. rows -- */

static msp_status allocate(model *m, size_t n, size_t p, msp_error *err)
{
    *m = (model){.n = n, .p = p};
    const bool fits = p < ((size_t)1 << 20) && n < SIZE_MAX / (16 * (p + 2));
    m->block = fits ? calloc(n * (p + 1) + p * (2 * p + 7), sizeof *m->block) : NULL;
    m->bytes = calloc(2 * n + 1, 1);
    m->flags = calloc(2 * p, sizeof *m->flags);
    if (m->block == NULL || m->bytes == NULL || m->flags == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a model of %zu rows and %zu columns", n, p);
    double *at = m->block;
    double **const parts[] = {&m->mean,  &m->scale, &m->beta, &m->step,
                              &m->score, &m->floor, &m->trial};
    for (size_t i = 0; i < MSP_COUNT(parts); i++, at += p)
        *parts[i] = at;
    m->information = at;
    m->inverse = m->information + p * p;
    m->direction = m->inverse + p * p;
    m->x = m->direction + n;
    m->event = m->bytes;
    m->active = m->bytes + n;
    m->used = m->flags;
    m->factored = m->flags + p;
    return MSP_OK;
}

static void release(model *m)
{
    free(m->block);
    free(m->bytes);
    free(m->flags);
}

static double cell(const msp_cox_column *c, size_t row)
{
    return c->value != NULL ? c->value[row] : c->code[row] == c->level ? 1 : 0;
}

static msp_status copy_rows(model *m, const uint8_t *event, size_t n, const uint8_t *keep,
                            const msp_cox_column *columns, msp_error *err)
{
    for (size_t row = 0, i = 0; row < n; row++) {
        if (keep != NULL && !keep[row])
            continue;
        if (event[row] > 1)
            return msp_fail_row(err, MSP_ERANGE, row, "the event is %u; expected 0 or 1",
                                event[row]);
        m->event[i] = event[row];
        m->active[i] = 1;
        m->x[i * m->p] = 1;
        for (size_t k = 1; k < m->p; k++) {
            m->x[i * m->p + k] = cell(&columns[k - 1], row);
            if (!isfinite(m->x[i * m->p + k]))
                return msp_fail_row(err, MSP_ERANGE, row, "%s is not a finite number",
                                    columns[k - 1].name != NULL ? columns[k - 1].name : "a column");
        }
        i++;
    }
    return MSP_OK;
}

static void scale_columns(model *m)
{
    for (size_t k = 1; k < m->p; k++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < m->n; i++)
            sum += m->x[i * m->p + k];
        m->mean[k] = sum / (double)m->n;
        for (size_t i = 0; i < m->n; i++) {
            m->x[i * m->p + k] -= m->mean[k];
            squares += m->x[i * m->p + k] * m->x[i * m->p + k];
        }
        m->scale[k] = sqrt(squares / (double)m->n);
        if (!(m->scale[k] > 1e-14 * fabs(m->mean[k]))) /* a constant; rounding is no spread */
            m->scale[k] = 0;
        for (size_t i = 0; i < m->n; i++)
            m->x[i * m->p + k] = m->scale[k] > 0 ? m->x[i * m->p + k] / m->scale[k] : 0;
    }
    m->scale[0] = 1;
}

/* -- 2. Newton -- */

static double predictor(const model *m, const double *beta, size_t i)
{
    double sum = 0;
    for (size_t k = 0; k < m->p; k++)
        sum += m->x[i * m->p + k] * beta[k];
    return sum;
}

/* log(1 + e^u) without overflow */
static double log1p_exp(double u)
{
    return u > 0 ? u + log1p(exp(-u)) : log1p(exp(u));
}

static double log_likelihood(const model *m, const double *beta)
{
    double sum = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->active[i]) {
            const double eta = predictor(m, beta, i);
            sum -= log1p_exp(m->event[i] ? -eta : eta);
        }
    return sum;
}

static void derive(model *m)
{
    const size_t p = m->p;
    memset(m->score, 0, p * sizeof *m->score);
    memset(m->information, 0, p * p * sizeof *m->information);
    for (size_t i = 0; i < m->n; i++) {
        if (!m->active[i])
            continue;
        const double *x = m->x + i * p, eta = predictor(m, m->beta, i);
        const double e = exp(-fabs(eta)), small = e / (1 + e), weight = small / (1 + e);
        const double mu = eta > 0 ? 1 - small : small;
        const double residual = m->event[i] ? (eta > 0 ? small : 1 - small) : -mu;
        for (size_t k = 0; k < p; k++) {
            m->score[k] += x[k] * residual;
            for (size_t l = 0; l <= k; l++)
                m->information[k * p + l] += weight * x[k] * x[l];
        }
    }
}

/* Which columns have something of their own among the active rows; later ones yield. */
static void find_aliased(model *m)
{
    const size_t p = m->p;
    memset(m->information, 0, p * p * sizeof *m->information);
    for (size_t i = 0; i < m->n; i++)
        for (size_t k = 0; m->active[i] && k < p; k++)
            for (size_t l = 0; l <= k; l++)
                m->information[k * p + l] += m->x[i * p + k] * m->x[i * p + l];
    for (size_t k = 0; k < p; k++)
        m->floor[k] = aliased_below * fmax(m->information[k * p + k], 1e-300);
    msp__factor(m->information, p, m->floor, m->used);
    for (size_t k = 0; k < p; k++)
        if (!m->used[k])
            m->beta[k] = 0;
}

/* Factors the information, aliased columns apart. */
static void factor(model *m)
{
    for (size_t k = 0; k < m->p; k++)
        m->floor[k] = m->used[k] ? 0 : infinite;
    msp__factor(m->information, m->p, m->floor, m->factored);
}

/* The step, halved until the likelihood does not fall; the largest part of it. */
static double take_step(model *m)
{
    double largest = 0;
    for (int half = 0; half < 40; half++) {
        for (size_t k = 0; k < m->p; k++)
            m->trial[k] = m->beta[k] + m->step[k];
        const double loglik = log_likelihood(m, m->trial);
        if (loglik >= m->loglik - 1e-13 * fabs(m->loglik)) {
            memcpy(m->beta, m->trial, m->p * sizeof *m->beta);
            m->loglik = loglik;
            break;
        }
        for (size_t k = 0; k < m->p; k++)
            m->step[k] /= 2;
    }
    for (size_t k = 0; k < m->p; k++)
        largest = fmax(largest, fabs(m->step[k]));
    return largest;
}

/* -- 3. separation -- */

/* Whether the direction in m->step orders the active rows: every event at or above every other row,
 * or the reverse. Steps along it tend to it but for rounding, so small parts are taken as 0. The
 * border is the value at which both may stand. */
static int separates(model *m, double *border)
{
    double largest = 0, low[2] = {infinite, infinite}, high[2] = {-infinite, -infinite};
    for (size_t k = 1; k < m->p; k++)
        largest = fmax(largest, fabs(m->step[k]));
    for (size_t k = 1; k < m->p; k++)
        if (fabs(m->step[k]) < 1e-5 * largest)
            m->step[k] = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (!m->active[i])
            continue;
        double y = 0;
        for (size_t k = 1; k < m->p; k++)
            y += m->x[i * m->p + k] * m->step[k];
        m->direction[i] = y;
        low[m->event[i]] = fmin(low[m->event[i]], y);
        high[m->event[i]] = fmax(high[m->event[i]], y);
    }
    const double range = fmax(high[0], high[1]) - fmin(low[0], low[1]);
    const double slack = same_below * range;
    if (!(range > 0))
        return 0;
    if (low[1] >= high[0] - slack) {
        *border = (low[1] + high[0]) / 2;
        return 1;
    }
    if (low[0] >= high[1] - slack) {
        *border = (low[0] + high[1]) / 2;
        return -1;
    }
    return 0;
}

/* Rows off the border leave; how many stay. A gap between the groups leaves none. */
static size_t keep_border(model *m, double border, double *gap)
{
    double low = infinite, high = -infinite;
    size_t left = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->active[i]) {
            low = fmin(low, m->direction[i]);
            high = fmax(high, m->direction[i]);
        }
    const double slack = same_below * (high - low);
    *gap = slack;
    for (size_t i = 0; i < m->n; i++) {
        m->active[i] = m->active[i] && fabs(m->direction[i] - border) <= slack;
        left += m->active[i];
    }
    return left;
}

/* The border in the given columns' units is where eta of the direction is 0: the intercept runs
 * away too unless that is at x = 0. */
static void mark_infinite(const model *m, int sign, double border, double slack, msp_logistic *out)
{
    double origin = -border; /* eta at x = 0, along the direction */
    for (size_t k = 1; k < m->p; k++) {
        if (!(fabs(m->step[k]) > 0))
            continue;
        msp_logistic_coefficient *c = &out->coefficients[k];
        c->kind = MSP_LOGISTIC_INFINITE;
        c->coef = sign * m->step[k] > 0 ? infinite : -infinite;
        origin -= m->step[k] * m->mean[k] / m->scale[k];
    }
    if (fabs(origin) <= slack)
        return;
    out->coefficients[0].kind = MSP_LOGISTIC_INFINITE;
    out->coefficients[0].coef = sign * origin > 0 ? infinite : -infinite;
}

static bool one_outcome(const model *m)
{
    bool seen[2] = {false, false};
    for (size_t i = 0; i < m->n; i++)
        if (m->active[i])
            seen[m->event[i]] = true;
    return !(seen[0] && seen[1]);
}

/* Takes the separating direction in m->step out; false where no row remains to fit. */
static bool split(model *m, int sign, double border, msp_logistic *out)
{
    double slack;
    const size_t left = keep_border(m, border, &slack);
    mark_infinite(m, sign, border, slack, out);
    out->state = MSP_LOGISTIC_SEPARATED;
    out->note = left > 0
                    ? "a combination of columns separates events from the others, but for rows "
                      "on the border"
                    : "a combination of columns separates all events from the others";
    if (left == 0 || one_outcome(m))
        return false;
    find_aliased(m);
    m->loglik = log_likelihood(m, m->beta);
    return true;
}

/* Runs to the maximum, or to the limit where there is none; false where nothing is left to fit. */
static bool maximise(model *m, msp_logistic *out)
{
    find_aliased(m);
    m->loglik = log_likelihood(m, m->beta);
    for (int since = 0; out->iterations < most_iterations; since++) {
        out->iterations++;
        derive(m);
        factor(m);
        msp__solve(m->information, m->p, m->factored, m->score, m->step);
        const double largest = take_step(m);
        if (largest < converged_at)
            return true;
        double border;
        const int sign = since >= first_suspicion ? separates(m, &border) : 0;
        if (sign != 0) {
            if (!split(m, sign, border, out)) {
                m->loglik = 0;
                return false;
            }
            since = 0;
        }
    }
    out->state = MSP_LOGISTIC_NOT_CONVERGED;
    out->note = "Newton's method did not converge";
    return false;
}

/* -- 4. the answer -- */

/* The inverse information of the given columns, from that of the scaled ones: a coefficient is
 * b / scale, and the intercept b0 - sum b mean / scale. */
static void unscale(const model *m, const double *scaled, msp_logistic *out)
{
    const size_t p = m->p;
    double *v = out->variance;
    for (size_t k = 1; k < p; k++)
        for (size_t l = 1; l < p; l++)
            v[k * p + l] =
                m->used[k] && m->used[l] ? scaled[k * p + l] / (m->scale[k] * m->scale[l]) : none;
    v[0] = scaled[0];
    for (size_t k = 1; k < p; k++) {
        double with = m->used[k] ? scaled[k] / m->scale[k] : none;
        for (size_t l = 1; m->used[k] && l < p; l++)
            with -= m->used[l] ? m->mean[l] * v[k * p + l] : 0;
        v[k] = v[k * p] = with;
    }
    for (size_t k = 1; k < p; k++) {
        if (!m->used[k])
            continue;
        v[0] -= m->mean[k] * scaled[k] / m->scale[k];
        v[0] -= m->mean[k] * v[k];
    }
}

static void fill(msp_logistic_coefficient *c, double coef, double variance, double z_level)
{
    c->kind = MSP_LOGISTIC_ESTIMATED;
    c->coef = coef;
    c->std_error = sqrt(variance);
    c->z = coef / c->std_error;
    const msp_prob p = msp_dist_normal_two_sided(c->z);
    c->p = p.p;
    c->log_p = p.log_p;
    c->odds_ratio = exp(coef);
    c->lower = exp(coef - z_level * c->std_error);
    c->upper = exp(coef + z_level * c->std_error);
}

static void report(model *m, msp_logistic *out)
{
    const size_t p = m->p;
    const double z = msp_dist_normal_limit(out->level);
    derive(m);
    for (size_t k = 0; k < p; k++)
        out->gradient = fmax(out->gradient, m->used[k] ? fabs(m->score[k]) : 0);
    factor(m);
    msp__invert(m->information, p, m->factored, m->inverse);
    unscale(m, m->inverse, out);
    double intercept = m->beta[0];
    for (size_t k = 1; k < p; k++)
        intercept -= m->used[k] ? m->beta[k] * m->mean[k] / m->scale[k] : 0;
    for (size_t k = 0; k < p; k++) {
        msp_logistic_coefficient *c = &out->coefficients[k];
        if (c->kind == MSP_LOGISTIC_INFINITE || !m->used[k])
            continue;
        fill(c, k > 0 ? m->beta[k] / m->scale[k] : intercept, out->variance[k * p + k], z);
    }
}

static void prepare(const model *m, msp_logistic *out)
{
    for (size_t k = 0; k < m->p; k++)
        out->coefficients[k] = (msp_logistic_coefficient){
            MSP_LOGISTIC_UNKNOWN, none, none, none, none, none, none, none, none};
    for (size_t i = 0; i < m->p * m->p; i++)
        out->variance[i] = none;
    const double d = (double)out->n_events, n = (double)out->n;
    out->loglik_null = d > 0 && d < n ? d * log(d / n) + (n - d) * log((n - d) / n) : 0;
    out->likelihood_ratio = (msp_test){none, 0, none, none};
}

/* What is infinite has neither test nor limits; what aliased columns would have been is unknown. */
static void mark_rest(const bool *used_at_first, msp_logistic *out)
{
    for (size_t k = 0; k <= out->n_columns; k++) {
        msp_logistic_coefficient *c = &out->coefficients[k];
        if (!used_at_first[k])
            c->kind = MSP_LOGISTIC_ALIASED;
        if (c->kind == MSP_LOGISTIC_INFINITE)
            c->odds_ratio = c->coef > 0 ? infinite : 0;
    }
    for (size_t k = 0; k <= out->n_columns; k++)
        for (size_t l = 0; l <= out->n_columns; l++)
            if (out->coefficients[k].kind != MSP_LOGISTIC_ESTIMATED ||
                out->coefficients[l].kind != MSP_LOGISTIC_ESTIMATED)
                out->variance[k * (out->n_columns + 1) + l] = none;
}

static msp_status fit(model *m, msp_logistic *out, msp_error *err)
{
    prepare(m, out);
    if (out->n_events == 0 || out->n_events == out->n) {
        out->state = MSP_LOGISTIC_NOT_ESTIMABLE;
        out->note = out->n_events == 0 ? "no one has the event" : "everyone has the event";
        return MSP_OK;
    }
    bool *used_at_first = calloc(m->p, sizeof *used_at_first);
    if (used_at_first == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu columns", m->p);
    scale_columns(m);
    find_aliased(m);
    memcpy(used_at_first, m->used, m->p * sizeof *m->used);
    const bool more = maximise(m, out);
    out->loglik = m->loglik;
    if (more)
        report(m, out);
    mark_rest(used_at_first, out);
    double df = -1;
    for (size_t k = 0; k < m->p; k++)
        df += used_at_first[k];
    if (out->state != MSP_LOGISTIC_NOT_CONVERGED && df > 0) {
        const double lr = fmax(0, 2 * (out->loglik - out->loglik_null));
        const msp_prob p = msp_dist_chisq_upper(lr, df);
        out->likelihood_ratio = (msp_test){lr, df, p.p, p.log_p};
    }
    free(used_at_first);
    return MSP_OK;
}

static msp_status allocate_answer(msp_logistic *out, msp_error *err)
{
    const size_t p = out->n_columns + 1;
    const size_t size = p * sizeof *out->coefficients + p * p * sizeof *out->variance;
    out->block = p < ((size_t)1 << 20) ? calloc(1, size) : NULL;
    if (out->block == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu columns", p);
    out->coefficients = out->block;
    out->variance = (double *)(out->coefficients + p);
    return MSP_OK;
}

msp_status msp_logistic_fit(const uint8_t *event, size_t n, const uint8_t *keep,
                            const msp_cox_column *columns, size_t n_columns, double level,
                            msp_logistic *out, msp_error *err)
{
    model m = {0};
    *out = (msp_logistic){.n_columns = n_columns, .level = level};
    if (!(level > 0 && level < 1))
        return msp_fail(err, MSP_ERANGE, "the confidence level is %g; expected above 0 and below 1",
                        level);
    for (size_t row = 0; row < n; row++)
        if (keep == NULL || keep[row])
            out->n++;
    if (out->n == 0)
        return msp_fail(err, MSP_ENODATA, "no rows to fit a model to");
    msp_status rc = allocate(&m, out->n, n_columns + 1, err);
    if (rc == MSP_OK)
        rc = copy_rows(&m, event, n, keep, columns, err);
    for (size_t i = 0; rc == MSP_OK && i < m.n; i++)
        out->n_events += m.event[i];
    if (rc == MSP_OK)
        rc = allocate_answer(out, err);
    if (rc == MSP_OK)
        rc = fit(&m, out, err);
    release(&m);
    if (rc != MSP_OK)
        msp_logistic_free(out);
    return rc;
}

void msp_logistic_free(msp_logistic *fit)
{
    free(fit->block);
    *fit = (msp_logistic){0};
}
