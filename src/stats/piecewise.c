/*
 * piecewise.c
 *   1. the rows and their time in each period
 *   2. the likelihood
 *   3. Newton's method
 *   4. the whole
 */
#include "mspike/stats/piecewise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "solve.h"

static const int most_iterations = 40;
static const double converged_at = 1e-17; /* of the gain that the next step promises */
static const double rounding = 1e-13;     /* of a log-likelihood, relative */

typedef struct work {
    const msp_piecewise_data *data;
    size_t periods, p, q; /* columns; parameters: log rates, then coefficients */
    double *x, *mean;     /* n x p, centred; p */
    double *theta, *trial, *score, *step, *floor; /* q */
    double *information, *factor;                 /* q x q */
    double *known, *between, *share;              /* of a row, by period */
    bool *used, *fixed; /* q; log rates that are not estimated: no event, or nobody followed */
    double *block;
} work;

/* -- 1. the rows -- */

static double period_from(const msp_piecewise_data *d, size_t j)
{
    return j == 0 ? 0 : d->cut[j - 1];
}

static double period_to(const msp_piecewise_data *d, size_t j)
{
    return j < d->n_cuts ? d->cut[j] : (double)INFINITY;
}

/* Time within period j up to t. */
static double time_in(const msp_piecewise_data *d, size_t j, double t)
{
    return fmax(fmin(t, period_to(d, j)) - period_from(d, j), 0);
}

static bool is_exact(const msp_piecewise_data *d, size_t i)
{
    return d->lower[i] >= d->upper[i];
}

static bool is_between(const msp_piecewise_data *d, size_t i)
{
    return d->lower[i] < d->upper[i] && !isinf(d->upper[i]);
}

static bool has_event_in(const msp_piecewise_data *d, size_t i, size_t j)
{
    return is_exact(d, i) && d->lower[i] > period_from(d, j) && d->lower[i] <= period_to(d, j);
}

static msp_status check_row(const msp_piecewise_data *d, size_t i, msp_error *err)
{
    if (!(d->lower[i] >= 0) || !(d->upper[i] > 0) || d->upper[i] < d->lower[i] ||
        isinf(d->lower[i]))
        return msp_fail_row(err, MSP_ERANGE, i,
                            "a time from %g to %g; expected 0 <= from <= to, to above 0",
                            d->lower[i], d->upper[i]);
    if (d->entry != NULL &&
        !(d->entry[i] >= 0 && d->entry[i] < d->upper[i] && (d->entry[i] <= d->lower[i])))
        return msp_fail_row(err, MSP_ERANGE, i,
                            "an entry at %g; expected before the event can have come", d->entry[i]);
    return MSP_OK;
}

static msp_status take_rows(work *w, msp_error *err)
{
    const msp_piecewise_data *d = w->data;
    for (size_t j = 0; j < d->n_cuts; j++)
        if (!(d->cut[j] > period_from(d, j)) || isinf(d->cut[j]))
            return msp_fail(err, MSP_ERANGE,
                            "a cut at %g; expected cuts that increase from above 0", d->cut[j]);
    for (size_t i = 0; i < d->n; i++) {
        const msp_status rc = check_row(d, i, err);
        if (rc != MSP_OK)
            return rc;
        for (size_t k = 0; k < w->p; k++) {
            const msp_cox_column *c = &d->columns[k];
            const double x = c->value != NULL ? c->value[i] : c->code[i] == c->level ? 1 : 0;
            if (!isfinite(x))
                return msp_fail_row(err, MSP_ERANGE, i, "column %zu is not finite", k + 1);
            w->x[i * w->p + k] = x;
            w->mean[k] += x / (double)d->n;
        }
    }
    for (size_t i = 0; i < d->n; i++)
        for (size_t k = 0; k < w->p; k++)
            w->x[i * w->p + k] -= w->mean[k];
    return MSP_OK;
}

/* Time and events of each period. A period in which no event can lie has the rate 0, or none where
 * nobody was followed in it; a period of either kind is no parameter. */
static void describe_periods(work *w, msp_piecewise *out)
{
    const msp_piecewise_data *d = w->data;
    for (size_t j = 0; j < w->periods; j++) {
        msp_piecewise_period *period = &out->periods[j];
        bool possible = false;
        *period = (msp_piecewise_period){period_from(d, j), period_to(d, j), 0, 0, 0, NAN, NAN};
        for (size_t i = 0; i < d->n; i++) {
            const double entry = d->entry != NULL ? time_in(d, j, d->entry[i]) : 0;
            period->time += time_in(d, j, d->lower[i]) - entry;
            period->events +=
                has_event_in(d, i, j) ||
                (is_between(d, i) && d->lower[i] >= period->from && d->upper[i] <= period->to);
            possible =
                possible || has_event_in(d, i, j) ||
                (is_between(d, i) && time_in(d, j, d->upper[i]) > time_in(d, j, d->lower[i]));
        }
        if (!possible && !(period->time > 0))
            period->rate = NAN;
        w->fixed[j] = !possible;
        w->theta[j] = possible ? 0 : (double)-INFINITY;
    }
}

/* -- 2. the likelihood -- */

/* Fills the hazard that a row has gathered by period, known and between its two ends; the sum of
 * the latter. */
static double gather(work *w, const double *theta, size_t i)
{
    const msp_piecewise_data *d = w->data;
    double eta = 0, sum = 0;
    for (size_t k = 0; k < w->p; k++)
        eta += w->x[i * w->p + k] * theta[w->periods + k];
    for (size_t j = 0; j < w->periods; j++) {
        const double r = exp(theta[j] + eta), until = time_in(d, j, d->lower[i]);
        const double entry = d->entry != NULL ? time_in(d, j, d->entry[i]) : 0;
        w->known[j] = until > entry ? (until - entry) * r : 0;
        w->between[j] = is_between(d, i) ? (time_in(d, j, d->upper[i]) - until) * r : 0;
        sum += w->between[j];
    }
    return sum;
}

static double row_loglik(work *w, const double *theta, size_t i)
{
    const double sum = gather(w, theta, i);
    double l = is_between(w->data, i) ? log(-expm1(-sum)) : 0;
    for (size_t j = 0; j < w->periods; j++) {
        l -= w->known[j];
        if (!has_event_in(w->data, i, j))
            continue;
        l += theta[j];
        for (size_t k = 0; k < w->p; k++)
            l += w->x[i * w->p + k] * theta[w->periods + k];
    }
    return l;
}

static double loglik(work *w, const double *theta)
{
    double sum = 0;
    for (size_t i = 0; i < w->data->n; i++)
        sum += row_loglik(w, theta, i);
    return sum;
}

/* With c = 1 / (e^D - 1) of a row that lies between, D the hazard between its ends, and s_j =
 * known_j
 * - c between_j: the score of a_j is [event in j] - s_j, the information of a_j and a_k is
 * [j = k] s_j + c (1 + c) between_j between_k; x joins them for b. */
static void add_row(work *w, size_t i)
{
    const size_t q = w->q, m = w->periods;
    const double sum = gather(w, w->theta, i), *x = &w->x[i * w->p];
    const double c = is_between(w->data, i) ? 1 / expm1(sum) : 0;
    const double more = c > 0 ? c * (1 + c) : 0;
    double score = 0, all = 0;
    for (size_t j = 0; j < m; j++) {
        w->share[j] = w->known[j] - (c > 0 ? c * w->between[j] : 0);
        const double g = (has_event_in(w->data, i, j) ? 1 : 0) - w->share[j];
        w->score[j] += g;
        score += g;
        all += w->share[j];
        for (size_t k = 0; k < j; k++)
            w->information[j * q + k] += more * w->between[j] * w->between[k];
        w->information[j * q + j] += w->share[j] + more * w->between[j] * w->between[j];
    }
    for (size_t k = 0; k < w->p; k++) {
        const size_t row = (m + k) * q;
        w->score[m + k] += x[k] * score;
        for (size_t j = 0; j < m; j++)
            w->information[row + j] += x[k] * (w->share[j] + more * w->between[j] * sum);
        for (size_t l = 0; l <= k; l++)
            w->information[row + m + l] += x[k] * x[l] * (all + more * sum * sum);
    }
}

static void derivatives(work *w)
{
    const size_t q = w->q;
    memset(w->score, 0, q * sizeof *w->score);
    memset(w->information, 0, q * q * sizeof *w->information);
    for (size_t i = 0; i < w->data->n; i++)
        add_row(w, i);
    for (size_t j = 0; j < w->periods; j++) {
        if (!w->fixed[j])
            continue;
        w->score[j] = 0;
        for (size_t k = 0; k < q; k++)
            w->information[j > k ? j * q + k : k * q + j] = 0;
    }
}

/* -- 3. Newton's method -- */

/* Events over time, as if those between two ends came in the middle. */
static void start(work *w, size_t n_events)
{
    const msp_piecewise_data *d = w->data;
    double time = 0;
    for (size_t i = 0; i < d->n; i++)
        time += (is_between(d, i) ? (d->lower[i] + d->upper[i]) / 2 : d->lower[i]) -
                (d->entry != NULL ? d->entry[i] : 0);
    for (size_t j = 0; j < w->periods; j++)
        if (!w->fixed[j])
            w->theta[j] = log((double)n_events / time);
}

static size_t n_free(const work *w)
{
    size_t n = w->q;
    for (size_t j = 0; j < w->periods; j++)
        n -= w->fixed[j] ? 1 : 0;
    return n;
}

/* The step from the score, with the diagonal raised where the information is not positive definite;
 * whether it was as it stands. */
static bool take_step(work *w)
{
    const size_t q = w->q, want = n_free(w);
    double raise = 0;
    for (int attempt = 0; attempt < 20; attempt++) {
        memcpy(w->factor, w->information, q * q * sizeof *w->factor);
        for (size_t k = 0; k < q; k++) {
            const double d = fabs(w->information[k * q + k]);
            w->floor[k] = 1e-11 * d;
            w->factor[k * q + k] += raise * d;
        }
        if (msp__factor(w->factor, q, w->floor, w->used) == want)
            break;
        raise = raise > 0 ? 10 * raise : 1e-6;
    }
    msp__solve(w->factor, q, w->used, w->score, w->step);
    return raise <= 0;
}

static bool newton(work *w, double *best, int *iterations)
{
    const size_t q = w->q;
    *best = loglik(w, w->theta);
    for (*iterations = 1; *iterations <= most_iterations; ++*iterations) {
        derivatives(w);
        const bool definite = take_step(w);
        double gain = 0, next = *best, share = 1;
        for (size_t k = 0; k < q; k++)
            gain += w->step[k] * w->score[k];
        if (!(gain > converged_at)) {
            for (size_t k = 0; k < q; k++) /* a last step, of no use to the likelihood */
                w->theta[k] += w->step[k];
            return definite && isfinite(*best);
        }
        for (int halving = 0; halving < 60; halving++, share /= 2) {
            for (size_t k = 0; k < q; k++)
                w->trial[k] = w->theta[k] + share * w->step[k];
            next = loglik(w, w->trial);
            if (next >= *best - rounding * (fabs(*best) + 1))
                break;
        }
        memcpy(w->theta, w->trial, q * sizeof *w->theta);
        *best = next;
    }
    return false;
}

/* -- 4. the whole -- */

static msp_status allocate(work *w, msp_piecewise *out, msp_error *err)
{
    const size_t n = w->data->n, q = w->q, m = w->periods;
    const bool fits = q < 100000 && n < SIZE_MAX / (16 * (q + 8));
    w->block = fits ? calloc(n * w->p + w->p + 5 * q + 2 * q * q + 3 * m, sizeof *w->block) : NULL;
    w->used = calloc(2 * q, sizeof *w->used);
    out->periods = calloc(m, sizeof *out->periods);
    out->coefficients = calloc(w->p + 1, sizeof *out->coefficients);
    out->covariance = fits ? calloc(q * q, sizeof *out->covariance) : NULL;
    if (w->block == NULL || w->used == NULL || out->periods == NULL || out->coefficients == NULL ||
        out->covariance == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a model of %zu rows and %zu periods", n, m);
    w->fixed = w->used + q;
    double *at = w->block;
    w->x = at;
    w->mean = at += n * w->p;
    at += w->p;
    double **const parts[] = {&w->theta, &w->trial, &w->score, &w->step, &w->floor};
    for (size_t i = 0; i < MSP_COUNT(parts); i++, at += q)
        *parts[i] = at;
    w->information = at;
    w->factor = at += q * q;
    w->known = at += q * q;
    w->between = w->known + m;
    w->share = w->between + m;
    return MSP_OK;
}

static bool has_repeats(work *w)
{
    const size_t p = w->p;
    memset(w->factor, 0, p * p * sizeof *w->factor);
    for (size_t i = 0; i < w->data->n; i++)
        for (size_t k = 0; k < p; k++)
            for (size_t l = 0; l <= k; l++)
                w->factor[k * p + l] += w->x[i * p + k] * w->x[i * p + l];
    for (size_t k = 0; k < p; k++)
        w->floor[k] = 1e-11 * (w->factor[k * p + k] + (double)w->data->n * w->mean[k] * w->mean[k]);
    return msp__factor(w->factor, p, w->floor, w->used) < p;
}

/* From centred columns back: a - sum b m. */
static void report(work *w, msp_piecewise *out)
{
    const size_t q = w->q, m = w->periods;
    double *v = out->covariance;
    derivatives(w);
    memcpy(w->factor, w->information, q * q * sizeof *w->factor);
    (void)msp__factor(w->factor, q, w->floor, w->used);
    msp__invert(w->factor, q, w->used, v);
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < q; k++) {
            double sum = 0;
            for (size_t l = 0; l < w->p; l++)
                sum += w->mean[l] * (pass == 0 ? v[(m + l) * q + k] : v[k * q + m + l]);
            for (size_t j = 0; j < m; j++)
                if (!w->fixed[j])
                    v[pass == 0 ? j * q + k : k * q + j] -= sum;
        }
    double shift = 0;
    for (size_t k = 0; k < w->p; k++) {
        msp_parametric_coefficient *c = &out->coefficients[k];
        const double b = w->theta[m + k], error = sqrt(v[(m + k) * q + m + k]);
        const msp_prob tail = msp_dist_normal_two_sided(b / error);
        *c = (msp_parametric_coefficient){b, error, b / error, tail.p, tail.log_p};
        shift += w->mean[k] * b;
    }
    for (size_t j = 0; j < m; j++) {
        if (w->fixed[j])
            continue;
        out->periods[j].log_rate = w->theta[j] - shift;
        out->periods[j].rate = exp(w->theta[j] - shift);
        out->periods[j].std_error = sqrt(v[j * q + j]);
    }
}

static void fit(work *w, msp_piecewise *out)
{
    const double none = NAN;
    describe_periods(w, out);
    for (size_t i = 0; i < w->data->n; i++)
        out->n_events += !isinf(w->data->upper[i]) ? 1 : 0;
    for (size_t k = 0; k < w->p; k++)
        out->coefficients[k] = (msp_parametric_coefficient){none, none, none, none, none};
    out->loglik = none;
    if (out->n_events == 0) {
        out->note = "no event: the rates are 0";
        return;
    }
    if (has_repeats(w)) {
        out->note = "a column repeats others: its coefficient is not determined";
    } else {
        start(w, out->n_events);
        if (newton(w, &out->loglik, &out->iterations)) {
            report(w, out);
            return;
        }
        out->loglik = none;
        out->note = "the likelihood has no maximum: a rate may be 0, or a column tell all events "
                    "apart";
    }
    for (size_t j = 0; j < w->periods; j++)
        out->periods[j].rate = none;
}

msp_status msp_piecewise_fit(const msp_piecewise_data *data, msp_piecewise *out, msp_error *err)
{
    *out =
        (msp_piecewise){.n = data->n, .n_columns = data->n_columns, .n_periods = data->n_cuts + 1};
    if (data->n == 0)
        return msp_fail(err, MSP_ENODATA, "a model of no rows");
    work w = {.data = data, .periods = data->n_cuts + 1, .p = data->n_columns};
    w.q = w.periods + w.p;
    msp_status rc = allocate(&w, out, err);
    if (rc == MSP_OK)
        rc = take_rows(&w, err);
    if (rc == MSP_OK)
        fit(&w, out);
    free(w.block);
    free(w.used);
    if (rc != MSP_OK)
        msp_piecewise_free(out);
    return rc;
}

void msp_piecewise_free(msp_piecewise *model)
{
    free(model->periods);
    free(model->coefficients);
    free(model->covariance);
    *model = (msp_piecewise){0};
}

double msp_piecewise_survival(const msp_piecewise *model, const double *x, double t)
{
    double eta = 0, hazard = 0;
    for (size_t k = 0; x != NULL && k < model->n_columns; k++)
        eta += model->coefficients[k].estimate * x[k];
    for (size_t j = 0; j < model->n_periods; j++) {
        const msp_piecewise_period *period = &model->periods[j];
        if (t > period->from)
            hazard += (fmin(t, period->to) - period->from) * period->rate;
    }
    return exp(-hazard * exp(eta));
}
