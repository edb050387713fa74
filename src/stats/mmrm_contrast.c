/*
 * mmrm_contrast.c - what a fitted mixed model says of contrasts: t tests of one, F tests of
 * several.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/stats/mmrm.h"
#include "solve.h"

static const double none = NAN;
static const double infinite = INFINITY;
static const double singular = 1e-10; /* of the largest variance: an eigenvalue that is none */

/* a' m b */
static double form(const double *a, const double *m, const double *b, size_t p)
{
    double sum = 0;
    for (size_t k = 0; k < p; k++) {
        double row = 0;
        for (size_t j = 0; j < p; j++)
            row += m[k * p + j] * b[j];
        sum += a[k] * row;
    }
    return sum;
}

/* 2 (L'FL)^2 / (g' W g) */
static double degrees(const msp_mmrm *fit, const double *l, double variance, const double *w)
{
    const size_t q = fit->n_parameters, p2 = fit->p * fit->p;
    double sum = 0;
    for (size_t k = 0; k < q; k++) {
        const double g_k = form(l, fit->derivative + k * p2, l, fit->p);
        for (size_t m = 0; m < q; m++)
            sum += g_k * w[k * q + m] * form(l, fit->derivative + m * p2, l, fit->p);
    }
    return 2 * variance * variance / sum;
}

static const char *why_not(const msp_mmrm *fit, const double *l)
{
    if (fit->state != MSP_MMRM_CONVERGED)
        return fit->note;
    bool any = false;
    for (size_t k = 0; k < fit->p; k++)
        any = any || fabs(l[k]) > 0;
    if (!any)
        return "the contrast has no weights";
    return msp_alias_allows(&fit->alias, l) ? NULL : "the data do not determine it";
}

static double value_of(const msp_mmrm *fit, const double *l)
{
    double value = 0;
    for (size_t k = 0; k < fit->p; k++)
        value += l[k] * fit->beta[k];
    return value;
}

msp_status msp_mmrm_estimate(const msp_mmrm *fit, const double *l, msp_mmrm_df df,
                             const msp_confidence *confidence, msp_mmrm_contrast *out,
                             msp_error *err)
{
    *out = (msp_mmrm_contrast){{none, none, none, NULL}, none, none, none, {none, none}};
    const msp_status rc = msp_confidence_check(confidence, err);
    out->value.note = rc == MSP_OK ? why_not(fit, l) : NULL;
    if (rc != MSP_OK || out->value.note != NULL)
        return rc;
    const bool kr = df == MSP_MMRM_KENWARD_ROGER;
    const double tail = msp_confidence_tail(confidence);
    const double variance = form(l, fit->covariance, l, fit->p);
    const msp_alternative side = confidence->side;
    const double value = value_of(fit, l);
    out->df = degrees(fit, l, variance, kr ? fit->expected : fit->observed);
    out->std_error = sqrt(kr ? form(l, fit->kenward_roger, l, fit->p) : variance);
    out->t = value / out->std_error;
    out->p = side == MSP_LESS      ? msp_dist_t_lower(out->t, out->df)
             : side == MSP_GREATER ? msp_dist_t_upper(out->t, out->df)
                                   : msp_dist_t_two_sided(out->t, out->df);
    const double half = msp_dist_t_limit(1 - 2 * tail, out->df) * out->std_error;
    out->value = (msp_interval){
        value, side == MSP_LESS ? -infinite : value - half,
        side == MSP_GREATER ? infinite : value + half,
        side == MSP_TWO_SIDED ? NULL : "one limit is infinite: the interval is one-sided"};
    return MSP_OK;
}

/* -- F tests -- */

/* A hypothesis while it is tested. */
typedef struct hypothesis {
    const msp_mmrm *fit;
    const double *l;
    size_t k;
    double *variance; /* k x k: L F L' */
    double *vector;   /* k x k: its eigenvectors, a row each */
    double *row;      /* k x p: independent contrasts, scaled to variance 1 */
    size_t rank;
} hypothesis;

/* Jacobi's rotations: a (k x k, symmetric) becomes diagonal, the rows of v its eigenvectors. */
static void diagonalise(double *a, double *v, size_t k)
{
    for (size_t i = 0; i < k * k; i++)
        v[i] = i % (k + 1) == 0;
    for (int sweep = 0; sweep < 60; sweep++) {
        double off = 0, on = 0;
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++)
                *(i == j ? &on : &off) += a[i * k + j] * a[i * k + j];
        if (!(off > 1e-30 * on))
            return;
        for (size_t i = 0; i < k; i++)
            for (size_t j = i + 1; j < k; j++) {
                if (!(fabs(a[i * k + j]) > 0))
                    continue;
                const double theta = (a[j * k + j] - a[i * k + i]) / (2 * a[i * k + j]);
                const double t = copysign(1 / (fabs(theta) + sqrt(theta * theta + 1)), theta);
                const double c = 1 / sqrt(t * t + 1), s = t * c;
                for (size_t m = 0; m < k; m++) { /* columns */
                    const double x = a[m * k + i], y = a[m * k + j];
                    a[m * k + i] = c * x - s * y;
                    a[m * k + j] = s * x + c * y;
                }
                for (size_t m = 0; m < k; m++) { /* rows */
                    const double x = a[i * k + m], y = a[j * k + m];
                    a[i * k + m] = c * x - s * y;
                    a[j * k + m] = s * x + c * y;
                    const double vx = v[i * k + m], vy = v[j * k + m];
                    v[i * k + m] = c * vx - s * vy;
                    v[j * k + m] = s * vx + c * vy;
                }
            }
    }
}

/* Contrasts m_1 .. m_rank that span L, each of variance 1 and independent of the others. */
static void split(hypothesis *h)
{
    const size_t k = h->k, p = h->fit->p;
    double largest = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            h->variance[i * k + j] = form(h->l + i * p, h->fit->covariance, h->l + j * p, p);
    diagonalise(h->variance, h->vector, k);
    for (size_t i = 0; i < k; i++)
        largest = fmax(largest, h->variance[i * k + i]);
    for (size_t i = 0; i < k; i++) {
        const double own = h->variance[i * k + i];
        if (!(own > singular * largest))
            continue;
        double *row = h->row + h->rank++ * p;
        for (size_t j = 0; j < k; j++)
            for (size_t c = 0; c < p; c++)
                row[c] += h->vector[i * k + j] * h->l[j * p + c] / sqrt(own);
    }
}

static void satterthwaite(const hypothesis *h, msp_mmrm_test *out)
{
    const double rank = (double)h->rank;
    double sum = 0, expected = 0, first = 0;
    bool same = true, heavy = false;
    for (size_t i = 0; i < h->rank; i++) {
        const double *row = h->row + i * h->fit->p;
        const double t = value_of(h->fit, row), df = degrees(h->fit, row, 1, h->fit->observed);
        sum += t * t;
        first = i == 0 ? df : first;
        same = same && fabs(df - first) <= 1e-8 * first;
        heavy = heavy || !(df > 2);
        expected += df / (df - 2);
    }
    out->f = sum / rank;
    out->df_error = same ? first : heavy ? 2 : 2 * expected / (expected - rank);
}

/* The A1 and A2 of Kenward and Roger: with the rows scaled to variance 1, theta F P_k F theta is
 * G_k, g_ij = m_i' (dF/dk) m_j. */
static msp_status traces(const hypothesis *h, double *a1, double *a2, msp_error *err)
{
    const size_t q = h->fit->n_parameters, r = h->rank, p = h->fit->p;
    double *g = malloc((q * r * r + 1) * sizeof *g);
    *a1 = *a2 = 0;
    if (g == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the test");
    for (size_t k = 0; k < q; k++)
        for (size_t i = 0; i < r; i++)
            for (size_t j = 0; j < r; j++)
                g[(k * r + i) * r + j] =
                    form(h->row + i * p, h->fit->derivative + k * p * p, h->row + j * p, p);
    for (size_t k = 0; k < q; k++)
        for (size_t m = 0; m < q; m++) {
            double own = 0, other = 0, crossed = 0;
            for (size_t i = 0; i < r; i++) {
                own += g[(k * r + i) * r + i];
                other += g[(m * r + i) * r + i];
                for (size_t j = 0; j < r; j++)
                    crossed += g[(k * r + i) * r + j] * g[(m * r + j) * r + i];
            }
            *a1 += h->fit->expected[k * q + m] * own * other;
            *a2 += h->fit->expected[k * q + m] * crossed;
        }
    free(g);
    return MSP_OK;
}

/* 0 where rounding is all that is left. */
static double clean(double x)
{
    return fabs(x) < 1e-10 ? 0 : x;
}

/* Kenward and Roger (1997), section 3: F* = lambda F with `df_error` by matching two moments; the
 * moments are exact where Hotelling's T^2 and analysis of variance are. */
static msp_status kenward_roger(const hypothesis *h, msp_mmrm_test *out, msp_error *err)
{
    const msp_mmrm *fit = h->fit;
    const double r = (double)h->rank;
    double a1, a2, statistic;
    size_t rank;
    msp_status rc = traces(h, &a1, &a2, err);
    if (rc == MSP_OK)
        rc = msp_wald_statistic(fit->beta, fit->kenward_roger, fit->p, h->row, h->rank, &statistic,
                                &rank, err);
    if (rc != MSP_OK)
        return rc;
    const double b = (a1 + 6 * a2) / (2 * r);
    const double g = ((r + 1) * a1 - (r + 4) * a2) / ((r + 2) * a2);
    const double scale = 3 * r + 2 * (1 - g);
    const double v0 = clean(1 + g / scale * b), v1 = clean(1 - (r - g) / scale * b);
    const double v2 = clean(1 - (r + 2 - g) / scale * b), u = clean(1 - a2 / r);
    const double ratio = u <= 0 && u >= 0 && v1 <= 0 && v1 >= 0 ? 1 : u / v1;
    const double rho = ratio * ratio * v0 / v2 / r;
    out->df_error = 4 + (r + 2) / (r * rho - 1);
    const double lambda =
        fabs(out->df_error - 2) < 0.01 ? 1 : out->df_error * u / (out->df_error - 2);
    out->f = lambda * statistic / r;
    return MSP_OK;
}

static msp_status test(hypothesis *h, msp_mmrm_df df, msp_mmrm_test *out, msp_error *err)
{
    split(h);
    if (h->rank == 0) {
        out->note = "the hypothesis has no weights";
        return MSP_OK;
    }
    msp_status rc = MSP_OK;
    if (df == MSP_MMRM_KENWARD_ROGER)
        rc = kenward_roger(h, out, err);
    else
        satterthwaite(h, out);
    if (rc != MSP_OK)
        return rc;
    out->df = (double)h->rank;
    out->p = msp_dist_f_upper(out->f, out->df, out->df_error);
    if (isnan(out->p.p))
        *out = (msp_mmrm_test){none, none, none, {none, none}, "its degrees of freedom are none"};
    return MSP_OK;
}

msp_status msp_mmrm_test_of(const msp_mmrm *fit, const double *l, size_t k, msp_mmrm_df df,
                            msp_mmrm_test *out, msp_error *err)
{
    *out = (msp_mmrm_test){none, none, none, {none, none}, NULL};
    for (size_t i = 0; i < k && out->note == NULL; i++)
        out->note = why_not(fit, l + i * fit->p);
    if (out->note != NULL)
        return MSP_OK;
    double *room = calloc(2 * k * k + k * fit->p + 1, sizeof *room);
    if (room == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the test");
    hypothesis h = {.fit = fit, .l = l, .k = k, .variance = room, .vector = room + k * k};
    h.row = room + 2 * k * k;
    const msp_status rc = test(&h, df, out, err);
    free(room);
    return rc;
}
