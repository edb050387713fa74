/*
 * curve_search.c - the summit of a likelihood over the covariance of curves between trials.
 *
 * S = F F', F with the free entries of the form; so S is a covariance whatever they are.
 * Quasi-Newton steps (Broyden, Fletcher, Goldfarb and Shanno) by the exact slope 2 (dl/dS) F, from
 * several starts: the likelihood may have more than one summit.
 */
#include <math.h>
#include <string.h>

#include "curve_stage.h"

#define MOST (MSP_CURVE_TERMS * (MSP_CURVE_TERMS + 1) / 2)

/* Which entry of F is which parameter. */
typedef struct form {
    size_t row[MOST], column[MOST], parameter[MOST], n, n_parameter, terms;
} form;

static form form_of(const msp_curve_model *m, msp_curve_vary vary, const bool *free)
{
    form f = {.terms = m->n_terms};
    for (size_t j = 0; j < m->n_terms; j++) {
        const bool moves = vary == MSP_CURVE_VARY_LEVEL ? msp__curve_level(m, j) > 0 : free[j];
        const size_t from = vary == MSP_CURVE_VARY_ALL ? 0 : j;
        for (size_t k = from; moves && k <= j; k++) {
            if (vary == MSP_CURVE_VARY_ALL && !free[k])
                continue;
            f.row[f.n] = j;
            f.column[f.n] = vary == MSP_CURVE_VARY_LEVEL ? 0 : k;
            f.parameter[f.n] = vary == MSP_CURVE_VARY_LEVEL ? 0 : f.n_parameter++;
            f.n++;
        }
    }
    if (vary == MSP_CURVE_VARY_LEVEL)
        f.n_parameter = 1;
    return f;
}

static void root_of(const form *f, const double *theta, double *root)
{
    memset(root, 0, f->terms * f->terms * sizeof *root);
    for (size_t e = 0; e < f->n; e++)
        root[f->row[e] * f->terms + f->column[e]] = theta[f->parameter[e]];
}

static void square(const double *root, size_t n, double *between)
{
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++) {
            double sum = 0;
            for (size_t l = 0; l < n; l++)
                sum += root[j * n + l] * root[k * n + l];
            between[j * n + k] = sum;
        }
}

/* The likelihood there; its slope by each parameter. */
static double climb(msp__curve_stage *s, const form *f, const double *theta, double *slope)
{
    const size_t n = f->terms;
    double root[MSP_CURVE_TERMS * MSP_CURVE_TERMS],
        between[MSP_CURVE_TERMS * MSP_CURVE_TERMS] = {0};
    root_of(f, theta, root);
    square(root, n, between);
    msp__curve_solve(s, between);
    memset(slope, 0, f->n_parameter * sizeof *slope);
    for (size_t e = 0; e < f->n; e++)
        for (size_t l = 0; l < n; l++)
            slope[f->parameter[e]] += 2 * s->slope[f->row[e] * n + l] * root[l * n + f->column[e]];
    return s->log_likelihood;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The inverse of minus the curvature, corrected by a step and the change in slope along it. */
static void correct(double *h, size_t n, const double *step, const double *change)
{
    double hc[MOST];
    const double along = -dot(step, change, n);
    if (!(along > 0)) /* no summit is near */
        return;
    for (size_t i = 0; i < n; i++) {
        hc[i] = 0;
        for (size_t k = 0; k < n; k++)
            hc[i] -= h[i * n + k] * change[k];
    }
    const double curve = -dot(hc, change, n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            h[i * n + k] += (1 + curve / along) * step[i] * step[k] / along -
                            (hc[i] * step[k] + step[i] * hc[k]) / along;
}

static void restart(double *h, size_t n, const double *scale)
{
    memset(h, 0, n * n * sizeof *h);
    for (size_t i = 0; i < n; i++)
        h[i * n + i] = scale[i] * scale[i] / 4;
}

/* Ascends from theta to a summit; the likelihood there. */
static double ascend(msp__curve_stage *s, const form *f, const double *scale, double *theta)
{
    const int most = 500;
    const size_t n = f->n_parameter;
    double h[MOST * MOST], slope[MOST], next[MOST], after[MOST], step[MOST], change[MOST];
    double value = climb(s, f, theta, slope);
    restart(h, n, scale);
    for (int i = 0, still = 0; i < most && still < 3; i++) {
        for (size_t k = 0; k < n; k++)
            step[k] = dot(h + k * n, slope, n);
        if (!(dot(step, slope, n) > 0)) {
            restart(h, n, scale);
            for (size_t k = 0; k < n; k++)
                step[k] = h[k * n + k] * slope[k];
        }
        double size = 1, there = 0;
        for (; size > 1e-12; size /= 2) {
            for (size_t k = 0; k < n; k++)
                next[k] = theta[k] + size * step[k];
            there = climb(s, f, next, after);
            if (there >= value + 1e-4 * size * dot(step, slope, n))
                break;
        }
        if (!(size > 1e-12))
            break;
        still = there - value <= 1e-14 * (1 + fabs(value)) ? still + 1 : 0;
        for (size_t k = 0; k < n; k++) {
            step[k] = next[k] - theta[k];
            change[k] = after[k] - slope[k];
        }
        correct(h, n, step, change);
        memcpy(theta, next, n * sizeof *next);
        memcpy(slope, after, n * sizeof *after);
        value = there;
    }
    return value;
}

/* A variance that the search has brought near 0 is 0, if the likelihood does not mind. */
static void flatten(msp__curve_stage *s, const form *f, const double *start, double value,
                    double *theta)
{
    double slope[MOST], kept[MOST];
    for (size_t j = 0; j < f->terms; j++) {
        double length = 0;
        memcpy(kept, theta, sizeof kept);
        for (size_t e = 0; e < f->n; e++)
            if (f->row[e] == j) {
                length += theta[f->parameter[e]] * theta[f->parameter[e]];
                theta[f->parameter[e]] = 0;
            }
        if (length > 1e-4 * start[j] || climb(s, f, theta, slope) < value - 1e-9)
            memcpy(theta, kept, sizeof kept);
    }
}

void msp__curve_summit(msp__curve_stage *s, msp_curve_vary vary, const bool *free,
                       const double *start, double *between)
{
    static const double wide[] = {1, 0.1, 4};
    const form f = form_of(&s->fit->model, vary, free);
    double root[MSP_CURVE_TERMS * MSP_CURVE_TERMS], best[MOST] = {0}, highest = -INFINITY;
    for (size_t i = 0; i < MSP_COUNT(wide); i++) {
        double theta[MOST] = {0}, scale[MOST];
        for (size_t e = 0; e < f.n; e++) {
            scale[f.parameter[e]] = sqrt(start[f.row[e]]);
            if (f.row[e] == f.column[e] || vary == MSP_CURVE_VARY_LEVEL)
                theta[f.parameter[e]] = wide[i] * scale[f.parameter[e]];
        }
        const double value = ascend(s, &f, scale, theta);
        if (value > highest) {
            highest = value;
            memcpy(best, theta, sizeof best);
        }
    }
    flatten(s, &f, start, highest, best);
    root_of(&f, best, root);
    square(root, f.terms, between);
}
