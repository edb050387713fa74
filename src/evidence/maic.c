/*
 * maic.c
 *   1. weights that balance      3. a model centred on the target
 *   2. weighted hazard ratio     4. ours against theirs
 */
#include "mspike/evidence/maic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/stats/dist.h"

static const int most_iterations = 200;
static const double balanced_at = 1e-12;   /* standard deviations */
static const double dependent_at = 1e-10;  /* part of a column's variance that is its own */
static const double sufficient_fall = 0.1; /* of what the slope promises */

/* -- 1. weights -- */

/* Columns less their targets, in standard deviations. */
typedef struct balance {
    size_t n, p;
    double *x;                           /* n x p */
    double *scale;                       /* p */
    double *b, *trial, *gradient, *step; /* p */
    double *hessian;                     /* p x p */
    double *w;                           /* n, sum 1 */
    double value;                        /* log sum exp(x b) */
    double highest;                      /* max of x b */
} balance;

static msp_status lay_out(const double *x, size_t n, size_t p, const double *target, balance *m,
                          msp_error *err)
{
    for (size_t k = 0; k < p; k++) {
        double mean = 0, squares = 0;
        if (!isfinite(target[k]))
            return msp_fail(err, MSP_ERANGE, "the target of covariate %zu is not finite", k + 1);
        for (size_t i = 0; i < n; i++) {
            if (!isfinite(x[i * p + k]))
                return msp_fail_row(err, MSP_ERANGE, i, "covariate %zu is not finite", k + 1);
            mean += x[i * p + k] / (double)n;
        }
        for (size_t i = 0; i < n; i++)
            squares += (x[i * p + k] - mean) * (x[i * p + k] - mean) / (double)n;
        m->scale[k] = squares > 0 ? sqrt(squares) : 1;
        for (size_t i = 0; i < n; i++)
            m->x[i * p + k] = (x[i * p + k] - target[k]) / m->scale[k];
    }
    return MSP_OK;
}

/* Weights at b, their sum 1; the value and its gradient: the weighted means. */
static double evaluate(balance *m, const double *b)
{
    double sum = 0;
    m->highest = -INFINITY;
    for (size_t i = 0; i < m->n; i++) {
        m->w[i] = 0;
        for (size_t k = 0; k < m->p; k++)
            m->w[i] += m->x[i * m->p + k] * b[k];
        m->highest = fmax(m->highest, m->w[i]);
    }
    for (size_t i = 0; i < m->n; i++)
        sum += m->w[i] = exp(m->w[i] - m->highest);
    memset(m->gradient, 0, m->p * sizeof *m->gradient);
    for (size_t i = 0; i < m->n; i++) {
        m->w[i] /= sum;
        for (size_t k = 0; k < m->p; k++)
            m->gradient[k] += m->w[i] * m->x[i * m->p + k];
    }
    return m->highest + log(sum);
}

/* The weighted covariance of the columns: the second derivative. */
static void curve(balance *m)
{
    const size_t p = m->p;
    memset(m->hessian, 0, p * p * sizeof *m->hessian);
    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k <= j; k++)
                m->hessian[j * p + k] += m->w[i] * (m->x[i * p + j] - m->gradient[j]) *
                                         (m->x[i * p + k] - m->gradient[k]);
}

/* step = -hessian^-1 gradient by Cholesky; a column that earlier ones determine takes no part. */
static void newton(balance *m)
{
    const size_t p = m->p;
    double *h = m->hessian, *s = m->step;
    for (size_t j = 0; j < p; j++) {
        const double own = h[j * p + j];
        for (size_t k = 0; k <= j; k++) {
            double sum = h[j * p + k];
            for (size_t l = 0; l < k; l++)
                sum -= h[j * p + l] * h[k * p + l];
            if (k == j)
                h[j * p + j] = sum > dependent_at * own ? sqrt(sum) : 0;
            else
                h[j * p + k] = h[k * p + k] > 0 ? sum / h[k * p + k] : 0;
        }
    }
    for (size_t j = 0; j < p; j++) {
        double sum = -m->gradient[j];
        for (size_t k = 0; k < j; k++)
            sum -= h[j * p + k] * s[k];
        s[j] = h[j * p + j] > 0 ? sum / h[j * p + j] : 0;
    }
    for (size_t j = p; j-- > 0;) {
        double sum = s[j];
        for (size_t k = j + 1; k < p; k++)
            sum -= h[k * p + j] * s[k];
        s[j] = h[j * p + j] > 0 ? sum / h[j * p + j] : 0;
    }
}

static double largest(const double *v, size_t p)
{
    double most = 0;
    for (size_t k = 0; k < p; k++)
        most = fmax(most, fabs(v[k]));
    return most;
}

/* The longest of 1, 1/2, 1/4 ... steps that falls as the slope promises. */
static bool advance(balance *m)
{
    double slope = 0;
    for (size_t k = 0; k < m->p; k++)
        slope += m->gradient[k] * m->step[k];
    for (double share = 1; share > 1e-10; share /= 2) {
        for (size_t k = 0; k < m->p; k++)
            m->trial[k] = m->b[k] + share * m->step[k];
        const double value = evaluate(m, m->trial);
        /* near the end the fall is lost in rounding */
        if (value <= m->value + sufficient_fall * share * slope + 1e-14 * fabs(m->value)) {
            memcpy(m->b, m->trial, m->p * sizeof *m->b);
            m->value = value;
            return true;
        }
    }
    return false;
}

/* All x b below 0: the target is beyond every patient in the direction b. */
static msp_maic_state descend(balance *m, int *iterations)
{
    m->value = evaluate(m, m->b);
    for (*iterations = 0; *iterations < most_iterations; ++*iterations) {
        if (m->highest < -1e-9 * (1 + largest(m->b, m->p)))
            return MSP_MAIC_OUTSIDE;
        if (largest(m->gradient, m->p) < balanced_at)
            return MSP_MAIC_BALANCED;
        curve(m);
        newton(m);
        if (largest(m->step, m->p) == 0 || !advance(m))
            break;
    }
    evaluate(m, m->b);
    return largest(m->gradient, m->p) < 1e3 * balanced_at ? MSP_MAIC_BALANCED : MSP_MAIC_NO_BALANCE;
}

static void conclude(const balance *m, msp_maic *out)
{
    static const char *const notes[] = {
        [MSP_MAIC_BALANCED] = NULL,
        [MSP_MAIC_OUTSIDE] = "no weights exist: the published population lies outside of what the "
                             "patients show",
        [MSP_MAIC_NO_BALANCE] = "no weights were found: the published means contradict each other",
    };
    out->note = notes[out->state];
    out->imbalance = largest(m->gradient, m->p);
    out->ess = out->largest_weight = (double)NAN;
    for (size_t k = 0; k < m->p; k++)
        out->coef[k] = m->b[k] / m->scale[k];
    if (out->state != MSP_MAIC_BALANCED) {
        for (size_t i = 0; i < m->n; i++)
            out->weight[i] = (double)NAN;
        return;
    }
    double squares = 0, most = 0;
    for (size_t i = 0; i < m->n; i++) {
        squares += m->w[i] * m->w[i];
        most = fmax(most, m->w[i]);
        out->weight[i] = m->w[i] * (double)m->n;
    }
    out->ess = 1 / squares;
    out->largest_weight = most;
}

msp_status msp_maic_weigh(const double *x, size_t n, size_t p, const double *target, msp_maic *out,
                          msp_error *err)
{
    *out = (msp_maic){0};
    if (n == 0 || p == 0)
        return msp_fail(err, MSP_ENODATA, "no patients, or no covariates, to match");
    const bool fits = p < 1024 && n < SIZE_MAX / 64 / p;
    double *block = fits ? calloc(n + p, sizeof *block) : NULL;
    double *work = fits ? calloc(n * p + 5 * p + p * p + n, sizeof *work) : NULL;
    if (block == NULL || work == NULL) {
        free(block);
        free(work);
        return msp_fail(err, MSP_EMEM, "no memory for %zu patients and %zu covariates", n, p);
    }
    balance m = {.n = n, .p = p, .x = work, .scale = work + n * p};
    m.b = m.scale + p;
    m.trial = m.b + p;
    m.gradient = m.trial + p;
    m.step = m.gradient + p;
    m.hessian = m.step + p;
    m.w = m.hessian + p * p;
    const msp_status status = lay_out(x, n, p, target, &m, err);
    if (status == MSP_OK) {
        *out = (msp_maic){.n = n, .p = p, .weight = block, .coef = block + n, .block = block};
        out->state = descend(&m, &out->iterations);
        conclude(&m, out);
    } else {
        free(block);
    }
    free(work);
    return status;
}

void msp_maic_free(msp_maic *maic)
{
    free(maic->block);
    *maic = (msp_maic){0};
}

/* -- 2. weighted hazard ratio -- */

/* Of everyone, and of arm 1. */
typedef struct risk {
    double all, arm;
} risk;

typedef struct weighted {
    const msp_order *order;
    const uint8_t *arm;
    const double *weight;
    double score, information;
    risk *at_risk;    /* of the rows from each position on */
    double *residual; /* of each row: what it adds to the score, without its weight */
} weighted;

static risk risk_of(const weighted *m, size_t row, double hazard_ratio)
{
    const double r = m->weight[row] * (m->arm[row] ? hazard_ratio : 1);
    return (risk){r, m->arm[row] ? r : 0};
}

/* The deaths of one time, positions [from, to): Efron's steps. Adds to the cumulative hazard and
 * its arm-1 part; *late is what the deaths themselves are spared of both. */
static void deaths(weighted *m, risk at_risk, size_t from, size_t to, double hazard_ratio,
                   risk *cumulative, risk *spared)
{
    const double d = (double)(to - from);
    risk dying = {0, 0};
    double weight = 0, in_arm = 0, mean = 0;
    for (size_t i = from; i < to; i++) {
        const size_t row = m->order->row[i];
        const risk r = risk_of(m, row, hazard_ratio);
        dying.all += r.all;
        dying.arm += r.arm;
        weight += m->weight[row];
        in_arm += m->arm[row] ? m->weight[row] : 0;
    }
    m->score += in_arm;
    *spared = (risk){0, 0};
    for (size_t k = 0; k < to - from; k++) {
        const double share = (double)k / d, all = at_risk.all - share * dying.all;
        if (!(all > 0))
            continue;
        const double p = (at_risk.arm - share * dying.arm) / all, hazard = weight / d / all;
        m->score -= weight / d * p;
        m->information += weight / d * p * (1 - p);
        cumulative->all += hazard;
        cumulative->arm += hazard * p;
        spared->all += share * hazard;
        spared->arm += share * hazard * p;
        mean += p / d;
    }
    for (size_t i = from; i < to; i++)
        m->residual[m->order->row[i]] += (m->arm[m->order->row[i]] ? 1 : 0) - mean;
}

/* Everyone who leaves at the time of positions [from, to), `dead` first, keeps the hazard so far.
 */
static void leave(weighted *m, size_t from, size_t dead, size_t to, double hazard_ratio,
                  risk cumulative, risk spared)
{
    for (size_t i = from; i < to; i++) {
        const size_t row = m->order->row[i];
        const risk less = i < dead ? spared : (risk){0, 0};
        const double all = cumulative.all - less.all, arm = cumulative.arm - less.arm;
        m->residual[row] -= m->arm[row] ? hazard_ratio * (all - arm) : -arm;
    }
}

/* Score, information and residuals at a log hazard ratio. */
static void sweep(weighted *m, double log_hr)
{
    const double hazard_ratio = exp(log_hr);
    const msp_order *o = m->order;
    risk sum = {0, 0}, cumulative = {0, 0};
    m->score = m->information = 0;
    for (size_t i = o->n; i-- > 0;) {
        const risk r = risk_of(m, o->row[i], hazard_ratio);
        m->at_risk[i] = sum = (risk){sum.all + r.all, sum.arm + r.arm};
        m->residual[o->row[i]] = 0;
    }
    for (size_t i = 0, dead, after; i < o->n; i = after) {
        risk spared = {0, 0};
        for (dead = i; dead < o->n && o->key[dead] == o->key[i] && (o->key[i] & 1) == 0;)
            dead++;
        if (dead > i)
            deaths(m, m->at_risk[i], i, dead, hazard_ratio, &cumulative, &spared);
        for (after = dead; after < o->n && o->key[after] >> 1 == o->key[i] >> 1;)
            after++;
        leave(m, i, dead, after, hazard_ratio, cumulative, spared);
    }
}

static msp_status check_arms(const uint8_t *event, const uint8_t *arm, const double *weight,
                             size_t n, msp_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (arm[i] > 1 || event[i] > 1 || !isfinite(weight[i]) || weight[i] < 0)
            return msp_fail_row(err, MSP_ERANGE, i,
                                "event %u, arm %u, weight %g; expected 0 or 1, 0 or 1, and a "
                                "weight of at least 0",
                                event[i], arm[i], weight[i]);
    return MSP_OK;
}

/* Newton on a concave likelihood; a root further than 30 away is at infinity. */
static double maximise(weighted *m)
{
    double log_hr = 0;
    for (int i = 0; i < 100; i++) {
        sweep(m, log_hr);
        if (!(m->information > 0))
            break;
        const double step = fmax(-2, fmin(2, m->score / m->information));
        log_hr += step;
        if (fabs(log_hr) > 30)
            return copysign(INFINITY, log_hr);
        if (fabs(step) < 1e-13 * (1 + fabs(log_hr)))
            break;
    }
    return log_hr;
}

static msp_status fit_weighted(weighted *m, msp_weighted_hazard *out, msp_error *err)
{
    sweep(m, 0);
    if (!(m->information > 0))
        return msp_fail(err, MSP_ENODATA, "at no event patients of both arms are at risk");
    *out = (msp_weighted_hazard){maximise(m), (double)NAN, (double)NAN};
    if (isinf(out->log_hr))
        return MSP_OK;
    sweep(m, out->log_hr);
    double squares = 0;
    for (size_t i = 0; i < m->order->n; i++) {
        const double part = m->weight[i] * m->residual[i];
        squares += part * part;
    }
    out->naive_se = sqrt(1 / m->information);
    out->robust_se = sqrt(squares) / m->information;
    return MSP_OK;
}

msp_status msp_weighted_hazard_fit(const double *time, const uint8_t *event, const uint8_t *arm,
                                   const double *weight, size_t n, msp_weighted_hazard *out,
                                   msp_error *err)
{
    msp_order order;
    msp_status status = check_arms(event, arm, weight, n, err);
    if (status == MSP_OK)
        status =
            msp_order_init(&order, &(msp_follow_up){.n = n, .time = time, .event = event}, err);
    if (status != MSP_OK)
        return status;
    weighted m = {&order, .arm = arm, .weight = weight};
    m.at_risk = calloc(n, sizeof *m.at_risk);
    m.residual = calloc(n, sizeof *m.residual);
    if (m.at_risk == NULL || m.residual == NULL)
        status = msp_fail(err, MSP_EMEM, "no memory for %zu patients", n);
    else
        status = fit_weighted(&m, out, err);
    free(m.at_risk);
    free(m.residual);
    msp_order_free(&order);
    return status;
}

/* -- 3. a model -- */

/* arm, covariates less their targets, and the products of both, column by column. */
static void model_columns(const uint8_t *arm, const double *x, size_t n, size_t p,
                          const double *target, double *value, msp_cox_column *column)
{
    for (size_t k = 0; k < 2 * p + 1; k++) {
        double *v = value + k * n;
        const size_t c = k == 0 ? 0 : (k - 1) % p;
        for (size_t i = 0; i < n; i++) {
            const double centred = x[i * p + c] - target[c];
            v[i] = k == 0 ? arm[i] : k <= p ? centred : arm[i] * centred;
        }
        column[k] = (msp_cox_column){.value = v};
    }
}

msp_status msp_stc_fit(const double *time, const uint8_t *event, const uint8_t *arm,
                       const double *x, size_t n, size_t p, const double *target, msp_stc *out,
                       msp_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (arm[i] > 1)
            return msp_fail_row(err, MSP_ERANGE, i, "arm %u; expected 0 or 1", arm[i]);
    const bool fits = p < 1024 && n < SIZE_MAX / 64 / (p + 1);
    const size_t columns = 2 * p + 1;
    double *value = fits ? calloc(n * columns, sizeof *value) : NULL;
    msp_cox_column *column = fits ? calloc(columns, sizeof *column) : NULL;
    msp_order order = {0};
    msp_cox cox = {0};
    msp_status status = MSP_EMEM;
    if (value == NULL || column == NULL) {
        msp_fail(err, MSP_EMEM, "no memory for %zu patients and %zu covariates", n, p);
        goto out;
    }
    model_columns(arm, x, n, p, target, value, column);
    status = msp_order_init(&order, &(msp_follow_up){.n = n, .time = time, .event = event}, err);
    if (status != MSP_OK)
        goto out;
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    status = msp_cox_fit(&order, column, columns, NULL, 1, &options, &cox, err);
    if (status == MSP_OK)
        *out = (msp_stc){cox.coefficients[0].coef, cox.coefficients[0].std_error, cox.note};
out:
    msp_cox_free(&cox);
    msp_order_free(&order);
    free(value);
    free(column);
    return status;
}

/* -- 4. ours against theirs -- */

const char *msp_maic_caveat(bool anchored)
{
    return anchored ? "anchored: right if every modifier of the effect is matched"
                    : "unanchored: no common comparator; right only if every prognostic factor and "
                      "every modifier of the effect is matched, which no data can show";
}

msp_status msp_maic_indirect(double ours, double ours_se, double theirs, double theirs_se,
                             bool anchored, double ess, double least_ess, double level,
                             msp_indirect *out, msp_error *err)
{
    const double none = (double)NAN, z = msp_dist_normal_limit(level);
    if (!(ours_se > 0) || !(theirs_se > 0) || isnan(z))
        return msp_fail(err, MSP_ERANGE,
                        "standard errors %g and %g, level %g; expected numbers above 0, and a "
                        "level between 0 and 1",
                        ours_se, theirs_se, level);
    *out = (msp_indirect){
        none, none, none, none, none, .anchored = anchored, .enough = ess >= least_ess};
    out->caveat = msp_maic_caveat(anchored);
    if (!out->enough)
        return MSP_OK;
    out->estimate = ours - theirs;
    out->std_error = hypot(ours_se, theirs_se);
    out->lower = out->estimate - z * out->std_error;
    out->upper = out->estimate + z * out->std_error;
    out->p = msp_dist_normal_two_sided(out->estimate / out->std_error).p;
    return MSP_OK;
}
