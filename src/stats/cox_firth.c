/*
 * cox_firth.c - Firth's penalty: log det(I) / 2 and its gradient.
 *
 * I is the sum over denominators of the covariance of x under the weights w = exp(x'b), so dI/db_r
 * is the sum of third central moments, and with V = I^-1, m the mean and a = x'Vx
 *
 *   tr(V dI/db_r) = sum of E[(x - m)'V(x - m) (x_r - m_r)]
 *                 = sum of E[a x_r] - m_r E[a] - 2 sum over j of (V m)_j (E[x_j x_r] - m_j m_r)
 *
 * which sums of w, w x, w x x', w a and w a x over the risk sets give.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_search.h"
#include "kernels.h"
#include "mspike/stats/cox_profile.h"
#include "mspike/stats/dist.h"
#include "solve.h"

static const double none = NAN;

static size_t n_squares(size_t p)
{
    return p * (p + 1) / 2;
}

/* w, w x, w x x' (lower triangle), w a, w a x of one row. */
static void row_terms(const cox_search *s, size_t i, double *out)
{
    const cox_penalty *f = &s->penalty;
    const size_t p = s->p;
    const double w = f->weight[i];
    double a = 0, *square = out + 1 + p, *wa = square + n_squares(p);
    *out = w;
    for (size_t k = 0; k < p; k++) {
        double v = 0;
        for (size_t j = 0; j < p; j++)
            v += f->inverse[k * p + j] * s->x[j][i];
        a += v * s->x[k][i];
        out[k + 1] = w * s->x[k][i];
        for (size_t j = 0; j <= k; j++)
            *square++ = w * s->x[k][i] * s->x[j][i];
    }
    *wa = w * a;
    for (size_t k = 0; k < p; k++)
        wa[k + 1] = w * a * s->x[k][i];
}

static void move_row(const cox_search *s, size_t i, double sign)
{
    const cox_penalty *f = &s->penalty;
    row_terms(s, i, f->row);
    for (size_t q = 0; q < f->size; q++)
        cox_add_exactly(f->pairs + 2 * q, sign * f->row[q]);
}

/* Adds the third moments of one denominator, whose sums are in `now`. */
static void add_moments(const cox_search *s)
{
    const cox_penalty *f = &s->penalty;
    const size_t p = s->p;
    const double *mean = f->now + 1, *square = mean + p, *a = square + n_squares(p);
    const double inverse = 1 / f->now[0];
    for (size_t k = 0; k < p; k++) {
        double v = 0;
        for (size_t j = 0; j < p; j++)
            v += f->inverse[k * p + j] * mean[j] * inverse;
        f->vector[k] = v;
    }
    for (size_t r = 0; r < p; r++) {
        double sum = a[r + 1] * inverse - mean[r] * inverse * (a[0] * inverse);
        for (size_t j = 0; j < p; j++) {
            const size_t at = j >= r ? j * (j + 1) / 2 + r : r * (r + 1) / 2 + j;
            const double covariance =
                square[at] * inverse - mean[j] * inverse * (mean[r] * inverse);
            sum -= 2 * f->vector[j] * covariance;
        }
        f->third[r] += sum / 2;
    }
}

static void visit_tie(const cox_search *s, const cox_tie *tie)
{
    const cox_penalty *f = &s->penalty;
    memset(f->own, 0, f->size * sizeof *f->own);
    for (size_t i = tie->end - tie->events; tie->events > 1 && i < tie->end; i++) {
        row_terms(s, i, f->row);
        for (size_t q = 0; q < f->size; q++)
            f->own[q] += f->row[q];
    }
    for (size_t l = 0; l < tie->events; l++) {
        const double part = s->work.ties == MSP_COX_EFRON ? (double)l / tie->events : 0;
        for (size_t q = 0; q < f->size; q++)
            f->now[q] = f->pairs[2 * q] + f->pairs[2 * q + 1] - part * f->own[q];
        add_moments(s);
    }
}

static void visit_stratum(const cox_search *s, size_t stratum)
{
    const cox_frame *frame = &s->frame;
    size_t i = frame->start[stratum], left = 0;
    memset(s->penalty.pairs, 0, 2 * s->penalty.size * sizeof *s->penalty.pairs);
    for (size_t t = frame->tie_start[stratum]; t < frame->tie_start[stratum + 1]; t++) {
        for (; i < frame->ties[t].end; i++)
            move_row(s, i, 1);
        for (; left < frame->ties[t].left; left++)
            move_row(s, frame->leave[frame->start[stratum] + left], -1);
        visit_tie(s, &frame->ties[t]);
    }
}

void cox_penalise(cox_search *s, const double *b, cox_point *out)
{
    const cox_penalty *f = &s->penalty;
    const size_t p = s->p;
    memcpy(s->factor, out->information, p * p * sizeof *s->factor);
    memset(s->floor, 0, p * sizeof *s->floor);
    if (!isfinite(out->loglik) || msp__factor(s->factor, p, s->floor, s->used) < p) {
        out->loglik = -INFINITY;
        return;
    }
    msp__invert(s->factor, p, s->used, f->inverse);
    msp__linear(f->weight, s->work.x, b, p, 0, s->frame.n);
    msp__exp_all(f->weight, f->weight, s->frame.n);
    memset(f->third, 0, p * sizeof *f->third);
    for (size_t stratum = 0; stratum < s->frame.n_strata; stratum++)
        visit_stratum(s, stratum);
    for (size_t k = 0; k < p; k++) {
        out->loglik += log(s->factor[k * p + k]) / 2;
        out->score[k] += f->third[k];
    }
}

/* --- the fit ---------------------------------------------------------------------------------- */

static msp_test make_test(double statistic, size_t df)
{
    const msp_prob p = msp_dist_chisq_upper(statistic, (double)df);
    return (msp_test){statistic, (double)df, p.p, p.log_p};
}

static void set_unknown(msp_cox *out)
{
    for (size_t c = 0; c < out->n_columns; c++)
        out->coefficients[c] =
            (msp_cox_coefficient){MSP_COX_ALIASED, none, none, none, none, none, none, none, none};
    for (size_t i = 0; i < out->n_columns * out->n_columns; i++)
        out->variance[i] = none;
}

static double quadratic(const cox_search *s)
{
    double sum = 0;
    for (size_t k = 0; k < s->p; k++)
        for (size_t j = 0; j < s->p; j++)
            sum += s->b[k] * s->b[j] * s->now.information[k > j ? k * s->p + j : j * s->p + k];
    return sum;
}

/* Estimates and their covariances, before the search moves on. */
static void set_estimates(const cox_search *s, msp_cox *out)
{
    const size_t p = s->p;
    msp__invert(s->factor, p, s->used, s->penalty.inverse);
    for (size_t i = 0; i < p; i++) {
        msp_cox_coefficient *of = &out->coefficients[s->column[i]];
        of->kind = MSP_COX_ESTIMATED;
        of->coef = s->b[i] / s->scale[i];
        of->std_error = sqrt(s->penalty.inverse[i * p + i]) / s->scale[i];
        of->hazard_ratio = msp__exp(of->coef);
        for (size_t j = 0; j < p; j++)
            out->variance[s->column[i] * out->n_columns + s->column[j]] =
                s->penalty.inverse[i * p + j] / (s->scale[i] * s->scale[j]);
        out->gradient = fmax(out->gradient, fabs(s->now.score[i]));
    }
    out->wald = make_test(quadratic(s), p);
}

static msp_status finish(cox_search *s, msp_cox *out, msp_error *err)
{
    out->loglik = s->now.loglik;
    out->iterations = s->iterations;
    out->likelihood_ratio = make_test(2 * (out->loglik - out->loglik_null), s->p);
    set_estimates(s, out);
    double *at = malloc((s->p + 1) * sizeof *at);
    if (at == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu profiles", s->p);
    memcpy(at, s->b, s->p * sizeof *at);
    msp_status status = MSP_OK;
    for (size_t i = 0; status == MSP_OK && i < s->p; i++) {
        msp_cox_coefficient *of = &out->coefficients[s->column[i]];
        cox_limits limits;
        memcpy(s->b, at, s->p * sizeof *at);
        status = cox_search_limits(s, i, at[i], out->loglik, of->std_error * s->scale[i],
                                   out->level, &limits, err);
        if (status == MSP_OK)
            cox_set_profile(of, &limits, s->scale[i]);
    }
    free(at);
    return status;
}

static msp_status run(cox_search *s, msp_cox *out, msp_error *err)
{
    bool found = false;
    msp_status status = cox_search_start(s, err);
    if (status == MSP_OK)
        status = cox_search_drop(s, err);
    if (status != MSP_OK)
        return status;
    if (s->p == 0) {
        out->state = MSP_COX_NOT_ESTIMABLE;
        out->note = "no covariate differs between patients at risk when an event happens";
        return MSP_OK;
    }
    out->loglik_null = s->now.loglik;
    status = cox_search_climb(s, COX_ALL_FREE, &found, err);
    if (status != MSP_OK || found)
        return status == MSP_OK ? finish(s, out, err) : status;
    out->state = MSP_COX_NOT_CONVERGED;
    out->note = "Newton's method found no maximum of the penalised likelihood";
    return MSP_OK;
}

static msp_status check(const msp_cox_options *options, msp_error *err)
{
    if (options->ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "Firth's penalty with %s ties; expected efron or "
                        "breslow",
                        msp_cox_ties_name(options->ties));
    if (options->weight != NULL)
        return msp_fail(err, MSP_EUNSUPPORTED, "Firth's penalty with case weights");
    if (!(options->level > 0 && options->level < 1) || options->max_iterations < 1)
        return msp_fail(err, MSP_ERANGE, "level %g, %d iterations; expected 0 to 1, at least 1",
                        options->level, options->max_iterations);
    return MSP_OK;
}

msp_status msp_cox_firth_fit(const msp_order *order, const msp_cox_column *columns,
                             size_t n_columns, const uint32_t *stratum, size_t n_strata,
                             const msp_cox_options *options, msp_cox *out, msp_error *err)
{
    const msp_test nothing = {none, 0, none, none};
    *out = (msp_cox){.n = order->n,
                     .n_events = order->n_events,
                     .n_columns = n_columns,
                     .ties = options->ties,
                     .level = options->level,
                     .loglik_null = none,
                     .loglik = none,
                     .likelihood_ratio = nothing,
                     .wald = nothing,
                     .score = nothing};
    msp_status status = check(options, err);
    if (status != MSP_OK)
        return status;
    cox_search s = {0};
    status = cox_allocate_result(out, err);
    if (status == MSP_OK)
        set_unknown(out);
    if (status == MSP_OK && order->n_events == 0) {
        out->state = MSP_COX_NOT_ESTIMABLE;
        out->note = "no events";
    } else if (status == MSP_OK) {
        status = cox_search_init(&s, order, columns, n_columns, NULL, stratum, n_strata, options,
                                 true, err);
        if (status == MSP_OK)
            status = run(&s, out, err);
        cox_search_free(&s);
    }
    if (status != MSP_OK)
        msp_cox_free(out);
    return status;
}
