/* curve_cells.c - terms of a log hazard, and events in cells of time. */
#include <math.h>
#include <stdlib.h>

#include "curve_internal.h"

/* The terms b_j at a time above 0. Powers are those of time / unit, which spans the same curves. */
void msp__curve_terms_at(const msp_curve_model *m, double unit, double time, double *b)
{
    size_t interval = 0;
    while (interval + 1 < m->n_terms && time > m->cut[interval])
        interval++;
    for (size_t j = 0; j < m->n_terms; j++) {
        if (m->kind == MSP_CURVE_PIECEWISE) {
            b[j] = j == interval;
            continue;
        }
        const double u = time / unit, power = j > 0 ? m->power[j - 1] : 0;
        size_t before = 0;
        for (size_t k = 1; k < j; k++)
            before += m->power[k - 1] == power;
        b[j] = j == 0 ? 1 : (power == 0 ? log(u) : pow(u, power)) * pow(log(u), (double)before);
    }
}

/* The edges of the cells from 0 on; how many cells. */
size_t msp__curve_place_cells(const msp_curve_model *m, double last, double *edge)
{
    edge[0] = 0;
    if (m->kind == MSP_CURVE_POLYNOMIAL) {
        for (size_t c = 1; c <= MSP__CURVE_CELLS; c++)
            edge[c] = last * (double)c / MSP__CURVE_CELLS;
        return MSP__CURVE_CELLS;
    }
    size_t n = 0;
    for (size_t j = 0; j + 1 < m->n_terms && m->cut[j] < last; j++)
        edge[++n] = m->cut[j];
    edge[++n] = last;
    return n;
}

static void count_row(const msp_ipd *ipd, size_t i, msp__curve_cells *c, msp__curve_cell *arm)
{
    for (size_t k = 0; k < c->n_edge; k++) {
        const double from = c->edge[k], to = c->edge[k + 1];
        if (ipd->time[i] <= from)
            return;
        arm[k].exposure += fmin(ipd->time[i], to) - from;
        arm[k].events += ipd->event[i] && ipd->time[i] <= to;
    }
}

/* Only cells in which a study was watched, and for intervals those in which it had an event:
 * without one its baseline there is 0, and it says nothing. */
msp_status msp__curve_count(const msp_ipd *ipd, const msp_curve_model *m, double last,
                            msp__curve_cells *c, msp_error *err)
{
    const size_t arms = ipd->n_study * ipd->n_treat;
    c->n_edge = msp__curve_place_cells(m, last, c->edge);
    c->at = calloc(arms * c->n_edge, sizeof *c->at);
    if (c->at == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu arms", arms);
    for (size_t i = 0; i < ipd->n; i++)
        count_row(ipd, i, c, c->at + (ipd->study[i] * ipd->n_treat + ipd->treat[i]) * c->n_edge);
    for (size_t s = 0; s < ipd->n_study; s++)
        for (size_t k = 0; k < c->n_edge; k++) {
            double events = 0;
            for (size_t t = 0; t < ipd->n_treat; t++)
                events += c->at[(s * ipd->n_treat + t) * c->n_edge + k].events;
            for (size_t t = 0; t < ipd->n_treat; t++) {
                msp__curve_cell *x = &c->at[(s * ipd->n_treat + t) * c->n_edge + k];
                const bool mute = m->kind == MSP_CURVE_PIECEWISE && events == 0;
                *x = (msp__curve_cell){s, t, x->events, mute ? 0 : x->exposure,
                                       (c->edge[k] + c->edge[k + 1]) / 2};
            }
        }
    for (size_t i = 0; i < arms * c->n_edge; i++)
        if (c->at[i].exposure > 0)
            c->at[c->n++] = c->at[i];
    return MSP_OK;
}

size_t msp__curve_effect_at(const msp_curve_fit *f, size_t treat)
{
    return f->n_study * f->model.n_terms + treat * f->n_effect;
}

size_t msp__curve_columns(const msp_curve_fit *f, size_t study, size_t treat, double time,
                          size_t *column, double *x)
{
    double b[MSP_CURVE_TERMS];
    size_t n = 0;
    msp__curve_terms_at(&f->model, f->last, time, b);
    for (size_t j = 0; j < f->model.n_terms; j++) {
        column[n] = study * f->model.n_terms + j;
        x[n++] = b[j];
    }
    for (size_t j = 0; j < f->n_effect; j++) {
        column[n] = msp__curve_effect_at(f, treat) + j;
        x[n++] = f->model.proportional ? 1 : b[j];
    }
    return n;
}

double msp__curve_log_hazard(const msp_curve_fit *f, const double *beta, const size_t *column,
                             const double *x, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += f->use[column[k]] ? beta[column[k]] * x[k] : 0;
    return sum;
}
