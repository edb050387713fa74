/*
 * cox_marginal.c - the exact marginal likelihood of tied events (Kalbfleisch & Prentice 1973),
 * which SAS calls TIES=EXACT: the order of the d events is unknown, so the likelihood of a time is
 * the probability that these d come before everyone else at risk,
 *
 *   I = integral over t > 0 of prod over events (1 - exp(-w t)) W exp(-W t)
 *
 * with w = exp(x'b) and W the sum of w over the others. With t = exp(s) the integrand is analytic
 * and falls off doubly exponentially to the right and exponentially to the left, so sums over equal
 * steps of s converge faster than any power of the step (trapezoidal rule); log I is right to
 * about 1e-14. Its derivatives are means over the same sum: with v = w t, h = v / (e^v - 1) and
 *
 *   s(t) = sum over events x h + S1 / W - t S1,      d s / d b = -sum over events x x' v r
 *                                                     + S2 / W - S1 S1' / W^2 - t S2
 *
 * (S1, S2 sums of w x and w x x' over the others, r = -dh / dv), the score is E[s] and the
 * information -(Var[s] + E[ds/db]).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_internal.h"
#include "kernels.h"

/* Terms below exp(-enough) of the largest are left out. */
static const double enough = 45;

typedef struct marginal {
    size_t p, size; /* size: 1 + p + p (p + 1) / 2 */
    double *pairs;  /* 2 size: sums over those at risk, each in two doubles */
    double *others; /* size: less the events */
    double *drift;  /* p: s(t) */
    double *mean;   /* p: of s */
    double *second; /* p (p + 1) / 2: of s s' + ds/db */
} marginal;

static msp_status marginal_init(marginal *m, size_t p, msp_error *err)
{
    *m = (marginal){.p = p, .size = 1 + p + p * (p + 1) / 2};
    m->pairs = calloc(4 * m->size + 2 * p, sizeof *m->pairs);
    if (m->pairs == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu columns", p);
    m->others = m->pairs + 2 * m->size;
    m->drift = m->others + m->size;
    m->mean = m->drift + p;
    m->second = m->mean + p;
    return MSP_OK;
}

static void move_row(const marginal *m, const cox_work *work, size_t i, double sign)
{
    const double w = sign * work->weight[i];
    double *at = m->pairs;
    cox_add_exactly(at, w);
    at += 2;
    for (size_t k = 0; k < m->p; k++, at += 2)
        cox_add_exactly(at, w * work->x[k][i]);
    for (size_t k = 0; k < m->p; k++)
        for (size_t j = 0; j <= k; j++, at += 2)
            cox_add_exactly(at, w * work->x[k][i] * work->x[j][i]);
}

static void read_sums(const marginal *m)
{
    for (size_t q = 0; q < m->size; q++)
        m->others[q] = m->pairs[2 * q] + m->pairs[2 * q + 1];
}

/* Log of the integrand in s = log t. */
static double height(const marginal *m, const cox_work *work, const cox_tie *tie, double s)
{
    const double t = exp(s), all = m->others[0];
    double sum = log(all) + s - all * t;
    for (size_t i = tie->end - tie->events; i < tie->end; i++)
        sum += log(-expm1(-work->weight[i] * t));
    return sum;
}

/* Adds s(t), s s' + ds/db at one t, with that part of the whole. */
static void add_point(const marginal *m, const cox_work *work, const cox_tie *tie, double t,
                      double part)
{
    const size_t p = m->p;
    const double all = m->others[0], *s1 = m->others + 1, *s2 = s1 + p;
    for (size_t k = 0; k < p; k++)
        m->drift[k] = s1[k] / all - t * s1[k];
    for (size_t k = 0, q = 0; k < p; k++)
        for (size_t j = 0; j <= k; j++, q++)
            m->second[q] += part * (s2[q] / all - s1[k] / all * (s1[j] / all) - t * s2[q]);
    for (size_t i = tie->end - tie->events; i < tie->end; i++) {
        const double v = work->weight[i] * t;
        if (v > 700)
            continue; /* h is 0 */
        const double e = expm1(v), h = v > 0 ? v / e : 1;
        /* v dh/dv = h (1 - h - v) */
        const double slope = h * (1 - h - v);
        for (size_t k = 0, q = 0; k < p; k++) {
            m->drift[k] += work->x[k][i] * h;
            for (size_t j = 0; j <= k; j++, q++)
                m->second[q] += part * slope * work->x[k][i] * work->x[j][i];
        }
    }
    for (size_t k = 0, q = 0; k < p; k++) {
        m->mean[k] += part * m->drift[k];
        for (size_t j = 0; j <= k; j++, q++)
            m->second[q] += part * m->drift[k] * m->drift[j];
    }
}

/* The sum over steps of s from its top, where the first point is; log I. */
static double integrate(const marginal *m, const cox_work *work, const cox_tie *tie)
{
    const double step = fmin(0.125, 0.5 / sqrt(tie->events));
    double events = 0;
    for (size_t i = tie->end - tie->events; i < tie->end; i++)
        events += work->weight[i];
    double top = -log(m->others[0] + events / tie->events), best = height(m, work, tie, top);
    for (int side = -1; side <= 1; side += 2) /* log-concave: climb on the grid */
        for (double next; (next = height(m, work, tie, top + side * step)) > best; best = next)
            top += side * step;
    double sum = 0;
    memset(m->mean, 0, m->p * sizeof *m->mean);
    memset(m->second, 0, m->p * (m->p + 1) / 2 * sizeof *m->second);
    for (int side = -1; side <= 1; side += 2)
        for (double n = side < 0 ? 0 : 1;; n++) {
            const double s = top + side * n * step, log_part = height(m, work, tie, s) - best;
            if (!(log_part > -enough))
                break;
            sum += exp(log_part);
            add_point(m, work, tie, exp(s), exp(log_part));
        }
    for (size_t k = 0; k < m->p; k++)
        m->mean[k] /= sum;
    for (size_t q = 0; q < m->p * (m->p + 1) / 2; q++)
        m->second[q] /= sum;
    return best + log(sum * step);
}

/* Several events: the caller has already put their x'b and x in. */
static void take_tie(const marginal *m, const cox_work *work, const cox_tie *tie, cox_point *out)
{
    const size_t p = m->p;
    for (size_t i = tie->end - tie->events; i < tie->end; i++) {
        out->loglik -= msp__log(work->weight[i]);
        for (size_t k = 0; k < p; k++)
            out->score[k] -= work->x[k][i];
    }
    if (!(m->others[0] > 0))
        return; /* nobody is left to come after them */
    out->loglik += integrate(m, work, tie);
    for (size_t k = 0, q = 0; k < p; k++) {
        out->score[k] += m->mean[k];
        for (size_t j = 0; j <= k; j++, q++)
            out->information[k * p + j] -= m->second[q] - m->mean[k] * m->mean[j];
    }
}

/* One event: the partial likelihood. */
static void take_event(const marginal *m, cox_point *out)
{
    const size_t p = m->p;
    const double all = m->others[0], *s1 = m->others + 1, *s2 = s1 + p;
    out->loglik -= msp__log(all);
    for (size_t k = 0, q = 0; k < p; k++) {
        out->score[k] -= s1[k] / all;
        for (size_t j = 0; j <= k; j++, q++)
            out->information[k * p + j] += s2[q] / all - s1[k] / all * (s1[j] / all);
    }
}

static void pass_stratum(const marginal *m, const cox_work *work, size_t s, cox_point *out)
{
    const cox_frame *frame = work->frame;
    size_t i = frame->start[s], left = 0;
    memset(m->pairs, 0, 2 * m->size * sizeof *m->pairs);
    for (size_t t = frame->tie_start[s]; t < frame->tie_start[s + 1]; t++) {
        const cox_tie *tie = &frame->ties[t];
        const bool single = tie->events == 1;
        const size_t n_at_risk = tie->end - frame->start[s] - tie->left;
        for (; i < tie->end - (single ? 0 : tie->events); i++)
            move_row(m, work, i, 1);
        for (; left < tie->left; left++)
            move_row(m, work, frame->leave[frame->start[s] + left], -1);
        read_sums(m);
        if (n_at_risk == tie->events)
            m->others[0] = single ? m->others[0] : 0; /* exactly nobody */
        if (single)
            take_event(m, out);
        else
            take_tie(m, work, tie, out);
        for (; i < tie->end; i++)
            move_row(m, work, i, 1);
    }
}

msp_status cox_evaluate_marginal(cox_work *work, cox_point *out, msp_error *err)
{
    marginal m;
    const msp_status status = marginal_init(&m, work->p, err);
    for (size_t s = 0; status == MSP_OK && s < work->frame->n_strata; s++)
        pass_stratum(&m, work, s, out);
    free(m.pairs);
    return status;
}
